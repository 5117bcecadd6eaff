"""What a site sees over a relief: in metres above ground, with true directions, beside the sightlines that exist."""

import numpy as np
import pytest

from dronewall.errors import BadInput
from dronewall.geo.frames import course_and_distance, ground_distance_m
from dronewall.geo.lowest_visible import NEAR_M, Limits, lowest_of, lowest_visible, surroundings
from dronewall.geo.relief import Grid, Relief
from dronewall.geo.sightline import clear
from dronewall.geo.terrain import SmoothEarth, SyntheticTerrain

BOUNDS = (27.0, 56.3, 27.3, 56.45)
SITE = float(np.radians(56.37)), float(np.radians(27.15))


@pytest.fixture(scope="module")
def relief() -> Relief:
    return Relief.of(SyntheticTerrain(3), Grid.over(BOUNDS, 30.0))


def test_a_grid_holds_its_bounds_and_its_cells_find_their_places() -> None:
    grid = Grid.over(BOUNDS, 30.0)
    rows, columns = grid.cells(np.radians([56.3, 56.45, 56.3, 56.45]), np.radians([27.0, 27.0, 27.3, 27.3]))
    assert rows.min() > -0.51
    assert rows.max() < grid.rows - 0.49
    assert columns.min() > -0.51
    latitude, longitude = grid.window_places(slice(10, 400), slice(20, 500))
    exact = grid.places(10 + 123, 20 + 456)
    assert ground_distance_m(latitude[123, 456], longitude[123, 456], *exact) < 0.05


def test_finer_cells_share_the_coarse_centres() -> None:
    grid = Grid.over(BOUNDS, 90.0)
    coarse, fine = grid.places(7, 9), grid.finer(3).places(22, 28)
    assert ground_distance_m(*coarse, *fine) < 1e-3


def test_what_is_seen_agrees_with_sightlines_of_the_targets_own(relief: Relief) -> None:
    terrain = SyntheticTerrain(3)
    site_hae_m = float(terrain.height_hae_m(*SITE)) + 30.0
    height = lowest_visible(relief, *SITE, site_hae_m).height_m
    rng = np.random.default_rng(5)
    rows, columns = rng.integers(0, relief.grid.rows, 3000), rng.integers(0, relief.grid.columns, 3000)
    latitude, longitude = relief.grid.places(rows, columns)
    target_hae_m = terrain.height_hae_m(latitude, longitude) + 60.0
    wanted = clear(terrain, (*SITE, site_hae_m), latitude, longitude, target_hae_m)
    assert ((height[rows, columns] <= 60.0) == wanted).mean() > 0.98


def test_the_ground_near_a_site_is_looked_over_in_finer_cells(relief: Relief) -> None:
    terrain = SyntheticTerrain(3)
    near = surroundings(terrain, relief.grid, *SITE)
    assert near is not None
    assert near.grid.cell_m == pytest.approx(10.0)
    assert near.grid.rows * 10.0 == pytest.approx(2 * NEAR_M + 30.0, abs=60.0)
    site_hae_m = float(terrain.height_hae_m(*SITE)) + 30.0
    fine = Relief.of(terrain, relief.grid.finer(3))
    wanted = lowest_visible(fine, *SITE, site_hae_m).height_m[1::3, 1::3]
    limits = Limits(max_range_m=1e6)
    found = lowest_visible(relief, *SITE, site_hae_m, limits, near=near).height_m
    alone = lowest_visible(relief, *SITE, site_hae_m, limits).height_m
    assert np.abs(found - wanted).mean() < 0.6 * np.abs(alone - wanted).mean()
    assert surroundings(SmoothEarth(), relief.grid, *SITE) is None
    assert surroundings(terrain, relief.grid.finer(3), *SITE) is None


def test_a_short_range_takes_only_what_it_needs_of_the_near_ground(relief: Relief) -> None:
    near = surroundings(SyntheticTerrain(3), relief.grid, *SITE)
    short = lowest_visible(relief, *SITE, 250.0, Limits(max_range_m=900.0), near=near)
    far = lowest_visible(relief, *SITE, 250.0, Limits(max_range_m=6_000.0), near=near)
    rows, columns = short.window
    part = far.height_m[
        rows.start - far.row : rows.stop - far.row, columns.start - far.column : columns.stop - far.column
    ]
    there = ~np.isnan(short.height_m)
    assert there.any()
    assert np.abs(short.height_m - part)[there].mean() < 0.02


def test_a_target_in_the_trees_is_hidden_and_the_site_has_its_clearing(relief: Relief) -> None:
    site_hae_m = float(SyntheticTerrain(3).height_hae_m(*SITE)) + 200.0
    seen = lowest_visible(relief, *SITE, site_hae_m)
    row, column = (round(float(v)) for v in relief.grid.cells(*SITE))
    away = np.hypot(*(np.indices(relief.grid.shape) - np.array([row, column])[:, None, None])) * 30.0
    far = away > 400.0
    assert (seen.height_m >= relief.canopy_m - 1e-3)[far].all()
    assert seen.height_m[away < 250.0].min() == 0.0


def test_a_sector_is_counted_from_true_north(relief: Relief) -> None:
    limits = Limits(azimuth_from_rad=np.radians(80.0), azimuth_width_rad=np.radians(20.0), max_range_m=6_000.0)
    seen = lowest_visible(relief, *SITE, 400.0, limits)
    rows, columns = np.nonzero(~np.isnan(seen.height_m))
    latitude, longitude = relief.grid.places(rows + seen.row, columns + seen.column)
    azimuth, distance = course_and_distance(*SITE, latitude, longitude)
    far = distance > 1_000.0
    assert np.degrees(azimuth[far]).min() > 79.0
    assert np.degrees(azimuth[far]).max() < 101.0
    assert distance.max() < 6_050.0


def test_many_sites_merge_to_the_lowest_and_the_second_lowest() -> None:
    grid = Grid.over((27.0, 56.3, 27.1, 56.35), 90.0)
    flat = Relief.of(SmoothEarth(), grid)
    sites = [grid.places(20, 20), grid.places(20, 60)]
    seen = [lowest_visible(flat, float(a), float(b), 20.0, Limits(max_range_m=3_000.0)) for a, b in sites]
    first, second = lowest_of(flat, seen), lowest_of(flat, seen, 2)
    assert first[20, 40] == 0.0
    assert second[20, 40] == 0.0
    assert first[20, 5] == 0.0
    assert np.isnan(second[20, 5])


def test_bounds_and_sites_that_cannot_be_are_one_sentence(relief: Relief) -> None:
    with pytest.raises(BadInput, match="give west, south, east, north"):
        Grid.over((27.3, 56.3, 27.0, 56.4), 30.0)
    with pytest.raises(BadInput, match="more than 300,000,000"):
        Grid.over((20.0, 50.0, 28.0, 58.0), 10.0)
    with pytest.raises(BadInput, match="lies outside the map"):
        lowest_visible(relief, 0.5, 0.5, 10.0)

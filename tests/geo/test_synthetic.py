"""Invented ground: the same at a point from any window, natural in its figures, stamped as invented."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from dronewall.geo.frames import destination
from dronewall.geo.geoid import undulation_m
from dronewall.geo.synthetic import SyntheticTerrain
from dronewall.geo.synthetic import _grid as topography_grid
from dronewall.units import Floats

REZEKNE = (np.radians(56.51), np.radians(27.33))
TERRAIN = SyntheticTerrain(2026)


def window(size_m: float, step_m: float, centre: tuple[float, float] = REZEKNE) -> tuple[Floats, Floats]:
    """A square of points: latitudes and longitudes [shape=(n, n)]."""
    offsets = np.arange(-size_m / 2, size_m / 2, step_m) / 6_371_000.0
    return np.meshgrid(centre[0] + offsets, centre[1] + offsets / np.cos(centre[0]), indexing="ij")


@given(st.integers(0, 199), st.integers(1, 200))
@settings(max_examples=30)
def test_any_window_shows_the_same_ground(first: int, count: int) -> None:
    latitude, longitude = (grid.ravel()[:400] for grid in window(2_000.0, 100.0))
    part = slice(first, first + count)
    for of in (TERRAIN.height_hae_m, TERRAIN.canopy_m):
        np.testing.assert_array_equal(of(latitude[part], longitude[part]), of(latitude, longitude)[part])


def test_two_objects_of_one_seed_show_the_same_ground() -> None:
    where = window(5_000.0, 100.0)
    np.testing.assert_array_equal(SyntheticTerrain(2026).height_hae_m(*where), TERRAIN.height_hae_m(*where))


def test_neighbouring_seeds_show_different_ground() -> None:
    where = window(5_000.0, 100.0)
    other = SyntheticTerrain(2027)
    hills, others = (t.height_hae_m(*where).ravel() for t in (TERRAIN, other))
    assert np.abs(hills - others).mean() > 3.0
    assert not np.array_equal(TERRAIN.canopy_m(*where), other.canopy_m(*where))


def test_half_of_latgale_is_forest() -> None:
    latitude, longitude = np.meshgrid(
        np.radians(np.linspace(55.8, 57.2, 300)), np.radians(np.linspace(26.5, 28.2, 300))
    )
    assert np.mean(TERRAIN.canopy_m(latitude, longitude) > 0.0) == pytest.approx(0.5, abs=0.06)


def test_canopy_is_open_or_15_to_22_m() -> None:
    canopy = TERRAIN.canopy_m(*window(20_000.0, 50.0))
    trees = canopy[canopy > 0.0]
    assert trees.min() >= 15.0
    assert trees.max() <= 22.0
    assert trees.std() > 1.0


def test_patches_of_forest_are_hundreds_of_metres_wide() -> None:
    forest = TERRAIN.canopy_m(*window(40_000.0, 25.0)) > 0.0
    edges = np.count_nonzero(forest[:, 1:] != forest[:, :-1])
    mean_run_m = forest.size * 25.0 / edges
    assert 200.0 < mean_run_m < 2_000.0


def test_hills_are_10_to_40_m_from_foot_to_top() -> None:
    height = TERRAIN.height_hae_m(*window(30_000.0, 50.0))
    relief_m = np.ptp(height.reshape(10, 60, 10, 60), axis=(1, 3))
    assert np.percentile(relief_m, 5) > 10.0
    assert np.percentile(relief_m, 75) < 45.0


def test_slopes_are_those_of_hills_and_not_of_cliffs() -> None:
    rows, columns = np.gradient(TERRAIN.height_hae_m(*window(10_000.0, 20.0)), 20.0)
    slope_deg = np.degrees(np.arctan(np.hypot(rows, columns)))
    assert 0.5 < np.median(slope_deg) < 3.0
    assert slope_deg.max() < 10.0


def test_hills_look_alike_in_every_direction() -> None:
    """Variograms at 300 m along and across, and at 45 degrees, agree."""
    h = TERRAIN.height_hae_m(*window(40_000.0, 50.0))
    along, across = np.mean((h[:, 6:] - h[:, :-6]) ** 2), np.mean((h[6:] - h[:-6]) ** 2)
    assert along / across == pytest.approx(1.0, abs=0.3)


def test_hills_are_fractal() -> None:
    """The standard deviation of height differences grows with distance to the power of about 0.75, over two octaves."""
    latitude, longitude = window(40_000.0, 50.0)
    h = TERRAIN.height_hae_m(latitude, longitude)
    steps = np.array([2, 4, 8])
    spread = [np.std(h[:, step:] - h[:, :-step]) for step in steps]
    exponent = np.polyfit(np.log(steps), np.log(spread), 1)[0]
    assert 0.6 < exponent < 1.0


def test_at_9_km_the_ground_is_the_topography_on_the_geoid() -> None:
    _, north_deg, west_deg, nodes_per_deg = topography_grid()
    with np.load("src/dronewall/geo/data/itu_p1511_5arcmin.npz") as file:
        amsl_m = file["altitude_amsl_m"]
    row, column = np.meshgrid(np.arange(165, 195), np.arange(140, 170), indexing="ij")
    latitude, longitude = np.radians(north_deg - row / nodes_per_deg), np.radians(west_deg + column / nodes_per_deg)
    hills_m = TERRAIN.height_hae_m(latitude, longitude) - undulation_m(latitude, longitude) - amsl_m[row, column]
    assert hills_m.mean() == pytest.approx(0.0, abs=1.5)
    assert 2.0 < hills_m.std() < 12.0


def test_the_kept_coefficients_are_those_of_topography_and_geoid() -> None:
    coefficients, north_deg, west_deg, nodes_per_deg = topography_grid()
    with np.load("src/dronewall/geo/data/itu_p1511_5arcmin.npz") as file:
        amsl_m = file["altitude_amsl_m"].astype(np.float64)
        assert (north_deg, west_deg) == (float(file["north_deg"]), float(file["west_deg"]))
    rows, columns = np.arange(amsl_m.shape[0]), np.arange(amsl_m.shape[1])
    latitude, longitude = np.radians(north_deg - rows / nodes_per_deg), np.radians(west_deg + columns / nodes_per_deg)
    for kept, layer in zip(coefficients, (amsl_m, undulation_m(latitude[:, None], longitude)), strict=True):
        assert np.abs(kept - ndimage.spline_filter(layer, order=3, mode="mirror")).max() < 1e-9


def test_the_sea_is_flat_and_bare() -> None:
    gulf_of_riga = (np.radians(57.7), np.radians(23.5))
    where = window(5_000.0, 100.0, gulf_of_riga)
    assert np.all(TERRAIN.canopy_m(*where) == 0.0)
    np.testing.assert_allclose(TERRAIN.height_hae_m(*where), undulation_m(*where), atol=1.0)


@given(st.floats(-np.pi / 2, np.pi / 2), st.floats(-np.pi, np.pi))
def test_there_is_ground_everywhere_on_the_globe(latitude: float, longitude: float) -> None:
    assert np.isfinite(TERRAIN.height_hae_m(latitude, longitude))
    assert np.isfinite(TERRAIN.canopy_m(latitude, longitude))


def test_ground_has_no_steps() -> None:
    azimuth = np.radians(37.0)
    height = TERRAIN.height_hae_m(*destination(*REZEKNE, azimuth, np.arange(0.0, 50_000.0, 1.0)))
    assert np.abs(np.diff(height)).max() < 0.2


def test_it_says_that_it_is_invented() -> None:
    assert "synthetic terrain, seed 2026" in TERRAIN.describe
    assert "not the real ground" in TERRAIN.describe
    assert "ITU-R P.1511" in TERRAIN.describe

"""The fan of rays against a profile of each cell's own, over hills, at edges, on a smooth earth."""

import numpy as np
import pytest

from dronewall.kernels.lowest_visible import limit, lowest_visible, lowest_visible_with_near, merge
from dronewall.units import Floats
from tests.geo.profiles import lowest_visible_by_profile

Q = 1.0 / (2.0 * 4.0 / 3.0 * 6_371_000.0)


def hills(rows: int, columns: int, seed: int) -> np.ndarray:
    """Waves from 300 m to 10 km, some 100 m from foot to top."""
    rng = np.random.default_rng(seed)
    y, x = np.indices((rows, columns)) * 30.0
    total = np.full((rows, columns), 150.0)
    for wave_m in np.geomspace(300.0, 10_000.0, 8):
        angle, phase = rng.uniform(0.0, 6.28, 2)
        total += wave_m / 600.0 * np.sin((x * np.cos(angle) + y * np.sin(angle)) * 6.28 / wave_m + phase)
    return total.astype(np.float32)


def seen(surface: np.ndarray, row: float, column: float, mast_m: float, q: float = Q) -> np.ndarray:
    out = np.full(surface.shape, np.nan, np.float32)
    z0 = float(surface[round(row), round(column)]) + mast_m
    lowest_visible(surface, np.ascontiguousarray(surface.T), row, column, z0, 30.0, q, q, out)
    return out


def profiles(surface: np.ndarray, row: float, column: float, mast_m: float, q: float = Q) -> Floats:
    rows, columns = np.indices(surface.shape)
    z0 = float(surface[round(row), round(column)]) + mast_m
    found = lowest_visible_by_profile(surface.astype(float), row, column, z0, 30.0, q, rows.ravel(), columns.ravel())
    return found.reshape(surface.shape)


@pytest.mark.parametrize(
    ("row", "column"),
    [(150, 200), (0, 0), (299, 17), (40, 399), (150, 0), (150.3, 200.45), (80.62, 199.9), (0.4, 30.7), (150.5, 7.5)],
)
def test_every_cell_agrees_with_its_own_profile(row: float, column: float) -> None:
    surface = hills(300, 400, int(row + column))
    found, wanted = seen(surface, row, column, 20.0), profiles(surface, row, column, 20.0)
    off = np.abs(found - wanted)
    assert off.mean() < 0.1
    assert np.quantile(off, 0.99) < 1.0
    assert ((found <= 50.0) == (wanted <= 50.0)).mean() > 0.999


def test_no_cell_is_left_out_wherever_between_the_centres_the_site_stands() -> None:
    surface = hills(60, 50, 1)
    rng = np.random.default_rng(2)
    halves = [(20.5, 20.5), (20.5, 21.0), (0.0, 48.5), (59.0, 0.5), (20.25, 20.25)]
    for row, column in [*halves, *rng.uniform(0.0, 49.0, (40, 2)).tolist()]:
        out = np.full(surface.shape, np.nan, np.float32)
        lowest_visible(surface, np.ascontiguousarray(surface.T), row, column, 300.0, 30.0, Q, Q, out)
        assert np.isfinite(out).all(), (row, column)


def test_a_site_beside_a_centre_sees_what_its_own_place_lets_it_see() -> None:
    surface = np.zeros((41, 200), np.float32)
    surface[:, 50] = 20.0
    out = np.full(surface.shape, np.nan, np.float32)
    lowest_visible(surface, np.ascontiguousarray(surface.T), 20.0, 0.4, 10.0, 30.0, 0.0, 0.0, out)
    # The wall is 49.6 cells away, and the cell behind it 149.6.
    assert out[20, 150] == pytest.approx(10.0 + 10.0 * 149.6 / 49.6, abs=1e-3)


@pytest.mark.parametrize(("row", "column"), [(60.0, 70.0), (60.2, 70.4), (8.6, 139.6)])
def test_finer_ground_near_the_site_is_as_good_as_finer_ground_everywhere(row: float, column: float) -> None:
    rough = hills(360, 450, 5) + np.random.default_rng(6).normal(0.0, 0.6, (360, 450)).astype(np.float32)
    coarse = np.ascontiguousarray(rough[1::3, 1::3])
    top, left = max(int(row) - 20, 0), max(int(column) - 20, 0)
    near = np.ascontiguousarray(rough[3 * top : 3 * (int(row) + 21), 3 * left : 3 * (int(column) + 21)])
    z0 = float(coarse[round(row), round(column)]) + 12.0
    place = (row, column, z0, 30.0, Q, Q)
    with_near, without = np.full((2, *coarse.shape), np.nan, np.float32)
    turned = np.ascontiguousarray(coarse.T)
    fine = near, np.ascontiguousarray(near.T), top, left, 3
    lowest_visible_with_near(coarse, turned, *fine, *place, with_near)
    lowest_visible(coarse, turned, *place, without)
    everywhere = np.full(rough.shape, np.nan, np.float32)
    finer = (row + 0.5) * 3 - 0.5, (column + 0.5) * 3 - 0.5, z0, 10.0, Q, Q
    lowest_visible(rough, np.ascontiguousarray(rough.T), *finer, everywhere)
    wanted = everywhere[1::3, 1::3]
    assert np.isfinite(with_near).all()
    assert np.abs(with_near - wanted).mean() < 0.95 * np.abs(without - wanted).mean()
    inner = np.s_[top : int(row) + 21, left : int(column) + 21]
    assert np.abs(with_near - wanted)[inner].mean() < 0.1


def test_a_lower_mast_never_sees_lower_down() -> None:
    surface = hills(200, 200, 3)
    low, high = seen(surface, 100, 100, 10.0), seen(surface, 100, 100, 40.0)
    assert (high <= low + 1e-3).all()


def test_a_wall_casts_the_shadow_that_geometry_gives() -> None:
    surface = np.zeros((3, 200), np.float32)
    surface[:, 50] = 20.0
    out = seen(surface, 1, 0, 10.0, q=0.0)
    # Over a wall of 20 m at 50 cells a mast of 10 m sees 10 + (20 - 10) * d / 50 at d cells.
    assert out[1, 150] == pytest.approx(10.0 + 10.0 * 150 / 50, abs=1e-3)
    assert out[1, 49] == 0.0


def test_a_smooth_earth_hides_what_is_beyond_the_horizon() -> None:
    surface = np.zeros((1, 3000), np.float32)
    out = seen(surface, 0, 0, 30.0)
    distance = np.arange(3000) * 30.0
    horizon = np.sqrt(30.0 / Q)
    wanted = np.maximum(distance - horizon, 0.0) ** 2 * Q
    assert np.abs(out[0] - wanted).max() < 0.1


def test_the_answer_does_not_depend_on_which_way_the_raster_lies() -> None:
    surface = hills(150, 150, 9)
    turned = np.ascontiguousarray(surface[::-1, ::-1])
    off = seen(surface, 40, 60, 20.0) - seen(turned, 109, 89, 20.0)[::-1, ::-1]
    assert np.abs(off).max() < 0.01


def test_limits_cut_range_and_sector_and_raise_to_the_lowest_elevation() -> None:
    surface = np.zeros((201, 201), np.float32)
    out = seen(surface, 100, 100, 10.0, q=0.0)
    limit(out, surface, 100, 100, 10.0, 30.0, 0.0, 0.0, 60.0, 2_400.0, np.radians(45.0), np.radians(90.0), 0.1, np.inf)
    assert np.isnan(out[100, 101])  # 30 m away
    assert np.isnan(out[100, 200])  # 3 km away
    assert np.isnan(out[100, 50])  # in the west, out of the sector
    assert out[100, 150] == pytest.approx(10.0 + 1_500.0 * 0.1, abs=0.01)


def test_the_kth_lowest_of_sites_is_sorted_in() -> None:
    lowest = np.full((2, 1, 3), np.inf, np.float32)
    for heights in ([5.0, 1.0, np.nan], [3.0, 2.0, np.nan], [4.0, 9.0, 7.0]):
        merge(lowest, np.array([heights], np.float32), 0, 0)
    assert lowest[0].tolist() == [[3.0, 1.0, 7.0]]
    assert lowest[1].tolist() == [[4.0, 2.0, np.inf]]

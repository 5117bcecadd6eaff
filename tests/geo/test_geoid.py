"""The geoid: NGA's own test points, the 5' grid between our 15' nodes, and both seams of the globe."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dronewall.geo import geoid

CENTIMETRE = 0.01

# Latitude, longitude (deg), undulation (m): the file OUTPUT.DAT that NGA hands out with its EGM96 program F477.
NGA = [
    (38.6281550, 269.7791550, -31.628),
    (-14.6212170, 305.0211140, -2.969),
    (46.8743190, 102.4487290, -43.575),
    (-23.6174460, 133.8747120, 15.871),
    (38.6254730, 359.9995000, 50.066),
    (-0.4667440, 0.0023000, 17.329),
]

# Row and column of a 5' node (counted from latitude 0 and longitude 0) and its undulation (m): PyPI `egm96` 0.3.0.
FIVE_ARCMIN = [
    (707, -1030, -47.53),
    (495, -1570, -32.02),
    (678, 2011, 8.80),
    (505, -163, 50.47),
    (-640, 462, 45.37),
    (104, 1893, 41.03),
    (932, -1369, -4.22),
    (-22, 436, -19.11),
    (922, 842, -2.08),
    (69, -351, 7.70),
    (-618, -254, 19.68),
    (400, -1483, -41.29),
    (-1024, 1288, -25.69),
    (-880, 250, 19.58),
    (-480, 1633, -19.37),
    (997, 697, 15.05),
    (-38, -1980, 15.74),
    (884, -203, 51.41),
    (78, -244, 18.31),
    (-578, -2110, -13.09),
    (-534, -952, 8.46),
    (681, -1998, 13.40),
    (199, 1617, 47.12),
    (-681, 1895, -29.73),
]


@pytest.mark.parametrize(("latitude_deg", "longitude_deg", "undulation"), NGA)
def test_the_undulation_is_that_of_nga(latitude_deg: float, longitude_deg: float, undulation: float) -> None:
    ours = geoid.undulation_m(np.radians(latitude_deg), np.radians(longitude_deg))
    assert ours == pytest.approx(undulation, abs=5 * CENTIMETRE)


@pytest.mark.parametrize(("row", "column", "undulation"), FIVE_ARCMIN)
def test_the_spline_gives_back_the_5_arcminute_grid(row: int, column: int, undulation: float) -> None:
    ours = geoid.undulation_m(np.radians(row / 12), np.radians(column / 12))
    assert ours == pytest.approx(undulation, abs=3 * CENTIMETRE)


@given(st.floats(-np.pi / 2, np.pi / 2), st.floats(-np.pi, np.pi), st.floats(-500.0, 10_000.0))
def test_heights_come_back_from_the_ellipsoid(latitude: float, longitude: float, height: float) -> None:
    there = geoid.amsl_to_hae(height, latitude, longitude)
    assert geoid.hae_to_amsl(there, latitude, longitude) == pytest.approx(height, abs=1e-9)


@given(st.floats(-np.pi / 2, np.pi / 2))
def test_the_date_line_is_no_seam(latitude: float) -> None:
    west, east = geoid.undulation_m(latitude, -np.pi), geoid.undulation_m(latitude, np.pi)
    assert west == pytest.approx(east, abs=1e-6)


@pytest.mark.parametrize("pole", [-np.pi / 2, np.pi / 2])
def test_every_meridian_gives_a_pole_the_same_height(pole: float) -> None:
    assert np.ptp(geoid.undulation_m(pole, np.linspace(-np.pi, np.pi, 50))) < CENTIMETRE


def test_one_point_and_a_grid_keep_their_shapes() -> None:
    assert geoid.undulation_m(0.98, 0.47).shape == ()
    assert geoid.undulation_m(np.zeros((3, 1)), np.zeros(4)).shape == (3, 4)

"""Frames against PROJ (pyproj 3.7, EPSG:4979 <-> EPSG:4978 and `+proj=topocentric`): 1 mm anywhere, -1 to 20 km."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from dronewall.geo import frames

MILLIMETRE = 1e-3
TO_ECEF = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)

points = st.tuples(st.floats(-np.pi / 2, np.pi / 2), st.floats(-np.pi, np.pi), st.floats(-1_000.0, 20_000.0))


def proj_ecef(latitude_rad: float, longitude_rad: float, altitude_m: float) -> np.ndarray:
    return np.array(TO_ECEF.transform(longitude_rad, latitude_rad, altitude_m, radians=True))


@given(points)
def test_earth_centred_positions_are_those_of_proj(point: tuple[float, float, float]) -> None:
    np.testing.assert_allclose(frames.geodetic_to_ecef(*point), proj_ecef(*point), atol=MILLIMETRE)


@given(points)
def test_geodetic_positions_are_those_of_proj(point: tuple[float, float, float]) -> None:
    ours = frames.ecef_to_geodetic(proj_ecef(*point))
    # Compared in space: at a pole every longitude is the same place.
    np.testing.assert_allclose(proj_ecef(*(float(part) for part in ours)), proj_ecef(*point), atol=MILLIMETRE)
    assert ours[2] == pytest.approx(point[2], abs=MILLIMETRE)


@given(points, points)
def test_local_positions_are_those_of_proj_at_any_distance(
    origin: tuple[float, float, float], point: tuple[float, float, float]
) -> None:
    latitude, longitude, altitude = origin
    topocentric = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=cart +ellps=WGS84 +step +proj=topocentric +ellps=WGS84 "
        f"+lat_0={math.degrees(latitude)!r} +lon_0={math.degrees(longitude)!r} +h_0={altitude!r}"
    )
    theirs = topocentric.transform(point[1], point[0], point[2], radians=True)
    ours = frames.LocalFrame.at(*origin).geodetic_to_local(*point)
    np.testing.assert_allclose(ours, theirs, atol=MILLIMETRE)


def test_a_point_2000_km_from_the_origin_is_as_right_as_one_beside_it() -> None:
    rng = np.random.default_rng(2000)
    azimuth = rng.uniform(0.0, 2 * np.pi, 1000)
    distance = np.where(np.arange(1000) % 2, 2_000_000.0, 100.0)
    origin = (np.radians(56.51), np.radians(27.33), 150.0)
    latitude, longitude = frames.destination(*origin[:2], azimuth, distance)
    altitude = rng.uniform(0.0, 10_000.0, 1000)
    frame = frames.LocalFrame.at(*origin)
    back = frame.local_to_geodetic(frame.geodetic_to_local(latitude, longitude, altitude))
    theirs = np.stack(TO_ECEF.transform(longitude, latitude, altitude, radians=True), axis=-1)
    ours = np.stack(TO_ECEF.transform(back[1], back[0], back[2], radians=True), axis=-1)
    error_m = np.linalg.norm(ours - theirs, axis=1)
    assert error_m.max() < 1e-6
    assert error_m[distance > 1e6].max() < 10 * max(error_m[distance < 1e6].max(), 1e-9)


@given(points, points)
def test_the_ellipsoid_is_that_of_proj(one: tuple[float, float, float], other: tuple[float, float, float]) -> None:
    theirs = Geod(ellps="WGS84").inv(one[1], one[0], other[1], other[0], radians=True)[2]
    assert frames.ground_distance_m(*one[:2], *other[:2]) == pytest.approx(theirs, abs=MILLIMETRE)
    assert Geod(ellps="WGS84").a == frames.SEMI_MAJOR_M
    assert Geod(ellps="WGS84").b == pytest.approx(frames.SEMI_MINOR_M, abs=1e-9)

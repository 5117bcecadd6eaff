"""Frames: round trips, conventions, and points where formulas break (poles, the date line, the antipode)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dronewall.geo import frames

MILLIMETRE = 1e-3

latitudes = st.floats(-np.pi / 2, np.pi / 2)
longitudes = st.floats(-np.pi, np.pi)
altitudes = st.floats(-1_000.0, 20_000.0)
azimuths = st.floats(-10.0, 10.0)


@given(latitudes, longitudes, altitudes)
def test_geodetic_positions_come_back_from_ecef(latitude: float, longitude: float, altitude: float) -> None:
    there = frames.geodetic_to_ecef(latitude, longitude, altitude)
    again = frames.geodetic_to_ecef(*frames.ecef_to_geodetic(there))
    np.testing.assert_allclose(again, there, atol=1e-7)


@given(latitudes, longitudes, altitudes, latitudes, longitudes, altitudes)
def test_a_local_frame_gives_back_any_point_of_the_globe(
    latitude: float, longitude: float, altitude: float, other_latitude: float, other_longitude: float, height: float
) -> None:
    frame = frames.LocalFrame.at(latitude, longitude, altitude)
    enu = frame.geodetic_to_local(other_latitude, other_longitude, height)
    back = frames.geodetic_to_ecef(*frame.local_to_geodetic(enu))
    np.testing.assert_allclose(back, frames.geodetic_to_ecef(other_latitude, other_longitude, height), atol=1e-6)


@given(st.floats(1.0, 3e6), azimuths, st.floats(-1.57, 1.57))
def test_range_azimuth_and_elevation_come_back(range_m: float, azimuth: float, elevation: float) -> None:
    enu = frames.from_range_azimuth_elevation(range_m, azimuth, elevation)
    np.testing.assert_allclose(
        frames.from_range_azimuth_elevation(*frames.range_azimuth_elevation(enu)), enu, atol=1e-9 * range_m
    )


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=2))
def test_azimuths_lie_in_one_turn(east_north: list[float]) -> None:
    _, azimuth, _ = frames.range_azimuth_elevation(np.array([*east_north, 0.0]))
    assert 0.0 <= azimuth < 2 * np.pi


@given(latitudes, longitudes)
def test_local_axes_are_orthonormal_and_right_handed(latitude: float, longitude: float) -> None:
    axes = frames.enu_axes(latitude, longitude)
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-15)
    np.testing.assert_allclose(np.cross(axes[0], axes[1]), axes[2], atol=1e-15)


@given(latitudes, longitudes, azimuths, st.floats(0.0, 2_000_000.0))
def test_a_destination_lies_at_its_distance(latitude: float, longitude: float, azimuth: float, distance: float) -> None:
    there = frames.destination(latitude, longitude, azimuth, distance)
    assert frames.ground_distance_m(latitude, longitude, *there) == pytest.approx(distance, abs=MILLIMETRE)


def test_azimuth_runs_clockwise_from_north() -> None:
    east, south = np.array([1.0, 0.0, 0.0]), np.array([0.0, -1.0, 0.0])
    assert frames.range_azimuth_elevation(east)[1] == pytest.approx(np.pi / 2)
    assert frames.range_azimuth_elevation(south)[1] == pytest.approx(np.pi)


def test_an_azimuth_just_west_of_north_is_no_whole_turn() -> None:
    assert frames.range_azimuth_elevation(np.array([-1e-300, 1.0, 0.0]))[1] == 0.0


def test_the_poles_have_a_latitude_and_a_height() -> None:
    latitude, _, altitude = frames.ecef_to_geodetic(np.array([[0.0, 0.0, 6_356_852.314245], [0, 0, -6_356_752.314245]]))
    np.testing.assert_allclose(latitude, [np.pi / 2, -np.pi / 2])
    np.testing.assert_allclose(altitude, [100.0, 0.0], atol=1e-6)


def test_up_is_the_normal_of_the_ellipsoid() -> None:
    frame = frames.LocalFrame.at(0.98, 0.47, 120.0)
    np.testing.assert_allclose(frame.geodetic_to_local(0.98, 0.47, 220.0), [0.0, 0.0, 100.0], atol=1e-8)


def test_many_points_at_once_have_the_bits_of_one_at_a_time() -> None:
    rng = np.random.default_rng(7)
    ecef = frames.geodetic_to_ecef(rng.uniform(-1.5, 1.5, 1001), rng.uniform(-3, 3, 1001), rng.uniform(0, 9e3, 1001))
    frame = frames.LocalFrame.at(0.98, 0.47, 120.0)
    assert np.array_equal(frame.to_local(ecef), np.array([frame.to_local(row) for row in ecef]))


def test_arrays_broadcast_and_keep_their_shape() -> None:
    grid = frames.geodetic_to_ecef(np.zeros((4, 1)), np.zeros(3), 0.0)
    assert grid.shape == (4, 3, 3)
    assert frames.LocalFrame.at(0.0, 0.0, 0.0).to_local(grid).shape == (4, 3, 3)


def test_vectors_turn_without_moving() -> None:
    frame = frames.LocalFrame.at(0.98, 0.47, 120.0)
    velocity = np.array([[10.0, -20.0, 5.0]])
    np.testing.assert_allclose(frame.vector_to_local(frame.vector_to_ecef(velocity)), velocity, atol=1e-13)


def test_differences_of_angles_take_the_short_way() -> None:
    assert frames.wrapped_difference(np.radians(359.0)) == pytest.approx(np.radians(-1.0))


def test_what_is_given_is_not_written_over() -> None:
    latitude, longitude = np.array([0.9, 1.0]), np.array([0.4, 0.5])
    frames.ground_distance_m(latitude, longitude, 0.0, 0.0)
    frames.destination(latitude, longitude, 1.0, 1000.0)
    np.testing.assert_array_equal(latitude, [0.9, 1.0])

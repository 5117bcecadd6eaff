"""Paths: smooth, in their intervals, and the same whoever asks."""

import numpy as np
import pytest

from dronewall.geo.frames import LocalFrame
from dronewall.geo.terrain import SmoothEarth
from dronewall.rehearse.paths import from_plane, length_m, rounded, travelled, wander

FRAME = LocalFrame.at(np.radians(56.5), np.radians(27.5), 0.0)


def straight(n=101, speed=50.0):
    return from_plane(
        start_ns=10**18,
        frame=FRAME,
        east_m=speed * np.arange(n, dtype=float),
        north_m=np.zeros(n),
        terrain=SmoothEarth(),
        height_agl_m=np.full(n, 150.0),
    )


def test_a_straight_path_moves_at_its_speed():
    _, velocity = straight().position(np.array([10**18 + 50_500_000_000]))
    assert velocity[0] == pytest.approx([50.0, 0.0, 0.0], abs=0.05)


def test_between_two_knots_a_thing_is_half_way():
    path = straight()
    ecef, _ = path.position(10**18 + np.array([40, 41]) * 10**9)
    between, _ = path.position(np.array([10**18 + 40_500_000_000]))
    assert between[0] == pytest.approx(ecef.mean(axis=0), abs=1e-6)


def test_before_its_first_knot_a_path_goes_straight_on():
    path = straight()
    early, _ = path.position(np.array([10**18 - 2 * 10**9]))
    east = FRAME.to_local(early)[0, 0]
    assert east == pytest.approx(-100.0, abs=0.1)


def test_its_height_stands_on_the_ground():
    path = straight()
    assert path.altitude_hae_m == pytest.approx(np.full(101, 150.0), abs=1e-6)


def test_wander_has_the_spread_it_was_asked_for():
    noise = wander(np.random.default_rng(1), 200_000, sd=3.0, memory_s=20.0)
    assert noise.std() == pytest.approx(3.0, rel=0.05)


def test_rounding_keeps_both_ends():
    corners = np.array([[0.0, 0.0], [5_000.0, 0.0], [9_000.0, 3_000.0]])
    points = rounded(corners, turn_m=900.0)
    assert points[[0, -1]] == pytest.approx(corners[[0, -1]], abs=1e-6)


def test_rounding_cuts_a_corner_and_lengthens_nothing():
    corners = np.array([[0.0, 0.0], [5_000.0, 0.0], [9_000.0, 3_000.0]])
    assert length_m(rounded(corners, turn_m=900.0)) < length_m(corners)


def test_an_offset_lies_to_the_right():
    line = np.column_stack([np.zeros(11), np.arange(0.0, 1_100.0, 100.0)])  # northward
    east, north = travelled(line, np.array([500.0]), np.array([30.0]))
    assert (east[0], north[0]) == pytest.approx((30.0, 500.0))

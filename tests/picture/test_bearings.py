"""The sweep of a bearing: the course of a straight passage lies where the geometry says."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dronewall.picture.bearings import LEAST_SWEEP_RAD, Sweep


def swept(bearings_rad: list[float]) -> Sweep:
    found = Sweep()
    for step, bearing in enumerate(bearings_rad):
        found = found.seen(bearing, step + 1)
    return found


@given(
    st.floats(-math.pi, math.pi),
    st.floats(50.0, 1_500.0),
    st.sampled_from([-1.0, 1.0]),
    st.floats(-3_000.0, 0.0),
    st.floats(200.0, 4_000.0),
)
def test_the_course_of_a_straight_passage_lies_within_half_of_what_is_left_of_the_sweep(
    course: float, abeam_m: float, side: float, from_m: float, length_m: float
) -> None:
    along = np.linspace(from_m, from_m + length_m, 60)
    ahead = np.array([math.sin(course), math.cos(course)])
    beside = side * abeam_m * np.array([ahead[1], -ahead[0]])
    places = along[:, None] * ahead + beside
    sweep = swept([math.atan2(x, y) for x, y in places])
    assume(abs(sweep.total_rad) > LEAST_SWEEP_RAD + 0.01)
    guess, _ = sweep.course()
    left = math.pi - abs(sweep.total_rad)
    assert abs(math.remainder(guess - course, 2.0 * math.pi)) <= 0.5 * left + 1e-6


def test_a_bearing_that_stands_still_says_nothing_of_the_course() -> None:
    assert swept([1.0, 1.01, 1.0]).course()[1] == math.inf
    assert Sweep().course()[1] == math.inf


def test_a_longer_sweep_is_a_better_course() -> None:
    _, short = swept([0.0, 0.3, 0.6]).course()
    _, long = swept([0.0, 0.6, 1.2, 1.8, 2.4]).course()
    assert long < short


def test_bearings_are_followed_through_north() -> None:
    assert swept([math.radians(d) for d in (340, 350, 0, 10, 30)]).total_rad == pytest.approx(math.radians(50))


def test_an_old_bearing_changes_nothing() -> None:
    sweep = Sweep().seen(0.0, 10).seen(0.5, 20)
    assert sweep.seen(2.0, 15) == sweep


@pytest.mark.parametrize("abeam_m", [50.0, 100.0, 400.0, 1_500.0])
def test_what_flies_past_does_not_leap(abeam_m: float) -> None:
    along = np.arange(-1_500.0, 1_500.0, 50.0)
    assert not swept([math.atan2(abeam_m, x) for x in along]).leaps


def test_a_stray_hearing_here_and_then_a_machine_there_leap() -> None:
    machine = 2.2 + np.random.default_rng(3).normal(0.0, 0.08, 60)
    assert swept([0.0, 1.4, 1.9, *machine]).leaps
    assert swept([0.0, *machine]).leaps


@pytest.mark.parametrize("abeam_m", [0.0, 5.0, 20.0])
def test_what_flies_right_over_a_node_turns_at_once_and_does_not_leap(abeam_m: float) -> None:
    noise = np.random.default_rng(4).normal(0.0, 0.05, 60)
    assert not swept(
        [math.atan2(abeam_m, x) + e for x, e in zip(np.arange(-1_525.0, 1_475.0, 50.0), noise, strict=True)]
    ).leaps

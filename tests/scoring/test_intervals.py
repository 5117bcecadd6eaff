"""Bounds of shares and means over nights, against scipy's own, by simulation, and by hand."""

import numpy as np
import pytest
from scipy.stats import binomtest

from dronewall.scoring import intervals


@pytest.mark.parametrize(("k", "n"), [(0, 5), (5, 5), (9, 10), (86, 100), (1, 400)])
def test_one_trial_a_night_has_clopper_and_pearsons_bounds(k: int, n: int) -> None:
    found = intervals.share(np.arange(n) < k, np.ones(n))
    low, high = (
        binomtest(k, n, alternative=side).proportion_ci(confidence_level=0.9, method="exact")
        for side in ("greater", "less")
    )
    assert (found.value, found.low, found.high) == pytest.approx((k / n, low.low, high.high))


def test_twenty_two_good_nights_of_as_many_show_nine_in_ten_and_twenty_one_do_not() -> None:
    assert intervals.share(np.ones(22), np.ones(22)).low > 0.9 > intervals.share(np.ones(21), np.ones(21)).low


def test_nights_without_trials_say_nothing() -> None:
    with_gaps = intervals.share(np.array([1, 0, 0, 1]), np.array([1, 0, 1, 1]))
    assert with_gaps == intervals.share(np.array([1, 0, 1]), np.ones(3))


def test_things_that_share_the_fate_of_their_night_count_for_no_more_than_one() -> None:
    nights = np.array([10, 0, 10, 10, 0, 10])
    together = intervals.share(nights, np.full(6, 10))
    apart = intervals.share(nights.astype(float) / 10.0, np.ones(6))
    assert together.value == apart.value
    assert apart.low - 0.1 < together.low <= apart.low


def test_the_lower_bound_is_below_the_truth_nine_times_in_ten_also_when_nights_differ() -> None:
    rng = np.random.default_rng(4)
    nights, things, below, runs = 60, 8, 0, 1500
    for _ in range(runs):
        p = rng.beta(8.0, 2.0, nights)
        below += intervals.share(rng.binomial(things, p), np.full(nights, things)).low <= 0.8
    assert below / runs >= 0.88


def test_one_night_with_many_things_is_one_observation() -> None:
    assert intervals.share(np.array([8]), np.array([8])).low == pytest.approx(0.1)


def test_the_mean_has_students_bounds_worked_out_by_hand() -> None:
    found = intervals.mean(np.array([1.0, 2.0, 3.0, np.nan]))
    assert found.low == pytest.approx(2.0 - 1.8856181 / np.sqrt(3.0))
    assert found.high == pytest.approx(2.0 + 1.8856181 / np.sqrt(3.0))


def test_one_night_has_a_mean_and_no_bounds() -> None:
    found = intervals.mean(np.array([4.0]))
    assert found.value == 4.0
    assert np.isnan([found.low, found.high]).all()


def test_what_is_common_to_two_walls_cancels_in_their_difference() -> None:
    weather = np.random.default_rng(1).normal(0.0, 100.0, 30)
    paired = intervals.mean_difference(weather, weather + 5.0 + np.tile([0.1, -0.1], 15))
    assert 4.9 < paired.low < 5.0 < paired.high < 5.1


def test_the_same_nights_differ_by_nothing() -> None:
    hits, trials = np.array([1, 2, 0, 2]), np.full(4, 2)
    found = intervals.share_difference((hits, trials), (hits, trials))
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_a_difference_of_shares_is_found_with_its_sign() -> None:
    hits, trials = np.array([1, 2, 0, 2] * 5), np.full(20, 2)
    found = intervals.share_difference((hits, trials), (np.minimum(hits + 1, 2), trials))
    assert found.value == pytest.approx(0.25)
    assert found.low > 0.0

"""Verdicts: a line passes by its bound, and by nothing else."""

import pytest

from dronewall.records.acceptance import AcceptSpec
from dronewall.rehearse.acceptance import verdict
from dronewall.rehearse.figures import Share


def spec(metric: str, **more) -> AcceptSpec:
    return AcceptSpec(line="a line", metric=metric, **more)


def nights(name: str, *figures):
    return [{name: figure} for figure in figures]


@pytest.mark.parametrize(("good", "passes"), [(22, True), (21, False)])
def test_all_nights_good_pass_nine_in_ten_from_twenty_two_on(good, passes):
    line = spec("warned_in_time", at_least=1.0, share_of_nights=0.9)
    assert verdict(line, nights("warned_in_time", *[Share(2, 2)] * good)).passed is passes


def test_a_night_counts_as_kept_only_if_it_keeps_the_figure():
    line = spec("warned_in_time", at_least=1.0, share_of_nights=0.5)
    found = verdict(line, nights("warned_in_time", *[Share(2, 2), Share(1, 2)] * 20))
    assert found.value == 0.5
    assert not found.passed


def test_a_night_with_nothing_to_say_is_left_out():
    line = spec("area_km2", at_most=600.0, share_of_nights=0.5)
    assert verdict(line, nights("area_km2", *[500.0] * 10, *[None] * 30)).value == 1.0


def test_a_number_is_held_by_the_upper_bound_of_its_mean():
    line = spec("nuisance_alerts", at_most=1.0)
    assert verdict(line, nights("nuisance_alerts", *[0.0, 1.0] * 10)).passed
    assert not verdict(line, nights("nuisance_alerts", *[0.0, 1.9] * 10)).passed


def test_a_share_that_must_not_be_too_large_is_held_by_its_upper_bound():
    line = spec("area_contains", at_least=0.85, at_most=0.95)
    figures = [Share(1, 1)] * 9 + [Share(0, 1)]
    assert not verdict(line, nights("area_contains", *figures)).passed
    assert verdict(line, nights("area_contains", *figures * 40)).passed


@pytest.mark.parametrize(("last", "passes"), [(Share(0, 3), True), (Share(1, 3), False)])
def test_none_at_all_is_held_by_every_trial(last, passes):
    line = spec("labelled_drone:balloon", at_most=0.0)
    assert verdict(line, nights("labelled_drone:balloon", *[Share(0, 3)] * 5, last)).passed is passes


def test_what_no_night_speaks_of_is_not_passed():
    found = verdict(spec("p_detect:balloon", at_least=0.1), [{}, {}])
    assert (found.value, found.passed) == (None, False)


def test_one_night_shows_nothing_of_a_mean():
    assert not verdict(spec("gospa_mean_m", at_most=500.0), nights("gospa_mean_m", 10.0)).passed

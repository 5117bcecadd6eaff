"""The microphone array: how far it hears, from where and when, what its hearings state, and its false hearings."""

import numpy as np
import pytest
from scipy import stats

from dronewall.geo.frames import wrapped_difference
from dronewall.records.detection import Column
from dronewall.records.weather import Weather
from dronewall.records.words import LABELS
from dronewall.sensors.acoustic import Acoustic
from dronewall.sensors.sensor import Path
from dronewall.units import Ints, speed_of_sound_mps
from tests.sensors.walls import START_NS, flying, seconds_of, sensor, still

PISTON = "fixed_wing_piston"
CALM = Weather()


def array(**keys: float) -> Acoustic:
    one = sensor("acoustic", model="array", **keys)
    assert isinstance(one, Acoustic)
    return one


def p_at(one: Acoustic, distance_m: float, label: str = PISTON, weather: Weather = CALM) -> float:
    place = one.frame.to_ecef(np.array([[0.0, distance_m, 0.0]]))
    return float(one.p_detect(place, np.zeros((1, 3)), label, weather)[0])


def test_the_default_nominal_range_is_1500_m() -> None:
    assert p_at(array(), 1500.0) == pytest.approx(0.5)


@pytest.mark.parametrize("nominal_m", [1000.0, 1500.0, 3000.0, 5000.0])
def test_max_range_in_the_wall_is_the_nominal_range(nominal_m: float) -> None:
    assert p_at(array(max_range_m=nominal_m), nominal_m) == pytest.approx(0.5)


def test_there_is_no_edge_at_the_nominal_range() -> None:
    one = array()
    assert p_at(one, 1499.0) - p_at(one, 1501.0) < 0.002


def test_wind_of_12_mps_leaves_less_than_a_third_of_the_range() -> None:
    assert p_at(array(), 500.0, weather=Weather(wind_mps=12.0, wind_from_rad=np.pi / 2.0)) < 0.5


def test_an_array_without_a_model_and_without_a_standard_deviation_says_presence_only() -> None:
    one = sensor("acoustic")
    _, found = one.simulate(np.random.default_rng(1), seconds_of(50), still(one, 100.0, 0.0, 100.0), PISTON, CALM)
    assert len(found) > 40
    assert np.isnan(found.values[:, Column.AZIMUTH_RAD]).all()
    assert one.measures == frozenset()


def test_what_is_heard_at_t_was_made_the_travel_time_earlier() -> None:
    one = array()
    velocity = (50.0, 0.0, 0.0)
    path = flying(one, (-1000.0, 2000.0, 150.0), velocity)
    times = seconds_of(30)
    made, _ = one.heard_from(times, path, CALM)
    enu = one.frame.to_local(made)
    distance_m = np.sqrt((enu**2).sum(axis=1))
    made_s = (times - START_NS) / 1e9 - distance_m / speed_of_sound_mps(10.0)
    np.testing.assert_allclose(enu[:, 0], -1000.0 + 50.0 * made_s, atol=0.05)


def test_hearings_are_stamped_with_when_they_were_heard() -> None:
    one = array()
    times = seconds_of(200)
    hit, found = one.simulate(np.random.default_rng(2), times, still(one, 900.0, 0.0, 100.0), PISTON, CALM)
    np.testing.assert_array_equal(found.time_ns, times[hit])


def test_bearings_to_the_retarded_place_are_normal_under_the_deviation_that_each_hearing_states() -> None:
    one = array()
    times = seconds_of(5000, 0.02)
    path = flying(one, (-2000.0, 600.0, 150.0), (40.0, 0.0, 0.0))
    hit, found = one.simulate(np.random.default_rng(3), times, path, PISTON, CALM)
    made, _ = one.heard_from(times[hit], path, CALM)
    _, azimuth_rad, _ = one.polar(made)
    off = wrapped_difference(found.values[:, Column.AZIMUTH_RAD] - azimuth_rad)
    assert stats.kstest(off / found.values[:, Column.AZIMUTH_SD_RAD], stats.norm.cdf).pvalue > 1e-3


def test_stated_deviations_run_from_four_degrees_when_loud_to_six_when_just_heard() -> None:
    one = array()
    near, far = (
        one.simulate(np.random.default_rng(4), seconds_of(3000), still(one, d, 0.0, 50.0), PISTON, CALM)[1]
        for d in (60.0, 1800.0)
    )
    degrees = [np.degrees(found.values[:, Column.AZIMUTH_SD_RAD]) for found in (near, far)]
    assert degrees[0].mean() < 4.05
    assert 5.0 < degrees[1].mean() < degrees[1].max() < 6.01


def test_loudness_of_hearings_is_the_margin_that_faded() -> None:
    one = array()
    path = still(one, 300.0, 0.0, 100.0)
    _, found = one.simulate(np.random.default_rng(5), seconds_of(4000), path, PISTON, CALM)
    margin = one.margin_db(path(seconds_of(1))[0], PISTON, CALM)[0]
    fade = (found.values[:, Column.SNR_DB] - 3.0 - margin) / one.hearing.fading_db
    assert stats.kstest(fade, stats.logistic.cdf).pvalue > 1e-3


@pytest.mark.parametrize("wind_mps", [0.0, 6.0])
def test_hits_along_a_flight_come_as_often_as_p_detect_says_for_the_retarded_place(wind_mps: float) -> None:
    one = array()
    weather = Weather(wind_mps=wind_mps, wind_from_rad=0.7)
    times = seconds_of(20_000, 0.01)
    path = flying(one, (-4000.0, 500.0, 150.0), (40.0, 0.0, 0.0))
    hit, _ = one.simulate(np.random.default_rng(6), times, path, PISTON, weather)
    p = one.p_detect(*one.heard_from(times, path, weather), PISTON, weather)
    assert abs(hit.sum() - p.sum()) < 4.0 * np.sqrt((p * (1.0 - p)).sum())


@pytest.mark.parametrize("label", ["bird", "flock", "balloon"])
def test_birds_and_balloons_are_not_heard(label: str) -> None:
    assert p_at(array(), 20.0, label) == 0.0


def test_an_approaching_engine_sounds_higher_than_a_receding_one() -> None:
    one = array()
    come, go = (
        one.simulate(np.random.default_rng(7), seconds_of(10), flying(one, (x, 50.0, 50.0), (50.0, 0, 0)), PISTON, CALM)
        for x in (-1200.0, 300.0)
    )
    assert come[1].values[:, Column.TONE_HZ].mean() > 1.15 * go[1].values[:, Column.TONE_HZ].mean()


def test_the_classifier_is_confused_as_often_as_its_table_says() -> None:
    one = array()
    times = seconds_of(40_000)  # 4,000 opinions of ten seconds each
    _, found = one.simulate(np.random.default_rng(8), times, still(one, 100.0, 0.0, 50.0), "aircraft", CALM)
    assert (found.label == "fixed_wing_piston").mean() == pytest.approx(0.12, abs=0.02)


def test_the_classifier_keeps_its_opinion_for_ten_seconds() -> None:
    one = array()
    times = seconds_of(1000)
    _, found = one.simulate(np.random.default_rng(9), times, still(one, 100.0, 0.0, 50.0), "aircraft", CALM)
    block = found.time_ns // 10_000_000_000
    assert all(len(set(found.label[block == b])) == 1 for b in np.unique(block))


def test_false_hearings_come_in_bursts_from_one_side() -> None:
    one = array()
    at, found = one.simulate_clutter(np.random.default_rng(10), seconds_of(600_000), CALM)
    next_one = np.flatnonzero(np.diff(at) <= 2)
    turned = wrapped_difference(np.diff(found.values[:, Column.AZIMUTH_RAD])[next_one])
    assert len(next_one) > 0.6 * len(at)
    assert np.degrees(np.median(np.abs(turned))) < 8.0


def test_a_few_bursts_a_day_is_what_a_node_gets_wrong() -> None:
    at, _ = array().simulate_clutter(np.random.default_rng(11), seconds_of(864_000), CALM)
    bursts = 1 + (np.diff(at) > 60).sum()
    assert 2.0 < bursts / 10.0 < 40.0


def test_clutter_in_the_wall_is_kept_to() -> None:
    one = array(clutter_per_scan=0.05)
    at, _ = one.simulate_clutter(np.random.default_rng(12), seconds_of(200_000), CALM)
    assert len(at) / 200_000 == pytest.approx(0.05, rel=0.1)


@pytest.mark.parametrize("quantile", [0.5, 0.9])
def test_the_footprint_holds_its_share_of_hearings(quantile: float) -> None:
    one = array()
    weather = Weather(wind_mps=4.0, wind_from_rad=2.0)
    rng = np.random.default_rng(13)
    n = 200_000
    far = one.reach_of(PISTON)
    places = np.column_stack([rng.uniform(-far, far, (n, 2)), np.full(n, 150.0)])
    p = one.p_detect(one.frame.to_ecef(places), np.zeros((n, 3)), PISTON, weather)
    inside = np.hypot(places[:, 0], places[:, 1]) <= one.footprint_m(quantile, PISTON, weather)
    assert (p * inside).sum() / p.sum() == pytest.approx(quantile, abs=0.02)


def test_the_footprint_shrinks_in_wind() -> None:
    one = array()
    assert one.footprint_m(0.9, PISTON, Weather(wind_mps=10.0)) < 0.6 * one.footprint_m(0.9, PISTON, CALM)


def test_every_label_is_silent_beyond_its_own_reach() -> None:
    one = array()
    assert all(one.reach_of(label) <= one.reach_m for label in LABELS)
    assert one.reach_of("bird") == 0.0


def test_an_explicit_probability_holds_within_the_range_for_all_that_has_an_engine() -> None:
    one = array(p_detect=0.7, max_range_m=2000.0)
    assert [p_at(one, 1990.0), p_at(one, 2010.0), p_at(one, 100.0, "bird")] == [0.7, 0.0, 0.0]


def test_a_path_is_asked_for_places_before_the_night_began_only_by_the_travel_time() -> None:
    one = array()
    asked: list[Ints] = []
    there = flying(one, (0.0, 3000.0, 100.0), (0.0, 50.0, 0.0))

    def position(times_ns: Ints) -> tuple[np.ndarray, np.ndarray]:
        asked.append(times_ns)
        return there(times_ns)

    spied: Path = position
    one.simulate(np.random.default_rng(14), seconds_of(1), spied, PISTON, CALM)
    earliest = min(int(times.min()) for times in asked)
    assert 8.0 < (START_NS - earliest) / 1e9 < 12.0

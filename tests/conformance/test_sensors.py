"""Every registered kind of sensor keeps the one contract: what it plans, simulates and states agrees."""

import numpy as np
import pytest

from dronewall.records.detection import Column
from dronewall.records.weather import Weather
from dronewall.records.words import KINDS, LABELS
from dronewall.sensors import TABLE, Claim, Sensor
from dronewall.sensors.catalogue import DEFAULT_MODEL
from tests.sensors.walls import START_NS, flying, seconds_of, sensor, still

KINDS_THERE = TABLE.names()
CLAIM = Claim(identity="rid:TEST1")
LABEL = "fixed_wing_piston"


def made(kind: str) -> Sensor:
    return sensor(kind, model=DEFAULT_MODEL[kind])


def halfway_m(one: Sensor) -> float:
    """A distance at which the outcome is open where the kind has such a place."""
    distances = np.geomspace(100.0, one.reach_m * 0.99, 400)
    places = one.frame.to_ecef(np.column_stack([distances, np.zeros(400), 300.0 + 0.05 * distances]))
    p = one.p_detect(places, np.zeros((400, 3)), LABEL, Weather())
    return float(distances[np.argmin(np.abs(p - 0.5))])


@pytest.mark.parametrize("kind", KINDS_THERE)
def test_kind_is_one_of_the_shared_words(kind: str) -> None:
    assert kind in KINDS


@pytest.mark.parametrize("kind", KINDS_THERE)
def test_hits_come_as_often_as_p_detect_says(kind: str) -> None:
    one = made(kind)
    d = halfway_m(one)
    path = still(one, d, 0.0, 300.0 + 0.05 * d)
    times = seconds_of(4000)
    p = float(one.p_detect(path(times[:1])[0], np.zeros((1, 3)), LABEL, Weather())[0])
    hit, _ = one.simulate(np.random.default_rng(5), times, path, LABEL, Weather(), claim=CLAIM)
    assert abs(hit.mean() - p) < 4.0 * np.sqrt(p * (1.0 - p) / 4000) + 1e-12


@pytest.mark.parametrize("kind", KINDS_THERE)
@pytest.mark.parametrize("label", LABELS)
def test_p_detect_is_a_probability_for_every_label(kind: str, label: str) -> None:
    one = made(kind)
    rng = np.random.default_rng(1)
    places = one.frame.to_ecef(rng.uniform(-1.0, 1.0, (500, 3)) * [one.reach_m, one.reach_m, 3000.0])
    p = one.p_detect(places, rng.normal(size=(500, 3)) * 40.0, label, Weather(wind_mps=5.0))
    assert ((p >= 0.0) & (p <= 1.0)).all()


@pytest.mark.parametrize("kind", KINDS_THERE)
@pytest.mark.parametrize("p_detect", [None, 0.7])
def test_asked_about_several_labels_at_once_it_says_of_each_what_it_says_of_one(kind: str, p_detect) -> None:
    one = sensor(kind, model=DEFAULT_MODEL[kind], **({} if p_detect is None else {"p_detect": p_detect}))
    rng = np.random.default_rng(4)
    places = one.frame.to_ecef(rng.uniform(-0.7, 0.7, (60, 3)) * [one.reach_m, one.reach_m, 2000.0])
    velocity, weather = rng.normal(size=(60, 3)) * 30.0, Weather(wind_mps=4.0)
    each = one.p_detect_each(places, velocity, LABELS, weather)
    for column, label in enumerate(LABELS):
        assert (each[:, column] == one.p_detect(places, velocity, label, weather)).all()


@pytest.mark.parametrize("kind", KINDS_THERE)
@pytest.mark.parametrize("label", LABELS)
def test_nothing_is_detected_beyond_the_reach_of_a_label(kind: str, label: str) -> None:
    one = made(kind)
    azimuth = np.linspace(0.0, 6.28, 50)
    beyond = one.reach_of(label) + 50.0
    places = one.frame.to_ecef(np.column_stack([beyond * np.sin(azimuth), beyond * np.cos(azimuth), np.zeros(50)]))
    weather = Weather(wind_mps=3.0, wind_from_rad=1.0)
    assert not one.p_detect(places, np.zeros((50, 3)), label, weather).any()


@pytest.mark.parametrize("kind", KINDS_THERE)
def test_one_place_alone_and_among_others_gets_the_same_answer(kind: str) -> None:
    one = made(kind)
    rng = np.random.default_rng(2)
    places = one.frame.to_ecef(rng.uniform(-0.5, 0.5, (40, 3)) * [one.reach_m, one.reach_m, 2000.0])
    velocity = np.full((40, 3), 20.0)
    weather = Weather(wind_mps=4.0)
    together = one.p_detect(places, velocity, LABEL, weather)
    alone = [one.p_detect(places[i : i + 1], velocity[i : i + 1], LABEL, weather)[0] for i in range(40)]
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize("kind", KINDS_THERE)
def test_a_target_that_is_not_there_yet_is_not_detected(kind: str) -> None:
    one = made(kind)
    nowhere = np.full((5, 3), np.nan)
    hit, found = one.simulate(
        np.random.default_rng(3),
        seconds_of(5),
        lambda times_ns: (nowhere[: len(times_ns)], nowhere[: len(times_ns)]),
        LABEL,
        Weather(),
        claim=CLAIM,
    )
    assert (hit.any(), len(found)) == (False, 0)


@pytest.mark.parametrize("kind", KINDS_THERE)
def test_detections_fill_just_what_is_measured(kind: str) -> None:
    one = made(kind)
    path = still(one, 600.0, 300.0, 150.0)
    _, found = one.simulate(np.random.default_rng(4), seconds_of(2000), path, LABEL, Weather(), claim=CLAIM)
    filled = {column for column in list(Column)[:12] if np.isfinite(found.values[:, column]).any()}
    assert filled == one.measures


@pytest.mark.parametrize("kind", KINDS_THERE)
def test_each_measured_quantity_has_a_noise(kind: str) -> None:
    one = made(kind)
    assert all(one.noise(column) > 0.0 for column in one.measures)


@pytest.mark.parametrize("kind", KINDS_THERE)
def test_the_same_seed_says_the_same(kind: str) -> None:
    one = made(kind)
    path = flying(one, (-800.0, 700.0, 150.0), (40.0, 5.0, 0.0))
    runs = [
        one.simulate(np.random.default_rng(6), seconds_of(60), path, LABEL, Weather(), claim=CLAIM)[1] for _ in range(2)
    ]
    np.testing.assert_array_equal(runs[0].values, runs[1].values)


@pytest.mark.parametrize("kind", KINDS_THERE)
def test_nothing_arrives_before_it_is_true(kind: str) -> None:
    one = made(kind)
    path = still(one, 600.0, 300.0, 150.0)
    _, found = one.simulate(np.random.default_rng(7), seconds_of(3000), path, LABEL, Weather(), claim=CLAIM)
    assert (found.received_ns >= found.time_ns).all()


@pytest.mark.parametrize("kind", KINDS_THERE)
def test_false_detections_come_as_often_as_stated(kind: str) -> None:
    one = made(kind)
    looks = 400_000 if one.clutter_per_scan < 1.0 else 3000
    at, found = one.simulate_clutter(np.random.default_rng(8), seconds_of(looks), Weather())
    bursts = 1.0 if one.clutter_per_scan >= 1.0 else 60.0  # false hearings come in bursts: fewer independent events
    expected = one.clutter_per_scan * looks
    assert len(at) == len(found)
    assert abs(len(at) - expected) <= 4.0 * np.sqrt(expected * bursts)


@pytest.mark.parametrize("kind", KINDS_THERE)
def test_false_detections_belong_to_their_look(kind: str) -> None:
    one = made(kind)
    times = seconds_of(50_000)
    at, found = one.simulate_clutter(np.random.default_rng(9), times, Weather())
    np.testing.assert_array_equal(found.time_ns, times[at])


@pytest.mark.parametrize("kind", KINDS_THERE)
def test_footprint_grows_with_its_quantile(kind: str) -> None:
    one = made(kind)
    sizes = [one.footprint_m(q, LABEL, Weather()) for q in (0.5, 0.8, 0.95)]
    assert 0.0 < sizes[0] < sizes[1] < sizes[2] <= one.reach_m


@pytest.mark.parametrize("kind", KINDS_THERE)
def test_looks_of_neighbouring_spans_join_without_gap_or_overlap(kind: str) -> None:
    one = made(kind)
    cut = START_NS + 7_300_000_001
    first, second = one.looks(START_NS, cut), one.looks(cut, START_NS + 20_000_000_000)
    whole = one.looks(START_NS, START_NS + 20_000_000_000)
    np.testing.assert_array_equal(np.concatenate([first[1], second[1]]), whole[1])


@pytest.mark.parametrize("kind", KINDS_THERE)
def test_hints_are_likelihoods_of_every_label(kind: str) -> None:
    one = made(kind)
    found = one.hint_likelihood("aircraft")
    assert found.shape == (len(LABELS),)
    assert ((found > 0.0) & (found <= 1.0)).all()

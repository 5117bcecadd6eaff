"""Late looks: any order of arrival within the reach ends in the same bits as order of time."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dronewall.records.scan import Scan
from dronewall.sensors import Sensor
from dronewall.tracking import Tracker
from dronewall.tracking.lateness import InOrder
from dronewall.units import SECOND_NS
from tests.sensors.walls import sensors
from tests.tracking.scenes import START_NS, Target, along, line_of_nodes, play

SECONDS = 40.0


@pytest.fixture(scope="module")
def wall() -> dict[str, Sensor]:
    radar = {"id": "radar", "kind": "radar", "model": "xband-3d", "p_detect": 0.9, "clutter_per_scan": 20.0}
    return sensors([radar, *line_of_nodes(5, 1000.0)])


@pytest.fixture(scope="module")
def scans(wall: dict[str, Sensor]) -> list[Scan]:
    path = along([(1500.0, -200.0, 150.0), (-3000.0, 200.0, 150.0)], 50.0)
    return play(wall, [Target(path=path)], SECONDS)


@pytest.fixture(scope="module")
def outcome(wall: dict[str, Sensor], scans: list[Scan]) -> bytes:
    tracker = Tracker(wall)
    for scan in scans:
        tracker.step(scan)
    return tracker.save()


def settled(tracker: InOrder) -> bytes:
    """The state once every look is taken."""
    assert tracker.now_ns
    return tracker.tracker.save()


def shuffled(scans: list[Scan], late_s: float, seed: int) -> list[Scan]:
    """The looks in the order in which they arrive when each is late by its own share of `late_s`."""
    delay = np.random.default_rng(seed).uniform(0.0, late_s * SECOND_NS, len(scans)).astype(int)
    arrived = [
        replace(scan, received_ns=scan.time_ns + int(late)) for scan, late in zip(scans, delay.tolist(), strict=True)
    ]
    return sorted(arrived, key=lambda scan: scan.received_ns)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), late_s=st.sampled_from([0.3, 2.0, 10.0, 25.0]))
def test_shuffled_arrivals_end_in_the_same_bits(
    wall: dict[str, Sensor], scans: list[Scan], outcome: bytes, seed: int, late_s: float
) -> None:
    tracker = InOrder(Tracker(wall))
    for scan in shuffled(scans, late_s, seed):
        tracker.step(scan)
    assert tracker.counts == Tracker.restore(outcome, wall).counts  # asking also takes what waits
    assert settled(tracker) == outcome


def test_what_was_asked_in_between_changes_nothing(wall: dict[str, Sensor], scans: list[Scan], outcome: bytes) -> None:
    tracker = InOrder(Tracker(wall))
    for scan in shuffled(scans, 3.0, 1):
        tracker.step(scan)
        tracker.tracks(scan.received_ns)
    assert settled(tracker) == outcome


def test_older_than_the_reach_is_counted_and_kept(wall: dict[str, Sensor], scans: list[Scan]) -> None:
    full = next(scan for scan in scans if len(scan.detections))
    tracker = InOrder(Tracker(wall))
    tracker.step(scans[-1])
    tracker.step(replace(scans[-1], time_ns=full.time_ns + 31 * SECOND_NS, scan=scans[-1].scan + 1))
    assert set(tracker.step(full).fate) == {"late"}
    assert tracker.counts["late"] == len(full.detections)
    assert list(tracker.late) == [full]


def test_the_same_look_twice_counts_once(wall: dict[str, Sensor], scans: list[Scan], outcome: bytes) -> None:
    tracker = InOrder(Tracker(wall))
    for scan in scans:
        tracker.step(scan)
        tracker.step(scan)
    assert settled(tracker) == outcome


def test_late_looks_after_a_restart_end_in_the_same_bits(
    wall: dict[str, Sensor], scans: list[Scan], outcome: bytes
) -> None:
    arrived = shuffled(scans, 5.0, 3)
    half = len(arrived) // 2
    before = InOrder(Tracker(wall))
    for scan in arrived[:half]:
        before.step(scan)
    after = InOrder.restore(before.save(), wall)
    for scan in arrived[half:]:
        after.step(scan)
    assert settled(after) == outcome


def test_memory_stays_within_the_reach(wall: dict[str, Sensor], scans: list[Scan]) -> None:
    tracker = InOrder(Tracker(wall), reach_s=5.0)
    for scan in scans:
        tracker.step(scan)
        assert tracker.now_ns >= START_NS
    assert len(tracker._keys) < 6 * 7 * 1.5


def test_the_fates_of_a_look_that_came_late_are_those_of_order(wall: dict[str, Sensor], scans: list[Scan]) -> None:
    straight, late = Tracker(wall), InOrder(Tracker(wall))
    expected = {(scan.sensor, scan.scan): straight.step(scan).fate.tolist() for scan in scans[-60:]}
    for scan in shuffled(scans[-60:], 3.0, 5):
        late.step(scan)
    assert {key: late.fates_of(*key).fate.tolist() for key in expected} == expected

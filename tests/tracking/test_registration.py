"""Biases of sensors found while tracking, and sensors that are not to be believed."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from dronewall.records.detection import Column
from dronewall.records.scan import Scan
from dronewall.sensors import Claim, Sensor
from dronewall.tracking import Tracker
from dronewall.tracking.registration import QUARANTINED, SensorAlignment
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import SECOND_NS
from tests.sensors.walls import sensors
from tests.tracking.faults import ghosts, late, night, radars, shifted, spoiled, targets
from tests.tracking.scenes import play

SECONDS = 40.0
RANGE, AZIMUTH, ELEVATION, CLOCK = range(4)


@pytest.fixture(scope="module")
def wall() -> dict[str, Sensor]:
    return radars()


@pytest.fixture(scope="module")
def scans(wall: dict[str, Sensor]) -> list[Scan]:
    return night(wall, SECONDS)


def tracked(wall: dict[str, Sensor], scans: list[Scan], settings: TrackerSettings | None = None) -> Tracker:
    tracker = Tracker(wall, settings=settings)
    for scan in scans:
        tracker.step(scan)
    return tracker


def known(tracker: Tracker) -> dict[str, SensorAlignment]:
    return {row.sensor: row for row in tracker.registration()}


def errors(row: SensorAlignment, **true: float) -> np.ndarray:
    """Estimate less truth, in stated standard deviations."""
    expected = [true.get(name, 0.0) for name in ("range_m", "azimuth_rad", "elevation_rad", "clock_s")]
    return np.asarray((row.bias - expected) / row.sd)


def test_a_radar_that_is_off_by_a_degree_is_found_and_the_others_are_not_blamed(wall, scans):
    rows = known(tracked(wall, spoiled(scans, "radar-1", shifted(Column.AZIMUTH_RAD, np.radians(1.0)))))
    assert abs(np.degrees(rows["radar-1"].bias[AZIMUTH]) - 1.0) < 0.06  # degrees
    assert abs(errors(rows["radar-1"], azimuth_rad=np.radians(1.0))).max() < 4.5
    for other in ("radar-0", "radar-2", "radar-3"):
        assert abs(errors(rows[other])).max() < 4.5
        assert abs(np.degrees(rows[other].bias[AZIMUTH])) < 0.06
    assert {row.state for row in rows.values()} == {"aligned"}


def test_a_clock_that_is_two_seconds_late_is_found(wall, scans):
    rows = known(tracked(wall, spoiled(scans, "radar-2", late(2.0))))
    apart = [rows["radar-2"].bias[CLOCK] - rows[other].bias[CLOCK] for other in ("radar-0", "radar-1", "radar-3")]
    assert np.allclose(apart, 2.0, atol=0.15)  # seconds; what all clocks have in common nothing shows
    assert rows["radar-2"].bias[CLOCK] > 1.7
    assert rows["radar-2"].sd[CLOCK] > 0.1
    assert rows["radar-2"].state == "aligned"


def test_a_radar_that_spams_ghosts_is_set_aside_within_a_minute_with_the_reason(wall, scans):
    tracker, since = Tracker(wall), None
    for scan in spoiled(scans, "radar-1", ghosts(200), from_s=10.0):
        tracker.step(scan)
        if since is None and known(tracker)["radar-1"].state == QUARANTINED:
            since = (scan.time_ns - scans[0].time_ns) / SECOND_NS
    rows = known(tracker)
    assert since is not None
    assert 10.0 < since < 70.0
    assert "plots a look that no track explains" in rows["radar-1"].reason
    assert {row.state for name, row in rows.items() if name != "radar-1"} == {"aligned"}


def test_a_radar_that_stops_spamming_is_believed_again(wall):
    scans = night(wall, 80.0, n=30)
    noisy = spoiled(scans, "radar-1", ghosts(200))
    mixed = [a if (a.time_ns - scans[0].time_ns) < 20 * SECOND_NS else b for a, b in zip(noisy, scans, strict=True)]
    tracker, states = Tracker(wall), []
    for scan in mixed:
        tracker.step(scan)
        states.append(known(tracker)["radar-1"].state)
    changes = [b for a, b in pairwise(states) if a != b]
    assert QUARANTINED in changes
    assert states[-1] == "aligned"


def test_a_radar_beyond_any_bias_is_set_aside_and_moves_no_track(wall, scans):
    tracker = tracked(wall, spoiled(scans, "radar-1", shifted(Column.AZIMUTH_RAD, np.radians(-8.0))))
    rows = known(tracker)
    assert rows["radar-1"].state == QUARANTINED
    assert rows["radar-1"].reason
    for other in ("radar-0", "radar-2", "radar-3"):
        assert abs(errors(rows[other])[:3]).max() < 4.5


def test_a_radar_that_falls_silent_keeps_its_alignment_and_the_doubt_grows(wall, scans):
    full = known(tracked(wall, scans[: len(scans) // 2]))["radar-1"]
    half = scans[0].time_ns + (scans[-1].time_ns - scans[0].time_ns) // 2
    tracker = tracked(wall, [scan for scan in scans if scan.sensor != "radar-1" or scan.time_ns < half])
    row = known(tracker)["radar-1"]
    assert row.state == "aligned"
    assert abs(errors(row)).max() < 4.5
    assert np.allclose(row.bias[:3], full.bias[:3], atol=4.0 * full.sd[:3])


def test_one_sensor_alone_learns_nothing_and_changes_nothing(wall, scans):
    alone = {"radar-0": wall["radar-0"]}
    mine = [scan for scan in scans if scan.sensor == "radar-0"]
    on, off = tracked(alone, mine), tracked(alone, mine, TrackerSettings(registration=None))
    (row,) = on.registration()
    assert row.state == "alone"
    assert not row.bias.any()
    assert not row.observability.any()
    assert np.array_equal(row.sd, row.prior_sd)
    a, b = on.tracks(on.now_ns), off.tracks(off.now_ns)
    assert np.array_equal(a.latitude_rad, b.latitude_rad)
    assert np.array_equal(a.covariance, b.covariance)


def test_many_looks_at_once_and_a_restart_give_the_same_bits(wall, scans):
    wrong = spoiled(scans, "radar-1", shifted(Column.RANGE_M, 80.0))
    whole = tracked(wall, wrong)
    batch = Tracker(wall)
    batch.run(wrong)
    assert batch.save() == whole.save()
    first = tracked(wall, wrong[:37])
    second = Tracker.restore(first.save(), wall)
    for scan in wrong[37:]:
        second.step(scan)
    assert second.save() == whole.save()


@pytest.mark.long
def test_stated_standard_deviations_are_honest_over_many_walls():
    squares = []
    wall = radars()
    for seed in range(12):
        rng = np.random.default_rng(seed)
        true = rng.normal(size=(4, 3)) * [30.0, np.radians(0.5), np.radians(0.3)]
        scans = night(wall, 40.0, seed=100 + seed)
        for i in range(4):
            for column, value in zip((Column.RANGE_M, Column.AZIMUTH_RAD, Column.ELEVATION_RAD), true[i], strict=True):
                scans = spoiled(scans, f"radar-{i}", shifted(column, value))
        rows = known(tracked(wall, scans))
        for i in range(4):
            row = rows[f"radar-{i}"]
            away = row.bias[:3] - true[i]
            squares.append(away @ np.linalg.inv(row.covariance[:3, :3]) @ away)
    # Mean of 48 chi-squares of 3 degrees of freedom; those of one wall hang together, so the bounds are wide.
    assert 1.8 < np.mean(squares) < 4.5
    assert np.max(squares) < 25.0


def test_claims_of_stated_accuracy_show_the_bias_of_a_lone_radar():
    wall = radars(1) | sensors([{"id": "receiver", "kind": "adsb", "model": "receiver", "position_sd_m": 10.0}])
    flights = [
        replace(target, claim=Claim(identity=f"icao:{i:06x}", position_sd_m=10.0))
        for i, target in enumerate(targets(40, 3))
    ]
    scans = spoiled(play(wall, flights, 60.0, seed=3), "radar-0", shifted(Column.AZIMUTH_RAD, np.radians(1.0)))
    row = known(tracked(wall, scans))["radar-0"]
    assert row.pairs > 100
    assert abs(np.degrees(row.bias[AZIMUTH]) - 1.0) < 0.15  # degrees
    assert abs(errors(row, azimuth_rad=np.radians(1.0))).max() < 4.5
    assert row.observability[AZIMUTH] > 0.9

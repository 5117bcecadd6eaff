"""The tracker with radar: it finds what flies, forgets what is not there, and gives the same bits twice."""

import numpy as np
import pytest

from dronewall.records.scan import Scan
from dronewall.sensors import Sensor
from dronewall.tracking import Tracker
from dronewall.units import SECOND_NS
from tests.sensors.walls import sensors
from tests.tracking.scenes import HOME, START_NS, Target, along, play

RADAR = {"id": "radar", "kind": "radar", "model": "xband-3d", "p_detect": 0.9}


@pytest.fixture(scope="module")
def wall() -> dict[str, Sensor]:
    return sensors([RADAR, RADAR | {"id": "other", "longitude_deg": 27.7, "scan_offset_s": 1.0}])


@pytest.fixture(scope="module")
def scans(wall: dict[str, Sensor]) -> list[Scan]:
    path = along([(-8000.0, 9000.0, 150.0), (8000.0, 6000.0, 150.0)], 50.0)
    return play(wall, [Target(path=path)], 60.0)


def run(wall: dict[str, Sensor], scans: list[Scan]) -> Tracker:
    tracker = Tracker(wall)
    for scan in scans:
        tracker.step(scan)
    return tracker


def test_one_drone_in_clutter_gives_one_confirmed_track_within_100_m(
    wall: dict[str, Sensor], scans: list[Scan]
) -> None:
    tracker = run(wall, scans)
    tracks = tracker.tracks(START_NS + 60 * SECOND_NS)
    sure = np.flatnonzero(tracks.status == "confirmed")
    assert len(sure) == 1
    here = HOME.geodetic_to_local(tracks.latitude_rad[sure], tracks.longitude_rad[sure], tracks.altitude_hae_m[sure])
    truth, _ = along([(-8000.0, 9000.0, 150.0), (8000.0, 6000.0, 150.0)], 50.0)(np.array([START_NS + 60 * SECOND_NS]))
    assert np.linalg.norm(here - HOME.to_local(truth)) < 150.0


def test_the_same_scans_give_the_same_bits(wall: dict[str, Sensor], scans: list[Scan]) -> None:
    assert run(wall, scans).save() == run(wall, scans).save()


def test_a_restored_tracker_goes_on_to_the_bit(wall: dict[str, Sensor], scans: list[Scan]) -> None:
    half = len(scans) // 2
    resumed = Tracker.restore(run(wall, scans[:half]).save(), wall)
    for scan in scans[half:]:
        resumed.step(scan)
    assert resumed.save() == run(wall, scans).save()


def test_every_row_has_a_fate(wall: dict[str, Sensor], scans: list[Scan]) -> None:
    tracker = Tracker(wall)
    fates = [tracker.step(scan) for scan in scans]
    assert sum(tracker.counts.values()) == sum(len(scan.detections) for scan in scans) == sum(map(len, fates))


def test_the_evidence_of_a_track_names_real_rows(wall: dict[str, Sensor], scans: list[Scan]) -> None:
    tracker = run(wall, scans)
    tracks = tracker.tracks(START_NS + 60 * SECOND_NS)
    name = str(tracks.track[tracks.status == "confirmed"][0])
    by_look = {(scan.sensor, scan.scan): scan for scan in scans}
    evidence = tracker.evidence(name)
    assert len(evidence) >= 20
    assert all(row.row < len(by_look[row.sensor, row.scan].detections) for row in evidence)


def test_an_unknown_sensor_is_refused_and_counted(wall: dict[str, Sensor], scans: list[Scan]) -> None:
    tracker = Tracker({"radar": wall["radar"]})
    full = next(scan for scan in scans if scan.sensor == "other" and len(scan.detections))
    assert set(tracker.step(full).fate) == {"refused"}

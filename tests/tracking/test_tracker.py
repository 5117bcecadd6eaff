"""The tracker with radar: it finds what flies, forgets what is not there, and gives the same bits twice."""

from dataclasses import replace

import numpy as np
import pytest

from dronewall.records.detection import empty
from dronewall.records.scan import Scan
from dronewall.sensors import Sensor
from dronewall.tracking import Tracker
from dronewall.tracking.parts import Parts
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


@pytest.mark.parametrize("silent", [True, False], ids=["empty looks", "looks with something else"])
@pytest.mark.parametrize("parts", [None, Parts(association="loopy")], ids=["compiled", "in parts"])
def test_what_was_no_more_believed_is_confirmed_again_only_when_it_is_sure(
    *, silent: bool, parts: Parts | None
) -> None:
    radar = sensors([RADAR | {"clutter_per_scan": 300.0}])  # a single plot says little
    here, there = ([(x, y, 200.0), (x, y + 3000.0, 200.0)] for x, y in ((2000.0, 6000.0), (-9000.0, -9000.0)))
    scans, other = (
        play(radar, [Target(path=along(path, 20.0))], 50.0, seed=3, clutter=False) for path in (here, there)
    )
    tracker, told = Tracker(radar, parts=parts), []
    for seen, elsewhere in zip(scans, other, strict=True):
        hidden = replace(seen, detections=empty()) if silent else elsewhere
        scan = hidden if 30.0 <= (seen.time_ns - START_NS) / SECOND_NS < 38.0 else seen
        tracker.step(scan)
        tracks = tracker.tracks(scan.time_ns)
        for i in np.flatnonzero(tracks.track == "t-000001"):
            told.append((str(tracks.status[i]), float(tracks.p_exists[i]), int(tracks.confirmed_ns[i])))
    words = [word for word, _, _ in told]
    sunk = next(i for i, (_, p, since_ns) in enumerate(told) if since_ns and p < 0.5)
    back = next(i for i in range(sunk, len(told)) if words[i] == "confirmed")
    between = [(word, p) for word, p, _ in told[sunk:back]]
    assert all(word == "tentative" and p < 0.98 for word, p in between)
    assert any(p > 0.5 for _, p in between), between
    assert told[back][1] >= 0.98
    assert told[back][2] == told[sunk][2], "it keeps the time at which it was first confirmed"

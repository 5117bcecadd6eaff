"""Claims: an identity is a key, what fits is fused, what other sensors refute is conflicting."""

from dataclasses import replace

import numpy as np
import pytest

from dronewall.records.detection import empty
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.sensors import Claim, Sensor
from dronewall.tracking import Tracker
from dronewall.units import SECOND_NS
from tests.sensors.walls import START_NS, sensors
from tests.tracking.scenes import Target, along, play

RADAR = {"id": "radar", "kind": "radar", "model": "xband-3d", "p_detect": 0.9}
RID = {"id": "rid", "kind": "remote_id", "model": "receiver", "max_range_m": 15000.0}
ADSB = {"id": "adsb", "kind": "adsb", "model": "receiver", "height_agl_m": 30.0}
PATH = along([(-5000.0, 4000.0, 200.0), (5000.0, 4000.0, 200.0)], 50.0)


@pytest.fixture(scope="module")
def wall() -> dict[str, Sensor]:
    return sensors([RADAR, RID, ADSB])


def tracked(wall: dict[str, Sensor], scans: list[Scan]) -> Tracks:
    tracker = Tracker(wall)
    for scan in scans:
        tracker.step(scan)
    return tracker.tracks(scans[-1].time_ns)


def believed(tracks: Tracks) -> np.ndarray:
    return np.flatnonzero((tracks.status == "confirmed") | (tracks.status == "coasting"))


def test_radar_and_transponder_of_one_aircraft_give_one_cooperative_track(wall: dict[str, Sensor]) -> None:
    target = Target(path=PATH, label="aircraft", claim=Claim(identity="icao:4ca1fa"))
    tracks = tracked(wall, play(wall, [target], 60.0, clutter=False))
    (one,) = believed(tracks)
    assert tracks.identity[one] == "icao:4ca1fa"
    assert tracks.identity_status[one] == "cooperative"
    assert tracks.label[one] == "aircraft"
    assert set(tracks.sensors[one]) >= {"radar", "adsb"}


def test_a_claim_displaced_by_8_km_is_in_conflict_at_the_place_where_the_radar_sees_the_thing(
    wall: dict[str, Sensor],
) -> None:
    claim = Claim(identity="rid:abc", displaced_m=(0.0, -8000.0, 0.0))
    tracks = tracked(wall, play(wall, [Target(path=PATH, label="multirotor", claim=claim)], 60.0, clutter=False))
    (one,) = believed(tracks)
    assert tracks.identity[one] == "rid:abc"
    assert tracks.identity_status[one] == "conflicting"
    assert "radar" in tracks.sensors[one]


def test_a_refuted_claim_of_which_nothing_is_seen_elsewhere_keeps_a_row_that_is_not_confirmed(
    wall: dict[str, Sensor],
) -> None:
    claim = Claim(identity="rid:abc", displaced_m=(0.0, -8000.0, 0.0))
    scans = play(wall, [Target(path=PATH, label="multirotor", claim=claim)], 60.0, clutter=False)
    blind = [replace(scan, detections=empty()) if scan.sensor == "radar" else scan for scan in scans]
    tracks = tracked(wall, blind)
    assert not len(believed(tracks))
    assert tracks.identity_status.tolist() == ["conflicting"]


NEAR = along([(-500.0, 1000.0, 150.0), (500.0, 1000.0, 150.0)], 15.0)
FAR_AWAY = Claim(identity="rid:abc", displaced_m=(0.0, -40_000.0, 0.0))
"""A claim of a place that no radar of this wall sees."""


@pytest.fixture(scope="module")
def short_sighted() -> dict[str, Sensor]:
    return sensors([RADAR, {**RID, "max_range_m": 5000.0}])


def test_what_is_heard_from_far_beyond_a_receivers_range_and_seen_to_move_alike_elsewhere_is_in_conflict_at_once(
    short_sighted: dict[str, Sensor],
) -> None:
    target = Target(path=NEAR, label="multirotor", claim=FAR_AWAY)
    tracks = tracked(short_sighted, play(short_sighted, [target], 40.0, clutter=False))
    (one,) = believed(tracks)
    assert tracks.identity_status[one] == "conflicting"
    assert "radar" in tracks.sensors[one]


def test_that_a_claim_comes_from_beyond_the_receivers_range_alone_refutes_nothing(
    short_sighted: dict[str, Sensor],
) -> None:
    scans = play(short_sighted, [Target(path=NEAR, label="multirotor", claim=FAR_AWAY)], 40.0, clutter=False)
    blind = [replace(scan, detections=empty()) if scan.sensor == "radar" else scan for scan in scans]
    tracks = tracked(short_sighted, blind)
    (one,) = believed(tracks)
    assert tracks.identity_status[one] == "cooperative"


def at_s(scan: Scan) -> float:
    return (scan.time_ns - START_NS) / SECOND_NS


def test_an_identity_that_nothing_claims_any_more_is_taken_over_by_what_claims_to_be_there() -> None:
    # A radar follows one way; somebody claims to be there for 20 s, nobody for 90 s, then somebody else does.
    wall, silent_s = sensors([RADAR, RID]), 90.0
    way = along([(-3000.0, 3000.0, 150.0), (3000.0, 3000.0, 150.0)], 12.0)
    told = {
        name: play(wall, [Target(path=way, label="multirotor", claim=Claim(identity=name))], silent_s + 45.0)
        for name in ("rid:first", "rid:second")
    }
    scans = []
    for first, second in zip(*told.values(), strict=True):
        quiet = replace(first, detections=empty())
        claims = first if at_s(first) < 20.0 else second if at_s(first) > 20.0 + silent_s else quiet
        scans.append(claims if first.sensor == "rid" else first)
    before, after = (tracked(wall, [scan for scan in scans if at_s(scan) < until_s]) for until_s in (110.0, 120.0))
    (was,), (one,) = believed(before), believed(after)
    assert (before.identity[was], after.identity[one]) == ("rid:first", "rid:second")
    assert after.track[one] == before.track[was]
    assert after.identity_status[one] == "cooperative"


def test_a_frame_of_identity_without_position_is_refused_and_begins_nothing() -> None:
    wall = sensors([RID])
    target = Target(path=PATH, label="multirotor", claim=Claim(identity="rid:abc", split=True))
    tracker = Tracker(wall)
    for scan in play(wall, [target], 30.0):
        fate = tracker.step(scan)
        for identity, word in zip(scan.detections.identity.tolist(), fate.fate.tolist(), strict=True):
            assert (word == "refused") == identity.startswith("rid:")
    tracks = tracker.tracks(tracker.now_ns)
    assert np.isfinite(tracks.latitude_rad).all()


def test_a_claim_that_nobody_can_check_stays_cooperative() -> None:
    wall = sensors([RID])
    tracks = tracked(wall, play(wall, [Target(path=PATH, label="multirotor", claim=Claim(identity="rid:abc"))], 60.0))
    (one,) = believed(tracks)
    assert tracks.identity_status[one] == "cooperative"


def test_a_spraying_drone_that_turns_at_each_row_keeps_one_id() -> None:
    wall = sensors([RID])
    rows = [(1000.0 + 300.0 * ((k + 1) // 2 % 2), 500.0 + 6.0 * (k // 2), 3.0) for k in range(40)]
    target = Target(path=along(rows, 8.0), label="agricultural_drone", claim=Claim(identity="rid:farm"))
    tracker, ids = Tracker(wall), set()
    for scan in play(wall, [target], 400.0):
        tracker.step(scan)
        tracks = tracker.tracks(scan.time_ns)
        ids |= set(tracks.track.tolist())
    assert ids == {"t-000001"}
    assert tracks.identity_status.tolist() == ["cooperative"]
    assert tracks.label.tolist() == ["agricultural_drone"]


def test_two_claims_at_one_look_are_two_tracks(wall: dict[str, Sensor]) -> None:
    other = along([(-5000.0, 7000.0, 300.0), (5000.0, 7000.0, 300.0)], 60.0)
    targets = [
        Target(path=PATH, label="aircraft", claim=Claim(identity="icao:4ca1fa")),
        Target(path=other, label="aircraft", claim=Claim(identity="icao:4ca1fb")),
    ]
    tracks = tracked(wall, play(wall, targets, 30.0, clutter=False))
    assert sorted(tracks.identity[believed(tracks)]) == ["icao:4ca1fa", "icao:4ca1fb"]

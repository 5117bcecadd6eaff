"""Sound: crossed bearings make tracks of honest course, a lone node makes an area, and far from home is no matter."""

import numpy as np
import pytest

from dronewall.geo.frames import LocalFrame, range_azimuth_elevation
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.sensors import Path, Sensor
from dronewall.tracking import Tracker
from dronewall.units import SECOND_NS, Floats
from tests.sensors.walls import sensors
from tests.tracking.scenes import HOME, START_NS, Target, along, line_of_nodes, play


def followed(wall: dict[str, Sensor], scans: list[Scan], until_s: float) -> Tracker:
    tracker = Tracker(wall)
    for scan in scans:
        if scan.time_ns > START_NS + until_s * SECOND_NS:
            break
        tracker.step(scan)
    return tracker


def errors(tracks: Tracks, path: Path, time_ns: int, frame: LocalFrame = HOME) -> tuple[Floats, Floats]:
    """Horizontal distance (m) and course error (rad) of each track."""
    place, velocity = path(np.array([time_ns]))
    there = frame.geodetic_to_local(tracks.latitude_rad, tracks.longitude_rad, tracks.altitude_hae_m)
    away = np.hypot(*(there - frame.to_local(place))[:, :2].T)
    v = tracks.velocity_enu_mps
    turn = np.arctan2(v[:, 0], v[:, 1]) - np.arctan2(velocity[0, 0], velocity[0, 1])
    return away, np.abs((turn + np.pi) % (2.0 * np.pi) - np.pi)


@pytest.fixture(scope="module")
def line() -> dict[str, Sensor]:
    return sensors(line_of_nodes(6, 1500.0))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_drone_over_the_line_has_a_course_within_6_degrees(line: dict[str, Sensor], seed: int) -> None:
    path = along([(4000.0, -400.0, 150.0), (-4000.0, -900.0, 150.0)], 50.0)
    tracker = followed(line, play(line, [Target(path=path)], 105.0, seed=seed), 100.0)
    time_ns = START_NS + 100 * SECOND_NS
    tracks = tracker.tracks(time_ns)
    sure = np.flatnonzero(tracks.status == "confirmed")
    assert len(sure) == 1
    away, turn = errors(tracks, path, time_ns)
    assert away[sure[0]] < 250.0
    assert np.degrees(turn[sure[0]]) < 6.0
    assert tracks.label[sure[0]] == "fixed_wing_piston"
    assert len(tracks.sensors[sure[0]]) >= 2


def test_a_lone_node_gives_an_area_with_the_source_inside_and_no_track() -> None:
    wall = sensors(line_of_nodes(1, 0.0))
    node = wall["node-0-00"]
    path = along([(1500.0, 300.0, 150.0), (-1500.0, 300.0, 150.0)], 50.0)
    scans = play(wall, [Target(path=path)], 58.0, clutter=False)
    tracker, inside, asked = Tracker(wall), 0, 0
    for scan in scans:
        tracker.step(scan)
        for presence in tracker.presences(scan.time_ns):
            if scan.time_ns - presence.last_ns > 2 * SECOND_NS:
                continue  # it says where the source was when it was last heard
            distance, azimuth, _ = range_azimuth_elevation(node.frame.to_local(path(np.array([scan.time_ns]))[0]))
            into = (azimuth[0] - presence.azimuth_from_rad) % (2.0 * np.pi)
            inside += distance[0] < presence.radius_m and into <= (
                presence.azimuth_to_rad - presence.azimuth_from_rad
            ) % (2.0 * np.pi)
            asked += 1
            assert presence.azimuth_from_rad != presence.azimuth_to_rad
    assert len(tracker.tracks(tracker.now_ns)) == 0
    assert asked > 20
    assert inside >= 0.8 * asked


def test_an_area_ends_when_a_track_takes_it_over(line: dict[str, Sensor]) -> None:
    path = along([(4000.0, -400.0, 150.0), (-4000.0, -900.0, 150.0)], 50.0)
    scans = play(line, [Target(path=path)], 95.0, clutter=False)
    assert any(followed(line, scans, t).presences(START_NS + t * SECOND_NS) for t in range(40, 60, 2))
    assert not followed(line, scans, 90.0).presences(START_NS + 90 * SECOND_NS)


def test_an_area_is_forgotten_half_a_minute_after_the_last_hearing() -> None:
    wall = sensors(line_of_nodes(1, 0.0))
    path = along([(800.0, 300.0, 150.0), (-800.0, 300.0, 150.0)], 50.0)
    tracker = followed(wall, play(wall, [Target(path=path)], 30.0, clutter=False), 30.0)
    last = max(presence.last_ns for presence in tracker.presences(START_NS + 30 * SECOND_NS))
    assert tracker.presences(last + 29 * SECOND_NS)
    assert not tracker.presences(last + 31 * SECOND_NS)


def test_a_track_2000_km_from_the_first_sensor_is_as_right() -> None:
    far_away = [{"id": "first", "kind": "acoustic", "model": "array", "latitude_deg": 69.0, "longitude_deg": 10.0}]
    near, far = sensors(line_of_nodes(6, 1500.0)), sensors([*far_away, *line_of_nodes(6, 1500.0)])
    path = along([(4000.0, -400.0, 150.0), (-4000.0, -900.0, 150.0)], 50.0)
    scans = play(near, [Target(path=path)], 90.0)
    a, b = (followed(wall, scans, 90.0).tracks(START_NS + 90 * SECOND_NS) for wall in (near, far))
    np.testing.assert_array_equal(a.latitude_rad, b.latitude_rad)
    np.testing.assert_array_equal(a.covariance, b.covariance)


def test_a_call_is_an_area_from_when_it_came(line: dict[str, Sensor]) -> None:
    wall = line | sensors([{"id": "people", "kind": "observer"}])
    call = wall["people"].call(  # type: ignore[attr-defined]  # only observers take calls
        START_NS, START_NS + 900 * SECOND_NS, np.radians(56.5), np.radians(27.4), 3000.0
    )
    tracker = Tracker(wall)
    late = START_NS + 900 * SECOND_NS
    tracker.step(Scan(sensor="people", scan=1, time_ns=START_NS, end_ns=START_NS, received_ns=late, detections=call))
    (presence,) = tracker.presences(late + SECOND_NS)
    assert presence.radius_m == pytest.approx(3000.0)
    assert presence.sensors == ("people",)
    assert presence.azimuth_from_rad == presence.azimuth_to_rad

"""Directions without range: they move tracks and never become a position."""

from dataclasses import replace

import numpy as np
import pytest

from dronewall.records.detection import Column, Detections, empty
from dronewall.records.scan import Scan
from dronewall.sensors import Sensor
from dronewall.tracking import Tracker
from dronewall.tracking.parts import Parts
from dronewall.units import SECOND_NS
from tests.sensors.walls import sensors
from tests.tracking.scenes import HOME, START_NS, Target, along, play

PATH = along([(-2500.0, 2000.0, 150.0), (2500.0, 2500.0, 150.0)], 20.0)


@pytest.fixture(scope="module")
def wall() -> dict[str, Sensor]:
    specs: list[dict[str, object]] = [{"id": "radar", "kind": "radar", "model": "xband-3d", "p_detect": 0.95}]
    for k, (east, north) in enumerate([(0.0, 0.0), (3000.0, 800.0)]):
        lat, lon, _ = HOME.local_to_geodetic(np.array([[east, north, 0.0]]))
        place = {"latitude_deg": float(np.degrees(lat[0])), "longitude_deg": float(np.degrees(lon[0]))}
        specs.append(
            {"id": f"rf-{k}", "kind": "rf_direction", "model": "array", "p_detect": 0.8, "max_range_m": 6000.0} | place
        )
        specs.append(
            {"id": f"eye-{k}", "kind": "camera", "model": "thermal", "p_detect": 0.8, "max_range_m": 6000.0} | place
        )
    return sensors(specs)


@pytest.mark.parametrize("kind", ["rf", "eye"])
def test_directions_alone_never_become_a_position(wall: dict[str, Sensor], kind: str) -> None:
    tracker = Tracker(wall)
    for scan in play(wall, [Target(path=PATH, label="multirotor")], 90.0):
        if scan.sensor.startswith(kind):
            tracker.step(scan)
        assert len(tracker.tracks(scan.time_ns)) == 0


@pytest.mark.parametrize(("kind", "within_m"), [("rf", 300.0), ("eye", 40.0)])
def test_directions_carry_on_what_radar_began(wall: dict[str, Sensor], kind: str, within_m: float) -> None:
    tracker = Tracker(wall)
    for scan in play(wall, [Target(path=PATH, label="multirotor")], 90.0, clutter=False):
        if scan.sensor.startswith(kind) or scan.time_ns < START_NS + 20 * SECOND_NS:
            tracker.step(scan)
    tracks = tracker.tracks(tracker.now_ns)
    (one,) = np.flatnonzero(tracks.status == "confirmed")
    place, _ = PATH(np.array([tracker.now_ns]))
    there = HOME.geodetic_to_local(tracks.latitude_rad, tracks.longitude_rad, tracks.altitude_hae_m)[one]
    assert np.hypot(*(there - HOME.to_local(place)[0])[:2]) < within_m


def seen(time_ns: int, column: dict[Column, float]) -> Detections:
    """One detection."""
    found = empty(1)
    found.time_ns[:] = found.received_ns[:] = time_ns
    for which, value in column.items():
        found.values[:, which] = value
    return found


def of(sensor: str, scan: int, time_ns: int, found: Detections) -> Scan:
    return Scan(sensor=sensor, scan=scan, time_ns=time_ns, end_ns=time_ns, received_ns=time_ns, detections=found)


def along_one_line(eye: Sensor, seconds: int) -> list[Scan]:
    """A camera's bearings of a flock that no radar sees, three looks in ten; one false plot of a radar behind it."""
    rng, scans = np.random.default_rng(4), []
    for look in range(2 * seconds):
        time_ns = START_NS + look * SECOND_NS // 2
        azimuth, elevation = rng.normal([0.8, 0.04], eye.noise(Column.AZIMUTH_RAD))
        bearing = seen(time_ns, {Column.AZIMUTH_RAD: azimuth, Column.ELEVATION_RAD: elevation})
        scans.append(of("eye", look, time_ns, bearing if rng.uniform() < 0.3 else empty()))
    at_ns = START_NS + 10 * SECOND_NS + 1
    plot = {Column.RANGE_M: 22_000.0, Column.AZIMUTH_RAD: 0.8, Column.ELEVATION_RAD: 0.04}
    return sorted([*scans, of("radar", 0, at_ns, seen(at_ns, plot))], key=lambda scan: scan.time_ns)


@pytest.mark.parametrize("parts", [None, Parts(association="loopy")])
def test_bearings_of_something_else_do_not_keep_a_false_plot_alive(parts: Parts | None) -> None:
    wall = sensors(
        [{"id": "radar", "kind": "radar", "model": "xband-3d"}, {"id": "eye", "kind": "camera", "model": "thermal"}]
    )
    tracker, shown = Tracker(wall, parts=parts), set[str]()
    for scan in along_one_line(wall["eye"], 60):
        tracker.step(scan)
        shown |= set(tracker.tracks(scan.time_ns).status.tolist())
    assert "confirmed" not in shown
    assert tracker.core.memory.bank.n == 0


def test_a_confirmed_track_still_gains_and_loses_by_a_camera() -> None:
    wall = sensors(
        [{"id": "radar", "kind": "radar", "model": "xband-3d"}, {"id": "eye", "kind": "camera", "model": "thermal"}]
    )
    found = []
    for camera_sees in (True, False):
        tracker = Tracker(wall)
        for scan in play(wall, [Target(path=along([(0.0, 900.0, 100.0), (0.0, 1300.0, 100.0)], 10.0))], 30.0):
            is_late = scan.time_ns > START_NS + 20 * SECOND_NS
            if scan.sensor == "eye" and is_late and not camera_sees:
                scan = replace(scan, detections=empty())
            if scan.sensor == "eye" or not is_late:
                tracker.step(scan)
        bank = tracker.core.memory.bank
        found.append(float(bank.r[bank.confirmed_ns > 0].max(initial=0.0)))
    assert found[0] > 0.98
    assert found[1] < 0.1

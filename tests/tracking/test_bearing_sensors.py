"""Directions without range: they move tracks and never become a position."""

import numpy as np
import pytest

from dronewall.sensors import Sensor
from dronewall.tracking import Tracker
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

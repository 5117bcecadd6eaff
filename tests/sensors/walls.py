"""Small walls for the tests of sensors: one sensor of a kind at 56.5 N 27.5 E, on a smooth earth or on terrain."""

from typing import Any

import numpy as np

from dronewall.geo.terrain import SmoothEarth, Terrain
from dronewall.records.wall import Wall
from dronewall.sensors import Path, Sensor, build_sensors
from dronewall.units import Floats, Ints

START_NS = 1_778_112_000 * 1_000_000_000


def sensor(kind: str, terrain: Terrain | None = None, **keys: Any) -> Sensor:
    """One sensor of a kind with those keys."""
    return sensors([{"id": "one", "kind": kind, **keys}], terrain)["one"]


def sensors(specs: list[dict[str, Any]], terrain: Terrain | None = None) -> dict[str, Sensor]:
    """Sensors of those keys, standing at 56.5 N 27.5 E unless they say otherwise."""
    place = {"latitude_deg": 56.5, "longitude_deg": 27.5, "height_agl_m": 10.0}
    wall = Wall.model_validate(
        {"schema_version": 1, "wall": {"name": "test"}, "sensor": [place | spec for spec in specs]}
    )
    return build_sensors(wall, terrain or SmoothEarth(), file="wall.toml")


def still(where: Sensor, east_m: float, north_m: float, up_m: float) -> Path:
    """A target that hangs at one place, seen from a sensor."""
    return flying(where, (east_m, north_m, up_m), (0.0, 0.0, 0.0))


def flying(where: Sensor, from_m: tuple[float, float, float], velocity_mps: tuple[float, float, float]) -> Path:
    """A target in straight flight in the sensor's own east-north-up, at `from_m` at START_NS."""

    def position(times_ns: Ints) -> tuple[Floats, Floats]:
        seconds = (times_ns - START_NS)[:, None] / 1e9
        enu = np.asarray(from_m) + seconds * np.asarray(velocity_mps)
        return where.frame.to_ecef(enu), np.tile(np.asarray(velocity_mps), (len(times_ns), 1))

    return position


def seconds_of(n: int, step_s: float = 1.0) -> Ints:
    """n times from START_NS on."""
    return START_NS + np.round(np.arange(n) * step_s * 1e9).astype(np.int64)

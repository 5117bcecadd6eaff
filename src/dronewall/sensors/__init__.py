"""Sensors: one model each, which answers how likely a detection is, what it would say, and how far to believe it.

Here live the kinds (one file each), the catalogue of sourced defaults, what labels look and sound like (`signatures`),
and the physics of sound (`acoustics`). To add a kind: a file with a class that is a `Sensor` (`Site` has what is
common), a line in `PARTS`, a row in the catalogue and its table in `docs/sensors.md`. The conformance test finds it by
itself. Effectors are refused by the registry.
"""

from typing import Final

from dronewall.errors import BadInput, Refused, UnknownPart
from dronewall.geo.terrain import Terrain
from dronewall.records.wall import SensorSpec, Wall
from dronewall.registry import Table
from dronewall.sensors.sensor import Claim, Meets, Path, Sensor

PARTS: Final = {
    "radar": "dronewall.sensors.radar:Radar",
    "acoustic": "dronewall.sensors.acoustic:Acoustic",
    "rf_direction": "dronewall.sensors.rf_direction:RfDirection",
    "tdoa": "dronewall.sensors.tdoa:Tdoa",
    "camera": "dronewall.sensors.camera:Camera",
    "remote_id": "dronewall.sensors.remote_id:RemoteId",
    "adsb": "dronewall.sensors.adsb:Adsb",
    "observer": "dronewall.sensors.observer:Observer",
}
TABLE: Final = Table("sensors", PARTS)

__all__ = ["PARTS", "TABLE", "Claim", "Meets", "Path", "Sensor", "build_sensor", "build_sensors"]


def build_sensors(wall: Wall, terrain: Terrain, *, file: str, noun: str = "sensor") -> dict[str, Sensor]:
    """The wall's sensors by id, in the wall's order, standing on that terrain; `noun` is what an error calls one.

    Raises
    ------
    BadInput
        A kind that is not there, a key that the kind does not take, a model that the catalogue does not have.
    Refused
        The kind is that of an effector.
    """
    found = {
        spec.id: build_sensor(spec, terrain, where=f"{file}: {noun}[{index}] ({spec.id})")
        for index, spec in enumerate(wall.sensor)
    }
    for sensor in found.values():
        if isinstance(sensor, Meets):
            sensor.meet(found.values())
    return found


def build_sensor(spec: SensorSpec, terrain: Terrain, *, where: str = "sensor") -> Sensor:
    """One sensor; `where` begins the sentence of an error."""
    try:
        part = TABLE.part(spec.kind)
    except UnknownPart as error:
        raise BadInput(
            f"{where}.kind = '{spec.kind}': there is no such kind of sensor; it is one of: {', '.join(error.known)}",
            key="kind",
        ) from None
    except Refused as error:
        raise Refused(f"{where}.kind: {error}") from None
    for key in SensorSpec.model_fields:
        if key in spec.model_fields_set and key not in part.takes:
            taken = ", ".join(name for name in SensorSpec.model_fields if name in part.takes)
            raise BadInput(
                f"{where}.{key} = {getattr(spec, key)!r}: a sensor of kind '{spec.kind}' does not take it; "
                f"it takes: {taken}",
                key=key,
            )
    try:
        sensor: Sensor = part(spec, terrain)
    except BadInput as error:
        raise BadInput(f"{where}: {error}", key=error.key) from None
    if sensor.spec.min_range_m is not None and sensor.spec.max_range_m is not None:
        low, high = sensor.spec.min_range_m, sensor.spec.max_range_m
        if low >= high:
            raise BadInput(
                f"{where}.min_range_m = {low:g} is not below max_range_m = {high:g}; a sensor needs room between them",
                key="min_range_m",
            )
    return sensor

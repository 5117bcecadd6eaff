"""The wall as the page draws it: sensors with their reach, zones, authorities, and what the caller adds to the map."""

from collections.abc import Mapping
from typing import Any

from dronewall.records.wall import Wall
from dronewall.records.weather import Weather
from dronewall.sensors import Sensor

QUANTILE = 0.9


def wall_view(
    wall: Wall,
    sensors: Mapping[str, Sensor] | None = None,
    *,
    terrain: str | None = None,
    weather: Weather | None = None,
    facts: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The wall as JSON, degrees and metres.

    `facts` (border, places, holes ...) come from whoever knows them; holes only where the wall is an exercise whose
    sites are invented, because where a real wall is weak is nobody's to show.
    """
    invented = wall.wall.exercise and wall.wall.invented_sites
    view: dict[str, Any] = {
        "name": wall.wall.name,
        "exercise": wall.wall.exercise,
        "invented_sites": wall.wall.invented_sites,
        "terrain": terrain or wall.wall.terrain or "smooth earth: the wall names no terrain",
        "sensors": [_sensor(wall, i, sensors, weather) for i in range(len(wall.sensor))],
        "zones": [zone.model_dump() for zone in wall.zone],
        "authorities": [
            authority.model_dump(include={"id", "languages", "zones", "escalate_after_s", "deputy"})
            for authority in wall.authority
        ],
        "border": {"type": "FeatureCollection", "features": []},
        "places": [],
        "holes": [],
    }
    for name, value in (facts or {}).items():
        if name != "holes" or invented:
            view[name] = value
    return view


def _sensor(wall: Wall, index: int, sensors: Mapping[str, Sensor] | None, weather: Weather | None) -> dict[str, Any]:
    spec = wall.sensor[index]
    sensor = None if sensors is None else sensors.get(spec.id)
    if sensor is not None:
        spec = sensor.spec
    footprint = None
    if sensor is not None and spec.kind == "acoustic":
        footprint = round(sensor.footprint_m(QUANTILE, "fixed_wing_piston", weather or Weather()), 1)
    return {
        "id": spec.id,
        "kind": spec.kind,
        "model": spec.model,
        "nation": spec.nation,
        "latitude_deg": spec.latitude_deg,
        "longitude_deg": spec.longitude_deg,
        "height_agl_m": spec.height_agl_m,
        "range_m": spec.max_range_m,
        "footprint_m": footprint,
        "azimuth_from_deg": spec.azimuth_from_deg if spec.azimuth_from_deg is not None else 0.0,
        "azimuth_to_deg": spec.azimuth_to_deg if spec.azimuth_to_deg is not None else 360.0,
        "period_s": spec.scan_period_s,
    }

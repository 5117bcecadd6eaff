"""Candidate sites: given as CSV or GeoJSON, or laid out as a TOML file asks.

====================  ================================================================================================
column or property    what
====================  ================================================================================================
id                    any text; in the wall it becomes lower case
latitude_deg, ...     where it stands (also `latitude`, `lat`; `longitude`, `lon`); in GeoJSON the point
kind, model           as in a wall's `[[sensor]]`
height_agl_m          of the antenna (also `height`, `height_m`)
cost                  in the unit of the budget
any other key of      as in a wall's `[[sensor]]`: `max_range_m`, `p_detect`, `azimuth_from_deg` ...
`[[sensor]]`
====================  ================================================================================================

A TOML file lays them out on a grid: `plan/generating.py`.
"""

import csv
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from pydantic import ValidationError

from dronewall.errors import BadInput
from dronewall.geo.frames import ground_distance_m
from dronewall.geo.geoid import undulation_m
from dronewall.geo.synthetic import topography_amsl_m
from dronewall.geo.terrain import SmoothEarth, Terrain
from dronewall.plan.generating import generated
from dronewall.records.wall import SensorSpec, Wall
from dronewall.units import Bools, Floats

_OTHER_NAMES: Final = {
    "latitude": "latitude_deg",
    "lat": "latitude_deg",
    "longitude": "longitude_deg",
    "lon": "longitude_deg",
    "height": "height_agl_m",
    "height_m": "height_agl_m",
}
MOST: Final = 20_000
_COMMA: Final = re.compile(r"^[+-]?\d+,\d+$")
_FAR_M: Final = 1_500_000.0
"""What lies so far from the wall is a slip."""
_SEA_M: Final = 0.1
_ROUND: Final = np.array([[0.0, 0.0], [0.005, 0.0], [-0.005, 0.0], [0.0, 0.008], [0.0, -0.008]])


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A place where a sensor could stand. `name` is as the file has it, `spec.id` as a wall takes it."""

    name: str
    spec: SensorSpec
    cost: float


def read_candidates(path: Path, wall: Wall, terrain: Terrain) -> list[Candidate]:
    """The candidates of a file, in its order.

    Raises
    ------
    BadInput
        The file cannot be read, a row lacks something, two have one id, one costs nothing or stands in the sea.
    """
    rows = generated(path, wall, MOST) if path.suffix.lower() == ".toml" else _rows(path)
    if not rows:
        raise BadInput(f"{path} holds no candidate; give at least one", file=str(path))
    if len(rows) > MOST:
        raise BadInput(f"{path} holds {len(rows)} candidates, more than {MOST}; give fewer", file=str(path))
    found, names = [], {spec.id: "a sensor of the wall" for spec in wall.sensor}
    for number, row in enumerate(rows, start=1):
        candidate = _candidate(row, f"{path}: candidate {number}")
        if candidate.spec.id in names:
            raise BadInput(
                f"{path}: candidate {number} ({candidate.name}) has the id of {names[candidate.spec.id]}; "
                "give each its own",
                file=str(path),
                key="id",
            )
        names[candidate.spec.id] = f"candidate {number}"
        found.append(candidate)
    _near_the_wall(found, wall, path)
    _on_land(found, terrain, path)
    return found


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise BadInput(f"{path} is not there; give candidates as CSV, GeoJSON or TOML", file=str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read as text: {error}", file=str(path)) from None
    if path.suffix.lower() in (".json", ".geojson") or text.lstrip().startswith("{"):
        return _features(text, path)
    try:
        head = text.partition("\n")[0]
        apart = max(",;\t", key=head.count)  # a spreadsheet's own, where the decimal point is a comma
        table = csv.DictReader(io.StringIO(text), strict=True, skipinitialspace=True, delimiter=apart)
        rows = list(table)
    except csv.Error as error:
        raise BadInput(f"{path} is not CSV: {error}", file=str(path)) from None
    for number, row in enumerate(rows, start=1):
        if None in row:
            raise BadInput(
                f"{path}: candidate {number} has more cells than the heading has columns; is there a comma in one of "
                "its numbers?",
                file=str(path),
            )
    return rows if apart == "," else [{key: _pointed(value) for key, value in row.items()} for row in rows]


def _features(text: str, path: Path) -> list[dict[str, Any]]:
    try:
        data = json.loads(text)
        features = data["features"]
        rows = []
        for feature in features:
            if feature["geometry"]["type"] != "Point":
                raise BadInput(f"{path}: a candidate is a Point, not a {feature['geometry']['type']}", file=str(path))
            longitude, latitude = feature["geometry"]["coordinates"][:2]
            row = dict(feature.get("properties") or {})
            if "id" in feature and "id" not in row:
                row["id"] = feature["id"]
            rows.append(row | {"latitude_deg": latitude, "longitude_deg": longitude})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"{path} is not a GeoJSON FeatureCollection of points: {type(error).__name__} {error}", file=str(path)
        ) from None
    return rows


def _pointed(value: Any) -> Any:
    """56,3 as 56.3: commas are free to be decimal where something else stands between the cells."""
    return value.replace(",", ".") if isinstance(value, str) and _COMMA.match(value.strip()) else value


def _candidate(row: dict[str, Any], where: str) -> Candidate:
    """One row; empty cells are left out, columns that no sensor has are not looked at."""
    given = {
        _OTHER_NAMES.get(str(key).strip().lower(), str(key).strip()): value.strip() if isinstance(value, str) else value
        for key, value in row.items()
        if value is not None and value != "" and not (isinstance(value, str) and not value.strip())
    }
    for key in ("id", "latitude_deg", "longitude_deg", "kind", "cost"):
        if key not in given:
            raise BadInput(f"{where} has no '{key}'; it needs id, latitude_deg, longitude_deg, kind and cost", key=key)
    name = str(given["id"])
    try:
        cost = float("nan") if isinstance(given["cost"], bool) else float(given["cost"])
    except (TypeError, ValueError):
        cost = float("nan")
    if not (np.isfinite(cost) and cost > 0.0):
        raise BadInput(f"{where} ({name}): cost = {given['cost']!r}; it is a number above 0", key="cost")
    if _below_ground(given.get("height_agl_m")):
        raise BadInput(
            f"{where} ({name}): height_agl_m = {given['height_agl_m']!r}; an antenna stands above the ground",
            key="height_agl_m",
        )
    spec = {key: given[key] for key in SensorSpec.model_fields if key in given}
    spec["id"] = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")[:64] or "candidate"
    try:
        return Candidate(name=name, spec=SensorSpec.model_validate(spec), cost=cost)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = str(first["loc"][0]) if first["loc"] else "row"
        said = str(first["msg"]).removeprefix("Input ")
        raise BadInput(f"{where} ({name}): {key} = {first['input']!r}: {said}", key=key) from None


def _below_ground(height: Any) -> bool:
    try:
        return float(height) < 0.0
    except (TypeError, ValueError):
        return False


def _near_the_wall(found: list[Candidate], wall: Wall, path: Path) -> None:
    """Refuse what lies a part of the earth away from the wall's sensors and zones: most often it is turned round."""
    places = [(spec.latitude_deg, spec.longitude_deg) for spec in wall.sensor]
    places += [(latitude, longitude) for zone in wall.zone for longitude, latitude in zone.polygon]
    if not places:
        return
    mine = np.radians([(c.spec.latitude_deg, c.spec.longitude_deg) for c in found])
    middle = np.median(np.radians(places), axis=0)
    away_m = ground_distance_m(mine[:, 0], mine[:, 1], middle[0], middle[1])
    worst = int(np.argmax(away_m))
    if away_m[worst] > _FAR_M:
        spec = found[worst].spec
        raise BadInput(
            f"{path}: {found[worst].name} at latitude {spec.latitude_deg:g}, longitude {spec.longitude_deg:g} lies "
            f"{away_m[worst] / 1000.0:,.0f} km from the wall; are the two the other way round?",
            file=str(path),
            key="latitude_deg",
        )


def _on_land(found: list[Candidate], terrain: Terrain, path: Path) -> None:
    """Refuse what lies off rasters beyond which nothing is known, and what stands in the sea.

    That is at sea level, and so all round (9 km resolution where there is no terrain).
    """
    places = np.radians([(c.spec.latitude_deg, c.spec.longitude_deg) for c in found])
    covers = getattr(terrain, "covers", None)
    if covers is not None and not getattr(terrain, "sea_beyond", True):
        off = np.flatnonzero(~covers(places[:, 0], places[:, 1]))
        if len(off):
            names = ", ".join(found[int(i)].name for i in off[:5])
            raise BadInput(
                f"{path}: {names} {'lies' if len(off) == 1 else 'lie'} outside the terrain ({terrain.describe}); move "
                f"{'it' if len(off) == 1 else 'them'} or add the raster there",
                file=str(path),
                key="latitude_deg",
            )
    wet = np.flatnonzero(in_the_sea(places[:, 0], places[:, 1], terrain))
    if len(wet):
        names = ", ".join(found[int(i)].name for i in wet[:5])
        raise BadInput(
            f"{path}: {names} {'stands' if len(wet) == 1 else 'stand'} in the sea; move "
            f"{'it' if len(wet) == 1 else 'them'} ashore",
            file=str(path),
            key="latitude_deg",
        )


def in_the_sea(latitude_rad: Floats, longitude_rad: Floats, terrain: Terrain) -> Bools:
    """Whether places [shape=(n,)] lie at sea level, and so all round (9 km resolution without terrain)."""
    wider = 10.0 if isinstance(terrain, SmoothEarth) else 1.0
    latitude = latitude_rad[:, None] + np.radians(_ROUND[:, 0]) * wider
    longitude = longitude_rad[:, None] + np.radians(_ROUND[:, 1]) * wider
    if isinstance(terrain, SmoothEarth):
        amsl_m = topography_amsl_m(latitude, longitude)
    else:
        amsl_m = terrain.height_hae_m(latitude, longitude) - undulation_m(latitude, longitude)
    return np.asarray((np.abs(amsl_m) < _SEA_M).all(axis=1))

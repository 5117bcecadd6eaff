"""The rules that GeoJSON and files of geographical zones keep or break, feature by feature, each with its field.

    geojson   RFC 7946: types, geometries of whole positions, longitude and latitude on the earth (4), rings of four or
              more positions that close (3.1.6), `properties` an object or null and `geometry` there (3.2), no `crs`,
              a bbox of two positions (5), no members that define another type (7.1)
    ed269     mandatory members and their words; identifier of at most 7 signs, country of 3 letters, at most 9 reasons;
              a circle with a radius above 0, rings of four or more corners that close, an upper limit not below the
              lower; times of RFC 3339, an end not before its start, durations of ISO 8601
    ed318     GeoJSON, and each zone's mandatory members, their words and times; every geometry but a collection may
              have a layer, a point an extent; `metadata` beside the features

The first line of a file judges what stands around the features; then a line for each. Which way round polygons run is
not judged: RFC 7946 asks readers not to refuse it. Sources: RFC 7946; EUROCAE ED-269 annex 3; ED-318 appendix E.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from pydantic import ConfigDict, TypeAdapter, ValidationError

from dronewall.formats.area_models import Box, Feature, Geometry, Zone269, ZoneFeature
from dronewall.formats.broken import Broken

SHOWN: Final = 200
RULES: Final[dict[str, TypeAdapter[Any]]] = {
    "ed269": TypeAdapter(Zone269),
    "ed318": TypeAdapter(ZoneFeature),
    "geojson": TypeAdapter(Feature),
}
FOREIGN: Final = re.compile(r"geometry(\.geometries\[\d+\])*\.(layer|extent)\b")
"""What ED-318 adds to a geometry; in plain GeoJSON it is a foreign member, of which RFC 7946 says nothing (6.1)."""
GEOMETRY: Final[TypeAdapter[Any]] = TypeAdapter(Geometry)
BOX: Final[TypeAdapter[Any]] = TypeAdapter(Box, config=ConfigDict(strict=True))
GEOMETRIES: Final = (
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
)


def verdicts(name: str, data: bytes) -> Iterator[tuple[str, list[Broken]]]:
    """A file's own verdict, then one for each feature: what it is, and every rule that it breaks."""
    try:
        said = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        yield "file", [Broken(field="", rule="json", said=f"it is no JSON: {str(error)[:120]}")]
        return
    if name == "geojson" and isinstance(said, dict) and said.get("type") in (*GEOMETRIES, "Feature"):
        lone = RULES[name] if said["type"] == "Feature" else GEOMETRY
        yield str(said["type"]).lower(), list(_broken(lone, said, ""))
        return
    features = said.get("features") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(features, list):
        yield "file", [Broken(field="features", rule="mandatory", said="it is an object with a list of features")]
        return
    yield "file", list(_around(name, said))
    for number, feature in enumerate(features):
        broken = list(_broken(RULES[name], feature, f"features[{number}]"))
        yield _kind(feature), broken if name == "ed318" else [one for one in broken if not FOREIGN.search(one.field)]


def _no_number(said: str) -> Any:
    raise ValueError(f"{said} is no number of JSON")


def _around(name: str, said: dict[str, Any]) -> Iterator[Broken]:
    if name != "ed269" and said.get("type") != "FeatureCollection":
        yield Broken(field="type", rule="value", said=f"{str(said.get('type'))[:SHOWN]!r} is not FeatureCollection")
    if name != "ed269" and "crs" in said:
        yield Broken(field="crs", rule="value", said="RFC 7946 has WGS 84 alone and no crs")
    for other in ("coordinates", "geometries", "geometry", "properties") if name != "ed269" else ():
        if other in said:
            yield Broken(field=other, rule="value", said=f"a FeatureCollection has no {other} (RFC 7946, 7.1)")
    if name != "ed269" and "bbox" in said:
        yield from (replace(one, field=f"bbox{one.field}") for one in _broken(BOX, said["bbox"], ""))
    if name == "ed318" and not isinstance(said.get("metadata"), dict):
        yield Broken(field="metadata", rule="mandatory", said="it is mandatory and not there")


def _kind(feature: Any) -> str:
    named = feature.get("properties") if isinstance(feature, dict) and "properties" in feature else feature
    identifier = named.get("identifier") if isinstance(named, dict) else None
    return f"zone {identifier}"[:SHOWN] if isinstance(identifier, str) else "feature"


def _broken(rules: TypeAdapter[Any], said: Any, where: str) -> Iterator[Broken]:
    try:
        rules.validate_python(said)
    except ValidationError as error:
        told: set[str] = set()
        for one in error.errors(include_url=False, include_input=False):
            within: tuple[int | str, ...] = one.get("ctx", {}).get("at", ())
            if one["type"].startswith("union_tag"):
                within = ("type",)
            place = (*_fields(said, one["loc"]), *within)
            path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
            missing = one["type"] in ("missing", "union_tag_not_found") or (within and not _there(said, place))
            text = "it is mandatory and not there" if missing else one["msg"].removeprefix("Value error, ")
            rule = "mandatory" if missing else "value"
            if path not in told:  # of several alternatives that do not fit, the first
                told.add(path)
                yield Broken(field=f"{where}{path}".removeprefix("."), rule=rule, said=text[:SHOWN])


def _there(said: Any, place: tuple[int | str, ...]) -> bool:
    for part in place:
        try:
            said = said[part]
        except (KeyError, IndexError, TypeError):
            return False
    return said is not None


def _fields(said: Any, location: tuple[int | str, ...]) -> Iterator[int | str]:
    """A location without the names of the alternatives that pydantic tried, which stand in no file."""
    for at, part in enumerate(location):
        if isinstance(part, str) and not isinstance(said, dict):
            continue
        there = said[part] if isinstance(said, dict) and part in said else None
        if isinstance(part, int):
            there = said[part] if isinstance(said, list) and part < len(said) else None
        elif there is None and (at < len(location) - 1 or part in GEOMETRIES):
            continue
        yield part
        said = there

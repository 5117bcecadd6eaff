"""Geographical zones for unmanned aircraft, read: ED-269 (2020) and ED-318 (2024). JSON in, `Airspace` out.

    ED-269   features[]: identifier, country, name, restriction, reason, applicability[].permanent;
             geometry[]: uomDimensions M or FT, lowerLimit, upperLimit with their references AGL or AMSL,
             horizontalProjection Polygon (coordinates) or Circle (center, radius in metres)
    ED-318   a GeoJSON FeatureCollection; properties: identifier, country, name[].text, type, reason,
             limitedApplicability; geometry Polygon, MultiPolygon, Point with extent (a circle, radius in metres) or a
             GeometryCollection of them, each with layer: upper, lower, their references AGL, AMSL or WGS84, uom m or ft

The text of ED-269 gives corners as latitude and longitude; most states publish longitude first, as GeoJSON has it. A
file is taken as latitude first only where every corner of it then lies in Europe, west of 34 E, north of 34 N.
Not read: holes of polygons (the zone is taken as whole), times of day, authorities' addresses and messages, lines and
points without extent (counted). Sources: EUROCAE ED-269 annex 3, ED-318 appendix E.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from dronewall.errors import BadInput
from dronewall.formats.lexical import json_number
from dronewall.geo.frames import destination
from dronewall.records.airspace import Airspace, Limit, Ring
from dronewall.units import FOOT_M

LARGEST: Final = 256 << 20
CORNERS: Final = 64
EUROPE: Final = ((34.0, 72.0), (-32.0, 34.0))  # latitudes, longitudes that are no latitudes of it
SAME: Final = {"REQ_AUTHORIZATION": "REQ_AUTHORISATION"}


def read_zones(data: bytes, file: str) -> tuple[list[Airspace], Counter[str]]:
    """Every volume of every zone, and what was left out, by reason.

    Raises
    ------
    BadInput
        The file is neither of the two, or holds no zone that can be read.
    """
    try:
        said = json.loads(data.decode("utf-8-sig")) if len(data) <= LARGEST else None
    except (ValueError, RecursionError):
        said = None
    features = said.get("features") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(features, list):
        raise BadInput(f"{file} is no ED-269 or ED-318 file: it must be a JSON object with 'features'", file=file)
    lost: Counter[str] = Counter()
    newer = said.get("type") == "FeatureCollection"
    turned = not newer and _latitude_first(features)
    found: list[Airspace] = []
    for feature in features:
        try:
            zones = list(_ed318(feature, lost) if newer else _ed269(feature, lost, turned))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError):
            lost["zones that cannot be read"] += 1
            continue
        found += zones
    if not found:
        told = ", ".join(f"{n} {what}" for what, n in sorted(lost.items())) or "it is empty"
        raise BadInput(f"{file} holds no zone with an area ({told})", file=file)
    return found, lost


def _ed269(feature: dict[str, Any], lost: Counter[str], turned: bool) -> Iterator[Airspace]:
    volumes = feature["geometry"]
    permanent = any(str(period.get("permanent")) == "YES" for period in feature.get("applicability") or [])
    for number, volume in enumerate(volumes, 1):
        shape = volume["horizontalProjection"]
        if shape["type"] == "Circle":
            ring = _circle(_corner(shape["center"], turned), json_number(shape["radius"]))
        else:
            ring = _ring(shape["coordinates"][0], turned, lost)
        unit = _unit(volume["uomDimensions"])
        yield Airspace(
            identifier=_numbered(str(feature["identifier"]), number, len(volumes)),
            name=str(feature.get("name") or ""),
            country=str(feature.get("country") or ""),
            restriction=_restriction(feature["restriction"]),
            reasons=tuple(str(reason) for reason in feature.get("reason") or []),
            ring=ring,
            floor=_limit(volume.get("lowerLimit"), volume.get("lowerVerticalReference"), unit),
            ceiling=_limit(volume.get("upperLimit"), volume.get("upperVerticalReference"), unit),
            permanent=permanent,
        )


def _ed318(feature: dict[str, Any], lost: Counter[str]) -> Iterator[Airspace]:
    said = feature["properties"]
    shapes = list(_shapes(feature["geometry"], lost))
    names = said.get("name") or [{}]
    for number, (ring, layer) in enumerate(shapes, 1):
        unit = _unit(layer.get("uom", "m"))
        yield Airspace(
            identifier=_numbered(str(said["identifier"]), number, len(shapes)),
            name=str(names[0].get("text") or ""),
            country=str(said.get("country") or ""),
            restriction=_restriction(said["type"]),
            reasons=tuple(str(reason) for reason in said.get("reason") or []),
            ring=ring,
            floor=_limit(layer.get("lower"), layer.get("lowerReference"), unit),
            ceiling=_limit(layer.get("upper"), layer.get("upperReference"), unit),
            permanent=not said.get("limitedApplicability"),
        )


def _shapes(geometry: dict[str, Any], lost: Counter[str]) -> Iterator[tuple[Ring, dict[str, Any]]]:
    kind, layer = geometry["type"], geometry.get("layer") or {}
    if kind == "GeometryCollection":
        for one in geometry["geometries"]:
            yield from _shapes({"layer": layer, **one}, lost)
    elif kind == "Polygon":
        yield _ring(geometry["coordinates"][0], False, lost), layer
        lost["holes in zones"] += len(geometry["coordinates"]) - 1
    elif kind == "MultiPolygon":
        for one in geometry["coordinates"]:
            yield _ring(one[0], False, lost), layer
            lost["holes in zones"] += len(one) - 1
    elif kind == "Point" and geometry.get("extent"):
        yield _circle(_corner(geometry["coordinates"], False), json_number(geometry["extent"]["radius"])), layer
    else:
        lost["lines and points without an area"] += 1
    lost += Counter()  # lets go of zeros


def _latitude_first(features: list[Any]) -> bool:
    latitudes, others = EUROPE
    corners = [corner for feature in features for corner in _corners(feature)]

    def europe(first: float, second: float) -> bool:
        return latitudes[0] <= first <= latitudes[1] and others[0] <= second < others[1]

    return bool(corners) and all(europe(*corner) for corner in corners)


def _corners(feature: Any) -> Iterator[tuple[float, float]]:
    try:
        for volume in feature["geometry"]:
            shape = volume["horizontalProjection"]
            for corner in [shape["center"]] if shape["type"] == "Circle" else shape["coordinates"][0]:
                yield json_number(corner[0]), json_number(corner[1])
    except (KeyError, TypeError, ValueError, IndexError):
        return


def _corner(said: list[Any], turned: bool) -> tuple[float, float]:
    longitude, latitude = (
        (json_number(said[1]), json_number(said[0])) if turned else (json_number(said[0]), json_number(said[1]))
    )
    if not (-180.0 <= longitude <= 180.0 and -90.0 <= latitude <= 90.0):
        raise ValueError("no such place")
    return longitude, latitude


def _ring(said: list[Any], turned: bool, lost: Counter[str]) -> Ring:
    corners = [_corner(corner, turned) for corner in said]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if len(set(corners)) < 3:
        raise ValueError("no area")
    return tuple(corners)


def _circle(centre: tuple[float, float], radius_m: float) -> Ring:
    if not 0.0 < radius_m < 1e6:
        raise ValueError("no radius")
    longitude, latitude = (math.radians(angle) for angle in centre)
    ring = []
    for corner in range(CORNERS):
        there = destination(latitude, longitude, 2.0 * math.pi * corner / CORNERS, radius_m)
        ring.append((round(math.degrees(float(there[1])), 7), round(math.degrees(float(there[0])), 7)))
    return tuple(ring)


def _limit(value: Any, reference: Any, unit: float) -> Limit | None:
    if value is None:
        return None
    metres = json_number(value) * unit
    if not math.isfinite(metres):
        raise ValueError("no height")
    return Limit(metres=round(metres, 2), reference=str(reference or "AGL"))


def _unit(said: Any) -> float:
    return {"M": 1.0, "FT": FOOT_M}[str(said).upper()]


def _restriction(said: Any) -> str:
    return SAME.get(str(said), str(said))


def _numbered(identifier: str, number: int, of: int) -> str:
    return identifier if of == 1 else f"{identifier}-{number}"

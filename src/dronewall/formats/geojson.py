"""GeoJSON out: tracks as lines, detections as points, one feature a line, so that a file of any length is written.

    FeatureCollection   name, exercise (a foreign member, true or false)
    Feature             of a track: LineString (Point where it has one row); of a detection: Point
    geometry            longitude, latitude (degrees, WGS-84), height above the ellipsoid (m) where every place has one
    properties          name, begin and end (ISO 8601), exercise, and what the record says under its own names;
                        coordTimes: the time of each place of a line

Only out. No sensor, operator or home position is written; identities are pseudonyms already. Source: RFC 7946; its
section 4 wants WGS-84 with heights above the ellipsoid, which is ours. `coordTimes` is a convention of togeojson.
"""

import json
from typing import Any

from dronewall.formats.features import Feature
from dronewall.units import utc_text


def head(name: str, *, exercise: bool) -> bytes:
    """How a file begins."""
    title = json.dumps(f"EXERCISE {name}" if exercise else name, ensure_ascii=False)
    return (
        f'{{"type": "FeatureCollection", "name": {title}, "exercise": {json.dumps(exercise)}, "features": [\n'.encode()
    )


def feature(one: Feature, *, first: bool, exercise: bool) -> bytes:
    """One feature, behind the comma that parts it from the one before."""
    high = all(place[2] is not None for place in one.places)
    places = [[round(p[0], 7), round(p[1], 7), *([round(p[2] or 0.0, 1)] if high else [])] for p in one.places]
    lone = len(places) == 1
    properties: dict[str, Any] = {
        "name": one.name,
        "begin": utc_text(one.times_ns[0]),
        "end": utc_text(one.times_ns[-1]),
    }
    properties |= {"exercise": exercise, **one.properties}
    if not lone:
        properties["coordTimes"] = [utc_text(time_ns) for time_ns in one.times_ns]
    geometry = {"type": "Point" if lone else "LineString", "coordinates": places[0] if lone else places}
    whole = {"type": "Feature", "geometry": geometry, "properties": properties}
    text = json.dumps(whole, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return (b"" if first else b",\n") + text.encode()


def foot() -> bytes:
    """How a file ends."""
    return b"\n]}\n"

"""Lines that a wall is held to: the border, from those that ship or from the user's GeoJSON, and ways across it.

A way starts outside, crosses the line, and runs straight to the nearest protected zone (without one: straight across).
"""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from shapely.geometry import LineString, Polygon, box

from dronewall.errors import BadInput
from dronewall.geo.border import GAP_M, SPLINTER_M, border, merged, pairs
from dronewall.geo.frames import course_and_distance, destination, ground_distance_m
from dronewall.records.wall import Wall, ZoneSpec
from dronewall.regular import refuse_special
from dronewall.units import Floats

STEP_M: Final = 250.0
OUTSIDE_M: Final = 10_000.0
ACROSS_M: Final = 15_000.0
FARTHEST_M: Final = 80_000.0
"""A zone farther from the line than this is not what a way across it leads to."""
RING_M: Final = 30_000.0
_RING_WAYS: Final = 72
MOST_WAYS: Final = 400

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line to watch [shape=(n, 2)] (longitude, latitude in degrees), and what it is called."""

    name: str
    points: Floats


@dataclass(frozen=True, kw_only=True)
class Way:
    """A straight way in, sampled every `STEP_M`.

    Attributes
    ----------
    latitude_rad, longitude_rad : np.ndarray [shape=(n,)]
    crossing : int
        The sample at the line.
    line : str
        The line that it crosses; of a ring about a zone, the zone.
    zone : str or None
        Where it leads.
    km : float
        How much of the line it stands for.
    heading_rad : float
    """

    latitude_rad: Floats
    longitude_rad: Floats
    crossing: int
    line: str
    zone: str | None
    km: float
    heading_rad: float


def lines_for(text: str | None, bounds: Bounds, gap_m: float = GAP_M) -> list[Line]:
    """The lines inside some bounds: of a pair that ships, of a file (`FILE#NAME`: one of its lines), or all that ship.

    Raises
    ------
    BadInput
        No such pair or file, the file holds no lines, its parts do not join, or nothing of it lies in the bounds.
    """
    if text is None:
        found = [Line(name=pair.lower(), points=line) for pair in pairs() for line in border(pair).lines]
        return _inside(found, bounds)
    if text.upper() in pairs():
        found = [Line(name=text.lower(), points=line) for line in border(text.upper()).lines]
    elif Path(text.partition("#")[0]).suffix.lower() in (".json", ".geojson"):
        file, _, only = text.partition("#")
        found = read_lines(Path(file), gap_m, only or None)
    else:
        raise BadInput(
            f"--border {text}: give a GeoJSON file of lines (ogr2ogr -f GeoJSON makes one of a shapefile or a "
            f"GeoPackage), or one that ships: {', '.join(pairs())}",
            key="border",
        )
    inside = _inside(found, bounds)
    if not inside:
        turned = _inside([Line(name=line.name, points=line.points[:, ::-1]) for line in found], bounds)
        why = "longitude and latitude seem to be the other way round, and GeoJSON has longitude first"
        if not turned:
            why = "give the line that it watches"
        raise BadInput(f"--border {text}: nothing of it comes near this wall; {why}", key="border")
    return inside


def read_lines(path: Path, gap_m: float = GAP_M, only: str | None = None) -> list[Line]:
    """The border lines of a GeoJSON file, parts joined over gaps up to `gap_m`, one name a feature.

    A feature's name is its `pair`, its `a` and `b`, its `name`, or its number. A feature whose parts lie farther apart
    is refused: what is missing there is not known.

    Raises
    ------
    BadInput
        The file is no GeoJSON of lines, or a gap is larger.
    """
    found: list[Line] = []
    for name, parts in read_parts(path, only):
        lines, _ = joined(parts, gap_m, path, name)
        found += [Line(name=name, points=line) for line in lines]
    return found


def joined(
    parts: tuple[Floats, ...], gap_m: float, path: Path, name: str
) -> tuple[tuple[Floats, ...], tuple[float, ...]]:
    """Parts of one border joined over gaps up to a tolerance, splinters left out, and the gaps that were closed (m).

    Raises
    ------
    BadInput
        A gap is larger.
    """
    lines, bridged_m = merged(parts, gap_m)
    whole = tuple(line for line in lines if length_m(line) >= SPLINTER_M) or lines
    _no_gaps(list(whole), gap_m, path, name)
    return whole, bridged_m


def read_parts(path: Path, only: str | None = None) -> list[tuple[str, tuple[Floats, ...]]]:
    """Name and parts of each feature of a GeoJSON file of lines, or of those of one name.

    Raises
    ------
    BadInput
        The file is no GeoJSON of lines, or has none of that name.
    """
    found: list[tuple[str, tuple[Floats, ...]]] = []
    try:
        refuse_special(path)
        data = json.loads(path.read_bytes().decode("utf-8"))
        _in_degrees(path, data.get("crs"))
        features = data["features"] if data.get("type") == "FeatureCollection" else [data]
        for number, feature in enumerate(features, start=1):
            parts = _parts(path, feature.get("geometry", feature))
            found.append((_name(feature.get("properties") or {}, number), parts))
    except FileNotFoundError:
        raise BadInput(f"{path} is not there; give a GeoJSON file of lines", file=str(path)) from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}; give a GeoJSON file", file=str(path)) from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise BadInput(f"{path} is no GeoJSON of lines (LineString, MultiLineString)", file=str(path)) from None
    kept = [(name, parts) for name, parts in found if only is None or name == only.lower()]
    if not kept:
        names = ", ".join(name for name, _ in found)
        named = f" named '{only}'; it has: {names}" if only is not None else ""
        raise BadInput(f"{path} holds no line{named}", file=str(path))
    return kept


def ways(wall: Wall, lines: list[Line], *, most: int | None = MOST_WAYS) -> list[Way]:
    """Ways in over the lines; without a line, from all round the protected zones; without a zone either, none.

    A kilometre of line apart, or so far apart that there are `most`.
    """
    zones = [zone for zone in wall.zone if zone.kind == "protected"]
    if not lines:
        return [way for zone in zones for way in _ring(zone)]
    total_m = sum(length_m(line.points) for line in lines)
    spacing_m = 1_000.0 if most is None else max(1_000.0, total_m / most)
    return [way for line in lines for way in _across(line, zones, spacing_m)]


def _across(line: Line, zones: list[ZoneSpec], spacing_m: float) -> list[Way]:
    along_m = np.concatenate([[0.0], np.cumsum(_steps_m(line.points))])
    count = max(1, round(along_m[-1] / spacing_m))
    middles = (np.arange(count) + 0.5) * along_m[-1] / count
    found = []
    for middle in middles:
        longitude, latitude = (np.radians(np.interp(middle, along_m, line.points[:, axis])) for axis in (0, 1))
        low, high = max(middle - 2_000.0, 0.0), min(middle + 2_000.0, along_m[-1])
        ends = [np.radians([np.interp(at, along_m, line.points[:, axis]) for axis in (0, 1)]) for at in (low, high)]
        target = _nearest(zones, float(latitude), float(longitude))
        if target is None:
            course, _ = course_and_distance(ends[0][1], ends[0][0], ends[1][1], ends[1][0])
            heading, inside_m, zone = float(course) + np.pi / 2.0, ACROSS_M, None
        else:
            zone, heading, inside_m = target
        way = _way(float(latitude), float(longitude), heading, inside_m, zone, along_m[-1] / count / 1000.0)
        found.append(replace(way, line=line.name))
    return found


def _ring(zone: ZoneSpec) -> list[Way]:
    centre = Polygon(zone.polygon).centroid
    latitude, longitude = float(np.radians(centre.y)), float(np.radians(centre.x))
    corners = np.radians(zone.polygon)
    out_m = float(ground_distance_m(latitude, longitude, corners[:, 1], corners[:, 0]).max())
    km = 2.0 * np.pi * (RING_M + out_m) / _RING_WAYS / 1000.0
    found = []
    for number in range(_RING_WAYS):
        away = 2.0 * np.pi * number / _RING_WAYS
        start_lat, start_lon = destination(latitude, longitude, away, out_m + RING_M)
        course, _ = course_and_distance(start_lat, start_lon, latitude, longitude)
        found.append(_way(float(start_lat), float(start_lon), float(course), RING_M, zone.id, km))
    return found


def _way(latitude: float, longitude: float, heading: float, inside_m: float, zone: str | None, km: float) -> Way:
    before = int(OUTSIDE_M / STEP_M)
    after = max(1, int(inside_m / STEP_M))
    out_lat, out_lon = destination(
        latitude, longitude, np.full(before, heading + np.pi), np.arange(before, 0, -1, dtype=np.float64) * STEP_M
    )
    in_lat, in_lon = destination(
        latitude, longitude, np.full(after + 1, heading), np.arange(after + 1, dtype=np.float64) * STEP_M
    )
    return Way(
        latitude_rad=np.concatenate([out_lat, in_lat]),
        longitude_rad=np.concatenate([out_lon, in_lon]),
        crossing=before,
        line=zone or "line",
        zone=zone,
        km=km,
        heading_rad=float(np.mod(heading, 2.0 * np.pi)),
    )


def _nearest(zones: list[ZoneSpec], latitude: float, longitude: float) -> tuple[str, float, float] | None:
    """The nearest protected zone: its name, the course to its edge and how far that is."""
    best: tuple[float, str, float] | None = None
    for zone in zones:
        edge = np.radians(_dense(zone.polygon))
        course, away = course_and_distance(latitude, longitude, edge[:, 1], edge[:, 0])
        at = int(np.argmin(away))
        if away[at] <= FARTHEST_M and (best is None or away[at] < best[0]):
            best = float(away[at]), zone.id, float(course[at])
    return None if best is None else (best[1], best[2], best[0])


def _dense(polygon: list[tuple[float, float]]) -> Floats:
    ring = LineString([*polygon, polygon[0]])
    return np.array([ring.interpolate(share, normalized=True).coords[0] for share in np.linspace(0.0, 1.0, 200)])


def _inside(lines: list[Line], bounds: Bounds) -> list[Line]:
    found = []
    for line in lines:
        cut = LineString(line.points).intersection(box(*bounds))
        for piece in getattr(cut, "geoms", [cut]):
            if piece.geom_type == "LineString" and piece.length > 0.0:
                found.append(Line(name=line.name, points=np.asarray(piece.coords)[:, :2]))
    return found


def _parts(path: Path, shape: dict[str, Any] | None) -> tuple[Floats, ...]:
    """The parts that have a length; one of equal points is none."""
    kind = None if shape is None else shape["type"]
    if shape is None or kind not in ("LineString", "MultiLineString"):
        came = "a feature without a geometry" if shape is None else f"a {kind}"
        raise BadInput(
            f"{path} is no GeoJSON of lines: it holds {came}; a border is a LineString or a MultiLineString",
            file=str(path),
        )
    said = [shape["coordinates"]] if kind == "LineString" else shape["coordinates"]
    parts = [np.array([(float(x), float(y)) for x, y, *_ in part]).reshape(-1, 2) for part in said]
    if not all((np.abs(part) <= (180.0, 90.0)).all() for part in parts):
        raise BadInput(f"{path} holds a place that there is not: longitude, latitude in degrees", file=str(path))
    kept = tuple(part for part in parts if len(np.unique(part, axis=0)) > 1)
    if not kept:
        raise BadInput(f"{path} holds a line without a length: one place only", file=str(path))
    return kept


def _in_degrees(path: Path, said: Any) -> None:
    """GeoJSON is in degrees (RFC 7946); what older programs wrote beside it may say otherwise."""
    name = str(said["properties"]["name"]) if said else ""
    if name and not re.search(r"(CRS84|EPSG:+4326)$", name, re.IGNORECASE):
        raise BadInput(
            f"{path} says that it is in {name}; GeoJSON is in degrees (ogr2ogr -t_srs EPSG:4326 makes it so)",
            file=str(path),
        )


def _name(properties: dict[str, Any], number: int) -> str:
    if "a" in properties and "b" in properties:
        return f"{properties['a']}-{properties['b']}".lower()
    return str(properties.get("pair") or properties.get("name") or f"line-{number}").lower()


def _no_gaps(lines: list[Floats], gap_m: float, path: Path, name: str) -> None:
    if len(lines) < 2:
        return
    ends = np.radians([line[[0, -1]] for line in lines])
    for at in range(len(lines)):
        others = np.delete(ends, at, axis=0).reshape(-1, 2)
        gap = min(float(ground_distance_m(end[1], end[0], others[:, 1], others[:, 0]).min()) for end in ends[at])
        if gap > gap_m:
            raise BadInput(
                f"{path}: {name} has a gap of {gap / 1000.0:.1f} km, more than the tolerance of {gap_m / 1000.0:g} km; "
                "fill it, or allow it with --gap-m",
                file=str(path),
                key="border",
            )


def _steps_m(line: Floats) -> Floats:
    longitude, latitude = np.radians(line).T
    return ground_distance_m(latitude[:-1], longitude[:-1], latitude[1:], longitude[1:])


def length_m(line: Floats) -> float:
    """Length along the ground (m): geodesics from point to point."""
    return float(_steps_m(line).sum())

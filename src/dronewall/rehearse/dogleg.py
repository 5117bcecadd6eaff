"""The way of a drone from beyond the border to where it comes down: legs with turns between them, drawn blindly.

The end is drawn first (in the zone or around it), then where it crosses the border, then where it appears beyond it;
the legs between have turns of a drawn number and size, left or right by a coin. Neither tracker nor alert area knows
this model, and it knows neither.
"""

import numpy as np
from shapely import prepare
from shapely.geometry import LineString, Point, Polygon

from dronewall.errors import BadInput
from dronewall.geo.frames import LocalFrame
from dronewall.records.population import PopulationSpec
from dronewall.rehearse.paths import Path, from_plane, length_m, rounded, travelled, wander
from dronewall.rehearse.scene import Scene, inside
from dronewall.units import Floats

TURN_WAY_M = 900.0
"""A corner is flown over this much way: 25 degrees in 18 s at 50 m/s, a turn of 2 km radius."""
WAVER_M = 60.0
"""Sideways wander (m, one standard deviation) about the legs, forgotten in a minute: wind and autopilot."""
DIVE_S = 8
"""The last seconds go down to the ground."""
TRIES = 2_000


def to_zone(rng: np.random.Generator, spec: PopulationSpec, scene: Scene, zone: str) -> Path:
    """A path that ends on the ground in or around a zone of the wall.

    Raises
    ------
    BadInput
        No way was found that crosses the stretch so far from its end as `inside_m` says.
    """
    town = scene.zone(zone)
    middle = town.centroid
    frame = LocalFrame.at(float(np.radians(middle.y)), float(np.radians(middle.x)), 0.0)
    if not isinstance(spec.entry, str):
        raise BadInput(
            f"{scene.file}: a population with route = '{spec.route}' enters over a [[stretch]], not a polygon",
            file=scene.file,
            key="population.entry",
        )
    border = LineString(_plane(frame, np.asarray(scene.stretch(spec.entry).coords)))
    points_m = _legs(rng, spec, border, frame, town)
    if points_m is None:
        raise BadInput(
            f"{scene.file}: no way from '{spec.entry}' to '{zone}' ends {spec.inside_m[0]:.0f} to "
            f"{spec.inside_m[1]:.0f} m behind the border; widen inside_m or around_m, or name another stretch",
            file=scene.file,
            key="population.inside_m",
        )
    start_ns = scene.enters_ns(rng, spec)
    low, high = spec.speed_mps
    base = rng.uniform(low, high)
    most_s = int(length_m(points_m) / low) + 2
    speed = np.clip(base + wander(rng, most_s, sd=0.4, memory_s=40.0), low, high)
    way = np.concatenate([[0.0], np.cumsum(speed)])
    n = int(np.searchsorted(way, length_m(points_m)))
    way = way[:n] * (length_m(points_m) / way[n - 1])  # ends where it was drawn to end; 0.1 % of the speed
    east, north = travelled(points_m, way, _settling(wander(rng, len(way), sd=WAVER_M, memory_s=30.0)))
    return from_plane(
        start_ns=start_ns,
        frame=frame,
        east_m=east,
        north_m=north,
        terrain=scene.terrain,
        height_agl_m=_heights(rng, spec, len(way)),
        smooth_s=61,
        band_m=spec.height_agl_m,
        dive_s=DIVE_S,
    )


def _legs(
    rng: np.random.Generator, spec: PopulationSpec, border: LineString, frame: LocalFrame, town: Polygon
) -> Floats | None:
    """The rounded line that is flown [shape=(n, 2)], or None where no try kept to the spec."""
    prepare(border)
    low, high = spec.inside_m
    for _ in range(TRIES):
        end = _end(rng, spec, frame, town)
        crossing = np.asarray(border.interpolate(float(rng.uniform()), normalized=True).coords[0])
        reach = float(np.hypot(*(crossing - end)))
        if not low <= reach <= high:
            continue
        away = np.arctan2(*(crossing - end)) + np.radians(rng.uniform(-15.0, 15.0))
        start = crossing + rng.uniform(*spec.outside_m) * np.array([np.sin(away), np.cos(away)])
        points = rounded(_corners(rng, spec, start, end), turn_m=TURN_WAY_M)
        met = border.intersection(LineString(points))
        if met.is_empty:
            continue
        first = min((p for p in getattr(met, "geoms", [met])), key=lambda p: Point(start).distance(p))
        if low <= float(Point(end).distance(first)) <= high:
            return points
    return None


def _corners(rng: np.random.Generator, spec: PopulationSpec, start: Floats, end: Floats) -> Floats:
    """Start, turning points and end: legs of drawn shares and turns, scaled and swung to fit between the two."""
    turns = int(rng.integers(spec.turns[0], spec.turns[1] + 1))
    angles = np.radians(rng.uniform(*spec.turn_deg, turns)) * rng.choice([-1.0, 1.0], turns)
    shares = rng.dirichlet(np.full(turns + 1, 3.0))
    course = np.concatenate([[0.0], np.cumsum(angles)])
    shape = np.vstack(
        [[0.0, 0.0], np.cumsum(shares[:, None] * np.column_stack([np.sin(course), np.cos(course)]), axis=0)]
    )
    wanted, drawn = complex(*(end - start)), complex(*shape[-1])
    placed = (shape[:, 0] + 1j * shape[:, 1]) * (wanted / drawn)
    return np.column_stack([start[0] + placed.real, start[1] + placed.imag])


def _end(rng: np.random.Generator, spec: PopulationSpec, frame: LocalFrame, town: Polygon) -> Floats:
    """Where it comes down, on the plane: in the zone for the spec's share, else around it within `around_m`."""
    if rng.uniform() < spec.share_in_zone:
        return np.asarray(_plane(frame, np.array([inside(rng, town)]))[0])
    outline = Polygon(_plane(frame, np.asarray(town.exterior.coords)))
    while True:
        place = rng.uniform(-spec.around_m, spec.around_m, 2)
        if np.hypot(*place) <= spec.around_m and not outline.contains(Point(place)):
            return np.asarray(place)


def _settling(offset_m: Floats) -> Floats:
    """Sideways wander that begins and ends on the line, so that a path ends where it was drawn to end."""
    n = len(offset_m)
    ramp = np.minimum(1.0, np.minimum(np.arange(n), np.arange(n)[::-1]) / 60.0)
    return offset_m * ramp


def _heights(rng: np.random.Generator, spec: PopulationSpec, n: int) -> Floats:
    low, high = spec.height_agl_m
    return np.clip(rng.uniform(low, high) + wander(rng, n, sd=0.1 * (high - low), memory_s=60.0), low, high)


def _plane(frame: LocalFrame, degrees: Floats) -> Floats:
    """(longitude, latitude) degrees on the tangent plane of `frame`: east and north, m [shape=(n, 2)]."""
    there = np.radians(degrees)
    return frame.geodetic_to_local(there[:, 1], there[:, 0], 0.0)[:, :2]

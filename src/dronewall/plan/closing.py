"""The one more site that would make a stretch best watched, on a grid of 1 km, of a kind that the wall has."""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.lowest_visible import lowest_visible
from dronewall.geo.relief import Float32s, Relief
from dronewall.plan.conditions import SPEEDS_MPS
from dronewall.plan.coverage import Survey
from dronewall.plan.gathering import by_way, gathered_along, least_to_goals
from dronewall.plan.lines import Way
from dronewall.plan.watching import Watcher, positions, velocities, watchers
from dronewall.sensors import build_sensor
from dronewall.units import Ints

CLOSED_P: Final = 0.9
_COARSE_M: Final = 1_000.0
_TRIES: Final = 8


@dataclass(frozen=True, kw_only=True)
class Hole:
    """One way in that is watched least in its stretch."""

    label: str
    height_m: float | None
    stretch: str
    way: int
    rows: Ints
    columns: Ints
    p_seen: float
    p_seen_low: float
    p_seen_high: float
    p_in_time: float
    width_m: float


@dataclass(kw_only=True)
class Case:
    """What a class gathers a metre at one height (None: the least of all), value and both ends."""

    label: str
    height_m: float | None
    per_m: Float32s  # [shape=(3, rows, columns)]


def closing_site(found: Survey, case: Case, hole: Hole, way_list: list[Way], names: list[str]) -> dict[str, Any] | None:
    """The one site on a grid of 1 km, of a kind that the wall has, that makes this stretch best watched."""
    mine = [way for way, name in zip(way_list, names, strict=True) if name == hole.stretch]
    best: dict[str, Any] | None = None
    kinds: dict[str, Watcher] = {}
    for watcher in found.watchers:
        if watcher.sensor.reach_of(case.label) > 0.0 and watcher.spec.kind != "tdoa":
            kinds.setdefault(watcher.spec.kind, watcher)
    for model in kinds.values():
        tried = _try_along(found, case, hole, model)
        if tried is None:
            continue
        place, added = tried
        per_m = case.per_m[0] + added
        field, _ = least_to_goals(found, per_m, way_list)
        totals, _ = by_way(found.ground.grid, per_m, field, mine)
        p_then = -float(np.expm1(-totals.min()))
        if best is None or p_then > best["p_seen_then"] + 1e-9:
            best = {"place": place, "kind": model.spec.kind, "p_seen_then": p_then, "closes": p_then >= CLOSED_P}
    return best


def _try_along(found: Survey, case: Case, hole: Hole, model: Watcher) -> tuple[tuple[float, float], Float32s] | None:
    """Of places along the way, the one where such a sensor would gather most on it, and what it gathers a metre."""
    grid = found.ground.grid
    heights = found.conditions.heights_m if case.height_m is None else (case.height_m,)
    crossing = way_cells = len(hole.rows)
    at = np.unique(np.linspace(crossing * 0.15, way_cells - 1, _TRIES).astype(int))
    coarse = _COARSE_M / grid.cell_m
    best: tuple[float, tuple[float, float], Float32s] | None = None
    for index in at:
        row = (np.floor((hole.rows[index] + 0.5) / coarse) + 0.5) * coarse - 0.5
        column = (np.floor((hole.columns[index] + 0.5) / coarse) + 0.5) * coarse - 0.5
        latitude, longitude = (float(np.degrees(v)) for v in grid.places(row, column))
        spec = model.spec.model_copy(update={"id": "closing", "latitude_deg": latitude, "longitude_deg": longitude})
        try:
            sensor = build_sensor(spec, found.ground.terrain)
            kept, _ = watchers(
                {"closing": sensor}, [spec], found.ground.terrain, (case.label,), max(found.conditions.heights_m)
            )
            added = _added(found, kept[0], case.label, heights)
        except BadInput:
            continue
        gained = gathered_along(grid, added, hole.rows, hole.columns)
        if best is None or gained > best[0]:
            best = gained, (longitude, latitude), added
    return None if best is None else (best[1], best[2])


def _added(found: Survey, watcher: Watcher, label: str, heights: tuple[float, ...]) -> Float32s:
    """What one more sensor gathers a metre; the least over the heights."""
    ground: Relief = found.ground.relief
    limits = replace(watcher.limits, max_range_m=watcher.nominal_m)
    sensor = watcher.sensor
    seen = lowest_visible(ground, sensor.latitude_rad, sensor.longitude_rad, sensor.altitude_hae_m, limits)
    least: Float32s | None = None
    for height_m in heights:
        with np.errstate(invalid="ignore"):
            inside = seen.height_m <= height_m if watcher.needs else ~np.isnan(seen.height_m)
        ecef = positions(ground.grid, ground.ground_m, seen.window, height_m)[inside]
        speed = SPEEDS_MPS[label][1]
        p = sensor.p_detect(ecef, velocities(len(ecef), 0.0, speed), label, found.conditions.weather)
        whole = np.zeros(ground.grid.shape, np.float32)
        rate = -np.log(np.maximum(1.0 - p, 1e-12)) / watcher.period_s / speed
        part = np.zeros(inside.shape, np.float32)
        part[inside] = rate
        whole[seen.window] = part
        least = whole if least is None else np.minimum(least, whole)
    assert least is not None
    return least

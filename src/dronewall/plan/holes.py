"""`plan holes`: the least-watched ways in, what site would close them, and how many barriers stand one behind another.

For a class at a height every cell of the map gathers -log(1 - p) per metre flown; the least gathered way from the line
to a protected zone is a shortest path (Clouqueur et al., "Sensor deployment strategy for target detection", WSNA 2002),
with the height as a free choice one over the least of all heights. Ways start outside and cross the line anywhere.
Disjoint barriers are chains of sensors whose footprints touch, from one end of the line to the other, no sensor in two
(Kumar, Lai and Arora, "Barrier coverage with wireless sensors", MobiCom 2005): a maximum flow by Menger's theorem.

It is a defender's product. By default it says the stretch of the line, the height and the site that closes it on a grid
of 1 km; the way itself only as detail. It says nothing of times or speeds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow
from shapely.geometry import Polygon
from shapely.geometry import box as rectangle

from dronewall import SCHEMA_VERSION, __version__
from dronewall.errors import BadInput
from dronewall.geo.border import GAP_M
from dronewall.geo.lowest_visible import lowest_visible
from dronewall.geo.relief import Float32s, Grid, Relief
from dronewall.kernels import least_watched as kernel
from dronewall.plan.conditions import SPEEDS_MPS, Conditions
from dronewall.plan.coverage import Survey, survey
from dronewall.plan.firmness import survival, variants
from dronewall.plan.lines import STEP_M, Way, lines_for, ways
from dronewall.plan.rasters import MARK, write_json
from dronewall.plan.watching import Watcher, positions, velocities, watchers
from dronewall.sensors import build_sensor
from dronewall.units import Floats, Ints

STRETCH_KM: Final = 20.0
CLOSED_P: Final = 0.9
IN_TIME_S: Final = 300.0
"""A warning takes so long from detection to the people: seen later than that before arrival is seen too late."""
PER_CASE: Final = 5
_FOOTPRINT_P: Final = 0.5
_CAP: Final = 15.0
_BUCKETS: Final = 1 << 16
_TIE_PER_M: Final = 1e-9
_COARSE_M: Final = 1_000.0
_TRIES: Final = 8


def least_gathered(cost: Float32s, start: Ints, start_cost: Floats) -> tuple[Float32s, np.ndarray]:
    """Least gathered cost of each cell [shape=(rows, columns)] from flat starts, and the steps back to them."""
    capped = np.minimum(cost, np.float32(_CAP)).astype(np.float32)
    dearest = max(float(capped.max()) * 1.5, float(np.ptp(start_cost)) if len(start_cost) else 0.0, 1e-12)
    width = dearest / (_BUCKETS - 4)
    best, back = kernel.gathered_from(capped, start.astype(np.int64), start_cost, width, _BUCKETS)
    return best, back


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
class _Case:
    """What a class gathers a metre at one height (None: the least of all), value and both ends."""

    label: str
    height_m: float | None
    per_m: Float32s  # [shape=(3, rows, columns)]


def holes(
    wall_path: Path,
    output: Path,
    conditions: Conditions,
    *,
    border: str | None = None,
    gap_m: float = GAP_M,
    from_side: str | None = None,
    detail: bool = False,
    firm: bool = False,
    progress: Callable[[float], None] = lambda share: None,
) -> dict[str, Any]:
    """Find them, write them as GeoJSON that its owner alone may read, and give back what was written.

    Raises
    ------
    BadInput
        The wall, the line or the conditions cannot be used, there is nothing to cross or to reach, or no such stretch.
    """
    if output.is_dir():
        raise BadInput(f"-o {output} is a folder; give the file of the holes", key="output")
    found = survey(wall_path, conditions, lambda share: progress(0.2 * share))
    bounds = conditions.bounds_deg or _bounds_deg(found.ground.grid)
    lines = lines_for(border, bounds, gap_m)
    way_list = [way for way in ways(found.wall, lines, bounds) if _on_map(way, found.ground.grid)]
    if not way_list:
        raise BadInput(
            "there is nothing to cross: this wall has neither a protected [[zone]] nor a border near it; give --border",
            key="border",
        )
    names = _stretches(way_list)
    if from_side is not None:
        if from_side not in names:
            known = sorted(set(names))
            raise BadInput(
                f"--from-side {from_side}: there is no such stretch; there are: {', '.join(known)}", key="from_side"
            )
        way_list = [way for way, name in zip(way_list, names, strict=True) if name == from_side]
        names = [from_side] * len(way_list)
    features = []
    cases = _cases(found)
    for step, case in enumerate(cases, start=1):
        for rank, hole in enumerate(_least_watched(found, case, way_list, names), start=1):
            closing = _closing(found, case, hole, way_list, names) if hole.p_seen < CLOSED_P else None
            features.append(_feature(found, hole, rank, closing, way_list, names, detail))
        progress(0.2 + 0.8 * step / len(cases))
    said = {
        "type": "FeatureCollection",
        "schema_version": SCHEMA_VERSION,
        "program": f"dronewall {__version__}",
        "restricted": MARK,
        "wall": found.wall.wall.name,
        "terrain": found.ground.terrain.describe,
        "invented_sites": found.wall.wall.invented_sites,
        "detail": detail,
        "cell_m": found.ground.grid.cell_m,
        "disjoint_barriers": _barriers(found, way_list),
        "closed": f"least seen with {CLOSED_P:g}",
        "in_time": f"seen at least {IN_TIME_S:g} s before it arrives",
        "left_out": found.left_out,
        "features": features,
    }
    if firm:
        said["firmness"] = _firmness(wall_path, conditions, found, way_list, names)
    write_json(output, said)
    return said


def _firmness(
    wall_path: Path, conditions: Conditions, found: Survey, way_list: list[Way], names: list[str]
) -> list[dict[str, Any]]:
    """For each class, which of its five least-watched stretches stay so when ground, trees or values are others.

    At the height where each stretch is watched least, if there are several.
    """
    bounds = conditions.bounds_deg or _bounds_deg(found.ground.grid)
    asked = replace(conditions, bounds_deg=bounds, cell_m=found.ground.grid.cell_m)
    under: dict[str, dict[str, set[str]]] = {label: {} for label in asked.labels}
    for variant in variants(found.ground.terrain):
        other = found if variant.end else survey(wall_path, asked, change=variant.change)
        for label, stretches in _worst(other, way_list, names, variant.end).items():
            under[label][variant.name] = set(stretches)
    now = _worst(found, way_list, names, 0)
    return [{"label": label, **row} for label in asked.labels for row in survival(now[label], under[label])]


def _worst(found: Survey, way_list: list[Way], names: list[str], end: int) -> dict[str, list[str]]:
    """The least-watched stretches of each class, worst first, over its most general case; `end` of the interval."""
    latest = {case.label: case for case in _cases(found)}
    told = {}
    for label, case in latest.items():
        shifted = _Case(label=label, height_m=case.height_m, per_m=case.per_m[[end, 1, 2]])
        told[label] = [hole.stretch for hole in _least_watched(found, shifted, way_list, names)]
    return told


def _cases(found: Survey) -> list[_Case]:
    """Every class at every height, and with the height as a free choice where there are several."""
    cases = []
    heights = found.conditions.heights_m
    least: dict[str, Float32s] = {}
    for height_m in heights:
        rates = found.rates(height_m)
        for at, label in enumerate(found.conditions.labels):
            low, usual, high = SPEEDS_MPS[label]
            per_m = rates[at] / np.array([usual, high, low], np.float32)[:, None, None]
            cases.append(_Case(label=label, height_m=height_m, per_m=per_m))
            least[label] = per_m if label not in least else np.minimum(least[label], per_m)
    if len(heights) > 1:
        cases += [_Case(label=label, height_m=None, per_m=per_m) for label, per_m in least.items()]
    return cases


def _least_watched(found: Survey, case: _Case, way_list: list[Way], names: list[str]) -> list[Hole]:
    """The least-watched way of each stretch, the worst `PER_CASE` of them, worst first."""
    grid = found.ground.grid
    best, back = _field(found, case.per_m[0], way_list)
    gathered, cells = _totals(grid, case.per_m[0], best, way_list)
    found_here: list[Hole] = []
    for name in dict.fromkeys(names):
        mine = [i for i, other in enumerate(names) if other == name]
        worst = min(mine, key=lambda i: (gathered[i], i))
        if not np.isfinite(gathered[worst]):
            continue
        rows, columns = _path(grid, back, way_list[worst], cells[worst])
        totals = [_sum(grid, part, rows, columns) for part in case.per_m]
        late = _late(grid, rows, columns, case)
        found_here.append(
            Hole(
                label=case.label,
                height_m=case.height_m,
                stretch=name,
                way=worst,
                rows=rows,
                columns=columns,
                p_seen=-float(np.expm1(-totals[0])),
                p_seen_low=-float(np.expm1(-totals[1])),
                p_seen_high=-float(np.expm1(-totals[2])),
                p_in_time=-float(np.expm1(-_sum(grid, case.per_m[0], rows[:late], columns[:late]))),
                width_m=_width_m(gathered, mine, worst, way_list),
            )
        )
    found_here.sort(key=lambda hole: (hole.p_seen, hole.stretch))
    return found_here[:PER_CASE]


def _field(found: Survey, per_m: Float32s, way_list: list[Way]) -> tuple[Float32s, np.ndarray]:
    """Least gathered from every cell to a goal: the protected zones, or where the ways end."""
    grid = found.ground.grid
    goals = []
    if any(way.zone is not None for way in way_list):
        goals = [
            cell for zone in found.wall.zone if zone.kind == "protected" for cell in _zone_cells(grid, zone.polygon)
        ]
    if not goals:
        goals = [_cell(grid, way.latitude_rad[-1], way.longitude_rad[-1]) for way in way_list]
    inside = sorted({r * grid.columns + c for r, c in goals if 0 <= r < grid.rows and 0 <= c < grid.columns})
    if not inside:
        raise BadInput("no protected zone lies on the map, so nothing can be reached; widen --bbox", key="bbox")
    cost = (per_m + np.float32(_TIE_PER_M)) * np.float32(grid.cell_m)
    return least_gathered(cost, np.array(inside), np.zeros(len(inside)))


def _totals(grid: Grid, per_m: Float32s, best: Float32s, way_list: list[Way]) -> tuple[Floats, list[tuple[int, int]]]:
    """Gathered by each way: straight up to the line, from there on the least."""
    totals, cells = np.empty(len(way_list)), []
    for number, way in enumerate(way_list):
        rows, columns = _samples(grid, way)
        outside = per_m[rows[: way.crossing], columns[: way.crossing]].sum(dtype=np.float64) * STEP_M
        cell = int(rows[way.crossing]), int(columns[way.crossing])
        totals[number] = outside + float(best[cell])
        cells.append(cell)
    return totals, cells


def _path(grid: Grid, back: np.ndarray, way: Way, cell: tuple[int, int]) -> tuple[Ints, Ints]:
    """Cells from outside over the line to the goal."""
    rows, columns = _samples(grid, way)
    inside = kernel.steps_back(back, *cell)
    rows = np.concatenate([rows[: way.crossing], inside[:, 0]])
    columns = np.concatenate([columns[: way.crossing], inside[:, 1]])
    moved = np.concatenate([[True], (np.diff(rows) != 0) | (np.diff(columns) != 0)])
    return rows[moved].astype(np.int64), columns[moved].astype(np.int64)


def _sum(grid: Grid, per_m: Float32s, rows: Ints, columns: Ints) -> float:
    """Gathered along cells: the mean of each two times what lies between."""
    if len(rows) < 2:
        return 0.0
    values = per_m[rows, columns].astype(np.float64)
    steps_m = np.hypot(np.diff(rows), np.diff(columns)) * grid.cell_m
    return float(((values[1:] + values[:-1]) / 2.0 * steps_m).sum())


def _late(grid: Grid, rows: Ints, columns: Ints, case: _Case) -> int:
    """The first cell from which a warning would come too late."""
    steps_m = np.hypot(np.diff(rows), np.diff(columns)) * grid.cell_m
    left_m = np.concatenate([np.cumsum(steps_m[::-1])[::-1], [0.0]])
    return int(np.count_nonzero(left_m >= IN_TIME_S * SPEEDS_MPS[case.label][1]))


def _width_m(gathered: Floats, mine: list[int], worst: int, way_list: list[Way]) -> float:
    """Length of the line about the worst way over which it is hardly better watched: by less than 0.1."""
    p = -np.expm1(-gathered)
    limit = p[worst] + 0.1
    low = high = mine.index(worst)
    while low > 0 and p[mine[low - 1]] <= limit:
        low -= 1
    while high < len(mine) - 1 and p[mine[high + 1]] <= limit:
        high += 1
    return float(sum(way_list[i].km for i in mine[low : high + 1]) * 1000.0)


def _closing(found: Survey, case: _Case, hole: Hole, way_list: list[Way], names: list[str]) -> dict[str, Any] | None:
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
        field, _ = _field(found, per_m, way_list)
        totals, _ = _totals(found.ground.grid, per_m, field, mine)
        p_then = -float(np.expm1(-totals.min()))
        if best is None or p_then > best["p_seen_then"] + 1e-9:
            best = {"place": place, "kind": model.spec.kind, "p_seen_then": p_then, "closes": p_then >= CLOSED_P}
    return best


def _try_along(found: Survey, case: _Case, hole: Hole, model: Watcher) -> tuple[tuple[float, float], Float32s] | None:
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
        gained = _sum(grid, added, hole.rows, hole.columns)
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


def _barriers(found: Survey, way_list: list[Way]) -> list[dict[str, Any]]:
    """For each class and height, how many chains of sensors without a common one reach from end to end of the line."""
    rows = []
    for height_m in found.conditions.heights_m:
        for label in found.conditions.labels:
            prints = [found.footprint(watcher, label, height_m, _FOOTPRINT_P) for watcher in found.watchers]
            rows.append(
                {"label": label, "height_m": height_m, "barriers": _disjoint(found.ground.grid, prints, way_list)}
            )
    return rows


def _disjoint(grid: Grid, prints: list[tuple[tuple[slice, slice], np.ndarray]], way_list: list[Way]) -> int:
    n = len(prints)
    first, last = (_samples(grid, way) for way in (way_list[0], way_list[-1]))

    def touches(number: int, cells: tuple[Ints, Ints]) -> bool:
        (rows, columns), part = prints[number]
        r, c = cells[0] - rows.start, cells[1] - columns.start
        inside = (r >= 0) & (r < part.shape[0]) & (c >= 0) & (c < part.shape[1])
        return bool(part[r[inside], c[inside]].any())

    heads, tails = [], []
    for i in range(n):
        heads.append(2 * i)
        tails.append(2 * i + 1)
        if touches(i, first):
            heads.append(2 * n)
            tails.append(2 * i)
        if touches(i, last):
            heads.append(2 * i + 1)
            tails.append(2 * n + 1)
        for j in range(n):
            if i != j and _overlap(prints[i], prints[j]):
                heads.append(2 * i + 1)
                tails.append(2 * j)
    graph = sparse.csr_matrix((np.ones(len(heads), np.int32), (heads, tails)), shape=(2 * n + 2, 2 * n + 2))
    return int(maximum_flow(graph, 2 * n, 2 * n + 1).flow_value)


def _overlap(one: tuple[tuple[slice, slice], np.ndarray], other: tuple[tuple[slice, slice], np.ndarray]) -> bool:
    (rows, columns), part = one
    (other_rows, other_columns), other_part = other
    top, bottom = max(rows.start, other_rows.start), min(rows.stop, other_rows.stop)
    left, right = max(columns.start, other_columns.start), min(columns.stop, other_columns.stop)
    if top >= bottom or left >= right:
        return False
    mine = part[top - rows.start : bottom - rows.start, left - columns.start : right - columns.start]
    theirs = other_part[
        top - other_rows.start : bottom - other_rows.start, left - other_columns.start : right - other_columns.start
    ]
    return bool((mine & theirs).any())


def _feature(
    found: Survey,
    hole: Hole,
    rank: int,
    closing: dict[str, Any] | None,
    way_list: list[Way],
    names: list[str],
    detail: bool,
) -> dict[str, Any]:
    """One hole; without detail probabilities to two digits, the width to a kilometre, and its stretch for its place."""
    grid = found.ground.grid
    heights = found.conditions.heights_m
    band = [min(heights), max(heights)] if hole.height_m is None else [hole.height_m, hole.height_m]
    digits = 6 if detail else 2
    properties: dict[str, Any] = {
        "label": hole.label,
        "height_m": hole.height_m,
        "height_band_m": band,
        "rank": rank,
        "stretch": hole.stretch,
        "p_seen": round(hole.p_seen, digits),
        "p_seen_low": round(hole.p_seen_low, digits),
        "p_seen_high": round(hole.p_seen_high, digits),
        "p_seen_in_time": round(hole.p_in_time, digits),
        "width_m": round(hole.width_m) if detail else max(1_000.0, round(hole.width_m, -3)),
        "closing_site": None if closing is None else [round(v, 5) for v in closing["place"]],
        "closing_kind": None if closing is None else closing["kind"],
        "p_seen_with_site": None if closing is None else round(closing["p_seen_then"], digits),
        "closed": hole.p_seen >= CLOSED_P or (closing is not None and closing["closes"]),
    }
    if detail:
        latitude, longitude = grid.places(hole.rows.astype(float), hole.columns.astype(float))
    else:
        mine = [way for way, name in zip(way_list, names, strict=True) if name == hole.stretch]
        latitude = np.array([way.latitude_rad[way.crossing] for way in mine])
        longitude = np.array([way.longitude_rad[way.crossing] for way in mine])
        if len(mine) == 1:
            latitude, longitude = np.repeat(latitude, 2), np.repeat(longitude, 2)
    line = np.column_stack([np.degrees(longitude), np.degrees(latitude)]).round(6 if detail else 3).tolist()
    return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": properties}


def _stretches(way_list: list[Way]) -> list[str]:
    """The stretch of each way: equal pieces, near 20 km, of what lies on the map of each line, as `lva-rus-03`."""
    names: list[str] = []
    total_km = {line: sum(way.km for way in way_list if way.line == line) for line in {way.line for way in way_list}}
    run_km = dict.fromkeys(total_km, 0.0)
    for way in way_list:
        count = max(1, round(total_km[way.line] / STRETCH_KM))
        middle = run_km[way.line] + way.km / 2.0
        names.append(f"{way.line}-{1 + int(middle / total_km[way.line] * count):02d}")
        run_km[way.line] += way.km
    return names


def _samples(grid: Grid, way: Way) -> tuple[Ints, Ints]:
    row, column = grid.cells(way.latitude_rad, way.longitude_rad)
    rows = np.clip(np.floor(row + 0.5), 0, grid.rows - 1).astype(np.int64)
    return rows, np.clip(np.floor(column + 0.5), 0, grid.columns - 1).astype(np.int64)


def _cell(grid: Grid, latitude_rad: float, longitude_rad: float) -> tuple[int, int]:
    row, column = grid.cells(latitude_rad, longitude_rad)
    return int(np.floor(row + 0.5)), int(np.floor(column + 0.5))


def _on_map(way: Way, grid: Grid) -> bool:
    row, column = _cell(grid, way.latitude_rad[way.crossing], way.longitude_rad[way.crossing])
    return 0 <= row < grid.rows and 0 <= column < grid.columns


def _zone_cells(grid: Grid, polygon: list[tuple[float, float]]) -> list[tuple[int, int]]:
    """Cells of a zone's edge, or its middle where it is smaller than a cell."""
    row, column = grid.cells(np.radians([p[1] for p in polygon]), np.radians([p[0] for p in polygon]))
    shape = Polygon(np.column_stack([column, row])).intersection(rectangle(0, 0, grid.columns - 1, grid.rows - 1))
    if shape.is_empty:
        return []
    cells = set()
    for part in getattr(shape, "geoms", [shape]):
        edge = getattr(part, "exterior", part)
        for share in np.linspace(0.0, 1.0, max(8, int(edge.length * 2))):
            point = edge.interpolate(share, normalized=True)
            cells.add((int(np.floor(point.y + 0.5)), int(np.floor(point.x + 0.5))))
    return sorted(cells)


def _bounds_deg(grid: Grid) -> tuple[float, float, float, float]:
    rows, columns = np.array([0.0, grid.rows - 1.0]), np.array([0.0, grid.columns - 1.0])
    latitude, longitude = grid.places(rows[:, None], columns[None, :])
    return tuple(  # type: ignore[return-value]
        float(np.degrees(v)) for v in (longitude.min(), latitude.min(), longitude.max(), latitude.max())
    )

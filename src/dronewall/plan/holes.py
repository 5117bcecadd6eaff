"""`plan holes`: the least-watched ways in, what site would close them, and how many barriers stand one behind another.

For a class at a height every cell of the map gathers -log(1 - p) per metre flown; the least gathered way from the line
to a protected zone is a shortest path (Clouqueur et al., "Sensor deployment strategy for target detection", WSNA 2002),
with the height as a free choice one over the least of all heights. Ways start outside and cross the line anywhere.
Disjoint barriers are chains of sensors whose footprints touch, from one end of the line to the other, no sensor in two
(Kumar, Lai and Arora, "Barrier coverage with wireless sensors", MobiCom 2005): a maximum flow by Menger's theorem.

It is a defender's product. By default it says the stretch of the line, the height and the site that closes it on a grid
of 1 km; the way itself only as detail. It says nothing of times or speeds.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from dronewall import SCHEMA_VERSION, __version__
from dronewall.errors import BadInput
from dronewall.geo.border import GAP_M
from dronewall.geo.relief import Float32s, Grid
from dronewall.plan.barriers import barriers
from dronewall.plan.closing import CLOSED_P, Case, Hole, closing_site
from dronewall.plan.conditions import SPEEDS_MPS, Conditions
from dronewall.plan.coverage import Survey, survey
from dronewall.plan.firmness import survival, variants
from dronewall.plan.gathering import by_way, gathered_along, least_to_goals, on_map, path
from dronewall.plan.lines import FARTHEST_M, Way, lines_for, ways
from dronewall.plan.rasters import MARK, write_json
from dronewall.units import Floats, Ints

STRETCH_KM: Final = 20.0
IN_TIME_S: Final = 300.0
"""A warning takes so long from detection to the people: seen later than that before arrival is seen too late."""
PER_CASE: Final = 5


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
    found = survey(wall_path, conditions, lambda share: progress(0.2 * share), zones_within_m=FARTHEST_M)
    bounds = conditions.bounds_deg or _bounds_deg(found.ground.grid)
    lines = lines_for(border, bounds, gap_m)
    way_list = [way for way in ways(found.wall, lines, bounds) if on_map(way, found.ground.grid)]
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
    heights, labels = len(conditions.heights_m), len(conditions.labels)
    count = labels * (heights + 1 if heights > 1 else heights)
    for step, case in enumerate(_cases(found), start=1):
        for rank, hole in enumerate(_least_watched(found, case, way_list, names), start=1):
            closing = closing_site(found, case, hole, way_list, names) if hole.p_seen < CLOSED_P else None
            features.append(_feature(found, hole, rank, closing, way_list, names, detail))
        progress(0.2 + 0.8 * step / count)
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
        "disjoint_barriers": barriers(found, way_list),
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
        shifted = Case(label=label, height_m=case.height_m, per_m=case.per_m[[end, 1, 2]])
        told[label] = [hole.stretch for hole in _least_watched(found, shifted, way_list, names)]
    return told


def _cases(found: Survey) -> Iterator[Case]:
    """Every class at every height, and with the height as a free choice where there are several; one in memory."""
    heights = found.conditions.heights_m
    least: dict[str, Float32s] = {}
    for height_m in heights:
        rates = found.rates(height_m)
        for at, label in enumerate(found.conditions.labels):
            low, usual, high = SPEEDS_MPS[label]
            per_m = rates[at] / np.array([usual, high, low], np.float32)[:, None, None]
            yield Case(label=label, height_m=height_m, per_m=per_m)
            if len(heights) > 1:
                least[label] = per_m if label not in least else np.minimum(least[label], per_m)
    for label, per_m in least.items():
        yield Case(label=label, height_m=None, per_m=per_m)


def _least_watched(found: Survey, case: Case, way_list: list[Way], names: list[str]) -> list[Hole]:
    """The least-watched way of each stretch, the worst `PER_CASE` of them, worst first."""
    grid = found.ground.grid
    best, back = least_to_goals(found, case.per_m[0], way_list)
    gathered, cells = by_way(grid, case.per_m[0], best, way_list)
    found_here: list[Hole] = []
    for name in dict.fromkeys(names):
        mine = [i for i, other in enumerate(names) if other == name]
        worst = min(mine, key=lambda i: (gathered[i], i))
        if not np.isfinite(gathered[worst]):
            continue
        rows, columns = path(grid, back, way_list[worst], cells[worst])
        totals = [gathered_along(grid, part, rows, columns) for part in case.per_m]
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
                p_in_time=-float(np.expm1(-gathered_along(grid, case.per_m[0], rows[:late], columns[:late]))),
                width_m=_width_m(gathered, mine, worst, way_list),
            )
        )
    found_here.sort(key=lambda hole: (hole.p_seen, hole.stretch))
    return found_here[:PER_CASE]


def _late(grid: Grid, rows: Ints, columns: Ints, case: Case) -> int:
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


def _bounds_deg(grid: Grid) -> tuple[float, float, float, float]:
    rows, columns = np.array([0.0, grid.rows - 1.0]), np.array([0.0, grid.columns - 1.0])
    latitude, longitude = grid.places(rows[:, None], columns[None, :])
    west, south, east, north = np.degrees([longitude.min(), latitude.min(), longitude.max(), latitude.max()]).tolist()
    return west, south, east, north

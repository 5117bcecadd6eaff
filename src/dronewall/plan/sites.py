"""`plan sites`: which candidates to build for a budget, with a bound on how much better any choice could be.

What is wanted, in this order: that whatever comes in over the line (or from all round the protected zones) is seen on
its way; that it is seen early, so that there is time to warn the zone; and that much ground is watched. A way counts
for a site that alone sees the class on it with `P_NEEDED` before it ends at the zone; a minute of warning counts for a
site that has done so with that minute left; a square of ground for a site whose look sees the class there with
`P_LOOK_NEEDED`. With `lose` = k each needs k + 1 such sites, so it still counts when any k of them are lost. What
several weak sites add up to is not counted: the choice is no worse than it says.
"""

import hashlib
import io
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy import sparse

from dronewall import SCHEMA_VERSION, __version__
from dronewall.errors import BadInput
from dronewall.geo.border import GAP_M
from dronewall.geo.frames import geodetic_to_ecef
from dronewall.geo.lowest_visible import lowest_visible, surroundings
from dronewall.geo.relief import Grid, Relief
from dronewall.geo.terrain import Terrain, wall_terrain
from dronewall.plan.about import ground_notes
from dronewall.plan.candidates import Candidate, read_candidates
from dronewall.plan.conditions import SPEEDS_MPS, Conditions
from dronewall.plan.firmness import survival, variants
from dronewall.plan.lines import STEP_M, Line, Way, lines_for, ways
from dronewall.plan.rasters import MARK, clean, spared, write_bytes, write_text
from dronewall.plan.siting import Choice, Rank, choose
from dronewall.plan.standing import reached
from dronewall.plan.watching import Watcher, velocities, watchers
from dronewall.records.wall import Wall, load_wall
from dronewall.sensors import build_sensors
from dronewall.units import Bools, Floats

P_NEEDED: Final = 0.9
P_LOOK_NEEDED: Final = 0.5
MINUTES: Final = 20
"""Warning beyond so many minutes counts no more."""
_AREA_CELLS: Final = 4_000
_SIGHT_CELLS: Final = 25_000_000
_SIGHT_CHOICES_M: Final = (30.0, 60.0, 90.0, 150.0, 300.0)


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Places at which sites are asked, and how they make up ways and squares."""

    ways: list[Way]
    latitude_rad: Floats
    longitude_rad: Floats
    squares: int
    square_km2: float

    @property
    def samples(self) -> list[slice]:
        """The samples of each way; the squares come after them."""
        ends = np.cumsum([0, *(len(way.latitude_rad) for way in self.ways)])
        return [slice(int(a), int(b)) for a, b in pairwise(ends)]


def sites(
    wall_path: Path,
    candidates_path: Path,
    budget: float,
    output: Path,
    conditions: Conditions,
    *,
    lose: int = 0,
    border: str | None = None,
    gap_m: float = GAP_M,
    firm: bool = False,
    progress: Callable[[float], None] = lambda share: None,
) -> dict[str, Any]:
    """Choose sites, write the wall that they make, and say objective, bound, gap and what was chosen.

    Work on each candidate is kept in a folder beside the output until it is done, so that an interrupted run goes on.

    Raises
    ------
    BadInput
        The wall, the candidates, the line or the budget cannot be used, or no candidate sees anything.
    """
    wall = load_wall(wall_path)
    file = wall_path / "wall.toml" if wall_path.is_dir() else wall_path
    if output.resolve() == file.resolve():
        raise BadInput(f"-o {output} is the wall itself; give another file for the new one", key="output")
    if output.is_dir():
        raise BadInput(f"-o {output} is a folder; give the file of the new wall", key="output")
    spared(output, {"list of candidates": candidates_path, "border": border, "land cover": conditions.land_cover})
    if not 0 <= lose <= 9:
        raise BadInput(f"--lose {lose}: 0 to 9 sites may be lost", key="lose")
    terrain = conditions.ground(wall_terrain(wall.wall.terrain, file))
    candidates = read_candidates(candidates_path, wall, terrain)
    costs = np.array([candidate.cost for candidate in candidates])
    if not np.isfinite(budget):
        raise BadInput(f"--budget {budget:g}: give a number, in the unit of the candidates' cost", key="budget")
    if budget < costs.min():
        raise BadInput(
            f"--budget {budget:g} pays for no site: the cheapest candidate costs {costs.min():g}", key="budget"
        )
    files = str(file), str(candidates_path)
    kept, left = _all_watchers(wall, candidates, terrain, conditions, files)
    bounds = conditions.bounds_deg or reached(kept)
    lines = lines_for(border, bounds, gap_m)
    demand = _demand(wall, lines, bounds, conditions)
    relief = Relief.of(terrain, _sight_grid(bounds, kept, conditions))
    key = _key(file, wall, conditions, demand, relief.grid)
    memory = _Memory(output.with_name(output.name + ".partial"), key)
    covered = []
    for number, watcher in enumerate(kept):
        held = memory.recall(watcher)
        if held is None:
            held = _covered(watcher, relief, demand, conditions)
            memory.keep(watcher, held)
        covered.append(held)
        progress(0.9 * (number + 1) / len(kept))
    standing = np.array([watcher.id in {spec.id for spec in wall.sensor} for watcher in kept])
    matrix, ranks = _matrix(covered, demand, conditions, lose)
    if matrix[~standing].nnz == 0:
        raise BadInput(f"{candidates_path}: no candidate sees {', '.join(conditions.labels)} anywhere that counts")
    most = int((matrix != 0).sum(axis=0).max())
    if most <= lose:
        memory.forget()
        raise BadInput(
            f"--lose {lose}: nothing that counts is seen by {lose + 1} of these sites, {most} at most, so that nothing "
            f"would hold; give --lose {most - 1} or more candidates",
            key="lose",
        )
    names = {candidate.spec.id: candidate for candidate in candidates}
    prices = np.array([0.0 if at else names[w.id].cost for w, at in zip(kept, standing, strict=True)])
    choice = choose(matrix, ranks, np.where(standing, 1.0, prices), budget, times=lose + 1, standing=standing)
    chosen = [names[kept[int(i)].id] for i in choice.chosen]
    said = _said(wall, choice, chosen, budget, lose, lines, demand, conditions, terrain, left)
    said["without_them"] = _reached_by(matrix, ranks, standing, lose)
    if firm:
        under = {}
        for variant in variants(terrain):
            other = variant.change(terrain)
            again, _ = _all_watchers(wall, candidates, other, conditions, files)
            ground = Relief.of(other, relief.grid)
            rows = [_covered(watcher, ground, demand, conditions, variant.end) for watcher in again]
            matrix, ranks = _matrix(rows, demand, conditions, lose)
            best = choose(matrix, ranks, np.where(standing, 1.0, prices), budget, times=lose + 1, standing=standing)
            under[variant.name] = {names[again[int(i)].id].name for i in best.chosen}
        said["firmness"] = survival((candidate.name for candidate in chosen), under)
    write_text(output, _wall_text(file, wall, output, chosen))
    load_wall(output)
    memory.forget()
    progress(1.0)
    return {key: clean(value) for key, value in said.items()}


def _all_watchers(
    wall: Wall, candidates: list[Candidate], terrain: Terrain, conditions: Conditions, files: tuple[str, str]
) -> tuple[list[Watcher], list[dict[str, str]]]:
    """The wall's own sensors and the candidates that watch by themselves; `files` name both in an error."""
    for candidate in candidates:
        if candidate.spec.kind == "tdoa":
            raise BadInput(
                f"candidate {candidate.name}: a TDOA station measures only with others, so that no single site can be "
                "chosen; plan it with `plan coverage`",
                key="kind",
            )
    more = [candidate.spec for candidate in candidates]
    specs = [*wall.sensor, *more]
    sensors = build_sensors(wall, terrain, file=files[0])
    sensors |= build_sensors(wall.model_copy(update={"sensor": more}), terrain, file=files[1], noun="candidate")
    kept, left = watchers(sensors, specs, terrain, conditions.labels, max(conditions.heights_m))
    gone = set(conditions.without)
    if unknown := sorted(gone - {spec.id for spec in specs}):
        raise BadInput(f"--without {unknown[0]}: there is no such sensor or candidate", key="without")
    kept = [watcher for watcher in kept if watcher.id not in gone]
    mine = {candidate.spec.id for candidate in candidates}
    if not any(watcher.id in mine for watcher in kept):
        reasons = sorted({item["reason"] for item in left if item["sensor"] in mine})
        raise BadInput(f"no candidate can be chosen: {'; '.join(reasons) or 'all are out of order'}", key="kind")
    return kept, left


def _demand(wall: Wall, lines: list[Line], bounds: tuple[float, float, float, float], asked: Conditions) -> Demand:
    found = ways(wall, lines)
    grid = Grid.over(bounds, 1_000.0)
    while grid.rows * grid.columns > _AREA_CELLS:
        grid = Grid.over(bounds, grid.cell_m * 1.5)
    latitude, longitude = grid.window_places(slice(0, grid.rows), slice(0, grid.columns))
    return Demand(
        ways=found,
        latitude_rad=np.concatenate([*(way.latitude_rad for way in found), latitude.ravel()]),
        longitude_rad=np.concatenate([*(way.longitude_rad for way in found), longitude.ravel()]),
        squares=latitude.size,
        square_km2=(grid.cell_m / 1_000.0) ** 2,
    )


def _sight_grid(bounds: tuple[float, float, float, float], kept: list[Watcher], asked: Conditions) -> Grid:
    """The map for sightlines: the bounds and every site, in the finest cell of a list that is not too many."""
    west, south, east, north = bounds
    longitude = [float(np.degrees(w.sensor.longitude_rad)) for w in kept]
    latitude = [float(np.degrees(w.sensor.latitude_rad)) for w in kept]
    whole = (
        min(west, *longitude) - 0.01,
        min(south, *latitude) - 0.01,
        max(east, *longitude) + 0.01,
        max(north, *latitude) + 0.01,
    )
    if asked.cell_m is not None:
        return Grid.over(whole, asked.cell_m)
    for cell_m in _SIGHT_CHOICES_M:
        rough = (whole[2] - whole[0]) * 60_000.0 / cell_m * (whole[3] - whole[1]) * 111_000.0 / cell_m
        if rough <= _SIGHT_CELLS:
            return Grid.over(whole, cell_m)
    return Grid.over(whole, _SIGHT_CHOICES_M[-1])


def _covered(watcher: Watcher, relief: Relief, demand: Demand, asked: Conditions, end: int = 0) -> Bools:
    """What one site covers [shape=(classes and heights, ways * (1 + MINUTES) + squares)].

    `end` 1 and 2: with all that is assumed at its bad and good end.
    """
    sensor = watcher.sensor
    place = sensor.latitude_rad, sensor.longitude_rad
    around = surroundings(watcher.terrain, relief.grid, *place)
    watcher.seen = lowest_visible(relief, *place, sensor.altitude_hae_m, watcher.limits, near=around)
    cells = relief.grid.cells(demand.latitude_rad, demand.longitude_rad)
    row, column = (np.floor(part + 0.5).astype(np.int64) for part in cells)
    rows, columns = watcher.seen.window
    near = np.flatnonzero((row >= rows.start) & (row < rows.stop) & (column >= columns.start) & (column < columns.stop))
    lowest = np.full(row.shape, np.inf)
    lowest[near] = watcher.seen.height_m[row[near] - rows.start, column[near] - columns.start]
    ground = relief.ground_m[row.clip(0, relief.grid.rows - 1), column.clip(0, relief.grid.columns - 1)]
    found = []
    for height_m in asked.heights_m:
        with np.errstate(invalid="ignore"):
            visible = near[lowest[near] <= height_m] if watcher.id in watcher.needs else near
        ecef = geodetic_to_ecef(
            demand.latitude_rad[visible], demand.longitude_rad[visible], ground[visible].astype(np.float64) + height_m
        )
        for label in asked.labels:
            p = np.zeros(len(row))
            p[visible] = _least(watcher, ecef, label, asked, end)
            found.append(_counts(watcher, p, demand, label))
    return np.array(found)


def _least(watcher: Watcher, ecef: Floats, label: str, asked: Conditions, end: int) -> Floats:
    """Probability per look; of a sensor that heeds the heading the least of two."""
    speed = SPEEDS_MPS[label][1]
    headings = (0.0, np.pi / 2.0) if watcher.turns else (0.0,)
    sensor = (watcher.at_end(label, 1 if end == 2 else -1) if end else None) or watcher.sensor
    return np.asarray(
        np.min(
            [sensor.p_detect(ecef, velocities(len(ecef), h, speed), label, asked.weather) for h in headings],
            axis=0,
        )
    )


def _counts(watcher: Watcher, p: Floats, demand: Demand, label: str) -> Bools:
    """Ways seen in time, minutes of warning, squares."""
    speed = SPEEDS_MPS[label][1]
    looks = STEP_M / speed / watcher.period_s
    gathered = -np.log(np.maximum(1.0 - p, 1e-12)) * looks
    needed = -np.log(1.0 - P_NEEDED)
    seen = np.zeros(len(demand.ways), np.bool_)
    minutes = np.zeros((len(demand.ways), MINUTES), np.bool_)
    for number, (way, part) in enumerate(zip(demand.ways, demand.samples, strict=True)):
        total = np.cumsum(gathered[part])
        at = int(np.searchsorted(total, needed))
        if at >= len(total):
            continue
        seen[number] = True
        if way.zone is not None:
            left_s = (len(total) - 1 - at) * STEP_M / speed
            minutes[number, : int(min(left_s // 60.0, MINUTES))] = True
    squares = p[len(p) - demand.squares :] >= P_LOOK_NEEDED
    return np.concatenate([seen, minutes.ravel(), squares])


def _matrix(
    covered: list[Bools], demand: Demand, asked: Conditions, lose: int
) -> tuple[sparse.csr_matrix, tuple[Rank, ...]]:
    """Sites by demands, and the three objectives in their order."""
    matrix = sparse.csr_matrix(np.array([one.ravel() for one in covered]))
    ways_km = np.array([way.km for way in demand.ways])
    cases = len(asked.labels) * len(asked.heights_m)
    n = len(ways_km)
    enough = "one site" if lose == 0 else f"each of {lose + 1} sites"

    def weights(part: str) -> Floats:
        one = [
            ways_km if part == "ways" else np.zeros(n),
            np.repeat(ways_km / max(ways_km.sum(), 1e-9), MINUTES) if part == "minutes" else np.zeros(n * MINUTES),
            np.full(demand.squares, demand.square_km2 if part == "squares" else 0.0),
        ]
        return np.tile(np.concatenate(one), cases) / cases

    return matrix, (
        Rank(
            name="barrier",
            unit=f"km of the line over which straight ways in are seen with {P_NEEDED:g} by {enough}",
            weights=weights("ways"),
        ),
        Rank(name="warning", unit="minutes of warning, mean over the line", weights=weights("minutes")),
        Rank(name="area", unit="km2 watched", weights=weights("squares")),
    )


def _reached_by(matrix: sparse.csr_matrix, ranks: tuple[Rank, ...], standing: Bools, lose: int) -> dict[str, float]:
    counts = np.asarray(matrix[standing].sum(axis=0)).ravel()
    return {rank.name: float(rank.weights[counts > lose].sum()) for rank in ranks}


def _said(
    wall: Wall,
    choice: Choice,
    chosen: list[Candidate],
    budget: float,
    lose: int,
    lines: list[Line],
    demand: Demand,
    asked: Conditions,
    terrain: Terrain,
    left: list[dict[str, str]],
) -> dict[str, Any]:
    ranks = [
        {"name": r.name, "unit": r.unit, "objective": r.objective, "bound": r.bound, "gap": r.gap, "proved": r.proved}
        for r in choice.reached
    ]
    lead = next((rank for rank in ranks if rank["bound"]), ranks[-1])
    return {
        "schema_version": SCHEMA_VERSION,
        "program": f"dronewall {__version__}",
        "restricted": MARK,
        "wall": wall.wall.name,
        "objective": lead["objective"],
        "objective_name": lead["name"],
        "objective_unit": lead["unit"],
        "bound": lead["bound"],
        "gap": lead["gap"],
        "proved": all(rank["proved"] for rank in ranks),
        "exact": choice.exact,
        "ranks": ranks,
        "chosen": [candidate.name for candidate in chosen],
        "cost": choice.cost,
        "budget": budget,
        "lose": lose,
        "classes": list(asked.labels),
        "heights_m": list(asked.heights_m),
        "line": sorted({line.name for line in lines}) or None,
        "line_km": sum(way.km for way in demand.ways),
        "terrain": terrain.describe,
        "notes": ground_notes(wall, terrain),
        "left_out": left,
        "assumptions": [
            "Ways in are straight: `plan holes` looks for ways that bend.",
            f"A way counts where one site alone sees the class on it with {P_NEEDED:g}; what weak sites add up to "
            "is not counted.",
            f"A square counts where one look of one site sees the class with {P_LOOK_NEEDED:g}.",
            f"With --lose {lose} each needs {lose + 1} such sites.",
            "Sensors and classes are taken at their assumed values; `plan coverage` shows the intervals.",
        ],
    }


def _wall_text(file: Path, wall: Wall, output: Path, chosen: list[Candidate]) -> str:
    """The wall's own text with the chosen sites at its end, its terrain named from where the new file lies."""
    text = file.read_text(encoding="utf-8")
    named = wall.wall.terrain
    if named is not None and not named.startswith("synthetic:") and not Path(named).is_absolute():
        there = os.path.relpath(file.resolve().parent / named, output.resolve().parent)
        text = re.sub(r"(?m)^(\s*terrain\s*=\s*).*$", lambda found: found[1] + json.dumps(there), text, count=1)
    blocks = []
    for candidate in chosen:
        given = candidate.spec.model_dump(exclude_none=True, exclude_unset=True)
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in given.items()]
        blocks.append("\n[[sensor]]\n" + "\n".join(lines) + "\n")
    return f"{text.rstrip()}\n\n# Chosen by dronewall plan sites.\n" + "".join(blocks)


def _key(file: Path, wall: Wall, asked: Conditions, demand: Demand, grid: Grid) -> str:
    text = json.dumps([__version__, wall.wall.model_dump(), repr(asked), repr(grid), str(file.resolve())], default=str)
    places = np.concatenate([demand.latitude_rad, demand.longitude_rad]).tobytes()
    return hashlib.sha256(text.encode() + places).hexdigest()


class _Memory:
    """What is done already, a file a site, so that an interrupted run goes on where it was."""

    def __init__(self, folder: Path, key: str) -> None:
        self._folder, self._key = folder, key

    def recall(self, watcher: Watcher) -> Bools | None:
        """What the site covers, or None."""
        path = self._path(watcher)
        if not path.is_file():
            return None
        try:
            with np.load(path) as held:
                return np.unpackbits(held["bits"])[: int(held["size"])].astype(np.bool_).reshape(held["shape"])
        except (OSError, ValueError, KeyError):
            return None

    def keep(self, watcher: Watcher, covered: Bools) -> None:
        """Write it down."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = io.BytesIO()
        np.savez(held, bits=np.packbits(covered), size=covered.size, shape=np.array(covered.shape))
        write_bytes(self._path(watcher), held.getvalue())

    def forget(self) -> None:
        """Remove it all."""
        for path in self._folder.glob("*.npz"):
            path.unlink()
        if self._folder.is_dir() and not any(self._folder.iterdir()):
            self._folder.rmdir()

    def _path(self, watcher: Watcher) -> Path:
        spec = json.dumps(watcher.spec.model_dump(), sort_keys=True)
        return self._folder / f"{hashlib.sha256((self._key + spec).encode()).hexdigest()[:32]}.npz"

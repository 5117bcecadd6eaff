"""The pieces of `plan holes` as a job for workers: sightlines of a tile's sensors, what a tile gathers, a case's holes.

A case (a class at a height) is sought over the whole map by one worker, which reads tiles from the folder in which they
are kept and holds a few of them at a time (`sweeping`).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from dronewall.geo.relief import Grid
from dronewall.plan.barriers import Ends, touching
from dronewall.plan.closing import CLOSED_P, Closer, Crossings, Hole
from dronewall.plan.conditions import SPEEDS_MPS
from dronewall.plan.gathering import gathered_along, goals_of, joined_cells, samples
from dronewall.plan.lines import STEP_M, Way
from dronewall.plan.looking import Blocks
from dronewall.plan.parts import Arrays, Done, Unpacked, packed
from dronewall.plan.pieces import Looks, Order, Plot, Stage, sightlines, stage, tile_of
from dronewall.plan.rasters import modest
from dronewall.plan.rated import Rated, Room, cases
from dronewall.plan.sweeping import Field
from dronewall.plan.tiles import on_tile
from dronewall.units import Floats, Ints

IN_TIME_S: Final = 300.0
"""A warning takes so long from detection to the people: seen later than that before arrival is seen too late."""
PER_CASE: Final = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """The ways in, and the stretch of the line that each belongs to; `detail`: whether the ways themselves are told."""

    ways: list[Way]
    names: list[str]
    detail: bool


@dataclass(frozen=True, slots=True)
class Search:
    """The holes of one case, in what lies in `done`; `end` of the interval; `stretches`: only which they are."""

    case: int
    done: Path
    end: int = 0
    stretches: bool = False


@dataclass(frozen=True, eq=False)
class Hunt:
    """See `workers.pool.Job`."""

    order: Order
    question: Question

    def do(self, item: Looks | Plot | Search, progress: Callable[[float], None]) -> bytes:
        """The piece, as it is kept."""
        with modest():
            here = stage(self.order)
            if isinstance(item, Looks):
                return sightlines(here, item)
            if isinstance(item, Plot):
                return packed(rates(here, self._ends(here.found.grid), item.tile, Unpacked(item.seen)))
            return json.dumps(_Seeker(here, self.question, item, self._room(here.found.grid)).said()).encode()

    def named(self, item: Looks | Plot | Search) -> str:
        """What a sentence calls it."""
        if isinstance(item, Search):
            case = cases(self.order.conditions)[item.case]
            return f"{case.label} at " + ("any height" if case.height_m is None else f"{case.height_m:g} m")
        return tile_of(item)

    def _ends(self, grid: Grid) -> Ends:
        first, last = (np.column_stack(samples(grid, self.question.ways[at])) for at in (0, -1))
        return first, last

    @lru_cache(maxsize=1)  # noqa: B019  one job a process, and what it keeps goes with it
    def _room(self, grid: Grid) -> Room:
        return Room(grid, self.question.ways)


def rates(here: Stage, ends: Ends, number: int, seen: Arrays) -> Mapping[str, np.ndarray]:
    """What is gathered a second in a tile, `rate n e` of layer n at the end e; and whose footprints touch in it."""
    tile = here.layout.tiles[number]
    survey = on_tile(here.found, here.layout, number, seen, here.tables)
    arrays: dict[str, np.ndarray] = {}
    labels = here.found.conditions.labels
    for down, height_m in enumerate(here.found.conditions.heights_m):
        gathered = survey.rates(height_m)
        for at in range(len(labels)):
            layer = down * len(labels) + at
            arrays |= {f"rate {layer} {end}": one for end, one in enumerate(gathered[at])}
    first = np.array([tile.row, tile.column])
    numbers = [here.found.numbers[watcher.id] for watcher in survey.watchers]
    return arrays | touching(survey, numbers, (ends[0] - first, ends[1] - first))


class _Seeker:
    """Looks for the holes of one case."""

    def __init__(self, here: Stage, question: Question, item: Search, room: Room) -> None:
        found, conditions = here.found, here.found.conditions
        self._here, self._question, self._item, self._grid = here, question, item, found.grid
        self._case = cases(conditions)[item.case]
        self._rated = Rated(found.grid, here.layout, conditions, room, Done(item.done), self._case)
        goals = goals_of(found.grid, found.wall, question.ways)
        self._field = Field(found.grid, here.layout.tiles, lambda tile: self._rated.costs(tile, item.end), goals)
        self._cells = [samples(found.grid, way) for way in question.ways]

    def said(self) -> list[Any]:
        """A feature for each of the least-watched stretches, worst first; or the stretches."""
        holes = self._holes()
        if self._item.stretches:
            return [hole.stretch for hole in holes]
        found = self._here.found
        closer = Closer(
            found=found,
            blocks=Blocks(found.terrain, found.grid, 1),
            rated=self._rated,
            field=self._field,
            ways=self._question.ways,
        )
        features = []
        for rank, hole in enumerate(holes, start=1):
            closing = closer.site(hole, self._crossings(hole)) if hole.p_seen < CLOSED_P else None
            features.append(self._feature(hole, rank, closing))
        return features

    def _holes(self) -> list[Hole]:
        """The least-watched way of each stretch, the worst `PER_CASE` of them, worst first."""
        gathered = self._gathered()
        mine_of: dict[str, list[int]] = {}
        for number, name in enumerate(self._question.names):
            mine_of.setdefault(name, []).append(number)
        worst = {name: min(mine, key=lambda i: (gathered[i], i)) for name, mine in mine_of.items()}
        # What a way gathers is told by the search; its cells are read only of those that may be among the worst.
        order = sorted((gathered[way], name) for name, way in worst.items() if np.isfinite(gathered[way]))
        found = [self._hole(name, worst[name], mine_of[name], gathered) for _, name in order[: 2 * PER_CASE]]
        found.sort(key=lambda hole: (hole.gathered, hole.stretch))
        return found[:PER_CASE]

    def _gathered(self) -> Floats:
        """By each way: straight up to the line, from there on the least [shape=(ways,)]."""
        crossing = [way.crossing for way in self._question.ways]
        parts = [(r[:at], c[:at]) for (r, c), at in zip(self._cells, crossing, strict=True)]
        rows, columns = (np.concatenate([part[axis] for part in parts]) for axis in (0, 1))
        outside = self._rated.along(rows, columns, (self._item.end,))[0].astype(np.float64)
        starts = np.concatenate([[0], np.cumsum([len(part[0]) for part in parts])[:-1]])
        sums = np.add.reduceat(outside, starts) if len(outside) else np.zeros(len(parts))
        at = np.array([(r[way], c[way]) for (r, c), way in zip(self._cells, crossing, strict=True)])
        return np.asarray(sums * STEP_M + self._field.at(at[:, 0], at[:, 1]))

    def _hole(self, name: str, way: int, mine: list[int], gathered: Floats) -> Hole:
        one, (r, c) = self._question.ways[way], self._cells[way]
        inside = self._field.down(int(r[one.crossing]), int(c[one.crossing]))
        rows, columns = joined_cells(self._grid, one, inside)
        per_m = self._rated.along(rows, columns)
        totals = gathered_along(self._grid, per_m, rows, columns)
        p = -np.expm1(-totals)
        late = self._late(rows, columns)
        in_time = -np.expm1(-gathered_along(self._grid, per_m[0, :late], rows[:late], columns[:late]))
        return Hole(
            stretch=name,
            way=way,
            rows=rows,
            columns=columns,
            gathered=float(totals[0]),
            p_seen=float(p[0]),
            p_seen_low=float(p[1]),
            p_seen_high=float(p[2]),
            p_in_time=float(in_time),
            width_m=self._width_m(gathered, mine, way),
        )

    def _late(self, rows: Ints, columns: Ints) -> int:
        """The first cell from which a warning would come too late."""
        steps_m = np.hypot(np.diff(rows), np.diff(columns)) * self._grid.cell_m
        left_m = np.concatenate([np.cumsum(steps_m[::-1])[::-1], [0.0]])
        return int(np.count_nonzero(left_m >= IN_TIME_S * SPEEDS_MPS[self._case.label][1]))

    def _width_m(self, gathered: Floats, mine: list[int], worst: int) -> float:
        """Length of the line about the worst way over which it is hardly better watched: by less than 0.1."""
        p = -np.expm1(-gathered)
        limit = p[worst] + 0.1
        low = high = mine.index(worst)
        while low > 0 and p[mine[low - 1]] <= limit:
            low -= 1
        while high < len(mine) - 1 and p[mine[high + 1]] <= limit:
            high += 1
        return float(sum(self._question.ways[i].km for i in mine[low : high + 1]) * 1000.0)

    def _crossings(self, hole: Hole) -> Crossings:
        """All ways of a hole's stretch."""
        mine = [i for i, name in enumerate(self._question.names) if name == hole.stretch]
        at = [self._question.ways[i].crossing for i in mine]
        return Crossings(
            before=[(self._cells[i][0][:n], self._cells[i][1][:n]) for i, n in zip(mine, at, strict=True)],
            rows=np.array([self._cells[i][0][n] for i, n in zip(mine, at, strict=True)]),
            columns=np.array([self._cells[i][1][n] for i, n in zip(mine, at, strict=True)]),
        )

    def _feature(self, hole: Hole, rank: int, closing: dict[str, Any] | None) -> dict[str, Any]:
        """One hole; without detail probabilities to two digits, widths to a kilometre, its stretch for its place."""
        detail, heights = self._question.detail, self._here.found.conditions.heights_m
        height_m = self._case.height_m
        digits = 6 if detail else 2
        properties: dict[str, Any] = {
            "label": self._case.label,
            "height_m": height_m,
            "height_band_m": [min(heights), max(heights)] if height_m is None else [height_m, height_m],
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
        line = self._line(hole).round(6 if detail else 3).tolist()
        return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": properties}

    def _line(self, hole: Hole) -> Floats:
        """The way itself as detail, else the stretch (longitude, latitude in degrees) [shape=(n, 2)]."""
        if self._question.detail:
            latitude, longitude = self._grid.places(hole.rows.astype(float), hole.columns.astype(float))
        else:
            pairs = zip(self._question.ways, self._question.names, strict=True)
            mine = [way for way, name in pairs if name == hole.stretch]
            latitude = np.array([way.latitude_rad[way.crossing] for way in mine])
            longitude = np.array([way.longitude_rad[way.crossing] for way in mine])
            if len(mine) == 1:
                latitude, longitude = np.repeat(latitude, 2), np.repeat(longitude, 2)
        return np.degrees(np.column_stack([longitude, latitude]))

"""The one more site that would make a stretch best watched, on a grid of 1 km, of a kind that the wall has."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.lowest_visible import lowest_visible
from dronewall.geo.relief import Float32s
from dronewall.kernels import least_watched as kernel
from dronewall.plan.candidates import in_the_sea
from dronewall.plan.conditions import SPEEDS_MPS
from dronewall.plan.gathering import capped, gathered_along, least_gathered
from dronewall.plan.lines import STEP_M, Way
from dronewall.plan.looking import Blocks
from dronewall.plan.rated import Rated
from dronewall.plan.sides import protected_side
from dronewall.plan.standing import Standing
from dronewall.plan.sweeping import Field
from dronewall.plan.watching import Watcher, positions, velocities, watchers
from dronewall.sensors import build_sensor
from dronewall.units import Floats, Ints

CLOSED_P: Final = 0.9
SEARCHED: Final = (
    "closing_site: of some places along each stretch's least-watched way, on a grid of 1 km, on the protected side of "
    "the line and not in the sea, one sensor of each kind of the wall; null where none of them betters it"
)
LARGEST_CELLS: Final = 16_000_000
"""Of a window in which all ways are sought anew; beyond, they are sought tile by tile on the whole map."""
_COARSE_M: Final = 1_000.0
_TRIES: Final = 8
_MARGIN: Final = 32


@dataclass(frozen=True, kw_only=True)
class Hole:
    """One way in that is watched least in its stretch; `gathered` tells apart what is seen with certainty too."""

    stretch: str
    way: int
    rows: Ints
    columns: Ints
    gathered: float
    p_seen: float
    p_seen_low: float
    p_seen_high: float
    p_in_time: float
    width_m: float


@dataclass(frozen=True, kw_only=True)
class Crossings:
    """The ways of a stretch: the cells before the line and at it.

    Attributes
    ----------
    before : list of tuple
        Rows and columns of each way's steps up to the line.
    rows, columns : np.ndarray [shape=(ways,)]
    """

    before: list[tuple[Ints, Ints]]
    rows: Ints
    columns: Ints


@dataclass(frozen=True, kw_only=True)
class Added:
    """What one more sensor gathers a metre in a window of the map."""

    window: tuple[slice, slice]
    per_m: Float32s

    def at(self, rows: Ints, columns: Ints) -> Floats:
        """At some cells [shape=(n,)]."""
        r, c = rows - self.window[0].start, columns - self.window[1].start
        inside = (r >= 0) & (r < self.per_m.shape[0]) & (c >= 0) & (c < self.per_m.shape[1])
        found = np.zeros(len(rows))
        found[inside] = self.per_m[r[inside], c[inside]]
        return found

    def over(self, window: tuple[slice, slice], cost: Float32s, cell_m: float) -> Float32s:
        """The costs of a window of the map with it on top."""
        found = cost.copy()
        own, into = zip(*(_shared(mine, other) for mine, other in zip(self.window, window, strict=True)), strict=True)
        found[into] += self.per_m[own] * np.float32(cell_m)
        return capped(found)


@dataclass(frozen=True, kw_only=True)
class Closer:
    """Tries sites on the map of one case."""

    found: Standing
    blocks: Blocks
    rated: Rated
    field: Field
    ways: list[Way]

    def site(self, hole: Hole, crossings: Crossings) -> dict[str, Any] | None:
        """The best of a place for each kind: where, of which kind, and how well the stretch is watched then.

        None: none of the places tried makes the stretch better watched, to two digits.
        """
        best: dict[str, Any] | None = None
        kinds: dict[str, Watcher] = {}
        for watcher in self.found.watchers:
            if watcher.sensor.reach_of(self.rated.case.label) > 0.0 and watcher.spec.kind != "tdoa":
                kinds.setdefault(watcher.spec.kind, watcher)
        for model in kinds.values():
            tried = self._along(hole, model)
            if tried is None:
                continue
            place, added = tried
            p_then = -float(np.expm1(-self.least_with(added, crossings)))
            if best is None or p_then > best["p_seen_then"] + 1e-9:
                best = {"place": place, "kind": model.spec.kind, "p_seen_then": p_then, "closes": p_then >= CLOSED_P}
        if best is None or round(best["p_seen_then"], 2) <= round(hole.p_seen, 2):
            return None
        return best

    def least_with(self, added: Added, crossings: Crossings) -> float:
        """The least gathered on any of some ways when one more sensor stands there.

        More sensors make nothing cheaper, so that outside a window what was least before is a lower bound, and the
        least of a search that starts from it on the window's rim is one too. It is reached, and exact, where the way
        that it leaves the window by never comes to where the sensor adds something; else the window is widened.
        """
        outside = np.array(
            [
                (self.rated.along(*cells, (0,))[0].sum(dtype=np.float64) + added.at(*cells).sum()) * STEP_M
                for cells in crossings.before
            ]
        )
        margin, least = _MARGIN, None
        while least is None:
            window = self._about(added, crossings, margin)
            if (window[0].stop - window[0].start) * (window[1].stop - window[1].start) > LARGEST_CELLS:
                return self._by_tiles(added, crossings, outside)
            least = self._in_window(window, added, crossings, outside)
            margin *= 4
        return least

    def _in_window(
        self, window: tuple[slice, slice], added: Added, crossings: Crossings, outside: Floats
    ) -> float | None:
        """The least, sought in a window; None: the window does not tell."""
        cost, best = self.field.window(*window)
        corner = np.array([window[0].start - 1, window[1].start - 1])
        rim = np.ones(cost.shape, np.bool_)
        rim[1:-1, 1:-1] = False
        cost[1:-1, 1:-1] = added.over(window, cost[1:-1, 1:-1], self.rated.grid.cell_m)
        goals = self.field.goals - corner
        goals = goals[((goals > 0) & (goals < np.array(cost.shape) - 1)).all(axis=1)]
        reached = np.flatnonzero(rim & np.isfinite(best))
        starts = np.concatenate([goals[:, 0] * cost.shape[1] + goals[:, 1], reached])
        values = np.concatenate([np.zeros(len(goals)), best.ravel()[reached].astype(np.float64)])
        then = least_gathered(cost, starts, values)
        rows, columns = crossings.rows - corner[0], crossings.columns - corner[1]
        totals = outside + then[rows, columns]
        least = int(np.argmin(totals))
        if not np.isfinite(totals[least]):
            return float(totals[least])
        last = kernel.steps_down(cost, then, rows[least], columns[least])[-1] + corner
        inside = all(part.start <= at < part.stop for at, part in zip(last.tolist(), window, strict=True))
        if inside or not added.at(*self.field.down(int(last[0]), int(last[1])).T).any():
            return float(totals[least])
        return None

    def _by_tiles(self, added: Added, crossings: Crossings, outside: Floats) -> float:
        """The least, sought on the whole map."""
        cell_m, tiles = self.rated.grid.cell_m, self.rated.layout.tiles

        def cost_of(number: int) -> Float32s:
            return added.over(tiles[number].window, self.rated.costs(number), cell_m)

        field = Field(self.rated.grid, tiles, cost_of, self.field.goals)
        return float((outside + field.at(crossings.rows, crossings.columns)).min())

    def _about(self, added: Added, crossings: Crossings, margin: int) -> tuple[slice, slice]:
        """A window that holds the sensor's and all crossings, and so many cells more."""
        found = []
        for part, cells, n in zip(
            added.window, (crossings.rows, crossings.columns), self.rated.grid.shape, strict=True
        ):
            low, high = min(part.start, int(cells.min())), max(part.stop, int(cells.max()) + 1)
            found.append(slice(max(low - margin, 0), min(high + margin, n)))
        return found[0], found[1]

    def _along(self, hole: Hole, model: Watcher) -> tuple[tuple[float, float], Added] | None:
        """Of places along the way, the one where such a sensor would gather most on it, and what it gathers a metre."""
        best: tuple[float, tuple[float, float], Added] | None = None
        for place, watcher in self._candidates(hole, model):
            added = self._added(watcher)
            per_m = added.at(hole.rows, hole.columns)
            gained = float(gathered_along(self.rated.grid, per_m, hole.rows, hole.columns))
            if best is None or gained > best[0]:
                best = gained, place, added
        return None if best is None else (best[1], best[2])

    def _candidates(self, hole: Hole, model: Watcher) -> Iterator[tuple[tuple[float, float], Watcher]]:
        """Places (longitude, latitude) on a grid of 1 km along the way, and such a sensor there.

        Only such as lie, on that grid, on the protected side of the line and not in the sea.
        """
        grid, conditions = self.rated.grid, self.found.conditions
        at = np.unique(np.linspace(self.ways[hole.way].crossing, len(hole.rows) - 1, _TRIES).astype(int))
        coarse = _COARSE_M / grid.cell_m
        for index in at:
            row = (np.floor((hole.rows[index] + 0.5) / coarse) + 0.5) * coarse - 0.5
            column = (np.floor((hole.columns[index] + 0.5) / coarse) + 0.5) * coarse - 0.5
            where = [float(v) for v in grid.places(row, column)]
            sea = in_the_sea(np.array(where[:1]), np.array(where[1:]), self.found.terrain)
            if sea[0] or not protected_side(self.ways, *where):
                continue
            latitude, longitude = (float(np.degrees(v)) for v in where)
            place = {"id": "closing", "latitude_deg": latitude, "longitude_deg": longitude}
            spec = model.spec.model_copy(update=place)
            try:
                sensor = build_sensor(spec, self.found.terrain)
                kept, _ = watchers(
                    {"closing": sensor}, [spec], self.found.terrain, (self.rated.case.label,), max(conditions.heights_m)
                )
            except BadInput:
                continue
            yield (longitude, latitude), kept[0]

    def _added(self, watcher: Watcher) -> Added:
        """What one more sensor gathers a metre; the least over the heights."""
        sensor, label = watcher.sensor, self.rated.case.label
        conditions, height_m = self.found.conditions, self.rated.case.height_m
        limits = replace(watcher.limits, max_range_m=watcher.nominal_m)
        window = _reached(self.rated, watcher)
        ground = self.blocks.window(*window)
        seen = lowest_visible(ground, sensor.latitude_rad, sensor.longitude_rad, sensor.altitude_hae_m, limits)
        speed = SPEEDS_MPS[label][1]
        rates = []
        for height in conditions.heights_m if height_m is None else (height_m,):
            with np.errstate(invalid="ignore"):
                inside = seen.height_m <= height if watcher.needs else ~np.isnan(seen.height_m)
            ecef = positions(ground.grid, ground.ground_m, seen.window, height)[inside]
            p = sensor.p_detect(ecef, velocities(len(ecef), 0.0, speed), label, conditions.weather)
            whole = np.zeros(ground.grid.shape, np.float32)
            part = np.zeros(inside.shape, np.float32)
            part[inside] = -np.log(np.maximum(1.0 - p, 1e-12)) / watcher.period_s / speed
            whole[seen.window] = part
            rates.append(whole)
        return Added(window=window, per_m=np.asarray(np.minimum.reduce(rates)))


def _reached(rated: Rated, watcher: Watcher) -> tuple[slice, slice]:
    """Rows and columns of the map that hold all that a sensor of its kind reaches there."""
    sensor, grid = watcher.sensor, rated.grid
    at = (float(v) for v in grid.cells(sensor.latitude_rad, sensor.longitude_rad))
    scale, _ = grid.scale_and_turn(sensor.latitude_rad, sensor.longitude_rad)
    reach = int(np.ceil(watcher.nominal_m * scale / grid.cell_m)) + 4
    rows, columns = (
        slice(max(0, int(place) - reach), min(n, int(place) + reach + 1))
        for place, n in zip(at, grid.shape, strict=True)
    )
    return rows, columns


def _shared(mine: slice, other: slice) -> tuple[slice, slice]:
    """What two windows share, as a part of each; empty where they share nothing."""
    low, high = max(mine.start, other.start), min(mine.stop, other.stop)
    high = max(low, high)
    return slice(low - mine.start, high - mine.start), slice(low - other.start, high - other.start)

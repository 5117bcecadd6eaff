"""What a class gathers a metre, read tile by tile from what was kept of each: the ground that ways in are sought on."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from dronewall.geo.relief import Float32s, Grid
from dronewall.plan.conditions import SPEEDS_MPS, Conditions
from dronewall.plan.gathering import cell_costs, samples
from dronewall.plan.lines import Way
from dronewall.plan.parts import Done, tile_name
from dronewall.plan.tiles import Layout
from dronewall.units import Bools, Ints

ASIDE_M: Final = 60_000.0
"""So far from the straight ways in a way may wander."""
_BLOCK: Final = 64
_EACH: Final = 8
_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class Case:
    """A class at one height (None: whichever is watched least)."""

    label: str
    height_m: float | None


def cases(conditions: Conditions) -> list[Case]:
    """Every class at every height, and with the height as a free choice where there are several."""
    heights: list[float | None] = [*conditions.heights_m]
    if len(heights) > 1:
        heights.append(None)
    return [Case(label, height_m) for height_m in heights for label in conditions.labels]


class Room:
    """Where a way may lead: within `ASIDE_M` of the straight ways, in blocks of cells from the map's corner."""

    def __init__(self, grid: Grid, way_list: list[Way]) -> None:
        cells = [np.column_stack(samples(grid, way))[::_EACH] for way in way_list]
        down, along = (np.arange(0, n, _BLOCK) + _BLOCK / 2.0 for n in grid.shape)
        middles = np.stack(np.meshgrid(down, along, indexing="ij"), axis=-1).reshape(-1, 2)
        away, _ = cKDTree(np.concatenate(cells)).query(middles, distance_upper_bound=ASIDE_M / grid.cell_m)
        self._open: Bools = np.isfinite(away).reshape(len(down), len(along))

    def of(self, window: tuple[slice, slice]) -> Bools:
        """Whether each cell of a window belongs to it."""
        rows, columns = (np.arange(part.start, part.stop) // _BLOCK for part in window)
        return np.asarray(self._open[rows[:, None], columns[None, :]])


class Rated:
    """What one case gathers a metre of flight: as assumed, at the bad end, at the good end."""

    def __init__(self, grid: Grid, layout: Layout, conditions: Conditions, room: Room, done: Done, case: Case) -> None:
        self.grid, self.layout, self.case = grid, layout, case
        self._room, self._done = room, done
        heights = conditions.heights_m if case.height_m is None else (case.height_m,)
        at = conditions.labels.index(case.label)
        self._layers = [conditions.heights_m.index(height) * len(conditions.labels) + at for height in heights]
        low, usual, high = SPEEDS_MPS[case.label]
        self._speeds = np.array([usual, high, low], np.float32)
        self._there = {tile for tile in layout.reaching if done.has(tile_name(tile))}
        self._kept: OrderedDict[tuple[int, int], Float32s] = OrderedDict()

    def per_m(self, tile: int, end: int) -> Float32s:
        """Of a tile [shape=(rows, columns)]; the least of the heights."""
        if (tile, end) not in self._kept:
            self._kept[tile, end] = self._read(tile, end)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end((tile, end))
        return self._kept[tile, end]

    def costs(self, tile: int, end: int = 0) -> Float32s:
        """What the search takes for a tile's cells."""
        cost = cell_costs(self.per_m(tile, end), self.grid.cell_m)
        cost[~self._room.of(self.layout.tiles[tile].window)] = np.inf
        return cost

    def along(self, rows: Ints, columns: Ints, ends: tuple[int, ...] = (0, 1, 2)) -> Float32s:
        """At some cells [shape=(len(ends), n)]."""
        side = self.layout.tiles[0].shape
        numbers = rows // side[0] * -(-self.grid.columns // side[1]) + columns // side[1]
        found = np.zeros((len(ends), len(rows)), np.float32)
        for number in np.unique(numbers).tolist():
            mine, tile = numbers == number, self.layout.tiles[number]
            for at, end in enumerate(ends):
                found[at, mine] = self.per_m(number, end)[rows[mine] - tile.row, columns[mine] - tile.column]
        return found

    def _read(self, tile: int, end: int) -> Float32s:
        if tile not in self._there:
            return np.zeros(self.layout.tiles[tile].shape, np.float32)
        arrays = self._done.arrays(tile_name(tile))
        rates = [arrays[f"rate {layer} {end}"] for layer in self._layers]
        return np.asarray(np.minimum.reduce(rates) / self._speeds[end], np.float32)

"""Least gathered ways over a map of any size: a search in every tile, again whenever what comes in over its rim falls.

Only the tiles' rims are held; a tile's own cells are found anew from them when somebody asks. A search in a tile starts
from its goals and from what its neighbours' rims have reached, the tile of the least first. When nothing falls any more
every step between two cells, within a tile or over a rim, has been taken, so that each cell has what one search over
the whole map gives it, to the bit, however it is cut (costs in float32 only grow along a way, see `kernels/
least_watched.py`).
"""

import heapq
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import numpy as np

from dronewall.geo.relief import Float32s, Grid
from dronewall.kernels import least_watched as kernel
from dronewall.plan.gathering import least_gathered
from dronewall.plan.tiles import Tile
from dronewall.units import Floats, Ints

_KEPT: Final = 48
"""Tiles whose cells are kept, some 2 MB each."""

Costs = Callable[[int], Float32s]


class Field:
    """Least gathered from every cell of a map to a goal.

    Parameters
    ----------
    tiles : list of Tile
        All of the map, as `tiles.cut` gives them.
    cost_of : function
        A tile's cost per cell length by its number [shape=(rows, columns)]; infinite where nothing passes.
    goals : np.ndarray [shape=(n, 2)]
        Rows and columns.
    """

    def __init__(self, grid: Grid, tiles: list[Tile], cost_of: Costs, goals: Ints) -> None:
        self._grid, self._tiles, self._cost_of, self.goals = grid, tiles, cost_of, goals
        self._side = tiles[0].shape
        self._wide = -(-grid.columns // self._side[1])
        self._cost, self._best = (_Rims(grid, self._side) for _ in range(2))
        self._kept: OrderedDict[int, tuple[Float32s, Float32s]] = OrderedDict()
        self._goals: dict[int, list[int]] = {}
        for at, (row, column) in enumerate(goals.tolist()):
            self._goals.setdefault(self.tile_of(row, column), []).append(at)
        for tile in tiles:
            self._cost.put(tile, cost_of(tile.number))
        self._sweep()

    def tile_of(self, row: int, column: int) -> int:
        """The number of the tile that holds a cell."""
        return row // self._side[0] * self._wide + column // self._side[1]

    def at(self, rows: Ints, columns: Ints) -> Floats:
        """Least gathered from some cells [shape=(n,)]."""
        numbers = rows // self._side[0] * self._wide + columns // self._side[1]
        found = np.empty(len(rows))
        for number in np.unique(numbers).tolist():
            mine, tile = numbers == number, self._tiles[number]
            found[mine] = self._block(number)[1][rows[mine] - tile.row + 1, columns[mine] - tile.column + 1]
        return found

    def down(self, row: int, column: int) -> Ints:
        """Cells from one on to the goal that it reaches with least [shape=(n, 2)]."""
        parts, at = [], (row, column)
        while True:
            tile = self._tiles[self.tile_of(*at)]
            first = np.array([tile.row - 1, tile.column - 1])
            cells = kernel.steps_down(*self._block(tile.number), at[0] - first[0], at[1] - first[1]) + first
            parts.append(cells[:1] if len(cells) == 1 else cells[:-1])
            if len(cells) == 1:
                return np.concatenate(parts).astype(np.int64)
            at = int(cells[-1, 0]), int(cells[-1, 1])

    def window(self, rows: slice, columns: slice) -> tuple[Float32s, Float32s]:
        """Cost and least of a window of the map and one cell more on each side; infinite off the map."""
        shape = rows.stop - rows.start + 2, columns.stop - columns.start + 2
        cost, best = np.full(shape, np.inf, np.float32), np.full(shape, np.inf, np.float32)
        top, left = max(rows.start - 1, 0), max(columns.start - 1, 0)
        bottom, right = min(rows.stop + 1, self._grid.rows), min(columns.stop + 1, self._grid.columns)
        for down in range(top // self._side[0], (bottom - 1) // self._side[0] + 1):
            for along in range(left // self._side[1], (right - 1) // self._side[1] + 1):
                tile = self._tiles[down * self._wide + along]
                r = slice(max(top, tile.row), min(bottom, tile.row + tile.shape[0]))
                c = slice(max(left, tile.column), min(right, tile.column + tile.shape[1]))
                into = _moved(r, 1 - rows.start), _moved(c, 1 - columns.start)
                part = _moved(r, 1 - tile.row), _moved(c, 1 - tile.column)
                for whole, one in zip((cost, best), self._block(tile.number), strict=True):
                    whole[into] = one[part]
        return cost, best

    def _sweep(self) -> None:
        """Search tiles until nothing falls over any rim."""
        due = dict.fromkeys(sorted(self._goals), 0.0)
        heap = [(0.0, number) for number in due]
        while heap:
            key, number = heapq.heappop(heap)
            if due.get(number) != key:
                continue
            del due[number]
            tile, (_, best) = self._tiles[number], self._searched(number)
            before = self._best.round(tile)
            self._best.put(tile, best[1:-1, 1:-1])
            for down, along, part in _SIDES:
                fell = best[part] < before[part]
                if fell.any():
                    other, low = number + down * self._wide + along, float(best[part][fell].min())
                    if low < due.get(other, np.inf):
                        due[other] = low
                        heapq.heappush(heap, (low, other))

    def _searched(self, number: int) -> tuple[Float32s, Float32s]:
        """Cost and least of a tile with one cell more on each side, from its goals and from what lies round it."""
        tile = self._tiles[number]
        cost, rim = self._cost.round(tile), self._best.round(tile)
        cost[1:-1, 1:-1] = self._cost_of(number)
        reached = np.flatnonzero(np.isfinite(rim))
        goals = self.goals[self._goals.get(number, [])].reshape(-1, 2) - [tile.row - 1, tile.column - 1]
        starts = np.concatenate([goals[:, 0] * cost.shape[1] + goals[:, 1], reached])
        values = np.concatenate([np.zeros(len(goals)), rim.ravel()[reached].astype(np.float64)])
        best = least_gathered(cost, starts, values)
        return cost, best

    def _block(self, number: int) -> tuple[Float32s, Float32s]:
        """The same, kept for a while."""
        if number not in self._kept:
            self._kept[number] = self._searched(number)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(number)
        return self._kept[number]


class _Rims:
    """The first and last row and column of every tile of a map; infinite until they are put."""

    def __init__(self, grid: Grid, side: tuple[int, int]) -> None:
        self._grid, self._side = grid, side
        down, along = -(-grid.rows // side[0]), -(-grid.columns // side[1])
        self._across = np.full((2 * down, grid.columns), np.inf, np.float32)
        self._along = np.full((grid.rows, 2 * along), np.inf, np.float32)

    def put(self, tile: Tile, values: Float32s) -> None:
        """A tile's own."""
        (rows, columns), down, along = tile.window, *self._numbers(tile)
        self._across[2 * down, columns], self._across[2 * down + 1, columns] = values[0], values[-1]
        self._along[rows, 2 * along], self._along[rows, 2 * along + 1] = values[:, 0], values[:, -1]

    def round(self, tile: Tile) -> Float32s:
        """The cells about a tile as the rim of a raster of its size and one more on each side, infinite in it."""
        (rows, columns), down, along = tile.window, *self._numbers(tile)
        found = np.full((tile.shape[0] + 2, tile.shape[1] + 2), np.inf, np.float32)
        left, right = max(columns.start - 1, 0), min(columns.stop + 1, self._grid.columns)
        part = slice(left - columns.start + 1, right - columns.start + 1)
        if down > 0:
            found[0, part] = self._across[2 * down - 1, left:right]
        if rows.stop < self._grid.rows:
            found[-1, part] = self._across[2 * down + 2, left:right]
        if along > 0:
            found[1:-1, 0] = self._along[rows, 2 * along - 1]
        if columns.stop < self._grid.columns:
            found[1:-1, -1] = self._along[rows, 2 * along + 2]
        return found

    def _numbers(self, tile: Tile) -> tuple[int, int]:
        return tile.row // self._side[0], tile.column // self._side[1]


_PARTS: Final = {-1: slice(0, 1), 0: slice(1, -1), 1: slice(-1, None)}
_SIDES: Final = [
    (down, along, (_PARTS[down], _PARTS[along]))
    for down in (-1, 0, 1)
    for along in (-1, 0, 1)
    if (down, along) != (0, 0)
]
"""The eight neighbours of a tile, and which part of its rim is theirs."""


def _moved(part: slice, by: int) -> slice:
    return slice(part.start + by, part.stop + by)

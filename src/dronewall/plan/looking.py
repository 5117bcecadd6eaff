"""What each sensor of a plan sees of the map: terrain made block by block, one look over it for each sensor."""

from collections import OrderedDict
from typing import Final

import numpy as np

from dronewall.geo.lowest_visible import Seen
from dronewall.geo.relief import Grid, Relief
from dronewall.geo.terrain import Terrain
from dronewall.plan.standing import Standing
from dronewall.plan.watching import Watcher, look_over

BLOCK: Final = 128
"""Cells of the map along a block's side. Blocks lie where the map's corner puts them, whoever asks for them."""
_KEPT_CELLS: Final = 40_000_000


class Blocks:
    """The ground in the cells of sightlines, made as it is asked for; what was asked for last is kept."""

    def __init__(self, terrain: Terrain, grid: Grid, times: int) -> None:
        self._terrain, self._grid, self._times = terrain, grid, times
        self._most = max(4, _KEPT_CELLS // (BLOCK * times) ** 2)
        self._kept: OrderedDict[tuple[int, int], Relief] = OrderedDict()

    def window(self, rows: slice, columns: slice) -> Relief:
        """The ground of a window of the map, in cells `times` as small."""
        times = self._times
        fine = self._grid.part(rows, columns).finer(times)
        ground, canopy = np.empty(fine.shape, np.float32), np.empty(fine.shape, np.float32)
        for down in range(rows.start // BLOCK, (rows.stop - 1) // BLOCK + 1):
            for along in range(columns.start // BLOCK, (columns.stop - 1) // BLOCK + 1):
                block = self._block(down, along)
                r, part_r = _shared(rows, down * BLOCK, block.grid.rows, times)
                c, part_c = _shared(columns, along * BLOCK, block.grid.columns, times)
                ground[r, c] = block.ground_m[part_r, part_c]
                canopy[r, c] = block.canopy_m[part_r, part_c]
        return Relief(grid=fine, ground_m=ground, canopy_m=canopy)

    def _block(self, down: int, along: int) -> Relief:
        at = down, along
        if at in self._kept:
            self._kept.move_to_end(at)
            return self._kept[at]
        rows = slice(down * BLOCK, min((down + 1) * BLOCK, self._grid.rows))
        columns = slice(along * BLOCK, min((along + 1) * BLOCK, self._grid.columns))
        found = Relief.of(self._terrain, self._grid.part(rows, columns).finer(self._times))
        self._kept[at] = found
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return found


def look(found: Standing, watcher: Watcher, blocks: Blocks) -> Seen:
    """Lowest visible heights of one sensor in its window of the map, as far as it reaches at its best."""
    rows, columns = window(found.grid, watcher)
    part = found.grid.part(rows, columns)
    seen = look_over(watcher, blocks.window(rows, columns), part, found.times)
    return Seen(row=seen.row + rows.start, column=seen.column + columns.start, height_m=seen.height_m)


def window(grid: Grid, watcher: Watcher) -> tuple[slice, slice]:
    """Rows and columns of the map that hold all that a sensor reaches, and the sensor."""
    sensor = watcher.sensor
    row, column = grid.cells(sensor.latitude_rad, sensor.longitude_rad)
    scale, _ = grid.scale_and_turn(sensor.latitude_rad, sensor.longitude_rad)
    reach = int(np.ceil(watcher.reach_m * scale / grid.cell_m)) + 4
    return _clipped(float(row), reach, grid.rows), _clipped(float(column), reach, grid.columns)


def _clipped(at: float, reach: int, most: int) -> slice:
    middle = min(max(int(np.floor(at + 0.5)), 0), most - 1)
    return slice(max(0, middle - reach), min(most, middle + reach + 1))


def _shared(wanted: slice, first: int, fine: int, times: int) -> tuple[slice, slice]:
    """Of a block that begins at cell `first` and has so many fine cells: where it goes, and which part of it."""
    low = max(wanted.start * times, first * times)
    high = min(wanted.stop * times, first * times + fine)
    into = slice(low - wanted.start * times, high - wanted.start * times)
    return into, slice(low - first * times, high - first * times)

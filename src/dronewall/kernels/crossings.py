"""Kernels of `plan/coverage.py` and `plan/maps.py`: what straight lines through a map gather, and what that comes to.

Lines run along the map's rows, its columns and both diagonals: cell (i, j) lies on row i, on column j, on diagonal
i + j (north-east) and on diagonal i - j + columns (north-west). What a line gathers is the sum over the map's parts.
"""

import math

import numpy as np
from numba import njit

Raster = np.ndarray


@njit(cache=True, nogil=True)
def gather(rate: Raster, turning: Raster, row: Raster, column: Raster, east: Raster, west: Raster) -> None:
    """Add what each line gathers a second: `row` [shape=(rows,)], `column`, `east` and `west` (rows + columns).

    `rate` [shape=(rows, columns)] is gathered whatever the heading, `turning` [shape=(headings, rows, columns), or no
    headings] on top of it when flying along 0: the row, 1: the column, 2: the diagonal that runs north-east, 3: the
    one that runs north-west. Sums run from north to south (west to east in a row), whatever the machine.
    """
    rows, columns = rate.shape
    heeds = turning.shape[0] == 4
    for i in range(rows):
        for j in range(columns):
            value = rate[i, j]
            if heeds:
                row[i] += value + turning[0, i, j]
                column[j] += value + turning[1, i, j]
                east[i + j] += value + turning[2, i, j]
                west[i - j + columns] += value + turning[3, i, j]
            elif value > np.float32(0.0):
                row[i] += value
                column[j] += value
                east[i + j] += value
                west[i - j + columns] += value


@njit(cache=True, nogil=True)
def least_crossing(
    look: Raster, row: Raster, column: Raster, east: Raster, west: Raster, seconds: Raster, out: Raster
) -> None:
    """Write the probability over the least watched of the four lines through each cell; NaN where `look` is NaN.

    The lines as in `gather`, of the whole map, cut to those through this part of it; a cell of each takes `seconds`
    [shape=(4,)].
    """
    rows, columns = look.shape
    for i in range(rows):
        for j in range(columns):
            if np.isnan(look[i, j]):
                out[i, j] = np.nan
                continue
            least = min(
                min(row[i] * seconds[0], column[j] * seconds[1]),
                min(east[i + j] * seconds[2], west[i - j + columns] * seconds[3]),
            )
            out[i, j] = np.float32(-math.expm1(-least))

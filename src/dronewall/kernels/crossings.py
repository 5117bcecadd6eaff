"""Kernel of `plan/coverage.py`: what straight lines through a map gather, along rows, columns and both diagonals."""

import math

import numpy as np
from numba import njit

Raster = np.ndarray


@njit(cache=True, nogil=True)
def least_crossing(rate: Raster, turning: Raster, miss: Raster, seconds: Raster, out: Raster) -> None:
    """Write the probability over the least watched of the four straight lines through each cell; NaN where none looks.

    `rate` [shape=(rows, columns)] is gathered a second whatever the heading, `turning` [shape=(headings, rows,
    columns), or no headings] on top of it when flying along 0: the row, 1: the column, 2: the diagonal that runs
    north-east, 3: the one that runs north-west, through a cell of which takes `seconds` [shape=(4,)]. A cell that
    nobody looks at has a `miss` of 1. Sums run from north to south (west to east in a row), whatever the machine.
    """
    rows, columns = rate.shape
    row, column = np.zeros(rows), np.zeros(columns)
    east, west = np.zeros(rows + columns), np.zeros(rows + columns)
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
    for i in range(rows):
        for j in range(columns):
            if not miss[i, j] < np.float32(1.0):
                out[i, j] = np.nan
                continue
            least = min(
                min(row[i] * seconds[0], column[j] * seconds[1]),
                min(east[i + j] * seconds[2], west[i - j + columns] * seconds[3]),
            )
            out[i, j] = np.float32(-math.expm1(-least))

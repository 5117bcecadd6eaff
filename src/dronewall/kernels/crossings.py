"""Kernel of `plan/coverage.py`: what straight lines through a map gather, along rows, columns and both diagonals."""

import numpy as np
from numba import njit

Raster = np.ndarray


@njit(cache=True)
def line_totals(values: Raster, heading: int, out: Raster) -> None:
    """Write into every cell the sum of `values` along the whole line through it.

    `heading` 0: its row, 1: its column, 2: the diagonal that runs north-east, 3: the one that runs north-west. Both are
    [shape=(rows, columns)]; sums run from north to south (west to east in a row), whatever the machine.
    """
    rows, columns = values.shape
    totals = np.zeros(rows + columns, np.float64)
    for i in range(rows):
        for j in range(columns):
            line = i if heading == 0 else j if heading == 1 else i + j if heading == 2 else i - j + columns
            totals[line] += values[i, j]
    for i in range(rows):
        for j in range(columns):
            line = i if heading == 0 else j if heading == 1 else i + j if heading == 2 else i - j + columns
            out[i, j] = totals[line]

"""The slow, obvious answer: each cell has a profile of its own, in float64, over every grid line that it crosses."""

import numpy as np
from numba import njit

from dronewall.units import Floats


@njit(cache=True)
def lowest_visible_by_profile(
    surface: np.ndarray,
    row: float,
    column: float,
    z0: float,
    cell_m: float,
    bend: float,
    rows: np.ndarray,
    columns: np.ndarray,
) -> Floats:
    """Lowest visible height above the surface (m) of each cell asked; `bend` is 1 / (2 k R).

    The sight line from the site, which may stand between centres, to a cell's centre is held against the surface
    wherever it crosses a row or a column of centres; between two centres on such a line the surface is straight. What
    is nearer than half a cell is the site's own ground.
    """
    out = np.empty(rows.shape[0])
    for n in range(rows.shape[0]):
        down, along = rows[n] - row, columns[n] - column
        length = np.hypot(down, along) * cell_m
        steepest = -np.inf
        for axis in range(2):
            start, run = (row, down) if axis == 0 else (column, along)
            end = rows[n] if axis == 0 else columns[n]
            step = 1 if run > 0.0 else -1
            at = int(np.floor(start)) + 1 if step > 0 else int(np.ceil(start)) - 1
            while (end - at) * step > 0:
                share = (at - start) / run
                y, x = row + share * down, column + share * along
                if axis == 0:
                    j = int(np.floor(x))
                    w = x - j
                    h = surface[at, j] if w == 0.0 else (1.0 - w) * surface[at, j] + w * surface[at, j + 1]
                else:
                    i = int(np.floor(y))
                    w = y - i
                    h = surface[i, at] if w == 0.0 else (1.0 - w) * surface[i, at] + w * surface[i + 1, at]
                d = share * length
                if abs(at - start) > 0.5:
                    steepest = max(steepest, (h - z0) / d - d * bend)
                at += step
        seen = z0 + length * (steepest + length * bend) if steepest > -np.inf else -np.inf
        out[n] = max(seen - surface[rows[n], columns[n]], 0.0)
    return out

"""The slow, obvious answer: each cell has a profile of its own, in float64, over every grid line that it crosses."""

import numpy as np
from numba import njit

from dronewall.units import Floats


@njit(cache=True)
def lowest_visible_by_profile(
    surface: np.ndarray,
    row: int,
    column: int,
    z0: float,
    cell_m: float,
    bend: float,
    rows: np.ndarray,
    columns: np.ndarray,
) -> Floats:
    """Lowest visible height above the surface (m) of each cell asked; `bend` is 1 / (2 k R).

    The sight line to a cell's centre is held against the surface wherever it crosses a row or a column of centres;
    between two centres on such a line the surface is straight.
    """
    out = np.empty(rows.shape[0])
    for n in range(rows.shape[0]):
        down, along = rows[n] - row, columns[n] - column
        length = np.hypot(float(down), float(along)) * cell_m
        steepest = -np.inf
        for axis in range(2):
            steps = abs(down) if axis == 0 else abs(along)
            for s in range(1, steps):
                share = s / steps
                y, x = row + share * down, column + share * along
                if axis == 0:
                    i, j = round(y), int(np.floor(x))
                    w = x - j
                    h = surface[i, j] if w == 0.0 else (1.0 - w) * surface[i, j] + w * surface[i, j + 1]
                else:
                    j, i = round(x), int(np.floor(y))
                    w = y - i
                    h = surface[i, j] if w == 0.0 else (1.0 - w) * surface[i, j] + w * surface[i + 1, j]
                d = share * length
                steepest = max(steepest, (h - z0) / d - d * bend)
        seen = z0 + length * (steepest + length * bend) if steepest > -np.inf else -np.inf
        out[n] = max(seen - surface[rows[n], columns[n]], 0.0)
    return out

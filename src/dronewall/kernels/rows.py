"""Covariances turned into local axes, for the rows that leave the tracker: `tracking/rows.py` calls it."""

import numpy as np
from numba import njit

from dronewall.units import Floats


@njit(cache=True, error_model="numpy")
def turn(axes: Floats, cov: Floats, out: Floats) -> None:
    """Write each covariance [shape=(n, 6, 6)] along its axes (n, 3, 3), place and velocity alike; symmetric."""
    half = np.empty((3, 3))
    for n in range(len(axes)):
        for block in range(3):
            row, column = (0, 3, 0)[block], (0, 3, 3)[block]
            for i in range(3):
                for j in range(3):
                    half[i, j] = (
                        axes[n, i, 0] * cov[n, row, column + j]
                        + axes[n, i, 1] * cov[n, row + 1, column + j]
                        + axes[n, i, 2] * cov[n, row + 2, column + j]
                    )
            for i in range(3):
                for j in range(3):
                    value = half[i, 0] * axes[n, j, 0] + half[i, 1] * axes[n, j, 1] + half[i, 2] * axes[n, j, 2]
                    if block < 2 and j < i:
                        continue
                    out[n, row + i, column + j] = value
                    out[n, column + j, row + i] = value

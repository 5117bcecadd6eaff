"""Kernel of `geo/geotiff.py`: bilinear heights from one raster that has a ring of its neighbours' cells about it."""

import numpy as np
from numba import njit

from dronewall.units import Floats


@njit(cache=True)
def fill_bilinear(row: Floats, column: Floats, ringed: np.ndarray, out: Floats) -> None:
    """Write heights over the NaNs of `out` [shape=(n,)] that lie in the raster; what is there already stays.

    `ringed` [shape=(rows + 2, columns + 2)] is the raster and one cell more on each side; row 0 and column 0 are the
    centre of the raster's own first cell. A point lies in the raster up to half a cell beyond its outer centres.
    """
    rows, columns = ringed.shape[0] - 2, ringed.shape[1] - 2
    grace = 1e-6  # of a cell: a point on the edge belongs to the raster, however its coordinates were rounded
    for i in range(row.shape[0]):
        r, c = row[i], column[i]
        inside = -0.5 - grace <= r <= rows - 0.5 + grace and -0.5 - grace <= c <= columns - 0.5 + grace
        if not inside or not np.isnan(out[i]):
            continue
        r, c = r + 1.0, c + 1.0
        j, k = min(int(r), rows), min(int(c), columns)
        p, q = r - j, c - k
        north = (1.0 - q) * ringed[j, k] + q * ringed[j, k + 1]
        south = (1.0 - q) * ringed[j + 1, k] + q * ringed[j + 1, k + 1]
        out[i] = (1.0 - p) * north + p * south

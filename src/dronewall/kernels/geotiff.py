"""Kernel of `geo/geotiff.py`: bilinear heights from a piece of a raster that has a ring of the cells about it."""

import numpy as np
from numba import njit

from dronewall.units import Floats, Ints


@njit(cache=True)
def fill_bilinear(
    row: Floats, column: Floats, at: Ints, top: int, left: int, ringed: np.ndarray, out: Floats
) -> None:  # fmt: skip
    """Write heights into `out` [shape=(n,)] at the points numbered in `at`.

    `row` and `column` [shape=(n,)] are fractions of cells of the raster, `top` and `left` the first cell of the piece,
    and `ringed` [shape=(rows + 2, columns + 2)] the piece with one cell more on each side. The points lie in the piece
    or up to half a cell beyond its outer centres.
    """
    rows, columns = ringed.shape[0] - 2, ringed.shape[1] - 2
    for n in range(at.shape[0]):
        i = at[n]
        r, c = row[i] - top + 1.0, column[i] - left + 1.0
        j, k = min(int(r), rows), min(int(c), columns)
        p, q = r - j, c - k
        north = (1.0 - q) * ringed[j, k] + q * ringed[j, k + 1]
        south = (1.0 - q) * ringed[j + 1, k] + q * ringed[j + 1, k + 1]
        out[i] = (1.0 - p) * north + p * south

"""Kernel of `geo/hgt.py`: bilinear heights from a mosaic of square tiles that share their edge rows and columns."""

import numpy as np
from numba import njit

from dronewall.units import Floats, Ints


@njit(cache=True)
def bilinear(row: Floats, column: Floats, which: Ints, tiles: np.ndarray) -> Floats:
    """Values [shape=(n,)] at fractional node numbers of the whole mosaic; NaN where there is no tile.

    `tiles` [shape=(tiles, nodes, nodes)] overlap by their edges, so a mosaic of h x w tiles has h (nodes - 1) cells
    from north to south. `which` [shape=(h, w)] numbers the tiles, -1 where there is none.
    """
    cells = tiles.shape[1] - 1
    last_row, last_column = which.shape[0] * cells - 1, which.shape[1] * cells - 1
    out = np.empty(row.shape[0])
    for i in range(row.shape[0]):
        r, c = row[i], column[i]
        # Half a cell of grace: the edge of the mosaic belongs to it, however its degrees were rounded.
        if not (-0.5 <= r <= last_row + 1.5 and -0.5 <= c <= last_column + 1.5):
            out[i] = np.nan
            continue
        r0, c0 = min(max(int(r), 0), last_row), min(max(int(c), 0), last_column)
        p, q = min(max(r - r0, 0.0), 1.0), min(max(c - c0, 0.0), 1.0)
        tile = which[r0 // cells, c0 // cells]
        # On a shared edge the neighbour to the north or west holds the same nodes.
        if tile < 0 and p == 0.0 and r0 % cells == 0 and r0 > 0:
            r0, p = r0 - 1, 1.0
            tile = which[r0 // cells, c0 // cells]
        if tile < 0 and q == 0.0 and c0 % cells == 0 and c0 > 0:
            c0, q = c0 - 1, 1.0
            tile = which[r0 // cells, c0 // cells]
        if tile < 0:
            out[i] = np.nan
            continue
        j, k = r0 % cells, c0 % cells
        north = (1.0 - q) * tiles[tile, j, k] + q * tiles[tile, j, k + 1]
        south = (1.0 - q) * tiles[tile, j + 1, k] + q * tiles[tile, j + 1, k + 1]
        out[i] = (1.0 - p) * north + p * south
    return out


@njit(cache=True)
def homes(row: Floats, column: Floats, which: Ints, cells: int) -> Ints:
    """The tile [shape=(n,)] that `bilinear` reads each point from, of tiles of `cells` x `cells`; -1 where none is."""
    last_row, last_column = which.shape[0] * cells - 1, which.shape[1] * cells - 1
    out = np.full(row.shape[0], -1, np.int64)
    for i in range(row.shape[0]):
        r, c = row[i], column[i]
        if not (-0.5 <= r <= last_row + 1.5 and -0.5 <= c <= last_column + 1.5):
            continue
        r0, c0 = min(max(int(r), 0), last_row), min(max(int(c), 0), last_column)
        tile = which[r0 // cells, c0 // cells]
        if tile < 0 and r <= r0 and r0 % cells == 0 and r0 > 0:
            r0 -= 1
            tile = which[r0 // cells, c0 // cells]
        if tile < 0 and c <= c0 and c0 % cells == 0 and c0 > 0:
            tile = which[r0 // cells, (c0 - 1) // cells]
        out[i] = tile
    return out


@njit(cache=True)
def fill_bilinear(row: Floats, column: Floats, at: Ints, north: int, west: int, tile: np.ndarray, out: Floats) -> None:
    """Write the values of the points `at` [shape=(m,)] into `out`, all from one tile whose first node is (north, west).

    The same as `bilinear` gives them; a point beyond the tile is taken to its edge.
    """
    cells = tile.shape[0] - 1
    for i in at:
        j = min(max(int(row[i]) - north, 0), cells - 1)
        k = min(max(int(column[i]) - west, 0), cells - 1)
        p = min(max(row[i] - (north + j), 0.0), 1.0)
        q = min(max(column[i] - (west + k), 0.0), 1.0)
        upper = (1.0 - q) * tile[j, k] + q * tile[j, k + 1]
        lower = (1.0 - q) * tile[j + 1, k] + q * tile[j + 1, k + 1]
        out[i] = (1.0 - p) * upper + p * lower

"""Kernels of `plan/joining.py`: one sensor's looks joined to the maps of one height, cell by cell."""

import math

import numpy as np
from numba import njit

Raster = np.ndarray
SEEN, TERRAIN, HORIZON, RANGE, SECTOR, LINK, NOISE = range(7)


@njit(cache=True, nogil=True)
def join_by_range(
    place: Raster, up: Raster, site: Raster, height_m: float, inside: Raster, low_m: Raster, high_m: Raster,
    table: Raster, period_s: float, miss: Raster, rate: Raster, found: Raster,
) -> None:  # fmt: skip
    """Join a sensor that is asked by slant range alone: as assumed, at its bad end, at its good end.

    `place` and `up` [shape=(3, rows, columns)]: where each cell's ground is and its vertical; `site` in the same axes.
    `table` [shape=(3, nodes, 2)]: p and -log(1 - p) at ranges evenly from `low_m` to `high_m` [shape=(3,)], nought
    beyond. `miss` and `rate` [shape=(3, rows, columns)] take what `inside` lets through; `found` gets p as assumed.
    """
    rows, columns = inside.shape
    last = table.shape[1] - 1
    p, gathered = np.empty(3), np.empty(3)
    per_m = last / np.maximum(high_m - low_m, 1e-9)
    for i in range(rows):
        for j in range(columns):
            found[i, j] = 0.0
            if not inside[i, j]:
                continue
            x = place[0, i, j] + height_m * up[0, i, j] - site[0]
            y = place[1, i, j] + height_m * up[1, i, j] - site[1]
            z = place[2, i, j] + height_m * up[2, i, j] - site[2]
            range_m = math.sqrt(x * x + y * y + z * z)
            for end in range(3):
                p[end], gathered[end] = 0.0, 0.0
                if low_m[end] <= range_m <= high_m[end]:
                    at = (range_m - low_m[end]) * per_m[end]
                    node = min(int(at), last - 1)
                    share = at - node
                    p[end] = table[end, node, 0] + share * (table[end, node + 1, 0] - table[end, node, 0])
                    gathered[end] = table[end, node, 1] + share * (table[end, node + 1, 1] - table[end, node, 1])
            # Ends of an interval are where the answers are, whichever way a value pushes them.
            if p[1] > p[0]:
                p[1], gathered[1] = p[0], gathered[0]
            if p[2] < p[0]:
                p[2], gathered[2] = p[0], gathered[0]
            for end in range(3):
                miss[end, i, j] *= np.float32(1.0 - p[end])
                rate[end, i, j] += np.float32(gathered[end] / period_s)
            found[i, j] = p[0]


@njit(cache=True, nogil=True)
def explain(
    p: Raster, sight: Raster, lowest: Raster, row: float, column: float, metres: float, least_m: float, reach_m: float,
    horizon_m: float, weak: int, seen_from: float, near: Raster, reason: Raster,
) -> None:  # fmt: skip
    """Keep what ends one sensor's coverage where it came nearer to seeing than those before.

    A look fails first by range, then sector, sightline, signal (`weak`); `near` counts how far it came. `lowest` is NaN
    off its sector; `metres` are those of a cell's side on the ground, (row, column) where the site stands.
    """
    for i in range(p.shape[0]):
        for j in range(p.shape[1]):
            distance_m = math.sqrt((i - row) ** 2 + (j - column) ** 2) * metres
            found, step = RANGE, 0
            if least_m <= distance_m <= reach_m:
                if np.isnan(lowest[i, j]):
                    found, step = SECTOR, 1
                elif not sight[i, j]:
                    found, step = HORIZON if distance_m > horizon_m else TERRAIN, 2
                else:
                    found, step = weak, 3
            if p[i, j] >= seen_from:
                found, step = SEEN, 4
            if step > near[i, j]:
                near[i, j], reason[i, j] = step, found

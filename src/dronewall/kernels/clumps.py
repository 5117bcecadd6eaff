"""Plots of one look that lie closer together than strangers would: `tracking/grouped.py` begins groups with them."""

import math

import numpy as np
from numba import njit

from dronewall.kernels.columns import BIRTH, Knobs, Outcome, RowColumns
from dronewall.units import Floats, Ints

RANGE, AZIMUTH, ELEVATION = 0, 1, 2
UNEXPLAINED = 0.5  # a birth that tracks explain less than this counts


@njit(cache=True, error_model="numpy")
def link_m(k: Knobs, far_m: float, m: int) -> float:
    """Nearer than this two plots of a look of m that strangers caused seldom lie, were they spread evenly."""
    return min(k.link_m, math.sqrt(k.link_strangers / max(m, 1)) * far_m)


@njit(cache=True, error_model="numpy")
def clumped(rows: RowColumns, out: Outcome, first: int, stop: int, nearer_m: float, least: int) -> bool:
    """Whether so many of a look's births hang together by steps below `nearer_m`."""
    place = np.empty((stop - first, 2))
    count = 0
    for row in range(first, stop):
        if out.fate[row] == BIRTH and out.weight[row] > UNEXPLAINED:
            slant, azimuth, elevation = rows.values[row, RANGE], rows.values[row, AZIMUTH], rows.values[row, ELEVATION]
            flat = slant * math.cos(elevation) if elevation == elevation else slant
            place[count, 0], place[count, 1] = flat * math.sin(azimuth), flat * math.cos(azimuth)
            count += 1
    if count < least:
        return False
    root = linked(place[:count], nearer_m)
    size = np.zeros(count, np.int64)
    for i in range(count):
        size[root[i]] += 1
        if size[root[i]] >= least:
            return True
    return False


@njit(cache=True, error_model="numpy")
def linked(place: Floats, radius_m: float) -> Ints:
    """Chain of neighbours nearer than `radius_m` that each point [shape=(n, 2)] belongs to, by its least index."""
    n = len(place)
    order, root = np.arange(n), np.arange(n)
    gap = n // 2
    while gap > 0:  # Shell's sort, eastward: numpy's takes longer to compile than all of this
        for a in range(gap, n):
            i, b = order[a], a
            while b >= gap and place[order[b - gap], 0] > place[i, 0]:
                order[b] = order[b - gap]
                b -= gap
            order[b] = i
        gap //= 2
    for a in range(n):
        i = order[a]
        for b in range(a + 1, n):
            j = order[b]
            east = place[j, 0] - place[i, 0]
            if east > radius_m:
                break
            north = place[j, 1] - place[i, 1]
            if east * east + north * north < radius_m * radius_m:
                p, q = i, j
                while root[p] != p:
                    p = root[p]
                while root[q] != q:
                    q = root[q]
                if p < q:
                    root[q] = p
                else:
                    root[p] = q
    for i in range(n):
        p = i
        while root[p] != p:
            p = root[p]
        root[i] = p
    return root

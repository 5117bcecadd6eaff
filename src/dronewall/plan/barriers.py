"""How many barriers stand one behind another: chains of sensors whose footprints touch, no sensor in two of them.

From one end of the line to the other (Kumar, Lai and Arora, "Barrier coverage with wireless sensors", MobiCom 2005): a
maximum flow, by Menger's theorem.
"""

from typing import Any, Final

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow

from dronewall.geo.relief import Grid
from dronewall.plan.coverage import Survey
from dronewall.plan.gathering import samples
from dronewall.plan.lines import Way
from dronewall.units import Ints

_FOOTPRINT_P: Final = 0.5


def barriers(found: Survey, way_list: list[Way]) -> list[dict[str, Any]]:
    """For each class and height, how many chains of sensors without a common one reach from end to end of the line."""
    rows = []
    for height_m in found.conditions.heights_m:
        for label in found.conditions.labels:
            prints = [found.footprint(watcher, label, height_m, _FOOTPRINT_P) for watcher in found.watchers]
            rows.append(
                {"label": label, "height_m": height_m, "barriers": _disjoint(found.ground.grid, prints, way_list)}
            )
    return rows


def _disjoint(grid: Grid, prints: list[tuple[tuple[slice, slice], np.ndarray]], way_list: list[Way]) -> int:
    n = len(prints)
    first, last = (samples(grid, way) for way in (way_list[0], way_list[-1]))

    def touches(number: int, cells: tuple[Ints, Ints]) -> bool:
        (rows, columns), part = prints[number]
        r, c = cells[0] - rows.start, cells[1] - columns.start
        inside = (r >= 0) & (r < part.shape[0]) & (c >= 0) & (c < part.shape[1])
        return bool(part[r[inside], c[inside]].any())

    heads, tails = [], []
    for i in range(n):
        heads.append(2 * i)
        tails.append(2 * i + 1)
        if touches(i, first):
            heads.append(2 * n)
            tails.append(2 * i)
        if touches(i, last):
            heads.append(2 * i + 1)
            tails.append(2 * n + 1)
        for j in range(n):
            if i != j and _overlap(prints[i], prints[j]):
                heads.append(2 * i + 1)
                tails.append(2 * j)
    graph = sparse.csr_matrix((np.ones(len(heads), np.int32), (heads, tails)), shape=(2 * n + 2, 2 * n + 2))
    return int(maximum_flow(graph, 2 * n, 2 * n + 1).flow_value)


def _overlap(one: tuple[tuple[slice, slice], np.ndarray], other: tuple[tuple[slice, slice], np.ndarray]) -> bool:
    (rows, columns), part = one
    (other_rows, other_columns), other_part = other
    top, bottom = max(rows.start, other_rows.start), min(rows.stop, other_rows.stop)
    left, right = max(columns.start, other_columns.start), min(columns.stop, other_columns.stop)
    if top >= bottom or left >= right:
        return False
    mine = part[top - rows.start : bottom - rows.start, left - columns.start : right - columns.start]
    theirs = other_part[
        top - other_rows.start : bottom - other_rows.start, left - other_columns.start : right - other_columns.start
    ]
    return bool((mine & theirs).any())

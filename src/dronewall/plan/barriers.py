"""How many barriers stand one behind another: chains of sensors whose footprints touch, no sensor in two of them.

From one end of the line to the other (Kumar, Lai and Arora, "Barrier coverage with wireless sensors", MobiCom 2005): a
maximum flow, by Menger's theorem. Which footprints touch is told tile by tile: two touch where they share a cell, and a
cell lies in one tile.
"""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow

from dronewall.plan.conditions import Conditions
from dronewall.plan.coverage import Survey
from dronewall.plan.parts import Arrays
from dronewall.units import Bools, Ints

_FOOTPRINT_P: Final = 0.5

Print = tuple[tuple[slice, slice], Bools]
Ends = tuple[Ints, Ints]
"""Cells [shape=(n, 2)] of the first and of the last way over the line."""


def touching(survey: Survey, numbers: list[int], ends: Ends) -> dict[str, np.ndarray]:
    """Of each layer n: `pairs n` of sensors whose footprints share a cell of a tile, and those at the line's ends.

    `numbers` are the sensors' of the survey, `ends` counted from the tile's first cell; `first n` and `last n`.
    """
    arrays: dict[str, np.ndarray] = {}
    layer = 0
    for height_m in survey.conditions.heights_m:
        for label in survey.conditions.labels:
            prints = [survey.footprint(watcher, label, height_m, _FOOTPRINT_P) for watcher in survey.watchers]
            mine = [(number, one) for number, one in zip(numbers, prints, strict=True) if one[1].any()]
            pairs = [(a, b) for at, (a, one) in enumerate(mine) for b, other in mine[at + 1 :] if _overlap(one, other)]
            arrays[f"pairs {layer}"] = np.array(pairs, np.int32).reshape(-1, 2)
            for name, cells in zip(("first", "last"), ends, strict=True):
                arrays[f"{name} {layer}"] = np.array([a for a, one in mine if _holds(one, cells)], np.int32)
            layer += 1
    return arrays


def barriers(conditions: Conditions, sensors: int, told: Iterable[Arrays]) -> list[dict[str, Any]]:
    """For each class and height, how many chains of sensors without a common one reach from end to end of the line."""
    layers = [(height_m, label) for height_m in conditions.heights_m for label in conditions.labels]
    pairs: list[set[tuple[int, int]]] = [set() for _ in layers]
    ends: list[tuple[set[int], set[int]]] = [(set(), set()) for _ in layers]
    for arrays in told:
        for layer in range(len(layers)):
            pairs[layer] |= {(a, b) for a, b in arrays[f"pairs {layer}"].tolist()}
            for name, mine in zip(("first", "last"), ends[layer], strict=True):
                mine.update(arrays[f"{name} {layer}"].tolist())
    return [
        {"label": label, "height_m": height_m, "barriers": _disjoint(sensors, pairs[layer], *ends[layer])}
        for layer, (height_m, label) in enumerate(layers)
    ]


def _disjoint(n: int, pairs: set[tuple[int, int]], first: set[int], last: set[int]) -> int:
    """Flow from end to end where every sensor lets one chain through."""
    edges = [(2 * i, 2 * i + 1) for i in range(n)]
    edges += [(2 * n, 2 * i) for i in sorted(first)] + [(2 * i + 1, 2 * n + 1) for i in sorted(last)]
    edges += [edge for a, b in sorted(pairs) for edge in ((2 * a + 1, 2 * b), (2 * b + 1, 2 * a))]
    heads, tails = zip(*edges, strict=True)
    graph = sparse.csr_matrix((np.ones(len(edges), np.int32), (heads, tails)), shape=(2 * n + 2, 2 * n + 2))
    return int(maximum_flow(graph, 2 * n, 2 * n + 1).flow_value)


def _holds(one: Print, cells: Ints) -> bool:
    (rows, columns), part = one
    r, c = cells[:, 0] - rows.start, cells[:, 1] - columns.start
    inside = (r >= 0) & (r < part.shape[0]) & (c >= 0) & (c < part.shape[1])
    return bool(part[r[inside], c[inside]].any())


def _overlap(one: Print, other: Print) -> bool:
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

"""The one-to-one matching of greatest total gain on a sparse graph, exact, one connected component at a time."""

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dronewall.units import Floats, Ints


def best_matching(left: Ints, right: Ints, gain: Floats) -> Ints:
    """Which pairs make the one-to-one matching of greatest total gain, as indices into the pairs, in their order.

    Pairs `(left, right)` are listed once each; whom no pair joins stays alone. Components that are a star (one left or
    one right) need no solver: the pair of greatest gain wins. The rest go to the Jonker-Volgenant solver of scipy
    (D. F. Crouse, "On implementing 2D rectangular assignment algorithms", IEEE Trans. AES 52(4), 2016).

    Parameters
    ----------
    left, right : np.ndarray of int64 [shape=(n,)]
        Numbers of the two sides, from 0.
    gain : np.ndarray [shape=(n,)]
        Positive.
    """
    if not len(left):
        return np.zeros(0, np.int64)
    component, row, column = _components(left, right)
    order = np.lexsort((-gain, component))
    starts = np.flatnonzero(np.diff(component[order], prepend=-1))
    ends = np.append(starts[1:], len(order))
    rows, columns = (np.maximum.reduceat(place[order], starts) + 1 for place in (row, column))
    star = (rows == 1) | (columns == 1)
    chosen = [order[starts[star]]]
    for k in np.flatnonzero(~star).tolist():
        pairs = order[starts[k] : ends[k]]
        gains, pair_at = np.zeros((rows[k], columns[k])), np.full((rows[k], columns[k]), -1)
        gains[row[pairs], column[pairs]], pair_at[row[pairs], column[pairs]] = gain[pairs], pairs
        picked = pair_at[linear_sum_assignment(gains, maximize=True)]
        chosen.append(picked[picked >= 0])
    return np.sort(np.concatenate(chosen))


def _components(left: Ints, right: Ints) -> tuple[Ints, Ints, Ints]:
    """Each pair's connected component, and the places of its left and right among those of the component."""
    lefts, left = np.unique(left, return_inverse=True)
    rights, right = np.unique(right, return_inverse=True)
    nodes = len(lefts) + len(rights)
    graph = coo_array((np.ones(len(left), np.int8), (left, right + len(lefts))), shape=(nodes, nodes))
    of: Ints = connected_components(graph.tocsr(), directed=False)[1].astype(np.int64)
    return of[left], _place(of[: len(lefts)])[left], _place(of[len(lefts) :])[right]


def _place(of: Ints) -> Ints:
    """Each node's number among the nodes of its component."""
    order = np.argsort(of, kind="stable")
    starts = np.flatnonzero(np.diff(of[order], prepend=-1))
    place = np.empty(len(of), np.int64)
    place[order] = np.arange(len(of)) - np.repeat(starts, np.diff(starts, append=len(of)))
    return place

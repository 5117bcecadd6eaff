"""Who caused what in one look: gated pairs fall apart into clusters, and each cluster is worked out for itself.

A track alone with its detections, or a detection alone with its tracks, is exact in closed form. Only clusters of two
or more tracks that share two or more detections go to `cluster`, which is the one place to put something better.
"""

import numpy as np
from numba import njit

from dronewall.kernels.association import marginals
from dronewall.units import Floats, Ints


@njit(cache=True, error_model="numpy")
def cluster(edge_track: Ints, edge_det: Ints, psi: Floats, tracks: int, dets: int) -> tuple[Floats, Floats, Floats]:
    """Marginals of one cluster: of each pair, of no detection for each track, of no track for each detection.

    Edges are ordered by track; `psi` is the odds of the pair against the track being missed and the detection being
    false or new. At least two tracks and two detections.
    """
    return marginals(edge_track, edge_det, psi, tracks, dets)


@njit(cache=True, error_model="numpy")
def _root(parent: Ints, i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@njit(cache=True, error_model="numpy")
def share_out(
    edge_track: Ints, edge_det: Ints, psi: Floats, edges: int, tracks: int, dets: int
) -> tuple[Floats, Floats, Floats]:
    """Probability of each pair, of no detection for each track, and of no track for each detection.

    Edges are ordered by track.
    """
    p, p_none, p_new = np.empty(edges), np.ones(tracks), np.ones(dets)
    by_track, by_det = np.zeros(tracks, np.int64), np.zeros(dets, np.int64)
    for e in range(edges):
        by_track[edge_track[e]] += 1
        by_det[edge_det[e]] += 1
    tangled = 0
    e = 0
    while e < edges:
        i, stop = edge_track[e], e
        alone = True
        total = 0.0
        while stop < edges and edge_track[stop] == i:
            alone = alone and by_det[edge_det[stop]] == 1
            total += psi[stop]
            stop += 1
        if alone:
            p_none[i] = 1.0 / (1.0 + total)
            for pair in range(e, stop):
                p[pair] = psi[pair] * p_none[i]
                p_new[edge_det[pair]] = (1.0 + max(0.0, total - psi[pair])) * p_none[i]
            if stop == e + 1:
                p_new[edge_det[e]] = p_none[i]
        else:
            tangled += stop - e
        e = stop
    if tangled == 0:
        return p, p_none, p_new
    # the rest by connected clusters
    parent = np.arange(tracks)
    first_track = np.full(dets, -1, np.int64)
    for e in range(edges):
        j = edge_det[e]
        if first_track[j] < 0:
            first_track[j] = edge_track[e]
        else:
            a, c = _root(parent, first_track[j]), _root(parent, edge_track[e])
            if a < c:
                parent[c] = a
            else:
                parent[a] = c
    # edges of each cluster, in order of track: a chain from each root
    head, tail = np.full(tracks, -1, np.int64), np.full(tracks, -1, np.int64)
    following = np.full(edges, -1, np.int64)
    size = np.zeros(tracks, np.int64)
    for e in range(edges):
        root = _root(parent, edge_track[e])
        if head[root] < 0:
            head[root] = e
        else:
            following[tail[root]] = e
        tail[root] = e
        size[root] += 1
    place_track, place_det = np.full(tracks, -1, np.int64), np.full(dets, -1, np.int64)
    for root in range(tracks):
        if head[root] < 0:
            continue
        count = size[root]
        chosen, their_track, their_det = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
        odds = np.empty(count)
        n, m, at = 0, 0, 0
        e = head[root]
        while e >= 0:
            i, j = edge_track[e], edge_det[e]
            if place_track[i] < 0:
                place_track[i] = n
                n += 1
            if place_det[j] < 0:
                place_det[j] = m
                m += 1
            chosen[at], their_track[at], their_det[at], odds[at] = e, place_track[i], place_det[j], psi[e]
            at += 1
            e = following[e]
        if n == 1:
            continue
        if m == 1:
            total = 1.0
            for at in range(count):
                total += odds[at]
            for at in range(count):
                e = chosen[at]
                p[e] = odds[at] / total
                p_none[edge_track[e]] = 1.0 - p[e]
            p_new[edge_det[chosen[0]]] = 1.0 / total
            continue
        q, q_none, q_new = cluster(their_track, their_det, odds, n, m)
        for at in range(count):
            e = chosen[at]
            p[e] = q[at]
            p_none[edge_track[e]] = q_none[their_track[at]]
            p_new[edge_det[e]] = q_new[their_det[at]]
    return p, p_none, p_new

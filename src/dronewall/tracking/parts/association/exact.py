"""Exact marginals: a sum over every way to give each track one detection or none, cluster by cluster.

A cluster's detections are bits of a number; sums over the tracks before and after one (forward and backward, by which
detections are taken) give its marginals. Work grows with 2 to the number of detections: beyond MOST_DETECTIONS in one
cluster it is loopy belief propagation that answers.
"""

import numpy as np

from dronewall.tracking.parts.association import loopy
from dronewall.units import Floats, Ints

MOST_DETECTIONS = 12
exact = True


def shares(edge_track: Ints, edge_det: Ints, psi: Floats, tracks: int, dets: int) -> tuple[Floats, Floats, Floats]:
    """Marginals of the pairs, of no detection, of no track."""
    p, p_none, p_new = np.zeros(len(psi)), np.ones(tracks), np.ones(dets)
    for edges in _clusters(edge_track, edge_det):
        own_tracks, track = np.unique(edge_track[edges], return_inverse=True)
        own_dets, det = np.unique(edge_det[edges], return_inverse=True)
        work = _sums if len(own_dets) <= MOST_DETECTIONS else loopy.shares
        p[edges], p_none[own_tracks], p_new[own_dets] = work(track, det, psi[edges], len(own_tracks), len(own_dets))
    return p, p_none, p_new


def _clusters(edge_track: Ints, edge_det: Ints) -> list[Ints]:
    """Pairs that hang together, by the least of their tracks."""
    label = edge_track.copy()
    while True:
        before = label.copy()
        for ends in (edge_det, edge_track):
            least = np.full(int(ends.max(initial=-1)) + 1, np.iinfo(np.int64).max)
            np.minimum.at(least, ends, label)
            label = least[ends]
        if (label == before).all():
            return [np.flatnonzero(label == root) for root in np.unique(label).tolist()]


def _sums(track: Ints, det: Ints, psi: Floats, tracks: int, dets: int) -> tuple[Floats, Floats, Floats]:
    taken = np.arange(1 << dets)
    of = [[(int(e), int(det[e])) for e in np.flatnonzero(track == i)] for i in range(tracks)]
    before = [np.zeros(1 << dets)]  # weight of the tracks so far, by the detections that they have taken
    before[0][0] = 1.0
    for pairs in of:
        weight = before[-1].copy()
        for e, j in pairs:
            free = taken[(taken >> j) & 1 == 0]
            weight[free | 1 << j] += psi[e] * before[-1][free]
        before.append(weight)
    after = np.ones(1 << dets)  # weight of the tracks still to come, given those taken
    p, p_none, p_new = np.zeros(len(psi)), np.zeros(tracks), np.zeros(dets)
    total = before[-1].sum()
    for i in reversed(range(tracks)):
        p_none[i] = (before[i] * after).sum() / total
        weight = after.copy()
        for e, j in of[i]:
            free = taken[(taken >> j) & 1 == 0]
            p[e] = psi[e] * (before[i][free] * after[free | 1 << j]).sum() / total
            weight[free] += psi[e] * after[free | 1 << j]
        after = weight
    for j in range(dets):
        p_new[j] = 1.0 - p[det == j].sum()
    return p, p_none, p_new

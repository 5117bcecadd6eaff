"""One look against the tracks in view: the numbers behind `tracking/association.py`.

Marginal association probabilities by loopy belief propagation on the sparse graph of gated pairs (Williams and Lau,
IEEE Trans. AES 50(4), 2014), existence as in a track-oriented Poisson multi-Bernoulli filter (Williams, IEEE Trans.
AES 51(3), 2015).
"""

import math

import numpy as np
from numba import njit

from dronewall.kernels.filters import POLAR, ROWS, absorb, measure
from dronewall.kernels.manners import weigh_all
from dronewall.kernels.motion import moments, predict
from dronewall.units import Bools, Floats, Ints

LEAST_P_DETECT = 0.05  # of a track that a plot or a hearing fits, where the sensor's model says it cannot be seen
ITERATIONS = 100
CLOSE_ENOUGH = 1e-9


@njit(cache=True)
def marginals(edge_track: Ints, edge_det: Ints, psi: Floats, tracks: int, dets: int) -> tuple[Floats, Floats, Floats]:
    """Probability of each edge, of no detection for each track, and weight of "something new" of each detection."""
    edges = len(psi)
    nu = np.ones(edges)
    mu = np.zeros(edges)
    by_track = np.zeros(tracks)
    by_det = np.zeros(dets)
    for _ in range(ITERATIONS):
        by_track[:] = 0.0
        for e in range(edges):
            by_track[edge_track[e]] += psi[e] * nu[e]
        by_det[:] = 0.0
        for e in range(edges):
            mu[e] = psi[e] / (1.0 + max(0.0, by_track[edge_track[e]] - psi[e] * nu[e]))
            by_det[edge_det[e]] += mu[e]
        change = 0.0
        for e in range(edges):
            new = 1.0 / (1.0 + max(0.0, by_det[edge_det[e]] - mu[e]))
            change = max(change, abs(new - nu[e]))
            nu[e] = new
        if change < CLOSE_ENOUGH:
            break
    by_track[:] = 0.0
    for e in range(edges):
        by_track[edge_track[e]] += psi[e] * nu[e]
    p = np.empty(edges)
    for e in range(edges):
        p[e] = psi[e] * nu[e] / (1.0 + by_track[edge_track[e]])
    p_none = 1.0 / (1.0 + by_track)
    p_new = 1.0 / (1.0 + by_det)
    return p, p_none, p_new


@njit(cache=True)
def _normal(t: float) -> float:
    return 0.5 * math.erfc(-t / math.sqrt(2.0))


@njit(cache=True)
def look(
    x: Floats, P: Floats, mu: Floats, manner: Floats, r: Floats, who: Ints, dt: Floats, p_detect: Floats,
    survival_s: float, motion: Floats, mode: int, z: Floats, sd: Floats, s: Floats, A: Floats, c: float, offset: Floats,
    plot: Floats, reach: Floats, density: Floats, near_m: float, far_m: float, gate2: float, sure: Bools,
) -> tuple[Ints, Ints, Floats, Floats, Floats]:  # fmt: skip
    """Predict, associate and update the tracks `who` with one look, in place.

    x [n, models, 6], P, mu, manner, r: all tracks; `dt` s and `p_detect` per track in view. Per detection: z, sd
    [m, ROWS], place s and axes A, `offset` s after the look's time, plot's place and reach (m; inf: no plot), density
    of false and new detections per measured volume; `sure` per track, whether it is confirmed. Gives edges (track in
    view, detection, probability), p_new per detection, and the probability of detection that was used per track.

    A direction without a range (POLAR, no distance measured) fits whatever lies along it, so it is a hit with the
    probability of the sensor's own model and no less; and a look of nothing else moves tracks that are not `sure` but
    leaves their existence as it is: whether the thing along the line is at that distance, it cannot tell.
    """
    n, m, models = len(who), len(offset), mu.shape[1]
    H, nu, R = np.empty((ROWS, 6)), np.empty(ROWS), np.empty(ROWS)
    mean, cov = np.empty(6), np.empty((6, 6))
    xs, Ps = np.empty(6), np.empty((6, 6))
    capacity = 4 * (n + m) + 16
    edge_track, edge_det = np.empty(capacity, np.int64), np.empty(capacity, np.int64)
    like = np.empty((capacity, models))
    psi = np.empty(capacity)
    used = p_detect.copy()
    edges = 0
    for i in range(n):
        w = who[i]
        predict(x[w], P[w], mu[w], manner[w], dt[i], motion)
        r[w] *= math.exp(-abs(dt[i]) / survival_s)
        moments(x[w], P[w], mu[w], mean, cov)
        if mode == POLAR:
            d2, along = 0.0, 0.0
            for k in range(3):
                d2 += (mean[k] - s[0, k]) ** 2
            distance = math.sqrt(d2)
            for k in range(3):
                for j in range(3):
                    along += (mean[k] - s[0, k]) * cov[k, j] * (mean[j] - s[0, j]) / d2
            along = math.sqrt(max(along, 1.0))
            used[i] *= _normal((far_m - distance) / along) - _normal((near_m - distance) / along)
        spread = math.sqrt(cov[0, 0] + cov[1, 1] + cov[2, 2])
        chance = min(0.999, used[i])
        for j in range(m):
            p = chance if mode == POLAR and math.isnan(z[j, 0]) else max(chance, LEAST_P_DETECT)
            if not p > 0.0:
                continue
            if reach[j] < np.inf:
                d2 = 0.0
                for k in range(3):
                    d2 += (mean[k] + mean[3 + k] * offset[j] - plot[j, k]) ** 2
                if d2 > (5.0 * spread + reach[j]) ** 2:
                    continue
            best, total = np.inf, 0.0
            if edges == capacity:
                capacity *= 2
                edge_track, edge_det = _longer(edge_track, capacity), _longer(edge_det, capacity)
                psi = _longer_float(psi, capacity)
                more = np.empty((capacity, models))
                more[:edges] = like
                like = more
            for k in range(models):
                measure(mode, x[w, k], P[w, k], z[j], sd[j], s[j], A[j], c, offset[j], H, nu, R)
                xs[:] = x[w, k]
                Ps[:] = P[w, k]
                log_like, d2 = absorb(xs, Ps, H, nu, R)
                best = min(best, d2)
                like[edges, k] = mu[w, k] * math.exp(log_like)
                total += like[edges, k]
            if best > gate2 or not total > 0.0:
                continue
            for k in range(models):
                like[edges, k] /= total
            edge_track[edges], edge_det[edges] = i, j
            psi[edges] = r[w] * p * total / (density[j] * (1.0 - r[w] * chance))
            edges += 1
    edge_track, edge_det, psi, like = edge_track[:edges], edge_det[:edges], psi[:edges], like[:edges]
    p_edge, p_none, p_new = marginals(edge_track, edge_det, psi, n, m)
    r_before, mu_before = r[who], mu[who]
    _update(x, P, mu, r, who, used, mode, z, sd, s, A, c, offset, edge_track, edge_det, like, p_edge, p_none)
    if m > 0 and only_directions(mode, z):
        for i in range(n):
            if not sure[i]:
                r[who[i]] = r_before[i]
    hits = np.zeros(n)
    for e in range(len(p_edge)):
        hits[edge_track[e]] += p_edge[e]
    weigh_all(manner, who, dt, hits, motion, mu_before, mu)
    return edge_track, edge_det, p_edge, p_new, used


@njit(cache=True)
def only_directions(mode: int, z: Floats) -> bool:
    """Whether nothing in a look measures how far off anything is (what is heard is not meant: it fades within km)."""
    return mode == POLAR and bool(np.isnan(z[:, 0]).all())


@njit(cache=True)
def _longer(a: Ints, n: int) -> Ints:
    more = np.empty(n, np.int64)
    more[: len(a)] = a
    return more


@njit(cache=True)
def _longer_float(a: Floats, n: int) -> Floats:
    more = np.empty(n)
    more[: len(a)] = a
    return more


@njit(cache=True)
def _update(
    x: Floats, P: Floats, mu: Floats, r: Floats, who: Ints, used: Floats, mode: int, z: Floats, sd: Floats, s: Floats,
    A: Floats, c: float, offset: Floats, edge_track: Ints, edge_det: Ints, like: Floats, p_edge: Floats, p_none: Floats,
) -> None:  # fmt: skip
    """Moment-matched update of each track in view, model by model; edges are ordered by track."""
    models = mu.shape[1]
    H, nu, R = np.empty((ROWS, 6)), np.empty(ROWS), np.empty(ROWS)
    xs, Ps = np.empty(6), np.empty((6, 6))
    new_x, new_P, new_mu = np.empty((models, 6)), np.empty((models, 6, 6)), np.empty(models)
    e, edges = 0, len(p_edge)
    for i in range(len(who)):
        w = who[i]
        first = e
        while e < edges and edge_track[e] == i:
            e += 1
        p_miss = min(0.999, used[i])
        alive_unseen = p_none[i] * r[w] * (1.0 - p_miss) / (1.0 - r[w] * p_miss)
        if e == first:
            r[w] = alive_unseen
            continue
        total = alive_unseen
        for edge in range(first, e):
            total += p_edge[edge]
        if not total > 0.0:
            r[w] = 0.0
            continue
        for k in range(models):
            weight_unseen = alive_unseen * mu[w, k] / total
            weights = weight_unseen
            for a in range(6):
                new_x[k, a] = weight_unseen * x[w, k, a]
                for b in range(6):
                    new_P[k, a, b] = 0.0
            # second moments about the predicted mean keep the numbers small
            for edge in range(first, e):
                weight = p_edge[edge] * like[edge, k] / total
                if weight < 1e-12:
                    continue
                j = edge_det[edge]
                measure(mode, x[w, k], P[w, k], z[j], sd[j], s[j], A[j], c, offset[j], H, nu, R)
                xs[:] = x[w, k]
                Ps[:] = P[w, k]
                absorb(xs, Ps, H, nu, R)
                weights += weight
                for a in range(6):
                    new_x[k, a] += weight * xs[a]
                    for b in range(6):
                        move = (xs[a] - x[w, k, a]) * (xs[b] - x[w, k, b])
                        new_P[k, a, b] += weight * (Ps[a, b] + move)
            new_mu[k] = weights
            if weights <= 1e-300:
                new_x[k] = x[w, k]
                new_P[k] = P[w, k]
                continue
            for a in range(6):
                new_x[k, a] /= weights
                for b in range(6):
                    new_P[k, a, b] = (new_P[k, a, b] + weight_unseen * P[w, k, a, b]) / weights
            for a in range(6):
                for b in range(6):
                    new_P[k, a, b] -= (new_x[k, a] - x[w, k, a]) * (new_x[k, b] - x[w, k, b])
        x[w] = new_x
        P[w] = new_P
        everything = 0.0
        for k in range(models):
            everything += new_mu[k]
        for k in range(models):
            mu[w, k] = new_mu[k] / everything
        r[w] = min(total, 1.0)

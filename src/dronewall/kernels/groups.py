"""Who took which detection in a group, and what that says of all: the numbers behind `tracking/groups.py`.

x [models, n, 6] and P [models, 6 n, 6 n] are the members' joint state and covariance in ECEF, mu the probabilities of
the models, as `kernels/group_motion.py` moves them. Places within the group are nearly constant, which is what tells
members apart that one radar cannot resolve.

Association is soft and joint: marginals by loopy belief propagation (Williams and Lau, IEEE Trans. AES 50(4), 2014),
then one update of the joint state in which each member takes the mean of its detections with their spread as further
noise (after the coupled filter of Bar-Shalom and Li, Multitarget-Multisensor Tracking, 1995, section 6.5), then the
marginals again, given where the group as a whole has been found to be. No BLAS. Why soft:
`design/group_association.py`.
"""

import math

import numpy as np
from numba import njit

from dronewall.kernels.filters import ROWS, absorb, measure
from dronewall.kernels.group_motion import reweigh
from dronewall.units import Floats

ITERATIONS = 100
CLOSE_ENOUGH = 1e-6
LEAST_SHARE = 0.02  # a member that took less of all detections than this is not moved by them


@njit(cache=True)
def share(
    x: Floats, P: Floats, mu: Floats, r: Floats, p_detect: Floats, mode: int, z: Floats, sd: Floats, s: Floats,
    A: Floats, c: float, offset: Floats, density: Floats, gate2: float, sweeps: int, own_sd: Floats,
) -> tuple[Floats, Floats, Floats, Floats]:  # fmt: skip
    """Share detections out among the members and update the joint state and r, in place.

    r, p_detect [n]; a member with p_detect 0 is not in view. Detections as in `kernels/association.py`. Gives the
    probability of each pair [n, m], of none for each member, p_new of each detection, and for each member the log
    evidence for having stayed with the group against having left it, when place and velocity would be known `own_sd`
    (m, m/s) worse.
    """
    models, n, m = x.shape[0], x.shape[1], len(offset)
    at, spread = x.copy(), np.empty((models, n, 6, 6))
    for k in range(models):
        for i in range(n):
            spread[k, i] = P[k, 6 * i : 6 * i + 6, 6 * i : 6 * i + 6]
    psi = np.zeros((n, m))
    for sweep in range(sweeps):
        fits(at, spread, mu, r, p_detect, mode, z, sd, s, A, c, offset, density, gate2, psi)
        nu, beta, none, new = _marginals(psi)
        if sweep == sweeps - 1:
            break
        x1, P1, mu1 = x.copy(), P.copy(), mu.copy()
        _absorb_all(x1, P1, mu1, beta, mode, z, sd, s, A, c, offset)
        _within(x, P, mu, x1, P1, mu1, r, at, spread)
    sure = psi.copy()
    evidence = np.zeros(n)
    for i in range(n):
        if p_detect[i] > 0.0:
            for j in range(m):
                evidence[i] += psi[i, j] * nu[i, j]
            evidence[i] = math.log(1.0 + evidence[i])
    for k in range(models):
        for i in range(n):
            spread[k, i] = P[k, 6 * i : 6 * i + 6, 6 * i : 6 * i + 6]
            for a in range(3):
                spread[k, i, a, a] += own_sd[0] ** 2
                spread[k, i, 3 + a, 3 + a] += own_sd[1] ** 2
    fits(x, spread, mu, r, p_detect, mode, z, sd, s, A, c, offset, density, gate2, psi)
    for i in range(n):
        if p_detect[i] > 0.0:
            free = 0.0
            for j in range(m):
                free += psi[i, j] * nu[i, j]
            evidence[i] -= math.log(1.0 + free)
    _absorb_all(x, P, mu, beta, mode, z, sd, s, A, c, offset)
    weakest, odds = _doubt(sure, r, p_detect)
    for i in range(n):
        if i == weakest:
            r[i] = r[i] * odds / (1.0 - r[i] + r[i] * odds)
        elif p_detect[i] > 0.0:
            alive = none[i] * r[i] * (1.0 - p_detect[i]) / (1.0 - r[i] * p_detect[i])
            for j in range(m):
                alive += beta[i, j]
            r[i] = min(alive, 1.0)
    return beta, none, new, evidence


@njit(cache=True)
def _doubt(psi: Floats, r: Floats, p_detect: Floats) -> tuple[int, float]:
    """The member that is believed least of those believed, and the odds of one look for it if all the others exist.

    Existence kept for each track by itself cannot say that ten of eleven exist, so that none of the eleven would ever
    go: the weakest has to hold against the others as they stand.
    """
    n, m = psi.shape
    weakest, odds = -1, 1.0
    for i in range(n):
        if p_detect[i] > 0.1 and r[i] > 0.5 and (weakest < 0 or r[i] < r[weakest]):
            weakest = i
    if weakest < 0:
        return weakest, odds
    sure = np.zeros((n, m))
    for i in range(n):
        if r[i] > 0.5 and p_detect[i] > 0.0:
            scale = (1.0 - r[i] * p_detect[i]) / (r[i] * (1.0 - p_detect[i]))
            for j in range(m):
                sure[i, j] = psi[i, j] * scale
    nu, _, _, _ = _marginals(sure)
    total = 1.0
    for j in range(m):
        total += sure[weakest, j] * nu[weakest, j]
    return weakest, (1.0 - p_detect[weakest]) * total


@njit(cache=True)
def fits(
    x: Floats, spread: Floats, mu: Floats, r: Floats, p_detect: Floats, mode: int, z: Floats, sd: Floats, s: Floats,
    A: Floats, c: float, offset: Floats, density: Floats, gate2: float, psi: Floats,
) -> None:  # fmt: skip
    """Write the odds of each pair against a miss and a stranger; 0 outside the gate."""
    models, n, m = x.shape[0], x.shape[1], len(offset)
    H, nu, R = np.empty((ROWS, 6)), np.empty(ROWS), np.empty(ROWS)
    xs, Ps = np.empty(6), np.empty((6, 6))
    for i in range(n):
        odds = r[i] * p_detect[i] / (1.0 - r[i] * p_detect[i])
        for j in range(m):
            psi[i, j] = 0.0
            if p_detect[i] <= 0.0:
                continue
            total, best = 0.0, np.inf
            for k in range(models):
                xs[:] = x[k, i]
                Ps[:] = spread[k, i]
                measure(mode, xs, Ps, z[j], sd[j], s[j], A[j], c, offset[j], H, nu, R)
                log_like, d2 = absorb(xs, Ps, H, nu, R)
                best = min(best, d2)
                total += mu[k] * math.exp(log_like)
            if best < gate2:
                psi[i, j] = odds * total / density[j]


@njit(cache=True)
def _marginals(psi: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Messages from the detections, probability of each pair, of none for each member, of something new."""
    n, m = psi.shape
    nu, mu = np.ones((n, m)), np.zeros((n, m))
    by_det = np.zeros(m)
    for _ in range(ITERATIONS):
        by_det[:] = 0.0
        for i in range(n):
            total = 0.0
            for j in range(m):
                total += psi[i, j] * nu[i, j]
            for j in range(m):
                mu[i, j] = psi[i, j] / (1.0 + max(0.0, total - psi[i, j] * nu[i, j]))
                by_det[j] += mu[i, j]
        change = 0.0
        for i in range(n):
            for j in range(m):
                new = 1.0 / (1.0 + max(0.0, by_det[j] - mu[i, j]))
                change = max(change, abs(new - nu[i, j]))
                nu[i, j] = new
        if change < CLOSE_ENOUGH:
            break
    beta, none, fresh = np.empty((n, m)), np.empty(n), np.empty(m)
    for i in range(n):
        total = 1.0
        for j in range(m):
            total += psi[i, j] * nu[i, j]
        none[i] = 1.0 / total
        for j in range(m):
            beta[i, j] = psi[i, j] * nu[i, j] / total
    for j in range(m):
        fresh[j] = 1.0 / (1.0 + by_det[j])
    return nu, beta, none, fresh


@njit(cache=True)
def _absorb_all(
    x: Floats, P: Floats, mu: Floats, beta: Floats, mode: int, z: Floats, sd: Floats, s: Floats, A: Floats, c: float,
    offset: Floats,
) -> None:  # fmt: skip
    """Update the joint state, in place, by what each member took: the mean, its noise widened by their spread."""
    models, n, m = x.shape[0], x.shape[1], len(offset)
    d = 6 * n
    Hs, nus, R = np.empty((m, ROWS, 6)), np.empty((m, ROWS)), np.empty(ROWS)
    own, H = np.empty((6, 6)), np.empty((ROWS, 6))
    nu, V, PH = np.empty(ROWS), np.empty((ROWS, ROWS)), np.empty(d)
    like = np.zeros(models)
    at = x.copy()
    for i in range(n):
        share_i = 0.0
        for j in range(m):
            share_i += beta[i, j]
        if share_i < LEAST_SHARE:
            continue
        o = 6 * i
        for k in range(models):
            for a in range(6):
                for b in range(6):
                    own[a, b] = P[k, o + a, o + b]
            nu[:] = 0.0
            H[:] = 0.0
            V[:] = 0.0
            noise = np.zeros(ROWS)
            for j in range(m):
                w = beta[i, j] / share_i
                if w < 1e-6:
                    continue
                measure(mode, at[k, i], own, z[j], sd[j], s[j], A[j], c, offset[j], Hs[j], nus[j], R)
                for a in range(ROWS):
                    nu[a] += w * nus[j, a]
                    noise[a] += w * R[a]
                    for b in range(6):
                        H[a, b] += w * Hs[j, a, b]
            rows = 0
            used = np.empty(ROWS, np.int64)
            for a in range(ROWS):
                if not math.isnan(nu[a]):
                    used[rows] = a
                    rows += 1
            for j in range(m):
                w = beta[i, j] / share_i
                if w < 1e-6:
                    continue
                for a in range(rows):
                    for b in range(rows):
                        V[a, b] += w * (nus[j, used[a]] - nu[used[a]]) * (nus[j, used[b]] - nu[used[b]])
            for a in range(rows):
                V[a, a] += noise[used[a]]
            # V = L L'; rows L^-1 nu have unit variance and are taken one by one
            for a in range(rows):
                for b in range(a + 1):
                    left = V[a, b] / share_i
                    for e in range(b):
                        left -= V[e, a] * V[e, b]  # L' is kept above the diagonal
                    V[b, a] = math.sqrt(max(left, 1e-300)) if a == b else left / V[b, b]
                like[k] -= math.log(V[a, a])
            for a in range(rows):
                ra = used[a]
                for e in range(a):
                    nu[ra] -= V[e, a] * nu[used[e]]
                    for b in range(6):
                        H[ra, b] -= V[e, a] * H[used[e], b]
                nu[ra] /= V[a, a]
                for b in range(6):
                    H[ra, b] /= V[a, a]
            for a in range(rows):
                ra = used[a]
                innovation, S = nu[ra], 1.0
                for b in range(6):
                    innovation -= H[ra, b] * (x[k, i, b] - at[k, i, b])
                for b in range(d):
                    total = 0.0
                    for e in range(6):
                        total += P[k, b, o + e] * H[ra, e]
                    PH[b] = total
                for b in range(6):
                    S += H[ra, b] * PH[o + b]
                gain = innovation / S
                for b in range(d):
                    x[k, b // 6, b % 6] += PH[b] * gain
                    f = PH[b] / S
                    for e in range(d):
                        P[k, b, e] -= f * PH[e]
                like[k] -= 0.5 * (innovation * gain + math.log(S))
    reweigh(mu, like)


@njit(cache=True)
def _within(
    x: Floats, P: Floats, mu: Floats, x1: Floats, P1: Floats, mu1: Floats, r: Floats, at: Floats, spread: Floats
) -> None:
    """Write place and covariance of each member, given where (x1, P1) finds the group as a whole: not yet moved by its
    own detections, only by everyone's."""
    models, n = x.shape[0], x.shape[1]
    weight = r / max(r.sum(), 1e-12)
    shift = np.zeros(6)
    for k in range(models):
        for i in range(n):
            for a in range(6):
                shift[a] += weight[i] * (mu1[k] * x1[k, i, a] - mu[k] * x[k, i, a])
    row = np.empty((n, 6, 6))
    mean0, mean1 = np.empty((6, 6)), np.empty((6, 6))
    for k in range(models):
        mean0[:] = 0.0
        mean1[:] = 0.0
        for i in range(n):
            for a in range(6):
                for b in range(6):
                    total, total1 = 0.0, 0.0
                    for j in range(n):
                        total += weight[j] * P[k, 6 * i + a, 6 * j + b]
                        total1 += weight[j] * P1[k, 6 * i + a, 6 * j + b]
                    row[i, a, b] = total
                    mean0[a, b] += weight[i] * total
                    mean1[a, b] += weight[i] * total1
        for i in range(n):
            for a in range(6):
                at[k, i, a] = x[k, i, a] + shift[a]
                for b in range(6):
                    spread[k, i, a, b] = (
                        P[k, 6 * i + a, 6 * i + b] - row[i, a, b] - row[i, b, a] + mean0[a, b] + mean1[a, b]
                    )

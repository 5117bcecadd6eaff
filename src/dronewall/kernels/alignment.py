"""Biases worked out from what was learnt of them, once a second: the numbers behind `tracking/registration.py`.

Information as in `kernels/registration.py`; `ends` [links, 2] are the two sensors of each link, the lower first. Plain
loops in fixed order, no BLAS.
"""

import math

import numpy as np
from numba import njit

from dronewall.kernels.inner import inner
from dronewall.kernels.registration import BIASES
from dronewall.units import Bools, Floats, Ints

STUDENT = 3.0  # degrees of freedom of the clocks' prior
CLEAR = 10.0  # times its prior's information: the data show this bias


@njit(cache=True)
def forget(info: Floats, eta: Floats, ends: Ints, b: Floats, drift: Floats, seconds: float) -> None:
    """Let the biases wander for so long: the information fades, the mean that the data give stays.

    `drift` [sensors, 4] is the variance per second that each bias gains. Per component exact for a random walk known
    by itself (I / (1 + q I dt)); the same factors scale the blocks between sensors, so the matrix stays positive
    definite and sparse, which the exact walk would not leave it.
    """
    own = np.zeros((len(b), BIASES))
    keep, there, rest = np.empty(2 * BIASES), np.empty(2 * BIASES), np.empty(2 * BIASES)
    for e in range(len(ends)):
        for k in range(BIASES):
            own[ends[e, 0], k] += info[e, k, k]
            own[ends[e, 1], k] += info[e, BIASES + k, BIASES + k]
    for e in range(len(ends)):
        for k in range(2 * BIASES):
            n, c = ends[e, k // BIASES], k % BIASES
            keep[k] = 1.0 / math.sqrt(1.0 + drift[n, c] * seconds * own[n, c])
            there[k] = b[n, c]
        for k in range(2 * BIASES):
            rest[k] = eta[e, k]
            for m in range(2 * BIASES):
                rest[k] -= info[e, k, m] * there[m]
        for k in range(2 * BIASES):
            eta[e, k] = keep[k] * rest[k]
            for m in range(2 * BIASES):
                info[e, k, m] *= keep[k] * keep[m]
                eta[e, k] += info[e, k, m] * there[m]


@njit(cache=True)
def solve(
    info: Floats, eta: Floats, ends: Ints, prior: Floats, order: Ints, b: Floats, P: Floats, cross: Floats
) -> None:
    """Biases b and their covariance, in place: P of each sensor, `cross` of each link, from the information.

    Banded Cholesky over the sensors in `order`, then the inverse within the band only (Takahashi, Fagan and Chen 1973;
    Erisman and Tinney, Comm. ACM 18(3), 1975): linear in the length of the wall. Sensors not in `order` are left alone.
    """
    n = BIASES * len(order)
    at = np.full(len(b), -1, np.int64)
    for o in range(len(order)):
        at[order[o]] = BIASES * o
    w = BIASES - 1
    for e in range(len(ends)):
        w = max(w, abs(at[ends[e, 0]] - at[ends[e, 1]]) + BIASES - 1)
    L = np.zeros((n, w + 1))  # row r, column c of the matrix at [r, c - r + w]
    x = np.empty(n)
    for o in range(len(order)):
        for k in range(BIASES):
            x[BIASES * o + k] = 0.0
            L[BIASES * o + k, w] = prior[order[o], k]
    for e in range(len(ends)):
        for k in range(2 * BIASES):
            r = at[ends[e, k // BIASES]] + k % BIASES
            x[r] += eta[e, k]
            for m in range(2 * BIASES):
                c = at[ends[e, m // BIASES]] + m % BIASES
                if c <= r:
                    L[r, c - r + w] += info[e, k, m]
    for r in range(n):
        for c in range(max(0, r - w), r + 1):
            total = L[r, c - r + w]
            for k in range(max(0, r - w), c):
                total -= L[r, k - r + w] * L[c, k - c + w]
            L[r, c - r + w] = math.sqrt(total) if r == c else total / L[c, w]
    for r in range(n):
        for c in range(max(0, r - w), r):
            x[r] -= L[r, c - r + w] * x[c]
        x[r] /= L[r, w]
    for r in range(n - 1, -1, -1):
        for c in range(r + 1, min(n, r + w + 1)):
            x[r] -= L[c, r - c + w] * x[c]
        x[r] /= L[r, w]
    Z = np.zeros((n, w + 1))
    for c in range(n - 1, -1, -1):
        last = min(n - 1, c + w)
        for r in range(last, c - 1, -1):
            total = 1.0 / L[c, w] if r == c else 0.0
            for k in range(c + 1, last + 1):
                total -= L[k, c - k + w] * (Z[k, r - k + w] if k >= r else Z[r, k - r + w])
            Z[r, c - r + w] = total / L[c, w]
    for o in range(len(order)):
        for k in range(BIASES):
            b[order[o], k] = x[BIASES * o + k]
            for m in range(BIASES):
                r, c = BIASES * o + max(k, m), BIASES * o + min(k, m)
                P[order[o], k, m] = Z[r, c - r + w]
    for e in range(len(ends)):
        i, j = at[ends[e, 0]], at[ends[e, 1]]
        for k in range(BIASES):
            for m in range(BIASES):
                r, c = max(i + k, j + m), min(i + k, j + m)
                cross[e, k, m] = Z[r, c - r + w]


@njit(cache=True, error_model="numpy")
def weigh_prior(
    b: Floats, P: Floats, prior: Floats, first: Floats, seen: Ints, least_spread2: float
) -> None:  # fmt: skip
    """Write `prior` of the sensors `seen`: how far off the sensors of this wall are, judged by themselves.

    `first` [sensors, 4] is what was believed before anything was seen. Empirical Bayes for what the data show, a
    Student prior for clocks; `Registration` says why.
    """
    n = len(seen)
    clear, told, shares, squares = np.empty(n, np.int64), np.empty(n), np.empty(n), np.empty(n)
    for k in range(BIASES - 1):
        many = 0
        for q in range(n):
            i = seen[q]
            variance, now = P[i, k, k], prior[i, k]
            gain = max(1.0 / variance - now, 0.0)
            if gain > CLEAR * first[i, k]:
                clear[many], told[many] = i, gain
                shares[many], squares[many] = 1.0 - variance * now, b[i, k] * b[i, k]
                many += 1
        for q in range(n):
            prior[seen[q], k] = first[seen[q], k]
        if many < 2:
            continue
        found = total(squares, many) / max(total(shares, many), 1e-3)
        least = least_spread2 / median(told, many)
        for q in range(many):
            prior[clear[q], k] = max(1.0 / max(found, least), first[clear[q], k])
    for q in range(n):
        i = seen[q]
        prior[i, 3] = first[i, 3]
        if n > 2:
            prior[i, 3] *= (STUDENT + 1.0) / (STUDENT + b[i, 3] * b[i, 3] * first[i, 3])


@njit(cache=True, error_model="numpy")
def total(values: Floats, n: int) -> float:
    """Sum of the first n values, in the order of numpy's `sum` (up to 128 of them)."""
    if n < 8:
        few = 0.0
        for q in range(n):
            few += values[q]
        return few
    r0, r1, r2, r3 = values[0], values[1], values[2], values[3]
    r4, r5, r6, r7 = values[4], values[5], values[6], values[7]
    q = 8
    while q + 8 <= n:
        r0, r1, r2, r3 = r0 + values[q], r1 + values[q + 1], r2 + values[q + 2], r3 + values[q + 3]
        r4, r5, r6, r7 = r4 + values[q + 4], r5 + values[q + 5], r6 + values[q + 6], r7 + values[q + 7]
        q += 8
    whole: float = ((r0 + r1) + (r2 + r3)) + ((r4 + r5) + (r6 + r7))
    while q < n:
        whole += values[q]
        q += 1
    return whole


@njit(cache=True, error_model="numpy")
def median(values: Floats, n: int) -> float:
    """Median of the first n values, which it sorts."""
    for q in range(1, n):
        value, at = values[q], q
        while at > 0 and values[at - 1] > value:
            values[at] = values[at - 1]
            at -= 1
        values[at] = value
    middle = n // 2
    return float(values[middle] if n % 2 else (values[middle - 1] + values[middle]) / 2.0)


@inner
def apply(
    who: Ints, b: Floats, P: Floats, noise: Floats, prior_sd: Floats, strange: Bools, apply_share: float,
    clock_share: float, good_share: float, bias: Floats, clock_s: Floats, bias_sd: Floats,
) -> None:  # fmt: skip
    """Write what is taken off each sensor's plots (`bias`, `clock_s`) and what is left in doubt (`bias_sd`).

    `who` are the sensors' rows in those; a bias is taken off once it is known to `apply_share` of the `noise`, a clock
    to `clock_share` of `prior_sd`; in doubt is what is known less well than `good_share`, of sensors that are strange.
    """
    for i in range(len(who)):
        to = who[i]
        for k in range(BIASES - 1):
            sd = math.sqrt(P[i, k, k])
            bias[to, k] = b[i, k] if sd <= apply_share * noise[i, k] else 0.0
            bias_sd[to, k] = sd if strange[i] and sd > good_share * noise[i, k] else 0.0
        clock_s[to] = b[i, 3] if math.sqrt(P[i, 3, 3]) <= clock_share * prior_sd[i, 3] else 0.0

"""The backward pass over one track's states: the numbers behind `tracking/smoothing.py`.

Rauch, Tung and Striebel, "Maximum likelihood estimates of linear dynamic systems", AIAA Journal 3(8), 1965. x state
(position, then rates; m, m/s) and P covariance in one local frame, dt seconds between, q process noise (m2/s3) per
axis. No BLAS: plain loops.
"""

import numpy as np
from numba import njit

from dronewall.units import Floats

N = 6


@njit(cache=True)
def carried(x: Floats, P: Floats, dt: float, q: Floats) -> tuple[Floats, Floats]:
    """State and covariance `dt` seconds on (or back, below zero) by constant velocity with noise of size |dt|."""
    y, M = x.copy(), np.empty((N, N))
    for i in range(3):
        y[i] += dt * x[i + 3]
    for i in range(N):  # M = F P
        for j in range(N):
            M[i, j] = P[i, j] + (dt * P[i + 3, j] if i < 3 else 0.0)
    out = np.empty((N, N))
    for i in range(N):  # M F'
        for j in range(N):
            out[i, j] = M[i, j] + (dt * M[i, j + 3] if j < 3 else 0.0)
    long = abs(dt)
    for i in range(3):
        out[i, i] += q[i] * long**3 / 3.0
        out[i + 3, i + 3] += q[i] * long
        out[i, i + 3] += q[i] * long * dt / 2.0
        out[i + 3, i] += q[i] * long * dt / 2.0
    return y, out


@njit(cache=True)
def solved(S: Floats, B: Floats) -> Floats:
    """S^-1 B of a symmetric positive definite S, by Cholesky; NaN where S is not."""
    n, m = B.shape
    L, X = np.zeros((n, n)), np.empty((n, m))
    for i in range(n):
        for j in range(i + 1):
            total = S[i, j]
            for k in range(j):
                total -= L[i, k] * L[j, k]
            if i == j:
                L[i, i] = np.sqrt(total) if total > 0.0 else np.nan
            else:
                L[i, j] = total / L[j, j]
    for c in range(m):
        for i in range(n):
            total = B[i, c]
            for k in range(i):
                total -= L[i, k] * X[k, c]
            X[i, c] = total / L[i, i]
        for i in range(n - 1, -1, -1):
            total = X[i, c]
            for k in range(i + 1, n):
                total -= L[k, i] * X[k, c]
            X[i, c] = total / L[i, i]
    return X


@njit(cache=True)
def liveliness(x: Floats, P: Floats, dt: Floats, q: Floats, most: float) -> Floats:
    """How much more process noise than `q` each step had [shape=(n-1,)], 1 or more.

    At least so much that the prediction is no surer than the state after it: a filter that believed in a turn says so
    by its covariance. Then by what the state moved from where it was carried to, which is distributed as the
    prediction's covariance less that of the update (half a unit at least, so that little evidence says little).
    """
    found = np.ones(len(dt))
    d, S = np.empty((N, 1)), np.empty((N, N))
    for k in range(len(dt)):
        scale = 1.0
        y, M = carried(x[k], P[k], dt[k], q)
        while scale < most and (
            M[0, 0] + M[1, 1] < P[k + 1, 0, 0] + P[k + 1, 1, 1] or M[3, 3] + M[4, 4] < P[k + 1, 3, 3] + P[k + 1, 4, 4]
        ):
            scale *= 2.0
            y, M = carried(x[k], P[k], dt[k], scale * q)
        for i in range(N):
            d[i, 0] = x[k + 1, i] - y[i]
            for j in range(N):
                S[i, j] = M[i, j] - P[k + 1, i, j]
            S[i, i] = max(S[i, i], 0.0) + 0.1 * M[i, i]
        e = solved(S, d)
        total = 0.0
        for i in range(N):
            total += d[i, 0] * e[i, 0]
        if total == total:
            scale *= max(total / N, 1.0)
        found[k] = min(scale, most)
    return found


@njit(cache=True)
def rts(x: Floats, P: Floats, dt: Floats, q: Floats) -> tuple[Floats, Floats]:
    """Smoothed states [shape=(n, 6)] and covariances (n, 6, 6); `dt` (n-1,), `q` (n-1, 3)."""
    n = len(x)
    xs, Ps = x.copy(), P.copy()
    for k in range(n - 2, -1, -1):
        y, M = carried(x[k], P[k], dt[k], q[k])
        FP = np.empty((N, N))  # F P, so that G' = M^-1 F P
        for i in range(N):
            for j in range(N):
                FP[i, j] = P[k, i, j] + (dt[k] * P[k, i + 3, j] if i < 3 else 0.0)
        Gt = solved(M, FP)
        if not np.isfinite(Gt).all():
            continue
        D = Ps[k + 1] - M
        for i in range(N):
            for a in range(N):
                xs[k, i] += Gt[a, i] * (xs[k + 1, a] - y[a])
        T = np.zeros((N, N))  # G D
        for i in range(N):
            for j in range(N):
                for a in range(N):
                    T[i, j] += Gt[a, i] * D[a, j]
        for i in range(N):
            for j in range(N):
                for a in range(N):
                    Ps[k, i, j] += T[i, a] * Gt[a, j]
        for i in range(N):
            for j in range(i):
                mean = 0.5 * (Ps[k, i, j] + Ps[k, j, i])
                Ps[k, i, j] = mean
                Ps[k, j, i] = mean
    return xs, Ps

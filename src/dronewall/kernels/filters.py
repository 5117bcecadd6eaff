"""Motion and measurement of tracks: the numbers behind `tracking/filters.py`. x state, P covariance, earth-centred.

x is position (m) then velocity (m/s) in ECEF; u the ellipsoid's upward normal. z measured, h predicted, H its Jacobian,
nu = z - h, R variance, S innovation variance, K gain, mu model probabilities. No BLAS: plain loops, so the same bits on
every machine of one kind.
"""

import math

import numpy as np
from numba import njit

from dronewall.kernels.manners import MANNER
from dronewall.kernels.motion import mixture, move, put, zero
from dronewall.units import Floats, Ints

POLAR, SOUND, CLAIM = 0, 1, 2
ROWS = 6  # polar: range, azimuth, elevation, range rate; sound: -, azimuth, elevation; claim: e, n, u, ve, vn, vu


@njit(cache=True)
def delay_of(d: Floats, v: Floats, c: float) -> float:
    """Travel time of the sound heard now from a source now at `d` from the ear, moving at `v` (closed form)."""
    dv = d[0] * v[0] + d[1] * v[1] + d[2] * v[2]
    dd = d[0] * d[0] + d[1] * d[1] + d[2] * d[2]
    slack = c * c - (v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    if slack <= 0.0:
        return np.nan
    delay: float = (-dv + math.sqrt(dv * dv + slack * dd)) / slack
    return delay


@njit(cache=True)
def _wrapped(angle: float) -> float:
    turns: float = math.floor((angle + math.pi) / (2.0 * math.pi))
    return angle - 2.0 * math.pi * turns


@njit(cache=True)
def measure(
    mode: int, x: Floats, P: Floats, z: Floats, sd: Floats, s: Floats, A: Floats, c: float, offset: float,
    H: Floats, nu: Floats, R: Floats,
) -> None:  # fmt: skip
    """Write Jacobian, innovation and variance of each measured component; NaN innovation: not measured.

    `s` sensor's (or claimed) place in ECEF, `A` its axes (rows east, north, up), `offset` seconds from the state's time
    to the detection's. Angles take the second-order error of the bearing along the line of sight into R.
    """
    for i in range(ROWS):
        nu[i] = np.nan
        R[i] = sd[i] * sd[i]
        for j in range(6):
            H[i, j] = 0.0
    v = x[3:6]
    d = np.empty(3)
    for i in range(3):
        d[i] = x[i] + v[i] * offset - s[i]
    if mode == CLAIM:
        for i in range(3):
            here, speed = 0.0, 0.0
            for j in range(3):
                here += A[i, j] * d[j]
                speed += A[i, j] * v[j]
                H[i, j] = A[i, j]
                H[i, 3 + j] = A[i, j] * offset
                H[3 + i, 3 + j] = A[i, j]
            nu[i] = z[i] - here
            nu[3 + i] = z[3 + i] - speed
        return
    lead = offset
    q = d
    D = np.inf
    if mode == SOUND:
        tau = delay_of(d, v, c)
        if math.isnan(tau):
            return
        lead = offset - tau
        q = np.empty(3)
        for i in range(3):
            q[i] = d[i] - v[i] * tau
        D = q[0] * v[0] + q[1] * v[1] + q[2] * v[2] + c * c * tau
    local = np.empty(3)
    for i in range(3):
        local[i] = A[i, 0] * q[0] + A[i, 1] * q[1] + A[i, 2] * q[2]
    flat2 = local[0] ** 2 + local[1] ** 2 + 1e-6
    slant2 = flat2 + local[2] ** 2
    flat, slant = math.sqrt(flat2), math.sqrt(slant2)
    g = np.zeros((3, 3))  # gradients by the local place
    for i in range(3):
        g[0, i] = local[i] / slant
    g[1, 0], g[1, 1] = local[1] / flat2, -local[0] / flat2
    g[2, 0] = -local[0] * local[2] / (flat * slant2)
    g[2, 1] = -local[1] * local[2] / (flat * slant2)
    g[2, 2] = flat / slant2
    h = (slant, math.atan2(local[0], local[1]), math.atan2(local[2], flat))
    for i in range(3):
        if math.isnan(z[i]):
            continue
        nu[i] = z[i] - h[i]
        if i > 0:
            nu[i] = _wrapped(nu[i])
        gv = 0.0
        for j in range(3):
            H[i, j] = g[i, 0] * A[0, j] + g[i, 1] * A[1, j] + g[i, 2] * A[2, j]
            gv += H[i, j] * v[j]
        for j in range(3):
            H[i, j] -= gv * q[j] / D
            H[i, 3 + j] = lead * H[i, j]
        if i > 0:
            variance = 0.0
            for j in range(6):
                for k in range(6):
                    variance += H[i, j] * P[j, k] * H[i, k]
            size2 = flat2 if i == 1 else slant2
            trace = 0.0
            for j in range(3):
                trace += P[j, j]
            R[i] += variance * min(1.0, max(0.0, trace / size2 - variance))
    if mode == POLAR and not math.isnan(z[3]):
        rate = (q[0] * v[0] + q[1] * v[1] + q[2] * v[2]) / slant
        nu[3] = z[3] - rate
        for j in range(3):
            H[3, j] = (v[j] - q[j] * rate / slant) / slant
            H[3, 3 + j] = q[j] / slant + lead * H[3, j]


@njit(cache=True)
def absorb(x: Floats, P: Floats, H: Floats, nu: Floats, R: Floats) -> tuple[float, float]:
    """Update one model in place, component by component (exact for independent errors); log likelihood and d2.

    Components with NaN innovation are passed over.
    """
    x0 = x.copy()
    PH = np.empty(6)
    log_like, d2 = 0.0, 0.0
    for i in range(len(nu)):
        if math.isnan(nu[i]):
            continue
        innovation = nu[i]
        for j in range(6):
            innovation -= H[i, j] * (x[j] - x0[j])
        S = R[i]
        for j in range(6):
            total = 0.0
            for k in range(6):
                total += P[j, k] * H[i, k]
            PH[j] = total
        for j in range(6):
            S += H[i, j] * PH[j]
        for j in range(6):
            x[j] += PH[j] * innovation / S
            for k in range(6):
                P[j, k] -= PH[j] * PH[k] / S
        term = innovation * innovation / S
        d2 += term
        log_like -= 0.5 * (term + math.log(2.0 * math.pi * S))
    return log_like, d2


@njit(cache=True)
def predicted(
    x: Floats, P: Floats, mu: Floats, manner: Floats, dt: Floats, motion: Floats, mean: Floats, cov: Floats
) -> None:
    """Mean and covariance of every track `dt` seconds on; the tracks themselves stay as they are."""
    models = mu.shape[1]
    x_in, P_in, mu_in = x.reshape(x.size), P.reshape(P.size), mu.reshape(mu.size)
    mean_out, cov_out = mean.reshape(mean.size), cov.reshape(cov.size)
    xs, Ps, mus, m = np.empty(6 * models), np.empty(36 * models), np.empty(models), np.empty(6)
    own = np.empty(MANNER)
    for n in range(len(dt)):
        for i in range(6 * models):
            xs[i] = x_in[n * models * 6 + i]
        for i in range(36 * models):
            Ps[i] = P_in[n * models * 36 + i]
        for i in range(models):
            mus[i] = mu_in[n * models + i]
        own[:] = manner[n]
        move(xs, Ps, mus, own, zero(), models, dt[n], motion, m)
        put(cov_out, n * 36, mixture(xs, Ps, mus, zero(), models, m))
        for i in range(6):
            mean_out[n * 6 + i] = m[i]


@njit(cache=True)
def fit(
    x0: Floats, P0: Floats, modes: Ints, z: Floats, sd: Floats, s: Floats, A: Floats, c: float, offset: Floats,
    x: Floats, P: Floats,
) -> float:  # fmt: skip
    """Iterated update of the prior (x0, P0) by many detections at once, into (x, P); chi-square of what is left.

    Gauss-Newton with every component relinearised at the latest estimate; for tracks that start from bearings.
    """
    H, nu, R = np.empty((ROWS, 6)), np.empty(ROWS), np.empty(ROWS)
    x[:] = x0
    none = np.zeros((6, 6))
    for _ in range(8):
        at = x.copy()
        x[:] = x0
        P[:] = P0
        for n in range(len(offset)):
            measure(modes[n], at, none, z[n], sd[n], s[n], A[n], c, offset[n], H, nu, R)
            for i in range(ROWS):  # innovation of the linearised row at the running x
                for j in range(6):
                    nu[i] += H[i, j] * (at[j] - x[j])
            absorb(x, P, H, nu, R)
        moved = 0.0
        for i in range(3):
            moved += (x[i] - at[i]) ** 2
        if moved < 0.01:
            break
    chi2 = 0.0
    for n in range(len(offset)):
        measure(modes[n], x, none, z[n], sd[n], s[n], A[n], c, offset[n], H, nu, R)
        for i in range(ROWS):
            if not math.isnan(nu[i]):
                chi2 += nu[i] * nu[i] / R[i]
    return chi2

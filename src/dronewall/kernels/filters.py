"""Motion and measurement of tracks: the numbers behind `tracking/filters.py`. x state, P covariance, earth-centred.

x is position (m) then velocity (m/s) in ECEF; u the ellipsoid's upward normal. z measured, h predicted, H its Jacobian,
nu = z - h, R variance, S innovation variance, K gain, mu model probabilities. No BLAS: plain loops, so the same bits on
every machine of one kind.
"""

import math

import numpy as np
from numba import njit

from dronewall.units import Floats, Ints

POLAR, SOUND, CLAIM = 0, 1, 2
ROWS = 6  # polar: range, azimuth, elevation, range rate; sound: -, azimuth, elevation; claim: e, n, u, ve, vn, vu

INVERSE_A2 = 1.0 / 6378137.0**2
INVERSE_B2 = 1.0 / 6356752.314245179**2
LONGEST_STEP_S = 30.0


@njit(cache=True)
def up_of(p: Floats, u: Floats) -> None:
    """Write the ellipsoid's normal below the point `p` into `u` (off by less than 0.02 mrad up to 20 km)."""
    u[0], u[1], u[2] = p[0] * INVERSE_A2, p[1] * INVERSE_A2, p[2] * INVERSE_B2
    size = math.sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2])
    u[0] /= size
    u[1] /= size
    u[2] /= size


@njit(cache=True)
def _step(x: Floats, P: Floats, dt: float, q_along: float, q_across: float, tau_up: float, sd_up: float) -> None:
    """One model over `dt` seconds, in place: level round the earth, the climb rate an Ornstein-Uhlenbeck process."""
    u = np.empty(3)
    up_of(x[:3], u)
    rise = x[3] * u[0] + x[4] * u[1] + x[5] * u[2]
    level = np.empty(3)
    for i in range(3):
        level[i] = x[3 + i] - rise * u[i]
    level2 = level[0] ** 2 + level[1] ** 2 + level[2] ** 2
    radius = math.sqrt(x[0] ** 2 + x[1] ** 2 + x[2] ** 2)
    span = abs(dt)
    e = math.exp(-span / tau_up)
    back = 1.0 if dt >= 0.0 else -1.0
    g = back * tau_up * (1.0 - e)
    # directions for the process noise, before x moves: along the course, across it, up
    spread = 0.0
    for i in range(3):
        spread += P[3 + i, 3 + i]
    across = np.empty(3)
    along = np.empty(3)
    if level2 > 1e-6:
        size = math.sqrt(level2)
        for i in range(3):
            along[i] = level[i] / size
        sure = level2 / (level2 + 0.5 * spread + 25.0)
    else:
        along[0], along[1], along[2] = -u[1], u[0], 0.0
        size = math.sqrt(along[0] ** 2 + along[1] ** 2) + 1e-300
        along[0] /= size
        along[1] /= size
        sure = 0.0
    across[0] = u[1] * along[2] - u[2] * along[1]
    across[1] = u[2] * along[0] - u[0] * along[2]
    across[2] = u[0] * along[1] - u[1] * along[0]
    mean_q = 0.5 * (q_along + q_across)
    q_s = sure * q_along + (1.0 - sure) * mean_q
    q_l = sure * q_across + (1.0 - sure) * mean_q
    for i in range(3):
        x[i] += level[i] * dt + u[i] * (rise * g - 0.5 * level2 * dt * dt / radius)
    for i in range(3):
        x[3 + i] = level[i] - u[i] * (level2 * dt / radius)
    # the kept part of the climb rate goes along the normal at the new place
    new_u = np.empty(3)
    up_of(x[:3], new_u)
    for i in range(3):
        x[3 + i] += new_u[i] * rise * e
    F = np.zeros((6, 6))
    for i in range(3):
        F[i, i] = 1.0
        for j in range(3):
            uu = u[i] * u[j]
            F[i, 3 + j] = (g - dt) * uu + (dt if i == j else 0.0)
            F[3 + i, 3 + j] = (e - 1.0) * uu + (1.0 if i == j else 0.0)
    FP = np.empty((6, 6))
    for i in range(6):
        for j in range(6):
            total = 0.0
            for k in range(6):
                total += F[i, k] * P[k, j]
            FP[i, j] = total
    for i in range(6):
        for j in range(i, 6):
            total = 0.0
            for k in range(6):
                total += FP[i, k] * F[j, k]
            P[i, j] = total
            P[j, i] = total
    v_vv = sd_up**2 * (1.0 - e * e)
    v_pv = back * sd_up**2 * tau_up * (1.0 - e) ** 2
    v_pp = sd_up**2 * tau_up**2 * max(0.0, 2.0 * span / tau_up - 3.0 + 4.0 * e - e * e)
    for i in range(3):
        for j in range(3):
            level_q = q_s * along[i] * along[j] + q_l * across[i] * across[j]
            uu = u[i] * u[j]
            P[i, j] += level_q * span**3 / 3.0 + uu * v_pp
            P[i, 3 + j] += back * level_q * span * span / 2.0 + uu * v_pv
            P[3 + i, j] += back * level_q * span * span / 2.0 + uu * v_pv
            P[3 + i, 3 + j] += level_q * span + uu * v_vv


@njit(cache=True)
def moments(x: Floats, P: Floats, mu: Floats, mean: Floats, cov: Floats) -> None:
    """Write mean and covariance of the mixture of the models into `mean`, `cov`."""
    for i in range(6):
        total = 0.0
        for k in range(len(mu)):
            total += mu[k] * x[k, i]
        mean[i] = total
    for i in range(6):
        for j in range(i, 6):
            total = 0.0
            for k in range(len(mu)):
                total += mu[k] * (P[k, i, j] + (x[k, i] - mean[i]) * (x[k, j] - mean[j]))
            cov[i, j] = total
            cov[j, i] = total


@njit(cache=True)
def predict(x: Floats, P: Floats, mu: Floats, dt: float, motion: Floats) -> None:
    """All models of one track over `dt` seconds, in place.

    `motion` rows are models: stationary probability, q along, q across (m2/s3), then a last row: rate of switching
    (1/s), time constant (s) and standard deviation (m/s) of the climb rate. The chain forgets its model at that rate
    and draws anew, so q over `dt` is its expected mean over `dt`, exact for that chain.
    """
    models = len(mu)
    rate, tau_up, sd_up = motion[models, 0], motion[models, 1], motion[models, 2]
    span = abs(dt)
    if span == 0.0:
        return
    keep = math.exp(-rate * span)
    mean = np.empty(6)
    cov = np.empty((6, 6))
    moments(x, P, mu, mean, cov)
    share = (1.0 - keep) / (rate * span) if rate > 0.0 else 1.0
    q_along, q_across = 0.0, 0.0
    for k in range(models):
        q_along += motion[k, 0] * motion[k, 1]
        q_across += motion[k, 0] * motion[k, 2]
    steps = math.ceil(span / LONGEST_STEP_S)
    for k in range(models):
        own = keep * mu[k]
        drawn = (1.0 - keep) * motion[k, 0]
        total = own + drawn
        a, b = own / total, drawn / total
        difference = np.empty(6)
        for i in range(6):
            difference[i] = x[k, i] - mean[i]
        for i in range(6):
            for j in range(6):
                P[k, i, j] = a * P[k, i, j] + b * cov[i, j] + a * b * difference[i] * difference[j]
        for i in range(6):
            x[k, i] = a * x[k, i] + b * mean[i]
        mu[k] = total
        q_s = q_along + (motion[k, 1] - q_along) * share
        q_l = q_across + (motion[k, 2] - q_across) * share
        for _ in range(steps):
            _step(x[k], P[k], dt / steps, q_s, q_l, tau_up, sd_up)


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
def predicted(x: Floats, P: Floats, mu: Floats, dt: Floats, motion: Floats, mean: Floats, cov: Floats) -> None:
    """Mean and covariance of every track `dt` seconds on; the tracks themselves stay as they are."""
    for n in range(len(dt)):
        xs, Ps, mus = x[n].copy(), P[n].copy(), mu[n].copy()
        predict(xs, Ps, mus, dt[n], motion)
        moments(xs, Ps, mus, mean[n], cov[n])


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

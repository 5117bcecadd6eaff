"""How tracks move: an interacting mixture of linear models round the earth, written out term by term.

x is position (m) then velocity (m/s) in ECEF, P = [C, B; B', A] its covariance, mu the probabilities of the models, u
the ellipsoid's upward normal. No BLAS and no reordering of sums: the same bits on every machine of one kind. The
products are written out over the upper triangle, and arrays come flat with a place in them, because that is what the
compiler turns into straight code: a loop over small arrays took four times as long.

A model turns the level velocity at a constant rate, lets it die away (a hover) or keeps it, and lets the climb rate
forget itself as an Ornstein-Uhlenbeck process; white noise acts along the course and across it. Between looks the model
is drawn anew at a constant rate, so one mixing with the whole mixture is exact for that chain (Blom and Bar-Shalom,
IEEE Trans. AC 33(8), 1988, with a transition matrix of rank one plus a multiple of unity: linear in the models).
"""

import math

import numpy as np
from numba import njit

from dronewall.kernels.inner import formula, inner
from dronewall.kernels.manners import FADING_S, SWITCH, drawn, faded, grow_older, restless
from dronewall.units import Floats

# Columns of a row of `motion`, one row for each model; SHARE, the last one and the last row are in `manners.py`.
Q_ALONG, Q_ACROSS, TURN, CLIMB_TAU, CLIMB_SD, HOLD, FIRST_SPEED = 1, 2, 3, 4, 5, 6, 7
COLUMNS = 9

INVERSE_A2 = 1.0 / 6378137.0**2
INVERSE_B2 = 1.0 / 6356752.314245179**2
LONGEST_STEP_S = 30.0
SLOW2 = 25.0  # (m/s)2: below about this speed a course means little

Triangle = tuple[
    float, float, float, float, float, float,
    float, float, float, float, float, float, float, float, float,
    float, float, float, float, float, float,
]  # fmt: skip
"""The upper triangle of C, all of B, the upper triangle of A, row by row."""


@njit(cache=True)
def zero() -> int:
    """0, and no literal, which `return 0` would be: callees are compiled once more for a literal."""
    return int(np.int64(0))


@formula
def up_of(x: float, y: float, z: float) -> tuple[float, float, float, float]:
    """The ellipsoid's normal below a point (off by less than 0.02 mrad up to 20 km) and the height above it (m)."""
    a, b, c = x * INVERSE_A2, y * INVERSE_A2, z * INVERSE_B2
    size = math.sqrt(a * a + b * b + c * c)
    level = math.sqrt(x * a + y * b + z * c)
    return a / size, b / size, c / size, (level - 1.0) * level / size


@inner
def triangle(P: Floats, at: int) -> Triangle:
    """The covariance that stands at P[at : at + 36]."""
    return (
        P[at + 0], P[at + 1], P[at + 2], P[at + 7], P[at + 8], P[at + 14],
        P[at + 3], P[at + 4], P[at + 5], P[at + 9], P[at + 10], P[at + 11],
        P[at + 15], P[at + 16], P[at + 17], P[at + 21], P[at + 22], P[at + 23],
        P[at + 28], P[at + 29], P[at + 35],
    )  # fmt: skip


@inner
def put(P: Floats, at: int, t: Triangle) -> None:
    """Write a covariance to P[at : at + 36], both halves."""
    P[at + 0] = t[0]
    P[at + 1] = P[at + 6] = t[1]
    P[at + 2] = P[at + 12] = t[2]
    P[at + 7] = t[3]
    P[at + 8] = P[at + 13] = t[4]
    P[at + 14] = t[5]
    P[at + 3] = P[at + 18] = t[6]
    P[at + 4] = P[at + 24] = t[7]
    P[at + 5] = P[at + 30] = t[8]
    P[at + 9] = P[at + 19] = t[9]
    P[at + 10] = P[at + 25] = t[10]
    P[at + 11] = P[at + 31] = t[11]
    P[at + 15] = P[at + 20] = t[12]
    P[at + 16] = P[at + 26] = t[13]
    P[at + 17] = P[at + 32] = t[14]
    P[at + 21] = t[15]
    P[at + 22] = P[at + 27] = t[16]
    P[at + 23] = P[at + 33] = t[17]
    P[at + 28] = t[18]
    P[at + 29] = P[at + 34] = t[19]
    P[at + 35] = t[20]


@inner
def mixture(x: Floats, P: Floats, mu: Floats, w: int, models: int, mean: Floats) -> Triangle:
    """Write the mean of track w's models into `mean`; their covariance."""
    at, share = w * models, mu[w * models]
    m0, m1, m2 = share * x[at * 6], share * x[at * 6 + 1], share * x[at * 6 + 2]
    m3, m4, m5 = share * x[at * 6 + 3], share * x[at * 6 + 4], share * x[at * 6 + 5]
    for k in range(at + 1, at + models):
        share = mu[k]
        m0 += share * x[k * 6]
        m1 += share * x[k * 6 + 1]
        m2 += share * x[k * 6 + 2]
        m3 += share * x[k * 6 + 3]
        m4 += share * x[k * 6 + 4]
        m5 += share * x[k * 6 + 5]
    mean[0], mean[1], mean[2], mean[3], mean[4], mean[5] = m0, m1, m2, m3, m4, m5
    c00 = c01 = c02 = c11 = c12 = c22 = 0.0
    b00 = b01 = b02 = b10 = b11 = b12 = b20 = b21 = b22 = 0.0
    a00 = a01 = a02 = a11 = a12 = a22 = 0.0
    for k in range(at, at + models):
        share = mu[k]
        d0, d1, d2 = x[k * 6] - m0, x[k * 6 + 1] - m1, x[k * 6 + 2] - m2
        d3, d4, d5 = x[k * 6 + 3] - m3, x[k * 6 + 4] - m4, x[k * 6 + 5] - m5
        p = triangle(P, k * 36)
        c00 += share * (p[0] + d0 * d0)
        c01 += share * (p[1] + d0 * d1)
        c02 += share * (p[2] + d0 * d2)
        c11 += share * (p[3] + d1 * d1)
        c12 += share * (p[4] + d1 * d2)
        c22 += share * (p[5] + d2 * d2)
        b00 += share * (p[6] + d0 * d3)
        b01 += share * (p[7] + d0 * d4)
        b02 += share * (p[8] + d0 * d5)
        b10 += share * (p[9] + d1 * d3)
        b11 += share * (p[10] + d1 * d4)
        b12 += share * (p[11] + d1 * d5)
        b20 += share * (p[12] + d2 * d3)
        b21 += share * (p[13] + d2 * d4)
        b22 += share * (p[14] + d2 * d5)
        a00 += share * (p[15] + d3 * d3)
        a01 += share * (p[16] + d3 * d4)
        a02 += share * (p[17] + d3 * d5)
        a11 += share * (p[18] + d4 * d4)
        a12 += share * (p[19] + d4 * d5)
        a22 += share * (p[20] + d5 * d5)
    return (
        c00, c01, c02, c11, c12, c22, b00, b01, b02,
        b10, b11, b12, b20, b21, b22, a00, a01, a02,
        a11, a12, a22,
    )  # fmt: skip


@inner
def mean_of(x: Floats, mu: Floats, w: int, models: int, mean: Floats) -> None:
    """Write the mean of track w's models."""
    for i in range(6):
        total = 0.0
        for k in range(w * models, w * models + models):
            total += mu[k] * x[k * 6 + i]
        mean[i] = total


@njit(cache=True, error_model="numpy")
def moments(x: Floats, P: Floats, mu: Floats, mean: Floats, cov: Floats) -> None:
    """Write mean [shape=(6,)] and covariance (6, 6) of models x (models, 6), P (models, 6, 6), mu (models,)."""
    put(cov.reshape(36), 0, mixture(x.reshape(x.size), P.reshape(P.size), mu, zero(), len(mu), mean))


@njit(cache=True, error_model="numpy")
def predict(x: Floats, P: Floats, mu: Floats, manner: Floats, dt: float, motion: Floats) -> None:
    """All models of one track over `dt` seconds, in place; shapes as for `moments`, manner [shape=(2,)]."""
    move(x.reshape(x.size), P.reshape(P.size), mu, manner, zero(), len(mu), dt, motion, np.empty(6))


@njit(cache=True, error_model="numpy")
def move(
    x: Floats, P: Floats, mu: Floats, manner: Floats, w: int, models: int, dt: float, motion: Floats, mean: Floats
) -> None:
    """Track w of flat arrays over `dt` seconds, in place; `mean` is room for six numbers."""
    span = abs(dt)
    if span == 0.0:
        return
    rate = motion[models, SWITCH]
    keep = math.exp(-rate * span)
    share = (1.0 - keep) / (rate * span) if rate > 0.0 else 1.0
    wild = restless(manner, w, motion, models)
    idle_s, fading = grow_older(manner, w, dt, motion, models), 1.0 / motion[models, FADING_S]
    # The drawing of restless models fades, and their noise beyond the mean; of what is drawn already, the noise alone.
    ready, loud = wild * faded(idle_s, dt, fading, 0.0), wild * faded(idle_s, dt, 2.0 * fading, 0.0)
    own_loud = faded(idle_s, dt, fading, rate)
    at = w * models
    cov = mixture(x, P, mu, w, models, mean)
    q_along, q_across = 0.0, 0.0
    for k in range(models):
        q_along += drawn(motion, k, loud) * motion[k, Q_ALONG]
        q_across += drawn(motion, k, loud) * motion[k, Q_ACROSS]
    steps = math.ceil(span / LONGEST_STEP_S)
    dt /= steps
    for step in range(steps):
        if step > 0:
            cov = mixture(x, P, mu, w, models, mean)
        s0, s1, s2, sure, u0, u1, u2 = course(
            mean[0], mean[1], mean[2], mean[3], mean[4], mean[5], cov[15] + cov[18] + cov[20]
        )
        for k in range(models):
            if step == 0:
                own = keep * mu[at + k]
                total = own + (1.0 - keep) * drawn(motion, k, ready)
                mu[at + k] = total
                p = _mix(x, P, at + k, own / total, mean, cov)
            else:
                p = triangle(P, (at + k) * 36)
            way = dt
            if motion[k, TURN] != 0.0 or motion[k, HOLD] > 0.0:
                put(P, (at + k) * 36, p)
                _bend(x, P, at + k, dt, motion[k, TURN] * share, motion[k, HOLD], u0, u1, u2)
                p = triangle(P, (at + k) * 36)
                way = 0.0  # it has gone its level way already
            more_s, more_l = motion[k, Q_ALONG] - q_along, motion[k, Q_ACROSS] - q_across
            q_s = q_along + more_s * (own_loud if more_s > 0.0 else share)
            q_l = q_across + more_l * (own_loud if more_l > 0.0 else share)
            q_mean = 0.5 * (q_s + q_l)
            q_s, q_l = sure * q_s + (1.0 - sure) * q_mean, sure * q_l + (1.0 - sure) * q_mean
            _fly(x, P, at + k, p, dt, way, q_s, q_l, motion[k, CLIMB_TAU], motion[k, CLIMB_SD], u0, u1, u2, s0, s1, s2)


@inner
def _mix(x: Floats, P: Floats, k: int, own: float, mean: Floats, cov: Triangle) -> Triangle:
    """Mix model k (state in place) with the whole mixture, of which it keeps the share `own`."""
    d0, d1, d2 = x[k * 6] - mean[0], x[k * 6 + 1] - mean[1], x[k * 6 + 2] - mean[2]
    d3, d4, d5 = x[k * 6 + 3] - mean[3], x[k * 6 + 4] - mean[4], x[k * 6 + 5] - mean[5]
    for i in range(6):
        x[k * 6 + i] = own * x[k * 6 + i] + (1.0 - own) * mean[i]
    return mixed(own, d0, d1, d2, d3, d4, d5, triangle(P, k * 36), cov)


@formula
def mixed(
    own: float, d0: float, d1: float, d2: float, d3: float, d4: float, d5: float, p: Triangle, cov: Triangle
) -> Triangle:
    """Covariance of a model that keeps the share `own` of itself and is `d` off the whole mixture, mixed with it."""
    drawn = 1.0 - own
    both = own * drawn
    e0, e1, e2, e3, e4, e5 = both * d0, both * d1, both * d2, both * d3, both * d4, both * d5
    return (
        own * p[0] + drawn * cov[0] + e0 * d0,
        own * p[1] + drawn * cov[1] + e0 * d1,
        own * p[2] + drawn * cov[2] + e0 * d2,
        own * p[3] + drawn * cov[3] + e1 * d1,
        own * p[4] + drawn * cov[4] + e1 * d2,
        own * p[5] + drawn * cov[5] + e2 * d2,
        own * p[6] + drawn * cov[6] + e0 * d3,
        own * p[7] + drawn * cov[7] + e0 * d4,
        own * p[8] + drawn * cov[8] + e0 * d5,
        own * p[9] + drawn * cov[9] + e1 * d3,
        own * p[10] + drawn * cov[10] + e1 * d4,
        own * p[11] + drawn * cov[11] + e1 * d5,
        own * p[12] + drawn * cov[12] + e2 * d3,
        own * p[13] + drawn * cov[13] + e2 * d4,
        own * p[14] + drawn * cov[14] + e2 * d5,
        own * p[15] + drawn * cov[15] + e3 * d3,
        own * p[16] + drawn * cov[16] + e3 * d4,
        own * p[17] + drawn * cov[17] + e3 * d5,
        own * p[18] + drawn * cov[18] + e4 * d4,
        own * p[19] + drawn * cov[19] + e4 * d5,
        own * p[20] + drawn * cov[20] + e5 * d5,
    )


@formula
def course(
    x0: float, x1: float, x2: float, v0: float, v1: float, v2: float, spread: float
) -> tuple[float, float, float, float, float, float, float]:
    """Unit vector of the level course, how sure it is (0 to 1), and the normal; `spread` sums velocity variances."""
    u0, u1, u2, _ = up_of(x0, x1, x2)
    rise = v0 * u0 + v1 * u1 + v2 * u2
    a0, a1, a2 = v0 - rise * u0, v1 - rise * u1, v2 - rise * u2
    level2 = a0 * a0 + a1 * a1 + a2 * a2
    goes = level2 > 1e-6
    s0, s1, s2 = a0 if goes else -u1, a1 if goes else u0, a2 if goes else 0.0
    size = math.sqrt(level2 if goes else u0 * u0 + u1 * u1) + 1e-300
    sure = level2 / (level2 + 0.5 * spread + SLOW2)
    return s0 / size, s1 / size, s2 / size, sure if goes else 0.0, u0, u1, u2


@inner
def _fly(
    x: Floats, P: Floats, k: int, p: Triangle, dt: float, way: float, q_s: float, q_l: float, tau: float, sd: float,
    u0: float, u1: float, u2: float, s0: float, s1: float, s2: float,
) -> None:  # fmt: skip
    """Model k over `dt` s, into x and P: its level way round the earth, the climb as a process, noise."""
    e = math.exp(-abs(dt) / tau)
    at = k * 6
    x[at], x[at + 1], x[at + 2], x[at + 3], x[at + 4], x[at + 5] = flown(
        x[at], x[at + 1], x[at + 2], x[at + 3], x[at + 4], x[at + 5], dt, way, e, tau, u0, u1, u2
    )
    put(P, k * 36, widened(p, dt, way, e, q_s, q_l, tau, sd, u0, u1, u2, s0, s1, s2))


@formula
def flown(
    x0: float, x1: float, x2: float, v0: float, v1: float, v2: float, dt: float, way: float, e: float, tau: float,
    u0: float, u1: float, u2: float,
) -> tuple[float, float, float, float, float, float]:  # fmt: skip
    """Where a state is after `dt` s, `way` of them level round the earth, e = exp(-|dt| / tau) of the climb left."""
    g = (1.0 if dt >= 0.0 else -1.0) * tau * (1.0 - e)
    radius = math.sqrt(x0 * x0 + x1 * x1 + x2 * x2)
    rise = v0 * u0 + v1 * u1 + v2 * u2
    l0, l1, l2 = v0 - rise * u0, v1 - rise * u1, v2 - rise * u2
    sag = (l0 * l0 + l1 * l1 + l2 * l2) * dt / radius
    lift = rise * g - 0.5 * sag * dt
    tilt = 1.0 + rise * e * dt / radius  # the climb goes along the normal at the new place
    keep = rise * e - sag
    return (
        x0 + (l0 * way + u0 * lift),
        x1 + (l1 * way + u1 * lift),
        x2 + (l2 * way + u2 * lift),
        l0 * tilt + u0 * keep,
        l1 * tilt + u1 * keep,
        l2 * tilt + u2 * keep,
    )


@formula
def widened(
    p: Triangle, dt: float, way: float, e: float, q_s: float, q_l: float, tau: float, sd: float,
    u0: float, u1: float, u2: float, s0: float, s1: float, s2: float,
) -> Triangle:  # fmt: skip
    """The covariance that goes with `flown`, with the noise of the way, along the course (s) and across it.

    F = [I, way I + gamma uu'; 0, I + eps uu'] on p, by its rank-one parts; M = B + (way I + gamma uu') A.
    """
    span = abs(dt)
    back = 1.0 if dt >= 0.0 else -1.0
    g = back * tau * (1.0 - e)
    c0, c1, c2 = u1 * s2 - u2 * s1, u2 * s0 - u0 * s2, u0 * s1 - u1 * s0
    gamma, eps = g - way, e - 1.0
    t3, t2 = span * span * span / 3.0, back * span * span / 2.0
    vv = sd * sd * (1.0 - e * e)
    pv = back * sd * sd * tau * (1.0 - e) ** 2
    pp = sd * sd * tau * tau * max(0.0, 2.0 * span / tau - 3.0 + 4.0 * e - e * e)
    (
        c00, c01, c02, c11, c12, c22, b00, b01, b02,
        b10, b11, b12, b20, b21, b22, a00, a01, a02,
        a11, a12, a22,
    ) = p  # fmt: skip
    z0 = a00 * u0 + a01 * u1 + a02 * u2
    z1 = a01 * u0 + a11 * u1 + a12 * u2
    z2 = a02 * u0 + a12 * u1 + a22 * u2
    alpha = u0 * z0 + u1 * z1 + u2 * z2
    y0 = b00 * u0 + b01 * u1 + b02 * u2
    y1 = b10 * u0 + b11 * u1 + b12 * u2
    y2 = b20 * u0 + b21 * u1 + b22 * u2
    ga = gamma * alpha
    n0 = y0 + way * z0 + ga * u0
    n1 = y1 + way * z1 + ga * u1
    n2 = y2 + way * z2 + ga * u2
    g0, g1, g2 = gamma * u0, gamma * u1, gamma * u2
    m00 = b00 + way * a00 + g0 * z0
    m01 = b01 + way * a01 + g0 * z1
    m02 = b02 + way * a02 + g0 * z2
    m10 = b10 + way * a01 + g1 * z0
    m11 = b11 + way * a11 + g1 * z1
    m12 = b12 + way * a12 + g1 * z2
    m20 = b20 + way * a02 + g2 * z0
    m21 = b21 + way * a12 + g2 * z1
    m22 = b22 + way * a22 + g2 * z2
    uu00, q00 = u0 * u0, q_s * s0 * s0 + q_l * c0 * c0
    uu01, q01 = u0 * u1, q_s * s0 * s1 + q_l * c0 * c1
    uu02, q02 = u0 * u2, q_s * s0 * s2 + q_l * c0 * c2
    uu11, q11 = u1 * u1, q_s * s1 * s1 + q_l * c1 * c1
    uu12, q12 = u1 * u2, q_s * s1 * s2 + q_l * c1 * c2
    uu22, q22 = u2 * u2, q_s * s2 * s2 + q_l * c2 * c2
    e0, e1, e2 = eps * u0, eps * u1, eps * u2
    ea = eps * eps * alpha + vv
    return (
        c00 + way * (m00 + b00) + g0 * n0 + g0 * y0 + q00 * t3 + uu00 * pp,
        c01 + way * (m01 + b10) + g1 * n0 + g0 * y1 + q01 * t3 + uu01 * pp,
        c02 + way * (m02 + b20) + g2 * n0 + g0 * y2 + q02 * t3 + uu02 * pp,
        c11 + way * (m11 + b11) + g1 * n1 + g1 * y1 + q11 * t3 + uu11 * pp,
        c12 + way * (m12 + b21) + g2 * n1 + g1 * y2 + q12 * t3 + uu12 * pp,
        c22 + way * (m22 + b22) + g2 * n2 + g2 * y2 + q22 * t3 + uu22 * pp,
        m00 + e0 * n0 + q00 * t2 + uu00 * pv,
        m01 + e1 * n0 + q01 * t2 + uu01 * pv,
        m02 + e2 * n0 + q02 * t2 + uu02 * pv,
        m10 + e0 * n1 + q01 * t2 + uu01 * pv,
        m11 + e1 * n1 + q11 * t2 + uu11 * pv,
        m12 + e2 * n1 + q12 * t2 + uu12 * pv,
        m20 + e0 * n2 + q02 * t2 + uu02 * pv,
        m21 + e1 * n2 + q12 * t2 + uu12 * pv,
        m22 + e2 * n2 + q22 * t2 + uu22 * pv,
        a00 + e0 * z0 + e0 * z0 + q00 * span + uu00 * ea,
        a01 + e0 * z1 + e1 * z0 + q01 * span + uu01 * ea,
        a02 + e0 * z2 + e2 * z0 + q02 * span + uu02 * ea,
        a11 + e1 * z1 + e1 * z1 + q11 * span + uu11 * ea,
        a12 + e1 * z2 + e2 * z1 + q12 * span + uu12 * ea,
        a22 + e2 * z2 + e2 * z2 + q22 * span + uu22 * ea,
    )


@njit(cache=True, error_model="numpy")
def _bend(xs: Floats, Ps: Floats, k: int, dt: float, turn: float, hold: float, u0: float, u1: float, u2: float) -> None:
    """Level way and level velocity of a model that turns (rad/s, clockwise from above) or dies away in `hold` s."""
    x, P = xs[k * 6 : k * 6 + 6], Ps[k * 36 : k * 36 + 36].reshape((6, 6))
    if hold > 0.0:
        c = math.exp(-abs(dt) / hold)
        s, h = 0.0, 0.0
        g = (1.0 - c) * hold * (1.0 if dt >= 0.0 else -1.0)
    else:
        angle = turn * dt
        c, s = math.cos(angle), math.sin(angle)
        g, h = s / turn, (1.0 - c) / turn
    u = (u0, u1, u2)
    # right = v x u: where a level velocity goes when it turns clockwise
    cross = ((0.0, u2, -u1), (-u2, 0.0, u0), (u1, -u0, 0.0))
    T, G, M = np.empty((3, 3)), np.empty((3, 3)), np.empty((3, 3))
    for i in range(3):
        for j in range(3):
            uu = u[i] * u[j]
            level = (1.0 if i == j else 0.0) - uu
            T[i, j] = c * level + s * cross[i][j] + uu
            G[i, j] = g * level + h * cross[i][j]
    v = (x[3], x[4], x[5])
    for i in range(3):
        x[i] += G[i, 0] * v[0] + G[i, 1] * v[1] + G[i, 2] * v[2]
        x[3 + i] = T[i, 0] * v[0] + T[i, 1] * v[1] + T[i, 2] * v[2]
    for i in range(3):
        for j in range(3):
            M[i, j] = P[i, 3 + j] + G[i, 0] * P[3, 3 + j] + G[i, 1] * P[4, 3 + j] + G[i, 2] * P[5, 3 + j]
    for i in range(3):
        for j in range(3):
            P[i, j] += (
                M[i, 0] * G[j, 0] + M[i, 1] * G[j, 1] + M[i, 2] * G[j, 2]
                + G[i, 0] * P[j, 3] + G[i, 1] * P[j, 4] + G[i, 2] * P[j, 5]
            )  # fmt: skip
    for i in range(3):
        for j in range(3):
            P[i, 3 + j] = M[i, 0] * T[j, 0] + M[i, 1] * T[j, 1] + M[i, 2] * T[j, 2]
    for i in range(3):
        for j in range(3):
            M[i, j] = T[i, 0] * P[3, 3 + j] + T[i, 1] * P[4, 3 + j] + T[i, 2] * P[5, 3 + j]
            P[3 + j, i] = P[i, 3 + j]
    for i in range(3):
        for j in range(3):
            P[3 + i, 3 + j] = M[i, 0] * T[j, 0] + M[i, 1] * T[j, 1] + M[i, 2] * T[j, 2]

"""How tracks move: an interacting mixture of linear models round the earth, written out term by term.

x is position (m) then velocity (m/s) in ECEF, P its covariance, mu the probabilities of the models, u the ellipsoid's
upward normal. No BLAS and no reordering of sums: the same bits on every machine of one kind.

A model turns the level velocity at a constant rate, lets it die away (a hover) or keeps it, and lets the climb rate
forget itself as an Ornstein-Uhlenbeck process; white noise acts along the course and across it. Between looks the model
is drawn anew at a constant rate, so one mixing with the whole mixture is exact for that chain (Blom and Bar-Shalom,
IEEE Trans. AC 33(8), 1988, with a transition matrix of rank one plus a multiple of unity: linear in the models).
"""

import math

import numpy as np
from numba import njit

from dronewall.units import Floats

# Columns of a row of `motion`, one row for each model; SWITCH of the last row is the rate of drawing anew (1/s).
SHARE, Q_ALONG, Q_ACROSS, TURN, CLIMB_TAU, CLIMB_SD, HOLD = 0, 1, 2, 3, 4, 5, 6
COLUMNS = 7
SWITCH = 0

INVERSE_A2 = 1.0 / 6378137.0**2
INVERSE_B2 = 1.0 / 6356752.314245179**2
LONGEST_STEP_S = 30.0
SLOW2 = 25.0  # (m/s)2: below about this speed a course means little


@njit(cache=True, error_model="numpy")
def up_of(x: float, y: float, z: float) -> tuple[float, float, float, float]:
    """The ellipsoid's normal below a point (off by less than 0.02 mrad up to 20 km) and the height above it (m)."""
    a, b, c = x * INVERSE_A2, y * INVERSE_A2, z * INVERSE_B2
    size = math.sqrt(a * a + b * b + c * c)
    level = math.sqrt(x * a + y * b + z * c)
    return a / size, b / size, c / size, (level - 1.0) * level / size


@njit(cache=True, error_model="numpy")
def moments(x: Floats, P: Floats, mu: Floats, mean: Floats, cov: Floats) -> None:
    """Write mean and covariance of the mixture of the models into `mean`, `cov`."""
    mean[:] = 0.0
    for k in range(len(mu)):
        for i in range(6):
            mean[i] += mu[k] * x[k, i]
    cov[:] = 0.0
    for k in range(len(mu)):
        for i in range(6):
            d = x[k, i] - mean[i]
            for j in range(6):
                cov[i, j] += mu[k] * (P[k, i, j] + d * (x[k, j] - mean[j]))


@njit(cache=True, error_model="numpy")
def predict(x: Floats, P: Floats, mu: Floats, dt: float, motion: Floats) -> None:
    """All models of one track over `dt` seconds, in place."""
    mean, cov = np.empty(6), np.empty((6, 6))
    predict_with(x, P, mu, dt, motion, mean, cov)


@njit(cache=True, error_model="numpy")
def predict_with(x: Floats, P: Floats, mu: Floats, dt: float, motion: Floats, mean: Floats, cov: Floats) -> None:
    """The same with room for a mean and a covariance lent by the caller."""
    models = len(mu)
    span = abs(dt)
    if span == 0.0:
        return
    rate = motion[models, SWITCH]
    keep = math.exp(-rate * span)
    share = (1.0 - keep) / (rate * span) if rate > 0.0 else 1.0
    moments(x, P, mu, mean, cov)
    q_along, q_across = 0.0, 0.0
    for k in range(models):
        q_along += motion[k, SHARE] * motion[k, Q_ALONG]
        q_across += motion[k, SHARE] * motion[k, Q_ACROSS]
    for k in range(models):
        own = keep * mu[k]
        total = own + (1.0 - keep) * motion[k, SHARE]
        a = own / total
        b = 1.0 - a
        ab = a * b
        for i in range(6):
            d = ab * (x[k, i] - mean[i])
            for j in range(6):
                P[k, i, j] = a * P[k, i, j] + b * cov[i, j] + d * (x[k, j] - mean[j])
        for i in range(6):
            x[k, i] = a * x[k, i] + b * mean[i]
        mu[k] = total
    steps = math.ceil(span / LONGEST_STEP_S)
    dt /= steps
    for _ in range(steps):
        along0, along1, along2, sure, u0, u1, u2 = _course(mean, cov)
        for k in range(models):
            q_s = q_along + (motion[k, Q_ALONG] - q_along) * share
            q_l = q_across + (motion[k, Q_ACROSS] - q_across) * share
            q_mean = 0.5 * (q_s + q_l)
            q_s = sure * q_s + (1.0 - sure) * q_mean
            q_l = sure * q_l + (1.0 - sure) * q_mean
            if motion[k, TURN] != 0.0 or motion[k, HOLD] > 0.0:
                _bend(x[k], P[k], dt, motion[k, TURN] * share, motion[k, HOLD], u0, u1, u2)
                glide = False
            else:
                glide = True
            _fly(
                x[k], P[k], dt, glide, q_s, q_l, motion[k, CLIMB_TAU], motion[k, CLIMB_SD],
                u0, u1, u2, along0, along1, along2,
            )  # fmt: skip
        if steps > 1:
            moments(x, P, mu, mean, cov)


@njit(cache=True, error_model="numpy")
def _course(mean: Floats, cov: Floats) -> tuple[float, float, float, float, float, float, float]:
    """Unit vector of the level course, how sure it is (0 to 1), and the normal."""
    u0, u1, u2, _ = up_of(mean[0], mean[1], mean[2])
    rise = mean[3] * u0 + mean[4] * u1 + mean[5] * u2
    a0, a1, a2 = mean[3] - rise * u0, mean[4] - rise * u1, mean[5] - rise * u2
    level2 = a0 * a0 + a1 * a1 + a2 * a2
    if level2 > 1e-6:
        size = math.sqrt(level2)
        spread = cov[3, 3] + cov[4, 4] + cov[5, 5]
        return a0 / size, a1 / size, a2 / size, level2 / (level2 + 0.5 * spread + SLOW2), u0, u1, u2
    size = math.sqrt(u0 * u0 + u1 * u1) + 1e-300
    return -u1 / size, u0 / size, 0.0, 0.0, u0, u1, u2


@njit(cache=True, error_model="numpy")
def _fly(
    x: Floats, P: Floats, dt: float, glide: bool, q_s: float, q_l: float, tau: float, sd: float,
    u0: float, u1: float, u2: float, s0: float, s1: float, s2: float,
) -> None:  # fmt: skip
    """One model over `dt` s: level round the earth (`glide`: its level way too), climb as a process, noise."""
    u = (u0, u1, u2)
    s = (s0, s1, s2)
    c = (u1 * s2 - u2 * s1, u2 * s0 - u0 * s2, u0 * s1 - u1 * s0)
    span = abs(dt)
    back = 1.0 if dt >= 0.0 else -1.0
    e = math.exp(-span / tau)
    g = back * tau * (1.0 - e)
    way = dt if glide else 0.0  # a bent model has gone its level way already
    gamma, eps = g - way, e - 1.0
    radius = math.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    rise = x[3] * u0 + x[4] * u1 + x[5] * u2
    l0, l1, l2 = x[3] - rise * u0, x[4] - rise * u1, x[5] - rise * u2
    sag = (l0 * l0 + l1 * l1 + l2 * l2) * dt / radius
    lift = rise * g - 0.5 * sag * dt
    tilt = rise * e * dt / radius  # the climb goes along the normal at the new place
    x[0] += l0 * way + u0 * lift
    x[1] += l1 * way + u1 * lift
    x[2] += l2 * way + u2 * lift
    x[3] = l0 * (1.0 + tilt) + u0 * (rise * e - sag)
    x[4] = l1 * (1.0 + tilt) + u1 * (rise * e - sag)
    x[5] = l2 * (1.0 + tilt) + u2 * (rise * e - sag)
    # F = [I, way I + gamma uu'; 0, I + eps uu'] on P = [C, B; B', A], by its rank-one parts
    a0 = P[3, 3] * u0 + P[3, 4] * u1 + P[3, 5] * u2
    a1 = P[3, 4] * u0 + P[4, 4] * u1 + P[4, 5] * u2
    a2 = P[3, 5] * u0 + P[4, 5] * u1 + P[5, 5] * u2
    alpha = u0 * a0 + u1 * a1 + u2 * a2
    a = (a0, a1, a2)
    b = (
        P[0, 3] * u0 + P[0, 4] * u1 + P[0, 5] * u2,
        P[1, 3] * u0 + P[1, 4] * u1 + P[1, 5] * u2,
        P[2, 3] * u0 + P[2, 4] * u1 + P[2, 5] * u2,
    )
    e2 = 1.0 - e * e
    v_vv = sd * sd * e2
    v_pv = back * sd * sd * tau * (1.0 - e) ** 2
    v_pp = sd * sd * tau * tau * max(0.0, 2.0 * span / tau - 3.0 + 4.0 * e - e * e)
    t3, t2 = span * span * span / 3.0, back * span * span / 2.0
    for i in range(3):
        m_u = b[i] + way * a[i] + gamma * alpha * u[i]
        for j in range(3):
            uu = u[i] * u[j]
            q = q_s * s[i] * s[j] + q_l * c[i] * c[j]
            m = P[i, 3 + j] + way * P[3 + i, 3 + j] + gamma * u[i] * a[j]
            P[i, j] += way * (m + P[j, 3 + i]) + gamma * (m_u * u[j] + u[i] * b[j]) + q * t3 + uu * v_pp
            P[3 + j, i] = m + eps * m_u * u[j] + q * t2 + uu * v_pv  # the old P[i, 3 + j] is still needed
    for i in range(3):
        for j in range(3):
            P[i, 3 + j] = P[3 + j, i]
    for i in range(3):
        for j in range(3):
            uu = u[i] * u[j]
            q = q_s * s[i] * s[j] + q_l * c[i] * c[j]
            P[3 + i, 3 + j] += eps * (u[i] * a[j] + a[i] * u[j]) + eps * eps * alpha * uu + q * span + uu * v_vv


@njit(cache=True, error_model="numpy")
def _bend(x: Floats, P: Floats, dt: float, turn: float, hold: float, u0: float, u1: float, u2: float) -> None:
    """Level way and level velocity of a model that turns (rad/s, clockwise from above) or dies away in `hold` s."""
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
    T, G = np.empty((3, 3)), np.empty((3, 3))
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
    M = np.empty((3, 3))
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

"""How things that fly together move, as one state.

x [models, n, 6] and P [models, 6 n, 6 n] are the members' joint state and covariance in ECEF, mu the probabilities of
the models, common to all. What moves the group moves every member alike: process noise is the same in every block, and
what a member does by itself is small (a constant-velocity group model with correlated noise; compare Koch, IEEE Trans.
AES 44(3), 2008). The mixing of models is that of `kernels/motion.py`. No BLAS.
"""

import math

import numpy as np
from numba import njit

from dronewall.kernels.motion import SLOW2, up_of
from dronewall.units import Floats


@njit(cache=True)
def predict(x: Floats, P: Floats, mu: Floats, dt: float, motion: Floats) -> None:
    """The group over `dt` seconds, in place.

    `motion` rows are models: stationary probability, common q along, across the course (m2/s3); then a last row: rate
    of switching (1/s), time constant (s) and standard deviation (m/s) of each member's climb, its own q (m2/s3).
    """
    models, n = x.shape[0], x.shape[1]
    d = 6 * n
    rate, tau, sd_up, own_q = motion[models, 0], motion[models, 1], motion[models, 2], motion[models, 3]
    span = abs(dt)
    if span == 0.0:
        return
    keep = math.exp(-rate * span)
    mean, cov = np.zeros((n, 6)), np.zeros((d, d))
    for k in range(models):
        for i in range(n):
            for a in range(6):
                mean[i, a] += mu[k] * x[k, i, a]
    off = np.empty(d)
    for k in range(models):
        for i in range(n):
            for a in range(6):
                off[6 * i + a] = x[k, i, a] - mean[i, a]
        for a in range(d):
            for b in range(d):
                cov[a, b] += mu[k] * (P[k, a, b] + off[a] * off[b])
    share = (1.0 - keep) / (rate * span) if rate > 0.0 else 1.0
    q_along, q_across = 0.0, 0.0
    for k in range(models):
        q_along += motion[k, 0] * motion[k, 1]
        q_across += motion[k, 0] * motion[k, 2]
    centre = np.zeros(6)
    for i in range(n):
        for a in range(6):
            centre[a] += mean[i, a] / n
    u0, u1, u2, _ = up_of(centre[0], centre[1], centre[2])
    u = (u0, u1, u2)
    rise = centre[3] * u[0] + centre[4] * u[1] + centre[5] * u[2]
    level = np.empty(3)
    for a in range(3):
        level[a] = centre[3 + a] - rise * u[a]
    level2 = level[0] ** 2 + level[1] ** 2 + level[2] ** 2
    along, across = np.empty(3), np.empty(3)
    if level2 > 1e-6:
        size = math.sqrt(level2)
        sure = level2 / (level2 + 0.5 * (cov[3, 3] + cov[4, 4] + cov[5, 5]) + SLOW2)
        for a in range(3):
            along[a] = level[a] / size
    else:
        size = math.sqrt(u[0] ** 2 + u[1] ** 2) + 1e-300
        sure = 0.0
        along[0], along[1], along[2] = -u[1] / size, u[0] / size, 0.0
    across[0] = u[1] * along[2] - u[2] * along[1]
    across[1] = u[2] * along[0] - u[0] * along[2]
    across[2] = u[0] * along[1] - u[1] * along[0]
    radius = math.sqrt(centre[0] ** 2 + centre[1] ** 2 + centre[2] ** 2)
    e = math.exp(-span / tau)
    back = 1.0 if dt >= 0.0 else -1.0
    g = back * tau * (1.0 - e)
    F = np.zeros((6, 6))
    for a in range(3):
        F[a, a] = 1.0
        for b in range(3):
            uu = u[a] * u[b]
            F[a, 3 + b] = (g - dt) * uu + (dt if a == b else 0.0)
            F[3 + a, 3 + b] = (e - 1.0) * uu + (1.0 if a == b else 0.0)
    v_vv = sd_up**2 * (1.0 - e * e)
    v_pv = back * sd_up**2 * tau * (1.0 - e) ** 2
    v_pp = sd_up**2 * tau**2 * max(0.0, 2.0 * span / tau - 3.0 + 4.0 * e - e * e)
    t3, t2 = span**3 / 3.0, back * span * span / 2.0
    moved, half = np.empty(6), np.empty((6, 6))
    own, common = np.empty((3, 3)), np.empty((3, 3))
    for k in range(models):
        kept = keep * mu[k]
        total = kept + (1.0 - keep) * motion[k, 0]
        wa = kept / total
        wb = 1.0 - wa
        for i in range(n):
            for a in range(6):
                off[6 * i + a] = x[k, i, a] - mean[i, a]
        for a in range(d):
            for b in range(d):
                P[k, a, b] = wa * P[k, a, b] + wb * cov[a, b] + wa * wb * off[a] * off[b]
        mu[k] = total
        q_s = q_along + (motion[k, 1] - q_along) * share
        q_l = q_across + (motion[k, 2] - q_across) * share
        q_mean = 0.5 * (q_s + q_l)
        q_s, q_l = sure * q_s + (1.0 - sure) * q_mean, sure * q_l + (1.0 - sure) * q_mean
        for a in range(3):
            for b in range(3):
                common[a, b] = q_s * along[a] * along[b] + q_l * across[a] * across[b]
                own[a, b] = own_q * (along[a] * along[b] + across[a] * across[b])
        for i in range(n):
            for a in range(6):
                x[k, i, a] = wa * x[k, i, a] + wb * mean[i, a]
            for a in range(6):
                moved[a] = 0.0
                for b in range(6):
                    moved[a] += F[a, b] * x[k, i, b]
            for a in range(3):  # level is round the earth
                x[k, i, a] = moved[a] - u[a] * 0.5 * level2 * dt * dt / radius
                x[k, i, 3 + a] = moved[3 + a] - u[a] * level2 * dt / radius
        for i in range(n):
            for j in range(i, n):
                for a in range(6):
                    for b in range(6):
                        half[a, b] = 0.0
                        for c in range(6):
                            half[a, b] += F[a, c] * P[k, 6 * i + c, 6 * j + b]
                for a in range(6):
                    for b in range(6):
                        sum_ = 0.0
                        for c in range(6):
                            sum_ += half[a, c] * F[b, c]
                        P[k, 6 * i + a, 6 * j + b] = sum_
                for a in range(3):
                    for b in range(3):
                        q, pp, pv, vv = common[a, b], 0.0, 0.0, 0.0
                        if i == j:
                            uu = u[a] * u[b]
                            q += own[a, b]
                            pp, pv, vv = uu * v_pp, uu * v_pv, uu * v_vv
                        P[k, 6 * i + a, 6 * j + b] += q * t3 + pp
                        P[k, 6 * i + a, 6 * j + 3 + b] += q * t2 + pv
                        P[k, 6 * i + 3 + a, 6 * j + b] += q * t2 + pv
                        P[k, 6 * i + 3 + a, 6 * j + 3 + b] += q * span + vv
                for a in range(6):
                    for b in range(6):
                        P[k, 6 * j + b, 6 * i + a] = P[k, 6 * i + a, 6 * j + b]


@njit(cache=True)
def join(x: Floats, P: Floats, mu: Floats, weight: Floats, sd_mps: float, height_sd_m: float) -> None:
    """Tie the last member's velocity and height to the weighted mean of the others', in place.

    `sd_mps` per axis, `height_sd_m` along the normal below the member: how much members of one group may differ.
    """
    models, n = x.shape[0], x.shape[1]
    d, o = 6 * n, 6 * (n - 1)
    total = 0.0
    for i in range(n - 1):
        total += weight[i]
    PH, like, row = np.empty(d), np.zeros(models), np.empty(6)
    for k in range(models):
        u0, u1, u2, _ = up_of(x[k, n - 1, 0], x[k, n - 1, 1], x[k, n - 1, 2])
        for line in range(4):
            row[:] = 0.0
            if line < 3:
                row[3 + line] = 1.0
            else:
                row[0], row[1], row[2] = u0, u1, u2
            S = sd_mps * sd_mps if line < 3 else height_sd_m * height_sd_m
            nu = 0.0
            for a in range(6):
                nu -= row[a] * x[k, n - 1, a]
                for i in range(n - 1):
                    nu += row[a] * weight[i] / total * x[k, i, a]
            for b in range(d):
                PH[b] = 0.0
                for a in range(6):
                    if row[a] != 0.0:
                        PH[b] += row[a] * P[k, b, o + a]
                        for i in range(n - 1):
                            PH[b] -= row[a] * weight[i] / total * P[k, b, 6 * i + a]
            for a in range(6):
                S += row[a] * PH[o + a]
                for i in range(n - 1):
                    S -= row[a] * weight[i] / total * PH[6 * i + a]
            for b in range(d):
                x[k, b // 6, b % 6] += PH[b] * nu / S
                for c in range(d):
                    P[k, b, c] -= PH[b] * PH[c] / S
            like[k] -= 0.5 * (nu * nu / S + math.log(S))
    reweigh(mu, like)


@njit(cache=True)
def reweigh(mu: Floats, like: Floats) -> None:
    best, total = -np.inf, 0.0
    for k in range(len(mu)):
        best = max(best, like[k])
    for k in range(len(mu)):
        mu[k] *= math.exp(like[k] - best)
        total += mu[k]
    for k in range(len(mu)):
        mu[k] = max(mu[k] / total, 1e-9)

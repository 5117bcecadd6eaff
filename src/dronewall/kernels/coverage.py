"""Kernels of `tracking/coverage.py`: which tracks are near a sensor, where they may be, what its answers make of it.

Sums stand in the order in which the twin in `tests/kernels/test_coverage.py` adds them, so that the bits are its own.
States and covariances come flat, as in `kernels/motion.py`.
"""

import math

import numpy as np
from numba import njit

from dronewall.kernels.manners import MANNER
from dronewall.kernels.motion import INVERSE_A2, INVERSE_B2, mixture, move, put, zero
from dronewall.units import Bools, Floats, Ints

SECOND_NS = 1_000_000_000
ASIDE = 4  # places beside its own at which a track that is known badly is asked about: east, west, north, south


@njit(cache=True, error_model="numpy")
def near(
    n: int, x: Floats, P: Floats, models: int, time_ns: Ints, number: Ints, classes: Floats, now_ns: int,
    sensor_m: Floats, reach_m: float, group_reach_m: Floats, sound: bool, group_of_label: Ints, least_share: float,
    faster_mps: float, within_s: float,
) -> tuple[Ints, Floats, Floats, Bools, float, float]:  # fmt: skip
    """Rows of the tracks that may come within a sensor's reach in `within_s`, ascending.

    Beside them how old each is (s), how far it may be off (m), whether it is in reach and known well enough that a miss
    says something; in how many seconds the nearest of all may be there, and how fast the fastest of those found is. A
    sensor of sound (`sound`) reaches as far as the loudest label that a track may be, and only numbered tracks.
    """
    rows, age_s, off_m, told = np.empty(n, np.int64), np.empty(n), np.empty(n), np.empty(n, np.bool_)
    groups = len(group_reach_m)
    share = np.empty(groups)
    found, soonest, fastest = 0, np.inf, 0.0
    for w in range(n):
        at, cov = w * models * 6, w * models * 36
        dt = (now_ns - time_ns[w]) / SECOND_NS
        place2 = P[cov] + P[cov + 7] + P[cov + 14]
        speed2 = P[cov + 21] + P[cov + 28] + P[cov + 35]
        spread = math.sqrt(place2 + speed2 * dt * dt)
        v0, v1, v2 = x[at + 3], x[at + 4], x[at + 5]
        speed = math.sqrt(v0 * v0 + v1 * v1 + v2 * v2)
        d0 = x[at] + v0 * dt - sensor_m[0]
        d1 = x[at + 1] + v1 * dt - sensor_m[1]
        d2 = x[at + 2] + v2 * dt - sensor_m[2]
        away = math.sqrt(d0 * d0 + d1 * d1 + d2 * d2)
        reach = reach_m
        if sound:
            if number[w] == 0:
                continue
            for group in range(groups):
                share[group] = 0.0
            for label in range(len(group_of_label)):
                share[group_of_label[label]] += classes[w, label]
            reach = 0.0
            for group in range(groups):
                if share[group] >= least_share:
                    reach = max(reach, group_reach_m[group])
        short = (away - reach - min(3.0 * spread, reach)) / (speed + faster_mps)
        soonest = min(soonest, short)
        if short < within_s:
            rows[found], age_s[found], off_m[found] = w, dt, spread
            told[found] = away < reach and spread < 0.5 * reach
            fastest = max(fastest, speed)
            found += 1
    return rows[:found], age_s[:found], off_m[:found], told[:found], soonest, fastest


@njit(cache=True, error_model="numpy")
def places(
    rows: Ints, age_s: Floats, off_m: Floats, x: Floats, P: Floats, mu: Floats, manner: Floats, models: int,
    motion: Floats, sensor_m: Floats, sound_mps: float, unsure_m: float, spread_sd: float,
) -> tuple[Floats, Floats, Ints]:  # fmt: skip
    """Where a sensor is to be asked about the tracks in `rows`, and how fast they go there (east, north, up).

    Of each track its own place (of sound, `sound_mps` > 0, that at which it made what arrives now), in the order of the
    rows; then those `spread_sd` standard deviations east, west, north and south of each that is off by more than
    `unsure_m`, one direction after the other. Last, which of the rows those are.
    """
    k = len(rows)
    unsure = np.flatnonzero(off_m > unsure_m)
    u = len(unsure)
    place, enu = np.empty((k + ASIDE * u, 3)), np.empty((k + ASIDE * u, 3))
    xs, Ps, mus, m, C = np.empty(6 * models), np.empty(36 * models), np.empty(models), np.empty(6), np.empty(36)
    own, beside = np.empty(MANNER), 0
    for i in range(k):
        w = rows[i]
        xs[:] = x[w * models * 6 : (w + 1) * models * 6]
        Ps[:] = P[w * models * 36 : (w + 1) * models * 36]
        mus[:] = mu[w * models : (w + 1) * models]
        own[:] = manner[w]
        move(xs, Ps, mus, own, zero(), models, age_s[i], motion, m)
        put(C, zero(), mixture(xs, Ps, mus, zero(), models, m))
        p0, p1, p2 = m[0], m[1], m[2]
        if sound_mps > 0.0:
            d0, d1, d2 = p0 - sensor_m[0], p1 - sensor_m[1], p2 - sensor_m[2]
            delay = math.sqrt(d0 * d0 + d1 * d1 + d2 * d2) / sound_mps
            p0, p1, p2 = p0 - m[3] * delay, p1 - m[4] * delay, p2 - m[5] * delay
        u0, u1, u2 = p0 * INVERSE_A2, p1 * INVERSE_A2, p2 * INVERSE_B2
        size = math.sqrt(u0 * u0 + u1 * u1 + u2 * u2)
        u0, u1, u2 = u0 / size, u1 / size, u2 / size
        level = math.sqrt(p0 * p0 + p1 * p1)
        if level == 0.0:
            level = 1.0
        e0, e1 = -p1 / level, p0 / level
        n0, n1, n2 = -u2 * e1, u2 * e0, u0 * e1 - u1 * e0
        place[i, 0], place[i, 1], place[i, 2] = p0, p1, p2
        enu[i, 0] = e0 * m[3] + e1 * m[4]
        enu[i, 1] = n0 * m[3] + n1 * m[4] + n2 * m[5]
        enu[i, 2] = u0 * m[3] + u1 * m[4] + u2 * m[5]
        if beside < u and unsure[beside] == i:
            sd = spread_sd * math.sqrt((C[0] + C[7] + C[14]) / 2.0)
            for step in range(ASIDE):
                at = k + step * u + beside
                far = sd if step % 2 == 0 else -sd
                if step < 2:
                    place[at, 0], place[at, 1], place[at, 2] = p0 + far * e0, p1 + far * e1, p2
                else:
                    place[at, 0], place[at, 1], place[at, 2] = p0 + far * n0, p1 + far * n1, p2 + far * n2
                enu[at, 0], enu[at, 1], enu[at, 2] = enu[i, 0], enu[i, 1], enu[i, 2]
            beside += 1
    return place, enu, unsure


@njit(cache=True, error_model="numpy")
def asked(rows: Ints, classes: Floats, group_of_label: Ints, groups: int, least_share: float) -> Bools:
    """Which groups of labels each of the tracks may be of [shape=(len(rows), groups)]."""
    out = np.empty((len(rows), groups), np.bool_)
    share = np.empty(groups)
    for i in range(len(rows)):
        for group in range(groups):
            share[group] = 0.0
        for label in range(len(group_of_label)):
            share[group_of_label[label]] += classes[rows[i], label]
        for group in range(groups):
            out[i, group] = share[group] >= least_share
    return out


@njit(cache=True, error_model="numpy")
def least(every: Floats, unsure: Ints, wanted: Bools, groups: Ints, at: Ints, p: Floats) -> None:
    """What a sensor answered at the places of `places`, into the rows `at` of p [shape=(., all groups)].

    `every` [shape=(places, len(groups))]. Of each track the least of its places counts, for the groups that were
    `wanted` [shape=(k, all groups)] of it; the others get the mean of those, so that they speak neither for nor
    against.
    """
    k, u = len(wanted), len(unsure)
    for step in range(ASIDE):
        for i in range(u):
            for g in range(len(groups)):
                every[unsure[i], g] = min(every[unsure[i], g], every[k + step * u + i, g])
    for i in range(k):
        total, many = 0.0, 0
        for g in range(len(groups)):
            if wanted[i, groups[g]] and not math.isnan(every[i, g]):
                total += every[i, g]
                many += 1
        usual = total / max(many, 1)
        p[at[i], :] = usual
        for g in range(len(groups)):
            if wanted[i, groups[g]] and not math.isnan(every[i, g]):
                p[at[i], groups[g]] = every[i, g]

"""Tracks of one look, predicted and held against its sensor, several side by side.

The formulas are those of `kernels/motion.py` and `kernels/plots.py`. Here their numbers lie as rows of one number for
each of up to LANES tracks, so that the compiler works out four tracks with one instruction. Which tracks lie beside one
another changes no bit: nothing is summed over them.
"""

import math

import numpy as np

from dronewall.kernels.elementary import angle
from dronewall.kernels.inner import inner
from dronewall.kernels.lanes import (
    COURSE,
    COV,
    DT,
    GAIN,
    HEAD,
    KEEP,
    KEPT,
    LANES,
    LEFT,
    LOUD,
    MEAN,
    MODEL_ROWS,
    MOVES,
    MU,
    OWN_LOUD,
    P_AT,
    READY,
    ROWS,
    SIGHT,
    X,
    enter,
    fetch,
    goes_alone,
    lane_triangle,
    off_mean,
    put_lane_triangle,
    store,
)
from dronewall.kernels.manners import RESTLESS_SHARE, SHARE
from dronewall.kernels.motion import (
    CLIMB_SD,
    CLIMB_TAU,
    Q_ACROSS,
    Q_ALONG,
    course,
    flown,
    mixed,
    up_of,
    widened,
)
from dronewall.kernels.plots import (
    AZIMUTH,
    ELEVATION,
    HEIGHT_AT,
    LEVEL_AT,
    MODELS_AT,
    NORM_AT,
    RANGE,
    RATE,
    SPREAD_AT,
    WIDTH,
    gained,
    per_unit,
    rate_row,
    sighted,
)
from dronewall.units import Floats, Ints


@inner
def average(s: Floats, lanes: int, models: int, spread: bool) -> None:
    """The mean of each lane's models, and with `spread` their covariance."""
    for i in range((6 + 21 if spread else 6) * LANES):
        s[MEAN * LANES + i] = 0.0
    for k in range(models):
        m = s[(ROWS + k * MODEL_ROWS) * LANES :]
        for lane in range(lanes):
            share = m[MU * LANES + lane]
            s[(MEAN + 0) * LANES + lane] += share * m[(X + 0) * LANES + lane]
            s[(MEAN + 1) * LANES + lane] += share * m[(X + 1) * LANES + lane]
            s[(MEAN + 2) * LANES + lane] += share * m[(X + 2) * LANES + lane]
            s[(MEAN + 3) * LANES + lane] += share * m[(X + 3) * LANES + lane]
            s[(MEAN + 4) * LANES + lane] += share * m[(X + 4) * LANES + lane]
            s[(MEAN + 5) * LANES + lane] += share * m[(X + 5) * LANES + lane]
    if spread:
        for k in range(models):
            _add_spread(s, s[(ROWS + k * MODEL_ROWS) * LANES :], lanes)


@inner
def _add_spread(s: Floats, m: Floats, lanes: int) -> None:
    """Add one model's share to the covariance of the mixture, whose mean is there."""
    for lane in range(lanes):
        share = m[MU * LANES + lane]
        d0, d1, d2, d3, d4, d5 = off_mean(m, s, lane)
        p, c = lane_triangle(m, P_AT * LANES + lane), lane_triangle(s, COV * LANES + lane)
        put_lane_triangle(
            s,
            COV * LANES + lane,
            (
                c[0] + share * (p[0] + d0 * d0),
                c[1] + share * (p[1] + d0 * d1),
                c[2] + share * (p[2] + d0 * d2),
                c[3] + share * (p[3] + d1 * d1),
                c[4] + share * (p[4] + d1 * d2),
                c[5] + share * (p[5] + d2 * d2),
                c[6] + share * (p[6] + d0 * d3),
                c[7] + share * (p[7] + d0 * d4),
                c[8] + share * (p[8] + d0 * d5),
                c[9] + share * (p[9] + d1 * d3),
                c[10] + share * (p[10] + d1 * d4),
                c[11] + share * (p[11] + d1 * d5),
                c[12] + share * (p[12] + d2 * d3),
                c[13] + share * (p[13] + d2 * d4),
                c[14] + share * (p[14] + d2 * d5),
                c[15] + share * (p[15] + d3 * d3),
                c[16] + share * (p[16] + d3 * d4),
                c[17] + share * (p[17] + d3 * d5),
                c[18] + share * (p[18] + d4 * d4),
                c[19] + share * (p[19] + d4 * d5),
                c[20] + share * (p[20] + d5 * d5),
            ),
        )


@inner
def fly(s: Floats, lanes: int, motion: Floats, models: int) -> None:
    """Every lane over its time: the models drawn anew, and each moved."""
    average(s, lanes, models, True)
    for lane in range(lanes):
        c = COV * LANES + lane
        s0, s1, s2, sure, u0, u1, u2 = course(
            s[(MEAN + 0) * LANES + lane],
            s[(MEAN + 1) * LANES + lane],
            s[(MEAN + 2) * LANES + lane],
            s[(MEAN + 3) * LANES + lane],
            s[(MEAN + 4) * LANES + lane],
            s[(MEAN + 5) * LANES + lane],
            s[c + 15 * LANES] + s[c + 18 * LANES] + s[c + 20 * LANES],
        )
        to = COURSE * LANES + lane
        s[to], s[to + LANES], s[to + 2 * LANES], s[to + 3 * LANES] = s0, s1, s2, sure
        s[to + 4 * LANES], s[to + 5 * LANES], s[to + 6 * LANES] = u0, u1, u2
    q_s = q_s_more = q_l = q_l_more = 0.0  # mean noise along the course and across, and what loudness adds
    for k in range(models):
        more = motion[k, RESTLESS_SHARE] - motion[k, SHARE]
        q_s += motion[k, SHARE] * motion[k, Q_ALONG]
        q_l += motion[k, SHARE] * motion[k, Q_ACROSS]
        q_s_more += more * motion[k, Q_ALONG]
        q_l_more += more * motion[k, Q_ACROSS]
    for k in range(models):
        _fly_model(
            s, s[(ROWS + k * MODEL_ROWS) * LANES :], lanes, motion[k, SHARE], motion[k, RESTLESS_SHARE],
            motion[k, Q_ALONG], motion[k, Q_ACROSS], motion[k, CLIMB_TAU], motion[k, CLIMB_SD],
            q_s, q_s_more, q_l, q_l_more,
        )  # fmt: skip


@inner
def _fly_model(
    s: Floats, m: Floats, lanes: int, calm: float, restless: float, q_along: float, q_across: float, tau: float,
    sd: float, q_s_mean: float, q_s_more: float, q_l_mean: float, q_l_more: float,
) -> None:  # fmt: skip
    """One model of every lane: mixed with the others, moved, and made less sure by the noise of its way."""
    for lane in range(lanes):
        dt, keep, kept = s[DT * LANES + lane], s[KEEP * LANES + lane], s[KEPT * LANES + lane]
        moves, loud, own_loud = s[MOVES * LANES + lane] > 0.5, s[LOUD * LANES + lane], s[OWN_LOUD * LANES + lane]
        to = COURSE * LANES + lane
        s0, s1, s2, sure = s[to], s[to + LANES], s[to + 2 * LANES], s[to + 3 * LANES]
        u0, u1, u2 = s[to + 4 * LANES], s[to + 5 * LANES], s[to + 6 * LANES]
        mu = m[MU * LANES + lane]
        own = keep * mu
        total = own + (1.0 - keep) * (calm + s[READY * LANES + lane] * (restless - calm))
        own /= total
        p = lane_triangle(m, P_AT * LANES + lane)
        d0, d1, d2, d3, d4, d5 = off_mean(m, s, lane)
        t = mixed(own, d0, d1, d2, d3, d4, d5, p, lane_triangle(s, COV * LANES + lane))
        along, across = q_s_mean + loud * q_s_more, q_l_mean + loud * q_l_more
        more_s, more_l = q_along - along, q_across - across
        q_s = along + more_s * (own_loud if more_s > 0.0 else kept)
        q_l = across + more_l * (own_loud if more_l > 0.0 else kept)
        q_mean = 0.5 * (q_s + q_l)
        q_s, q_l = sure * q_s + (1.0 - sure) * q_mean, sure * q_l + (1.0 - sure) * q_mean
        e = m[LEFT * LANES + lane]
        t = widened(t, dt, dt, e, q_s, q_l, tau, sd, u0, u1, u2, s0, s1, s2)
        y0, y1, y2, y3, y4, y5 = flown(
            own * m[(X + 0) * LANES + lane] + (1.0 - own) * s[(MEAN + 0) * LANES + lane],
            own * m[(X + 1) * LANES + lane] + (1.0 - own) * s[(MEAN + 1) * LANES + lane],
            own * m[(X + 2) * LANES + lane] + (1.0 - own) * s[(MEAN + 2) * LANES + lane],
            own * m[(X + 3) * LANES + lane] + (1.0 - own) * s[(MEAN + 3) * LANES + lane],
            own * m[(X + 4) * LANES + lane] + (1.0 - own) * s[(MEAN + 4) * LANES + lane],
            own * m[(X + 5) * LANES + lane] + (1.0 - own) * s[(MEAN + 5) * LANES + lane],
            dt, dt, e, tau, u0, u1, u2,
        )  # fmt: skip
        m[MU * LANES + lane] = total if moves else mu
        m[(X + 0) * LANES + lane] = y0 if moves else m[(X + 0) * LANES + lane]
        m[(X + 1) * LANES + lane] = y1 if moves else m[(X + 1) * LANES + lane]
        m[(X + 2) * LANES + lane] = y2 if moves else m[(X + 2) * LANES + lane]
        m[(X + 3) * LANES + lane] = y3 if moves else m[(X + 3) * LANES + lane]
        m[(X + 4) * LANES + lane] = y4 if moves else m[(X + 4) * LANES + lane]
        m[(X + 5) * LANES + lane] = y5 if moves else m[(X + 5) * LANES + lane]
        put_lane_triangle(
            m,
            P_AT * LANES + lane,
            (
                t[0] if moves else p[0],
                t[1] if moves else p[1],
                t[2] if moves else p[2],
                t[3] if moves else p[3],
                t[4] if moves else p[4],
                t[5] if moves else p[5],
                t[6] if moves else p[6],
                t[7] if moves else p[7],
                t[8] if moves else p[8],
                t[9] if moves else p[9],
                t[10] if moves else p[10],
                t[11] if moves else p[11],
                t[12] if moves else p[12],
                t[13] if moves else p[13],
                t[14] if moves else p[14],
                t[15] if moves else p[15],
                t[16] if moves else p[16],
                t[17] if moves else p[17],
                t[18] if moves else p[18],
                t[19] if moves else p[19],
                t[20] if moves else p[20],
            ),
        )


@inner
def aim(s: Floats, lanes: int, models: int, offset_s: float, place: Floats, A: Floats, var: Floats) -> None:
    """Each lane's gain for a measurement of these variances by the sensor there; see `plots.gain`."""
    average(s, lanes, models, False)
    has_e = var[ELEVATION] < np.inf
    constant = per_unit(var)
    var_r, var_a, var_e = var[RANGE], var[AZIMUTH], var[ELEVATION]
    _sight(
        s, lanes, offset_s, place[0], place[1], place[2], A[0, 0], A[0, 1], A[0, 2], A[1, 0], A[1, 1], A[1, 2],
        A[2, 0], A[2, 1], A[2, 2], has_e,
    )  # fmt: skip
    for k in range(models):
        _aim_model(s, s[(ROWS + k * MODEL_ROWS) * LANES :], lanes, offset_s, var_r, var_a, var_e, has_e, constant)
    for i in range(SPREAD_AT * LANES, (SPREAD_AT + 3) * LANES):
        s[HEAD * LANES + i] = math.sqrt(s[HEAD * LANES + i])


@inner
def _sight(
    s: Floats, lanes: int, offset_s: float, p0: float, p1: float, p2: float, A00: float, A01: float, A02: float,
    A10: float, A11: float, A12: float, A20: float, A21: float, A22: float, has_e: bool,
) -> None:  # fmt: skip
    """Where the sensor expects each lane, and how its line of sight lies."""
    for lane in range(lanes):
        at = MEAN * LANES + lane
        v0, v1, v2 = s[at + 3 * LANES], s[at + 4 * LANES], s[at + 5 * LANES]
        d0 = s[at] + v0 * offset_s - p0
        d1 = s[at + LANES] + v1 * offset_s - p1
        d2 = s[at + 2 * LANES] + v2 * offset_s - p2
        g = sighted(d0, d1, d2, A00, A01, A02, A10, A11, A12, A20, A21, A22, has_e)
        to = SIGHT * LANES + lane
        s[to] = g[0]
        s[to + LANES] = g[1]
        s[to + 2 * LANES] = g[2]
        s[to + 3 * LANES] = g[3]
        s[to + 4 * LANES] = g[4]
        s[to + 5 * LANES] = g[5]
        s[to + 6 * LANES] = g[6]
        s[to + 7 * LANES] = g[7]
        s[to + 8 * LANES] = g[8]
        s[to + 9 * LANES] = g[9]
        s[to + 10 * LANES] = g[10]
        s[to + 11 * LANES] = g[11]
        s[to + 12 * LANES] = g[12]
        s[to + 13 * LANES] = g[13]
        h = HEAD * LANES + lane
        s[h + RANGE * LANES], s[h + LEVEL_AT * LANES] = g[4], g[3] / g[4]
        s[h + AZIMUTH * LANES], s[h + ELEVATION * LANES] = angle(g[0], g[1]), angle(g[2], g[3])
        s[h + HEIGHT_AT * LANES] = up_of(s[at], s[at + LANES], s[at + 2 * LANES])[3]
        s[h + RATE * LANES] = g[5] * v0 + g[6] * v1 + g[7] * v2
        s[h + SPREAD_AT * LANES] = s[h + (SPREAD_AT + 1) * LANES] = s[h + (SPREAD_AT + 2) * LANES] = 0.0


@inner
def _aim_model(
    s: Floats, m: Floats, lanes: int, offset_s: float, var_r: float, var_a: float, var_e: float, has_e: bool,
    constant: float,
) -> None:  # fmt: skip
    """One model's part of every lane's gain."""
    for lane in range(lanes):
        d0, d1, d2, d3, d4, d5 = off_mean(m, s, lane)
        a = SIGHT * LANES + lane
        sight = (
            s[a], s[a + LANES], s[a + 2 * LANES], s[a + 3 * LANES], s[a + 4 * LANES],
            s[a + 5 * LANES], s[a + 6 * LANES], s[a + 7 * LANES], s[a + 8 * LANES], s[a + 9 * LANES],
            s[a + 10 * LANES], s[a + 11 * LANES], s[a + 12 * LANES], s[a + 13 * LANES],
        )  # fmt: skip
        g, srr, stt, up2 = gained(
            lane_triangle(m, P_AT * LANES + lane), d0, d1, d2, d3, d4, d5, offset_s, sight, var_r, var_a, var_e, has_e
        )
        to = GAIN * LANES + lane
        m[to] = g[0]
        m[to + LANES] = g[1]
        m[to + 2 * LANES] = g[2]
        m[to + 4 * LANES] = g[3]
        m[to + 5 * LANES] = g[4]
        m[to + 6 * LANES] = g[5]
        m[to + 7 * LANES] = g[6]
        m[to + 8 * LANES] = g[7]
        m[to + 9 * LANES] = g[8]
        m[to + 14 * LANES] = g[9]
        m[to + 15 * LANES] = g[10]
        m[to + 16 * LANES] = g[11]
        m[to + 17 * LANES] = g[12]
        m[to + 18 * LANES] = g[13]
        m[to + 19 * LANES] = g[14]
        m[to + 20 * LANES] = g[15]
        m[to + 21 * LANES] = g[16]
        m[to + 22 * LANES] = g[17]
        m[to + 23 * LANES] = g[18]
        m[to + 24 * LANES] = g[19]
        m[to + 25 * LANES] = g[20]
        m[to + 26 * LANES] = g[21]
        m[to + 27 * LANES] = g[22]
        m[to + 28 * LANES] = g[23]
        m[to + 29 * LANES] = g[24]
        m[to + 30 * LANES] = g[25]
        m[to + 31 * LANES] = g[26]
        m[to + NORM_AT * LANES] = constant * sight[3] * (sight[4] if has_e else 1.0) * g[27]
        h = (HEAD + SPREAD_AT) * LANES + lane
        s[h] = max(s[h], srr)
        s[h + LANES] = max(s[h + LANES], stt)
        s[h + 2 * LANES] = max(s[h + 2 * LANES], up2)


@inner
def predict_and_aim(
    x: Floats, P: Floats, mu: Floats, manner: Floats, who: Ints, since: Floats, first: int, count: int, models: int,
    motion: Floats, offset_s: float, place: Floats, A: Floats, var: Floats, spans: Floats, s: Floats, pool: Floats,
) -> None:  # fmt: skip
    """Move `count` of the tracks `who` over `since` s each, but those that went alone, and write gains to the pool.

    `spans` is room for SPANS spans of time, NaN before the first call of a look; `s` is room. Lanes come in fours: the
    last track stands for those that are missing.
    """
    width = MODELS_AT + models * WIDTH
    lanes = (count + 3) // 4 * 4
    for lane in range(lanes):
        i = first + min(lane, count - 1)
        if lane < count:
            enter(manner, who[i], models, since[i], goes_alone(since[i], motion, models), motion, spans, s, lane)
        else:
            for row in range(MOVES + 1):
                s[row * LANES + lane] = s[row * LANES + lane - 1]
            for k in range(models):
                left = (ROWS + k * MODEL_ROWS + LEFT) * LANES + lane
                s[left] = s[left - 1]
        fetch(x, P, mu, who[i], models, s, lane)
    fly(s, lanes, motion, models)
    aim(s, lanes, models, offset_s, place, A, var)
    for lane in range(count):
        i = first + lane
        store(x, P, mu, who[i], models, s, lane, pool, i * width)
        if var[RATE] < np.inf:
            _aim_rate(x, P, who[i], models, s, lane, offset_s, var[RATE], pool, i * width)


@inner
def _aim_rate(
    x: Floats, P: Floats, w: int, models: int, s: Floats, lane: int, offset_s: float, var: float, pool: Floats, at: int
) -> None:
    """Add the range rate to the gain at pool[at] of a track that has been stored."""
    v, g = (MEAN + 3) * LANES + lane, (SIGHT + 4) * LANES + lane
    rate, slant = s[(HEAD + RATE) * LANES + lane], s[g]
    r = (s[g + LANES], s[g + 2 * LANES], s[g + 3 * LANES])
    t = (s[g + 4 * LANES], s[g + 5 * LANES], s[g + 6 * LANES])
    e = (s[g + 7 * LANES], s[g + 8 * LANES], s[g + 9 * LANES])
    pull = (
        (s[v] - rate * r[0]) / slant,
        (s[v + LANES] - rate * r[1]) / slant,
        (s[v + 2 * LANES] - rate * r[2]) / slant,
    )
    for k in range(models):
        q, m = at + MODELS_AT + k * WIDTH, MEAN * LANES + lane
        kx = (w * models + k) * 6
        d3, d4, d5 = x[kx + 3] - s[m + 3 * LANES], x[kx + 4] - s[m + 4 * LANES], x[kx + 5] - s[m + 5 * LANES]
        d0 = x[kx] - s[m] + offset_s * d3
        d1, d2 = x[kx + 1] - s[m + LANES] + offset_s * d4, x[kx + 2] - s[m + 2 * LANES] + offset_s * d5
        rate_row(P, (w * models + k) * 36, pool, q, var, offset_s, r, t, e, pull, (d0, d1, d2, d3, d4, d5))

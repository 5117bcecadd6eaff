"""One look of a plot sensor, pair by pair: what a measurement would do to a track, and what it does.

Measurements are range, azimuth, elevation and range rate as far as they were measured. Innovations are taken in metres
along the line of sight at the mixture's predicted mean, and whitened: with S = L L' the gain is K = U L^-1, U = P H'
L^-T, so that a squared distance is a sum of squares and the update takes U U' off P. Second-order terms of the range
(bent by what is across the line of sight) and of the angles keep the update honest at close range.

Gains lie in a flat pool, MODELS_AT numbers before those of the models: what the measurement is expected to be, how far
it may be off and how high that is, then for each model what its own mean adds, the inverse of L, U and the factor of
the density.
"""

import math

import numpy as np

from dronewall.kernels.elementary import angle
from dronewall.kernels.inner import formula, inner
from dronewall.kernels.motion import Triangle, put, triangle, up_of
from dronewall.units import Floats, Ints

DIMS = 4  # range, across (azimuth), upward (elevation), range rate
RANGE, AZIMUTH, ELEVATION, RATE = 0, 1, 2, 3
# In a gain: h, its spread (3, m), cosine of elevation, the track's height above the ellipsoid, then the models.
SPREAD_AT, LEVEL_AT, HEIGHT_AT, MODELS_AT = 4, 7, 8, 9
SHIFT_AT, LINV_AT, U_AT, NORM_AT, WIDTH = 0, 4, 14, 38, 39  # in a model: shift (4), L^-1 (10), U (4 rows of 6), factor
TWO_PI = 2.0 * math.pi
LOG_2_PI = math.log(TWO_PI)
Sight = tuple[
    float, float, float, float, float, float, float, float, float, float, float, float, float, float
]  # fmt: skip
"""East, north, up, level distance, range; then unit vectors along the line of sight, across it and upward."""
Gained = tuple[
    float, float, float, float, float, float, float, float, float,
    float, float, float, float, float, float, float, float, float,
    float, float, float, float, float, float, float, float, float,
    float,
]  # fmt: skip
"""Shift (3), L^-1 (6), U (3 rows of 6), factor of the density."""
LEAST_PART = 1e-9  # of a model's weight, below which a pair does not move it


@formula
def sighted(
    d0: float, d1: float, d2: float, A00: float, A01: float, A02: float, A10: float, A11: float, A12: float,
    A20: float, A21: float, A22: float, has_e: bool,
) -> Sight:  # fmt: skip
    """East, north, up of what is `d` from a sensor, its level distance and its range, line of sight, across, upward."""
    east, north, up = A00 * d0 + A01 * d1 + A02 * d2, A10 * d0 + A11 * d1 + A12 * d2, A20 * d0 + A21 * d1 + A22 * d2
    flat2 = east * east + north * north + 1e-6
    flat, slant = math.sqrt(flat2), math.sqrt(flat2 + up * up)
    sin_a, cos_a = east / flat, north / flat
    r0, r1, r2 = d0 / slant, d1 / slant, d2 / slant
    t0, t1, t2 = cos_a * A00 - sin_a * A10, cos_a * A01 - sin_a * A11, cos_a * A02 - sin_a * A12
    sign = -1.0 if has_e else 0.0  # line of sight x across = down
    e0, e1, e2 = sign * (r1 * t2 - r2 * t1), sign * (r2 * t0 - r0 * t2), sign * (r0 * t1 - r1 * t0)
    return east, north, up, flat, slant, r0, r1, r2, t0, t1, t2, e0, e1, e2


@formula
def gained(
    p: Triangle, x0: float, x1: float, x2: float, x3: float, x4: float, x5: float, offset_s: float, sight: Sight,
    var_r: float, var_a: float, var_e: float, has_e: bool,
) -> tuple[Gained, float, float, float]:  # fmt: skip
    """What a measurement along that line of sight would do to a model of covariance `p` that is x off the mean.

    Beside it the variances along the sight, across it and upward.
    """
    (
        c00, c01, c02, c11, c12, c22, b00, b01, b02,
        b10, b11, b12, b20, b21, b22, a00, a01, a02,
        a11, a12, a22,
    ) = p  # fmt: skip
    _, _, _, flat, slant, r0, r1, r2, t0, t1, t2, e0, e1, e2 = sight
    flat2, slant2 = flat * flat, slant * slant
    # covariance of place then velocity with the place when it was measured
    m00 = c00 + offset_s * b00
    m01 = c01 + offset_s * b01
    m02 = c02 + offset_s * b02
    m10 = c01 + offset_s * b10
    m11 = c11 + offset_s * b11
    m12 = c12 + offset_s * b12
    m20 = c02 + offset_s * b20
    m21 = c12 + offset_s * b21
    m22 = c22 + offset_s * b22
    w00 = b00 + offset_s * a00
    w01 = b10 + offset_s * a01
    w02 = b20 + offset_s * a02
    w10 = b01 + offset_s * a01
    w11 = b11 + offset_s * a11
    w12 = b21 + offset_s * a12
    w20 = b02 + offset_s * a02
    w21 = b12 + offset_s * a12
    w22 = b22 + offset_s * a22
    pr0 = m00 * r0 + m01 * r1 + m02 * r2
    pr1 = m10 * r0 + m11 * r1 + m12 * r2
    pr2 = m20 * r0 + m21 * r1 + m22 * r2
    vr0 = w00 * r0 + w01 * r1 + w02 * r2
    vr1 = w10 * r0 + w11 * r1 + w12 * r2
    vr2 = w20 * r0 + w21 * r1 + w22 * r2
    pt0 = m00 * t0 + m01 * t1 + m02 * t2
    pt1 = m10 * t0 + m11 * t1 + m12 * t2
    pt2 = m20 * t0 + m21 * t1 + m22 * t2
    vt0 = w00 * t0 + w01 * t1 + w02 * t2
    vt1 = w10 * t0 + w11 * t1 + w12 * t2
    vt2 = w20 * t0 + w21 * t1 + w22 * t2
    pe0 = m00 * e0 + m01 * e1 + m02 * e2
    pe1 = m10 * e0 + m11 * e1 + m12 * e2
    pe2 = m20 * e0 + m21 * e1 + m22 * e2
    ve0 = w00 * e0 + w01 * e1 + w02 * e2
    ve1 = w10 * e0 + w11 * e1 + w12 * e2
    ve2 = w20 * e0 + w21 * e1 + w22 * e2
    x0, x1, x2 = x0 + offset_s * x3, x1 + offset_s * x4, x2 + offset_s * x5
    hr0, hr1, hr2 = pr0 + offset_s * vr0, pr1 + offset_s * vr1, pr2 + offset_s * vr2
    ht0, ht1, ht2 = pt0 + offset_s * vt0, pt1 + offset_s * vt1, pt2 + offset_s * vt2
    he0, he1, he2 = pe0 + offset_s * ve0, pe1 + offset_s * ve1, pe2 + offset_s * ve2
    srr = r0 * hr0 + r1 * hr1 + r2 * hr2
    str_ = t0 * hr0 + t1 * hr1 + t2 * hr2
    ser = e0 * hr0 + e1 * hr1 + e2 * hr2
    stt = t0 * ht0 + t1 * ht1 + t2 * ht2
    set_ = e0 * ht0 + e1 * ht1 + e2 * ht2
    see = e0 * he0 + e1 * he1 + e2 * he2
    bent = (stt + see) / slant
    shift = min(0.5 * bent, math.sqrt(stt + see))
    room = min(1.0, (stt + srr) / flat2)
    srr += var_r + 0.5 * min(bent * bent, stt + see)
    stt += var_a * flat2 + stt * room
    up2 = see + var_e * slant2 + see * room if has_e else c00 + c11 + c22
    see = up2 if has_e else 1.0
    l00 = math.sqrt(srr)
    i00 = 1.0 / l00
    l10, l20 = str_ * i00, ser * i00
    l11 = math.sqrt(stt - l10 * l10)
    i11 = 1.0 / l11
    l21 = (set_ - l20 * l10) * i11
    l22 = math.sqrt(see - l20 * l20 - l21 * l21)
    i22 = 1.0 / l22
    i10 = -l10 * i00 * i11
    i21 = -l21 * i11 * i22
    i20 = -(l20 * i00 + l21 * i10) * i22
    gain = (
        r0 * x0 + r1 * x1 + r2 * x2 + shift, t0 * x0 + t1 * x1 + t2 * x2, e0 * x0 + e1 * x1 + e2 * x2,
        i00, i10, i11, i20, i21, i22,
        pr0 * i00, pr1 * i00, pr2 * i00, vr0 * i00, vr1 * i00, vr2 * i00,
        pr0 * i10 + pt0 * i11, pr1 * i10 + pt1 * i11, pr2 * i10 + pt2 * i11,
        vr0 * i10 + vt0 * i11, vr1 * i10 + vt1 * i11, vr2 * i10 + vt2 * i11,
        pr0 * i20 + pt0 * i21 + pe0 * i22, pr1 * i20 + pt1 * i21 + pe1 * i22, pr2 * i20 + pt2 * i21 + pe2 * i22,
        vr0 * i20 + vt0 * i21 + ve0 * i22, vr1 * i20 + vt1 * i21 + ve1 * i22, vr2 * i20 + vt2 * i21 + ve2 * i22,
        i00 * i11 * (i22 if has_e else 1.0),
    )  # fmt: skip
    return gain, srr, stt, up2


@inner
def per_unit(var: Floats) -> float:
    """A normal density's constant, of what was measured; densities are asked per m, rad, rad and m/s."""
    dims = 2.0 + (1.0 if var[ELEVATION] < np.inf else 0.0) + (1.0 if var[RATE] < np.inf else 0.0)
    return math.exp(-0.5 * LOG_2_PI * dims)


@inner
def gain(
    x: Floats, P: Floats, w: int, models: int, mean: Floats, offset_s: float, place: Floats, A: Floats, var: Floats,
    pool: Floats, at: int,
) -> None:  # fmt: skip
    """Write to `pool[at]` all that a measurement of these variances would do to track `w`, for every model.

    `var` [shape=(4,)] is in m2, rad2, rad2, m2/s2, inf where not measured; `offset_s` how long after the state's time
    it was taken, `place` and `A` the sensor's place and axes.
    """
    v0, v1, v2 = mean[3], mean[4], mean[5]
    d0 = mean[0] + v0 * offset_s - place[0]
    d1 = mean[1] + v1 * offset_s - place[1]
    d2 = mean[2] + v2 * offset_s - place[2]
    has_e, has_rate = var[ELEVATION] < np.inf, var[RATE] < np.inf
    sight = sighted(
        d0, d1, d2, A[0, 0], A[0, 1], A[0, 2], A[1, 0], A[1, 1], A[1, 2], A[2, 0], A[2, 1], A[2, 2], has_e
    )  # fmt: skip
    east, north, up, flat, slant, r0, r1, r2, t0, t1, t2, e0, e1, e2 = sight
    rate = r0 * v0 + r1 * v1 + r2 * v2
    pool[at + RANGE], pool[at + AZIMUTH] = slant, angle(east, north)
    pool[at + ELEVATION], pool[at + RATE] = angle(up, flat), rate
    constant = flat * (slant if has_e else 1.0) * per_unit(var)
    sd_r, sd_t, sd_e = 0.0, 0.0, 0.0
    for k in range(models):
        kx = (w * models + k) * 6
        x0, x1, x2 = x[kx] - mean[0], x[kx + 1] - mean[1], x[kx + 2] - mean[2]
        x3, x4, x5 = x[kx + 3] - mean[3], x[kx + 4] - mean[4], x[kx + 5] - mean[5]
        q = at + MODELS_AT + k * WIDTH
        own, srr, stt, up2 = gained(
            triangle(P, (w * models + k) * 36), x0, x1, x2, x3, x4, x5, offset_s, sight,
            var[RANGE], var[AZIMUTH], var[ELEVATION], has_e,
        )  # fmt: skip
        for i in range(3):
            pool[q + SHIFT_AT + i] = own[i]
        for i in range(6):
            pool[q + LINV_AT + i] = own[3 + i]
        for i in range(18):
            pool[q + U_AT + i] = own[9 + i]
        pool[q + NORM_AT] = constant * own[27]
        sd_r, sd_t, sd_e = max(sd_r, srr), max(sd_t, stt), max(sd_e, up2)
        if has_rate:
            rate_row(P, (w * models + k) * 36, pool, q, var[RATE], offset_s, (r0, r1, r2), (t0, t1, t2), (e0, e1, e2),
                      ((v0 - rate * r0) / slant, (v1 - rate * r1) / slant, (v2 - rate * r2) / slant),
                      (x0 + offset_s * x3, x1 + offset_s * x4, x2 + offset_s * x5, x3, x4, x5))  # fmt: skip
    pool[at + SPREAD_AT + RANGE], pool[at + SPREAD_AT + AZIMUTH] = math.sqrt(sd_r), math.sqrt(sd_t)
    pool[at + SPREAD_AT + ELEVATION], pool[at + LEVEL_AT] = math.sqrt(sd_e), flat / slant
    pool[at + HEIGHT_AT] = up_of(mean[0], mean[1], mean[2])[3]


@inner
def rate_row(
    P: Floats, at: int, pool: Floats, q: int, var: float, offset_s: float, r: tuple[float, float, float],
    t: tuple[float, float, float], e: tuple[float, float, float], g: tuple[float, float, float],
    x: tuple[float, float, float, float, float, float],
) -> None:  # fmt: skip
    """Add the range rate, by its gradient over place `g` and over velocity r, to the model at pool[q]."""
    h = (g[0], g[1], g[2], r[0] + offset_s * g[0], r[1] + offset_s * g[1], r[2] + offset_s * g[2])
    w = q + U_AT + 18
    total = var
    for i in range(6):
        pool[w + i] = 0.0
        for j in range(6):
            pool[w + i] += P[at + i * 6 + j] * h[j]
        total += h[i] * pool[w + i]
    b0, b1, b2 = 0.0, 0.0, 0.0  # its covariance with range, across, upward
    for i in range(3):
        along = pool[w + i] + offset_s * pool[w + 3 + i]
        b0 += r[i] * along
        b1 += t[i] * along
        b2 += e[i] * along
    i00, i10, i11 = pool[q + LINV_AT], pool[q + LINV_AT + 1], pool[q + LINV_AT + 2]
    i20, i21, i22 = pool[q + LINV_AT + 3], pool[q + LINV_AT + 4], pool[q + LINV_AT + 5]
    l0, l1, l2 = i00 * b0, i10 * b0 + i11 * b1, i20 * b0 + i21 * b1 + i22 * b2
    i33 = 1.0 / math.sqrt(total - l0 * l0 - l1 * l1 - l2 * l2)
    pool[q + LINV_AT + 6] = -(l0 * i00 + l1 * i10 + l2 * i20) * i33
    pool[q + LINV_AT + 7] = -(l1 * i11 + l2 * i21) * i33
    pool[q + LINV_AT + 8] = -l2 * i22 * i33
    pool[q + LINV_AT + 9] = i33
    pool[q + NORM_AT] *= i33
    shift = 0.0
    u = q + U_AT
    for i in range(6):
        shift += (g[i] if i < 3 else r[i - 3]) * x[i]
        pool[w + i] = (pool[w + i] - l0 * pool[u + i] - l1 * pool[u + 6 + i] - l2 * pool[u + 12 + i]) * i33
    pool[q + SHIFT_AT + 3] = shift


@inner
def whiten(
    z: Floats, row: int, var: Floats, pool: Floats, at: int, mu: Floats, w: int, models: int, far2: float, nu: Floats,
    like: Floats, e: int,
) -> float:  # fmt: skip
    """Write edge e's whitened innovation and weighted density per model; the least squared distance of any model."""
    slant = pool[at + RANGE]
    has_e, has_rate = var[row, ELEVATION] < np.inf, var[row, RATE] < np.inf
    raw0 = z[row, RANGE] - slant
    turn = z[row, AZIMUTH] - pool[at + AZIMUTH]
    turn -= TWO_PI * math.floor(turn / TWO_PI + 0.5)
    raw1 = turn * slant * pool[at + LEVEL_AT]
    raw2 = (z[row, ELEVATION] - pool[at + ELEVATION]) * slant if has_e else 0.0
    raw3 = z[row, RATE] - pool[at + RATE] if has_rate else 0.0
    least = np.inf
    for k in range(models):
        q = at + MODELS_AT + k * WIDTH
        a0, a1 = raw0 - pool[q + SHIFT_AT], raw1 - pool[q + SHIFT_AT + 1]
        a2 = raw2 - pool[q + SHIFT_AT + 2]
        n0 = pool[q + LINV_AT] * a0
        n1 = pool[q + LINV_AT + 1] * a0 + pool[q + LINV_AT + 2] * a1
        n2 = pool[q + LINV_AT + 3] * a0 + pool[q + LINV_AT + 4] * a1 + pool[q + LINV_AT + 5] * a2 if has_e else 0.0
        n3 = 0.0
        if has_rate:
            a3 = raw3 - pool[q + SHIFT_AT + 3]
            n3 = (
                pool[q + LINV_AT + 6] * a0 + pool[q + LINV_AT + 7] * a1 + pool[q + LINV_AT + 8] * a2
                + pool[q + LINV_AT + 9] * a3
            )  # fmt: skip
        f = (e * models + k) * DIMS
        nu[f], nu[f + 1], nu[f + 2], nu[f + 3] = n0, n1, n2, n3
        d2 = n0 * n0 + n1 * n1 + n2 * n2 + n3 * n3
        least = min(least, d2)
        like[e * models + k] = mu[w * models + k] * pool[q + NORM_AT] * math.exp(-0.5 * d2) if d2 < far2 else 0.0
    return least


@inner
def absorb_shares(
    x: Floats, P: Floats, mu: Floats, w: int, models: int, unseen: float, share: Floats, gain_at: Ints, pool: Floats,
    has_rate: bool, nu: Floats, like: Floats, first: int, stop: int,
) -> None:  # fmt: skip
    """Move track `w` by the pairs `first` to `stop`, each with its share, moment-matched model by model.

    `unseen` is the weight of having been missed; it and the shares sum to one. `like` sums to one over the models.
    """
    everything = 0.0
    alone = stop == first + 1
    for k in range(models):
        weights = unseen * mu[w * models + k]
        for e in range(first, stop):
            weights += share[e] * like[e * models + k]
        everything += weights
        if weights < 1e-30:
            mu[w * models + k] = 1e-30
            continue
        mu[w * models + k] = weights
        n0 = n1 = n2 = n3 = n4 = n5 = 0.0
        t = triangle(P, (w * models + k) * 36)
        for e in range(first, stop):
            part = share[e] * like[e * models + k] / weights
            if part < LEAST_PART:
                continue
            u = gain_at[e] + MODELS_AT + k * WIDTH + U_AT
            f = (e * models + k) * DIMS
            a, b, c = nu[f], nu[f + 1], nu[f + 2]
            m0 = pool[u + 0] * a + pool[u + 6] * b + pool[u + 12] * c
            m1 = pool[u + 1] * a + pool[u + 7] * b + pool[u + 13] * c
            m2 = pool[u + 2] * a + pool[u + 8] * b + pool[u + 14] * c
            m3 = pool[u + 3] * a + pool[u + 9] * b + pool[u + 15] * c
            m4 = pool[u + 4] * a + pool[u + 10] * b + pool[u + 16] * c
            m5 = pool[u + 5] * a + pool[u + 11] * b + pool[u + 17] * c
            if has_rate:
                d = nu[f + 3]
                m0 += pool[u + 18] * d
                m1 += pool[u + 19] * d
                m2 += pool[u + 20] * d
                m3 += pool[u + 21] * d
                m4 += pool[u + 22] * d
                m5 += pool[u + 23] * d
            n0 += part * m0
            n1 += part * m1
            n2 += part * m2
            n3 += part * m3
            n4 += part * m4
            n5 += part * m5
            # of one pair, the square of the mean's move comes off at once
            t = _taken(t, part, part - part * part if alone else part, pool, u, m0, m1, m2, m3, m4, m5)
            if has_rate:
                t = _less(t, part, pool, u + 18)
        at = (w * models + k) * 6
        x[at + 0] += n0
        x[at + 1] += n1
        x[at + 2] += n2
        x[at + 3] += n3
        x[at + 4] += n4
        x[at + 5] += n5
        put(P, (w * models + k) * 36, t if alone else _about(t, n0, n1, n2, n3, n4, n5))
    for k in range(w * models, w * models + models):
        mu[k] /= everything


@inner
def _about(t: Triangle, n0: float, n1: float, n2: float, n3: float, n4: float, n5: float) -> Triangle:
    """t - n n'."""
    return (
        t[0] - n0 * n0,
        t[1] - n0 * n1,
        t[2] - n0 * n2,
        t[3] - n1 * n1,
        t[4] - n1 * n2,
        t[5] - n2 * n2,
        t[6] - n0 * n3,
        t[7] - n0 * n4,
        t[8] - n0 * n5,
        t[9] - n1 * n3,
        t[10] - n1 * n4,
        t[11] - n1 * n5,
        t[12] - n2 * n3,
        t[13] - n2 * n4,
        t[14] - n2 * n5,
        t[15] - n3 * n3,
        t[16] - n3 * n4,
        t[17] - n3 * n5,
        t[18] - n4 * n4,
        t[19] - n4 * n5,
        t[20] - n5 * n5,
    )


@inner
def _taken(
    t: Triangle, part: float, bend: float, pool: Floats, u: int,
    m0: float, m1: float, m2: float, m3: float, m4: float, m5: float,
) -> Triangle:  # fmt: skip
    """t + bend m m' - part U U', over range, across and upward."""
    a0, b0, c0 = pool[u + 0], pool[u + 6], pool[u + 12]
    a1, b1, c1 = pool[u + 1], pool[u + 7], pool[u + 13]
    a2, b2, c2 = pool[u + 2], pool[u + 8], pool[u + 14]
    a3, b3, c3 = pool[u + 3], pool[u + 9], pool[u + 15]
    a4, b4, c4 = pool[u + 4], pool[u + 10], pool[u + 16]
    a5, b5, c5 = pool[u + 5], pool[u + 11], pool[u + 17]
    d0, e0, f0, h0 = part * a0, part * b0, part * c0, bend * m0
    d1, e1, f1, h1 = part * a1, part * b1, part * c1, bend * m1
    d2, e2, f2, h2 = part * a2, part * b2, part * c2, bend * m2
    d3, e3, f3, h3 = part * a3, part * b3, part * c3, bend * m3
    d4, e4, f4, h4 = part * a4, part * b4, part * c4, bend * m4
    d5, e5, f5, h5 = part * a5, part * b5, part * c5, bend * m5
    return (
        t[0] + (h0 * m0 - d0 * a0 - e0 * b0 - f0 * c0),
        t[1] + (h0 * m1 - d0 * a1 - e0 * b1 - f0 * c1),
        t[2] + (h0 * m2 - d0 * a2 - e0 * b2 - f0 * c2),
        t[3] + (h1 * m1 - d1 * a1 - e1 * b1 - f1 * c1),
        t[4] + (h1 * m2 - d1 * a2 - e1 * b2 - f1 * c2),
        t[5] + (h2 * m2 - d2 * a2 - e2 * b2 - f2 * c2),
        t[6] + (h0 * m3 - d0 * a3 - e0 * b3 - f0 * c3),
        t[7] + (h0 * m4 - d0 * a4 - e0 * b4 - f0 * c4),
        t[8] + (h0 * m5 - d0 * a5 - e0 * b5 - f0 * c5),
        t[9] + (h1 * m3 - d1 * a3 - e1 * b3 - f1 * c3),
        t[10] + (h1 * m4 - d1 * a4 - e1 * b4 - f1 * c4),
        t[11] + (h1 * m5 - d1 * a5 - e1 * b5 - f1 * c5),
        t[12] + (h2 * m3 - d2 * a3 - e2 * b3 - f2 * c3),
        t[13] + (h2 * m4 - d2 * a4 - e2 * b4 - f2 * c4),
        t[14] + (h2 * m5 - d2 * a5 - e2 * b5 - f2 * c5),
        t[15] + (h3 * m3 - d3 * a3 - e3 * b3 - f3 * c3),
        t[16] + (h3 * m4 - d3 * a4 - e3 * b4 - f3 * c4),
        t[17] + (h3 * m5 - d3 * a5 - e3 * b5 - f3 * c5),
        t[18] + (h4 * m4 - d4 * a4 - e4 * b4 - f4 * c4),
        t[19] + (h4 * m5 - d4 * a5 - e4 * b5 - f4 * c5),
        t[20] + (h5 * m5 - d5 * a5 - e5 * b5 - f5 * c5),
    )


@inner
def _less(t: Triangle, part: float, pool: Floats, u: int) -> Triangle:
    """t - part U U' over one more component."""
    u0, u1, u2, u3, u4, u5 = pool[u + 0], pool[u + 1], pool[u + 2], pool[u + 3], pool[u + 4], pool[u + 5]
    return (
        t[0] - part * u0 * u0,
        t[1] - part * u0 * u1,
        t[2] - part * u0 * u2,
        t[3] - part * u1 * u1,
        t[4] - part * u1 * u2,
        t[5] - part * u2 * u2,
        t[6] - part * u0 * u3,
        t[7] - part * u0 * u4,
        t[8] - part * u0 * u5,
        t[9] - part * u1 * u3,
        t[10] - part * u1 * u4,
        t[11] - part * u1 * u5,
        t[12] - part * u2 * u3,
        t[13] - part * u2 * u4,
        t[14] - part * u2 * u5,
        t[15] - part * u3 * u3,
        t[16] - part * u3 * u4,
        t[17] - part * u3 * u5,
        t[18] - part * u4 * u4,
        t[19] - part * u4 * u5,
        t[20] - part * u5 * u5,
    )

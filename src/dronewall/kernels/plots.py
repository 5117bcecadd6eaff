"""One look of a plot sensor, pair by pair: what a measurement would do to a track, and what it does.

Measurements are range, azimuth, elevation and range rate as far as they were measured. Innovations are taken in metres
along the line of sight at the mixture's predicted mean, and whitened: with S = L L' the gain is K = U L^-1, U = P H'
L^-T, so that a squared distance is a sum of squares and the update takes U U' off P. Second-order terms of the range
(bent by what is across the line of sight) and of the angles keep the update honest at close range.

Gains lie in a flat pool, WIDTH numbers before those of the models: what the measurement is expected to be and how far
it may be off, then for each model what its own mean adds, the inverse of L, U and the factor of the density.
"""

import math

import numpy as np

from dronewall.kernels.inner import inner
from dronewall.kernels.motion import Triangle, put, triangle
from dronewall.units import Floats, Ints

DIMS = 4  # range, across (azimuth), upward (elevation), range rate
RANGE, AZIMUTH, ELEVATION, RATE = 0, 1, 2, 3
SPREAD_AT, LEVEL_AT, MODELS_AT = 4, 7, 8  # in a gain: h, its spread (3, m), cosine of elevation, then the models
SHIFT_AT, LINV_AT, U_AT, NORM_AT, WIDTH = 0, 4, 14, 38, 39  # in a model: shift (4), L^-1 (10), U (4 rows of 6), factor
TWO_PI = 2.0 * math.pi
LOG_2_PI = math.log(TWO_PI)
LEAST_PART = 1e-9  # of a model's weight, below which a pair does not move it


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
    east = A[0, 0] * d0 + A[0, 1] * d1 + A[0, 2] * d2
    north = A[1, 0] * d0 + A[1, 1] * d1 + A[1, 2] * d2
    up = A[2, 0] * d0 + A[2, 1] * d1 + A[2, 2] * d2
    flat2 = east * east + north * north + 1e-6
    slant2 = flat2 + up * up
    flat, slant = math.sqrt(flat2), math.sqrt(slant2)
    sin_a, cos_a = east / flat, north / flat
    r0, r1, r2 = d0 / slant, d1 / slant, d2 / slant
    t0, t1, t2 = cos_a * A[0, 0] - sin_a * A[1, 0], cos_a * A[0, 1] - sin_a * A[1, 1], cos_a * A[0, 2] - sin_a * A[1, 2]
    e0, e1, e2 = r1 * t2 - r2 * t1, r2 * t0 - r0 * t2, r0 * t1 - r1 * t0  # line of sight x across = down
    has_e, has_rate = var[ELEVATION] < np.inf, var[RATE] < np.inf
    sign = -1.0 if has_e else 0.0
    e0, e1, e2 = sign * e0, sign * e1, sign * e2
    rate = r0 * v0 + r1 * v1 + r2 * v2
    pool[at + RANGE], pool[at + AZIMUTH] = slant, math.atan2(east, north)
    pool[at + ELEVATION], pool[at + RATE] = math.atan2(up, flat), rate
    constant = flat * (slant if has_e else 1.0)  # densities are asked per m, rad, rad (m/s)
    constant *= math.exp(-0.5 * LOG_2_PI * (2.0 + (1.0 if has_e else 0.0) + (1.0 if has_rate else 0.0)))
    sd_r, sd_t, sd_e = 0.0, 0.0, 0.0
    for k in range(models):
        kx = (w * models + k) * 6
        x0, x1, x2 = x[kx] - mean[0], x[kx + 1] - mean[1], x[kx + 2] - mean[2]
        x3, x4, x5 = x[kx + 3] - mean[3], x[kx + 4] - mean[4], x[kx + 5] - mean[5]
        p = triangle(P, (w * models + k) * 36)
        (
            c00, c01, c02, c11, c12, c22, b00, b01, b02,
            b10, b11, b12, b20, b21, b22, a00, a01, a02,
            a11, a12, a22,
        ) = p  # fmt: skip
        pr0 = c00 * r0 + c01 * r1 + c02 * r2
        pr1 = c01 * r0 + c11 * r1 + c12 * r2
        pr2 = c02 * r0 + c12 * r1 + c22 * r2
        vr0 = b00 * r0 + b10 * r1 + b20 * r2
        vr1 = b01 * r0 + b11 * r1 + b21 * r2
        vr2 = b02 * r0 + b12 * r1 + b22 * r2
        pt0 = c00 * t0 + c01 * t1 + c02 * t2
        pt1 = c01 * t0 + c11 * t1 + c12 * t2
        pt2 = c02 * t0 + c12 * t1 + c22 * t2
        vt0 = b00 * t0 + b10 * t1 + b20 * t2
        vt1 = b01 * t0 + b11 * t1 + b21 * t2
        vt2 = b02 * t0 + b12 * t1 + b22 * t2
        pe0 = c00 * e0 + c01 * e1 + c02 * e2
        pe1 = c01 * e0 + c11 * e1 + c12 * e2
        pe2 = c02 * e0 + c12 * e1 + c22 * e2
        ve0 = b00 * e0 + b10 * e1 + b20 * e2
        ve1 = b01 * e0 + b11 * e1 + b21 * e2
        ve2 = b02 * e0 + b12 * e1 + b22 * e2
        if offset_s != 0.0:
            x0, x1, x2 = x0 + offset_s * x3, x1 + offset_s * x4, x2 + offset_s * x5
            pr0 += offset_s * (b00 * r0 + b01 * r1 + b02 * r2)
            pr1 += offset_s * (b10 * r0 + b11 * r1 + b12 * r2)
            pr2 += offset_s * (b20 * r0 + b21 * r1 + b22 * r2)
            vr0 += offset_s * (a00 * r0 + a01 * r1 + a02 * r2)
            vr1 += offset_s * (a01 * r0 + a11 * r1 + a12 * r2)
            vr2 += offset_s * (a02 * r0 + a12 * r1 + a22 * r2)
            pt0 += offset_s * (b00 * t0 + b01 * t1 + b02 * t2)
            pt1 += offset_s * (b10 * t0 + b11 * t1 + b12 * t2)
            pt2 += offset_s * (b20 * t0 + b21 * t1 + b22 * t2)
            vt0 += offset_s * (a00 * t0 + a01 * t1 + a02 * t2)
            vt1 += offset_s * (a01 * t0 + a11 * t1 + a12 * t2)
            vt2 += offset_s * (a02 * t0 + a12 * t1 + a22 * t2)
            pe0 += offset_s * (b00 * e0 + b01 * e1 + b02 * e2)
            pe1 += offset_s * (b10 * e0 + b11 * e1 + b12 * e2)
            pe2 += offset_s * (b20 * e0 + b21 * e1 + b22 * e2)
            ve0 += offset_s * (a00 * e0 + a01 * e1 + a02 * e2)
            ve1 += offset_s * (a01 * e0 + a11 * e1 + a12 * e2)
            ve2 += offset_s * (a02 * e0 + a12 * e1 + a22 * e2)
        srr = r0 * pr0 + r1 * pr1 + r2 * pr2
        str_ = t0 * pr0 + t1 * pr1 + t2 * pr2
        ser = e0 * pr0 + e1 * pr1 + e2 * pr2
        stt = t0 * pt0 + t1 * pt1 + t2 * pt2
        set_ = e0 * pt0 + e1 * pt1 + e2 * pt2
        see = e0 * pe0 + e1 * pe1 + e2 * pe2
        if offset_s != 0.0:
            srr += offset_s * (r0 * vr0 + r1 * vr1 + r2 * vr2)
            str_ += offset_s * (t0 * vr0 + t1 * vr1 + t2 * vr2)
            ser += offset_s * (e0 * vr0 + e1 * vr1 + e2 * vr2)
            stt += offset_s * (t0 * vt0 + t1 * vt1 + t2 * vt2)
            set_ += offset_s * (e0 * vt0 + e1 * vt1 + e2 * vt2)
            see += offset_s * (e0 * ve0 + e1 * ve1 + e2 * ve2)
        bent = (stt + see) / slant
        shift = min(0.5 * bent, math.sqrt(stt + see))
        room = min(1.0, (stt + srr) / flat2)
        srr += var[RANGE] + 0.5 * min(bent * bent, stt + see)
        stt += var[AZIMUTH] * flat2 + stt * room
        if has_e:
            see += var[ELEVATION] * slant2 + see * room
            sd_e = max(sd_e, see)
        else:
            see = 1.0
            sd_e = max(sd_e, c00 + c11 + c22)  # no less than its height's, for the horizon
        sd_r, sd_t = max(sd_r, srr), max(sd_t, stt)
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
        q = at + MODELS_AT + k * WIDTH
        pool[q + SHIFT_AT] = r0 * x0 + r1 * x1 + r2 * x2 + shift
        pool[q + SHIFT_AT + 1] = t0 * x0 + t1 * x1 + t2 * x2
        pool[q + SHIFT_AT + 2] = e0 * x0 + e1 * x1 + e2 * x2
        pool[q + LINV_AT], pool[q + LINV_AT + 1], pool[q + LINV_AT + 2] = i00, i10, i11
        pool[q + LINV_AT + 3], pool[q + LINV_AT + 4], pool[q + LINV_AT + 5] = i20, i21, i22
        pool[q + NORM_AT] = constant * i00 * i11 * (i22 if has_e else 1.0)
        u = q + U_AT
        pool[u + 0] = pr0 * i00
        pool[u + 6] = pr0 * i10 + pt0 * i11
        pool[u + 12] = pr0 * i20 + pt0 * i21 + pe0 * i22
        pool[u + 1] = pr1 * i00
        pool[u + 7] = pr1 * i10 + pt1 * i11
        pool[u + 13] = pr1 * i20 + pt1 * i21 + pe1 * i22
        pool[u + 2] = pr2 * i00
        pool[u + 8] = pr2 * i10 + pt2 * i11
        pool[u + 14] = pr2 * i20 + pt2 * i21 + pe2 * i22
        pool[u + 3] = vr0 * i00
        pool[u + 9] = vr0 * i10 + vt0 * i11
        pool[u + 15] = vr0 * i20 + vt0 * i21 + ve0 * i22
        pool[u + 4] = vr1 * i00
        pool[u + 10] = vr1 * i10 + vt1 * i11
        pool[u + 16] = vr1 * i20 + vt1 * i21 + ve1 * i22
        pool[u + 5] = vr2 * i00
        pool[u + 11] = vr2 * i10 + vt2 * i11
        pool[u + 17] = vr2 * i20 + vt2 * i21 + ve2 * i22
        if has_rate:
            _rate_row(P, (w * models + k) * 36, pool, q, var[RATE], offset_s, (r0, r1, r2), (t0, t1, t2), (e0, e1, e2),
                      ((v0 - rate * r0) / slant, (v1 - rate * r1) / slant, (v2 - rate * r2) / slant),
                      (x0, x1, x2, x3, x4, x5))  # fmt: skip
    pool[at + SPREAD_AT + RANGE], pool[at + SPREAD_AT + AZIMUTH] = math.sqrt(sd_r), math.sqrt(sd_t)
    pool[at + SPREAD_AT + ELEVATION], pool[at + LEVEL_AT] = math.sqrt(sd_e), flat / slant


@inner
def _rate_row(
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
            t = _taken(t, part, pool, u, m0, m1, m2, m3, m4, m5)
            if has_rate:
                t = _less(t, part, pool, u + 18)
        at = (w * models + k) * 6
        x[at + 0] += n0
        x[at + 1] += n1
        x[at + 2] += n2
        x[at + 3] += n3
        x[at + 4] += n4
        x[at + 5] += n5
        put(
            P,
            (w * models + k) * 36,
            (
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
            ),
        )
    for k in range(w * models, w * models + models):
        mu[k] /= everything


@inner
def _taken(
    t: Triangle, part: float, pool: Floats, u: int, m0: float, m1: float, m2: float, m3: float, m4: float, m5: float
) -> Triangle:
    """t + part (m m' - U U'), over range, across and upward."""
    a0, b0, c0 = pool[u + 0], pool[u + 6], pool[u + 12]
    a1, b1, c1 = pool[u + 1], pool[u + 7], pool[u + 13]
    a2, b2, c2 = pool[u + 2], pool[u + 8], pool[u + 14]
    a3, b3, c3 = pool[u + 3], pool[u + 9], pool[u + 15]
    a4, b4, c4 = pool[u + 4], pool[u + 10], pool[u + 16]
    a5, b5, c5 = pool[u + 5], pool[u + 11], pool[u + 17]
    return (
        t[0] + part * (m0 * m0 - a0 * a0 - b0 * b0 - c0 * c0),
        t[1] + part * (m0 * m1 - a0 * a1 - b0 * b1 - c0 * c1),
        t[2] + part * (m0 * m2 - a0 * a2 - b0 * b2 - c0 * c2),
        t[3] + part * (m1 * m1 - a1 * a1 - b1 * b1 - c1 * c1),
        t[4] + part * (m1 * m2 - a1 * a2 - b1 * b2 - c1 * c2),
        t[5] + part * (m2 * m2 - a2 * a2 - b2 * b2 - c2 * c2),
        t[6] + part * (m0 * m3 - a0 * a3 - b0 * b3 - c0 * c3),
        t[7] + part * (m0 * m4 - a0 * a4 - b0 * b4 - c0 * c4),
        t[8] + part * (m0 * m5 - a0 * a5 - b0 * b5 - c0 * c5),
        t[9] + part * (m1 * m3 - a1 * a3 - b1 * b3 - c1 * c3),
        t[10] + part * (m1 * m4 - a1 * a4 - b1 * b4 - c1 * c4),
        t[11] + part * (m1 * m5 - a1 * a5 - b1 * b5 - c1 * c5),
        t[12] + part * (m2 * m3 - a2 * a3 - b2 * b3 - c2 * c3),
        t[13] + part * (m2 * m4 - a2 * a4 - b2 * b4 - c2 * c4),
        t[14] + part * (m2 * m5 - a2 * a5 - b2 * b5 - c2 * c5),
        t[15] + part * (m3 * m3 - a3 * a3 - b3 * b3 - c3 * c3),
        t[16] + part * (m3 * m4 - a3 * a4 - b3 * b4 - c3 * c4),
        t[17] + part * (m3 * m5 - a3 * a5 - b3 * b5 - c3 * c5),
        t[18] + part * (m4 * m4 - a4 * a4 - b4 * b4 - c4 * c4),
        t[19] + part * (m4 * m5 - a4 * a5 - b4 * b5 - c4 * c5),
        t[20] + part * (m5 * m5 - a5 * a5 - b5 * b5 - c5 * c5),
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

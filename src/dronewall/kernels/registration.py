"""Sensor biases from plots that two sensors made of one thing: the numbers behind `tracking/registration.py`.

b bias of a sensor: range (m), azimuth, elevation (rad), clock (s), in the sense measured = true + bias; z what was
measured, J the place's derivatives by z, W inverse of the difference's covariance, P covariance of the biases. What was
learnt is kept as information, which adds up: for each link (two sensors that have had plots of one thing) `info`
[links, 8, 8] is what their pairs tell of both sensors' biases and `eta` [links, 8] the information vector. What is made
of it once a second is in `kernels/alignment.py`. Plain loops in fixed order, no BLAS.
"""

import math

import numpy as np
from numba import njit

from dronewall.kernels.columns import AlignColumns, TrackColumns
from dronewall.kernels.inner import inner
from dronewall.units import Floats, Ints

BIASES = 4  # range, azimuth, elevation, clock
LEVEL_SD_M = 1500.0  # height of a plot without elevation
USED, REFUSED = 1, 0
PLOT = 6  # columns of a plot: range, azimuth, elevation, and their errors; of a claim: its place and errors
MINE, OTHER, ROWS_AT, HP_AT, S_AT, W_AT, INVERSE_AT, WORK = (
    0,
    21,
    42,
    66,
    90,
    99,
    108,
    117,
)  # places of a pair's scratch
MORE, MORE_BY = 4.0, 10.0  # spam is so many times the plots expected, and so many more
MOST_UP, MOST_DOWN = 4.0, 6.0  # by which one look moves the evidence, so that the first looks at a raid are no spam
KNOWN_V2 = 150.0  # m2/s2: sum of the velocity's variances below which it tells of clocks
AGREED_NS = 15_000_000_000  # another sensor saw the track as lately as that


@inner
def residual(
    z: Floats, m: int, b: Floats, i: int, x0: float, x1: float, x2: float, s: Floats, A: Floats, out: Floats, to: int
) -> None:
    """By how much plot z[m] (range, azimuth, elevation, their errors) of sensor i, less its bias, differs from a place.

    Written to out[to:]: d in metres, then J, the place's derivatives by z, and d's covariance, row by row. Both are at
    the place given: at the plot itself they would lean on its own noise, which biases the range by half the variance of
    the angles times the range (2 m at 20 km and 0.8 degrees), and the elevation likewise.
    """
    a0, a1, a2 = x0 - s[i, 0], x1 - s[i, 1], x2 - s[i, 2]
    e = A[i, 0, 0] * a0 + A[i, 0, 1] * a1 + A[i, 0, 2] * a2
    n = A[i, 1, 0] * a0 + A[i, 1, 1] * a1 + A[i, 1, 2] * a2
    u = A[i, 2, 0] * a0 + A[i, 2, 1] * a1 + A[i, 2, 2] * a2
    flat = math.sqrt(e * e + n * n) + 1e-3
    r = math.sqrt(flat * flat + u * u)
    sin_az, cos_az, sin_el, cos_el = e / flat, n / flat, u / r, flat / r
    nu_r = z[m, 0] - b[i, 0] - r
    turn = z[m, 1] - b[i, 1] - math.atan2(e, n)
    turn -= 2.0 * math.pi * math.floor((turn + math.pi) / (2.0 * math.pi))
    flat_only = math.isnan(z[m, 2])
    tilt = 0.0 if flat_only else z[m, 2] - b[i, 2] - math.atan2(u, flat)
    up_sd = LEVEL_SD_M / r if flat_only else z[m, 5]
    sd0, sd1 = z[m, 3], z[m, 4]
    for q in range(3):
        level = sin_az * A[i, 0, q] + cos_az * A[i, 1, q]
        j0 = cos_el * level + sin_el * A[i, 2, q]
        j1 = flat * (cos_az * A[i, 0, q] - sin_az * A[i, 1, q])
        j2 = r * (cos_el * A[i, 2, q] - sin_el * level)
        out[to + q] = j0 * nu_r + j1 * turn + j2 * tilt
        out[to + 3 + 3 * q], out[to + 4 + 3 * q], out[to + 5 + 3 * q] = j0, j1, j2
    for q in range(3):
        j0, j1, j2 = out[to + 3 + 3 * q], out[to + 4 + 3 * q], out[to + 5 + 3 * q]
        for c in range(q, 3):
            across = j1 * out[to + 4 + 3 * c] * sd1 * sd1
            C = j0 * out[to + 3 + 3 * c] * sd0 * sd0 + across + j2 * out[to + 5 + 3 * c] * up_sd * up_sd
            out[to + 12 + 3 * q + c] = out[to + 12 + 3 * c + q] = C
    if flat_only:
        for q in range(3):
            out[to + 5 + 3 * q] = 0.0


@inner
def claimed(z: Floats, m: int, x0: float, x1: float, x2: float, out: Floats, to: int) -> None:
    """The same of a claimed place (earth-centred; errors level, level and up); a reference has no bias here."""
    size2 = z[m, 0] * z[m, 0] + z[m, 1] * z[m, 1] + z[m, 2] * z[m, 2]
    out[to], out[to + 1], out[to + 2] = z[m, 0] - x0, z[m, 1] - x1, z[m, 2] - x2
    level2 = z[m, 3] * z[m, 3]
    more2 = z[m, 5] * z[m, 5] - level2
    for i in range(3):
        for j in range(3):
            out[to + 3 + 3 * i + j] = 0.0
            out[to + 12 + 3 * i + j] = (level2 if i == j else 0.0) + more2 * z[m, i] * z[m, j] / size2


@inner
def inverse3(a: Floats, at: int, out: Floats, to: int) -> None:
    """Write the inverse of the symmetric 3 x 3 matrix at a[at:] to out[to:]."""
    a00, a01, a02, a11, a12, a22 = a[at], a[at + 1], a[at + 2], a[at + 4], a[at + 5], a[at + 8]
    c00 = a11 * a22 - a12 * a12
    c01 = a02 * a12 - a01 * a22
    c02 = a01 * a12 - a02 * a11
    det = a00 * c00 + a01 * c01 + a02 * c02
    out[to] = c00 / det
    out[to + 1] = out[to + 3] = c01 / det
    out[to + 2] = out[to + 6] = c02 / det
    out[to + 4] = (a00 * a22 - a02 * a02) / det
    out[to + 5] = out[to + 7] = (a01 * a02 - a00 * a12) / det
    out[to + 8] = (a00 * a11 - a01 * a01) / det


@inner
def take_pair(
    a: AlignColumns, i: int, z: Floats, m: int, j: int, plot: Floats, w: int, seconds: float, x: Floats, V: Floats
) -> tuple[int, float]:
    """Plot z[m] of sensor i and, `seconds` of stated time before, plot[w] of sensor j: whether it counts, and its d2.

    The difference of the places less the way flown is linear in both biases; its noise is that of both plots and of the
    way. x [m] is about where the thing is at i's plot, and its velocity, V [m] the velocity's covariance (upper half):
    the place only serves to linearise at. A velocity that is hardly known is made of these very plots' noise and would
    pass that for an error of the clock, so then clocks are left alone and count as noise. Beyond the gate the pair is
    refused (no pair of one thing); beyond the bend it counts for less (Huber). Information goes to the link of the two,
    the lower sensor first.
    """
    work, b, P, cross, link = a.work, a.bias, a.P, a.cross, a.link[i, j]
    x0, x1, x2, v0, v1, v2 = x[m, 0], x[m, 1], x[m, 2], x[m, 3], x[m, 4], x[m, 5]
    ahead = seconds - b[i, 3] + b[j, 3]
    if a.reference[i]:
        claimed(z, m, x0, x1, x2, work, MINE)
    else:
        residual(z, m, b, i, x0, x1, x2, a.place, a.axes, work, MINE)
    y0, y1, y2 = x0 - v0 * ahead, x1 - v1 * ahead, x2 - v2 * ahead
    if a.reference[j]:
        claimed(plot, w, y0, y1, y2, work, OTHER)
    else:
        residual(plot, w, b, j, y0, y1, y2, a.place, a.axes, work, OTHER)
    lo, hi = min(i, j), max(i, j)
    timed = V[m, 0] + V[m, 3] + V[m, 5] <= KNOWN_V2
    unsure2 = ahead * ahead
    if not timed:
        unsure2 += P[i, 3, 3] + P[j, 3, 3] - 2.0 * cross[link, 3, 3]
    mine, other = (0, BIASES) if i < j else (BIASES, 0)
    mine_moves, other_moves = timed and not a.reference[i], timed and not a.reference[j]
    for q in range(3):
        h = ROWS_AT + 2 * BIASES * q
        for c in range(3):
            v = V[m, q + c if q == 0 or c == 0 else q + c + 1]
            work[S_AT + 3 * q + c] = work[MINE + 12 + 3 * q + c] + work[OTHER + 12 + 3 * q + c] + v * unsure2
            work[h + mine + c] = work[MINE + 3 + 3 * q + c]
            work[h + other + c] = -work[OTHER + 3 + 3 * q + c]
        work[h + mine + 3] = -x[m, 3 + q] if mine_moves else 0.0
        work[h + other + 3] = x[m, 3 + q] if other_moves else 0.0
    inverse3(work, S_AT, work, W_AT)
    for q in range(3):
        h, hp = ROWS_AT + 2 * BIASES * q, HP_AT + 2 * BIASES * q
        for k in range(BIASES):
            low, high = 0.0, 0.0
            for c in range(BIASES):
                low += work[h + c] * P[lo, c, k] + work[h + BIASES + c] * cross[link, k, c]
                high += work[h + c] * cross[link, c, k] + work[h + BIASES + c] * P[hi, c, k]
            work[hp + k], work[hp + BIASES + k] = low, high
    for q in range(3):
        hp = HP_AT + 2 * BIASES * q
        for c in range(q, 3):
            total = work[S_AT + 3 * q + c]
            for k in range(2 * BIASES):
                total += work[hp + k] * work[ROWS_AT + 2 * BIASES * c + k]
            work[S_AT + 3 * q + c] = work[S_AT + 3 * c + q] = total
    inverse3(work, S_AT, work, INVERSE_AT)
    d0, d1, d2 = work[MINE] - work[OTHER], work[MINE + 1] - work[OTHER + 1], work[MINE + 2] - work[OTHER + 2]
    squared = _squared(d0, d1, d2, work, INVERSE_AT)
    if not squared <= a.limits[1]:
        return REFUSED, squared
    weight = 1.0 if squared <= a.limits[2] else math.sqrt(a.limits[2] / squared)
    h0, h1, h2 = ROWS_AT, ROWS_AT + 2 * BIASES, ROWS_AT + 4 * BIASES
    for k in range(BIASES):  # what the biases taken off already add to the difference
        d0 += work[h0 + k] * b[lo, k] + work[h0 + BIASES + k] * b[hi, k]
        d1 += work[h1 + k] * b[lo, k] + work[h1 + BIASES + k] * b[hi, k]
        d2 += work[h2 + k] * b[lo, k] + work[h2 + BIASES + k] * b[hi, k]
    W = W_AT
    g0 = weight * (work[W] * d0 + work[W + 1] * d1 + work[W + 2] * d2)
    g1 = weight * (work[W + 3] * d0 + work[W + 4] * d1 + work[W + 5] * d2)
    g2 = weight * (work[W + 6] * d0 + work[W + 7] * d1 + work[W + 8] * d2)
    for k in range(2 * BIASES):
        k0, k1, k2 = work[h0 + k], work[h1 + k], work[h2 + k]
        p0 = weight * (work[W] * k0 + work[W + 1] * k1 + work[W + 2] * k2)
        p1 = weight * (work[W + 3] * k0 + work[W + 4] * k1 + work[W + 5] * k2)
        p2 = weight * (work[W + 6] * k0 + work[W + 7] * k1 + work[W + 8] * k2)
        a.eta[link, k] += k0 * g0 + k1 * g1 + k2 * g2
        for c in range(k + 1):
            a.info[link, k, c] += work[h0 + c] * p0 + work[h1 + c] * p1 + work[h2 + c] * p2
            a.info[link, c, k] = a.info[link, k, c]
    return USED, squared


@inner
def learn(
    a: AlignColumns, plot_ns: Ints, plot_sensor: Ints, plot: Floats, plot_other_ns: Ints, s: int, plots: int,
    rows: Ints, z: Floats, when_ns: Ints, x: Floats, V: Floats, store: bool,
) -> None:  # fmt: skip
    """Pair so many plots of sensor `s`, each with the latest that another made of its track; `store` what stays single.

    No plot serves two pairs, so pairs are independent. `rows` are the tracks, z [plots, 6] what was measured and its
    errors, x, V as in `take_pair`: the track as predicted, without this plot. The others are columns of the bank.
    """
    me = a.member[s]
    if me < 0:
        return
    for e in range(plots):
        if math.isnan(z[e, 0]) or math.isnan(z[e, 1]) or not (z[e, 3] > 0.0 and z[e, 4] > 0.0):
            continue
        w = rows[e]
        latest = plot_sensor[w]
        by_sensor = latest if latest >= 0 else -2 - latest
        by = a.member[by_sensor] if by_sensor >= 0 else -1
        seconds = (when_ns[e] - plot_ns[w]) * 1e-9
        used = False
        if latest >= 0 and by >= 0 and by != me and abs(seconds) <= a.limits[0] and a.link[me, by] >= 0:
            taken, d2 = take_pair(a, me, z, e, by, plot, w, seconds, x, V)
            used = taken == USED
            for who in (me, by):
                a.tally[who, 0] += 1.0
                a.tally[who, 1] += min(d2, a.limits[1]) / 3.0
                a.tally[who, 2] += 0.0 if used else 1.0
        _count_shared(a, plot_ns, plot_other_ns, me, by, w, when_ns[e], x[e, 0], x[e, 1], x[e, 2])
        if store:
            plot_sensor[w] = -2 - s if used else s
            plot_ns[w] = when_ns[e]
            for i in range(PLOT):
                plot[w, i] = z[e, i]
        elif used:
            plot_sensor[w] = -2 - latest


@inner
def _count_shared(
    a: AlignColumns, plot_ns: Ints, plot_other_ns: Ints, me: int, by: int, w: int, when_ns: int, x0: float, x1: float,
    x2: float,
) -> None:  # fmt: skip
    """Count one plot of track `w`, which is at x, where another looks too, and whether it saw that track lately."""
    if by >= 0 and by != me:
        plot_other_ns[w] = plot_ns[w]
    if a.reach_m[me] > 0.0:
        for n in range(len(a.place)):
            if n == me or a.link[me, n] < 0:
                continue
            d0, d1, d2 = x0 - a.place[n, 0], x1 - a.place[n, 1], x2 - a.place[n, 2]
            if d0 * d0 + d1 * d1 + d2 * d2 < a.reach_m[n] * a.reach_m[n]:
                a.tally[me, 3] += 1.0
                if plot_other_ns[w] > 0 and abs(when_ns - plot_other_ns[w]) < AGREED_NS:
                    a.tally[me, 4] += 1.0
                break


@njit(cache=True, error_model="numpy")
def count_members(a: AlignColumns, b: TrackColumns, s: int, rows: Ints, when_ns: Ints) -> None:
    """Plots by sensor `s` of these members of groups: they count as seen, but which is which is too unsure to pair."""
    me = a.member[s]
    if me < 0:
        return
    for e in range(len(rows)):
        w = rows[e]
        latest = b.plot_sensor[w]
        by_sensor = latest if latest >= 0 else -2 - latest
        by = a.member[by_sensor] if by_sensor >= 0 else -1
        x = b.x[w, 0]
        _count_shared(a, b.plot_ns, b.plot_other_ns, me, by, w, when_ns[e], x[0], x[1], x[2])
        b.plot_sensor[w], b.plot_ns[w] = -2 - s, when_ns[e]


@inner
def motion_at(
    x: Floats, P: Floats, mu: Floats, w: int, models: int, ahead: float, place: Floats, V: Floats, e: int
) -> None:
    """Write where track w of flat arrays is `ahead` s after its state's time, its velocity, and its covariance.

    To row e of `place` [:, 6] and of V [:, 6], the upper half.
    """
    for i in range(6):
        total = 0.0
        for k in range(w * models, w * models + models):
            total += mu[k] * x[k * 6 + i]
        place[e, i] = total
    for i in range(3):
        place[e, i] += place[e, 3 + i] * ahead
        for j in range(i, 3):
            total = 0.0
            for k in range(w * models, w * models + models):
                total += mu[k] * P[k * 36 + 21 + 6 * i + j]
            V[e, j if i == 0 else i + j + 1] = total


@njit(cache=True, error_model="numpy")
def take_plots(a: AlignColumns, b: TrackColumns, s: int, rows: Ints, z: Floats, when_ns: Ints, store: bool) -> None:
    """Plots z [plots, 6] by sensor `s`, each of the track beside it in `rows`."""
    n, models = len(rows), b.mu.shape[1]
    x, P, mu = b.x.reshape(b.x.size), b.P.reshape(b.P.size), b.mu.reshape(b.mu.size)
    at, V = np.empty((n, 6)), np.empty((n, 6))
    for e in range(n):
        w = rows[e]
        motion_at(x, P, mu, w, models, (when_ns[e] - b.time_ns[w]) * 1e-9 - a.bias[a.member[s], 3], at, V, e)
    learn(a, b.plot_ns, b.plot_sensor, b.plot, b.plot_other_ns, s, n, rows, z, when_ns, at, V, store)


@inner
def count_look(a: AlignColumns, s: int, unexplained: int) -> None:
    """Weigh one look of sensor `s` with so many plots that no track explains (Page's test, Biometrika 41, 1954)."""
    me = a.member[s]
    if me < 0:
        return
    expected = max(a.clutter[me], 0.1)
    spam = max(MORE * expected, expected + MORE_BY)
    step = unexplained * math.log(spam / expected) - (spam - expected)
    a.ghosts[me] = max(a.ghosts[me] + min(max(step, -MOST_DOWN), MOST_UP), 0.0)
    a.strays[me] += 0.3 * (unexplained - a.strays[me])
    a.sound[me] = a.sound[me] + 1 if step < 0.0 else 0


@njit(cache=True, error_model="numpy")
def nearest(
    who: Ints, dt: Floats, x: Floats, P: Floats, z: Floats, sd: Floats, offset: Floats, b: Floats, i: int,
    doubt: Floats, s: Floats, A: Floats, gate2: float,
) -> Ints:  # fmt: skip
    """Of each plot of sensor i (z, sd [plots, 3]) the row of the track in view that it fits best; -1: none.

    `doubt` [3] is how unsure the sensor's bias is.
    """
    out = np.full(len(z), -1, np.int64)
    plot, work = np.empty((1, PLOT)), np.empty(WORK)
    for m in range(len(z)):
        if math.isnan(z[m, 0]) or math.isnan(z[m, 1]):
            continue
        for k in range(3):
            plot[0, k], plot[0, 3 + k] = z[m, k], math.sqrt(sd[m, k] * sd[m, k] + doubt[k])
        best = gate2
        for n in range(len(who)):
            w = who[n]
            ahead = dt[n] + offset[m] - b[i, 3]
            x0 = x[w, 0, 0] + x[w, 0, 3] * ahead
            x1 = x[w, 0, 1] + x[w, 0, 4] * ahead
            x2 = x[w, 0, 2] + x[w, 0, 5] * ahead
            a0, a1, a2 = x0 - s[i, 0], x1 - s[i, 1], x2 - s[i, 2]
            if abs(math.sqrt(a0 * a0 + a1 * a1 + a2 * a2) - z[m, 0] + b[i, 0]) > 2000.0:
                continue
            residual(plot, 0, b, i, x0, x1, x2, s, A, work, MINE)
            for q in range(3):
                for c in range(3):
                    spread = work[MINE + 12 + 3 * q + c] + P[w, 0, q, c] + P[w, 0, 3 + q, 3 + c] * dt[n] * dt[n]
                    work[S_AT + 3 * q + c] = spread
            inverse3(work, S_AT, work, W_AT)
            d2 = _squared(work[MINE], work[MINE + 1], work[MINE + 2], work, W_AT)
            if d2 <= best:
                best = d2
                out[m] = w
    return out


@inner
def _squared(d0: float, d1: float, d2: float, W: Floats, at: int) -> float:
    """d' W d, row by row."""
    total: float = d0 * W[at] * d0
    total += d0 * W[at + 1] * d1
    total += d0 * W[at + 2] * d2
    total += d1 * W[at + 3] * d0
    total += d1 * W[at + 4] * d1
    total += d1 * W[at + 5] * d2
    total += d2 * W[at + 6] * d0
    total += d2 * W[at + 7] * d1
    total += d2 * W[at + 8] * d2
    return total

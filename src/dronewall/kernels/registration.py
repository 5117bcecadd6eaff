"""Sensor biases from plots that two sensors made of one thing: the numbers behind `tracking/registration.py`.

b bias of a sensor: range (m), azimuth, elevation (rad), clock (s), in the sense measured = true + bias; z what was
measured, J the place's derivatives by z, W inverse of the difference's covariance, P covariance of the biases. What was
learnt is kept as information, which adds up: for each link (two sensors that have had plots of one thing) `info`
[links, 8, 8] is what their pairs tell of both sensors' biases and `eta` [links, 8] the information vector; `ends`
[links, 2] are the two, the lower first. Plain loops in fixed order, no BLAS.
"""

import math

import numpy as np
from numba import njit

from dronewall.kernels.columns import AlignColumns, TrackColumns
from dronewall.units import Bools, Floats, Ints

BIASES = 4  # range, azimuth, elevation, clock
LEVEL_SD_M = 1500.0  # height of a plot without elevation
USED, REFUSED = 1, 0
WORK = 10  # matrices of scratch that one pair needs
MORE, MORE_BY = 4.0, 10.0  # spam is so many times the plots expected, and so many more
MOST_UP, MOST_DOWN = 4.0, 6.0  # by which one look moves the evidence, so that the first looks at a raid are no spam
KNOWN_V2 = 150.0  # m2/s2: sum of the velocity's variances below which it tells of clocks
AGREED_NS = 15_000_000_000  # another sensor saw the track as lately as that


@njit(cache=True)
def residual(
    z: Floats, sd: Floats, b: Floats, at: Floats, s: Floats, A: Floats, d: Floats, J: Floats, C: Floats
) -> None:
    """By how much a plot z (range, azimuth, elevation) less its bias differs from the place `at`: d, in metres.

    J holds the place's derivatives by z and C its covariance, both at `at`: taken at the plot itself they would lean on
    its own noise, which biases the range by half the variance of the angles times the range (2 m at 20 km and 0.8
    degrees), and the elevation likewise.
    """
    e, n, u = 0.0, 0.0, 0.0
    for i in range(3):
        away = at[i] - s[i]
        e += A[0, i] * away
        n += A[1, i] * away
        u += A[2, i] * away
    flat = math.sqrt(e * e + n * n) + 1e-3
    r = math.sqrt(flat * flat + u * u)
    sin_az, cos_az, sin_el, cos_el = e / flat, n / flat, u / r, flat / r
    nu_r = z[0] - b[0] - r
    turn = z[1] - b[1] - math.atan2(e, n)
    turn -= 2.0 * math.pi * math.floor((turn + math.pi) / (2.0 * math.pi))
    flat_only = math.isnan(z[2])
    tilt = 0.0 if flat_only else z[2] - b[2] - math.atan2(u, flat)
    up_sd = LEVEL_SD_M / r if flat_only else sd[2]
    for i in range(3):
        level = sin_az * A[0, i] + cos_az * A[1, i]
        J[i, 0] = cos_el * level + sin_el * A[2, i]
        J[i, 1] = flat * (cos_az * A[0, i] - sin_az * A[1, i])
        J[i, 2] = r * (cos_el * A[2, i] - sin_el * level)
        d[i] = J[i, 0] * nu_r + J[i, 1] * turn + J[i, 2] * tilt
    for i in range(3):
        for j in range(i, 3):
            across = J[i, 1] * J[j, 1] * sd[1] * sd[1]
            C[i, j] = J[i, 0] * J[j, 0] * sd[0] * sd[0] + across + J[i, 2] * J[j, 2] * up_sd * up_sd
            C[j, i] = C[i, j]
    if flat_only:
        for i in range(3):
            J[i, 2] = 0.0


@njit(cache=True)
def claimed(z: Floats, sd: Floats, at: Floats, d: Floats, J: Floats, C: Floats) -> None:
    """The same of a claimed place z (earth-centred), sd level, level and up; a reference has no bias here."""
    size2 = z[0] * z[0] + z[1] * z[1] + z[2] * z[2]
    for i in range(3):
        d[i] = z[i] - at[i]
        for j in range(3):
            J[i, j] = 0.0
            C[i, j] = (sd[0] * sd[0] if i == j else 0.0) + (sd[2] * sd[2] - sd[0] * sd[0]) * z[i] * z[j] / size2


@njit(cache=True)
def inverse3(a: Floats, out: Floats) -> None:
    """Write the inverse of a symmetric 3 x 3 matrix."""
    out[0, 0] = a[1, 1] * a[2, 2] - a[1, 2] * a[1, 2]
    out[0, 1] = a[0, 2] * a[1, 2] - a[0, 1] * a[2, 2]
    out[0, 2] = a[0, 1] * a[1, 2] - a[0, 2] * a[1, 1]
    out[1, 1] = a[0, 0] * a[2, 2] - a[0, 2] * a[0, 2]
    out[1, 2] = a[0, 1] * a[0, 2] - a[0, 0] * a[1, 2]
    out[2, 2] = a[0, 0] * a[1, 1] - a[0, 1] * a[0, 1]
    det = a[0, 0] * out[0, 0] + a[0, 1] * out[0, 1] + a[0, 2] * out[0, 2]
    for i in range(3):
        for j in range(i, 3):
            out[i, j] /= det
            out[j, i] = out[i, j]


@njit(cache=True)
def take_pair(
    i: int, zi: Floats, sdi: Floats, j: int, zj: Floats, sdj: Floats, seconds: float, x: Floats, Pv: Floats,
    s: Floats, A: Floats, reference: Bools, b: Floats, P: Floats, cross: Floats,
    gate2: float, bend2: float, learn: bool, info: Floats, eta: Floats, work: Floats,
) -> tuple[int, float]:  # fmt: skip
    """Two plots of one thing, by sensors i and (`seconds` of stated time before) j: whether it counts, and its d2.

    The difference of the places less the way flown is linear in both biases; its noise is that of both plots and of the
    way. `x` is about where the thing is at i's plot, and its velocity, `Pv` the velocity's covariance: the place only
    serves to linearise at. A velocity that is hardly known is made of these very plots' noise and would pass that for
    an error of the clock, so then clocks are left alone and count as noise. Beyond `gate2` the pair is refused (no pair
    of one thing); beyond `bend2` it counts for less (Huber). `cross`, `info` and `eta` are the blocks of these two, the
    lower sensor first. With `learn` off nothing is entered. `work` [WORK, 3, 8] is scratch.
    """
    p, q, d, g, at = work[0, 0, :3], work[0, 1, :3], work[0, 2, :3], work[1, 0, :3], work[1, 1, :3]
    J, K, C, D = work[2, :, :3], work[3, :, :3], work[4, :, :3], work[5, :, :3]
    H, HP, S, W = work[6], work[7], work[8, :, :3], work[9, :, :3]
    v = x[3:]
    ahead = seconds - b[i, 3] + b[j, 3]
    for a in range(3):
        at[a] = x[a] - v[a] * ahead
    if reference[i]:
        claimed(zi, sdi, x, p, J, C)
    else:
        residual(zi, sdi, b[i], x, s[i], A[i], p, J, C)
    if reference[j]:
        claimed(zj, sdj, at, q, K, D)
    else:
        residual(zj, sdj, b[j], at, s[j], A[j], q, K, D)
    lo, hi = min(i, j), max(i, j)
    timed = Pv[0, 0] + Pv[1, 1] + Pv[2, 2] <= KNOWN_V2
    unsure2 = ahead * ahead
    if not timed:
        unsure2 += P[i, 3, 3] + P[j, 3, 3] - 2.0 * cross[3, 3]
    mine, other = (0, BIASES) if i < j else (BIASES, 0)
    for a in range(3):
        d[a] = p[a] - q[a]
        for c in range(3):
            S[a, c] = C[a, c] + D[a, c] + Pv[a, c] * unsure2
            H[a, mine + c] = J[a, c]
            H[a, other + c] = -K[a, c]
        H[a, mine + 3] = -v[a] if timed and not reference[i] else 0.0
        H[a, other + 3] = v[a] if timed and not reference[j] else 0.0
    inverse3(S, W)
    for a in range(3):
        for k in range(BIASES):
            low, high = 0.0, 0.0
            for m in range(BIASES):
                low += H[a, m] * P[lo, m, k] + H[a, BIASES + m] * cross[k, m]
                high += H[a, m] * cross[m, k] + H[a, BIASES + m] * P[hi, m, k]
            HP[a, k], HP[a, BIASES + k] = low, high
    for a in range(3):
        for c in range(a, 3):
            for k in range(2 * BIASES):
                S[a, c] += HP[a, k] * H[c, k]
            S[c, a] = S[a, c]
    inverse3(S, C)
    d2 = _squared(d, C)
    if not d2 <= gate2:
        return REFUSED, d2
    if not learn:
        return USED, d2
    weight = 1.0 if d2 <= bend2 else math.sqrt(bend2 / d2)
    for k in range(BIASES):  # what the biases taken off already add to the difference
        for a in range(3):
            d[a] += H[a, k] * b[lo, k] + H[a, BIASES + k] * b[hi, k]
    for a in range(3):
        g[a] = weight * (W[a, 0] * d[0] + W[a, 1] * d[1] + W[a, 2] * d[2])
    for k in range(2 * BIASES):
        for a in range(3):
            HP[a, k] = weight * (W[a, 0] * H[0, k] + W[a, 1] * H[1, k] + W[a, 2] * H[2, k])
        eta[k] += H[0, k] * g[0] + H[1, k] * g[1] + H[2, k] * g[2]
        for m in range(k + 1):
            gain = H[0, m] * HP[0, k] + H[1, m] * HP[1, k] + H[2, m] * HP[2, k]
            info[k, m] += gain
            info[m, k] = info[k, m]
    return USED, d2


@njit(cache=True)
def forget(info: Floats, eta: Floats, ends: Ints, b: Floats, drift: Floats, seconds: float) -> None:
    """Let the biases wander for so long: the information fades, the mean that the data give stays.

    `drift` [sensors, 4] is the variance per second that each bias gains. Per component exact for a random walk known
    by itself (I / (1 + q I dt)); the same factors scale the blocks between sensors, so the matrix stays positive
    definite and sparse, which the exact walk would not leave it.
    """
    own = np.zeros((len(b), BIASES))
    keep, there, rest = np.empty(2 * BIASES), np.empty(2 * BIASES), np.empty(2 * BIASES)
    for e in range(len(ends)):
        for k in range(BIASES):
            own[ends[e, 0], k] += info[e, k, k]
            own[ends[e, 1], k] += info[e, BIASES + k, BIASES + k]
    for e in range(len(ends)):
        for k in range(2 * BIASES):
            n, c = ends[e, k // BIASES], k % BIASES
            keep[k] = 1.0 / math.sqrt(1.0 + drift[n, c] * seconds * own[n, c])
            there[k] = b[n, c]
        for k in range(2 * BIASES):
            rest[k] = eta[e, k]
            for m in range(2 * BIASES):
                rest[k] -= info[e, k, m] * there[m]
        for k in range(2 * BIASES):
            eta[e, k] = keep[k] * rest[k]
            for m in range(2 * BIASES):
                info[e, k, m] *= keep[k] * keep[m]
                eta[e, k] += info[e, k, m] * there[m]


@njit(cache=True)
def solve(
    info: Floats, eta: Floats, ends: Ints, prior: Floats, order: Ints, b: Floats, P: Floats, cross: Floats
) -> None:
    """Biases b and their covariance, in place: P of each sensor, `cross` of each link, from the information.

    Banded Cholesky over the sensors in `order`, then the inverse within the band only (Takahashi, Fagan and Chen 1973;
    Erisman and Tinney, Comm. ACM 18(3), 1975): linear in the length of the wall. Sensors not in `order` are left alone.
    """
    n = BIASES * len(order)
    at = np.full(len(b), -1, np.int64)
    for o in range(len(order)):
        at[order[o]] = BIASES * o
    w = BIASES - 1
    for e in range(len(ends)):
        w = max(w, abs(at[ends[e, 0]] - at[ends[e, 1]]) + BIASES - 1)
    L = np.zeros((n, w + 1))  # row r, column c of the matrix at [r, c - r + w]
    x = np.empty(n)
    for o in range(len(order)):
        for k in range(BIASES):
            x[BIASES * o + k] = 0.0
            L[BIASES * o + k, w] = prior[order[o], k]
    for e in range(len(ends)):
        for k in range(2 * BIASES):
            r = at[ends[e, k // BIASES]] + k % BIASES
            x[r] += eta[e, k]
            for m in range(2 * BIASES):
                c = at[ends[e, m // BIASES]] + m % BIASES
                if c <= r:
                    L[r, c - r + w] += info[e, k, m]
    for r in range(n):
        for c in range(max(0, r - w), r + 1):
            total = L[r, c - r + w]
            for k in range(max(0, r - w), c):
                total -= L[r, k - r + w] * L[c, k - c + w]
            L[r, c - r + w] = math.sqrt(total) if r == c else total / L[c, w]
    for r in range(n):
        for c in range(max(0, r - w), r):
            x[r] -= L[r, c - r + w] * x[c]
        x[r] /= L[r, w]
    for r in range(n - 1, -1, -1):
        for c in range(r + 1, min(n, r + w + 1)):
            x[r] -= L[c, r - c + w] * x[c]
        x[r] /= L[r, w]
    Z = np.zeros((n, w + 1))
    for c in range(n - 1, -1, -1):
        last = min(n - 1, c + w)
        for r in range(last, c - 1, -1):
            total = 1.0 / L[c, w] if r == c else 0.0
            for k in range(c + 1, last + 1):
                total -= L[k, c - k + w] * (Z[k, r - k + w] if k >= r else Z[r, k - r + w])
            Z[r, c - r + w] = total / L[c, w]
    for o in range(len(order)):
        for k in range(BIASES):
            b[order[o], k] = x[BIASES * o + k]
            for m in range(BIASES):
                r, c = BIASES * o + max(k, m), BIASES * o + min(k, m)
                P[order[o], k, m] = Z[r, c - r + w]
    for e in range(len(ends)):
        i, j = at[ends[e, 0]], at[ends[e, 1]]
        for k in range(BIASES):
            for m in range(BIASES):
                r, c = max(i + k, j + m), min(i + k, j + m)
                cross[e, k, m] = Z[r, c - r + w]


@njit(cache=True)
def take_plot(
    a: AlignColumns, b: TrackColumns, s: int, w: int, z: Floats, sd: Floats, when_ns: int, x: Floats, Pv: Floats,
    store: bool,
) -> None:  # fmt: skip
    """Pair one plot of track `w` by sensor `s` with the latest that another made of it; keep it if it stays single.

    No plot serves two pairs, so pairs are independent. z, sd [3] as measured, `x`, `Pv` as in `take_pair`: the track as
    predicted, without this plot.
    """
    me = a.member[s]
    if me < 0 or math.isnan(z[0]) or math.isnan(z[1]) or not (sd[0] > 0.0 and sd[1] > 0.0):
        return
    latest = b.plot_sensor[w]
    by_sensor = latest if latest >= 0 else -2 - latest
    by = a.member[by_sensor] if by_sensor >= 0 else -1
    seconds = (when_ns - b.plot_ns[w]) * 1e-9
    used = False
    if latest >= 0 and by >= 0 and by != me and abs(seconds) <= a.limits[0] and a.link[me, by] >= 0:
        e = a.link[me, by]
        taken, d2 = take_pair(
            me, z, sd, by, b.plot[w, :3], b.plot[w, 3:], seconds, x, Pv, a.place, a.axes, a.reference, a.bias, a.P,
            a.cross[e], a.limits[1], a.limits[2], True, a.info[e], a.eta[e], a.work,
        )  # fmt: skip
        used = taken == USED
        for who in (me, by):
            a.tally[who, 0] += 1.0
            a.tally[who, 1] += min(d2, a.limits[1]) / 3.0
            a.tally[who, 2] += 0.0 if used else 1.0
    _count_shared(a, b, me, by, w, when_ns, x)
    if store:
        b.plot_sensor[w] = -2 - s if used else s
        b.plot_ns[w] = when_ns
        for i in range(3):
            b.plot[w, i] = z[i]
            b.plot[w, 3 + i] = sd[i]
    elif used:
        b.plot_sensor[w] = -2 - latest


@njit(cache=True)
def _count_shared(a: AlignColumns, b: TrackColumns, me: int, by: int, w: int, when_ns: int, x: Floats) -> None:
    """Count one plot of track `w`, which is at `x`, where another looks too, and whether it saw that track lately."""
    if by >= 0 and by != me:
        b.plot_other_ns[w] = b.plot_ns[w]
    if a.reach_m[me] > 0.0:
        for n in range(len(a.place)):
            if n == me or a.link[me, n] < 0:
                continue
            away = 0.0
            for k in range(3):
                away += (x[k] - a.place[n, k]) ** 2
            if away < a.reach_m[n] * a.reach_m[n]:
                a.tally[me, 3] += 1.0
                if b.plot_other_ns[w] > 0 and abs(when_ns - b.plot_other_ns[w]) < AGREED_NS:
                    a.tally[me, 4] += 1.0
                break


@njit(cache=True)
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
        _count_shared(a, b, me, by, w, when_ns[e], b.x[w, 0])
        b.plot_sensor[w], b.plot_ns[w] = -2 - s, when_ns[e]


@njit(cache=True)
def motion_at(b: TrackColumns, w: int, ahead: float, x: Floats, Pv: Floats) -> None:
    """Write where track `w` is `ahead` s after its state's time, its velocity, and the velocity's covariance."""
    for i in range(6):
        x[i] = 0.0
        for m in range(b.mu.shape[1]):
            x[i] += b.mu[w, m] * b.x[w, m, i]
    for i in range(3):
        for j in range(i, 3):
            Pv[i, j] = 0.0
            for m in range(b.mu.shape[1]):
                Pv[i, j] += b.mu[w, m] * b.P[w, m, 3 + i, 3 + j]
            Pv[j, i] = Pv[i, j]
        x[i] += x[3 + i] * ahead


@njit(cache=True)
def take_plots(
    a: AlignColumns, b: TrackColumns, s: int, rows: Ints, dets: Ints, z: Floats, sd: Floats, when_ns: Ints, store: bool
) -> None:
    """The plots `dets` (z, sd [plots, 3]) by sensor `s`, each of the track beside it in `rows`."""
    x, Pv = np.empty(6), np.empty((3, 3))
    for e in range(len(rows)):
        w, m = rows[e], dets[e]
        motion_at(b, w, (when_ns[m] - b.time_ns[w]) * 1e-9 - a.bias[a.member[s], 3], x, Pv)
        take_plot(a, b, s, w, z[m], sd[m], when_ns[m], x, Pv, store)


@njit(cache=True)
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


@njit(cache=True)
def nearest(
    who: Ints, dt: Floats, x: Floats, P: Floats, z: Floats, sd: Floats, offset: Floats, b: Floats, doubt: Floats,
    s: Floats, A: Floats, gate2: float,
) -> Ints:  # fmt: skip
    """Of each plot the row of the track in view that it fits best, with its bias in doubt by `doubt` [3]; -1: none."""
    out = np.full(len(z), -1, np.int64)
    wide = np.empty(3)
    d, at, J, C, S, W = np.empty(3), np.empty(3), np.empty((3, 3)), np.empty((3, 3)), np.empty((3, 3)), np.empty((3, 3))
    for m in range(len(z)):
        if math.isnan(z[m, 0]) or math.isnan(z[m, 1]):
            continue
        for k in range(3):
            wide[k] = math.sqrt(sd[m, k] * sd[m, k] + doubt[k])
        best = gate2
        for n in range(len(who)):
            w = who[n]
            away = 0.0
            for k in range(3):
                at[k] = x[w, 0, k] + x[w, 0, 3 + k] * (dt[n] + offset[m] - b[3])
                away += (at[k] - s[k]) ** 2
            if abs(math.sqrt(away) - z[m, 0] + b[0]) > 2000.0:
                continue
            residual(z[m], wide, b, at, s, A, d, J, C)
            for i in range(3):
                for j in range(3):
                    S[i, j] = C[i, j] + P[w, 0, i, j] + P[w, 0, 3 + i, 3 + j] * dt[n] * dt[n]
            inverse3(S, W)
            d2 = _squared(d, W)
            if d2 <= best:
                best = d2
                out[m] = w
    return out


@njit(cache=True)
def _squared(d: Floats, W: Floats) -> float:
    total = 0.0
    for i in range(3):
        for j in range(3):
            total += d[i] * W[i, j] * d[j]
    return total

"""Looks of plot sensors from gating to births, compiled whole, and runs of many looks: `tracking/engine.py` calls them.

A track-oriented Poisson multi-Bernoulli filter (Williams, IEEE Trans. AES 51(3), 2015): marginal association
probabilities by `kernels/association.py`, existence by what the sensor could have seen, births from what no track
explains.
"""

import math

import numpy as np
from numba import njit

from dronewall.kernels.births import begin
from dronewall.kernels.clumps import clumped, link_m
from dronewall.kernels.columns import (
    BIRTH,
    CLUTTER,
    LAST_KEY,
    LAST_NUMBER,
    NEWS,
    PAIRS,
    REFUSED,
    TRACK,
    TRACKS,
    AlignColumns,
    Knobs,
    LookColumns,
    Outcome,
    RowColumns,
    SensorColumns,
    TrackColumns,
)
from dronewall.kernels.motion import move, up_of
from dronewall.kernels.plots import (
    AZIMUTH,
    DIMS,
    ELEVATION,
    MODELS_AT,
    RANGE,
    RATE,
    SPREAD_AT,
    TWO_PI,
    WIDTH,
    absorb_shares,
    gain,
    whiten,
)
from dronewall.kernels.registration import count_look, motion_at, take_plot
from dronewall.kernels.sharing import share_out
from dronewall.kernels.upkeep import candidates, place_on_map
from dronewall.kernels.visibility import visible
from dronewall.units import Bools, Floats, Ints

# Columns of the rows' values, as in dronewall.records.detection.Column.
RCS_DBSM, RANGE_SD, AZIMUTH_SD, ELEVATION_SD = 13, 18, 19, 20

LEAST_P_DETECT = 0.05  # of a track that a detection fits, where the sensor's model says it cannot be seen
LIKELY = 0.5  # a pair above this is "the" detection of that track
WORTH_KEEPING = 0.05  # a pair above this is evidence
SILENCE_SHARE = 0.3  # misses in a row are not independent: each counts for so much of one
DOUBT_LIMIT = 6.0
FARTHEST = 1.5  # times the reach: a plot beyond is refused
LEAST_RANGE_M = 1.0
SECOND = 1e-9
FLIGHT_CEILING_M = 2000.0  # new things are even over the ground and up to here
NEW_RATE_SPAN_MPS = 100.0  # and over so many m/s of range rate
DONE, NO_ROOM, CLUMPED = 0, 1, 2
WATCHED_S = 10.0  # looks further apart than this do not watch what is between them
MARGIN_M = 60.0  # of the coarse gate, for what differs between the models and bends at close range
UNEXPLAINED = 0.5  # a row that tracks explain less than that counts as a stray
SKIP2 = 200.0  # squared distance beyond which a model's density is taken as nil


@njit(cache=True, error_model="numpy")
def run(
    b: TrackColumns, state: Ints, sensors: SensorColumns, motion: Floats, prior: Floats, k: Knobs, looks: LookColumns,
    first: int, stop: int, rows: RowColumns, out: Outcome, align: AlignColumns,
) -> tuple[int, int]:  # fmt: skip
    """Take the looks `first` to `stop` in order; how far it came and why it stopped there."""
    for at in range(first, stop):
        s, time_ns = looks.sensor[at], looks.time_ns[at]
        m = looks.stop[at] - looks.first[at]
        if state[TRACKS] + m > len(b.key):
            return at, NO_ROOM
        who = candidates(b, state[TRACKS], sensors.place[s], sensors.far_m[s], time_ns)
        p = np.full(len(who), sensors.p[s])
        old = state[TRACKS]
        take(b, state, sensors, motion, prior, k, s, time_ns, who, p, looks.first[at], looks.stop[at], rows, out, align)
        if state[TRACKS] - old >= k.group_least and clumped(
            rows, out, looks.first[at], looks.stop[at], link_m(k, sensors.far_m[s], m), k.group_least
        ):
            return at + 1, CLUMPED
    return stop, DONE


@njit(cache=True, error_model="numpy")
def take(
    b: TrackColumns, state: Ints, sensors: SensorColumns, motion: Floats, prior: Floats, k: Knobs, s: int,
    time_ns: int, who: Ints, p_detect: Floats, first: int, stop: int, rows: RowColumns, out: Outcome,
    align: AlignColumns,
) -> None:  # fmt: skip
    """One look; `who` are the rows of the tracks in view, ascending, and `p_detect` how likely each is detected."""
    m, models = stop - first, b.mu.shape[1]
    z, var, offset = np.empty((m, DIMS)), np.empty((m, DIMS)), np.empty(m)
    density, false = np.empty(m), np.empty(m)
    good = read(sensors, s, k, rows, first, time_ns, z, var, offset, density, false)
    bins, bin_m, bin_start, in_bin = _by_range(z, good, sensors.far_m[s])
    n = len(who)
    x, P, mu = b.x.reshape(b.x.size), b.P.reshape(b.P.size), b.mu.reshape(b.mu.size)
    # One gain for each track and kind of measurement: mostly one for each track.
    width = MODELS_AT + models * WIDTH
    gains, gain_room = 0, n + 8
    pool = np.empty(gain_room * width)
    usual, usual_offset = np.empty(DIMS), 0.0 - sensors.clock_s[s]  # as _read has it for a row of the look's own time
    for a in range(DIMS):
        sd = sensors.sd[s, a]
        usual[a] = sd * sd + sensors.bias_sd[s, a] ** 2 if sd > 0.0 else np.inf
    edges, room = 0, 2 * (n + m) + 16
    edge_track, edge_det, edge_gain = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    psi, nu, like = np.empty(room), np.empty(room * models * DIMS), np.empty(room * models)
    chance, mean = np.empty(n), np.empty(6)
    most = math.sqrt(k.gate2)
    rates = False
    for j in range(m):
        rates = rates or var[j, RATE] < np.inf
    place, axes = sensors.place[s], sensors.axes[s]
    for i in range(n):
        w = who[i]
        dt = (time_ns - b.time_ns[w]) * SECOND
        move(x, P, mu, w, models, dt, motion, mean)
        b.time_ns[w] = time_ns
        for a in range(6):
            total = 0.0
            for q in range(w * models, w * models + models):
                total += mu[q] * x[q * 6 + a]
            mean[a] = total
        if gains == gain_room:
            gain_room *= 2
            pool = _more1(pool, gain_room * width)
        g = gains * width
        gains += 1
        gain(x, P, w, models, mean, usual_offset, place, axes, usual, pool, g)
        _, _, _, height = up_of(mean[0], mean[1], mean[2])
        p = p_detect[i] * visible(sensors, s, pool, g, height)
        chance[i] = p
        span = abs(dt)
        watched = min(span, WATCHED_S) * p
        r = b.r[w] * math.exp(-watched / k.survival_seen_s - (span - watched) / k.survival_s)
        b.r[w] = r
        slant = pool[g + RANGE]
        reach = most * pool[g + SPREAD_AT + RANGE] + MARGIN_M
        low = min(max(int((slant - reach) / bin_m), 0), bins - 1)
        high = min(max(int((slant + reach) / bin_m), 0), bins - 1)
        flat = slant * math.cos(pool[g + ELEVATION])
        turn_most = (most * pool[g + SPREAD_AT + AZIMUTH] + MARGIN_M) / max(flat, 1.0)
        weight = r * max(p, LEAST_P_DETECT) / (1.0 - r * p)
        other, other_det = -1, -1  # the latest gain of another kind, and a detection of that kind
        for at in range(bin_start[low], bin_start[high + 1]):
            j = in_bin[at]
            if turn_most < math.pi:
                turn = z[j, AZIMUTH] - pool[g + AZIMUTH]
                turn -= TWO_PI * math.floor(turn / TWO_PI + 0.5)
                if abs(turn) > turn_most * (1.0 if offset[j] == usual_offset else 3.0):
                    continue
            use = g
            if offset[j] != usual_offset or _differ(var[j], usual):
                if other < 0 or offset[j] != offset[other_det] or _differ(var[j], var[other_det]):
                    if gains == gain_room:
                        gain_room *= 2
                        pool = _more1(pool, gain_room * width)
                    other, other_det = gains * width, j
                    gains += 1
                    gain(x, P, w, models, mean, offset[j], place, axes, var[j], pool, other)
                use = other
            if edges == room:
                room *= 2
                edge_track, edge_det = _more_ints(edge_track, room), _more_ints(edge_det, room)
                edge_gain, psi = _more_ints(edge_gain, room), _more1(psi, room)
                nu, like = _more1(nu, room * models * DIMS), _more1(like, room * models)
            d2 = whiten(z, j, var, pool, use, mu, w, models, SKIP2, nu, like, edges)
            if d2 > k.gate2:
                continue
            total = 0.0
            for q in range(edges * models, edges * models + models):
                total += like[q]
            if not total > 0.0:
                continue
            for q in range(edges * models, edges * models + models):
                like[q] /= total
            edge_track[edges], edge_det[edges], edge_gain[edges] = i, j, use
            psi[edges] = weight * total / density[j]
            edges += 1
    p_edge, p_none, p_new = share_out(edge_track[:edges], edge_det[:edges], psi[:edges], n, m)
    _settle(
        b, state, s, time_ns, first, who, chance, good, edge_track, edge_det, edge_gain, like, nu, pool, rates, edges,
        p_edge, p_none, p_new, rows, out, sensors, align,
    )  # fmt: skip
    old = state[TRACKS]
    _births(
        b, state, sensors, motion, prior, k, s, time_ns, first, good, p_new, false, z, var, offset, rows, out, align
    )  # fmt: skip
    unexplained = 0
    for j in range(m):
        if good[j] and p_new[j] > UNEXPLAINED:
            unexplained += 1
    count_look(align, s, unexplained)
    for i in range(n):
        _promote(b, state, k, who[i], time_ns, out)
    for w in range(old, state[TRACKS]):
        _promote(b, state, k, w, time_ns, out)
    for row in range(first, stop):
        if out.number[row] > 0:
            out.number[row] = b.number[out.number[row] - 1]


@njit(cache=True, error_model="numpy")
def _differ(a: Floats, c: Floats) -> bool:
    return bool(a[0] != c[0] or a[1] != c[1] or a[2] != c[2] or a[3] != c[3])


@njit(cache=True, error_model="numpy")
def read(
    sensors: SensorColumns, s: int, k: Knobs, rows: RowColumns, first: int, time_ns: int, z: Floats, var: Floats,
    offset: Floats, density: Floats, false: Floats,
) -> Bools:  # fmt: skip
    """The rows as measurements, corrected by what registration knows; which of them are usable."""
    m = len(offset)
    good = np.zeros(m, np.bool_)
    far, near = sensors.far_m[s], sensors.near_m[s]
    per_area = sensors.clutter[s] * 2.0 / (far * far - near * near) / sensors.sector_width[s]
    births = k.births_per_look / TWO_PI * 2.0 / (far * far)
    for j in range(m):
        row = first + j
        for a in range(DIMS):
            value, sd = rows.values[row, a], sensors.sd[s, a]
            if a < RATE:
                given = rows.values[row, RANGE_SD + a]
                if given > 0.0:
                    sd = given
            if value == value and sd > 0.0 and sd < np.inf:
                z[j, a] = value - sensors.bias[s, a]
                var[j, a] = sd * sd + sensors.bias_sd[s, a] ** 2
            else:
                z[j, a], var[j, a] = 0.0, np.inf
        offset[j] = (rows.time_ns[row] - time_ns) * SECOND - sensors.clock_s[s]
        slant = z[j, RANGE]
        if not (var[j, RANGE] < np.inf and var[j, AZIMUTH] < np.inf):
            continue
        if not (LEAST_RANGE_M < slant < FARTHEST * far and abs(z[j, AZIMUTH]) < 2.0 * TWO_PI):
            continue
        if not (abs(z[j, ELEVATION]) < 1.7 and abs(z[j, RATE]) < 1e4 and abs(offset[j]) < 60.0):
            continue
        good[j] = True
        clutter = per_area * slant
        new = births * max(slant, 100.0)
        if var[j, ELEVATION] < np.inf:
            clutter *= slant * math.cos(z[j, ELEVATION]) / min(sensors.ceiling_m[s], slant)
            new *= max(slant, 100.0) / FLIGHT_CEILING_M
        if var[j, RATE] < np.inf:
            t = z[j, RATE] / sensors.rate_sd[s]
            clutter *= math.exp(-0.5 * t * t) / (math.sqrt(TWO_PI) * sensors.rate_sd[s])
            new /= NEW_RATE_SPAN_MPS
        density[j] = clutter + new
        false[j] = clutter / (clutter + new)
    return good


@njit(cache=True, error_model="numpy")
def _by_range(z: Floats, good: Bools, far: float) -> tuple[int, float, Ints, Ints]:
    """Detections in bins of range: how many bins, how wide, where each begins and what lies in them."""
    m = len(good)
    bins = min(max(2 * m, 16), 8192)
    width = far * FARTHEST / bins
    start = np.zeros(bins + 1, np.int64)
    for j in range(m):
        if good[j]:
            start[min(int(z[j, RANGE] / width), bins - 1) + 1] += 1
    for q in range(bins):
        start[q + 1] += start[q]
    fill = start[:bins].copy()
    order = np.empty(m, np.int64)
    for j in range(m):
        if good[j]:
            q = min(int(z[j, RANGE] / width), bins - 1)
            order[fill[q]] = j
            fill[q] += 1
    return bins, width, start, order


@njit(cache=True, error_model="numpy")
def _settle(
    b: TrackColumns, state: Ints, s: int, time_ns: int, first: int, who: Ints, chance: Floats, good: Bools,
    edge_track: Ints, edge_det: Ints, edge_gain: Ints, like: Floats, nu: Floats, pool: Floats, rates: bool, edges: int,
    p_edge: Floats, p_none: Floats, p_new: Floats, rows: RowColumns, out: Outcome, sensors: SensorColumns,
    align: AlignColumns,
) -> None:  # fmt: skip
    """Move the tracks, write fates and pairs."""
    m = len(good)
    registered = align.member[s] >= 0
    plot_z, plot_sd, plot_x, Pv = np.empty(3), np.empty(3), np.empty(6), np.empty((3, 3))
    for j in range(m):
        row = first + j
        out.fate[row] = CLUTTER if good[j] else REFUSED
        out.number[row] = 0
        out.weight[row] = p_new[j] if good[j] else 1.0
    best = np.zeros(m)
    for e in range(edges):
        j, w = edge_det[e], who[edge_track[e]]
        p = p_edge[e]
        if p >= WORTH_KEEPING and state[PAIRS] < len(out.pair_key):
            at = state[PAIRS]
            out.pair_key[at], out.pair_row[at], out.pair_p[at] = b.key[w], first + j, p
            state[PAIRS] = at + 1
        if p >= LIKELY and p > best[j]:
            best[j] = p
            out.fate[first + j], out.number[first + j], out.weight[first + j] = TRACK, w + 1, p
    models = b.mu.shape[1]
    x, P, mu = b.x.reshape(b.x.size), b.P.reshape(b.P.size), b.mu.reshape(b.mu.size)
    e = 0
    for i in range(len(who)):
        w = who[i]
        begin_edge = e
        while e < edges and edge_track[e] == i:
            e += 1
        p_miss = min(0.999, chance[i])
        unseen = p_none[i] * b.r[w] * (1.0 - p_miss) / (1.0 - b.r[w] * p_miss)
        hit = False
        if e == begin_edge:
            b.r[w] = unseen
        else:
            total = unseen
            for edge in range(begin_edge, e):
                total += p_edge[edge]
            if not total > 1e-12:
                b.r[w] = 0.0
                continue
            for edge in range(begin_edge, e):
                if p_edge[edge] >= LIKELY:
                    hit = True
                    j = edge_det[edge]
                    b.last_ns[w] = b.physical_ns[w] = time_ns
                    b.detections[w] += 1
                    b.seen[w, s] = True
                    if registered and p_edge[edge] >= align.limits[3]:
                        motion_at(b, w, (rows.time_ns[first + j] - time_ns) * SECOND - sensors.clock_s[s], plot_x, Pv)
                        _as_measured(sensors, s, rows, first + j, plot_z, plot_sd)
                        take_plot(align, b, s, w, plot_z, plot_sd, rows.time_ns[first + j], plot_x, Pv, True)
                    rcs = rows.values[first + j, RCS_DBSM]
                    if rcs == rcs:
                        b.feature[w, 0] += 1.0
                        b.feature[w, 1] += rcs
                p_edge[edge] /= total
            absorb_shares(x, P, mu, w, models, unseen / total, p_edge, edge_gain, pool, rates, nu, like, begin_edge, e)
            b.r[w] = min(total, 1.0)
        if b.identity[w] >= 0:
            step = -1.0 if hit else -SILENCE_SHARE * math.log(1.0 - min(p_miss, 0.95))
            b.doubt[w] = min(max(b.doubt[w] + step, -DOUBT_LIMIT), DOUBT_LIMIT)
        place_on_map(b, w)


@njit(cache=True, error_model="numpy")
def _births(
    b: TrackColumns, state: Ints, sensors: SensorColumns, motion: Floats, prior: Floats, k: Knobs, s: int,
    time_ns: int, first: int, good: Bools, p_new: Floats, false: Floats, z: Floats, var: Floats, offset: Floats,
    rows: RowColumns, out: Outcome, align: AlignColumns,
) -> None:  # fmt: skip
    plot_z, plot_sd, plot_x, Pv = np.empty(3), np.empty(3), np.empty(6), np.empty((3, 3))
    for j in range(len(good)):
        if not good[j]:
            continue
        r = p_new[j] * (1.0 - false[j])
        if r < k.forget_p:
            continue
        w = state[TRACKS]
        state[TRACKS] = w + 1
        state[LAST_KEY] += 1
        key = state[LAST_KEY]
        begin(b, w, key, r, time_ns, s, sensors.place[s], sensors.axes[s], z[j], var[j], motion, k)
        row = first + j
        b.last_ns[w] = b.physical_ns[w] = time_ns
        b.detections[w] = 1
        b.seen[w, s] = True
        if align.member[s] >= 0:
            motion_at(b, w, 0.0, plot_x, Pv)
            _as_measured(sensors, s, rows, row, plot_z, plot_sd)
            take_plot(align, b, s, w, plot_z, plot_sd, rows.time_ns[row], plot_x, Pv, True)
        b.classes[w] = prior
        place_on_map(b, w)
        if out.fate[row] != TRACK:
            out.fate[row], out.number[row] = BIRTH, w + 1
        if state[PAIRS] < len(out.pair_key):
            at = state[PAIRS]
            out.pair_key[at], out.pair_row[at], out.pair_p[at] = key, row, 1.0
            state[PAIRS] = at + 1
        _tell(state, out, b, w, False)


@njit(cache=True, error_model="numpy")
def _as_measured(sensors: SensorColumns, s: int, rows: RowColumns, row: int, z: Floats, sd: Floats) -> None:
    """Write range, azimuth, elevation of a row as they came, and their errors; NaN where not measured."""
    for a in range(3):
        given = rows.values[row, RANGE_SD + a]
        sd[a] = given if given > 0.0 else sensors.sd[s, a]
        z[a] = rows.values[row, a] if sd[a] > 0.0 else np.nan


@njit(cache=True, error_model="numpy")
def _tell(state: Ints, out: Outcome, b: TrackColumns, w: int, numbered: bool) -> None:
    at = state[NEWS]
    if at < len(out.news_place):
        for a in range(3):
            out.news_place[at, a] = b.x[w, 0, a]
        out.news_numbered[at] = numbered
        state[NEWS] = at + 1


@njit(cache=True, error_model="numpy")
def _promote(b: TrackColumns, state: Ints, k: Knobs, w: int, time_ns: int, out: Outcome) -> None:
    """Number a track that is believed now, confirm a sure one."""
    if b.number[w] == 0 and b.r[w] >= k.believed_p:
        state[LAST_NUMBER] += 1
        b.number[w] = state[LAST_NUMBER]
        _tell(state, out, b, w, True)
    if b.confirmed_ns[w] == 0 and b.r[w] >= k.confirm_p and b.detections[w] >= 2:
        b.confirmed_ns[w] = time_ns


@njit(cache=True)
def _more_ints(a: Ints, room: int) -> Ints:
    more = np.empty(room, np.int64)
    more[: len(a)] = a
    return more


@njit(cache=True)
def _more1(a: Floats, room: int) -> Floats:
    more = np.empty(room)
    more[: len(a)] = a
    return more

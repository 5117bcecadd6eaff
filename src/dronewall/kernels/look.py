"""Looks of plot sensors from gating to births, compiled whole, and runs of many looks: `tracking/engine.py` calls them.

A track-oriented Poisson multi-Bernoulli filter (Williams, IEEE Trans. AES 51(3), 2015): marginal association
probabilities by `kernels/association.py`, existence by what the sensor could have seen, births from what no track
explains.
"""

import math

import numpy as np
from numba import njit

from dronewall.kernels.abreast import predict_and_aim
from dronewall.kernels.arrivals import PROVEN, births, looked
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
from dronewall.kernels.inner import inner
from dronewall.kernels.lanes import LANES, LEFT_AT, MODEL_ROWS, ROWS, SPANS, goes_alone
from dronewall.kernels.manners import MANNER, weigh
from dronewall.kernels.motion import mean_of, move, zero
from dronewall.kernels.plots import (
    AZIMUTH,
    DIMS,
    ELEVATION,
    LEVEL_AT,
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
from dronewall.kernels.registration import PLOT, count_look, learn, motion_at
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
LEAST_RANGE_M, STEEPEST_RAD = 1.0, 1.6
SECOND = 1e-9
FLIGHT_CEILING_M = 2000.0  # new things are even over the ground and up to here
NEW_RATE_SPAN_MPS = 100.0  # and over so many m/s of range rate
DONE, NO_ROOM, CLUMPED = 0, 1, 2
UNEXPLAINED = 0.5  # a row that tracks explain less than that counts as a stray
WATCHED_S = 10.0  # looks further apart than this do not watch what is between them
MARGIN_M = 60.0  # of the coarse gate, for what differs between the models and bends at close range
SKIP2 = 200.0  # squared distance beyond which a model's density is taken as nil


@njit(cache=True, error_model="numpy")
def run(
    b: TrackColumns, state: Ints, sensors: SensorColumns, motion: Floats, prior: Floats, k: Knobs, looks: LookColumns,
    first_look: int, last_look: int, chosen: bool, given: Ints, given_p: Floats, rows: RowColumns, out: Outcome,
    align: AlignColumns, arrivals: Floats,
) -> tuple[int, int]:  # fmt: skip
    """Take looks in order, from `first_look` to before `last_look`; how far it came, and why it stopped there.

    With `chosen`, `given` are the rows of the tracks in view of a single look, ascending, and `given_p` how likely each
    is detected; otherwise both follow from the sensor's ranges, sector and horizon. `arrivals` [shape=(sensors, 2)] is
    what the looks teach of how often something new is in view. NO_ROOM: the bank needs room for
    births; CLUMPED: the latest look taken may have begun a group, which others see to.
    """
    models = b.mu.shape[1]
    x, P, mu = b.x.reshape(b.x.size), b.P.reshape(b.P.size), b.mu.reshape(b.mu.size)
    manner = b.manner.reshape(b.manner.size)
    width = MODELS_AT + models * WIDTH
    most = math.sqrt(k.gate2)
    mean, usual = np.empty(6), np.empty(DIMS)
    spans, lanes = np.empty((SPANS, LEFT_AT + models)), np.empty((ROWS + models * MODEL_ROWS) * LANES)
    for look in range(first_look, last_look):
        s, time_ns, first = looks.sensor[look], looks.time_ns[look], looks.first[look]
        m = looks.stop[look] - first
        if state[TRACKS] + m > len(b.key):
            return look, NO_ROOM
        place, axes = sensors.place[s], sensors.axes[s]
        z, var, offset = np.empty((m, DIMS)), np.empty((m, DIMS)), np.empty(m)
        density, false = np.empty(m), np.empty(m)
        plots, plot_track, plot_ns = zero(), np.empty(2 * m, np.int64), np.empty(2 * m, np.int64)
        plot_z, plot_x, plot_V = np.empty((2 * m, PLOT)), np.empty((2 * m, 6)), np.empty((2 * m, 6))
        good, rates = read(
            rows.values, rows.time_ns, first, time_ns, sensors.sd[s], sensors.bias[s], sensors.bias_sd[s],
            sensors.near_m[s], sensors.far_m[s], sensors.sector_width[s], sensors.clutter[s], sensors.ceiling_m[s],
            sensors.rate_sd[s], sensors.clock_s[s], births(arrivals, s, k), z, var, offset, density, false,
        )  # fmt: skip
        arrived = zero()
        bins, bin_m, bin_start, in_bin = _by_range(z, good, sensors.far_m[s])
        who, p_detect = given, given_p
        if not chosen:
            who = candidates(b.where, b.time_ns, x, P, models, state[TRACKS], place, sensors.far_m[s], time_ns)
            p_detect = np.full(len(who), sensors.p[s])
        n = len(who)
        usual_offset = 0.0 - sensors.clock_s[s]  # as `read` has it for a row of the look's own time
        for a in range(DIMS):
            sd = sensors.sd[s, a]
            usual[a] = sd * sd + sensors.bias_sd[s, a] ** 2 if sd > 0.0 else np.inf
        # One gain for each track, and one more for each other kind of measurement that it meets.
        gains, gain_room = n, n + 8
        pool = np.empty(gain_room * width)
        edges, room = zero(), 2 * (n + m) + 16
        edge_track, edge_det, edge_gain = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
        psi, nu, like = np.empty(room), np.empty(room * models * DIMS), np.empty(room * models)
        chance, since, before = np.empty(n), np.empty(n), np.empty(models)
        for i in range(n):
            since[i] = (time_ns - b.time_ns[who[i]]) * SECOND
            b.time_ns[who[i]] = time_ns
            if goes_alone(since[i], motion, models):
                move(x, P, mu, manner, who[i], models, since[i], motion, mean)
        spans[:, 0] = np.nan
        for i in range(0, n, LANES):
            predict_and_aim(
                x, P, mu, manner, who, since, i, min(n - i, LANES), models, motion, usual_offset, place, axes, usual,
                spans, lanes, pool,
            )  # fmt: skip
        for i in range(n):
            w, g = who[i], i * width
            p = p_detect[i] * visible(
                sensors.near_m[s], sensors.far_m[s], sensors.sector_from[s], sensors.sector_width[s],
                sensors.horizon_m[s], pool, g,
            )  # fmt: skip
            chance[i] = p
            span = abs(since[i])
            watched = min(span, WATCHED_S) * p
            r = b.r[w] * math.exp(-watched / k.survival_seen_s - (span - watched) / k.survival_s)
            b.r[w] = r
            slant = pool[g + RANGE]
            reach = most * pool[g + SPREAD_AT + RANGE] + MARGIN_M
            low = min(max(int((slant - reach) / bin_m), 0), bins - 1)
            high = min(max(int((slant + reach) / bin_m), 0), bins - 1)
            turn_most = (most * pool[g + SPREAD_AT + AZIMUTH] + MARGIN_M) / max(slant * pool[g + LEVEL_AT], 1.0)
            weight = r * max(p, LEAST_P_DETECT) / (1.0 - r * p)
            other, other_det = -1, -1  # the latest gain of another kind, and a detection of that kind
            for at in range(bin_start[low], bin_start[high + 1]):
                j = in_bin[at]
                turn = z[j, AZIMUTH] - pool[g + AZIMUTH]
                turn -= TWO_PI * math.floor(turn / TWO_PI + 0.5)
                if abs(turn) > turn_most * (1.0 if offset[j] == usual_offset else 3.0):
                    continue
                use = g
                if offset[j] != usual_offset or _differ(var, j, usual):
                    if other < 0 or offset[j] != offset[other_det] or _differ(var, j, var[other_det]):
                        if gains == gain_room:
                            gain_room *= 2
                            pool = _more(pool, gain_room * width)
                        other, other_det = gains * width, j
                        gains += 1
                        mean_of(x, mu, w, models, mean)
                        gain(x, P, w, models, mean, offset[j], place, axes, var[j], pool, other)
                    use = other
                if edges == room:
                    room *= 2
                    edge_track, edge_det = _more_ints(edge_track, room), _more_ints(edge_det, room)
                    edge_gain, psi = _more_ints(edge_gain, room), _more(psi, room)
                    nu, like = _more(nu, room * models * DIMS), _more(like, room * models)
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
        p_edge, p_none, p_new = share_out(edge_track, edge_det, psi, edges, n, m)
        # What became of each detection, and the pairs that count
        best = np.zeros(m)
        for j in range(m):
            row = first + j
            out.fate[row] = CLUTTER if good[j] else REFUSED
            out.number[row] = -1  # the track's row, until it has its number
            out.weight[row] = p_new[j] if good[j] else 1.0
        for pair in range(edges):
            j, w, p = edge_det[pair], who[edge_track[pair]], p_edge[pair]
            if p >= WORTH_KEEPING and state[PAIRS] < len(out.pair_key):
                at = state[PAIRS]
                out.pair_key[at], out.pair_row[at], out.pair_p[at] = b.key[w], first + j, p
                state[PAIRS] = at + 1
            if p >= LIKELY and p > best[j]:
                best[j] = p
                out.fate[first + j], out.number[first + j], out.weight[first + j] = TRACK, w, p
        # The tracks
        e = zero()
        for i in range(n):
            w = who[i]
            begin_edge = e
            while e < edges and edge_track[e] == i:
                e += 1
            p_miss = min(0.999, chance[i])
            unseen = p_none[i] * b.r[w] * (1.0 - p_miss) / (1.0 - b.r[w] * p_miss)
            total = unseen
            for edge in range(begin_edge, e):
                total += p_edge[edge]
            hit = False
            for edge in range(begin_edge, e):
                if p_edge[edge] >= LIKELY:
                    hit = True
                    row = first + edge_det[edge]
                    _touch(b.last_ns, b.physical_ns, b.detections, w, time_ns)
                    if b.detections[w] == PROVEN and b.confirmed_ns[w] > 0 and b.identity[w] < 0:
                        arrived += 1
                    b.seen[w, s] = True
                    if align.member[s] >= 0 and p_edge[edge] >= align.limits[3]:
                        ahead = (rows.time_ns[row] - time_ns) * SECOND + usual_offset
                        motion_at(x, P, mu, w, models, ahead, plot_x, plot_V, plots)
                        _as_measured(rows.values, row, sensors.sd, s, plot_z, plots)
                        plot_track[plots], plot_ns[plots] = w, rows.time_ns[row]
                        plots += 1
                    rcs = rows.values[row, RCS_DBSM]
                    if rcs == rcs:
                        b.feature[w, 0] += 1.0
                        b.feature[w, 1] += rcs
                p_edge[edge] /= total
            if e > begin_edge and total > 1e-12:
                for q in range(models):
                    before[q] = mu[w * models + q]
                absorb_shares(
                    x, P, mu, w, models, unseen / total, p_edge, edge_gain, pool, rates, nu, like, begin_edge, e
                )
                if hit:
                    weigh(manner, w, since[i], motion, models, before, zero(), mu)
            b.r[w] = min(total, 1.0) if total > 1e-12 else 0.0
            if b.identity[w] >= 0:
                step = -1.0 if hit else -SILENCE_SHARE * math.log(1.0 - min(p_miss, 0.95))
                b.doubt[w] = min(max(b.doubt[w] + step, -DOUBT_LIMIT), DOUBT_LIMIT)
            place_on_map(b.where, w, x, P, models, 0.0)
        # Births
        old, unexplained = state[TRACKS], zero()
        for j in range(m):
            r = p_new[j] * (1.0 - false[j])
            if good[j] and p_new[j] > UNEXPLAINED:
                unexplained += 1
            if not good[j] or r < k.forget_p:
                continue
            w, row = state[TRACKS], first + j
            state[TRACKS] = w + 1
            state[LAST_KEY] += 1
            begin(x, P, mu, w, models, place, axes, z, var, j, motion, k, sensors.ground_m[s])
            b.key[w], b.number[w], b.identity[w], b.r[w] = state[LAST_KEY], 0, -1, r
            b.time_ns[w] = b.first_ns[w] = time_ns
            b.confirmed_ns[w] = b.claim_ns[w] = b.classed_ns[w] = b.detections[w] = 0
            b.lost[w] = False
            b.conflict[w] = b.doubt[w] = 0.0
            for a in range(MANNER):
                b.manner[w, a] = 0.0
            for a in range(len(prior)):
                b.signature[w, a], b.classes[w, a] = 0.0, prior[a]
            for a in range(4):
                b.feature[w, a] = 0.0
            for a in range(b.plot.shape[1]):
                b.plot[w, a] = 0.0
            b.plot_sensor[w], b.plot_ns[w], b.plot_other_ns[w] = -1, 0, 0
            for a in range(b.seen.shape[1]):
                b.seen[w, a] = a == s
            _touch(b.last_ns, b.physical_ns, b.detections, w, time_ns)
            if align.member[s] >= 0:
                motion_at(x, P, mu, w, models, 0.0, plot_x, plot_V, plots)
                _as_measured(rows.values, row, sensors.sd, s, plot_z, plots)
                plot_track[plots], plot_ns[plots] = w, rows.time_ns[row]
                plots += 1
            place_on_map(b.where, w, x, P, models, 0.0)
            if out.fate[row] != TRACK:
                out.fate[row], out.number[row] = BIRTH, w
            if state[PAIRS] < len(out.pair_key):
                at = state[PAIRS]
                out.pair_key[at], out.pair_row[at], out.pair_p[at] = b.key[w], row, 1.0
                state[PAIRS] = at + 1
            _tell(state, out.news_place, out.news_numbered, x, w * models * 6, b.number[w] > 0)
        learn(
            align, b.plot_ns, b.plot_sensor, b.plot, b.plot_other_ns, s, plots, plot_track, plot_z, plot_ns, plot_x,
            plot_V, True,
        )  # fmt: skip
        count_look(align, s, unexplained)
        looked(arrivals, s, arrived, k)
        # Numbers in order of birth for what is believed now, and confirmation of what is sure
        for i in range(n + state[TRACKS] - old):
            w = who[i] if i < n else old + i - n
            if b.number[w] == 0 and b.r[w] >= k.believed_p:
                state[LAST_NUMBER] += 1
                b.number[w] = state[LAST_NUMBER]
                _tell(state, out.news_place, out.news_numbered, x, w * models * 6, b.number[w] > 0)
            if b.confirmed_ns[w] == 0 and b.r[w] >= k.confirm_p and b.detections[w] >= 2:
                b.confirmed_ns[w] = time_ns
            b.lost[w] = b.confirmed_ns[w] > 0 and b.r[w] < (k.confirm_p if b.lost[w] else k.believed_p)
        for row in range(first, first + m):
            out.number[row] = b.number[out.number[row]] if out.number[row] >= 0 else 0
        if (
            not chosen
            and state[TRACKS] - old >= k.group_least
            and clumped(rows, out, first, first + m, link_m(k, sensors.far_m[s], m), k.group_least)
        ):
            return look + 1, CLUMPED
    return last_look, DONE


@inner
def _as_measured(values: Floats, row: int, own_sd: Floats, s: int, plot: Floats, e: int) -> None:
    """Write range, azimuth, elevation of a row as they came, and their errors, to plot[e]; NaN where not measured."""
    for a in range(3):
        given = values[row, RANGE_SD + a]
        sd = given if given > 0.0 else own_sd[s, a]
        plot[e, a], plot[e, 3 + a] = values[row, a] if sd > 0.0 else np.nan, sd


@inner
def _touch(last_ns: Ints, physical_ns: Ints, detections: Ints, w: int, time_ns: int) -> None:
    last_ns[w] = physical_ns[w] = time_ns
    detections[w] += 1


@inner
def _tell(state: Ints, places: Floats, numbered: Bools, x: Floats, at: int, is_numbered: bool) -> None:
    """Note where something is new."""
    news = state[NEWS]
    if news < len(places):
        places[news, 0], places[news, 1], places[news, 2] = x[at], x[at + 1], x[at + 2]
        numbered[news] = is_numbered
        state[NEWS] = news + 1


@inner
def _differ(var: Floats, j: int, c: Floats) -> bool:
    return bool(var[j, 0] != c[0] or var[j, 1] != c[1] or var[j, 2] != c[2] or var[j, 3] != c[3])


@njit(cache=True, error_model="numpy")
def read(
    values: Floats, times_ns: Ints, first: int, time_ns: int, own_sd: Floats, bias: Floats, bias_sd: Floats,
    near: float, far: float, sector: float, clutter_per_look: float, ceiling_m: float, rate_sd: float,
    clock_s: float, births_per_look: float, z: Floats, var: Floats, offset: Floats, density: Floats, false: Floats,
) -> tuple[Bools, bool]:  # fmt: skip
    """The rows as measurements, corrected by what registration knows; which are usable, and if any has a range rate."""
    m = len(offset)
    good = np.zeros(m, np.bool_)
    rates = 0
    per_area = clutter_per_look * 2.0 / (far * far - near * near) / sector
    births = births_per_look / TWO_PI * 2.0 / (far * far)
    for j in range(m):
        row = first + j
        for a in range(DIMS):
            value, sd = values[row, a], own_sd[a]
            if a < RATE:
                given = values[row, RANGE_SD + a]
                if given > 0.0:
                    sd = given
            if value == value and sd > 0.0 and sd < np.inf:
                z[j, a] = value - bias[a]
                var[j, a] = sd * sd + bias_sd[a] ** 2
            else:
                z[j, a], var[j, a] = 0.0, np.inf
        offset[j] = (times_ns[row] - time_ns) * SECOND - clock_s
        slant = z[j, RANGE]
        if not (var[j, RANGE] < np.inf and var[j, AZIMUTH] < np.inf):
            continue
        if not (LEAST_RANGE_M < slant < FARTHEST * far and abs(z[j, AZIMUTH]) < 2.0 * TWO_PI):
            continue
        if not (abs(z[j, ELEVATION]) < STEEPEST_RAD and abs(z[j, RATE]) < 1e4 and abs(offset[j]) < 60.0):
            continue
        good[j] = True
        clutter = per_area * slant
        new = births * max(slant, 100.0)
        if var[j, ELEVATION] < np.inf:
            clutter *= slant * math.cos(z[j, ELEVATION]) / min(ceiling_m, slant)
            new *= max(slant, 100.0) / FLIGHT_CEILING_M
        if var[j, RATE] < np.inf:
            rates += 1
            t = z[j, RATE] / rate_sd
            clutter *= math.exp(-0.5 * t * t) / (math.sqrt(TWO_PI) * rate_sd)
            new /= NEW_RATE_SPAN_MPS
        density[j] = clutter + new
        false[j] = clutter / (clutter + new)
    return good, rates > 0


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
    fill = np.empty(bins, np.int64)
    for q in range(bins):
        fill[q] = start[q]
    order = np.empty(m, np.int64)
    for j in range(m):
        if good[j]:
            q = min(int(z[j, RANGE] / width), bins - 1)
            order[fill[q]] = j
            fill[q] += 1
    return bins, width, start, order


@njit(cache=True)
def _more_ints(a: Ints, room: int) -> Ints:
    more = np.empty(room, np.int64)
    for i in range(len(a)):
        more[i] = a[i]
    return more


@njit(cache=True)
def _more(a: Floats, room: int) -> Floats:
    more = np.empty(room)
    for i in range(len(a)):
        more[i] = a[i]
    return more

"""Rows of numbers, one for each of several tracks, and how tracks come into them and out: `abreast.py` uses them."""

import math

from dronewall.kernels.inner import formula, inner
from dronewall.kernels.manners import FADING_S, FORGET_S, IDLE, MANNER, ODDS, SWITCH, restless
from dronewall.kernels.motion import CLIMB_TAU, HOLD, LONGEST_STEP_S, TURN, Triangle, put, triangle
from dronewall.kernels.plots import LINV_AT, MODELS_AT, NORM_AT, SHIFT_AT, U_AT, WIDTH
from dronewall.units import Floats

LANES = 16
# Rows common to a track's models, LANES numbers each: seconds flown; share of the drawing kept, and its mean; readiness
# and loudness; whether it is moved here; course, how sure, normal; moments of the mixture; line of sight; gain's head.
DT, KEEP, KEPT, READY, LOUD, OWN_LOUD, MOVES, COURSE, MEAN, COV, SIGHT, HEAD = 0, 1, 2, 3, 4, 5, 6, 7, 14, 20, 41, 55
ROWS = HEAD + MODELS_AT
# Rows of each model: state, covariance, probability, what is left of the climb, gain.
X, P_AT, MU, LEFT, GAIN = 0, 6, 27, 28, 29
MODEL_ROWS = GAIN + WIDTH
# Columns of what a span of time does, worked out once for all tracks of a look that it has passed for; the last ones
# are LEFT of each model.
SPAN, P_KEPT, MEAN_KEPT, FADED, FADED_TWICE, FADED_OWN, FORGOTTEN, LEFT_AT = 0, 1, 2, 3, 4, 5, 6, 7
SPANS = 16


@inner
def _over(fall: float) -> float:
    """Mean of exp(-t) for t up to `fall`."""
    return (1.0 - math.exp(-fall)) / fall if fall > 1e-4 else 1.0


@inner
def _passes(spans: Floats, dt: float, motion: Floats, models: int) -> int:
    """Row of `spans` with what `dt` seconds do; rows not yet used have NaN as their span."""
    row = 0
    while row < SPANS - 1 and spans[row, SPAN] == spans[row, SPAN] and spans[row, SPAN] != dt:
        row += 1
    if spans[row, SPAN] == dt:
        return row
    span, rate, fade = abs(dt), motion[models, SWITCH], 1.0 / motion[models, FADING_S]
    keep = math.exp(-rate * span)
    spans[row, SPAN], spans[row, P_KEPT] = dt, keep
    spans[row, MEAN_KEPT] = (1.0 - keep) / (rate * span) if rate > 0.0 else 1.0
    spans[row, FADED], spans[row, FADED_TWICE] = _over(fade * span), _over(2.0 * fade * span)
    spans[row, FADED_OWN] = _over((fade + rate) * span)
    spans[row, FORGOTTEN] = math.exp(-span / motion[models, FORGET_S])
    for k in range(models):
        spans[row, LEFT_AT + k] = math.exp(-span / motion[k, CLIMB_TAU])
    return row


@inner
def goes_alone(dt: float, motion: Floats, models: int) -> bool:
    """Whether the lanes cannot take a track so far: far is in steps, and turning or hovering in a curve."""
    alone = dt == 0.0 or abs(dt) > LONGEST_STEP_S
    for k in range(models):
        alone = alone or motion[k, TURN] != 0.0 or motion[k, HOLD] > 0.0
    return alone


@inner
def enter(
    manner: Floats, w: int, models: int, dt: float, alone: bool, motion: Floats, spans: Floats, s: Floats, lane: int
) -> None:
    """Into a lane, what `dt` seconds do to track `w`; one that went alone has come there already."""
    wild, faded = 0.0, 1.0
    row = _passes(spans, 1.0 if alone else dt, motion, models)
    if not alone:
        wild, idle = restless(manner, w, motion, models), manner[w * MANNER + IDLE]
        first = max(min(idle, idle + dt), 0.0)
        faded = math.exp(-first / motion[models, FADING_S]) if first > 0.0 else 1.0
        manner[w * MANNER + ODDS] *= spans[row, FORGOTTEN]
        manner[w * MANNER + IDLE] = max(idle + dt, 0.0)
    s[DT * LANES + lane], s[MOVES * LANES + lane] = 1.0 if alone else dt, 0.0 if alone else 1.0
    s[KEEP * LANES + lane], s[KEPT * LANES + lane] = spans[row, P_KEPT], spans[row, MEAN_KEPT]
    s[READY * LANES + lane] = wild * faded * spans[row, FADED]
    s[LOUD * LANES + lane] = wild * faded * faded * spans[row, FADED_TWICE]
    s[OWN_LOUD * LANES + lane] = faded * spans[row, FADED_OWN]
    for k in range(models):
        s[(ROWS + k * MODEL_ROWS + LEFT) * LANES + lane] = spans[row, LEFT_AT + k]


@inner
def fetch(x: Floats, P: Floats, mu: Floats, w: int, models: int, s: Floats, lane: int) -> None:
    """Track `w` into a lane."""
    for k in range(models):
        at, to = w * models + k, (ROWS + k * MODEL_ROWS) * LANES + lane
        s[to + MU * LANES] = mu[at]
        for i in range(6):
            s[to + (X + i) * LANES] = x[at * 6 + i]
        put_lane_triangle(s, to + P_AT * LANES, triangle(P, at * 36))


@inner
def store(x: Floats, P: Floats, mu: Floats, w: int, models: int, s: Floats, lane: int, pool: Floats, gain: int) -> None:
    """Track `w` back from its lane, and its gain to the pool."""
    for i in range(MODELS_AT):
        pool[gain + i] = s[(HEAD + i) * LANES + lane]
    for k in range(models):
        at, to = w * models + k, (ROWS + k * MODEL_ROWS) * LANES + lane
        mu[at] = s[to + MU * LANES]
        for i in range(6):
            x[at * 6 + i] = s[to + (X + i) * LANES]
        put(P, at * 36, lane_triangle(s, to + P_AT * LANES))
        q = gain + MODELS_AT + k * WIDTH
        for i in range(SHIFT_AT, SHIFT_AT + 3):
            pool[q + i] = s[to + (GAIN + i) * LANES]
        for i in range(LINV_AT, LINV_AT + 6):
            pool[q + i] = s[to + (GAIN + i) * LANES]
        for i in range(U_AT, U_AT + 18):
            pool[q + i] = s[to + (GAIN + i) * LANES]
        pool[q + NORM_AT] = s[to + (GAIN + NORM_AT) * LANES]


@formula
def off_mean(m: Floats, s: Floats, lane: int) -> tuple[float, float, float, float, float, float]:
    """How far a model's state, whose rows begin at m[0], is off the mean of the lane's mixture (m, m/s)."""
    return (
        m[(X + 0) * LANES + lane] - s[(MEAN + 0) * LANES + lane],
        m[(X + 1) * LANES + lane] - s[(MEAN + 1) * LANES + lane],
        m[(X + 2) * LANES + lane] - s[(MEAN + 2) * LANES + lane],
        m[(X + 3) * LANES + lane] - s[(MEAN + 3) * LANES + lane],
        m[(X + 4) * LANES + lane] - s[(MEAN + 4) * LANES + lane],
        m[(X + 5) * LANES + lane] - s[(MEAN + 5) * LANES + lane],
    )


@formula
def lane_triangle(s: Floats, at: int) -> Triangle:
    """The upper triangle of a lane's covariance, its first row at s[at], in the order of `motion.triangle`."""
    return (
        s[at], s[at + LANES], s[at + 2 * LANES], s[at + 3 * LANES], s[at + 4 * LANES], s[at + 5 * LANES],
        s[at + 6 * LANES], s[at + 7 * LANES], s[at + 8 * LANES],
        s[at + 9 * LANES], s[at + 10 * LANES], s[at + 11 * LANES],
        s[at + 12 * LANES], s[at + 13 * LANES], s[at + 14 * LANES],
        s[at + 15 * LANES], s[at + 16 * LANES], s[at + 17 * LANES],
        s[at + 18 * LANES], s[at + 19 * LANES], s[at + 20 * LANES],
    )  # fmt: skip


@formula
def put_lane_triangle(s: Floats, at: int, t: Triangle) -> None:
    """The same back."""
    s[at] = t[0]
    s[at + LANES] = t[1]
    s[at + 2 * LANES] = t[2]
    s[at + 3 * LANES] = t[3]
    s[at + 4 * LANES] = t[4]
    s[at + 5 * LANES] = t[5]
    s[at + 6 * LANES] = t[6]
    s[at + 7 * LANES] = t[7]
    s[at + 8 * LANES] = t[8]
    s[at + 9 * LANES] = t[9]
    s[at + 10 * LANES] = t[10]
    s[at + 11 * LANES] = t[11]
    s[at + 12 * LANES] = t[12]
    s[at + 13 * LANES] = t[13]
    s[at + 14 * LANES] = t[14]
    s[at + 15 * LANES] = t[15]
    s[at + 16 * LANES] = t[16]
    s[at + 17 * LANES] = t[17]
    s[at + 18 * LANES] = t[18]
    s[at + 19 * LANES] = t[19]
    s[at + 20 * LANES] = t[20]

"""What tracks may be, renewed for many at once: the numbers of `tracking/classes.py`, which says what they mean."""

import math

import numpy as np
from numba import njit

from dronewall.kernels.manners import MANNER
from dronewall.kernels.motion import mixture, move, up_of, zero
from dronewall.units import Floats, Ints

# Columns of the table of labels.
LOG_PRIOR, SPEED, SPEED_SD, LOW_M, HIGH_M, RCS, RCS_SD, TONE, TONE_SD = 0, 1, 2, 3, 4, 5, 6, 7, 8
FAST_SHARE, FAST, FAST_SD = 9, 10, 11  # of a label, what flies far faster than the rest of it
COLUMNS = 12
SWERLING_DB = 5.6
WIDEST_LOG_ODDS = 9.0
DEPENDENCE = 1.2
BELOW_MEAN_DB = 2.5  # the mean of decibels lies so far below the mean echo
GUST = 0.15
LEAST_HEIGHT_SD_M = 3.0
HALF_LOG_2_PI = 0.919
UNKNOWN_SPEED, UNKNOWN_HEIGHT, UNKNOWN_ECHO = math.log(1.0 / 300.0), math.log(1.0 / 8.0), math.log(1.0 / 24.0)
SECOND = 1e-9


@njit(cache=True, error_model="numpy")
def _below(t: float) -> float:
    """The normal distribution function."""
    return 0.5 * math.erfc(-t / math.sqrt(2.0))


@njit(cache=True, error_model="numpy")
def _add(log: Floats, total: Floats) -> None:
    """Add one kind of evidence, none of it further below the best than WIDEST_LOG_ODDS."""
    most = -np.inf
    for q in range(len(log)):
        most = max(most, log[q])
    for q in range(len(log)):
        total[q] += max(log[q], most - WIDEST_LOG_ODDS)


@njit(cache=True, error_model="numpy")
def _normal(speed: float, sd: float, mean: float, own_sd: float) -> float:
    """Log density of a speed known to `sd` under a label's normal."""
    spread = math.sqrt(own_sd * own_sd + sd * sd)
    t = (speed - mean) / spread
    return -0.5 * t * t - math.log(spread) - HALF_LOG_2_PI


@njit(cache=True, error_model="numpy")
def _velocity(
    table: Floats, unknown: int, balloon: int, speed: float, sd: float, air_speed: float, wind: float, log: Floats
) -> None:
    ring = math.log(2.0 * math.pi * math.sqrt(speed * speed + sd * sd))
    for q in range(len(log)):
        log[q] = _normal(speed, sd, table[q, SPEED], table[q, SPEED_SD]) - ring
        share = table[q, FAST_SHARE]
        if share > 0.0:
            slow = math.log(1.0 - share) + log[q]
            fast = math.log(share) + _normal(speed, sd, table[q, FAST], table[q, FAST_SD]) - ring
            log[q] = max(slow, fast) + math.log(1.0 + math.exp(-abs(slow - fast)))
    drift = (table[balloon, SPEED_SD] + GUST * wind) ** 2 + sd * sd
    log[balloon] = -0.5 * air_speed * air_speed / drift - math.log(2.0 * math.pi * drift)
    log[unknown] = UNKNOWN_SPEED - ring


@njit(cache=True, error_model="numpy")
def _height(table: Floats, unknown: int, height_m: float, sd: float, log: Floats) -> None:
    sd_m = math.sqrt(sd * sd + LEAST_HEIGHT_SD_M * LEAST_HEIGHT_SD_M)
    for q in range(len(log)):
        low, high = table[q, LOW_M], table[q, HIGH_M]
        if 2.0 * sd_m > high - low:
            spread = math.sqrt(sd_m * sd_m + ((high - low) / 4.0) ** 2)
            t = (height_m - math.sqrt(low * high)) / spread
            log[q] = -0.5 * t * t - math.log(spread) - HALF_LOG_2_PI
        else:
            above = _below((height_m - low) / math.sqrt(sd_m * sd_m + (0.3 * low) ** 2))
            below = _below((height_m - high) / math.sqrt(sd_m * sd_m + (0.2 * high) ** 2))
            near = min(max(height_m + 0.5 * sd_m, low), high)
            log[q] = math.log(max(above - below, 1e-12)) - math.log(math.log(high / low)) - math.log(near)
    log[unknown] = UNKNOWN_HEIGHT - math.log(max(abs(height_m) + sd_m, 20.0))


@njit(cache=True, error_model="numpy")
def _echo(table: Floats, unknown: int, feature: Floats, log: Floats) -> None:
    n = feature[0]
    for q in range(len(log)):
        sd = math.sqrt(table[q, RCS_SD] ** 2 + 1.0 + SWERLING_DB**2 / n)
        t = (feature[1] / n - table[q, RCS] + BELOW_MEAN_DB) / sd
        log[q] = -0.5 * t * t - math.log(sd)
    log[unknown] = UNKNOWN_ECHO


@njit(cache=True, error_model="numpy")
def _tone(table: Floats, unknown: int, feature: Floats, log: Floats) -> None:
    least = np.inf
    for q in range(len(log)):
        log[q] = -WIDEST_LOG_ODDS  # what makes no sound was not heard
        if table[q, TONE_SD] > 0.0:
            t = (feature[3] / feature[2] - table[q, TONE]) / table[q, TONE_SD]
            narrow = -math.log(table[q, TONE_SD])
            log[q] = max(-0.5 * t * t, -WIDEST_LOG_ODDS) + narrow
            least = min(least, narrow)
    log[unknown] = least - 1.0


@njit(cache=True, error_model="numpy")
def posterior(
    table: Floats, unknown: int, balloon: int, speed: float, speed_sd: float, air_speed: float, height_m: float,
    height_sd: float, feature: Floats, signature: Floats, wind_mps: float, log: Floats, p: Floats,
) -> None:  # fmt: skip
    """Write the probability of each label of one track; `log` is scratch of the same length."""
    labels = len(p)
    for q in range(labels):
        p[q] = signature[q]
    _velocity(table, unknown, balloon, speed, speed_sd, air_speed, wind_mps, log)
    _add(log, p)
    _height(table, unknown, height_m, height_sd, log)
    _add(log, p)
    if feature[0] > 0.0:
        _echo(table, unknown, feature, log)
        _add(log, p)
    if feature[2] > 0.0:
        _tone(table, unknown, feature, log)
        for q in range(labels):
            p[q] += log[q]
    most = -np.inf
    for q in range(labels):
        p[q] = table[q, LOG_PRIOR] + p[q] / DEPENDENCE
        most = max(most, p[q])
    total = 0.0
    for q in range(labels):
        p[q] = math.exp(p[q] - most)
        total += p[q]
    for q in range(labels):
        p[q] /= total


@njit(cache=True, error_model="numpy")
def wind_at(winds: Floats, height_m: float) -> tuple[float, float]:
    """The air's velocity, east and north, at a height: even between the rows, as the outermost beyond them."""
    k = 0
    while k < len(winds) - 1 and height_m > winds[k, 0]:
        k += 1
    if k == 0 or height_m >= winds[k, 0]:
        return winds[k, 1], winds[k, 2]
    share = (height_m - winds[k - 1, 0]) / (winds[k, 0] - winds[k - 1, 0])
    east = winds[k - 1, 1] + share * (winds[k, 1] - winds[k - 1, 1])
    return east, winds[k - 1, 2] + share * (winds[k, 2] - winds[k - 1, 2])


@njit(cache=True, error_model="numpy")
def renew(
    who: Ints, now_ns: int, time_ns: Ints, x: Floats, P: Floats, mu: Floats, manner: Floats, models: int,
    motion: Floats,
    feature: Floats, signature: Floats, classes: Floats, table: Floats, unknown: int, balloon: int, winds: Floats,
    grounds: Floats, places: Floats, place_grounds: Floats,
) -> None:  # fmt: skip
    """Write `classes` of the tracks `who` as of a time; `x`, `P`, `mu` are flat.

    `winds` are heights above ground, upwards, and where the air goes there, east and north (m/s). `grounds` is the
    height of the ground below each of `who`, NaN: that of the nearest of the sensors at `places`, `place_grounds`.
    """
    log = np.empty(classes.shape[1])
    xs, Ps, mus, m = np.empty(6 * models), np.empty(36 * models), np.empty(models), np.empty(6)
    own = np.empty(MANNER)
    for i in range(len(who)):
        w = who[i]
        for q in range(6 * models):
            xs[q] = x[w * models * 6 + q]
        for q in range(36 * models):
            Ps[q] = P[w * models * 36 + q]
        for q in range(models):
            mus[q] = mu[w * models + q]
        own[:] = manner[w]
        move(xs, Ps, mus, own, zero(), models, (now_ns - time_ns[w]) * SECOND, motion, m)
        t = mixture(xs, Ps, mus, zero(), models, m)
        u0, u1, u2, height = up_of(m[0], m[1], m[2])
        rise = m[3] * u0 + m[4] * u1 + m[5] * u2
        l0, l1, l2 = m[3] - rise * u0, m[4] - rise * u1, m[5] - rise * u2
        level = math.sqrt(m[0] * m[0] + m[1] * m[1]) + 1e-300
        e0, e1 = -m[1] / level, m[0] / level
        east = l0 * e0 + l1 * e1
        north = -l0 * u2 * e1 + l1 * u2 * e0 + l2 * (u0 * e1 - u1 * e0)
        up_c = u0 * (t[0] * u0 + 2.0 * (t[1] * u1 + t[2] * u2)) + u1 * (t[3] * u1 + 2.0 * t[4] * u2) + u2 * t[5] * u2
        up_v = (
            u0 * (t[15] * u0 + 2.0 * (t[16] * u1 + t[17] * u2)) + u1 * (t[18] * u1 + 2.0 * t[19] * u2) + u2 * t[20] * u2
        )
        ground = grounds[i]
        if np.isnan(ground):
            ground, nearest = 0.0, np.inf
            for q in range(len(place_grounds)):
                d0, d1, d2 = m[0] - places[q, 0], m[1] - places[q, 1], m[2] - places[q, 2]
                away = d0 * d0 + d1 * d1 + d2 * d2
                if away < nearest:
                    nearest, ground = away, place_grounds[q]
        to_east, to_north = wind_at(winds, height - ground)
        posterior(
            table, unknown, balloon, math.sqrt(l0 * l0 + l1 * l1 + l2 * l2),
            math.sqrt(0.5 * max(t[15] + t[18] + t[20] - up_v, 0.0)),
            math.sqrt((east - to_east) ** 2 + (north - to_north) ** 2), height - ground, math.sqrt(max(up_c, 0.0)),
            feature[w], signature[w], math.sqrt(to_east * to_east + to_north * to_north), log, classes[w],
        )  # fmt: skip

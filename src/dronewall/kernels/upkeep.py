"""Where tracks are looked for, and the end of those that are no longer believed.

The map of the tracks is `TrackColumns.where`: a place and how far from there the track may be until the next tidying.
A look reads it from front to back, 32 bytes a track, and only then the states of those that may be in reach.
"""

import math

import numpy as np
from numba import njit

from dronewall.kernels.columns import TrackColumns
from dronewall.units import Floats, Ints

AHEAD_S = 1.5  # the map holds until the next tidying, a second later
SPREAD = 5.0  # standard deviations that candidates are kept within
FASTEST_MPS = 150.0
SECOND = 1e-9


@njit(cache=True, error_model="numpy")
def candidates(b: TrackColumns, n: int, place: Floats, far: float, time_ns: int) -> Ints:
    """Rows of the tracks that may be within reach of a sensor, ascending."""
    found = np.empty(n, np.int64)
    x, P, where = b.x.reshape(b.x.size), b.P.reshape(b.P.size), b.where.reshape(b.where.size)
    models = b.mu.shape[1]
    p0, p1, p2 = place[0], place[1], place[2]
    kept = 0
    for w in range(n):
        d0, d1, d2 = where[w * 4] - p0, where[w * 4 + 1] - p1, where[w * 4 + 2] - p2
        reach = far + where[w * 4 + 3]
        if d0 * d0 + d1 * d1 + d2 * d2 >= reach * reach or reach < 0.0:
            continue
        dt = (time_ns - b.time_ns[w]) * SECOND
        at, cov = w * models * 6, w * models * 36
        d0, d1, d2 = x[at] + x[at + 3] * dt - p0, x[at + 1] + x[at + 4] * dt - p1, x[at + 2] + x[at + 5] * dt - p2
        spread2 = P[cov] + P[cov + 7] + P[cov + 14] + dt * dt * (P[cov + 21] + P[cov + 28] + P[cov + 35])
        reach = far + SPREAD * math.sqrt(spread2)
        if d0 * d0 + d1 * d1 + d2 * d2 < reach * reach:
            found[kept] = w
            kept += 1
    return found[:kept]


@njit(cache=True, error_model="numpy")
def place_on_map(b: TrackColumns, w: int) -> None:
    """Renew where track `w` is looked for: its place and how far it may be from there until the next tidying."""
    spread2, speed2 = 0.0, 0.0
    for a in range(3):
        b.where[w, a] = b.x[w, 0, a]
        speed2 += b.x[w, 0, 3 + a] ** 2
        spread2 += b.P[w, 0, a, a] + AHEAD_S * AHEAD_S * b.P[w, 0, 3 + a, 3 + a]
    b.where[w, 3] = SPREAD * math.sqrt(spread2) + AHEAD_S * (math.sqrt(speed2) + FASTEST_MPS)


@njit(cache=True, error_model="numpy")
def put_on_map(b: TrackColumns, who: Ints) -> None:
    """The same for rows that something else moved."""
    for w in who:
        place_on_map(b, w)


@njit(cache=True, error_model="numpy")
def tidy(
    b: TrackColumns, n: int, time_ns: int, survival_s: float, end_p: float, forget_p: float, coast_s: float,
    claim_s: float, tentative_s: float,
) -> int:  # fmt: skip
    """End what is no longer believed or was not touched for too long; renew the map; how many ended and stand there.

    What ended has no existence, no number and no identity, and lies where nobody looks.
    """
    dead = 0
    for w in range(n):
        since = (time_ns - b.time_ns[w]) * SECOND
        confirmed = b.confirmed_ns[w] > 0
        age = (time_ns - b.last_ns[w]) * SECOND
        limit = tentative_s if not confirmed else (coast_s if b.physical_ns[w] > 0 else claim_s)
        if b.r[w] * math.exp(-since / survival_s) < (end_p if confirmed else forget_p) or age > limit:
            b.r[w], b.number[w], b.identity[w], b.confirmed_ns[w] = 0.0, 0, -1, 0
            b.where[w, 3] = -1e12
            dead += 1
            continue
        spread2, speed2 = 0.0, 0.0
        for a in range(3):
            v = b.x[w, 0, 3 + a]
            b.where[w, a] = b.x[w, 0, a] + v * since
            speed2 += v * v
            spread2 += b.P[w, 0, a, a] + (abs(since) + AHEAD_S) ** 2 * b.P[w, 0, 3 + a, 3 + a]
        b.where[w, 3] = SPREAD * math.sqrt(spread2) + AHEAD_S * (math.sqrt(speed2) + FASTEST_MPS)
    return dead


@njit(cache=True, error_model="numpy")
def compact(b: TrackColumns, n: int) -> int:
    """Close the gaps of what ended; how many are left, in their order."""
    kept = 0
    for w in range(n):
        if not b.r[w] > 0.0:
            continue
        if kept < w:
            b.key[kept], b.number[kept], b.time_ns[kept] = b.key[w], b.number[w], b.time_ns[w]
            b.first_ns[kept], b.last_ns[kept], b.confirmed_ns[kept] = b.first_ns[w], b.last_ns[w], b.confirmed_ns[w]
            b.physical_ns[kept], b.claim_ns[kept] = b.physical_ns[w], b.claim_ns[w]
            b.detections[kept], b.classed_ns[kept] = b.detections[w], b.classed_ns[w]
            b.identity[kept], b.conflict[kept], b.doubt[kept] = b.identity[w], b.conflict[w], b.doubt[w]
            b.r[kept], b.plot_ns[kept], b.plot_sensor[kept] = b.r[w], b.plot_ns[w], b.plot_sensor[w]
            b.x[kept], b.P[kept], b.mu[kept] = b.x[w], b.P[w], b.mu[w]
            b.signature[kept], b.classes[kept], b.feature[kept] = b.signature[w], b.classes[w], b.feature[w]
            b.seen[kept], b.where[kept], b.plot[kept] = b.seen[w], b.where[w], b.plot[w]
            b.plot_other_ns[kept] = b.plot_other_ns[w]
        kept += 1
    return kept

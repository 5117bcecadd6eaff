"""Where tracks are looked for, and the end of those that are no longer believed.

The map of the tracks is `Bank.where`: a place and how far from there the track may be until the next tidying. A look
reads it from front to back, 32 bytes a track, and only then the states of those that may be in reach. States and
covariances come flat, as in `kernels/motion.py`.
"""

import math

import numpy as np
from numba import njit

from dronewall.kernels.inner import inner
from dronewall.units import Floats, Ints

AHEAD_S = 1.5  # the map holds until the next tidying, a second later
SPREAD = 5.0  # standard deviations that candidates are kept within
FASTEST_MPS = 150.0
NOWHERE = -1e12  # how near one would have to be to find what has ended
SECOND = 1e-9


@njit(cache=True, error_model="numpy")
def candidates(
    where: Floats, time_ns: Ints, x: Floats, P: Floats, models: int, n: int, place: Floats, far: float, now_ns: int
) -> Ints:
    """Rows of the tracks that may be within reach of a sensor, ascending."""
    found = np.empty(n, np.int64)
    p0, p1, p2 = place[0], place[1], place[2]
    kept = 0
    for w in range(n):
        d0, d1, d2 = where[w, 0] - p0, where[w, 1] - p1, where[w, 2] - p2
        reach = far + where[w, 3]
        if reach < 0.0 or d0 * d0 + d1 * d1 + d2 * d2 >= reach * reach:
            continue
        dt = (now_ns - time_ns[w]) * SECOND
        at, cov = w * models * 6, w * models * 36
        d0, d1, d2 = x[at] + x[at + 3] * dt - p0, x[at + 1] + x[at + 4] * dt - p1, x[at + 2] + x[at + 5] * dt - p2
        spread2 = P[cov] + P[cov + 7] + P[cov + 14] + dt * dt * (P[cov + 21] + P[cov + 28] + P[cov + 35])
        reach = far + SPREAD * math.sqrt(spread2)
        if d0 * d0 + d1 * d1 + d2 * d2 < reach * reach:
            found[kept] = w
            kept += 1
    return found[:kept]


@inner
def place_on_map(where: Floats, w: int, x: Floats, P: Floats, models: int, since_s: float) -> None:
    """Renew where track `w`, whose state is `since_s` old, is looked for."""
    at, cov = w * models * 6, w * models * 36
    v0, v1, v2 = x[at + 3], x[at + 4], x[at + 5]
    ahead = abs(since_s) + AHEAD_S
    spread2 = P[cov] + P[cov + 7] + P[cov + 14] + ahead * ahead * (P[cov + 21] + P[cov + 28] + P[cov + 35])
    where[w, 0], where[w, 1], where[w, 2] = x[at] + v0 * since_s, x[at + 1] + v1 * since_s, x[at + 2] + v2 * since_s
    where[w, 3] = SPREAD * math.sqrt(spread2) + AHEAD_S * (math.sqrt(v0 * v0 + v1 * v1 + v2 * v2) + FASTEST_MPS)


@inner
def put_on_map(where: Floats, who: Ints, x: Floats, P: Floats, models: int) -> None:
    """The same for rows that something else has just moved."""
    for i in range(len(who)):
        place_on_map(where, who[i], x, P, models, 0.0)


@inner
def tidy(
    n: int, now_ns: int, time_ns: Ints, last_ns: Ints, confirmed_ns: Ints, physical_ns: Ints, number: Ints,
    identity: Ints, r: Floats, where: Floats, x: Floats, P: Floats, models: int, survival_s: float, end_p: float,
    forget_p: float, coast_s: float, claim_s: float, tentative_s: float,
) -> int:  # fmt: skip
    """End what is no longer believed or was not touched for too long; renew the map; how many ended and stand there.

    What ended has no existence, no number and no identity, and lies where nobody looks.
    """
    ended = 0
    for w in range(n):
        since = (now_ns - time_ns[w]) * SECOND
        confirmed = confirmed_ns[w] > 0
        age = (now_ns - last_ns[w]) * SECOND
        limit = tentative_s if not confirmed else (coast_s if physical_ns[w] > 0 else claim_s)
        if r[w] * math.exp(-since / survival_s) < (end_p if confirmed else forget_p) or age > limit:
            r[w], number[w], identity[w], confirmed_ns[w] = 0.0, 0, -1, 0
            where[w, 3] = NOWHERE
            ended += 1
        else:
            place_on_map(where, w, x, P, models, since)
    return ended

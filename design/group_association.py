"""Why detections are shared out softly and jointly in a group: each way on swarms that one radar cannot resolve.

    python design/group_association.py [--swarms 20] [--spread 150]

Ten things fly side by side for a minute, 7 to 20 km from two radars (15 m, 0.4 deg, 0.8 deg; every 2 s; detected at
0.9). The tracks begin right, so that only association differs: `told` which is whose, the best assignment at each look
(`hard`), the best of several kept hypotheses (`kept`: 5 at a time, each with its 5 best assignments, by Murty), and
soft with 1 or 3 sweeps, the last of which the tracker does. `alone` does not let the members share their motion.
Printed are the error (m) when names do not count, and how many of the names are right at the end.
"""

import argparse
import heapq

import numpy as np
from scipy.optimize import linear_sum_assignment

from dronewall.kernels import group_motion, groups
from dronewall.kernels.filters import POLAR, ROWS
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import Floats

HOME = np.array([3.53e6, 1.84e6, 4.97e6])
HOME *= 6.371e6 / np.sqrt((HOME * HOME).sum())
SD = np.array([15.0, np.radians(0.4), np.radians(0.8), np.nan, np.nan, np.nan])
P_DETECT, DENSITY = 0.9, 1e-4
S = TrackerSettings()
State = tuple[Floats, Floats, Floats]


def axes_at(place: Floats) -> Floats:
    """East, north, up there."""
    up = place / np.sqrt((place * place).sum())
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= np.sqrt((east * east).sum())
    return np.array([east, np.cross(up, east), up])


AXES = axes_at(HOME)


def seen(place: Floats, radar: Floats, A: Floats, rng: np.random.Generator) -> Floats:
    """What a radar measures of things at these places."""
    local = (place - radar) @ A.T
    slant = np.sqrt((local * local).sum(axis=1))
    z = np.full((len(place), ROWS), np.nan)
    z[:, 0], z[:, 1], z[:, 2] = slant, np.arctan2(local[:, 0], local[:, 1]), np.arcsin(local[:, 2] / slant)
    return z + rng.normal(size=z.shape) * SD


def rows_of(z: Floats, radar: Floats, A: Floats) -> tuple[Floats, ...]:
    """The detections as the kernels take them."""
    m = len(z)
    return z, np.tile(SD, (m, 1)), np.tile(radar, (m, 1)), np.tile(A, (m, 1, 1)), np.zeros(m)


def given(state: State, beta: Floats, z: Floats, radar: Floats, A: Floats) -> State:
    """The state after each member took these shares."""
    x, P, mu = (a.copy() for a in state)
    rows = rows_of(z, radar, A)
    groups._absorb_all(x, P, mu, beta, POLAR, *rows[:4], 340.0, rows[4])
    return x, P, mu


def odds_of(state: State, z: Floats, radar: Floats, A: Floats) -> Floats:
    """Odds of each pair, given where the group has been found to be by two soft sweeps."""
    x, P, mu = state
    n, rows = x.shape[1], rows_of(z, radar, A)
    r, psi = np.full(n, 0.999), np.zeros((n, len(z)))
    at = x.copy()
    member = np.arange(n)
    spread = np.ascontiguousarray(P.reshape(len(mu), n, 6, n, 6)[:, member, :, member].transpose(1, 0, 2, 3))
    for sweep in range(3):
        groups.fits(
            at, spread, mu, r, np.full(n, P_DETECT), POLAR, *rows[:4], 340.0, rows[4], np.full(len(z), DENSITY), 1e4,
            psi,
        )  # fmt: skip
        if sweep < 2:
            _, beta, _, _ = groups._marginals(psi)
            groups._within(x, P, mu, *given(state, beta, z, radar, A), r, at, spread)
    return psi


def best_ones(psi: Floats, many: int) -> list[tuple[float, Floats]]:
    """The best assignments with their log weight (Murty)."""
    n, m = psi.shape
    cost = np.full((n, m + n), 1e6)
    cost[:, :m] = -np.log(np.maximum(psi, 1e-300))
    cost[np.arange(n), m + np.arange(n)] = 0.0
    rows, columns = linear_sum_assignment(cost)
    heap = [(float(cost[rows, columns].sum()), 0, columns, cost)]
    found, count = [], 1
    while heap and len(found) < many:
        total, _, columns, cost = heapq.heappop(heap)
        beta = np.zeros((n, m))
        own = columns < m
        beta[np.flatnonzero(own), columns[own]] = 1.0
        found.append((-total, beta))
        if len(found) == many:
            break
        cost = cost.copy()
        for i in range(n):
            other = cost.copy()
            other[i, columns[i]] = 1e6
            rows, new = linear_sum_assignment(other)
            if other[rows, new].sum() < 1e5:
                heapq.heappush(heap, (float(other[rows, new].sum()), count, new, other))
                count += 1
            kept = cost[i, columns[i]]
            cost[i, :], cost[:, columns[i]] = 1e6, 1e6
            cost[i, columns[i]] = kept
    return found


def take(way: str, kept: list[tuple[float, State]], z: Floats, cause: Floats, radar: Floats, A: Floats) -> list:
    """The hypotheses after one look."""
    if way == "told":
        beta = np.zeros((kept[0][1][0].shape[1], len(z)))
        beta[cause, np.arange(len(z))] = 1.0
        return [(0.0, given(kept[0][1], beta, z, radar, A))]
    if way.startswith(("soft", "alone")):
        x, P, mu = kept[0][1]
        n, rows = x.shape[1], rows_of(z, radar, A)
        groups.share(
            x, P, mu, np.full(n, 0.999), np.full(n, P_DETECT), POLAR, *rows[:4], 340.0, rows[4],
            np.full(len(z), DENSITY), 25.0, 1 if way == "soft 1" else 3, np.array(S.leave_sd),
        )  # fmt: skip
        if way == "alone":
            P *= np.kron(np.eye(n), np.ones((6, 6)))
        return kept
    many = 5 if way == "kept" else 1
    new = [
        (weight + more, state, beta)
        for weight, state in kept
        for more, beta in best_ones(odds_of(state, z, radar, A), many)
    ]
    new.sort(key=lambda one: -one[0])
    return [(weight - new[0][0], given(state, beta, z, radar, A)) for weight, state, beta in new[:many]]


def fly(way: str, seed: int, spread_m: float, n: int = 10) -> tuple[float, float]:
    """Error when names do not count (m), and the share of names that are right at the end."""
    rng = np.random.default_rng(seed)
    radars = [HOME, HOME + AXES[0] * 20_000.0]
    course = rng.uniform(-np.pi, np.pi)
    velocity = AXES[0] * 40.0 * np.sin(course) + AXES[1] * 40.0 * np.cos(course)
    place = HOME + AXES.T @ np.array([rng.uniform(5e3, 15e3), rng.uniform(5e3, 12e3), 600.0])
    place = place + (rng.normal(0.0, spread_m, (n, 3)) * [1.0, 1.0, 0.2]) @ AXES
    x = np.zeros((2, n, 6))
    x[:, :, :3] = place + rng.normal(0.0, 60.0, (n, 3))
    x[:, :, 3:] = velocity + rng.normal(0.0, 5.0, 3)
    shared = np.kron(np.ones((n, n)), np.diag([0.0] * 3 + [25.0] * 3))
    own = np.kron(np.eye(n), np.diag([3600.0] * 3 + [1.0] * 3))
    P = np.repeat((shared + own)[None], 2, axis=0)
    if way == "alone":
        P *= np.kron(np.eye(n), np.ones((6, 6)))
    kept: list[tuple[float, State]] = [(0.0, (x, P, np.array([0.9, 0.1])))]
    errors = []
    for look in range(60):
        place = place + velocity + rng.normal(0.0, 0.2, (n, 3))
        for _, state in kept:
            group_motion.predict(*state, 1.0, S.group_motion())
            if way == "alone":
                state[1][:] *= np.kron(np.eye(n), np.ones((6, 6)))
        radar = radars[look % 2]
        A = axes_at(radar)
        cause = rng.permutation(np.flatnonzero(rng.uniform(size=n) < P_DETECT))
        kept = take(way, kept, seen(place[cause], radar, A, rng), cause, radar, A)
        x, _, mu = kept[0][1]
        mean = (mu[:, None, None] * x).sum(axis=0)[:, :3]
        away2 = ((mean[:, None] - place) ** 2).sum(axis=2)
        track, thing = linear_sum_assignment(away2)
        if look >= 10:
            errors.append(away2[track, thing].mean())
    return float(np.sqrt(np.mean(errors))), float((track == thing).mean())


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swarms", type=int, default=20)
    parser.add_argument("--spread", type=float, default=150.0)
    options = parser.parse_args()
    print(f"{'way':8} error, m   names right")
    for way in ("told", "hard", "kept", "soft 1", "soft 3", "alone"):
        found = np.array([fly(way, seed, options.spread) for seed in range(options.swarms)])
        print(f"{way:8} {found[:, 0].mean():8.1f} {found[:, 1].mean():13.2f}", flush=True)


if __name__ == "__main__":
    main()

"""Tracks from crossed bearings: hearings of two nodes or more, over some seconds, that one steady flight explains.

A pair of fresh bearings gives a first guess; an iterated fit of position and velocity to all bearings that agree, each
to where the source was when it made the sound, gives the state and its covariance. Height is hardly observable: it
comes from the prior of the settings, above the ground there. The guess that explains most hearings wins, which is also
what tells a real crossing from the ghosts of two sources, once a third node hears or time passes.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dronewall.geo.frames import ecef_to_geodetic, enu_axes, rotated
from dronewall.kernels.filters import ROWS, SOUND, fit
from dronewall.tracking.hearing import end_behind
from dronewall.units import SECOND_NS, Bools, Floats, Ints

if TYPE_CHECKING:
    from dronewall.tracking.core import Core

EVERY_S = 1.0
FRESH_S = 15.0  # the bearings of a first guess are no older
FEWEST, FEWEST_EACH = 5, 2  # hearings in all, and of each of two nodes
MANY, NODES = 10, 3  # or so many in all, of so many nodes
SHORTEST_S = 2.5  # from the first to the last of them
LEAST_ANGLE_RAD = np.radians(10.0)
WANDER = 0.5  # m2/s3, by which the fitted velocity is less sure than the fit says
OUTLIER_SD = 3.5
WORST_CHI2 = 1.8  # mean square of what is left, in standard deviations
WIDEST_SD_M = 500.0
FASTEST_MPS = 110.0
SAME_TONE = 0.35  # difference of log tones of one engine at two nodes, Doppler included
GUESS_SD_M = 1500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A flight that explains hearings: state and covariance at a time, and which."""

    x: Floats
    P: Floats
    used: Ints
    chi2: float


def cross(core: "Core", time_ns: int) -> Ints:
    """Begin tracks where the unexplained hearings allow it; their keys."""
    memory = core.memory
    if time_ns - memory.crossed_ns < round(EVERY_S * SECOND_NS):
        return np.zeros(0, np.int64)
    memory.crossed_ns = time_ns
    keys: list[int] = []
    while True:
        found = _best(core, memory.hearings, time_ns)
        if found is None:
            return np.array(keys, np.int64)
        keys.append(_begin(core, found, time_ns))
        used = memory.hearings[found.used]
        end_behind(core, used)
        memory.hearings = np.delete(memory.hearings, found.used)


def _best(core: "Core", hearings: NDArray[np.void], time_ns: int) -> Crossing | None:
    """The crossing that explains most hearings, if any is good enough."""
    usable = np.isfinite(hearings["azimuth"])
    fresh = np.flatnonzero(usable & (hearings["time_ns"] >= time_ns - round(FRESH_S * SECOND_NS)))
    best: Crossing | None = None
    guesses: list[tuple[int, int]] = []
    latest: dict[int, list[int]] = {}
    for at in fresh[::-1].tolist():
        mine = latest.setdefault(int(hearings["sensor"][at]), [])
        # One guess per node and direction: the latest bearing of each source that it hears.
        if all(_apart(hearings["azimuth"][at], hearings["azimuth"][other]) > 0.5 for other in mine):
            mine.append(at)
    nodes = sorted(latest)
    for i, a in enumerate(nodes):
        for b in nodes[i + 1 :]:
            guesses += [(first, second) for first in latest[a] for second in latest[b]]
    for first, second in guesses:
        if best is not None and first in best.used and second in best.used:
            continue
        found = _tried(core, hearings, usable, first, second, time_ns)
        if found is not None and (best is None or (len(found.used), -found.chi2) > (len(best.used), -best.chi2)):
            best = found
    return best


def _apart(a: float, b: float) -> float:
    return float(abs((a - b + np.pi) % (2.0 * np.pi) - np.pi))


def _tried(
    core: "Core", hearings: NDArray[np.void], usable: Bools, first: int, second: int, time_ns: int
) -> Crossing | None:
    """The flight fitted from a guess by two bearings, if it is one."""
    h, k = hearings[first], hearings[second]
    if abs(h["log_tone"] - k["log_tone"]) > SAME_TONE:
        return None
    guess = _guess(core, h, k)
    if guess is None:
        return None
    tones = 0.5 * (h["log_tone"] + k["log_tone"])
    one_engine = usable & ~(np.abs(hearings["log_tone"] - tones) > SAME_TONE)
    of = hearings["sensor"]
    away = ((core.coverage.places[of] - guess[:3]) ** 2).sum(axis=1)
    near = one_engine & (away < (2.0 * core.hears_to_m[of]) ** 2)
    # First those of the two nodes from about the same side, then all that fit what came of it.
    own = np.where(of == h["sensor"], h["azimuth"], k["azimuth"])
    turn = np.abs((hearings["azimuth"] - own + np.pi) % (2.0 * np.pi) - np.pi)
    pair = near & ((of == h["sensor"]) | (of == k["sensor"])) & (turn < 1.0)
    prior = _prior(core, guess)
    x, P = np.empty(6), np.empty((6, 6))
    chosen = np.flatnonzero(pair)
    for rule in ("pair", "pair", "all", "all"):
        if len(chosen) < FEWEST:
            return None
        fit(prior[0], prior[1], *_rows(core, hearings[chosen], time_ns), x, P)
        if not np.isfinite(x).all() or (x[3:] ** 2).sum() > (2.0 * FASTEST_MPS) ** 2:
            return None
        among = np.flatnonzero(pair if rule == "pair" else near)
        misfit = _misfit(core, hearings[among], x, time_ns)
        chosen = among[misfit < OUTLIER_SD]
    return _checked(core, hearings, chosen, prior, time_ns)


def _checked(
    core: "Core", hearings: NDArray[np.void], chosen: Ints, prior: tuple[Floats, Floats], time_ns: int
) -> Crossing | None:
    used = hearings[chosen]
    _, counts = np.unique(used["sensor"], return_counts=True)
    crossed = (counts >= FEWEST_EACH).sum() >= 2 or (len(chosen) >= MANY and len(counts) >= NODES)
    if len(chosen) < FEWEST or not crossed:
        return None
    if used["time_ns"].max() - used["time_ns"].min() < SHORTEST_S * SECOND_NS:
        return None
    x, P = np.empty(6), np.empty((6, 6))
    chi2 = fit(prior[0], prior[1], *_rows(core, used, time_ns), x, P) / len(chosen)
    spread = np.sqrt(P[0, 0] + P[1, 1] + P[2, 2])
    if chi2 > WORST_CHI2 or spread > WIDEST_SD_M + core.settings.height_sd_m or (x[3:] ** 2).sum() > FASTEST_MPS**2:
        return None
    for index in np.unique(used["sensor"]).tolist():
        if ((x[:3] - core.coverage.places[index]) ** 2).sum() > (2.0 * core.hears_to_m[index]) ** 2:
            return None
    # The fit is of straight flight; what turned meanwhile shows in the velocity.
    span_s = (used["time_ns"].max() - used["time_ns"].min()) / SECOND_NS
    P[3:, 3:] += np.eye(3) * WANDER * span_s / 4.0
    return Crossing(x=x, P=P, used=chosen, chi2=float(chi2))


def _guess(core: "Core", h: np.void, k: np.void) -> Floats | None:
    """Where two bearings cross on the ground, in ECEF; None where they do not, or too flat, or too far off."""
    a, b = core.sensors[int(h["sensor"])], core.sensors[int(k["sensor"])]
    to_b = a.frame.to_local(b.ecef_m[None])[0]
    d1 = np.array([np.sin(h["azimuth"]), np.cos(h["azimuth"])])
    d2 = np.array([np.sin(k["azimuth"]), np.cos(k["azimuth"])])
    sine = d1[0] * d2[1] - d1[1] * d2[0]
    if abs(sine) < np.sin(LEAST_ANGLE_RAD):
        return None
    along_a = (to_b[0] * d2[1] - to_b[1] * d2[0]) / sine
    along_b = (to_b[0] * d1[1] - to_b[1] * d1[0]) / sine
    if not (0.0 < along_a < 2.0 * core.hears_to_m[h["sensor"]] and 0.0 < along_b < 2.0 * core.hears_to_m[k["sensor"]]):
        return None
    level = a.frame.to_ecef(np.array([[d1[0] * along_a, d1[1] * along_a, 0.0]]))
    latitude, longitude, altitude = ecef_to_geodetic(level)
    up = enu_axes(latitude, longitude)[0, 2]
    height = core.ground_hae_m(latitude, longitude)[0] + core.settings.height_agl_m
    return np.asarray(level[0] + up * (height - altitude[0]))


def _prior(core: "Core", place: Floats) -> tuple[Floats, Floats]:
    """Standing anywhere near the guess, at a usual height."""
    s = core.settings
    latitude, longitude, _ = ecef_to_geodetic(place[None])
    axes = enu_axes(latitude, longitude)[0]
    P = np.zeros((6, 6))
    for axis, place_sd, speed_sd in zip(
        axes,
        (GUESS_SD_M, GUESS_SD_M, s.height_sd_m),
        (s.speed_sd_mps, s.speed_sd_mps, s.first_climb_sd_mps),
        strict=True,
    ):
        P[:3, :3] += place_sd**2 * axis[:, None] * axis[None, :]
        P[3:, 3:] += speed_sd**2 * axis[:, None] * axis[None, :]
    return np.concatenate([place, np.zeros(3)]), P


def _rows(
    core: "Core", hearings: NDArray[np.void], time_ns: int
) -> tuple[Ints, Floats, Floats, Floats, Floats, float, Floats]:
    """The hearings as `kernels.filters.fit` takes them."""
    m = len(hearings)
    z, sd = np.full((m, ROWS), np.nan), np.ones((m, ROWS))
    z[:, 1], sd[:, 1] = hearings["azimuth"], hearings["azimuth_sd"]
    z[:, 2], sd[:, 2] = hearings["elevation"], np.nan_to_num(hearings["elevation_sd"], nan=1.0)
    s = np.array([core.sensors[index].ecef_m for index in hearings["sensor"].tolist()]).reshape(m, 3)
    A = np.array([core.sensors[index].frame.axes for index in hearings["sensor"].tolist()]).reshape(m, 3, 3)
    offset = (hearings["time_ns"] - time_ns) / SECOND_NS
    return np.full(m, SOUND), z, sd, s, A, core.sound_mps, offset


def _misfit(core: "Core", hearings: NDArray[np.void], x: Floats, time_ns: int) -> Floats:
    """How many standard deviations each bearing is off a flight."""
    away = np.array([core.sensors[index].ecef_m for index in hearings["sensor"].tolist()]).reshape(-1, 3)
    d = x[:3] + x[3:] * ((hearings["time_ns"] - time_ns) / SECOND_NS)[:, None] - away
    v, c = x[3:], core.sound_mps
    slack = c * c - (v * v).sum()
    if slack <= 0.0:
        # A fit that flies faster than sound explains nothing that was heard.
        return np.full(len(hearings), np.inf)
    dv, dd = (d * v).sum(axis=1), (d * d).sum(axis=1)
    q = d - v * ((-dv + np.sqrt(dv * dv + slack * dd)) / slack)[:, None]
    axes = np.array([core.sensors[index].frame.axes for index in hearings["sensor"].tolist()]).reshape(-1, 3, 3)
    local = rotated(axes, q)
    off = np.arctan2(local[:, 0], local[:, 1]) - hearings["azimuth"]
    return np.asarray(np.abs((off + np.pi) % (2.0 * np.pi) - np.pi) / hearings["azimuth_sd"])


def _begin(core: "Core", found: Crossing, time_ns: int) -> int:
    """The track of a crossing; its key."""
    used = core.memory.hearings[found.used]
    bank = core.memory.bank
    r = 1.0 - np.exp(-0.35 * (len(used) - FEWEST + 2))
    at = core.born(found.x[None], found.P[None], np.array([r]), int(used["sensor"][-1]), time_ns, physical=True)
    bank.first_ns[at] = used["time_ns"].min()
    bank.detections[at] = len(used)
    bank.seen[at[0], np.unique(used["sensor"])] = True
    tones = used["log_tone"][np.isfinite(used["log_tone"])]
    bank.feature[at, 2] += len(tones)
    bank.feature[at, 3] += tones.sum()
    for heard in used[used["label"] >= 0]:
        core.hint(int(at[0]), int(heard["sensor"]), int(heard["label"]))
    for heard in used:
        core.memory.ledger.add(
            bank.key[at],
            int(heard["sensor"]),
            int(heard["scan"]),
            np.array([heard["row"]]),
            np.array([heard["time_ns"]]),
            np.array([heard["weight"]]),
        )
    core.reclass(at, time_ns)
    core.promote(at, time_ns)
    return int(bank.key[at[0]])

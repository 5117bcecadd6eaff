"""Tracks from crossed bearings: what several nodes heard over a minute, that one steady flight explains.

Track before detect. Each new hearing asks which flights through its bearing (some ranges, some velocities) explain what
other nodes heard lately; the best are refined to a position and velocity, each bearing to where the source was when it
made the sound, weighed by its odds of being a hit. Then the flight is held against everything else that the hearings
may be, node by node: single false bearings, or one machine that drifts by. A track begins where the odds, with the
prior of a passage, reach what confirms one; until then the hearings wait. That is what tells a crossing from the ghosts
of two sources, or of two tractors: a third node, a bearing that sweeps as only a flight does, or time.

Height is hardly observable: it comes from the prior of the settings, above the ground there.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dronewall.geo.frames import LocalFrame, ecef_to_geodetic
from dronewall.kernels.crossing import FLIGHT, burst, inverse, log_det, refine, scores
from dronewall.tracking.hearing import BURSTS_PER_DAY, HEARING_LABEL, PASSAGES_PER_DAY, bursts_per_day, end_behind
from dronewall.units import SECOND_NS, Floats, Ints

if TYPE_CHECKING:
    from dronewall.tracking.core import Core

SAME_TONE = 0.35  # difference of log tones of one engine at two nodes, Doppler included
TONE_SHARE = 0.5  # of false hearings that sound within that of an engine
YOUNG_S = 25.0  # only hearings so young look for a first guess
FEWEST, FEWEST_EACH, NODES = 6, 3, 2  # hearings in all, and of each of so many nodes
SHORTEST_S = 2.5  # from the first to the last of them
WORST_CHI2, WORST_CHI2_FEW = 1.2, 2.0  # mean square of what is left, at most this and that over the root of the number
SECOND_LOG_ODDS = 5.0  # of what all nodes but the one that says most have to say
RANGES = np.array([0.06, 0.12, 0.19, 0.27, 0.36, 0.46, 0.57, 0.68, 0.8, 0.9, 1.0])  # of how far the node hears
SPEEDS_MPS, COURSES = (20.0, 45.0), 12
VELOCITIES = np.array(
    [(0.0, 0.0)]
    + [
        (v * np.sin(2.0 * np.pi * k / COURSES), v * np.cos(2.0 * np.pi * k / COURSES))
        for v in SPEEDS_MPS
        for k in range(COURSES)
    ]
)
BLUR_RAD = np.radians(5.0)  # half a step of that grid, as another node sees it
WORTH_REFINING = 12.0  # log odds of a first guess
GUESSES = 3
GUESS_SD_M = 3000.0
EDGE = 0.08  # share of the distance by which a flight may be off where its range is concerned
P_USUAL, P_MOST, P_LEAST = 0.5, 0.7, 0.05  # of a hit: nominal; beyond which silence says no more; where none should be
DEAF_LIMIT = 4.0  # log odds by which a node that heard nothing speaks against a flight, at most: it may be deaf
LOUDNESS, LOUDNESS_SHARE = np.array([1.0, 0.6]), np.array([0.6, 0.4])  # of the modelled probability of a hit
WANDER = 0.8  # m2/s3, mean process noise across the course (tracking/settings.py)
BURST_S = 40.0  # mean length of a burst of false hearings (sensors/catalogue.py)
BURST_P = 0.7  # share of its looks that hear it
DRIFT_SD = np.radians(0.3)  # rad/s by which such a machine's bearing drifts
DWELL_S = 100.0  # for so long a passage is within hearing of one node
SLOWEST_MPS, FASTEST_MPS = 8.0, 110.0
SLOW_SHARE = 0.05  # of the things that are heard and fly slower than that
AMBIGUOUS = 3.0  # log odds by which the best place must be ahead of another one that the same hearings allow
APART_M = 1000.0
WIDEST_SD_M = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A flight that explains hearings, in a node's own axes: f, its covariance, log odds that it is one, and which."""

    frame: LocalFrame
    f: Floats
    P: Floats
    log_odds: float
    used: Ints


def cross(core: "Core", index: int, new: NDArray[np.void], time_ns: int) -> Ints:
    """Begin tracks where the latest hearings of a node allow it; their keys."""
    memory, keys = core.memory, []
    for heard in new:
        hearings = memory.hearings
        same = (hearings["sensor"] == index) & (hearings["scan"] == heard["scan"]) & (hearings["row"] == heard["row"])
        at = np.flatnonzero(same)
        if not len(at) or np.isnan(hearings["azimuth"][at[-1]]):
            continue
        found = _best(core, hearings, int(at[-1]), time_ns)
        if found is None:
            continue
        keys.append(_begin(core, found, time_ns))
        used = hearings[found.used]
        end_behind(core, used)
        memory.hearings = np.delete(hearings, found.used)
    return np.array(keys, np.int64)


def _best(core: "Core", hearings: NDArray[np.void], first: int, time_ns: int) -> Crossing | None:
    """The flight behind a hearing, if it is sure that it is one and which."""
    h = hearings[first]
    index, limit = int(h["sensor"]), core.settings.confirm_p
    reach = core.hears_to_m
    away = np.sqrt(((core.coverage.places - core.coverage.places[index]) ** 2).sum(axis=1))
    near = (away < reach + reach[index])[hearings["sensor"]] & np.isfinite(hearings["azimuth"])
    near &= ~(np.abs(hearings["log_tone"] - h["log_tone"]) > SAME_TONE)
    mine = np.flatnonzero(near)
    young = hearings["time_ns"][mine] >= time_ns - round(YOUNG_S * SECOND_NS)
    if young.sum() < FEWEST or len(np.unique(hearings["sensor"][mine[young]])) < NODES:
        return None
    heard = _Heard(core, hearings, mine, index, time_ns)
    flights: list[Crossing] = []
    for f in heard.guesses(int(np.flatnonzero(mine == first)[0]), young):
        flight = heard.flight(f)
        if flight is not None:
            flights.append(flight)
    flights.sort(key=lambda flight: -flight.log_odds)
    if not flights or flights[0].log_odds < np.log(limit / (1.0 - limit)):
        return None
    best = flights[0]
    for other in flights[1:]:
        apart = np.hypot(other.f[0] - best.f[0], other.f[1] - best.f[1])
        if apart > APART_M and other.log_odds > best.log_odds - AMBIGUOUS:
            return None
    return best if first in best.used else None


class _Heard:
    """Hearings of neighbouring nodes as the kernels take them, in the axes of one of these nodes."""

    def __init__(self, core: "Core", hearings: NDArray[np.void], mine: Ints, index: int, time_ns: int) -> None:
        self.core, self.mine, self.time_ns = core, mine, time_ns
        self.index, self.frame = index, core.sensors[index].frame
        own = hearings[mine]
        self.of = own["sensor"]
        self.nodes, self.node = np.unique(self.of, return_inverse=True)
        self.ears = self.frame.to_local(core.coverage.places[self.nodes])
        self.s = np.ascontiguousarray(self.ears[self.node])
        self.t = (own["time_ns"] - time_ns) / SECOND_NS
        self.az, self.sd = own["azimuth"].copy(), own["azimuth_sd"].copy()
        self.el, self.el_sd = own["elevation"].copy(), np.nan_to_num(own["elevation_sd"], nan=1.0)
        single = np.array([max(core.sensors[k].clutter_per_scan, 1e-6) for k in self.nodes.tolist()]) / (2.0 * np.pi)
        self.tone = tone = np.where(np.isfinite(own["log_tone"]), TONE_SHARE, 1.0)
        self.false = single[self.node] * tone  # per look and radian
        self.c = np.full(len(own), core.sound_mps)
        self.odds = P_USUAL / (self.false * np.sqrt(2.0 * np.pi))

    def guesses(self, first: int, young: NDArray[np.bool_]) -> list[Floats]:
        """First guesses of a flight through one bearing: the best few, of different ranges."""
        core = self.core
        some = np.flatnonzero(young)
        ranges = RANGES * core.hears_to_m[self.index]
        up = core.settings.height_agl_m
        best, which = scores(
            int(np.searchsorted(some, first)), ranges, VELOCITIES, up, self.s[some], self.node[some], len(self.nodes),
            self.t[some], self.az[some], self.sd[some], self.odds[some], BLUR_RAD, self.c[some],
        )  # fmt: skip
        around = np.concatenate([[-np.inf], best, [-np.inf]])
        peaks = np.flatnonzero((best >= around[:-2]) & (best >= around[2:]) & (best > WORTH_REFINING))
        found = []
        for k in peaks[np.argsort(-best[peaks], kind="stable")][:GUESSES].tolist():
            v = VELOCITIES[which[k]]
            ahead = np.hypot(ranges[k], up) / core.sound_mps - self.t[first]
            to = np.array([np.sin(self.az[first]), np.cos(self.az[first])])
            place = self.s[first, :2] + ranges[k] * to + v * ahead
            found.append(np.array([place[0], place[1], self._height(place), v[0], v[1]]))
        return found

    def _height(self, place: Floats) -> float:
        """The usual height over the ground there, in these axes."""
        core = self.core
        ecef = self.frame.to_ecef(np.array([[place[0], place[1], 0.0]]))
        latitude, longitude, altitude = ecef_to_geodetic(ecef)
        return float(core.ground_hae_m(latitude, longitude)[0] + core.settings.height_agl_m - altitude[0])

    def flight(self, guess: Floats) -> Crossing | None:
        """A guess refined, and its log odds; None where nothing came of it."""
        s, n = self.core.settings, len(self.t)
        inverse_sd2 = np.array([GUESS_SD_M, GUESS_SD_M, s.height_sd_m, s.speed_sd_mps, s.speed_sd_mps]) ** -2.0
        mean = guess * [1.0, 1.0, 1.0, 0.0, 0.0]
        f, info = guess.copy(), np.empty((FLIGHT, FLIGHT))
        weight, off, size = np.empty(n), np.empty(n), np.empty(n)
        if not refine(
            f, mean, inverse_sd2, self.s, self.t, self.az, self.sd, self.el, self.el_sd, self.odds, WANDER,
            self.c, info, weight, off, size,
        ):  # fmt: skip
            return None
        hit = weight > 0.5
        speed = np.hypot(f[3], f[4])
        n_hit, each = int(hit.sum()), np.bincount(self.node[hit], minlength=len(self.nodes))
        if n_hit < FEWEST or (each >= FEWEST_EACH).sum() < NODES or speed > FASTEST_MPS:
            return None
        span_s = self.t[hit].max() - self.t[hit].min()
        if span_s < SHORTEST_S or (off[hit] ** 2).mean() > WORST_CHI2 + WORST_CHI2_FEW / np.sqrt(n_hit):
            return None
        P = np.empty((FLIGHT, FLIGHT))
        if not inverse(info, P) or not P[0, 0] + P[1, 1] < WIDEST_SD_M**2:
            return None
        evidence, second = self._evidence(f, hit, off, size)
        if second < SECOND_LOG_ODDS:
            return None
        log_odds = self._prior(P, speed) + evidence
        return Crossing(frame=self.frame, f=f, P=P, log_odds=float(log_odds), used=self.mine[hit])

    def _prior(self, P: Floats, speed: float) -> float:
        """Log of how many passages are expected within the posterior's own volume: place, velocity."""
        level = P[np.ix_([0, 1, 3, 4], [0, 1, 3, 4])]
        # Jeffreys: never more sure than 100 m and 3 m/s, which is how straight flights are.
        level = level + np.diag([100.0**2, 100.0**2, 9.0, 9.0])
        volume = (2.0 * np.pi) ** 2 * np.exp(0.5 * log_det(level))
        per_m2 = PASSAGES_PER_DAY / 86_400.0 * DWELL_S / (np.pi * self.core.hears_to_m[self.index] ** 2)
        if speed < SLOWEST_MPS:
            per_mps2 = SLOW_SHARE / (np.pi * SLOWEST_MPS**2)
        else:
            per_mps2 = (1.0 - SLOW_SHARE) / (FASTEST_MPS - SLOWEST_MPS) / (2.0 * np.pi * speed)
        return float(np.log(volume * per_m2 * per_mps2))

    def _evidence(self, f: Floats, hit: NDArray[np.bool_], off: Floats, size: Floats) -> tuple[float, float]:
        """Log likelihood of the flight over that of false hearings, and the same without the node that says most.

        Node by node, silence included.
        """
        core = self.core
        began_s = float(self.t[hit].min())
        reach = core.hears_to_m
        there = self.frame.to_local(core.coverage.places)
        path = np.hypot(there[:, 0] - f[0] - f[3] * began_s / 2.0, there[:, 1] - f[1] - f[4] * began_s / 2.0)
        close = path < reach + np.hypot(f[3], f[4]) * abs(began_s) / 2.0
        said: list[Floats] = [np.zeros(len(LOUDNESS))]  # log odds by node and by how loud the thing is
        for k in np.flatnonzero(close & (reach > 0.0)).tolist():
            own = np.flatnonzero(hit & (self.of == k))
            p, p_near, looks = self._p_heard(k, f, began_s)
            silent = np.log1p(-p * LOUDNESS[:, None]).sum(axis=1)
            if not len(own):
                said.append(np.maximum(silent, -DEAF_LIMIT))
                continue
            at = np.searchsorted(looks, self.t[own]).clip(0, max(len(looks) - 1, 0))
            p_hit = np.maximum((p_near[at] if len(looks) else np.full(len(own), P_USUAL)) * LOUDNESS[:, None], P_LEAST)
            p_own = (p[at] if len(looks) else np.zeros(len(own))) * LOUDNESS[:, None]
            flown = np.minimum(silent - np.log1p(-p_own).sum(axis=1), 0.0) + np.log(p_hit).sum(axis=1)
            flown -= (0.5 * off[own] ** 2 + np.log(size[own] * np.sqrt(2.0 * np.pi))).sum()
            span_s = float(self.t[own].max() - self.t[own].min())
            gaps = (looks >= self.t[own].min()) & (looks <= self.t[own].max())
            machine = np.log(min(bursts_per_day(core.sensors[k]), BURSTS_PER_DAY) / 86_400.0 * BURST_S)
            machine += np.log(self.tone[own[0]]) - span_s / BURST_S
            machine += burst(self.t[own], self.az[own], self.sd[own], DRIFT_SD)
            machine += len(own) * np.log(BURST_P) + max(gaps.sum() - len(own), 0) * np.log(1.0 - BURST_P)
            said.append(flown - np.logaddexp(float(np.log(self.false[own]).sum()), machine))
        total = np.sum(said, axis=0)
        most = max(said, key=lambda node: float(node.max()))
        return _mixed(total), _mixed(total - most)

    def _p_heard(self, k: int, f: Floats, began_s: float) -> tuple[Floats, Floats, Floats]:
        """Probability of a hit at each look of a node since the flight began, and when those looks were (s).

        Twice: a little farther off than the flight says, for what silence tells, and a little nearer, for hits.
        """
        core, sensor = self.core, self.core.sensors[k]
        from_ns = self.time_ns + round(began_s * SECOND_NS)
        until_ns = min(int(core.memory.looked_ns[k]), self.time_ns)
        _, times = sensor.looks(from_ns, until_ns + 1)
        t, n = (times - self.time_ns) / SECOND_NS, len(times)
        if not n:
            return np.zeros(0), np.zeros(0), t
        ear = self.frame.to_local(sensor.ecef_m[None])[0]
        rate = np.array([f[3], f[4], 0.0])
        now = f[:3] + t[:, None] * rate
        for _ in range(2):
            delay = np.sqrt(((now - ear) ** 2).sum(axis=1)) / core.sound_mps
            now = f[:3] + (t - delay)[:, None] * rate
        both = np.concatenate([ear + (now - ear) * (1.0 + EDGE), ear + (now - ear) * (1.0 - EDGE)])
        p = sensor.p_detect(self.frame.to_ecef(both), np.tile(rate, (2 * n, 1)), HEARING_LABEL, core.weather)
        return np.minimum(p[:n], P_MOST), np.minimum(p[n:], P_MOST), t


def _mixed(log_odds: Floats) -> float:
    """Log odds over all loudnesses."""
    top = log_odds.max()
    return float(top + np.log((LOUDNESS_SHARE * np.exp(log_odds - top)).sum()))


def _begin(core: "Core", found: Crossing, time_ns: int) -> int:
    """The track of a crossing; its key."""
    used, bank, A = core.memory.hearings[found.used], core.memory.bank, found.frame.axes
    f, climb_sd = found.f, core.settings.first_climb_sd_mps
    x = np.concatenate([found.frame.to_ecef(f[None, :3])[0], (A * np.array([f[3], f[4], 0.0])[:, None]).sum(axis=0)])
    local = np.zeros((6, 6))
    local[:5, :5] = found.P
    local[5, 5] = climb_sd**2
    span_s = (used["time_ns"].max() - used["time_ns"].min()) / SECOND_NS
    local[3:5, 3:5] += np.eye(2) * WANDER * span_s / 8.0  # what turned meanwhile shows in the velocity
    turn = np.zeros((6, 6))
    turn[:3, :3] = turn[3:, 3:] = A
    P = _turned(turn, local)
    r = 1.0 / (1.0 + np.exp(-min(found.log_odds, 7.0)))
    at = core.born(x[None], P[None], np.array([r]), int(used["sensor"][-1]), time_ns, physical=True)
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
            bank.key[at], int(heard["sensor"]), int(heard["scan"]), np.array([heard["row"]]),
            np.array([heard["time_ns"]]), np.array([heard["weight"]]),
        )  # fmt: skip
    core.reclass(at, time_ns)
    core.promote(at, time_ns)
    return int(bank.key[at[0]])


def _turned(turn: Floats, local: Floats) -> Floats:
    """`turn` transposed times `local` times `turn`, written out: no BLAS."""
    half = (turn[:, :, None] * local[:, None, :]).sum(axis=0)
    return np.asarray((half[:, :, None] * turn[None, :, :]).sum(axis=1))

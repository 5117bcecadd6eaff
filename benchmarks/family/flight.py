"""Who flies where: N targets as a struct of arrays, stepped five times a second.

Each target has a few segments, and in each a rate of turn, a rate of climb and an acceleration. On top comes a random
walk of course and speed, so that nobody flies a ruler's line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.family.real import Recorded, recorded
from dronewall.geo.frames import destination, ecef_to_geodetic, enu_axes, geodetic_to_ecef, rotated_back
from dronewall.units import Bools, Floats

STEP_S: Final = 0.2
COURSE_WALK_RAD: Final = 0.002  # a step, one sigma
SPEED_WALK_MPS: Final = 0.05
FLOOR_M, CEILING_M = 30.0, 1_600.0
STRIP_M: Final = 60_000.0
LINE_FROM: Final = (np.radians(54.0), np.radians(23.0))
LINE_AZIMUTH: Final = np.radians(22.5)
FOREVER_S: Final = 1e9
HARDEST_MPS2: Final = 20.0  # across the course, in a hard turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """From when to when (s), and what then: turn (rad/s), climb (m/s), acceleration (m/s2); each [shape=(n, k)]."""

    begins_s: Floats
    ends_s: Floats
    turn_radps: Floats
    climb_mps: Floats
    gain_mps2: Floats

    @classmethod
    def none(cls, n: int, k: int) -> "Segments":
        """k empty segments for each of n."""
        return cls(
            begins_s=np.full((n, k), FOREVER_S),
            ends_s=np.full((n, k), FOREVER_S),
            turn_radps=np.zeros((n, k)),
            climb_mps=np.zeros((n, k)),
            gain_mps2=np.zeros((n, k)),
        )

    def now(self, t_s: float) -> tuple[Floats, Floats, Floats]:
        """Turn, climb and acceleration of each target at t."""
        on = (self.begins_s <= t_s) & (t_s < self.ends_s)
        turn, climb, gain = (
            np.where(on, a, 0.0).sum(axis=1) for a in (self.turn_radps, self.climb_mps, self.gain_mps2)
        )
        return turn, climb, gain


@dataclass(slots=True, kw_only=True)
class Flight:
    """n targets in the air. `ecef_m` is earth-centred [shape=(n, 3)]; `style` what each does, a label of the truth."""

    ecef_m: Floats
    speed_mps: Floats
    course_rad: Floats
    born_s: Floats
    gone_s: Floats
    segments: Segments
    slowest_mps: Floats
    style: NDArray[np.object_]

    def alive(self, t_s: float) -> Bools:
        """Who is there at t."""
        return (self.born_s <= t_s) & (t_s < self.gone_s)

    def velocity(self, t_s: float) -> tuple[Floats, Floats]:
        """East, north, up of the step that begins at t, and the same earth-centred; both m/s [shape=(n, 3)]."""
        latitude_rad, longitude_rad, height_m = ecef_to_geodetic(self.ecef_m)
        _, climb, _ = self.segments.now(t_s)
        after_m = height_m + climb * STEP_S
        climb = np.where((after_m < FLOOR_M) | (after_m > CEILING_M), 0.0, climb)
        enu = np.stack(
            [self.speed_mps * np.sin(self.course_rad), self.speed_mps * np.cos(self.course_rad), climb], axis=-1
        )
        return enu, rotated_back(enu_axes(latitude_rad, longitude_rad), enu)

    def step(self, t_s: float, velocity_ecef_mps: Floats, rng: np.random.Generator) -> None:
        """Fly the step that begins at t."""
        n = len(self.speed_mps)
        turn, _, gain = self.segments.now(t_s)
        self.ecef_m = self.ecef_m + velocity_ecef_mps * STEP_S
        self.course_rad = self.course_rad + turn * STEP_S + rng.normal(0.0, COURSE_WALK_RAD, n)
        speed_mps = self.speed_mps + gain * STEP_S + rng.normal(0.0, SPEED_WALK_MPS, n)
        self.speed_mps = np.clip(speed_mps, self.slowest_mps, 65.0)


def takeoff(
    flight: str, n: int, length_m: float, swarm: int, duration_s: float, rng: np.random.Generator
) -> Flight | Recorded:
    """n targets spread over the strip along the line, flying in the named way."""
    along_m, across_m = rng.uniform(0.0, length_m, n), rng.uniform(-STRIP_M / 2, STRIP_M / 2, n)
    if flight == "real":
        return recorded(*along_line(along_m, across_m), duration_s, STEP_S, rng)
    height_m = rng.uniform(50.0, 1_500.0, n)
    speed_mps, course_rad = rng.uniform(15.0, 60.0, n), rng.uniform(0.0, 2.0 * np.pi, n)
    chance = rng.uniform(size=n)
    born_s = np.where(chance < 0.1, rng.uniform(5.0, 40.0, n), 0.0)
    gone_s = np.where(chance > 0.9, rng.uniform(20.0, 55.0, n) * duration_s / 60.0, FOREVER_S)
    segments, slowest_mps, style = FLIGHTS[flight](speed_mps, duration_s, rng)
    if swarm > 1:
        leader = np.arange(n) // swarm * swarm
        along_m = along_m[leader] + rng.normal(0.0, 150.0, n)
        across_m = across_m[leader] + rng.normal(0.0, 150.0, n)
        height_m = np.clip(height_m[leader] + rng.normal(0.0, 30.0, n), 40.0, 1_550.0)
        speed_mps, course_rad = speed_mps[leader], course_rad[leader]
        turning = np.array([0])  # members turn with their leader and climb by themselves
        for name in ("begins_s", "ends_s", "turn_radps"):
            getattr(segments, name)[:, turning] = getattr(segments, name)[leader][:, turning]
    latitude_rad, longitude_rad = along_line(along_m, across_m)
    return Flight(
        ecef_m=geodetic_to_ecef(latitude_rad, longitude_rad, height_m),
        speed_mps=speed_mps,
        course_rad=course_rad,
        born_s=born_s,
        gone_s=gone_s,
        segments=segments,
        slowest_mps=slowest_mps,
        style=style,
    )


def along_line(along_m: Floats, across_m: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude (rad) so far down the line of radars and so far to its right."""
    latitude_rad, longitude_rad = destination(*LINE_FROM, LINE_AZIMUTH, along_m)
    further = destination(*LINE_FROM, LINE_AZIMUTH, along_m + 1.0)
    east = (further[1] - longitude_rad) * np.cos(latitude_rad)
    ahead_rad = np.arctan2(east, further[0] - latitude_rad)
    return destination(latitude_rad, longitude_rad, ahead_rad + np.pi / 2, across_m)


Drawn = tuple[Segments, Floats, NDArray[np.object_]]


def calm(speed_mps: Floats, duration_s: float, rng: np.random.Generator) -> Drawn:
    """Straight on; three in ten turn once at 3 deg/s for 5 to 15 s, one in five climbs or sinks for 15 s."""
    n = len(speed_mps)
    s = Segments.none(n, 2)
    turns, climbs = rng.uniform(size=n) < 0.3, rng.uniform(size=n) < 0.2
    s.begins_s[:, 0] = np.where(turns, rng.uniform(0.0, 50.0, n), FOREVER_S)
    s.ends_s[:, 0] = s.begins_s[:, 0] + rng.uniform(5.0, 15.0, n)
    s.turn_radps[:, 0] = np.radians(rng.choice([-3.0, 3.0], n))
    s.begins_s[:, 1] = np.where(climbs, rng.uniform(0.0, 50.0, n), FOREVER_S)
    s.ends_s[:, 1] = s.begins_s[:, 1] + 15.0
    s.climb_mps[:, 1] = rng.uniform(-2.0, 2.0, n)
    return s, np.full(n, 10.0), _style("fixed_wing_piston", n)


def turns(speed_mps: Floats, duration_s: float, rng: np.random.Generator) -> Drawn:
    """One turn after another at 2 to 12 deg/s, each 5 to 20 s, with 3 to 15 s straight on between."""
    n = len(speed_mps)
    rates = np.radians(rng.uniform(2.0, 12.0, (n, 12))) * rng.choice([-1.0, 1.0], (n, 12))
    return _weave(speed_mps, rates, rng, (5.0, 20.0), (3.0, 15.0)), np.full(n, 10.0), _style("fixed_wing_piston", n)


def manoeuvres(speed_mps: Floats, duration_s: float, rng: np.random.Generator) -> Drawn:
    """A fifth each: dog-legs, loiter circles of 150 to 600 m, hard turns, stop and hover and go on, spiral climbs.

    The label of the truth tells them apart: fixed_wing_piston, fixed_wing_small, fpv, multirotor, helicopter.
    """
    n = len(speed_mps)
    kind = rng.integers(0, 5, n)
    hard = np.radians(rng.uniform(8.0, 25.0, (n, 12))) * rng.choice([-1.0, 1.0], (n, 12))
    bends = rng.uniform(np.radians(15.0), np.radians(60.0), (n, 12)) / 2.0 * rng.choice([-1.0, 1.0], (n, 12))
    parts = (
        _weave(speed_mps, bends, rng, (2.0, 2.0), (15.0, 30.0)),
        _loiter(speed_mps, rng),
        _weave(speed_mps, hard, rng, (3.0, 8.0), (2.0, 8.0)),
        _hover(speed_mps, rng),
        _spiral(n, rng),
    )
    s = Segments.none(n, 12)
    for number, part in enumerate(parts):
        mine = kind == number
        for name in ("begins_s", "ends_s", "turn_radps", "climb_mps", "gain_mps2"):
            getattr(s, name)[mine] = getattr(part, name)[mine]
    labels = np.array(["fixed_wing_piston", "fixed_wing_small", "fpv", "multirotor", "helicopter"], object)
    return s, np.where(kind == 3, 0.0, 10.0), labels[kind]


def _weave(
    speed_mps: Floats,
    rates: Floats,
    rng: np.random.Generator,
    turning_s: tuple[float, float],
    straight_s: tuple[float, float],
) -> Segments:
    n, k = rates.shape
    s = Segments.none(n, k)
    lasts, rests = rng.uniform(*turning_s, (n, k)), rng.uniform(*straight_s, (n, k))
    s.begins_s[:] = np.cumsum(rests, axis=1) + np.cumsum(lasts, axis=1) - lasts
    s.ends_s[:] = s.begins_s + lasts
    s.turn_radps[:] = np.clip(rates, -HARDEST_MPS2 / speed_mps[:, None], HARDEST_MPS2 / speed_mps[:, None])
    return s


def _loiter(speed_mps: Floats, rng: np.random.Generator) -> Segments:
    n = len(speed_mps)
    s = Segments.none(n, 12)
    s.begins_s[:, 0] = rng.uniform(5.0, 40.0, n)
    rate = np.minimum(speed_mps / rng.uniform(150.0, 600.0, n), HARDEST_MPS2 / speed_mps)
    s.turn_radps[:, 0] = rate * rng.choice([-1.0, 1.0], n)
    return s


def _hover(speed_mps: Floats, rng: np.random.Generator) -> Segments:
    n = len(speed_mps)
    s = Segments.none(n, 12)
    braking_s = speed_mps / 3.0
    s.begins_s[:, 0] = rng.uniform(10.0, 40.0, n)
    s.ends_s[:, 0] = s.begins_s[:, 0] + braking_s
    s.gain_mps2[:, 0] = -3.0
    s.begins_s[:, 1] = s.ends_s[:, 0] + rng.uniform(10.0, 30.0, n)
    s.ends_s[:, 1] = s.begins_s[:, 1] + braking_s
    s.gain_mps2[:, 1] = 3.0
    s.begins_s[:, 2], s.ends_s[:, 2] = s.ends_s[:, 0], s.begins_s[:, 1]  # it may look round while it stands
    s.turn_radps[:, 2] = np.radians(rng.uniform(-10.0, 10.0, n))
    return s


def _spiral(n: int, rng: np.random.Generator) -> Segments:
    s = Segments.none(n, 12)
    s.begins_s[:, 0] = rng.uniform(10.0, 40.0, n)
    s.ends_s[:, 0] = s.begins_s[:, 0] + rng.uniform(20.0, 50.0, n)
    s.turn_radps[:, 0] = np.radians(rng.uniform(2.0, 8.0, n)) * rng.choice([-1.0, 1.0], n)
    s.climb_mps[:, 0] = rng.uniform(4.0, 10.0, n) * rng.choice([-1.0, 1.0], n)
    return s


def _style(label: str, n: int) -> NDArray[np.object_]:
    return np.full(n, label, object)


FLIGHTS: Final[Mapping[str, Callable[[Floats, float, np.random.Generator], Drawn]]] = {
    "calm": calm,
    "turns": turns,
    "manoeuvres": manoeuvres,
}

"""How the bearing of a sound swept round, and what that says of the course of what made it.

Whatever flies straight past a place turns up at the bearing it comes from, course + 180 degrees, and leaves at the
bearing of its course, turning one way all along. Seen from bearing b1 to b2, its course lies between b2 and b1 + 180
degrees, on the way that the bearing turned: the longer the sweep, the better the course.
"""

import math
from dataclasses import dataclass, replace

LEAST_SWEEP_RAD = math.radians(20.0)
OWN_SD_RAD = math.radians(12.0)
"""Error of the two bearings and of "straight"; an assumption."""
LEAP_STEPS, LEAP_SHARE, LEAP_HEARD = 3, 0.75, 4
"""What flies past 50 m away at 50 m/s, heard every second, turns 112 of 175 degrees in three steps, and less from
farther away. A hearing here and then an engine there turn nearly everything at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """First bearing and turn since (rad, clockwise positive, unwrapped); `last_ns` is of the newest bearing.

    `steps` counts them all and `steps_rad` are the newest; `leap_rad` is the most that `LEAP_STEPS` on end have turned,
    the last of them step number `leap_step`.
    """

    first_rad: float = math.nan
    total_rad: float = 0.0
    last_ns: int = 0
    steps: int = 0
    steps_rad: tuple[float, ...] = ()
    leap_rad: float = 0.0
    leap_step: int = 0

    def seen(self, bearing_rad: float, time_ns: int) -> "Sweep":
        """With one more bearing; an old one changes nothing."""
        if time_ns <= self.last_ns:
            return self
        if math.isnan(self.first_rad):
            return Sweep(first_rad=bearing_rad, last_ns=time_ns)
        now = self.first_rad + self.total_rad
        step = math.remainder(bearing_rad - now, 2.0 * math.pi)
        newest = (*self.steps_rad, step)[-LEAP_STEPS:]
        leap, steps = abs(sum(newest)), self.steps + 1
        seen = replace(self, total_rad=self.total_rad + step, last_ns=time_ns, steps=steps, steps_rad=newest)
        return replace(seen, leap_rad=leap, leap_step=steps) if leap > self.leap_rad else seen

    @property
    def leaps(self) -> bool:
        """Whether it is a jump from one still thing to another rather than one thing flying past.

        What flies right over a node turns at once too, but is heard for a while from where it comes and where it goes.
        """
        before, after = self.leap_step - LEAP_STEPS, self.steps - self.leap_step
        return self.leap_rad > LEAP_SHARE * abs(self.total_rad) and min(before, after) < LEAP_HEARD

    def course(self) -> tuple[float, float]:
        """Course and its standard deviation (rad); infinite where the sweep is too short to say."""
        turn = min(abs(self.total_rad), math.pi)
        if math.isnan(self.first_rad) or turn < LEAST_SWEEP_RAD:
            return 0.0, math.inf
        way = math.copysign(1.0, self.total_rad)
        rest = math.pi - turn
        course = self.first_rad + self.total_rad + way * 0.5 * rest
        return math.remainder(course, 2.0 * math.pi), math.hypot(rest / math.sqrt(12.0), OWN_SD_RAD)

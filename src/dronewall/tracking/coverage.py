"""Which tracks each sensor may see, and how likely: asked of the sensor's own model, kept until things have moved.

A view is a frozen record of tracks near one sensor and their probability of detection per look under a few
representative labels. It is renewed when it has aged or when something new is believed nearby; a sensor with nothing
near costs next to nothing per look. Sound is asked only about tracks that have a number: what a radar saw once is
mostly clutter, and there is much of it.
"""

from dataclasses import dataclass, replace

import numpy as np

from dronewall.kernels import coverage as kernel
from dronewall.records.weather import Weather
from dronewall.records.words import LABELS
from dronewall.sensors.sensor import Sensor
from dronewall.tracking.bank import Bank
from dronewall.units import SECOND_NS, Floats, Ints, speed_of_sound_mps

GROUPS = ("fixed_wing_piston", "fixed_wing_small", "multirotor", "bird", "flock", "aircraft")
_GROUP_OF = {
    "fixed_wing_piston": 0,
    "fixed_wing_small": 1,
    "multirotor": 2,
    "fpv": 2,
    "agricultural_drone": 2,
    "balloon": 3,
    "bird": 3,
    "flock": 4,
    "aircraft": 5,
    "helicopter": 5,
    "ground": 2,
    "unknown": 0,
}
GROUP_OF_LABEL = np.array([_GROUP_OF[label] for label in LABELS])
FASTEST_MPS = 150.0  # a track moves no faster between two renewals than this, or its own speed if that is more
WHOLE = 0.999  # of a footprint: beyond it a look hears next to nothing
UNSURE_M, SPREAD_SD = 200.0, 1.3  # from which spread on, and over how many standard deviations, the least p counts
FASTER_MPS = 40.0  # what a track may gain on its own speed between two renewals
LEAST_SHARE = 0.02  # of a label that a track may have for its sensor to be asked about it
MOVED_M = 200.0  # a view holds until the fastest track in it has moved so far, within these times:
RENEW_S = 3.0
RENEW_EMPTY_S = 10.0
LONGEST_S = 60.0  # an empty view holds until the nearest track may have come within reach, no longer than this


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Tracks near one sensor: `key` [shape=(k,)] ascending, `p` [shape=(k, len(GROUPS))], until when it holds.

    `some` is whether any of them can be detected at all.
    """

    key: Ints
    p: Floats
    until_ns: int
    some: bool


NOTHING = View(key=np.zeros(0, np.int64), p=np.zeros((0, len(GROUPS))), until_ns=0, some=False)
LEAST_P = 1e-3


class Coverage:
    """The views of all sensors. Its state is `views`, replaced and never changed in place."""

    def __init__(self, sensors: list[Sensor], weather: Weather, motion: Floats) -> None:
        self.sensors, self.weather, self.motion = sensors, weather, motion
        self.views: list[View] = [NOTHING] * len(sensors)
        self.places = np.array([sensor.ecef_m for sensor in sensors]).reshape(-1, 3)
        self._reach = np.array([sensor.reach_m for sensor in sensors])
        self._sound = np.array([sensor.sound_delay for sensor in sensors], bool)
        self._group_reach = np.array(
            [
                [
                    min(sensor.reach_m, sensor.footprint_m(WHOLE, label, weather)) if sensor.sound_delay else 0.0
                    for label in GROUPS
                ]
                for sensor in sensors
            ]
        ).reshape(-1, len(GROUPS))
        self._sound_mps = speed_of_sound_mps(weather.temperature_c)

    def near(self, index: int, bank: Bank, time_ns: int) -> View:
        """The view of one sensor at a time, renewed if need be."""
        view = self.views[index]
        if time_ns >= view.until_ns:
            view = self.views[index] = self._renewed(index, bank, time_ns)
        return view

    def born(self, places: Floats, *, numbered: bool) -> None:
        """Something new is at these places [shape=(n, 3)]: sensors that may see it look again, sound once it counts."""
        away = ((places[:, None, :] - self.places[None, :, :]) ** 2).sum(axis=2)
        near = (away < (self._reach + FASTEST_MPS * RENEW_S) ** 2).any(axis=0)
        for index in np.flatnonzero(near & (self._sound == numbered)).tolist():
            self.views[index] = replace(self.views[index], until_ns=0)

    def _renewed(self, index: int, bank: Bank, time_ns: int) -> View:
        n, sound = bank.n, bool(self._sound[index])
        if not n:
            return replace(NOTHING, until_ns=time_ns + round(LONGEST_S * SECOND_NS))
        x, P, models = bank.x.reshape(-1), bank.P.reshape(-1), bank.mu.shape[1]
        near, age_s, off_m, told, short_s, fastest_mps = kernel.near(
            n, x, P, models, bank.time_ns, bank.number, bank.classes, time_ns, self.places[index], self._reach[index],
            self._group_reach[index], sound, GROUP_OF_LABEL, LEAST_SHARE, FASTER_MPS, RENEW_EMPTY_S,
        )  # fmt: skip
        if not len(near):
            return replace(NOTHING, until_ns=time_ns + round(min(short_s, LONGEST_S) * SECOND_NS))
        # A track that is known less well than the sensor sees far may be out of its sight: a miss says nothing.
        seen = np.flatnonzero(told)
        p = np.zeros((len(near), len(GROUPS)))
        if len(seen):
            self._p_detect(index, bank, near[seen], age_s[seen], off_m[seen], seen, p)
        hold_s = min(max(MOVED_M / max(fastest_mps, 1.0), RENEW_S), RENEW_EMPTY_S)
        until_ns = time_ns + round(hold_s * SECOND_NS)
        return View(key=bank.key[near], p=p, until_ns=until_ns, some=bool((p > LEAST_P).any()))

    def _p_detect(self, index: int, bank: Bank, rows: Ints, age_s: Floats, off_m: Floats, at: Ints, p: Floats) -> None:
        """Write per look and group of labels into rows `at` of p; of sound, for where what arrives was made.

        Where the place is uncertain, the least of five places within its spread: what may be hidden is no miss.
        """
        sensor = self.sensors[index]
        place, enu, unsure = kernel.places(
            rows, age_s, off_m, bank.x.reshape(-1), bank.P.reshape(-1), bank.mu.reshape(-1), bank.manner,
            bank.mu.shape[1], self.motion, self.places[index], self._sound_mps if sensor.sound_delay else 0.0,
            UNSURE_M, SPREAD_SD,
        )  # fmt: skip
        if sensor.claims_only or (sensor.spec.p_detect is not None and not sensor.sound_delay):
            wanted = np.zeros((len(rows), len(GROUPS)), bool)
            wanted[:, 0] = True  # the same for every label
        else:
            wanted = kernel.asked(rows, bank.classes, GROUP_OF_LABEL, len(GROUPS), LEAST_SHARE)
        groups = np.flatnonzero(wanted.any(axis=0))
        every = sensor.p_detect_each(place, enu, [GROUPS[group] for group in groups.tolist()], self.weather)
        kernel.least(every, unsure, wanted, groups, at, p)


def mixed(p: Floats, classes: Floats) -> Floats:
    """Probability of detection of each track, over what it may be: p (k, groups), classes (k, labels)."""
    return np.asarray((p[:, GROUP_OF_LABEL] * classes).sum(axis=1))

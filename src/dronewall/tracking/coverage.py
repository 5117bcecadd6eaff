"""Which tracks each sensor may see, and how likely: asked of the sensor's own model, kept until things have moved.

A view is a frozen record of tracks near one sensor and their probability of detection per look under a few
representative labels. It is renewed when it has aged or when something new is believed nearby; a sensor with nothing
near costs next to nothing per look. Sound is asked only about tracks that have a number: what a radar saw once is
mostly clutter, and there is much of it.
"""

from dataclasses import dataclass, replace

import numpy as np

from dronewall.geo.frames import ecef_to_geodetic, enu_axes, rotated
from dronewall.kernels.filters import predicted
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
LEAST_SHARE = 0.02  # of a label that a track may have for its sensor to be asked about it
RENEW_S = 3.0
RENEW_EMPTY_S = 10.0


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
        sensor, n = self.sensors[index], bank.n
        empty_until = time_ns + round(RENEW_EMPTY_S * SECOND_NS)
        if not n:
            return replace(NOTHING, until_ns=empty_until)
        dt = (time_ns - bank.time_ns[:n]) / SECOND_NS
        rough = bank.x[:n, 0, :3] + bank.x[:n, 0, 3:] * dt[:, None]
        spread = np.sqrt(bank.P[:n, 0, 0, 0] + bank.P[:n, 0, 1, 1] + bank.P[:n, 0, 2, 2])
        speed = np.sqrt((bank.x[:n, 0, 3:] ** 2).sum(axis=1))
        away = np.sqrt(((rough - self.places[index]) ** 2).sum(axis=1))
        allowance = np.maximum(speed, FASTEST_MPS) * RENEW_EMPTY_S + 3.0 * spread
        counts = away < self._reach[index] + allowance
        if sensor.sound_delay:
            counts &= bank.number[:n] > 0
        near = np.flatnonzero(counts)
        if not len(near):
            return replace(NOTHING, until_ns=empty_until)
        p = self._p_detect(sensor, bank, near, dt[near])
        some = bool((p > LEAST_P).any())
        until_ns = time_ns + round(RENEW_S * SECOND_NS)
        if sensor.sound_delay and not some and (away[near] > 1.5 * FASTEST_MPS * RENEW_EMPTY_S + spread[near]).all():
            until_ns = empty_until
        return View(key=bank.key[near].copy(), p=p, until_ns=until_ns, some=some)

    def _p_detect(self, sensor: Sensor, bank: Bank, near: Ints, dt: Floats) -> Floats:
        """Per look and group of labels; of sound, for where the track was when it made what arrives."""
        mean, cov = np.empty((len(near), 6)), np.empty((len(near), 6, 6))
        predicted(bank.x[near], bank.P[near], bank.mu[near], dt, self.motion, mean, cov)
        place, velocity = mean[:, :3], mean[:, 3:]
        if sensor.sound_delay:
            delay = np.sqrt(((place - sensor.ecef_m) ** 2).sum(axis=1)) / self._sound_mps
            place = place - velocity * delay[:, None]
        latitude, longitude, _ = ecef_to_geodetic(place)
        enu = rotated(enu_axes(latitude, longitude), velocity)
        p = np.full((len(near), len(GROUPS)), np.nan)
        shares = bank.classes[near]
        for group, label in enumerate(GROUPS):
            if group and sensor.spec.p_detect is not None and not sensor.sound_delay:
                p[:, group] = p[:, 0]
                continue
            asked = np.flatnonzero(shares[:, group == GROUP_OF_LABEL].sum(axis=1) >= LEAST_SHARE)
            if len(asked):
                p[asked, group] = sensor.p_detect(place[asked], enu[asked], label, self.weather)
        # What was not asked about is taken as usual, so that it speaks neither for nor against.
        usual = np.nansum(p, axis=1) / np.maximum(np.isfinite(p).sum(axis=1), 1)
        return np.where(np.isnan(p), usual[:, None], p)


def mixed(p: Floats, classes: Floats) -> Floats:
    """Probability of detection of each track, over what it may be: p (k, groups), classes (k, labels)."""
    return np.asarray((p[:, GROUP_OF_LABEL] * classes).sum(axis=1))

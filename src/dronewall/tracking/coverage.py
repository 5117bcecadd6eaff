"""Which tracks each sensor may see, and how likely: asked of the sensor's own model, kept until things have moved.

A view is a frozen record of tracks near one sensor and their probability of detection per look under a few
representative labels. It is renewed when it has aged or when something was born nearby; a sensor with nothing near
costs next to nothing per look.
"""

from dataclasses import dataclass

import numpy as np

from dronewall.geo.frames import ecef_to_geodetic, enu_axes, rotated
from dronewall.kernels.filters import predicted
from dronewall.records.weather import Weather
from dronewall.records.words import LABELS
from dronewall.sensors.sensor import Sensor
from dronewall.tracking.bank import Bank
from dronewall.units import SECOND_NS, Bools, Floats, Ints, speed_of_sound_mps

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
RENEW_S = 3.0
RENEW_EMPTY_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Tracks near one sensor: `key` [shape=(k,)] ascending, `p` [shape=(k, len(GROUPS))], until when it holds."""

    key: Ints
    p: Floats
    until_ns: int


NOTHING = View(key=np.zeros(0, np.int64), p=np.zeros((0, len(GROUPS))), until_ns=0)


class Coverage:
    """The views of all sensors. Its state is `views`, replaced and never changed in place."""

    def __init__(self, sensors: list[Sensor], weather: Weather, motion: Floats) -> None:
        self.sensors, self.weather, self.motion = sensors, weather, motion
        self.views: list[View] = [NOTHING] * len(sensors)
        self.places = np.array([sensor.ecef_m for sensor in sensors]).reshape(-1, 3)
        self._reach = np.array([sensor.reach_m for sensor in sensors])
        self._sound_mps = speed_of_sound_mps(weather.temperature_c)

    def near(self, index: int, bank: Bank, time_ns: int) -> View:
        """The view of one sensor at a time, renewed if need be."""
        view = self.views[index]
        if time_ns >= view.until_ns:
            view = self.views[index] = self._renewed(index, bank, time_ns)
        return view

    def born(self, places: Floats) -> None:
        """Something was born at these places [shape=(n, 3)]: sensors that may see it look again."""
        away = ((places[:, None, :] - self.places[None, :, :]) ** 2).sum(axis=2)
        for index in np.flatnonzero((away < (self._reach + FASTEST_MPS * RENEW_S) ** 2).any(axis=0)):
            view = self.views[index]
            self.views[index] = View(key=view.key, p=view.p, until_ns=0)

    def _renewed(self, index: int, bank: Bank, time_ns: int) -> View:
        sensor, n = self.sensors[index], bank.n
        empty_until = time_ns + round(RENEW_EMPTY_S * SECOND_NS)
        if not n:
            return View(key=NOTHING.key, p=NOTHING.p, until_ns=empty_until)
        dt = (time_ns - bank.time_ns[:n]) / SECOND_NS
        rough = bank.x[:n, 0, :3] + bank.x[:n, 0, 3:] * dt[:, None]
        spread = np.sqrt(bank.P[:n, 0, 0, 0] + bank.P[:n, 0, 1, 1] + bank.P[:n, 0, 2, 2])
        speed = np.sqrt((bank.x[:n, 0, 3:] ** 2).sum(axis=1))
        away = np.sqrt(((rough - self.places[index]) ** 2).sum(axis=1))
        allowance = np.maximum(speed, FASTEST_MPS) * RENEW_EMPTY_S + 3.0 * spread
        near = np.flatnonzero(away < self._reach[index] + allowance)
        if not len(near):
            return View(key=NOTHING.key, p=NOTHING.p, until_ns=empty_until)
        p = self._p_detect(sensor, bank, near, dt[near])
        return View(key=bank.key[near].copy(), p=p, until_ns=time_ns + round(RENEW_S * SECOND_NS))

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
        p = np.empty((len(near), len(GROUPS)))
        for group, label in enumerate(GROUPS):
            if group and sensor.spec.p_detect is not None and not sensor.sound_delay:
                p[:, group] = p[:, 0]
            else:
                p[:, group] = sensor.p_detect(place, enu, label, self.weather)
        return p


def mixed(p: Floats, classes: Floats) -> Floats:
    """Probability of detection of each track, over what it may be: p (k, groups), classes (k, labels)."""
    return np.asarray((p[:, GROUP_OF_LABEL] * classes).sum(axis=1))


def worth_looking(p: Floats) -> Bools:
    """Tracks that the look may say something about."""
    return np.asarray((p > 1e-3).any(axis=1))

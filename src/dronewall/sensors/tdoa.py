"""A station of a time-difference-of-arrival group: how much farther off a transmitter is than from the reference.

The group's reference is the wall's first station; each other one gives `range_difference_m`, the range to itself minus
that to the reference, with `reference_sensor`. `range_sd_m` is the error of one station's own arrival time, in metres.
The difference carries the reference's error too, and all stations' differences of one instant carry the *same* one: it
hangs on reference and time alone (the tracker decorrelates, `tracking/pairs.py`). A lone station measures nothing.
"""

from collections.abc import Iterable
from typing import ClassVar
from zlib import crc32

import numpy as np

from dronewall.geo.terrain import Terrain
from dronewall.records.detection import Column, Detections, empty
from dronewall.records.wall import SensorSpec
from dronewall.records.weather import Weather
from dronewall.records.words import LABELS
from dronewall.sensors.rf_direction import heard
from dronewall.sensors.sensor import Claim, Path
from dronewall.sensors.site import Site
from dronewall.units import Bools, Floats, Ints

LEAST_P = 0.01


class Tdoa(Site):
    """`kind = "tdoa"`: the range difference to the group's reference."""

    kind = "tdoa"
    takes: ClassVar[frozenset[str]] = frozenset(
        {
            *("id", "kind", "model", "nation", "latitude_deg", "longitude_deg", "height_agl_m"),
            *("min_range_m", "max_range_m", "p_detect", "clutter_per_scan"),
            *("scan_period_s", "scan_offset_s", "latency_s", "range_sd_m"),
        }
    )

    def __init__(self, spec: SensorSpec, terrain: Terrain) -> None:
        super().__init__(spec, terrain)
        self.nominal_range_m = self.max_range_m
        self.arrival_sd_m = self.spec.range_sd_m or self.value("range_sd_m")
        self.reference: Tdoa | None = None
        self.stated_clutter, self.clutter_per_scan = self.clutter_per_scan, 0.0
        if self.explicit_p is None:
            range_m = np.geomspace(10.0, 200_000.0, 4000)
            p = np.max(
                [heard(range_m, label, self.nominal_range_m, self.value("fading_db")) for label in LABELS], axis=0
            )
            self.reach_m = self.max_range_m = float(
                range_m[min(np.flatnonzero(p >= LEAST_P)[-1] + 1, len(range_m) - 1)]
            )

    def meet(self, sensors: Iterable[Site]) -> None:
        """Learn of the wall's other sensors: the first station is the reference of all others."""
        first = next(sensor for sensor in sensors if isinstance(sensor, Tdoa))
        if first is not self:
            self.reference = first
            self.measures = frozenset({Column.RANGE_DIFFERENCE_M})
            self._sd = {Column.RANGE_DIFFERENCE_M: float(np.hypot(self.arrival_sd_m, first.arrival_sd_m))}
            self.clutter_per_scan = self.stated_clutter

    @property
    def baseline_m(self) -> float:
        """Distance to the reference: no difference is larger."""
        if self.reference is None:
            return 0.0
        return float(np.sqrt(((self.ecef_m - self.reference.ecef_m) ** 2).sum()))

    def p_received(self, ecef_m: Floats, label: str) -> Floats:
        """Probability that this station alone receives such a thing's link there."""
        range_m, azimuth_rad, _ = self.polar(ecef_m)
        p = np.zeros(len(ecef_m))
        near = np.flatnonzero(self.inside_gates(range_m, azimuth_rad))
        seen = near[self.sight.sees(ecef_m[near])] if len(near) else near
        if self.explicit_p is not None:
            p[seen] = self.explicit_p
        else:
            p[seen] = heard(range_m[seen], label, self.nominal_range_m, self.value("fading_db"))
            p[p < LEAST_P] = 0.0
        return p

    def p_detect(self, ecef_m: Floats, velocity_enu_mps: Floats, label: str, weather: Weather) -> Floats:
        """Probability that one look gives a difference: this station and the reference both receive it."""
        if self.reference is None:
            return np.zeros(len(ecef_m))
        return self.p_received(ecef_m, label) * self.reference.p_received(ecef_m, label)

    def simulate(
        self,
        rng: np.random.Generator,
        times_ns: Ints,
        position: Path,
        label: str,
        weather: Weather,
        *,
        claim: Claim | None = None,
    ) -> tuple[Bools, Detections]:
        """What looks at those times say of one target."""
        hit, there, _ = self.drawn(rng, times_ns, position, label, weather)
        if self.reference is None:
            return hit, empty()
        exact = _away(there, self.ecef_m) - _away(there, self.reference.ecef_m)
        shared = self.reference.arrival_sd_m * shared_error(self.reference.spec.id, times_ns[hit])
        return hit, self._differences(times_ns[hit], exact + rng.normal(size=len(there)) * self.arrival_sd_m - shared)

    def _differences(self, times_ns: Ints, difference_m: Floats) -> Detections:
        found = self.blank(times_ns)
        found.values[:, Column.RANGE_DIFFERENCE_M] = difference_m
        found.reference_sensor[:] = self.reference.spec.id if self.reference is not None else None
        return found

    def clutter_density(self) -> float:
        """False differences per look and metre."""
        return self.clutter_per_scan / max(2.0 * self.baseline_m, 1.0)

    def clutter_intensity(self, values: Floats) -> Floats:
        """The same everywhere."""
        return np.full(len(values), self.clutter_density())

    def simulate_clutter(self, rng: np.random.Generator, times_ns: Ints, weather: Weather) -> tuple[Ints, Detections]:
        """False differences (pulses that do not belong together), even between the two stations."""
        look = np.repeat(np.arange(len(times_ns)), rng.poisson(self.clutter_per_scan, len(times_ns)))
        return look, self._differences(times_ns[look], rng.uniform(-1.0, 1.0, len(look)) * self.baseline_m)


def _away(ecef_m: Floats, from_m: Floats) -> Floats:
    return np.asarray(np.sqrt(((ecef_m - from_m) ** 2).sum(axis=1)))


def shared_error(station: str, times_ns: Ints) -> Floats:
    """The reference's error at those times in standard deviations, the same for whoever asks.

    A hash of station and time (the finaliser of SplitMix64) makes two even numbers, Box and Muller's rule a normal one:
    stations are simulated one by one, each with its own `rng`, and still share it.
    """
    key = times_ns.astype(np.uint64) ^ np.uint64(crc32(station.encode()) << 20)
    first, second = (_even(key + np.uint64(salt)) for salt in (0x9E3779B97F4A7C15, 0x3C6EF372FE94F82A))
    return np.asarray(np.sqrt(-2.0 * np.log(1.0 - first)) * np.cos(2.0 * np.pi * second))


def _even(key: np.ndarray) -> Floats:
    z = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray((z ^ (z >> np.uint64(31))).astype(np.float64) / 2.0**64)

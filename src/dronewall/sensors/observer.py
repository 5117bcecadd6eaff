"""A person who hears or sees something and calls: an area and a time, late.

Not scheduled. A call is one detection: latitude and longitude with a `position_sd_m` of a kilometre or so, `time_ns` as
the caller tells it, `received_ns` when it reaches the wall, no height. The caller's own contact is personal data and
never becomes a detection.
"""

from typing import ClassVar

import numpy as np

from dronewall.geo.frames import MEAN_RADIUS_M, ecef_to_geodetic, enu_axes, rotated_back
from dronewall.geo.terrain import Terrain
from dronewall.records.detection import Column, Detections, empty
from dronewall.records.wall import SensorSpec
from dronewall.records.weather import Weather
from dronewall.sensors.sensor import Claim, Path
from dronewall.sensors.signatures import SOUNDS
from dronewall.sensors.site import Site
from dronewall.units import SECOND_NS, Bools, Floats, Ints

DELAY_SHAPE = 2.0  # of the gamma distribution of how long a call takes; its mean is latency_s


class Observer(Site):
    """`kind = "observer"`: stands for the people round a place; `max_range_m` is from how far they notice things."""

    kind = "observer"
    scheduled = False
    takes: ClassVar[frozenset[str]] = frozenset(
        {
            *("id", "kind", "model", "nation", "latitude_deg", "longitude_deg", "height_agl_m"),
            *("max_range_m", "p_detect", "latency_s", "position_sd_m", "time_sd_s"),
        }
    )

    def __init__(self, spec: SensorSpec, terrain: Terrain) -> None:
        super().__init__(spec, terrain)
        sd_m = self.spec.position_sd_m or self.value("position_sd_m")
        self.time_sd_s = self.spec.time_sd_s or self.value("time_sd_s")
        self._sd = {
            Column.POSITION_SD_M: sd_m,
            Column.LATITUDE_RAD: sd_m / MEAN_RADIUS_M,
            Column.LONGITUDE_RAD: sd_m / (MEAN_RADIUS_M * np.cos(self.latitude_rad)),
        }
        self.measures = frozenset({Column.LATITUDE_RAD, Column.LONGITUDE_RAD})

    def p_detect(self, ecef_m: Floats, velocity_enu_mps: Floats, label: str, weather: Weather) -> Floats:
        """Probability per opportunity that somebody notices what passes there and calls; nobody calls of birds."""
        range_m, azimuth_rad, _ = self.polar(ecef_m)
        noticed = SOUNDS[label] is not None
        return np.where(self.inside_gates(range_m, azimuth_rad) & noticed, float(self.spec.p_detect or 0.0), 0.0)

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
        """Calls about one target, from opportunities at those times."""
        hit, ecef_m, _ = self.drawn(rng, times_ns, position, label, weather)
        return hit, self.calls(rng, times_ns[hit], ecef_m)

    def calls(self, rng: np.random.Generator, seen_ns: Ints, ecef_m: Floats) -> Detections:
        """Calls of people who noticed something at those places and times [shape=(n, 3)], late and vague."""
        n = len(seen_ns)
        found = empty(n)
        told_s = rng.normal(size=n) * self.time_sd_s
        delay_s = rng.gamma(DELAY_SHAPE, self.latency_s / DELAY_SHAPE, n)
        found.received_ns[:] = seen_ns + np.round(delay_s * SECOND_NS).astype(np.int64)
        told_ns = seen_ns + np.round(told_s * SECOND_NS).astype(np.int64)
        found.time_ns[:] = np.minimum(told_ns, found.received_ns)  # nobody tells of the future
        sd_m = self.noise(Column.POSITION_SD_M)
        latitude_rad, longitude_rad, _ = ecef_to_geodetic(ecef_m)
        off_m = np.column_stack([rng.normal(size=(n, 2)) * sd_m, np.zeros(n)])
        told = ecef_to_geodetic(ecef_m + rotated_back(enu_axes(latitude_rad, longitude_rad), off_m))
        found.values[:, Column.LATITUDE_RAD], found.values[:, Column.LONGITUDE_RAD] = told[0], told[1]
        found.values[:, Column.POSITION_SD_M] = sd_m
        found.label[:] = "unknown"
        return found

    def call(
        self, seen_ns: int, received_ns: int, latitude_rad: float, longitude_rad: float, radius_m: float
    ) -> Detections:
        """One real call: what was seen within `radius_m` of a place, taken as the radius that holds 95 %."""
        found = empty(1)
        found.time_ns[:], found.received_ns[:] = seen_ns, received_ns
        found.values[:, Column.LATITUDE_RAD], found.values[:, Column.LONGITUDE_RAD] = latitude_rad, longitude_rad
        found.values[:, Column.POSITION_SD_M] = radius_m / float(np.sqrt(-2.0 * np.log(0.05)))
        found.label[:] = "unknown"
        return found

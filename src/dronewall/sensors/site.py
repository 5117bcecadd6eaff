"""What all kinds of sensor share: place, schedule, gates, stated noise. A kind adds its physics."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar

import numpy as np

from dronewall.geo.frames import (
    LocalFrame,
    ecef_to_geodetic,
    enu_axes,
    range_azimuth_elevation,
    rotated_back,
    wrapped_azimuth,
)
from dronewall.geo.terrain import Terrain, site_altitude_hae_m
from dronewall.records.detection import Column, Detections, empty
from dronewall.records.wall import SensorSpec
from dronewall.records.weather import Weather
from dronewall.records.words import LABELS
from dronewall.sensors.catalogue import Row, row
from dronewall.sensors.sensor import Path
from dronewall.sensors.sight import Sight, sight_from
from dronewall.units import Bools, Floats, Ints, nanoseconds

TURN_RAD = 2.0 * np.pi


class Site(ABC):
    """A sensor's place in the world, its schedule and what it measures; see `Sensor` for the attributes.

    A kind says in `takes` which keys of the wall it takes and in `sds` which of them state the noise of which column.
    """

    kind: ClassVar[str]
    takes: ClassVar[frozenset[str]]
    sds: ClassVar[dict[str, Column]] = {}
    scheduled: ClassVar[bool] = True

    def __init__(self, spec: SensorSpec, terrain: Terrain) -> None:
        self.row: Row = row(self.kind, spec.model)
        self.explicit_p = spec.p_detect
        self.spec = filled(spec, self.row, self.takes)
        self.claims_only = False
        self.sound_delay = False
        self.latitude_rad = float(np.radians(spec.latitude_deg))
        self.longitude_rad = float(np.radians(spec.longitude_deg))
        self.altitude_hae_m = site_altitude_hae_m(terrain, self.latitude_rad, self.longitude_rad, spec.height_agl_m)
        self.frame = LocalFrame.at(self.latitude_rad, self.longitude_rad, self.altitude_hae_m)
        self.ecef_m: Floats = self.frame.origin_ecef_m
        self.terrain = terrain
        period_s = self.spec.scan_period_s if self.scheduled else None
        self.period_ns: int | None = None if period_s is None else nanoseconds(period_s)
        self.offset_ns = nanoseconds(self.spec.scan_offset_s or 0.0)
        self.latency_s = self.spec.latency_s or 0.0
        self.min_range_m = self.spec.min_range_m or 0.0
        self.max_range_m = float(self.spec.max_range_m or np.inf)
        self.reach_m = self.max_range_m
        self.clutter_per_scan = self.spec.clutter_per_scan or 0.0
        self._sd = {
            column: float(np.radians(sd)) if key.endswith("_deg") else float(sd)
            for key, column in self.sds.items()
            if (sd := getattr(self.spec, key)) is not None
        }
        self.measures: frozenset[Column] = frozenset(self._sd)
        start_deg, end_deg = self.spec.azimuth_from_deg or 0.0, self.spec.azimuth_to_deg or 0.0
        width_deg = (end_deg - start_deg) % 360.0
        self.sector_from_rad = float(np.radians(start_deg % 360.0))
        self.sector_width_rad = float(np.radians(width_deg)) if width_deg > 0.0 else TURN_RAD

    @abstractmethod
    def p_detect(self, ecef_m: Floats, velocity_enu_mps: Floats, label: str, weather: Weather) -> Floats:
        """Probability that one look detects such a target there; each kind says how."""

    def p_detect_each(
        self, ecef_m: Floats, velocity_enu_mps: Floats, labels: Sequence[str], weather: Weather
    ) -> Floats:
        """The same for several labels [shape=(n, len(labels))]; a kind that can share the work among them does."""
        return np.column_stack([self.p_detect(ecef_m, velocity_enu_mps, label, weather) for label in labels])

    def reach_of(self, label: str) -> float:
        """Slant range beyond which `p_detect` of that label is 0 in every weather."""
        return self.reach_m

    def by_range_alone(self, weather: Weather) -> bool:
        """Whether slant range alone decides between its ranges, in sector and sightline; a kind says so of itself."""
        return False

    def value(self, name: str) -> float:
        """A parameter that only the model has."""
        return self.row.values[name].value

    @cached_property
    def sight(self) -> Sight:
        """What terrain and forest let it see."""
        return sight_from(self.terrain, self.latitude_rad, self.longitude_rad, self.altitude_hae_m, self.reach_m)

    def looks(self, from_ns: int, to_ns: int) -> tuple[Ints, Ints]:
        """Number (since the Unix epoch) and time of each scheduled look in [from, to)."""
        if self.period_ns is None:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        offset = self.offset_ns % self.period_ns
        first, end = -((offset - from_ns) // self.period_ns), -((offset - to_ns) // self.period_ns)
        scan = np.arange(first, end, dtype=np.int64)
        return scan, offset + scan * self.period_ns

    def noise(self, column: Column) -> float:
        """Standard deviation of a measured column (m, rad, m/s); NaN: not measured."""
        return self._sd.get(column, np.nan)

    def clutter_density(self) -> float:
        """It has no false detections."""
        return 0.0

    def clutter_intensity(self, values: Floats) -> Floats:
        """It has no false detections."""
        return np.zeros(len(values))

    def hint_likelihood(self, hint: str | None) -> Floats:
        """Its labels say nothing."""
        return np.ones(len(LABELS))

    def footprint_m(self, quantile: float, label: str, weather: Weather) -> float:
        """Radius that holds that share of an evenly watched disc."""
        return float(np.sqrt(quantile) * self.max_range_m)

    def simulate_clutter(self, rng: np.random.Generator, times_ns: Ints, weather: Weather) -> tuple[Ints, Detections]:
        """It has no false detections."""
        return np.zeros(0, np.int64), empty()

    def inside_gates(self, range_m: Floats, azimuth_rad: Floats) -> Bools:
        """Between the ranges and in the sector; NaN (not there) is outside."""
        inside = (range_m >= self.min_range_m) & (range_m <= self.max_range_m)
        if self.sector_width_rad < TURN_RAD:
            inside &= wrapped_azimuth(azimuth_rad - self.sector_from_rad) <= self.sector_width_rad
        return np.asarray(inside)

    def gated(self, ecef_m: Floats) -> tuple[Floats, Ints]:
        """Slant range of positions [shape=(n, 3)], and which of them lie inside the gates [shape=(k,)]."""
        enu = self.frame.to_local(ecef_m)
        range_m = np.hypot(np.hypot(enu[:, 0], enu[:, 1]), enu[:, 2])
        azimuth_rad = range_m
        if self.sector_width_rad < TURN_RAD:
            azimuth_rad = wrapped_azimuth(np.arctan2(enu[:, 0], enu[:, 1]))
        return range_m, np.flatnonzero(self.inside_gates(range_m, azimuth_rad))

    def polar(self, ecef_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Slant range, azimuth and elevation of positions [shape=(n, 3)]."""
        return range_azimuth_elevation(self.frame.to_local(ecef_m))

    def received(self, times_ns: Ints) -> Ints:
        """When what was seen at those times arrives, by the mean latency."""
        return times_ns + nanoseconds(self.latency_s)

    def blank(self, times_ns: Ints) -> Detections:
        """Detections made at those times, with when they arrive and nothing measured yet."""
        found = empty(len(times_ns))
        found.time_ns[:], found.received_ns[:] = times_ns, self.received(times_ns)
        return found

    def drawn(
        self, rng: np.random.Generator, times_ns: Ints, position: Path, label: str, weather: Weather
    ) -> tuple[Bools, Floats, Floats]:
        """Which looks detect a target [shape=(n,)]; its place (ECEF) and velocity in those [shape=(hits, 3)]."""
        ecef_m, velocity_mps = position(times_ns)
        hit = rng.uniform(size=len(times_ns)) < self.p_detect(ecef_m, velocity_mps, label, weather)
        return np.asarray(hit), ecef_m[hit], velocity_mps[hit]


def range_rate_mps(from_ecef_m: Floats, ecef_m: Floats, velocity_enu_mps: Floats) -> Floats:
    """Rate of the slant range (m/s), positive when receding; velocities are east, north, up at the targets."""
    latitude_rad, longitude_rad, _ = ecef_to_geodetic(ecef_m)
    velocity = rotated_back(enu_axes(latitude_rad, longitude_rad), velocity_enu_mps)
    away = ecef_m - from_ecef_m
    return np.asarray((away * velocity).sum(axis=-1) / np.sqrt((away * away).sum(axis=-1)))


def filled(spec: SensorSpec, model: Row, takes: frozenset[str]) -> SensorSpec:
    """The wall's entry with the catalogue's defaults where it says nothing.

    The noise of a quantity is taken from the catalogue only if the wall names the model: what neither says is not
    measured.
    """
    found = {}
    for key, value in model.values.items():
        if key not in SensorSpec.model_fields or key not in takes or getattr(spec, key) is not None:
            continue
        if "_sd_" in key and spec.model is None:
            continue
        found[key] = value.value
    return spec.model_copy(update=found)

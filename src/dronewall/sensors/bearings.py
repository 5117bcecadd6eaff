"""What sensors of directions share: angles with noise, a probability that falls with distance, false ones all round.

A direction alone is a detection, never a position: nothing here measures a range.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from dronewall.geo.frames import wrapped_azimuth
from dronewall.geo.terrain import Terrain
from dronewall.records.detection import Column, Detections
from dronewall.records.wall import SensorSpec
from dronewall.records.weather import Weather
from dronewall.records.words import LABELS
from dronewall.sensors.sensor import Claim, Path
from dronewall.sensors.site import Site
from dronewall.units import Bools, Floats, Ints

LEAST_P = 0.01  # below this per look it is taken as 0
HIGHEST_FALSE_RAD = np.pi / 4.0  # false detections lie from the horizontal up to here


class BearingSite(Site):
    """A sensor of azimuth and, where it has a standard deviation, of elevation. A kind says `p_in_sight`."""

    takes: ClassVar[frozenset[str]] = frozenset(
        {
            *("id", "kind", "model", "nation", "latitude_deg", "longitude_deg", "height_agl_m"),
            *("min_range_m", "max_range_m", "p_detect", "clutter_per_scan"),
            *("scan_period_s", "scan_offset_s", "latency_s", "azimuth_from_deg", "azimuth_to_deg"),
            *("azimuth_sd_deg", "elevation_sd_deg"),
        }
    )
    sds: ClassVar[dict[str, Column]] = {
        "azimuth_sd_deg": Column.AZIMUTH_RAD,
        "elevation_sd_deg": Column.ELEVATION_RAD,
    }

    def __init__(self, spec: SensorSpec, terrain: Terrain) -> None:
        super().__init__(spec, terrain)
        self.nominal_range_m = self.max_range_m
        if self.explicit_p is None:
            self.reach_m = self.max_range_m = max(self._farthest_m(label) for label in LABELS)

    @abstractmethod
    def p_in_sight(self, range_m: Floats, label: str, weather: Weather) -> Floats:
        """Probability that one look detects such a thing at that slant range, if nothing stands between."""

    def by_range_alone(self, weather: Weather) -> bool:
        """Whatever the weather: `p_in_sight` is asked for the range alone."""
        return True

    def reach_of(self, label: str) -> float:
        """Slant range beyond which `p_detect` of that label is 0 in every weather."""
        return self.reach_m if self.explicit_p is not None else self._farthest_m(label)

    def p_detect(self, ecef_m: Floats, velocity_enu_mps: Floats, label: str, weather: Weather) -> Floats:
        """Probability that one look detects such a target there."""
        return self.p_detect_each(ecef_m, velocity_enu_mps, (label,), weather)[:, 0]

    def p_detect_each(
        self, ecef_m: Floats, velocity_enu_mps: Floats, labels: Sequence[str], weather: Weather
    ) -> Floats:
        """The same for several labels [shape=(n, len(labels))]: only how far they are seen differs."""
        range_m, near = self.gated(ecef_m)
        p = np.zeros((len(ecef_m), len(labels)))
        if self.explicit_p is not None:
            p[near] = self.explicit_p
        elif len(near):
            for column, label in enumerate(labels):
                p[near, column] = self.p_in_sight(range_m[near], label, weather)
            p[p < LEAST_P] = 0.0
            near = near[p[near].any(axis=1)]  # what is too far anyway needs no sightline
        if len(near):
            p[near[~self.sight.sees(ecef_m[near])]] = 0.0
        return p

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
        hit, ecef_m, _ = self.drawn(rng, times_ns, position, label, weather)
        _, azimuth_rad, elevation_rad = self.polar(ecef_m)
        return hit, self._angles(rng, times_ns[hit], azimuth_rad, elevation_rad)

    def _angles(self, rng: np.random.Generator, times_ns: Ints, azimuth: Floats, elevation: Floats) -> Detections:
        """Detections in those directions, with this sensor's noise."""
        n, found = len(times_ns), self.blank(times_ns)
        if Column.AZIMUTH_RAD in self.measures:
            noisy = azimuth + rng.normal(size=n) * self.noise(Column.AZIMUTH_RAD)
            found.values[:, Column.AZIMUTH_RAD] = wrapped_azimuth(noisy)
        if Column.ELEVATION_RAD in self.measures:
            noisy = elevation + rng.normal(size=n) * self.noise(Column.ELEVATION_RAD)
            found.values[:, Column.ELEVATION_RAD] = np.clip(noisy, -np.pi / 2.0, np.pi / 2.0)
        return found

    def clutter_density(self) -> float:
        """False detections per look and radian of azimuth (and of elevation, where it measures it)."""
        density = self.clutter_per_scan / self.sector_width_rad
        return density / HIGHEST_FALSE_RAD if Column.ELEVATION_RAD in self.measures else density

    def clutter_intensity(self, values: Floats) -> Floats:
        """The same everywhere."""
        return np.full(len(values), self.clutter_density())

    def simulate_clutter(self, rng: np.random.Generator, times_ns: Ints, weather: Weather) -> tuple[Ints, Detections]:
        """False detections: Poisson in number, even over the sector and up to HIGHEST_FALSE_RAD."""
        look = np.repeat(np.arange(len(times_ns)), rng.poisson(self.clutter_per_scan, len(times_ns)))
        azimuth = self.sector_from_rad + rng.uniform(0.0, self.sector_width_rad, len(look))
        elevation = rng.uniform(0.0, HIGHEST_FALSE_RAD, len(look))
        return look, self._angles(rng, times_ns[look], azimuth, elevation)

    def footprint_m(self, quantile: float, label: str, weather: Weather) -> float:
        """Ground range within which that share of its detections of evenly spread targets lies."""
        if self.explicit_p is not None:
            return super().footprint_m(quantile, label, weather)
        range_m = np.linspace(0.0, self.reach_m, 801)[1:]
        share = np.cumsum(self.p_in_sight(range_m, label, weather) * range_m)
        return float(np.interp(quantile, share / share[-1], range_m)) if share[-1] > 0.0 else 0.0

    def _farthest_m(self, label: str) -> float:
        range_m = np.geomspace(10.0, 200_000.0, 4000)
        p = self.p_in_sight(range_m, label, Weather())
        last = np.flatnonzero(p >= LEAST_P)
        return float(range_m[min(last[-1] + 1, len(range_m) - 1)]) if len(last) else 0.0

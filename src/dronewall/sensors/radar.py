"""A 3-D surveillance radar: radar equation, Swerling-1 fluctuation, sightline over terrain and forest.

Signal to noise is that of the reference target at `max_range_m`, scaled by (R/r)^4, the label's radar cross-section and
rain. The target's echo varies from look to look as Swerling 1, so that the probability per look is Pfa^(1/(1+SNR)). An
explicit `p_detect` in the wall replaces all of this by one probability for every label between the ranges, in the
sector and in sightline.
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from dronewall.geo.frames import wrapped_azimuth
from dronewall.geo.terrain import Terrain
from dronewall.records.detection import Column, Detections
from dronewall.records.wall import SensorSpec
from dronewall.records.weather import Weather
from dronewall.sensors.sensor import Claim, Path
from dronewall.sensors.signatures import RCS_DBSM
from dronewall.sensors.site import Site, range_rate_mps
from dronewall.units import Bools, Floats, Ints

P_AT_REFERENCE = 0.5  # per look, of a target of reference_rcs_dbsm at max_range_m
RAIN_EXPONENT = 1.2571  # ITU-R P.838-3, 10 GHz, horizontal polarisation
CLUTTER_RATE_SD_MPS = 5.0  # of the range rate of false detections: trees, rain, cars


class Radar(Site):
    """`kind = "radar"`: range, azimuth, elevation and, where it has a standard deviation, range rate."""

    kind = "radar"
    takes: ClassVar[frozenset[str]] = frozenset(
        {
            *("id", "kind", "model", "nation", "latitude_deg", "longitude_deg", "height_agl_m"),
            *("min_range_m", "max_range_m", "p_detect", "clutter_per_scan"),
            *("scan_period_s", "scan_offset_s", "latency_s", "azimuth_from_deg", "azimuth_to_deg"),
            *("range_sd_m", "azimuth_sd_deg", "elevation_sd_deg", "range_rate_sd_mps", "reference_rcs_dbsm"),
        }
    )
    sds: ClassVar[dict[str, Column]] = {
        "range_sd_m": Column.RANGE_M,
        "azimuth_sd_deg": Column.AZIMUTH_RAD,
        "elevation_sd_deg": Column.ELEVATION_RAD,
        "range_rate_sd_mps": Column.RANGE_RATE_MPS,
    }

    def __init__(self, spec: SensorSpec, terrain: Terrain) -> None:
        super().__init__(spec, terrain)
        self.log_p_false = float(np.log(self.value("p_false_alarm")))
        self.reference_rcs_dbsm = float(self.spec.reference_rcs_dbsm or 0.0)
        self.reference_snr = self.log_p_false / np.log(P_AT_REFERENCE) - 1.0
        self.clutter_ceiling_m = self.value("clutter_ceiling_m")
        self.min_radial_mps = self.row.values["min_radial_speed_mps"].value if self._filters else 0.0

    @property
    def _filters(self) -> bool:
        return "min_radial_speed_mps" in self.row.values

    def by_range_alone(self, weather: Weather) -> bool:
        """Without a clutter filter, or with a stated probability."""
        return self.explicit_p is not None or self.min_radial_mps == 0.0

    def snr(self, range_m: Floats, label: str, weather: Weather) -> Floats:
        """Mean signal to noise (a ratio) of that label at that slant range."""
        return np.asarray(self._snr_of_1_m2(range_m, weather) * 10.0 ** (RCS_DBSM[label].value / 10.0))

    def _snr_of_1_m2(self, range_m: Floats, weather: Weather) -> Floats:
        """Mean signal to noise of a square metre at that slant range, rain taken off."""
        rain_db = self.value("rain_db_per_km_at_10_mm_h") * (weather.rain_mm_h / 10.0) ** RAIN_EXPONENT
        gain_db = -self.reference_rcs_dbsm - 2.0 * rain_db * range_m / 1000.0
        return np.asarray(
            self.reference_snr * (self.max_range_m / np.maximum(range_m, 1.0)) ** 4 * 10.0 ** (gain_db / 10.0)
        )

    def p_detect(self, ecef_m: Floats, velocity_enu_mps: Floats, label: str, weather: Weather) -> Floats:
        """Probability that one look detects such a target there."""
        return self.p_detect_each(ecef_m, velocity_enu_mps, (label,), weather)[:, 0]

    def p_detect_each(
        self, ecef_m: Floats, velocity_enu_mps: Floats, labels: Sequence[str], weather: Weather
    ) -> Floats:
        """The same for several labels [shape=(n, len(labels))]: only their cross-sections differ."""
        range_m, near = self.gated(ecef_m)
        p = np.zeros((len(ecef_m), len(labels)))
        seen = near[self.sight.sees(ecef_m[near])] if len(near) else near
        if self.explicit_p is not None:
            p[seen] = self.explicit_p
        elif len(seen):
            square_metres = 10.0 ** (np.array([RCS_DBSM[label].value for label in labels]) / 10.0)
            snr = self._snr_of_1_m2(range_m[seen], weather)[:, None] * square_metres
            p[seen] = np.exp(self.log_p_false / (1.0 + snr))
            p[seen] *= self._passes_filter(ecef_m[seen], velocity_enu_mps[seen])[:, None]
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
        hit, ecef_m, velocity_mps = self.drawn(rng, times_ns, position, label, weather)
        found = self.blank(times_ns[hit])
        range_m, azimuth_rad, elevation_rad = self.polar(ecef_m)
        rate_mps = range_rate_mps(self.ecef_m, ecef_m, velocity_mps)
        for column, exact in (
            (Column.RANGE_M, range_m),
            (Column.AZIMUTH_RAD, azimuth_rad),
            (Column.ELEVATION_RAD, elevation_rad),
            (Column.RANGE_RATE_MPS, rate_mps),
        ):
            if column in self.measures:
                found.values[:, column] = exact + rng.normal(size=len(exact)) * self.noise(column)
        self._fold(found.values)
        if self.explicit_p is None:
            self._add_echo(rng, found.values, self.snr(range_m, label, weather), label)
        return hit, found

    def _add_echo(self, rng: np.random.Generator, values: Floats, snr: Floats, label: str) -> None:
        """Signal to noise as measured, given that it passed the threshold, and the cross-section that it stands for."""
        # Echo and noise together are exponential with mean 1 + snr; above the threshold it is so again from there on.
        power = -self.log_p_false + rng.exponential(size=len(snr)) * (1.0 + snr)
        values[:, Column.SNR_DB] = 10.0 * np.log10(power - 1.0)
        values[:, Column.RCS_DBSM] = RCS_DBSM[label].value + 10.0 * np.log10((power - 1.0) / snr)

    def _passes_filter(self, ecef_m: Floats, velocity_enu_mps: Floats) -> Floats:
        """Share that the clutter filter leaves of a target moving that fast along the beam."""
        if self.min_radial_mps == 0.0:
            return np.ones(len(ecef_m))
        rate = range_rate_mps(self.ecef_m, ecef_m, velocity_enu_mps) / self.min_radial_mps
        return np.asarray(1.0 - np.exp(-(rate * rate)))

    def clutter_density(self) -> float:
        """False detections per look and m rad rad (range, azimuth, elevation), the mean over the volume they fill.

        With range rate, per m/s too.
        """
        # Between the ranges, in the sector, from the horizontal up to the ceiling: integrate elevation over range.
        range_m = np.linspace(max(self.min_range_m, 1.0), self.max_range_m, 2001)
        elevation_rad = np.arcsin(np.minimum(self.clutter_ceiling_m / range_m, 1.0))
        volume = float(np.trapezoid(elevation_rad, range_m)) * self.sector_width_rad
        if Column.RANGE_RATE_MPS in self.measures:
            volume *= 2.0 * np.sqrt(np.pi) * CLUTTER_RATE_SD_MPS
        return self.clutter_per_scan / volume

    def clutter_intensity(self, values: Floats) -> Floats:
        """False detections per look and m rad rad (m/s) at those ranges, azimuths, elevations (and range rates).

        They are even over the ground area and over height from 0 to the ceiling above the radar's plane.
        """
        range_m = values[:, Column.RANGE_M]
        area = self.max_range_m**2 - self.min_range_m**2
        per_m_rad = self.clutter_per_scan * 2.0 * range_m / area / self.sector_width_rad
        if Column.RANGE_RATE_MPS in self.measures:
            rate = np.nan_to_num(values[:, Column.RANGE_RATE_MPS]) / CLUTTER_RATE_SD_MPS
            per_m_rad *= np.exp(-0.5 * rate * rate) / (np.sqrt(2.0 * np.pi) * CLUTTER_RATE_SD_MPS)
        if Column.ELEVATION_RAD not in self.measures:
            return np.asarray(per_m_rad)
        elevation_rad = values[:, Column.ELEVATION_RAD]
        top_m = np.minimum(self.clutter_ceiling_m, range_m)
        return np.asarray(per_m_rad * range_m * np.cos(elevation_rad) / top_m)

    def simulate_clutter(self, rng: np.random.Generator, times_ns: Ints, weather: Weather) -> tuple[Ints, Detections]:
        """False detections: Poisson in number, even over ground area, azimuth and height up to the ceiling."""
        look = np.repeat(np.arange(len(times_ns)), rng.poisson(self.clutter_per_scan, len(times_ns)))
        n = len(look)
        found = self.blank(times_ns[look])
        range_m = np.sqrt(rng.uniform(self.min_range_m**2, self.max_range_m**2, n))
        azimuth_rad = self.sector_from_rad + rng.uniform(0.0, self.sector_width_rad, n)
        sine = rng.uniform(size=n) * np.minimum(self.clutter_ceiling_m / np.maximum(range_m, 1.0), 1.0)
        rate_mps = rng.normal(size=n) * CLUTTER_RATE_SD_MPS
        for column, value in (
            (Column.RANGE_M, range_m),
            (Column.AZIMUTH_RAD, azimuth_rad),
            (Column.ELEVATION_RAD, np.arcsin(sine)),
            (Column.RANGE_RATE_MPS, rate_mps),
        ):
            if column in self.measures:
                found.values[:, column] = value
        self._fold(found.values)
        if self.explicit_p is None:
            power = -self.log_p_false + rng.exponential(size=n)
            found.values[:, Column.SNR_DB] = 10.0 * np.log10(power - 1.0)
            reference = self.reference_snr * (self.max_range_m / np.maximum(range_m, 1.0)) ** 4
            found.values[:, Column.RCS_DBSM] = self.reference_rcs_dbsm + 10.0 * np.log10((power - 1.0) / reference)
        return look, found

    @staticmethod
    def _fold(values: Floats) -> None:
        """Azimuths into one turn; an elevation thrown past the zenith comes down on the other side."""
        over = values[:, Column.ELEVATION_RAD] > np.pi / 2.0
        values[over, Column.ELEVATION_RAD] = np.pi - values[over, Column.ELEVATION_RAD]
        values[over, Column.AZIMUTH_RAD] += np.pi
        values[:, Column.AZIMUTH_RAD] = wrapped_azimuth(values[:, Column.AZIMUTH_RAD])

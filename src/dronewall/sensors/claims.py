"""Receivers of what targets say of themselves: position, height, velocity and identity, as claims and not as facts.

Only a target that broadcasts is heard, and a displaced or wrong claim arrives as it was sent: nothing here checks it.
Errors of satellite navigation are drawn anew for each message; real ones drift over minutes.
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from dronewall.geo.frames import MEAN_RADIUS_M, ecef_to_geodetic, enu_axes, rotated_back
from dronewall.geo.terrain import Terrain
from dronewall.records.detection import Column, Detections, empty
from dronewall.records.wall import SensorSpec
from dronewall.records.weather import Weather
from dronewall.sensors.sensor import Claim, Path
from dronewall.sensors.site import Site
from dronewall.units import Bools, Floats, Ints

EDGE_POWER = 4  # how sharply reception ends at the receiver's range
IDENTITY_EVERY = 3  # of split messages, one in three carries the identity


class ClaimReceiver(Site):
    """What Remote ID and ADS-B share. `p_detect` is per look, of a target that broadcasts."""

    takes: ClassVar[frozenset[str]] = frozenset(
        {
            *("id", "kind", "model", "nation", "latitude_deg", "longitude_deg", "height_agl_m"),
            *("min_range_m", "max_range_m", "p_detect", "scan_period_s", "scan_offset_s", "latency_s"),
            *("position_sd_m", "altitude_sd_m"),
        }
    )

    def __init__(self, spec: SensorSpec, terrain: Terrain) -> None:
        super().__init__(spec, terrain)
        self.claims_only = True
        # A claim states its own accuracy; the usual one stands where it does not, also if the wall names no model.
        position_sd_m = self.spec.position_sd_m or self.value("position_sd_m")
        altitude_sd_m = self.spec.altitude_sd_m or self.value("altitude_sd_m")
        velocity_sd_mps = self.value("velocity_sd_mps")
        self._sd = {
            Column.POSITION_SD_M: position_sd_m,
            Column.LATITUDE_RAD: position_sd_m / MEAN_RADIUS_M,
            Column.LONGITUDE_RAD: position_sd_m / (MEAN_RADIUS_M * np.cos(self.latitude_rad)),
            Column.ALTITUDE_HAE_M: altitude_sd_m,
            Column.VELOCITY_EAST_MPS: velocity_sd_mps,
            Column.VELOCITY_NORTH_MPS: velocity_sd_mps,
            Column.VELOCITY_UP_MPS: velocity_sd_mps,
        }
        self.measures = frozenset(self._sd) - {Column.POSITION_SD_M}
        self.p_near = float(self.spec.p_detect or 0.0)

    def p_detect(self, ecef_m: Floats, velocity_enu_mps: Floats, label: str, weather: Weather) -> Floats:
        """Probability that one look receives a position from such a target there, if it broadcasts."""
        return self.p_detect_each(ecef_m, velocity_enu_mps, (label,), weather)[:, 0]

    def p_detect_each(
        self, ecef_m: Floats, velocity_enu_mps: Floats, labels: Sequence[str], weather: Weather
    ) -> Floats:
        """The same for several labels [shape=(n, len(labels))]: what broadcasts is heard whatever it is."""
        range_m, azimuth_rad, _ = self.polar(ecef_m)
        p = np.zeros(len(ecef_m))
        near = np.flatnonzero(self.inside_gates(range_m, azimuth_rad))
        seen = near[self.sight.sees(ecef_m[near])] if len(near) else near
        fades = 1.0 - (range_m[seen] / self.max_range_m) ** EDGE_POWER
        p[seen] = self.p_near * (1.0 if self.explicit_p is not None else fades)
        return np.repeat(p[:, None], len(labels), axis=1)

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
        """What looks at those times receive from one target; nothing from one that broadcasts no claim."""
        if claim is None:
            return np.zeros(len(times_ns), bool), empty()
        hit, ecef_m, velocity_mps = self.drawn(rng, times_ns, position, label, weather)
        n, found = len(ecef_m), self.blank(times_ns[hit])
        sd_m = claim.position_sd_m or self.noise(Column.POSITION_SD_M)
        altitude_sd_m = self.noise(Column.ALTITUDE_HAE_M)
        latitude_rad, longitude_rad, _ = ecef_to_geodetic(ecef_m)
        off_m = rng.normal(size=(n, 3)) * [sd_m, sd_m, altitude_sd_m] + np.asarray(claim.displaced_m)
        claimed = ecef_to_geodetic(ecef_m + rotated_back(enu_axes(latitude_rad, longitude_rad), off_m))
        speed_off = rng.normal(size=(n, 3)) * self.noise(Column.VELOCITY_EAST_MPS)
        values = found.values
        values[:, Column.LATITUDE_RAD], values[:, Column.LONGITUDE_RAD], values[:, Column.ALTITUDE_HAE_M] = claimed
        values[:, Column.VELOCITY_EAST_MPS : Column.VELOCITY_UP_MPS + 1] = velocity_mps + speed_off
        values[:, Column.POSITION_SD_M], values[:, Column.ALTITUDE_SD_M] = sd_m, altitude_sd_m
        found.identity[:] = claim.identity.lower()
        if claim.split:
            names = np.arange(n) % IDENTITY_EVERY == 0
            values[names] = np.nan
            found.identity[~names] = (claim.session or "session:" + claim.identity.partition(":")[2]).lower()
        return hit, found

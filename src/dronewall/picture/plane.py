"""A flat map round one place, on which areas are drawn and measured: geodesic distance and azimuth from its origin.

Within 100 km of the origin an area on it is right to 1 part in 10,000, far below what an alert's area is known to.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from pyproj import Geod

from dronewall.units import Floats

_EARTH: Final = Geod(ellps="WGS84")

MEAN_EARTH_M: Final = 6_371_000.0

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """East and north (m) of an origin, azimuthal equidistant."""

    latitude_deg: float
    longitude_deg: float

    @classmethod
    def at(cls, latitude_rad: float, longitude_rad: float) -> Self:
        """The plane round a place."""
        return cls(latitude_deg=float(np.degrees(latitude_rad)), longitude_deg=float(np.degrees(longitude_rad)))

    def xy_m(self, longitude_deg: Floats, latitude_deg: Floats) -> Floats:
        """East and north of places [shape=(n, 2)]."""
        longitude = np.atleast_1d(np.asarray(longitude_deg, np.float64))
        latitude = np.atleast_1d(np.asarray(latitude_deg, np.float64))
        azimuth, _, distance = _EARTH.inv(
            np.full_like(longitude, self.longitude_deg), np.full_like(latitude, self.latitude_deg), longitude, latitude
        )
        angle = np.radians(azimuth)
        return np.column_stack([distance * np.sin(angle), distance * np.cos(angle)])

    def ring(self, xy_m: Floats) -> Ring:
        """Points of the plane as (longitude_deg, latitude_deg) pairs, rounded to 1e-5 degree (about 1 m)."""
        azimuth = np.degrees(np.arctan2(xy_m[:, 0], xy_m[:, 1]))
        longitude, latitude, _ = _EARTH.fwd(
            np.full(len(xy_m), self.longitude_deg),
            np.full(len(xy_m), self.latitude_deg),
            azimuth,
            np.hypot(xy_m[:, 0], xy_m[:, 1]),
        )
        pairs = zip(np.round(longitude, 5).tolist(), np.round(latitude, 5).tolist(), strict=True)
        return tuple((float(x), float(y)) for x, y in pairs)


def ring_area_km2(ring: Ring) -> float:
    """Geodesic area inside a ring of (longitude_deg, latitude_deg)."""
    if len(ring) < 3:
        return 0.0
    area_m2, _ = _EARTH.polygon_area_perimeter([p[0] for p in ring], [p[1] for p in ring])
    return abs(float(area_m2)) / 1e6

"""What a radio wave can reach from a site: over the bare smooth earth, or over terrain and forest."""

from typing import Protocol

import numpy as np

from dronewall.geo.frames import ecef_to_geodetic, ground_distance_m
from dronewall.units import Bools, Floats

EFFECTIVE_EARTH = 4.0 / 3.0  # ITU-R P.834: standard refraction, as an earth of larger radius
EARTH_RADIUS_M = 6_371_000.0


class Ground(Protocol):
    """Terrain as sensors need it (`dronewall.geo.terrain.Terrain` is one)."""

    def height_hae_m(self, latitude_rad: Floats, longitude_rad: Floats) -> Floats:
        """Bare ground above the ellipsoid (m)."""
        ...


class Sight(Protocol):
    """Which positions are in sightline."""

    def sees(self, ecef_m: Floats) -> Bools:
        """Whether each position [shape=(n, 3)] is in sightline."""
        ...


class SmoothSight:
    """The horizon of a smooth earth of 4/3 radius: the ellipsoid itself is the ground."""

    def __init__(self, latitude_rad: float, longitude_rad: float, altitude_hae_m: float) -> None:
        self._latitude_rad, self._longitude_rad = latitude_rad, longitude_rad
        self._own_m = _horizon_m(np.asarray(altitude_hae_m))

    def sees(self, ecef_m: Floats) -> Bools:
        """Whether each position [shape=(n, 3)] is above the horizon."""
        latitude_rad, longitude_rad, altitude_m = ecef_to_geodetic(ecef_m)
        distance_m = ground_distance_m(self._latitude_rad, self._longitude_rad, latitude_rad, longitude_rad)
        return np.asarray(distance_m <= self._own_m + _horizon_m(altitude_m))


def _horizon_m(height_m: Floats) -> Floats:
    return np.asarray(np.sqrt(2.0 * EFFECTIVE_EARTH * EARTH_RADIUS_M * np.maximum(height_m, 0.0)))

"""What a radio wave can reach from a site: over the bare smooth earth, or over terrain and forest."""

from typing import Protocol

import numpy as np

from dronewall.geo.frames import MEAN_RADIUS_M, ecef_to_geodetic, ground_distance_m
from dronewall.geo.sightline import STANDARD_REFRACTION, Horizon
from dronewall.geo.terrain import SmoothEarth, Terrain
from dronewall.units import Bools, Floats

Ground = Terrain
"""What a sensor stands on."""


class Sight(Protocol):
    """Which positions are in sightline."""

    def sees(self, ecef_m: Floats) -> Bools:
        """Whether each position [shape=(n, 3)] is in sightline."""
        ...


class SmoothSight:
    """The horizon of a smooth earth of 4/3 radius: the ellipsoid itself is the ground."""

    def __init__(self, latitude_rad: float, longitude_rad: float, altitude_hae_m: float) -> None:
        self._latitude_rad, self._longitude_rad = latitude_rad, longitude_rad
        self.own_horizon_m = float(_horizon_m(np.asarray(altitude_hae_m)))

    def sees(self, ecef_m: Floats) -> Bools:
        """Whether each position [shape=(n, 3)] is above the horizon."""
        latitude_rad, longitude_rad, altitude_m = ecef_to_geodetic(ecef_m)
        distance_m = ground_distance_m(self._latitude_rad, self._longitude_rad, latitude_rad, longitude_rad)
        return np.asarray((distance_m <= self.own_horizon_m + _horizon_m(altitude_m)) & (altitude_m >= 0.0))


def sight_from(
    terrain: Terrain, latitude_rad: float, longitude_rad: float, altitude_hae_m: float, max_range_m: float
) -> Sight:
    """What is in sightline of an antenna at that place, out to `max_range_m`."""
    if isinstance(terrain, SmoothEarth):
        return SmoothSight(latitude_rad, longitude_rad, altitude_hae_m)
    return Horizon.over(terrain, latitude_rad, longitude_rad, altitude_hae_m, max_range_m)


def _horizon_m(height_m: Floats) -> Floats:
    """Distance to the horizon from that height (m)."""
    return np.asarray(np.sqrt(2.0 * STANDARD_REFRACTION * MEAN_RADIUS_M * np.maximum(height_m, 0.0)))

"""What can be seen from a site over terrain and forest: exactly along profiles, or fast from a horizon kept per site.

The ray is straight over an earth of k times its radius (k = 4/3 for radio waves in standard air, ITU-R P.834; 1 for
none). Trees block it as ground does, except in a clearing of 300 m round the site, which whoever builds a radar makes.
A target inside the trees is hidden.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from dronewall.geo.frames import (
    ECCENTRICITY_SQUARED,
    SEMI_MAJOR_M,
    LocalFrame,
    Numbers,
    course_and_distance,
    destination,
)
from dronewall.geo.terrain import Terrain
from dronewall.kernels import sightline as kernel
from dronewall.units import Bools, Floats, Ints

STANDARD_REFRACTION: Final = 4.0 / 3.0
CLEARING_M: Final = 300.0
AZIMUTHS: Final = 1440
# Steps of a profile: a fortieth of the distance, since what is near cuts off most, but at least and at most these;
# the upper one grows beyond 25 km, so that 400 km cost three times what 25 km do.
_FINEST_M: Final = 10.0
_COARSEST_M: Final = 80.0
_COARSER_FROM_M: Final = 25_000.0
# So many points at a time: their arrays stay in the processor's cache.
_BLOCK: Final = 32_768
# So many azimuths of a horizon are worked out together when one of them is first asked for: 4 degrees of 360.
_SECTOR: Final = 16
# Latitude and longitude along a path are polynomials through this many points of the geodesic: within a millimetre of
# it over 400 km at 56 degrees north.
_PATH_NODES: Final = 6


def clear(
    terrain: Terrain,
    observer: tuple[float, float, float],
    latitude_rad: Floats,
    longitude_rad: Floats,
    altitude_hae_m: Floats,
    k: float = STANDARD_REFRACTION,
) -> Bools:
    """Whether each of n targets is in sightline of the observer (latitude, longitude, height above the ellipsoid).

    Every target has a profile of its own, sampled every 10 m near the observer and every 80 m from 3.2 km on.
    """
    slope, steepest, _ = _slopes(terrain, observer, latitude_rad, longitude_rad, altitude_hae_m, k)
    return np.asarray(slope >= steepest)


def clearance_m(
    terrain: Terrain,
    observer: tuple[float, float, float],
    latitude_rad: Floats,
    longitude_rad: Floats,
    altitude_hae_m: Floats,
    k: float = STANDARD_REFRACTION,
) -> Floats:
    """How far each of n targets stands above the lowest height seen there (m); negative: how much it lacks."""
    slope, steepest, distance_m = _slopes(terrain, observer, latitude_rad, longitude_rad, altitude_hae_m, k)
    return np.asarray((slope - steepest) * distance_m, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """The lowest height that a site sees, on a polar grid about it; made once, asked often.

    A sector is worked out when something in it is first asked about: most sites are asked about few. It comes out the
    same whatever is asked, and in which order.

    Attributes
    ----------
    frame : LocalFrame
        At the site's antenna.
    terrain : Terrain
        What the site looks over.
    rings_m : np.ndarray [shape=(rings,)]
        Ground distances, 10 m apart at first, 80 m from 3.2 to 25 km.
    slopes : np.ndarray of float32 [shape=(azimuths + 1, rings)]
        The steepest obstacle up to each ring; the first azimuth stands again at the end.
    made : np.ndarray [shape=(azimuths + 1,)]
        Whose slopes are worked out.
    k : float
        Effective radius of the earth in radii.
    """

    frame: LocalFrame
    terrain: Terrain
    rings_m: Floats
    slopes: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    made: Bools
    k: float

    @classmethod
    def over(
        cls,
        terrain: Terrain,
        latitude_rad: float,
        longitude_rad: float,
        altitude_hae_m: float,
        max_range_m: float,
        k: float = STANDARD_REFRACTION,
        azimuths: int = AZIMUTHS,
    ) -> Self:
        """The horizon of an antenna at that place, out to `max_range_m`; beyond, its last slope holds."""
        rings_m = _rings(max_range_m)
        return cls(
            frame=LocalFrame.at(latitude_rad, longitude_rad, altitude_hae_m),
            terrain=terrain,
            rings_m=rings_m,
            slopes=np.empty((azimuths + 1, rings_m.size), np.float32),
            made=np.zeros(azimuths + 1, np.bool_),
            k=k,
        )

    def sees(self, ecef_m: Floats) -> Bools:
        """Whether each position [shape=(n, 3)] is in sightline."""
        targets = np.ascontiguousarray(ecef_m, dtype=np.float64)
        found, wanted = self._looked_up(targets)
        if wanted.any():
            self._make(np.flatnonzero(wanted))
            found, _ = self._looked_up(targets)
        return found

    def _looked_up(self, ecef_m: Floats) -> tuple[Bools, Bools]:
        """What is seen as far as the sectors are made, and the azimuths that are wanted for the rest."""
        meridian_m, prime_vertical_m = _principal_radii_m(self.frame.latitude_rad)
        wanted = np.zeros(len(self.made), np.bool_)
        found = kernel.seen(
            ecef_m,
            self.frame.origin_ecef_m,
            self.frame.axes,
            self.slopes,
            self.made,
            self.rings_m,
            meridian_m,
            prime_vertical_m,
            self.k,
            wanted,
        )
        return np.asarray(found, dtype=np.bool_), wanted

    def _make(self, azimuths: Ints) -> None:
        """Work out the sectors that these azimuths (by number) lie in."""
        count = len(self.made) - 1
        missing = azimuths[~self.made[azimuths]] % count
        for first in np.unique(missing // _SECTOR) * _SECTOR:
            part = slice(first, min(first + _SECTOR, count))
            self.slopes[part] = self._sector(np.arange(part.start, part.stop) * (2.0 * np.pi / count))
            if first == 0:
                self.slopes[-1] = self.slopes[0]
                self.made[-1] = True
            self.made[part] = True

    def _sector(self, azimuth_rad: Floats) -> Floats:
        """The steepest slopes along some azimuths [shape=(n, rings)]."""
        frame, reach_m = self.frame, np.full(azimuth_rad.size, self.rings_m[-1])
        share = self.rings_m / self.rings_m[-1]
        surface_m = _surface(self.terrain, frame.latitude_rad, frame.longitude_rad, azimuth_rad, reach_m, share)
        radius_m = self.k * radius_of_curvature_m(frame.latitude_rad, azimuth_rad)
        return np.asarray(kernel.running_slopes(surface_m, self.rings_m, frame.altitude_hae_m, radius_m))

    def lowest_visible_hae_m(self, azimuth_rad: Numbers, distance_m: Numbers) -> Floats:
        """Lowest height above the ellipsoid (m) seen at that azimuth and ground distance from the site."""
        azimuth, distance = np.broadcast_arrays(azimuth_rad, distance_m)
        azimuths = self.slopes.shape[0] - 1
        turn = np.mod(azimuth, 2.0 * np.pi) * (azimuths / (2.0 * np.pi))
        a = np.minimum(turn.astype(np.int64), azimuths - 1)
        self._make(np.unique([a, a + 1]))
        p = turn - a
        ring = np.interp(distance, self.rings_m, np.arange(len(self.rings_m), dtype=np.float64))
        r = np.minimum(ring.astype(np.int64), len(self.rings_m) - 2)
        q = ring - r
        low = (1.0 - q) * self.slopes[a, r] + q * self.slopes[a, r + 1]
        high = (1.0 - q) * self.slopes[a + 1, r] + q * self.slopes[a + 1, r + 1]
        bend = distance / (2.0 * self.k * radius_of_curvature_m(self.frame.latitude_rad, azimuth))
        slope = (1.0 - p) * low + p * high
        return np.asarray(self.frame.altitude_hae_m + distance * (slope + bend), dtype=np.float64)


def radius_of_curvature_m(latitude_rad: float, azimuth_rad: Numbers) -> Floats:
    """Radius of the ellipsoid's curvature along an azimuth (m): Euler's formula."""
    meridian_m, prime_vertical_m = _principal_radii_m(latitude_rad)
    c = np.cos(azimuth_rad)
    return np.asarray(1.0 / (c * c / meridian_m + (1.0 - c * c) / prime_vertical_m), dtype=np.float64)


def _principal_radii_m(latitude_rad: float) -> tuple[float, float]:
    w = 1.0 - ECCENTRICITY_SQUARED * float(np.sin(latitude_rad)) ** 2
    return SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / w**1.5, SEMI_MAJOR_M / w**0.5


def _slopes(
    terrain: Terrain,
    observer: tuple[float, float, float],
    latitude_rad: Floats,
    longitude_rad: Floats,
    altitude_hae_m: Floats,
    k: float,
) -> tuple[Floats, Floats, Floats]:
    """Slope to each target, that of the steepest obstacle before it, and the distance, each [shape=(n,)]."""
    azimuth_rad, distance_m = course_and_distance(observer[0], observer[1], latitude_rad, longitude_rad)
    distance_m = np.maximum(distance_m, 1e-3)
    radius_m = k * radius_of_curvature_m(observer[0], azimuth_rad)
    rings_m = _rings(float(distance_m.max(initial=0.0)))
    share = rings_m / rings_m[-1]
    steepest = np.empty(distance_m.shape)
    for part in _blocks(distance_m.size, share.size):
        reach_m = distance_m[part]
        surface_m = _surface(terrain, observer[0], observer[1], azimuth_rad[part], reach_m, share)
        steepest[part] = kernel.steepest_slopes(surface_m, share, reach_m, observer[2], radius_m[part])
    slope = (altitude_hae_m - observer[2]) / distance_m - distance_m / (2.0 * radius_m)
    return slope, steepest, distance_m


def _blocks(rows: int, samples: int) -> list[slice]:
    """Slices of the rows that hold about `_BLOCK` samples each."""
    size = max(1, _BLOCK // samples)
    return [slice(first, min(first + size, rows)) for first in range(0, rows, size)]


def _surface(
    terrain: Terrain, latitude_rad: float, longitude_rad: float, azimuth_rad: Floats, reach_m: Floats, share: Floats
) -> Floats:
    """Ground with its trees [shape=(n, samples)] at shares of n paths; within the clearing the trees are felled."""
    latitude, longitude = _paths(latitude_rad, longitude_rad, azimuth_rad, reach_m, share)
    surface_m = terrain.height_hae_m(latitude, longitude)
    canopy_m = terrain.canopy_m(latitude, longitude)
    return np.asarray(surface_m + np.where(reach_m[:, None] * share < CLEARING_M, 0.0, canopy_m))


def _paths(
    latitude_rad: float, longitude_rad: float, azimuth_rad: Floats, reach_m: Floats, share: Floats
) -> tuple[Floats, Floats]:
    """Latitude and longitude [shape=(n, samples)] at those shares of n geodesics from one point."""
    nodes = np.linspace(0.0, 1.0, _PATH_NODES)
    latitude, longitude = destination(latitude_rad, longitude_rad, azimuth_rad[:, None], reach_m[:, None] * nodes)
    longitude = longitude_rad + np.mod(longitude - longitude_rad + np.pi, 2.0 * np.pi) - np.pi
    weights = np.ones((_PATH_NODES, share.size))
    for i in range(_PATH_NODES):
        for j in range(_PATH_NODES):
            if i != j:
                weights[i] *= (share - nodes[j]) / (nodes[i] - nodes[j])
    return kernel.weighted(latitude, weights), kernel.weighted(longitude, weights)


def _rings(max_range_m: float) -> Floats:
    """Ground distances (m) at which a profile out to at least `max_range_m` is sampled."""
    found = [_FINEST_M]
    while found[-1] < max_range_m or len(found) < 2:
        coarsest_m = _COARSEST_M * max(1.0, found[-1] / _COARSER_FROM_M)
        found.append(found[-1] + min(max(found[-1] / 40.0, _FINEST_M), coarsest_m))
    return np.array(found)

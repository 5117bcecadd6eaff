"""WGS-84 positions: geodetic, earth-centred (ECEF), local east-north-up, and what a sensor measures.

Every position goes through ECEF, never through a flat plane, so a point 2,000 km from a frame's origin is as right as
one beside it. Sums are written out element by element: no BLAS, and the bits do not depend on how many points come at
once.

Arrays broadcast; positions have the axis of coordinates last. Angles are radians, azimuths clockwise from true north.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from pyproj import Geod

from dronewall.units import Floats

SEMI_MAJOR_M: Final = 6_378_137.0
FLATTENING: Final = 1.0 / 298.257223563
SEMI_MINOR_M: Final = SEMI_MAJOR_M * (1.0 - FLATTENING)
ECCENTRICITY_SQUARED: Final = FLATTENING * (2.0 - FLATTENING)
SECOND_ECCENTRICITY_SQUARED: Final = ECCENTRICITY_SQUARED / (1.0 - ECCENTRICITY_SQUARED)
MEAN_RADIUS_M: Final = (2.0 * SEMI_MAJOR_M + SEMI_MINOR_M) / 3.0

_GEOD: Final = Geod(ellps="WGS84")
_TURN: Final = 2.0 * np.pi

Numbers = Floats | float


def geodetic_to_ecef(latitude_rad: Numbers, longitude_rad: Numbers, altitude_hae_m: Numbers) -> Floats:
    """Earth-centred positions (m) [shape=(..., 3)] of geodetic ones; heights are above the ellipsoid.

    NGA.STND.0036 (WGS 84), section 4: X = (N + h) cos(lat) cos(lon), Z = (N (1 - e2) + h) sin(lat).
    """
    sin_lat, cos_lat = np.sin(latitude_rad), np.cos(latitude_rad)
    prime_vertical_m = SEMI_MAJOR_M / np.sqrt(1.0 - ECCENTRICITY_SQUARED * sin_lat * sin_lat)
    axis_distance_m = (prime_vertical_m + altitude_hae_m) * cos_lat
    z = (prime_vertical_m * (1.0 - ECCENTRICITY_SQUARED) + altitude_hae_m) * sin_lat
    return _stacked(axis_distance_m * np.cos(longitude_rad), axis_distance_m * np.sin(longitude_rad), z)


def ecef_to_geodetic(ecef_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Latitude, longitude (rad) and height above the ellipsoid (m) of earth-centred positions [shape=(..., 3)].

    Bowring, B. R. (1985), "The accuracy of geodetic latitude and height equations", Survey Review 28 (218): his
    first guess of the reduced latitude, then his formula twice. Good to nanometres from 1,000 km below the ground to
    10,000 km above it; the height is the projection on the normal, which holds at the poles too.
    """
    x, y, z = ecef_m[..., 0], ecef_m[..., 1], ecef_m[..., 2]
    p = np.hypot(x, y)
    radius_m = np.hypot(p, z)
    # The reduced latitude as (sine, cosine) up to a common factor, so that nothing divides by p = 0 at the poles.
    sin_b = z * (SEMI_MINOR_M / SEMI_MAJOR_M) * (1.0 + SECOND_ECCENTRICITY_SQUARED * SEMI_MINOR_M / radius_m)
    cos_b = p
    for _ in range(2):
        length = np.hypot(sin_b, cos_b)
        sin_b, cos_b = sin_b / length, cos_b / length
        sin_lat = z + SECOND_ECCENTRICITY_SQUARED * SEMI_MINOR_M * sin_b**3
        cos_lat = p - ECCENTRICITY_SQUARED * SEMI_MAJOR_M * cos_b**3
        sin_b, cos_b = (1.0 - FLATTENING) * sin_lat, cos_lat
    length = np.hypot(sin_lat, cos_lat)
    sin_lat, cos_lat = sin_lat / length, cos_lat / length
    altitude_hae_m = p * cos_lat + z * sin_lat - SEMI_MAJOR_M * np.sqrt(1.0 - ECCENTRICITY_SQUARED * sin_lat * sin_lat)
    return np.arctan2(sin_lat, cos_lat), np.arctan2(y, x), altitude_hae_m


def enu_axes(latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
    """Rotations from earth-centred to local axes [shape=(..., 3, 3)]; the rows are east, north and up."""
    if np.shape(latitude_rad) != np.shape(longitude_rad):
        latitude_rad, longitude_rad = np.broadcast_arrays(latitude_rad, longitude_rad)
    sin_lat, cos_lat = np.sin(latitude_rad), np.cos(latitude_rad)
    sin_lon, cos_lon = np.sin(longitude_rad), np.cos(longitude_rad)
    axes = np.empty((*np.shape(sin_lat), 3, 3))
    axes[..., 0, 0], axes[..., 0, 1], axes[..., 0, 2] = -sin_lon, cos_lon, 0.0
    axes[..., 1, 0], axes[..., 1, 1], axes[..., 1, 2] = -sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat
    axes[..., 2, 0], axes[..., 2, 1], axes[..., 2, 2] = cos_lat * cos_lon, cos_lat * sin_lon, sin_lat
    return axes


def rotated(axes: Floats, vectors: Floats) -> Floats:
    """Earth-centred `vectors` [shape=(..., 3)] along `axes` [shape=(..., 3, 3)]: east, north, up parts."""
    return (
        axes[..., :, 0] * vectors[..., 0:1] + axes[..., :, 1] * vectors[..., 1:2] + axes[..., :, 2] * vectors[..., 2:3]
    )


def rotated_back(axes: Floats, vectors: Floats) -> Floats:
    """East, north, up `vectors` [shape=(..., 3)] of `axes` [shape=(..., 3, 3)] along the earth-centred axes."""
    return (
        axes[..., 0, :] * vectors[..., 0:1] + axes[..., 1, :] * vectors[..., 1:2] + axes[..., 2, :] * vectors[..., 2:3]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFrame:
    """East, north, up in metres about one point; up is the ellipsoid's normal there.

    Attributes
    ----------
    latitude_rad, longitude_rad, altitude_hae_m : float
        The origin.
    origin_ecef_m : np.ndarray [shape=(3,)]
    axes : np.ndarray [shape=(3, 3)]
        Rows east, north, up in earth-centred coordinates.
    """

    latitude_rad: float
    longitude_rad: float
    altitude_hae_m: float
    origin_ecef_m: Floats
    axes: Floats

    @classmethod
    def at(cls, latitude_rad: float, longitude_rad: float, altitude_hae_m: float) -> Self:
        """The frame at a geodetic point."""
        return cls(
            latitude_rad=float(latitude_rad),
            longitude_rad=float(longitude_rad),
            altitude_hae_m=float(altitude_hae_m),
            origin_ecef_m=geodetic_to_ecef(latitude_rad, longitude_rad, altitude_hae_m),
            axes=enu_axes(latitude_rad, longitude_rad),
        )

    def to_local(self, ecef_m: Floats) -> Floats:
        """Earth-centred positions in this frame, both [shape=(..., 3)]."""
        return rotated(self.axes, ecef_m - self.origin_ecef_m)

    def to_ecef(self, enu_m: Floats) -> Floats:
        """Positions in this frame as earth-centred ones, both [shape=(..., 3)]."""
        return self.origin_ecef_m + rotated_back(self.axes, enu_m)

    def vector_to_local(self, ecef: Floats) -> Floats:
        """Earth-centred vectors (velocities, differences) along this frame's axes, both [shape=(..., 3)]."""
        return rotated(self.axes, ecef)

    def vector_to_ecef(self, enu: Floats) -> Floats:
        """Vectors along this frame's axes as earth-centred ones, both [shape=(..., 3)]."""
        return rotated_back(self.axes, enu)

    def geodetic_to_local(self, latitude_rad: Numbers, longitude_rad: Numbers, altitude_hae_m: Numbers) -> Floats:
        """Geodetic positions in this frame [shape=(..., 3)]."""
        return self.to_local(geodetic_to_ecef(latitude_rad, longitude_rad, altitude_hae_m))

    def local_to_geodetic(self, enu_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Latitude, longitude (rad) and height above the ellipsoid (m) of positions in this frame."""
        return ecef_to_geodetic(self.to_ecef(enu_m))


def range_azimuth_elevation(enu_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Range (m), azimuth in [0, 2 pi) and elevation (rad) of positions [shape=(..., 3)] seen from their origin.

    The straight line in the sensor's own east-north-up; no refraction.
    """
    east, north, up = enu_m[..., 0], enu_m[..., 1], enu_m[..., 2]
    ground_m = np.hypot(east, north)
    return np.hypot(ground_m, up), wrapped_azimuth(np.arctan2(east, north)), np.arctan2(up, ground_m)


def from_range_azimuth_elevation(range_m: Numbers, azimuth_rad: Numbers, elevation_rad: Numbers) -> Floats:
    """East, north, up positions (m) [shape=(..., 3)] of what stands at that range, azimuth and elevation."""
    ground_m = range_m * np.cos(elevation_rad)
    return _stacked(ground_m * np.sin(azimuth_rad), ground_m * np.cos(azimuth_rad), range_m * np.sin(elevation_rad))


def wrapped_azimuth(angle_rad: Numbers) -> Floats:
    """Angles in [0, 2 pi). The remainder of -1e-20 rounds to a whole turn, which is 0."""
    turned = np.mod(angle_rad, _TURN)
    return np.where(turned >= _TURN, 0.0, turned)


def wrapped_difference(angle_rad: Numbers) -> Floats:
    """Differences of angles in [-pi, pi)."""
    return np.asarray(np.mod(np.asarray(angle_rad) + np.pi, _TURN) - np.pi, dtype=np.float64)


def ground_distance_m(
    latitude_rad: Numbers, longitude_rad: Numbers, other_latitude_rad: Numbers, other_longitude_rad: Numbers
) -> Floats:
    """Length of the geodesic between points on the ellipsoid (m); Karney's algorithm through pyproj."""
    return course_and_distance(latitude_rad, longitude_rad, other_latitude_rad, other_longitude_rad)[1]


def course_and_distance(
    latitude_rad: Numbers, longitude_rad: Numbers, other_latitude_rad: Numbers, other_longitude_rad: Numbers
) -> tuple[Floats, Floats]:
    """Azimuth at the first point in [0, 2 pi) and length (m) of the geodesic to the other."""
    longitude, latitude, other_longitude, other_latitude = _own(
        longitude_rad, latitude_rad, other_longitude_rad, other_latitude_rad
    )
    azimuth_rad, _, distance_m = _GEOD.inv(longitude, latitude, other_longitude, other_latitude, radians=True)
    return wrapped_azimuth(np.asarray(azimuth_rad)), np.asarray(distance_m, dtype=np.float64)


def destination(
    latitude_rad: Numbers, longitude_rad: Numbers, azimuth_rad: Numbers, distance_m: Numbers
) -> tuple[Floats, Floats]:
    """Latitude and longitude (rad) reached along the geodesic that leaves at `azimuth_rad`."""
    longitude, latitude, azimuth, distance = _own(longitude_rad, latitude_rad, azimuth_rad, distance_m)
    longitude, latitude, _ = _GEOD.fwd(longitude, latitude, azimuth, distance, radians=True)
    return np.asarray(latitude, dtype=np.float64), np.asarray(longitude, dtype=np.float64)


def _stacked(*parts: Numbers) -> Floats:
    out = np.empty((*np.broadcast(*parts).shape, len(parts)))
    for at, part in enumerate(parts):
        out[..., at] = part
    return out


def _own(*parts: Numbers) -> list[Floats]:
    """The parts broadcast against one another, each in memory of its own: pyproj writes into what it is given."""
    return [np.array(part, dtype=np.float64) for part in np.broadcast_arrays(*parts)]

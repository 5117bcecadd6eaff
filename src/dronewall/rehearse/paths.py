"""The path of one thing through the night: drawn once, asked at any time by every sensor."""

from dataclasses import dataclass

import numpy as np

from dronewall.geo.frames import LocalFrame, geodetic_to_ecef
from dronewall.geo.terrain import Terrain
from dronewall.kernels import paths as kernel
from dronewall.units import SECOND_NS, Floats, Ints

STEP_NS = SECOND_NS
"""Knots lie a second apart; between them a path is straight (at 50 m/s on a 600 m turn, 0.5 m off the arc)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Where a thing is, every second from `start_ns`.

    Attributes
    ----------
    ecef_m, velocity_enu_mps : np.ndarray [shape=(n, 3)]
    latitude_rad, longitude_rad, altitude_hae_m, height_agl_m : np.ndarray [shape=(n,)]
    """

    start_ns: int
    ecef_m: Floats
    velocity_enu_mps: Floats
    latitude_rad: Floats
    longitude_rad: Floats
    altitude_hae_m: Floats
    height_agl_m: Floats

    @property
    def end_ns(self) -> int:
        """Time of its last knot."""
        return self.start_ns + (len(self.ecef_m) - 1) * STEP_NS

    @property
    def time_ns(self) -> Ints:
        """Times of the knots."""
        return self.start_ns + STEP_NS * np.arange(len(self.ecef_m), dtype=np.int64)

    def position(self, times_ns: Ints) -> tuple[Floats, Floats]:
        """Positions (earth-centred, m) and velocities (east, north, up there, m/s) at some times.

        A little before its first knot and after its last it goes straight on: sound that is heard left it earlier.

        Returns
        -------
        np.ndarray [shape=(k, 3)], np.ndarray [shape=(k, 3)]
        """
        since_ns = np.ascontiguousarray(times_ns, np.int64) - self.start_ns
        ecef, velocity = kernel.along(self.ecef_m, self.velocity_enu_mps, since_ns, STEP_NS)
        return ecef, velocity


def from_plane(
    *,
    start_ns: int,
    frame: LocalFrame,
    east_m: Floats,
    north_m: Floats,
    terrain: Terrain,
    height_agl_m: Floats,
    band_m: tuple[float, float] | None = None,
    smooth_s: int = 1,
    dive_s: int = 0,
    share: Floats | None = None,
) -> Path:
    """A path from knots on the plane of `frame` and wanted heights above the ground below each.

    The ground that it follows is smoothed over `smooth_s`, as a height is held rather than the ground hugged; the
    height above the real ground is then kept within `band_m`, and `share` of it is flown (None: all). In its last
    `dive_s` it goes down to the ground.
    Tangent-plane coordinates stretch ground distances by 1e-5 at 30 km from the origin.
    """
    latitude, longitude, _ = frame.local_to_geodetic(np.column_stack([east_m, north_m, np.zeros(len(east_m))]))
    ground = terrain.height_hae_m(latitude, longitude)
    height = height_agl_m + kernel.running_mean(ground, smooth_s) - ground
    if band_m is not None:
        height = np.clip(height, *band_m)
    if share is not None:
        height = height * share
    if dive_s > 0:
        height = height * np.clip(np.arange(len(height))[::-1] / dive_s, 0.0, 1.0)
    return from_geodetic(
        start_ns=start_ns,
        latitude_rad=latitude,
        longitude_rad=longitude,
        altitude_hae_m=ground + height,
        height_agl_m=height,
    )


def from_geodetic(
    *, start_ns: int, latitude_rad: Floats, longitude_rad: Floats, altitude_hae_m: Floats, height_agl_m: Floats
) -> Path:
    """A path from knots a second apart."""
    ecef = geodetic_to_ecef(latitude_rad, longitude_rad, altitude_hae_m)
    rate = np.gradient(ecef, axis=0)
    sin_lat, cos_lat = np.sin(latitude_rad), np.cos(latitude_rad)
    sin_lon, cos_lon = np.sin(longitude_rad), np.cos(longitude_rad)
    outward = cos_lon * rate[:, 0] + sin_lon * rate[:, 1]
    velocity = np.column_stack(
        [
            -sin_lon * rate[:, 0] + cos_lon * rate[:, 1],
            -sin_lat * outward + cos_lat * rate[:, 2],
            cos_lat * outward + sin_lat * rate[:, 2],
        ]
    )
    return Path(
        start_ns=start_ns,
        ecef_m=ecef,
        velocity_enu_mps=velocity,
        latitude_rad=latitude_rad,
        longitude_rad=longitude_rad,
        altitude_hae_m=altitude_hae_m,
        height_agl_m=height_agl_m,
    )


def wander(rng: np.random.Generator, n: int, *, sd: float, memory_s: float) -> Floats:
    """Smooth noise of standard deviation `sd` that forgets within about `memory_s`, one value a second.

    A first-order Gauss-Markov process passed through a second one of the same memory, scaled back to `sd`.
    """
    if n == 0 or sd == 0.0:
        return np.zeros(n)
    keep = float(np.exp(-1.0 / memory_s))
    lead = int(6 * memory_s)
    white = rng.standard_normal(n + lead)
    smooth = kernel.forgetting(kernel.forgetting(white, keep), keep)[lead:]
    # the variance of two equal first-order filters in a row, driven by unit white noise
    variance = (1.0 - keep) ** 4 * (1.0 + keep**2) / (1.0 - keep**2) ** 3
    return np.asarray(smooth * (sd / np.sqrt(variance)), np.float64)


def rounded(corners_m: Floats, *, turn_m: float, spacing_m: float = 10.0) -> Floats:
    """Points along a line through `corners_m` [shape=(k, 2)], its corners rounded over `turn_m` of way.

    Returns
    -------
    np.ndarray [shape=(n, 2)]
        About `spacing_m` apart; first and last are the given ones.
    """
    legs = np.hypot(*np.diff(corners_m, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(legs)])
    n = max(int(along[-1] / spacing_m) + 1, 2)
    at = np.linspace(0.0, along[-1], n)
    points = np.column_stack([np.interp(at, along, corners_m[:, axis]) for axis in (0, 1)])
    half = min(int(turn_m / (2.0 * along[-1] / (n - 1))), (n - 1) // 2)
    if half < 1:
        return points
    sums = np.vstack([np.zeros((1, 2)), np.cumsum(points, axis=0)])
    index = np.arange(n)
    reach = np.minimum(half, np.minimum(index, n - 1 - index))
    return np.asarray((sums[index + reach + 1] - sums[index - reach]) / (2 * reach + 1)[:, None], np.float64)


def travelled(points_m: Floats, way_m: Floats, offset_m: Floats) -> tuple[Floats, Floats]:
    """Where one is after `way_m` along a line of points, `offset_m` to the right of it: east and north.

    Parameters
    ----------
    points_m : np.ndarray [shape=(n, 2)]
    way_m, offset_m : np.ndarray [shape=(k,)]
    """
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points_m, axis=0).T))])
    heading = np.gradient(points_m, axis=0)
    heading /= np.maximum(np.hypot(heading[:, 0], heading[:, 1]), 1e-9)[:, None]
    east = np.interp(way_m, along, points_m[:, 0]) + offset_m * np.interp(way_m, along, heading[:, 1])
    north = np.interp(way_m, along, points_m[:, 1]) - offset_m * np.interp(way_m, along, heading[:, 0])
    return east, north


def length_m(points_m: Floats) -> float:
    """Length of a line of points."""
    return float(np.hypot(*np.diff(points_m, axis=0).T).sum())

"""Invented ground that looks like the eastern border's: real topography at 9 km, seeded hills and forest below that.

Everything at a point follows from the seed and the point alone (noise on a hashed lattice, no sequence of random
numbers), so any window of it, in any order and by any worker, shows the same ground. It is not the real ground and says
so wherever it is used; a user who has tiles names them in the wall file instead.
"""

from functools import lru_cache
from importlib.resources import files
from typing import Final

import numpy as np

from dronewall.geo.frames import Numbers
from dronewall.kernels import synthetic as kernel
from dronewall.units import Floats

# Where Mercator's map is true to scale. It is conformal: nowhere are hills or patches stretched, and over the flank
# (48 to 71 degrees north) their size differs from that at Rezekne by a fifth or two.
_TRUE_SCALE_RAD: Final = float(np.radians(56.5))
_RADIUS_M: Final = 6_378_137.0 * float(np.cos(_TRUE_SCALE_RAD))

# Hills: each octave has half the wavelength and 0.6 of the height of the one before (a Hurst exponent of 0.74, which
# is that of moraine; the sum has unit variance). Their standard deviation runs from the plain's to the upland's.
_HILL_WAVELENGTHS_M: Final = np.array([6_400.0, 3_200.0, 1_600.0, 800.0, 400.0, 200.0, 100.0])
_HILL_GAINS: Final[Floats] = 0.6 ** np.arange(7) * np.sqrt(1.0 - 0.6**2)
_PLAIN_SD_M: Final = 3.0
_UPLAND_SD_M: Final = 9.0
_PLAIN_AMSL_M: Final = 60.0
_UPLAND_AMSL_M: Final = 150.0

# Forest stands where a second noise is above nought, so it covers half of the land; stands differ in age and height.
_FOREST_WAVELENGTHS_M: Final = np.array([14_000.0, 3_000.0, 1_100.0, 400.0])
_FOREST_GAINS: Final = np.array([0.45, 0.70, 0.50, 0.30])
_STAND_WAVELENGTHS_M: Final = np.array([700.0, 250.0])
_STAND_GAINS: Final = np.array([0.8, 0.6])
_CANOPY_LOW_M: Final = 15.0
_CANOPY_HIGH_M: Final = 22.0
_SHORE_AMSL_M: Final = 8.0


class SyntheticTerrain:
    """Ground and forest that follow from a seed.

    Heights are ITU-R P.1511 topography (5 arc minutes) under a cubic spline, on the EGM96 geoid, plus fractal hills of
    10 to 40 m from foot to top, higher in the uplands. Half of the land is forest of 15 to 22 m, in patches of some
    hundred metres to kilometres. Outside 14-36 E, 48-71.5 N the topography's edge runs on.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.describe = (
            f"synthetic terrain, seed {seed}: ITU-R P.1511 topography (5 arc minutes, MIT) on the EGM96 geoid with "
            "invented hills and forest; not the real ground"
        )
        # Three families of octaves; SeedSequence spreads neighbouring seeds far apart.
        salts = np.random.SeedSequence(seed).generate_state(32, np.uint32)
        self._hill_salts, self._forest_salts, self._stand_salts = salts[:7], salts[8:12], salts[16:18]

    def height_hae_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        """Height of the bare ground above the ellipsoid (m)."""
        shape, latitude, longitude = _flat(latitude_rad, longitude_rad)
        amsl_m, geoid_m = _topography(latitude, longitude)
        x, y = _mercator(latitude, longitude)
        hills = kernel.noise(x, y, _HILL_WAVELENGTHS_M, _HILL_GAINS, self._hill_salts)
        upland = _smoothstep((amsl_m - _PLAIN_AMSL_M) / (_UPLAND_AMSL_M - _PLAIN_AMSL_M))
        sd_m = (_PLAIN_SD_M + (_UPLAND_SD_M - _PLAIN_SD_M) * upland) * _smoothstep(amsl_m / _SHORE_AMSL_M)
        return (amsl_m + geoid_m + sd_m * hills).reshape(shape)

    def canopy_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        """Height of the forest above the ground (m); 0 in the open."""
        shape, latitude, longitude = _flat(latitude_rad, longitude_rad)
        x, y = _mercator(latitude, longitude)
        canopy = np.zeros(latitude.shape)
        forest = kernel.noise(x, y, _FOREST_WAVELENGTHS_M, _FOREST_GAINS, self._forest_salts) > 0.0
        inside = np.flatnonzero(forest)
        age = kernel.noise(x[inside], y[inside], _STAND_WAVELENGTHS_M, _STAND_GAINS, self._stand_salts)
        height_m = _CANOPY_LOW_M + (_CANOPY_HIGH_M - _CANOPY_LOW_M) * _smoothstep(0.5 + 0.3 * age)
        amsl_m, _ = _topography(latitude[inside], longitude[inside])
        canopy[inside] = np.where(amsl_m > _SHORE_AMSL_M / 2, height_m, 0.0)
        return canopy.reshape(shape)


def topography_amsl_m(latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
    """Real topography above mean sea level (m) at 5 arc minutes, ITU-R P.1511; NaN outside 14-36 E, 48-71.5 N."""
    shape, latitude, longitude = _flat(latitude_rad, longitude_rad)
    amsl_m, _ = _topography(latitude, longitude)
    north_deg, east_deg = np.degrees(latitude), np.degrees(longitude)
    inside = (north_deg >= 48.0) & (north_deg <= 71.5) & (east_deg >= 14.0) & (east_deg <= 36.0)
    return np.where(inside, amsl_m, np.nan).reshape(shape)


def _flat(latitude_rad: Numbers, longitude_rad: Numbers) -> tuple[tuple[int, ...], Floats, Floats]:
    latitude, longitude = np.broadcast_arrays(latitude_rad, longitude_rad)
    return (
        latitude.shape,
        np.ascontiguousarray(latitude, np.float64).ravel(),
        np.ascontiguousarray(longitude, np.float64).ravel(),
    )


def _mercator(latitude_rad: Floats, longitude_rad: Floats) -> tuple[Floats, Floats]:
    """Coordinates in which noise is drawn (m), true to scale at 56.5 degrees; the poles are cut off at 89."""
    limit = np.radians(89.0)
    return _RADIUS_M * longitude_rad, _RADIUS_M * np.arctanh(np.sin(np.clip(latitude_rad, -limit, limit)))


def _topography(latitude_rad: Floats, longitude_rad: Floats) -> tuple[Floats, Floats]:
    """Height above mean sea level and of the geoid above the ellipsoid (m), both [shape=(n,)]."""
    coefficients, north_deg, west_deg, nodes_per_deg = _grid()
    row = (north_deg - np.degrees(latitude_rad)) * nodes_per_deg
    column = (np.degrees(longitude_rad) - west_deg) * nodes_per_deg
    out = np.empty((2, row.size))
    kernel.spline(row, column, coefficients, out)
    return out[0], out[1]


@lru_cache(maxsize=1)
def _grid() -> tuple[Floats, float, float, float]:
    """Spline coefficients of topography and geoid [shape=(2, rows, columns)], the north-west node, nodes a degree.

    `design/ground_splines.py` made them.
    """
    with (files("dronewall.geo") / "data" / "ground_splines.npz").open("rb") as file, np.load(file) as grid:
        return grid["coefficients"], float(grid["north_deg"]), float(grid["west_deg"]), 12.0


def _smoothstep(t: Floats) -> Floats:
    """0 below 0, 1 above 1, and a smooth rise between."""
    t = np.clip(t, 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), dtype=np.float64)

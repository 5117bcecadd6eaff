"""The same ground, wrong in a stated way: heights off by some metres, trees gone or of another height.

For asking how firm an answer is that was computed over ground which nobody has surveyed.
"""

from typing import Final

import numpy as np

from dronewall.geo.frames import MEAN_RADIUS_M, Numbers
from dronewall.geo.terrain import Terrain
from dronewall.kernels import synthetic as kernel
from dronewall.units import Bools, Floats

_WAVELENGTHS_M: Final = np.array([4_000.0, 1_500.0, 500.0])
_GAINS: Final = np.array([0.6, 0.6, 0.5])
_SALTS: Final = np.array([17, 1009, 4093], np.uint32)


class Disturbed:
    """A terrain with errors.

    Parameters
    ----------
    ground : Terrain
    error_m : float
        Heights are off by up to so much either way, smoothly over some hundred metres to kilometres; the other sign is
        the opposite error everywhere.
    canopy_m : float, optional
        How high trees are: where the ground knows of trees, there; where it knows of none, everywhere.
    """

    def __init__(self, ground: Terrain, *, error_m: float = 0.0, canopy_m: float | None = None) -> None:
        self._ground, self._error_m, self._canopy_m = ground, error_m, canopy_m
        self.cell_m = float(getattr(ground, "cell_m", 30.0))
        self.sea_beyond = bool(getattr(ground, "sea_beyond", True))
        off = f", heights off by up to {abs(error_m):g} m" if error_m else ""
        trees = f", trees of {canopy_m:g} m" if canopy_m is not None else ""
        self.describe = ground.describe + off + trees

    def height_hae_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        """The ground's own heights and the error."""
        height_m = self._ground.height_hae_m(latitude_rad, longitude_rad)
        if self._error_m == 0.0:
            return height_m
        latitude, longitude = np.broadcast_arrays(latitude_rad, longitude_rad)
        y = np.ascontiguousarray(latitude, np.float64).ravel() * MEAN_RADIUS_M
        x = np.ascontiguousarray(longitude, np.float64).ravel() * (MEAN_RADIUS_M * 0.55)
        noise = kernel.noise(x, y, _WAVELENGTHS_M, _GAINS, _SALTS).reshape(latitude.shape)
        return np.asarray(height_m + self._error_m * np.clip(noise, -1.0, 1.0))

    def canopy_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        """The ground's own trees, or trees of the stated height."""
        own = self._ground.canopy_m(latitude_rad, longitude_rad)
        if self._canopy_m is None:
            return own
        return np.where((own > 0.0) | (not own.any()), self._canopy_m, 0.0)

    def covers(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Bools:
        """As the ground's own."""
        covers = getattr(self._ground, "covers", None)
        shape = np.broadcast_shapes(np.shape(latitude_rad), np.shape(longitude_rad))
        return np.ones(shape, np.bool_) if covers is None else np.asarray(covers(latitude_rad, longitude_rad))

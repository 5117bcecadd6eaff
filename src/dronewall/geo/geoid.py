"""The geoid EGM96: where mean sea level lies above the ellipsoid, and heights from one to the other.

A file's "height above sea level" (SRTM, Copernicus, ITU-R P.1511) stands on the geoid; dronewall computes on the
ellipsoid. Under Rezekne the two are 20 m apart. SciPy's filters are imported where they are used: a tenth of a second.
"""

from functools import lru_cache
from importlib.resources import files
from typing import Final

import numpy as np

from dronewall.geo.frames import Numbers
from dronewall.units import Floats

_NODES_PER_RADIAN: Final = 4.0 * 180.0 / np.pi
_MARGIN: Final = 12


def undulation_m(latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
    """Height of the EGM96 geoid above the WGS-84 ellipsoid (m).

    A cubic spline over 15' nodes; within 3 cm of the full 5' grid anywhere (`design/geoid_grid.py`), where EGM96
    itself is good to about half a metre.
    """
    latitude_rad, longitude_rad = np.broadcast_arrays(latitude_rad, longitude_rad)
    row = (latitude_rad + np.pi / 2) * _NODES_PER_RADIAN + _MARGIN
    column = (longitude_rad + np.pi) * _NODES_PER_RADIAN
    from scipy import ndimage

    where = np.stack([np.ravel(row), np.ravel(column)])
    found = ndimage.map_coordinates(_spline(), where, order=3, mode="grid-wrap", prefilter=False)
    return np.asarray(found, dtype=np.float64).reshape(np.shape(row))


def amsl_to_hae(altitude_amsl_m: Numbers, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
    """Height above the ellipsoid (m) of a height above mean sea level."""
    return altitude_amsl_m + undulation_m(latitude_rad, longitude_rad)


def hae_to_amsl(altitude_hae_m: Numbers, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
    """Height above mean sea level (m) of a height above the ellipsoid."""
    return altitude_hae_m - undulation_m(latitude_rad, longitude_rad)


@lru_cache(maxsize=1)
def _spline() -> Floats:
    """Coefficients of the cubic B-spline [shape=(721 + 2 * margin, 1440)].

    Rows run from the south pole to the north pole; beyond a pole the margin holds the meridian opposite, so that the
    spline is as smooth there as anywhere. Columns run round from -180 degrees.
    """
    with (files("dronewall.geo") / "data" / "egm96_15arcmin.npz").open("rb") as file, np.load(file) as grid:
        nodes_m = np.cumsum(np.cumsum(grid["undulation_cm_d2"].astype(np.int32), axis=0), axis=1) / 100.0
    from scipy import ndimage

    half_round = nodes_m.shape[1] // 2
    beyond_south = np.roll(nodes_m[_MARGIN:0:-1], half_round, axis=1)
    beyond_north = np.roll(nodes_m[-2 : -_MARGIN - 2 : -1], half_round, axis=1)
    padded = np.vstack([beyond_south, nodes_m, beyond_north])
    along = ndimage.spline_filter1d(padded, order=3, axis=1, mode="grid-wrap")
    return np.asarray(ndimage.spline_filter1d(along, order=3, axis=0, mode="mirror"))

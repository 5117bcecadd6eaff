"""Heights of what stands on bare ground, from a raster of land-cover classes: forest, houses.

Classes are numbers of the raster's own legend; a table says how high each stands. That of ESA WorldCover is known. What
is not in the table, and what lies off the raster, is open ground.
"""

import warnings
from pathlib import Path
from typing import Final

import numpy as np
import pyproj

from dronewall.errors import BadInput
from dronewall.geo.frames import Numbers
from dronewall.geo.raster import need_rasterio, unreadable
from dronewall.geo.terrain import Terrain
from dronewall.regular import refuse_special
from dronewall.units import Bools, Floats, Ints

WORLDCOVER_M: Final = {10: 18.0, 20: 2.0, 50: 8.0, 95: 8.0}
"""Representative heights (m): trees, shrubs, built-up, mangroves. Assumptions, of the kind of ITU-R P.452's table 4."""
_WORLDCOVER: Final = frozenset({0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100})
HIGHEST_M: Final = 150.0
LARGEST_CELLS: Final = 400_000_000


class LandCover:
    """Classes of a GeoTIFF: one band of whole numbers with a coordinate system.

    Raises
    ------
    BadInput
        It cannot be read, or holds no classes.
    """

    def __init__(self, path: Path) -> None:
        self.classes, self._inverse, self._from_wgs84 = _read(path)

    def at(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Ints:
        """The class at each point; -1 where there is none, and off the raster."""
        latitude, longitude = np.broadcast_arrays(latitude_rad, longitude_rad)
        x, y = self._from_wgs84.transform(np.degrees(longitude).ravel(), np.degrees(latitude).ravel())
        a, b, c, d, e, f = self._inverse
        column, row = np.floor(a * x + b * y + c), np.floor(d * x + e * y + f)
        rows, columns = self.classes.shape
        inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        found = np.full(row.shape, -1, np.int64)
        found[inside] = self.classes[row[inside].astype(np.int64), column[inside].astype(np.int64)]
        return found.reshape(latitude.shape)


class Clothed:
    """Bare ground with the heights of a land-cover raster on it.

    Parameters
    ----------
    ground : Terrain
        Bare earth, or a surface in which little stands. Trees that it knows of itself are replaced.
    path : Path
        One band of whole numbers with a coordinate system.
    heights_m : dict, optional
        Height of each class; left out, that of ESA WorldCover if its classes are those.

    Raises
    ------
    BadInput
        The raster cannot be read, or it needs a table; the ground is a surface model, which holds its trees already.
    """

    def __init__(self, ground: Terrain, path: Path, heights_m: dict[int, float] | None = None) -> None:
        if "a surface model" in ground.describe:
            raise BadInput(
                f"--land-cover {path}: the terrain is a surface model in which trees and houses stand already; they "
                "would count twice",
                key="land_cover",
            )
        self._ground = ground
        self.cell_m = float(getattr(ground, "cell_m", 30.0))
        self.sea_beyond = bool(getattr(ground, "sea_beyond", True))
        self._cover = LandCover(path)
        if heights_m is None:
            there = {int(value) for value in np.unique(self._cover.classes)}
            if not there <= _WORLDCOVER:
                some = ", ".join(str(value) for value in sorted(there)[:8])
                raise BadInput(
                    f"{path} holds classes that are not ESA WorldCover's ({some}); say how high each stands, as "
                    "--clutter 311=20,112=8",
                    file=str(path),
                    key="clutter",
                )
            heights_m = WORLDCOVER_M
        largest = int(self._cover.classes.max())
        self._heights = np.zeros(largest + 1)
        for code, height_m in heights_m.items():
            if 0 <= code <= largest:
                self._heights[code] = height_m
        table = ", ".join(f"{code}: {height:g} m" for code, height in sorted(heights_m.items()))
        self.describe = f"{ground.describe}; on it the land cover of {path.name} ({table})"

    def height_hae_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        """The ground's own."""
        return self._ground.height_hae_m(latitude_rad, longitude_rad)

    def canopy_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        """Height of the class there; 0 in the open and off the raster."""
        classes = self._cover.at(latitude_rad, longitude_rad)
        return np.asarray(self._heights[np.maximum(classes, 0)] * (classes >= 0))

    def covers(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Bools:
        """As the ground's own."""
        covers = getattr(self._ground, "covers", None)
        shape = np.broadcast_shapes(np.shape(latitude_rad), np.shape(longitude_rad))
        return np.ones(shape, np.bool_) if covers is None else np.asarray(covers(latitude_rad, longitude_rad))


def clutter(text: str) -> dict[int, float]:
    """`311=20,112=8` as heights by class.

    Raises
    ------
    BadInput
        It is not of that form, or a height is not between 0 and 150 m.
    """
    found = {}
    try:
        for part in text.split(","):
            code, _, height = part.partition("=")
            found[int(code)] = float(height)
    except ValueError:
        raise BadInput(f"--clutter {text}: give class=metres with commas, as 311=20,112=8", key="clutter") from None
    if not all(code >= 0 and 0.0 <= height <= HIGHEST_M for code, height in found.items()):
        raise BadInput(f"--clutter {text}: classes are not negative and heights 0 to {HIGHEST_M:g} m", key="clutter")
    return found


def _read(path: Path) -> tuple[np.ndarray, tuple[float, ...], pyproj.Transformer]:
    """Classes [shape=(rows, columns)] (-1: none), the inverse of the geotransform, and WGS-84 to its system."""
    rasterio = need_rasterio()
    refuse_special(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            data = rasterio.open(path)
        with data:
            if data.crs is None:
                raise BadInput(f"{path} has no coordinate system, so nobody knows where it lies", file=str(path))
            if data.count != 1 or data.width * data.height > LARGEST_CELLS:
                raise BadInput(
                    f"{path} holds {data.count} bands of {data.width} x {data.height} cells; land cover is one band of "
                    f"at most {LARGEST_CELLS:,}",
                    file=str(path),
                )
            band = data.read(1, masked=True)
            crs, inverse = pyproj.CRS.from_wkt(data.crs.to_wkt()), tuple(~data.transform)[:6]
    except (rasterio.errors.RasterioError, OSError, pyproj.exceptions.CRSError) as error:
        raise unreadable(path, error) from None
    values = np.ma.filled(band.astype(np.float64), np.nan)
    there = np.isfinite(values)
    if not there.any() or (values[there] != np.round(values[there])).any() or (np.abs(values[there]) > 65_535).any():
        raise BadInput(f"{path} holds no classes: land cover is whole numbers from 0 to 65535", file=str(path))
    classes = np.where(there & (values >= 0.0), np.nan_to_num(values), -1.0).astype(np.int32)
    return classes, inverse, pyproj.Transformer.from_crs(4326, crs, always_xy=True)

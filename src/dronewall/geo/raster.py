"""One GeoTIFF of heights, read piece by piece: what it says of itself, its voids filled, onto the ellipsoid.

What a raster must say: its coordinate system (degrees or metres, any that PROJ knows), one band, metres. What it may
say: the datum of its heights. A compound or three-dimensional system names it; Copernicus tiles, known by their names,
stand on EGM2008; else heights are taken as above mean sea level. EGM2008 and national levels are taken as EGM96, from
which they differ by less than about a metre here; ellipsoidal heights are taken as they are.

Voids (the raster's own no-data value, NaN, heights that do not exist on earth) are counted when it is opened, strip by
strip, and filled smoothly; a raster of nothing else is refused. A piece has the same heights whichever way it is cut.
"""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyproj
from numpy.typing import NDArray

from dronewall.errors import BadInput, Unavailable
from dronewall.geo.frames import Numbers
from dronewall.geo.geoid import undulation_m
from dronewall.geo.voids import SIDE, Coarse
from dronewall.regular import refuse_special
from dronewall.units import Bools, Floats, Ints

LOWEST_M: Final = -500.0  # the shore of the Dead Sea lies at -430
HIGHEST_M: Final = 9000.0
LARGEST_CELLS: Final = 20_000_000_000
COPERNICUS: Final = re.compile(r"^Copernicus_(DSM|DGM)_", re.IGNORECASE)
_STRIP_CELLS: Final = 4_000_000
_GEOID_STEP: Final = 32  # cells between the nodes at which the geoid is computed
_METRES: Final = frozenset({"", "m", "metre", "meter", "metres", "meters"})
_CACHE_MB: Final = 64

ELLIPSOID: Final = "the ellipsoid"
EGM2008: Final = "EGM2008"
NOT_SAID: Final = "mean sea level (the file does not say which)"


@dataclass(kw_only=True)
class Raster:
    """One file: `inverse` (a, b, c, d, e, f) turns its x, y into column and row of cell centres.

    Attributes
    ----------
    datum : str
        What its heights stand on.
    voids : int
    """

    path: Path
    crs: pyproj.CRS
    inverse: tuple[float, float, float, float, float, float]
    rows: int
    columns: int
    scale: float
    offset: float
    dtype: str
    datum: str
    voids: int = 0

    def cells(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Fractional row and column, 0 at the centre of the first cell."""
        a, b, c, d, e, f = self.inverse
        return d * x + e * y + f - 0.5, a * x + b * y + c - 0.5

    def places(self, row: Numbers, column: Numbers) -> tuple[Floats, Floats]:
        """x and y of cell centres."""
        a, b, c, d, e, f = self.inverse
        u, v = np.asarray(column) + 0.5 - c, np.asarray(row) + 0.5 - f
        determinant = a * e - b * d
        return (e * u - b * v) / determinant, (a * v - d * u) / determinant

    def piece(self, rows: slice, columns: slice) -> NDArray[np.float32]:
        """Heights of a window above the ellipsoid (m), voids filled.

        Raises
        ------
        BadInput
            The file cannot be read any more.
        """
        values, missing = self._read(rows, columns)
        if missing.any():
            down, along = _wider(rows, self.rows), _wider(columns, self.columns)
            values, missing = self._read(down, along)
            values = self._coarse.window(down.start, along.start, values, missing)
            values = values[_within(rows, down), _within(columns, along)]
        if self.datum != ELLIPSOID:
            values = values + self._geoid_m(rows, columns)
        return values.astype(np.float32)

    def cell_m(self) -> float:
        """Side of a cell in the middle of the raster along the ground (m), the geometric mean of its two."""
        row, column = np.array([0.0, 1.0, 0.0]) + self.rows // 2, np.array([0.0, 0.0, 1.0]) + self.columns // 2
        latitude, longitude = to_wgs84(self.crs, *self.places(row, column))
        geod = pyproj.Geod(ellps="WGS84")
        sides = [geod.inv(longitude[0], latitude[0], longitude[i], latitude[i])[2] for i in (1, 2)]
        return float(np.sqrt(sides[0] * sides[1]))

    def scan(self) -> None:
        """Count the voids.

        Raises
        ------
        BadInput
            It cannot be read, or holds only voids.
        """
        beyond = 0.0
        with _opened(self.path) as data:
            for _, heights, missing in self._strips(data):
                self.voids += int(np.count_nonzero(missing))
                beyond = max(beyond, float(np.abs(heights).max(where=np.isfinite(heights), initial=0.0)))
        if self.voids == self.rows * self.columns and beyond > 0.0:
            raise BadInput(
                f"{self.path} holds no height between {LOWEST_M:g} and {HIGHEST_M:g} m, but numbers up to "
                f"{beyond:g}: are they metres, and is its scale said?",
                file=str(self.path),
            )
        if self.voids == self.rows * self.columns:
            raise BadInput(f"{self.path} holds only voids; there is no ground in it", file=str(self.path))

    @cached_property
    def _coarse(self) -> Coarse:
        """What voids are filled from; read when the first of them is met."""
        coarse = Coarse((self.rows, self.columns))
        with _opened(self.path) as data:
            for first, values, missing in self._strips(data):
                coarse.add(first, values, missing)
        return coarse

    def _strips(self, data: Any) -> Iterator[tuple[int, Floats, Bools]]:
        """All of it in whole rows: the first of them, heights, voids."""
        step = max(SIDE, _STRIP_CELLS // self.columns // SIDE * SIDE)
        for first in range(0, self.rows, step):
            yield first, *self._of(data, slice(first, min(first + step, self.rows)), slice(0, self.columns))

    def _read(self, rows: slice, columns: slice) -> tuple[Floats, Bools]:
        with _opened(self.path) as data:
            return self._of(data, rows, columns)

    def _of(self, data: Any, rows: slice, columns: slice) -> tuple[Floats, Bools]:
        """Heights as the file has them, and where there are none."""
        window = (rows.start, rows.stop), (columns.start, columns.stop)
        band = data.read(
            1, masked=True, window=window, out_dtype="float64" if self.dtype == "float64" else "float32"
        )  # fmt: skip
        heights = np.asarray(band.filled(np.nan))
        if (self.scale, self.offset) != (1.0, 0.0):
            heights = heights * self.scale + self.offset
        with np.errstate(invalid="ignore"):
            missing = ~((heights >= LOWEST_M) & (heights <= HIGHEST_M))
        return heights, missing

    def _geoid_m(self, rows: slice, columns: slice) -> Floats:
        """The geoid over a window, bilinear between nodes every 32 cells of the raster."""
        (down, below), (along, beside) = _nodes(rows, self.rows), _nodes(columns, self.columns)
        latitude, longitude = to_wgs84(self.crs, *self.places(down[:, None], along[None, :]))
        nodes = undulation_m(np.radians(latitude), np.radians(longitude))
        across = np.array([np.interp(beside, along, line) for line in nodes])
        at = np.minimum(np.searchsorted(down, below, "right") - 1, len(down) - 2)
        share = ((below - down[at]) / (down[at + 1] - down[at]))[:, None]
        return np.asarray((1.0 - share) * across[at] + share * across[at + 1])


def open_raster(path: Path) -> Raster:
    """One GeoTIFF, read through once for its voids.

    Raises
    ------
    BadInput
        It is no raster of one band, has no coordinate system, is not in metres, is too large, or holds only voids.
    Unavailable
        rasterio is not installed.
    """
    refuse_special(path)
    with _opened(path) as data:
        _check(path, data)
        crs = pyproj.CRS.from_wkt(data.crs.to_wkt())
        horizontal, datum = _datums(crs, path)
        if datum == NOT_SAID and not data.units[0]:
            _not_in_feet(horizontal, path)
        found = Raster(
            path=path,
            crs=horizontal,
            inverse=tuple(~data.transform)[:6],
            rows=data.height,
            columns=data.width,
            scale=data.scales[0],
            offset=data.offsets[0],
            dtype=data.dtypes[0],
            datum=datum,
        )
    found.scan()
    return found


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The file as rasterio has it; what goes wrong with it is one sentence."""
    rasterio = need_rasterio()
    try:
        with warnings.catch_warnings(), rasterio.Env(GTIFF_REPORT_COMPD_CS="YES", GDAL_CACHEMAX=_CACHE_MB):
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            with rasterio.open(path) as data:
                yield data
    except (rasterio.errors.RasterioError, OSError, pyproj.exceptions.CRSError) as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: Exception) -> BadInput:
    """The sentence on a raster that GDAL cannot open or read."""
    if not path.exists():
        return BadInput(f"{path} is not there; give a GeoTIFF", file=str(path))
    said = str(error.__cause__ or error).replace("\n", " ")
    if "ReadBlock" in said or "TIFFRead" in said or "TIFFFillStrip" in said:
        why = f"a part of it cannot be read: it is cut short or damaged, fetch it anew (GDAL: {said})"
    elif "not recognized as being in a supported" in said:
        why = "it is none, or its head is damaged"
    else:
        why = said
    return BadInput(f"{path} cannot be read as a GeoTIFF: {why}", file=str(path))


def need_rasterio() -> Any:
    """The package rasterio, which reads and writes GeoTIFF.

    Raises
    ------
    Unavailable
        It is not installed.
    """
    try:
        import rasterio
        import rasterio.errors
    except ImportError:
        raise Unavailable("GeoTIFF needs the package rasterio: pip install 'dronewall[plan]'") from None
    return rasterio


def _check(path: Path, data: Any) -> None:
    if data.crs is None:
        raise BadInput(
            f"{path} has no coordinate system, so nobody knows where it lies; give it one "
            "(gdal_edit.py -a_srs EPSG:...), or another file",
            file=str(path),
        )
    if data.count != 1:
        raise BadInput(f"{path} holds {data.count} bands; a terrain raster holds one, its heights", file=str(path))
    if (data.units[0] or "").lower() not in _METRES:
        raise BadInput(f"{path} holds heights in '{data.units[0]}'; they must be metres", file=str(path))
    if data.colorinterp[0].name == "palette":
        raise BadInput(
            f"{path} has a table of colours: it holds classes, not heights; land cover goes to --land-cover",
            file=str(path),
        )
    if data.width < 2 or data.height < 2:
        raise BadInput(f"{path} has {data.width} x {data.height} cells; a terrain raster has more", file=str(path))
    if data.width * data.height > LARGEST_CELLS:
        raise BadInput(
            f"{path} has {data.width} x {data.height} cells, more than {LARGEST_CELLS:,}; cut out the wall's part "
            "(gdal_translate -projwin ...) or make its cells larger",
            file=str(path),
        )
    if data.transform.determinant == 0.0 or data.transform.is_identity:
        raise BadInput(f"{path} does not say where its cells lie; give a GeoTIFF with a geotransform", file=str(path))


def _datums(crs: pyproj.CRS, path: Path) -> tuple[pyproj.CRS, str]:
    """The horizontal system and what the heights stand on."""
    vertical, horizontal = None, crs
    if crs.is_compound:
        horizontal, vertical = crs.sub_crs_list[0], crs.sub_crs_list[1]
    elif len(crs.axis_info) == 3 and not crs.is_geocentric:
        _metric(crs.axis_info[2].unit_name, crs.axis_info[2].direction, path)
        return crs.to_2d(), ELLIPSOID
    if not (horizontal.is_geographic or horizontal.is_projected):
        raise BadInput(
            f"{path}: its coordinate system '{horizontal.name}' is neither degrees nor a map projection; reproject it "
            "(gdalwarp -t_srs EPSG:4326)",
            file=str(path),
        )
    if vertical is None:
        return horizontal, EGM2008 if COPERNICUS.match(path.name) else NOT_SAID
    axis = vertical.axis_info[0]
    _metric(axis.unit_name, axis.direction, path)
    name = vertical.name.removesuffix(" height")
    return horizontal, ELLIPSOID if "ellips" in name.lower() else name


def _metric(unit: str, direction: str, path: Path) -> None:
    if unit not in ("metre", "meter", "unknown") or direction == "down":
        raise BadInput(f"{path} has heights in {unit}, counted {direction}; they must be metres upward", file=str(path))


def _not_in_feet(horizontal: pyproj.CRS, path: Path) -> None:
    """A map in feet that says nothing of its heights most likely has them in feet too, and nobody knows."""
    unit = horizontal.axis_info[0].unit_name
    if "foot" in unit or "feet" in unit:
        raise BadInput(
            f"{path} is a map in {unit} and does not say what its heights are in; they must be metres, and the file "
            "must say so (a unit of its band, or a vertical coordinate system)",
            file=str(path),
        )


def from_wgs84(crs: pyproj.CRS) -> pyproj.Transformer | None:
    """From WGS-84 in degrees to a system, x first; None where it is WGS-84 in degrees."""
    if crs.to_epsg() == 4326:
        return None
    return pyproj.Transformer.from_crs(4326, crs, always_xy=True)


def to_wgs84(crs: pyproj.CRS, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude (deg)."""
    transformer = from_wgs84(crs)
    if transformer is None:
        return y, x
    longitude, latitude = transformer.transform(x, y, direction="INVERSE")
    return latitude, longitude


def _wider(part: slice, most: int) -> slice:
    """A window with what its voids take their heights from, on multiples of 64 cells."""
    return slice(max(part.start // SIDE - 1, 0) * SIDE, min((-(-part.stop // SIDE) + 1) * SIDE, most))


def _within(part: slice, wide: slice) -> slice:
    return slice(part.start - wide.start, part.stop - wide.start)


def _nodes(part: slice, most: int) -> tuple[Floats, Ints]:
    """Of the nodes along one side of a raster those about a window, and the window's own cells."""
    last = -(-(most - 1) // _GEOID_STEP)
    low, high = min(part.start // _GEOID_STEP, last - 1), max(-(-(part.stop - 1) // _GEOID_STEP), 1)
    numbers = np.arange(low, max(high, low + 1) + 1)
    return np.minimum(numbers * _GEOID_STEP, most - 1).astype(np.float64), np.arange(part.start, part.stop)

"""Real ground from GeoTIFF: Copernicus GLO-30 and GLO-90 tiles, national models, anything that says where it lies.

What a raster must say: its coordinate system (degrees or metres, any that PROJ knows), one band, metres. What it may
say: the datum of its heights. A compound or three-dimensional system names it; Copernicus tiles, known by their names,
stand on EGM2008; else heights are taken as above mean sea level. EGM2008 and national levels are taken as EGM96, from
which they differ by less than about a metre here; ellipsoidal heights are taken as they are. Two datums in one mosaic
are refused.

Tiles may differ in resolution and in coordinate system (GLO-30 has 2,400 columns from 50 to 60 degrees north and 1,800
from there to 70; UTM tiles change zone): each is read in its own cells, and on a seam the neighbour's cells are used.
Where two overlap the first by name holds. Voids (the raster's own no-data value, NaN, heights that do not exist on
earth) are filled smoothly and counted; a raster of nothing else is refused.
"""

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyproj
from numpy.typing import NDArray

from dronewall.errors import BadInput, Unavailable
from dronewall.geo.frames import Numbers
from dronewall.geo.geoid import undulation_m
from dronewall.geo.hgt import smooth_fill
from dronewall.kernels import geotiff as kernel
from dronewall.regular import refuse_special
from dronewall.units import Bools, Floats

LOWEST_M: Final = -500.0  # the shore of the Dead Sea lies at -430
HIGHEST_M: Final = 9000.0
LARGEST_CELLS: Final = 400_000_000
_COPERNICUS: Final = re.compile(r"^Copernicus_(DSM|DGM)_", re.IGNORECASE)
_GEOID_STEP: Final = 32  # cells between the nodes at which the geoid is computed
_METRES: Final = frozenset({"", "m", "metre", "meter", "metres", "meters"})

ELLIPSOID: Final = "the ellipsoid"
EGM2008: Final = "EGM2008"
NOT_SAID: Final = "mean sea level (the file does not say which)"


@dataclass(kw_only=True)
class Tile:
    """One raster: `inverse` (a, b, c, d, e, f) turns its x, y into column and row of cell centres."""

    path: Path
    crs: pyproj.CRS
    inverse: tuple[float, float, float, float, float, float]
    heights: NDArray[np.float32]
    voids: int
    datum: str
    ringed: NDArray[np.float32] = field(init=False)

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


class RasterTerrain:
    """Ground from one or more GeoTIFFs.

    Parameters
    ----------
    paths : list of Path
        In any arrangement; where two overlap the first holds.

    Attributes
    ----------
    tiles, voids_filled : int
    cell_m : float
        The finest cell of them, along the ground.
    sea_beyond : bool
        Whether what lies off the rasters is open sea: Copernicus leaves out such tiles. Else it is not known (and taken
        as sea level where a height must be said).
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._tiles = [read_raster(path) for path in paths]
        datums = sorted({tile.datum for tile in self._tiles})
        if len(datums) > 1:
            named = "; ".join(
                f"{next(t.path.name for t in self._tiles if t.datum == datum)} on {datum}" for datum in datums
            )
            raise BadInput(
                f"the heights of the terrain stand on different datums ({named}); give tiles of one vertical datum",
                key="wall.terrain",
            )
        self.tiles = len(self._tiles)
        self.voids_filled = sum(tile.voids for tile in self._tiles)
        for tile in self._tiles:
            _onto_ellipsoid(tile)
        self._ring()
        self.cell_m = min(_cell_m(tile) for tile in self._tiles)
        self.sea_beyond = all(_COPERNICUS.match(path.name) for path in paths)
        systems = ", ".join(sorted({tile.crs.name for tile in self._tiles}))
        cells = sum(tile.heights.size for tile in self._tiles)
        self.describe = (
            f"GeoTIFF, {self.tiles} {'raster' if self.tiles == 1 else 'rasters'} ({_listed(paths)}), {systems}, "
            f"cells of {self.cell_m:.0f} m, heights on {datums[0]}"
            f"{' taken as EGM96' if datums[0] != ELLIPSOID else ''}, {self.voids_filled} voids filled "
            f"({self.voids_filled / cells:.1%}); {_surface(paths)}; "
            + (
                "sea level where there is no raster"
                if self.sea_beyond
                else "beyond the rasters the ground is not known"
            )
        )

    def height_hae_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        """Height of the ground above the ellipsoid (m), bilinear between cell centres."""
        latitude, longitude = np.broadcast_arrays(latitude_rad, longitude_rad)
        found = self._sampled(latitude, longitude)
        bare = np.isnan(found)
        if bare.any():
            found[bare] = undulation_m(latitude[bare], longitude[bare])
        return found

    def canopy_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        """0: a surface model holds its trees already, and of a bare-earth model they are not known."""
        return np.zeros(np.broadcast_shapes(np.shape(latitude_rad), np.shape(longitude_rad)))

    def covers(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Bools:
        """Whether there is a raster at each point."""
        return np.asarray(~np.isnan(self._sampled(*np.broadcast_arrays(latitude_rad, longitude_rad))))

    @cached_property
    def _systems(self) -> list[tuple[pyproj.Transformer | None, list[Tile]]]:
        """Tiles by coordinate system, in their order; None where it is WGS-84 in degrees."""
        groups: list[tuple[pyproj.CRS, list[Tile]]] = []
        for tile in self._tiles:
            if groups and groups[-1][0] == tile.crs:
                groups[-1][1].append(tile)
            else:
                groups.append((tile.crs, [tile]))
        return [(_from_wgs84(crs), tiles) for crs, tiles in groups]

    def _sampled(self, latitude_rad: Floats, longitude_rad: Floats) -> Floats:
        """Heights above the ellipsoid; NaN off the rasters."""
        shape = latitude_rad.shape
        latitude_deg, longitude_deg = np.degrees(latitude_rad).ravel(), np.degrees(longitude_rad).ravel()
        out = np.full(latitude_deg.shape, np.nan)
        for transformer, tiles in self._systems:
            x, y = longitude_deg, latitude_deg
            if transformer is not None:
                x, y = transformer.transform(longitude_deg, latitude_deg)
            for tile in tiles:
                row, column = tile.cells(x, y)
                kernel.fill_bilinear(row, column, tile.ringed, out)
        return out.reshape(shape)

    def _ring(self) -> None:
        """Give each tile its ring: the neighbours' heights where there are any, else its own edge once more."""
        for tile in self._tiles:
            tile.ringed = np.pad(tile.heights, 1, mode="edge")
        if len(self._tiles) == 1:
            return
        rings = []
        for tile in self._tiles:
            rows, columns = tile.heights.shape
            row = np.concatenate(
                [np.full(columns + 2, -1), np.full(columns + 2, rows), np.arange(rows), np.arange(rows)]
            )
            along = np.arange(-1, columns + 1)
            column = np.concatenate([along, along, np.full(rows, -1), np.full(rows, columns)])
            latitude, longitude = _to_wgs84(tile.crs, *tile.places(row, column))
            rings.append((row + 1, column + 1, self._sampled(np.radians(latitude), np.radians(longitude))))
        for tile, (row, column, found) in zip(self._tiles, rings, strict=True):
            there = ~np.isnan(found)
            tile.ringed[row[there], column[there]] = found[there]


def read_raster(path: Path) -> Tile:
    """One GeoTIFF with its voids filled; heights as the file has them.

    Raises
    ------
    BadInput
        It is no raster of one band, has no coordinate system, is not in metres, is too large, or holds only voids.
    Unavailable
        rasterio is not installed.
    """
    rasterio = need_rasterio()
    refuse_special(path)
    try:
        with warnings.catch_warnings(), rasterio.Env(GTIFF_REPORT_COMPD_CS="YES"):
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            data = rasterio.open(path)
        with data:
            _check(path, data)
            crs = pyproj.CRS.from_wkt(data.crs.to_wkt())
            inverse = tuple(~data.transform)[:6]
            band = data.read(1, masked=True, out_dtype="float64" if data.dtypes[0] == "float64" else "float32")
            scale, offset = data.scales[0], data.offsets[0]
    except (rasterio.errors.RasterioError, OSError, pyproj.exceptions.CRSError) as error:
        said = str(error).replace("\n", " ")
        raise BadInput(f"{path} cannot be read as a GeoTIFF: {said}", file=str(path)) from None
    heights = np.asarray(band.filled(np.nan), np.float64) * scale + offset
    with np.errstate(invalid="ignore"):
        missing = ~((heights >= LOWEST_M) & (heights <= HIGHEST_M))
    if missing.all():
        raise BadInput(f"{path} holds only voids; there is no ground in it", file=str(path))
    filled = smooth_fill(heights, missing) if missing.any() else heights
    horizontal, datum = _datums(crs, path)
    return Tile(
        path=path,
        crs=horizontal,
        inverse=inverse,
        heights=filled.astype(np.float32),
        voids=int(missing.sum()),
        datum=datum,
    )


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
    elif len(crs.axis_info) == 3:
        _metric(crs.axis_info[2].unit_name, crs.axis_info[2].direction, path)
        return crs.to_2d(), ELLIPSOID
    if not (horizontal.is_geographic or horizontal.is_projected):
        raise BadInput(
            f"{path}: its coordinate system '{horizontal.name}' is neither degrees nor a map projection; reproject it "
            "(gdalwarp -t_srs EPSG:4326)",
            file=str(path),
        )
    if vertical is None:
        return horizontal, EGM2008 if _COPERNICUS.match(path.name) else NOT_SAID
    axis = vertical.axis_info[0]
    _metric(axis.unit_name, axis.direction, path)
    name = vertical.name.removesuffix(" height")
    return horizontal, ELLIPSOID if "ellips" in name.lower() else name


def _metric(unit: str, direction: str, path: Path) -> None:
    if unit not in ("metre", "meter", "unknown") or direction == "down":
        raise BadInput(f"{path} has heights in {unit}, counted {direction}; they must be metres upward", file=str(path))


def _from_wgs84(crs: pyproj.CRS) -> pyproj.Transformer | None:
    if crs.to_epsg() == 4326:
        return None
    return pyproj.Transformer.from_crs(4326, crs, always_xy=True)


def _to_wgs84(crs: pyproj.CRS, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude (deg)."""
    transformer = _from_wgs84(crs)
    if transformer is None:
        return y, x
    longitude, latitude = transformer.transform(x, y, direction="INVERSE")
    return latitude, longitude


def _onto_ellipsoid(tile: Tile) -> None:
    """Add the geoid to the heights, unless they are ellipsoidal: bilinear between nodes every 32 cells."""
    if tile.datum == ELLIPSOID:
        return
    rows, columns = tile.heights.shape
    down, along = (np.append(np.arange(0, n - 1, _GEOID_STEP), n - 1).astype(np.float64) for n in (rows, columns))
    latitude, longitude = _to_wgs84(tile.crs, *tile.places(down[:, None], along[None, :]))
    nodes = undulation_m(np.radians(latitude), np.radians(longitude))
    across = np.array([np.interp(np.arange(columns), along, line) for line in nodes])
    at = np.minimum(np.searchsorted(down, np.arange(rows), "right") - 1, len(down) - 2)
    share = (np.arange(rows) - down[at]) / (down[at + 1] - down[at])
    for first in range(0, rows, 256):
        part = slice(first, min(first + 256, rows))
        q = share[part, None]
        tile.heights[part] += ((1.0 - q) * across[at[part]] + q * across[at[part] + 1]).astype(np.float32)


def _cell_m(tile: Tile) -> float:
    """Side of a cell in the middle of the raster along the ground (m), the geometric mean of its two."""
    rows, columns = tile.heights.shape
    row, column = np.array([0.0, 1.0, 0.0]) + rows // 2, np.array([0.0, 0.0, 1.0]) + columns // 2
    latitude, longitude = _to_wgs84(tile.crs, *tile.places(row, column))
    geod = pyproj.Geod(ellps="WGS84")
    sides = [geod.inv(longitude[0], latitude[0], longitude[i], latitude[i])[2] for i in (1, 2)]
    return float(np.sqrt(sides[0] * sides[1]))


def _surface(paths: Sequence[Path]) -> str:
    names = [path.name.lower() for path in paths]
    if all(_COPERNICUS.match(name) or "dsm" in name for name in names):
        return "a surface model, trees and houses stand in it"
    if all("dtm" in name or "dgm" in name for name in names):
        return "a bare-earth model by its name: trees are missing from it, and hide more than is shown"
    return "whether trees stand in it is not said"


def _listed(paths: Sequence[Path]) -> str:
    names = [path.name for path in paths]
    return ", ".join(names) if len(names) <= 4 else f"{names[0]} to {names[-1]}"

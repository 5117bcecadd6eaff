"""Real ground from GeoTIFF: Copernicus GLO-30 and GLO-90 tiles, national models, anything that says where it lies.

Tiles may differ in resolution and in coordinate system (GLO-30 has 2,400 columns from 50 to 60 degrees north and 1,800
from there to 70; UTM tiles change zone): each is read in its own cells, and on a seam the neighbour's cells are used.
Where two overlap the first by name holds. Two vertical datums in one mosaic are refused. Files are read in pieces as
heights are asked for, and what was read last is kept: memory grows neither with the number of files nor with their
size. What a single file must say is in `geo/raster.py`.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import pyproj
from numpy.typing import NDArray

from dronewall.errors import BadInput
from dronewall.geo.frames import Numbers
from dronewall.geo.geoid import undulation_m
from dronewall.geo.raster import COPERNICUS, ELLIPSOID, Raster, from_wgs84, open_raster, to_wgs84
from dronewall.kernels import geotiff as kernel
from dronewall.units import Bools, Floats, Ints

PIECE: Final = 1024
"""Cells along the side of a piece."""
KEPT: Final = 32
"""Pieces in memory, of 4 MB each; as many once more with their rings."""
_GRACE: Final = 1e-6  # of a cell: a point on the edge belongs to the raster, however its coordinates were rounded

Piece = NDArray[np.float32]


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
        self._rasters = [open_raster(path) for path in paths]
        datums = sorted({raster.datum for raster in self._rasters})
        if len(datums) > 1:
            named = "; ".join(
                f"{next(one.path.name for one in self._rasters if one.datum == datum)} on {datum}" for datum in datums
            )
            raise BadInput(
                f"the heights of the terrain stand on different datums ({named}); give tiles of one vertical datum",
                key="wall.terrain",
            )
        self.tiles = len(self._rasters)
        self.voids_filled = sum(raster.voids for raster in self._rasters)
        self.cell_m = min(raster.cell_m() for raster in self._rasters)
        self.sea_beyond = all(COPERNICUS.match(path.name) for path in paths)
        self._cores, self._pieces = lru_cache(maxsize=KEPT)(self._core), lru_cache(maxsize=KEPT)(self._met)
        systems = ", ".join(sorted({raster.crs.name for raster in self._rasters}))
        cells = sum(raster.rows * raster.columns for raster in self._rasters)
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
        latitude, longitude = np.broadcast_arrays(latitude_rad, longitude_rad)
        found = np.zeros(latitude.size, np.bool_)
        for _, _, _, at in self._shared_out(latitude, longitude):
            found[at] = True
        return found.reshape(latitude.shape)

    @cached_property
    def _systems(self) -> list[tuple[pyproj.Transformer | None, list[int]]]:
        """Numbers of rasters by coordinate system, in their order; None where it is WGS-84 in degrees."""
        groups: list[tuple[pyproj.CRS, list[int]]] = []
        for number, raster in enumerate(self._rasters):
            if groups and groups[-1][0] == raster.crs:
                groups[-1][1].append(number)
            else:
                groups.append((raster.crs, [number]))
        return [(from_wgs84(crs), numbers) for crs, numbers in groups]

    def _shared_out(self, latitude_rad: Floats, longitude_rad: Floats) -> Iterator[tuple[int, Floats, Floats, Ints]]:
        """Each point to the first raster that it lies in: its number, rows and columns of all points, which are its."""
        latitude_deg, longitude_deg = np.degrees(latitude_rad).ravel(), np.degrees(longitude_rad).ravel()
        left = np.ones(latitude_deg.shape, np.bool_)
        for transformer, numbers in self._systems:
            x, y = longitude_deg, latitude_deg
            if transformer is not None:
                x, y = transformer.transform(longitude_deg, latitude_deg)
            box = (x.min(), x.max(), y.min(), y.max()) if len(x) else (0.0, 0.0, 0.0, 0.0)
            for number in numbers:
                raster = self._rasters[number]
                if not _meets(raster, box):
                    continue
                row, column = raster.cells(x, y)
                inside = left & (row >= -0.5 - _GRACE) & (row <= raster.rows - 0.5 + _GRACE)
                inside &= (column >= -0.5 - _GRACE) & (column <= raster.columns - 0.5 + _GRACE)
                if inside.any():
                    yield number, row, column, np.flatnonzero(inside)
                    left &= ~inside

    def _sampled(self, latitude_rad: Floats, longitude_rad: Floats, *, met: bool = True) -> Floats:
        """Heights above the ellipsoid; NaN off the rasters. Unless they are `met`, each goes on with its own edge."""
        out = np.full(latitude_rad.size, np.nan)
        for number, row, column, at in self._shared_out(latitude_rad, longitude_rad):
            raster = self._rasters[number]
            down = np.clip(np.floor(row[at]), 0, raster.rows - 1).astype(np.int64) // PIECE
            along = np.clip(np.floor(column[at]), 0, raster.columns - 1).astype(np.int64) // PIECE
            wide = -(-raster.columns // PIECE)
            home = down * wide + along
            there = np.flatnonzero(np.bincount(home)).tolist()
            for which in there:
                top, left = divmod(which, wide)
                ringed = self._pieces(number, top, left) if met else self._ringed(number, top, left)
                mine = at if len(there) == 1 else at[home == which]
                kernel.fill_bilinear(row, column, mine, top * PIECE, left * PIECE, ringed, out)
        return out.reshape(latitude_rad.shape)

    def _core(self, number: int, down: int, along: int) -> Piece:
        """A piece as it is read."""
        return self._rasters[number].piece(*self._window(number, down, along))

    def _window(self, number: int, down: int, along: int) -> tuple[slice, slice]:
        raster = self._rasters[number]
        return (
            slice(down * PIECE, min((down + 1) * PIECE, raster.rows)),
            slice(along * PIECE, min((along + 1) * PIECE, raster.columns)),
        )

    def _ringed(self, number: int, down: int, along: int) -> Piece:
        """A piece with a ring: south and east the raster's own cells where it goes on, else its edge once more.

        Heights between two pieces are those of the northern or western one, so that nobody asks for the other two.
        """
        raster, (rows, columns) = self._rasters[number], self._window(number, down, along)
        ringed = np.pad(self._cores(number, down, along), 1, mode="edge")
        south, east = rows.stop < raster.rows, columns.stop < raster.columns
        if south:
            below = self._cores(number, down + 1, along)[0]
            ringed[-1] = np.pad(below, 1, mode="edge")
        if east:
            ringed[1:-1, -1] = self._cores(number, down, along + 1)[:, 0]
            ringed[0, -1] = ringed[1, -1]
            if not south:
                ringed[-1, -1] = ringed[-2, -1]
        if south and east:
            ringed[-1, -1] = self._cores(number, down + 1, along + 1)[0, 0]
        return ringed

    def _met(self, number: int, down: int, along: int) -> Piece:
        """A piece with its ring; beyond the raster it is of the neighbours' cells where there are any."""
        raster, (rows, columns) = self._rasters[number], self._window(number, down, along)
        ringed = self._ringed(number, down, along)
        row, column = np.arange(rows.start - 1, rows.stop + 1), np.arange(columns.start - 1, columns.stop + 1)
        off_row, off_column = (row < 0) | (row >= raster.rows), (column < 0) | (column >= raster.columns)
        if self.tiles == 1 or not (off_row.any() or off_column.any()):
            return ringed
        down_at, along_at = np.nonzero(off_row[:, None] | off_column[None, :])
        latitude, longitude = to_wgs84(raster.crs, *raster.places(row[down_at], column[along_at]))
        found = self._sampled(np.radians(latitude), np.radians(longitude), met=False)
        ringed[down_at, along_at] = np.where(np.isnan(found), ringed[down_at, along_at], found)
        return ringed


def _meets(raster: Raster, box: tuple[float, float, float, float]) -> bool:
    """Whether a raster may hold a point of a box (least and most x, least and most y); yes where that is not known."""
    if not np.isfinite(box).all():
        return True
    ends = np.array([-1.0, raster.rows]), np.array([-1.0, raster.columns])
    x, y = raster.places(ends[0][:, None], ends[1][None, :])
    return bool(x.min() <= box[1] and x.max() >= box[0] and y.min() <= box[3] and y.max() >= box[2])


def _surface(paths: Sequence[Path]) -> str:
    names = [path.name.lower() for path in paths]
    if all(COPERNICUS.match(name) or "dsm" in name for name in names):
        return "a surface model, trees and houses stand in it"
    if all("dtm" in name or "dgm" in name for name in names):
        return "a bare-earth model by its name: trees are missing from it, and hide more than is shown"
    return "whether trees stand in it is not said"


def _listed(paths: Sequence[Path]) -> str:
    names = [path.name for path in paths]
    return ", ".join(names) if len(names) <= 4 else f"{names[0]} to {names[-1]}"

"""Real ground from SRTM tiles: `N52E008.hgt`, as it is or zipped (SRTM Topography documentation 2.1, USGS 2009).

====================  ================================================================================================
name                  south-west corner of a tile of one degree: N or S, two digits, E or W, three digits; more may
                      follow (`N52E008.SRTMGL1.hgt.zip`)
size                  n x n heights, n = 1201 (3 arc seconds, SRTM3) or 3601 (1 arc second, SRTM1)
height                signed 16 bit, **big-endian**, whole metres above EGM96; -32768 is a void
order                 rows from north to south, in a row from west to east; the nodes lie on the degree lines, so two
                      neighbours both hold their common edge
====================  ================================================================================================

Voids are filled smoothly from the heights round them (first from a neighbour tile where both hold the node) and
counted; `describe` says how many. Where there is no tile the ground is sea level, as in SRTM, which leaves out tiles of
open sea; `covers` says where that is so. C-band radar sees part of the trees, so SRTM is a surface, not bare earth: no
canopy is put on top of it.
"""

import re
import zipfile
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dronewall.errors import BadInput
from dronewall.geo.frames import Numbers
from dronewall.geo.geoid import undulation_m
from dronewall.geo.voids import smooth_fill
from dronewall.kernels import hgt as kernel
from dronewall.units import Bools, Floats, Ints

VOID: Final = -32_768
_SIDES: Final = {1201: "SRTM 3 arc seconds", 3601: "SRTM 1 arc second"}
_NAME: Final = re.compile(r"^([NS])(\d{2})([EW])(\d{3})(?:\.[^.]+)*\.hgt(?:\.zip)?$", re.IGNORECASE)
_GEOID_CELLS: Final = 60

Corner = tuple[int, int]
Heights = NDArray[np.int16]


class HgtTerrain:
    """Ground from one or more `.hgt` tiles of one resolution, in any arrangement.

    Parameters
    ----------
    paths : list of Path
        The tiles; two with the same corner are refused.

    Attributes
    ----------
    tiles, voids_filled : int
    cell_m : float
        Side of a square as large as a cell.
    """

    def __init__(self, paths: list[Path]) -> None:
        read = _all_tiles(paths)
        side = next(iter(read.values())).shape[0]
        _share_edges(read)
        self.tiles = len(read)
        self.voids_filled = sum(int(np.count_nonzero(heights == VOID)) for heights in read.values())
        corners = sorted(read)
        self._north = max(latitude for latitude, _ in corners) + 1
        self._west = min(longitude for _, longitude in corners)
        height = self._north - min(latitude for latitude, _ in corners)
        width = max(longitude for _, longitude in corners) + 1 - self._west
        self._cells = side - 1
        self.cell_m = 111_195.0 / self._cells * float(np.sqrt(np.cos(np.radians(self._north - height / 2.0))))
        self._which: Ints = np.full((height, width), -1, np.int64)
        self._heights = np.empty((len(corners), side, side), np.int16)
        self._geoid = np.empty((len(corners), _GEOID_CELLS + 1, _GEOID_CELLS + 1), np.float32)
        for number, (latitude, longitude) in enumerate(corners):
            self._which[self._north - 1 - latitude, longitude - self._west] = number
            self._heights[number] = filled(read.pop((latitude, longitude)))
            steps = np.arange(_GEOID_CELLS + 1) / _GEOID_CELLS
            self._geoid[number] = undulation_m(np.radians(latitude + 1 - steps)[:, None], np.radians(longitude + steps))
        self.describe = (
            f"{_SIDES[side]}, {self.tiles} {'tile' if self.tiles == 1 else 'tiles'} ({_listed(corners)}; public "
            f"domain) on the EGM96 geoid, {self.voids_filled} voids filled; a surface in which trees stand in part, "
            "sea level where there is no tile"
        )

    def height_hae_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        """Height of the ground above the ellipsoid (m), bilinear between the nodes."""
        shape, row, column = self._place(latitude_rad, longitude_rad)
        amsl_m = kernel.bilinear(row * self._cells, column * self._cells, self._which, self._heights)
        geoid_m = kernel.bilinear(row * _GEOID_CELLS, column * _GEOID_CELLS, self._which, self._geoid)
        found = (amsl_m + geoid_m).reshape(shape)
        bare = np.isnan(found)
        if bare.any():
            latitude_rad, longitude_rad = np.broadcast_arrays(latitude_rad, longitude_rad)
            found[bare] = undulation_m(latitude_rad[bare], longitude_rad[bare])
        return found

    def canopy_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        """0: what trees there are stand in the surface already."""
        return np.zeros(np.broadcast_shapes(np.shape(latitude_rad), np.shape(longitude_rad)))

    def covers(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Bools:
        """Whether there is a tile at each point."""
        shape, row, column = self._place(latitude_rad, longitude_rad)
        return ~np.isnan(kernel.bilinear(row * _GEOID_CELLS, column * _GEOID_CELLS, self._which, self._geoid)).reshape(
            shape
        )

    def _place(self, latitude_rad: Numbers, longitude_rad: Numbers) -> tuple[tuple[int, ...], Floats, Floats]:
        """Degrees south and east of the mosaic's north-west corner."""
        latitude, longitude = np.broadcast_arrays(latitude_rad, longitude_rad)
        # The date line may run through the mosaic; a hair west of its own edge is not a turn east of it.
        east = np.mod(np.degrees(longitude).ravel() - self._west + 1e-6, 360.0) - 1e-6
        return latitude.shape, self._north - np.degrees(latitude).ravel(), east


def read_tile(path: Path) -> tuple[Corner, Heights]:
    """South-west corner (deg) and heights [shape=(n, n)], north row first, of one `.hgt` or `.hgt.zip`; voids kept.

    Raises
    ------
    BadInput
        The name gives no corner, the file is no zip of one `.hgt`, or its size is that of no tile.
    """
    found = _NAME.match(path.name)
    if found is None:
        raise BadInput(
            f"{path}: the name of an .hgt tile gives its south-west corner, as in N56E027.hgt or N56E027.hgt.zip",
            file=str(path),
        )
    ns, latitude, ew, longitude = found.groups()
    corner = (int(latitude) * (-1 if ns in "Ss" else 1), int(longitude) * (-1 if ew in "Ww" else 1))
    if not (-90 <= corner[0] < 90 and -180 <= corner[1] < 180):
        raise BadInput(f"{path}: there is no tile with the corner {ns}{latitude}{ew}{longitude}", file=str(path))
    data = _bytes(path)
    side = round((len(data) / 2) ** 0.5)
    if 2 * side * side != len(data) or side not in _SIDES:
        raise BadInput(
            f"{path} holds {len(data)} bytes; a tile holds 2 x 1201 x 1201 = 2884802 or 2 x 3601 x 3601 = 25934402",
            file=str(path),
        )
    return corner, np.frombuffer(data, ">i2").reshape(side, side).astype(np.int16)


def filled(heights: Heights) -> Heights:
    """The heights with every void replaced by a smooth surface through what is round it."""
    missing = heights == VOID
    if not missing.any():
        return heights
    if missing.all():
        return np.zeros_like(heights)
    return np.round(smooth_fill(heights.astype(np.float64), missing)).astype(np.int16)


def _all_tiles(paths: list[Path]) -> dict[Corner, Heights]:
    read: dict[Corner, Heights] = {}
    names: dict[Corner, Path] = {}
    for path in paths:
        corner, heights = read_tile(path)
        if corner in read:
            raise BadInput(f"{path} and {names[corner]} are the same tile; give one of them", file=str(path))
        if (heights == VOID).all():
            raise BadInput(f"{path} holds only voids; there is no ground in it", file=str(path))
        first = next(iter(read.values()), heights)
        if first.shape != heights.shape:
            raise BadInput(
                f"{path} has {heights.shape[0]} rows and {names[next(iter(read))]} {first.shape[0]}; "
                "give tiles of one resolution",
                file=str(path),
            )
        read[corner], names[corner] = heights, path
    return read


def _share_edges(tiles: dict[Corner, Heights]) -> None:
    """A void on a common edge takes the height that the neighbour holds for the same node."""
    for (latitude, longitude), heights in tiles.items():
        for other, mine, theirs in (
            ((latitude + 1, longitude), np.s_[0, :], np.s_[-1, :]),
            ((latitude - 1, longitude), np.s_[-1, :], np.s_[0, :]),
            ((latitude, longitude + 1), np.s_[:, -1], np.s_[:, 0]),
            ((latitude, longitude - 1), np.s_[:, 0], np.s_[:, -1]),
        ):
            if other in tiles:
                edge = heights[mine]
                heights[mine] = np.where(edge == VOID, tiles[other][theirs], edge)


def _bytes(path: Path) -> bytes:
    try:
        if path.suffix.lower() != ".zip":
            return path.read_bytes()
        with zipfile.ZipFile(path) as archive:
            members = [name for name in archive.namelist() if name.lower().endswith(".hgt")]
            if len(members) != 1:
                raise BadInput(f"{path} holds {len(members)} .hgt files; a zipped tile holds one", file=str(path))
            return archive.read(members[0])
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise BadInput(f"{path} cannot be read as a terrain tile: {error}", file=str(path)) from None


def _listed(corners: list[Corner]) -> str:
    names = [
        f"{'N' if latitude >= 0 else 'S'}{abs(latitude):02d}{'E' if longitude >= 0 else 'W'}{abs(longitude):03d}"
        for latitude, longitude in corners
    ]
    return ", ".join(names) if len(names) <= 4 else f"{names[0]} to {names[-1]}"

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
open sea; `covers` says where that is so. Every tile is read once to see that it is one and to count its voids; its
heights are read when somebody asks for them, and those that were read last are kept. C-band radar sees part of the
trees, so SRTM is a surface, not bare earth: no canopy is put on top of it.
"""

import re
import zipfile
from dataclasses import dataclass
from functools import lru_cache
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
KEPT_BYTES: Final = 270_000_000
"""Of heights in memory: 93 tiles of 3 arc seconds, 10 of one."""

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
        scanned = _scanned(paths)
        side = next(iter(scanned.values())).side
        self.voids_filled = sum(one.voids for one in scanned.values()) - _shared_edges(scanned)
        self.tiles = len(scanned)
        corners = sorted(scanned)
        self._scans = [scanned[corner] for corner in corners]
        self._north = max(latitude for latitude, _ in corners) + 1
        self._west = min(longitude for _, longitude in corners)
        height = self._north - min(latitude for latitude, _ in corners)
        width = max(longitude for _, longitude in corners) + 1 - self._west
        self._cells = side - 1
        self.cell_m = 111_195.0 / self._cells * float(np.sqrt(np.cos(np.radians(self._north - height / 2.0))))
        self._which: Ints = np.full((height, width), -1, np.int64)
        self._geoid = np.empty((len(corners), _GEOID_CELLS + 1, _GEOID_CELLS + 1), np.float32)
        for number, (latitude, longitude) in enumerate(corners):
            self._which[self._north - 1 - latitude, longitude - self._west] = number
            steps = np.arange(_GEOID_CELLS + 1) / _GEOID_CELLS
            self._geoid[number] = undulation_m(np.radians(latitude + 1 - steps)[:, None], np.radians(longitude + steps))
        self._corners = corners
        self._heights = lru_cache(maxsize=max(4, KEPT_BYTES // (2 * side * side)))(self._read)
        self.describe = (
            f"{_SIDES[side]}, {self.tiles} {'tile' if self.tiles == 1 else 'tiles'} ({_listed(corners)}; public "
            f"domain) on the EGM96 geoid, {self.voids_filled} voids filled; a surface in which trees stand in part, "
            "sea level where there is no tile"
        )

    def height_hae_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        """Height of the ground above the ellipsoid (m), bilinear between the nodes."""
        shape, row, column = self._place(latitude_rad, longitude_rad)
        amsl_m = self._sampled(row * self._cells, column * self._cells)
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
        home = kernel.homes(row * self._cells, column * self._cells, self._which, self._cells)
        return np.asarray(home >= 0).reshape(shape)

    def _sampled(self, row: Floats, column: Floats) -> Floats:
        """Heights above the geoid at fractional nodes of the mosaic [shape=(n,)]; NaN where there is no tile."""
        out = np.full(len(row), np.nan)
        home = kernel.homes(row, column, self._which, self._cells)
        there = np.unique(home)
        for number in there[there >= 0].tolist():
            mine = np.flatnonzero(home == number)
            latitude, longitude = self._corners[number]
            north, west = (self._north - 1 - latitude) * self._cells, (longitude - self._west) * self._cells
            kernel.fill_bilinear(row, column, mine, north, west, self._heights(number), out)
        return out

    def _read(self, number: int) -> Heights:
        """The heights of a tile, its voids filled."""
        scan = self._scans[number]
        _, heights = read_tile(scan.path)
        if len(heights) != scan.side:
            raise BadInput(f"{scan.path} is another tile than when it was opened; start again", file=str(scan.path))
        rows, columns = _ring(scan.side)
        edge = heights[rows, columns]
        heights[rows, columns] = np.where(edge == VOID, scan.edge, edge)
        return filled(heights)

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


@dataclass(kw_only=True)
class _Scan:
    """What is kept of every tile: `edge` are the heights of its outermost nodes, in the order of `_ring`."""

    path: Path
    side: int
    voids: int
    edge: Heights


def _scanned(paths: list[Path]) -> dict[Corner, _Scan]:
    """Every tile looked over, one in memory at a time."""
    found: dict[Corner, _Scan] = {}
    for path in paths:
        corner, heights = read_tile(path)
        if corner in found:
            raise BadInput(f"{path} and {found[corner].path} are the same tile; give one of them", file=str(path))
        voids = int(np.count_nonzero(heights == VOID))
        if voids == heights.size:
            raise BadInput(f"{path} holds only voids; there is no ground in it", file=str(path))
        first = next(iter(found.values()), None)
        if first is not None and first.side != len(heights):
            raise BadInput(
                f"{path} has {len(heights)} rows and {first.path} {first.side}; give tiles of one resolution",
                file=str(path),
            )
        found[corner] = _Scan(path=path, side=len(heights), voids=voids, edge=heights[_ring(len(heights))])
    return found


def _ring(side: int) -> tuple[Ints, Ints]:
    """Rows and columns of a tile's outermost nodes: east along the north, south, west along the south, north."""
    along, last = np.arange(side), np.full(side, side - 1)
    rows = np.concatenate([np.zeros(side, np.int64), along[1:], last[1:], along[-2:0:-1]])
    columns = np.concatenate([along, last[1:], along[-2::-1], np.zeros(side - 2, np.int64)])
    return rows, columns


def _shared_edges(tiles: dict[Corner, _Scan]) -> int:
    """A void on a common edge takes the height that the neighbour holds for the same node: how many did."""
    side = next(iter(tiles.values())).side
    north, east = np.arange(side), np.arange(side - 1, 2 * side - 1)
    south, west = np.arange(3 * side - 3, 2 * side - 3, -1), np.arange(4 * side - 4, 3 * side - 4, -1) % (4 * side - 4)
    before = sum(int(np.count_nonzero(scan.edge == VOID)) for scan in tiles.values())
    for (latitude, longitude), scan in tiles.items():
        for other, mine, theirs in (
            ((latitude + 1, longitude), north, south),
            ((latitude - 1, longitude), south, north),
            ((latitude, longitude + 1), east, west),
            ((latitude, longitude - 1), west, east),
        ):
            if other in tiles:
                edge = scan.edge[mine]
                scan.edge[mine] = np.where(edge == VOID, tiles[other].edge[theirs], edge)
    return before - sum(int(np.count_nonzero(scan.edge == VOID)) for scan in tiles.values())


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

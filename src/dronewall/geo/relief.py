"""Terrain sampled on a square grid of metres, with what a planner asks of such a grid.

The grid lies in the UTM zone of its middle. Cells are asked at their centres. The map's own scale (0.9996 in the middle
of a zone, 1.0010 at six degrees from it) is taken out of distances at each site.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Self

import numpy as np
import pyproj
from numpy.typing import NDArray

from dronewall.errors import BadInput
from dronewall.geo.frames import Numbers
from dronewall.geo.terrain import Terrain
from dronewall.units import Floats

Float32s = NDArray[np.float32]
LARGEST_CELLS = 300_000_000
_NODES = 32  # cells between the points at which PROJ is asked; between them coordinates are linear to some centimetres


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A square grid; `west_m` and `north_m` are the outer corner of its first cell in the projected `epsg`."""

    epsg: int
    west_m: float
    north_m: float
    cell_m: float
    rows: int
    columns: int

    @classmethod
    def over(
        cls, bounds_deg: tuple[float, float, float, float], cell_m: float, *, most_cells: int = LARGEST_CELLS
    ) -> Self:
        """The grid that holds west, south, east, north (degrees), its corners on multiples of the cell.

        `most_cells`: what whoever asks for it can hold, or lay out.

        Raises
        ------
        BadInput
            The bounds are empty, beyond 84 degrees, wider than a projection bears, or have too many cells.
        """
        west, south, east, north = bounds_deg
        if not (west < east and south < north):
            raise BadInput(f"bounds {_text(bounds_deg)}: give west, south, east, north in degrees, growing", key="bbox")
        if north > 84.0 or south < -80.0 or east - west > 20.0:
            raise BadInput(
                f"bounds {_text(bounds_deg)}: a map in one projection lies between 80 S and 84 N and is at most 20 "
                "degrees wide; plan it in parts",
                key="bbox",
            )
        epsg = _utm((south + north) / 2.0, (west + east) / 2.0)
        edge = np.linspace(0.0, 1.0, 41)
        longitude = np.concatenate([west + edge * (east - west)] * 2 + [np.full(41, west), np.full(41, east)])
        latitude = np.concatenate([np.full(41, south), np.full(41, north)] + [south + edge * (north - south)] * 2)
        x, y = _projection(epsg).transform(longitude, latitude)
        left, right = np.floor(x.min() / cell_m), np.ceil(x.max() / cell_m)
        low, high = np.floor(y.min() / cell_m), np.ceil(y.max() / cell_m)
        rows, columns = int(high - low), int(right - left)
        if rows * columns > most_cells:
            raise BadInput(
                f"bounds {_text(bounds_deg)} hold {rows} x {columns} cells of {cell_m:g} m, more than "
                f"{most_cells:,}; take larger cells or smaller bounds",
                key="cell_m",
            )
        return cls(
            epsg=epsg,
            west_m=float(left * cell_m),
            north_m=float(high * cell_m),
            cell_m=cell_m,
            rows=rows,
            columns=columns,
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns

    def part(self, rows: slice, columns: slice) -> "Grid":
        """A window of it as a grid of its own."""
        return Grid(
            epsg=self.epsg,
            west_m=self.west_m + columns.start * self.cell_m,
            north_m=self.north_m - rows.start * self.cell_m,
            cell_m=self.cell_m,
            rows=rows.stop - rows.start,
            columns=columns.stop - columns.start,
        )

    def finer(self, times: int) -> "Grid":
        """The same ground in cells `times` as small; for odd `times` every coarse centre is a fine one."""
        return Grid(
            epsg=self.epsg,
            west_m=self.west_m,
            north_m=self.north_m,
            cell_m=self.cell_m / times,
            rows=self.rows * times,
            columns=self.columns * times,
        )

    def cells(self, latitude_rad: Numbers, longitude_rad: Numbers) -> tuple[Floats, Floats]:
        """Fractional row and column, 0 at the first centre."""
        x, y = _projection(self.epsg).transform(np.degrees(longitude_rad), np.degrees(latitude_rad))
        return (self.north_m - np.asarray(y)) / self.cell_m - 0.5, (np.asarray(x) - self.west_m) / self.cell_m - 0.5

    def places(self, row: Numbers, column: Numbers) -> tuple[Floats, Floats]:
        """Latitude and longitude (rad) of fractional rows and columns, by PROJ."""
        row, column = np.broadcast_arrays(row, column)
        x = self.west_m + (np.asarray(column) + 0.5) * self.cell_m
        y = self.north_m - (np.asarray(row) + 0.5) * self.cell_m
        longitude, latitude = _projection(self.epsg).transform(x, y, direction="INVERSE")
        return np.radians(latitude), np.radians(longitude)

    def window_places(self, rows: slice, columns: slice) -> tuple[Floats, Floats]:
        """Latitude and longitude (rad) of all centres of a window, bilinear between points 32 cells apart."""
        down, along = _spread(rows), _spread(columns)
        latitude, longitude = self.places(down[:, None], along[None, :])
        at = (
            np.arange(rows.start, rows.stop, dtype=np.float64),
            np.arange(columns.start, columns.stop, dtype=np.float64),
        )
        return _between(latitude, down, along, *at), _between(longitude, down, along, *at)

    def scale_and_turn(self, latitude_rad: float, longitude_rad: float) -> tuple[float, float]:
        """Map metres per ground metre at a place, and the grid azimuth (rad) of true north there."""
        factors = _scales(self.epsg).get_factors(np.degrees(longitude_rad), np.degrees(latitude_rad))
        return float(factors.meridional_scale), float(-np.radians(factors.meridian_convergence))


@dataclass(frozen=True, kw_only=True)
class Relief:
    """Ground and trees on a grid, above the ellipsoid.

    Attributes
    ----------
    ground_m, canopy_m : np.ndarray of float32 [shape=(rows, columns)]
        Bare ground above the ellipsoid; trees above that ground.
    """

    grid: Grid
    ground_m: Float32s
    canopy_m: Float32s

    @classmethod
    def of(cls, terrain: Terrain, grid: Grid) -> Self:
        """The terrain at every centre of the grid."""
        ground, canopy = np.empty(grid.shape, np.float32), np.empty(grid.shape, np.float32)
        step = max(1, 1_000_000 // grid.columns)
        for first in range(0, grid.rows, step):
            rows = slice(first, min(first + step, grid.rows))
            latitude, longitude = grid.window_places(rows, slice(0, grid.columns))
            ground[rows] = terrain.height_hae_m(latitude, longitude)
            canopy[rows] = terrain.canopy_m(latitude, longitude)
        return cls(grid=grid, ground_m=ground, canopy_m=canopy)

    @cached_property
    def surface_m(self) -> Float32s:
        """Ground with its trees."""
        return self.ground_m + self.canopy_m


def _utm(latitude_deg: float, longitude_deg: float) -> int:
    zone = int((longitude_deg + 180.0) // 6.0) % 60 + 1
    return (32600 if latitude_deg >= 0.0 else 32700) + zone


@lru_cache(maxsize=16)
def _projection(epsg: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(4326, epsg, always_xy=True)


@lru_cache(maxsize=16)
def _scales(epsg: int) -> pyproj.Proj:
    return pyproj.Proj(epsg)


def _spread(part: slice) -> Floats:
    nodes = max(2, -(-(part.stop - part.start) // _NODES) + 1)
    return np.linspace(part.start, max(part.stop - 1, part.start + 1), nodes)


def _between(nodes: Floats, down: Floats, along: Floats, rows: Floats, columns: Floats) -> Floats:
    wide = np.array([np.interp(columns, along, line) for line in nodes])
    at = np.clip(np.searchsorted(down, rows, "right") - 1, 0, len(down) - 2)
    share = ((rows - down[at]) / (down[at + 1] - down[at]))[:, None]
    return np.asarray((1.0 - share) * wide[at] + share * wide[at + 1])


def _text(bounds: tuple[float, ...]) -> str:
    return ",".join(f"{value:g}" for value in bounds)

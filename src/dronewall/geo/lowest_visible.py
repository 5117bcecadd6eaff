"""The lowest height that a site sees, for every cell of a relief in one pass: all target heights at once.

A target at a height above ground is seen where that height is not below the cell's. The ray is straight over an earth
of k times its radius; ground and trees stand in its way, trees are felled round the site as in `geo/sightline.py`, and
what is in the trees is hidden.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.frames import ECCENTRICITY_SQUARED, SEMI_MAJOR_M
from dronewall.geo.relief import Float32s, Grid, Relief
from dronewall.geo.sightline import CLEARING_M, STANDARD_REFRACTION
from dronewall.geo.terrain import SmoothEarth, Terrain
from dronewall.kernels import lowest_visible as kernel

TURN_RAD: Final = 2.0 * np.pi
NEAR_M: Final = 3_000.0
"""What hides is near: over hills of 3 arc seconds errors of 1.3 m became 0.9 with 1 km, 0.5 with 3 km."""
NEAR_CELL_M: Final = 10.0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Where a site looks: ground ranges (m), a sector clockwise from true north (rad), elevations (rad)."""

    min_range_m: float = 0.0
    max_range_m: float = np.inf
    azimuth_from_rad: float = 0.0
    azimuth_width_rad: float = TURN_RAD
    elevation_from_rad: float = -np.pi / 2.0
    elevation_to_rad: float = np.pi / 2.0


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Lowest visible heights above ground (m) in a window of a relief; NaN where the site does not look."""

    row: int
    column: int
    height_m: Float32s

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns of the relief that it covers."""
        rows, columns = self.height_m.shape
        return slice(self.row, self.row + rows), slice(self.column, self.column + columns)


def lowest_visible(
    relief: Relief,
    latitude_rad: float,
    longitude_rad: float,
    altitude_hae_m: float,
    limits: Limits | None = None,
    *,
    k: float = STANDARD_REFRACTION,
    near: Relief | None = None,
) -> Seen:
    """What a site at that place sees.

    Parameters
    ----------
    near : Relief, optional
        The ground about the site in finer cells (`surroundings`), where it hides most.

    Raises
    ------
    BadInput
        The site lies outside the relief, or `k` is not above nought.
    """
    limits = limits or Limits()
    if not k > 0.0:
        raise BadInput(f"k = {k:g}: the earth's radius is multiplied by a number above 0, as 1.333", key="k")
    grid = relief.grid
    site_row, site_column = (float(part) for part in grid.cells(latitude_rad, longitude_rad))
    row, column = int(np.floor(site_row + 0.5)), int(np.floor(site_column + 0.5))
    if not (0 <= row < grid.rows and 0 <= column < grid.columns):
        raise BadInput(
            f"the site at {np.degrees(latitude_rad):.5f}, {np.degrees(longitude_rad):.5f} lies outside the map; make "
            "its bounds larger",
            key="bbox",
        )
    scale, turn_rad = grid.scale_and_turn(latitude_rad, longitude_rad)
    cell_m = grid.cell_m / scale
    reach = int(min(np.ceil(limits.max_range_m / cell_m), max(grid.rows, grid.columns)))
    top, left = max(0, row - reach), max(0, column - reach)
    window = slice(top, min(grid.rows, row + reach + 1)), slice(left, min(grid.columns, column + reach + 1))
    canopy = _felled(relief.canopy_m[window], site_row - top, site_column - left, cell_m)
    surface = np.ascontiguousarray(relief.ground_m[window] + canopy)
    w = 1.0 - ECCENTRICITY_SQUARED * np.sin(latitude_rad) ** 2
    q_row = w**1.5 / (2.0 * k * SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED))
    q_column = w**0.5 / (2.0 * k * SEMI_MAJOR_M)
    height = np.empty(surface.shape, np.float32)
    site = site_row - top, site_column - left, altitude_hae_m, cell_m, q_row, q_column
    around = None if near is None else _around(near, relief, top, left, surface.shape)
    if around is None:
        kernel.lowest_visible(surface, np.ascontiguousarray(surface.T), *site, height)
    else:
        part, first_row, first_column, times = around
        place = (
            (site_row - top - first_row + 0.5) * times - 0.5,
            (site_column - left - first_column + 0.5) * times - 0.5,
        )
        fine = np.ascontiguousarray(part.ground_m + _felled(part.canopy_m, *place, cell_m / times))
        kernel.lowest_visible_with_near(
            surface,
            np.ascontiguousarray(surface.T),
            fine,
            np.ascontiguousarray(fine.T),
            first_row,
            first_column,
            times,
            *site,
            height,
        )
    kernel.limit(
        height,
        surface,
        *site,
        limits.min_range_m,
        limits.max_range_m,
        limits.azimuth_from_rad + turn_rad,
        limits.azimuth_width_rad,
        float(np.tan(limits.elevation_from_rad)) if limits.elevation_from_rad > -np.pi / 2.0 else -np.inf,
        float(np.tan(limits.elevation_to_rad)) if limits.elevation_to_rad < np.pi / 2.0 else np.inf,
    )
    height += canopy
    return Seen(row=top, column=left, height_m=height)


def surroundings(terrain: Terrain, grid: Grid, latitude_rad: float, longitude_rad: float) -> Relief | None:
    """The ground within `NEAR_M` of a site in cells of some 10 m; None where the grid's are as fine, or end."""
    times = int(np.ceil(grid.cell_m / NEAR_CELL_M))
    times += (times + 1) % 2
    if times == 1 or isinstance(terrain, SmoothEarth):
        return None
    row, column = (int(np.floor(float(part) + 0.5)) for part in grid.cells(latitude_rad, longitude_rad))
    if not (0 <= row < grid.rows and 0 <= column < grid.columns):
        return None
    reach = int(np.ceil(NEAR_M / grid.cell_m))
    rows = slice(max(row - reach, 0), min(row + reach + 1, grid.rows))
    columns = slice(max(column - reach, 0), min(column + reach + 1, grid.columns))
    return Relief.of(terrain, grid.part(rows, columns).finer(times))


def _around(near: Relief, relief: Relief, top: int, left: int, shape: tuple[int, ...]) -> tuple[Relief, int, int, int]:
    """Of the finer ground what lies in a window of the relief; its first row and column there, and how much finer."""
    grid, fine = relief.grid, near.grid
    times = round(grid.cell_m / fine.cell_m)
    first_row = round((grid.north_m - fine.north_m) / grid.cell_m) - top
    first_column = round((fine.west_m - grid.west_m) / grid.cell_m) - left
    rows = slice(max(first_row, 0), min(first_row + fine.rows // times, shape[0]))
    columns = slice(max(first_column, 0), min(first_column + fine.columns // times, shape[1]))
    part = (
        slice((rows.start - first_row) * times, (rows.stop - first_row) * times),
        slice((columns.start - first_column) * times, (columns.stop - first_column) * times),
    )
    kept = Relief(grid=fine.part(*part), ground_m=near.ground_m[part], canopy_m=near.canopy_m[part])
    return kept, rows.start, columns.start, times


def lowest_of(relief: Relief, seen: list[Seen], kth: int = 1) -> Float32s:
    """The kth lowest of many sites' heights on the whole relief; NaN where fewer than k sites look."""
    lowest = np.full((kth, *relief.grid.shape), np.inf, np.float32)
    for one in seen:
        kernel.merge(lowest, one.height_m, one.row, one.column)
    return np.where(np.isinf(lowest[-1]), np.float32(np.nan), lowest[-1])


def _felled(canopy: Float32s, row: float, column: float, cell_m: float) -> Float32s:
    """The canopy of a window without what stands in the clearing of the site."""
    if not canopy.any():
        return canopy
    canopy = canopy.copy()
    reach = int(CLEARING_M / cell_m) + 2
    top, left = max(0, int(row) - reach), max(0, int(column) - reach)
    near = canopy[top : int(row) + reach + 1, left : int(column) + reach + 1]
    down, along = np.indices(near.shape)
    near[np.hypot(down + top - row, along + left - column) * cell_m < CLEARING_M] = 0.0
    return canopy

"""Least gathered ways over a map: shortest paths on a grid, from where ways lead to back to the line.

A cell gathers -log(1 - p) per metre flown, so that what a way gathers adds up; the least gathered way is the least
watched (Clouqueur et al., "Sensor deployment strategy for target detection", WSNA 2002).
"""

from typing import Final

import numpy as np
from shapely.geometry import Polygon
from shapely.geometry import box as rectangle

from dronewall.errors import BadInput
from dronewall.geo.relief import Float32s, Grid
from dronewall.kernels import least_watched as kernel
from dronewall.plan.lines import Way
from dronewall.records.wall import Wall
from dronewall.units import Floats, Ints

_CAP: Final = np.float32(15.0)
_TIE_PER_M: Final = 1e-9


def least_gathered(cost: Float32s, start: Ints, start_cost: Floats) -> Float32s:
    """Least gathered cost of each cell [shape=(rows, columns)] from flat starts, with what is gathered there already.

    A cell whose cost is infinite is not passed.
    """
    return kernel.gathered_from(capped(cost), start.astype(np.int64), start_cost)


def capped(cost: Float32s) -> Float32s:
    """Costs so high that nobody tells them from certainty made equal; what nothing passes stays infinite."""
    held = np.minimum(cost, _CAP)
    held[np.isinf(cost)] = np.inf
    return held.astype(np.float32, copy=False)


def cell_costs(per_m: Float32s, cell_m: float) -> Float32s:
    """What a cell costs that gathers so much a metre, and a little more: of ways that gather nothing the short wins."""
    return capped((per_m + np.float32(_TIE_PER_M)) * np.float32(cell_m))


def goals_of(grid: Grid, wall: Wall, way_list: list[Way]) -> Ints:
    """Rows and columns of where ways lead: the protected zones' edges, or where the ways end [shape=(n, 2)].

    Raises
    ------
    BadInput
        None of them lies on the map.
    """
    goals = []
    if any(way.zone is not None for way in way_list):
        goals = [cell for zone in wall.zone if zone.kind == "protected" for cell in _zone_cells(grid, zone.polygon)]
    if not goals:
        goals = [cell_of(grid, way.latitude_rad[-1], way.longitude_rad[-1]) for way in way_list]
    inside = sorted({(r, c) for r, c in goals if 0 <= r < grid.rows and 0 <= c < grid.columns})
    if not inside:
        raise BadInput("no protected zone lies on the map, so nothing can be reached; widen --bbox", key="bbox")
    return np.array(inside, np.int64)


def joined_cells(grid: Grid, way: Way, inside: Ints) -> tuple[Ints, Ints]:
    """Cells of a way from outside up to its line, and from there on those given [shape=(n, 2)]."""
    rows, columns = samples(grid, way)
    rows = np.concatenate([rows[: way.crossing], inside[:, 0]])
    columns = np.concatenate([columns[: way.crossing], inside[:, 1]])
    moved = np.concatenate([[True], (np.diff(rows) != 0) | (np.diff(columns) != 0)])
    return rows[moved].astype(np.int64), columns[moved].astype(np.int64)


def gathered_along(grid: Grid, per_m: Float32s | Floats, rows: Ints, columns: Ints) -> Floats:
    """Gathered along cells: the mean of each two times what lies between; `per_m` [shape=(..., n)] at the cells."""
    steps_m = np.hypot(np.diff(rows), np.diff(columns)) * grid.cell_m
    values = per_m.astype(np.float64)
    return np.asarray(((values[..., 1:] + values[..., :-1]) / 2.0 * steps_m).sum(axis=-1))


def samples(grid: Grid, way: Way) -> tuple[Ints, Ints]:
    """Row and column of the cell under each step of a way, kept on the map [shape=(n,)]."""
    row, column = grid.cells(way.latitude_rad, way.longitude_rad)
    rows = np.clip(np.floor(row + 0.5), 0, grid.rows - 1).astype(np.int64)
    return rows, np.clip(np.floor(column + 0.5), 0, grid.columns - 1).astype(np.int64)


def cell_of(grid: Grid, latitude_rad: float, longitude_rad: float) -> tuple[int, int]:
    """Row and column of a place, which may lie off the map."""
    row, column = grid.cells(latitude_rad, longitude_rad)
    return int(np.floor(row + 0.5)), int(np.floor(column + 0.5))


def on_map(way: Way, grid: Grid) -> bool:
    """Whether a way crosses its line on the map."""
    row, column = cell_of(grid, way.latitude_rad[way.crossing], way.longitude_rad[way.crossing])
    return 0 <= row < grid.rows and 0 <= column < grid.columns


def _zone_cells(grid: Grid, polygon: list[tuple[float, float]]) -> list[tuple[int, int]]:
    """Cells of a zone's edge, or its middle where it is smaller than a cell."""
    row, column = grid.cells(np.radians([p[1] for p in polygon]), np.radians([p[0] for p in polygon]))
    shape = Polygon(np.column_stack([column, row])).intersection(rectangle(0, 0, grid.columns - 1, grid.rows - 1))
    if shape.is_empty:
        return []
    cells = set()
    for part in getattr(shape, "geoms", [shape]):
        edge = getattr(part, "exterior", part)
        for share in np.linspace(0.0, 1.0, max(8, int(edge.length * 2))):
            point = edge.interpolate(share, normalized=True)
            cells.add((int(np.floor(point.y + 0.5)), int(np.floor(point.x + 0.5))))
    return sorted(cells)

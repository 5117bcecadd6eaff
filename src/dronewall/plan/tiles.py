"""A map cut into tiles that are planned one by one, by anybody, in any order, and give the same maps whoever did it.

The cut follows from the map alone: squares of `SIDE` cells from its north-western corner. A tile is a small map of its
own: what its sensors see of it is cut out of what they see, they are joined cell by cell in the wall's order, and what
its cells add to each straight line through the whole map is told beside. Those sums are added tile after tile from
north-west to south-east, so that every map has the same bits on any number of workers.
"""

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from dronewall.geo.lowest_visible import Seen
from dronewall.geo.relief import Grid, Relief
from dronewall.plan.coverage import Ground, Lines, Survey, ends_somewhere, unknown
from dronewall.plan.joining import ByRange
from dronewall.plan.looking import Blocks, look
from dronewall.plan.parts import Arrays
from dronewall.plan.standing import Standing

SIDE: Final = 512
"""Cells along a tile's side; that of a block of the GeoTIFFs too, so that each tile is written once."""

Tables = dict[str, ByRange | None]


@dataclass(frozen=True, slots=True)
class Tile:
    """Rows and columns of the map from `row` and `column` on."""

    number: int
    row: int
    column: int
    shape: tuple[int, int]

    @property
    def window(self) -> tuple[slice, slice]:
        """Of the map."""
        return slice(self.row, self.row + self.shape[0]), slice(self.column, self.column + self.shape[1])


def cut(grid: Grid) -> list[Tile]:
    """All tiles of a map, west to east, north to south."""
    places = [(row, column) for row in range(0, grid.rows, SIDE) for column in range(0, grid.columns, SIDE)]
    return [
        Tile(number, row, column, (min(SIDE, grid.rows - row), min(SIDE, grid.columns - column)))
        for number, (row, column) in enumerate(places)
    ]


@dataclass(frozen=True)
class Layout:
    """Which sensors stand in which tile, and which reach into it; numbers are those of `Standing.watchers`.

    Attributes
    ----------
    tiles : list of Tile
        All of the map.
    standing, reaching : dict
        By the tile's number; tiles of none are left out.
    """

    tiles: list[Tile]
    standing: Mapping[int, list[int]]
    reaching: Mapping[int, list[int]]

    @classmethod
    def of(cls, found: Standing) -> "Layout":
        """The layout of a wall on its map."""
        grid, tiles = found.grid, cut(found.grid)
        wide = -(-grid.columns // SIDE)
        first = np.array([[tile.row, tile.column] for tile in tiles])
        last = first + np.array([tile.shape for tile in tiles]) - 1
        stand: dict[int, list[int]] = {}
        reach: dict[int, list[int]] = {}
        for number, watcher in enumerate(found.watchers):
            sensor = watcher.sensor
            row, column = (float(v) for v in grid.cells(sensor.latitude_rad, sensor.longitude_rad))
            scale, _ = grid.scale_and_turn(sensor.latitude_rad, sensor.longitude_rad)
            down = min(max(int(row), 0), grid.rows - 1) // SIDE
            along = min(max(int(column), 0), grid.columns - 1) // SIDE
            stand.setdefault(down * wide + along, []).append(number)
            away = np.array([row, column]) - np.clip([row, column], first, last)
            cells = watcher.reach_m * scale / grid.cell_m + 3.0
            for tile in np.flatnonzero(np.hypot(away[:, 0], away[:, 1]) <= cells).tolist():
                reach.setdefault(tile, []).append(number)
        return cls(tiles=tiles, standing=stand, reaching=reach)

    def planned(self, found: Standing) -> list[int]:
        """Tiles of which something is to be said, in their order: of the others it is that nothing reaches there."""
        if ends_somewhere(found.terrain):
            return [tile.number for tile in self.tiles]
        return sorted(self.reaching)

    def needed(self, found: Standing, tile: int) -> list[int]:
        """The sensors that reach into a tile, and those whose sightlines they need."""
        mine = self.reaching.get(tile, [])
        names = {name for number in mine for name in found.watchers[number].needs}
        return sorted({*mine, *(found.numbers[name] for name in names)})


def looked(found: Standing, numbers: list[int], blocks: Blocks) -> Arrays:
    """What some sensors that stand near one another see: `<number>`, and `<number> at`, its first row and column."""
    arrays: dict[str, np.ndarray] = {}
    for number in numbers:
        seen = look(found, found.watchers[number], blocks)
        arrays |= _named(number, seen)
    return arrays


def seen_of(arrays: Arrays, number: int) -> Seen:
    """One sensor's out of what `looked` or `cropped` gave."""
    row, column = arrays[f"{number} at"].tolist()
    return Seen(row=row, column=column, height_m=arrays[f"{number}"])


def cropped(seen: Mapping[int, Seen], tile: Tile) -> dict[str, np.ndarray]:
    """What sensors see of a tile, from its own first row and column on."""
    arrays: dict[str, np.ndarray] = {}
    for number, one in seen.items():
        rows, columns = one.window
        top, bottom = max(rows.start, tile.row), min(rows.stop, tile.row + tile.shape[0])
        left, right = max(columns.start, tile.column), min(columns.stop, tile.column + tile.shape[1])
        if top < bottom and left < right:
            part = one.height_m[top - rows.start : bottom - rows.start, left - columns.start : right - columns.start]
            arrays |= _named(number, Seen(row=top - tile.row, column=left - tile.column, height_m=part))
    return arrays


def planned(found: Standing, layout: Layout, number: int, seen: Arrays, most: int, tables: Tables) -> Arrays:
    """All that is said of a tile, by name; `seen` as `cropped` gave it.

    `lowest` [shape=(most, rows, columns)], `unknown` (cells whose ground is not known), and of each layer n, heights
    first: `look n e` for the ends e of its interval, `ends n`, and the four lines, as `row n`.
    """
    survey = on_tile(found, layout, number, seen, tables)
    unknown_cells = survey.ground.unknown
    off = 0 if unknown_cells is None else int(unknown_cells.sum())
    arrays: dict[str, np.ndarray] = {"lowest": survey.lowest_visible(most), "unknown": np.array([off])}
    for at, layer in enumerate(survey.layers()):
        lines = layer.lines
        arrays |= {f"look {at} {end}": look for end, look in enumerate(layer.look)}
        arrays |= {f"{name} {at}": getattr(lines, name) for name in _LINES} | {f"ends {at}": layer.ends}
    return arrays


def on_tile(found: Standing, layout: Layout, number: int, seen: Arrays, tables: Tables) -> Survey:
    """What of a wall reaches into a tile, the tile as a map of its own; `seen` as `cropped` gave it."""
    tile = layout.tiles[number]
    grid = found.grid.part(*tile.window)
    ground = Ground(
        grid=grid,
        relief=Relief.of(found.terrain, grid),
        terrain=found.terrain,
        sight_cell_m=found.sight_cell_m,
        unknown=unknown(found.terrain, grid),
    )
    sights = {one: seen_of(seen, one) for one in layout.needed(found, number) if f"{one}" in seen}
    here = []
    for one in layout.reaching.get(number, ()):
        if one in sights:
            watcher = copy(found.watchers[one])
            watcher.seen = sights[one]
            here.append(watcher)
    return Survey(
        wall=found.wall,
        conditions=found.conditions,
        ground=ground,
        watchers=here,
        left_out=found.left_out,
        sights={found.watchers[one].id: sight for one, sight in sights.items()},
        tables=tables,
    )


_LINES: Final = ("row", "column", "east", "west")


def add_lines(total: Lines, grid: Grid, tile: Tile, told: Arrays, layer: int) -> None:
    """Add what a tile gathers of one layer to the lines of the whole map."""
    for name in _LINES:
        _of_tile(getattr(total, name), name, grid, tile)[:] += told[f"{name} {layer}"]


def lines_of(total: Lines, grid: Grid, tile: Tile, end: int) -> Iterator[Any]:
    """Of the lines of the whole map those through a tile: row, column, east, west, of one end of the interval."""
    for name in _LINES:
        yield _of_tile(getattr(total, name), name, grid, tile)[end]


def _of_tile(sums: np.ndarray, name: str, grid: Grid, tile: Tile) -> np.ndarray:
    rows, columns = tile.shape
    first = {
        "row": tile.row,
        "column": tile.column,
        "east": tile.row + tile.column,
        "west": tile.row - tile.column + grid.columns - columns,
    }[name]
    length = {"row": rows, "column": columns}.get(name, rows + columns)
    return sums[:, first : first + length]


def _named(number: int, seen: Seen) -> dict[str, np.ndarray]:
    return {f"{number}": seen.height_m, f"{number} at": np.array([seen.row, seen.column])}

"""What a wall sees: lowest visible heights, probabilities per look and over a crossing, and what ends them where.

Probabilities join over sensors as independent. Over a crossing looks add up: a thing on a straight line through the
map, level over the ground at its class's usual speed, gathers -log(1 - p) per look of every sensor; of the lines
through a cell along the map's rows, columns and diagonals the least watched one counts. Each map has a value and an
interval: everything assumed of sensors and class at its bad end at once, and at its good end (speed too, over a
crossing). What the wall's file states is taken as it stands.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from dronewall.geo.lowest_visible import Seen
from dronewall.geo.relief import Float32s, Grid, Relief
from dronewall.geo.terrain import Terrain
from dronewall.kernels.crossings import gather
from dronewall.kernels.joining import SEEN, TERRAIN
from dronewall.kernels.lowest_visible import merge
from dronewall.plan.conditions import Conditions
from dronewall.plan.joining import SEEN_FROM_P, ByRange, Joiner, Maps, asked
from dronewall.plan.looking import Blocks, look
from dronewall.plan.standing import standing
from dronewall.plan.watching import Watcher, positions
from dronewall.records.wall import Wall
from dronewall.units import Bools, Floats

REASONS: Final = ("seen", "terrain", "horizon", "range", "sector", "link budget", "noise")
ENDS: Final = ("value", "low", "high")
LARGEST_CELLS: Final = 100_000_000
"""Of a map that is held whole: some 70 bytes a cell for one class, 30 for each more."""
_SEE_NOTHING: Final = np.float32(np.nan)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The map that a plan is made on, or a tile of it.

    Attributes
    ----------
    grid, relief : Grid, Relief
        Of the maps; `relief` at the cells' centres.
    sight_cell_m : float
        Cell in which sightlines were computed.
    unknown : np.ndarray of bool, optional [shape=(rows, columns)]
        Where the terrain does not know the ground: nothing is said there.
    """

    grid: Grid
    relief: Relief
    terrain: Terrain
    sight_cell_m: float
    unknown: Bools | None = None


@dataclass(frozen=True, kw_only=True)
class Lines:
    """What straight lines gather a second, of each end of the interval: see `kernels/crossings.py`.

    Attributes
    ----------
    row, column, east, west : np.ndarray [shape=(3, rows), (3, columns), (3, rows + columns), (3, rows + columns)]
    """

    row: Floats
    column: Floats
    east: Floats
    west: Floats

    @classmethod
    def blank(cls, rows: int, columns: int) -> "Lines":
        """Nothing gathered yet."""
        both = rows + columns
        return cls(
            row=np.zeros((3, rows)), column=np.zeros((3, columns)), east=np.zeros((3, both)), west=np.zeros((3, both))
        )


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One class at one height, on the map or a tile of it.

    Attributes
    ----------
    look : np.ndarray of float32 [shape=(3, rows, columns)]
        Probability per look, NaN outside coverage: as assumed, and the ends of its interval.
    lines : Lines
        What the tile adds to each line through the map.
    ends : np.ndarray of uint8 [shape=(rows, columns)]
    """

    label: str
    height_m: float
    look: Float32s
    lines: Lines
    ends: np.ndarray


@dataclass(kw_only=True)
class Survey:
    """A wall on its map, or what of it reaches into a tile: which sensors count and what they see.

    Attributes
    ----------
    sights : dict
        What each sensor sees, those whose sightlines another needs too.
    tables : dict
        What was learnt of models that are alike.
    """

    wall: Wall
    conditions: Conditions
    ground: Ground
    watchers: list[Watcher]
    left_out: list[dict[str, str]]
    sights: dict[str, Seen]
    tables: dict[str, ByRange | None] = field(default_factory=dict)

    def lowest_visible(self, most: int = 1) -> Float32s:
        """Lowest to `most`-th lowest visible height over all sites (m above ground) [shape=(most, rows, columns)]."""
        lowest = np.full((most, *self.ground.grid.shape), np.inf, np.float32)
        for watcher in self.watchers:
            seen = self.site(watcher)
            merge(lowest, seen.height_m, seen.row, seen.column)
        lowest[np.isinf(lowest)] = _SEE_NOTHING
        if self.ground.unknown is not None:
            lowest[:, self.ground.unknown] = _SEE_NOTHING
        return lowest

    def site(self, watcher: Watcher) -> Seen:
        """One site's, between its ranges, without the good end of what is assumed."""
        return nominal(watcher, watcher.seen, self.ground.grid, self.ground.unknown)

    def layers(self) -> Iterator[Layer]:
        """Every class at every height, height by height."""
        for height_m in self.conditions.heights_m:
            maps = self._gathered(height_m)
            for at, label in enumerate(self.conditions.labels):
                yield self._layer(label, height_m, at, maps)

    def rates(self, height_m: float) -> Float32s:
        """What each class gathers a second, at its least over headings [shape=(classes, 3, rows, columns)].

        -log(1 - p) per look over the period, summed over sensors: as assumed, at the bad end, at the good end.
        """
        maps = self._gathered(height_m)
        return maps.rate if maps.turning is None else maps.rate + maps.turning.min(axis=2)

    def footprint(
        self, watcher: Watcher, label: str, height_m: float, least_p: float
    ) -> tuple[tuple[slice, slice], Bools]:
        """The window of one sensor, and where one look of it detects with at least that probability."""
        visible = self._in_sight(watcher, height_m)
        ecef = positions(self.ground.grid, self.ground.relief.ground_m, watcher.seen.window, height_m)[visible]
        strong = np.zeros(visible.shape, np.bool_)
        weather = self.conditions.weather
        strong[visible] = asked(watcher.sensor, watcher.turns, ecef, label, weather).min(axis=0) >= least_p
        return watcher.seen.window, strong

    def _gathered(self, height_m: float) -> Maps:
        """All sensors joined at one height."""
        turning = any(watcher.turns for watcher in self.watchers)
        maps = Maps.blank(len(self.conditions.labels), self.ground.grid.shape, turning=turning)
        for watcher in self.watchers:
            self._joiner.join(watcher, self.conditions.labels, height_m, self._in_sight(watcher, height_m), maps)
        return maps

    @cached_property
    def _joiner(self) -> Joiner:
        ground = self.ground
        return Joiner(
            grid=ground.grid, ground_m=ground.relief.ground_m, weather=self.conditions.weather, tables=self.tables
        )

    def _in_sight(self, watcher: Watcher, height_m: float) -> Bools:
        """Cells of its window that every sightline it needs reaches."""
        seen = watcher.seen
        sight = np.ones(seen.height_m.shape, np.bool_)
        for name in watcher.needs:
            if name == watcher.id:
                with np.errstate(invalid="ignore"):
                    sight &= seen.height_m <= height_m
                continue
            whole = np.full(self.ground.grid.shape, np.inf, np.float32)
            other = self.sights.get(name)
            if other is not None:
                whole[other.window] = np.where(np.isnan(other.height_m), np.inf, other.height_m)
            sight &= whole[seen.window] <= height_m
        return sight

    def _layer(self, label: str, height_m: float, at: int, maps: Maps) -> Layer:
        """The maps of one class out of what was gathered."""
        rate, reason, unknown = maps.rate[at], maps.reason[at], self.ground.unknown
        look = np.where(maps.miss[at] < 1.0, np.float32(1.0) - maps.miss[at], _SEE_NOTHING)
        lines = Lines.blank(*self.ground.grid.shape)
        for end in range(len(ENDS)):
            turning = rate[:0] if maps.turning is None else maps.turning[at, end]
            gather(rate[end], turning, lines.row[end], lines.column[end], lines.east[end], lines.west[end])
        if unknown is not None:
            look[:, unknown] = _SEE_NOTHING
        with np.errstate(invalid="ignore"):
            together = (look[0] >= SEEN_FROM_P) & (reason != SEEN)
        if unknown is not None:
            reason[unknown] = TERRAIN
        ends = np.where(together, SEEN, reason).astype(np.uint8)
        return Layer(label=label, height_m=height_m, look=look, lines=lines, ends=ends)


def nominal(watcher: Watcher, seen: Seen, grid: Grid, unknown: Bools | None) -> Seen:
    """What a sensor sees between its ranges, without the good end of what is assumed."""
    row, column = grid.cells(watcher.sensor.latitude_rad, watcher.sensor.longitude_rad)
    scale, _ = grid.scale_and_turn(watcher.sensor.latitude_rad, watcher.sensor.longitude_rad)
    rows, columns = seen.window
    down = (np.arange(rows.start, rows.stop) - float(row))[:, None]
    along = (np.arange(columns.start, columns.stop) - float(column))[None, :]
    distance_m = np.hypot(down, along) * grid.cell_m / scale
    inside = (distance_m <= watcher.nominal_m) & (distance_m >= watcher.limits.min_range_m)
    height = np.where(inside, seen.height_m, _SEE_NOTHING)
    if unknown is not None:
        height[unknown[seen.window]] = _SEE_NOTHING
    return Seen(row=seen.row, column=seen.column, height_m=height)


def survey(
    wall_path: Path,
    conditions: Conditions,
    progress: Callable[[float], None] = lambda share: None,
    change: Callable[[Terrain], Terrain] = lambda ground: ground,
    *,
    zones_within_m: float | None = None,
) -> Survey:
    """The wall on its whole map, every site's sightlines computed; the rest as for `standing`.

    Raises
    ------
    BadInput
        The wall, its terrain or the conditions cannot be used.
    """
    found = standing(wall_path, conditions, change, most_cells=LARGEST_CELLS, zones_within_m=zones_within_m)
    blocks = Blocks(found.terrain, found.grid, found.times)
    for number, watcher in enumerate(found.watchers):
        watcher.seen = look(found, watcher, blocks)
        progress((number + 1) / len(found.watchers))
    ground = Ground(
        grid=found.grid,
        relief=Relief.of(found.terrain, found.grid),
        terrain=found.terrain,
        sight_cell_m=found.sight_cell_m,
        unknown=unknown(found.terrain, found.grid),
    )
    return Survey(
        wall=found.wall,
        conditions=conditions,
        ground=ground,
        watchers=found.watchers,
        left_out=found.left_out,
        sights={watcher.id: watcher.seen for watcher in found.watchers},
    )


def unknown(terrain: Terrain, grid: Grid) -> Bools | None:
    """Where the terrain knows nothing of the ground; None: nowhere."""
    if not ends_somewhere(terrain):
        return None
    covers = getattr(terrain, "covers")  # noqa: B009
    off = ~covers(*grid.window_places(slice(0, grid.rows), slice(0, grid.columns)))
    return off if off.any() else None


def ends_somewhere(terrain: Terrain) -> bool:
    """Whether there is ground beyond it of which it says nothing."""
    return getattr(terrain, "covers", None) is not None and not getattr(terrain, "sea_beyond", True)

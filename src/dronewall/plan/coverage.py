"""What a wall sees: lowest visible heights, probabilities per look and over a crossing, and what ends them where.

Probabilities join over sensors as independent. Over a crossing looks add up: a thing on a straight line through the
map, level over the ground at its class's usual speed, gathers -log(1 - p) per look of every sensor; of the lines
through a cell along the map's rows, columns and diagonals the least watched one counts. Each map has a value and an
interval: everything assumed of sensors and class at its bad end at once, and at its good end (speed too, over a
crossing). What the wall's file states is taken as it stands.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Final

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.frames import course_and_distance, destination
from dronewall.geo.lowest_visible import Seen
from dronewall.geo.relief import Float32s, Grid, Relief
from dronewall.geo.terrain import SmoothEarth, Terrain, wall_terrain
from dronewall.kernels.crossings import least_crossing
from dronewall.kernels.joining import SEEN, TERRAIN
from dronewall.kernels.lowest_visible import merge
from dronewall.plan.conditions import SPEEDS_MPS, Conditions
from dronewall.plan.joining import SEEN_FROM_P, Joiner, Maps, asked
from dronewall.plan.watching import Watcher, look_over, positions, watchers
from dronewall.records.wall import SensorSpec, Wall, load_wall
from dronewall.sensors import build_sensors
from dronewall.units import Bools, Floats

REASONS: Final = ("seen", "terrain", "horizon", "range", "sector", "link budget", "noise")
_CELLS_WANTED: Final = 2_000_000
_CELL_CHOICES_M: Final = (30.0, 60.0, 90.0, 150.0, 300.0, 600.0, 900.0, 1500.0)
_SIGHT_CELL_M: Final = 30.0
_SIGHT_CELLS: Final = 60_000_000
_SEE_NOTHING: Final = np.float32(np.nan)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The map that a plan is made on.

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
class Layer:
    """One class at one height: float32 [shape=(rows, columns)], NaN outside coverage, with its intervals' ends."""

    label: str
    height_m: float
    p_look: Float32s
    p_look_low: Float32s
    p_look_high: Float32s
    p_detect: Float32s
    p_detect_low: Float32s
    p_detect_high: Float32s
    ends: np.ndarray


@dataclass(kw_only=True)
class Survey:
    """A wall on its map: which sensors count, what they see, and the layers one after the other."""

    wall: Wall
    conditions: Conditions
    ground: Ground
    watchers: list[Watcher]
    left_out: list[dict[str, str]]

    def lowest_visible(self, kth: int = 1) -> Float32s:
        """Lowest visible height over all sites (m above ground), or the kth lowest."""
        lowest = np.full((kth, *self.ground.grid.shape), np.inf, np.float32)
        for watcher in self.watchers:
            seen = self.site(watcher)
            merge(lowest, seen.height_m, seen.row, seen.column)
        return self._known(np.where(np.isinf(lowest[-1]), _SEE_NOTHING, lowest[-1]))

    def site(self, watcher: Watcher) -> Seen:
        """One site's, between its ranges, without the good end of what is assumed."""
        seen, distance_m = watcher.seen, self._distance_m(watcher)
        inside = (distance_m <= watcher.nominal_m) & (distance_m >= watcher.limits.min_range_m)
        height = np.where(inside, seen.height_m, _SEE_NOTHING)
        if self.ground.unknown is not None:
            height[self.ground.unknown[seen.window]] = _SEE_NOTHING
        return Seen(row=seen.row, column=seen.column, height_m=height)

    def layers(self, progress: Callable[[float], None] = lambda share: None) -> Iterator[Layer]:
        """Every class at every height."""
        heights = self.conditions.heights_m
        for at, height_m in enumerate(heights):
            yield from self._at_height(height_m, partial(_part_of, progress, at, len(heights)))

    def rates(self, height_m: float) -> Float32s:
        """What each class gathers a second, at its least over headings [shape=(classes, 3, rows, columns)].

        -log(1 - p) per look over the period, summed over sensors: as assumed, at the bad end, at the good end.
        """
        maps = self._gathered(height_m, lambda share: None)
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

    def _at_height(self, height_m: float, progress: Callable[[float], None]) -> Iterator[Layer]:
        maps = self._gathered(height_m, progress)
        for at, label in enumerate(self.conditions.labels):
            yield self._layer(label, height_m, at, maps)

    def _gathered(self, height_m: float, progress: Callable[[float], None]) -> Maps:
        """All sensors joined at one height."""
        turning = any(watcher.turns for watcher in self.watchers)
        maps = Maps.blank(len(self.conditions.labels), self.ground.grid.shape, turning=turning)
        for number, watcher in enumerate(self.watchers):
            self._joiner.join(watcher, self.conditions.labels, height_m, self._in_sight(watcher, height_m), maps)
            progress((number + 1) / max(len(self.watchers), 1))
        return maps

    @cached_property
    def _joiner(self) -> Joiner:
        return Joiner(grid=self.ground.grid, ground_m=self.ground.relief.ground_m, weather=self.conditions.weather)

    def _known(self, values: Float32s) -> Float32s:
        """The map without what lies where the ground is not known."""
        if self.ground.unknown is not None:
            values[self.ground.unknown] = _SEE_NOTHING
        return values

    def _in_sight(self, watcher: Watcher, height_m: float) -> Bools:
        """Cells of its window that every sightline it needs reaches."""
        sight = np.ones(watcher.seen.height_m.shape, np.bool_)
        for other in self.watchers:
            if other.id not in watcher.needs:
                continue
            rows, columns = watcher.seen.window
            if other is watcher:
                with np.errstate(invalid="ignore"):
                    sight &= other.seen.height_m <= height_m
                continue
            whole = np.full(self.ground.grid.shape, np.inf, np.float32)
            whole[other.seen.window] = np.where(np.isnan(other.seen.height_m), np.inf, other.seen.height_m)
            sight &= whole[rows, columns] <= height_m
        return sight

    def _distance_m(self, watcher: Watcher) -> Floats:
        """Ground distance of its window's cells, on the map with its scale taken out."""
        row, column = self.ground.grid.cells(watcher.sensor.latitude_rad, watcher.sensor.longitude_rad)
        scale, _ = self.ground.grid.scale_and_turn(watcher.sensor.latitude_rad, watcher.sensor.longitude_rad)
        rows, columns = watcher.seen.window
        down = (np.arange(rows.start, rows.stop) - float(row))[:, None]
        along = (np.arange(columns.start, columns.stop) - float(column))[None, :]
        return np.asarray(np.hypot(down, along) * self.ground.grid.cell_m / scale)

    def _layer(self, label: str, height_m: float, at: int, maps: Maps) -> Layer:
        """The maps of one class out of what was gathered."""
        low_mps, usual_mps, high_mps = SPEEDS_MPS[label]
        cell_m = self.ground.grid.cell_m
        miss, rate, reason = maps.miss[at], maps.rate[at], maps.reason[at]
        look = [self._known(np.where(part < 1.0, np.float32(1.0) - part, _SEE_NOTHING)) for part in miss]
        crossing = []
        for end, speed in ((0, usual_mps), (1, high_mps), (2, low_mps)):
            seconds = np.array([1.0, 1.0, np.sqrt(2.0), np.sqrt(2.0)]) * cell_m / speed
            least = np.empty(rate.shape[1:], np.float32)
            turning = None if maps.turning is None else maps.turning[at, end]
            least_crossing(rate[end], rate[:0] if turning is None else turning, miss[end], seconds, least)
            crossing.append(self._known(least))
        together = (look[0] >= SEEN_FROM_P) & (reason != SEEN)
        if self.ground.unknown is not None:
            reason[self.ground.unknown] = TERRAIN
        return Layer(
            label=label,
            height_m=height_m,
            p_look=look[0],
            p_look_low=look[1],
            p_look_high=look[2],
            p_detect=crossing[0],
            p_detect_low=crossing[1],
            p_detect_high=crossing[2],
            ends=np.where(together, SEEN, reason).astype(np.uint8),
        )


def _part_of(progress: Callable[[float], None], at: int, of: int, share: float) -> None:
    progress((at + share) / of)


def survey(
    wall_path: Path,
    conditions: Conditions,
    progress: Callable[[float], None] = lambda share: None,
    change: Callable[[Terrain], Terrain] = lambda ground: ground,
) -> Survey:
    """The wall on its map, every site's sightlines computed; `change` makes another ground of the wall's own.

    Raises
    ------
    BadInput
        The wall, its terrain or the conditions cannot be used.
    """
    wall = load_wall(wall_path)
    file = wall_path / "wall.toml" if wall_path.is_dir() else wall_path
    specs = _without(wall, conditions.without)
    terrain = change(conditions.ground(wall_terrain(wall.wall.terrain, file)))
    sensors = build_sensors(wall.model_copy(update={"sensor": specs}), terrain, file=str(file))
    kept, left = watchers(sensors, specs, terrain, conditions.labels, max(conditions.heights_m))
    left += [{"sensor": name, "reason": "out of order (--without)"} for name in conditions.without]
    if not kept:
        raise BadInput(
            f"{file}: no sensor of this wall watches {', '.join(conditions.labels)} by itself; add one", file=str(file)
        )
    bounds = conditions.bounds_deg or reached(kept)
    if conditions.bounds_deg is not None:
        kept, beyond = _touching(kept, conditions.bounds_deg)
        left += beyond
        if not kept:
            raise BadInput("--bbox holds nothing that a sensor of this wall reaches; move or widen it", key="bbox")
        bounds = _stretched(conditions.bounds_deg, kept)
    grid = Grid.over(bounds, conditions.cell_m or _cell_for(bounds))
    times = _times(grid, terrain)
    fine = Relief.of(terrain, grid.finer(times))
    middle = times // 2
    relief = Relief(
        grid=grid,
        ground_m=np.ascontiguousarray(fine.ground_m[middle::times, middle::times]),
        canopy_m=np.ascontiguousarray(fine.canopy_m[middle::times, middle::times]),
    )
    for number, watcher in enumerate(kept):
        watcher.seen = look_over(watcher, fine, grid, times)
        progress((number + 1) / len(kept))
    ground = Ground(
        grid=grid, relief=relief, terrain=terrain, sight_cell_m=grid.cell_m / times, unknown=_unknown(terrain, grid)
    )
    return Survey(wall=wall, conditions=conditions, ground=ground, watchers=kept, left_out=left)


def _unknown(terrain: Terrain, grid: Grid) -> Bools | None:
    """Where the terrain knows nothing of the ground; None: nowhere."""
    covers = getattr(terrain, "covers", None)
    if covers is None or getattr(terrain, "sea_beyond", True):
        return None
    off = ~covers(*grid.window_places(slice(0, grid.rows), slice(0, grid.columns)))
    return off if off.any() else None


def _without(wall: Wall, names: tuple[str, ...]) -> list[SensorSpec]:
    known = [spec.id for spec in wall.sensor]
    for name in names:
        if name not in known:
            raise BadInput(
                f"--without {name}: this wall has no such sensor; it has: {', '.join(known) or 'none'}", key="without"
            )
    kept = [spec for spec in wall.sensor if spec.id not in names]
    if not kept:
        raise BadInput("the wall has no [[sensor]] left to plan with; give it one", key="sensor")
    return kept


def reached(kept: list[Watcher]) -> tuple[float, float, float, float]:
    """West, south, east, north (deg) of what the sensors reach, 2 % and 300 m more."""
    boxes = [_box(watcher) for watcher in kept]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _box(watcher: Watcher) -> tuple[float, float, float, float]:
    sensor = watcher.sensor
    reach_m = watcher.nominal_m * 1.02 + 300.0
    latitude, longitude = destination(
        sensor.latitude_rad, sensor.longitude_rad, np.arange(4, dtype=np.float64) * (np.pi / 2.0), np.full(4, reach_m)
    )
    west, south, east, north = np.degrees([longitude[3], latitude[2], longitude[1], latitude[0]]).tolist()
    return west, south, east, north


def _touching(
    kept: list[Watcher], bounds: tuple[float, float, float, float]
) -> tuple[list[Watcher], list[dict[str, str]]]:
    near, left = [], []
    for watcher in kept:
        box = _box(watcher)
        if box[0] <= bounds[2] and box[2] >= bounds[0] and box[1] <= bounds[3] and box[3] >= bounds[1]:
            near.append(watcher)
        else:
            left.append({"sensor": watcher.id, "reason": "it does not reach into the map (--bbox)"})
    return near, left


def _stretched(bounds: tuple[float, float, float, float], kept: list[Watcher]) -> tuple[float, float, float, float]:
    """The bounds with the sites that reach into them, from which sightlines start."""
    places = [(np.degrees(w.sensor.longitude_rad), np.degrees(w.sensor.latitude_rad)) for w in kept]
    margin = 0.005
    return (
        min(bounds[0], *(x - margin for x, _ in places)),
        min(bounds[1], *(y - margin for _, y in places)),
        max(bounds[2], *(x + margin for x, _ in places)),
        max(bounds[3], *(y + margin for _, y in places)),
    )


def _cell_for(bounds: tuple[float, float, float, float]) -> float:
    """The finest cell of a list at which the map has some two million."""
    west, south, east, north = np.radians(bounds)
    _, width = course_and_distance((south + north) / 2.0, west, (south + north) / 2.0, east)
    _, height = course_and_distance(south, west, north, west)
    for cell_m in _CELL_CHOICES_M:
        if float(width) * float(height) / cell_m**2 <= _CELLS_WANTED:
            return cell_m
    return _CELL_CHOICES_M[-1]


def _times(grid: Grid, terrain: Terrain) -> int:
    """By how many (odd) the cells of the maps are divided for sightlines: about the terrain's own, at least 30 m."""
    if isinstance(terrain, SmoothEarth):
        return 1
    wanted_m = max(float(getattr(terrain, "cell_m", _SIGHT_CELL_M)), _SIGHT_CELL_M)
    times = max(1, round(grid.cell_m / wanted_m))
    times += (times + 1) % 2
    while times > 1 and grid.rows * grid.columns * times * times > _SIGHT_CELLS:
        times -= 2
    return times

"""What a coverage is of before anything is looked at: the wall's sensors that count, and the map that holds them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.frames import course_and_distance, destination, ground_distance_m
from dronewall.geo.relief import Grid
from dronewall.geo.terrain import SmoothEarth, Terrain, wall_terrain
from dronewall.plan.conditions import Conditions
from dronewall.plan.watching import Watcher, watchers
from dronewall.records.wall import SensorSpec, Wall, load_wall
from dronewall.sensors import build_sensors

LARGEST_CELLS: Final = 4_000_000_000
"""Of a map that is made in tiles: one that no program would open is a slip."""
_CELLS_WANTED: Final = 2_000_000
_CELL_CHOICES_M: Final = (30.0, 60.0, 90.0, 150.0, 300.0, 600.0, 900.0, 1500.0)
_SIGHT_CELL_M: Final = 30.0
_SIGHT_CELLS: Final = 60_000_000
"""Of the window of the sensor that reaches farthest: what one look over it may hold."""


@dataclass(kw_only=True)
class Standing:
    """A wall on its map, nothing computed yet.

    Attributes
    ----------
    grid : Grid
        Of the maps.
    times : int
        By how many (odd) its cells are divided for sightlines.
    watchers, left_out : list
        The sensors that count; those that do not, with the reason.
    """

    wall: Wall
    file: Path
    conditions: Conditions
    terrain: Terrain
    grid: Grid
    times: int
    watchers: list[Watcher]
    left_out: list[dict[str, str]]

    @property
    def sight_cell_m(self) -> float:
        """Cell in which sightlines are computed."""
        return self.grid.cell_m / self.times

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Where each sensor stands in `watchers`."""
        return {watcher.id: number for number, watcher in enumerate(self.watchers)}


def standing(
    wall_path: Path,
    conditions: Conditions,
    change: Callable[[Terrain], Terrain] = lambda ground: ground,
    *,
    most_cells: int = LARGEST_CELLS,
    zones_within_m: float | None = None,
) -> Standing:
    """The wall on its map; `change` makes another ground of the wall's own.

    `zones_within_m`: a map without bounds of its own also holds the protected zones that are no farther from what the
    sensors reach.

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
    _one_side_of_the_date_line(kept)
    bounds = conditions.bounds_deg or reached(kept)
    if conditions.bounds_deg is None and zones_within_m is not None:
        bounds = _with_zones(bounds, wall, zones_within_m)
    if conditions.bounds_deg is not None:
        kept, beyond = _touching(kept, conditions.bounds_deg)
        left += beyond
        if not kept:
            raise BadInput("--bbox holds nothing that a sensor of this wall reaches; move or widen it", key="bbox")
        bounds = _stretched(conditions.bounds_deg, kept)
    grid = Grid.over(bounds, conditions.cell_m or _cell_for(bounds), most_cells=most_cells)
    return Standing(
        wall=wall,
        file=file,
        conditions=conditions,
        terrain=terrain,
        grid=grid,
        times=_times(grid, terrain, max(watcher.reach_m for watcher in kept)),
        watchers=kept,
        left_out=left,
    )


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


def _one_side_of_the_date_line(kept: list[Watcher]) -> None:
    """A map in one projection grows from west to east; what crosses 180 degrees would run round the earth."""
    for watcher in kept:
        west, _, east, _ = _box(watcher)
        if west > east:
            raise BadInput(
                f"what {watcher.id} reaches lies across the meridian of 180 degrees, which a map of a plan cannot do; "
                "plan each side by itself (--without leaves sensors out)",
                key="longitude_deg",
            )


def reached(kept: list[Watcher]) -> tuple[float, float, float, float]:
    """West, south, east, north (deg) of what the sensors reach, 2 % and 300 m more."""
    boxes = [_box(watcher) for watcher in kept]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _with_zones(
    bounds: tuple[float, float, float, float], wall: Wall, within_m: float
) -> tuple[float, float, float, float]:
    """Bounds (deg) that hold the protected zones near them too, 300 m more."""
    zones = [np.array(zone.polygon) for zone in wall.zone if zone.kind == "protected"]
    west, south, east, north = bounds
    for corners in zones:
        near = np.clip(corners, [bounds[0], bounds[1]], [bounds[2], bounds[3]])
        away = ground_distance_m(*np.radians([near[:, 1], near[:, 0], corners[:, 1], corners[:, 0]]))
        if away.min() <= within_m:
            margin = np.array([0.005, 0.003])
            low, high = corners.min(axis=0) - margin, corners.max(axis=0) + margin
            west, south = min(west, float(low[0])), min(south, float(low[1]))
            east, north = max(east, float(high[0])), max(north, float(high[1]))
    return west, south, east, north


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


def _times(grid: Grid, terrain: Terrain, reach_m: float) -> int:
    """By how many (odd) the cells of the maps are divided for sightlines: about half the terrain's own, at least 30 m.

    Half, because between its nodes the ground has crests of its own: whole cells of SRTM's 3 arc seconds over hills
    see 2 to 4 m too low on average, half of them 1 m.
    """
    if isinstance(terrain, SmoothEarth):
        return 1
    wanted_m = max(float(getattr(terrain, "cell_m", 0.0)) / 2.0, _SIGHT_CELL_M)
    times = max(1, round(grid.cell_m / wanted_m))
    times += (times + 1) % 2
    across = 2.0 * reach_m / grid.cell_m + 1.0
    cells = min(float(grid.rows), across) * min(float(grid.columns), across)
    while times > 1 and cells * times * times > _SIGHT_CELLS:
        times -= 2
    return times

"""One sensor's looks joined to the maps of a height: misses, rates, and what ends its coverage.

Where slant range alone decides (radars without a clutter filter, cameras, direction finders, sound in calm air), the
sensor's own model is asked once per class and end of the interval at `NODES` ranges, and cells are read from between
them: within 1e-6 of the model for every kind and class, and exact to a micrometre where it begins and ends. All other
sensors are asked cell by cell.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from dronewall.geo.frames import from_range_azimuth_elevation, wrapped_azimuth
from dronewall.geo.relief import Float32s, Grid
from dronewall.kernels import joining as kernel
from dronewall.plan.conditions import SPEEDS_MPS
from dronewall.plan.watching import EFFECTIVE_RADIUS_M, HEADINGS_RAD, Watcher, positions, velocities
from dronewall.records.weather import Weather
from dronewall.sensors import Sensor
from dronewall.units import Bools, Floats

NODES: Final = 8192
SEEN_FROM_P: Final = 0.1
"""From this probability per look on a cell counts as seen; the map of reasons starts below it."""
LEAST_MISS: Final = 1e-12
_COARSE: Final = 2048
_TURN_RAD: Final = 2.0 * np.pi


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the cells' ground is: float32 from the map's middle, good to some centimetres [shape=(3, rows, columns)].

    Attributes
    ----------
    ground_m, up : np.ndarray
        In earth-centred axes; the vertical at each cell, so that any height above it is a sum.
    middle_m : np.ndarray [shape=(3,)]
    """

    ground_m: Float32s
    up: Float32s
    middle_m: Floats

    @classmethod
    def of(cls, grid: Grid, ground_m: Float32s) -> "Places":
        """Of a whole map, some rows at a time."""
        found, up = np.empty((3, *grid.shape), np.float32), np.empty((3, *grid.shape), np.float32)
        middle = (slice(grid.rows // 2, grid.rows // 2 + 1), slice(grid.columns // 2, grid.columns // 2 + 1))
        middle_m = positions(grid, ground_m, middle, 0.0)[0, 0]
        step = max(1, 500_000 // grid.columns)
        for first in range(0, grid.rows, step):
            rows = slice(first, min(first + step, grid.rows))
            window = rows, slice(0, grid.columns)
            low = positions(grid, ground_m, window, 0.0)
            found[:, rows] = np.moveaxis(low - middle_m, -1, 0)
            latitude, longitude = grid.window_places(*window)
            up[0, rows] = np.cos(latitude) * np.cos(longitude)
            up[1, rows] = np.cos(latitude) * np.sin(longitude)
            up[2, rows] = np.sin(latitude)
        return cls(ground_m=found, up=up, middle_m=middle_m)


@dataclass(frozen=True, kw_only=True)
class ByRange:
    """A model's answers along one ray: p and -log(1 - p) [shape=(NODES, 2)] at even ranges, nought beyond."""

    low_m: float
    high_m: float
    answers: Floats


@dataclass(kw_only=True)
class Maps:
    """What is gathered of one height.

    Attributes
    ----------
    miss, rate : np.ndarray of float32 [shape=(classes, 3, rows, columns)]
        Joint misses per look; -log(1 - p) a second. As assumed, at the bad end, at the good end.
    turning : np.ndarray of float32, optional [shape=(classes, 3, headings, rows, columns)]
        Rates of sensors that heed where a target flies to.
    near, reason : np.ndarray of uint8 [shape=(classes, rows, columns)]
    """

    miss: Float32s
    rate: Float32s
    turning: Float32s | None
    near: np.ndarray
    reason: np.ndarray

    @classmethod
    def blank(cls, classes: int, shape: tuple[int, int], *, turning: bool) -> "Maps":
        """Nothing joined yet."""
        return cls(
            miss=np.ones((classes, 3, *shape), np.float32),
            rate=np.zeros((classes, 3, *shape), np.float32),
            turning=np.zeros((classes, 3, len(HEADINGS_RAD), *shape), np.float32) if turning else None,
            near=np.zeros((classes, *shape), np.uint8),
            reason=np.full((classes, *shape), kernel.RANGE, np.uint8),
        )


@dataclass(kw_only=True)
class Joiner:
    """Joins sensors to maps; keeps in `tables` what it learnt of models that are alike."""

    grid: Grid
    ground_m: Float32s
    weather: Weather
    tables: dict[str, ByRange | None]
    _places: Places | None = None

    @property
    def places(self) -> Places:
        """Of the whole map, made when first asked for."""
        if self._places is None:
            self._places = Places.of(self.grid, self.ground_m)
        return self._places

    def join(self, watcher: Watcher, labels: tuple[str, ...], height_m: float, sight: Bools, maps: Maps) -> None:
        """Add one sensor; `sight` says which cells of its window its sightlines reach at that height."""
        window, sensor = watcher.seen.window, watcher.sensor
        row, column = self.grid.cells(sensor.latitude_rad, sensor.longitude_rad)
        scale, _ = self.grid.scale_and_turn(sensor.latitude_rad, sensor.longitude_rad)
        at = float(row) - window[0].start, float(column) - window[1].start
        metres = self.grid.cell_m / scale
        down, along = (np.arange(n) - start for n, start in zip(sight.shape, at, strict=True))
        inside = sight & (np.hypot(down[:, None], along[None, :]) * metres <= watcher.reach_m + self.grid.cell_m)
        alone = not watcher.turns and by_range_alone(sensor, self.weather)
        if alone:
            inside &= self._in_sector(watcher, height_m, inside)
        else:
            ecef = positions(self.grid, self.ground_m, window, height_m)[inside]
        mast_m = max(float(sensor.spec.height_agl_m), 0.0)
        horizon_m = float(np.sqrt(2.0 * EFFECTIVE_RADIUS_M) * (np.sqrt(mast_m) + np.sqrt(height_m)))
        weak = kernel.NOISE if sensor.kind == "acoustic" else kernel.LINK
        found = np.zeros(sight.shape)
        for number, label in enumerate(labels):
            if alone:
                self._join_alone(watcher, label, height_m, inside, number, maps, found)
            else:
                self._join_each(watcher, label, ecef, inside, number, maps, found)
            reach_m = sensor.reach_of(label)
            if reach_m > 0.0:
                kernel.explain(
                    found, sight, watcher.seen.height_m, *at, metres, watcher.limits.min_range_m, reach_m, horizon_m,
                    weak, SEEN_FROM_P, maps.near[number][window], maps.reason[number][window],
                )  # fmt: skip

    def _join_alone(
        self, watcher: Watcher, label: str, height_m: float, inside: Bools, number: int, maps: Maps, found: Floats
    ) -> None:
        """By tables of range."""
        window = watcher.seen.window
        value = self._asked_by_range(watcher.sensor, label)
        ends = [value]
        for side in (-1, 1):
            other = watcher.at_end(label, side)
            ends.append(value if other is None else self._asked_by_range(other, label))
        found[:] = 0.0
        if all(end is None for end in ends):
            return
        nothing = ByRange(low_m=np.inf, high_m=-np.inf, answers=np.zeros((NODES, 2)))
        tables = [nothing if end is None else end for end in ends]
        kernel.join_by_range(
            self.places.ground_m[:, *window],
            self.places.up[:, *window],
            watcher.sensor.ecef_m - self.places.middle_m,
            height_m,
            inside,
            np.array([table.low_m for table in tables]),
            np.array([table.high_m for table in tables]),
            np.stack([table.answers for table in tables]),
            watcher.period_s,
            maps.miss[number][:, *window],
            maps.rate[number][:, *window],
            found,
        )

    def _join_each(
        self, watcher: Watcher, label: str, ecef: Floats, inside: Bools, number: int, maps: Maps, found: Floats
    ) -> None:
        """Cell by cell."""
        window = watcher.seen.window
        answers: list[Floats] = []
        for side in (0, -1, 1):
            sensor = watcher.sensor if side == 0 else watcher.at_end(label, side)
            answers.append(answers[0] if sensor is None else asked(sensor, watcher.turns, ecef, label, self.weather))
        value = answers[0]
        low, high = np.minimum(value, answers[1]), np.maximum(value, answers[2])
        for end, p in enumerate((value, low, high)):
            maps.miss[number, end][window][inside] *= (1.0 - p.min(axis=0)).astype(np.float32)
            add = -np.log(np.maximum(1.0 - p, LEAST_MISS)) / watcher.period_s
            if not watcher.turns:
                maps.rate[number, end][window][inside] += add[0].astype(np.float32)
            elif maps.turning is not None:
                for heading in range(len(HEADINGS_RAD)):
                    maps.turning[number, end, heading][window][inside] += add[heading].astype(np.float32)
        found[:] = 0.0
        found[inside] = value.min(axis=0)

    def _in_sector(self, watcher: Watcher, height_m: float, inside: Bools) -> Bools:
        """Of some cells, those in its sector, as the model itself decides."""
        sensor: Any = watcher.sensor
        if sensor.sector_width_rad >= _TURN_RAD:
            return inside
        ecef = positions(self.grid, self.ground_m, watcher.seen.window, height_m)[inside]
        _, azimuth_rad, _ = sensor.polar(ecef)
        kept = inside.copy()
        kept[inside] = wrapped_azimuth(azimuth_rad - sensor.sector_from_rad) <= sensor.sector_width_rad
        return kept

    def _asked_by_range(self, sensor: Sensor, label: str) -> ByRange | None:
        """One table for all sensors that differ only in where they stand."""
        apart = {"id", "nation", "latitude_deg", "longitude_deg", "height_agl_m"}
        key = f"{label} {sensor.spec.model_dump_json(exclude=apart)}"
        if key not in self.tables:
            self.tables[key] = by_range(sensor, label, self.weather)
        return self.tables[key]


def asked(sensor: Sensor, turns: bool, ecef_m: Floats, label: str, weather: Weather) -> Floats:
    """Per look, for every heading that counts [shape=(headings or 1, n)]."""
    speed = SPEEDS_MPS[label][1]
    headings = HEADINGS_RAD if turns else HEADINGS_RAD[:1]
    return np.stack(
        [sensor.p_detect(ecef_m, velocities(len(ecef_m), heading, speed), label, weather) for heading in headings]
    )


def by_range_alone(sensor: Any, weather: Weather) -> bool:
    """Whether the kind says that between its ranges, in sector and sightline, slant range alone decides."""
    says = getattr(sensor, "by_range_alone", None)
    return bool(says is not None and says(weather))


def by_range(sensor: Any, label: str, weather: Weather) -> ByRange | None:
    """The model's answers along the middle of its sector; None where it never detects that class."""

    def p(range_m: Floats) -> Floats:
        azimuth = sensor.sector_from_rad + sensor.sector_width_rad / 2.0
        ecef = sensor.frame.to_ecef(from_range_azimuth_elevation(range_m, azimuth, 0.0))
        return np.asarray(sensor.p_detect(ecef, np.zeros_like(ecef), label, weather))

    reach_m = sensor.reach_of(label)
    if reach_m <= 0.0:
        return None
    coarse = np.linspace(0.0, reach_m * 1.001 + 1.0, _COARSE)
    heard = np.flatnonzero(p(coarse) > 0.0)
    if not len(heard):
        return None
    low_m = _edge(p, float(coarse[heard[0]]), float(coarse[max(heard[0] - 1, 0)]))
    high_m = _edge(p, float(coarse[heard[-1]]), float(coarse[min(heard[-1] + 1, _COARSE - 1)]))
    answer = p(np.linspace(low_m, high_m, NODES))
    gathered = -np.log(np.maximum(1.0 - answer, LEAST_MISS))
    return ByRange(low_m=low_m, high_m=high_m, answers=np.column_stack([answer, gathered]))


def _edge(p: Any, inside_m: float, outside_m: float) -> float:
    """The range next to `outside_m` that still detects, to a micrometre."""
    for _ in range(5):
        between = np.linspace(inside_m, outside_m, 65)
        last = np.flatnonzero(p(between) > 0.0)[-1]
        inside_m, outside_m = float(between[last]), float(between[min(last + 1, 64)])
    return inside_m

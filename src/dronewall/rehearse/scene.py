"""The scene of a night: where things may enter, and when."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from shapely.geometry import LineString, Point, Polygon

from dronewall.errors import BadInput
from dronewall.geo.border import between
from dronewall.geo.sun import is_day
from dronewall.geo.terrain import Terrain
from dronewall.records.population import PopulationSpec
from dronewall.records.scenario import Scenario, StretchSpec
from dronewall.records.threat import StressLevel
from dronewall.records.wall import Wall
from dronewall.units import Bools, Floats, nanoseconds

DAY_S: Final = 86_400.0
STEP_S: Final = 60.0
"""How finely day and night are told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a route may ask: scenario, wall, ground, and the places that a population names.

    `window_s` is the part of the scenario in which things appear now (seconds from its start); `load` the level of
    the load ladder that the scenario takes, if it takes any.
    """

    scenario: Scenario
    wall: Wall
    terrain: Terrain
    file: str
    window_s: tuple[float, float]
    load: StressLevel | None = None

    def enters_ns(self, rng: np.random.Generator, spec: PopulationSpec) -> int:
        """When one of a population appears: even over `enter_s` in this window, by day or night if it asks for one."""
        low, high = self._span(spec, self.window_s)
        at_s = float(rng.uniform(low, high))
        if spec.when != "always":
            middles, open_ = self._steps(spec, (low, high))
            step = float(rng.choice(middles[open_]))
            at_s = step + float(rng.uniform(-0.5, 0.5)) * STEP_S
        return self.scenario.start_ns + nanoseconds(at_s)

    def open_s(self, spec: PopulationSpec, *, sunlit: bool) -> float:
        """For how long things of a population appear in this window; with `sunlit`, as day or night allow."""
        low, high = self._span(spec, self.window_s)
        if high <= low:
            return 0.0
        if spec.when == "always":
            return high - low
        _, open_ = self._steps(spec, (low, high))
        if not open_.any():
            return 0.0
        return float(open_.mean()) * (high - low) if sunlit else high - low

    def shares(self, spec: PopulationSpec) -> Floats:
        """How a population's count is spread over the days of the scenario.

        Raises
        ------
        BadInput
            It appears by day, or by night, and there is none in its time.
        """
        length_s = self.scenario.scenario.duration_s
        days = [(at, min(at + DAY_S, length_s)) for at in np.arange(0.0, length_s, DAY_S)]
        each = np.zeros(len(days))
        for index, day in enumerate(days):
            low, high = self._span(spec, day)
            if high > low:
                lit = 1.0 if spec.when == "always" else float(self._steps(spec, (low, high))[1].mean())
                each[index] = (high - low) * lit
        if spec.count and not each.any():
            if spec.when == "always":
                each[0] = 1.0  # it appears after the end, of a scenario that is played shortened
            else:
                raise BadInput(
                    f"{self.file}: population {spec.name}: when = '{spec.when}', and there is no {spec.when} in its "
                    "time; let it enter at another, or say when = 'always'",
                    file=self.file,
                    key="population.when",
                )
        return each / max(float(each.sum()), 1e-9)

    def level_rate_per_day(self, spec: PopulationSpec, name: str) -> float:
        """What the load ladder gives one population: its label's share, with others of that label in equal parts.

        Raises
        ------
        BadInput
            The level has no such label.
        """
        load = self.load
        assert load is not None, "a scenario whose rates come from a level names it (records/scenario.py)"
        if spec.label not in load.shares:
            raise BadInput(
                f"{self.file}: population {name}: {load.level} has no {spec.label}; it has: {', '.join(load.shares)}",
                file=self.file,
                key="population.label",
            )
        alike = sum(p.rate_from is not None and p.label == spec.label for p in self.scenario.population)
        return load.rate_per_day * load.shares[spec.label] / alike

    def _span(self, spec: PopulationSpec, window_s: tuple[float, float]) -> tuple[float, float]:
        """When things may appear: the population's own interval, cut to the window where the scenario has many."""
        low, high = spec.enter_s or (0.0, self.scenario.scenario.duration_s)
        if self.scenario.scenario.duration_s <= DAY_S:
            return low, high
        return max(low, window_s[0]), min(high, window_s[1])

    def _steps(self, spec: PopulationSpec, span_s: tuple[float, float]) -> tuple[Floats, Bools]:
        """Middles of the minutes of a span (s), and whether the sun stands as the population asks."""
        middles = np.arange(span_s[0] + 0.5 * STEP_S, max(span_s[1], span_s[0] + STEP_S), STEP_S)
        place = self.wall.sensor[0]
        sun = is_day(
            self.scenario.start_ns + np.round(middles * 1e9).astype(np.int64),
            float(np.radians(place.latitude_deg)),
            float(np.radians(place.longitude_deg)),
        )
        return middles, sun if spec.when == "day" else ~sun

    def entry_point(self, rng: np.random.Generator, spec: PopulationSpec) -> tuple[float, float]:
        """Where it appears: even over the polygon or zone, or along the stretch. Latitude and longitude, radians."""
        if isinstance(spec.entry, str) and spec.entry in {s.id for s in self.scenario.stretch}:
            line = self.stretch(spec.entry)
            longitude, latitude = line.interpolate(float(rng.uniform()), normalized=True).coords[0]
        else:
            longitude, latitude = inside(rng, self._polygon(spec))
        return float(np.radians(latitude)), float(np.radians(longitude))

    def stretch(self, name: str) -> LineString:
        """A stretch of border as a line of (longitude, latitude) degrees.

        Raises
        ------
        BadInput
            The scenario has no such stretch, or the border has no line there.
        """
        for spec in self.scenario.stretch:
            if spec.id == name:
                return LineString(_line(spec))
        known = ", ".join(s.id for s in self.scenario.stretch) or "none"
        raise BadInput(
            f"{self.file}: entry = '{name}' is no [[stretch]] of this scenario; it has: {known}",
            file=self.file,
            key="population.entry",
        )

    def zone(self, name: str) -> Polygon:
        """A zone of the wall as a polygon of (longitude, latitude) degrees.

        Raises
        ------
        BadInput
            The wall has no such zone.
        """
        for zone in self.wall.zone:
            if zone.id == name:
                return Polygon(zone.polygon)
        known = ", ".join(z.id for z in self.wall.zone) or "none"
        raise BadInput(f"{self.file}: the wall has no zone '{name}'; it has: {known}", file=self.file, key="population")

    def _polygon(self, spec: PopulationSpec) -> Polygon:
        return Polygon(spec.entry) if not isinstance(spec.entry, str) else self.zone(spec.entry)


def inside(rng: np.random.Generator, polygon: Polygon) -> tuple[float, float]:
    """A point drawn evenly from a polygon (in its own coordinates)."""
    west, south, east, north = polygon.bounds
    while True:
        point = Point(rng.uniform(west, east), rng.uniform(south, north))
        if polygon.contains(point):
            return point.x, point.y


def _line(spec: StretchSpec) -> Floats:
    """The border's line between two latitudes: longitude and latitude, degrees [shape=(n, 2)]."""
    return between(spec.border, spec.latitude_from_deg, spec.latitude_to_deg)

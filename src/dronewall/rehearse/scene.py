"""The scene of a night: where things may enter, and when."""

from dataclasses import dataclass

import numpy as np
from shapely.geometry import LineString, Point, Polygon

from dronewall.errors import BadInput
from dronewall.geo.border import between
from dronewall.geo.terrain import Terrain
from dronewall.records.scenario import PopulationSpec, Scenario, StretchSpec
from dronewall.records.wall import Wall
from dronewall.units import Floats, nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a route may ask: scenario, wall, ground, and the places that a population names."""

    scenario: Scenario
    wall: Wall
    terrain: Terrain
    file: str

    def enters_ns(self, rng: np.random.Generator, spec: PopulationSpec) -> int:
        """When one of a population appears: even over `enter_s`, by default over the whole night."""
        low, high = spec.enter_s or (0.0, self.scenario.scenario.duration_s)
        return self.scenario.start_ns + nanoseconds(float(rng.uniform(low, high)))

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

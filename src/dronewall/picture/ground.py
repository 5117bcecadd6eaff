"""What lies on the ground that a warning is for: protected zones, the people in them, and who is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from dronewall.picture.area import Area, Ground
from dronewall.picture.plane import Ring
from dronewall.records.wall import AuthoritySpec, Wall

NOBODY: Final = AuthoritySpec(id="unassigned", languages=["en"])
"""Who a draft is for where the wall names no authority: it shows on the screen and goes nowhere."""

LEAST_SHARE: Final = 0.05
"""A zone that an area covers less of is not named in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A zone inside an area: how much of it, and how many of its people."""

    zone: str
    share: float
    people: int


class GroundMap:
    """The wall's protected zones and authorities.

    People are counted by area share: those of a zone are taken to live evenly over it. A zone whose file says nothing
    of people counts none; zones that overlap count twice.
    """

    def __init__(self, wall: Wall) -> None:
        zones = [zone for zone in wall.zone if zone.kind == "protected"]
        self.grounds: tuple[Ground, ...] = tuple(
            Ground(zone=z.id, corners=tuple((x, y) for x, y in z.polygon), people=z.people or 0) for z in zones
        )
        self._shapes = {g.zone: Polygon(g.corners) for g in self.grounds}
        self._people = {g.zone: g.people for g in self.grounds}
        self.authorities: tuple[AuthoritySpec, ...] = tuple(wall.authority) or (NOBODY,)
        self._by_id = {a.id: a for a in self.authorities}

    def authority(self, name: str) -> AuthoritySpec:
        """The authority of that id."""
        return self._by_id[name]

    def reached(self, ring: Ring) -> tuple[Reached, ...]:
        """Zones in an area, the most people first. Shares are taken on the map of degrees: a zone is small enough."""
        return self._reached(Polygon(ring))

    def people(self, ground: BaseGeometry) -> int:
        """People on a piece of ground of any shape (longitude_deg, latitude_deg), nobody twice."""
        return sum(reached.people for reached in self._reached(ground))

    def _reached(self, area: BaseGeometry) -> tuple[Reached, ...]:
        found = []
        for zone, shape in self._shapes.items():
            share = float(shapely.intersection(shape, area).area / shape.area)
            if share >= LEAST_SHARE:
                found.append(Reached(zone=zone, share=round(share, 3), people=round(share * self._people[zone])))
        return tuple(sorted(found, key=lambda r: (-r.people, r.zone)))

    def concerned(self, area: Area, reached: Sequence[Reached]) -> tuple[AuthoritySpec, ...]:
        """Whom an area concerns: each authority with a zone in it, or with none named; else the likeliest aim's."""
        zones = {r.zone for r in reached}
        found = tuple(a for a in self.authorities if not a.zones or zones.intersection(a.zones))
        if found:
            return found
        for aim in area.aims:
            named = tuple(a for a in self.authorities if aim.zone in a.zones)
            if named:
                return named
        return self.authorities[:1]

"""The smallest area that the evidence allows: where a thing can come down, with a stated probability.

Bayes on a grid of cells. Before its course is known, a thing may come down, as assumptions with their weights,

    in one of the wall's protected zones within reach   (the likelier, the more people and the wider: there it is also
                                                         missed worst, and a wide one is met by a rough aim)
    round one of them, thinning out over its own width  (short of it, past it, beside it)
    anywhere else within reach                          (every range from here as likely as another)

Reach is its speed times a horizon, and at least that of what it may well be at its usual speed: beyond it one sighting
no longer says where to warn, and who is farther away is warned by the next sighting's update. Then its course speaks:
to come down at a place, it must get there, and the difference between its course now and the bearing of the place is
normal, with the spread of the course itself and an allowance for the dog-legs that drones were seen to fly on the way
to a town.

The area is the least ground that holds the wanted probability (the highest-density region), joined and drawn as one
polygon without holes (`outline`). Where that is larger than is usual, the probability gives way down to a floor;
where it is larger than the limit, it gives way all the same, and the alert says how much it holds. docs/warning.md
lists the assumptions; design/alert_area.py measures how often the area holds under paths that are drawn otherwise.
"""

import importlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon

from dronewall.picture.outline import outlined
from dronewall.picture.plane import Plane, Ring
from dronewall.units import Floats

LEAST_PEOPLE = 100
"""A zone whose file says fewer, or nothing, counts as this many when zones are weighed as aims."""

BLUR_SDS = 3.0
"""A normal is cut off so many standard deviations out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSettings:
    """Every number of the model, in SI and radians. The limits are policy, the rest are assumptions.

    The area holds `probability`, less where that takes more than `typical_km2`, but not less than `least_probability`
    unless even that takes more than `limit_km2`.
    """

    limit_km2: float = 1_500.0
    typical_km2: float = 594.0
    probability: float = 0.95
    least_probability: float = 0.9
    horizon_s: float = 1_200.0
    least_reach_m: float = 30_000.0
    most_reach_m: float = 90_000.0
    dog_leg_sd_rad: float = float(np.radians(10.0))
    p_in_zone: float = 0.35
    p_round_zone: float = 0.6
    edge_m: float = 1_500.0
    round_m: float = 6_000.0
    cell_m: float = 1_000.0
    most_corners: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """What the area is drawn for: a track, a presence or a call.

    `course_sd_rad` is infinite where nothing is known of the course; `place_sd_m` is one sigma of each axis;
    `usual_mps` is how fast what it may well be usually flies (infinite: it may be anything).
    """

    latitude_rad: float
    longitude_rad: float
    place_sd_m: float
    course_rad: float
    course_sd_rad: float
    speed_mps: float
    speed_sd_mps: float
    usual_mps: float = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A zone that a thing may be heading for.

    `arrival_s` is (earliest at 5 %, middle, latest at 95 %) from the mover's time to the zone's nearest edge.
    """

    zone: str
    probability: float
    distance_m: float
    arrival_s: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One polygon and what it holds.

    `probability` is of the thing coming down inside, under the model; `reach_m` the range limit it was drawn to.
    """

    ring: Ring
    km2: float
    probability: float
    reach_m: float
    aims: tuple[Aim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A protected zone: its id, its corners (longitude_deg, latitude_deg), and its people (0: not known)."""

    zone: str
    corners: Ring
    people: int = 0


class Outlook:
    """Where one or several things can come down, as a density on a grid of cells round the first of them.

    Several things count alike: the area of them all holds the wanted share of their mean.
    """

    def __init__(
        self, movers: Sequence[Mover], grounds: Sequence[Ground], settings: AreaSettings | None = None
    ) -> None:
        self._s = settings or AreaSettings()
        self._plane = Plane.at(movers[0].latitude_rad, movers[0].longitude_rad)
        self._grounds = grounds
        self._shapes = [Polygon(self._plane.xy_m(*np.array(g.corners).T)) for g in grounds]
        self._places = self._plane.xy_m(
            np.degrees([m.longitude_rad for m in movers]), np.degrees([m.latitude_rad for m in movers])
        )
        self._movers = movers
        self._zones: dict[int, tuple[Floats, Floats]] = {}
        reaches = [reach_m(m, self._s) for m in movers]
        self._reach_m = max(reaches)
        self._east, self._north = self._grid(reaches)
        total = np.zeros_like(self._east)
        self._aimed = np.zeros((len(movers), len(grounds)))
        for i, (mover, reach) in enumerate(zip(movers, reaches, strict=True)):
            density, self._aimed[i] = self._density(mover, self._places[i], reach)
            total += density / len(movers)
        self._total = total

    def area(self) -> Area:
        """The fewest cells that hold the wanted probability, never above the limit."""
        ring, km2, held = outlined(
            self._plane,
            self._total,
            self._east,
            self._north,
            least=self._s.least_probability,
            most=self._s.probability,
            usual_km2=self._s.typical_km2,
            limit_km2=self._s.limit_km2,
            corners=self._s.most_corners,
        )
        return Area(ring=ring, km2=km2, probability=held, reach_m=self._reach_m, aims=self.aims())

    def held(self, ring: Ring) -> float:
        """Probability inside a ring of (longitude_deg, latitude_deg)."""
        shape = Polygon(self._plane.xy_m(*np.array(ring).T))
        return float(self._total[shapely.contains_xy(shape, self._east, self._north)].sum())

    def aims(self) -> tuple[Aim, ...]:
        """The zones that it may be heading for, the likeliest first; probability that at least one of the things is."""
        found = []
        for column, (ground, shape) in enumerate(zip(self._grounds, self._shapes, strict=True)):
            p = 1.0 - float(np.prod(1.0 - self._aimed[:, column]))
            if p < 0.005:
                continue
            # Arrival is of the thing that may be there first among those that may be heading there at all.
            likely = [
                i for i in range(len(self._movers)) if self._aimed[i, column] >= 0.2 * self._aimed[:, column].max()
            ]
            distances = {i: float(shape.distance(shapely.Point(self._places[i]))) for i in likely}
            first = min(likely, key=lambda i: distances[i] / max(self._movers[i].speed_mps, 1.0))
            arrival = _arrival_s(distances[first], self._movers[first])
            found.append(
                Aim(zone=ground.zone, probability=round(p, 4), distance_m=round(distances[first], 1), arrival_s=arrival)
            )
        return tuple(sorted(found, key=lambda aim: (-aim.probability, aim.zone)))

    def _grid(self, reaches: list[float]) -> tuple[Floats, Floats]:
        """Middles of the cells that any of the things can reach."""
        pad = np.array(reaches)[:, None] + 3.0 * self._s.round_m
        low = np.floor((self._places - pad).min(axis=0) / self._s.cell_m).astype(int)
        high = np.ceil((self._places + pad).max(axis=0) / self._s.cell_m).astype(int)
        east, north = np.meshgrid(
            np.arange(low[0], high[0] + 1) * self._s.cell_m, np.arange(low[1], high[1] + 1) * self._s.cell_m
        )
        return east, north

    def _density(self, mover: Mover, place: Floats, reach: float) -> tuple[Floats, Floats]:
        """Probability per cell of where it comes down, and each zone's share of it."""
        s = self._s
        east, north = self._east - place[0], self._north - place[1]
        distance = np.maximum(np.hypot(east, north), 0.5 * s.cell_m)
        fits = _fits_course(mover, east, north, distance, s)
        soft_end = np.where(distance <= reach, 1.0, np.exp(-0.5 * ((distance - reach) / (0.05 * reach)) ** 2))
        here = shapely.Point(place)
        shares = np.array(
            [
                max(g.people, LEAST_PEOPLE) * _width_m(shape) if shape.distance(here) <= reach else 0.0
                for g, shape in zip(self._grounds, self._shapes, strict=True)
            ]
        )
        if shares.any():
            shares /= shares.sum()
        anywhere = 1.0 - (s.p_in_zone + s.p_round_zone if shares.any() else 0.0)
        density = anywhere * _normal(soft_end / distance) * fits
        aimed = np.zeros(len(shares))
        for column in np.flatnonzero(shares):
            within, round_it = self._zone(int(column))
            part = (s.p_in_zone * within + s.p_round_zone * round_it) * fits * shares[column]
            aimed[column] = part.sum()
            density = density + part
        whole = float(density.sum())
        return density / whole, aimed / whole

    def _zone(self, column: int) -> tuple[Floats, Floats]:
        """How things that come down in a zone, and round it, lie on the grid: the same for each of the things."""
        if column not in self._zones:
            s, shape = self._s, self._shapes[column]
            cells = inside(shape, self._east, self._north)
            wide = min(max(_width_m(shape), 2_000.0), s.round_m)
            self._zones[column] = (
                _normal(blurred(cells, s.edge_m / s.cell_m)),
                _normal(blurred(cells, wide / s.cell_m)),
            )
        return self._zones[column]


def _width_m(shape: Polygon) -> float:
    """Radius of the circle of the same area."""
    return float(np.sqrt(shape.area / np.pi))


def reach_m(mover: Mover, settings: AreaSettings) -> float:
    """The range limit: what it flies within the horizon, within bounds.

    What flies slowly now may fly on faster, so reach has a least; but no more than what it may well be usually flies.
    """
    least_m = min(settings.least_reach_m, mover.usual_mps * settings.horizon_s)
    return float(np.clip(mover.speed_mps * settings.horizon_s, least_m, settings.most_reach_m))


def _fits_course(mover: Mover, east: Floats, north: Floats, distance: Floats, s: AreaSettings) -> Floats:
    """Likelihood of the course that we see if it is to come down in each cell."""
    if not np.isfinite(mover.course_sd_rad):
        return np.ones_like(east)
    place = np.maximum(mover.place_sd_m, 0.3 * s.cell_m) / distance
    sd = np.sqrt(mover.course_sd_rad**2 + s.dog_leg_sd_rad**2 + np.minimum(place, np.pi) ** 2)
    off = _wrapped(np.arctan2(east, north) - mover.course_rad)
    return np.asarray(np.exp(-0.5 * (off / sd) ** 2) / sd)


def inside(shape: Polygon, east: Floats, north: Floats) -> Floats:
    """1 in the cells whose middle lies in the zone; a zone smaller than a cell has the one it lies in."""
    cells = np.zeros(east.shape)
    low_e, low_n, high_e, high_n = shape.bounds
    rows = slice(*np.searchsorted(north[:, 0], [low_n, np.nextafter(high_n, np.inf)]).tolist())
    columns = slice(*np.searchsorted(east[0], [low_e, np.nextafter(high_e, np.inf)]).tolist())
    cells[rows, columns] = shapely.contains_xy(shape, east[rows, columns], north[rows, columns])
    if not cells.any():
        middle = shape.centroid
        cells.flat[int(np.argmin(np.hypot(east - middle.x, north - middle.y)))] = 1.0
    return cells


def ready() -> None:
    """Load what `blurred` works with, a tenth of a second, before there is an alert that waits for it."""
    importlib.import_module("scipy.ndimage")


def blurred(cells: Floats, sd_cells: float) -> Floats:
    """A zone's cells spread by a normal; only where it reaches is there anything to work out."""
    from scipy.ndimage import gaussian_filter

    margin = int(BLUR_SDS * sd_cells + 0.5)
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    block = (
        slice(max(int(rows[0]) - margin, 0), int(rows[-1]) + margin + 1),
        slice(max(int(columns[0]) - margin, 0), int(columns[-1]) + margin + 1),
    )
    spread = np.zeros_like(cells)
    spread[block] = gaussian_filter(cells[block], sd_cells, mode="constant", truncate=BLUR_SDS)
    return spread


def _arrival_s(distance_m: float, mover: Mover) -> tuple[float, float, float]:
    """Seconds to the zone's edge: straight and fast, as it goes, and slow with detours of a tenth."""
    speed = max(mover.speed_mps, 1.0)
    sd = mover.speed_sd_mps
    near = max(distance_m - 1.645 * mover.place_sd_m, 0.0)
    fast, slow = speed + 1.645 * sd, max(speed - 1.645 * sd, 0.4 * speed)
    return (
        round(near / fast, 1),
        round(1.03 * distance_m / speed, 1),
        round((1.1 * distance_m + 1.645 * mover.place_sd_m) / slow, 1),
    )


def _normal(values: Floats) -> Floats:
    total = float(values.sum())
    return values / total if total > 0.0 else values


def _wrapped(angle: Floats | float) -> Floats:
    """The angle in (-pi, pi]."""
    return np.asarray((np.asarray(angle) + np.pi) % (2.0 * np.pi) - np.pi)

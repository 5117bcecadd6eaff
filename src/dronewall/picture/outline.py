"""From a density on a grid to one polygon that can be sent: the highest-density region, joined, without holes, smooth.

The region of at least a given density holds its probability on the least ground (Hyndman 1996, Computing and graphing
highest density regions, The American Statistician 50(2)). Two things of a warning's area are not of that kind: it is
one piece, so that a far part costs the strip that ties it on, and it has few corners. Parts that are not worth their
strip are left out, and the density is lowered or raised until what is drawn is as large as it may be.
"""

from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
import shapely
from contourpy import FillType, contour_generator
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from dronewall.picture.plane import Plane, Ring, ring_area_km2
from dronewall.units import Floats

TIE_M: Final = 500.0
"""Half the width of the strip that joins two parts."""
ROUNDS: Final = 8
CLOSE: Final = 0.004
"""Area (as a share of it) and probability are met within this."""
CERTAINLY_MORE: Final = 1.15
"""Where the cells alone take so many times what is usual, no ring round them takes less than is usual."""


def outlined(
    plane: Plane,
    density: Floats,
    east: Floats,
    north: Floats,
    *,
    least: float,
    most: float,
    usual_km2: float,
    limit_km2: float,
    corners: int,
) -> tuple[Ring, float, float]:
    """The smallest ring that holds the probability `most`; less, down to `least`, where it would be above `usual_km2`.

    Parameters
    ----------
    density : ndarray [shape=(n, m)]
        Probability of each cell, whose middles (m) are `east`, `north` of the plane.
    limit_km2 : float
        Never exceeded, whatever the ring then holds.

    Returns
    -------
    ring, km2, probability
        Of the ring as it is drawn.
    """
    chart = _Chart(plane, density, east, north, corners)
    usual_km2 = min(usual_km2, limit_km2)
    if chart.about_km2(most) <= CERTAINLY_MORE * usual_km2:
        drawn = chart.holding(most)
        if drawn.km2 <= usual_km2:
            return drawn.told()
    drawn = chart.as_large_as(usual_km2)
    if drawn.held >= least:
        return drawn.told()
    drawn = chart.holding(least)
    return (drawn if drawn.km2 <= limit_km2 else chart.as_large_as(limit_km2)).told()


@dataclass(frozen=True, slots=True)
class _Drawn:
    ring: Ring
    km2: float
    held: float

    def told(self) -> tuple[Ring, float, float]:
        return self.ring, self.km2, round(self.held, 3)


class _Chart:
    """One density, drawn at one level after another until the ring is as wanted."""

    def __init__(self, plane: Plane, density: Floats, east: Floats, north: Floats, corners: int) -> None:
        self._plane, self._density, self._east, self._north = plane, density, east, north
        self._corners = corners
        self._cell_m = float(east[0, 1] - east[0, 0])
        order = np.sort(density, axis=None)[::-1]
        # Cells of equal density enter together: only so is the level a continuous function of their number.
        last = np.append(order[1:] < order[:-1], True)
        self._order, self._curve = order[last], np.cumsum(order)[last]
        self._count = np.arange(1.0, len(order) + 1)[last]

    def about_km2(self, probability: float) -> float:
        """Ground of the fewest cells that hold so much."""
        return self._cells(probability) * self._cell_m**2 / 1e6

    def holding(self, probability: float) -> _Drawn:
        """The ring that holds so much, by at most `CLOSE` more."""
        aimed_at, best = probability, None
        for _ in range(ROUNDS):
            drawn = self._drawn(self._cells(aimed_at))
            if drawn.held >= probability and (best is None or drawn.km2 < best.km2):
                best = drawn
            if 0.0 <= drawn.held - probability <= CLOSE:
                break
            aimed_at = min(aimed_at + probability + 0.5 * CLOSE - drawn.held, float(self._curve[-1]))
        return best or drawn

    def as_large_as(self, km2: float) -> _Drawn:
        """The largest ring that is no larger than so much, within `CLOSE` of it."""
        cells, best = km2 * 1e6 / self._cell_m**2, None
        for _ in range(ROUNDS):
            drawn = self._drawn(cells)
            if drawn.km2 <= km2 and (best is None or drawn.km2 > best.km2):
                best = drawn
            if 1.0 - CLOSE <= drawn.km2 / km2 <= 1.0:
                break
            cells = max(cells * min(max((1.0 - 0.5 * CLOSE) * km2 / max(drawn.km2, 1e-9), 0.5), 2.0), 1.0)
        return best or self._disc(km2)

    def _cells(self, probability: float) -> float:
        return float(np.interp(probability, self._curve, self._count))

    def _drawn(self, cells: float) -> _Drawn:
        level = float(np.interp(cells, self._count, self._order))
        region = _region(self._density, self._east, self._north, level, self._cell_m)
        return self._measured(simple(region, self._corners, self._cell_m))

    def _disc(self, km2: float) -> _Drawn:
        """Round the likeliest cell: where there is no room for a shape."""
        middle = int(np.argmax(self._density))
        radius_m = 0.98e3 * np.sqrt(km2 / np.pi)
        return self._measured(shapely.Point(self._east.flat[middle], self._north.flat[middle]).buffer(radius_m))

    def _measured(self, shape: Polygon) -> _Drawn:
        ring = self._plane.ring(np.array(shape.exterior.coords)[:-1])
        held = float(self._density[shapely.contains_xy(shape, self._east, self._north)].sum())
        return _Drawn(ring, ring_area_km2(ring), held)


def _region(density: Floats, east: Floats, north: Floats, level: float, cell_m: float) -> Polygon:
    """Where the density is at least `level`, as one polygon without holes."""
    contours = contour_generator(
        np.pad(east[0], 1, "reflect", reflect_type="odd"),
        np.pad(north[:, 0], 1, "reflect", reflect_type="odd"),
        np.pad(density, 1),
        fill_type=FillType.OuterOffset,
    )
    points, offsets = cast(tuple[list[Floats], list[Any]], contours.filled(level, np.inf))
    parts = [Polygon(found[: ends[1]]) for found, ends in zip(points, offsets, strict=True) if ends[1] >= 4]
    parts = [part if part.is_valid else part.buffer(0.0) for part in parts if part.area > 0.0]
    if not parts:
        at = int(np.argmax(density))
        half = 0.5 * cell_m
        return shapely.box(east.flat[at] - half, north.flat[at] - half, east.flat[at] + half, north.flat[at] + half)
    whole = shapely.union_all(parts)
    return _worth_their_strip(whole, density, east, north, level * 1e6 / cell_m**2)


def _worth_their_strip(
    shape: BaseGeometry, density: Floats, east: Floats, north: Floats, least_per_km2: float
) -> Polygon:
    """The weightiest part with those that hold, strip included, as much on each km2 as ground at the edge would."""
    if isinstance(shape, Polygon):
        return Polygon(shape.exterior)
    parts = [Polygon(part.exterior) for part in shape.geoms]
    weight = [float(density[shapely.contains_xy(part, east, north)].sum()) for part in parts]
    first = int(np.argmax(weight))
    whole: BaseGeometry = parts[first]
    rest = [k for k in range(len(parts)) if k != first]
    while rest:
        k = min(rest, key=lambda k: whole.distance(parts[k]))
        rest.remove(k)
        tie = shapely.shortest_line(whole, parts[k]).buffer(TIE_M)
        if weight[k] * 1e6 >= least_per_km2 * shapely.union_all([tie, parts[k]]).area:
            whole = shapely.union_all([whole, tie, parts[k]])
    return one_polygon(whole, TIE_M)


def one_polygon(shape: BaseGeometry, strip_m: float) -> Polygon:
    """The shape as one polygon without holes: parts that lie apart are joined at their nearest points."""
    while isinstance(shape, MultiPolygon):
        parts = sorted(shape.geoms, key=lambda part: -part.area)
        ties = [shapely.shortest_line(parts[0], part).buffer(strip_m) for part in parts[1:]]
        shape = shapely.union_all([*parts, *ties])
    return Polygon(shape.exterior)


def simple(shape: Polygon, corners: int, cell_m: float) -> Polygon:
    """The polygon with no more corners than a warning channel takes, oriented counter-clockwise."""
    tolerance = 0.05 * cell_m
    drawn = Polygon(shape.simplify(tolerance).exterior)
    while len(drawn.exterior.coords) > corners:
        tolerance *= 1.12
        drawn = Polygon(shape.simplify(tolerance).exterior)
    return shapely.geometry.polygon.orient(drawn)

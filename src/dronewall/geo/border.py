"""The border line of the shipped scenarios, in one piece from end to end, and stretches of it.

Lines are (longitude, latitude) in degrees, as in a wall's zones [shape=(n, 2)]. The data are OpenStreetMap's (ODbL; see
`data/border_*_osm.LICENSE.md`): pieces in no order and either direction, with gaps where the border runs through
water. Here they are joined, end to nearest end, over gaps up to a tolerance.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

import numpy as np
from shapely.geometry import LineString, box

from dronewall.errors import BadInput
from dronewall.geo.frames import ground_distance_m
from dronewall.units import Floats

ATTRIBUTION: Final = "© OpenStreetMap contributors"
FILES: Final = ("border_lva_osm.geojson", "border_ltu_pol_osm.geojson")
GAP_M: Final = 5_000.0
# What is shorter and joins nothing is a splinter of two coastlines that cross, not a border.
SPLINTER_M: Final = 1_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """The border between two states.

    Attributes
    ----------
    pair : str
        ISO 3166 codes, `LVA-RUS`.
    lines : tuple of np.ndarray [shape=(n, 2)]
        Joined lines, the one that begins farthest north first; each runs from its northern end to its southern.
    bridged_m : tuple of float
        Lengths of the gaps that were closed by straight lines.
    """

    pair: str
    lines: tuple[Floats, ...]
    bridged_m: tuple[float, ...]

    @property
    def length_m(self) -> float:
        """Length of all lines along the ground."""
        return float(sum(_steps_m(line).sum() for line in self.lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A named part of a border, `lva-rus-03`; counted along each line from the north."""

    stretch: str
    line: Floats
    length_m: float


def pairs() -> tuple[str, ...]:
    """The borders that ship."""
    return tuple(sorted(_parts()))


@lru_cache(maxsize=8)
def border(pair: str, gap_m: float = GAP_M) -> Border:
    """A border in as few lines as closing gaps of up to `gap_m` leaves.

    Raises
    ------
    BadInput
        No border of that pair ships.
    """
    if pair not in _parts():
        raise BadInput(f"border = '{pair}': there is no such line; there are: {', '.join(pairs())}", key="border")
    lines, bridged_m = merged(_parts()[pair], gap_m)
    whole = tuple(line for line in lines if _steps_m(line).sum() >= SPLINTER_M)
    return Border(pair=pair, lines=whole, bridged_m=bridged_m)


def stretches(pair: str, length_m: float = 20_000.0) -> tuple[Stretch, ...]:
    """The border cut into stretches of equal length, near `length_m`, from north to south."""
    found: list[Stretch] = []
    for line in border(pair).lines:
        along_m = np.concatenate([[0.0], np.cumsum(_steps_m(line))])
        count = max(1, round(along_m[-1] / length_m))
        cuts_m = np.linspace(0.0, along_m[-1], count + 1)
        for start_m, end_m in pairwise(cuts_m):
            inner = (along_m > start_m) & (along_m < end_m)
            at_m = np.concatenate([[start_m], along_m[inner], [end_m]])
            part = np.column_stack([np.interp(at_m, along_m, line[:, axis]) for axis in (0, 1)])
            name = f"{pair.lower()}-{len(found) + 1:02d}"
            found.append(Stretch(stretch=name, line=part, length_m=float(end_m - start_m)))
    return tuple(found)


def between(pair: str, south_deg: float, north_deg: float) -> Floats:
    """The part of a border between two latitudes, from north to south; its longest piece where it winds in and out.

    Raises
    ------
    BadInput
        No border of that pair ships, or it does not come to these latitudes.
    """
    band = box(-180.0, south_deg, 180.0, north_deg)
    pieces = []
    for line in border(pair).lines:
        inside = LineString(line).intersection(band)
        pieces += [piece for piece in getattr(inside, "geoms", [inside]) if piece.length > 0.0]
    if not pieces:
        low = min(line[:, 1].min() for line in border(pair).lines)
        high = max(line[:, 1].max() for line in border(pair).lines)
        raise BadInput(
            f"the border {pair} runs from {low:.2f} to {high:.2f} degrees north; nothing of it lies between "
            f"{south_deg} and {north_deg}",
            key="border",
        )
    longest = max(pieces, key=lambda piece: piece.length)
    return _from_north(np.asarray(longest.coords))


def geojson() -> dict[str, object]:
    """Every border that ships as a GeoJSON FeatureCollection for a map, with the attribution that it must show."""
    features = [
        {
            "type": "Feature",
            "properties": {"pair": pair},
            "geometry": {"type": "MultiLineString", "coordinates": [line.tolist() for line in border(pair).lines]},
        }
        for pair in pairs()
    ]
    return {"type": "FeatureCollection", "attribution": ATTRIBUTION, "features": features}


def merged(parts: tuple[Floats, ...], gap_m: float) -> tuple[tuple[Floats, ...], tuple[float, ...]]:
    """Parts joined end to nearest end, the smallest gap first, and the gaps that were closed.

    An end is used once, and no join closes a ring. The result does not depend on the order or direction of the parts.
    """
    ends = np.array([point for part in parts for point in (part[0], part[-1])])
    first, second = np.triu_indices(len(ends), k=1)
    between_parts = first // 2 != second // 2
    first, second = first[between_parts], second[between_parts]
    radians = np.radians(ends)
    gaps_m = ground_distance_m(radians[first, 1], radians[first, 0], radians[second, 1], radians[second, 0])
    joined: dict[int, int] = {}
    line_of = list(range(len(parts)))
    bridged_m = []
    for index in np.argsort(gaps_m, kind="stable"):
        one, other = int(first[index]), int(second[index])
        if gaps_m[index] > gap_m:
            break
        if one in joined or other in joined or line_of[one // 2] == line_of[other // 2]:
            continue
        joined[one], joined[other] = other, one
        kept, gone = line_of[one // 2], line_of[other // 2]
        line_of = [kept if line == gone else line for line in line_of]
        if gaps_m[index] > 0.0:
            bridged_m.append(float(gaps_m[index]))
    lines = []
    for start in (end for end in range(len(ends)) if end not in joined):
        points, end = [], start
        while True:
            part = parts[end // 2]
            points.append(part if end % 2 == 0 else part[::-1])
            leaving = end ^ 1
            if leaving not in joined:
                break
            end = joined[leaving]
        line = np.concatenate(points)
        repeated = np.all(line[1:] == line[:-1], axis=1)
        line = line[np.concatenate([[True], ~repeated])]
        if tuple(line[0][::-1]) >= tuple(line[-1][::-1]):
            lines.append(line)
    lines.sort(key=lambda line: (-line[0, 1], line[0, 0]))
    return tuple(lines), tuple(bridged_m)


def _from_north(line: Floats) -> Floats:
    return line if line[0, 1] >= line[-1, 1] else line[::-1]


def _steps_m(line: Floats) -> Floats:
    longitude, latitude = np.radians(line).T
    return ground_distance_m(latitude[:-1], longitude[:-1], latitude[1:], longitude[1:])


@lru_cache(maxsize=1)
def _parts() -> dict[str, tuple[Floats, ...]]:
    found = {}
    for name in FILES:
        text = (files("dronewall.geo") / "data" / name).read_text(encoding="utf-8")
        for feature in json.loads(text)["features"]:
            parts = feature["geometry"]["coordinates"]
            found[feature["properties"]["pair"]] = tuple(np.array(part) for part in parts)
    return found

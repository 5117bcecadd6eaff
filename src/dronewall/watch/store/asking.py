"""What can be asked of a store: which tracks were in an area within a time, when, and where one track went."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, NamedTuple, Protocol

import numpy as np

from dronewall.errors import BadInput
from dronewall.units import SECOND_NS, utc_text
from dronewall.watch.store.pieces import decoded

EVER: Final = (0, 2**63 - 1)
MOST: Final = 10_000
BATCH: Final = 2_000
"""So many pieces are held at once, however many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A box in degrees; its edges belong to it."""

    west_deg: float
    south_deg: float
    east_deg: float
    north_deg: float

    @classmethod
    def of(cls, text: str) -> "Area":
        """The box in `WEST,SOUTH,EAST,NORTH`.

        Raises
        ------
        BadInput
            It is not four numbers in that order, or lies off the map.
        """
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError:
            west = south = east = north = np.nan
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise BadInput(f"'{text}' is no area; give WEST,SOUTH,EAST,NORTH in degrees, such as 27.2,56.4,27.5,56.6")
        return cls(west_deg=west, south_deg=south, east_deg=east, north_deg=north)


class About(NamedTuple):
    """Which watch: its wall's name, what it listens to, whether it is an exercise."""

    name: str
    source: str
    exercise: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One track in an area: its first and last position there within the time asked for.

    `label` and `identity` are what was said of it at the end of its last piece there.
    """

    site: About
    track: str
    label: str | None
    identity: str | None
    first_ns: int
    last_ns: int

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "site": self.site.name,
            "source": self.site.source,
            "exercise": self.site.exercise,
            "track": self.track,
            "label": self.label,
            "identity": self.identity,
            "first": utc_text(self.first_ns),
            "last": utc_text(self.last_ns),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A piece, or what many of them come to, that may hold a part of the answer.

    `points` is None where every position between `from_ns` and `to_ns` is known to be inside.
    """

    site: About
    track: str
    label: str | None
    identity: str | None
    from_ns: int
    to_ns: int
    points: bytes | None


class Paths(Protocol):
    """A store of paths."""

    def visits(
        self, area: Area, from_ns: int, to_ns: int, *, most: int = MOST, pieces: int | None = None
    ) -> list[Visit]:
        """Tracks that were in the area within that time, by their first moment there.

        Raises
        ------
        BadInput
            More than `pieces` pieces would have to be looked at.
        """
        ...

    def positions(self, track: str, from_ns: int, to_ns: int) -> list[tuple[str, np.ndarray]]:
        """Where a track went: for each site that has one of that name, positions [shape=(n, 4)] in order of time,
        as longitude and latitude (degrees), height above the ellipsoid (m), Unix seconds."""
        ...


def visits_of(
    found: Iterable[Found], area: Area, from_ns: int, to_ns: int, most: int, pieces: int | None = None
) -> list[Visit]:
    """The answer, position by position, out of everything that may hold a part of it, a batch at a time.

    Raises
    ------
    BadInput
        It is more than `pieces` pieces.
    """
    met: dict[tuple[About, str], tuple[int, int]] = {}
    said: dict[tuple[About, str], Found] = {}
    rest, looked_at = iter(found), 0
    while batch := list(islice(rest, BATCH)):
        looked_at += len(batch)
        if pieces is not None and looked_at > pieces:
            raise BadInput(f"that is more than {pieces:,} pieces of paths; ask for a smaller area or a shorter time")
        for one, begins, ends in zip(batch, *_inside(batch, area, from_ns, to_ns), strict=True):
            if begins < 0:
                continue
            key = one.site, one.track
            known = met.get(key, (begins, ends))
            met[key] = min(known[0], begins), max(known[1], ends)
            if key not in said or one.to_ns > said[key].to_ns:
                said[key] = replace(one, points=None)
    visits = [
        Visit(
            site=site,
            track=track,
            label=said[site, track].label,
            identity=said[site, track].identity,
            first_ns=times[0],
            last_ns=times[1],
        )
        for (site, track), times in met.items()
    ]
    visits.sort(key=lambda visit: (visit.first_ns, visit.site, visit.track))
    return visits[:most]


def _inside(found: Sequence[Found], area: Area, from_ns: int, to_ns: int) -> tuple[list[int], list[int]]:
    """First and last time of each inside the area and the time; -1 where it never was."""
    first = [one.from_ns if one.points is None else -1 for one in found]
    last = [one.to_ns if one.points is None else -1 for one in found]
    open_ = [(index, one.points) for index, one in enumerate(found) if one.points is not None]
    if not open_:
        return first, last
    points, of = decoded([points for _, points in open_])
    time_ns = _time_ns(points)
    inside = (points[:, 0] >= area.west_deg) & (points[:, 0] <= area.east_deg)
    inside &= (points[:, 1] >= area.south_deg) & (points[:, 1] <= area.north_deg)
    inside &= (time_ns >= from_ns) & (time_ns <= to_ns)
    rows = np.flatnonzero(inside)
    if not len(rows):
        return first, last
    pieces, begins = np.unique(of[rows], return_index=True)
    ends = np.append(begins[1:], len(rows)) - 1
    for piece, begin, end in zip(pieces.tolist(), begins.tolist(), ends.tolist(), strict=True):
        index = open_[piece][0]
        first[index], last[index] = int(time_ns[rows[begin]]), int(time_ns[rows[end]])
    return first, last


def joined(pieces: Iterable[tuple[str, bytes]], from_ns: int, to_ns: int) -> list[tuple[str, np.ndarray]]:
    """Pieces of one track, each with its site and in order of time, as the path at each site."""
    of_site: dict[str, list[bytes]] = {}
    for site, points in pieces:
        of_site.setdefault(site, []).append(points)
    paths = []
    for site, parts in of_site.items():
        path, _ = decoded(parts)
        time_ns = _time_ns(path)
        path = path[(time_ns >= from_ns) & (time_ns <= to_ns)]
        if len(path):
            paths.append((site, path))
    return paths


def _time_ns(points: np.ndarray) -> np.ndarray:
    """Unix seconds as nanoseconds, to the microsecond that a float of this century holds."""
    found: np.ndarray = np.round(points[:, 3] * 1e6).astype(np.int64) * (SECOND_NS // 1_000_000)
    return found

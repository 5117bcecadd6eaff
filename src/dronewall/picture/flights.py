"""Authorised flights beside the tracks: which track is known to be which flight, and which is only where one may be.

The rule. A track is **known** when it says who it is and nothing contradicts it (`cooperative`), it is within a volume
of an activated flight at that time, and the flight, where it names a drone, names this one. Nothing else excuses a
track: one that says nothing of itself in the same volume is judged as anywhere, and whoever decides is told that a
flight is authorised there. Within is within two standard deviations of the track's own place, at most 200 m beside and
100 m above or below: what is known worse is not known to be there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from shapely.geometry import Point, Polygon

from dronewall.picture.plane import Plane
from dronewall.records.event import Event
from dronewall.records.flight import Flight, FlightsChange, FlightState, FlightVolume
from dronewall.records.track import State, Tracks
from dronewall.records.words import IdentityStatus
from dronewall.units import SECOND_NS, Bools, Floats, Ints

SIGMAS: Final = 2.0
BESIDE_M: Final = 200.0
ABOVE_M: Final = 100.0
DEGREE_M: Final = 110_000.0
"""A degree of latitude is longer than this everywhere: boxes widened by it hold all that is within."""
REMEMBERED_NS: Final = 3_600 * SECOND_NS
"""A flight whose last volume closed so long ago is forgotten."""


class Word(StrEnum):
    """How a track stands to a flight, the one that tells most first."""

    KNOWN = "known"
    ASTRAY = "astray"
    NOT_BEGUN = "not_begun"
    OFF_PLAN = "off_plan"
    ANOTHER = "another"
    CONTRADICTED = "contradicted"
    SAYS_NOTHING = "says_nothing"


_WORDS: Final[Mapping[Word, str]] = {
    Word.KNOWN: "flies as authorised",
    Word.ASTRAY: "its authorised flight is elsewhere or at another time",
    Word.NOT_BEGUN: "says who it is, where a flight is authorised that is not said to have begun",
    Word.OFF_PLAN: "says who it is, where a flight is authorised that is said to be off its plan",
    Word.ANOTHER: "says who it is, where the flight of another drone is authorised",
    Word.CONTRADICTED: "a flight is authorised here, and other sensors contradict what it says of itself: not known",
    Word.SAYS_NOTHING: "a flight is authorised here, and it says nothing of itself: not known, a person decides",
}
_UNNAMED: Final = "says who it is, where a flight is authorised that names no drone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a track stands to a flight. `named`: the authorisation says which drone flies it."""

    flight: str
    word: Word
    named: bool

    def row(self) -> dict[str, Any]:
        """As JSON, for an event, a card or a draft."""
        words = _UNNAMED if self.word is Word.KNOWN and not self.named else _WORDS[self.word]
        return {"flight": self.flight, "word": str(self.word), "named": self.named, "words": words}


class Flights:
    """The flights that are authorised, as far as they were said."""

    def __init__(self) -> None:
        self._flights: dict[str, Flight] = {}
        self._gathered = _Gathered(())

    def __len__(self) -> int:
        return len(self._flights)

    def all(self) -> tuple[Flight, ...]:
        """Each flight, by id."""
        return tuple(self._flights[name] for name in sorted(self._flights))

    def change(self, change: FlightsChange, time_ns: int, actor: str) -> list[Event]:
        """Put and drop flights; what has changed as an event, nothing where nothing has."""
        put = [flight for flight in change.put if self._flights.get(flight.flight) != flight]
        drop = [name for name in change.drop if name in self._flights]
        if not put and not drop:
            return []
        for name in drop:
            del self._flights[name]
        self._flights |= {flight.flight: flight for flight in put}
        self._gathered = _Gathered(self.all())
        payload = {"put": [_told(flight) for flight in put], "drop": drop, "flights": len(self)}
        return [Event(time_ns=time_ns, kind="flights.changed", actor=actor, payload=payload)]

    def forget(self, time_ns: int) -> None:
        """Let go of what ended long ago; what stands in a file goes with the file."""
        old = [f.flight for f in self._flights.values() if not f.listed and f.ends_ns < time_ns - REMEMBERED_NS]
        if old:
            for name in old:
                del self._flights[name]
            self._gathered = _Gathered(self.all())

    def standing(self, tracks: Tracks, i: int, time_ns: int) -> Standing | None:
        """How a track's row stands to the flight that tells most of it; None where none is authorised there."""
        if not self._flights:
            return None
        status = str(tracks.identity_status[i])
        identity = None if tracks.identity[i] is None else str(tracks.identity[i])
        found = [_one(flight, status, identity) for flight in self._gathered.around(tracks, i, time_ns)]
        if status == IdentityStatus.COOPERATIVE and identity is not None:
            own = self._gathered.of(identity)
            found += [Standing(flight=flight.flight, word=Word.ASTRAY, named=True) for flight in own]
        return min(found, key=_most_told, default=None)

    def saved(self) -> list[dict[str, Any]]:
        """For a snapshot."""
        return [asdict(flight) for flight in self.all()]

    def restore(self, saved: Iterable[Mapping[str, Any]]) -> None:
        """Take up a snapshot."""
        self._flights = {flight.flight: flight for flight in map(_flight, saved)}
        self._gathered = _Gathered(self.all())


def change_from_json(said: Mapping[str, Any]) -> FlightsChange:
    """A change as `asdict` gave it."""
    return FlightsChange(put=tuple(_flight(one) for one in said["put"]), drop=tuple(said["drop"]))


def _flight(said: Mapping[str, Any]) -> Flight:
    volumes = tuple(
        FlightVolume(**{**volume, "ring": tuple((x, y) for x, y in volume["ring"])}) for volume in said["volumes"]
    )
    return Flight(**{**said, "state": FlightState(said["state"]), "volumes": volumes})


def _told(flight: Flight) -> dict[str, Any]:
    return {
        "flight": flight.flight,
        "state": str(flight.state),
        "begins_ns": flight.begins_ns,
        "ends_ns": flight.ends_ns,
        "volumes": len(flight.volumes),
        "named": flight.identity is not None,
    }


def _one(flight: Flight, status: str, identity: str | None) -> Standing:
    named = flight.identity is not None
    if status == IdentityStatus.CONFLICTING:
        word = Word.CONTRADICTED
    elif status != IdentityStatus.COOPERATIVE:
        word = Word.SAYS_NOTHING
    elif named and flight.identity != identity:
        word = Word.ANOTHER
    elif flight.state is FlightState.ACTIVATED:
        word = Word.KNOWN
    else:
        word = Word.NOT_BEGUN if flight.state is FlightState.ACCEPTED else Word.OFF_PLAN
    return Standing(flight=flight.flight, word=word, named=named)


_RANKS: Final = {word: rank for rank, word in enumerate(Word)}


def _most_told(one: Standing) -> tuple[bool, int, bool, str]:
    """A named flight that is this drone's first, then by word, then by id: the same whatever order they came in."""
    own = one.named and one.word in (Word.KNOWN, Word.NOT_BEGUN, Word.OFF_PLAN)
    return not own, _RANKS[one.word], not one.named, one.flight


class _Gathered:
    """Every volume of some flights, in arrays, so that a track is compared with what is near it alone."""

    def __init__(self, flights: Sequence[Flight]) -> None:
        rows = [(flight, volume) for flight in flights for volume in flight.volumes]
        self._flights = [flight for flight, _ in rows]
        self._volumes = [volume for _, volume in rows]
        self._when: Ints = np.array([(v.begins_ns, v.ends_ns) for v in self._volumes], np.int64).reshape(-1, 2)
        self._heights: Floats = np.array([(v.floor_hae_m, v.ceiling_hae_m) for v in self._volumes]).reshape(-1, 2)
        self._boxes: Floats = np.array([_box(v) for v in self._volumes]).reshape(-1, 4)
        self._of: dict[str, list[Flight]] = {}
        for flight in flights:
            if flight.identity is not None:
                self._of.setdefault(flight.identity, []).append(flight)

    def of(self, identity: str) -> Sequence[Flight]:
        """The flights that name this drone."""
        return self._of.get(identity, ())

    def around(self, tracks: Tracks, i: int, time_ns: int) -> list[Flight]:
        """The flights with a volume open now in which a track's row is."""
        latitude, longitude = float(np.degrees(tracks.latitude_rad[i])), float(np.degrees(tracks.longitude_rad[i]))
        covariance = tracks.covariance[i]
        variance = max(float(covariance[State.EAST, State.EAST]), float(covariance[State.NORTH, State.NORTH]))
        beside_m = min(SIGMAS * max(variance, 0.0) ** 0.5, BESIDE_M)
        above_m = min(SIGMAS * max(float(covariance[State.UP, State.UP]), 0.0) ** 0.5, ABOVE_M)
        height = float(tracks.altitude_hae_m[i])
        lat_slack = beside_m / DEGREE_M
        lon_slack = lat_slack / max(float(np.cos(np.radians(latitude))), 0.01)
        west, south, east, north = self._boxes.T
        near: Bools = (self._when[:, 0] <= time_ns) & (time_ns < self._when[:, 1])
        near &= (self._heights[:, 0] - above_m <= height) & (height <= self._heights[:, 1] + above_m)
        near &= (west - lon_slack <= longitude) & (longitude <= east + lon_slack)
        near &= (south - lat_slack <= latitude) & (latitude <= north + lat_slack)
        plane = Plane(latitude_deg=latitude, longitude_deg=longitude)
        found: dict[str, Flight] = {}
        for k in np.flatnonzero(near).tolist():
            flight = self._flights[k]
            if flight.flight not in found and _distance_m(plane, self._volumes[k]) <= beside_m:
                found[flight.flight] = flight
        return list(found.values())


def _box(volume: FlightVolume) -> tuple[float, float, float, float]:
    longitudes, latitudes = zip(*volume.ring, strict=True)
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _distance_m(plane: Plane, volume: FlightVolume) -> float:
    """How far the plane's origin is from a volume's outline; 0 within it."""
    corners = np.array(volume.ring)
    return float(Polygon(plane.xy_m(corners[:, 0], corners[:, 1])).distance(Point(0.0, 0.0)))

"""One stretch of a border, tracked apart: the tracker of one worker, and what it tells of its tracks.

Beside each row it tells the detection that began the track, which two trackers that see the same thing have in common
whatever they number it, and for what is young or near a cut the latest detections behind it: by those a neighbour's
track of the same thing is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dronewall.errors import Corrupt
from dronewall.geo.frames import geodetic_to_ecef
from dronewall.geo.terrain import Terrain
from dronewall.records.framed import framed, unframed
from dronewall.records.presence import Presence
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.records.weather import Weather
from dronewall.sensors.sensor import Sensor
from dronewall.tracking.bank import Bank
from dronewall.tracking.lateness import REACH_S, InOrder
from dronewall.tracking.ledger import PAGE, PAGES, EvidenceRow
from dronewall.tracking.settings import TrackerSettings
from dronewall.tracking.stretches import Stretches, places_of
from dronewall.tracking.tracker import Tracker
from dronewall.units import Ints, nanoseconds

BEHIND = 20  # latest detections told of a track
YOUNG_S = REACH_S + 15.0  # a late look may still change what began such a track

Birth = tuple[int, int, int]
"""The detection that began a track: the sensor's place in the wall, look, row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a stretch tells at one time.

    Attributes
    ----------
    stretch : int
    tracks : Tracks
        Over the stretch and a margin to either side; ids are the worker's own.
    births : np.ndarray of int64 [shape=(n, 3)]
        The `Birth` of each row.
    behind : np.ndarray of int64 [shape=(m, 4)]
        Row, and sensor, look and row of a detection behind it; for rows that are young or near a cut.
    presences : tuple of Presence
        Over the stretch alone.
    """

    stretch: int
    tracks: Tracks
    births: Ints
    behind: Ints
    presences: tuple[Presence, ...]

    def to_bytes(self) -> bytes:
        """As a frame."""
        numbers, texts = dict[str, NDArray[np.generic]](), dict[str, object]()
        for field in fields(Tracks):
            column = getattr(self.tracks, field.name)
            if column.dtype == object:
                words = list(dict.fromkeys(column.tolist()))
                code = {word: place for place, word in enumerate(words)}
                texts[field.name] = words
                numbers[f"{field.name}:code"] = np.array([code[cell] for cell in column.tolist()], np.int64)
            else:
                numbers[field.name] = column
        said = [{name: getattr(one, name) for name in Presence.__slots__} for one in self.presences]
        head = {"stretch": self.stretch, "texts": texts, "presences": said}
        return framed(head, numbers | {"births": self.births, "behind": self.behind})

    @classmethod
    def from_bytes(cls, body: bytes) -> "Answer":
        """What `to_bytes` gave.

        Raises
        ------
        Corrupt
            The bytes are something else.
        """
        head, arrays = unframed(body)
        try:
            births, behind = arrays.pop("births"), arrays.pop("behind")
            columns = {name: _objects(words)[arrays.pop(f"{name}:code")] for name, words in head["texts"].items()}
            presences = tuple(Presence(**one | {"sensors": tuple(one["sensors"])}) for one in head["presences"])
            both: dict[str, Any] = {**arrays, **columns}
            tracks = Tracks(**both)
            return cls(stretch=head["stretch"], tracks=tracks, births=births, behind=behind, presences=presences)
        except (KeyError, TypeError, IndexError) as error:
            raise Corrupt(f"a worker's answer lacks something: {error}") from None


class Stretch:
    """The tracker of one stretch. Pure: the same looks in the same order give the same answers.

    Parameters
    ----------
    sensors : mapping
        All of the wall's; those that reach the stretch are taken, and looks of others are passed over.
    saved : bytes or None
        What `save` gave.

    Raises
    ------
    Corrupt
        `saved` is no state of this stretch of this wall.
    """

    def __init__(
        self,
        stretches: Stretches,
        at: int,
        sensors: Mapping[str, Sensor],
        *,
        weather: Weather | None = None,
        settings: TrackerSettings | None = None,
        terrain: Terrain | None = None,
        saved: bytes | None = None,
    ) -> None:
        self.at, self._stretches = at, stretches
        self._own = stretches.takes(at, sensors)
        self._elsewhere = tuple(name for name in sensors if name not in self._own and sensors[name].kind != "observer")
        places = {name: place for place, name in enumerate(sensors)}
        self._place_of = np.array([places[name] for name in self._own], np.int64)
        self._births: dict[int, tuple[int, Birth]] = {}
        if saved is None:
            self._plain = Tracker(
                self._own, weather=weather, settings=settings, terrain=terrain, elsewhere=self._elsewhere
            )
            self._tracker = InOrder(self._plain)
            return
        head, arrays = unframed(saved)
        if head.get("stretch") != at or head.get("sensors") != list(self._own):
            raise Corrupt(f"the saved state is not of stretch {at + 1} of {len(stretches)} of this wall")
        self._tracker = InOrder.restore(
            arrays["tracker"].tobytes(),
            self._own,
            weather=weather,
            settings=settings,
            terrain=terrain,
            elsewhere=self._elsewhere,
        )
        assert isinstance(self._tracker.tracker, Tracker)
        self._plain = self._tracker.tracker
        for key, first_ns, *birth in arrays["births"].tolist():
            self._births[key] = (first_ns, (birth[0], birth[1], birth[2]))

    @property
    def sensors(self) -> Mapping[str, Sensor]:
        """Those whose looks it takes; of others it needs to know only when they looked."""
        return self._own

    def take(self, scans: Sequence[Scan]) -> None:
        """Looks of all sensors, late ones too."""
        for scan in scans:
            self._tracker.step(scan)

    def settle(self) -> int:
        """Work out what waits, and note what began each track while that is known; how many tracks there are."""
        _ = self._tracker.now_ns
        self._note()
        return int((self._bank.number[: self._bank.n] > 0).sum())

    def answer(self, time_ns: int) -> Answer:
        """What there is at a time."""
        tracks = self._tracker.tracks(time_ns)
        self._note()
        bank = self._bank
        keys = bank.key[: bank.n][bank.number[: bank.n] > 0]
        places = places_of(tracks)
        told = np.flatnonzero(self._stretches.told(self.at, places))
        tracks, keys, places = _rows(tracks, told), keys[told], places[told]
        births = np.array([self._births[key][1] for key in keys.tolist()], np.int64).reshape(-1, 3)
        some = tracks.first_ns > time_ns - nanoseconds(YOUNG_S)
        for cut in range(len(self._stretches.cuts)):
            some |= self._stretches.near(cut, places)
        return Answer(
            stretch=self.at,
            tracks=tracks,
            births=births,
            behind=self._behind(np.flatnonzero(some), keys),
            presences=self._presences(time_ns),
        )

    def evidence(self, track: str, last: int) -> list[EvidenceRow]:
        """The latest detections behind one of its tracks, by the worker's own id."""
        return self._tracker.evidence(track, last)

    def save(self) -> bytes:
        """The state as bytes."""
        tracker = np.frombuffer(self._tracker.save(), np.uint8)
        births = [[key, first_ns, *birth] for key, (first_ns, birth) in sorted(self._births.items())]
        head = {"stretch": self.at, "sensors": list(self._own)}
        return framed(head, {"tracker": tracker, "births": np.array(births, np.int64).reshape(-1, 5)})

    @property
    def _bank(self) -> Bank:
        return self._plain.core.memory.bank

    def _entries(self) -> NDArray[np.void]:
        """The ledger, with sensors by their place in the wall."""
        entries = self._plain.core.memory.ledger.all()
        entries["sensor"] = self._place_of[entries["sensor"]]
        return entries

    def _note(self) -> None:
        """Remember what began each track; looked up again while a late look may change it, or give its key away."""
        bank, now_ns = self._bank, self._plain.now_ns
        rows = np.flatnonzero(bank.number[: bank.n] > 0)
        keys, first_ns = bank.key[rows].tolist(), bank.first_ns[rows].tolist()
        young_ns = now_ns - nanoseconds(YOUNG_S)
        known = self._births
        wanted = [
            (key, at) for key, at in zip(keys, first_ns, strict=True) if at > young_ns or known.get(key, (0,))[0] != at
        ]
        found = {key: known[key] for key, at in zip(keys, first_ns, strict=True) if known.get(key, (0,))[0] == at}
        if wanted:
            entries = self._entries()
            oldest_ns = int(entries["time_ns"][0]) if len(entries) >= PAGE * PAGES else -(2**62)
            some, first = np.unique(entries["key"], return_index=True)
            at_first = dict(zip(some.tolist(), first.tolist(), strict=True))
            for key, at in wanted:
                if key in at_first and (at > oldest_ns or key not in found):
                    one = entries[at_first[key]]
                    found[key] = (at, (int(one["sensor"]), int(one["scan"]), int(one["row"])))
        self._births = found

    def _behind(self, rows: Ints, keys: Ints) -> Ints:
        """The latest detections behind some rows, by row."""
        if not len(rows):
            return np.zeros((0, 4), np.int64)
        entries = self._entries()
        row_of = np.full(int(keys.max()) + 1, -1, np.int64)
        row_of[keys[rows]] = rows
        entries = entries[entries["key"] <= keys.max()]
        row = row_of[entries["key"]]
        entries, row = entries[row >= 0], row[row >= 0]
        order = np.argsort(row, kind="stable")
        entries, row = entries[order], row[order]
        after = np.searchsorted(row, row, side="right") - np.arange(len(row))  # 1 for a row's latest
        last = after <= BEHIND
        told = np.stack([row, entries["sensor"], entries["scan"], entries["row"]], axis=1)
        return np.asarray(told[last], np.int64)

    def _presences(self, time_ns: int) -> tuple[Presence, ...]:
        found = self._tracker.presences(time_ns)
        if not found:
            return ()
        latitude = np.array([one.latitude_rad for one in found])
        longitude = np.array([one.longitude_rad for one in found])
        over = self._stretches.over(geodetic_to_ecef(latitude, longitude, np.zeros(len(found))))
        return tuple(one for one, home in zip(found, over.tolist(), strict=True) if home == self.at)


def _rows(tracks: Tracks, some: Ints) -> Tracks:
    return Tracks(**{field.name: getattr(tracks, field.name)[some] for field in fields(Tracks)})


def _objects(cells: list[object]) -> NDArray[np.object_]:
    column = np.empty(len(cells), object)
    for row, cell in enumerate(cells):
        column[row] = tuple(cell) if isinstance(cell, list) else cell
    return column

"""A border of any length cut into sectors: each keeps the tracks over its stretch, and hands on what leaves it.

A look is worked out in one place, by the sector on whose stretch its sensor stands, with every track that the sensor
may see, whichever sector keeps it: tracks of the neighbours come along for that look and go back moved. So a look meets
the very tracks, in the very order of birth, that it would meet on an uncut border, and ids, numbers and rows are those
of one `Tracker`, to the bit, however the border is cut. States are earth-centred, hence no frame per sector.

A radar with a stated probability of detection borrows only what may be in its reach. What is kept as a view
(`coverage.py`: sound, physics, terrain, silence) and claims, which may be of any track, borrow everything. All sectors
run in one thread: the looks of neighbours are in one order of time, and that order is what makes the cut invisible.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.terrain import Terrain
from dronewall.records.presence import Presence
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.records.wall import Wall
from dronewall.records.weather import Weather
from dronewall.sensors.sensor import Sensor
from dronewall.tracking.bank import Bank
from dronewall.tracking.fates import Fates, refusal
from dronewall.tracking.ledger import EvidenceRow
from dronewall.tracking.memory import Memory
from dronewall.tracking.parts import Parts
from dronewall.tracking.registration import SensorAlignment
from dronewall.tracking.settings import TrackerSettings
from dronewall.tracking.tracker import Tracker
from dronewall.units import SECOND_NS, Floats, Ints

HAND_OVER_S = 10.0  # a track is kept by the sector that it is over, looked at this often


class Sectors:
    """A `Tracker` whose tracks lie in sectors: the same calls, the same answers to the bit."""

    def __init__(
        self,
        wall: Wall | Mapping[str, Sensor],
        sectors: int,
        *,
        weather: Weather | None = None,
        settings: TrackerSettings | None = None,
        terrain: Terrain | None = None,
        parts: Parts | None = None,
    ) -> None:
        if sectors < 1:
            raise BadInput(f"--sectors {sectors} is no number of sectors; give 1 or more", key="sectors")
        self._tracker = Tracker(wall, weather=weather, settings=settings, terrain=terrain, parts=parts)
        core = self._tracker.core
        self._axis, self._cuts = cut(np.array([s.ecef_m for s in core.sensors]).reshape(-1, 3), sectors)
        self._index = {name: index for index, name in enumerate(core.names)}
        self.sector_of = {
            name: int(home) for name, home in zip(core.names, self._over(core.coverage.places), strict=True)
        }
        self._banks: list[Bank] = []
        self.handed_over = 0
        self.borrowed = 0
        self._split(core.memory.bank)

    @property
    def settings(self) -> TrackerSettings:
        """What it was told about how things fly."""
        return self._tracker.settings

    @property
    def callers(self) -> tuple[str, ...]:
        """Sensors that are people."""
        return self._tracker.callers

    @property
    def now_ns(self) -> int:
        """Time of the latest look."""
        return self._tracker.now_ns

    @property
    def counts(self) -> Mapping[str, int]:
        """How many detections met each fate so far."""
        return self._tracker.counts

    @property
    def kept(self) -> tuple[int, ...]:
        """How many tracks each sector keeps, along the border."""
        return tuple(bank.n for bank in self._banks)

    def step(self, scan: Scan) -> Fates:
        """Take one look, in order of time; what became of each of its rows."""
        tracker, core = self._tracker, self._tracker.core
        index = self._index.get(scan.sensor)
        if index is None or core.sensors[index].kind == "observer" or refusal(scan):
            return tracker.step(scan)
        self._tidy(scan.time_ns)
        home = self.sector_of[scan.sensor]
        own = self._banks[home]
        plain = tracker.is_plain(index, scan)
        rows = [
            self._in_reach(at, index, scan.time_ns) if plain else np.arange(bank.n)
            for at, bank in enumerate(self._banks)
        ]
        rows = self._with_groups(rows)
        if all(at == home or not len(found) for at, found in enumerate(rows)):
            core.memory.bank = own
            return tracker.step(scan)
        joint, order = _joined([_some(bank, found) for bank, found in zip(self._banks, rows, strict=True)])
        lent = joint.n
        core.memory.bank = joint
        fate = tracker.step(scan)
        back = np.argsort(order, kind="stable")
        at = 0
        for bank, found in zip(self._banks, rows, strict=True):
            _put(bank, found, joint, back[at : at + len(found)])
            at += len(found)
        _append(own, joint, slice(lent, joint.n))
        self.borrowed += lent - len(rows[home])
        return fate

    def run(self, scans: Sequence[Scan]) -> list[Fates]:
        """Take many looks, in order of time."""
        return [self.step(scan) for scan in scans]

    def tracks(self, time_ns: int) -> Tracks:
        """Every track that has a number, in order of birth, predicted to a time."""
        self._together(numbered=True)
        return self._tracker.tracks(time_ns)

    def presences(self, time_ns: int) -> tuple[Presence, ...]:
        """Areas in which something is believed to be that has no track."""
        self._together(numbered=True)
        return self._tracker.presences(time_ns)

    def evidence(self, track: str, last: int = 200) -> list[EvidenceRow]:
        """The latest detections behind a live track, oldest first."""
        self._together(numbered=True)
        return self._tracker.evidence(track, last)

    def registration(self) -> tuple[SensorAlignment, ...]:
        """What is known of the biases of each sensor that fixes positions."""
        return self._tracker.registration()

    def snapshot(self) -> Memory:
        """A copy of the state, for `resume`: that of one tracker, which knows of no sectors."""
        self._together()
        return self._tracker.snapshot()

    def resume(self, memory: Memory) -> None:
        """Go back to a copied state, however it was cut."""
        self._tracker.resume(memory)
        self._split(self._tracker.core.memory.bank)

    def save(self) -> bytes:
        """The state as bytes: `Tracker.restore` reads them too."""
        self._together()
        return self._tracker.save()

    def _over(self, places: Floats) -> Ints:
        along = (places * self._axis).sum(axis=1)
        return np.asarray(np.searchsorted(self._cuts, along, side="right"), np.int64)

    def _split(self, bank: Bank) -> None:
        """Give every track to the sector that it is over."""
        home = self._over(bank.x[: bank.n, 0, :3])
        self._banks = [_some(bank, np.flatnonzero(home == at)) for at in range(len(self._cuts) + 1)]
        self._given_ns = self._tracker.now_ns

    def _together(self, *, numbered: bool = False) -> None:
        """All tracks in one bank, for those who ask about all."""
        parts = [
            _some(bank, np.flatnonzero(bank.number[: bank.n] > 0) if numbered else np.arange(bank.n))
            for bank in self._banks
        ]
        self._tracker.core.memory.bank = _joined(parts)[0]

    def _tidy(self, time_ns: int) -> None:
        """What a look would do first on an uncut border, sector by sector; then the hand-over, when it is due."""
        core = self._tracker.core
        if time_ns < core.memory.now_ns or time_ns - core.memory.tidied_ns < SECOND_NS:
            return
        for bank in self._banks:
            core.memory.bank = bank
            core.tidy(time_ns)
        core.memory.tidied_ns = time_ns
        if time_ns - self._given_ns >= HAND_OVER_S * SECOND_NS:
            self._given_ns = time_ns
            self._hand_over()

    def _hand_over(self) -> None:
        leaving: list[list[Bank]] = [[] for _ in self._banks]
        for at, bank in enumerate(self._banks):
            home = self._over(bank.x[: bank.n, 0, :3])
            gone = home != at
            if not gone.any():
                continue
            for other in np.unique(home[gone]).tolist():
                leaving[other].append(_some(bank, np.flatnonzero(home == other)))
            self.handed_over += int(gone.sum())
            bank.keep(~gone)
        for at, coming in enumerate(leaving):
            if coming:
                self._banks[at] = _joined([_some(self._banks[at], np.arange(self._banks[at].n)), *coming])[0]

    def _with_groups(self, rows: list[Ints]) -> list[Ints]:
        """The same rows, and those of everything that flies in a group with one of them."""
        groups = self._tracker.core.memory.groups
        if not groups:
            return rows
        found = np.concatenate([bank.key[some] for bank, some in zip(self._banks, rows, strict=True)])
        met = [group.key for group in groups if np.isin(group.key, found).any()]
        if not met:
            return rows
        keys = np.sort(np.concatenate(met))
        return [
            np.union1d(some, bank.rows_of(keys)).astype(np.int64) for bank, some in zip(self._banks, rows, strict=True)
        ]

    def _in_reach(self, sector: int, index: int, time_ns: int) -> Ints:
        """Rows of a sector's tracks that one radar may see."""
        bank, core = self._banks[sector], self._tracker.core
        if not bank.n:
            return np.zeros(0, np.int64)
        place, reach_m = core.coverage.places[index], core.sensors[index].reach_m
        return bank.candidates(place, reach_m, time_ns)


def cut(places: Floats, sectors: int) -> tuple[Floats, Floats]:
    """Where to cut a border so that each sector has as many sensors: a direction along it, and places along that.

    Parameters
    ----------
    places : np.ndarray [shape=(n, 3)]
        The sensors, ECEF, m. The direction is that between the two that are farthest apart, as far as one step shows:
        the farthest from the first, and the farthest from that.
    """
    if not len(places):
        return np.array([1.0, 0.0, 0.0]), np.zeros(0)
    one = places[((places - places[0]) ** 2).sum(axis=1).argmax()]
    other = places[((places - one) ** 2).sum(axis=1).argmax()]
    axis = other - one
    size = np.sqrt((axis * axis).sum())
    axis = axis / size if size > 0.0 else np.array([1.0, 0.0, 0.0])
    along = np.sort((places * axis).sum(axis=1))
    first = np.unique(np.arange(1, sectors) * len(along) // sectors)
    first = first[first > 0]
    return axis, 0.5 * (along[first - 1] + along[first])


def _some(bank: Bank, rows: Ints) -> Bank:
    return Bank(n=len(rows), **{name: getattr(bank, name)[rows] for name in Bank.array_names()})


def _joined(parts: Sequence[Bank]) -> tuple[Bank, Ints]:
    """The tracks of several banks in order of birth, and which of them, one bank after the other, each row was."""
    order = np.argsort(np.concatenate([part.key[: part.n] for part in parts]), kind="stable")
    arrays = {
        name: np.concatenate([getattr(part, name)[: part.n] for part in parts])[order] for name in Bank.array_names()
    }
    return Bank(n=len(order), **arrays), order


def _put(bank: Bank, rows: Ints, source: Bank, source_rows: Ints) -> None:
    for name in Bank.array_names():
        getattr(bank, name)[rows] = getattr(source, name)[source_rows]


def _append(bank: Bank, source: Bank, rows: slice) -> None:
    """Newborn tracks, whose keys are above all others."""
    at = bank.add(rows.stop - rows.start)
    for name in Bank.array_names():
        getattr(bank, name)[at] = getattr(source, name)[rows]

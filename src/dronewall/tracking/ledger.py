"""Which detections stand behind each track: an append-only ledger of (track, sensor, scan, row, time, weight)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dronewall.units import Floats, Ints

PAGE = 512  # entries; full pages are never changed, so copies share them
PAGES = 400  # the oldest go beyond this
ENTRY = np.dtype(
    [
        ("key", np.int64),
        ("sensor", np.int64),
        ("scan", np.int64),
        ("row", np.int64),
        ("time_ns", np.int64),
        ("weight", float),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One detection behind a track: `row` is its number in the recording or log, `weight` its share in the track."""

    sensor: str
    scan: int
    row: int
    time_ns: int
    weight: float


class Ledger:
    """Entries in order of processing."""

    def __init__(self) -> None:
        self._pages: list[NDArray[np.void]] = []
        self._page: NDArray[np.void] = np.zeros(PAGE, ENTRY)
        self._used = 0

    def add(self, key: Ints, sensor: int, scan: int, row: Ints, time_ns: Ints, weight: Floats) -> None:
        """Write n entries of one look."""
        new = np.zeros(len(key), ENTRY)
        new["key"], new["sensor"], new["scan"], new["row"], new["time_ns"] = key, sensor, scan, row, time_ns
        new["weight"] = weight
        self._append(new)

    def add_many(self, key: Ints, sensor: Ints, scan: Ints, row: Ints, time_ns: Ints, weight: Floats) -> None:
        """Write n entries of many looks."""
        new = np.zeros(len(key), ENTRY)
        new["key"], new["sensor"], new["scan"], new["row"], new["time_ns"] = key, sensor, scan, row, time_ns
        new["weight"] = weight
        self._append(new)

    def _append(self, new: NDArray[np.void]) -> None:
        while len(new):
            room = min(PAGE - self._used, len(new))
            self._page[self._used : self._used + room] = new[:room]
            self._used += room
            new = new[room:]
            if self._used == PAGE:
                self._pages = [*self._pages[-PAGES:], self._page]
                self._page, self._used = np.zeros(PAGE, ENTRY), 0

    def of(self, key: int, last: int) -> NDArray[np.void]:
        """The last entries of one track."""
        found: list[NDArray[np.void]] = []
        for page in self._newest_first():
            mine = page[page["key"] == key]
            if len(mine):
                found.append(mine[-last:])
                last -= len(found[-1])
                if last <= 0:
                    break
        return np.concatenate(found[::-1]) if found else np.zeros(0, ENTRY)

    def rows_of(self, key: int, sensor: int, scan: int) -> Ints:
        """Rows of one look that stand behind a track."""
        found: list[Ints] = []
        for page in self._newest_first():
            mine = page[page["key"] == key]
            found.append(mine["row"][(mine["sensor"] == sensor) & (mine["scan"] == scan)])
        return np.concatenate(found[::-1])

    def _newest_first(self) -> Iterator[NDArray[np.void]]:
        """The pages, the latest entries first: whoever looks for a few entries need not put all of them together."""
        yield self._page[: self._used]
        yield from reversed(self._pages)

    def all(self) -> NDArray[np.void]:
        """Every entry."""
        return np.concatenate([*self._pages, self._page[: self._used]])

    def copy(self) -> "Ledger":
        """The same entries; adding to one does not show in the other."""
        new = Ledger()
        new._pages, new._page, new._used = self._pages, self._page.copy(), self._used
        return new

    @classmethod
    def from_entries(cls, entries: NDArray[np.void]) -> "Ledger":
        """A ledger of these entries."""
        new = cls()
        new._append(entries)
        return new

"""Which detections stand behind each track: an append-only ledger of (track, sensor, scan, row, time, weight)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dronewall.units import Floats, Ints

KEPT = 200_000  # entries; beyond twice as many the older half goes
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
        self._entries: NDArray[np.void] = np.zeros(1024, ENTRY)
        self.length = 0

    def add(self, key: Ints, sensor: int, scan: int, row: Ints, time_ns: Ints, weight: Floats) -> None:
        """Write n entries of one look."""
        end = self.length + len(key)
        if end > len(self._entries):
            longer = np.zeros(2 * end, ENTRY)
            longer[: self.length] = self._entries[: self.length]
            self._entries = longer
        new = self._entries[self.length : end]
        new["key"], new["sensor"], new["scan"], new["row"], new["time_ns"] = key, sensor, scan, row, time_ns
        new["weight"] = weight
        self.length = end

    def trim(self) -> None:
        """Forget the oldest when there are too many. Makes a new array: older copies stay whole."""
        if self.length > 2 * KEPT:
            self._entries = self._entries[self.length - KEPT : self.length].copy()
            self.length = KEPT

    def of(self, key: int, last: int) -> NDArray[np.void]:
        """The last entries of one track."""
        entries = self._entries[: self.length]
        found: NDArray[np.void] = entries[entries["key"] == key][-last:]
        return found

    def rows_of(self, key: int, sensor: int, scan: int) -> Ints:
        """Rows of one look that stand behind a track."""
        found = self.of(key, KEPT)
        rows: Ints = found["row"][(found["sensor"] == sensor) & (found["scan"] == scan)]
        return rows

    def all(self) -> NDArray[np.void]:
        """Every entry."""
        return self._entries[: self.length]

    def copy(self) -> "Ledger":
        """The same entries in an array of its own."""
        new = Ledger()
        new._entries, new.length = self.all().copy(), self.length
        return new

    @classmethod
    def from_entries(cls, entries: NDArray[np.void]) -> "Ledger":
        """A ledger of these entries."""
        new = cls()
        new._entries, new.length = entries.copy(), len(entries)
        return new

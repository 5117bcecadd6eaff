"""What comes in, as it came, with the time of reception: kept in the vault under the day's key.

Raw bytes may hold whatever a sensor says, personal data too, so none of it lies open, and all of it goes with its day's
key. `dronewall convert DATA RECORDING --wall WALL` decodes it once more.
"""

import threading
from typing import Final

from dronewall.archive.frames import packed
from dronewall.vault import Vault

FULL: Final = 256 * 1024
LARGEST_DAY: Final = 4 << 30
DAY_NS: Final = 86_400 * 10**9


class FrameKeeper:
    """Keeps the frames of one sensor; several threads may add and flush. A day takes `largest_day` bytes, no more."""

    def __init__(self, vault: Vault, sensor: str, *, largest_day: int = LARGEST_DAY) -> None:
        self._vault, self._sensor, self._largest = vault, sensor, largest_day
        self._lock = threading.Lock()
        self._held: list[tuple[int, bytes]] = []
        self._held_bytes = 0
        self._full_day = -1
        self.kept = self.left_out = 0

    def add(self, received_ns: int, piece: bytes) -> None:
        """One piece as it came."""
        day = received_ns // DAY_NS
        with self._lock:
            if self._held and day != self._held[-1][0] // DAY_NS:
                self._flush()
            if day == self._full_day:
                self.left_out += 1
                return
            self._held.append((received_ns, piece))
            self._held_bytes += len(piece)
            self.kept += 1
            if self._held_bytes >= FULL:
                self._flush()

    def flush(self) -> None:
        """Write what is held."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        if not self._held:
            return
        held, self._held, self._held_bytes = self._held, [], 0
        newest_ns = held[-1][0]
        try:
            size = self._vault.append(newest_ns, self._sensor, packed(held))
        except OSError:  # the disk is full: the watch goes on, and says how much it could not keep
            self.kept -= len(held)
            self.left_out += len(held)
            return
        if size > self._largest:
            self._full_day = newest_ns // DAY_NS

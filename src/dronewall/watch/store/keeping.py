"""What a watch does for its store: it cuts the picture into pieces at each snapshot, and has them carried on."""

import contextlib
import sqlite3
import threading
from pathlib import Path
from typing import Any, Final, Self

from dronewall.errors import DronewallError
from dronewall.eventlog import EventLog
from dronewall.records.track import Tracks
from dronewall.units import SECOND_NS
from dronewall.watch.retention import setting
from dronewall.watch.store.address import Address
from dronewall.watch.store.asking import About
from dronewall.watch.store.carrier import Carrier, Note
from dronewall.watch.store.local import FILE_NAME, LocalPaths
from dronewall.watch.store.pieces import Cutter, Piece

SHARED_NS: Final = SECOND_NS
LOCAL_NS: Final = 2 * SECOND_NS
FRAMES, HELD = 1_200, 200_000
"""Frames and pieces that wait in memory while the disk takes nothing; beyond that the oldest are set aside."""


class Keeping:
    """The paths of one watch; a context manager. All but `health` belongs to the engine's thread.

    Parameters
    ----------
    data : Path
        The data folder.
    address : Address or None
        The shared store; None keeps the paths in the folder only, a position each 2 s instead of each second.
    """

    def __init__(self, data: Path, *, address: Address | None, about: About, log: EventLog, note: Note) -> None:
        self.paths = LocalPaths(data / FILE_NAME, about=about)
        self.every_ns = LOCAL_NS if address is None else SHARED_NS
        self._cutter, self._held = Cutter(), list[tuple[int, list[Piece]]]()
        self._after: int | None = None
        self._newest_ns = self.kept_ns = 0
        self._set_aside, self._why = 0, ""
        self._settling = threading.Thread()
        self._carrier: Carrier | None = None
        if address is not None:
            self._carrier = Carrier(
                address, log=log, paths=self.paths, about=about, note=note, keep_days=lambda: _store_days(data)
            )

    def __enter__(self) -> Self:
        return self

    def start(self) -> None:
        """Begin to carry; what is noted of that needs an engine that runs."""
        if self._carrier is not None:
            self._carrier.start()

    def __exit__(self, *_: object) -> None:
        if self._carrier is not None:
            self._carrier.stop()
        if self._settling.ident is not None:
            self._settling.join()
        self.paths.close()

    def wants(self, time_ns: int) -> bool:
        """Whether the tracks at this second are to be kept."""
        return time_ns % self.every_ns == 0

    def step(self, time_ns: int, tracks: Tracks) -> None:
        """The tracks at one second."""
        if self._after is not None:
            # Only what comes again is dropped: a journal that begins anew takes nothing back.
            self.paths.drop(self._after, time_ns)
            self._after = None
        self._cutter.add(time_ns, tracks)
        self._newest_ns = time_ns
        self._set_aside += self._cutter.drop_oldest(FRAMES)

    def back(self, seq: int) -> None:
        """Begin anew after input `seq`: its followers are coming, perhaps again."""
        self._cutter.forget()
        self._held.clear()
        self._after = seq

    def kept(self, seq: int) -> None:
        """A snapshot after input `seq`: what belongs to the inputs before it survives a kill when this returns."""
        self._held.append((seq, self._cutter.cut()))
        try:
            while self._held:
                self.paths.add(self._held[0][1], self._held[0][0])
                self._held.pop(0)
            self._why, self.kept_ns = "", self._newest_ns
            if not self._settling.is_alive():
                self._settling = threading.Thread(target=self._settle, name="paths", daemon=True)
                self._settling.start()
        except sqlite3.OperationalError as error:
            self._why = f"{self.paths.file} cannot be written: {error}"
            while sum(len(pieces) for _, pieces in self._held) > HELD:
                self._set_aside += len(self._held.pop(0)[1])

    def _settle(self) -> None:
        """Have the file written to disk; one that cannot be is found at the next snapshot too."""
        with contextlib.suppress(sqlite3.Error):
            self.paths.checkpoint()

    def health(self) -> dict[str, Any]:
        """For the health page: the file's state, and the shared store's where there is one."""
        local = {
            "state": "failed" if self._why else "ok",
            "why": self._why,
            "kept_t": self.kept_ns / SECOND_NS,
            "set_aside": self._set_aside,
        }
        return {"paths": local, "shared": None if self._carrier is None else self._carrier.health()}


def _store_days(data: Path) -> float | None:
    """`store_days` of the retention setting; None also where that cannot be read, which the watch's log says."""
    try:
        return setting(data).store_days
    except DronewallError:
        return None

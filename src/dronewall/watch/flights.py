"""Authorised flights on their way in: a file or a folder that is looked at every few seconds, and what is posted.

What a file says is put as it stands: a flight that is no longer in any file is dropped. A file that cannot be read,
half written perhaps, keeps what it said before, spoils no other, and says why on the health page. What is posted stays
until it is posted anew, withdrawn, or an hour over; what a file lists is withdrawn in the file. Each change goes
through the journal like any act, so that a restart knows it.
"""

import contextlib
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from dronewall.errors import BadInput, Unavailable
from dronewall.formats import PersonalData
from dronewall.formats.flights import LARGEST, MOST_FLIGHTS, ReadFlights, read_flights
from dronewall.records.event import Event
from dronewall.records.flight import Flight, FlightsChange
from dronewall.regular import read_regular, refuse_special, shown
from dronewall.units import SECOND_NS
from dronewall.watch import acts
from dronewall.watch.engine import Engine

LOOK_S: Final = 2.0
AGAIN_S: Final = 60.0
"""After how long a file is tried again that failed for no fault of its own: a full disk, no memory."""
ANSWER_S: Final = 30.0
IN_FILES: Final = "withdrawn, but a file of the watch lists them: take them out there"
ENDED: Final = "the files are no longer looked at: start the watch anew"

Json = dict[str, Any]
Stamp = tuple[int, int, int]


class FlightsIn:
    """Flights of a file or folder, and those that are posted.

    Parameters
    ----------
    path : Path or None
        A file, or a folder whose `*.json` are read; it may come later.
    salt : bytes
        That of the decoders, so that a drone's pseudonym is the one that its track carries.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        path: Path | None,
        salt: bytes,
        keep: Callable[[PersonalData], None],
        tell: Callable[[Event], None],
    ) -> None:
        self._engine, self._path, self._salt, self._keep, self._tell = engine, path, salt, keep, tell
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="flights", daemon=True)
        self._read: dict[Path, tuple[Stamp, ReadFlights]] = {}
        self._failed: dict[Path, tuple[Stamp, str, float]] = {}
        self._posted: Counter[str] = Counter()
        self._why: dict[str, str] = {}

    def start(self) -> None:
        """Begin to look."""
        if self._path is not None:
            self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5.0)

    def take(self, data: bytes, user: str) -> "Future[Json]":
        """What somebody posted; what became of it.

        Raises
        ------
        BadInput
            It is no JSON of such flights, or more than a watch holds.
        Unavailable
            The engine does not answer.
        """
        said = read_flights(data, "the request", salt=self._salt, received_ns=time.time_ns())
        names = {flight.flight for flight in said.change.put}

        def room() -> FlightsChange:
            held = {flight.flight: flight for flight in self._engine.desk.flights}
            listed = {name for name, flight in held.items() if flight.listed and self._path is not None}
            drop = tuple(name for name in said.change.drop if name not in listed)
            self._bounded(held.keys() - set(drop) | names)
            return replace(said.change, drop=drop)

        def do() -> Json:
            held = {flight.flight for flight in self._engine.desk.flights}
            change = room()
            lost = said.lost.copy()
            if standing := len(said.change.drop) - len(change.drop):
                lost[IN_FILES] = standing
            self._posted += lost
            self._change(change, user)
            return {
                "taken": len(change.put),
                "withdrawn": len(held & set(change.drop)),
                "left_out": dict(lost),
                "flights": len(self._engine.desk.flights),
            }

        if said.personal:  # into the vault before anything else knows of it, and only if there is room for the flights
            try:
                self._engine.ask(room).result(timeout=ANSWER_S)
            except TimeoutError:
                raise Unavailable(f"the engine is busy for longer than {ANSWER_S:g} s; try again") from None
            self._kept(said)
        return self._engine.ask(do)

    def health(self, now_ns: int) -> Json:
        """For the health page; on the engine's thread."""
        flights = self._engine.desk.flights
        lost = sum((said.lost for _, said in self._read.copy().values()), self._posted)
        why = list(self._why.copy().values())
        if self._thread.ident is not None and not self._thread.is_alive() and not self._stop.is_set():
            why.append(ENDED)
        return {
            "known": len(flights),
            "open_now": sum(flight.begins_ns <= now_ns < flight.ends_ns for flight in flights),
            "left_out": dict(lost),
            "why": "; ".join(why),
        }

    # ------------------------------------------------------------------ files

    def _run(self) -> None:
        while True:
            try:
                if self._look():
                    return
            except Exception as error:  # whatever goes wrong in one look, there is a next one
                with contextlib.suppress(Exception):
                    self._troubled({**self._why, "look": f"the files cannot be looked at: {_sentence(error)}"})
            if self._stop.wait(LOOK_S):
                return

    def _look(self) -> bool:
        """Read what is new and put what differs from what the desk holds; whether the engine has ended."""
        why = self._files()
        oldest_first = sorted(self._read.values(), key=lambda held: held[0][0])
        now = {one.flight: replace(one, listed=True) for _, said in oldest_first for one in said.change.put}
        future = self._engine.ask(lambda: self._put(now))
        while not self._stop.is_set():
            try:
                future.result(timeout=0.2)
            except TimeoutError:
                if not self._engine.alive:
                    return True
                continue
            except BadInput as error:
                why["all of them"] = str(error)
            except Exception as error:
                why["all of them"] = f"the flights cannot be taken: {_sentence(error)}"
            self._troubled(why)
            return False
        return True

    def _files(self) -> dict[str, str]:
        """Read anew what has changed; why each file that cannot be read keeps what it said before."""
        assert self._path is not None
        why: dict[str, str] = {}
        try:
            files = _listed(self._path)
        except OSError as error:
            return {shown(self._path): f"{shown(self._path)}: {error.strerror}"}
        gone = self._read.keys() - set(files)
        for file in files:
            try:
                found = file.stat()
                stamp = found.st_mtime_ns, found.st_size, found.st_ino
            except OSError as error:
                if isinstance(error, FileNotFoundError) and (file == self._path or not file.is_symlink()):
                    gone.add(file)
                if file == self._path or file not in gone:
                    why[shown(file)] = f"{shown(file)}: {error.strerror}"
                continue
            if file in self._read and self._read[file][0] == stamp:
                continue
            if file in self._failed and self._failed[file][0] == stamp and time.monotonic() < self._failed[file][2]:
                why[shown(file)] = self._failed[file][1]
                continue
            if sentence := self._one(file, stamp):
                why[shown(file)] = sentence
        self._read = {file: held for file, held in self._read.items() if file not in gone}
        self._failed = {file: failed for file, failed in self._failed.items() if file in files}
        return why

    def _one(self, file: Path, stamp: Stamp) -> str:
        """Read one file and keep what it says; else why not."""
        again_s = 0.0
        try:
            refuse_special(file)
            if stamp[1] > LARGEST:
                raise BadInput(f"{shown(file)} has {stamp[1]} bytes; authorised flights take at most {LARGEST}")
            data = read_regular(file, LARGEST)
            again_s = AGAIN_S
            said = read_flights(data, shown(Path(file.name)), salt=self._salt, received_ns=time.time_ns())
            self._kept(said)
        except BadInput as error:  # it stays as it is until it is written anew
            sentence, again_s = str(error), float("inf")
        except OSError as error:
            sentence = f"{shown(file)}: {error.strerror or _sentence(error)}"
        except Exception as error:
            sentence = f"{shown(file)} cannot be read: {_sentence(error)}"
        else:
            said.personal.clear()
            self._read[file] = stamp, said
            self._failed.pop(file, None)
            return ""
        self._failed[file] = stamp, sentence, time.monotonic() + again_s
        return sentence

    def _put(self, now: Mapping[str, Flight]) -> None:
        held = {flight.flight: flight for flight in self._engine.desk.flights}
        put = tuple(flight for name, flight in now.items() if held.get(name) != flight)
        drop = tuple(name for name, flight in held.items() if flight.listed and name not in now)
        self._bounded((held.keys() | now.keys()) - set(drop))
        self._change(FlightsChange(put=put, drop=drop), "system")

    # ------------------------------------------------------------------ both

    def _change(self, change: FlightsChange, user: str) -> None:
        if change:
            self._engine.act(acts.flights_act(change, user, self._engine.now_ns))

    def _bounded(self, names: "set[str]") -> None:
        if len(names) > MOST_FLIGHTS:
            raise BadInput(f"{len(names)} authorised flights are more than the {MOST_FLIGHTS} that a watch holds")

    def _kept(self, said: ReadFlights) -> None:
        for item in said.personal:
            self._keep(item)

    def _troubled(self, why: Mapping[str, str]) -> None:
        """Say in the log what cannot be read, each trouble once."""
        for name, sentence in why.items():
            if self._why.get(name) != sentence:
                payload = {"why": sentence}
                self._tell(Event(time_ns=time.time_ns(), kind="flights.unread", actor="system", payload=payload))
        self._why = dict(why)  # last, so that what the health page says is in the log


def _listed(path: Path) -> list[Path]:
    """The file, or the `*.json` of the folder; a folder that is gone is a file that is not there."""
    try:
        return sorted(path / name for name in os.listdir(path) if name.endswith(".json"))
    except (NotADirectoryError, FileNotFoundError):
        return [path]


def _sentence(error: Exception) -> str:
    said = " ".join(str(error).encode("utf-8", "backslashreplace").decode().split())
    return f"{type(error).__name__} {said}".strip()[:300]


def flight_rows(flights: tuple[Flight, ...]) -> list[Json]:
    """Each flight as the API gives it: id, state, times, volumes; not which drone."""
    return [
        {
            "id": flight.flight,
            "state": str(flight.state),
            "named": flight.identity is not None,
            "begins": flight.begins_ns / SECOND_NS,
            "ends": flight.ends_ns / SECOND_NS,
            "volumes": [
                {
                    "polygon": volume.ring,
                    "floor_hae_m": volume.floor_hae_m,
                    "ceiling_hae_m": volume.ceiling_hae_m,
                    "begins": volume.begins_ns / SECOND_NS,
                    "ends": volume.ends_ns / SECOND_NS,
                }
                for volume in flight.volumes
            ],
        }
        for flight in flights
    ]

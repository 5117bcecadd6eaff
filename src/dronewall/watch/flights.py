"""Authorised flights on their way in: a file or a folder that is looked at every few seconds, and what is posted.

What a file says is put as it stands: a flight that is no longer in any file is dropped. A file that cannot be read,
half written perhaps, keeps what it said before, and says why on the health page. What is posted stays until it is
posted anew, withdrawn, or an hour over. Each change goes through the journal like any act, so that a restart knows it.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from dronewall.errors import BadInput
from dronewall.formats import PersonalData
from dronewall.formats.flights import MOST_FLIGHTS, ReadFlights, read_flights
from dronewall.records.event import Event
from dronewall.records.flight import Flight, FlightsChange
from dronewall.units import SECOND_NS
from dronewall.watch import acts
from dronewall.watch.engine import Engine

LOOK_S: Final = 2.0

Json = dict[str, Any]


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
        self._read: dict[Path, tuple[tuple[int, int, int], tuple[Flight, ...]]] = {}
        self._lost: dict[str, Counter[str]] = {}
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
            It is no JSON of such flights.
        """
        said = read_flights(data, "the request", salt=self._salt, received_ns=time.time_ns())
        self._lost["posted"] = self._lost.get("posted", Counter()) + said.lost
        self._kept(said)

        def do() -> Json:
            held = {flight.flight for flight in self._engine.desk.flights}
            self._bounded(held | {flight.flight for flight in said.change.put})
            self._change(said.change, user)
            return {
                "taken": len(said.change.put),
                "withdrawn": len(held & set(said.change.drop)),
                "left_out": dict(said.lost),
                "flights": len(self._engine.desk.flights),
            }

        return self._engine.ask(do)

    def health(self, now_ns: int) -> Json:
        """For the health page; on the engine's thread."""
        flights = self._engine.desk.flights
        lost: Counter[str] = sum(self._lost.copy().values(), Counter())
        return {
            "known": len(flights),
            "open_now": sum(flight.begins_ns <= now_ns < flight.ends_ns for flight in flights),
            "left_out": dict(lost),
            "why": "; ".join(self._why.copy().values()),
        }

    # ------------------------------------------------------------------ files

    def _run(self) -> None:
        while True:
            if self._look() or self._stop.wait(LOOK_S):
                return

    def _look(self) -> bool:
        """Read what is new and put what differs from what the desk holds; whether the engine has ended."""
        said = self._files()
        now = {flight.flight: replace(flight, listed=True) for flights in said.values() for flight in flights}
        self._troubled({name: why for name, why in self._why.items() if name != "too many"})
        future = self._engine.ask(lambda: self._put(now))
        while not self._stop.is_set():
            try:
                future.result(timeout=0.2)
            except TimeoutError:
                if not self._engine.alive:
                    return True
            except BadInput as error:
                self._troubled({**self._why, "too many": str(error)})
                return False
            else:
                return False
        return True

    def _files(self) -> Mapping[Path, tuple[Flight, ...]]:
        """What each file says, the oldest first; of one that cannot be read, what it said before."""
        path = self._path
        assert path is not None
        why: dict[str, str] = {}
        stats = {}
        try:
            files = sorted(path.glob("*.json")) if path.is_dir() else [path]
            for file in files:
                found = file.stat()
                stats[file] = (found.st_mtime_ns, found.st_size, found.st_ino)
        except OSError as error:
            why[str(path)] = f"{error.filename or path}: {error.strerror}"
            if not isinstance(error, FileNotFoundError):
                stats = {file: stamp for file, (stamp, _) in self._read.items()}
        self._read = {file: held for file, held in self._read.items() if file in stats}
        self._lost = {name: lost for name, lost in self._lost.items() if name == "posted" or Path(name) in stats}
        for file, stamp in stats.items():
            if file in self._read and self._read[file][0] == stamp and str(file) not in self._why:
                continue
            try:
                said = read_flights(file.read_bytes(), file.name, salt=self._salt, received_ns=time.time_ns())
            except (BadInput, OSError) as error:
                why[str(file)] = str(error)
                continue
            self._read[file] = stamp, said.change.put
            self._lost[str(file)] = said.lost
            self._kept(said)
        self._troubled(why)
        oldest_first = sorted(self._read.items(), key=lambda held: held[1][0][0])
        return {file: flights for file, (_, flights) in oldest_first}

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
        self._why = dict(why)


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

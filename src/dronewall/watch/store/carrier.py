"""The carrier: one thread that takes what the files hold to the shared store, in order, and tries again.

It is behind the files by seconds while the server is there, and by as long as the server was away otherwise; what
waits is what the files hold beyond the numbers in the store. Nobody waits for it, not even at the end: what it did not
carry goes with the next start.

A store that holds another continuation of this log (a backup was put back, or a copy of the folder ran elsewhere) is
left as it is: the log and the paths are carried anew under a new key, beside the old ones.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from dronewall.errors import Corrupt, DronewallError
from dronewall.eventlog import EventLog, Head
from dronewall.units import SECOND_NS
from dronewall.watch.store.address import Address, Away
from dronewall.watch.store.asking import About
from dronewall.watch.store.local import LocalPaths
from dronewall.watch.store.postgres import SharedStore, Site

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
IDLE_S: Final = 1.0
EVENTS, PIECES = 5_000, 5_000
STOP_S: Final = 10.0
EXPIRE_EVERY_S: Final = 3_600.0
_DAY_NS: Final = 86_400 * SECOND_NS

Note = Callable[[str, Mapping[str, Any]], None]


class Carrier:
    """Carries for one site.

    Parameters
    ----------
    keep_days : callable
        How many days of paths the store keeps for this site; None keeps all.
    note : callable
        Puts a change of state into the log.
    """

    def __init__(
        self,
        address: Address,
        *,
        log: EventLog,
        paths: LocalPaths,
        about: About,
        note: Note,
        keep_days: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._address, self._log, self._paths, self._note, self._keep_days = address, log, paths, note, keep_days
        self._about = about
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._state, self._why, self._since_s = "starting", "", time.time()
        self._reached: Site | None = None
        self._expired_s = 0.0

    def start(self) -> None:
        """Begin to carry."""
        self._thread.start()

    def stop(self) -> None:
        """Carry what is there now, where the server takes it, and end."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=STOP_S)

    def health(self) -> dict[str, Any]:
        """For the health page: `ok`, `away` (what waits is kept) or `refused`, why, and what waits for how long."""
        reached = self._reached
        pieces, waiting_s = self._paths.waiting(reached.pieces if reached else 0)
        return {
            "store": str(self._address),
            "state": self._state,
            "why": self._why,
            "since": round(self._since_s, 3),
            "events_carried": reached.events if reached else None,
            "events_waiting": self._log.head().seq - (reached.events if reached else 0),
            "pieces_carried": reached.pieces if reached else None,
            "pieces_waiting": pieces,
            "waiting_s": waiting_s,
        }

    def carry_once(self, store: SharedStore) -> None:
        """Take over everything that the files hold now; for whoever does not start the thread."""
        self._join(store)
        while self._events(store) | self._pieces(store):
            pass

    # ------------------------------------------------------------------ in the thread

    def _run(self) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            try:
                with SharedStore(self._address) as store:
                    self._join(store)
                    while self._carry(store):
                        wait_s = FIRST_WAIT_S
            except Away as error:
                self._change("away", str(error))
            except DronewallError as error:
                self._change("refused", str(error))
            except Exception as error:
                self._change("failed", f"{type(error).__name__}: {error}"[:300])
            if self._stop.wait(wait_s):
                return
            wait_s = min(2.0 * wait_s, LONGEST_WAIT_S)

    def _change(self, state: str, why: str) -> None:
        if state != self._state:
            self._since_s = time.time()
            self._note(f"store.{state}", {"store": str(self._address), "why": why})
        self._why, self._state = why, state  # whoever reads the state reads its reason afterwards

    def _join(self, store: SharedStore) -> None:
        """Find how far we have come; under a new key where what is there did not come from this log."""
        site = store.join(key=self._paths.key(), about=self._about)
        newest = store.newest(site.site)
        ours = [] if newest is None else self._log.rows(newest[0] - 1, 1)
        same = newest is None or (bool(ours) and (ours[0].seq, ours[0].hash) == newest)
        if not same or site.pieces > self._paths.numbered():
            site = store.join(key=self._paths.key(new=True), about=self._about)
            self._note("store.forked", {"store": str(self._address), "at": newest[0] if newest else 0})
        self._reached = site

    def _carry(self, store: SharedStore) -> bool:
        """Whether to go on, once the store took all that was there: only then is it called well."""
        last = self._stop.is_set()
        store.ask()  # also where nothing waits, it is to be noticed that nobody is there
        while self._events(store) | self._pieces(store):
            pass
        self._expire(store)
        self._change("ok", "")
        self._stop.wait(IDLE_S)
        return not last

    def _events(self, store: SharedStore) -> bool:
        site = self._site
        rows = self._log.rows(site.events, EVENTS)
        if rows:
            newest = rows[-1]
            store.add_events(site, rows, self._log.signed(Head(seq=newest.seq, hash=newest.hash)))
            self._reached = replace(site, events=newest.seq)
        return bool(rows)

    def _pieces(self, store: SharedStore) -> bool:
        site = self._site
        dropped = self._paths.dropped_after(site.drops)
        pieces = self._paths.after(site.pieces, PIECES)
        if dropped or pieces:
            store.add_paths(site, dropped, pieces)
            self._reached = replace(
                site,
                pieces=max(site.pieces, pieces[-1].number if pieces else 0),
                drops=max(site.drops, dropped[-1].number if dropped else 0),
            )
        return bool(dropped or pieces)

    @property
    def _site(self) -> Site:
        if self._reached is None:
            raise Corrupt(f"{self._address}: no site was joined")
        return self._reached

    def _expire(self, store: SharedStore) -> None:
        days = self._keep_days()
        if days is None or time.monotonic() - self._expired_s < EXPIRE_EVERY_S:
            return
        self._expired_s = time.monotonic()
        gone = store.expire(self._site, time.time_ns() - round(days * _DAY_NS))
        if gone:
            self._note("retention.applied", {"data": "store", "pieces": gone, "setting": f"store_days = {days:g}"})

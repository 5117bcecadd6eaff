"""The engine: one thread that owns the desk, feeds it, writes down what it says, and only then tells anybody.

For each step: the inputs that are due go to the journal (durable), then to the desk; the events that the desk returns
go to the event log (durable), then to whoever listens. So nobody ever saw what a crash could take back, and a restart
does every input again that the last snapshot does not hold. Each event names the input that caused it; one that the
log already holds is not written twice.
"""

import json
import queue
import struct
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from dronewall.errors import BadInput, Corrupt
from dronewall.eventlog import EventLog
from dronewall.picture.act import Act
from dronewall.picture.desk import Desk
from dronewall.records.event import Event
from dronewall.records.packing import packed, unpacked
from dronewall.records.scan import Scan
from dronewall.units import SECOND_NS
from dronewall.watch.acts import act_from_json, act_json
from dronewall.watch.clock import Clock, PlaybackClock
from dronewall.watch.journal import Input, Journal, Snapshot
from dronewall.watch.sources import Item, Source

STEP_S = 0.04
PICTURE_S = 0.2
BUDGET_S = 0.1
CHUNK = 250
UNPACED_STEP_NS = 5 * SECOND_NS
SNAPSHOT_NS = 120 * SECOND_NS
SNAPSHOT_WALL_S = 60.0
LONGEST_SILENCE_S = 600

Result = TypeVar("Result")


class Witness(Protocol):
    """Who is told, after the fact and durably: the screen, the history, the deliveries."""

    def scan(self, scan: Scan) -> None:
        """A scan was taken, also when it is taken again after a restart."""
        ...

    def second(self, time_ns: int) -> None:
        """A second of scenario time has passed."""
        ...

    def events_logged(self, logged: Sequence[tuple[int, Event]]) -> None:
        """Events that now stand in the log, with their numbers there."""
        ...

    def settled(self) -> None:
        """A step is over; what a person approved may leave."""
        ...

    def picture(self, now_ns: int, made_s: float) -> None:
        """Time to draw; `made_s` is when the newest detection taken in was made, by the wall clock."""
        ...

    def kept(self, seq: int) -> None:
        """A snapshot after input `seq` is about to be kept: write down what belongs to the inputs up to it."""
        ...

    def back(self, seq: int) -> None:
        """The replay was set back or the service restarted: what was remembered is forgotten, and comes again from
        the input after `seq` on."""
        ...


class Engine:
    """Owns the desk.

    Parameters
    ----------
    make_desk : callable
        A new desk, or the one that `Desk.save` gave these bytes for.
    """

    def __init__(
        self,
        *,
        make_desk: Callable[[bytes | None], Desk],
        source: Source,
        clock: Clock,
        journal: Journal,
        log: EventLog,
        witness: Witness,
    ) -> None:
        self._make_desk, self._source, self._clock = make_desk, source, clock
        self._journal, self._log, self._witness = journal, log, witness
        self.desk = make_desk(None)
        self._commands: queue.Queue[Callable[[], None]] = queue.Queue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._seq = 0
        self._ticked_ns = 0
        self._reached_ns = 0
        self._draw_soon = False
        self._failed_scans = 0
        self._given = 0
        self._logged_input = 0
        self._made_s = 0.0
        self._kept = (0, 0.0)
        self.failure: BaseException | None = None

    # ------------------------------------------------------------------ for other threads

    def start(self) -> None:
        """Resume from the journal, then run."""
        self._thread.start()

    def stop(self) -> None:
        """Keep a last snapshot and end the thread."""
        self._stop.set()
        self._commands.put(lambda: None)
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def ask(self, what: Callable[[], Result]) -> "Future[Result]":
        """Run something on the engine's thread, between two steps."""
        future: Future[Result] = Future()

        def run() -> None:
            try:
                future.set_result(what())
            except BaseException as error:
                future.set_exception(error)

        self._commands.put(run)
        return future

    # ------------------------------------------------------------------ on the engine's thread

    @property
    def now_ns(self) -> int:
        """Scenario time."""
        return self._clock.now_ns()

    @property
    def shown_ns(self) -> int:
        """The scenario time up to which everything was taken: what a picture is a picture of."""
        return max(self._reached_ns, self._ticked_ns)

    def health(self) -> dict[str, Any]:
        """For the health page."""
        behind = max(0, self.now_ns - self.shown_ns)
        return {
            "inputs": self._seq,
            "taken": self._given,
            "failed_scans": self._failed_scans,
            "behind_s": round(behind / SECOND_NS, 3),
        }

    def act(self, act: Act) -> list[Event]:
        """A person's act, durable and logged when it returns."""
        self._catch_up()
        return self._take(max(act.time_ns, self._ticked_ns), "act", act_json(act).encode())

    def note(self, event: Event) -> None:
        """An event of the service itself, such as a start or a bad message."""
        self._tell([event])

    def set_back(self, time_ns: int) -> None:
        """Put a replay at another moment: forward at once, backward by abandoning what came after."""
        clock = self._clock
        if not isinstance(clock, PlaybackClock):
            return
        if time_ns < self._ticked_ns:
            self._journal.abandon(time_ns)
            self._resume()
        clock.set(now_ns=time_ns)
        self._catch_up()
        self._draw()
        self._witness.settled()

    def _run(self) -> None:
        try:
            self._resume()
            self._source.start()
            drawn = 0.0
            while not self._stop.is_set():
                self._catch_up(budget_s=BUDGET_S)
                wall = time.monotonic()
                if self._draw_soon or wall - drawn >= PICTURE_S:
                    drawn = wall
                    self._draw()
                self._witness.settled()
                self._keep_if_due()
                self._obey(0.0 if self._behind() else STEP_S)
            self._keep()
        except Corrupt as error:  # a sentence, for whoever started the watch
            self.failure = error
        except BaseException as error:
            self.failure = error
            raise
        finally:
            self._source.stop()

    def _behind(self) -> bool:
        """Whether there is more to play as fast as it goes."""
        clock = self._clock
        return isinstance(clock, PlaybackClock) and clock.unpaced and not clock.paused and self.shown_ns < clock.end_ns

    def _obey(self, wait_s: float) -> None:
        try:
            self._commands.get(timeout=wait_s)() if wait_s else self._commands.get_nowait()()
            while True:
                self._commands.get_nowait()()
        except queue.Empty:
            return

    def _resume(self) -> None:
        """The desk as the journal says it was."""
        self._logged_input = self._log_reaches()
        snapshot = self._journal.newest()
        self._witness.back(0 if snapshot is None else snapshot.seq)
        if snapshot is None:
            self.desk = self._make_desk(None)
            self._seq, self._ticked_ns, self._given = 0, self._first_second(), 0
        else:
            head, body = _opened(snapshot.body)
            self.desk = self._make_desk(body)
            self._seq, self._ticked_ns, self._given = snapshot.seq, head["ticked_ns"], head["given"]
        for entry in self._journal.inputs(after=self._seq):
            self._process(entry)
        self._source.set(self._given)
        if isinstance(self._clock, PlaybackClock) and self._ticked_ns > self._clock.now_ns():
            self._clock.set(now_ns=self._ticked_ns)
        self._reached_ns = self._ticked_ns
        self._kept = (self._ticked_ns, time.monotonic())

    def _first_second(self) -> int:
        clock = self._clock
        begins = clock.start_ns if isinstance(clock, PlaybackClock) else clock.now_ns()
        return begins // SECOND_NS * SECOND_NS

    def _log_reaches(self) -> int:
        """The newest input whose events stand in the log."""
        return self._log.newest_input()

    def _catch_up(self, *, budget_s: float | None = None) -> None:
        """Take what is due, for at most about `budget_s`. A replay that the desk cannot follow slows down instead."""
        clock, began = self._clock, time.monotonic()
        now = clock.now_ns()
        if isinstance(clock, PlaybackClock) and clock.unpaced and not clock.paused and budget_s is not None:
            now = min(now + UNPACED_STEP_NS, clock.end_ns)
            clock.set(now_ns=now)
        while True:
            items = self._source.due(now, CHUNK)
            self._take_items(items)
            if len(items) < CHUNK:
                break
            if budget_s is not None and time.monotonic() - began > budget_s:
                if isinstance(clock, PlaybackClock):
                    clock.set(now_ns=self._reached_ns)
                return
        if now >= self._ticked_ns + SECOND_NS:
            self._take(now, "scans", packed([]), ())
        self._reached_ns = max(self._reached_ns, now)

    def _take_items(self, items: Sequence[Item]) -> None:
        for group in _grouped(items):
            if isinstance(group, Act):
                self._take(max(group.time_ns, self._ticked_ns), "act", act_json(group, given=True).encode())
            else:
                self._take(max(group[-1].received_ns, self._reached_ns), "scans", packed(group), group)
                self._made(group)

    def _made(self, scans: Sequence[Scan]) -> None:
        newest = max((int(s.received_ns) for s in scans if len(s.detections)), default=0)
        if newest:
            self._made_s = self._clock.wall_s(newest)

    def _take(self, time_ns: int, kind: str, body: bytes, scans: Sequence[Scan] | None = None) -> list[Event]:
        seq = self._journal.write(time_ns, kind, body)
        return self._process(Input(seq=seq, time_ns=time_ns, kind=kind, body=body), scans)

    def _process(self, entry: Input, scans: Sequence[Scan] | None = None) -> list[Event]:
        """Let the desk have one input; its events are logged unless they already are."""
        events: list[Event] = []
        if entry.kind == "act":
            events += self._seconds(entry.time_ns)
            act, given = act_from_json(entry.body)
            events += self._act(act)
            self._given += given
        else:
            for scan in unpacked(entry.body) if scans is None else scans:
                events += self._seconds(scan.received_ns)
                events += self._scan(scan)
                self._given += 1
            events += self._seconds(entry.time_ns)
        self._seq = entry.seq
        self._reached_ns = max(self._reached_ns, entry.time_ns)
        caused = [replace(event, payload={**event.payload, "input": entry.seq}) for event in events]
        if entry.seq > self._logged_input:
            self._tell(caused)
        return caused

    def _act(self, act: Act) -> list[Event]:
        """One act; one that cannot be done is in the log too, with the reason."""
        try:
            return list(self.desk.act(act))
        except BadInput as error:
            why = {"act": str(act.kind), "alert": act.alert, "revision": act.revision, "reason": str(error)}
            return [Event(time_ns=act.time_ns, kind="act.refused", actor=act.actor, payload=why)]

    def _scan(self, scan: Scan) -> list[Event]:
        """One scan. One that the desk cannot take stops nothing: the log says so, the journal has its bytes."""
        self._witness.scan(scan)
        try:
            return list(self.desk.take(scan))
        except Exception as error:
            self._failed_scans += 1
            why = {"sensor": scan.sensor, "scan": scan.scan, "error": f"{type(error).__name__}: {error}"[:500]}
            return [Event(time_ns=scan.received_ns, kind="scan.failed", actor="system", payload=why)]

    def _seconds(self, until_ns: int) -> list[Event]:
        events: list[Event] = []
        if until_ns - self._ticked_ns > LONGEST_SILENCE_S * SECOND_NS:
            self._ticked_ns = (until_ns // SECOND_NS - LONGEST_SILENCE_S) * SECOND_NS
        while self._ticked_ns + SECOND_NS <= until_ns:
            self._ticked_ns += SECOND_NS
            events += self.desk.tick(self._ticked_ns)
            self._witness.second(self._ticked_ns)
        return events

    def _tell(self, events: Sequence[Event]) -> None:
        if events:
            numbers = self._log.append_many(events)
            self._witness.events_logged(list(zip(numbers, events, strict=True)))
            self._draw_soon = self._draw_soon or any(event.kind.startswith("alert.") for event in events)

    def _draw(self) -> None:
        self._draw_soon = False
        self._witness.picture(self.shown_ns, self._made_s)

    def _keep_if_due(self) -> None:
        kept_ns, kept_s = self._kept
        if self._ticked_ns - kept_ns >= SNAPSHOT_NS or (
            self._ticked_ns > kept_ns and time.monotonic() - kept_s >= SNAPSHOT_WALL_S
        ):
            self._keep()

    def _keep(self) -> None:
        self._witness.kept(self._seq)
        head = {"ticked_ns": self._ticked_ns, "given": self._given}
        self._journal.save(Snapshot(seq=self._seq, time_ns=self._ticked_ns, body=_closed(head, self.desk.save())))
        if self._clock.live:
            self._journal.prune()
        self._kept = (self._ticked_ns, time.monotonic())


def _grouped(items: Iterable[Item]) -> list[Act | list[Scan]]:
    """Runs of scans, and the acts between them."""
    groups: list[Act | list[Scan]] = []
    for item in items:
        if isinstance(item, Scan):
            if groups and isinstance(groups[-1], list):
                groups[-1].append(item)
            else:
                groups.append([item])
        else:
            groups.append(item)
    return groups


def _closed(head: dict[str, Any], body: bytes) -> bytes:
    text = json.dumps(head, separators=(",", ":")).encode()
    return struct.pack("<I", len(text)) + text + body


def _opened(body: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = struct.unpack_from("<I", body)
    return json.loads(body[4 : 4 + length]), body[4 + length :]

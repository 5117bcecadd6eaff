"""What a desk asks of its tracker, answered by the workers of a border: looks go out, one picture comes back."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np

from dronewall.errors import Corrupt, Unavailable
from dronewall.records.detection import empty
from dronewall.records.framed import MAGIC, framed, unframed
from dronewall.records.packing import packed
from dronewall.records.presence import Presence
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.tracking import fates
from dronewall.tracking.fates import Fates, all_alike
from dronewall.tracking.ledger import EvidenceRow
from dronewall.tracking.merging import Merged, Merger, presences
from dronewall.tracking.stretch import Answer
from dronewall.units import SECOND_NS
from dronewall.watch.sectors.crew import Crew

ANSWER_S: Final = 300.0
MOST_LOOKS: Final = 256
MOST_ROWS: Final = 20_000
AHEAD: Final = 8  # pictures asked for before the first is fetched, where nobody waits for each

Asked = list["Future[bytes]"]


class Border:
    """Used as a tracker is by a desk. Workers hear of a look when somebody next asks, or when many wait.

    Parameters
    ----------
    saved : bytes or None
        What `save` gave.

    Raises
    ------
    Corrupt
        `saved` is of another number of sectors, or no state at all.
    """

    def __init__(self, crew: Crew, saved: bytes | None = None) -> None:
        self._crew, self._merger = crew, Merger(crew.stretches)
        self._waiting: list[Scan] = []
        self._rows = 0
        self._began = False
        self._states: list[bytes | None] = [None] * len(crew)
        self._picture: tuple[int, list[Answer], Merged] | None = None
        self._told: dict[str, tuple[int, str]] = {}
        if saved is not None:
            head, self._states = _opened(saved)
            if head.get("sectors") != len(crew):
                raise Corrupt(
                    f"what was kept is of {head.get('sectors')} sectors, and this watch has {len(crew)}; "
                    f"start it with --sectors {head.get('sectors')}, or with another --data folder"
                )
            self._merger.restore(head["merger"])

    @property
    def handed_over(self) -> int:
        """How often a track passed from one sector to another."""
        return self._merger.handed_over

    def step(self, scan: Scan) -> Fates:
        """Take one look, late or not."""
        rows = len(scan.detections)
        if reason := fates.refusal(scan):
            return all_alike(rows, fates.REFUSED, reason=reason)
        self._waiting.append(scan)
        self._rows += rows
        self._picture = None
        if len(self._waiting) >= MOST_LOOKS or self._rows >= MOST_ROWS:
            self._send(None)
        return all_alike(rows, fates.PENDING) if rows else fates.NONE

    def tracks(self, time_ns: int) -> Tracks:
        """Every numbered track, predicted to a time."""
        return self._at(time_ns)[1].tracks

    def presences(self, time_ns: int) -> tuple[Presence, ...]:
        """Areas in which something is believed to be that has no track."""
        return presences(self._at(time_ns)[0])

    def evidence(self, track: str, last: int = 200) -> list[EvidenceRow]:
        """The latest detections behind a track of the newest picture, oldest first."""
        if track not in self._told:
            return []
        at, local = self._told[track]
        [future] = self._send({"what": "evidence", "track": local, "last": last}, only=at)
        head, _ = unframed(_result(future))
        return [EvidenceRow(**row) for row in head["rows"]]

    def save(self) -> bytes:
        """The state as bytes: of each worker, and what the merged picture goes by."""
        head = {"sectors": len(self._crew), "merger": self._merger.saved()}
        states = [Path(_result(one).decode()).read_bytes() for one in self._send({"what": "save"})]
        return framed(head, {str(at): np.frombuffer(state, np.uint8) for at, state in enumerate(states)})

    def pictures(self, items: Iterable[tuple[Sequence[Scan], int]]) -> Iterator[Tracks]:
        """Looks and then a time, again and again: the tracks at those times, asked for some ahead of one another."""

        def asked() -> Iterator[tuple[Asked, int]]:
            for scans, time_ns in items:
                for scan in scans:
                    self.step(scan)
                yield self._send({"what": "picture", "time_ns": time_ns}), time_ns

        coming = asked()
        under_way = list(islice(coming, AHEAD))
        while under_way:
            futures, time_ns = under_way.pop(0)
            yield self._merged(futures, time_ns, tick=True)[1].tracks
            under_way += islice(coming, 1)

    def _at(self, time_ns: int) -> tuple[list[Answer], Merged]:
        """The answers at a time. What is one thing is settled at whole seconds: those are the desk's own."""
        if self._picture is None or self._picture[0] != time_ns:
            futures = self._send({"what": "picture", "time_ns": time_ns})
            self._picture = (time_ns, *self._merged(futures, time_ns, tick=time_ns % SECOND_NS == 0))
        return self._picture[1], self._picture[2]

    def _merged(self, futures: Asked, time_ns: int, *, tick: bool) -> tuple[list[Answer], Merged]:
        answers = [Answer.from_bytes(_result(future)) for future in futures]
        merged = self._merger.merge(answers, time_ns, tick=tick)
        self._told = dict(zip(merged.tracks.track.tolist(), merged.told, strict=True))
        return answers, merged

    def _send(self, ask: dict[str, Any] | None, *, only: int | None = None) -> Asked:
        """Tell the workers of what waits, each the rows of its own sensors; ask them all, or one."""
        if not self._began:
            self._began = True
            self._crew.begin(self._states)
            self._states = []
        waiting, self._waiting, self._rows = self._waiting, [], 0
        answers = []
        for at, own in enumerate(self._crew.takes):
            body = packed([scan if scan.sensor in own else _elsewhere(scan) for scan in waiting]) if waiting else None
            asked = ask if only is None or only == at else None
            if body is not None or asked is not None:
                answer = self._crew.put(at, body, asked)
                if answer is not None:
                    answers.append(answer)
        return answers


def _elsewhere(scan: Scan) -> Scan:
    """What a worker is told of a look that its stretch is out of reach of: that it was."""
    return replace(scan, detections=empty()) if len(scan.detections) else scan


def _result(future: "Future[bytes]") -> bytes:
    try:
        return future.result(ANSWER_S)
    except TimeoutError:
        raise Unavailable(f"a sector's worker has not answered for {ANSWER_S:.0f} s") from None


def _opened(saved: bytes) -> tuple[dict[str, Any], list[bytes | None]]:
    if not saved.startswith(MAGIC):
        raise Corrupt("what was kept is of a watch without --sectors; start it without, or with another --data folder")
    head, states = unframed(saved)
    return head, [state.tobytes() for state in states.values()]

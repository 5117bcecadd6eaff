"""Whether a log is whole: its chain computed anew, its end compared with the head."""

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dronewall.errors import BadInput, Corrupt
from dronewall.eventlog.chain import FILE_NAME, GENESIS, HEAD_DAMAGED, TAIL_MISSING, Head, Row, SignedHead

_FINDINGS: Final = 20
_EVENTS: Final = "SELECT seq, time_ns, kind, actor, payload, hash FROM events ORDER BY seq"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What `verify` found; nothing found means that the log is whole.

    `events` were read, `head` is the newest. `witnessed` says whether a signed or given head confirms the end of it.
    """

    events: int
    head: Head
    witnessed: bool
    findings: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether the chain holds from the first event to the head."""
        return not self.findings


def verify(path: Path, *, key_path: Path | None = None, head: Head | None = None) -> Verdict:
    """Read a whole log (the file, or the folder that holds it) and say what is wrong with it.

    An edit, a gap, a swap, a cut tail and a chain computed anew are each found at their place. `head`, noted earlier
    by a witness, is checked as the signed one is.

    Raises
    ------
    BadInput
        There is no log.
    """
    file = path / FILE_NAME if path.is_dir() else path
    if not file.is_file():
        raise BadInput(f"{file} is not there; give an event log or the data folder that holds one", file=str(file))
    signed = SignedHead(file, key_path)
    findings: list[str] = []
    heads = [] if head is None else [head]
    try:
        noted = signed.read() if signed.key_path.exists() else None
        heads += [] if noted is None else [noted]
    except Corrupt as error:
        findings.append(str(error))
    if not heads and not findings:
        gone = signed.path if signed.key_path.exists() else signed.key_path
        findings.append(f"{gone} is missing, so nothing confirms the end of the log")
    try:
        with contextlib.closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return verify_rows((Row(*row) for row in connection.execute(_EVENTS)), heads, findings)
    except sqlite3.DatabaseError as error:
        raise Corrupt(f"{file} cannot be read as an event log: {error}") from None


def verify_rows(rows: Iterable[Row], heads: Sequence[Head], findings: Sequence[str] = ()) -> Verdict:
    """The same over stored events in order, wherever they are kept; `findings` are those that are known already."""
    found = list(findings)
    wanted = {head.seq: head.hash for head in heads}
    last, count = Head(seq=0, hash=GENESIS), 0
    for seq, time_ns, kind, actor, payload, stored in rows:
        count += 1
        if seq != last.seq + 1:
            missing = f"event {last.seq + 1} is" if seq == last.seq + 2 else f"events {last.seq + 1} to {seq - 1} are"
            found.append(f"{missing} missing")
        elif last.followed_by(time_ns, kind, actor, payload).hash != stored:
            found.append(f"event {seq} ({kind}) is not what was written, or not in its place")
        if kind in (TAIL_MISSING, HEAD_DAMAGED):
            found.append(f"event {seq} ({kind}) was written at a start that found the end changed: {payload}")
        if seq in wanted and wanted[seq] != stored:
            found.append(f"event {seq} ({kind}) is not the one that the head was written for")
        last = Head(seq=seq, hash=stored)
    for head in heads:
        if head.seq > last.seq:
            found.append(f"the tail is cut: the head stands at event {head.seq}, the log ends at {last.seq}")
    return Verdict(events=count, head=last, witnessed=bool(heads), findings=tuple(found[:_FINDINGS]))

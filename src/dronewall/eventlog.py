"""The event log: what was known when, and who did what. Append-only, hash-chained, in one SQLite file (WAL).

Each event's hash is SHA-256 over the hash before it and the event's canonical JSON, so an edit, a gap or a swap breaks
the chain at its place. A chain alone would not show a tail that was cut off, nor one that was computed anew from the
edit on; therefore the head (number and hash of the newest event) is also kept beside the log under an HMAC
(`events.sqlite.head`), whose key (`events.sqlite.key`, mode 0600) may lie elsewhere. A head noted on paper does too.

What `append` and its kin were given is on disk when they return (`synchronous = FULL`). The head follows the log: after
a crash it may be behind, never ahead. If it is ahead, the tail is gone: the next writer puts that down as an event
`log.tail_missing` (`log.head_damaged` where the head cannot be trusted) and goes on, since a wall that will not start
warns nobody.

The file also holds, outside the chain, the scans as they were received and snapshots of the tracker, from which a
restart resumes.
"""

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from dronewall.errors import BadInput, Corrupt
from dronewall.records.event import Event
from dronewall.records.packing import packed_scan, unpacked_scan
from dronewall.records.scan import Scan

FILE_NAME: Final = "events.sqlite"
TAIL_MISSING: Final = "log.tail_missing"
HEAD_DAMAGED: Final = "log.head_damaged"
GENESIS: Final = hashlib.sha256(b"dronewall event log, schema 1").digest()
_SCHEMA_VERSION: Final = 1
_PAGE: Final = 1_000
_SNAPSHOTS_KEPT: Final = 3
_FINDINGS: Final = 20
_EVENT: Final = "SELECT seq, time_ns, kind, actor, payload, hash FROM events"

_SCHEMA: Final = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, kind TEXT NOT NULL, actor TEXT NOT NULL,
    payload TEXT NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE INDEX events_kind ON events (kind, seq);
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER events_last BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TABLE scans (seq INTEGER PRIMARY KEY AUTOINCREMENT, received_ns INTEGER NOT NULL, scan BLOB NOT NULL) STRICT;
CREATE TABLE snapshots (
    id INTEGER PRIMARY KEY AUTOINCREMENT, scan_seq INTEGER NOT NULL, event_seq INTEGER NOT NULL,
    digest BLOB NOT NULL, state BLOB NOT NULL
) STRICT;
PRAGMA user_version = 1;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Number and hash of the newest event; 0 and `GENESIS` when there is none."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A tracker's saved state, and how far into the scans and events it stands."""

    scan_seq: int
    event_seq: int
    state: bytes


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


class EventLog:
    """The log in a file, made where there is none. Threads and processes may share it; writers take turns.

    Parameters
    ----------
    path : Path
        The SQLite file.
    key_path : Path, optional
        Where the head's key lies; default `PATH.key`. Kept off the machine's disk, it keeps the head honest even
        against whoever owns the machine.

    Raises
    ------
    BadInput
        The file is not an event log, or one of a later schema.
    """

    def __init__(self, path: Path, *, key_path: Path | None = None) -> None:
        self.path = path
        self._head_path, self._key_path = _head_path(path), key_path or _default_key_path(path)
        self._lock = threading.RLock()
        self._readers = threading.local()
        self._opened: list[sqlite3.Connection] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = sqlite3.connect(path, timeout=30.0, isolation_level=None, check_same_thread=False)
            self._prepare()
        except sqlite3.DatabaseError as error:
            raise BadInput(f"{path} is not an event log: {error}", file=str(path)) from None
        except OSError as error:
            raise BadInput(f"{path} cannot be written: {error}", file=str(path)) from None
        self._key = _key(self._key_path)
        self._compare_with_head()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(self, event: Event) -> int:
        """The event's number, once it is on disk."""
        return self.append_many([event])[0]

    def append_many(self, events: Sequence[Event]) -> list[int]:
        """Numbers of the events, once all of them are on disk; all or none."""
        return self.commit(events=events)

    def append_scans(self, scans: Iterable[Scan]) -> int:
        """Number of the newest scan, once all of these are on disk (0: there is none)."""
        self.commit(scans=scans)
        return self.last_scan_seq()

    def save_snapshot(self, scan_seq: int, state: bytes, *, event_seq: int = 0) -> None:
        """Keep a tracker's state as it is after that scan and event; the last three are kept."""
        self.commit(snapshot=Snapshot(scan_seq=scan_seq, event_seq=event_seq, state=state))

    def commit(
        self, *, events: Sequence[Event] = (), scans: Iterable[Scan] = (), snapshot: Snapshot | None = None
    ) -> list[int]:
        """Put all of these on disk in one step, and give the numbers of the events.

        Raises
        ------
        BadInput
            A payload is not JSON. Nothing is written then.
        """
        texts = [_payload(event) for event in events]
        packed = [(scan.received_ns, packed_scan(scan)) for scan in scans]
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                head = _last(self._writer)
                first = head.seq + 1
                rows = []
                for event, text in zip(events, texts, strict=True):
                    record = _record(head.seq + 1, event.time_ns, event.kind, event.actor, text)
                    head = Head(seq=head.seq + 1, hash=hashlib.sha256(head.hash + record).digest())
                    rows.append((head.seq, event.time_ns, event.kind, event.actor, text, head.hash))
                if rows:
                    self._writer.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", rows)
                if packed:
                    self._writer.executemany("INSERT INTO scans (received_ns, scan) VALUES (?, ?)", packed)
                if snapshot is not None:
                    self._keep(snapshot)
                self._writer.execute("COMMIT")
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            if rows:
                self._write_head(head)
        return list(range(first, first + len(rows)))

    def events(self, after_seq: int = 0, *, kinds: Sequence[str] = ()) -> Iterator[tuple[int, Event]]:
        """Numbers and events after `after_seq`, of some kinds or of all, in order.

        Read page by page, each at its own moment: a long reader neither holds up writers nor misses what they add.
        """
        where = f"kind IN ({','.join('?' * len(kinds))}) AND seq > ?" if kinds else "seq > ?"
        while True:
            query = f"{_EVENT} WHERE {where} ORDER BY seq LIMIT {_PAGE}"
            rows = self._reader().execute(query, (*kinds, after_seq)).fetchall()
            for seq, time_ns, kind, actor, payload, _ in rows:
                yield seq, Event(time_ns=time_ns, kind=kind, actor=actor, payload=json.loads(payload))
            if len(rows) < _PAGE:
                return
            after_seq = rows[-1][0]

    def head(self) -> Head:
        """Number and hash of the newest event: what a witness writes down."""
        return _last(self._reader())

    def scans_after(self, seq: int = 0) -> Iterator[tuple[int, Scan]]:
        """Numbers and scans after `seq`, in the order of their reception."""
        while True:
            query = f"SELECT seq, scan FROM scans WHERE seq > ? ORDER BY seq LIMIT {_PAGE}"
            rows = self._reader().execute(query, (seq,)).fetchall()
            for number, data in rows:
                yield number, unpacked_scan(data)
            if len(rows) < _PAGE:
                return
            seq = rows[-1][0]

    def last_scan_seq(self) -> int:
        """Number of the newest scan; 0 when there is none."""
        return int(self._reader().execute("SELECT COALESCE(MAX(seq), 0) FROM scans").fetchone()[0])

    def forget_scans(self, up_to_seq: int) -> int:
        """How many scans up to that number were dropped: those that an older snapshot and the history hold."""
        with self._lock:
            return self._writer.execute("DELETE FROM scans WHERE seq <= ?", (up_to_seq,)).rowcount

    def latest_snapshot(self) -> Snapshot | None:
        """The newest snapshot that is undamaged; None when there is none."""
        query = "SELECT scan_seq, event_seq, digest, state FROM snapshots ORDER BY id DESC"
        for scan_seq, event_seq, digest, state in self._reader().execute(query).fetchall():
            if hashlib.sha256(state).digest() == digest:
                return Snapshot(scan_seq=scan_seq, event_seq=event_seq, state=state)
        return None

    def close(self) -> None:
        """Let go of the file; what was appended is on disk already."""
        with self._lock:
            for connection in (*self._opened, self._writer):
                connection.close()
            self._opened.clear()
            if self._head_path.exists():
                _sync(self._head_path)

    def _prepare(self) -> None:
        version = _version(self._writer)
        if version not in (0, _SCHEMA_VERSION):
            raise BadInput(
                f"{self.path} is an event log of schema {version}; this dronewall reads {_SCHEMA_VERSION}",
                file=str(self.path),
            )
        self._writer.execute("PRAGMA journal_mode = WAL")
        self._writer.execute("PRAGMA synchronous = FULL")
        if version == 0:
            with self._lock:
                self._writer.execute("BEGIN IMMEDIATE")
                if _version(self._writer) == 0:
                    for statement in _statements(_SCHEMA):
                        self._writer.execute(statement)
                self._writer.execute("COMMIT")

    def _compare_with_head(self) -> None:
        """An event about a head that the log does not reach or that is damaged, before anything overwrites it."""
        last = _last(self._writer)
        newest = int(self._writer.execute("SELECT COALESCE(MAX(time_ns), 0) FROM events").fetchone()[0])
        try:
            noted = _noted_head(self._head_path, self._key)
        except Corrupt as error:
            payload: dict[str, object] = {"said": str(error), "last_seq": last.seq}
            self.append(Event(time_ns=newest, kind=HEAD_DAMAGED, actor="system", payload=payload))
            return
        if noted is not None and noted.seq > last.seq:
            payload = {"head_seq": noted.seq, "head_hash": noted.hash.hex(), "last_seq": last.seq}
            self.append(Event(time_ns=newest, kind=TAIL_MISSING, actor="system", payload=payload))

    def _keep(self, snapshot: Snapshot) -> None:
        digest = hashlib.sha256(snapshot.state).digest()
        self._writer.execute(
            "INSERT INTO snapshots (scan_seq, event_seq, digest, state) VALUES (?, ?, ?, ?)",
            (snapshot.scan_seq, snapshot.event_seq, digest, snapshot.state),
        )
        self._writer.execute(
            "DELETE FROM snapshots WHERE id <= (SELECT MAX(id) FROM snapshots) - ?", (_SNAPSHOTS_KEPT,)
        )

    def _write_head(self, head: Head) -> None:
        text = json.dumps({"seq": head.seq, "hash": head.hash.hex(), "hmac": _signature(self._key, head)})
        beside = self._head_path.with_name(f"{self._head_path.name}.{os.getpid()}.new")
        beside.write_text(text + "\n", encoding="ascii")
        beside.replace(self._head_path)

    def _reader(self) -> sqlite3.Connection:
        """This thread's own connection for reading."""
        connection: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            connection.execute("PRAGMA busy_timeout = 30000")
            self._readers.connection = connection
            with self._lock:
                self._opened.append(connection)
        return connection


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
    key_file = key_path or _default_key_path(file)
    findings: list[str] = []
    heads = [] if head is None else [head]
    if key_file.exists():
        try:
            noted = _noted_head(_head_path(file), key_file.read_bytes())
            heads += [] if noted is None else [noted]
        except Corrupt as error:
            findings.append(str(error))
    try:
        events, last = _walk(file, heads, findings)
    except sqlite3.DatabaseError as error:
        raise Corrupt(f"{file} cannot be read as an event log: {error}") from None
    return Verdict(events=events, head=last, witnessed=bool(heads), findings=tuple(findings[:_FINDINGS]))


def _walk(file: Path, heads: list[Head], findings: list[str]) -> tuple[int, Head]:
    """Recompute the chain; append what is wrong to `findings`."""
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    wanted = {head.seq: head.hash for head in heads}
    last, count = Head(seq=0, hash=GENESIS), 0
    try:
        for seq, time_ns, kind, actor, payload, stored in connection.execute(f"{_EVENT} ORDER BY seq"):
            count += 1
            if seq != last.seq + 1:
                missing = (
                    f"event {last.seq + 1} is" if seq == last.seq + 2 else f"events {last.seq + 1} to {seq - 1} are"
                )
                findings.append(f"{missing} missing")
            elif hashlib.sha256(last.hash + _record(seq, time_ns, kind, actor, payload)).digest() != stored:
                findings.append(f"event {seq} ({kind}) is not what was written, or not in its place")
            if kind in (TAIL_MISSING, HEAD_DAMAGED):
                findings.append(f"event {seq} ({kind}) was written at a start that found the end changed: {payload}")
            if seq in wanted and wanted[seq] != stored:
                findings.append(f"event {seq} ({kind}) is not the one that the head was written for")
            last = Head(seq=seq, hash=stored)
    finally:
        connection.close()
    for head in heads:
        if head.seq > last.seq:
            findings.append(f"the tail is cut: the head stands at event {head.seq}, the log ends at {last.seq}")
    return count, last


def _payload(event: Event) -> str:
    try:
        return json.dumps(event.payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BadInput(f"event {event.kind}: its payload is not JSON: {error}", key="payload") from None


def _record(seq: int, time_ns: int, kind: str, actor: str, payload: str) -> bytes:
    """The event as canonical JSON: keys in order, no spaces, UTF-8."""
    names = [json.dumps(text, ensure_ascii=False) for text in (actor, kind)]
    return (f'{{"actor":{names[0]},"kind":{names[1]},"payload":{payload},"seq":{seq},"time_ns":{time_ns}}}').encode()


def _last(connection: sqlite3.Connection) -> Head:
    row = connection.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(seq=0, hash=GENESIS) if row is None else Head(seq=row[0], hash=row[1])


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """Complete statements of a script, one by one, so that they run inside a transaction."""
    statement = ""
    for line in script.strip().splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _head_path(path: Path) -> Path:
    return path.with_name(path.name + ".head")


def _default_key_path(path: Path) -> Path:
    return path.with_name(path.name + ".key")


def _key(path: Path) -> bytes:
    """The key in the file, drawn where there is none; it appears whole or not at all."""
    if not path.exists():
        beside = path.with_name(f"{path.name}.{os.getpid()}.new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
        beside.unlink()
    return path.read_bytes()


def _signature(key: bytes, head: Head) -> str:
    return hmac.new(key, f"dronewall head {head.seq} {head.hash.hex()}".encode(), hashlib.sha256).hexdigest()


def _noted_head(path: Path, key: bytes) -> Head | None:
    """The signed head; None when none was written yet.

    Raises
    ------
    Corrupt
        It is damaged, or its signature is not that of the key.
    """
    try:
        found = json.loads(path.read_text(encoding="ascii"))
        head = Head(seq=int(found["seq"]), hash=bytes.fromhex(found["hash"]))
        signature = str(found["hmac"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, OSError):
        raise Corrupt(f"{path} is damaged: it does not hold the head of the log") from None
    if not hmac.compare_digest(signature, _signature(key, head)):
        raise Corrupt(f"{path} was not signed with this log's key")
    return head


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

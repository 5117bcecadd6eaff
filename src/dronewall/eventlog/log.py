"""Writing and reading the log: one SQLite file, one writer at a time, any number of readers."""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from dronewall.errors import BadInput, Corrupt
from dronewall.eventlog.chain import GENESIS, HEAD_DAMAGED, TAIL_MISSING, Head, Row, SignedHead, payload_text
from dronewall.records.event import Event

_SCHEMA_VERSION: Final = 2
_PAGE: Final = 1_000
_EVENT: Final = "SELECT seq, time_ns, kind, actor, payload, hash FROM events"

_SCHEMA: Final = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, kind TEXT NOT NULL, actor TEXT NOT NULL,
    payload TEXT NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE INDEX events_kind ON events (kind, seq);
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER events_last BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
PRAGMA user_version = 1;
"""
_UPGRADES: Final = {
    1: """
CREATE INDEX events_input ON events (CAST(json_extract(payload, '$.input') AS INTEGER));
PRAGMA user_version = 2;
""",
}
"""From each schema to the next. Events stay as they are, to the byte: their chain is checked over them."""


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
        self._signed_head = SignedHead(path, key_path)
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
        self._signed_head.make_key()
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
        """Numbers of the events, once all of them are on disk; all or none.

        Raises
        ------
        BadInput
            A payload is not JSON. Nothing is written then.
        """
        texts = [payload_text(event) for event in events]
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                head = _last(self._writer)
                first = head.seq + 1
                rows = []
                for event, text in zip(events, texts, strict=True):
                    head = head.followed_by(event.time_ns, event.kind, event.actor, text)
                    rows.append((head.seq, event.time_ns, event.kind, event.actor, text, head.hash))
                if rows:
                    self._writer.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", rows)
                self._writer.execute("COMMIT")
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            if rows:
                # The events are on disk; a head that cannot be written stays behind, and they stand all the same.
                with contextlib.suppress(OSError):
                    self._signed_head.write(head)
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

    def rows(self, after_seq: int, limit: int) -> list[Row]:
        """Events after `after_seq` as they are stored, in order, at most `limit`: for a copy of the log elsewhere."""
        query = f"{_EVENT} WHERE seq > ? ORDER BY seq LIMIT ?"
        return [Row(*row) for row in self._reader().execute(query, (after_seq, limit))]

    def signed(self, head: Head) -> str:
        """A head under the log's key, for a copy of the log that ends there."""
        return self._signed_head.signed(head)

    def newest_input(self) -> int:
        """The largest `input` that any event names; 0 when none does."""
        newest = "SELECT COALESCE(MAX(CAST(json_extract(payload, '$.input') AS INTEGER)), 0) FROM events"
        return int(self._reader().execute(newest).fetchone()[0])

    def head(self) -> Head:
        """Number and hash of the newest event: what a witness writes down."""
        return _last(self._reader())

    def close(self) -> None:
        """Let go of the file; what was appended is on disk already."""
        with self._lock:
            for connection in (*self._opened, self._writer):
                connection.close()
            self._opened.clear()
            self._signed_head.sync()

    def _prepare(self) -> None:
        version = _version(self._writer)
        if version not in range(_SCHEMA_VERSION + 1):
            raise BadInput(
                f"{self.path} is an event log of schema {version}; this dronewall reads {_SCHEMA_VERSION}",
                file=str(self.path),
            )
        self._writer.execute("PRAGMA journal_mode = WAL")
        self._writer.execute("PRAGMA synchronous = FULL")
        if version < _SCHEMA_VERSION:
            with self._lock:
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    while (version := _version(self._writer)) < _SCHEMA_VERSION:
                        for statement in _statements(_UPGRADES[version] if version else _SCHEMA):
                            self._writer.execute(statement)
                    self._writer.execute("COMMIT")
                except BaseException:
                    self._writer.execute("ROLLBACK")
                    raise

    def _compare_with_head(self) -> None:
        """An event about a head that the log does not reach or that is damaged, before anything overwrites it.

        The head is read before the end of the log: another process may be writing, and its head follows its events.
        """
        noted, damage = None, ""
        try:
            noted = self._signed_head.read()
        except Corrupt as error:
            damage = str(error)
        last = _last(self._writer)
        newest = int(self._writer.execute("SELECT COALESCE(MAX(time_ns), 0) FROM events").fetchone()[0])
        if damage:
            payload: dict[str, object] = {"said": damage, "last_seq": last.seq}
            self.append(Event(time_ns=newest, kind=HEAD_DAMAGED, actor="system", payload=payload))
            return
        if noted is None and last.seq == 0:
            self._signed_head.write(last)
        elif noted is None:
            payload = {"said": f"{self._signed_head.path} is missing", "last_seq": last.seq}
            self.append(Event(time_ns=newest, kind=HEAD_DAMAGED, actor="system", payload=payload))
        elif noted.seq > last.seq:
            payload = {"head_seq": noted.seq, "head_hash": noted.hash.hex(), "last_seq": last.seq}
            self.append(Event(time_ns=newest, kind=TAIL_MISSING, actor="system", payload=payload))

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

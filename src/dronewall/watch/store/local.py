"""The paths beside the event log: `paths.sqlite`, written by the watch at each snapshot, asked by area and time.

A piece belongs to the snapshot that ended it: after a crash the inputs that no snapshot holds are taken again, and
what was cut from them is dropped first. What is dropped is noted, because it may have been carried elsewhere already.
"""

import contextlib
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

from dronewall.errors import BadInput
from dronewall.units import SECOND_NS
from dronewall.watch.store.asking import MOST, About, Area, Found, Visit, joined, visits_of
from dronewall.watch.store.pieces import LONGEST_NS, Piece, bounds

FILE_NAME: Final = "paths.sqlite"
SCHEMA: Final = 1
_COLUMNS: Final = ", ".join(Piece._fields)
_TABLES: Final = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE path (
    piece INTEGER PRIMARY KEY AUTOINCREMENT, input INTEGER NOT NULL, kept_ns INTEGER NOT NULL,
    track TEXT NOT NULL, status TEXT NOT NULL, label TEXT, label_probability REAL, identity TEXT,
    identity_status TEXT NOT NULL, p_exists REAL NOT NULL, from_ns INTEGER NOT NULL, to_ns INTEGER NOT NULL,
    points BLOB NOT NULL
) STRICT;
CREATE INDEX path_track ON path (track, from_ns);
CREATE INDEX path_to ON path (to_ns);
CREATE INDEX path_kept ON path (kept_ns);
CREATE VIRTUAL TABLE path_box USING rtree (piece, west, east, south, north);
CREATE TRIGGER path_gone AFTER DELETE ON path BEGIN DELETE FROM path_box WHERE piece = old.piece; END;
CREATE TABLE dropped (
    number INTEGER PRIMARY KEY AUTOINCREMENT, after_input INTEGER NOT NULL, up_to_piece INTEGER NOT NULL,
    from_ns INTEGER NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Pieces up to `up_to_piece` that came of inputs after `after_input` and reach beyond `from_ns` count no more."""

    number: int
    after_input: int
    up_to_piece: int
    from_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A piece with its number and the input of the snapshot that ended it."""

    number: int
    input: int
    piece: Piece


class LocalPaths:
    """One SQLite file in WAL mode, made where there is none; threads may share it. `about` is put down in it.

    Raises
    ------
    BadInput
        The file is none of paths, or one of another schema.
    """

    def __init__(self, file: Path, *, about: About | None = None, read_only: bool = False) -> None:
        self.file, self._lock = file, threading.RLock()
        self._readers, self._opened = threading.local(), list[sqlite3.Connection]()
        try:
            self._db = self._connect("ro" if read_only else "rwc")
            self._prepare(read_only)
            for table in ("path", "path_box", "dropped"):
                self._db.execute(f"SELECT * FROM {table} LIMIT 0")
            for key, value in {} if about is None else about._asdict().items():
                self._db.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (key, str(value)))
            said = dict(self._db.execute("SELECT key, value FROM about"))
        except sqlite3.DatabaseError as error:
            raise BadInput(f"{file} holds no paths: {error}", file=str(file)) from None
        self._site = About(said.get("name", ""), said.get("source", ""), said.get("exercise") == "True")

    def _connect(self, mode: str) -> sqlite3.Connection:
        name = f"{self.file.resolve().as_uri()}?mode={mode}"
        return sqlite3.connect(name, uri=True, timeout=30.0, isolation_level=None, check_same_thread=False)

    def _reader(self) -> sqlite3.Connection:
        """This thread's own connection for reading: a long question holds up no writer."""
        connection: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if connection is None:
            connection = self._readers.connection = self._connect("ro")
            with self._lock:
                self._opened.append(connection)
        return connection

    def _prepare(self, read_only: bool) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version not in ((SCHEMA,) if read_only else (0, SCHEMA)):
            raise BadInput(
                f"{self.file} holds paths of schema {version}; this dronewall reads {SCHEMA}", file=str(self.file)
            )
        if not read_only:
            self._db.execute("PRAGMA journal_mode = WAL")
            # A kill loses nothing then; a power cut may take the last snapshots' paths, never the log or the journal.
            # Waiting for the disk is left to `checkpoint`, so that whoever adds never does.
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA wal_autocheckpoint = 0")
        if version == 0:
            self._db.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {SCHEMA}; COMMIT;")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            for connection in (*self._opened, self._db):
                connection.close()
            self._opened.clear()

    # ------------------------------------------------------------------ written

    def checkpoint(self) -> None:
        """Wait until what was added is on disk; for a thread that has the time."""
        with contextlib.closing(self._connect("rw")) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def add(self, pieces: Sequence[Piece], after_input: int) -> None:
        """Keep what a snapshot after that input ended, all or none; a kill does not take it back."""
        if not pieces:
            return
        now_ns, boxes = time.time_ns(), bounds(pieces).tolist()
        into = f"INSERT INTO path (piece, input, kept_ns, {_COLUMNS}) VALUES ({','.join('?' * 13)})"
        with self._lock, self._transaction():
            row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'path'").fetchone()
            first = 1 if row is None else row[0] + 1
            self._db.executemany(into, ((first + n, after_input, now_ns, *piece) for n, piece in enumerate(pieces)))
            self._db.executemany(
                "INSERT INTO path_box VALUES (?, ?, ?, ?, ?)", ((first + n, *box) for n, box in enumerate(boxes))
            )

    def drop(self, after_input: int, from_ns: int) -> None:
        """Forget pieces that came of later inputs and reach beyond a time: these inputs are being taken again."""
        which = "FROM path WHERE input > ? AND to_ns >= ?"
        with self._lock, self._transaction():
            (newest,) = self._db.execute(f"SELECT MAX(piece) {which}", (after_input, from_ns)).fetchone()
            if newest is not None:
                self._db.execute(f"DELETE {which}", (after_input, from_ns))
                self._db.execute(
                    "INSERT INTO dropped (after_input, up_to_piece, from_ns) VALUES (?, ?, ?)",
                    (after_input, newest, from_ns),
                )

    def expire(self, before_ns: int, *, dry_run: bool = False) -> int:
        """Delete pieces that were kept before that time, by the wall clock, and say how many."""
        with self._lock:
            (old,) = self._db.execute("SELECT COUNT(*) FROM path WHERE kept_ns < ?", (before_ns,)).fetchone()
            if old and not dry_run:
                self._db.execute("DELETE FROM path WHERE kept_ns < ?", (before_ns,))
            return int(old)

    # ------------------------------------------------------------------ asked

    def visits(
        self, area: Area, from_ns: int, to_ns: int, *, most: int = MOST, pieces: int | None = None
    ) -> list[Visit]:
        """As `asking.Paths` says."""
        query = (
            "SELECT p.track, p.label, p.identity, p.from_ns, p.to_ns, p.points FROM path_box b JOIN path p "
            "USING (piece) WHERE b.west <= ? AND b.east >= ? AND b.south <= ? AND b.north >= ? "
            "AND p.from_ns <= ? AND p.to_ns >= ?"
        )
        box = (area.east_deg, area.west_deg, area.north_deg, area.south_deg)
        with contextlib.closing(self._reader().execute(query, (*box, to_ns, from_ns))) as rows:
            found = (
                Found(site=self._site, track=track, label=label, identity=who, from_ns=first, to_ns=last, points=points)
                for track, label, who, first, last, points in rows
            )
            return visits_of(found, area, from_ns, to_ns, most, pieces)

    def positions(self, track: str, from_ns: int, to_ns: int) -> list[tuple[str, np.ndarray]]:
        """As `asking.Paths` says."""
        query = "SELECT points FROM path WHERE track = ? AND from_ns <= ? AND from_ns >= ? ORDER BY from_ns, piece"
        rows = self._reader().execute(query, (track, to_ns, max(from_ns - LONGEST_NS, 0))).fetchall()
        return joined(((self._site.name, points) for (points,) in rows), from_ns, to_ns)

    # ------------------------------------------------------------------ for the carrier

    def key(self, *, new: bool = False) -> str:
        """The name of these paths in a shared store, drawn once; `new` draws another."""
        with self._lock, self._transaction():
            row = self._db.execute("SELECT value FROM about WHERE key = 'key'").fetchone()
            if row is None or new:
                row = (secrets.token_hex(16),)
                self._db.execute("INSERT OR REPLACE INTO about VALUES ('key', ?)", row)
        return str(row[0])

    def after(self, number: int, limit: int) -> list[Numbered]:
        """Pieces after a number, in order."""
        query = f"SELECT piece, input, {_COLUMNS} FROM path WHERE piece > ? ORDER BY piece LIMIT ?"
        rows = self._reader().execute(query, (number, limit)).fetchall()
        return [Numbered(number=row[0], input=row[1], piece=Piece(*row[2:])) for row in rows]

    def dropped_after(self, number: int) -> list[Dropped]:
        """What was dropped after a number, in order."""
        query = "SELECT number, after_input, up_to_piece, from_ns FROM dropped WHERE number > ? ORDER BY number"
        rows = self._reader().execute(query, (number,)).fetchall()
        return [Dropped(number=n, after_input=i, up_to_piece=p, from_ns=f) for n, i, p, f in rows]

    def numbered(self) -> int:
        """The largest number that a piece here ever had."""
        row = self._reader().execute("SELECT seq FROM sqlite_sequence WHERE name = 'path'").fetchone()
        return 0 if row is None else int(row[0])

    def waiting(self, number: int) -> tuple[int, int]:
        """At most how many pieces follow a number, and how many seconds ago the first of them was kept."""
        query = "SELECT kept_ns FROM path WHERE piece > ? ORDER BY piece LIMIT 1"
        first = self._reader().execute(query, (number,)).fetchone()
        if first is None:
            return 0, 0
        return self.numbered() - number, max(0, time.time_ns() - int(first[0])) // SECOND_NS

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

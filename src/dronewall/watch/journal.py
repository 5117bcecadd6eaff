"""The journal: every input of the desk in its order, durable before the desk sees it, and the desk's snapshots.

The desk is a pure function of its inputs: scans, the seconds that pass, and the acts of people. So the newest
snapshot and the inputs after it give back the very desk that a crash took away, and setting a replay back is the same
thing with the inputs after the chosen moment abandoned. The event log beside it is the record of what was said and
done; this is only what is needed to say it again.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from dronewall.errors import Corrupt, Unavailable

_TABLES = """
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS inputs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    time_ns INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    abandoned INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS snapshots (
    snapshot INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL,
    time_ns INTEGER NOT NULL,
    body BLOB NOT NULL,
    abandoned INTEGER NOT NULL DEFAULT 0
);
"""
SCHEMA = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input: `scans` (packed, and the seconds up to `time_ns`) or `act` (JSON)."""

    seq: int
    time_ns: int
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The desk as it stood once input `seq` was taken."""

    seq: int
    time_ns: int
    body: bytes


class Journal:
    """One SQLite file in WAL mode; what `write` returned for survives a kill and a power cut.

    Parameters
    ----------
    wall, source : str
        Digest of the wall and name of the source of scans. A journal of another wall or source is refused, because its
        inputs mean nothing to this desk.

    Raises
    ------
    Corrupt
        The file is not a journal of this version, or belongs to another wall or source.
    """

    def __init__(self, file: Path, *, wall: str, source: str) -> None:
        try:
            self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_TABLES)
        except sqlite3.DatabaseError as error:
            raise Corrupt(f"{file} is not a journal: {error}; start with another --data folder") from None
        self._file = file
        for key, value, word in (("schema", SCHEMA, "version"), ("wall", wall, "wall"), ("source", source, "source")):
            self._db.execute("INSERT OR IGNORE INTO about VALUES (?, ?)", (key, value))
            (stored,) = self._db.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
            if stored != value:
                raise Corrupt(
                    f"{file} was written for another {word} ({stored}, now {value}); give another --data folder, "
                    "or the files that it was started with"
                )

    def write(self, time_ns: int, kind: str, body: bytes) -> int:
        """The number of the input, durable when it returns."""
        try:
            cursor = self._db.execute(
                "INSERT INTO inputs (time_ns, kind, body) VALUES (?, ?, ?)", (time_ns, kind, body)
            )
        except sqlite3.OperationalError as error:
            raise Unavailable(f"{self._file} cannot be written: {error}") from None
        return int(cursor.lastrowid or 0)

    def inputs(self, after: int = 0) -> Iterator[Input]:
        """Inputs after a number, in order, without the abandoned ones."""
        rows = self._db.execute(
            "SELECT seq, time_ns, kind, body FROM inputs WHERE seq > ? AND abandoned = 0 ORDER BY seq", (after,)
        )
        for seq, time_ns, kind, body in rows:
            yield Input(seq=seq, time_ns=time_ns, kind=kind, body=body)

    def save(self, snapshot: Snapshot) -> None:
        """Keep a snapshot, durable when it returns."""
        self._db.execute(
            "INSERT INTO snapshots (seq, time_ns, body) VALUES (?, ?, ?)",
            (snapshot.seq, snapshot.time_ns, snapshot.body),
        )

    def newest(self) -> Snapshot | None:
        """The newest snapshot that still counts."""
        row = self._db.execute(
            "SELECT seq, time_ns, body FROM snapshots WHERE abandoned = 0 ORDER BY snapshot DESC LIMIT 1"
        ).fetchone()
        return None if row is None else Snapshot(seq=row[0], time_ns=row[1], body=row[2])

    def abandon(self, after_ns: int) -> None:
        """Set aside every input and snapshot later than a moment: a replay was set back to it."""
        self._db.execute("BEGIN")
        self._db.execute("UPDATE inputs SET abandoned = 1 WHERE time_ns > ?", (after_ns,))
        self._db.execute("UPDATE snapshots SET abandoned = 1 WHERE time_ns > ?", (after_ns,))
        self._db.execute("COMMIT")

    def prune(self, keep: int = 3) -> None:
        """Drop what the newest `keep` snapshots do not need; for live use, where nothing is set back."""
        rows = self._db.execute("SELECT seq FROM snapshots ORDER BY snapshot DESC LIMIT ?", (keep,)).fetchall()
        if len(rows) == keep:
            oldest = rows[-1][0]
            self._db.execute("DELETE FROM snapshots WHERE seq < ?", (oldest,))
            self._db.execute("DELETE FROM inputs WHERE seq <= ?", (oldest,))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

"""The shared store: many sites' event logs and paths in PostgreSQL with PostGIS.

What a site carries here goes in one transaction with how far it has come, so a line that breaks at any moment leaves
neither a gap nor a double. Several programs may ask at once; one carries for each site.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from dronewall.errors import Corrupt
from dronewall.eventlog import Row
from dronewall.units import SECOND_NS
from dronewall.watch.store.address import Address
from dronewall.watch.store.asking import BATCH, MOST, About, Area, Found, Visit, joined, visits_of
from dronewall.watch.store.local import Dropped, Numbered
from dronewall.watch.store.migrate import check
from dronewall.watch.store.pieces import LONGEST_NS

_DAY_NS: Final = 86_400 * SECOND_NS
_FLOAT32_DEG: Final = 2e-5
"""PostGIS compares boxes in single precision, rounded outwards: less than this at any longitude."""
_PIECE: Final = (
    "site, piece, input, track, status, label, label_probability, identity, identity_status, p_exists, "
    "from_ns, to_ns, points"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site in the store, and how far its events, pieces and drops were carried."""

    site: int
    key: str
    about: About
    events: int
    pieces: int
    drops: int
    head: str | None
    heard_s: float


class SharedStore:
    """A connection to it; a context manager.

    Raises
    ------
    Away
        The server does not answer.
    BadInput
        It holds no store, or one of another version.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._db = address.connect()
        try:
            with address.said():
                check(self._db, str(address))
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go."""
        self._db.close()

    # ------------------------------------------------------------------ carried here

    def join(self, *, key: str, about: About) -> Site:
        """The site of that key, made where there is none."""
        with self._address.said():
            self._db.execute(
                "INSERT INTO site (key, name, source, exercise) VALUES (%s, %s, %s, %s) ON CONFLICT (key) DO UPDATE "
                "SET name = excluded.name, source = excluded.source, exercise = excluded.exercise",
                (key, *about),
            )
        return next(site for site in self.sites() if site.key == key)

    def add_events(self, site: Site, rows: Sequence[Row], head: str) -> None:
        """Put events after those that are there; all or none.

        Raises
        ------
        Corrupt
            Somebody else carried for this site meanwhile.
        """
        with self._address.said(), self._db.transaction(), self._db.cursor() as cursor:
            self._advance("events = %s, head = %s", (rows[-1].seq, head), site, "events", site.events)
            columns = "site, seq, time_ns, kind, actor, payload, hash"
            with cursor.copy(f"COPY event ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((site.site, row.seq, row.time_ns, row.kind, row.actor, row.payload, row.hash))

    def add_paths(self, site: Site, dropped: Sequence[Dropped], pieces: Sequence[Numbered]) -> None:
        """Take out what was dropped, put pieces after those that are there; all or none."""
        with self._address.said(), self._db.transaction(), self._db.cursor() as cursor:
            reached = (
                max(site.pieces, pieces[-1].number if pieces else 0),
                max(site.drops, dropped[-1].number if dropped else 0),
            )
            self._advance("pieces = %s, drops = %s", reached, site, "pieces", site.pieces)
            for drop in dropped:
                cursor.execute(
                    "DELETE FROM path WHERE site = %s AND input > %s AND piece <= %s AND to_ns >= %s AND from_ns >= %s",
                    (site.site, drop.after_input, drop.up_to_piece, drop.from_ns, drop.from_ns - LONGEST_NS),
                )
            for day in sorted({one.piece.from_ns // _DAY_NS for one in pieces}):
                cursor.execute("SELECT make_day(%s)", (day * _DAY_NS,))
            if not pieces:
                return
            with cursor.copy(f"COPY path ({_PIECE}) FROM STDIN") as copy:
                for one in pieces:
                    p = one.piece
                    row = (p.track, p.status, p.label, p.label_probability, p.identity, p.identity_status, p.p_exists)
                    copy.write_row((site.site, one.number, one.input, *row, p.from_ns, p.to_ns, p.points.hex()))

    def _advance(self, what: str, values: tuple[Any, ...], site: Site, column: str, before: int) -> None:
        done = self._db.execute(
            f"UPDATE site SET {what}, heard_at = now() WHERE site = %s AND {column} = %s".encode(),
            (*values, site.site, before),
        )
        if done.rowcount != 1:
            raise Corrupt(f"{self._address}: another watch carries for the same site; is a copy of its data running?")

    def expire(self, site: Site, before_ns: int) -> int:
        """Delete the site's paths of the days that ended before a time, and say how many pieces went."""
        with self._address.said():
            row = self._db.execute("SELECT expire_days(%s, %s)", (site.site, before_ns)).fetchone()
        return int(row[0]) if row else 0

    # ------------------------------------------------------------------ asked

    def ask(self) -> None:
        """Find out whether it is still there."""
        with self._address.said():
            self._db.execute("SELECT")

    def sites(self) -> list[Site]:
        """Every site."""
        query = (
            "SELECT site, key, name, source, exercise, events, pieces, drops, head, extract(epoch FROM heard_at) "
            "FROM site ORDER BY site"
        )
        with self._address.said():
            rows = self._db.execute(query).fetchall()
        return [
            Site(
                site=site,
                key=key,
                about=About(name, source, exercise),
                events=events,
                pieces=pieces,
                drops=drops,
                head=head,
                heard_s=float(heard_s),
            )
            for site, key, name, source, exercise, events, pieces, drops, head, heard_s in rows
        ]

    def events(self, site: int, after_seq: int = 0) -> Iterator[Row]:
        """Events of a site after a number, in order, as they were written; read in parts."""
        query = (
            "SELECT seq, time_ns, kind, actor, payload, hash FROM event WHERE site = %s AND seq > %s ORDER BY seq "
            "LIMIT 5000"
        )
        while True:
            with self._address.said():
                rows = self._db.execute(query, (site, after_seq)).fetchall()
            for row in rows:
                yield Row(*row)
            if not rows:
                return
            after_seq = rows[-1][0]

    def newest(self, site: int) -> tuple[int, bytes] | None:
        """Number and hash of a site's newest event; None where it has none."""
        query = "SELECT seq, hash FROM event WHERE site = %s ORDER BY seq DESC LIMIT 1"
        with self._address.said():
            row = self._db.execute(query, (site,)).fetchone()
        return None if row is None else (int(row[0]), bytes(row[1]))

    def visits(
        self, area: Area, from_ns: int, to_ns: int, *, most: int = MOST, pieces: int | None = None
    ) -> list[Visit]:
        """As `asking.Paths` says: what lies inside as a whole is summed up there, what crosses an edge is looked at
        position by position here."""
        from psycopg import capabilities

        rim = _FLOAT32_DEG
        inner = (area.west_deg + rim, area.south_deg + rim, area.east_deg - rim, area.north_deg - rim)
        large = inner[0] < inner[2] and inner[1] < inner[3]
        west, south, east, north = area.west_deg, area.south_deg, area.east_deg, area.north_deg
        asked = {
            "inner": _box(*inner) if large else None,
            # Where a box holds no smaller one, whatever touches it is cut by it.
            "west": _box(west, south, west + rim if large else east, north),
            "east": _box(east - rim, south, east, north) if large else None,
            "south": _box(west, south, east, south + rim) if large else None,
            "north": _box(west, north - rim, east, north) if large else None,
            "from": from_ns,
            "since": max(from_ns - LONGEST_NS, 0),
            "to": to_ns,
            "before": max(to_ns - LONGEST_NS, 0),
        }
        sites = {site.site: site.about for site in self.sites()}
        size = BATCH if capabilities.has_stream_chunked() else 1
        with self._address.said(), self._db.cursor() as cursor:
            found = (
                Found(
                    site=sites[site], track=track, label=label, identity=who, from_ns=first, to_ns=last, points=points
                )
                for site, track, label, who, first, last, points in cursor.stream(
                    _VISITS, asked, binary=True, size=size
                )
                if site in sites  # one that joined this very moment is not in the answer
            )
            return visits_of(found, area, from_ns, to_ns, most, pieces)

    def positions(self, track: str, from_ns: int, to_ns: int) -> list[tuple[str, np.ndarray]]:
        """As `asking.Paths` says."""
        query = (
            "SELECT s.name, ST_AsEWKB(p.points) FROM path p JOIN site s USING (site) "
            "WHERE p.track = %s AND p.from_ns <= %s AND p.from_ns >= %s ORDER BY s.name, p.from_ns, p.piece"
        )
        asked = (track, to_ns, max(from_ns - LONGEST_NS, 0))
        with self._address.said():
            rows = self._db.execute(query, asked, prepare=False, binary=True).fetchall()
        return joined(rows, from_ns, to_ns)

    def sizes(self) -> list[tuple[str, int]]:
        """The days of paths that there are, and how many bytes each takes with its indices."""
        query = (
            "SELECT inhrelid::regclass::text, pg_total_relation_size(inhrelid) FROM pg_inherits "
            "WHERE inhparent = 'path'::regclass ORDER BY 1"
        )
        with self._address.said():
            return [(name[-8:], int(size)) for name, size in self._db.execute(query).fetchall()]


def _box(west: float, south: float, east: float, north: float) -> str:
    return f"SRID=4326;POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"


_VISITS: Final = """
WITH whole AS MATERIALIZED (
    SELECT site, track, (array_agg(label ORDER BY to_ns DESC))[1] AS label,
           (array_agg(identity ORDER BY to_ns DESC))[1] AS identity, min(from_ns) AS from_ns, max(to_ns) AS to_ns
    FROM path WHERE points @ %(inner)s::geometry AND from_ns >= %(from)s AND from_ns <= %(to)s AND to_ns <= %(to)s
    GROUP BY site, track
), parted AS (
    SELECT * FROM path
    WHERE (points && %(west)s::geometry OR points && %(east)s::geometry
           OR points && %(south)s::geometry OR points && %(north)s::geometry)
      AND NOT coalesce(points @ %(inner)s::geometry, false)
      AND from_ns <= %(to)s AND from_ns >= %(since)s AND to_ns >= %(from)s
    UNION ALL
    SELECT * FROM path
    WHERE points @ %(inner)s::geometry AND to_ns >= %(from)s AND from_ns >= %(since)s AND from_ns < %(from)s
    UNION ALL
    SELECT * FROM path
    WHERE points @ %(inner)s::geometry AND to_ns > %(to)s AND from_ns <= %(to)s AND from_ns >= %(from)s
      AND from_ns >= %(before)s
)
SELECT site, track, label, identity, from_ns, to_ns, NULL::bytea FROM whole
UNION ALL
SELECT p.site, p.track, p.label, p.identity, p.from_ns, p.to_ns, ST_AsEWKB(p.points)
FROM parted p LEFT JOIN whole w USING (site, track)
WHERE w.track IS NULL OR p.from_ns < w.from_ns OR p.to_ns > w.to_ns
"""
"""What is `whole`, inside the box and the time, is summed up from few bytes of each row. What is `parted` is cut by an
edge of the box, found by the four edges and not by the area, or by the beginning or the end of the time."""

"""The looks of a recording one after another, in memory that does not grow with the file.

`Recording.scans` sorts a whole night, which takes the whole of it in memory. Here both tables are read side by side in
the order in which they stand, which is the order of reception in every recording that this program wrote.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from dronewall.archive.columns import int_column, text_column
from dronewall.archive.files import read_batches
from dronewall.archive.recording import rows_of
from dronewall.errors import BadInput
from dronewall.records.detection import Detections, empty, joined
from dronewall.records.scan import Scan
from dronewall.records.wall import Wall
from dronewall.units import SECOND_NS, nanoseconds

AHEAD_NS: Final = 120 * SECOND_NS
MOST_OPEN: Final = 2_000_000  # rows
MANY_OPEN: Final = 500_000  # so many that a look is taken as whole once its sensor's rows have gone on to another

Key = tuple[str, int]


def streamed_scans(path: Path, wall: Wall, *, rows_at_once: int = 65_536) -> Iterator[Scan]:
    """Every look in the order of `scans.parquet`; looks that only `detections.parquet` has, last.

    Raises
    ------
    BadInput
        A file is broken, the recording lists no looks, or its rows stand so far from their looks that it must be read
        whole (`read_recording`).
    """
    if not (path / "scans.parquet").exists():
        raise BadInput(f"{path} lists no looks (it has no scans.parquet)", file=str(path), key="scans.parquet")
    ahead = _Ahead(path / "detections.parquet", rows_at_once)
    latency_ns = {spec.id: nanoseconds(spec.latency_s or 0.0) for spec in wall.sensor}
    tables, _ = read_batches(path / "scans.parquet", rows_at_once)
    file = path / "scans.parquet"
    for table in tables:
        numbers = (int_column(table, name, file).tolist() for name in ("scan", "time_ns", "end_ns"))
        for sensor, scan, time_ns, end_ns in zip(
            text_column(table, "sensor", file, nulls=False), *numbers, strict=True
        ):
            yield ahead.look((sensor, scan), time_ns, end_ns, end_ns + latency_ns.get(sensor, 0))
    yield from ahead.rest()


class _Ahead:
    """Rows read ahead of the looks, by look."""

    def __init__(self, file: Path, rows_at_once: int) -> None:
        self._file = file
        self._tables, _ = read_batches(file, rows_at_once)
        self._open: dict[Key, list[Detections]] = {}
        self._newest_scan: dict[str, int] = {}
        self._newest_ns = self._count = 0
        self._row = 0
        self._over = False

    def look(self, key: Key, time_ns: int, end_ns: int, received_ns: int) -> Scan:
        while (
            not self._over
            and self._newest_ns < end_ns + AHEAD_NS
            and (key not in self._open or self._newest_ns < end_ns + AHEAD_NS // 2)
            and not (self._count > MANY_OPEN and key in self._open and self._newest_scan[key[0]] != key[1])
        ):
            self._read()
        rows = joined(found) if (found := self._open.pop(key, [])) else empty(0)
        self._count -= len(rows)
        received = int(rows.received_ns.max()) if len(rows) else received_ns
        first, self._row = self._row, self._row + len(rows)
        return Scan(
            sensor=key[0],
            scan=key[1],
            time_ns=time_ns,
            end_ns=end_ns,
            received_ns=received,
            detections=rows,
            first_row=first,
        )

    def rest(self) -> Iterator[Scan]:
        """What no look claimed."""
        while not self._over:
            self._read()
        for key in list(self._open):
            times = np.concatenate([part.time_ns for part in self._open[key]])
            yield self.look(key, int(times.min()), int(times.max()), 0)

    def _read(self) -> None:
        table = next(self._tables, None)
        if table is None:
            self._over = True
            return
        rows = rows_of(table, self._file)
        if not len(rows):
            return
        self._newest_ns = max(self._newest_ns, int(rows.detections.received_ns.min()))
        self._count += len(rows)
        if self._count > MOST_OPEN:
            raise BadInput(
                f"{self._file}: its rows do not stand in the order of their looks; it must be read whole", key="order"
            )
        changes = (rows.sensor[1:] != rows.sensor[:-1]) | (rows.scan[1:] != rows.scan[:-1])
        edges = [0, *(np.flatnonzero(changes) + 1).tolist(), len(rows)]
        for first, stop in pairwise(edges):
            key = (str(rows.sensor[first]), int(rows.scan[first]))
            self._newest_scan[key[0]] = key[1]
            self._open.setdefault(key, []).append(rows.detections.rows(slice(first, stop)))

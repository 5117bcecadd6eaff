"""A recording written piece by piece, for a day of detections that memory should not hold at once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dronewall.archive.columns import text_array, value_array
from dronewall.archive.files import beside, stamped
from dronewall.archive.looks import Looks, RecordedRows
from dronewall.archive.recording import TEXTS, check_target, looks_table, truth_table
from dronewall.records.columns import FILE_NAMES
from dronewall.records.truth import Truth

SCHEMA = pa.schema(
    [("time_ns", pa.int64()), ("received_ns", pa.int64()), ("sensor", pa.string()), ("scan", pa.int64())]
    + [(name, pa.float64()) for name in FILE_NAMES.values()]
    + [(name, pa.string()) for name in TEXTS]
)
ROWS_AT_ONCE = 65_536


class RecordingWriter:
    """Takes rows, looks and truth in order; `wall_toml` may be set at any time before the end."""

    def __init__(self, folder: Path, metadata: Mapping[str, str]) -> None:
        self.wall_toml = ""
        self.metadata = dict(metadata)
        self._folder = folder
        schema = SCHEMA.with_metadata(stamped(metadata))
        self._file = pq.ParquetWriter(folder / "detections.parquet", schema, compression="zstd")
        self._waiting: list[pa.Table] = []
        self._scans: pq.ParquetWriter | None = None
        self._looks: list[pa.Table] = []
        self._truth: pq.ParquetWriter | None = None

    def add(self, rows: RecordedRows, looks: Looks | None = None) -> None:
        """The next rows, and their looks where every look is listed."""
        if len(rows):
            self._waiting.append(_table(rows))
        if looks is not None:
            self._looks.append(looks_table(looks))
        if max(_rows(self._waiting), _rows(self._looks)) >= ROWS_AT_ONCE:
            self._flush()

    def tell(self, truth: Truth) -> None:
        """The next rows of truth."""
        table = truth_table(truth).replace_schema_metadata(stamped(self.metadata))
        if self._truth is None:
            self._truth = pq.ParquetWriter(self._folder / "truth.parquet", table.schema, compression="zstd")
        self._truth.write_table(table)

    def close(self, *, whole: bool) -> None:
        """Finish the files; with `whole` the recording is complete."""
        if whole:
            self._flush()
            (self._folder / "wall.toml").write_text(self.wall_toml, encoding="utf-8")
        self._file.close()
        for other in (self._scans, self._truth):
            if other is not None:
                other.close()

    def _flush(self) -> None:
        if self._waiting:
            self._file.write_table(pa.concat_tables(self._waiting).replace_schema_metadata(stamped(self.metadata)))
            self._waiting = []
        if self._looks:
            table = pa.concat_tables(self._looks).replace_schema_metadata(stamped(self.metadata))
            if self._scans is None:
                self._scans = pq.ParquetWriter(self._folder / "scans.parquet", table.schema, compression="zstd")
            self._scans.write_table(table)
            self._looks = []


def _rows(tables: list[pa.Table]) -> int:
    return sum(table.num_rows for table in tables)


@contextmanager
def recording_writer(path: Path, metadata: Mapping[str, str] | None = None) -> Iterator[RecordingWriter]:
    """A writer for the recording `path`, which appears whole when the block ends well and not at all when it does not.

    Raises
    ------
    BadInput
        `path` is a file, holds something other than a recording, or cannot be written.
    """
    check_target(path)
    with beside(path) as folder:
        folder.mkdir()
        writer = RecordingWriter(folder, metadata or {})
        try:
            yield writer
        except BaseException:
            writer.close(whole=False)
            raise
        writer.close(whole=True)


def _table(rows: RecordedRows) -> pa.Table:
    detections = rows.detections
    columns = [
        pa.array(detections.time_ns, pa.int64()),
        pa.array(detections.received_ns, pa.int64()),
        text_array(rows.sensor),
        pa.array(rows.scan, pa.int64()),
        *(value_array(column, detections.values[:, column]) for column in FILE_NAMES),
        *(text_array(getattr(detections, name)) for name in TEXTS),
    ]
    return pa.table(columns, schema=SCHEMA)

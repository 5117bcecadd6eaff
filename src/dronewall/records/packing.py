"""Scans as bytes, for the journal and for what a tracker saves, and back to the bit.

    b"DWB1" | length of the header (u32, little-endian) | zlib(header JSON) | zlib(times) | zlib(values)

The header holds the sensors' names, six integers per scan, and the texts of the rows that have any; `times` are the
rows' two int64 columns, `values` the float64 matrix of `Column`, whose NaNs squeeze to nothing.
"""

import json
import struct
import zlib
from collections.abc import Sequence

import numpy as np

from dronewall.errors import Corrupt
from dronewall.records.detection import Column, Detections, TextColumn, joined
from dronewall.records.scan import Scan

MAGIC = b"DWB1"
_TEXTS = ("label", "identity", "reference_sensor")


def packed(scans: Sequence[Scan]) -> bytes:
    """Scans as bytes; `unpacked` gives them back to the bit."""
    rows = joined([scan.detections for scan in scans])
    header = {
        "scans": [
            [s.sensor, s.scan, s.time_ns, s.end_ns, s.received_ns, s.first_row, len(s.detections)] for s in scans
        ],
        **{name: _texts(getattr(rows, name)) for name in _TEXTS},
    }
    head = zlib.compress(json.dumps(header, separators=(",", ":")).encode(), 1)
    times = zlib.compress(np.stack([rows.time_ns, rows.received_ns]).astype("<i8").tobytes(), 1)
    values = zlib.compress(rows.values.astype("<f8").tobytes(), 1)
    return MAGIC + struct.pack("<III", len(head), len(times), len(values)) + head + times + values


def unpacked(body: bytes) -> list[Scan]:
    """The scans in `body`.

    Raises
    ------
    Corrupt
        The bytes are not what `packed` writes.
    """
    try:
        if body[:4] != MAGIC:
            raise Corrupt("these bytes are no packed scans: they do not begin with DWB1")
        sizes = struct.unpack_from("<III", body, 4)
        at = 16
        parts = []
        for size in sizes:
            parts.append(zlib.decompress(body[at : at + size]))
            at += size
        header = json.loads(parts[0])
        times = np.frombuffer(parts[1], "<i8").astype(np.int64).reshape(2, -1)
        n = times.shape[1]
        values = np.frombuffer(parts[2], "<f8").astype(np.float64).reshape(n, len(Column))
        rows = Detections(
            time_ns=times[0], received_ns=times[1], values=values, **{t: _column(header[t], n) for t in _TEXTS}
        )
    except (zlib.error, struct.error, ValueError, KeyError, TypeError) as error:
        raise Corrupt(f"packed scans cannot be read: {error}") from None
    scans, first = [], 0
    for sensor, scan, time_ns, end_ns, received_ns, first_row, count in header["scans"]:
        scans.append(
            Scan(
                sensor=sensor,
                scan=scan,
                time_ns=time_ns,
                end_ns=end_ns,
                received_ns=received_ns,
                first_row=first_row,
                detections=rows.rows(slice(first, first + count)),
            )
        )
        first += count
    return scans


def _texts(column: TextColumn) -> dict[str, str]:
    return {str(row): str(text) for row, text in enumerate(column) if text is not None}


def _column(texts: dict[str, str], n: int) -> TextColumn:
    column = np.full(n, None, object)
    for row, text in texts.items():
        column[int(row)] = text
    return column

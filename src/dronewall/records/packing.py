"""A scan as bytes, the same bytes for the same scan, and back to the bit.

    b"DWS1" | length of the header (uint32) | header | time_ns | received_ns | each column that holds a number

All little-endian. The header is canonical JSON: the scan's own fields, the number of rows, the columns (names of
`Column`) in their order, and those of the three texts that any row has. Every NaN means "not measured" and comes back
as one.
"""

import json
import struct
from typing import Final

import numpy as np

from dronewall.errors import Corrupt
from dronewall.records.detection import Column, Detections, TextColumn
from dronewall.records.scan import Scan

MAGIC: Final = b"DWS1"
_TEXTS: Final = ("label", "identity", "reference_sensor")


def packed_scan(scan: Scan) -> bytes:
    """The scan as bytes."""
    rows = scan.detections
    measured = ~np.isnan(rows.values)
    columns = [column for column in Column if measured[:, column].any()]
    texts = {name: getattr(rows, name) for name in _TEXTS}
    header = {
        "sensor": scan.sensor,
        "scan": scan.scan,
        "time_ns": scan.time_ns,
        "end_ns": scan.end_ns,
        "received_ns": scan.received_ns,
        "first_row": scan.first_row,
        "rows": len(rows),
        "columns": [column.name for column in columns],
        **{name: text.tolist() for name, text in texts.items() if any(one is not None for one in text)},
    }
    head = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    parts = [MAGIC, struct.pack("<I", len(head)), head]
    parts += [rows.time_ns.astype("<i8").tobytes(), rows.received_ns.astype("<i8").tobytes()]
    for column in columns:
        values = rows.values[:, column]
        parts.append(np.where(np.isnan(values), np.nan, values).astype("<f8").tobytes())
    return b"".join(parts)


def unpacked_scan(data: bytes) -> Scan:
    """The scan in those bytes.

    Raises
    ------
    Corrupt
        The bytes are not a whole packed scan.
    """
    try:
        if data[:4] != MAGIC:
            raise Corrupt("these bytes are no packed scan: they do not begin with DWS1")
        length = struct.unpack_from("<I", data, 4)[0]
        header = json.loads(data[8 : 8 + length])
        n, columns = int(header["rows"]), [Column[name] for name in header["columns"]]
        numbers = data[8 + length :]
        if len(numbers) != 8 * n * (2 + len(columns)):
            raise Corrupt(f"a packed scan of {n} rows holds {len(numbers)} bytes of numbers")
        times = np.frombuffer(numbers, "<i8", count=2 * n).astype(np.int64).reshape(2, n)
        values = np.full((n, len(Column)), np.nan)
        for place, column in enumerate(columns, start=2):
            values[:, column] = np.frombuffer(numbers, "<f8", count=n, offset=8 * n * place)
        detections = Detections(
            time_ns=times[0],
            received_ns=times[1],
            values=values,
            label=_text(header, "label", n),
            identity=_text(header, "identity", n),
            reference_sensor=_text(header, "reference_sensor", n),
        )
        return Scan(
            sensor=header["sensor"],
            scan=header["scan"],
            time_ns=header["time_ns"],
            end_ns=header["end_ns"],
            received_ns=header["received_ns"],
            detections=detections,
            first_row=header["first_row"],
        )
    except (ValueError, KeyError, TypeError, struct.error) as error:
        raise Corrupt(f"a packed scan cannot be read: {error}") from None


def _text(header: dict[str, object], name: str, n: int) -> TextColumn:
    found = header.get(name, [None] * n)
    if not isinstance(found, list) or len(found) != n:
        raise ValueError(f"{name} is not a list of {n}")
    column = np.empty(n, object)
    column[:] = found
    return column

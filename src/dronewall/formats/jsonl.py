"""Detections as JSON lines: the format for a sensor that has no other. Schema: `docs/schemas/feed.schema.json`.

One line is one detection, which is a look of its own, or one look with all its detections, none included:

    {"time": "2026-05-07T00:12:03.250Z", "azimuth_deg": 71.5, "tone_hz": 105.0, "snr_db": 9.0}
    {"scan": 1712, "time": "2026-05-07T00:12:04Z", "end": "2026-05-07T00:12:06Z", "detections": []}
    {"scan": 1713, "time_ns": 1778112726000000000, "detections": [{"range_m": 8200.0, "azimuth_deg": 71.5}]}

Keys are the columns of `detections.parquet`, null or left out where not measured. `time_ns` or `time` (ISO 8601 with
its offset from UTC) may be left out live: the time of reception counts. In a look, a detection's own time may be left
out. `scan` numbers the look; left out, looks are counted. `sensor` is needed only where one stream carries several; a
feed for one sensor leaves out the lines of the others. An unknown key, a value that cannot be, a label that is not one
of ours, live a time more than 10 s ahead of our clock: the whole line is counted as bad and kept. `rid:` and `session:`
identities become pseudonyms.
"""

import json
from collections.abc import Iterable, Iterator
from math import isfinite, radians
from typing import Any, Final

import numpy as np

from dronewall.formats.about import About
from dronewall.formats.decoding import Decoded, Decoder, Faults, Lines, Options
from dronewall.formats.personal import PersonalData, identity_of
from dronewall.formats.times import LATEST_NS, time_of
from dronewall.records.columns import ANGLES, FILE_NAMES, limits, wanted
from dronewall.records.detection import Column, Detections, empty
from dronewall.records.words import LABELS
from dronewall.units import SECOND_NS

COLUMNS: Final = {name: column for column, name in FILE_NAMES.items()}
TIMES: Final = ("time", "time_ns")
LOOK_KEYS: Final = frozenset({"sensor", "scan", "time", "time_ns", "end", "end_ns", "detections"})
ROW_KEYS: Final = frozenset({*TIMES, *COLUMNS, "label", "identity", "reference_sensor"})
MOST_ROWS: Final = 10_000
LARGEST_SCAN: Final = 2**62
CLOCK_NS: Final = 10 * SECOND_NS  # live, a clock may be so much ahead of ours


class BadLineError(ValueError):
    """Why a line is not used, and where in it; never leaves this module. `field` may hold what the line says."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.field = field


class JsonlDecoder:
    """Decodes one stream of lines."""

    def __init__(self, options: Options) -> None:
        self.faults = Faults()
        self._lines = Lines(self.faults, whole=options.datagrams)
        self._options = options
        self._next_scan = options.first_scan
        self._latest_ns = LATEST_NS

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the stream."""
        return self._take(self._lines.feed(data, received_ns), received_ns)

    def end(self, received_ns: int) -> Decoded:
        """Read a last line without an end."""
        return self._take(self._lines.end(), received_ns)

    def _take(self, lines: list[bytes], received_ns: int) -> Decoded:
        rows: list[_Row] = []
        scans: list[int] = []
        looks: list[tuple[int, int, int, int]] = []
        if not self._options.from_file:
            self._latest_ns = received_ns + CLOCK_NS
        for line in lines:
            self.faults.messages += 1
            try:
                look, found = self._line(line, received_ns)
            except BadLineError as error:
                # a line may hold an identity that is personal: its bytes are not kept where one stands in it
                self.faults.add(received_ns, str(error), line, personal=b"identity" in line)
                continue
            if look is None:
                continue
            rows += found
            scans += [look[0]] * len(found)
            looks.append(look)
        return _decoded(rows, scans, looks)

    def _line(self, line: bytes, received_ns: int) -> tuple[tuple[int, int, int, int] | None, list["_Row"]]:
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            raise BadLineError("not JSON") from None
        if not isinstance(said, dict):
            raise BadLineError("not an object")
        if self._options.sensor is not None and said.get("sensor", self._options.sensor) != self._options.sensor:
            self.faults.unread["lines of other sensors"] += 1
            return None, []
        detections = said.get("detections")
        whole = "detections" in said
        _only(said, LOOK_KEYS if whole else ROW_KEYS | {"sensor", "scan"})
        time_ns = self._time(said, "time", None if self._options.from_file else received_ns)
        end_ns = self._time(said, "end", time_ns)
        if end_ns < time_ns:
            raise BadLineError("a look ends before it begins", "end")
        received = end_ns if self._options.from_file else received_ns
        if not whole:
            given = [{key: value for key, value in said.items() if key not in ("sensor", "scan")}]
        elif isinstance(detections, list) and len(detections) <= MOST_ROWS:
            given = detections
        else:
            raise BadLineError("detections is no list, or too long", "detections")
        rows = [self._row(row, time_ns, received) for row in given]
        scan = said.get("scan")
        if scan is None:
            scan = self._next_scan
        elif not isinstance(scan, int) or isinstance(scan, bool) or not 0 <= scan < LARGEST_SCAN:
            raise BadLineError("scan is no number of a look", "scan")
        self._next_scan = max(self._next_scan, scan + 1)
        return (scan, time_ns, end_ns, received), rows

    def _row(self, said: Any, time_ns: int, received_ns: int) -> "_Row":
        if not isinstance(said, dict):
            raise BadLineError("a detection is no object")
        _only(said, ROW_KEYS)
        values = {
            COLUMNS[key]: _value(key, value) for key, value in said.items() if key in COLUMNS and value is not None
        }
        label, claimed = said.get("label"), said.get("identity")
        if label is not None and label not in LABELS:
            raise BadLineError("no such label", "label")
        if not values and claimed is None:
            raise BadLineError("nothing measured")
        identity = identity_of(claimed, self._options.salt) if isinstance(claimed, str) else None
        if claimed is not None and identity is None:
            raise BadLineError("no identity", "identity")
        reference = said.get("reference_sensor")
        if reference is not None and (not isinstance(reference, str) or len(reference) > 64):
            raise BadLineError("reference_sensor is no id", "reference_sensor")
        own_ns = self._time(said, "time", time_ns)
        items = []
        if isinstance(claimed, str) and identity is not None and claimed.lower() != identity:
            data = {"id": claimed, "of": identity}
            items.append(PersonalData(time_ns=own_ns, kind="jsonl.identity", identity=identity, data=data))
        return _Row(own_ns, received_ns, values, label, identity, reference, items)

    def _time(self, said: dict[str, Any], key: str, default: int | None) -> int:
        try:
            time_ns = time_of(said, key)
        except ValueError as error:
            raise BadLineError(str(error), key) from None
        if time_ns is None and default is None:
            raise BadLineError("no time", key)
        if time_ns is not None and time_ns > self._latest_ns:
            raise BadLineError(f"{key} is in the future", key)
        return time_ns if time_ns is not None else default or 0


class _Row:
    """One detection of a line."""

    __slots__ = ("identity", "label", "personal", "received_ns", "reference", "time_ns", "values")

    def __init__(
        self,
        time_ns: int,
        received_ns: int,
        values: dict[Column, float],
        label: str | None,
        identity: str | None,
        reference: str | None,
        personal: list[PersonalData],
    ) -> None:
        self.time_ns, self.received_ns, self.values = time_ns, received_ns, values
        self.label, self.identity, self.reference, self.personal = label, identity, reference, personal


def _decoded(rows: list[_Row], scans: list[int], looks: list[tuple[int, int, int, int]]) -> Decoded:
    detections = empty(len(rows))
    for index, row in enumerate(rows):
        detections.time_ns[index], detections.received_ns[index] = row.time_ns, row.received_ns
        for column, value in row.values.items():
            detections.values[index, column] = value
        detections.label[index], detections.identity[index] = row.label, row.identity
        detections.reference_sensor[index] = row.reference
    personal = tuple(item for row in rows for item in row.personal)
    return Decoded(detections=detections, scan=np.array(scans, np.int64), looks=tuple(looks), personal=personal)


def _only(said: dict[str, Any], taken: Iterable[str]) -> None:
    unknown = said.keys() - set(taken)
    if unknown:
        raise BadLineError("unknown key", min(unknown))


def _value(key: str, value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > 1e300 or not isfinite(value):
        raise BadLineError(f"{key} is no number", key)
    low, high = limits(key)
    if not low <= value <= high or ("_sd_" in key and value <= 0):
        raise BadLineError(f"{key} must be {wanted(key)}", key)
    return radians(value) if COLUMNS[key] in ANGLES else float(value)


def encode(sensor: str, scan: int, time_ns: int, end_ns: int, detections: Detections) -> bytes:
    """One look as a line."""
    rows = []
    for index in range(len(detections)):
        row: dict[str, Any] = {"time_ns": int(detections.time_ns[index])}
        for column, name in FILE_NAMES.items():
            value = float(detections.values[index, column])
            if isfinite(value):
                row[name] = float(np.rad2deg(value)) if column in ANGLES else value
        texts = (("label", detections.label), ("identity", detections.identity))
        row |= {name: texts_of[index] for name, texts_of in texts if texts_of[index] is not None}
        if detections.reference_sensor[index] is not None:
            row["reference_sensor"] = detections.reference_sensor[index]
        rows.append(row)
    look = {"sensor": sensor, "scan": scan, "time_ns": time_ns, "end_ns": end_ns, "detections": rows}
    return json.dumps(look, separators=(",", ":")).encode() + b"\n"


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one line."""
    time = {"type": "string", "format": "date-time", "description": "ISO 8601 with its offset from UTC"}
    time_ns = {"type": "integer", "minimum": 0, "description": "nanoseconds since 1970-01-01T00:00:00Z"}
    row = {"time": time, "time_ns": time_ns} | dict(_column_schemas())
    row["label"] = {"enum": [*LABELS, None]}
    row["identity"] = {"type": ["string", "null"], "pattern": "^(icao:[0-9a-fA-F]{6}|rid:.{1,256}|session:.{1,256})$"}
    row["reference_sensor"] = {"type": ["string", "null"], "maxLength": 64}
    common = {"sensor": {"type": "string"}, "scan": {"type": "integer", "minimum": 0}}
    detection = {"type": "object", "properties": row, "additionalProperties": False}
    look = {"time": time, "time_ns": time_ns, "end": time, "end_ns": time_ns}
    listed = {"type": "array", "maxItems": MOST_ROWS, "items": {"$ref": "#/$defs/detection"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "dronewall feed: one line of detections",
        "$defs": {"detection": detection},
        "oneOf": [
            {
                "title": "one detection",
                "type": "object",
                "properties": common | row,
                "additionalProperties": False,
            },
            {
                "title": "one look",
                "type": "object",
                "properties": common | look | {"detections": listed},
                "required": ["detections"],
                "additionalProperties": False,
            },
        ],
    }


def _column_schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in FILE_NAMES.values():
        low, high = limits(name)
        entry: dict[str, Any] = {"type": ["number", "null"]}
        if isfinite(low):
            entry["minimum"] = low
        if isfinite(high):
            entry["maximum"] = high
        if "_sd_" in name:
            entry["exclusiveMinimum"] = 0
        yield name, entry


def broken(line: bytes) -> tuple[str, str] | None:
    """What is wrong with a line as it would come in live: the field, and why; None where nothing is."""
    try:
        JsonlDecoder(Options())._line(line, LATEST_NS)
    except BadLineError as error:
        return error.field, str(error)
    return None


class _Jsonl:
    timed = True
    about = About(
        tables=("jsonl",),
        sources=("dronewall's own: docs/schemas/feed.schema.json",),
        page="how-to-add/sensor.md",
    )

    def sniff(self, head: bytes) -> float:
        """Sure where the first line is an object with keys of ours only."""
        try:
            said = json.loads(head.split(b"\n", 1)[0])
        except (ValueError, RecursionError):
            return 0.0
        if not isinstance(said, dict) or not said:
            return 0.0
        return 0.95 if said.keys() <= LOOK_KEYS | ROW_KEYS else 0.0

    def decoder(self, options: Options) -> Decoder:
        return JsonlDecoder(options)


FORMAT = _Jsonl()

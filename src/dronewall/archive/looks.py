"""Looks: which sensor looked when, also where nothing was seen, and the order in which the looks arrived."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dronewall.records.detection import Detections, joined
from dronewall.records.scan import Scan
from dronewall.records.wall import Wall
from dronewall.units import Bools, Ints, nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRows:
    """Detections with the sensor and the look that each came from [shape=(n,)]."""

    detections: Detections
    sensor: NDArray[np.object_]
    scan: Ints

    def __len__(self) -> int:
        return len(self.scan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Looks of all sensors [shape=(n,)]: from `time_ns` to `end_ns`, equal where a look is an instant."""

    sensor: NDArray[np.object_]
    scan: Ints
    time_ns: Ints
    end_ns: Ints

    def __len__(self) -> int:
        return len(self.scan)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFrames:
    """Frames as received [shape=(n,)], with the time of reception and the sensor that they are of."""

    received_ns: Ints
    sensor: NDArray[np.object_]
    frame: Sequence[bytes]


class Looking(Protocol):
    """What a sensor must be able to say so that its silent looks are known: its scheduled looks in [from, to)."""

    @property
    def period_ns(self) -> int | None: ...

    def looks(self, from_ns: int, to_ns: int) -> tuple[Ints, Ints]: ...


def recorded(scans: Iterable[Scan]) -> tuple[RecordedRows, Looks]:
    """Scans, in the order given, as the rows and looks of a recording."""
    kept = list(scans)
    counts = [len(scan.detections) for scan in kept]
    names = np.array([scan.sensor for scan in kept], object)
    numbers = np.array([scan.scan for scan in kept], np.int64)
    rows = RecordedRows(
        detections=joined([scan.detections for scan in kept]),
        sensor=np.repeat(names, counts),
        scan=np.repeat(numbers, counts),
    )
    looks = Looks(
        sensor=names,
        scan=numbers,
        time_ns=np.array([scan.time_ns for scan in kept], np.int64),
        end_ns=np.array([scan.end_ns for scan in kept], np.int64),
    )
    return rows, looks


def scans_in_order(
    rows: RecordedRows, looks: Looks | None, wall: Wall, sensors: Mapping[str, Looking] | None
) -> Iterator[Scan]:
    """Every look in order of reception, the silent ones too.

    A look is received when its last row is. A silent look is received at its end plus the sensor's mean latency (the
    wall's `latency_s`, 0 where it says none). Equal times go by end of look, then by sensor and number. Without a
    list of looks, the schedule of `sensors` or else the wall's `scan_period_s` and `scan_offset_s` gives the silent
    ones between the first and the last row; a sensor without a period has only the looks that saw something.
    """
    order, first = _grouped(rows)
    stop = np.r_[first[1:], len(rows)][: len(first)]
    detections = rows.detections.rows(order)
    none = np.zeros(0, np.int64)
    seen = _Seen(
        sensor=rows.sensor[order][first],
        scan=rows.scan[order][first],
        first=first,
        stop=stop,
        time_ns=np.minimum.reduceat(detections.time_ns, first) if len(first) else none,
        end_ns=np.maximum.reduceat(detections.time_ns, first) if len(first) else none,
        received_ns=np.maximum.reduceat(detections.received_ns, first) if len(first) else none,
    )
    known = looks if looks is not None else _scheduled(seen, wall, sensors)
    yield from _merged(seen, known, detections, wall)


def _grouped(rows: RecordedRows) -> tuple[Ints, Ints]:
    """An order of rows in which each look's are consecutive (as they stand, if they are), and each look's first."""
    if not len(rows):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    _, of_sensor = np.unique(rows.sensor.astype(str), return_inverse=True)
    by_look = np.lexsort((rows.scan, of_sensor))
    changes = (np.diff(of_sensor[by_look]) != 0) | (np.diff(rows.scan[by_look]) != 0)
    group = np.r_[0, np.cumsum(changes)]
    starts = np.flatnonzero(np.r_[True, changes])
    earliest = by_look[starts]  # lexsort is stable: the first of each look as the file has it
    appears = np.empty(len(rows), np.int64)
    appears[by_look] = earliest[group]
    order = np.argsort(appears, kind="stable")
    return order, np.flatnonzero(np.r_[True, np.diff(appears[order]) != 0])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The looks that have rows; rows `first` to `stop` are theirs."""

    sensor: NDArray[np.object_]
    scan: Ints
    first: Ints
    stop: Ints
    time_ns: Ints
    end_ns: Ints
    received_ns: Ints


def _scheduled(seen: _Seen, wall: Wall, sensors: Mapping[str, Looking] | None) -> Looks:
    """Looks by schedule between the first and the last row, numbered as the rows of the same sensor are."""
    parts: list[Looks] = []
    if len(seen.scan):
        from_ns, to_ns = int(seen.time_ns.min()), int(seen.end_ns.max()) + 1
        for spec in wall.sensor:
            times = _schedule(spec.id, wall, sensors, from_ns, to_ns)
            mine = seen.sensor == spec.id
            parts.append(_numbered(spec.id, times, seen.scan[mine], seen.time_ns[mine], seen.end_ns[mine]))
    return Looks(
        sensor=np.concatenate([p.sensor for p in parts]) if parts else np.zeros(0, object),
        scan=np.concatenate([p.scan for p in parts]) if parts else np.zeros(0, np.int64),
        time_ns=np.concatenate([p.time_ns for p in parts]) if parts else np.zeros(0, np.int64),
        end_ns=np.concatenate([p.end_ns for p in parts]) if parts else np.zeros(0, np.int64),
    )


def _schedule(sensor: str, wall: Wall, sensors: Mapping[str, Looking] | None, from_ns: int, to_ns: int) -> Ints:
    """Times of the scheduled looks of one sensor in [from, to)."""
    if sensors is not None and sensor in sensors:
        if sensors[sensor].period_ns is None:
            return np.zeros(0, np.int64)
        return sensors[sensor].looks(from_ns, to_ns)[1]
    spec = next(s for s in wall.sensor if s.id == sensor)
    if spec.scan_period_s is None:
        return np.zeros(0, np.int64)
    period_ns, offset_ns = nanoseconds(spec.scan_period_s), nanoseconds(spec.scan_offset_s or 0.0)
    numbers = np.arange(-((offset_ns - from_ns) // period_ns), -((offset_ns - to_ns) // period_ns), dtype=np.int64)
    return numbers * period_ns + offset_ns


def _numbered(sensor: str, times: Ints, scan: Ints, begin: Ints, end: Ints) -> Looks:
    """One sensor's looks: those with rows as their rows say, the silent ones numbered between them."""
    at = np.searchsorted(times, begin, side="right") - 1
    on_time = at >= 0
    shift = int(np.median(scan[on_time] - at[on_time])) if on_time.any() else 0
    silent: Bools = np.ones(len(times), bool)
    silent[at[on_time]] = False
    silent &= ~np.isin(np.arange(len(times)) + shift, scan)
    starts = np.where(on_time, times[np.maximum(at, 0)] if len(times) else begin, begin)
    quiet = np.flatnonzero(silent)
    return Looks(
        sensor=np.full(len(scan) + len(quiet), sensor, object),
        scan=np.r_[scan, quiet + shift],
        time_ns=np.r_[starts, times[quiet]],
        end_ns=np.r_[end, times[quiet]],
    )


def _merged(seen: _Seen, known: Looks, detections: Detections, wall: Wall) -> Iterator[Scan]:
    row_of = {key: i for i, key in enumerate(zip(seen.sensor.tolist(), seen.scan.tolist(), strict=True))}
    latency_ns = {spec.id: nanoseconds(spec.latency_s or 0.0) for spec in wall.sensor}
    entries: list[tuple[int, int, str, int, int, int]] = []  # received, end, sensor, scan, time, index in seen
    listed = zip(known.sensor.tolist(), known.scan.tolist(), known.time_ns.tolist(), known.end_ns.tolist(), strict=True)
    for sensor, scan, time_ns, end_ns in listed:
        index = row_of.pop((sensor, scan), -1)
        received = int(seen.received_ns[index]) if index >= 0 else end_ns + latency_ns.get(sensor, 0)
        entries.append((received, end_ns, sensor, scan, time_ns, index))
    for (sensor, scan), index in row_of.items():
        ends = (int(seen.received_ns[index]), int(seen.end_ns[index]))
        entries.append((*ends, sensor, scan, int(seen.time_ns[index]), index))
    entries.sort()
    for received, end_ns, sensor, scan, time_ns, index in entries:
        first, stop = (int(seen.first[index]), int(seen.stop[index])) if index >= 0 else (0, 0)
        yield Scan(
            sensor=sensor,
            scan=scan,
            time_ns=time_ns,
            end_ns=end_ns,
            received_ns=received,
            detections=detections.rows(slice(first, stop)),
            first_row=first,
        )

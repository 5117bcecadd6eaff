"""Detection reports of one SAPIENT node as detections.

    timestamp of the message      time_ns; reports with one timestamp are one look, which ends with the next message
                                  that has another, or with a status report
    location, x and y             longitude and latitude in degrees, radians, or UTM easting and northing. The zone is
                                  the message's, or the one that the node registered
    location, z                   altitude_hae_m: as it is (WGS84_E) or from the geoid EGM96 (WGS84_G)
    x_error, y_error, z_error     position_sd_m, altitude_sd_m, in the units of the coordinates; above 100 km not taken
    range_bearing                 range, azimuth, elevation and their errors, at the wall's sensor. Azimuths from
                                  another north than the true one need the option `north_offset_deg`
    enu_velocity                  the three velocities, in the units that the node registered (m/s unless it did)
    classification                label and its confidence: only what `LABELS_OF` lists sets one

Not read: object_id and id (a report is no track of ours, an id may be a private drone's), track_info, object_info,
behaviour, signal, predictions, files, alerts. A message that breaks a rule gives no detection: it is counted by rule
and field, and its bytes go to the vault, because they may hold ids.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from math import nan
from typing import Any, Final

import numpy as np

from dronewall.formats.decoding import Decoded, Faults, Options
from dronewall.formats.personal import PersonalData, pseudonym
from dronewall.formats.sapient import columns
from dronewall.formats.sapient.messages import LARGEST, parsed, parsed_json
from dronewall.formats.sapient.quick import SLOTS, Frames, frames
from dronewall.formats.sapient.rules import Broken
from dronewall.formats.sapient.values import JsonValues, is_json
from dronewall.records.detection import Column, empty
from dronewall.units import SECOND_NS, Floats, Ints

CLOCK_NS: Final = 10 * SECOND_NS
KMH_MPS: Final = 1.0 / 3.6
KEPT_PER_HOUR: Final = 100
HOUR_NS: Final = 3600 * SECOND_NS
INDEX: Final = re.compile(r"\[\d+\]")
LATEST_NS: Final = 2**63 - 1 - 10**18
SLOT_OF: Final = {tuple(name.split(".")): at for at, name in enumerate(SLOTS)}
# What the core taxonomy of BSI Flex 335 says, as far as it fixes one of our labels.
LABELS_OF: Final = {
    "bird": "bird",
    "flock": "flock",
    "flock of birds": "flock",
    "balloon": "balloon",
    "uav rotary wing": "multirotor",
    "rotary wing uav": "multirotor",
    "multirotor": "multirotor",
    "quadcopter": "multirotor",
    "manned fixed wing": "aircraft",
    "manned rotary wing": "helicopter",
    "helicopter": "helicopter",
    "land vehicle": "ground",
    "human": "ground",
}


class SapientDecoder:
    """Decodes the stream of one node."""

    def __init__(self, options: Options) -> None:
        self.faults = Faults()
        self._options = options
        self._rest = b""
        self._json = self._lost = False
        self._values = JsonValues(LARGEST)
        self._node: str | None = options.node
        self._zone = ""
        self._speed = self._climb = 1.0
        self._look = options.first_scan - 1  # number of the newest look
        self._open_ns: int | None = None  # time of the look that is not over, the newest
        self._waiting: list[_Rows] = []
        self._personal: list[PersonalData] = []
        self._kept_since_ns, self._kept = 0, 0

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the stream."""
        if self._lost:
            self.faults.unread["bytes behind a broken length"] += len(data)
            return self._take()
        self._rest += data
        self._json = self._json or is_json(self._rest)
        if self._json:
            text, self._rest = self._rest, b""
            for value in self._values.feed(text):
                self.take(*parsed_json(value), value, received_ns)
            return self._take()
        for found, rest, impossible in frames(self._rest, LARGEST):
            self.take_frames(found, received_ns)
            self._rest = rest
            if impossible:
                self._lose("length of a message", received_ns)
        return self._take()

    def take_frames(self, found: Frames, received_ns: int) -> None:
        """Frames of a stream, in order; detections come with the next `flush` or `feed`."""
        for first, stop, sound in found.runs(self._node):
            if sound:
                self.take_reports(found, first, stop, received_ns)
            else:
                for at in range(first, stop):
                    data = found.message(at)
                    self.take(*parsed(data), data, received_ns)

    def take_reports(self, found: Frames, first: int, stop: int, received_ns: int) -> None:
        """Messages `first` to `stop` of some frames, all sound reports of this node."""
        if self._node is None:
            self._node = found.node[first].tobytes().decode()
        self.faults.messages += stop - first
        chosen = slice(first, stop)
        reports = [found.classes[at] for at in range(first, stop)]
        self._rows(found.time_ns[chosen], found.slots[chosen], reports, received_ns)

    def end(self, received_ns: int) -> Decoded:
        """Count a message that was cut off, and let go of the last look."""
        for value in self._values.end():
            self.take(*parsed_json(value), value, received_ns)
        if self._rest:
            self._bad("cut short", self._rest, received_ns)
        self._rest = b""
        return self.flush()

    def flush(self) -> Decoded:
        """The look that still waits for the next timestamp ends here."""
        self._close()
        return self._take()

    def take(self, message: Any, broken: list[Broken], data: bytes, received_ns: int) -> None:
        """One message with the rules that it breaks; detections come with the next `flush` or `feed`."""
        self.faults.messages += 1
        if message is None or broken:
            first = broken[0]
            field = INDEX.sub("", first.field) if first.rule != "unknown" else "a field"
            self._bad(f"{first.rule}: {field}" if field else first.rule, data, received_ns)
            return
        if self._node is None:
            self._node = message.node_id
        if message.node_id != self._node:
            self.faults.unread["messages of other nodes"] += 1
            return
        kind = message.WhichOneof("content")
        if kind == "detection_report":
            self._report(message, data, received_ns)
            return
        if kind == "registration":
            self._registered(message.registration)
        elif kind == "status_report":
            self._close()
        self.faults.unread[f"{kind} messages"] += 1

    def _lose(self, reason: str, received_ns: int) -> None:
        self._bad(reason, self._rest, received_ns)
        self._rest, self._lost = b"", True

    def _bad(self, reason: str, data: bytes, received_ns: int) -> None:
        """Count; the bytes go to the vault, at most `KEPT_PER_HOUR`."""
        self.faults.add(received_ns, reason, data, personal=True)
        if not 0 <= received_ns - self._kept_since_ns < HOUR_NS:
            self._kept_since_ns, self._kept = received_ns, 0
        if self._kept < KEPT_PER_HOUR:
            self._kept += 1
            of = pseudonym("session", self._node or "sapient", self._options.salt)
            kept = {"reason": reason, "bytes": data[:2048].hex()}
            item = PersonalData(time_ns=received_ns, kind="sapient.bad_message", identity=of, data=kept)
            self._personal.append(item)

    def _registered(self, registration: Any) -> None:
        """Units and zone that the node will report in."""
        for mode in registration.mode_definition:
            for definition in mode.detection_definition:
                self._zone = definition.location_type.zone or self._zone
                units = definition.velocity_type.enu_velocity_units
                self._speed = KMH_MPS if units.east_north_rate_units == 2 else 1.0
                self._climb = KMH_MPS if units.up_rate_units == 2 else 1.0

    def _report(self, message: Any, data: bytes, received_ns: int) -> None:
        time_ns = message.timestamp.seconds * SECOND_NS + message.timestamp.nanos
        if not 0 <= time_ns <= LATEST_NS:
            if self._options.from_file:
                self._bad("time: before 1970 or too late", data, received_ns)
                return
            time_ns = 0  # far off, so the time of reception counts
        slots = np.full((1, len(SLOTS)), np.nan)
        report = message.detection_report
        for part in (report.location, report.range_bearing, report.enu_velocity):
            for field, value in part.ListFields():
                if (slot := SLOT_OF.get((part.DESCRIPTOR.name, field.name))) is not None:
                    slots[0, slot] = value
        zone = report.location.utm_zone
        self._rows(np.array([time_ns]), slots, [_classes(report.classification)], received_ns, zone)

    def _rows(
        self, time_ns: Ints, slots: Floats, classes: list[list[tuple[bytes, float]]], received_ns: int, zone: str = ""
    ) -> None:
        """Reports of this node, numbers in the columns of `SLOTS`, become rows of looks."""
        live = not self._options.from_file
        if live:
            off = np.abs(time_ns - received_ns) > CLOCK_NS
            if off.any():
                self.faults.unread["times more than 10 s off, taken as received"] += int(off.sum())
                time_ns = np.where(off, received_ns, time_ns)
        values = np.full((len(time_ns), len(Column)), np.nan)
        use = columns.placed(slots, zone or self._zone, values, self.faults.unread)
        use &= columns.bearings(slots, self._options.north_offset_deg, values, self.faults.unread)
        columns.velocities(slots, self._speed, self._climb, values)
        label = [_label(said) for said in classes]
        values[:, Column.LABEL_CONFIDENCE] = [confidence for _, confidence in label]
        used = np.flatnonzero(use)
        if not len(used):
            return
        when = time_ns[used]
        begins = np.concatenate([[when[0] != self._open_ns], when[1:] != when[:-1]])
        look = self._look + np.cumsum(begins)
        self._look, self._open_ns = int(look[-1]), int(when[-1])
        received = np.full(len(used), received_ns) if live else when
        names = [label[at][0] for at in used.tolist()]
        self._waiting.append(_Rows(look=look, time_ns=when, received_ns=received, values=values[used], label=names))

    def _close(self) -> None:
        """What comes next is of another look, whatever its time."""
        self._open_ns = None

    def _take(self) -> Decoded:
        """The looks that are over."""
        personal, self._personal = tuple(self._personal), []
        over = self._look if self._open_ns is None else self._look - 1
        if not self._waiting or self._waiting[0].look[0] > over:
            return Decoded(detections=empty(), scan=np.zeros(0, np.int64), looks=(), personal=personal)
        rows = _Rows.joined(self._waiting)
        stop = int(np.searchsorted(rows.look, over, side="right"))
        self._waiting = [rows.part(stop, None)] if stop < len(rows.look) else []
        rows = rows.part(0, stop)
        found = empty(stop)
        found.time_ns[:], found.received_ns[:], found.values[:] = rows.time_ns, rows.received_ns, rows.values
        found.label[:] = rows.label
        first = np.flatnonzero(np.diff(rows.look, prepend=rows.look[0] - 1))
        last_received = np.maximum.reduceat(rows.received_ns, first).tolist()
        times = rows.time_ns[first].tolist()
        looks = tuple(zip(rows.look[first].tolist(), times, times, last_received, strict=True))
        return Decoded(detections=found, scan=rows.look, looks=looks, personal=personal)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Detections on their way, each with the number of its look."""

    look: Ints
    time_ns: Ints
    received_ns: Ints
    values: Floats
    label: list[str | None]

    @staticmethod
    def joined(parts: "list[_Rows]") -> "_Rows":
        return _Rows(
            look=np.concatenate([part.look for part in parts]),
            time_ns=np.concatenate([part.time_ns for part in parts]),
            received_ns=np.concatenate([part.received_ns for part in parts]),
            values=np.concatenate([part.values for part in parts]),
            label=[label for part in parts for label in part.label],
        )

    def part(self, first: int, stop: int | None) -> "_Rows":
        chosen = slice(first, stop)
        return _Rows(
            look=self.look[chosen],
            time_ns=self.time_ns[chosen],
            received_ns=self.received_ns[chosen],
            values=self.values[chosen],
            label=self.label[chosen],
        )


def _classes(said: Any) -> list[tuple[bytes, float]]:
    """Classes and their sub-classes in the order in which they are said."""
    found = []
    for one in said:
        found.append((one.type.encode(), one.confidence if one.HasField("confidence") else nan))
        found += _classes(one.sub_class)
    return found


def _label(classes: list[tuple[bytes, float]]) -> tuple[str | None, float]:
    """The label of the surest class that fixes one; of several alike, of the first."""
    best: tuple[str | None, float] = (None, nan)
    for name, confidence in classes:
        label = _label_of(name)
        if label is not None and (best[0] is None or confidence > (best[1] if best[1] == best[1] else 0.0)):
            best = label, confidence
    return best


@lru_cache(maxsize=1024)
def _label_of(name: bytes) -> str | None:
    words = re.split(r"[^a-z]+", name.decode("utf-8", "replace").lower())
    return LABELS_OF.get(" ".join(words).strip())

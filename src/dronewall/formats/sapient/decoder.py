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
from math import radians
from typing import Any, Final

import numpy as np

from dronewall.formats.decoding import Decoded, Faults, Options
from dronewall.formats.personal import PersonalData, pseudonym
from dronewall.formats.sapient.messages import LARGEST, parsed, parsed_json, split
from dronewall.formats.sapient.rules import Broken
from dronewall.geo.geoid import amsl_to_hae
from dronewall.geo.utm import to_geodetic
from dronewall.records.detection import Column, empty
from dronewall.units import SECOND_NS

CLOCK_NS: Final = 10 * SECOND_NS
KMH_MPS: Final = 1.0 / 3.6
METRES_PER_RADIAN: Final = 6_371_009.0
LARGEST_SD_M: Final = 100_000.0
KEPT_PER_HOUR: Final = 100
HOUR_NS: Final = 3600 * SECOND_NS
INDEX: Final = re.compile(r"\[\d+\]")
LATEST_NS: Final = 2**63 - 1 - 10**18
DEGREES, RADIANS, UTM = 1, 2, 5
MEAN_SEA_LEVEL = 2
TRUE_NORTH = 1
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
        self._node: str | None = options.node
        self._zone = ""
        self._speed = self._climb = 1.0
        self._next_scan = options.first_scan
        self._waiting: list[_Row] = []
        self._whole: list[list[_Row]] = []
        self._personal: list[PersonalData] = []
        self._kept_since_ns, self._kept = 0, 0

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the stream."""
        if self._lost:
            self.faults.unread["bytes behind a broken length"] += len(data)
            return self._take()
        self._rest += data
        if not self._json and self._rest[:1] == b"{" and len(self._rest) >= 4 and b"\0" not in self._rest[:4]:
            self._json = True
        if self._json:
            *lines, self._rest = self._rest.split(b"\n")
            for line in lines:
                self._line(line, received_ns)
            if len(self._rest) > LARGEST:
                self._lose("line too long", received_ns)
            return self._take()
        messages, self._rest, impossible = split(self._rest)
        for message in messages:
            self.take(*parsed(message), message, received_ns)
        if impossible:
            self._lose("length of a message", received_ns)
        return self._take()

    def end(self, received_ns: int) -> Decoded:
        """Count a message that was cut off, and let go of the last look."""
        if self._json and self._rest:
            self._line(self._rest, received_ns)
        elif self._rest:
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

    def _line(self, line: bytes, received_ns: int) -> None:
        if line.strip():
            self.take(*parsed_json(line), line, received_ns)

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
        live = not self._options.from_file
        if live and abs(time_ns - received_ns) > CLOCK_NS:
            self.faults.unread["times more than 10 s off, taken as received"] += 1
            time_ns = received_ns
        if not 0 <= time_ns <= LATEST_NS:
            self._bad("time: before 1970 or too late", data, received_ns)
            return
        row = _Row(time_ns, time_ns if not live else received_ns)
        report = message.detection_report
        if report.HasField("location"):
            reason = self._placed(report.location, row)
        else:
            reason = self._bearing(report.range_bearing, row)
        if reason:
            self.faults.unread[reason] += 1
            return
        if report.HasField("enu_velocity"):
            said = report.enu_velocity
            row.values[Column.VELOCITY_EAST_MPS] = said.east_rate * self._speed
            row.values[Column.VELOCITY_NORTH_MPS] = said.north_rate * self._speed
            if said.HasField("up_rate"):
                row.values[Column.VELOCITY_UP_MPS] = said.up_rate * self._climb
        row.label, confidence = _label(report.classification)
        if row.label is not None and confidence is not None:
            row.values[Column.LABEL_CONFIDENCE] = confidence
        if self._waiting and self._waiting[0].time_ns != row.time_ns:
            self._close()
        self._waiting.append(row)

    def _placed(self, place: Any, row: "_Row") -> str:
        """Latitude, longitude and height of a `Location`; why it cannot be used, or nothing."""
        system = place.coordinate_system
        if system == UTM:
            zone = place.utm_zone or self._zone
            if not zone:
                return "UTM without a zone, and none was registered"
            found = to_geodetic(place.x, place.y, int(zone[:-1]), zone[-1] >= "N")
            latitude, longitude, unit_m = float(found[0]), float(found[1]), (1.0, 1.0)
            if not (abs(place.x - 500_000.0) < 1_000_000.0 and -1e6 <= place.y <= 10_000_000.0):
                return "UTM coordinates outside their zone"
        else:
            scale = radians(1.0) if system == DEGREES else 1.0
            latitude, longitude = place.y * scale, place.x * scale
            unit_m = (scale * METRES_PER_RADIAN * float(np.cos(latitude)), scale * METRES_PER_RADIAN)
        values = row.values
        values[Column.LATITUDE_RAD], values[Column.LONGITUDE_RAD] = latitude, longitude
        if place.HasField("z"):
            if place.datum == MEAN_SEA_LEVEL:
                values[Column.ALTITUDE_HAE_M] = float(amsl_to_hae(place.z, latitude, longitude))
            else:
                values[Column.ALTITUDE_HAE_M] = place.z
            _spread(values, Column.ALTITUDE_SD_M, place.z_error)
        if place.HasField("x_error") and place.HasField("y_error"):
            spread = float(np.hypot(place.x_error * unit_m[0], place.y_error * unit_m[1])) / 2.0**0.5
            _spread(values, Column.POSITION_SD_M, spread)
        return ""

    def _bearing(self, said: Any, row: "_Row") -> str:
        """Range, azimuth and elevation of a `RangeBearing`; why it cannot be used, or nothing."""
        unit = radians(1.0) if said.coordinate_system in (1, 3) else 1.0
        metre = 1000.0 if said.coordinate_system in (3, 4) else 1.0
        values = row.values
        if said.HasField("azimuth"):
            turned = 0.0
            if said.datum != TRUE_NORTH:
                if self._options.north_offset_deg is None:
                    return "azimuths from another north, and no north_offset_deg"
                turned = radians(self._options.north_offset_deg)
            values[Column.AZIMUTH_RAD] = (said.azimuth * unit + turned) % (2.0 * np.pi)
            _spread(values, Column.AZIMUTH_SD_RAD, said.azimuth_error * unit)
        if said.HasField("elevation"):
            values[Column.ELEVATION_RAD] = said.elevation * unit
            _spread(values, Column.ELEVATION_SD_RAD, said.elevation_error * unit)
        if said.HasField("range"):
            values[Column.RANGE_M] = said.range * metre
            _spread(values, Column.RANGE_SD_M, said.range_error * metre)
        return ""

    def _close(self) -> None:
        if self._waiting:
            self._whole.append(self._waiting)
            self._waiting = []

    def _take(self) -> Decoded:
        rows = [row for look in self._whole for row in look]
        detections = empty(len(rows))
        if rows:
            detections.time_ns[:] = [row.time_ns for row in rows]
            detections.received_ns[:] = [row.received_ns for row in rows]
            which = np.repeat(np.arange(len(rows)), [len(row.values) for row in rows])
            columns = np.array([column for row in rows for column in row.values], np.intp)
            detections.values[which, columns] = [value for row in rows for value in row.values.values()]
            detections.label[:] = [row.label for row in rows]
        first = self._next_scan
        self._next_scan += len(self._whole)
        scan = [first + at for at, look in enumerate(self._whole) for _ in look]
        looks = tuple(
            (first + at, look[0].time_ns, look[0].time_ns, max(row.received_ns for row in look))
            for at, look in enumerate(self._whole)
        )
        personal, self._personal, self._whole = tuple(self._personal), [], []
        return Decoded(detections=detections, scan=np.array(scan, np.int64), looks=looks, personal=personal)


class _Row:
    """One detection on its way."""

    __slots__ = ("label", "received_ns", "time_ns", "values")

    def __init__(self, time_ns: int, received_ns: int) -> None:
        self.time_ns, self.received_ns = time_ns, received_ns
        self.values: dict[Column, float] = {}
        self.label: str | None = None


def _spread(values: dict[Column, float], column: Column, sd: float) -> None:
    """A standard deviation that says something."""
    if 0.0 < sd <= LARGEST_SD_M:
        values[column] = sd


def _label(classes: Any) -> tuple[str | None, float | None]:
    """The label of the surest class that fixes one, down the tree of its sub-classes."""
    best: tuple[str | None, float | None] = (None, None)
    waiting = list(classes)
    while waiting:
        one = waiting.pop()
        waiting.extend(one.sub_class)
        label = LABELS_OF.get(" ".join(re.split(r"[^a-z]+", one.type.lower())).strip())
        confidence = one.confidence if one.HasField("confidence") else None
        if label is not None and (best[0] is None or (confidence or 0.0) > (best[1] or 0.0)):
            best = label, confidence
    return best

"""From detections to messages of a wire format that others read: ASTERIX, Cursor on Target, SAPIENT; `adsb` has more.

    asterix    a radar's range and bearing: CAT 048 plots (pressure altitude, height, ICAO address) between CAT 034
               north marks, one for each look; bearings of a direction finder: CAT 205; every other range, bearing or
               elevation, with deviations and range rate: CAT 015; places with an ICAO address: CAT 021; other
               places: CAT 015. SAC 0, SIC the number of the sensor in the wall, from 1
    sapient    a registration for each sensor, then a detection_report for each detection; a node for each sensor
    cot        an event for each detection that has a place, or gets one from range and bearing at its sensor

What a format cannot hold is counted by what it is and never guessed. Ids are derived, so the same recording gives the
same bytes.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from lxml import etree

from dronewall.convert.adsb import AircraftJsonMessages, SbsMessages
from dronewall.convert.lost import POLAR, Known, Lost, Messages, known
from dronewall.convert.places import missing, place_of
from dronewall.errors import BadInput
from dronewall.formats import cot_events as cot
from dronewall.formats.asterix.encode import block
from dronewall.formats.sapient.encode import NODE_TYPES, registered, reported
from dronewall.formats.sapient.ids import node_id, ulid
from dronewall.formats.sapient.messages import framed
from dronewall.formats.sapient.replies import addressed
from dronewall.geo.frames import LocalFrame, from_range_azimuth_elevation
from dronewall.geo.geoid import undulation_m
from dronewall.records.detection import Column
from dronewall.records.scan import Scan
from dronewall.records.wall import Wall
from dronewall.units import FOOT_M, SECOND_NS

NAUTICAL_MILE_M: Final = 1852.0
DAY_S: Final = 86_400
TURN: Final = 65_536  # steps of an azimuth of 16 bits
MOST_SOURCES: Final = 255
STALE_S: Final = 15
HOW: Final = {"adsb": "m-g", "remote_id": "m-g"}  # by GNSS; every other by ranging or bearing
Frames = Mapping[str, LocalFrame]


def writer(name: str, wall: Wall, frames: Frames) -> Messages:
    """The writer of a format of `MESSAGES`."""
    return MESSAGES[name](wall, frames)


class AsterixMessages(Lost):
    """ASTERIX blocks, a record each. ASTERIX says the time of day and no date."""

    def __init__(self, wall: Wall, frames: Frames) -> None:
        super().__init__()
        if len(wall.sensor) > MOST_SOURCES:
            raise BadInput(f"{len(wall.sensor)} sensors: ASTERIX has room for {MOST_SOURCES} under one SAC")
        self._kind = {spec.id: spec.kind for spec in wall.sensor}
        self._source = {spec.id: {"SAC": 0, "SIC": at} for at, spec in enumerate(wall.sensor, 1)}
        self._frames = frames

    def opening(self, time_ns: int) -> bytes:
        """Nothing."""
        return b""

    def look(self, scan: Scan) -> bytes:
        """A north mark of a radar, then a record for each detection."""
        kind, source, parts = self._kind[scan.sensor], self._source[scan.sensor], []
        if kind == "radar":
            parts.append(block(34, [{"010": source, "000": 1, "030": _of_day(scan.time_ns)}]))
        elif not len(scan.detections):
            self.lost["silent looks"] += 1
        for row in range(len(scan.detections)):
            said, identity = known(scan.detections.values[row]), scan.detections.identity[row]
            address = int(identity[5:], 16) if identity is not None and identity.startswith("icao:") else None
            if identity is not None and address is None:
                self.lost["identities"] += 1
            if scan.detections.label[row] is not None:
                self.lost["labels"] += 1
            time_s = _of_day(int(scan.detections.time_ns[row]))
            found = self._record(kind, scan.sensor, said, address, time_s)
            if found is None:
                self.lost[missing(scan.detections.values[row])] += 1
                continue
            category, record, written = found
            try:
                parts.append(block(category, [{"010": source, **record}]))
            except BadInput:
                self.lost["detections with a number that does not fit"] += 1
                continue
            self.leave(said, written, {Column.ELEVATION_RAD} if "110" in record else ())
        return b"".join(parts)

    def _record(
        self, kind: str, sensor: str, said: Known, address: int | None, time_s: float
    ) -> tuple[int, dict[str, Any], set[Column]] | None:
        polar = said.keys() & {Column.RANGE_M, Column.AZIMUTH_RAD, Column.ELEVATION_RAD}
        if kind == "radar" and polar >= {Column.RANGE_M, Column.AZIMUTH_RAD}:
            return self._plot(sensor, said, address, time_s)
        if kind == "rf_direction" and Column.AZIMUTH_RAD in polar and Column.RANGE_M not in polar:
            return _bearing(said, time_s)
        if polar and Column.RANGE_DIFFERENCE_M not in said:
            return _polar(said, time_s)
        if not said.keys() >= {Column.LATITUDE_RAD, Column.LONGITUDE_RAD}:
            return None
        return _place(said, time_s) if address is None else _squitter(said, address, time_s)

    def _plot(
        self, sensor: str, said: Known, address: int | None, time_s: float
    ) -> tuple[int, dict[str, Any], set[Column]] | None:
        miles = said[Column.RANGE_M] / NAUTICAL_MILE_M
        if not 0.0 <= miles < 255.9:
            return None
        written = {Column.RANGE_M, Column.AZIMUTH_RAD}
        secondary = address is not None or Column.ALTITUDE_BARO_M in said
        record: dict[str, Any] = {
            "140": time_s,
            "020": {"TYP": 2 if secondary else 1},
            "040": {"RHO": miles, "THETA": _turned(said[Column.AZIMUTH_RAD])},
        }
        if Column.ALTITUDE_BARO_M in said:
            record["090"] = {"FL": _level(said[Column.ALTITUDE_BARO_M])}
            written.add(Column.ALTITUDE_BARO_M)
        height_m = said.get(Column.ALTITUDE_HAE_M)
        if height_m is not None:
            written.add(Column.ALTITUDE_HAE_M)
        elif Column.ELEVATION_RAD in said and (frame := self._frames.get(sensor)) is not None:
            ray = (said[Column.RANGE_M], said[Column.AZIMUTH_RAD], said[Column.ELEVATION_RAD])
            height_m = float(frame.local_to_geodetic(from_range_azimuth_elevation(*ray))[2])
        if height_m is not None and (frame := self._frames.get(sensor)) is not None:
            sea_m = height_m - float(undulation_m(frame.latitude_rad, frame.longitude_rad))
            record["110"] = {"3DH": min(max(sea_m / FOOT_M, -204_000.0), 204_000.0)}
        if address is not None:
            record["220"] = address
        return 48, record, written


def _bearing(said: Known, time_s: float) -> tuple[int, dict[str, Any], set[Column]]:
    azimuth = round(float(np.degrees(said[Column.AZIMUTH_RAD])) % 360.0, 2) % 360.0
    record: dict[str, Any] = {"000": 5, "030": time_s, "070": azimuth}
    if Column.ELEVATION_RAD in said:
        record["200"] = float(np.degrees(said[Column.ELEVATION_RAD]))
    return 205, record, {Column.AZIMUTH_RAD, Column.ELEVATION_RAD}


def _polar(said: Known, time_s: float) -> tuple[int, dict[str, Any], set[Column]]:
    record: dict[str, Any] = {"000": {"MT": 1}, "145": time_s}
    items: tuple[tuple[str, tuple[tuple[str, Column, Callable[[float], float]], ...]], ...] = (
        (
            "625",
            (("R", Column.RANGE_M, float), ("SDR", Column.RANGE_SD_M, float), ("RR", Column.RANGE_RATE_MPS, float)),
        ),
        ("627", (("AZ", Column.AZIMUTH_RAD, _turned), ("SDASZ", Column.AZIMUTH_SD_RAD, _spread_deg))),
        ("628", (("EL", Column.ELEVATION_RAD, np.degrees), ("SDEL", Column.ELEVATION_SD_RAD, _spread_deg))),
    )
    written: set[Column] = set()
    for item, fields in items:
        if fields[0][1] in said:
            there = [(name, column, of) for name, column, of in fields if column in said]
            record[item] = {name: float(of(said[column])) for name, column, of in there}
            written |= {column for _, column, _ in there}
    return 15, record, written


def _place(said: Known, time_s: float) -> tuple[int, dict[str, Any], set[Column]]:
    written = {Column.LATITUDE_RAD, Column.LONGITUDE_RAD}
    place: dict[str, Any] = {"P84": {"LATITUDE": _deg(said, Column.LATITUDE_RAD), "LONGITUDE": _longitude(said, 2**31)}}
    if Column.POSITION_SD_M in said:
        sd = min(said[Column.POSITION_SD_M], 16_383.0)
        place["HPP"] = {"SDHPX": sd, "SDHPY": sd}
        written.add(Column.POSITION_SD_M)
    record: dict[str, Any] = {"000": {"MT": 1}, "145": time_s, "600": place}
    if Column.ALTITUDE_HAE_M in said:
        record["601"] = {"GH": min(max(said[Column.ALTITUDE_HAE_M], -80_000.0), 80_000.0)}
        written.add(Column.ALTITUDE_HAE_M)
        if Column.ALTITUDE_SD_M in said:
            record["601"]["SDGH"] = min(said[Column.ALTITUDE_SD_M], 160_000.0)
            written.add(Column.ALTITUDE_SD_M)
    return 15, record, written


def _squitter(said: Known, address: int, time_s: float) -> tuple[int, dict[str, Any], set[Column]]:
    written = {Column.LATITUDE_RAD, Column.LONGITUDE_RAD, Column.ALTITUDE_HAE_M, Column.ALTITUDE_BARO_M}
    record: dict[str, Any] = {
        "040": {"ATP": 0},
        "073": time_s,
        "080": address,
        "131": {"LAT": _deg(said, Column.LATITUDE_RAD), "LON": _longitude(said, 2**30)},
    }
    if Column.ALTITUDE_HAE_M in said:
        record["140"] = min(max(said[Column.ALTITUDE_HAE_M] / FOOT_M, -204_000.0), 204_000.0)
    if Column.ALTITUDE_BARO_M in said:
        record["145"] = _level(said[Column.ALTITUDE_BARO_M])
    east, north = said.get(Column.VELOCITY_EAST_MPS), said.get(Column.VELOCITY_NORTH_MPS)
    if east is not None and north is not None and (speed := float(np.hypot(east, north))) < 3_700.0:
        record["160"] = {"GS": speed / NAUTICAL_MILE_M, "TA": _turned(float(np.arctan2(east, north)))}
        written |= {Column.VELOCITY_EAST_MPS, Column.VELOCITY_NORTH_MPS}
    if (up := said.get(Column.VELOCITY_UP_MPS)) is not None and abs(up) < 500.0:
        record["157"] = {"GVR": up * 60.0 / FOOT_M}
        written.add(Column.VELOCITY_UP_MPS)
    return 21, record, written


def _of_day(time_ns: int) -> float:
    """Seconds since midnight in steps of 1/128 s, cut and not rounded, so that midnight stays midnight."""
    return (time_ns // 1000 % (DAY_S * SECOND_NS // 1000)) / 1e6 // (1 / 128) / 128


def _deg(said: Known, column: Column) -> float:
    return float(np.degrees(said[column]))


def _longitude(said: Known, half: int) -> float:
    """Degrees in the steps of a half turn, where 180 degrees east is 180 degrees west."""
    steps = round(_deg(said, Column.LONGITUDE_RAD) / 180.0 * half)
    return (steps - 2 * half if steps >= half else steps) * 180.0 / half


def _turned(angle_rad: float) -> float:
    """Degrees of 0 to 360 in 65,536 steps, where 360 is 0."""
    return round(float(np.degrees(angle_rad)) / 360.0 * TURN) % TURN * 360.0 / TURN


def _spread_deg(angle_rad: float) -> float:
    return min(float(np.degrees(angle_rad)), 44.9)


def _level(altitude_m: float) -> float:
    return min(max(altitude_m / (100.0 * FOOT_M), -2_000.0), 2_000.0)


class SapientMessages(Lost):
    """Framed messages. A silent look has no message."""

    def __init__(self, wall: Wall, frames: Frames) -> None:
        super().__init__()
        self._wall = wall
        self._node = {spec.id: node_id(f"dronewall {wall.wall.name} {spec.id}") for spec in wall.sensor}

    def opening(self, time_ns: int) -> bytes:
        """A registration of each sensor."""
        parts = []
        for spec in self._wall.sensor:
            message = self._message(spec.id, time_ns)
            node_type, said = NODE_TYPES.get(spec.kind, (1, spec.kind))
            registered(message.registration, spec.id, node_type, said, said, 30.0)
            parts.append(framed(message))
        return b"".join(parts)

    def look(self, scan: Scan) -> bytes:
        """A report for each detection."""
        if not len(scan.detections):
            self.lost["silent looks"] += 1
        parts = []
        for row in range(len(scan.detections)):
            time_ns, values = int(scan.detections.time_ns[row]), scan.detections.values[row]
            message = self._message(scan.sensor, time_ns)
            report, label = message.detection_report, scan.detections.label[row]
            of = f"{self._wall.wall.name} {scan.sensor} {scan.scan} {row}"
            report.report_id, report.object_id = ulid(time_ns, f"{of} report"), ulid(time_ns, f"{of} object")
            if why := reported(report, values, None if label is None else str(label)):
                self.lost[why] += 1
                continue
            self.leave(known(values), WRITTEN_SAPIENT)
            if scan.detections.identity[row] is not None:
                self.lost["identities"] += 1
            parts.append(framed(message))
        return b"".join(parts)

    def _message(self, sensor: str, time_ns: int) -> Any:
        message = addressed(self._node[sensor], None, time_ns)
        if self._wall.exercise:
            message.additional_information = "EXERCISE EXERCISE EXERCISE"
        return message


WRITTEN_SAPIENT: Final = {
    *(Column.RANGE_M, Column.AZIMUTH_RAD, Column.ELEVATION_RAD),
    *(Column.RANGE_SD_M, Column.AZIMUTH_SD_RAD, Column.ELEVATION_SD_RAD),
    *(Column.LATITUDE_RAD, Column.LONGITUDE_RAD, Column.ALTITUDE_HAE_M, Column.POSITION_SD_M, Column.ALTITUDE_SD_M),
    *(Column.VELOCITY_EAST_MPS, Column.VELOCITY_NORTH_MPS, Column.VELOCITY_UP_MPS, Column.LABEL_CONFIDENCE),
}


class CotMessages(Lost):
    """Events, each with a uid of its own, but an aircraft's: ICAO and its address."""

    def __init__(self, wall: Wall, frames: Frames) -> None:
        super().__init__()
        self._frames, self._wall = frames, wall.wall.name
        self._how = {spec.id: HOW.get(spec.kind, "m-r") for spec in wall.sensor}
        self._exercise = wall.exercise

    def opening(self, time_ns: int) -> bytes:
        """Nothing: a file has no connection that would want a greeting."""
        return b""

    def look(self, scan: Scan) -> bytes:
        """An event for each detection with a place."""
        if not len(scan.detections):
            self.lost["silent looks"] += 1
        parts = []
        for row in range(len(scan.detections)):
            values = scan.detections.values[row]
            place = place_of(values, self._frames.get(scan.sensor))
            if place is None:
                self.lost[missing(values)] += 1
                continue
            said = known(values)
            own = said.keys() >= {Column.LATITUDE_RAD, Column.LONGITUDE_RAD}
            heights = WRITTEN_COT if place[2] is not None else WRITTEN_COT - HEIGHTS
            self.leave(said, heights, () if own else POLAR)
            identity, label = scan.detections.identity[row], scan.detections.label[row]
            icao = identity is not None and identity.startswith("icao:")
            if identity is not None and not icao:
                self.lost["identities"] += 1
            uid = f"ICAO-{identity[5:]}" if icao else f"dronewall-{scan.sensor}-{scan.scan}-{row}"
            what = f"a-{'n' if icao else 'u'}-{cot.FUNCTION.get(str(label), 'A')}"
            time_ns = int(scan.detections.time_ns[row])
            event = cot.root(uid, what, self._how[scan.sensor], time_ns, STALE_S, self._exercise)
            wide, high = said.get(Column.POSITION_SD_M), said.get(Column.ALTITUDE_SD_M)
            longitude, latitude, hae = place
            cot.point(
                event,
                latitude,
                longitude,
                float(cot.UNKNOWN_M) if hae is None else hae,
                cot.UNKNOWN_M if wide is None else f"{wide:.1f}",
                cot.UNKNOWN_M if high is None or hae is None else f"{high:.1f}",
            )
            self._detail(event, said, scan.sensor)
            parts.append(cot.text(event) + b"\n")
        return b"".join(parts)

    def _detail(self, event: etree._Element, said: Known, sensor: str) -> None:
        detail = etree.SubElement(event, "detail")
        if said.keys() >= {Column.VELOCITY_EAST_MPS, Column.VELOCITY_NORTH_MPS}:
            east, north = said[Column.VELOCITY_EAST_MPS], said[Column.VELOCITY_NORTH_MPS]
            course = f"{float(np.degrees(np.arctan2(east, north))) % 360.0:.1f}"
            etree.SubElement(detail, "track", course=course, speed=f"{np.hypot(east, north):.1f}")
        words = f"detection of {sensor}"
        etree.SubElement(detail, "remarks").text = f"EXERCISE EXERCISE EXERCISE {words}" if self._exercise else words


WRITTEN_COT: Final = {
    *(Column.LATITUDE_RAD, Column.LONGITUDE_RAD, Column.ALTITUDE_HAE_M, Column.POSITION_SD_M, Column.ALTITUDE_SD_M),
    *(Column.VELOCITY_EAST_MPS, Column.VELOCITY_NORTH_MPS),
}
HEIGHTS: Final = {Column.ALTITUDE_HAE_M, Column.ALTITUDE_SD_M}
MESSAGES: Final[Mapping[str, Callable[[Wall, Frames], Messages]]] = {
    "aircraft_json": AircraftJsonMessages,
    "asterix": AsterixMessages,
    "cot": CotMessages,
    "sapient": SapientMessages,
    "sbs": SbsMessages,
}

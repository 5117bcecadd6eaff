"""Open Drone ID messages: ASTM F3411-22a, EN 4709-002 direct remote identification. 25 bytes, or a pack of up to 9.

    type  message       read                                                           to the vault
    0     basic id      1: id type (high), aircraft type (low)                         2-21 id
    1     location      1: status (high), 0x04 height type, 0x02 east/west, 0x01 speed multiplier
                        2 track, 3 ground speed, 4 vertical speed, 5-8 latitude, 9-12 longitude (1e-7 deg),
                        13-14 pressure altitude, 15-16 height above WGS-84 (0.5 m from -1000),
                        19 vertical (high) and horizontal accuracy (low), 21-22 tenths of seconds in the hour
    2     authentication  no
    3     self id       no                                                             2-24 text
    4     system        1: whose position it is                                        2-9 position, 18-19 height
    5     operator id   no                                                             2-21 id
    0xF   pack          1 size (25), 2 count, 3- messages

Little endian. Not read: height above take-off or ground (17-18), speed and time accuracy, areas, classification.
Sources: ASTM F3411-22a section 5.4.5 tables 1 to 12; opendroneid-core-c `opendroneid.h` (same fields). A direction of
361 deg, a speed of 255 m/s, a vertical speed of 63 m/s, an altitude of -1000 m and 0 N 0 E mean unknown; values that
the standard has not (a direction byte of 180 and more, a height above 31,767 m) are left out and counted. Messages of
a protocol version after 2 are refused: what stands where in them is not known.

One drone, one identity: whatever transmitters and receivers it is heard over, a drone has the identity of its serial
number, and the same location is reported once. Two drones are never one: where two transmitters give one id at places
that no drone flies between, the later one is reported under a `session:` of its own and counted; of a transmitter that
gives several serial numbers (a relay), a location counts only in a pack that names its drone. A place that the same
transmitter cannot have reached is doubted, and believed once three agree.
"""

import struct
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt
from typing import Any, Final

from dronewall.formats.decoding import Faults, Options, Reports
from dronewall.formats.modes.accuracy import LINE_95_SIGMAS, RADIUS_95_SIGMAS
from dronewall.formats.personal import PersonalData, pseudonym
from dronewall.records.detection import Column
from dronewall.units import SECOND_NS

MESSAGE: Final = 25
MOST_IN_PACK: Final = 9
NEWEST_VERSION: Final = 2  # F3411-22a; 0 is F3411-19
HOUR_NS: Final = 3600 * SECOND_NS
CLOCK_NS: Final = 60 * SECOND_NS  # a time that is farther off than this is of a wrong clock
FORGET_NS: Final = 300 * SECOND_NS
MOST_DRONES: Final = 4_096
MOST_BAD: Final = 100
FASTEST_MPS: Final = 150.0  # of what sends Remote ID; a drone over 120 m/s needs another class of approval
SLACK_M: Final = 500.0
AGREE: Final = 3
COPY_NS: Final = 3 * SECOND_NS  # of a location without a time of its own
HIGHEST_M, LOWEST_M = 15_000.0, -500.0
EARTH_M: Final = 6_371_009.0
UNKNOWN_TRACK, UNKNOWN_UP, FASTEST_UP = 181, 126, 124  # as they stand in their bytes
HORIZONTAL_95_M: Final = (None, 18520.0, 7408.0, 3704.0, 1852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0, 1.0)
VERTICAL_95_M: Final = (None, 150.0, 45.0, 25.0, 10.0, 3.0, 1.0)
LABEL_OF_TYPE: Final = {1: "fixed_wing_small", 2: "multirotor", 8: "balloon", 9: "balloon"}

SOURCES: Final = (
    "ASTM F3411-22a, 5.4.5, tables 1 to 12; EN 4709-002",
    "opendroneid-core-c, `opendroneid.h` (the same fields)",
)
DEVIATIONS: Final = (
    "A drone has the identity of its serial number over every transmitter; where nothing flies so fast, it is two.",
    "Authentication messages are not checked: no public keys are to be had.",
)


@dataclass(slots=True)
class Drone:
    """What one transmitter said last. `identity` is a pseudonym.

    `ids` is the first id of each type, of sessions the latest, and `sessions` all of these; `same` leads from ids that
    were said in one pack to the one that names them. A transmitter `relays` if it speaks for several drones: a second
    id of one type, or a session that comes back after another (one drone may begin a new one).
    """

    identity: str
    heard_ns: int
    named: bool = False
    label: str | None = None
    last_location: bytes = b""
    located_ns: int = 0
    told: set[tuple[str, str]] = field(default_factory=set)
    ids: dict[int, str] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    same: dict[str, str] = field(default_factory=dict)
    relays: bool = False
    doubt: tuple[float, float] | None = None
    doubted: int = 0


@dataclass(slots=True)
class Place:
    """Where a named drone was last, over whatever transmitter, and what was heard of it lately."""

    transmitter: bytes
    time_ns: int
    latitude: float
    longitude: float
    lately: deque[tuple[bytes, int]] = field(default_factory=lambda: deque(maxlen=16))


class RemoteIds:
    """Takes messages by transmitter and gathers reports and personal data."""

    def __init__(self, options: Options, faults: Faults) -> None:
        self.reports = Reports(options.first_scan)
        self.drones: dict[bytes, Drone] = {}
        self._places: dict[str, Place] = {}
        self._options = options
        self._faults = faults
        self._bad_hour, self._bad_kept = -1, 0

    def feed(self, transmitter: bytes, data: bytes, time_ns: int, received_ns: int) -> None:
        """One message or pack of a transmitter (its address), heard at `time_ns`."""
        self._faults.messages += 1
        messages = unpacked(data)
        if isinstance(messages, str):
            self.bad(messages, transmitter, data, received_ns)
            return
        drone = self._of(transmitter, time_ns)
        if drone is None:
            self.bad("too many transmitters", transmitter, data, received_ns)
            return
        names = [message for message in messages if message[0] >> 4 == 0]
        if drone.relays and not names and any(message[0] >> 4 == 1 for message in messages):
            self._faults.unread["of a relay, not said of which drone"] += 1
            return
        rest = [message for message in messages if message[0] >> 4 != 0]
        names.sort(key=lambda m: m[1] >> 4 != 1)  # who before where, serial first
        self._names(drone, names, time_ns, packed=len(messages) > 1)
        for message in sorted(rest, key=lambda m: m[0] >> 4):
            self._message(drone, transmitter, message, time_ns, received_ns)

    def bad(self, reason: str, transmitter: bytes, data: bytes, received_ns: int, field: str = "") -> None:
        """Count a bad message; its bytes may hold an operator's data and go to the vault alone, `MOST_BAD` an hour.

        `field` names what is wrong in the carrier, for who judges (`remote_id_rules.py`).
        """
        self._faults.add(received_ns, reason, data, personal=True)
        hour = received_ns // HOUR_NS
        self._bad_hour, self._bad_kept = hour, self._bad_kept + 1 if hour == self._bad_hour else 1
        if self._bad_kept > MOST_BAD:
            self._faults.unread["bad messages not kept"] += 1
            return
        identity = pseudonym("session", transmitter.hex(), self._options.salt)
        self._tell(received_ns, "remote_id.bad_frame", identity, {"reason": reason, "bytes": data[:256].hex()})

    def _of(self, transmitter: bytes, time_ns: int) -> Drone | None:
        drone = self.drones.get(transmitter)
        if drone is None or time_ns - drone.heard_ns > FORGET_NS:
            if len(self.drones) >= MOST_DRONES:
                self.drones = {a: d for a, d in self.drones.items() if time_ns - d.heard_ns <= FORGET_NS // 10}
                if len(self.drones) >= MOST_DRONES:
                    return None
            identity = pseudonym("session", transmitter.hex(), self._options.salt)
            drone = self.drones[transmitter] = Drone(identity=identity, heard_ns=time_ns)
        drone.heard_ns = max(drone.heard_ns, time_ns)
        return drone

    def _message(self, drone: Drone, transmitter: bytes, message: bytes, time_ns: int, received_ns: int) -> None:
        kind = message[0] >> 4
        if kind == 1:
            reason = self._location(drone, transmitter, message, time_ns, received_ns)
            if reason is not None:
                self.bad(reason, transmitter, message, received_ns)
        elif kind == 3:
            self._once(drone, time_ns, "remote_id.text", {"text": _text(message[2:25])})
        elif kind == 4:
            self._system(drone, message, time_ns)
        elif kind == 5:
            self._once(drone, time_ns, "remote_id.operator_id", {"operator_id": _text(message[2:22])})
        else:
            self._faults.unread["authentication" if kind == 2 else f"message type {kind}"] += 1

    def _names(self, drone: Drone, messages: list[bytes], time_ns: int, *, packed: bool) -> None:
        """Take the ids that were said together, a serial number first: they are of one drone.

        What is `packed` with other messages names the drone of these, whichever the transmitter spoke for before; a
        lone id may be one more of the same drone.
        """
        before = set(drone.ids)
        said = [known for message in messages if (known := self._basic_id(drone, message, time_ns))]
        if not said:
            return
        for id_type, known_by in said:
            self._compare(drone, id_type, known_by)
        id_type, known_by = said[0]
        if len(drone.same) > 256:
            drone.same.clear()
        name = next((drone.same[known] for _, known in said if known in drone.same), known_by)
        if id_type == 1:
            name = known_by
        drone.same |= {known: name for _, known in said} if len(said) > 1 else {}
        if packed and drone.named and name != drone.identity and not (id_type == 4 and before == {4}):
            drone.relays = True
        only_session = id_type == 4 and not drone.ids.keys() & {0, 1, 2, 3}
        if not drone.named or id_type == 1 or drone.relays or only_session:  # else one more id of the same drone
            drone.identity, drone.named = name, True

    def _compare(self, drone: Drone, id_type: int, known_by: str) -> None:
        """Note an id, and whether it tells that the transmitter speaks for several drones."""
        if id_type != 4:
            drone.relays |= drone.ids.setdefault(id_type, known_by) != known_by
        elif drone.ids.get(4) != known_by:
            drone.relays |= known_by in drone.sessions
            drone.sessions.add(known_by)
            drone.ids[4] = known_by

    def _basic_id(self, drone: Drone, message: bytes, time_ns: int) -> tuple[int, str] | None:
        """The type and pseudonym of one id; its own words go to the vault."""
        id_type, aircraft_type = message[1] >> 4, message[1] & 15
        drone.label = LABEL_OF_TYPE.get(aircraft_type, drone.label)
        if id_type > 4:
            self._faults.unread[f"id type {id_type}"] += 1
            return None
        binary = id_type == 4 or (id_type == 3 and not message[2:22].isascii())
        plain = message[2:22].hex() if binary else _text(message[2:22])
        if not plain:
            return None
        known_by = pseudonym("rid" if id_type <= 2 else "session", plain, self._options.salt)
        kinds = {0: "id", 1: "serial", 2: "registration", 3: "utm", 4: "session"}  # some send a serial number as 0
        self._once(drone, time_ns, f"remote_id.{kinds[id_type]}", {"id": plain, "of": known_by})
        return id_type, known_by

    def _system(self, drone: Drone, message: bytes, time_ns: int) -> None:
        latitude, longitude = (n / 1e7 for n in struct.unpack_from("<ii", message, 2))
        height = struct.unpack_from("<H", message, 18)[0] / 2.0 - 1000.0
        whose = {0: "take-off", 1: "live", 2: "fixed"}.get(message[1] & 3, "reserved")
        data: dict[str, Any] = {"position_is": whose}
        if (latitude, longitude) != (0.0, 0.0):
            data |= {"operator_latitude_deg": latitude, "operator_longitude_deg": longitude}
        if height != -1000.0:
            data["operator_altitude_hae_m"] = height
        self._once(drone, time_ns, "remote_id.operator", data)

    def _once(self, drone: Drone, time_ns: int, kind: str, data: dict[str, Any]) -> None:
        """Tell the vault what is new of a drone; the same again is not told again."""
        key = (kind, repr(data))
        if key not in drone.told:
            if len(drone.told) > 256:
                drone.told.clear()
            drone.told.add(key)
            self._tell(time_ns, kind, drone.identity, data)

    def _tell(self, time_ns: int, kind: str, identity: str, data: dict[str, Any]) -> None:
        self.reports.add_personal([PersonalData(time_ns=time_ns, kind=kind, identity=identity, data=data)])

    def _location(self, drone: Drone, transmitter: bytes, message: bytes, time_ns: int, received_ns: int) -> str | None:
        """Report a position; the reason where it is none."""
        tenths = struct.unpack_from("<H", message, 21)[0]
        soon = time_ns - drone.located_ns < COPY_NS  # a hover whose clock is not known says the same again and again
        if message == drone.last_location and (tenths <= 36_000 or soon):
            self._faults.unread["copies"] += 1
            return None
        drone.last_location, drone.located_ns = message, time_ns
        latitude, longitude = (n / 1e7 for n in struct.unpack_from("<ii", message, 5))
        if (latitude, longitude) == (0.0, 0.0):
            self._faults.unread["position unknown"] += 1
            return None
        if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
            return "no such place"
        said_ns = located_ns(tenths, time_ns)
        identity = drone.identity
        if drone.named:
            place = self._place(drone, transmitter, message, said_ns or time_ns, (latitude, longitude))
            if isinstance(place, bool):
                if place:
                    return "a place that cannot be reached"
                self._faults.unread["copies over another transmitter"] += 1
                return None
            identity = place
            if identity != drone.identity:
                self.bad("one id in two places", transmitter, message, received_ns)
        values = {Column.LATITUDE_RAD: radians(latitude), Column.LONGITUDE_RAD: radians(longitude)}
        baro, geometric = (n / 2.0 - 1000.0 for n in struct.unpack_from("<HH", message, 13))
        if not LOWEST_M <= geometric <= HIGHEST_M and geometric != -1000.0:
            self._faults.unread["heights that cannot be"] += 1
            geometric = -1000.0
        if not LOWEST_M <= baro <= HIGHEST_M and baro != -1000.0:
            self._faults.unread["pressure altitudes that cannot be"] += 1
            baro = -1000.0
        if baro != -1000.0:
            values[Column.ALTITUDE_BARO_M] = baro
        if geometric != -1000.0:
            values[Column.ALTITUDE_HAE_M] = geometric
            bound_m = VERTICAL_95_M[message[19] >> 4] if message[19] >> 4 < len(VERTICAL_95_M) else None
            if bound_m is not None:
                values[Column.ALTITUDE_SD_M] = bound_m / LINE_95_SIGMAS
        radius_m = HORIZONTAL_95_M[message[19] & 15] if message[19] & 15 < len(HORIZONTAL_95_M) else None
        if radius_m is not None:
            values[Column.POSITION_SD_M] = radius_m / RADIUS_95_SIGMAS
        values |= _velocity(message, self._faults.unread)
        if said_ns is None:
            self._faults.unread["time unknown or of a wrong clock"] += 1
        self.reports.add(said_ns or time_ns, received_ns, values, label=drone.label, identity=identity)
        return None

    def _place(
        self, drone: Drone, transmitter: bytes, message: bytes, at_ns: int, there: tuple[float, float]
    ) -> str | bool:
        """Under which identity a location of a named drone is reported; False: it was already; True: it cannot be."""
        last = self._places.get(drone.identity)
        if last is None or at_ns - last.time_ns > FORGET_NS:
            if len(self._places) >= MOST_DRONES:
                oldest = sorted(self._places, key=lambda name: self._places[name].time_ns)
                for name in oldest[: MOST_DRONES // 4]:
                    del self._places[name]
            last = self._places[drone.identity] = Place(transmitter, at_ns, *there)
        what = (message[5:13], int.from_bytes(message[21:23], "little"))
        if transmitter != last.transmitter and what in last.lately:
            timed = what[1] <= 36_000
            if timed or abs(at_ns - last.time_ns) < COPY_NS:
                return False
        reach_m = SLACK_M + FASTEST_MPS * abs(at_ns - last.time_ns) / SECOND_NS
        if distance_m(there, (last.latitude, last.longitude)) > reach_m:
            if transmitter != last.transmitter:
                return pseudonym("session", f"{transmitter.hex()} {drone.identity}", self._options.salt)
            agree = drone.doubt is not None and distance_m(there, drone.doubt) <= SLACK_M
            drone.doubt, drone.doubted = there, drone.doubted + 1 if agree else 1
            if drone.doubted < AGREE:
                return True
        drone.doubt = None
        last.transmitter, last.time_ns, (last.latitude, last.longitude) = transmitter, at_ns, there
        last.lately.append(what)
        return drone.identity


IdsOf = Callable[[Options, Faults], RemoteIds]
"""What takes the messages of a stream: `RemoteIds` itself, or what collects them as they are."""


def unpacked(data: bytes) -> list[bytes] | str:
    """The 25-byte messages in a message or a pack, or why there are none."""
    if len(data) < MESSAGE:
        return "shorter than a message"
    if data[0] & 15 > NEWEST_VERSION:
        return "protocol version that is not known"
    if data[0] >> 4 != 0xF:
        return [data[:MESSAGE]]
    size, count = data[1], data[2]
    if size != MESSAGE or not 1 <= count <= MOST_IN_PACK:
        return "pack of impossible size"
    if len(data) < 3 + count * MESSAGE:
        return "pack cut short"
    messages = [data[3 + i * MESSAGE : 3 + (i + 1) * MESSAGE] for i in range(count)]
    if any(m[0] >> 4 == 0xF for m in messages):
        return "pack within a pack"
    if any(m[0] & 15 > NEWEST_VERSION for m in messages):
        return "protocol version that is not known"
    return "pack of several drones" if contradicting(messages) is not None else messages


def contradicting(messages: list[bytes]) -> int | None:
    """Which message of a pack, that is of one drone, names another by an id of one type, or puts it elsewhere."""
    ids: dict[int, bytes] = {}
    place: bytes | None = None
    for at, message in enumerate(messages):
        if message[0] >> 4 == 0 and ids.setdefault(message[1] >> 4, message[2:22]) != message[2:22]:
            return at
        if message[0] >> 4 == 1:
            if place is not None and message != place:
                return at
            place = message
    return None


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far two places (latitude, longitude in degrees) are apart, on a sphere."""
    (south, west), (north, east) = one, other
    rise, run = sin(radians(north - south) / 2.0), sin(radians(east - west) / 2.0)
    half = rise * rise + cos(radians(south)) * cos(radians(north)) * run * run
    return 2.0 * EARTH_M * asin(min(sqrt(half), 1.0))


def located_ns(tenths: int, heard_ns: int) -> int | None:
    """When a position was true: tenths of a second after a full hour, the hour that is nearest to when it was heard."""
    if tenths > 36_000:
        return None
    hour_ns = heard_ns // HOUR_NS * HOUR_NS
    candidates = (hour_ns + tenths * SECOND_NS // 10 + k * HOUR_NS for k in (-1, 0, 1))
    nearest = min(candidates, key=lambda t: abs(t - heard_ns))
    return min(nearest, heard_ns) if abs(nearest - heard_ns) <= CLOCK_NS else None


def _velocity(message: bytes, unread: Counter[str]) -> dict[Column, float]:
    """What is known of the velocity; what the standard has not is counted."""
    values: dict[Column, float] = {}
    west, fast, track = message[1] & 2, message[1] & 1, message[2]
    speed = message[3] * 0.75 + 63.75 if fast else message[3] * 0.25
    if track < 180 and speed < 255.0:
        angle = radians(track + (180 if west else 0))
        values[Column.VELOCITY_EAST_MPS], values[Column.VELOCITY_NORTH_MPS] = speed * sin(angle), speed * cos(angle)
    elif track >= 180 and not (west and track == UNKNOWN_TRACK):
        unread["directions that cannot be"] += 1
    up = struct.unpack_from("<b", message, 4)[0]
    if abs(up) <= FASTEST_UP:
        values[Column.VELOCITY_UP_MPS] = up * 0.5
    elif up != UNKNOWN_UP:
        unread["vertical speeds that cannot be"] += 1
    return values


def _text(data: bytes) -> str:
    return data.split(b"\x00", 1)[0].decode("utf-8", "replace").strip()

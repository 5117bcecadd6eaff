"""The rules of ASTM F3411-22a that a Remote ID message or pack keeps or breaks, each with the field it is about.

    message            25 bytes, of a type that there is (0 to 5, F), of a protocol version up to 2 (F3411-22a)
    basic_id           id type 0 to 4; a UAS id that is there, in ASCII (1 serial number, 2 registration)
    location           status 0 to 4; track direction 0 to 179, or 181 west for unknown; vertical speed to 62 m/s, or 63
                       for unknown; latitude and longitude on the earth; heights to 31,767 m; accuracies that there are;
                       a timestamp within the hour, or FFFF for unknown
    authentication     type, page and length that fit one another
    self_id            description type 0 to 2, or 201 to 255 for private use; ASCII
    system             whose location 0 to 2; classification 0 or 1, EU category 0 to 3, class 0 to 7; latitude and
                       longitude on the earth; heights to 31,767 m
    operator_id        type 0, or 201 to 255 for private use; ASCII
    message_pack       message size 25, one to nine messages, none a pack, all of one drone and one place

Fields are named as in the tables, below the place in a pack: `messages[1].location.latitude`. Values of private use
break no rule. Whether a claim is true is another question (`remote_id.py`).
Source: ASTM F3411-22a, 5.4.5, tables 1 to 12; field ranges as in opendroneid-core-c `opendroneid.h`.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from dronewall.formats.broken import Broken
from dronewall.formats.decoding import Faults, Options
from dronewall.formats.remote_id import MESSAGE, MOST_IN_PACK, NEWEST_VERSION, RemoteIds, contradicting, unpacked
from dronewall.units import SECOND_NS

PACK: Final = 0xF
SYSTEM: Final = 4
EPOCH_S: Final = 1_546_300_800  # 2019-01-01, from which a system message counts
HIGHEST: Final = 65_534  # 31,767 m in steps of half a metre from -1000 m
HOUR_TENTHS, NO_TIME = 36_000, 0xFFFF
FIRST_PAGE, PAGE, MOST_PAGES = 17, 23, 16  # bytes of authentication on the first page and on others
Rules = Callable[[bytes], Iterator[tuple[str, str]]]


def judge(data: bytes) -> list[Broken]:
    """Every rule that a message or a pack breaks; empty where it is right."""
    if len(data) < MESSAGE:
        return [Broken(field="message", rule="length", said=f"it has {len(data)} bytes of {MESSAGE}")]
    return list(_pack(data) if data[0] >> 4 == PACK else _message(data[:MESSAGE], ""))


class Judged(RemoteIds):
    """Takes the messages of a stream and keeps what they break, until it is taken."""

    def __init__(self, options: Options, faults: Faults) -> None:
        super().__init__(options, faults)
        self._broken: list[Broken] = []
        self._said: list[tuple[str, int]] = []

    def feed(self, transmitter: bytes, data: bytes, time_ns: int, received_ns: int) -> None:
        """One message or pack."""
        self._faults.messages += 1
        self._broken += judge(data)
        self._said += moments(data)

    def bad(self, reason: str, transmitter: bytes, data: bytes, received_ns: int, field: str = "") -> None:
        """What the carrier could not hand over."""
        self._faults.messages += 1
        self._broken.append(Broken(field=field, rule=reason, said=reason))

    def taken(self) -> list[Broken]:
        """What was broken since the last call."""
        found, self._broken = self._broken, []
        return found

    def said(self) -> list[tuple[str, int]]:
        """The instants that messages said of themselves since the last call, each with its field."""
        found, self._said = self._said, []
        return found


def moments(data: bytes) -> list[tuple[str, int]]:
    """The instants that the system messages of a message or a pack say (seconds since 2019), each with its field."""
    found = unpacked(data)
    packed = len(data) > 0 and data[0] >> 4 == PACK
    said = []
    for at, message in enumerate(found if isinstance(found, list) else ()):
        seconds = struct.unpack_from("<I", message, 20)[0]
        if message[0] >> 4 == SYSTEM and seconds:
            where = f"messages[{at}]." if packed else ""
            said.append((f"{where}system.timestamp", (EPOCH_S + seconds) * SECOND_NS))
    return said


def _pack(data: bytes) -> Iterator[Broken]:
    size, count = data[1], data[2]
    yield from _version(data, "message_pack.protocol_version")
    if size != MESSAGE:
        yield Broken(field="message_pack.message_size", rule="value", said=f"{size} is not {MESSAGE}")
        return
    if not 1 <= count <= MOST_IN_PACK:
        yield Broken(field="message_pack.message_count", rule="range", said=f"{count} is not 1 to {MOST_IN_PACK}")
        return
    if len(data) < 3 + count * MESSAGE:
        said = f"{len(data) - 3} bytes are no {count} messages of {MESSAGE}"
        yield Broken(field="message_pack.message_count", rule="length", said=said)
        return
    messages = [data[3 + at * MESSAGE : 3 + (at + 1) * MESSAGE] for at in range(count)]
    for at, message in enumerate(messages):
        yield from _message(message, f"messages[{at}].")
    if (other := contradicting(messages)) is not None:
        name = "basic_id.uas_id" if messages[other][0] >> 4 == 0 else "location"
        yield Broken(field=f"messages[{other}].{name}", rule="one drone", said="a pack is of one drone at one place")


def _message(message: bytes, where: str) -> Iterator[Broken]:
    kind = message[0] >> 4
    if kind not in NAMES:
        said = "a pack stands in no pack" if kind == PACK else f"there is no type {kind}"
        yield Broken(field=f"{where}message_type", rule="option", said=said)
        return
    name, rules = NAMES[kind]
    if message[0] & 15 > NEWEST_VERSION:
        yield from _version(message, f"{where}{name}.protocol_version")
        return
    for field, said in rules(message):
        yield Broken(field=f"{where}{name}.{field}", rule="value", said=said)


def _version(data: bytes, field: str) -> Iterator[Broken]:
    if data[0] & 15 > NEWEST_VERSION:
        yield Broken(field=field, rule="version", said=f"{data[0] & 15} is none of 0 to {NEWEST_VERSION}")


def _basic_id(message: bytes) -> Iterator[tuple[str, str]]:
    id_type = message[1] >> 4
    if id_type > 4:
        yield "id_type", f"{id_type} is reserved"
    text = message[2:22].rstrip(b"\0")
    if id_type in (1, 2, 3, 4) and not text:
        yield "uas_id", "it is empty"
    if id_type in (1, 2) and not _is_text(text):
        yield "uas_id", "it is not printable ASCII with zeros behind it"


def _location(message: bytes) -> Iterator[tuple[str, str]]:
    west, track = message[1] & 2, message[2]
    if message[1] >> 4 > 4:
        yield "operational_status", f"{message[1] >> 4} is reserved"
    if track >= 180 and not (west and track == 181):
        yield "track_direction", f"{track} is neither 0 to 179 nor, west, 181 for unknown"
    up = struct.unpack_from("<b", message, 4)[0]
    if abs(up) > 124 and up != 126:
        yield "vertical_speed", f"{up / 2:g} m/s is neither within 62 m/s nor 63 for unknown"
    yield from _place(message, 5)
    for name, at in (("pressure_altitude", 13), ("geodetic_altitude", 15), ("height", 17)):
        yield from _height(message, at, name)
    for name, value, most in (
        ("vertical_accuracy", message[19] >> 4, 6),
        ("horizontal_accuracy", message[19] & 15, 12),
        ("baro_altitude_accuracy", message[20] >> 4, 6),
        ("speed_accuracy", message[20] & 15, 4),
    ):
        if value > most:
            yield name, f"{value} is reserved"
    tenths = struct.unpack_from("<H", message, 21)[0]
    if tenths > HOUR_TENTHS and tenths != NO_TIME:
        yield "timestamp", f"{tenths} tenths of a second are more than an hour"


def _authentication(message: bytes) -> Iterator[tuple[str, str]]:
    kind, page = message[1] >> 4, message[1] & 15
    if 6 <= kind <= 9:
        yield "authentication_type", f"{kind} is reserved"
    if page == 0:
        last, length = message[2], message[3]
        if last >= MOST_PAGES:
            yield "last_page_index", f"{last} is not 0 to {MOST_PAGES - 1}"
        elif length > FIRST_PAGE + last * PAGE:
            yield "length", f"{length} bytes do not fit {last + 1} pages"


def _self_id(message: bytes) -> Iterator[tuple[str, str]]:
    if 3 <= message[1] <= 200:
        yield "description_type", f"{message[1]} is reserved"
    if not _is_text(message[2:25].rstrip(b"\0")):
        yield "description", "it is not printable ASCII with zeros behind it"


def _system(message: bytes) -> Iterator[tuple[str, str]]:
    whose, classified = message[1] & 3, message[1] >> 2 & 7
    if whose == 3:
        yield "operator_location_type", "3 is reserved"
    if classified > 1:
        yield "classification_type", f"{classified} is reserved"
    for field, said in _place(message, 2):
        yield f"operator_{field}", said
    for name, at in (("area_ceiling", 13), ("area_floor", 15), ("operator_altitude", 18)):
        yield from _height(message, at, name)
    if classified == 1 and message[17] >> 4 > 3:
        yield "ua_category", f"{message[17] >> 4} is reserved"
    if classified == 1 and message[17] & 15 > 7:
        yield "ua_class", f"{message[17] & 15} is reserved"


def _operator_id(message: bytes) -> Iterator[tuple[str, str]]:
    if 1 <= message[1] <= 200:
        yield "operator_id_type", f"{message[1]} is reserved"
    if not _is_text(message[2:22].rstrip(b"\0")):
        yield "operator_id", "it is not printable ASCII with zeros behind it"


def _place(message: bytes, at: int) -> Iterator[tuple[str, str]]:
    for name, place, most in (("latitude", at, 90), ("longitude", at + 4, 180)):
        value = struct.unpack_from("<i", message, place)[0] / 1e7
        if abs(value) > most:
            yield name, f"{value:.7f} is not within {most} degrees"


def _height(message: bytes, at: int, name: str) -> Iterator[tuple[str, str]]:
    if struct.unpack_from("<H", message, at)[0] > HIGHEST:
        yield name, "it is above 31,767 m, the highest that there is"


def _is_text(text: bytes) -> bool:
    return all(0x20 <= byte < 0x7F for byte in text)


NAMES: Final[Mapping[int, tuple[str, Rules]]] = {
    0: ("basic_id", _basic_id),
    1: ("location", _location),
    2: ("authentication", _authentication),
    3: ("self_id", _self_id),
    4: ("system", _system),
    5: ("operator_id", _operator_id),
}

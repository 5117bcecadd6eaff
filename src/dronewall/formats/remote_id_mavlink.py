"""Remote ID over MAVLink 2, from a receiver module or a bridge (ArduRemoteID, DroneScout Bridge): serial, UDP or TCP.

    frame   FD, length, flags (1: a signature of 13 bytes follows), two bytes, system, component, message id (LE24),
            payload (zeros at its end may be left out), X.25 checksum over all but FD and the message's own byte
    12900 basic id     12901 location     12903 self id     12904 system     12905 operator id
    12915 message pack: size, count and messages of 25 bytes, as they were on the air

Each becomes the message of ASTM F3411 that it stands for (`dronewall.formats.remote_id`), with that standard's steps:
half a metre, a degree, a quarter of a metre a second. The transmitter is `id_or_mac`, or where that is empty the system
and component. Frames carry no time of their own: live the time of reception counts; in a file the system message says
when it was (seconds since 2019), locations the tenths in the hour, and `date_ns` where no system message has come.

Not read: authentication (12902), MAVLink 1, which cannot carry any of them, and every other message: a flight
controller's own position is no Remote ID. Sources: mavlink.io, serialization guide; `common.xml`, 12900 to 12915.
"""

import struct
from math import isfinite
from typing import Final

from dronewall.formats import remote_id
from dronewall.formats.about import About, Judge
from dronewall.formats.decoding import Decoded, Decoder, Faults, Options
from dronewall.formats.remote_id import HOUR_NS, MESSAGE, MOST_IN_PACK, IdsOf, RemoteIds, unpacked
from dronewall.units import SECOND_NS

MAGIC: Final = 0xFD
MOST_EARLY: Final = 256
EPOCH_S: Final = 1_546_300_800  # 2019-01-01, of a system message's time
HEADER, CHECKSUM, SIGNATURE = 10, 2, 13
BASIC_ID, LOCATION, SELF_ID, SYSTEM, OPERATOR_ID, PACK = 12900, 12901, 12903, 12904, 12905, 12915
TRANSPONDER: Final = 236  # a component that receives Remote ID (MAV_COMP_ID_ODID_TXRX_1)
LAYOUT: Final = {  # number: the byte that the checksum ends with, payload
    BASIC_ID: (114, struct.Struct("<BB20sBB20s")),
    LOCATION: (254, struct.Struct("<iiffffHHhBB20sBBBBBBB")),
    SELF_ID: (249, struct.Struct("<BB20sB23s")),
    SYSTEM: (77, struct.Struct("<iifffIHHBB20sBBBB")),
    OPERATOR_ID: (49, struct.Struct("<BB20sB20s")),
    PACK: (94, struct.Struct("<BB20sBB225s")),
}


class RemoteIdMavlinkDecoder:
    """Decodes one stream of frames."""

    def __init__(self, options: Options, ids: IdsOf = RemoteIds) -> None:
        self.faults = Faults()
        self._ids = ids(options, self.faults)
        self._options = options
        self._rest = b""
        self._now_ns = options.date_ns if options.from_file else None
        self._early: list[tuple[bytes, bytes]] | None = [] if options.from_file else None

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the stream."""
        self._rest += data
        at = 0
        while (begins := self._rest.find(MAGIC, at)) >= 0:
            if begins > at:
                self.faults.unread["bytes between frames"] += begins - at
            at = begins
            if len(self._rest) < at + HEADER:
                break
            signed = SIGNATURE if self._rest[at + 2] & 1 else 0
            length = HEADER + self._rest[at + 1] + CHECKSUM + signed
            if len(self._rest) < at + length:
                break
            at += length if self._frame(self._rest[at : at + length - signed], received_ns) else 1
        else:
            self.faults.unread["bytes between frames"] += len(self._rest) - at
            at = len(self._rest)
        self._rest = self._rest[at:]
        return self._ids.reports.take()

    def end(self, received_ns: int) -> Decoded:
        """Count a frame that was cut off."""
        if self._early:
            self._let_go()
        if self._rest:
            self.faults.messages += 1
            self._ids.bad("cut short", b"", self._rest, received_ns, "frame")
            self._rest = b""
        return self._ids.reports.take()

    def _frame(self, frame: bytes, received_ns: int) -> bool:
        """Take a frame; False where its checksum does not hold, so that another may begin within it."""
        number = int.from_bytes(frame[7:10], "little")
        if number not in LAYOUT:
            self.faults.unread["other messages"] += 1
            return True
        extra, layout = LAYOUT[number]
        if checksum(frame[1:-CHECKSUM] + bytes([extra])) != int.from_bytes(frame[-CHECKSUM:], "little"):
            self.faults.messages += 1
            self._ids.bad("checksum", b"", frame, received_ns, "checksum")
            return False
        payload = frame[HEADER:-CHECKSUM]
        if len(payload) > layout.size:
            payload = payload[: layout.size]
        fields = layout.unpack(payload.ljust(layout.size, b"\0"))
        address = next(field for field in fields if isinstance(field, bytes)).rstrip(b"\0")
        message = MAKE[number](fields)
        if not self._options.from_file:
            self._ids.feed(address or frame[5:7], message, received_ns, received_ns)
            return True
        told = self._tells(message)
        if self._early is None:
            self._in_file(address or frame[5:7], message)
        else:
            self._early.append((address or frame[5:7], message))
            if told or len(self._early) >= MOST_EARLY:
                self._let_go()
        return True

    def _let_go(self) -> None:
        """Take what came before anything said when it was."""
        early, self._early = self._early or [], None
        for transmitter, message in early:
            self._in_file(transmitter, message)

    def _in_file(self, transmitter: bytes, message: bytes) -> None:
        if self._now_ns is None:
            self.faults.messages += 1
            self._ids.bad("no date and time", transmitter, message, 0, "timestamp")
        else:
            self._ids.feed(transmitter, message, self._now_ns, self._now_ns)

    def _tells(self, data: bytes) -> bool:
        """In a file: take the time that a message says, and whether it says one."""
        told = False
        found = unpacked(data)
        for message in sorted(found if isinstance(found, list) else (), key=lambda one: -(one[0] >> 4)):
            seconds, tenths = struct.unpack_from("<I", message, 20)[0], struct.unpack_from("<H", message, 21)[0]
            if message[0] >> 4 == 4 and seconds:
                self._now_ns, told = (EPOCH_S + seconds) * SECOND_NS, True
            elif message[0] >> 4 == 1 and tenths <= 36_000 and self._now_ns is not None:
                at_ns = self._now_ns // HOUR_NS * HOUR_NS + tenths * SECOND_NS // 10
                self._now_ns, told = at_ns + HOUR_NS * max(round((self._now_ns - at_ns) / HOUR_NS), 0), True
        return told


def _basic_id(fields: tuple[int, ...]) -> bytes:
    _, _, _, id_type, aircraft, plain = fields
    return bytes([0x02, (id_type & 15) << 4 | aircraft & 15]) + bytes(plain) + bytes(3)


def _location(fields: tuple[int, ...]) -> bytes:
    latitude, longitude, baro, geometric, height, seconds, course, speed, up, *rest = fields
    _, _, _, status, reference, horizontal, vertical, baro_accuracy, speed_accuracy, time_accuracy = rest
    degrees = 361 if course > 35_999 else round(course / 100) % 360
    fast = speed > 225 * 25
    steps = 255 if speed >= 25_500 else round((speed - 6_375) / 75) if fast else round(speed / 25)
    flags = (status & 15) << 4 | (reference & 1) << 2 | (2 if degrees >= 180 else 0) | (1 if fast else 0)
    message = bytearray(MESSAGE)
    message[0:5] = bytes([0x12, flags, degrees - 180 if degrees >= 180 else degrees, min(steps, 255), 0])
    struct.pack_into("<b", message, 4, 126 if up >= 6_300 else max(min(round(up / 50), 124), -124))
    struct.pack_into("<ii", message, 5, latitude, longitude)
    struct.pack_into("<HHH", message, 13, *(_height(metres) for metres in (baro, geometric, height)))
    message[19] = (vertical & 15) << 4 | horizontal & 15
    message[20] = (baro_accuracy & 15) << 4 | speed_accuracy & 15
    tenths = round(seconds * 10) if isfinite(seconds) and 0 <= seconds <= 3_600 else 0xFFFF
    struct.pack_into("<H", message, 21, tenths)
    message[23] = time_accuracy & 15
    return bytes(message)


def _self_id(fields: tuple[int, ...]) -> bytes:
    return bytes([0x32, fields[3]]) + bytes(fields[4])


def _system(fields: tuple[int, ...]) -> bytes:
    latitude, longitude, ceiling, floor, height, seconds, count, radius, *rest = fields
    _, _, _, whose, classified, category, in_class = rest
    message = bytearray(MESSAGE)
    message[0:2] = bytes([0x42, (classified & 7) << 2 | whose & 3])
    struct.pack_into("<ii", message, 2, latitude, longitude)
    struct.pack_into("<HBHH", message, 10, count, min(radius // 10, 255), _height(ceiling), _height(floor))
    message[17] = (category & 15) << 4 | in_class & 15
    struct.pack_into("<HI", message, 18, _height(height), seconds)
    return bytes(message)


def _operator_id(fields: tuple[int, ...]) -> bytes:
    return bytes([0x52, fields[3]]) + bytes(fields[4]) + bytes(3)


def _pack(fields: tuple[int, ...]) -> bytes:
    return bytes([0xF2, fields[3], fields[4]]) + bytes(fields[5])


MAKE: Final = {
    BASIC_ID: _basic_id,
    LOCATION: _location,
    SELF_ID: _self_id,
    SYSTEM: _system,
    OPERATOR_ID: _operator_id,
    PACK: _pack,
}


def _height(metres: float) -> int:
    """A height in the steps of ASTM F3411; 0 is unknown."""
    return max(min(round((metres + 1000.0) * 2.0), 65_535), 0) if isfinite(metres) else 0


def encode(transmitter: bytes, messages: bytes, sequence: int) -> bytes:
    """One to nine messages of 25 bytes as a message pack (12915) of a transmitter of up to 20 bytes."""
    extra, layout = LAYOUT[PACK]
    padded = messages.ljust(MOST_IN_PACK * MESSAGE, b"\0")
    payload = layout.pack(0, 0, transmitter, MESSAGE, len(messages) // MESSAGE, padded).rstrip(b"\0")
    head = bytes([len(payload), 0, 0, sequence % 256, 1, TRANSPONDER]) + PACK.to_bytes(3, "little")
    sum_ = checksum(head + payload + bytes([extra]))
    return bytes([MAGIC]) + head + payload + sum_.to_bytes(2, "little")


def checksum(data: bytes) -> int:
    """X.25, as MAVLink takes it (CRC-16/MCRF4XX)."""
    crc = 0xFFFF
    for byte in data:
        mixed = (byte ^ crc) & 0xFF
        mixed = (mixed ^ mixed << 4) & 0xFF
        crc = (crc >> 8 ^ mixed << 8 ^ mixed << 3 ^ mixed >> 4) & 0xFFFF
    return crc


class _RemoteIdMavlink:
    timed = True
    about = About(
        tables=("remote_id_mavlink", "remote_id"),
        untaken=("height above take-off", "speed and time accuracy", "areas and classification", "authentication"),
        sources=(
            "mavlink.io, serialization guide; common.xml, messages 12900 to 12905 and 12915",
            *remote_id.SOURCES,
        ),
        deviations=(
            *remote_id.DEVIATIONS,
            "In a file the hour is that of the system message; without one, `date_ns` and the first hour of that day.",
        ),
        judges=(
            Judge(
                program="pymavlink 2.4.50",
                compared="what it writes is read as the same message off the air",
                test="tests/against/test_against_pymavlink.py",
            ),
            Judge(
                program="pymavlink 2.4.50",
                compared="the packs that `convert` writes hold the very messages",
                test="tests/test_convert_remote_ids.py",
            ),
        ),
        page="formats/remote_id.md",
    )

    def sniff(self, head: bytes) -> float:
        """Sure where a frame of Remote ID begins whose checksum holds."""
        at = head.find(MAGIC)
        while at >= 0 and at + HEADER <= len(head):
            length = HEADER + head[at + 1] + CHECKSUM
            frame, number = head[at : at + length], int.from_bytes(head[at + 7 : at + 10], "little")
            if number in LAYOUT and len(frame) == length:
                found = checksum(frame[1:-CHECKSUM] + bytes([LAYOUT[number][0]]))
                if found == int.from_bytes(frame[-CHECKSUM:], "little"):
                    return 0.95
            at = head.find(MAGIC, at + 1)
        return 0.0

    def decoder(self, options: Options, ids: IdsOf = RemoteIds) -> Decoder:
        return RemoteIdMavlinkDecoder(options, ids)


FORMAT = _RemoteIdMavlink()

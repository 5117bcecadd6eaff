"""Where Open Drone ID messages stand in frames of the air, by the link type of a capture.

    127 105       Wi-Fi, with and without a radiotap header (its length at 2-3)
      beacon      management frame, subtype 8: 24 bytes of header (transmitter at 10-15), 12 fixed, then elements:
                  221 vendor specific, FA-0B-BC 0D, a counter, a message or a pack
      NAN         action frame, subtype 13: header, 04 09 50-6F-9A 13, then attributes (id, length LE16): 03 service
                  descriptor: service id 88-69-19-9D-92-09, instance, requestor, control, then as control says a binding
                  map (2), a matching filter, a response filter, and the service's own: a counter, a message or a pack
    113 276       Linux cooked (SLL, SLL2), of an interface in monitor mode: the same behind its header, with radiotap
                  where the hardware is 803, without where it is 801
    251 256       Bluetooth low energy, without and with its pseudo-header (10 bytes; on the coded PHY the coding
                  indicator stands behind the access address)
      legacy      advertising PDU of type 0, 2 or 6 on access address 8E89BED6: address, then structures
      long range  extended advertising PDU of type 7: extended header (address if its flag says so), then structures
    187 201       Bluetooth HCI (Linux, Android), without and with its direction (4 bytes): event 3E, advertising report
                  02 or extended advertising report 0D: address, then structures
      structures  length, 16 service data, FFFA (LE16), application 0D, a counter, a message or a pack

Sources: ASTM F3411-22a 5.4.6 to 5.4.9; IEEE 802.11-2020 9.3.3 and 9.4.2.25; Wi-Fi Alliance Neighbor Awareness
Networking 3.1, 9.5.1 and 9.5.4; Bluetooth Core 5.4 volume 6 part B 2.3 and volume 4 part E 7.7.65; tcpdump.org.
"""

import struct
from collections.abc import Iterator
from typing import Final

from dronewall.formats.captures import HARDWARE_AT, uncooked

Found = tuple[bytes, bytes]
"""A transmitter's address, in the order in which it is written, and a message or pack."""

WIFI: Final = (127, 105)
LOW_ENERGY: Final = (251, 256)
HCI: Final = (187, 201)
LINKS: Final = (*WIFI, *LOW_ENERGY, *HCI, *HARDWARE_AT)
IEEE_80211, IEEE_80211_RADIOTAP = HARDWARE = 801, 803
BEACON, ACTION = 0x80, 0xD0
RADIOTAP: Final = b"\0\0\x08\0\0\0\0\0"
INTERVAL: Final = 200  # of 1.024 ms: how often beacons say that they come
VENDOR: Final = 221
OPEN_DRONE_ID: Final = b"\xfa\x0b\xbc\x0d"
NAN_ACTION: Final = b"\x04\x09\x50\x6f\x9a\x13"
NAN_SERVICE: Final = b"\x88\x69\x19\x9d\x92\x09"
ADVERTISING: Final = b"\xd6\xbe\x89\x8e"
LEGACY, EXTENDED = (0, 2, 6), 7
SERVICE_DATA: Final = b"\x16\xfa\xff\x0d"
CODED: Final = 2


def messages(link: int, packet: bytes) -> list[Found] | str:
    """What a packet carries, or in words why it carries nothing."""
    if link in WIFI:
        return _wifi(packet, radiotap=link == 127)
    if link in LOW_ENERGY:
        return _low_energy(packet, header=link == 256)
    if link in HARDWARE_AT:
        hardware, frame = uncooked(link, packet)
        if hardware not in HARDWARE:
            return "packets of other hardware"
        return _wifi(frame, radiotap=hardware == IEEE_80211_RADIOTAP)
    return _hci(packet[4:] if link == 201 else packet)


def beacon(address: bytes, message: bytes, counter: int) -> bytes:
    """A message or pack as a Wi-Fi beacon behind a radiotap header that says nothing (link type 127)."""
    fixed = bytes(8) + struct.pack("<HH", INTERVAL, 0)
    held = OPEN_DRONE_ID + bytes([counter % 256]) + message
    elements = b"\0\0" + bytes([VENDOR, len(held)]) + held
    return RADIOTAP + bytes([BEACON, 0, 0, 0]) + b"\xff" * 6 + address * 2 + b"\0\0" + fixed + elements


def _wifi(packet: bytes, *, radiotap: bool) -> list[Found] | str:
    if radiotap:
        if len(packet) < 4 or not 8 <= int.from_bytes(packet[2:4], "little") <= len(packet):
            return "radiotap header"
        packet = packet[int.from_bytes(packet[2:4], "little") :]
    if len(packet) >= 36 and packet[0] == BEACON:
        bodies = [
            body[5:] for kind, body in _elements(packet[36:]) if kind == VENDOR and body.startswith(OPEN_DRONE_ID)
        ]
        return [(packet[10:16], body) for body in bodies] or "beacons without Remote ID"
    if len(packet) >= 30 and packet[0] == ACTION and packet[24:30] == NAN_ACTION:
        return [(packet[10:16], body) for body in _services(packet[30:])] or "NAN frames without Remote ID"
    return "frames that are neither beacons nor NAN"


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 2 <= len(data) and at + 2 + data[at + 1] <= len(data):
        yield data[at], data[at + 2 : at + 2 + data[at + 1]]
        at += 2 + data[at + 1]


def _services(data: bytes) -> Iterator[bytes]:
    """The service information of each descriptor of Remote ID."""
    at = 0
    while at + 3 <= len(data):
        kind, length = data[at], int.from_bytes(data[at + 1 : at + 3], "little")
        body = data[at + 3 : at + 3 + length]
        at += 3 + length
        if kind != 3 or len(body) < length or length < 10 or body[:6] != NAN_SERVICE:
            continue
        control, place = body[8], 9 + (2 if body[8] & 0x40 else 0)
        for flag in (0x04, 0x08):
            if control & flag and place < length:
                place += 1 + body[place]
        if control & 0x10 and place < length and place + 1 + body[place] <= length:
            yield body[place + 2 : place + 1 + body[place]]


def _low_energy(packet: bytes, *, header: bool) -> list[Found] | str:
    coded = False
    if header:
        coded = len(packet) >= 10 and packet[9] >> 6 == CODED
        packet = packet[10:]
    if packet[:4] != ADVERTISING:
        return "frames that are no advertisements"
    pdu = packet[5 if coded else 4 :]
    if len(pdu) < 2 or len(pdu) < 2 + pdu[1]:
        return "advertisement cut short"
    kind, body = pdu[0] & 15, pdu[2 : 2 + pdu[1]]
    if kind in LEGACY and len(body) >= 6:
        address, data = body[:6], body[6:]
    elif kind == EXTENDED and body and len(body) >= 1 + (body[0] & 63):
        length = body[0] & 63
        address = body[2:8] if length >= 7 and body[1] & 1 else b""
        data = body[1 + length :]
    else:
        return "frames that are no advertisements"
    return [(address[::-1], found) for found in _service_data(data)] or "advertisements without Remote ID"


def _hci(packet: bytes) -> list[Found] | str:
    if packet[:2] != b"\x04\x3e" or len(packet) < 5 or packet[3] not in (0x02, 0x0D):
        return "packets that are no advertising reports"
    extended, count, at = packet[3] == 0x0D, packet[4], 5
    before, behind = (24, 0) if extended else (9, 1)
    found: list[Found] = []
    for _ in range(count):
        if at + before > len(packet) or at + before + packet[at + before - 1] + behind > len(packet):
            return "advertising report cut short"
        address = packet[at + 3 : at + 9] if extended else packet[at + 2 : at + 8]
        length = packet[at + before - 1]
        found += [(address[::-1], data) for data in _service_data(packet[at + before : at + before + length])]
        at += before + length + behind
    return found or "advertisements without Remote ID"


def _service_data(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data) and data[at] and at + 1 + data[at] <= len(data):
        body = data[at + 1 : at + 1 + data[at]]
        if body.startswith(SERVICE_DATA):
            yield body[5:]
        at += 1 + data[at]

"""Packets out of a capture file or stream, libpcap and pcapng, whatever is in them.

    libpcap   24 bytes: magic (A1B2C3D4 microseconds, A1B23C4D nanoseconds, either byte order), link type at 20; then
              packets: second, fraction, length, length on the wire, bytes
    pcapng    blocks: type, total length, body, total length again
      section     0A0D0D0A  byte-order magic 1A2B3C4D; interfaces are counted anew from here
      interface   1         link type; options 9 (resolution: 10^-n, with the high bit 2^-n) and 14 (offset, s)
      packet      6         interface, time (high, low), length, length on the wire, bytes
      packet, old 2         the same with an interface of two bytes
      simple      3         has no time: counted
      beside      4, 5, 9, 10, BAD, 40000BAD   names, statistics, journals, secrets, custom: passed over
                  any other is passed over and counted
    link types  1 Ethernet, 113 and 276 Linux cooked (SLL, SLL2), 101 raw IP, 0 loopback; behind the first three VLAN
                tags, any number (8100, 88A8 and, of before the standard, 9100, 9200)

Sources: draft-ietf-opsawg-pcap; draft-ietf-opsawg-pcapng, 4.1 to 4.4 and appendix A; tcpdump.org, link-layer header
types; IEEE 802.1Q-2018, 9.5.
"""

import struct
from collections.abc import Collection
from typing import Final, NamedTuple

from dronewall.formats.decoding import Faults

MAGICS: Final = {
    b"\xd4\xc3\xb2\xa1": ("<", 1_000),
    b"\xa1\xb2\xc3\xd4": (">", 1_000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
SECTION: Final = b"\x0a\x0d\x0d\x0a"
ORDERS: Final = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
INTERFACE, OLD, SIMPLE, PACKET = 1, 2, 3, 6
BESIDE: Final = {4, 5, 9, 10, 0xBAD, 0x40000BAD}
RESOLUTION, OFFSET = 9, 14
LONGEST_PACKET: Final = 262_144
LONGEST_BLOCK: Final = LONGEST_PACKET + 65_536
MOST_INTERFACES: Final = 1_024
LATEST_NS: Final = 2**63 - 1 - 10**18
ETHERNET, LOOPBACK, RAW_IP, COOKED, COOKED_2 = 1, 0, 101, 113, 276
HEADERS: Final = {ETHERNET: 14, COOKED: 16, COOKED_2: 20, RAW_IP: 0, LOOPBACK: 4}
PROTOCOL_AT: Final = {ETHERNET: 12, COOKED: 14, COOKED_2: 0}
HARDWARE_AT: Final = {COOKED: 2, COOKED_2: 8}
TAGS: Final = (b"\x81\x00", b"\x88\xa8", b"\x91\x00", b"\x92\x00")


class Packet(NamedTuple):
    """One packet: link type, time (ns since 1970), bytes."""

    link: int
    time_ns: int
    data: bytes


class _Interface(NamedTuple):
    link: int
    decimal: bool
    exponent: int
    offset_s: int

    def time_ns(self, ticks: int) -> int:
        """Nanoseconds since 1970, to the resolution of the file."""
        ns = ticks * 10**9 // 10**self.exponent if self.decimal else ticks * 10**9 >> self.exponent
        return ns + self.offset_s * 10**9


class Capture:
    """Cuts one stream into packets. After a broken header nothing can be found any more: `why` says which it was.

    Parameters
    ----------
    links : collection of int
        Link types of use. A libpcap file of another is lost; packets of another interface of a pcapng file are counted.
    """

    def __init__(self, links: Collection[int], faults: Faults) -> None:
        self._links, self._faults = links, faults
        self.rest = b""
        self.why = ""
        self._begun = False
        self._order = "<"
        self._old: tuple[int, int] | None = None  # libpcap: nanoseconds of a fraction, link
        self._interfaces: list[_Interface] = []

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that became whole."""
        if self.why:
            self._faults.unread["bytes behind a broken header"] += len(data)
            return []
        self.rest += data
        if not self._begun and not self._open():
            return []
        return self._packets() if self._old is not None else self._blocks()

    def _open(self) -> bool:
        if len(self.rest) < 24:
            return False
        self._begun = True
        if self.rest[:4] == SECTION:
            return True
        if self.rest[:4] not in MAGICS:
            self.why = "not a pcap file"
            return False
        self._order, fraction_ns = MAGICS[self.rest[:4]]
        link = struct.unpack_from(self._order + "I", self.rest, 20)[0] & 0xFFFF
        if link not in self._links:
            self.why = f"link type {link}"
            return False
        self._old, self.rest = (fraction_ns, link), self.rest[24:]
        return True

    def _packets(self) -> list[Packet]:
        assert self._old is not None
        fraction_ns, link = self._old
        found, at = [], 0
        while len(self.rest) >= at + 16:
            second, fraction, length, _ = struct.unpack_from(self._order + "IIII", self.rest, at)
            if length > LONGEST_PACKET:
                self.why = "packet of impossible length"
                break
            if len(self.rest) < at + 16 + length:
                break
            time_ns = second * 1_000_000_000 + fraction * fraction_ns
            found.append(Packet(link, time_ns, self.rest[at + 16 : at + 16 + length]))
            at += 16 + length
        self.rest = self.rest[at:]
        return found

    def _blocks(self) -> list[Packet]:
        found: list[Packet] = []
        at = 0
        while len(self.rest) >= at + 12 and not self.why:
            if self.rest[at : at + 4] == SECTION:
                order = ORDERS.get(self.rest[at + 8 : at + 12])
                if order is None:
                    self.why = "section of no byte order"
                    break
                self._order = order
            kind, length = struct.unpack_from(self._order + "II", self.rest, at)
            if length < 12 or length % 4 or length > LONGEST_BLOCK:
                self.why = "block of impossible length"
                break
            if len(self.rest) < at + length:
                break
            body = self.rest[at + 8 : at + length - 4]
            if struct.unpack_from(self._order + "I", self.rest, at + length - 4)[0] != length:
                self.why = "block of two lengths"
                break
            at += length
            self._block(kind, body, found)
        self.rest = self.rest[at:]
        return found

    def _block(self, kind: int, body: bytes, found: list[Packet]) -> None:
        if kind == int.from_bytes(SECTION, "big"):
            self._interfaces = []
        elif kind == INTERFACE and len(body) >= 8 and len(self._interfaces) < MOST_INTERFACES:
            self._interfaces.append(_interface(body, self._order))
        elif kind in (PACKET, OLD):
            if len(body) < 20:
                self._faults.unread["packets of no interface, or cut"] += 1
                return
            number, high, low, length = struct.unpack_from(
                self._order + ("I" if kind == PACKET else "H2x") + "III", body
            )
            if number >= len(self._interfaces) or length > len(body) - 20:
                self._faults.unread["packets of no interface, or cut"] += 1
                return
            interface = self._interfaces[number]
            time_ns = interface.time_ns(high << 32 | low)
            if interface.link not in self._links:
                self._faults.unread[f"packets of link type {interface.link}"] += 1
            elif not 0 <= time_ns <= LATEST_NS:
                self._faults.unread["packets of no time"] += 1
            else:
                found.append(Packet(interface.link, time_ns, body[20 : 20 + length]))
        elif kind == SIMPLE:
            self._faults.unread["packets of no time"] += 1
        elif kind not in BESIDE:
            self._faults.unread["interfaces cut or too many" if kind == INTERFACE else "blocks of an unknown kind"] += 1


def _interface(body: bytes, order: str) -> _Interface:
    link = struct.unpack_from(order + "H", body)[0]
    decimal, exponent, offset_s = True, 6, 0
    at = 8
    while at + 4 <= len(body):
        code, length = struct.unpack_from(order + "HH", body, at)
        value = body[at + 4 : at + 4 + length]
        if code == 0:
            break
        if code == RESOLUTION and len(value) == 1:
            decimal, exponent = not value[0] & 0x80, value[0] & 0x7F
        elif code == OFFSET and len(value) == 8:
            offset_s = struct.unpack(order + "q", value)[0]
        at += 4 + (length + 3) // 4 * 4
    return _Interface(link, decimal, exponent, offset_s)


def network_at(link: int, packet: bytes) -> int:
    """Where the network layer begins in a packet of one of `HEADERS`, behind its tags."""
    at, protocol = HEADERS[link], PROTOCOL_AT.get(link)
    if protocol is not None:
        while packet[protocol : protocol + 2] in TAGS:
            protocol, at = at + 2, at + 4
    return at


def uncooked(link: int, packet: bytes) -> tuple[int, bytes]:
    """The kind of hardware (ARPHRD) that a cooked packet came from, and what is in it; (-1, empty) where it is cut."""
    hardware, at = HARDWARE_AT[link], HEADERS[link]
    if len(packet) < at:
        return -1, b""
    return int.from_bytes(packet[hardware : hardware + 2], "big"), packet[at:]


def first_packet(head: bytes, links: Collection[int]) -> Packet | None:
    """The first packet of a capture's head, cut off perhaps; None where it is no capture with such a link."""
    one = Capture(links, Faults())
    found = one.feed(head[:LONGEST_BLOCK])
    if found:
        return found[0]
    if one.why or not one._begun:
        return None
    if one._old is not None:
        return Packet(one._old[1], 0, one.rest[16:])
    usable = [interface.link for interface in one._interfaces if interface.link in links]
    return Packet(usable[0], 0, one.rest[28:]) if usable else None

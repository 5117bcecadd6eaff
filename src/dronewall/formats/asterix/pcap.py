"""ASTERIX in UDP datagrams, as a capture file or stream (`tcpdump -w -`).

    capture    libpcap file format, both byte orders, microseconds or nanoseconds
    link       1 Ethernet (with 802.1Q tags), 113 Linux cooked, 101 raw IP, 0 loopback
    IP         version 4, not fragmented, or 6 without extension headers; UDP. Which port: the option `port`, or all

The time of a packet says the day of what is in it. Not read: pcapng, TCP, fragments (counted).
"""

import struct
from typing import Final

from dronewall.formats.about import About, Judge
from dronewall.formats.asterix.decoder import AsterixDecoder
from dronewall.formats.decoding import Decoded, Decoder, Faults, Options
from dronewall.formats.joining import together
from dronewall.formats.remote_id_pcap import LONGEST_PACKET, MAGICS

LINKS: Final = {1: 14, 113: 16, 101: 0, 0: 4}
HEADER: Final = 24
PACKET: Final = 16


class AsterixPcapDecoder:
    """Decodes one capture. After a broken header nothing can be found any more: the rest is counted and dropped."""

    def __init__(self, options: Options) -> None:
        self._inside = AsterixDecoder(options)
        self.faults: Faults = self._inside.faults
        self._options = options
        self._rest = b""
        self._layout: tuple[str, int, int] | None = None
        self._lost = False
        self._latest_ns = 0

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the capture."""
        if self._lost:
            self.faults.unread["bytes behind a broken header"] += len(data)
            return together([])
        self._rest += data
        if self._layout is None and not self._open(received_ns):
            return together([])
        return self._packets(received_ns)

    def end(self, received_ns: int) -> Decoded:
        """Count a packet that was cut off, and let go of the last look."""
        if self._rest:
            self.faults.add(received_ns, "cut short", self._rest)
            self._rest = b""
        return self._inside.end(self._latest_ns if self._options.from_file else received_ns)

    def _open(self, received_ns: int) -> bool:
        if len(self._rest) < HEADER:
            return False
        order, unit_ns = MAGICS.get(self._rest[:4], ("", 0))
        link = struct.unpack_from(order + "I", self._rest, 20)[0] & 0xFFFF if order else -1
        if link not in LINKS:
            self._lose("not a pcap file" if not order else f"link type {link}", received_ns)
            return False
        self._layout, self._rest = (order, unit_ns, link), self._rest[HEADER:]
        return True

    def _packets(self, received_ns: int) -> Decoded:
        assert self._layout is not None
        order, unit_ns, link = self._layout
        parts: list[Decoded] = []
        at = 0
        while len(self._rest) >= at + PACKET:
            second, fraction, length, _ = struct.unpack_from(order + "IIII", self._rest, at)
            if length > LONGEST_PACKET:
                self._lose("packet of impossible length", received_ns)
                return together(parts)
            if len(self._rest) < at + PACKET + length:
                break
            packet = self._rest[at + PACKET : at + PACKET + length]
            at += PACKET + length
            time_ns = second * 1_000_000_000 + fraction * unit_ns
            payload = _payload(packet, link)
            if payload is None:
                self.faults.unread["packets that are no UDP datagram"] += 1
                continue
            self._latest_ns = time_ns
            parts.append(self._inside.feed(payload, time_ns if self._options.from_file else received_ns))
        self._rest = self._rest[at:]
        return together(parts)

    def _lose(self, reason: str, received_ns: int) -> None:
        self.faults.add(received_ns, reason, self._rest)
        self._rest, self._lost = b"", True


def _payload(packet: bytes, link: int) -> bytes | None:
    """What is in a UDP datagram; None where a packet is none."""
    at = LINKS[link]
    if link == 1:
        while packet[at - 2 : at] in (b"\x81\x00", b"\x88\xa8"):
            at += 4
    version = packet[at] >> 4 if len(packet) > at else 0
    if version == 4 and len(packet) >= at + 20:
        if packet[at + 9] != 17 or (packet[at + 6] & 0x3F) or packet[at + 7]:
            return None
        at += 4 * (packet[at] & 15)
    elif version == 6 and len(packet) >= at + 40:
        if packet[at + 6] != 17:
            return None
        at += 40
    else:
        return None
    if len(packet) < at + 8:
        return None
    length = int.from_bytes(packet[at + 4 : at + 6], "big")
    return packet[at + 8 : at + length] if length >= 8 else None


class _AsterixPcap:
    timed = True
    about = About(
        tables=("asterix.pcap", "asterix.detections"),
        sources=("draft-ietf-opsawg-pcap (the capture file)", "as `asterix` for what is in the datagrams"),
        deviations=("A datagram is read by itself: a block that is cut off does not go on in the next.",),
        judges=(
            Judge(
                program="tshark 4",
                compared="real radars' captures, record by record, where they may be read",
                test="tests/against/test_against_libasterix.py",
            ),
        ),
        page="formats/asterix.md",
    )

    def sniff(self, head: bytes) -> float:
        """Sure of a capture whose first datagram begins with a category that there is."""
        if len(head) < HEADER + PACKET or head[:4] not in MAGICS:
            return 0.0
        order, _ = MAGICS[head[:4]]
        link = struct.unpack_from(order + "I", head, 20)[0] & 0xFFFF
        if link not in LINKS:
            return 0.0
        length = struct.unpack_from(order + "I", head, HEADER + 8)[0]
        payload = _payload(head[HEADER + PACKET : HEADER + PACKET + length], link)
        return 0.8 if payload and payload[0] in (1, 2, 10, 15, 20, 21, 34, 48, 62, 65, 205) else 0.1

    def decoder(self, options: Options) -> Decoder:
        return AsterixPcapDecoder(options)


FORMAT = _AsterixPcap()

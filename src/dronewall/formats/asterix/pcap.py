"""ASTERIX in UDP datagrams, as a capture file or stream (`tcpdump -w -`).

    capture    libpcap or pcapng (`dronewall.formats.captures`)
    link       1 Ethernet, 113 and 276 Linux cooked, each with VLAN tags; 101 raw IP, 0 loopback
    IP         version 4, not fragmented, or 6 without extension headers; UDP. Which port: the option `port`, or all

The time of a packet says the day of what is in it. Not read: TCP, fragments (counted).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from dronewall.formats.about import About, Judge
from dronewall.formats.asterix.decoder import AsterixDecoder
from dronewall.formats.asterix.told import UNTAKEN, Told
from dronewall.formats.captures import HEADERS, Capture, first_packet, network_at
from dronewall.formats.decoding import Decoded, Decoder, Faults, Options
from dronewall.formats.joining import together

LINKS: Final = tuple(HEADERS)


class AsterixPcapDecoder:
    """Decodes one capture. After a broken header nothing can be found any more: the rest is counted and dropped."""

    def __init__(self, options: Options) -> None:
        self._inside = AsterixDecoder(replace(options, datagrams=True))
        self.faults: Faults = self._inside.faults
        self._options = options
        self._capture = Capture(LINKS, self.faults)
        self._latest_ns = 0

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the capture."""
        was_lost = self._capture.why
        parts: list[Decoded] = []
        for link, time_ns, packet in self._capture.feed(data):
            payload = _payload(packet, link)
            if payload is None:
                self.faults.unread["packets that are no UDP datagram"] += 1
                continue
            self._latest_ns = time_ns
            parts.append(self._inside.feed(payload, time_ns if self._options.from_file else received_ns))
        if self._capture.why and not was_lost:
            self.faults.add(received_ns, self._capture.why, self._capture.rest)
            self._capture.rest = b""
        return together(parts)

    @property
    def told(self) -> Told:
        """What the datagrams tell of their sources."""
        return self._inside.told

    def hint(self) -> str:
        """As of what is in the datagrams."""
        return self._inside.hint()

    def end(self, received_ns: int) -> Decoded:
        """Count a packet that was cut off, and let go of the last look."""
        if self._capture.rest:
            self.faults.add(received_ns, "cut short", self._capture.rest)
            self._capture.rest = b""
        return self._inside.end(self._latest_ns if self._options.from_file else received_ns)


def carried(pieces: Iterable[bytes], faults: Faults) -> Iterator[tuple[int, bytes]]:
    """The time and the blocks of every datagram that is whole blocks of ASTERIX from end to end; others are counted."""
    capture = Capture(LINKS, faults)
    for piece in pieces:
        for link, time_ns, packet in capture.feed(piece):
            payload = _payload(packet, link)
            faults.messages += 1
            if payload is None:
                faults.unread["packets that are no UDP datagram"] += 1
            elif not _is_blocks(payload):
                faults.unread["datagrams that are no whole blocks"] += 1
            else:
                yield time_ns, payload
    if capture.why or capture.rest:
        faults.add(0, capture.why or "cut short", capture.rest)


def _is_blocks(payload: bytes) -> bool:
    at = 0
    while len(payload) >= at + 3:
        length = int.from_bytes(payload[at + 1 : at + 3], "big")
        if length <= 3 or not payload[at]:
            return False
        at += length
    return bool(payload) and at == len(payload)


def _payload(packet: bytes, link: int) -> bytes | None:
    """What is in a UDP datagram; None where a packet is none."""
    at = network_at(link, packet)
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
        tables=("asterix.pcap", "captures", "asterix.detections"),
        untaken=("addresses and ports", *UNTAKEN),
        sources=("draft-ietf-opsawg-pcap and -pcapng (the capture file)", "as `asterix` for what is in the datagrams"),
        deviations=("A datagram is read by itself: a block that is cut off does not go on in the next.",),
        judges=(
            Judge(
                program="tshark 4",
                compared="real radars' captures, record by record, where they may be read",
                test="tests/against/test_against_libasterix.py",
            ),
            Judge(
                program="editcap 4",
                compared="the same capture as libpcap and as pcapng, which it writes, gives the same detections",
                test="tests/formats/test_pcapng.py",
            ),
        ),
        page="formats/asterix.md",
    )

    def sniff(self, head: bytes) -> float:
        """Sure of a capture whose first datagram begins with a category that there is."""
        packet = first_packet(head, LINKS)
        if packet is None:
            return 0.0
        payload = _payload(packet.data, packet.link)
        return 0.8 if payload and payload[0] in (1, 2, 10, 15, 20, 21, 34, 48, 62, 65, 205) else 0.1

    def decoder(self, options: Options) -> Decoder:
        return AsterixPcapDecoder(options)


FORMAT = _AsterixPcap()

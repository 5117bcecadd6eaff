"""Remote ID as captured off the air (`tcpdump -w`): Wi-Fi beacon and NAN, Bluetooth legacy and long range.

    capture    libpcap file format, both byte orders, microseconds (A1B2C3D4) or nanoseconds (A1B23C4D)
    link       127 or 105 Wi-Fi in monitor mode; 251 or 256 a Bluetooth sniffer; 187 or 201 Bluetooth HCI

Where the messages stand in a frame: `dronewall.formats.remote_id_air`. What they say: `dronewall.formats.remote_id`.
Not read: pcapng. Source of the capture's form: draft-ietf-opsawg-pcap.
"""

import struct
from typing import Final

from dronewall.formats import remote_id
from dronewall.formats.about import About, Judge
from dronewall.formats.decoding import Decoded, Decoder, Faults, Options
from dronewall.formats.remote_id import RemoteIds
from dronewall.formats.remote_id_air import LINKS, messages

MAGICS: Final = {
    b"\xd4\xc3\xb2\xa1": ("<", 1_000),
    b"\xa1\xb2\xc3\xd4": (">", 1_000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
LONGEST_PACKET: Final = 262_144
BROKEN: Final = ("radiotap header", "advertisement cut short", "advertising report cut short")


class RemoteIdPcapDecoder:
    """Decodes one capture. After a broken header nothing can be found any more: the rest is counted and dropped."""

    def __init__(self, options: Options) -> None:
        self.faults = Faults()
        self._ids = RemoteIds(options, self.faults)
        self._from_file = options.from_file
        self._rest = b""
        self._layout: tuple[str, int, int] | None = None  # byte order, nanoseconds of a fraction, link
        self._lost = False

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the capture."""
        if self._lost:
            self.faults.unread["bytes behind a broken header"] += len(data)
        else:
            self._rest += data
            self._packets(received_ns)
        return self._ids.reports.take()

    def end(self, received_ns: int) -> Decoded:
        """Count a packet that was cut off."""
        if self._rest:
            self._ids.bad("cut short", b"", self._rest, received_ns)
            self._rest = b""
        return self._ids.reports.take()

    def _packets(self, received_ns: int) -> None:
        at = 0
        if self._layout is None:
            if len(self._rest) < 24:
                return
            layout = _layout(self._rest)
            if isinstance(layout, str):
                self._lose(layout, received_ns)
                return
            self._layout, at = layout, 24
        order, fraction_ns, link = self._layout
        while len(self._rest) >= at + 16:
            second, fraction, length, _ = struct.unpack_from(order + "IIII", self._rest, at)
            if length > LONGEST_PACKET:
                self._lose("packet of impossible length", received_ns)
                return
            if len(self._rest) < at + 16 + length:
                break
            packet = self._rest[at + 16 : at + 16 + length]
            at += 16 + length
            time_ns = second * 1_000_000_000 + fraction * fraction_ns
            self._packet(packet, link, time_ns, time_ns if self._from_file else received_ns)
        self._rest = self._rest[at:]

    def _lose(self, reason: str, received_ns: int) -> None:
        self._ids.bad(reason, b"", self._rest, received_ns)
        self._rest, self._lost = b"", True

    def _packet(self, packet: bytes, link: int, time_ns: int, received_ns: int) -> None:
        found = messages(link, packet)
        if found in BROKEN:
            self._ids.bad(str(found), b"", packet, received_ns)
        elif isinstance(found, str):
            self.faults.unread[found] += 1
        else:
            for transmitter, message in found:
                self._ids.feed(transmitter, message, time_ns, received_ns)


def _layout(head: bytes) -> tuple[str, int, int] | str:
    if head[:4] not in MAGICS:
        return "not a pcap file"
    order, fraction_ns = MAGICS[head[:4]]
    link = struct.unpack_from(order + "I", head, 20)[0] & 0xFFFF
    return (order, fraction_ns, link) if link in LINKS else f"link type {link}"


class _RemoteIdPcap:
    timed = True
    about = About(
        tables=("remote_id_pcap", "remote_id_air", "remote_id"),
        sources=(
            "ASTM F3411-22a, 5.4.6 to 5.4.9 (where messages stand on the air)",
            "IEEE 802.11-2020, 9.3.3 and 9.4.2.25; Wi-Fi Alliance NAN 3.1, 9.5.1 and 9.5.4",
            "Bluetooth Core 5.4, volume 6 part B 2.3 and volume 4 part E 7.7.65",
            *remote_id.SOURCES,
        ),
        deviations=remote_id.DEVIATIONS,
        judges=(
            Judge(
                program="tshark 4",
                compared="it finds the service and the message in the same frames, NAN and Bluetooth",
                test="tests/formats/test_remote_id_air.py",
            ),
        ),
        page="formats/remote_id.md",
    )

    def sniff(self, head: bytes) -> float:
        """Sure of a capture of Wi-Fi or Bluetooth; what is in its frames the head may not show."""
        return 0.9 if len(head) >= 24 and not isinstance(_layout(head), str) else 0.0

    def decoder(self, options: Options) -> Decoder:
        return RemoteIdPcapDecoder(options)


FORMAT = _RemoteIdPcap()

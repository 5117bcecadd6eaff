"""Remote ID as captured off the air (`tcpdump -w`): Wi-Fi beacon and NAN, Bluetooth legacy and long range.

    capture    libpcap or pcapng (`dronewall.formats.captures`)
    link       127 or 105 Wi-Fi in monitor mode, also cooked by Linux (113, 276); 251 or 256 a Bluetooth sniffer; 187 or
               201 Bluetooth HCI

Where the messages stand in a frame: `dronewall.formats.remote_id_air`. What they say: `dronewall.formats.remote_id`.
"""

import struct
from typing import Final

from dronewall.formats import remote_id
from dronewall.formats.about import About, Judge
from dronewall.formats.captures import HARDWARE_AT, LONGEST_PACKET, Capture, Packet, first_packet, uncooked
from dronewall.formats.decoding import Decoded, Decoder, Faults, Options
from dronewall.formats.remote_id import IdsOf, RemoteIds
from dronewall.formats.remote_id_air import HARDWARE, LINKS, WIFI, beacon, messages
from dronewall.units import SECOND_NS

BROKEN: Final = {
    "radiotap header": "radiotap.it_len",
    "advertisement cut short": "pdu.length",
    "advertising report cut short": "data_length",
}


class RemoteIdPcapDecoder:
    """Decodes one capture. After a broken header nothing can be found any more: the rest is counted and dropped."""

    def __init__(self, options: Options, ids: IdsOf = RemoteIds) -> None:
        self.faults = Faults()
        self._ids = ids(options, self.faults)
        self._from_file = options.from_file
        self._capture = Capture(LINKS, self.faults)

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the capture."""
        was_lost = self._capture.why
        for packet in self._capture.feed(data):
            self._packet(packet, packet.time_ns if self._from_file else received_ns)
        if self._capture.why and not was_lost:
            self._ids.bad(self._capture.why, b"", self._capture.rest, received_ns, "header")
            self._capture.rest = b""
        return self._ids.reports.take()

    def end(self, received_ns: int) -> Decoded:
        """Count a packet that was cut off."""
        if self._capture.rest:
            self._ids.bad("cut short", b"", self._capture.rest, received_ns, "incl_len")
            self._capture.rest = b""
        return self._ids.reports.take()

    def _packet(self, packet: Packet, received_ns: int) -> None:
        found = messages(packet.link, packet.data)
        if isinstance(found, str) and found in BROKEN:
            self._ids.bad(found, b"", packet.data, received_ns, BROKEN[found])
        elif isinstance(found, str):
            self.faults.unread[found] += 1
        else:
            for transmitter, message in found:
                self._ids.feed(transmitter, message, packet.time_ns, received_ns)


HEAD: Final = b"\x4d\x3c\xb2\xa1" + struct.pack("<HHIIII", 2, 4, 0, 0, LONGEST_PACKET, WIFI[0])
"""How a capture of nanoseconds begins (libpcap)."""


def encode(address: bytes, message: bytes, time_ns: int, counter: int) -> bytes:
    """A message or pack as a captured beacon of a transmitter of 6 bytes."""
    packet = beacon(address, message, counter)
    second, rest = divmod(time_ns, SECOND_NS)
    return struct.pack("<IIII", second, rest, len(packet), len(packet)) + packet


class _RemoteIdPcap:
    timed = True
    about = About(
        tables=("remote_id_pcap", "captures", "remote_id_air", "remote_id"),
        untaken=(
            "channel and signal",
            "height above take-off",
            "speed and time accuracy",
            "areas and classification",
            "authentication",
        ),
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
            Judge(
                program="editcap 4",
                compared="the same capture as libpcap and as pcapng, which it writes, gives the same detections",
                test="tests/formats/test_pcapng.py",
            ),
            Judge(
                program="tshark 4",
                compared="the beacons that `convert` writes hold the very messages, addresses and times",
                test="tests/test_convert_remote_ids.py",
            ),
        ),
        page="formats/remote_id.md",
    )

    def sniff(self, head: bytes) -> float:
        """Sure of a capture of Wi-Fi or Bluetooth; what is in its frames the head may not show."""
        packet = first_packet(head, LINKS)
        if packet is not None and packet.link in HARDWARE_AT:
            return 0.9 if uncooked(packet.link, packet.data)[0] in HARDWARE else 0.0
        return 0.0 if packet is None else 0.9

    def decoder(self, options: Options, ids: IdsOf = RemoteIds) -> Decoder:
        return RemoteIdPcapDecoder(options, ids)


FORMAT = _RemoteIdPcap()

"""Datagrams behind every link layer and any number of VLAN tags give what they give behind plain Ethernet."""

import struct

import numpy as np
import pytest

from dronewall.formats import sniff
from dronewall.formats.captures import network_at, uncooked
from tests.formats.samples import TURNS, captured, read

PLAIN = captured(TURNS)
TAGS = {"802.1Q": b"\x81\x00", "802.1ad": b"\x88\xa8", "QinQ, 9100": b"\x91\x00", "QinQ, 9200": b"\x92\x00"}


def behind(link: int, header: bytes, tags: list[bytes]) -> bytes:
    """The sample behind another header, with its protocol (08 00) after the tags."""
    head, row, packet = PLAIN[:20], PLAIN[24:32], PLAIN[40:]
    tagged = b"".join(tag + b"\x00\x07" for tag in tags)
    if link == 276:
        first = tags[0] if tags else b"\x08\x00"
        rest = b"".join(b"\x00\x07" + tag for tag in [*tags[1:], b"\x08\x00"]) if tags else b""
        made = first + header[2:] + rest + packet[14:]
    else:
        made = header + tagged + packet[12:]
    return head + struct.pack("<I", link) + row + struct.pack("<II", len(made), len(made)) + made


ETHERNET, COOKED = bytes(12), b"\0\0\0\1\0\6" + bytes(8)
COOKED_2 = bytes(8) + b"\0\1\0\6" + bytes(8)


@pytest.mark.parametrize("tags", [[], *([tag] for tag in TAGS.values()), [TAGS["QinQ, 9100"], TAGS["802.1Q"]]])
@pytest.mark.parametrize(("link", "header"), [(1, ETHERNET), (113, COOKED), (276, COOKED_2)])
def test_a_datagram_is_found_behind_its_link_layer(link, header, tags):
    data = behind(link, header, tags)
    assert sniff(data)[0][1] == "asterix_pcap"
    found, one = read("asterix_pcap", data)
    plain, _ = read("asterix_pcap", PLAIN)
    assert len(plain.detections)
    np.testing.assert_array_equal(found.detections.values, plain.detections.values)
    assert one.faults.count == 0


@pytest.mark.parametrize("link", [1, 113, 276, 101, 0])
def test_a_packet_that_is_cut_within_its_header_is_no_error(link):
    for length in range(24):
        packet = (b"\x91\x00" * 12)[:length]
        assert network_at(link, packet) >= 0
        if link in (113, 276):
            assert uncooked(link, packet)[0] >= -1

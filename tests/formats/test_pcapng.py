"""pcapng beside libpcap: what editcap (Wireshark) writes of our samples, several interfaces, resolutions, rubbish."""

import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dronewall.formats import sniff
from dronewall.formats.asterix.encode import block as asterix_block
from dronewall.formats.captures import Capture, Packet
from dronewall.formats.decoding import Faults
from dronewall.records.detection import Column
from tests.formats.asterix_records import NOON_S, plot
from tests.formats.samples import SAMPLES, captured, read

NAMES = ("remote_id_pcap", "asterix_pcap")


@pytest.fixture(scope="module")
def pcapng(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder: Path = tmp_path_factory.mktemp("pcapng")
    made = {}
    for name in NAMES:
        old, new = folder / f"{name}.pcap", folder / f"{name}.pcapng"
        old.write_bytes(SAMPLES[name])
        subprocess.run(["editcap", "-F", "pcapng", str(old), str(new)], check=True, capture_output=True)
        made[name] = new.read_bytes()
    return made


@pytest.mark.parametrize("name", NAMES)
def test_what_editcap_writes_gives_the_same_detections_and_is_recognised(name: str, pcapng: dict[str, bytes]) -> None:
    assert pcapng[name][:4] == b"\x0a\x0d\x0d\x0a"
    one, ours = read(name, pcapng[name])
    two, theirs = read(name, SAMPLES[name])
    np.testing.assert_array_equal(one.detections.values, two.detections.values)
    np.testing.assert_array_equal(one.detections.time_ns, two.detections.time_ns)
    assert one.detections.identity.tolist() == two.detections.identity.tolist()
    assert (ours.faults.reasons, ours.faults.messages) == (theirs.faults.reasons, theirs.faults.messages)
    assert sniff(pcapng[name][:65_536])[0][1] == name


@pytest.mark.parametrize("name", NAMES)
def test_its_pieces_do_not_matter(name: str, pcapng: dict[str, bytes]) -> None:
    capture = Capture({1, 105, 127}, Faults())
    data = pcapng[name]
    pieces = [packet for k in range(0, len(data), 11) for packet in capture.feed(data[k : k + 11])]
    assert pieces == Capture({1, 105, 127}, Faults()).feed(data)
    assert pieces
    assert capture.rest == b""


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link: int, options: bytes = b"", order: str = "<") -> bytes:
    return block(1, struct.pack(order + "HHI", link, 0, 65_535) + options, order)


def packet(number: int, ticks: int, data: bytes, order: str = "<") -> bytes:
    head = struct.pack(order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
    return block(6, head + data, order)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("options", "ticks"),
    [
        ((), 1_778_112_000_250_000),
        (((9, b"\x09"),), 1_778_112_000_250_000_000),
        (((9, b"\x03"),), 1_778_112_000_250),
        (((9, b"\x82"),), 1_778_112_000 * 4 + 1),
        (((9, b"\x03"), (14, 1_778_000_000)), 112_000_250),
    ],
)
def test_every_resolution_and_offset_is_the_same_moment(order: str, options: tuple, ticks: int) -> None:
    said = b"".join(
        option(code, struct.pack(order + "q", value) if isinstance(value, int) else value, order)
        for code, value in options
    )
    data = section(order) + interface(1, said, order) + packet(0, ticks, b"abc", order)
    assert Capture({1}, Faults()).feed(data) == [Packet(1, 1_778_112_000_250_000_000, b"abc")]


def test_packets_of_other_interfaces_and_blocks_of_no_use_are_passed_over_and_counted() -> None:
    faults = Faults()
    data = section() + interface(1) + interface(147) + block(5, bytes(12)) + block(3, struct.pack("<I", 3) + b"abc")
    data += packet(1, 5, b"other") + packet(0, 7, b"ours") + packet(9, 7, b"nobody's") + section() + packet(0, 7, b"x")
    assert [one.data for one in Capture({1}, faults).feed(data)] == [b"ours"]
    assert faults.unread == {
        "packets of no time": 1,
        "packets of link type 147": 1,
        "packets of no interface, or cut": 2,
    }


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x0a\x0d\x0d\x0a" + bytes(30), "section of no byte order"),
        (section()[:24] + bytes(24), "block of two lengths"),
        (section() + struct.pack("<II", 6, 13) + bytes(20), "block of impossible length"),
        (section() + struct.pack("<II", 6, 2**31) + bytes(20), "block of impossible length"),
        (bytes(40), "not a pcap file"),
    ],
)
def test_a_broken_header_ends_the_capture_with_its_reason(data: bytes, why: str) -> None:
    capture = Capture({1}, Faults())
    assert capture.feed(data) == []
    assert capture.why == why


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, 10_000), byte=st.integers(0, 255), cut=st.integers(0, 10_000), name=st.sampled_from(NAMES))
def test_a_damaged_capture_is_counted_and_never_raises(
    pcapng: dict[str, bytes], at: int, byte: int, cut: int, name: str
) -> None:
    data = bytearray(pcapng[name])
    data[at % len(data)] = byte
    del data[cut % len(data) : cut % len(data) + byte % 7]
    found, one = read(name, bytes(data))
    assert np.all(found.detections.time_ns >= 0)
    if not (len(found.detections) or one.faults.count or one.faults.unread.total()):
        assert kinds(bytes(data)) <= {0x0A0D0D0A, 1, 4, 5, 9, 10, 0xBAD, 0x40000BAD}, "no packet is left in it"


def test_a_datagram_that_a_capture_cut_does_not_go_on_in_the_next() -> None:
    good = asterix_block(48, [plot(NOON_S, 45.0)])
    found, one = read("asterix_pcap", captured(good[:-4], good, good[:-2], good))
    np.testing.assert_allclose(np.rad2deg(found.detections.values[:, Column.AZIMUTH_RAD]), 45.0)
    assert len(found.detections) == 2
    assert one.faults.reasons == {"cut short": 2}


def kinds(data: bytes) -> set[int]:
    """The types of a little-endian capture's blocks."""
    found, at = set(), 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        found.add(kind)
        at += length
    return found


@pytest.mark.parametrize("kind", [0, 7, 8, 11, 0x80000006])
def test_a_block_that_nobody_knows_is_counted_and_what_follows_is_read(kind: int) -> None:
    faults = Faults()
    data = (
        section() + interface(1) + block(kind, bytes(24)) + block(6, bytes(8)) + block(1, b"") + packet(0, 7, b"ours")
    )
    assert [one.data for one in Capture({1}, faults).feed(data)] == [b"ours"]
    assert faults.unread == {
        "blocks of an unknown kind": 1,
        "packets of no interface, or cut": 1,
        "interfaces cut or too many": 1,
    }

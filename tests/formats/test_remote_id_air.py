"""Remote ID over each transport, as frames that tshark takes apart the same, and one drone over all of them."""

import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

from dronewall.formats import remote_id, remote_id_air
from dronewall.records.detection import Column
from tests.formats.samples import SERIAL, basic_id, heard, location, mavlink_pack, pack, read, together

MAC = bytes.fromhex("60601f000001")
WHOLE = pack(basic_id(), location())


def capture(link: int, *packets: bytes) -> bytes:
    """A capture of a link type, a packet each second from 2026-05-07T00:12:03.5Z on."""
    rows = [
        struct.pack("<IIII", 1_778_112_723 + n, 500_000, len(packet), len(packet)) + packet
        for n, packet in enumerate(packets)
    ]
    return b"\xd4\xc3\xb2\xa1" + struct.pack("<HHIIII", 2, 4, 0, 0, 262_144, link) + b"".join(rows)


def beacon(body: bytes = WHOLE, address: bytes = MAC) -> bytes:
    element = remote_id_air.OPEN_DRONE_ID + b"\x01" + body
    head = b"\x80\0\0\0" + b"\xff" * 6 + address * 2 + b"\0\0"
    return head + bytes(8) + struct.pack("<HH", 100, 0x20) + b"\xdd" + bytes([len(element)]) + element


def nan(body: bytes = WHOLE, address: bytes = MAC, control: int = 0x10, before: bytes = b"") -> bytes:
    held = remote_id_air.NAN_SERVICE + bytes([1, 1, control]) + before + bytes([len(body) + 1, 9]) + body
    head = b"\xd0\0\0\0" + bytes.fromhex("516f9a010000") + address + bytes.fromhex("506f9a010000") + b"\0\0"
    other = b"\x00" + struct.pack("<H", 2) + b"\0\0"  # a master indication, which says nothing of Remote ID
    return head + remote_id_air.NAN_ACTION + other + b"\x03" + struct.pack("<H", len(held)) + held


def structures(body: bytes) -> bytes:
    data = remote_id_air.SERVICE_DATA + b"\x07" + body
    return b"\x02\x01\x06" + bytes([len(data)]) + data


def legacy(body: bytes, address: bytes = MAC) -> bytes:
    data = remote_id_air.SERVICE_DATA + b"\x07" + body
    pdu = address[::-1] + bytes([len(data)]) + data
    return remote_id_air.ADVERTISING + bytes([0x42, len(pdu)]) + pdu + bytes(3)


def long_range(body: bytes = WHOLE, address: bytes = MAC) -> bytes:
    extended = bytes([9, 0x09]) + address[::-1] + b"\x01\x20"  # address and data info
    pdu = extended + structures(body)
    return remote_id_air.ADVERTISING + b"\0" + bytes([0x47, len(pdu)]) + pdu + bytes(3)


def phdr(packet: bytes, *, coded: bool) -> bytes:
    flags = 0x0013 | (0x8000 if coded else 0)
    return struct.pack("<BbbBIH", 37, -60, -100, 0, 0x8E89BED6, flags) + packet


def hci(body: bytes = WHOLE, address: bytes = MAC, *, extended: bool = True) -> bytes:
    data = structures(body) if extended else bytes([len(body) + 5]) + remote_id_air.SERVICE_DATA + b"\x07" + body
    if extended:
        report = struct.pack("<HB", 0x0000, 1) + address[::-1] + bytes([3, 0, 1, 127, 196, 0, 0, 0]) + bytes(6)
        held = b"\x0d\x01" + report + bytes([len(data)]) + data
    else:
        held = b"\x02\x01\x03\x01" + address[::-1] + bytes([len(data)]) + data + b"\xc4"
    return b"\x04\x3e" + bytes([len(held)]) + held


LOCATION = location()
WAYS = {
    "beacon": (105, beacon()),
    "beacon with radiotap": (127, b"\0\0\x08\0\0\0\0\0" + beacon()),
    "NAN": (105, nan()),
    "NAN with all that may stand before": (105, nan(control=0x5C, before=b"\0\0\x02ab\x01c")),
    "Bluetooth legacy": (251, legacy(LOCATION)),
    "Bluetooth legacy with its header": (256, phdr(legacy(LOCATION), coded=False)),
    "Bluetooth long range": (256, phdr(long_range(), coded=True)),
    "HCI": (187, hci()),
    "HCI legacy with direction": (201, b"\0\0\0\1" + hci(LOCATION, extended=False)),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_same_message_over_each_transport_is_the_same_detection(way):
    link, packet = WAYS[way]
    found, one = read("remote_id_pcap", capture(link, packet))
    assert one.faults.count == 0
    assert np.rad2deg(found.detections.values[0, Column.LATITUDE_RAD]) == pytest.approx(56.5, abs=1e-7)
    assert remote_id_air.messages(link, packet)[0][0] == MAC


@pytest.mark.parametrize("way", WAYS)
def test_a_packet_cut_anywhere_is_told_and_never_raises(way):
    link, packet = WAYS[way]
    for stop in range(len(packet)):
        found = remote_id_air.messages(link, packet[:stop])
        assert isinstance(found, str) or all(len(body) <= len(packet) for _, body in found)


TSHARK = {
    "beacon": ("wlan.tag.oui", "16387004"),  # FA-0B-BC
    "NAN": ("nan.service_id", "8869199d9209"),
    "Bluetooth legacy with its header": ("btcommon.eir_ad.entry.uuid_16", "0xfffa"),
    "Bluetooth long range": ("btcommon.eir_ad.entry.uuid_16", "0xfffa"),
    "HCI": ("btcommon.eir_ad.entry.uuid_16", "0xfffa"),
}


@pytest.mark.parametrize("way", TSHARK)
def test_tshark_finds_the_service_in_the_same_frame(way, tmp_path: Path):
    link, packet = WAYS[way]
    file, (field, wanted) = tmp_path / "one.pcap", TSHARK[way]
    file.write_bytes(capture(link, packet))
    done = subprocess.run(
        ["tshark", "-r", str(file), "-T", "fields", "-e", field], capture_output=True, text=True, check=True
    )
    assert wanted in done.stdout.replace(":", "").replace("0x00", "0x").lower().split()[0].split(",")


# ------------------------------------------------------------------ one drone, and never two


def lines(*said: tuple[str, bytes, int]) -> bytes:
    """(transmitter, message, seconds) as JSON lines."""
    base = 1_778_112_723
    return b"".join(
        heard(message, transmitter=who).replace(
            b'"time": "2026-05-07T00:12:03.250Z"', b'"time_ns": %d' % ((base + s) * 10**9 + 250_000_000)
        )
        for who, message, s in said
    )


def test_one_drone_over_wifi_and_bluetooth_and_two_receivers_is_one_and_each_place_once():
    air = capture(105, beacon(), nan(pack(basic_id(), location(56.5001, tenths=7240))))
    other = lines(("ble", basic_id(), 0), ("ble", location(), 0), ("ble", location(56.5001, tenths=7240), 1))
    one, two = read("remote_id_pcap", air)[0], read("remote_id_jsonl", other)[0]
    assert len({*one.detections.identity, *two.detections.identity}) == 1
    mixed = lines(
        ("wifi", pack(basic_id(), location()), 0),
        ("ble", pack(basic_id(), location()), 0),
        ("wifi", location(56.5001, tenths=7240), 1),
        ("ble", location(56.5001, tenths=7240), 1),
        ("ble", location(56.5002, tenths=7250), 2),
    )
    found, decoder = read("remote_id_jsonl", mixed)
    assert len(found.detections) == 3
    assert decoder.faults.unread["copies over another transmitter"] == 2
    assert len(set(found.detections.identity)) == 1


def test_mavlink_and_the_air_give_one_identity():
    one, _ = read("remote_id_mavlink", mavlink_pack(basic_id(), location()))
    other, _ = read("remote_id_jsonl", heard(WHOLE))
    assert one.detections.identity.tolist() == other.detections.identity.tolist()
    np.testing.assert_array_equal(one.detections.values, other.detections.values)


def test_two_drones_with_one_serial_number_stay_two():
    said = lines(
        *(
            row
            for n in range(6)
            for row in (
                ("a", pack(basic_id(), location(56.5 + n * 1e-4, tenths=7230 + 10 * n)), n),
                ("b", pack(basic_id(), location(56.6 + n * 1e-4, tenths=7230 + 10 * n)), n),
            )
        )
    )
    found, one = read("remote_id_jsonl", said)
    south = np.rad2deg(found.detections.values[:, Column.LATITUDE_RAD]) < 56.55
    assert len(set(found.detections.identity[south])) == len(set(found.detections.identity[~south])) == 1
    assert not {*found.detections.identity[south]} & {*found.detections.identity[~south]}
    assert one.faults.reasons["one id in two places"] == 6
    assert SERIAL.lower() not in " ".join(found.detections.identity).lower()


def test_a_relay_of_several_drones_does_not_mix_their_places():
    said = lines(
        ("relay", basic_id("SERIAL-ONE"), 0),
        ("relay", location(56.5), 0),
        ("relay", basic_id("SERIAL-TWO"), 1),
        ("relay", location(56.6, tenths=7240), 1),
        ("relay", pack(basic_id("SERIAL-ONE"), location(56.5001, tenths=7250)), 2),
        ("relay", pack(basic_id("SERIAL-TWO"), location(56.6001, tenths=7250)), 2),
    )
    found, one = read("remote_id_jsonl", said)
    names = dict(
        zip(
            np.rad2deg(found.detections.values[:, Column.LATITUDE_RAD]).round(4), found.detections.identity, strict=True
        )
    )
    assert names[56.5] == names[56.5001] != names[56.6001]
    assert 56.6 not in names
    assert one.faults.unread["of a relay, not said of which drone"] == 1


@pytest.mark.parametrize("id_type", [0, 1, 2, 3, 4])
def test_a_relay_keeps_its_drones_apart_whatever_type_their_ids_are_of(id_type):
    said = lines(
        *(
            ("relay", pack(basic_id(name, id_type=id_type), location(56.5 + shift, tenths=7230 + 10 * n)), n)
            for n in range(4)
            for name, shift in (("LV-ONE", n * 1e-5), ("LV-TWO", 0.001 + n * 1e-5))
        )
    )
    found, _ = read("remote_id_jsonl", said)
    south = np.rad2deg(found.detections.values[:, Column.LATITUDE_RAD]) < 56.5005
    assert south.sum() == 4 == (~south).sum()
    assert len(set(found.detections.identity[south])) == len(set(found.detections.identity[~south])) == 1
    assert not {*found.detections.identity[south]} & {*found.detections.identity[~south]}


def test_ids_that_were_said_in_one_pack_name_one_drone():
    both = pack(basic_id("LV-ONE", id_type=2), basic_id(), location())
    said = lines(
        ("a", both, 0),
        ("a", pack(basic_id("LV-ONE", id_type=2), location(56.50001, tenths=7240)), 1),
        ("b", both, 0),
        ("b", pack(basic_id("LV-TWO", id_type=2), location(56.51, tenths=7240)), 1),
        ("b", pack(basic_id("LV-ONE", id_type=2), location(56.50002, tenths=7250)), 2),
    )
    found, _ = read("remote_id_jsonl", said)
    by_place = dict(
        zip(
            np.rad2deg(found.detections.values[:, Column.LATITUDE_RAD]).round(5), found.detections.identity, strict=True
        )
    )
    assert by_place[56.5] == by_place[56.50001] == by_place[56.50002] != by_place[56.51]


def test_a_new_session_is_a_new_name_and_no_relay():
    said = lines(
        ("a", basic_id("FIRST", id_type=4), 0),
        ("a", location(), 0),
        ("a", basic_id("SECOND", id_type=4), 1),
        ("a", location(56.50001, tenths=7240), 1),
    )
    found, one = read("remote_id_jsonl", said)
    assert len(found.detections) == 2
    assert len(set(found.detections.identity)) == 2
    assert not one.faults.unread["of a relay, not said of which drone"]


@pytest.mark.parametrize(("tenths", "kept"), [(0xFFFF, 4), (7230, 1)])
def test_a_hover_without_a_clock_is_heard_again_and_a_copy_with_one_is_not(tenths, kept):
    said = lines(("a", basic_id(), 0), *(("a", location(tenths=tenths), 30 * n) for n in range(4)))
    found, one = read("remote_id_jsonl", said)
    assert len(found.detections) == kept
    assert one.faults.unread["copies"] == 4 - kept


def test_a_place_that_cannot_be_reached_is_doubted_and_believed_once_three_agree():
    far = [("a", location(57.5 + n * 1e-5, tenths=7240 + n), 1 + n) for n in range(4)]
    wild = [("a", location(58.0 + n, tenths=7270 + n), 6 + n) for n in range(4)]
    found, one = read("remote_id_jsonl", lines(("a", basic_id(), 0), ("a", location(), 0), *far, *wild))
    latitudes = np.rad2deg(found.detections.values[:, Column.LATITUDE_RAD]).round(5)
    assert latitudes.tolist() == [56.5, 57.50002, 57.50003]
    assert one.faults.reasons == {"a place that cannot be reached": 2 + 4}


def test_a_height_that_no_drone_flies_at_is_left_out():
    high = bytearray(location())
    struct.pack_into("<H", high, 15, 65_000)
    found, one = read("remote_id_jsonl", heard(bytes(high)))
    assert np.isnan(found.detections.values[0, Column.ALTITUDE_HAE_M])
    assert one.faults.unread == {"heights that cannot be": 1}


def test_distances_are_those_of_the_sphere():
    assert remote_id.distance_m((56.5, 27.0), (56.5, 27.0)) == 0.0
    assert remote_id.distance_m((56.5, 27.0), (57.5, 27.0)) == pytest.approx(111_194.9, abs=1.0)


def test_pieces_together_are_the_stream():
    data = capture(105, beacon(), nan(pack(basic_id(), location(56.5001, tenths=7240))))
    whole, _ = read("remote_id_pcap", data)
    assert len(together([whole]).detections) == 2

import struct

import numpy as np
import pytest

from dronewall.formats import remote_id
from dronewall.records.detection import Column
from dronewall.units import SECOND_NS, utc_text
from tests.formats.samples import BEACONS, OPERATOR, REMOTE_IDS, SERIAL, basic_id, heard, location, pack, read, system


def only(column, *messages):
    found, _ = read("remote_id_jsonl", b"".join(heard(message) for message in messages))
    return found.detections.values[:, column].tolist()


def test_a_pack_gives_a_position_with_accuracy_and_a_pseudonym():
    found, one = read("remote_id_jsonl", REMOTE_IDS)
    values = found.detections.values[0]
    assert one.faults.count == 0
    assert utc_text(int(found.detections.time_ns[0])) == "2026-05-07T00:12:03.000Z"
    assert np.rad2deg(values[Column.LATITUDE_RAD]) == pytest.approx(56.5, abs=1e-7)
    assert values[Column.ALTITUDE_HAE_M] == 230.0
    assert values[Column.ALTITUDE_BARO_M] == 120.0
    assert values[Column.VELOCITY_EAST_MPS] == pytest.approx(10.0)
    assert values[Column.VELOCITY_UP_MPS] == 2.0
    assert values[Column.POSITION_SD_M] == pytest.approx(10.0 / 2.4477, rel=1e-4)
    assert values[Column.ALTITUDE_SD_M] == pytest.approx(3.0 / 1.96, rel=1e-4)
    assert found.detections.label.tolist() == ["multirotor"] * 2
    assert len(set(found.detections.identity)) == 1


def test_serial_and_operator_leave_beside_the_detections_and_not_in_them():
    found, one = read("remote_id_jsonl", REMOTE_IDS)
    kinds = {item.kind: item.data for item in found.personal}
    assert kinds["remote_id.serial"]["id"] == SERIAL
    assert kinds["remote_id.operator_id"] == {"operator_id": OPERATOR}
    assert kinds["remote_id.operator"]["operator_latitude_deg"] == pytest.approx(56.4321)
    shown = repr(found.detections) + repr(one.faults) + repr(found.scans("rid-1"))
    for secret in (SERIAL, OPERATOR, "56.4321", "27.1234"):
        assert secret.lower() not in shown.lower()


def test_bytes_of_bad_messages_go_to_the_vault_alone():
    found, one = read("remote_id_jsonl", heard(pack(basic_id(), location())[:40]))
    assert one.faults.reasons == {"pack cut short": 1}
    assert one.faults.last[0][2] == b""
    assert found.personal[0].kind == "remote_id.bad_frame"
    assert SERIAL.encode()[:20].hex()[:20] in found.personal[0].data["bytes"]


def test_another_salt_gives_another_pseudonym():
    one, other = (read("remote_id_jsonl", REMOTE_IDS, salt=salt)[0] for salt in (b"monday", b"tuesday"))
    assert one.detections.identity[0] != other.detections.identity[0]


def test_split_messages_name_the_drone_once_its_id_came():
    split = heard(location()) + heard(basic_id()) + heard(location(56.501))
    found, _ = read("remote_id_jsonl", split)
    assert [identity.partition(":")[0] for identity in found.detections.identity] == ["session", "rid"]


def test_the_operator_is_told_once_while_nothing_changes():
    found, _ = read("remote_id_jsonl", heard(system()) * 50 + heard(system(56.5)))
    assert len(found.personal) == 2


@pytest.mark.parametrize(
    ("raw", "column"),
    [
        ({"b1": 0x22, "b2": 181}, Column.VELOCITY_EAST_MPS),
        ({"b1": 0x21, "b3": 255}, Column.VELOCITY_EAST_MPS),
        ({"b4": 126}, Column.VELOCITY_UP_MPS),
        ({"b13": 0, "b14": 0}, Column.ALTITUDE_BARO_M),
        ({"b15": 0, "b16": 0}, Column.ALTITUDE_HAE_M),
        ({"b19": 0}, Column.POSITION_SD_M),
        ({"b19": 0xFF}, Column.ALTITUDE_SD_M),
    ],
)
def test_what_the_drone_does_not_know_is_not_measured(raw, column):
    assert np.isnan(only(column, location(**raw))).all()


def test_fast_speeds_use_the_multiplier_and_west_the_flag():
    east = only(Column.VELOCITY_EAST_MPS, location(b1=0x23, b2=90, b3=100))
    assert east == pytest.approx([-(100 * 0.75 + 63.75)])


def test_no_position_is_no_detection():
    found, one = read("remote_id_jsonl", heard(location(0.0, 0.0)))
    assert len(found.detections) == 0
    assert one.faults.unread == {"position unknown": 1}


def test_a_place_that_is_not_on_earth_is_a_fault():
    message = bytearray(location())
    struct.pack_into("<i", message, 5, 950_000_000)
    _, one = read("remote_id_jsonl", heard(bytes(message)))
    assert one.faults.reasons == {"no such place": 1}


@pytest.mark.parametrize(
    ("tenths", "heard_s", "expected_s"),
    [(35_990, 3600.5, 3599.0), (5, 7199.9, None), (7230, 4323.5, 4323.0), (7230, 4400.0, None), (36_001, 4323.0, None)],
)
def test_tenths_of_the_hour_are_of_the_nearest_hour_or_of_a_wrong_clock(tenths, heard_s, expected_s):
    expected = None if expected_s is None else round(expected_s * SECOND_NS)
    if tenths == 5:  # half a second into the next hour, heard just before it: not from the future
        expected = round(heard_s * SECOND_NS)
    assert remote_id.located_ns(tenths, round(heard_s * SECOND_NS)) == expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "shorter than a message"),
        (bytes(24), "shorter than a message"),
        (bytes([0xF0, 25, 10]) + bytes(250), "pack of impossible size"),
        (bytes([0xF0, 24, 1]) + bytes(24), "pack of impossible size"),
        (bytes([0xF0, 25, 0]) + bytes(30), "pack of impossible size"),
        (bytes([0xF0, 25, 2]) + bytes(25), "pack cut short"),
        (bytes([0xF0, 25, 1, 0xF0]) + bytes(24), "pack within a pack"),
    ],
)
def test_packs_that_cannot_be_are_told_apart(data, reason):
    assert remote_id.unpacked(data) == reason


def test_a_bluetooth_advertisement_is_taken_out_of_its_wrapping():
    found, _ = read("remote_id_jsonl", heard(b"\x0d\x07" + location()))
    assert len(found.detections) == 1


def test_beacons_of_the_wireshark_sample_are_read_as_their_bytes_say():
    # location BCBA251B A88CB4B6: 455457468 and -1229681496 times 1e-7 deg; AA09: 2474 halves of a metre from -1000
    found, one = read("remote_id_pcap", BEACONS)
    values = found.detections.values
    assert one.faults.messages == 21
    assert one.faults.count == 0
    assert (values[:, Column.ALTITUDE_HAE_M] == 237.0).all()
    assert np.rad2deg(values[0, Column.LATITUDE_RAD]) == pytest.approx(45.5457468, abs=1e-9)
    assert np.rad2deg(values[0, Column.LONGITUDE_RAD]) == pytest.approx(-122.9681496, abs=1e-9)
    told = {item.kind: item.data for item in found.personal}
    assert told["remote_id.id"]["id"] == "MFG1A0123456789"
    assert told["remote_id.operator_id"]["operator_id"] == "GBR-OP-123ABCD"
    assert {identity[:4] for identity in found.detections.identity} == {"rid:"}


def test_a_capture_in_the_other_byte_order_and_in_nanoseconds_gives_the_same():
    head = struct.unpack("<IHHIIII", BEACONS[:24])
    swapped = struct.pack(">IHHIIII", 0xA1B23C4D, *head[1:])
    at = 24
    while at < len(BEACONS):
        second, fraction, length, whole = struct.unpack_from("<IIII", BEACONS, at)
        swapped += struct.pack(">IIII", second, fraction * 1000, length, whole) + BEACONS[at + 16 : at + 16 + length]
        at += 16 + length
    one, other = (read("remote_id_pcap", data)[0] for data in (BEACONS, swapped))
    np.testing.assert_array_equal(one.detections.values, other.detections.values)
    np.testing.assert_array_equal(one.detections.time_ns, other.detections.time_ns)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x" * 24, "not a pcap file"),
        (BEACONS[:20] + b"\x01\0\0\0" + BEACONS[24:], "link type 1"),
        (BEACONS[:32] + b"\xff\xff\xff\x7f" + BEACONS[36:], "packet of impossible length"),
        (BEACONS[:-3], "cut short"),
    ],
)
def test_broken_captures_are_counted_with_the_reason(data, reason):
    _, one = read("remote_id_pcap", data)
    assert one.faults.reasons == {reason: 1}

"""Remote ID messages that break ASTM F3411-22a: named with their field by `validate`, and never data of the decoder."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from dronewall.cli.validating import validate
from dronewall.formats import remote_id_air, sniff
from dronewall.formats.remote_id_rules import judge
from dronewall.records.detection import Column
from tests.formats.samples import basic_id, heard, location, mavlink_pack, operator_id, pack, read, system
from tests.formats.test_remote_id_air import MAC, beacon, capture

AUTH = bytes([0x22, 0x10, 1, 40]) + bytes(21)
SELF = bytes([0x32, 0]) + b"survey of a pipeline".ljust(23, b"\0")


def changed(message: bytes, at: int, *values: int) -> bytes:
    return message[:at] + bytes(values) + message[at + len(values) :]


def words(at: int, value: int, form: str = "<H") -> bytes:
    return changed(location(), at, *struct.pack(form, value))


BROKEN = [  # the message, the field, the table of F3411-22a
    (location()[:24], "message", "5.4.5.3"),
    (changed(location(), 0, 0x72), "message_type", "table 1"),
    (changed(location(), 0, 0x13), "location.protocol_version", "table 1"),
    (changed(basic_id(), 1, 0x52), "basic_id.id_type", "table 2"),
    (changed(basic_id(), 2, *bytes(20)), "basic_id.uas_id", "table 2"),
    (changed(basic_id(), 5, 0xE4), "basic_id.uas_id", "table 2"),
    (changed(basic_id(), 5, 0), "basic_id.uas_id", "table 2"),
    (location(b1=0x50), "location.operational_status", "table 4"),
    (location(b2=180), "location.track_direction", "table 4"),
    (location(b1=0x22, b2=180), "location.track_direction", "table 4"),
    (location(b1=0x22, b2=182), "location.track_direction", "table 4"),
    (location(b2=181), "location.track_direction", "table 4"),
    (location(b2=255), "location.track_direction", "table 4"),
    (location(b4=125), "location.vertical_speed", "table 4"),
    (location(b4=0x80), "location.vertical_speed", "table 4"),
    (words(5, 900_000_001, "<i"), "location.latitude", "table 4"),
    (words(5, -(2**31), "<i"), "location.latitude", "table 4"),
    (words(9, 1_800_000_001, "<i"), "location.longitude", "table 4"),
    (words(13, 0xFFFF), "location.pressure_altitude", "table 4"),
    (words(15, 0xFFFF), "location.geodetic_altitude", "table 4"),
    (words(17, 0xFFFF), "location.height", "table 4"),
    (location(b19=0x7A), "location.vertical_accuracy", "table 4"),
    (location(b19=0x5D), "location.horizontal_accuracy", "table 4"),
    (location(b20=0x70), "location.baro_altitude_accuracy", "table 4"),
    (location(b20=0x05), "location.speed_accuracy", "table 4"),
    (words(21, 36_001), "location.timestamp", "table 4"),
    (changed(AUTH, 1, 0x70), "authentication.authentication_type", "table 5"),
    (changed(AUTH, 2, 16), "authentication.last_page_index", "table 5"),
    (changed(AUTH, 3, 41), "authentication.length", "table 5"),
    (changed(SELF, 1, 3), "self_id.description_type", "table 7"),
    (changed(SELF, 2, 7), "self_id.description", "table 7"),
    (changed(system(), 1, 3), "system.operator_location_type", "table 8"),
    (changed(system(), 1, 8), "system.classification_type", "table 8"),
    (changed(system(), 2, *struct.pack("<i", 910_000_000)), "system.operator_latitude", "table 8"),
    (changed(system(), 13, 0xFF, 0xFF), "system.area_ceiling", "table 8"),
    (changed(system(), 18, 0xFF, 0xFF), "system.operator_altitude", "table 8"),
    (changed(changed(system(), 1, 4), 17, 0x40), "system.ua_category", "table 8"),
    (changed(changed(system(), 1, 4), 17, 0x18), "system.ua_class", "table 8"),
    (changed(operator_id(), 1, 9), "operator_id.operator_id_type", "table 10"),
    (changed(operator_id(), 3, 0x0A), "operator_id.operator_id", "table 10"),
    (changed(pack(location()), 1, 24), "message_pack.message_size", "table 11"),
    (changed(pack(location()), 2, 0), "message_pack.message_count", "table 11"),
    (changed(pack(location()), 2, 10), "message_pack.message_count", "table 11"),
    (changed(pack(location()), 2, 2), "message_pack.message_count", "table 11"),
    (changed(pack(location()), 0, 0xF7), "message_pack.protocol_version", "table 11"),
    (pack(location(), pack()[:3] + bytes(22)), "messages[1].message_type", "table 11"),
    (pack(basic_id(), location(b2=200)), "messages[1].location.track_direction", "table 11"),
    (pack(basic_id("SERIAL-ONE"), basic_id("SERIAL-TWO"), location()), "messages[1].basic_id.uas_id", "5.4.5.21"),
    (pack(location(), location(56.6)), "messages[1].location", "5.4.5.21"),
]
SOUND = [
    *(basic_id(), location(), AUTH, SELF, system(), operator_id(), location(b1=0x22, b2=181)),
    *(location(b1=0x21, b3=255), location(b4=126), location(b2=179), words(13, 0xFFFE), words(21, 0xFFFF)),
    *(words(21, 36_000), words(13, 0)),
    *(changed(system(), 1, 4), changed(SELF, 1, 201), changed(basic_id(), 1, 0x42), changed(location(), 0, 0x10)),
    pack(basic_id(), basic_id("LV-ONE", id_type=2), location(), location(), SELF, system(), operator_id()),
]  # fmt: skip


@pytest.mark.parametrize(("message", "field", "table"), BROKEN)
def test_what_the_standard_has_not_is_named_with_its_field(message, field, table):
    assert field in [one.field for one in judge(message)], table


@pytest.mark.parametrize("message", SOUND)
def test_what_the_standard_has_breaks_nothing(message):
    assert judge(message) == []


@pytest.mark.parametrize(("message", "field"), [row[:2] for row in BROKEN if len(row[0]) >= 25])
def test_the_field_is_the_same_in_every_carrier(message, field, tmp_path: Path):
    carried = {"remote_id_jsonl": heard(message), "remote_id_pcap": capture(105, beacon(message))}
    if message[0] >> 4 != 0xF:
        carried["remote_id_mavlink"] = mavlink_pack(message)
        field_in = {"remote_id_mavlink": f"messages[0].{field}"}
    else:
        field_in = {}
    for name, data in carried.items():
        (tmp_path / name).write_bytes(data)
        (verdict,) = validate(name, [tmp_path / name])
        assert not verdict.valid
        assert field_in.get(name, field) in [rule["field"] for rule in verdict.broken]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"message": "0x12"}, "message"),
        ({"message": "١٢" * 25}, "message"),
        ({"message": None}, "message"),
        ({"message": "12" * 20}, "message"),
        ({"transmitter": 7}, "transmitter"),
        ({"time": "2026-W19-4T00:12:03Z"}, "time"),
        ({"time": "2026-05-07T00:12:03"}, "time"),
        ({"time": None}, "time"),
    ],
)
def test_a_line_that_hands_over_no_message_is_named_by_its_member(line, field, tmp_path: Path):
    (tmp_path / "x").write_text(json.dumps({**json.loads(heard(location())), **line}))
    (verdict,) = validate("remote_id_jsonl", [tmp_path / "x"])
    assert [rule["field"] for rule in verdict.broken] == [field]


VELOCITY = [Column.VELOCITY_EAST_MPS, Column.VELOCITY_NORTH_MPS]


@pytest.mark.parametrize(
    ("message", "columns", "counted"),
    [
        (location(b2=180), VELOCITY, "directions that cannot be"),
        (location(b1=0x22, b2=182), VELOCITY, "directions that cannot be"),
        (location(b2=181), VELOCITY, "directions that cannot be"),
        (location(b1=0x22, b2=181), VELOCITY, None),
        (location(b1=0x21, b3=255), VELOCITY, None),
        (location(b4=125), [Column.VELOCITY_UP_MPS], "vertical speeds that cannot be"),
        (location(b4=126), [Column.VELOCITY_UP_MPS], None),
        (words(13, 0xFFFF), [Column.ALTITUDE_BARO_M], "pressure altitudes that cannot be"),
        (words(13, 0xFFFE), [Column.ALTITUDE_BARO_M], "pressure altitudes that cannot be"),
        (words(15, 0xFFFF), [Column.ALTITUDE_HAE_M, Column.ALTITUDE_SD_M], "heights that cannot be"),
        (location(b19=0x5F), [Column.POSITION_SD_M], None),
    ],
)
def test_a_value_that_the_standard_has_not_is_unknown_counted_and_the_place_stays(message, columns, counted):
    found, one = read("remote_id_jsonl", heard(message))
    assert np.isnan(found.detections.values[0, columns]).all()
    assert np.isfinite(found.detections.values[0, Column.LATITUDE_RAD])
    assert one.faults.unread == ({} if counted is None else {counted: 1})


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (changed(location(), 0, 0x17), "protocol version that is not known"),
        (pack(basic_id(), changed(location(), 0, 0x1F)), "protocol version that is not known"),
        (pack(basic_id("ONE"), location(), basic_id("TWO"), location(56.6)), "pack of several drones"),
        (pack(basic_id(), location(), location(56.6)), "pack of several drones"),
    ],
)
def test_a_message_of_another_edition_and_a_pack_of_two_drones_are_refused(message, reason):
    found, one = read("remote_id_jsonl", heard(message))
    assert (len(found.detections), one.faults.reasons) == (0, {reason: 1})


@pytest.mark.parametrize("id_type", [0, 2, 3, 4])
def test_another_id_in_a_pack_of_its_own_is_another_drone_until_a_pack_says_both(id_type):
    other = basic_id("LV-OTHER", id_type=id_type)
    lines = [
        (pack(basic_id(), location()), "03"),
        (pack(other, location(56.5001, tenths=7240)), "04"),
        (location(56.5002, tenths=7250), "05"),
        (pack(basic_id(), location(56.5003, tenths=7260)), "06"),
        (pack(basic_id(), other, location(56.5004, tenths=7270)), "07"),
        (pack(other, location(56.5005, tenths=7280)), "08"),
    ]
    said = b"".join(heard(message, f"2026-05-07T00:12:{second}.250Z") for message, second in lines)
    found, one = read("remote_id_jsonl", said)
    first, second, *rest = found.detections.identity
    assert first != second
    assert rest == [first] * 3
    assert one.faults.unread["of a relay, not said of which drone"] == 1


def cooked(frame: bytes, hardware: int, *, newer: bool) -> bytes:
    address = MAC + b"\0\0"
    if newer:
        return struct.pack(">HHIHBB", 4, 0, 3, hardware, 0, 6) + address + frame
    return struct.pack(">HHH", 0, hardware, 6) + address + b"\0\4" + frame


@pytest.mark.parametrize(("link", "newer"), [(113, False), (276, True)])
def test_a_cooked_capture_of_linux_is_read_by_what_its_hardware_is(link, newer):
    packets = [cooked(remote_id_air.RADIOTAP + beacon(), 803, newer=newer), cooked(beacon(), 801, newer=newer)]
    assert sniff(capture(link, *packets))[0][1] == "remote_id_pcap"
    found, one = read("remote_id_pcap", capture(link, *packets, cooked(beacon(), 1, newer=newer), b"\0\4"))
    assert one.faults.messages == 2
    assert len(found.detections) == 1  # the second says the same again
    assert one.faults.unread == {"copies": 1, "packets of other hardware": 2}

"""Remote ID over MAVLink as pymavlink 2.4.50 (LGPL, the tests only) writes it, beside the same message off the air."""

import io

import numpy as np
import pytest
from pymavlink.dialects.v20 import common as mavlink

from dronewall.records.detection import Column
from tests.formats.samples import SERIAL, basic_id, heard, location, operator_id, pack, read, system

MAC = b"\x60\x60\x1f\x00\x00\x01".ljust(20, b"\0")
TEXT = b"a drone of the test".ljust(23, b"\0")


@pytest.fixture
def written() -> tuple[mavlink.MAVLink, io.BytesIO]:
    out = io.BytesIO()
    return mavlink.MAVLink(out, srcSystem=9, srcComponent=236), out


def test_its_messages_are_read_as_those_off_the_air(written):
    link, out = written
    link.heartbeat_send(2, 3, 0, 0, 4)
    link.open_drone_id_basic_id_send(0, 0, list(MAC), 1, 2, list(SERIAL.encode()))
    link.open_drone_id_location_send(
        0, 0, list(MAC), 2, 9_000, 1_000, 200, 565_000_000, 273_000_000, 120.0, 230.0, 0, 50.0, 10, 5, 3, 3, 723.0, 2
    )
    link.open_drone_id_self_id_send(0, 0, list(MAC), 0, TEXT)
    link.open_drone_id_system_send(
        0, 0, list(MAC), 1, 1, 564_321_000, 271_234_000, 1, 0, -1000.0, -1000.0, 1, 1, -1000.0, 231_811_923
    )
    link.open_drone_id_operator_id_send(0, 0, list(MAC), 0, b"LVA-TEST-OPERATOR-77")
    found, one = read("remote_id_mavlink", out.getvalue())
    other, _ = read("remote_id_jsonl", heard(pack(basic_id(), location(), system(), operator_id())))
    assert one.faults.count == 0
    assert one.faults.unread["other messages"] == 1
    assert found.detections.identity.tolist() == other.detections.identity.tolist()
    np.testing.assert_allclose(found.detections.values, other.detections.values, rtol=1e-9)
    told = {item.kind: item.data for item in found.personal}
    assert told["remote_id.operator_id"] == {"operator_id": "LVA-TEST-OPERATOR-77"}
    assert told["remote_id.operator"]["operator_latitude_deg"] == pytest.approx(56.4321)
    assert told["remote_id.text"] == {"text": "a drone of the test"}


def test_its_packs_are_those_off_the_air(written):
    link, out = written
    messages = basic_id() + location()
    link.open_drone_id_message_pack_send(0, 0, list(MAC), 25, 2, list(messages.ljust(225, b"\0")))
    found, _ = read("remote_id_mavlink", out.getvalue())
    assert np.rad2deg(found.detections.values[0, Column.LATITUDE_RAD]) == pytest.approx(56.5, abs=1e-7)


def test_a_frame_that_was_changed_is_counted_and_the_next_one_is_read(written):
    link, out = written
    link.open_drone_id_basic_id_send(0, 0, list(MAC), 1, 2, list(SERIAL.encode()))
    first = bytearray(out.getvalue())
    first[20] ^= 1
    link.open_drone_id_message_pack_send(0, 0, list(MAC), 25, 2, list((basic_id() + location()).ljust(225, b"\0")))
    found, one = read("remote_id_mavlink", bytes(first) + out.getvalue()[len(first) :])
    assert one.faults.reasons == {"checksum": 1}
    assert len(found.detections) == 1


def test_fast_and_unknown_values_keep_their_meaning(written):
    link, out = written
    link.open_drone_id_location_send(
        0,
        0,
        list(MAC),
        2,
        36_100,
        25_500,
        6_300,
        565_000_000,
        273_000_000,
        -1000.0,
        -1000.0,
        0,
        -1000.0,
        0,
        0,
        0,
        0,
        723.0,
        0,
    )
    link.open_drone_id_location_send(
        0,
        0,
        list(MAC),
        2,
        27_000,
        13_875,
        -200,
        565_000_100,
        273_000_000,
        -1000.0,
        99.5,
        0,
        -1000.0,
        0,
        0,
        0,
        0,
        724.0,
        0,
    )
    values = read("remote_id_mavlink", out.getvalue())[0].detections.values
    assert np.isnan(values[0, [Column.VELOCITY_EAST_MPS, Column.VELOCITY_UP_MPS, Column.ALTITUDE_HAE_M]]).all()
    assert values[1, Column.VELOCITY_EAST_MPS] == pytest.approx(-138.75)
    assert values[1, Column.VELOCITY_UP_MPS] == -2.0
    assert values[1, Column.ALTITUDE_HAE_M] == 99.5

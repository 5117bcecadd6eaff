"""What is judged at once, many reports in one call, is what is judged message by message."""

import numpy as np
from google.protobuf import json_format
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from dronewall.formats import decoder
from dronewall.formats.sapient import judge
from dronewall.formats.sapient.decoder import SapientDecoder
from dronewall.formats.sapient.messages import LARGEST, framed, parsed
from dronewall.formats.sapient.quick import frames
from dronewall.records.detection import Column
from tests.formats.sapient.said import BEARING, CONTENT, PLACE, said, wire

NOW_NS = 1_778_112_726 * 10**9
CLASSES = [{"type": "Air vehicle", "confidence": 0.9, "subClass": [{"type": "Balloon", "confidence": 0.6, "level": 1}]}]
SOUND = [
    said("detectionReport"),
    said("detectionReport", rangeBearing=None, location=PLACE, classification=CLASSES),
    said("detectionReport", time="2026-05-07T00:12:04Z", rangeBearing={**BEARING, "range": None, "rangeError": None}),
    said("detectionReport", rangeBearing=None, location={**PLACE, "datum": "LOCATION_DATUM_WGS84_G"}, signal=None),
]


def whole(data: bytes):
    ((found, rest, impossible),) = frames(data, LARGEST)
    assert not rest
    assert not impossible
    return found


def test_every_sound_report_is_told_to_be_sound_and_nothing_else_is():
    others = [said(kind) for kind in CONTENT if kind != "detectionReport"]
    assert whole(wire(*SOUND, *others)).sound.tolist() == [True] * len(SOUND) + [False] * len(others)


def slowly(data: bytes, **options: object):
    """What the decoder gives if no message is told to be sound."""
    one = SapientDecoder(decoder("sapient", options)._options)
    for at, stop in zip(whole(data).first.tolist(), whole(data).stop.tolist(), strict=True):
        one.take(*parsed(data[at:stop]), data[at:stop], NOW_NS)
    return one.flush()


def test_detections_are_those_of_message_by_message_to_the_bit():
    data = wire(said("registration"), *SOUND, said("statusReport"), *SOUND[::-1])
    for options in ({"from_file": True}, {"north_offset_deg": 5.0}):
        one = decoder("sapient", options)
        begun, ended = one.feed(data, NOW_NS), one.end(NOW_NS)
        wanted = slowly(data, **options)
        assert [*begun.looks, *ended.looks] == list(wanted.looks)
        values = np.vstack([begun.detections.values, ended.detections.values])
        np.testing.assert_array_equal(values, wanted.detections.values)
        label = [*begun.detections.label, *ended.detections.label]
        assert label == list(wanted.detections.label)
        assert "balloon" in label
        assert not np.isnan(values[:, Column.LATITUDE_RAD]).all()


def test_a_bearing_without_true_north_is_counted_and_leaves_no_detection():
    data = wire(said("detectionReport", rangeBearing={**BEARING, "datum": "RANGE_BEARING_DATUM_MAGNETIC"}))
    one = decoder("sapient", {"from_file": True})
    assert len(one.feed(data, 0).detections) + len(one.end(0).detections) == 0
    assert one.faults.unread == {"azimuths from another north, and no north_offset_deg": 1}


MESSAGES = [json_format.ParseDict(message, SapientMessage()).SerializeToString() for message in SOUND]
EDIT = st.tuples(st.floats(0, 1), st.sampled_from(["set", "cut", "in"]), st.binary(min_size=1, max_size=9))


@given(edits=st.lists(EDIT, min_size=1, max_size=3), of=st.sampled_from(MESSAGES))
@example(edits=[(1.0, "in", b"\x0a\x00")], of=MESSAGES[0])  # a timestamp that comes twice
@settings(max_examples=600)
def test_what_is_told_to_be_sound_breaks_no_rule(edits, of):
    data = bytearray(of)
    for where, how, octets in edits:
        at = int(where * len(data))
        data[at : at + (0 if how == "in" else len(octets))] = b"" if how == "cut" else octets
    frame = len(data).to_bytes(4, "little") + bytes(data)
    if whole(frame).sound[0]:
        message = SapientMessage.FromString(bytes(data))
        assert judge(message) == []
        assert message.WhichOneof("content") == "detection_report"
        assert whole(framed(message)).node[0].tobytes().decode() == message.node_id

"""Every rule of BSI Flex 335 v2.0 is found broken where it is, and only there."""

import math

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st
from sapient_msg import proto_options_pb2
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from dronewall.formats.sapient import judge, verdicts
from dronewall.formats.sapient.messages import from_object
from tests.formats.sapient.said import BEARING, CONTENT, PLACE, said
from tests.shared import shared_files

KINDS = sorted(CONTENT)
OPTIONS = proto_options_pb2.field_options


def fields(message: object, path: str = ""):
    """Every field of ours that is there, as (message that holds it, descriptor, path)."""
    for field, value in message.ListFields():
        yield message, field, path + field.name
        if field.message_type is not None and field.message_type.full_name.startswith("sapient_msg"):
            for index, one in enumerate(value if field.is_repeated else [value]):
                at = f"{path}{field.name}[{index}]." if field.is_repeated else f"{path}{field.name}."
                yield from fields(one, at)


def places(kind: str, wanted) -> list[int]:
    """Numbers of the fields of a kind's message that are `wanted`, in the order of `fields`."""
    message, broken = from_object(said(kind))
    assert broken == []
    return [at for at, (_, field, _) in enumerate(fields(message)) if wanted(field)]


def altered(kind: str, at: int, change) -> tuple[str, list]:
    """The path of field `at` and what is broken once it is changed."""
    message, _ = from_object(said(kind))
    holder, field, path = list(fields(message))[at]
    change(holder, field)
    return path, judge(message)


def cases(wanted) -> list[tuple[str, int]]:
    return [(kind, at) for kind in KINDS for at in places(kind, wanted)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_that_keeps_every_rule_is_valid(kind):
    assert from_object(said(kind))[1] == []


@pytest.mark.parametrize(("kind", "at"), cases(lambda field: field.GetOptions().Extensions[OPTIONS].is_mandatory))
def test_each_mandatory_field_is_named_where_it_is_missing(kind, at):
    path, broken = altered(kind, at, lambda holder, field: holder.ClearField(field.name))
    assert [(rule.field, rule.rule) for rule in broken] == [(path, "mandatory")]


@pytest.mark.parametrize(("kind", "at"), cases(lambda field: field.enum_type is not None))
def test_an_enumeration_that_is_given_as_not_specified_is_named(kind, at):
    def unset(holder, field):
        if field.is_repeated:
            getattr(holder, field.name)[0] = 0
        else:
            setattr(holder, field.name, 0)

    path, broken = altered(kind, at, unset)
    if "power." not in path:  # without presence, zero is as good as absent
        assert [(rule.field.removesuffix("[0]"), rule.rule) for rule in broken] == [(path, "unspecified")]


@pytest.mark.parametrize(("kind", "at"), cases(lambda field: field.enum_type is not None and not field.is_repeated))
def test_a_number_that_an_enumeration_has_not_is_named(kind, at):
    path, broken = altered(kind, at, lambda holder, field: setattr(holder, field.name, 99))
    assert (path, "option") in [(rule.field, rule.rule) for rule in broken]


def ids(field) -> bool:
    said = field.GetOptions().Extensions[OPTIONS]
    return said.is_ulid or said.is_uuid


BAD_IDS = [
    "",
    "AAA",
    "01GGYFBAXGDG7AGAHRZ6XSNY1U",
    "81GGYFBAXGDG7AGAHRZ6XSNY12",
    "a8654cdf-4328-17de-81fa-c495589e30c8",
]


@pytest.mark.parametrize("bad", BAD_IDS)
@pytest.mark.parametrize(("kind", "at"), cases(ids))
def test_an_id_of_the_wrong_form_is_named(kind, at, bad):
    path, broken = altered(kind, at, lambda holder, field: setattr(holder, field.name, bad))
    assert [(rule.field, rule.rule in ("ulid", "uuid")) for rule in broken] == [(path, True)]


def floats(field) -> bool:
    return field.cpp_type in (field.CPPTYPE_DOUBLE, field.CPPTYPE_FLOAT)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(("kind", "at"), cases(floats))
def test_a_number_that_is_none_is_named(kind, at, bad):
    path, broken = altered(kind, at, lambda holder, field: setattr(holder, field.name, bad))
    assert path in [rule.field for rule in broken]


UNSET = "DISCRETE_THRESHOLD_UNSPECIFIED"
PREDICTED = "detection_report.prediction_location.predicted_location_oneof"
SPAN = "detection_report.range_bearing"
BEYOND = [
    ("registration", {"icdVersion": "BSI Flex 335 v1.0"}, "registration.icd_version", "version"),
    ("registration", {"dependentNodes": ["AAA"]}, "registration.dependent_nodes[0]", "uuid"),
    ("registration", {"modeDefinition": []}, "registration.mode_definition", "mandatory"),
    ("error", {"errorMessage": []}, "error.error_message", "mandatory"),
    ("error", {"errorMessage": [" "]}, "error.error_message[0]", "empty"),
    ("statusReport", {"power": {"level": 101}}, "status_report.power.level", "range"),
    ("statusReport", {"mode": ""}, "status_report.mode", "empty"),
    ("alert", {"ranking": 1.5}, "alert.ranking", "range"),
    ("detectionReport", {"detectionConfidence": -0.1}, "detection_report.detection_confidence", "range"),
    ("detectionReport", {"rangeBearing": {**BEARING, "range": -1}}, f"{SPAN}.range", "range"),
    ("detectionReport", {"rangeBearing": {**BEARING, "elevation": 91}}, f"{SPAN}.elevation", "range"),
    ("detectionReport", {"predictionLocation": {}}, PREDICTED, "mandatory"),
    ("detectionReport", {"rangeBearing": None}, "detection_report.location_oneof", "mandatory"),
    ("task", {"command": {"request": ""}}, "task.command.request", "empty"),
    ("task", {"command": {"follow": {"followObjectId": "AAA"}}}, "task.command.follow.follow_object_id", "ulid"),
    ("task", {"command": {"detectionThreshold": UNSET}}, "task.command.detection_threshold", "unspecified"),
    ("task", {"taskEndTime": "2026-05-07T00:11:00Z"}, "task.task_end_time", "time"),
    ("alert", {"location": {**PLACE, "y": 90.5}}, "alert.location.y", "place"),
    ("alert", {"location": {**PLACE, "x": 181}}, "alert.location.x", "place"),
    ("alert", {"location": {**PLACE, "xError": -1}}, "alert.location.x_error", "range"),
    ("alert", {"location": {**PLACE, "utmZone": "61V"}}, "alert.location.utm_zone", "place"),
]


@pytest.mark.parametrize(("kind", "changes", "field", "rule"), BEYOND)
def test_each_rule_beyond_the_annotations_is_named(kind, changes, field, rule):
    assert [(b.field, b.rule) for b in from_object(said(kind, **changes))[1]] == [(field, rule)]


def test_two_modes_of_one_name_are_named():
    message, _ = from_object(said("registration"))
    message.registration.mode_definition.append(message.registration.mode_definition[0])
    assert [(b.field, b.rule) for b in judge(message)] == [("registration.mode_definition[1].mode_name", "unique")]


def test_units_of_a_place_with_the_datum_of_a_bearing_are_named():
    message, _ = from_object(said("registration"))
    message.registration.status_definition.location_definition.range_bearing_datum = 1
    wanted = "registration.status_definition.location_definition.range_bearing_datum"
    assert [b.field for b in judge(message)] == [wanted]


def test_a_field_that_there_is_not_is_named_and_the_rest_is_judged_all_the_same():
    broken = from_object(said("detectionReport", detectionLocation={}, objectId=None))[1]
    found = [(b.field, b.rule) for b in broken]
    assert found == [("detection_report.detectionLocation", "unknown"), ("detection_report.object_id", "mandatory")]


def test_both_members_of_a_oneof_are_one_too_many():
    broken = from_object(said("alert", rangeBearing=BEARING))[1]
    assert [(b.field, b.rule) for b in broken] == [("alert.range_bearing", "oneof")]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (b'{"timestamp": "2026-05-07T00:12:03Z", "timestamp": "2026-05-07T00:12:04Z"}', "twice"),
        (b'{"timestamp": "yesterday"}', "time"),
        (b'{"nodeId": 5}', "value"),
        (b'{"statusReport": {"system": "SYSTEM_TAMPER"}}', "option"),
        (b'{"statusReport": []}', "value"),
        (b'{"statusReport": {"system": true}}', "option"),
        (b'{"alert": {"ranking": true}}', "value"),
        (b'{"registrationAck": {"acceptance": 1}}', "value"),
        (b'{"statusReport": {"status": {}}}', "value"),
        (b"{", "json"),
        (b"\xef\xbb\xbf{", "json"),
        (b'{"a":' * 5000, "json"),
    ],
)
def test_json_that_is_no_message_is_a_broken_rule(text, rule):
    assert rule in [b.rule for _, broken in verdicts(text) for b in broken]


TAKEN = shared_files("data/sapient/fixtures/True/*.json", "data/sapient/templates/*.json")
REFUSED = shared_files("data/sapient/fixtures/False/*.json")


@pytest.mark.parametrize("file", TAKEN, ids=lambda f: f.name)
def test_what_the_standards_own_harness_takes_is_valid(file):
    assert [broken for _, broken in verdicts(file.read_bytes())] == [[]]


@pytest.mark.parametrize("file", REFUSED, ids=lambda f: f.name)
def test_what_the_standards_own_harness_refuses_breaks_just_one_rule(file):
    ((_, broken),) = verdicts(file.read_bytes())
    own = [rule for rule in broken if rule.rule != "unknown"] or broken  # some carry a field of an older version too
    assert len(own) == 1


@given(data=st.binary(max_size=300))
def test_bytes_that_are_no_message_raise_nothing(data):
    assert list(verdicts(data))


@given(edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6), kind=st.sampled_from(KINDS))
def test_a_damaged_message_raises_nothing(edits, kind):
    data = bytearray(json_format.ParseDict(said(kind), SapientMessage()).SerializeToString())
    for where, value in edits:
        data[int(where * (len(data) - 1))] = value
    assert list(verdicts(bytes(data)))

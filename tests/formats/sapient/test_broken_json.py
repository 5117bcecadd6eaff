"""SAPIENT in JSON: what Python reads and ProtoJSON has not, each with its field; messages written over many lines."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dronewall.cli.validating import validate
from dronewall.convert import convert
from dronewall.formats import decoder, sniff
from dronewall.formats.sapient.messages import from_object, parsed_json
from dronewall.formats.sapient.values import JsonValues
from tests.formats.samples import read
from tests.formats.sapient.said import BEARING, FUSION, PLACE, said

NO_TIMES = [  # google.protobuf.Timestamp: RFC 3339, years 1 to 9999, nine decimals at most, no leap seconds
    *(
        "2026-05-07T00:00:00+25:00",
        "2026-05-07T00:00:00+24:00",
        "2026-05-07T00:00:00+03:60",
        "2026-05-07T00:00:00+0300",
    ),
    *("2026-05-07T00:00:00", "2026-05-07 00:00:00Z", "2026-05-07t00:00:00z", "2026-05-07T23:59:60Z"),
    *("2026-05-07T24:00:00Z", "2026-05-07T00:00:00.Z", "2026-05-07T00:00:00.1234567890Z", "2026-05-07T00:00:00,5Z"),
    *("2026-W19-4T00:00:00Z", "20260507T000000Z", "2026-02-29T00:00:00Z", "0000-01-01T00:00:00Z"),
    *("10000-01-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "٢٠٢٦-05-07T00:00:00Z"),
    *("", "now", " 2026-05-07T00:00:00Z", "2026-05-07T00:00:00ZZ"),
    *(0, 1_778_112_723, True, {"seconds": 1_778_112_723}, ["2026-05-07T00:00:00Z"]),
]
TIMES = ["2026-05-07T00:00:00Z", "2026-05-07T00:00:00.123456789+23:59", "2026-05-07T00:00:00-00:00"]
NO_NUMBERS = [
    "5_6.5",
    "٥٦",
    " 56",
    "56 ",
    "+56",
    "056",
    "0x38",
    "1e",
    ".5",
    "5.",
    "nan",
    "inf",
    "infinity",
    "",
    True,
    [],
]
X, REPORT = "detection_report.location.x", "detection_report"
BROKEN = [  # a message, the path of a member in it, its value, the field, the rule
    ("alert", "alertType", "1", "alert.alert_type", "option"),
    ("alert", "alertType", "ALERT_TYPE_INFORMATION ", "alert.alert_type", "option"),
    ("alert", "alertType", "alert_type_information", "alert.alert_type", "option"),
    ("alert", "alertType", 1.5, "alert.alert_type", "option"),
    ("alert", "alertType", True, "alert.alert_type", "option"),
    ("alert", "alertType", 99, "alert.alert_type", "option"),
    ("alert", "alertType", 0, "alert.alert_type", "unspecified"),
    ("alert", "alertId", 7, "alert.alert_id", "value"),
    ("alert", "alertId", "01ggyfbaxgdg7agahrz6xsny00", "alert.alert_id", "ulid"),
    ("alert", "alertId", "81GGYFBAXGDG7AGAHRZ6XSNY00", "alert.alert_id", "ulid"),
    ("alert", "alertId", "O1GGYFBAXGDG7AGAHRZ6XSNY00", "alert.alert_id", "ulid"),
    ("alert", "alertId", None, "alert.alert_id", "mandatory"),
    ("alert", "alert_Id", "x", "alert.alert_Id", "unknown"),
    ("statusReport", "power.level", 101, "status_report.power.level", "range"),
    ("statusReport", "power.level", -1, "status_report.power.level", "range"),
    ("statusReport", "power.level", 5.5, "status_report.power.level", "value"),
    ("statusReport", "power.level", "1_0", "status_report.power.level", "value"),
    ("statusReport", "power.level", 2**40, "status_report.power.level", "value"),
    ("statusReport", "system", None, "status_report.system", "mandatory"),
    ("statusReport", "nodeLocation.y", 91.0, "status_report.node_location.y", "place"),
    ("statusReport", "nodeLocation", [PLACE], "status_report.node_location", "value"),
    ("statusReport", "coverage", {"locationList": {}}, "status_report.coverage", "value"),
    ("registration", "icdVersion", "BSI Flex 335 v1.0", "registration.icd_version", "version"),
    ("registration", "nodeDefinition", [], "registration.node_definition", "mandatory"),
    ("registration", "dependentNodes", [FUSION.upper()], "registration.dependent_nodes[0]", "uuid"),
    ("registration", "dependentNodes", "x", "registration.dependent_nodes", "value"),
    ("detectionReport", "rangeBearing.azimuth", 361.0, f"{REPORT}.range_bearing.azimuth", "range"),
    ("detectionReport", "rangeBearing.range", -1.0, f"{REPORT}.range_bearing.range", "range"),
    ("detectionReport", "rangeBearing.range", "1e999", f"{REPORT}.range_bearing.range", "range"),
    ("detectionReport", "rangeBearing.datum", None, f"{REPORT}.range_bearing.datum", "mandatory"),
    ("detectionReport", "detectionConfidence", 1.01, f"{REPORT}.detection_confidence", "range"),
    ("detectionReport", "detectionConfidence", "NaN", f"{REPORT}.detection_confidence", "range"),
    ("detectionReport", "objectId", "", f"{REPORT}.object_id", "ulid"),
    ("detectionReport", "location", PLACE, f"{REPORT}.location", "oneof"),
]  # fmt: skip


def changed(kind: str, path: str, value: object) -> dict:
    message = copy.deepcopy(said(kind))
    *way, last = path.split(".")
    at = message[kind]
    for part in way:
        at = at[part]
    at[last] = value
    return message


def told(message: object) -> list[tuple[str, str]]:
    return [(one.field, one.rule) for one in from_object(message)[1]]


@pytest.mark.parametrize("text", NO_TIMES, ids=str)
def test_a_timestamp_that_is_none_is_named_once(text):
    assert told({**said("alert"), "timestamp": text}) == [("timestamp", "time")]
    related = said("detectionReport")
    related["detectionReport"]["derivedDetection"][0]["timestamp"] = text
    assert told(related) == [("detection_report.derived_detection[0].timestamp", "time")]


@pytest.mark.parametrize("text", TIMES)
def test_every_offset_of_rfc_3339_is_read(text):
    assert told({**said("alert"), "timestamp": text}) == []


@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
def test_a_number_that_json_has_not_is_named_once(value):
    place = said("detectionReport", rangeBearing=None, location={**PLACE, "x": value})
    assert told(place) == [(X, "value")]


@pytest.mark.parametrize("value", [27, 27.5, "27.5", "2.75e1", "-0.5", "0"])
def test_a_number_may_stand_in_quotes(value):
    assert told(said("detectionReport", rangeBearing=None, location={**PLACE, "x": value})) == []


@pytest.mark.parametrize(("kind", "path", "value", "field", "rule"), BROKEN)
def test_each_broken_member_is_named_with_its_rule(kind, path, value, field, rule):
    assert (field, rule) in told(changed(kind, path, value))


def test_what_is_there_and_cannot_be_read_is_not_missing_too():
    assert told(said("detectionReport", rangeBearing=[BEARING])) == [(f"{REPORT}.range_bearing", "value")]
    assert told({**said("alert"), "nodeId": 7}) == [("node_id", "value")]
    assert told({**said("alert"), "alert": "x"}) == [("alert", "value")]


MESSAGES = [said("registration"), said("detectionReport"), said("detectionReport", time="2026-05-07T00:12:04.250Z")]
SIGNS = '}{"\\[ \\" '
WAYS = {
    "lines": "\n".join(map(json.dumps, MESSAGES)),
    "indented": "\n".join(json.dumps(one, indent=2) for one in MESSAGES),
    "of one line end": "".join(json.dumps(one, indent=0) for one in MESSAGES),
    "a list": json.dumps(MESSAGES),
    "a list, indented": json.dumps(MESSAGES, indent=4),
    "line ends of Windows": "\r\n".join(json.dumps(one, indent=1) for one in MESSAGES).replace("\n", "\r\n"),
    "a byte order mark and blanks": "\ufeff\n  " + "\n\n".join(json.dumps(one, indent="\t") for one in MESSAGES),
    "signs in texts": "\n".join(json.dumps({**one, "additionalInformation": SIGNS}, indent=2) for one in MESSAGES),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_messages_convert_however_their_json_is_laid_out(way, tmp_path: Path):
    file = tmp_path / "x.json"
    file.write_bytes(WAYS[way].encode())
    assert sniff(file.read_bytes())[0][1] == "sapient"
    assert sniff(file.read_bytes()[:500])[0][1] == "sapient"
    assert [(verdict.kind, verdict.valid) for verdict in validate("sapient", [file])] == [
        ("registration", True),
        ("detection_report", True),
        ("detection_report", True),
    ]
    wall = tmp_path / "wall.toml"
    wall.write_text(
        'schema_version = 1\n[wall]\nname = "x"\n[[sensor]]\nid = "r1"\nkind = "radar"\n'
        "latitude_deg = 56.5\nlongitude_deg = 27.3\nheight_agl_m = 10.0\nmax_range_m = 20000.0\n"
    )
    assert convert(file, tmp_path / "out", wall=wall).detections == 2
    for much in (1, 7, 4096):
        one = decoder("sapient", {"from_file": True})
        text = file.read_bytes()
        rows = sum(len(one.feed(text[at : at + much], 0).detections) for at in range(0, len(text), much))
        assert (rows + len(one.end(0).detections), one.faults.count) == (2, 0)


@pytest.mark.parametrize("indent", [None, 0, 1, 4])
@pytest.mark.parametrize("cut", [20, 57, 200, 333])
def test_a_message_that_is_cut_short_is_the_only_one_lost(indent, cut):
    good = json.dumps(said("detectionReport"), indent=indent)
    _, one = read("sapient", f"{good}\n{good[:cut]}\n{json.dumps(said('alert'))}\n{good}\n".encode())
    assert one.faults.unread["alert messages"] == 1
    assert one.faults.count >= 1
    assert one.faults.messages - one.faults.count >= 2


def test_what_grows_without_end_is_let_go_and_what_follows_is_read():
    values = JsonValues(10_000)
    most = 0
    found = []
    for _ in range(100):
        found += values.feed(b'{"a": [' + b"1," * 499)
        most = max(most, len(values._held))
    found += values.feed(b'\n{"b": 2}\n{"c":\n3}')
    assert most <= 10_000 + 1_005
    assert found[-2:] == [b'{"b": 2}', b'{"c":\n3}']


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (b"", []),
        (b"[]", []),
        (b"[{}", [b"{}", b"["]),
        (b"[1, {}, x]", [b"1", b"{}", b"x"]),
        (b"{}x\n{}", [b"{}", b"x", b"{}"]),
        (b'{"a": "\\"}"}{"b": "\\\\"}', [b'{"a": "\\"}"}', b'{"b": "\\\\"}']),
        (b'{"a": "cut\n{"b": 1}', [b'{"a": "cut\n', b'{"b": 1}']),
        (b'{"a": 1\n{"b": 1}', [b'{"a": 1', b'{"b": 1}']),
        (b'{"a": [\n{"b": 1},\n{"c": 2}\n]}', [b'{"a": [\n{"b": 1},\n{"c": 2}\n]}']),
        (b'{"a": 1,\n{"b": 1}\n{"c": 1}\n', [b'{"a": 1,\n', b'{"b": 1}', b'{"c": 1}']),
    ],
)
def test_values_are_cut_where_they_end(text, pieces):
    for much in (1, 2, 3, len(text) or 1):
        values = JsonValues(1 << 20)
        found = [one for at in range(0, len(text), much) for one in values.feed(text[at : at + much])]
        assert [*found, *values.end()] == pieces


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(max_size=4), JSON, max_size=4), max_size=5), st.data())
def test_objects_come_out_as_they_went_in_whatever_their_layout(objects, data):
    indents = [data.draw(st.sampled_from([None, 0, 1, 4])) for _ in objects]
    plain = data.draw(st.booleans())
    texts = [json.dumps(one, indent=n, ensure_ascii=plain) for one, n in zip(objects, indents, strict=True)]
    between = data.draw(st.sampled_from(["", "\n", "\r\n\r\n"]))
    text = between.join(texts) if data.draw(st.booleans()) else "[" + ("," + between).join(texts) + "]"
    much, values = data.draw(st.integers(1, 40)), JsonValues(1 << 20)
    sent = text.encode("utf-8", "surrogatepass")
    found = [one for at in range(0, len(sent), much) for one in values.feed(sent[at : at + much])]
    assert [json.loads(one) for one in [*found, *values.end()]] == objects


@given(
    st.lists(st.sampled_from([b"{", b"}", b"[", b"]", b'"', b"\\", b"\n", b",", b":", b"1", b" ", b"\0"])), st.data()
)
def test_whatever_comes_is_given_back_in_order_and_held_no_longer_than_said(signs, data):
    much, values = data.draw(st.integers(1, 9)), JsonValues(16)
    text, found = b"".join(signs), []
    for at in range(0, len(text), much):
        found += values.feed(text[at : at + much])
        assert len(values._held) <= 16
    found += values.end()
    assert all(one.strip() for one in found)
    assert len(b"".join(found)) <= len(text) + 1


def test_a_file_of_json_without_a_message_is_not_valid(tmp_path: Path):
    (tmp_path / "x.json").write_bytes(b"[]")
    assert [verdict.valid for verdict in validate("sapient", [tmp_path / "x.json"])] == [False]
    assert parsed_json(b"[]")[0] is None

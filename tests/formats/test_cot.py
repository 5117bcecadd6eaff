"""Cursor on Target in: what is in the air becomes a detection, whatever is claimed of it; nothing of people is kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dronewall.formats import TABLE, decoder
from dronewall.records.detection import Column
from dronewall.records.words import LABELS
from tests.formats.samples import SAMPLES, read

PART = TABLE.part("cot")
NOW_NS = 1_778_112_723_250_000_000


def event(
    kind: str = "a-u-A-M-H-Q", how: str = "m-g", detail: str = "", uid: str = "x", point: str = "", **times: str
) -> bytes:
    said = {
        "time": "2026-05-07T00:12:03.250Z",
        "start": "2026-05-07T00:12:03Z",
        "stale": "2026-05-07T00:13:00Z",
        **times,
    }
    spans = " ".join(f"{key}='{value}'" for key, value in said.items())
    place = point or "<point lat='56.5' lon='27.3' hae='200' ce='12.5' le='9999999'/>"
    head = f"<event version='2.0' uid='{uid}' type='{kind}' how='{how}' {spans}>"
    return f"{head}{place}<detail>{detail}</detail></event>".encode()


def test_a_thing_in_the_air_is_a_detection():
    found, _ = read("cot", event(detail="<track course='90' speed='40'/>"))
    columns = [
        Column.LATITUDE_RAD,
        Column.LONGITUDE_RAD,
        Column.ALTITUDE_HAE_M,
        Column.POSITION_SD_M,
        Column.VELOCITY_EAST_MPS,
    ]
    assert found.detections.values[0, columns] == pytest.approx([*np.radians([56.5, 27.3]), 200.0, 12.5, 40.0])
    assert np.isnan(found.detections.values[0, Column.ALTITUDE_SD_M])
    assert found.detections.time_ns.tolist() == [NOW_NS]


@pytest.mark.parametrize("affiliation", list("hsjkfuapno."))
def test_no_affiliation_sets_a_label_or_changes_one(affiliation):
    found, _ = read("cot", event(f"a-{affiliation}-A-M-H-Q", detail="<remarks>hostile</remarks>"))
    assert found.detections.label.tolist() == ["multirotor"]


FUNCTIONS = [
    *(("-M-F-Q", "unknown"), ("-C-F", "aircraft"), ("-C-H", "helicopter"), ("-M-F-B", "aircraft")),
    *(("-C-L", "balloon"), ("", None), ("-W-M", None)),
]


@pytest.mark.parametrize(("function", "label"), FUNCTIONS)
def test_a_function_gives_a_label_where_it_fixes_one(function, label):
    found, _ = read("cot", event(f"a-h-A{function}"))
    assert found.detections.label.tolist() == [label]


@pytest.mark.parametrize("kind", ["a-u-G", "a-f-G-U-C", "b-m-p-s-p-i", "t-x-c-t", "u-d-f", "a-h-S", ""])
def test_what_is_not_in_the_air_is_counted_and_nothing_of_it_is_kept(kind):
    found, reader = read("cot", event(kind, detail="<contact callsign='Jane Doe'/>"))
    assert (len(found.detections), len(found.personal), len(reader.faults.last)) == (0, 0, 0)
    assert reader.faults.unread["events of things that are not in the air"] == 1


def test_what_a_person_entered_is_no_detection():
    found, reader = read("cot", event(how="h-e"))
    assert (len(found.detections), reader.faults.unread["events that a person entered"]) == (0, 1)


def test_a_thing_that_was_taken_off_is_no_detection():
    found, reader = read("cot", event(stale="2026-05-07T00:12:03Z"))
    assert (len(found.detections), reader.faults.unread["things that were taken off"]) == (0, 1)


def test_only_an_aircrafts_address_is_an_identity():
    found, _ = read("cot", event(uid="ICAO-4CA1FA") + event(uid="ANDROID-123456"))
    assert found.detections.identity.tolist() == ["icao:4ca1fa", None]


@pytest.mark.parametrize(
    "bad",
    [
        event()[:-9] + b"<x></event>",
        event(point="<point lat='0' lon='0'/>"),
        event(point="<point lat='91' lon='0'/>"),
        event(point="<point lat='nan' lon='1'/>"),
        event(point="<circle/>"),
        event(time="noon"),
        b"<event>" + b"x" * 70_000 + b"</event>",
        b"<!DOCTYPE e [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        b"rubbish",
        event()[:60],
    ],
)
def test_a_bad_event_is_counted_its_bytes_are_not_kept_and_the_next_one_is_taken(bad):
    found, reader = read("cot", event() + bad + event())
    assert len(found.detections) == 2
    assert reader.faults.count == 1
    assert all(not data for _, _, data in reader.faults.last)


def test_tak_protobuf_is_counted():
    _, reader = read("cot", b"\xbf\x01\xbf\x0a\x10binary" + event())
    assert reader.faults.unread["protobuf messages"] == 1


def test_live_a_time_far_off_is_replaced_by_reception():
    reader = decoder("cot", {})
    found = reader.feed(event(), NOW_NS + 60 * 10**9)
    assert found.detections.time_ns.tolist() == [NOW_NS + 60 * 10**9]


@given(
    kind=st.text(st.sampled_from("ahusfpnAMFHQC-."), max_size=16),
    words=st.text(st.characters(codec="utf-8", exclude_characters="<&\0"), max_size=30),
)
def test_whatever_is_claimed_labels_are_ours_and_identities_are_addresses(kind, words):
    found, _ = read("cot", event(kind, detail=f"<remarks>{words}</remarks>") + SAMPLES["cot"])
    assert set(found.detections.label) <= {*LABELS, None}
    assert all(name is None or name.startswith("icao:") for name in found.detections.identity)


BOM, DECLARATION = b"\xef\xbb\xbf", b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>"
HARMLESS = [
    *(BOM, DECLARATION, b" ", b"\r\n", BOM + DECLARATION + b"\n", b"<!-- a - word -->", b"<!---->", b"<!-- <!-- -->"),
    b"<!-- " + event() + b" -->",
    b"<!--\n<event>\n-->",
]


@given(st.lists(st.sampled_from([*HARMLESS, event()]), max_size=8), st.integers(1, 300))
def test_what_means_nothing_between_events_is_passed_over_whatever_the_pieces(parts, size):
    data, one = b"".join(parts), decoder("cot", {"from_file": True})
    found = [len(one.feed(data[at : at + size], 0).detections) for at in range(0, len(data), size)]
    found.append(len(one.end(0).detections))
    assert sum(found) == parts.count(event())
    assert (one.faults.count, one.faults.messages) == (0, parts.count(event()))


@pytest.mark.parametrize("size", [1, 100, 5_000, 100_000])
@pytest.mark.parametrize("length", [10, 10_000])
def test_a_comment_that_does_not_end_is_counted_and_loses_no_event(length, size):
    data, one = b"<!-- " + b"x" * length + event() * 20, decoder("cot", {"from_file": True})
    found = [len(one.feed(data[at : at + size], 0).detections) for at in range(0, len(data), size)]
    assert sum(found) + len(one.end(0).detections) == 20
    assert one.faults.reasons["comment that does not end"] == 1


@pytest.mark.parametrize("before", HARMLESS)
def test_a_stream_is_known_by_its_first_event_whatever_harmless_stands_before_it(before):
    assert PART.sniff(before + before + event()) > 0.9
    assert PART.sniff(before + b"<evil/>" + event()) == 0.0

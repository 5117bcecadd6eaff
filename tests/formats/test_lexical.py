"""Texts that xs:decimal, xs:double, xs:dateTime and RFC 3339 hold, and what only Python would read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dronewall.formats import decoder
from dronewall.formats.lexical import date_time, decimal, double, json_number, octets_of, rfc_3339
from dronewall.units import utc_ns

NEVER_A_NUMBER = [
    *("", " ", ".", "+", "-.", "5_6.5", "1__0", "٥٦.٥", "５６", "5,6", "0x10", "1e", "e5", "--1", "+-1", "1 2"),
    *("\u00a05", "5\u00a0", "\u20095", "5\x0b", "nan", "NaN", "inf", "INF", "-INF", "Infinity", "1.2.3", "1.5f", "½"),
]
NEVER_A_TIME = [
    *("2026-W19-4T00:00:00Z", "2026-W19", "20260507T000000Z", "2026-05-07T000000Z", "2026-127T00:00:00Z"),
    *("2026-05-07", "2026-05-07 00:00:00Z", "2026-05-07t00:00:00Z", "2026-05-07T00:00:00z", "2026-05-07T00:00Z"),
    *("2026-05-07T00:00:00,5Z", "2026-05-07T00:00:00.Z", "2026-05-07T00:00:00+0000", "2026-05-07T00:00:00+00"),
    *("2026-05-07T00:00:00+00:60", "2026-05-07T00:00:00+25:00", "2026-05-07T00:00:00 Z", "2026-05-07T00:00:00UTC"),
    *("2026-05-07T00:00:00+00:00:30", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z"),
    *("2026-05-00T00:00:00Z", "2026-05-07T24:00:01Z", "2026-05-07T25:00:00Z", "2026-05-07T00:60:00Z"),
    *("2026-05-07T23:59:60Z", "٢٠٢٦-05-07T00:00:00Z", "2026-05-07T00:00:00−01:00", "26-05-07T00:00:00Z"),
    *("2026-05-07T00:00:00+24:00", "\u00a02026-05-07T00:00:00Z", "2026-05-7T00:00:00Z", "+2026-05-07T00:00:00Z", ""),
]


@pytest.mark.parametrize("text", NEVER_A_NUMBER)
def test_what_is_no_number_in_xml_schema_is_none(text):
    assert (decimal(text), double(text)) == (None, None)


@pytest.mark.parametrize(
    ("text", "value"),
    [("56.5", 56.5), ("-.5", -0.5), ("+5.", 5.0), ("007", 7.0), (" \n5\t", 5.0), ("9999999.0", 9_999_999.0)],
)
def test_decimals_are_read(text, value):
    assert (decimal(text), double(text)) == (value, value)


def test_an_exponent_is_of_xs_double_alone():
    assert (decimal("1e3"), double("1e3"), double("1.5E-4")) == (None, 1000.0, 1.5e-4)
    assert (double("1e999"), decimal("9" * 999)) == (None, None)


@pytest.mark.parametrize("text", NEVER_A_TIME)
def test_what_is_no_instant_in_either_is_none(text):
    assert (date_time(text), rfc_3339(text)) == (None, None)


def test_offsets_decimals_and_the_end_of_a_day_are_read():
    noon = utc_ns(datetime(2026, 5, 7, 12, tzinfo=UTC))
    for text in ("2026-05-07T12:00:00Z", "2026-05-07T15:00:00+03:00", "2026-05-06T22:00:00-14:00"):
        assert date_time(text)[0] == rfc_3339(text)[0] == noon
    assert date_time("2026-05-07T12:00:00.0000000019Z")[0] == noon + 1
    assert date_time("2026-05-07T24:00:00Z") == date_time("2026-05-08T00:00:00Z")
    assert rfc_3339("2026-05-07T24:00:00Z") is None
    assert (date_time("2026-05-07T12:00:00+14:01"), rfc_3339("2026-05-07T12:00:00+23:59") is not None) == (None, True)
    assert (date_time(" 2026-05-07T12:00:00 "), rfc_3339("2026-05-07T12:00:00")) == ((noon, ""), None)
    assert (date_time("12026-05-07T12:00:00Z") is not None, rfc_3339("12026-05-07T12:00:00Z")) == (True, None)


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_python_writes_is_read_to_the_microsecond(moment):
    for read in (date_time, rfc_3339):
        assert read(moment.isoformat())[0] == utc_ns(moment)


@given(st.text(max_size=40))
def test_whatever_comes_is_an_instant_or_none(text):
    assert date_time(text) is None
    assert rfc_3339(text) is None


@pytest.mark.parametrize("member", [None, True, [], {}, *NEVER_A_NUMBER])
def test_a_member_of_json_that_is_no_number_is_refused(member):
    with pytest.raises(ValueError, match="is no number"):
        json_number(member)


def test_a_member_of_json_is_a_number_or_a_text_of_one():
    assert [json_number(member) for member in (3, 2.5, "2.5", "-1e3")] == [3.0, 2.5, 2.5, -1000.0]


@pytest.mark.parametrize("text", ["8D 40", "8D4", "8G", "٨D", "0x8D", " 8D", "8D\n", "８D"])
def test_what_is_not_pairs_of_hex_digits_is_no_octets(text):
    assert octets_of(text) is None


def test_pairs_of_hex_digits_are_octets_in_either_case():
    assert octets_of("8D40ff") == b"\x8d\x40\xff"


@pytest.mark.parametrize("first", ["1_778112723.5", "nan", "١٧٧٨١١٢٧٢٣", "", "soon"])
def test_a_line_of_modes_csv_with_such_a_time_is_refused(first):
    one = decoder("modes_csv", {"from_file": True})
    one.feed(f"{first},8D406B902015A678D4D220AA4BDA\n".encode(), 0)
    assert one.faults.reasons == {"no time": 1}


def test_a_remote_id_line_with_blanks_between_its_digits_is_refused():
    one = decoder("remote_id_jsonl", {"from_file": True})
    one.feed(b'{"time_ns": 1, "transmitter": "x", "message": "12 00 ff"}\n', 0)
    assert one.faults.reasons == {"not hex digits": 1}

import json
from pathlib import Path

import numpy as np
import pytest

from dronewall.formats import decoder, jsonl
from dronewall.records.detection import Column, empty
from dronewall.units import SECOND_NS
from tests.formats.samples import LINES, SERIAL, read


def line(**said):
    return json.dumps({"time_ns": SECOND_NS} | said).encode() + b"\n"


def test_lines_become_looks_the_silent_ones_too():
    found, _ = read("jsonl", LINES)
    assert [(scan, end - begin) for scan, begin, end, _ in found.looks] == [(0, 0), (1712, 2 * SECOND_NS), (1713, 0)]
    assert found.scan.tolist() == [0, 1713, 1713]
    scans = found.scans("lv-ac-01")
    assert [len(scan.detections) for scan in scans] == [1, 0, 2]
    values = found.detections.values
    assert values[0, Column.AZIMUTH_RAD] == np.deg2rad(71.5)
    assert np.isnan(values[0, Column.RANGE_M])
    assert found.detections.label.tolist() == ["fixed_wing_piston", None, None]


def test_a_look_goes_through_a_line_and_back():
    detections = empty(2)
    detections.time_ns[:] = detections.received_ns[:] = 7 * SECOND_NS
    detections.values[:, Column.RANGE_M] = [1234.5, 99.0]
    detections.values[:, Column.AZIMUTH_RAD] = np.deg2rad([12.25, 359.0])
    detections.identity[0] = "icao:4ca1fa"
    detections.reference_sensor[1] = "lv-tdoa-2"
    said = jsonl.encode("lv-radar-1", 5, 7 * SECOND_NS, 7 * SECOND_NS, detections)
    found, _ = read("jsonl", said)
    np.testing.assert_allclose(found.detections.values, detections.values, rtol=1e-15)
    assert found.detections.identity.tolist() == ["icao:4ca1fa", None]
    assert found.detections.reference_sensor.tolist() == [None, "lv-tdoa-2"]
    assert found.looks == ((5, 7 * SECOND_NS, 7 * SECOND_NS, 7 * SECOND_NS),)


def test_live_the_time_of_reception_counts_where_none_is_given():
    found = decoder("jsonl").feed(b'{"azimuth_deg": 3.0}\n', 42)
    assert found.detections.time_ns.tolist() == [42]


def test_lines_of_other_sensors_are_left_out():
    found, one = read("jsonl", line(sensor="a", range_m=1.0) + line(sensor="b", range_m=2.0), sensor="b")
    assert found.detections.values[:, Column.RANGE_M].tolist() == [2.0]
    assert one.faults.unread == {"lines of other sensors": 1}


def test_a_serial_number_becomes_a_pseudonym_and_goes_to_the_vault():
    found, _ = read("jsonl", line(latitude_deg=56.5, longitude_deg=27.3, identity=f"rid:{SERIAL}"))
    (identity,) = found.detections.identity
    assert identity.startswith("rid:")
    assert SERIAL.lower() not in identity
    assert [item.data["id"] for item in found.personal] == [f"rid:{SERIAL}"]


def test_a_pseudonym_stays_what_it_is():
    found, _ = read("jsonl", line(range_m=1.0, identity="rid:0123456789abcdef"))
    assert found.detections.identity.tolist() == ["rid:0123456789abcdef"]
    assert found.personal == ()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"no json\n", "not JSON"),
        (b"[" * 10_000 + b"\n", "not JSON"),
        (b"[]\n", "not an object"),
        (line(range_m=1, colour=2), "unknown key"),
        (line(latitude_deg=95), "latitude_deg must be from -90 to 90"),
        (line(range_m="far"), "range_m is no number"),
        (b'{"time_ns": 1, "range_m": NaN}\n', "range_m is no number"),
        (b'{"time_ns": 1, "range_m": 1' + b"0" * 400 + b"}\n", "range_m is no number"),
        (line(range_sd_m=0), "range_sd_m must be a finite number above 0"),
        (line(range_m=1, label="hostile"), "no such label"),
        (line(range_m=1, identity="hostile"), "no identity"),
        (line(), "nothing measured"),
        (line(time_ns=-1, range_m=1), "time_ns is no time"),
        (line(time_ns=2**70, range_m=1), "time_ns is no time"),
        (line(time_ns=None, time="2026-05-07T00:12:03", range_m=1), "time does not say its offset from UTC"),
        (line(time_ns=None, time="0001-01-01T00:00:00+14:00", range_m=1), "time is no time"),
        (line(time_ns=None, range_m=1), "no time"),
        (line(scan=-1, detections=[]), "scan is no number of a look"),
        (line(detections=7), "detections is no list, or too long"),
        (line(detections=[7]), "a detection is no object"),
        (line(end_ns=0, detections=[]), "a look ends before it begins"),
    ],
)
def test_bad_lines_are_counted_with_the_reason(said, reason):
    found, one = read("jsonl", said)
    assert one.faults.reasons == {reason: 1}
    assert len(found.looks) == 0


def test_one_bad_detection_spoils_its_look_and_no_other():
    found, one = read("jsonl", line(detections=[{"range_m": 1}, {"range_m": -1}]) + line(range_m=2))
    assert found.detections.values[:, Column.RANGE_M].tolist() == [2.0]
    assert one.faults.count == 1


def test_the_bytes_of_a_bad_line_with_an_identity_are_not_kept():
    _, one = read("jsonl", line(range_m=-1, identity=f"rid:{SERIAL}"))
    assert one.faults.last[0][2] == b""


def test_the_schema_in_docs_is_that_of_the_code(root: Path):
    assert json.loads((root / "docs" / "schemas" / "feed.schema.json").read_text()) == jsonl.schema()

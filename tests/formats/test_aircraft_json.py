import json

import numpy as np
import pytest

from dronewall.records.detection import Column
from dronewall.units import FOOT_M, utc_text
from tests.formats.samples import SNAPSHOTS, read


def snapshot(**aircraft):
    entry = {"hex": "4ca1fa", "lat": 56.5, "lon": 27.3, "seen_pos": 0.2} | aircraft
    return json.dumps({"now": 1778112723.4, "aircraft": [entry]}).encode()


def test_a_snapshot_gives_the_aircrafts_own_positions_at_the_time_they_were_heard():
    found, one = read("aircraft_json", SNAPSHOTS)
    values = found.detections.values
    assert [utc_text(t) for t in found.detections.time_ns.tolist()] == [
        "2026-05-07T00:12:03.200Z",
        "2026-05-07T00:12:04.100Z",
    ]
    np.testing.assert_allclose(values[0, Column.ALTITUDE_BARO_M], 10_000 * FOOT_M)
    np.testing.assert_allclose(values[0, Column.ALTITUDE_HAE_M], 10_150 * FOOT_M)
    np.testing.assert_allclose(values[0, Column.POSITION_SD_M], 30.0 / 2.4477, rtol=1e-4)
    np.testing.assert_allclose(values[0, Column.ALTITUDE_SD_M], 45.0 / 1.96, rtol=1e-3)
    assert found.detections.label.tolist() == ["aircraft", None]
    assert one.faults.unread == {"positions that others computed": 1, "aircraft without a position": 1}


def test_a_position_that_stood_in_the_last_snapshot_is_not_reported_again():
    older = json.loads(snapshot())
    newer = json.loads(snapshot(seen_pos=1.2)) | {"now": 1778112724.4}
    found, one = read("aircraft_json", json.dumps(older).encode() + json.dumps(newer).encode())
    assert len(found.detections) == 1
    assert one.faults.unread == {"copies": 1}


def test_a_position_heard_before_1970_is_refused():
    found, one = read("aircraft_json", json.dumps(json.loads(snapshot()) | {"now": 0.1}).encode())
    assert len(found.detections) == 0
    assert one.faults.reasons == {"before 1970": 1}


def test_the_older_names_of_dump1090_are_read():
    found, _ = read("aircraft_json", snapshot(altitude=36000, speed=487, track=293, vert_rate=0, nucp=7, mlat=[]))
    values = found.detections.values[0]
    assert values[Column.ALTITUDE_BARO_M] == pytest.approx(36_000 * FOOT_M)
    assert values[Column.POSITION_SD_M] == pytest.approx(92.6 / 2.4477, rel=1e-4)
    assert values[Column.VELOCITY_EAST_MPS] < 0 < values[Column.VELOCITY_NORTH_MPS]


def test_on_the_ground_there_is_no_altitude():
    found, _ = read("aircraft_json", snapshot(alt_baro="ground"))
    assert np.isnan(found.detections.values[0, Column.ALTITUDE_BARO_M])


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"{]}", "not JSON"),
        (b'{"now": 1e400, "aircraft": []}', "not a snapshot"),
        (b'{"now": 1}', "not a snapshot"),
        (b'{"now": 1, "aircraft": [7]}', "not an aircraft"),
        (snapshot(hex="xx"), "address"),
        (snapshot(hex=7), "address"),
        (snapshot(lat=95), "no such place"),
        (b'{"now": 1, "airc', "cut short"),
        (b"nothing", "between documents"),
    ],
)
def test_bad_documents_are_counted_with_the_reason(document, reason):
    _, one = read("aircraft_json", document)
    assert one.faults.reasons == {reason: 1}


def test_braces_inside_text_do_not_end_a_document():
    found, one = read("aircraft_json", snapshot(flight='}"{\\"}'))
    assert len(found.detections) == 1
    assert one.faults.count == 0

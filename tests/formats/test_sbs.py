import numpy as np
import pytest

from dronewall.formats import decoder
from dronewall.records.detection import Column
from dronewall.units import FOOT_M, SECOND_NS, utc_text
from tests.formats.samples import SBS, read


def test_positions_carry_pressure_altitude_and_the_motion_said_just_before():
    found, _ = read("sbs", SBS)
    values = found.detections.values
    assert [utc_text(t) for t in found.detections.time_ns.tolist()] == [
        "2026-05-07T00:12:03.250Z",
        "2026-05-07T00:12:03.750Z",
    ]
    assert found.detections.identity.tolist() == ["icao:4ca1fa"] * 2
    np.testing.assert_allclose(values[:, Column.ALTITUDE_BARO_M], [10_000 * FOOT_M, 9_975 * FOOT_M])
    np.testing.assert_allclose(values[0, Column.VELOCITY_EAST_MPS], 240 * 1852 / 3600)
    np.testing.assert_allclose(values[0, Column.VELOCITY_UP_MPS], -640 * FOOT_M / 60)
    assert np.isnan(values[1, Column.VELOCITY_EAST_MPS])
    assert np.isnan(values[:, Column.ALTITUDE_HAE_M]).all()
    assert np.isnan(values[:, Column.POSITION_SD_M]).all()


def test_without_a_date_the_given_day_counts_and_midnight_is_passed():
    line = b"MSG,3,1,1,4CA1FA,1,,%s,,,,10000,,,56.5,27.3,,,0,0,0,0\n"
    found, _ = read("sbs", line % b"23:59:59.500" + line % b"00:00:00.500", date_ns=0)
    assert np.diff(found.detections.time_ns).tolist() == [SECOND_NS]


def test_in_a_file_without_date_or_day_a_line_has_no_time():
    _, one = read("sbs", b"MSG,3,1,1,4CA1FA,1,,00:00:01.000,,,,10000,,,56.5,27.3,,,0,0,0,0\n", date_ns=None)
    assert one.faults.reasons == {"no date and time": 1}


def test_live_a_clock_that_is_far_off_gives_way_to_the_time_of_reception():
    live = decoder("sbs")
    assert live.feed(SBS, 10**18).detections.time_ns.tolist() == [10**18] * 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"MSG,3", "too few fields"),
        (b"MSG,3,1,1,XYZ,1,2026/05/07,00:12:03.250,,,,1,,,56.5,27.3,,,0,0,0,0", "address"),
        (b"MSG,3,1,1,4CA1FA,1,2026/13/07,00:12:03.250,,,,1,,,56.5,27.3,,,0,0,0,0", "no date and time"),
        (b"MSG,3,1,1,4CA1FA,1,9026/05/07,00:12:03.250,,,,1,,,56.5,27.3,,,0,0,0,0", "no date and time"),
        (b"MSG,3,1,1,4CA1FA,1,0026/05/07,00:12:03.250,,,,1,,,56.5,27.3,,,0,0,0,0", "no date and time"),
        (b"MSG,3,1,1,4CA1FA,1,2026/05/07,00:12:03.250,,,,high,,,56.5,27.3,,,0,0,0,0", "not a number"),
        (b"MSG,3,1,1,4CA1FA,1,2026/05/07,00:12:03.250,,,,nan,,,56.5,27.3,,,0,0,0,0", "not a number"),
        (b"MSG,3,1,1,4CA1FA,1,2026/05/07,00:12:03.250,,,,1,,,95,27.3,,,0,0,0,0", "no such place"),
        (b"MSG,3,1,1,4CA1FA,1,2026/05/07,00:12:03.250,,,,1,,,nan,27.3,,,0,0,0,0", "not a number"),
        (b"MSG,3,1,1,4CA1FA,1,2026/05/07,00:12:03.250,,,,1_0,,,56.5,27.3,,,0,0,0,0", "not a number"),
        (b"MSG,3,1,1,4CA1FA,1,2026/05/07,00:12:03.250,,,,1,,,5_6.5,27.3,,,0,0,0,0", "not a number"),
        ("MSG,3,1,1,4CA1FA,1,2026/05/07,00:12:03.250,,,,1,,,٥٦.5,27.3,,,0,0,0,0".encode(), "not a number"),
        ("MSG,3,1,1,4CA1FA,1,٢٠٢٦/05/07,00:12:03.250,,,,1,,,56.5,27.3,,,0,0,0,0".encode(), "no date and time"),
    ],
)
def test_bad_lines_are_counted_with_the_reason(line, reason):
    found, one = read("sbs", line + b"\n")
    assert one.faults.reasons == {reason: 1}
    assert len(found.detections) == 0


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("sbs", b"MSG,3,1,1,406B90,1,2031/03/14,23:00:02.139,2031/03/14,23:00:02.140,,36000,,,51.1,7.2,,,,,,0\n"),
        (
            "aircraft_json",
            b'{"now": 1931900000, "aircraft": [{"hex": "406b90", "lat": 51.1, "lon": 7.2, "seen_pos": 0}]}',
        ),
    ],
)
def test_live_a_time_of_another_year_is_counted_and_taken_as_received(name, data):
    received_ns = 1_778_112_723 * 10**9
    one = decoder(name)
    found = one.feed(data, received_ns).detections
    assert found.time_ns.tolist() == [received_ns]
    assert one.faults.unread["times more than 10 s off, taken as received"] == 1

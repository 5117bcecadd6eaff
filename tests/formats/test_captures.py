"""rs1090 and pyModeS captures: frames with their own times."""

import numpy as np
import pytest

from dronewall.records.detection import Column
from tests.formats.samples import FLIGHT, FRAMES, SAMPLES, read


def test_both_captures_of_one_flight_give_the_same_detections():
    lines, _ = read("rs1090", FLIGHT)
    table, _ = read("modes_csv", SAMPLES["modes_csv"])
    np.testing.assert_array_equal(lines.detections.values, table.detections.values)
    assert abs(lines.detections.time_ns - table.detections.time_ns).max() < 1_000


def test_a_report_counts_as_received_when_it_was_true():
    found, _ = read("rs1090", FLIGHT)
    assert (found.detections.time_ns == found.detections.received_ns).all()
    assert set(found.detections.time_ns.tolist()) <= {time_ns for time_ns, _, _ in FRAMES}


def test_the_take_off_runs_from_the_ground_into_the_climb():
    found, _ = read("rs1090", FLIGHT)
    baro = found.detections.values[:, Column.ALTITUDE_BARO_M]
    up = found.detections.values[:, Column.VELOCITY_UP_MPS]
    assert np.isnan(baro[0])
    assert np.nanmax(baro) > 3_000.0
    assert np.nanmax(up) > 5.0


def test_every_report_is_a_look_of_its_own_as_a_scan():
    found, _ = read("rs1090", FLIGHT)
    scans = found.scans("adsb-1")
    assert [scan.scan for scan in scans] == list(range(len(found.detections)))
    assert all(len(scan.detections) == 1 and scan.time_ns == scan.end_ns for scan in scans)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"timestamp": 1e400, "frame": "8d"}', "no timestamp"),
        (b'{"timestamp": 1%s, "frame": "8d"}' % (b"0" * 400), "no timestamp"),
        (b'{"timestamp": "now", "frame": "8d"}', "no timestamp"),
        (b'{"timestamp": 1, "frame": "8d"}', "not a frame in hex digits"),
        (b'{"timestamp": 1}', "no frame"),
        (b"[" * 5_000, "not JSON"),
    ],
)
def test_lines_that_are_no_frame_are_counted(line, reason):
    _, one = read("rs1090", line + b"\n")
    assert one.faults.reasons == {reason: 1}


@pytest.mark.parametrize(("line", "reason"), [(b"x,8d", "no time"), (b"nan,8d", "no time"), (b"12,zz", "no frame")])
def test_rows_that_are_no_frame_are_counted(line, reason):
    _, one = read("modes_csv", line + b"\n")
    assert one.faults.reasons == {reason: 1}

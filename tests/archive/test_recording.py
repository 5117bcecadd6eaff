import contextlib
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dronewall import __version__
from dronewall.archive import RawFrames, as_stored, read_recording, recorded, write_recording
from dronewall.archive.columns import degrees
from dronewall.errors import BadInput
from dronewall.records.detection import Column
from dronewall.units import SECOND_NS
from tests.archive.recordings import START_NS, WALL, some_looks, some_rows, some_truth
from tests.shared import shared_files


def written(path: Path, **kept: object) -> Path:
    write_recording(path, some_rows(), some_looks(), some_truth(), WALL, **kept)  # type: ignore[arg-type]  # passed on
    return path


def assert_same(one: object, other: object) -> None:
    """Equal to the bit, NaN included, field by field."""
    for field in fields(one):  # type: ignore[arg-type]  # a dataclass
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, np.ndarray) and a.dtype == np.float64:
            np.testing.assert_array_equal(a.view(np.int64), b.view(np.int64), err_msg=field.name)
        elif isinstance(a, np.ndarray):
            np.testing.assert_array_equal(a, b, err_msg=field.name)
        else:
            assert_same(a, b)


def test_what_was_written_comes_back_to_the_bit(tmp_path):
    first = read_recording(written(tmp_path / "one"))
    write_recording(tmp_path / "two", first.rows, first.looks, first.truth, first.wall_path.read_text())
    again = read_recording(tmp_path / "two")
    assert_same(again.rows, first.rows)
    assert_same(again.looks, first.looks)
    assert_same(again.truth, first.truth)


def test_values_that_were_snapped_beforehand_survive_the_file(tmp_path):
    rows = some_rows()
    rows.detections.values[:] = as_stored(rows.detections.values)
    write_recording(tmp_path / "r", rows, None, None, WALL)
    assert_same(read_recording(tmp_path / "r").rows, rows)


@pytest.mark.parametrize("wall_n", shared_files("bench/wall_n.py"))
@pytest.mark.parametrize("family", ["wall-20", "wallO-20", "wallB-20"])
def test_a_recording_of_the_bench_goes_through_memory_to_the_bit(tmp_path, wall_n, family):
    subprocess.run([sys.executable, wall_n, family, "-o", tmp_path / "bench"], check=True, capture_output=True)
    first = read_recording(tmp_path / "bench")
    write_recording(tmp_path / "ours", first.rows, first.looks, first.truth, first.wall_path.read_text())
    again = read_recording(tmp_path / "ours")
    assert_same(again.rows, first.rows)
    assert_same(again.looks, first.looks)
    assert_same(again.truth, first.truth)
    assert (tmp_path / "ours" / "wall.toml").read_bytes() == (tmp_path / "bench" / "wall.toml").read_bytes()
    for name in ("time_ns", "received_ns", "sensor", "scan", "range_m"):
        old, new = (pq.read_table(tmp_path / who / "detections.parquet")[name] for who in ("bench", "ours"))
        assert old.combine_chunks().equals(new.combine_chunks()), name


@given(st.lists(st.floats(-360.0, 360.0), min_size=1))
def test_degrees_give_back_the_radian_that_they_came_from(angles):
    angle_rad = np.deg2rad(np.array(angles))
    np.testing.assert_array_equal(np.deg2rad(degrees(angle_rad)), angle_rad)


def test_files_carry_schema_version_and_program_and_the_columns_of_the_design(tmp_path):
    path = written(tmp_path / "r", metadata={"seed": "7"})
    for file in ("detections.parquet", "scans.parquet", "truth.parquet"):
        metadata = pq.read_schema(path / file).metadata
        assert metadata[b"schema_version"] == b"1"
        assert metadata[b"program"] == f"dronewall {__version__}".encode()
        assert metadata[b"seed"] == b"7"
    detections = pq.read_schema(path / "detections.parquet")
    assert detections.names[:4] == ["time_ns", "received_ns", "sensor", "scan"]
    assert {"range_m", "azimuth_deg", "elevation_deg", "latitude_deg", "identity"} <= set(detections.names)
    assert detections.field("scan").type == pa.int64()
    assert pq.ParquetFile(path / "detections.parquet").metadata.row_group(0).column(0).compression == "ZSTD"
    truth = "time_ns target latitude_deg longitude_deg altitude_hae_m velocity_east_mps velocity_north_mps"
    names = pq.read_schema(path / "truth.parquet").names
    assert names == [*truth.split(), "velocity_up_mps", "label", "cooperative"]


def test_what_was_not_measured_is_null_in_the_file_and_nan_in_memory(tmp_path):
    path = written(tmp_path / "r")
    assert pq.read_table(path / "detections.parquet")["range_m"].null_count == 2
    values = read_recording(path).rows.detections.values
    assert np.isnan(values[7:, Column.RANGE_M]).all()
    assert np.isnan(values[:, Column.RANGE_RATE_MPS]).all()


def test_looks_come_in_order_of_reception_with_the_silent_ones_between(tmp_path):
    scans = list(read_recording(written(tmp_path / "r")).scans())
    assert [(s.sensor, s.scan, len(s.detections)) for s in scans] == [
        ("lv-radar-1", 0, 3),
        ("lv-rid-1", 10, 1),
        ("lv-radar-1", 1, 0),
        ("lv-radar-1", 2, 2),
        ("lv-rid-1", 11, 1),
        ("lv-radar-1", 3, 2),
    ]
    assert scans[2].received_ns == scans[2].end_ns + SECOND_NS // 4
    assert [s.first_row for s in scans if len(s.detections)] == [0, 7, 3, 8, 5]


def test_silent_looks_follow_from_the_walls_schedule_where_no_looks_are_listed(tmp_path):
    write_recording(tmp_path / "r", some_rows(), None, None, WALL)
    listed = read_recording(written(tmp_path / "with")).scans()
    implied = read_recording(tmp_path / "r").scans()
    key = [(s.sensor, s.scan, s.time_ns, s.received_ns, len(s.detections)) for s in implied]
    assert key == [(s.sensor, s.scan, s.time_ns, s.received_ns, len(s.detections)) for s in listed]


def test_a_sensors_own_schedule_counts_where_the_wall_leaves_it_out(tmp_path):
    class EveryTwoSeconds:
        period_ns = 2 * SECOND_NS

        def looks(self, from_ns, to_ns):
            numbers = np.arange(-(-from_ns // self.period_ns), to_ns // self.period_ns + 1)
            times = numbers * self.period_ns + SECOND_NS // 2
            return numbers[times < to_ns], times[times < to_ns]

    wall = WALL.replace("scan_period_s = 2.0\nscan_offset_s = 0.5\n", "")
    write_recording(tmp_path / "r", some_rows(), None, None, wall)
    recording = read_recording(tmp_path / "r")
    assert sum(1 for s in recording.scans() if not len(s.detections)) == 0
    silent = [s for s in recording.scans({"lv-radar-1": EveryTwoSeconds()}) if not len(s.detections)]
    assert [(s.scan, s.time_ns) for s in silent] == [(1, START_NS + 5 * SECOND_NS // 2)]


def test_scans_make_the_recording_that_they_came_from(tmp_path):
    scans = list(read_recording(written(tmp_path / "r")).scans())
    rows, looks = recorded(scans)
    write_recording(tmp_path / "again", rows, looks, None, WALL)
    again = list(read_recording(tmp_path / "again").scans())
    for one, other in zip(scans, again, strict=True):
        assert (one.sensor, one.scan, one.time_ns, one.received_ns) == (
            other.sensor,
            other.scan,
            other.time_ns,
            other.received_ns,
        )
        assert_same(one.detections, other.detections)


def test_an_empty_night_is_a_recording_too(tmp_path):
    rows, looks = recorded([])
    write_recording(tmp_path / "r", rows, looks, None, WALL)
    recording = read_recording(tmp_path / "r")
    assert list(recording.scans()) == []
    assert recording.truth is None


def test_raw_frames_are_kept_with_their_time_of_reception(tmp_path):
    frames = RawFrames(
        received_ns=np.array([5, 9], np.int64), sensor=np.array(["lv-rid-1"] * 2, object), frame=[b"\x00\xff", b""]
    )
    raw = read_recording(written(tmp_path / "r", raw=frames)).raw()
    assert raw is not None
    assert (raw.received_ns.tolist(), raw.sensor.tolist(), raw.frame) == ([5, 9], ["lv-rid-1"] * 2, [b"\x00\xff", b""])


@pytest.mark.parametrize("file", ["detections.parquet", "scans.parquet", "truth.parquet"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_truncated_file_is_one_sentence(tmp_path, file, share):
    path = written(tmp_path / "r") / file
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(BadInput, match=rf"{file} is not a whole Parquet file") as caught:
        read_recording(tmp_path / "r")
    assert "\n" not in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(noise=st.binary(min_size=1, max_size=64), where=st.floats(0.0, 1.0))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(tmp_path_factory, noise, where):
    path = written(tmp_path_factory.mktemp("damaged") / "r") / "detections.parquet"
    whole = bytearray(path.read_bytes())
    at = int(where * (len(whole) - 1))
    whole[at : at + len(noise)] = noise
    path.write_bytes(bytes(whole))
    with contextlib.suppress(BadInput):
        list(read_recording(path.parent).scans())


def test_another_schema_version_is_refused(tmp_path):
    path = written(tmp_path / "r") / "detections.parquet"
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({"schema_version": "2"}), path)
    with pytest.raises(BadInput, match=r"schema_version = '2'; dronewall .* reads schema_version 1"):
        read_recording(tmp_path / "r")


@pytest.mark.parametrize(
    ("column", "values", "sentence"),
    [
        ("latitude_deg", [95.0], "latitude_deg in row 0 is 95; it must be from -90 to 90"),
        ("range_m", [float("inf")], "range_m in row 0 is inf; it must be 0 or more"),
        ("range_sd_m", [0.0], "range_sd_m in row 0 is 0; it must be a finite number above 0"),
        ("range_m", ["far"], "column 'range_m' is string, and must be numbers"),
        ("sensor", ["xx-radar-9"], "sensor 'xx-radar-9' is not in the recording's wall.toml"),
        ("scan", [None], "scan in row 0 is null"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_file_column_and_row(tmp_path, column, values, sentence):
    write_recording(tmp_path / "r", some_rows(), None, None, WALL)
    good = {"time_ns": [START_NS], "received_ns": [START_NS], "sensor": ["lv-radar-1"], "scan": [0]}
    pq.write_table(pa.table(good | {column: values}), tmp_path / "r" / "detections.parquet")
    with pytest.raises(BadInput) as caught:
        read_recording(tmp_path / "r")
    assert sentence in str(caught.value)
    assert "detections.parquet" in str(caught.value)
    assert caught.value.key == column


def test_a_column_that_is_missing_is_named(tmp_path):
    path = written(tmp_path / "r") / "detections.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["received_ns"]), path)
    with pytest.raises(BadInput, match="no column 'received_ns'"):
        read_recording(tmp_path / "r")


def test_columns_that_nothing_uses_are_named_and_left_alone(tmp_path):
    path = written(tmp_path / "r") / "detections.parquet"
    table = pq.read_table(path)
    pq.write_table(table.append_column("colour", pa.nulls(len(table))), path)
    assert read_recording(tmp_path / "r").ignored == ("colour",)


@pytest.mark.parametrize("missing", ["detections.parquet", "wall.toml"])
def test_a_folder_without_its_parts_is_no_recording(tmp_path, missing):
    (written(tmp_path / "r") / missing).unlink()
    with pytest.raises(BadInput, match=missing):
        read_recording(tmp_path / "r")


def test_an_older_recording_is_replaced_whole_and_anything_else_is_left_alone(tmp_path):
    path = written(tmp_path / "r")
    write_recording(path, some_rows(), None, None, WALL)
    assert sorted(os.listdir(path)) == ["detections.parquet", "wall.toml"]
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"x")
    with pytest.raises(BadInput, match=r"is not a recording \(it holds cat.jpg\) and is left alone"):
        write_recording(tmp_path / "photos", some_rows(), None, None, WALL)
    assert sorted(os.listdir(tmp_path)) == ["photos", "r"]


def test_a_write_that_fails_leaves_what_was_there_and_no_trace(tmp_path):
    path = written(tmp_path / "r")
    before = sorted(os.listdir(path))
    broken = some_rows()
    broken.detections.label[0] = 7
    with pytest.raises(pa.ArrowException):
        write_recording(path, broken, None, None, WALL)
    assert os.listdir(tmp_path) == ["r"]
    assert sorted(os.listdir(path)) == before

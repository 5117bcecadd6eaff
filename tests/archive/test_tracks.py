import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dronewall.archive import read_tracks, write_tracks
from dronewall.errors import BadInput
from dronewall.records.track import Tracks
from dronewall.records.words import LABELS

COLUMNS = [
    "time_ns",
    "track",
    "status",
    "latitude_deg",
    "longitude_deg",
    "altitude_hae_m",
    "velocity_east_mps",
    "velocity_north_mps",
    "velocity_up_mps",
    "covariance",
    "p_exists",
    "label",
    "label_probability",
    "identity",
    "identity_status",
    "detections",
    "sensors",
]


def some_tracks(n: int = 3) -> Tracks:
    rng = np.random.default_rng(1)
    root = rng.normal(size=(n, 6, 6))
    classes = rng.dirichlet(np.ones(len(LABELS)), n)
    sensors = np.empty(n, object)
    sensors[:] = [("lv-ac-01", "lv-radar-1")] * n
    zeros = np.zeros(n, np.int64)
    return Tracks(
        time_ns=np.arange(n, dtype=np.int64),
        track=np.array([f"t-{i:06d}" for i in range(n)], object),
        status=np.full(n, "confirmed", object),
        latitude_rad=np.deg2rad(rng.uniform(50.0, 60.0, n)),
        longitude_rad=np.deg2rad(rng.uniform(20.0, 30.0, n)),
        altitude_hae_m=rng.uniform(100.0, 300.0, n),
        velocity_enu_mps=rng.normal(size=(n, 3)),
        covariance=root @ root.transpose(0, 2, 1),
        p_exists=rng.uniform(size=n),
        class_probability=classes,
        label=np.array(LABELS, object)[classes.argmax(axis=1)],
        label_probability=classes.max(axis=1),
        identity=np.full(n, None, object),
        identity_status=np.full(n, "unknown", object),
        detections=zeros + 7,
        sensors=sensors,
        first_ns=zeros,
        last_ns=zeros,
        confirmed_ns=zeros,
    )


def test_tracks_come_back_to_the_bit_and_the_other_classes_as_not_kept(tmp_path):
    tracks = some_tracks()
    assert write_tracks(tmp_path / "tracks.parquet", [tracks]) == 3
    again, metadata = read_tracks(tmp_path / "tracks.parquet")
    kept = ("latitude_rad", "longitude_rad", "altitude_hae_m", "velocity_enu_mps", "covariance", "p_exists")
    for name in (*kept, "label_probability", "time_ns", "track", "label", "identity", "sensors", "detections"):
        np.testing.assert_array_equal(getattr(again, name), getattr(tracks, name), err_msg=name)
    assert metadata["schema_version"] == "1"
    assert (~np.isnan(again.class_probability)).sum() == 3


def test_columns_are_those_of_the_design(tmp_path):
    write_tracks(tmp_path / "tracks.parquet", [some_tracks()], {"smoothed": "no"})
    schema = pq.read_schema(tmp_path / "tracks.parquet")
    assert schema.names == COLUMNS
    assert schema.field("covariance").type == pa.list_(pa.float64(), 36)
    assert schema.metadata[b"smoothed"] == b"no"


def test_no_tracks_are_a_file_with_no_rows(tmp_path):
    assert write_tracks(tmp_path / "tracks.parquet", []) == 0
    assert len(read_tracks(tmp_path / "tracks.parquet")[0]) == 0


def test_many_small_frames_become_few_row_groups(tmp_path):
    write_tracks(tmp_path / "tracks.parquet", (some_tracks() for _ in range(1000)))
    assert pq.ParquetFile(tmp_path / "tracks.parquet").num_row_groups == 1


def test_a_truncated_track_file_is_one_sentence(tmp_path):
    path = tmp_path / "tracks.parquet"
    write_tracks(path, [some_tracks()])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadInput, match=r"tracks\.parquet is not a whole Parquet file"):
        read_tracks(path)


def test_when_the_tracker_fails_no_half_file_stays(tmp_path):
    def failing():
        yield some_tracks()
        raise BadInput("the recording ends in the middle")

    with pytest.raises(BadInput, match="in the middle"):
        write_tracks(tmp_path / "tracks.parquet", failing())
    assert list(tmp_path.iterdir()) == []


def test_tracks_are_not_written_over_a_folder(tmp_path):
    with pytest.raises(BadInput, match="is a folder"):
        write_tracks(tmp_path, [some_tracks()])

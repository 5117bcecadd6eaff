import os

import numpy as np
import pyarrow.parquet as pq
import pytest

from dronewall.archive import RecordedRows, read_recording, recording_writer, stream, write_recording
from dronewall.errors import BadInput
from tests.archive.recordings import WALL, some_looks, some_rows
from tests.archive.test_recording import assert_same


def pieces(rows: RecordedRows, size: int) -> list[RecordedRows]:
    cuts = [slice(k, k + size) for k in range(0, len(rows), size)]
    return [
        RecordedRows(detections=rows.detections.rows(cut), sensor=rows.sensor[cut], scan=rows.scan[cut]) for cut in cuts
    ]


@pytest.mark.parametrize("at_once", [1, 4, 65_536])
def test_piece_by_piece_gives_the_same_recording_as_at_once(tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(stream, "ROWS_AT_ONCE", at_once)
    with recording_writer(tmp_path / "streamed", {"seed": "7"}) as writer:
        for index, piece in enumerate(pieces(some_rows(), 2)):
            writer.add(piece, some_looks() if index == 0 else None)
        writer.wall_toml = WALL
    write_recording(tmp_path / "whole", some_rows(), some_looks(), None, WALL)
    one, other = (read_recording(tmp_path / name) for name in ("streamed", "whole"))
    assert_same(one.rows, other.rows)
    assert_same(one.looks, other.looks)
    assert one.metadata["seed"] == "7"
    for name in ("detections", "scans"):
        assert pq.read_schema(tmp_path / "streamed" / f"{name}.parquet").metadata[b"schema_version"] == b"1"


def test_nothing_stays_when_the_source_fails_half_way(tmp_path):
    with pytest.raises(BadInput, match="half way"), recording_writer(tmp_path / "r") as writer:  # noqa: PT012
        writer.add(some_rows())
        raise BadInput("half way")
    assert os.listdir(tmp_path) == []


def test_no_rows_make_an_empty_recording(tmp_path):
    with recording_writer(tmp_path / "r") as writer:
        writer.wall_toml = WALL
    assert len(read_recording(tmp_path / "r").rows) == 0
    assert np.isnan(read_recording(tmp_path / "r").rows.detections.values).all()

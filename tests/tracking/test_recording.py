"""Recordings to track rows: by truth times or seconds, late looks to the bit, rows from no later look."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dronewall.archive import Recording, read_recording, recorded, write_recording
from dronewall.errors import BadInput
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.sensors import Sensor
from dronewall.tracking.recording import in_order, track_recording
from dronewall.units import SECOND_NS
from tests.sensors.walls import sensors
from tests.tracking.scenes import START_NS, Target, along, play
from tests.tracking.test_lateness import shuffled

WALL = """schema_version = 1
[wall]
name = "test"
[[sensor]]
id = "radar"
kind = "radar"
model = "xband-3d"
latitude_deg = 56.5
longitude_deg = 27.5
height_agl_m = 10.0
p_detect = 0.9
"""


@pytest.fixture(scope="module")
def wall() -> dict[str, Sensor]:
    return sensors([{"id": "radar", "kind": "radar", "model": "xband-3d", "p_detect": 0.9}])


@pytest.fixture(scope="module")
def scans(wall: dict[str, Sensor]) -> list[Scan]:
    path = along([(-3000.0, 4000.0, 200.0), (3000.0, 4000.0, 200.0)], 50.0)
    return play(wall, [Target(path=path)], 40.0)


def saved(path: Path, scans: list[Scan]) -> Recording:
    rows, looks = recorded(scans)
    write_recording(path, rows, looks, None, WALL)
    return read_recording(path)


def same(a: list[Tracks], b: list[Tracks]) -> bool:
    return len(a) == len(b) and all(
        x.covariance.tobytes() == y.covariance.tobytes() and x.track.tolist() == y.track.tolist()
        for x, y in zip(a, b, strict=True)
    )


def test_rows_come_every_second_from_the_first_look_on(
    wall: dict[str, Sensor], scans: list[Scan], tmp_path: Path
) -> None:
    rows = list(track_recording(saved(tmp_path / "r", scans), wall, every_s=1.0))
    times = sorted({int(time) for tracks in rows for time in tracks.time_ns})
    first = min(scan.time_ns for scan in scans)
    assert len(rows) == 39
    assert all((time - first) % SECOND_NS == 0 for time in times)


def test_late_looks_give_the_same_rows_to_the_bit(wall: dict[str, Sensor], scans: list[Scan], tmp_path: Path) -> None:
    straight = list(track_recording(saved(tmp_path / "a", scans), wall))
    late = list(track_recording(saved(tmp_path / "b", shuffled(scans, 10.0, 2)), wall))
    assert same(straight, late)


def test_a_row_uses_no_later_look(wall: dict[str, Sensor], scans: list[Scan], tmp_path: Path) -> None:
    half = [scan for scan in scans if scan.time_ns <= START_NS + 20 * SECOND_NS]
    part = list(track_recording(saved(tmp_path / "a", half), wall))
    whole = list(track_recording(saved(tmp_path / "b", scans), wall))
    assert same(part, whole[: len(part)])


def test_what_was_on_the_screen_waits_for_late_looks(
    wall: dict[str, Sensor], scans: list[Scan], tmp_path: Path
) -> None:
    late = shuffled(scans, 10.0, 2)
    known = list(track_recording(saved(tmp_path / "r", late), wall, as_known=True))
    straight = list(track_recording(read_recording(tmp_path / "r"), wall))
    assert not same(known, straight)
    end = known[-1]
    assert end.detections.max() <= len(scans)


def test_what_comes_more_than_30_s_late_is_left_out(scans: list[Scan]) -> None:
    assert in_order([scans[-1], replace(scans[0], received_ns=scans[-1].received_ns + 1)]) == [scans[-1]]


def test_at_truth_without_truth_is_one_sentence(wall: dict[str, Sensor], scans: list[Scan], tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--every SECONDS"):
        list(track_recording(saved(tmp_path / "r", scans), wall, at_truth=True))


def test_every_must_be_positive(wall: dict[str, Sensor], scans: list[Scan], tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="positive"):
        list(track_recording(saved(tmp_path / "r", scans), wall, every_s=np.float64(0.0)))

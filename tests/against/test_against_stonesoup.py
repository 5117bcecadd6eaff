"""Accuracy beside Stone Soup 1.9.1, on the very recordings.

Its GOSPA (m, mean over frames) of its best set-up found, and the makers of recordings and scores, are those of the
kit `bench` in the shared folder (its README, "Measured with this kit"): Stone Soup is not run here.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dronewall.archive import read_recording, write_tracks
from dronewall.geo.terrain import SmoothEarth
from dronewall.sensors import build_sensors
from dronewall.tracking.recording import track_recording
from tests.shared import shared_files

KIT = shared_files("bench/wall_n.py")
STONE_SOUP_GOSPA_M = {
    ("wall-20", 1): 287.7,
    ("wall-100", 1): 782.9,
    ("wall-100", 2): 743.0,
    ("wall-100", 3): 722.0,
    ("wall-100", 4): 859.0,
    ("wallH-300", 1): 1901.0,
}


QUICK = {("wall-100", 1), ("wallH-300", 1)}


@pytest.mark.parametrize("kit", KIT, ids=lambda path: path.name)
@pytest.mark.parametrize(
    ("name", "seed"),
    [pytest.param(*key, marks=() if key in QUICK else pytest.mark.long) for key in STONE_SOUP_GOSPA_M],
)
def test_gospa_is_at_least_6_percent_below(kit: Path, name: str, seed: int, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, kit, name, "-o", tmp_path / name, "--seed", str(seed)], check=True, capture_output=True
    )
    recording = read_recording(tmp_path / name)
    sensors = build_sensors(recording.wall, SmoothEarth(), file="wall.toml")
    write_tracks(tmp_path / "tracks.parquet", track_recording(recording, sensors, at_truth=True))
    score = [sys.executable, kit.with_name("score.py"), tmp_path / name, tmp_path / "tracks.parquet", "--json"]
    figures = json.loads(subprocess.run(score, check=True, capture_output=True, text=True).stdout)
    assert figures["gospa_mean_m"] < 0.94 * STONE_SOUP_GOSPA_M[name, seed]

"""Recordings and track files on disk: what counts, what is refused, and the figures of a scorer that is not ours."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.errors import BadInput
from dronewall.scoring import Options, read, score
from dronewall.scoring.frames import NEVER
from tests.shared import shared_files

KIT = shared_files("bench/score.py")
START_NS = 1_768_435_200 * 10**9
WALL = """schema_version = 1
[wall]
name = "two radars"
[[sensor]]
id = "r1"
kind = "radar"
model = "xband-3d"
latitude_deg = 55.0
longitude_deg = 24.0
height_agl_m = 10.0
[[sensor]]
id = "r2"
kind = "radar"
model = "xband-3d"
latitude_deg = 55.3
longitude_deg = 24.0
height_agl_m = 10.0
"""
NORTH_1_KM_DEG = 1.0 / 111.3


def rows(who: str, name: str, places: Mapping[int, tuple[float, float, float]], **more: Any) -> list[dict[str, Any]]:
    """Rows of one name at seconds after the start: latitude, longitude, height."""
    return [
        {"time_ns": START_NS + second * 10**9, who: name, "latitude_deg": a, "longitude_deg": o, "altitude_hae_m": h}
        | dict.fromkeys(("velocity_east_mps", "velocity_north_mps", "velocity_up_mps"), 0.0)
        | more
        for second, (a, o, h) in places.items()
    ]


def recording(folder: Path, truth: list[dict[str, Any]], plots: list[dict[str, Any]] | None = None) -> Path:
    """A recording with the two radars."""
    folder.mkdir(exist_ok=True)
    (folder / "wall.toml").write_text(WALL)
    pq.write_table(pa.Table.from_pylist(truth), folder / "truth.parquet")
    seen = plots or [{"time_ns": START_NS, "received_ns": START_NS, "sensor": "r1", "scan": 0}]
    pq.write_table(pa.Table.from_pylist(seen), folder / "detections.parquet")
    return folder


def track_file(folder: Path, listed: list[dict[str, Any]]) -> Path:
    pq.write_table(pa.Table.from_pylist(listed), folder / "tracks.parquet")
    return folder / "tracks.parquet"


def still(second: int, *, latitude_deg: float = 55.01, until: int = 21) -> dict[int, tuple[float, float, float]]:
    return dict.fromkeys(range(second, until), (latitude_deg, 24.0, 300.0))


def a_truth(**more: Any) -> list[dict[str, Any]]:
    return rows("target", "a", still(0), label="fpv", cooperative=False) + rows(
        "target", "far", still(0, latitude_deg=57.0), label="fpv", cooperative=True, **more
    )


def test_what_is_out_of_every_radars_radius_does_not_count(tmp_path: Path) -> None:
    tracks = track_file(tmp_path, rows("track", "x", still(0)) + rows("track", "y", still(0, latitude_deg=57.0)))
    home = recording(tmp_path / "r", a_truth())
    assert score(tracks, home)["truths"] == 1.0
    assert score(tracks, home, Options(radius_m=float("inf")))["truths"] == 2.0


def test_frames_before_the_burn_in_and_after_the_end_are_left_out(tmp_path: Path) -> None:
    tracks = track_file(tmp_path, rows("track", "x", still(0)))
    home = recording(tmp_path / "r", a_truth())
    assert score(tracks, home)["frames"] == 11
    assert score(tracks, home, Options(burn_s=5.0, until_s=8.0))["frames"] == 4


def test_only_confirmed_and_coasting_rows_count(tmp_path: Path) -> None:
    home = recording(tmp_path / "r", a_truth())
    for status, counted in (("confirmed", 1.0), ("coasting", 1.0), ("tentative", 0.0), ("ended", 0.0)):
        tracks = track_file(tmp_path, rows("track", "x", still(0), status=status))
        assert score(tracks, home)["tracks"] == counted


def test_a_row_a_millisecond_off_counts_and_one_two_off_does_not(tmp_path: Path) -> None:
    home = recording(tmp_path / "r", a_truth())
    punctual = rows("track", "x", still(0, until=2))
    for late_ns, counted in ((1_000_000, 1.0), (2_000_000, 0.0)):
        late = [row | {"time_ns": row["time_ns"] + late_ns} for row in rows("track", "y", still(3))]
        assert score(track_file(tmp_path, punctual + late), home)["tracks"] == counted


def test_truths_can_be_kept_by_whether_they_say_who_they_are(tmp_path: Path) -> None:
    tracks = track_file(tmp_path, rows("track", "x", still(0)))
    home = recording(tmp_path / "r", a_truth())
    everywhere = {name: Options(radius_m=float("inf"), cooperative=name) for name in ("all", "yes", "no")}
    assert {name: score(tracks, home, o)["truths"] for name, o in everywhere.items()} == {
        "all": 2.0,
        "yes": 1.0,
        "no": 1.0,
    }


def test_a_distance_is_that_between_earth_centred_positions(tmp_path: Path) -> None:
    home = recording(tmp_path / "r", a_truth())
    above = {second: (a, o, h + 40.0) for second, (a, o, h) in still(0).items()}
    figures = score(track_file(tmp_path, rows("track", "x", above)), home)
    assert figures["gospa_mean_m"] == pytest.approx(40.0, abs=1e-3)
    assert figures["rmse_vertical_m"] == pytest.approx(40.0, abs=1e-3)


def test_first_evidence_is_the_first_plot_close_to_the_truth(tmp_path: Path) -> None:
    plot = {"received_ns": 0, "sensor": "r1", "azimuth_deg": 0.0, "elevation_deg": 15.2}
    plots = [
        {"time_ns": START_NS, "scan": 0, "range_m": 9_000.0} | plot,
        {"time_ns": START_NS + 7 * 10**9, "scan": 1, "range_m": 1_150.0} | plot,
        {"time_ns": START_NS + 9 * 10**9, "scan": 2, "range_m": 1_150.0} | plot,
    ]
    home = recording(tmp_path / "r", a_truth(), plots)
    tracks = track_file(tmp_path, rows("track", "x", still(12)))
    frames = read(tracks, home, Options())
    assert frames.evidence_ns is not None
    assert [ns for ns in frames.evidence_ns.tolist() if ns < NEVER] == [START_NS + 7 * 10**9]
    figures = score(tracks, home)
    assert (figures["latency_median_s"], figures["latency_from"]) == (5.0, "plot")


def test_consistency_reads_the_covariance_along_the_rows_own_axes(tmp_path: Path) -> None:
    covariance = np.diag([1.0, 1.0, 20.0**2, 1.0, 1.0, 1.0]).ravel().tolist()
    above = {second: (a, o, h + 40.0) for second, (a, o, h) in still(0).items()}
    home = recording(tmp_path / "r", a_truth())
    figures = score(track_file(tmp_path, rows("track", "x", above, covariance=covariance)), home)
    assert figures["nees_per_dof"] == pytest.approx(40.0**2 / 20.0**2 / 6, abs=1e-3)
    assert figures["nees_position_per_dof"] == pytest.approx(40.0**2 / 20.0**2 / 3, abs=1e-3)


def refused(tracks: Path, home: Path, **options: Any) -> str:
    with pytest.raises(BadInput) as caught:
        score(tracks, home, Options(**options))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_cannot_be_scored_is_refused_in_one_sentence(tmp_path: Path) -> None:
    home = recording(tmp_path / "r", a_truth())
    tracks = track_file(tmp_path, rows("track", "x", still(0)))
    assert "is a folder" in refused(home, tracks)
    assert "no recording" in refused(tracks, tmp_path / "nowhere")
    assert "not there" in refused(tmp_path / "none.parquet", home)
    assert "no frame between" in refused(tracks, home, burn_s=1_000.0)
    assert "--cooperative maybe" in refused(tracks, home, cooperative="maybe")
    assert "--radius -1" in refused(tracks, home, radius_m=-1.0)
    assert "nan" in refused(tracks, home, burn_s=float("nan"))
    twice = track_file(tmp_path, rows("track", "x", still(0)) + rows("track", "x", still(0)))
    assert "two rows at one time" in refused(twice, home)
    lost = [row | {"latitude_deg": None} for row in rows("track", "x", still(0))]
    assert "has no position" in refused(track_file(tmp_path, lost), home)
    (home / "wall.toml").write_text(WALL.replace('"radar"', '"observer"').replace('model = "xband-3d"\n', ""))
    assert "--radius inf" in refused(tracks, home)
    (home / "truth.parquet").unlink()
    assert "no truth.parquet" in refused(tracks, home)


def test_tracks_at_other_times_than_the_truth_are_refused_and_not_counted_as_missing(tmp_path: Path) -> None:
    home = recording(tmp_path / "r", a_truth())
    beside = [row | {"time_ns": row["time_ns"] + 200_000_000} for row in rows("track", "x", still(0))]
    assert "dronewall track --at-truth" in refused(track_file(tmp_path, beside), home)
    some = beside + rows("track", "y", still(0))
    assert score(track_file(tmp_path, some), home)["tracks"] == 1.0
    early = rows("track", "x", still(0, until=3))  # at times of the truth, though at none that is scored
    assert score(track_file(tmp_path, early), home)["tracks"] == 0.0
    tentative = [row | {"status": "tentative"} for row in beside]
    assert score(track_file(tmp_path, tentative), home)["missed"] == 1.0


def test_the_command_prints_a_table_or_json(tmp_path: Path) -> None:
    home = recording(tmp_path / "r", a_truth())
    tracks = track_file(tmp_path, rows("track", "x", still(0)))
    table = CliRunner().invoke(app, ["score", str(tracks), str(home)])
    assert table.exit_code == 0
    assert any(line.split() == ["SIAP", "completeness", "1.000"] for line in table.output.splitlines())
    said = CliRunner().invoke(app, ["score", str(tracks), str(home), "--json", "--until", "15"])
    assert json.loads(said.output) == score(tracks, home, Options(until_s=15.0))


@pytest.mark.parametrize("kit", KIT, ids=lambda path: path.name)
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("wall-100", []),
        ("wallS-300", []),
        ("wallS-100", ["--radius", "inf", "--burn", "4", "--until", "41"]),
        ("wall-1000", ["--cooperative", "no"]),
    ],
)
def test_figures_are_those_of_the_kits_own_scorer(kit: Path, name: str, options: list[str], tmp_path: Path) -> None:
    tracks, home = tmp_path / "tracks.parquet", tmp_path / name
    for command in (["wall_n.py", name, "-o", home], ["floor.py", name, "-o", tracks]):
        script = [sys.executable, kit.with_name(str(command[0])), *command[1:], "--seed", "5"]
        subprocess.run(script, check=True, capture_output=True)
    asked = subprocess.run([sys.executable, kit, home, tracks, "--json", *options], check=True, capture_output=True)
    theirs = json.loads(asked.stdout)
    ours = json.loads(CliRunner().invoke(app, ["score", str(tracks), str(home), "--json", *options]).output)
    assert {key: ours[key] for key in theirs} == theirs

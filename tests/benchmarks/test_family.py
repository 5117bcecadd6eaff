"""The wall-N family: what a name and a seed give, checked with a geodesy that is not ours and against the bench kit."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from pymap3d import geodetic2aer
from scipy.stats import ks_2samp

from benchmarks.family import FAMILIES, Night, parsed, play, write
from benchmarks.family.night import NOISE_SD
from benchmarks.family.recording import detections
from benchmarks.floor import tracks as floor_tracks
from dronewall.archive import read_recording, write_tracks
from dronewall.errors import BadInput
from dronewall.scoring import score
from tests.shared import shared_files

KIT = shared_files("bench/wall_n.py")


def night(name: str, seed: int = 1) -> Night:
    return play(*parsed(name), seed)


def residuals(found: Night) -> np.ndarray:
    """Measured minus exact of the last radar's looks, where truth is known to the instant [shape=(n, 3)], m and rad."""
    radar = len(found.radars) - 1
    mine = np.flatnonzero((found.look_radar[found.look] == radar) & (found.cause >= 0))
    truth = {(ns, who): row for row, (ns, who) in enumerate(zip(found.truth_ns, found.truth_target, strict=True))}
    rows = [truth[found.look_ns[found.look[row]], found.cause[row]] for row in mine]
    latitude, longitude, height = found.truth_geodetic[rows].T
    stand = np.degrees(found.radars.latitude_rad[radar]), np.degrees(found.radars.longitude_rad[radar]), 10.0
    azimuth, elevation, slant = geodetic2aer(np.degrees(latitude), np.degrees(longitude), height, *stand)
    off = found.measured[mine] - np.column_stack([slant, np.radians(azimuth), np.radians(elevation)])
    off[:, 1] = (off[:, 1] + np.pi) % (2 * np.pi) - np.pi
    return off


def test_errors_are_those_of_the_wall_file_by_pymap3d() -> None:
    off = residuals(night("wall-4000")) / NOISE_SD
    n = len(off)
    assert n > 5_000
    assert np.abs(off.mean(axis=0)).max() < 4.0 / np.sqrt(n)
    assert (off**2).mean(axis=0) == pytest.approx([1.0] * 3, abs=4.0 * np.sqrt(2.0 / n))


def test_a_biased_radar_is_off_by_its_answer() -> None:
    found = night("wallB-4000")
    off = residuals(found)
    standard_error = NOISE_SD / np.sqrt(len(off))
    assert np.all(np.abs(off.mean(axis=0) - found.radars.bias[-1]) < 4.0 * standard_error)
    assert np.sqrt((found.radars.bias**2).mean(axis=0)) == pytest.approx(FAMILIES["wallB"].bias_rms)


def test_the_same_seed_is_the_same_recording_and_another_is_not() -> None:
    assert np.array_equal(night("wall-50").measured, night("wall-50").measured)
    assert len(night("wall-50", 2).measured) != len(night("wall-50").measured)


def test_late_looks_hold_the_very_detections_of_the_punctual_recording() -> None:
    late, punctual = detections(night("wallO-100")), detections(night("wall-100"))
    assert (np.diff(late.detections.time_ns) < 0).any()
    order = [np.lexsort((r.detections.values[:, 0], r.detections.time_ns)) for r in (late, punctual)]
    rows = [r.detections.values[o] for r, o in zip((late, punctual), order, strict=True)]
    assert np.array_equal(rows[0], rows[1], equal_nan=True)
    delay_s = (late.detections.received_ns - late.detections.time_ns) / 1e9
    assert delay_s.min() >= 0.0
    assert 4.5 < delay_s.max() <= 5.0


def test_biased_radars_see_the_targets_and_noise_of_the_honest_ones() -> None:
    biased, honest = night("wallB-100"), night("wall-100")
    shift = biased.measured - biased.radars.bias[biased.look_radar[biased.look]] - honest.measured
    shift[:, 1] = (shift[:, 1] + np.pi) % (2 * np.pi) - np.pi
    below = honest.measured[:, 2] < 1.5
    assert np.abs(shift[below]).max() < 1e-9


def test_swarms_are_ten_about_one_place_150_m_one_sigma() -> None:
    found = night("wallS-600")
    first = found.truth_ns == found.truth_ns[0]
    swarm, north_m = found.truth_target[first] // 10, found.truth_geodetic[first, 0] * 6.37e6
    spread = [north_m[swarm == number].var(ddof=1) for number in np.unique(swarm) if (swarm == number).sum() > 5]
    assert np.sqrt(np.mean(spread)) == pytest.approx(150.0, rel=0.1)


@pytest.mark.parametrize("name", ["wallT-40", "wallM-60"])
def test_manoeuvres_keep_speed_height_and_what_an_airframe_bears(name: str) -> None:
    found = night(name)
    speed = np.hypot(found.truth_velocity[:, 0], found.truth_velocity[:, 1])
    assert speed.max() <= 65.0
    assert found.truth_geodetic[:, 2].min() >= 29.0
    assert found.truth_geodetic[:, 2].max() <= 1_601.0
    order = np.lexsort((found.truth_ns, found.truth_target))
    same = np.diff(found.truth_target[order]) == 0
    gain = np.diff(found.truth_velocity[order], axis=0)[same] / 2.0
    assert 2.0 < np.sqrt((gain[:, :2] ** 2).sum(axis=1)).max() < 25.0


def test_hovering_ones_stand_still_for_a_while() -> None:
    found = night("wallM-100")
    speed = np.hypot(found.truth_velocity[:, 0], found.truth_velocity[:, 1])
    hovers = found.style[found.truth_target] == "multirotor"
    assert (speed[hovers] < 1.5).mean() > 0.08
    assert speed[~hovers].min() > 8.0


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    found = write("wall-20", 3, tmp_path / "r", tmp_path / "answers.json")
    recording = read_recording(tmp_path / "r")
    assert len(recording.rows) == len(found.measured)
    assert recording.truth is not None
    assert len(recording.truth) == len(found.truth_ns)
    assert recording.wall.sensor[0].p_detect == 0.9
    assert not recording.ignored


def test_the_floor_is_near_and_names_never_change(tmp_path: Path) -> None:
    found = write("wall-100", 3, tmp_path / "r")
    write_tracks(tmp_path / "floor.parquet", floor_tracks(found))
    figures = score(tmp_path / "floor.parquet", tmp_path / "r")
    assert figures["id_switches"] == 0
    assert figures["siap_completeness"] > 0.99
    assert 45.0 < figures["rmse_3d_m"] < 85.0
    assert figures["inside_95"] > 0.9


@pytest.mark.parametrize("name", ["wall", "wallX-10", "wall-0", "wall-1e3"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="FAMILY-N"):
        parsed(name)


@pytest.mark.parametrize("kit", KIT, ids=lambda path: path.name)
@pytest.mark.parametrize("name", ["wall-2000", "wallH-500"])
def test_statistics_are_those_of_the_bench_kit(kit: Path, name: str, tmp_path: Path) -> None:
    subprocess.run([sys.executable, kit, name, "-o", tmp_path / "kit"], check=True, capture_output=True)
    write(name, 1, tmp_path / "own")
    truth, seen, scans = (
        [pq.read_table(tmp_path / side / f"{table}.parquet") for side in ("kit", "own")]
        for table in ("truth", "detections", "scans")
    )
    assert scans[0].num_rows == scans[1].num_rows
    assert seen[1].num_rows == pytest.approx(seen[0].num_rows, rel=0.03)
    assert truth[1].num_rows == pytest.approx(truth[0].num_rows, rel=0.02)
    speed, course = (
        [
            f(t["velocity_east_mps"].to_numpy(), t["velocity_north_mps"].to_numpy())
            for t in (table.slice(0, int(name.split("-")[1]) // 2) for table in truth)
        ]
        for f in (np.hypot, np.arctan2)
    )
    height = [t["altitude_hae_m"].to_numpy()[: int(name.split("-")[1]) // 2] for t in truth]
    slant, elevation = ([t[column].to_numpy() for t in seen] for column in ("range_m", "elevation_deg"))
    for what in (speed, course, height, slant, elevation):
        assert ks_2samp(*(side[:: max(1, len(side) // 3_000)] for side in what)).pvalue > 0.001

"""What registration gains with biased radars, costs with good ones, and whether its standard deviations are honest.

    python design/registration.py KIT FOLDER [--seeds 1-5]

KIT holds `wall_n.py` and `score.py` (the bench kit), FOLDER the recordings, made there if need be. Prints GOSPA of
wall-1000 and wallB-1000 with registration off and on, and of wallB's biases the share within two standard deviations.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from dronewall.archive import read_recording, write_tracks
from dronewall.geo.terrain import load_terrain
from dronewall.sensors import build_sensors
from dronewall.tracking import Tracker
from dronewall.tracking.recording import in_order
from dronewall.tracking.settings import TrackerSettings

KEYS = ("range_bias_m", "azimuth_bias_deg", "elevation_bias_deg")


def made(kit: Path, folder: Path, name: str, seed: int) -> tuple[Path, dict[str, np.ndarray]]:
    """The recording and its true biases (m, rad, rad)."""
    path, answers = folder / f"{name}-{seed}", folder / f"{name}-{seed}.answers.json"
    if not (path.exists() and answers.exists()):
        command = [sys.executable, "wall_n.py", name, "--seed", str(seed), "-o", str(path), "--answers", str(answers)]
        subprocess.run(command, cwd=kit, check=True, stdout=subprocess.DEVNULL)
    found = json.loads(answers.read_text())["biases"]
    scale = np.array([1.0, np.pi / 180.0, np.pi / 180.0])
    return path, {sensor: np.array([row[key] for key in KEYS]) * scale for sensor, row in found.items()}


def tracked(path: Path, settings: TrackerSettings, kit: Path) -> tuple[dict[int, float], Tracker]:
    """GOSPA by seconds left out at the start, and the tracker at the end."""
    recording = read_recording(path)
    sensors = build_sensors(recording.wall, load_terrain(recording.wall.wall.terrain, path), file=str(path))
    tracker = Tracker(sensors, settings=settings)
    assert recording.truth is not None
    times, rows = iter(np.unique(recording.truth.time_ns).tolist()), []
    time_ns = next(times)
    for scan in in_order(recording.scans(sensors)):
        while scan.time_ns > time_ns:
            rows.append(tracker.tracks(time_ns))
            time_ns = next(times)
        tracker.step(scan)
    rows += [tracker.tracks(time_ns), *(tracker.tracks(t) for t in times)]
    gospa = {}
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "tracks.parquet"
        write_tracks(out, iter(rows))
        for burn in (10, 30):
            command = [sys.executable, "score.py", str(path.resolve()), str(out), "--json", "--burn", str(burn)]
            scored = subprocess.run(command, cwd=kit, check=True, capture_output=True, text=True).stdout
            gospa[burn] = json.loads(scored)["gospa_mean_m"]
    return gospa, tracker


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kit", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", default="1-5")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    print("seed  wall-1000 off/on (burn 10)  wall-1000/wallB-1000 on (burn 30)  ratio  within 2 sd  farthest")
    for seed in range(int(first), int(last or first) + 1):
        good, _ = made(options.kit, options.folder.resolve(), "wall-1000", seed)
        bad, true = made(options.kit, options.folder.resolve(), "wallB-1000", seed)
        off, _ = tracked(good, TrackerSettings(registration=None), options.kit)
        on, _ = tracked(good, TrackerSettings(), options.kit)
        biased, tracker = tracked(bad, TrackerSettings(), options.kit)
        away = np.array([(row.bias[:3] - true[row.sensor]) / row.sd[:3] for row in tracker.registration()])
        print(
            f"{seed:4}  {off[10]:8.1f} {on[10]:8.1f}  {on[30]:8.1f} {biased[30]:8.1f}  {biased[30] / on[30]:.3f}"
            f"  {np.mean(abs(away) < 2.0):.3f}  {abs(away).max():.2f}"
        )


if __name__ == "__main__":
    main()

"""How fast and how well recordings are tracked.

    python benchmarks/tracking.py RECORDING... [--score SCORE.PY] [--json]

Tracks each recording at its truth's times. `det_per_s` counts the detections over the processor time of `Tracker.step`
alone, kernels compiled; `p99_look_ms` is the slowest look in a hundred. With `--score` (the kit's `score.py`) the
tracks are scored too.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from dronewall.archive import read_recording, write_tracks
from dronewall.geo.terrain import load_terrain
from dronewall.sensors import build_sensors
from dronewall.tracking import Tracker
from dronewall.tracking.recording import in_order, track_recording

SCORED = ("gospa_mean_m", "missed", "false", "rmse_3d_m", "siap_completeness", "siap_spuriousness", "id_switches")


def measured(path: Path, score: Path | None) -> dict[str, Any]:
    """The figures of one recording."""
    recording = read_recording(path)
    terrain = load_terrain(recording.wall.wall.terrain, path)
    sensors = build_sensors(recording.wall, terrain, file=str(recording.wall_path))
    scans = in_order(recording.scans(sensors))
    for tracker in (Tracker(sensors), Tracker(sensors)):  # the first compiles
        spent = []
        for scan in scans:
            before = time.process_time()
            tracker.step(scan)
            spent.append(time.process_time() - before)
    figures: dict[str, Any] = {
        "recording": path.name,
        "detections": sum(len(scan.detections) for scan in scans),
        "det_per_s": round(sum(len(scan.detections) for scan in scans) / sum(spent)),
        "p99_look_ms": round(1000.0 * float(np.quantile(spent, 0.99)), 2),
    }
    if score is not None:
        with tempfile.TemporaryDirectory() as folder:
            tracks = Path(folder) / "tracks.parquet"
            write_tracks(tracks, track_recording(recording, sensors, at_truth=True, terrain=terrain))
            command = [sys.executable, str(score), str(path), str(tracks), "--json"]
            scored = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        figures |= {name: scored[name] for name in SCORED}
    return figures


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", nargs="+", type=Path)
    parser.add_argument("--score", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for path in options.recording:
        figures = measured(path, options.score)
        print(json.dumps(figures) if options.json else "  ".join(f"{name} {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()

"""How fast the tracker is, in a process of its own: python -m benchmarks.bench_tracking.engine RECORDING [--repeat 3]

Prints one JSON object. `det_per_s` counts detections over processor time of `Tracker.run` alone, kernels compiled;
`step_det_per_s` and `p99_look_ms`, the slowest look in a hundred, are of `Tracker.step`, one look at a time; `rtf` is
processor seconds of `run` per second recorded. Processor time, since the machine may be busy with other work. The first
pass compiles and is not counted; of the others the median stands, and the best beside it. `files_det_per_s` is from
Parquet to Parquet: `dronewall track`, the interpreter's start not counted.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from dronewall.archive import read_recording
from dronewall.cli.files import track_file
from dronewall.geo.terrain import SmoothEarth
from dronewall.sensors import build_sensors
from dronewall.tracking import Tracker
from dronewall.tracking.recording import in_order


def passes(path: Path, repeat: int) -> dict[str, Any]:
    """Steps through the recording, in memory."""
    recording = read_recording(path)
    sensors = build_sensors(recording.wall, SmoothEarth(), file=str(recording.wall_path))
    scans = in_order(recording.scans(sensors))
    detections = sum(len(scan.detections) for scan in scans)
    recorded_s = (scans[-1].time_ns - scans[0].time_ns) / 1e9
    before_mb = memory_mb()
    busy_s, stepped_s, slow_ms = [], [], []
    for _ in range(repeat + 1):
        tracker, began = Tracker(sensors), time.process_time()
        tracker.run(scans)
        busy_s.append(time.process_time() - began)
        tracker, spent_s = Tracker(sensors), []
        for scan in scans:
            began = time.process_time()
            tracker.step(scan)
            spent_s.append(time.process_time() - began)
        stepped_s.append(sum(spent_s))
        slow_ms.append(1e3 * float(np.quantile(spent_s, 0.99)))
    cpu_s = float(np.median(busy_s[1:]))
    return {
        "detections": detections,
        "det_per_s": round(detections / cpu_s),
        "det_per_s_best": round(detections / min(busy_s[1:])),
        "step_det_per_s": round(detections / float(np.median(stepped_s[1:]))),
        "p99_look_ms": round(float(np.median(slow_ms[1:])), 4),
        "p99_look_ms_best": round(min(slow_ms[1:]), 4),
        "rtf": cpu_s / recorded_s,
        "rtf_best": min(busy_s[1:]) / recorded_s,
        "recording_mb": round(before_mb),
        "peak_mb": round(memory_mb()),
    }


def files(path: Path, repeat: int) -> dict[str, Any]:
    """From Parquet to Parquet, by what the command calls."""
    took_s, said = [], {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeat + 1):
            cpu = time.process_time()
            said = track_file(
                path,
                Path(folder) / "tracks.parquet",
                wall=None,
                date=None,
                every_s=1.0,
                at_truth=True,
                as_known=False,
                progress=lambda _: None,
            )
            took_s.append(time.process_time() - cpu)
    detections = len(read_recording(path).rows)
    return {
        "files_det_per_s": round(detections / float(np.median(took_s[1:]))),
        "files_det_per_s_best": round(detections / min(took_s[1:])),
        "rows": said["rows"],
        "files_peak_mb": round(memory_mb()),
    }


def memory_mb() -> float:
    """The most that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--files", action="store_true", help="from Parquet to Parquet")
    options = parser.parse_args()
    measure = files if options.files else passes
    print(json.dumps(measure(options.recording, options.repeat)))


if __name__ == "__main__":
    main()

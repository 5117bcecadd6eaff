"""How long a start takes: from the interpreter's first line to the first look tracked, warm and with an empty cache."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

FIRST_LOOK: Final = """
import sys, time
began = time.perf_counter()
from dronewall.archive import read_recording
from dronewall.geo.terrain import SmoothEarth
from dronewall.sensors import build_sensors
recording = read_recording(__import__("pathlib").Path(sys.argv[1]))
sensors = build_sensors(recording.wall, SmoothEarth(), file="wall.toml")
scans = list(recording.scans(sensors))
read = time.perf_counter()
from dronewall.tracking import Tracker
tracker = Tracker(sensors)
tracker.step(scans[0])
first = time.perf_counter()
for scan in scans[1:]:
    tracker.step(scan)
    tracker.tracks(scan.time_ns)
print(read - began, first - read, time.perf_counter() - first)
"""


def first_look(recording: Path, cache: Path | None = None) -> dict[str, float]:
    """Seconds to import and read, then from `import dronewall.tracking` to the first look, then for all others."""
    environment = os.environ | ({} if cache is None else {"NUMBA_CACHE_DIR": str(cache)})
    command = [sys.executable, "-c", FIRST_LOOK, str(recording)]
    began = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    whole_s = time.perf_counter() - began
    read_s, first_s, rest_s = map(float, done.stdout.split())
    return {"read_s": read_s, "first_look_s": first_s, "rest_s": rest_s, "process_s": whole_s}


def starts(recording: Path) -> dict[str, Any]:
    """Warm (the second of two), cold, and every kernel compiled anew by `dronewall warm`."""
    first_look(recording)
    warm = min((first_look(recording) for _ in range(3)), key=lambda run: run["first_look_s"])
    with tempfile.TemporaryDirectory() as folder:
        cold = first_look(recording, Path(folder) / "cold")
        began = time.perf_counter()
        environment = os.environ | {"NUMBA_CACHE_DIR": str(Path(folder) / "all")}
        subprocess.run([sys.executable, "-m", "dronewall", "warm"], check=True, capture_output=True, env=environment)
        kernels_s = time.perf_counter() - began
    return {
        "warm_first_look_s": round(warm["first_look_s"], 3),
        "warm_process_s": round(warm["process_s"] - warm["rest_s"], 3),
        "cold_first_look_s": round(cold["first_look_s"], 2),
        "cold_radar_path_s": round(cold["first_look_s"] + cold["rest_s"] - warm["rest_s"], 2),
        "cold_all_kernels_s": round(kernels_s, 2),
    }


if __name__ == "__main__":
    print(json.dumps(starts(Path(sys.argv[1]))))

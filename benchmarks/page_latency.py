"""How long from a detection made to its pixel drawn: 200 tracks through the real service to a browser on this machine.

    .venv/bin/python benchmarks/page_latency.py [--tracks 200] [--seconds 60]

A recording of so many aircraft, each heard once a second in four looks a second, is replayed at the speed of time by
`dronewall watch --replay`. In Debian's Chromium without a window, graphics in software, the page notes for each picture
when its newest detection was made and when the frame that shows it had been painted (`window.dronewallProbe`). Both
times are of this machine's one clock. The figure of the issue: p95 <= 500 ms.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.browser.chromium import Chromium

START_NS = 1_778_112_000 * 10**9
LOOKS_PER_S = 4
WARM_S = 20.0  # what the page draws while it loads is not the figure
WALL = """schema_version = 1
[wall]
name = "Latency"
exercise = true
invented_sites = true
[[sensor]]
id = "lv-adsb-1"
kind = "adsb"
model = "receiver"
nation = "LV"
latitude_deg = 56.51
longitude_deg = 27.34
height_agl_m = 25.0
"""


def record(folder: Path, tracks: int, seconds: int) -> None:
    """A recording of straight flights, positions and velocities as ADS-B gives them."""
    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(56.1, 56.95, tracks), rng.uniform(26.6, 28.4, tracks)
    east, north = rng.normal(0, 60, tracks), rng.normal(0, 60, tracks)
    height = rng.uniform(300, 3000, tracks)
    columns: dict[str, list[Any]] = {name: [] for name in ("time_ns", "scan", "who")}
    for look in range(seconds * LOOKS_PER_S):
        who = np.arange(look % LOOKS_PER_S, tracks, LOOKS_PER_S)
        columns["time_ns"].append(np.full(len(who), START_NS + look * 10**9 // LOOKS_PER_S))
        columns["scan"].append(np.full(len(who), look))
        columns["who"].append(who)
    time_ns, scan, who = (np.concatenate(columns[name]) for name in ("time_ns", "scan", "who"))
    t = (time_ns - START_NS) / 1e9
    metres = 111_320.0
    table = pa.table(
        {
            "time_ns": time_ns.astype(np.int64),
            "received_ns": time_ns.astype(np.int64),
            "sensor": pa.array(["lv-adsb-1"] * len(who)),
            "scan": scan.astype(np.int64),
            "latitude_deg": lat[who] + north[who] * t / metres,
            "longitude_deg": lon[who] + east[who] * t / (metres * np.cos(np.radians(lat[who]))),
            "altitude_hae_m": height[who],
            "velocity_east_mps": east[who],
            "velocity_north_mps": north[who],
            "velocity_up_mps": np.zeros(len(who)),
            "position_sd_m": np.full(len(who), 10.0),
            "identity": pa.array([f"icao:{0x500000 + int(one):06x}" for one in who]),
        }
    )
    folder.mkdir()
    pq.write_table(
        table.replace_schema_metadata({"schema_version": "1", "program": "dronewall"}), folder / "detections.parquet"
    )
    (folder / "wall.toml").write_text(WALL, "utf-8")


def measure(folder: Path, tracks: int, seconds: float) -> dict[str, Any]:
    """The figures, in milliseconds."""
    recording = folder / "recording"
    record(recording, tracks, int(seconds + WARM_S) + 120)
    command = [sys.executable, "-m", "dronewall", "watch", str(recording), "--replay", str(recording)]
    process = subprocess.Popen(
        [*command, "--port", "0", "--data", str(folder / "data")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = ""
        while not (found := re.search(r"http://127\.0\.0\.1:\S+", said)):
            line = process.stdout.readline()
            assert line, said
            said += line
        threading.Thread(target=process.stdout.read, daemon=True).start()
        with Chromium() as browser:
            browser.open(found[0])
            browser.wait(f"(window.dronewallProbe?.last?.tracks ?? 0) >= {int(tracks * 0.9)}", 180)
            time.sleep(WARM_S)
            browser.call(
                "Network.disable"
            )  # else the browser copies every message for us, in the time that is measured
            browser.ask("dronewallProbe.samples.length = 0")
            time.sleep(seconds)
            samples = json.loads(browser.ask("JSON.stringify(dronewallProbe.samples)"))
    finally:
        process.terminate()
        process.wait(30)
    made, sent, received, drawn = (
        np.array([one[name] for one in samples]) for name in ("made", "sent", "received", "drawn")
    )

    def spread(values: np.ndarray[Any, Any]) -> dict[str, float]:
        return {f"p{q}": round(float(np.percentile(values * 1000, q)), 1) for q in (50, 95, 99)}

    return {
        "tracks": int(np.median([one["tracks"] for one in samples])),
        "pictures": len(samples),
        "pictures_per_s": round(len(samples) / seconds, 2),
        "load_of_machine": round(os.getloadavg()[0], 1),
        "made_to_drawn_ms": spread(drawn - made),
        "made_to_sent_ms": spread(sent - made),
        "sent_to_received_ms": spread(received - sent),
        "received_to_drawn_ms": spread(drawn - received),
    }


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tracks", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dronewall-latency-") as folder:
        print(json.dumps(measure(Path(folder), options.tracks, options.seconds), indent=2))


if __name__ == "__main__":
    main()

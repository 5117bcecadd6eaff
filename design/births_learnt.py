"""What learning how often something new comes does to tracks that follow nothing, on nights that ship.

    python design/births_learnt.py FOLDER [--night vilnius] [--seeds 103-104]

FOLDER holds the recordings, made there if need be. Each is tracked with the rate of births fixed (a prior that no look
can move) and learnt. Printed for both: the tracks that were confirmed, those of them that followed nothing (less than
half of that time within 1.5 km of something true; what coasts unseen is expected to stray), and for how long the
longest of these stood.
"""

import argparse
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from dronewall.archive import read_recording
from dronewall.geo.frames import geodetic_to_ecef
from dronewall.geo.terrain import load_terrain
from dronewall.records.truth import Truth
from dronewall.sensors import build_sensors
from dronewall.tracking import Tracker
from dronewall.tracking.recording import in_order
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import SECOND_NS, Floats

RATES = {"fixed": TrackerSettings(births_prior_looks=1e12), "learnt": TrackerSettings()}
NEAR_M = 1500.0
STEP_NS = 5 * SECOND_NS


class Sky:
    """Where everything true is at a time."""

    def __init__(self, truth: Truth) -> None:
        ecef = geodetic_to_ecef(truth.latitude_rad, truth.longitude_rad, truth.altitude_hae_m)
        self._paths = [
            (truth.time_ns[rows], ecef[rows])
            for rows in (np.flatnonzero(truth.target == name) for name in np.unique(truth.target))
        ]

    def at(self, time_ns: int) -> Floats:
        """Their places (m, ECEF) [shape=(n, 3)], between their times along straight lines."""
        there = [
            [np.interp(time_ns, times, places[:, axis]) for axis in range(3)]
            for times, places in self._paths
            if times[0] <= time_ns <= times[-1]
        ]
        return np.array(there).reshape(-1, 3)


def shown(path: Path, settings: TrackerSettings) -> dict[str, list[bool]]:
    """For each track, every five seconds in which it is confirmed, whether something true is near it."""
    recording = read_recording(path)
    sensors = build_sensors(recording.wall, load_terrain(recording.wall.wall.terrain, path), file=str(path))
    tracker = Tracker(sensors, settings=settings)
    assert recording.truth is not None
    true, near = Sky(recording.truth), defaultdict[str, list[bool]](list)
    next_ns = int(recording.truth.time_ns.min())
    for scan in in_order(recording.scans(sensors)):
        while scan.time_ns > next_ns:
            tracks, places = tracker.tracks(next_ns), true.at(next_ns)
            here = geodetic_to_ecef(tracks.latitude_rad, tracks.longitude_rad, tracks.altitude_hae_m)
            for i in np.flatnonzero(tracks.status == "confirmed"):
                off = np.linalg.norm(places - here[i], axis=1)
                near[str(tracks.track[i])].append(bool(off.min(initial=np.inf) < NEAR_M))
            next_ns += STEP_NS
        tracker.step(scan)
    return near


def main() -> None:
    """Print both for each seed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--night", default="vilnius")
    parser.add_argument("--seeds", default="103-103", help="first-last")
    asked = parser.parse_args()
    first, last = map(int, asked.seeds.split("-"))
    for seed in range(first, last + 1):
        path = asked.folder / f"{asked.night}-{seed}"
        if not path.exists():
            command = [sys.executable, "-m", "dronewall", "rehearse", "record", asked.night, "--seed", str(seed)]
            subprocess.run([*command, "-o", str(path)], check=True, stdout=subprocess.DEVNULL)
        for name, settings in RATES.items():
            near = shown(path, settings)
            astray = [len(flags) for flags in near.values() if sum(flags) < len(flags) / 2]
            longest = max(astray, default=0) * STEP_NS // SECOND_NS
            print(f"{path.name}, {name}: {len(near)} confirmed, {len(astray)} follow nothing, {longest} s at most")


if __name__ == "__main__":
    main()

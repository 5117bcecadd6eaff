"""What engine workers of their own would give: each stretch of a border tracked apart, held against one tracker.

    python design/sectors_apart.py RECORDING [--seconds 120] [--sectors 3] [--beyond-km 0 5 10] [--no-registration]

A stretch's tracker takes the looks of every sensor that reaches the stretch, or to so many km beyond it ("alone": only
those that stand on it), and answers for the confirmed tracks over its own stretch. Every ten seconds of the recording
each confirmed row of one tracker over all is looked for among the stretches' rows: how many are there within 50 m, how
far apart they are, how many stand there besides; and how often the latest twenty detections behind a track within 2 km
of a cut name the same track on its other side, which is how a hand-over would know it.
"""

import argparse
import time
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from dronewall.archive import read_recording
from dronewall.geo.frames import geodetic_to_ecef
from dronewall.geo.terrain import Terrain
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.sensors.sensor import Sensor
from dronewall.tracking import Tracker
from dronewall.tracking.sectors import cut
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import SECOND_NS, Floats, nanoseconds
from dronewall.watch.prepare import standing

EVERY_NS = 10 * SECOND_NS
NEAR_M = 50.0
Evidence = frozenset[tuple[str, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The confirmed tracks of one tracker at one time: places (ECEF, m), ids, and what is behind each."""

    places: Floats
    names: list[str]
    behind: list[Evidence]


def played(
    scans: list[Scan],
    sensors: dict[str, Sensor],
    settings: TrackerSettings,
    terrain: Terrain | None,
    cuts: Floats | None = None,
    axis: Floats | None = None,
) -> tuple[list[Seen], float]:
    """A picture every ten seconds, and the seconds of CPU of the tracker alone."""
    tracker, found, batch = Tracker(sensors, terrain=terrain, settings=settings), list[Seen](), list[Scan]()
    took_s, due = 0.0, scans[0].time_ns + EVERY_NS
    for scan in scans:
        if scan.time_ns > due:
            began = time.process_time()
            tracker.run(batch)
            took_s += time.process_time() - began
            batch = []
            found.append(seen(tracker, tracker.tracks(due), cuts, axis))
            due += EVERY_NS
        if scan.sensor in sensors:
            batch.append(scan)
    return found, took_s


def seen(tracker: Tracker, tracks: Tracks, cuts: Floats | None, axis: Floats | None) -> Seen:
    """What stands confirmed; what is behind a track only within 2 km of a cut, for it is slow to look up."""
    rows = np.flatnonzero(tracks.status == "confirmed")
    places = geodetic_to_ecef(tracks.latitude_rad[rows], tracks.longitude_rad[rows], tracks.altitude_hae_m[rows])
    names = [str(name) for name in tracks.track[rows].tolist()]
    if cuts is None or axis is None:
        return Seen(places=places, names=names, behind=[Evidence()] * len(names))
    at_cut = (np.abs((places * axis).sum(axis=1)[:, None] - cuts) < 2_000.0).any(axis=1)
    behind = [
        frozenset((row.sensor, row.scan, row.row) for row in tracker.evidence(name, 20)) if near else Evidence()
        for name, near in zip(names, at_cut.tolist(), strict=True)
    ]
    return Seen(places=places, names=names, behind=behind)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recording", type=Path)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--sectors", type=int, default=3)
    parser.add_argument("--beyond-km", type=float, nargs="*", default=[0.0, 5.0, 10.0])
    parser.add_argument("--no-registration", action="store_true")
    options = parser.parse_args()
    recording = read_recording(options.recording)
    ground = standing(recording.wall, recording.wall_path)
    sensors = dict(ground.sensors)
    settings = TrackerSettings()
    if options.no_registration:
        settings = replace(settings, registration=None)
    scans = sorted(recording.scans(sensors), key=lambda scan: (scan.time_ns, scan.sensor, scan.scan))
    scans = [scan for scan in scans if scan.time_ns <= scans[0].time_ns + nanoseconds(options.seconds)]
    played(scans[:1], sensors, settings, ground.terrain)
    whole, cpu_s = played(scans, sensors, settings, ground.terrain)
    rows = sum(len(one.names) for one in whole)
    print(f"{len(sensors)} sensors, {sum(len(s.detections) for s in scans)} detections, {rows} confirmed rows")
    print(f"one tracker: {cpu_s:.2f} s of CPU")
    places = np.array([sensor.ecef_m for sensor in sensors.values()])
    reach_m = np.array([sensor.reach_m for sensor in sensors.values()])
    axis, cuts = cut(places, options.sectors)
    along = (places * axis).sum(axis=1)
    edges = [-np.inf, *cuts.tolist(), np.inf]
    stretches = list(pairwise(edges))
    for beyond_km in (None, *options.beyond_km):
        parts = []
        for low, high in stretches:
            if beyond_km is None:
                takes = (along >= low) & (along < high)
            else:
                takes = (along + reach_m > low - 1e3 * beyond_km) & (along - reach_m < high + 1e3 * beyond_km)
            own = {name: sensor for (name, sensor), some in zip(sensors.items(), takes.tolist(), strict=True) if some}
            parts.append(played(scans, own, settings, ground.terrain, cuts, axis))
        title = "alone" if beyond_km is None else f"to {beyond_km:g} km beyond"
        print(f"{title}: {held(whole, [part for part, _ in parts], stretches, axis)}", end="; ")
        print("CPU " + ", ".join(f"{s:.2f}" for _, s in parts) + " s")


def held(whole: list[Seen], parts: list[list[Seen]], stretches: list[tuple[float, float]], axis: Floats) -> str:
    """How the rows of all stretches together are those of one tracker."""
    distances, others, known, asked = list[Floats](), 0, 0, 0
    for at, one in enumerate(whole):
        owned = []
        for part, (low, high) in zip(parts, stretches, strict=True):
            along = (part[at].places * axis).sum(axis=1)
            owned.append(part[at].places[(along >= low) & (along < high)])
        there = np.concatenate(owned)
        if not len(there) or not len(one.places):
            continue
        distances.append(cKDTree(there).query(one.places)[0])
        others += int((cKDTree(one.places).query(there)[0] > NEAR_M).sum())
        for left, right in pairwise(parts):
            agreed = named(left[at], right[at])
            asked += len(agreed)
            known += sum(agreed)
    apart = np.concatenate(distances)
    near = apart[apart <= NEAR_M]
    return (
        f"{100.0 * len(near) / len(apart):.2f} % within {NEAR_M:.0f} m (median {np.median(near):.3f} m, "
        f"p99 {np.percentile(near, 99):.2f} m), {others} besides; "
        f"{known} of {asked} in two stretches known by their detections"
    )


def named(left: Seen, right: Seen) -> list[bool]:
    """Of the tracks that stand within 50 m of one another in two stretches, whether most detections point to it."""
    if not len(left.places) or not len(right.places):
        return []
    apart, nearest = cKDTree(right.places).query(left.places)
    found = []
    for row in np.flatnonzero(apart <= NEAR_M).tolist():
        if not left.behind[row]:
            continue
        shared = [len(left.behind[row] & behind) for behind in right.behind]
        found.append(max(shared) > 0 and int(np.argmax(shared)) == int(nearest[row]))
    return found


if __name__ == "__main__":
    main()

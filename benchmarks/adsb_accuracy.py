"""How far the track is from what the aircraft says of itself, against the accuracy that it states.

    python benchmarks/adsb_accuracy.py CAPTURE... [--date YYYY-MM-DD] [--from FORMAT] [--json]

Each capture is converted (`dronewall.convert`), then tracked report by report. For every report the horizontal distance
to the track is taken twice: of the track carried on to the report's time before it has seen the report, and after. The
aircraft states a 95 % radius, by NACp or, in version 0, by the type code (NUCp). A track that errs no more than the
aircraft does lies inside that radius in at least 95 of 100 reports. Where a capture's times are whole seconds, reports
lie up to 0.5 s of flight beside where their time says (120 m for an airliner), and no track can agree with them better:
`across` is the part of the distance square to the course, which a wrong time does not touch.
"""

import argparse
import json
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from dronewall.archive import read_recording
from dronewall.convert import convert
from dronewall.formats import decoder
from dronewall.formats.modes.accuracy import RADIUS_95_SIGMAS
from dronewall.geo.frames import course_and_distance
from dronewall.geo.terrain import SmoothEarth
from dronewall.records.detection import Column
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.sensors import build_sensors
from dronewall.tracking import Tracker

SETTLED = 10  # reports of an identity before its track is measured


@dataclass
class Errors:
    """Distances of one capture, in metres."""

    ahead: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)
    across: list[float] = field(default_factory=list)
    stated: list[float] = field(default_factory=list)
    heard: dict[str, int] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)
    missing: int = 0

    def figures(self) -> dict[str, float]:
        """What is printed."""
        ahead, after, across, stated = map(np.array, (self.ahead, self.after, self.across, self.stated))
        return {
            "reports": len(ahead),
            "identities": len(self.heard),
            "without_a_track": self.missing,
            "tracks_per_identity": float(np.mean([len(names) for names in self.names.values()])),
            "stated_radius_median_m": float(np.median(stated)),
            "ahead_median_m": float(np.median(ahead)),
            "ahead_p95_m": float(np.quantile(ahead, 0.95)),
            "ahead_inside_percent": float(100.0 * np.mean(ahead <= stated)),
            "after_median_m": float(np.median(after)),
            "after_p95_m": float(np.quantile(after, 0.95)),
            "after_inside_percent": float(100.0 * np.mean(after <= stated)),
            "across_median_m": float(np.median(across)),
            "across_inside_percent": float(100.0 * np.mean(across <= stated)),
        }


def distance_m(scan: Scan, tracks: Tracks) -> tuple[float, float, str] | None:
    """Metres from a report to the nearest track of its identity, those square to its course, and that track's name."""
    own = np.flatnonzero(tracks.identity == scan.detections.identity[0])
    if not len(own):
        return None
    latitude, longitude = scan.detections.values[0, [Column.LATITUDE_RAD, Column.LONGITUDE_RAD]]
    n = len(own)
    azimuths, distances = course_and_distance(
        np.full(n, latitude), np.full(n, longitude), tracks.latitude_rad[own], tracks.longitude_rad[own]
    )
    nearest = int(np.argmin(distances))
    east_mps, north_mps, _ = tracks.velocity_enu_mps[own[nearest]]
    across_m = abs(distances[nearest] * np.sin(azimuths[nearest] - np.arctan2(east_mps, north_mps)))
    return float(distances[nearest]), float(across_m), str(tracks.track[own[nearest]])


def stated_sd_m(capture: Path, source_format: str) -> np.ndarray:
    """What the aircraft state, as decoded: a conversion may widen it where a capture's times are coarse."""
    reader = decoder(source_format, {"from_file": True})
    values = [part.detections.values for part in (reader.feed(capture.read_bytes(), 0), reader.end(0))]
    return np.concatenate(values)[:, Column.POSITION_SD_M]


def measure(recording: Path, sd_m: np.ndarray | None = None) -> Errors:
    """Track a recording and hold every report against its track and the accuracy that it states."""
    read = read_recording(recording)
    sensors = build_sensors(read.wall, SmoothEarth(), file=str(read.wall_path))
    tracker = Tracker(sensors)
    errors = Errors()
    own_sd_m = read.rows.detections.values[:, Column.POSITION_SD_M] if sd_m is None else sd_m
    for scan in read.scans(sensors):
        identity = scan.detections.identity[0]
        settled = errors.heard.get(identity, 0) >= SETTLED
        ahead = distance_m(scan, tracker.tracks(scan.time_ns)) if settled else None
        tracker.step(scan)
        errors.heard[identity] = errors.heard.get(identity, 0) + 1
        if not settled:
            continue
        after = distance_m(scan, tracker.tracks(scan.time_ns))
        stated_m = own_sd_m[scan.first_row] * RADIUS_95_SIGMAS
        if ahead is None or after is None or np.isnan(stated_m):
            errors.missing += 1
            continue
        errors.names.setdefault(identity, set()).add(after[2])
        errors.across.append(after[1])
        errors.ahead.append(ahead[0])
        errors.after.append(after[0])
        errors.stated.append(float(stated_m))
    return errors


def main() -> None:
    """Print a line per capture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captures", nargs="+", type=Path)
    parser.add_argument("--date", type=date.fromisoformat)
    parser.add_argument("--from", dest="source_format")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for capture in options.captures:
        with tempfile.TemporaryDirectory() as folder:
            recording = Path(folder) / "recording"
            said = convert(capture, recording, source_format=options.source_format, date=options.date)
            coarse = any("whole seconds" in note for note in said.notes)
            figures = measure(recording, stated_sd_m(capture, said.source_format) if coarse else None).figures()
        if options.json:
            print(json.dumps({"capture": capture.name} | figures))
            continue
        print(f"{capture.name}: {said.detections} reports of {said.identities} identities")
        for name, value in figures.items():
            print(f"  {name:24} {value:10.1f}")


if __name__ == "__main__":
    main()

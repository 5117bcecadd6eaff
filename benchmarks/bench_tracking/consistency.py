"""Are innovations as large as the tracker says: NIS of the detections that tracks took, from outside.

Before each look every track is asked for at that time; a row that the tracker then gave to a track is held against
where the track was to be seen, with the sensor's noise and the track's covariance (normalised innovation squared; three
degrees of freedom). A track is asked for as one Gaussian, so this is NIS of the moment-matched mixture.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import gammaincinv

from dronewall.archive import read_recording
from dronewall.geo.frames import (
    enu_axes,
    geodetic_to_ecef,
    range_azimuth_elevation,
    rotated,
    wrapped_difference,
)
from dronewall.geo.terrain import SmoothEarth
from dronewall.records.detection import Column
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.records.wall import SensorSpec
from dronewall.sensors import build_sensors
from dronewall.tracking import Tracker
from dronewall.tracking.recording import in_order
from dronewall.units import Floats

MEASURED = [Column.RANGE_M, Column.AZIMUTH_RAD, Column.ELEVATION_RAD]
SETTLED = 5
"""Detections that a track has before it counts: NIS of the first ones tells of the prior on speed."""


def nis(path: Path, burn_s: float = 10.0) -> dict[str, Any]:
    """Mean NIS by degree of freedom of all associated radar detections, and the share inside 95 %."""
    recording = read_recording(path)
    sensors = build_sensors(recording.wall, SmoothEarth(), file=str(recording.wall_path))
    specs = {spec.id: spec for spec in recording.wall.sensor}
    scans = in_order(recording.scans(sensors))
    tracker, values = Tracker(sensors), []
    for scan in scans:
        before = tracker.tracks(scan.time_ns)
        fate = tracker.step(scan)
        if (scan.time_ns - scans[0].time_ns) / 1e9 >= burn_s and len(before):
            values.append(_of_look(scan, before, [str(t) for t in fate.track], specs[scan.sensor]))
    squared = np.concatenate(values)
    return {
        "nis_per_dof": round(float(squared.mean()) / 3.0, 4),
        "nis_inside_95": round(float((squared < 2.0 * gammaincinv(1.5, 0.95)).mean()), 4),
        "nis_detections": len(squared),
    }


def _of_look(scan: Scan, before: Tracks, taken: list[str], spec: SensorSpec) -> Floats:
    row_of = {f"{name}": row for row, name in enumerate(before.track.tolist())}
    pairs = [
        (row, row_of[name])
        for row, name in enumerate(taken)
        if name in row_of and before.detections[row_of[name]] >= SETTLED
    ]
    if not pairs:
        return np.zeros(0)
    row, track = np.array(pairs).T
    latitude_rad, longitude_rad = np.deg2rad(spec.latitude_deg), np.deg2rad(spec.longitude_deg)
    stand_m, axes = (
        geodetic_to_ecef(latitude_rad, longitude_rad, spec.height_agl_m),
        enu_axes(latitude_rad, longitude_rad),
    )
    at_m = geodetic_to_ecef(before.latitude_rad[track], before.longitude_rad[track], before.altitude_hae_m[track])
    local_m = rotated(axes, at_m - stand_m)
    nu = scan.detections.values[row][:, MEASURED] - np.stack(range_azimuth_elevation(local_m), axis=-1)
    nu[:, 1] = wrapped_difference(nu[:, 1])
    turn = axes @ enu_axes(before.latitude_rad[track], before.longitude_rad[track]).transpose(0, 2, 1)
    e, n, u = local_m.T
    flat2 = e * e + n * n
    slant2 = flat2 + u * u
    flat, slant, nil = np.sqrt(flat2), np.sqrt(slant2), np.zeros_like(e)
    jacobian = np.moveaxis(
        np.array(
            [
                [e / slant, n / slant, u / slant],
                [n / flat2, -e / flat2, nil],
                [-e * u / (flat * slant2), -n * u / (flat * slant2), flat / slant2],
            ]
        ),
        2,
        0,
    )
    H = jacobian @ turn
    sd = (spec.range_sd_m, np.deg2rad(spec.azimuth_sd_deg or np.nan), np.deg2rad(spec.elevation_sd_deg or np.nan))
    R = np.diag(np.square(np.array(sd, float)))
    S = H @ before.covariance[track][:, :3, :3] @ H.transpose(0, 2, 1) + R
    squared: Floats = (nu * np.linalg.solve(S, nu[:, :, None])[:, :, 0]).sum(axis=1)
    return squared


if __name__ == "__main__":
    print(json.dumps(nis(Path(sys.argv[1]))))

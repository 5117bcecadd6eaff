"""How far off the matched tracks are, in position and velocity."""

import numpy as np

from dronewall.geo.frames import ecef_to_geodetic, enu_axes, rotated
from dronewall.scoring.frames import Figures, Frames
from dronewall.units import Floats


def accuracy(frames: Frames) -> Figures:
    """Root mean square errors of matched tracks: position, its horizontal and vertical parts (m), velocity (m/s)."""
    error_m = position_error_enu_m(frames)
    velocity_mps = velocity_error_enu_mps(frames)
    return {
        "rmse_3d_m": _rms(error_m),
        "rmse_horizontal_m": _rms(error_m[:, :2]),
        "rmse_vertical_m": _rms(error_m[:, 2:]),
        "rmse_velocity_mps": _rms(velocity_mps[np.isfinite(velocity_mps).all(axis=1)]),
    }


def position_error_enu_m(frames: Frames) -> Floats:
    """Track minus truth of every match, along east, north and up at the truth [shape=(matches, 3)]."""
    at = frames.truth.ecef_m[frames.near_truth[frames.matched]]
    latitude_rad, longitude_rad, _ = ecef_to_geodetic(at)
    return rotated(enu_axes(latitude_rad, longitude_rad), frames.track.ecef_m[frames.near_track[frames.matched]] - at)


def velocity_error_enu_mps(frames: Frames) -> Floats:
    """Track minus truth of every match [shape=(matches, 3)]; over 500 m the axes turn by less than 0.01 degrees."""
    truth = frames.truth.velocity_enu_mps[frames.near_truth[frames.matched]]
    track: Floats = frames.track.velocity_enu_mps[frames.near_track[frames.matched]]
    return track - truth


def _rms(errors: Floats) -> float:
    return float(np.sqrt((errors**2).sum(axis=1).mean())) if len(errors) else float("nan")

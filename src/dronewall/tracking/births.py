"""How a track begins: mean and covariance in ECEF from a plot or a claim."""

import numpy as np

from dronewall.geo.frames import rotated_back
from dronewall.tracking.axes import local_axes
from dronewall.tracking.measured import Measured
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import Floats, Ints

NO_HEIGHT_SD_M = 1500.0


def from_plots(measured: Measured, which: Ints, settings: TrackerSettings) -> tuple[Floats, Floats]:
    """State and covariance [shape=(k, 6)], (k, 6, 6) of what begins with these plots."""
    z, sd, A = measured.z[which], measured.sd[which], measured.A[which]
    elevation = np.where(np.isnan(z[:, 2]), 0.0, z[:, 2])
    flat = z[:, 0] * np.cos(elevation)
    sin_az, cos_az, sin_el, cos_el = np.sin(z[:, 1]), np.cos(z[:, 1]), np.sin(elevation), np.cos(elevation)
    radial = np.stack([cos_el * sin_az, cos_el * cos_az, sin_el], axis=1)
    across = np.stack([cos_az, -sin_az, np.zeros_like(sin_az)], axis=1)
    upward = np.stack([-sin_el * sin_az, -sin_el * cos_az, cos_el], axis=1)
    up_sd = np.where(np.isnan(z[:, 2]), NO_HEIGHT_SD_M, z[:, 0] * sd[:, 2])
    cov = sum(
        _outer(rotated_back(A, direction) * size[:, None])
        for direction, size in ((radial, sd[:, 0]), (across, flat * sd[:, 1]), (upward, up_sd))
    )
    place = measured.plot[which]
    P = np.zeros((len(z), 6, 6))
    P[:, :3, :3] = cov
    P[:, 3:, 3:] = _velocity_cov(place, settings.speed_sd_mps, settings.first_climb_sd_mps)
    return np.concatenate([place, np.zeros_like(place)], axis=1), P


def from_claims(measured: Measured, which: Ints, settings: TrackerSettings) -> tuple[Floats, Floats]:
    """The same of what begins with these claims; what is not claimed is as wide as for a plot."""
    z, sd, A = measured.z[which], measured.sd[which], measured.A[which]
    place_sd = sd[:, :3].copy()
    place_sd[np.isnan(z[:, 2]), 2] = NO_HEIGHT_SD_M
    prior_sd = np.array([settings.speed_sd_mps, settings.speed_sd_mps, settings.first_climb_sd_mps])
    known = np.isfinite(z[:, 3:])
    velocity = rotated_back(A, np.where(known, z[:, 3:], 0.0))
    velocity_sd = np.where(known, sd[:, 3:], prior_sd)
    P = np.zeros((len(z), 6, 6))
    for axis in range(3):
        P[:, :3, :3] += _outer(A[:, axis] * place_sd[:, axis, None])
        P[:, 3:, 3:] += _outer(A[:, axis] * velocity_sd[:, axis, None])
    return np.concatenate([measured.plot[which], velocity], axis=1), P


def _velocity_cov(place: Floats, level_sd: float, up_sd: float) -> Floats:
    up = local_axes(place)[:, 2]
    return np.eye(3) * level_sd**2 + _outer(up) * (up_sd**2 - level_sd**2)


def _outer(v: Floats) -> Floats:
    return np.asarray(v[:, :, None] * v[:, None, :])

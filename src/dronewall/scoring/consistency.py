"""Are the tracks as good as they say: normalised estimation error squared."""

from typing import Final

import numpy as np
from scipy.special import gammaincinv

from dronewall.scoring.accuracy import position_error_enu_m, velocity_error_enu_mps
from dronewall.scoring.frames import Figures, Frames
from dronewall.units import Floats

STATES: Final = 6
SHARE: Final = 0.95


def consistency(frames: Frames) -> Figures:
    """NEES of matched tracks by degree of freedom (1 is consistent, above 1 too sure), and the share inside 95 %.

    Bar-Shalom, Li and Kirubarajan, "Estimation with Applications to Tracking and Navigation", 2001, section 5.4. The
    mean over position and velocity (6 degrees of freedom), and over position alone (3).
    """
    nothing = float("nan")
    figures = {"nees_per_dof": nothing, "nees_position_per_dof": nothing, "inside_95": nothing}
    if frames.track.covariance is None or not len(frames.matched):
        return figures
    covariance = frames.track.covariance[frames.near_track[frames.matched]]
    error = np.column_stack([position_error_enu_m(frames), velocity_error_enu_mps(frames)])
    usable = np.isfinite(error).all(axis=1) & np.isfinite(covariance).all(axis=(1, 2))
    if not usable.any():
        return figures
    full, position = (nees(error[usable, :n], covariance[usable, :n, :n]) for n in (STATES, STATES // 2))
    return {
        "nees_per_dof": full.mean() / STATES,
        "nees_position_per_dof": position.mean() / (STATES // 2),
        "inside_95": (full <= 2.0 * gammaincinv(STATES / 2, SHARE)).mean(),
    }


def nees(error: Floats, covariance: Floats) -> Floats:
    """e' P^-1 e of each row; infinite where P is singular. `error` [shape=(n, d)], `covariance` [shape=(n, d, d)]."""
    whole = np.linalg.det(covariance) > 0.0
    squared = np.full(len(error), np.inf)
    solved = np.linalg.solve(covariance[whole], error[whole][:, :, None])[:, :, 0]
    squared[whole] = (error[whole] * solved).sum(axis=1)
    return squared

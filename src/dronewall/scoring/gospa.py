"""GOSPA: one distance between the set of truths and the set of tracks, and what it is made of."""

import numpy as np

from dronewall.scoring.frames import CUTOFF_M, Figures, Frames


def gospa(frames: Frames) -> Figures:
    """GOSPA per frame with c = 500 m, p = 2, alpha = 2: mean and root mean square, and its three parts.

    Rahmathullah, Garcia-Fernandez and Svensson, "Generalized optimal sub-pattern assignment metric", FUSION 2017,
    proposition 1: the square is the sum of squared distances of the matching that is best, and c^2 / 2 for every truth
    missed and every track that is false. The parts are root mean squares over the frames: their squares add up to that
    of `gospa_rms_m`.
    """
    matched = frames.per_frame(frames.matched_frame)
    localisation = frames.per_frame(frames.matched_frame, frames.near_m[frames.matched] ** 2)
    missed = CUTOFF_M**2 / 2.0 * (frames.per_frame(frames.truth.frame) - matched)
    false = CUTOFF_M**2 / 2.0 * (frames.per_frame(frames.track.frame) - matched)
    squared = localisation + missed + false
    return {
        "gospa_mean_m": np.sqrt(squared).mean(),
        "gospa_rms_m": np.sqrt(squared.mean()),
        "gospa_localisation_m": np.sqrt(localisation.mean()),
        "gospa_missed_m": np.sqrt(missed.mean()),
        "gospa_false_m": np.sqrt(false.mean()),
    }

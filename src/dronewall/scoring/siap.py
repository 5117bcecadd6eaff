"""SIAP: is everything in the picture, once, and nothing else (single integrated air picture)."""

import numpy as np

from dronewall.scoring.frames import Figures, Frames
from dronewall.units import Ints


def siap(frames: Frames) -> Figures:
    """Completeness, ambiguity, spuriousness over all frames, and how far off assigned tracks are in place and speed.

    Votruba et al., "Single Integrated Air Picture (SIAP) Metrics Implementation", SIAP SE TF technical report
    2001-001: in each frame a track is assigned to its nearest truth within the cutoff, if any. Completeness is the
    share of truths with a track, ambiguity tracks per truth that has one, spuriousness the share of tracks without.
    With truths of more than one label, completeness is also given by label.
    """
    nearest = _nearest(frames)
    is_found = np.zeros(len(frames.truth), bool)
    is_found[frames.near_truth[nearest]] = True
    nothing = float("nan")
    velocity_mps = (
        frames.track.velocity_enu_mps[frames.near_track[nearest]]
        - frames.truth.velocity_enu_mps[frames.near_truth[nearest]]
    )
    figures = {
        "siap_completeness": is_found.mean() if len(is_found) else nothing,
        "siap_ambiguity": len(nearest) / is_found.sum() if is_found.any() else nothing,
        "siap_spuriousness": 1.0 - len(nearest) / len(frames.track) if len(frames.track) else nothing,
        "siap_position_m": frames.near_m[nearest].mean() if len(nearest) else nothing,
        "siap_velocity_mps": np.sqrt((velocity_mps**2).sum(axis=1)).mean() if len(nearest) else nothing,
    }
    label = frames.truth.label.astype(str)
    names = np.unique(label).tolist()
    if len(names) > 1:
        figures["completeness_by_label"] = {name: is_found[label == name].mean() for name in names}
    return figures


def _nearest(frames: Frames) -> Ints:
    """The pair of each track row with its nearest truth."""
    order = np.lexsort((frames.near_m, frames.near_track))
    first = np.flatnonzero(np.diff(frames.near_track[order], prepend=-1))
    return order[first]

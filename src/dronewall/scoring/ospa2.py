"""OSPA(2): a distance between the set of true paths and the set of tracks, in which a swapped name is an error."""

from typing import Final

import numpy as np

from dronewall.scoring.frames import CUTOFF_M, Figures, Frames
from dronewall.scoring.matching import best_matching
from dronewall.units import Floats, Ints

WINDOW: Final = 10
"""Frames in a window."""

STRIDE: Final = 5
"""Frames from the start of a window to that of the next."""


def ospa2(frames: Frames) -> Figures:
    """OSPA(2) with c = 500 m, p = 2, q = 1: mean over windows of 10 frames, each 5 after the last."""
    distances_m = by_window(frames)
    return {"ospa2_m": distances_m.mean() if len(distances_m) else float("nan")}


def by_window(frames: Frames, window: int = WINDOW, stride: int = STRIDE) -> Floats:
    """OSPA(2) of each whole window [shape=(windows,)]; a window without truths and tracks is 0.

    Beard, Vo and Vo, "A solution for large-scale multi-object tracking", IEEE Trans. SP 68, 2020, section IV: OSPA
    between paths, whose base distance is the mean over the instants at which either exists of their distance, cut off
    at c, and c where only one exists. `window` is at most 62: the instants at which a path exists are bits of a number.
    """
    windows = max((len(frames) - window) // stride + 1, 0)
    if not windows:
        return np.zeros(0)
    truth, track = (_paths(side.frame, side.who, windows, window, stride) for side in (frames.truth, frames.track))
    longer = np.maximum(*(np.bincount(of, minlength=windows) for of, _, _ in (truth, track)))
    pair_of, pair_column, pair_row = _windows_of(frames.truth.frame[frames.near_truth], windows, window, stride)
    del pair_column
    left = _index(truth, pair_of, frames.truth.who[frames.near_truth[pair_row]])
    right = _index(track, pair_of, frames.track.who[frames.near_track[pair_row]])
    keys, index = np.unique(left * (len(track[0]) + 1) + right, return_inverse=True)
    left, right = np.divmod(keys, len(track[0]) + 1)
    instants = np.bitwise_count(truth[2][left] | track[2][right])
    closeness = np.bincount(index, (CUTOFF_M - frames.near_m)[pair_row], len(keys))
    base_m = CUTOFF_M - closeness / instants
    gain = CUTOFF_M**2 - base_m**2
    matched = best_matching(left, right, gain)
    gained = np.bincount(truth[0][left[matched]], gain[matched], windows)
    return np.sqrt(np.where(longer > 0, np.maximum(CUTOFF_M**2 - gained / np.maximum(longer, 1), 0.0), 0.0))


def _windows_of(frame: Ints, windows: int, window: int, stride: int) -> tuple[Ints, Ints, Ints]:
    """For rows with these frame numbers, every window that holds them: window, column in it, row."""
    last = np.minimum(frame // stride, windows - 1)
    first = np.maximum((frame - window) // stride + 1, 0)
    counts = np.maximum(last - first + 1, 0)
    row = np.repeat(np.arange(len(frame)), counts)
    of = np.repeat(first, counts) + np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    return of, frame[row] - of * stride, row


def _paths(frame: Ints, who: Ints, windows: int, window: int, stride: int) -> tuple[Ints, Ints, Ints]:
    """The paths of all windows, sorted: window, who, and the instants at which it exists as bits."""
    of, column, row = _windows_of(frame, windows, window, stride)
    order = np.lexsort((who[row], of))
    of, column, by = of[order], column[order], who[row][order]
    starts = np.flatnonzero((np.diff(of, prepend=-1) != 0) | (np.diff(by, prepend=-1) != 0))
    bits = np.bitwise_or.reduceat(np.left_shift(np.int64(1), column), starts) if len(starts) else column
    return of[starts], by[starts], bits


def _index(paths: tuple[Ints, Ints, Ints], of: Ints, who: Ints) -> Ints:
    """Where the path of this window and name stands in the sorted list."""
    most = 1 + max(int(paths[1].max(initial=0)), int(who.max(initial=0)))
    return np.searchsorted(paths[0] * most + paths[1], of * most + who)

"""Truth and tracks side by side at the instants of the truth, with every pair closer than the cutoff."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from dronewall.scoring.matching import best_matching
from dronewall.units import Floats, Ints

CUTOFF_M: Final = 500.0
"""c of GOSPA and OSPA(2): a truth and a track further apart have nothing to do with one another."""

NEVER: Final = np.iinfo(np.int64).max

Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """One side, n rows: who was where in which frame.

    Attributes
    ----------
    frame : np.ndarray of int64 [shape=(n,)]
        Number of the instant, ascending.
    who : np.ndarray of int64 [shape=(n,)]
        Small numbers in place of names; at most one row for each in a frame.
    ecef_m : np.ndarray [shape=(n, 3)]
        Earth-centred position.
    velocity_enu_mps : np.ndarray [shape=(n, 3)]
        NaN where the file has none.
    covariance : np.ndarray [shape=(n, 6, 6)] or None
        Tracks only: east, north, up and their rates, axes at the row's own position.
    label : np.ndarray of str or None [shape=(n,)]
    """

    frame: Ints
    who: Ints
    ecef_m: Floats
    velocity_enu_mps: Floats
    label: NDArray[np.object_]
    covariance: Floats | None = None

    def __len__(self) -> int:
        return len(self.frame)

    def rows(self, chosen: slice | Ints) -> "Points":
        """Those rows."""
        return replace(
            self,
            frame=self.frame[chosen],
            who=self.who[chosen],
            ecef_m=self.ecef_m[chosen],
            velocity_enu_mps=self.velocity_enu_mps[chosen],
            label=self.label[chosen],
            covariance=None if self.covariance is None else self.covariance[chosen],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """Instants with truth, tracks, near pairs and the matching of GOSPA.

    Attributes
    ----------
    time_ns : np.ndarray of int64 [shape=(frames,)]
    truth, track : Points
        Their `frame` counts from 0, an index into `time_ns`.
    near_truth, near_track : np.ndarray of int64 [shape=(pairs,)]
        Rows of `truth` and `track` that are closer than the cutoff in the same frame, by frame.
    near_m : np.ndarray [shape=(pairs,)]
        How far apart they are.
    matched : np.ndarray of int64 [shape=(matches,)]
        Which of the pairs make the matching with the least sum of squared distances and unmatched ends.
    before : Frames or None
        The instants left out at the start of the recording, which latency counts from; None where none were.
    evidence_ns : np.ndarray of int64 [shape=(numbers of truths,)] or None
        Time of the first plot near each truth, by its number; `NEVER` where there is none. None: there are no plots.
    """

    time_ns: Ints
    truth: Points
    track: Points
    near_truth: Ints
    near_track: Ints
    near_m: Floats
    matched: Ints
    before: "Frames | None" = None
    evidence_ns: Ints | None = None

    def __len__(self) -> int:
        return len(self.time_ns)

    def per_frame(self, rows_frame: Ints, weights: Floats | None = None) -> NDArray[Any]:
        """How many of the given frame numbers fall on each frame, or the sum of their weights."""
        return np.bincount(rows_frame, weights, len(self))

    @property
    def matched_frame(self) -> Ints:
        """The frame of each match."""
        return self.truth.frame[self.near_truth[self.matched]]

    def split(self, first: int) -> "Frames":
        """The frames from number `first` on; those before are kept in `before`."""
        return replace(self._part(first, len(self)), before=self._part(0, first))

    def _part(self, first: int, end: int) -> "Frames":
        truth, track = (slice(*np.searchsorted(side.frame, (first, end))) for side in (self.truth, self.track))
        pair_frame = self.truth.frame[self.near_truth]
        pairs = slice(*np.searchsorted(pair_frame, (first, end)))
        matched = self.matched[(self.matched >= pairs.start) & (self.matched < pairs.stop)] - pairs.start
        parts = [side.rows(rows) for side, rows in ((self.truth, truth), (self.track, track))]
        return replace(
            self,
            time_ns=self.time_ns[first:end],
            truth=replace(parts[0], frame=parts[0].frame - first),
            track=replace(parts[1], frame=parts[1].frame - first),
            near_truth=self.near_truth[pairs] - truth.start,
            near_track=self.near_track[pairs] - track.start,
            near_m=self.near_m[pairs],
            matched=matched,
        )


def side_by_side(time_ns: Ints, truth: Points, track: Points, evidence_ns: Ints | None = None) -> Frames:
    """Frames of the two sides, whose rows come in any order.

    The pairs of all instants come from one search: the number of the frame, times four cutoffs, is a fourth axis.
    """
    truth = truth.rows(np.argsort(truth.frame, kind="stable"))
    track = track.rows(np.argsort(track.frame, kind="stable"))
    near_truth, near_track = np.zeros(0, np.int64), np.zeros(0, np.int64)
    near_m = np.zeros(0)
    if len(truth) and len(track):
        trees = [
            cKDTree(np.column_stack([side.ecef_m, side.frame * (4.0 * CUTOFF_M)]), balanced_tree=False)
            for side in (truth, track)
        ]
        near = trees[0].sparse_distance_matrix(trees[1], CUTOFF_M, output_type="ndarray")
        near = near[near["v"] < CUTOFF_M]
        order = np.lexsort((near["j"], near["i"]))
        near_truth, near_track = near["i"][order].astype(np.int64), near["j"][order].astype(np.int64)
        near_m = near["v"][order]
    return Frames(
        time_ns=time_ns,
        truth=truth,
        track=track,
        near_truth=near_truth,
        near_track=near_track,
        near_m=near_m,
        matched=best_matching(near_truth, near_track, CUTOFF_M**2 - near_m**2),
        evidence_ns=evidence_ns,
    )

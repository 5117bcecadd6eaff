"""What things were taken for: the confusion matrix of labels."""

from collections import Counter

import numpy as np

from dronewall.scoring.frames import Figures, Frames

UNKNOWN = "unknown"


def confusion(frames: Frames) -> Figures:
    """How many truths of each label had a track that bore each label for most of the time in which it was matched.

    Truths that were never matched are not in it: completeness says how many. Of labels borne equally long the first in
    the alphabet stands. Null where neither side has labels.
    """
    counted: dict[str, Counter[str]] = {}
    for truth, said in borne(frames).items():
        row = int(np.flatnonzero(frames.truth.who == truth)[0])
        counted.setdefault(str(frames.truth.label[row] or UNKNOWN), Counter())[said] += 1
    told = {name: dict(sorted(row.items())) for name, row in sorted(counted.items())}
    return {"confusion": told if set(told) - {UNKNOWN} else None}


def borne(frames: Frames) -> dict[int, str]:
    """The label that the tracks of each matched truth bore for most of the frames, by the truth's number."""
    if not len(frames.matched):
        return {}
    who = frames.truth.who[frames.near_truth[frames.matched]]
    said = np.array([str(label or UNKNOWN) for label in frames.track.label[frames.near_track[frames.matched]]])
    names, code = np.unique(said, return_inverse=True)
    keys, times = np.unique(who * len(names) + code, return_counts=True)
    truth, label = np.divmod(keys, len(names))
    order = np.lexsort((label, -times, truth))
    first = order[np.flatnonzero(np.diff(truth[order], prepend=-1))]
    return {int(truth[k]): str(names[label[k]]) for k in first}

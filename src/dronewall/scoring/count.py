"""How many truths and tracks there are, missed and false ones, and whether the numbers agree."""

import numpy as np

from dronewall.scoring.frames import Figures, Frames


def count(frames: Frames) -> Figures:
    """Means over the frames of truths, tracks, truths missed and tracks false, and the error of the count.

    The error is tracks minus truths: its mean (too many above 0) and the mean of its size. A count may be right while
    every track is false; read it beside the others.
    """
    truths, tracks = frames.per_frame(frames.truth.frame), frames.per_frame(frames.track.frame)
    matched = frames.per_frame(frames.matched_frame)
    return {
        "missed": (truths - matched).mean(),
        "false": (tracks - matched).mean(),
        "truths": truths.mean(),
        "tracks": tracks.mean(),
        "count_error": (tracks - truths).mean(),
        "count_error_size": np.abs(tracks - truths).mean(),
        "frames": len(frames),
    }

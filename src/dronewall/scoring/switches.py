"""Does a thing keep its name: identity switches and interruptions."""

import numpy as np

from dronewall.scoring.frames import Figures, Frames
from dronewall.units import Ints


def switches(frames: Frames) -> Figures:
    """How often a truth is matched to another track than when it was last matched, and how often it is lost between.

    Switches are those of CLEAR MOT (Bernardin and Stiefelhagen, EURASIP JIVP 2008, 246309), also across gaps. An
    interruption is a gap in which the truth was there and unmatched, between two frames in which it was matched.
    """
    switched, interrupted = by_truth(frames)
    return {"id_switches": int(switched.sum()), "interruptions": int(interrupted.sum())}


def by_truth(frames: Frames) -> tuple[Ints, Ints]:
    """Switches and interruptions of each truth, by its number [shape=(numbers of truths,)]."""
    rows = frames.near_truth[frames.matched]
    order = np.lexsort((frames.truth.frame[rows], frames.truth.who[rows]))
    truth = frames.truth.who[rows][order]
    track = frames.track.who[frames.near_track[frames.matched]][order]
    same = truth[1:] == truth[:-1]
    place = np.empty(len(frames.truth), np.int64)  # each truth row's number in the life of its truth
    by_life = np.lexsort((frames.truth.frame, frames.truth.who))
    place[by_life] = np.arange(len(by_life))
    after_gap = np.diff(place[rows][order]) > 1
    numbers = int(frames.truth.who.max(initial=-1)) + 1
    switched = np.bincount(truth[1:][same & (track[1:] != track[:-1])], minlength=numbers)
    return switched, np.bincount(truth[1:][same & after_gap], minlength=numbers)

"""The confusion matrix on scenes written down by hand."""

from dataclasses import replace

import numpy as np

from dronewall.scoring.confusion import confusion
from dronewall.scoring.frames import Frames
from tests.scoring.small import along, scene

TRUTH = {"balloon": along(0.0, 3), "crane": along(5_000.0, 3), "unseen": along(9_000.0, 3)}
LABELS = {"balloon": "balloon", "crane": "flock", "unseen": "flock"}


def named(said: list[str | None]) -> Frames:
    """Two tracks on the first two truths; `said` are their labels frame by frame, one track after the other."""
    frames = scene(TRUTH, {"x": along(10.0, 3), "y": along(5_010.0, 3)}, frames=3, labels=LABELS)
    label = np.array(said, object)[frames.track.who * 3 + frames.track.frame]
    return replace(frames, track=replace(frames.track, label=label))


def test_a_thing_counts_once_under_the_label_that_it_bore_most_of_the_time() -> None:
    found = confusion(named(["bird", "balloon", "balloon", "flock", "multirotor", "multirotor"]))
    assert found["confusion"] == {"balloon": {"balloon": 1}, "flock": {"multirotor": 1}}


def test_of_labels_borne_equally_long_the_first_in_the_alphabet_stands() -> None:
    found = confusion(named(["unknown", "flock", "bird", "flock", "flock", "flock"]))
    assert found["confusion"]["balloon"] == {"bird": 1}


def test_a_track_without_a_label_says_unknown() -> None:
    assert confusion(named([None] * 6))["confusion"] == {"balloon": {"unknown": 1}, "flock": {"unknown": 1}}

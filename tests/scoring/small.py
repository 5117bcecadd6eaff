"""Scenes of a few points, written down by hand: who is where in which frame."""

from collections.abc import Mapping, Sequence

import numpy as np

from dronewall.scoring.frames import Frames, Points, side_by_side
from dronewall.units import SECOND_NS

Place = Sequence[float] | None
Paths = Mapping[str, Sequence[Place]]

EQUATOR_M = np.array([6_378_137.0, 0.0, 0.0])
"""Where latitude and longitude are 0: up is x, east is y, north is z."""


def points(paths: Paths, labels: Mapping[str, str] | None = None) -> Points:
    """Paths as points: each name's places frame by frame, None where it is not there."""
    rows = [
        (frame, number, place, (labels or {}).get(name))
        for number, (name, places) in enumerate(paths.items())
        for frame, place in enumerate(places)
        if place is not None
    ]
    n = len(rows)
    return Points(
        frame=np.array([row[0] for row in rows], np.int64),
        who=np.array([row[1] for row in rows], np.int64),
        ecef_m=EQUATOR_M + np.array([row[2] for row in rows], float).reshape(n, 3),
        velocity_enu_mps=np.zeros((n, 3)),
        label=np.array([row[3] for row in rows], object),
    )


def scene(truth: Paths, tracks: Paths, *, frames: int, labels: Mapping[str, str] | None = None) -> Frames:
    """Frames a second apart."""
    time_ns = np.arange(frames, dtype=np.int64) * SECOND_NS
    return side_by_side(time_ns, points(truth, labels), points(tracks))


def along(x_m: float, frames: int) -> list[Place]:
    """The same place for so many frames."""
    return [(x_m, 0.0, 0.0)] * frames

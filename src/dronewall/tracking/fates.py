"""What became of every detection of one look."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dronewall.units import Floats

TRACK, BIRTH, CLUTTER, PRESENCE = "track", "birth", "clutter", "presence"
LATE, REFUSED, PENDING = "late", "refused", "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fates:
    """One entry per row of the scan.

    Attributes
    ----------
    fate : np.ndarray of str [shape=(n,)]
        track: most likely that of a known track. birth: it began one. presence: it stands behind an area. clutter: none
        of these. late: older than what can still be replayed. refused: from a sensor that the wall does not have, or it
        says nothing of any place. pending: not worked out yet, `lateness.InOrder.fates_of` tells.
    track : np.ndarray of str or None [shape=(n,)]
        The track's or presence's id, where it has one by now.
    weight : np.ndarray [shape=(n,)]
        Probability of that fate.
    """

    fate: NDArray[np.object_]
    track: NDArray[np.object_]
    weight: Floats

    def __len__(self) -> int:
        return len(self.fate)


def all_alike(n: int, fate: str, weight: float = 1.0) -> Fates:
    """n detections of one fate."""
    return Fates(fate=np.full(n, fate, object), track=np.full(n, None, object), weight=np.full(n, weight))


NONE = all_alike(0, CLUTTER)

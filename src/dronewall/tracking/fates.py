"""What became of every detection of one look."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dronewall.records.scan import Scan
from dronewall.units import SECOND_NS, Floats, Ints

WORDS = ("track", "birth", "clutter", "presence", "late", "refused", "pending")
TRACK, BIRTH, CLUTTER, PRESENCE, LATE, REFUSED, PENDING = WORDS
_WORDS = np.array(WORDS, object)
CODE = {word: code for code, word in enumerate(WORDS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fates:
    """One entry per row of the scan.

    Attributes
    ----------
    code : np.ndarray of int64 [shape=(n,)]
        Index into WORDS.
    number : np.ndarray of int64 [shape=(n,)]
        Of the track; of a presence area, below zero; 0 where there is none by now.
    weight : np.ndarray [shape=(n,)]
        Probability of that fate.
    reason : str
        Why it was refused, where it was.
    """

    code: Ints
    number: Ints
    weight: Floats
    reason: str = ""

    def __len__(self) -> int:
        return len(self.code)

    @property
    def fate(self) -> NDArray[np.object_]:
        """The word of each row."""
        return np.asarray(_WORDS[self.code], object)

    @property
    def track(self) -> NDArray[np.object_]:
        """The id of the track or presence area of each row, None where it has none by now."""
        names = [f"t-{n:06d}" if n > 0 else f"p-{-n:06d}" if n < 0 else None for n in self.number.tolist()]
        return np.array(names, object).reshape(len(names))


def all_alike(n: int, fate: str, weight: float = 1.0, reason: str = "") -> Fates:
    """n detections of one fate."""
    return Fates(
        code=np.full(n, CODE[fate], np.int64),
        number=np.zeros(n, np.int64),
        weight=np.full(n, weight),
        reason=reason,
    )


NONE = all_alike(0, CLUTTER)

AHEAD_S = 60.0  # by more than this no look is from the future: its sensor's clock is wrong
MOST_ROWS = 20_000  # in one look; a sensor that sends more is broken


def refusal(scan: Scan) -> str:
    """Why a look is refused whole, empty where it is not: one wrong clock must not make all others late."""
    ahead_s = (scan.time_ns - scan.received_ns) / SECOND_NS
    if ahead_s > AHEAD_S:
        return f"the clock of {scan.sensor} is {ahead_s:.0f} s ahead of the wall's"
    if len(scan.detections.time_ns) > MOST_ROWS:
        return f"{scan.sensor} sent {len(scan.detections.time_ns)} rows in one look; {MOST_ROWS} are the most"
    return ""

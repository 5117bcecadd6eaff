"""What the writers of detections share: what a detection measured, and how what has no room is counted."""

from collections import Counter
from collections.abc import Collection
from typing import Final, Protocol

import numpy as np

from dronewall.records.columns import FILE_NAMES
from dronewall.records.detection import Column
from dronewall.records.scan import Scan

Known = dict[Column, float]
POLAR: Final = frozenset({Column.RANGE_M, Column.AZIMUTH_RAD, Column.ELEVATION_RAD})


class Messages(Protocol):
    """A writer: what a file begins with, what a look becomes, what it ends with; `lost` counts what has no room,
    `turned` what is told as a place and no longer as it was measured."""

    lost: Counter[str]
    turned: Counter[str]

    def opening(self, time_ns: int) -> bytes: ...

    def look(self, scan: Scan) -> bytes: ...

    def closing(self) -> bytes: ...


def known(values: np.ndarray) -> Known:
    """What a detection measured."""
    return {column: float(values[column]) for column in Column if values[column] == values[column]}


class Lost:
    """Counts the columns that a message has no room for."""

    def __init__(self) -> None:
        self.lost: Counter[str] = Counter()
        self.turned: Counter[str] = Counter()

    def leave(self, said: Known, written: set[Column], turned: Collection[Column] = ()) -> None:
        """Count what was not written, and what became part of a place."""
        for column in said.keys() - written:
            (self.turned if column in turned else self.lost)[FILE_NAMES[column]] += 1

    def closing(self) -> bytes:
        """Nothing."""
        return b""

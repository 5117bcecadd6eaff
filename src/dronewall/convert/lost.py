"""What the writers of detections share: what a detection measured, and how what has no room is counted."""

from collections import Counter
from typing import Protocol

import numpy as np

from dronewall.records.columns import FILE_NAMES
from dronewall.records.detection import Column
from dronewall.records.scan import Scan

Known = dict[Column, float]


class Messages(Protocol):
    """A writer: what a file begins with, what a look becomes, what it ends with; `lost` counts what has no room."""

    lost: Counter[str]

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

    def leave(self, said: Known, written: set[Column]) -> None:
        for column in said.keys() - written:
            self.lost[FILE_NAMES[column]] += 1

    def closing(self) -> bytes:
        """Nothing."""
        return b""

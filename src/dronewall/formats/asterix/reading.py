"""All records of a piece of bytes at once: blocks, records, and columns of their fields."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dronewall.formats.asterix.tables import Field, Layout
from dronewall.kernels import asterix as kernels
from dronewall.units import Floats, Ints

WHY: Final = {
    kernels.CUT: "a record is longer than its block",
    kernels.NO_ITEM: "an item that the edition has not",
    kernels.LENGTH: "a length of 0",
}
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one category and layout, in their order.

    Attributes
    ----------
    data : np.ndarray of uint8
    offsets : np.ndarray [shape=(n, slots)]
        Where each item begins; -1 where it is not there.
    spans : np.ndarray [shape=(n, 4)]
        First byte, byte behind the last, which layout, which block.
    """

    data: Bytes
    layout: Layout
    offsets: NDArray[np.int32]
    spans: Ints

    def __len__(self) -> int:
        return len(self.spans)

    def has(self, item: str) -> NDArray[np.bool_]:
        """Whether each record has an item; nowhere where the edition has it not."""
        slot = self.layout.slots.get(item)
        return np.zeros(len(self), np.bool_) if slot is None else self.offsets[:, slot] >= 0

    def whole(self, name: str, missing: int = 0) -> Ints:
        """A field as it is coded, `missing` where it is not there or the edition has it not."""
        value, there = self._column(name)
        return np.where(there, value, missing)

    def number(self, name: str) -> Floats:
        """A field in its unit, NaN where it is not there or the edition has it not."""
        value, there = self._column(name)
        field = self.layout.fields.get(name)
        return np.where(there, value * (field.lsb if field else 1.0), np.nan)

    def _column(self, name: str) -> tuple[Ints, NDArray[np.bool_]]:
        field: Field | None = self.layout.fields.get(name)
        if field is None:
            return np.zeros(len(self), np.int64), np.zeros(len(self), np.bool_)
        value, there = kernels.column(
            self.data, self.offsets, field.slot, field.bit, field.bits, field.signed, field.part
        )
        return value, there


def blocks(data: Bytes) -> tuple[Ints, int]:
    """Whole blocks [shape=(n, 3)]: category, start of the records, end; and where what is no whole block begins."""
    found = np.zeros((len(data) // 4 + 1, 3), np.int64)
    n, at = kernels.blocks(data, found)
    return found[:n], int(at)


def records(data: Bytes, found: Ints, orders: tuple[Layout, ...]) -> tuple[list[Records], Ints]:
    """The records of blocks of one category, for each of its orders; and the blocks given up: which, where, why."""
    first, second = orders[0], orders[-1]
    slots = max(len(order.nodes) for order in orders)
    rows = int((found[:, 2] - found[:, 1]).sum()) // 8 + 64
    bad = np.zeros((len(found), 3), np.int64)
    while True:
        offsets = np.full((rows, slots), -1, np.int32)
        spans = np.zeros((rows, 4), np.int64)
        others = second.items if len(orders) > 1 else 0
        n, failed = kernels.records(data, found, first.nodes, first.items, second.nodes, others, offsets, spans, bad)
        if n >= 0:
            break
        rows *= 2
    made = []
    for index, order in enumerate(orders):
        chosen = slice(0, n) if len(orders) == 1 else np.flatnonzero(spans[:n, 2] == index)
        made.append(Records(data, order, offsets[:n][chosen], spans[:n][chosen]))
    return made, bad[:failed]

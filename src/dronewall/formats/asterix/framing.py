"""Where the data blocks of a stream begin and end, and what stands between them.

    data block   category (1 octet), length with these three (2, big endian), records

A block is taken where its category is known and either what follows is a block too or its records are whole: of a
length that is wrong the rest of the stream would be lost otherwise. Source: EUROCONTROL-SPEC-0149 part 1.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

import numpy as np

from dronewall.formats.asterix.reading import Bytes, blocks, records
from dronewall.formats.asterix.tables import categories, layouts
from dronewall.formats.decoding import Faults
from dronewall.units import Ints

# Categories that exist and are not decoded here: their blocks are stepped over (EUROCONTROL's list of categories).
OTHERS: Final = frozenset(
    (0, 3, 4, 7, 8, 9, 11, 16, 17, 18, 19, 23, 25, 32, 63, 129, 150, 238, 239, 240, 244, 247, 252)
)
KNOWN: Final = frozenset(categories()) | OTHERS
USUAL: Final = 4_096  # bytes: blocks go in datagrams, and letters or noise read as a length say more
SHORTEST: Final = 4  # bytes of a block: category, length, a record's FSPEC
_KNOWN: Final = np.array(sorted(KNOWN))
_DECODED: Final = np.array(sorted(categories()))


class Framing:
    """Finds the blocks of one stream, in the editions that are given for it; what is between them is counted."""

    def __init__(self, editions: Mapping[int, str], faults: Faults) -> None:
        self._editions, self._faults = editions, faults

    def whole(self, data: bytes, received_ns: int) -> tuple[list[tuple[Bytes, Ints]], bytes]:
        """Runs of whole blocks, each with its table, and the bytes of a block that has not come whole."""
        runs: list[tuple[Bytes, Ints]] = []
        view = np.frombuffer(data, np.uint8)
        at = 0
        while at < len(view):
            table, stop = blocks(view[at:])
            good = np.isin(table[:, 0], _KNOWN)
            if not good.all():
                first = int(np.argmin(good))
                table, stop = table[:first], int(table[first, 1]) - 3
            doubtful = at + stop < len(view) and len(table) > 0 and self._is_bad(view[at:], table[-1:])
            if doubtful:  # what follows is no block, so that its length may be what is wrong
                table, stop = table[:-1], int(table[-1, 1]) - 3
            if len(table):
                runs.append((view[at:], table))
            at += stop
            if at >= len(view):
                return runs, b""
            if not doubtful and self._may_grow(view[at:]):
                return runs, data[at:]
            skip = self.next_block(view, at + 1)
            for strange, why, _ in between(data[at : at + skip]):
                self._faults.add(received_ns, why, strange)
            at += skip
        return runs, b""

    def _may_grow(self, view: Bytes) -> bool:
        """Whether what is left can be the beginning of a block."""
        if int(view[0]) not in KNOWN:
            return False
        return len(view) < 3 or (int(view[1]) << 8 | int(view[2])) > len(view)

    def next_block(self, view: Bytes, start: int) -> int:
        """How far it is to the next block: a known category, a length that fits, and records that are whole."""
        for at in (np.flatnonzero(np.isin(view[start:], _DECODED)) + start).tolist():
            if len(view) - at < 3:
                return int(at) - start + 1
            length = int(view[at + 1]) << 8 | int(view[at + 2])
            if length < 4 or at + length > len(view):
                continue
            if not self._is_bad(view, np.array([[int(view[at]), at + 3, at + length]])):
                return int(at) - start + 1
        return len(view) - start + 1

    def _is_bad(self, view: Bytes, one: Ints) -> bool:
        """Whether the records of a block are not whole."""
        category = int(one[0, 0])
        if category in OTHERS:
            return False
        return bool(len(records(view, one, layouts(category, self._editions[category]))[1]))


def between(data: bytes) -> Iterator[tuple[bytes, str, bool]]:
    """What stands between two blocks, in parts: bytes, why they are not read, and whether they are a block.

    Each block of a category that is not read is a part. Where such blocks do not lead to the end, what is wrong may be
    their lengths too: then only those of the usual size count as blocks, and the rest is one part.
    """
    ends = [0]
    while (length := _unread(data, ends[-1])) > 0:
        ends.append(ends[-1] + length)
    sure, at = ends[-1] == len(data), 0
    for first, end in pairwise(ends):
        if not sure and end - first > USUAL:
            break
        yield data[first:end], why_between(data[first:end]), True
        at = end
    if at < len(data):
        yield data[at:], why_between(data[at:]), False


def may_go_on(data: bytes) -> bool:
    """Whether bytes that are no block that is read can be the beginning of one of a category that is not read."""
    return 0 < len(data) < 3 or (data[:1] != b"" and data[0] not in KNOWN and _length(data, 0) > len(data))


def _unread(data: bytes, at: int) -> int:
    """How long a block of a category that is not read is, of which all is there; 0 where there is none."""
    if len(data) - at < SHORTEST or data[at] in KNOWN:
        return 0
    length = _length(data, at)
    return length if SHORTEST <= length <= len(data) - at else 0


def _length(data: bytes, at: int) -> int:
    return int.from_bytes(data[at + 1 : at + 3], "big")


def why_between(data: bytes) -> str:
    """What is wrong with bytes that are no block that is read: their category, their length, or all of them."""
    if len(data) < 3:
        return "between blocks"
    category, length = data[0], int.from_bytes(data[1:3], "big")
    if length < SHORTEST and category in KNOWN:
        return f"a length of {length}, where the head of a block takes 3 bytes and a record 1"
    if category not in KNOWN and SHORTEST <= length <= len(data):
        return f"CAT {category:03d}, which is not among those that are read"
    return "between blocks"

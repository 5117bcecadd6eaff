"""ASTERIX records in bytes: where each record and each of its items begins.

Source: EUROCONTROL-SPEC-0149 part 1, edition 3.0: data blocks (5.1), records and FSPEC (5.2), items of fixed, extended,
repetitive, explicit and compound length (5.3).
"""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dronewall.units import Ints

UNDEFINED, FIXED, EXTENDED, COUNTED, REPEATED, EXPLICIT, COMPOUND = range(7)
CUT, NO_ITEM, LENGTH = 1, 2, 3  # why a block is given up
LONGEST_FSPEC: Final = 12
Bytes = NDArray[np.uint8]
Places = NDArray[np.int32]


@njit(cache=True)
def blocks(data: Bytes, found: Ints) -> tuple[int, int]:
    """Blocks of `data` one behind the other: (category, start of the records, end) into `found` [shape=(n, 3)].

    Gives how many there are, and where the first byte is that is of no whole block.
    """
    at, n = 0, 0
    while n < len(found) and at + 3 <= len(data):
        length = int((np.int64(data[at + 1]) << 8) | np.int64(data[at + 2]))
        if length < 4 or at + length > len(data):
            break
        found[n, 0], found[n, 1], found[n, 2] = data[at], at + 3, at + length
        at += length
        n += 1
    return n, at


@njit(cache=True)
def _after(data: Bytes, at: int, end: int, kind: int, length: int) -> int:
    """Where an item that begins at `at` ends; negative: why it cannot."""
    if kind == FIXED:
        stop = at + length
    elif kind == EXTENDED:  # octets whose last bit says that another follows, also beyond what the edition knows
        stop = at
        while True:
            if stop >= end:
                return -CUT
            stop += 1
            if not data[stop - 1] & 1:
                break
    elif kind == COUNTED:
        if at >= end:
            return -CUT
        stop = at + 1 + int(data[at]) * length
    elif kind == REPEATED:
        stop = at
        while True:
            stop += length
            if stop > end:
                return -CUT
            if not data[stop - 1] & 1:
                break
    elif kind == EXPLICIT:
        if at >= end:
            return -CUT
        if data[at] == 0:
            return -LENGTH
        stop = at + int(data[at])
    else:
        return -NO_ITEM
    return stop if stop <= end else -CUT


@njit(cache=True)
def _behind_fspec(data: Bytes, at: int, end: int) -> int:
    """Where the items of an FSPEC that begins at `at` begin (5.2.2); negative: why it has no end."""
    head = at
    while True:
        if head >= end:
            return -CUT
        head += 1
        if not data[head - 1] & 1:
            return head
        if head - at >= LONGEST_FSPEC:
            return -NO_ITEM


@njit(cache=True)
def _compound(data: Bytes, at: int, end: int, nodes: Ints, node: int, offsets: Places) -> int:
    """The same for a compound item, whose children's places go into `offsets`."""
    first, count = nodes[node, 2], nodes[node, 1]
    head = _behind_fspec(data, at, end)
    if head < 0:
        return head
    place = head
    for octet in range(head - at):
        bits = data[at + octet]
        for bit in range(7):
            if bits & (0x80 >> bit):
                child = octet * 7 + bit
                if child >= count:
                    return -NO_ITEM
                row = first + child
                offsets[row] = place
                place = _after(data, place, end, nodes[row, 0], nodes[row, 1])
                if place < 0:
                    return place
    return place


@njit(cache=True)
def _record(data: Bytes, at: int, end: int, nodes: Ints, items: int, offsets: Places) -> int:
    """Where a record that begins at `at` ends, its items' places in `offsets`; negative: why it cannot.

    A record without any item is none: zeros between blocks would otherwise be a thousand of them.
    """
    head = _behind_fspec(data, at, end)
    if head < 0:
        return head
    place = head
    for octet in range(head - at):
        bits = data[at + octet]
        for bit in range(7):
            if bits & (0x80 >> bit):
                node = octet * 7 + bit
                if node >= items:
                    return -NO_ITEM
                offsets[node] = place
                if nodes[node, 0] == COMPOUND:
                    place = _compound(data, place, end, nodes, node, offsets)
                else:
                    place = _after(data, place, end, nodes[node, 0], nodes[node, 1])
                if place < 0:
                    return place if place > head else -NO_ITEM
    return place


@njit(cache=True)
def _is_other(data: Bytes, at: int, end: int) -> bool:
    """CAT 001: whether a record is of a track: the first bit of I001/020, behind I001/010 (SPEC-0149 part 2a)."""
    place = _behind_fspec(data, at, end)
    if place < 0:
        return False
    if data[at] & 0x80:
        place += 2
    return place < end and data[at] & 0x40 != 0 and data[place] & 0x80 != 0


@njit(cache=True)
def records(
    data: Bytes,
    found: Ints,
    nodes: Ints,
    items: int,
    other: Ints,
    other_items: int,
    offsets: Places,
    spans: Ints,
    bad: Ints,
) -> tuple[int, int]:
    """All records of blocks of one category.

    Parameters
    ----------
    found : [shape=(m, 3)]
        Blocks, as `blocks` gives them.
    nodes, items; other, other_items
        The layout, and that of tracks (CAT 001; else `other_items` is 0).
    offsets : [shape=(n, slots)] int32, filled with -1 beforehand
    spans : [shape=(n, 4)]
        Start and end of each record, the layout that it is of (0 or 1), and its block.
    bad : [shape=(m, 3)]
        Blocks given up: which, where, why.

    Returns
    -------
    (records, blocks given up); (-1, 0) where `offsets` has too few rows.
    """
    n, failed = 0, 0
    for block in range(len(found)):
        at, end = found[block, 1], found[block, 2]
        while at < end:
            if n >= len(offsets):
                return -1, 0
            second = other_items > 0 and _is_other(data, at, end)
            if second:
                stop = _record(data, at, end, other, other_items, offsets[n])
            else:
                stop = _record(data, at, end, nodes, items, offsets[n])
            if stop < 0:
                offsets[n] = -1
                bad[failed, 0], bad[failed, 1], bad[failed, 2] = block, at, -stop
                failed += 1
                break
            spans[n, 0], spans[n, 1], spans[n, 2], spans[n, 3] = at, stop, 1 if second else 0, block
            n += 1
            at = stop
    return n, failed


@njit(cache=True)
def column(
    data: Bytes, offsets: Places, slot: int, bit: int, bits: int, signed: bool, part: int
) -> tuple[Ints, NDArray[np.bool_]]:
    """A field of every record as int64, and whether it is there."""
    n = len(offsets)
    value, there = np.zeros(n, np.int64), np.zeros(n, np.bool_)
    first, last = bit // 8, (bit + bits - 1) // 8
    shift = 8 * (last + 1) - bit - bits
    mask = (np.int64(1) << bits) - 1 if bits < 63 else np.int64(-1)
    for row in range(n):
        at = offsets[row, slot]
        if at < 0:
            continue
        whole = True
        for octet in range(part):
            if not data[at + octet] & 1:
                whole = False
                break
        if not whole:
            continue
        said = np.int64(0)
        for octet in range(at + first, at + last + 1):
            said = (said << 8) | np.int64(data[octet])
        said = (said >> shift) & mask
        if signed and bits < 64 and said >> (bits - 1) & 1:
            said -= np.int64(1) << bits
        value[row], there[row] = said, True
    return value, there

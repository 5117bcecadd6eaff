"""SAPIENT detection reports in bytes: which keep every rule, and where their numbers are.

Only sound reports are told: for whatever looks otherwise (another message, a field that the tables do not know, text
that is not ASCII, a field that comes twice, a rule that is broken) `reports` says no, and the caller looks at the
message itself. Source: protobuf encoding (varint, I64, LEN, I32); the rules are those of `formats/sapient/rules.py`.
"""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dronewall.units import Floats, Ints

Bytes = NDArray[np.uint8]
VARINT, I64, LEN, I32 = 0, 1, 2, 5
WIRE, TEST, DEEPER, BIT, REGISTER, OPTIONS, SLOT = range(7)  # columns of the table, [type, field number, column]
(REFUSED, ASCII, FILLED, ULID, UUID, FINITE, FRACTION, NOT_NEGATIVE, OPTION, NUMBER, TIME, NESTED) = range(12)
PLAIN, LOCATION, BEARING, SIGNAL, CLASS = range(5)  # what else a message of a type has to keep, or is
DEEPEST: Final = 12
REPORT_DEPTH: Final = 2  # of what stands in the report itself
LATEST_S: Final = 8_000_000_000
UTM: Final = 5.0


@njit(cache=True)
def lengths(data: Bytes, most: int, first: Ints, stop: Ints) -> tuple[int, int, int]:
    """Whole frames of a stream into `first` and `stop`: how many, where the rest begins, an impossible length or 0."""
    at, n = 0, 0
    while n < len(first) and at + 4 <= len(data):
        length = 0
        for place in range(3, -1, -1):
            length = length << 8 | int(np.int64(data[at + place]))
        if length > most:
            return n, at, length
        if at + 4 + length > len(data):
            break
        first[n], stop[n] = at + 4, at + 4 + length
        at += 4 + length
        n += 1
    return n, at, 0


@njit(cache=True)
def _varint(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """A number below 2^63 and where it ends; -1 where there is none."""
    value, shift = 0, 0
    while at < end and shift < 63:
        octet = int(np.int64(data[at]))
        value |= (octet & 127) << shift
        at += 1
        if octet < 128:
            return value, at
        shift += 7
    return 0, -1


@njit(cache=True)
def _text(data: Bytes, at: int, end: int, test: int) -> bool:
    """Whether ASCII text passes its test."""
    filled = False
    for place in range(at, end):
        if data[place] >= 128:
            return False
        filled |= data[place] > 32
    if test == ASCII:
        return True
    if test == FILLED:
        return filled
    if test == ULID:
        if end - at != 26 or not 48 <= data[at] <= 55:
            return False
        for place in range(at, end):
            c = data[place]
            if not (48 <= c <= 57 or (65 <= c <= 90 and c != 73 and c != 76 and c != 79 and c != 85)):
                return False
        return True
    if end - at != 36:
        return False
    for place in range(36):
        c = data[at + place]
        if place == 8 or place == 13 or place == 18 or place == 23:
            if c != 45:
                return False
        elif not (48 <= c <= 57 or 97 <= c <= 102):
            return False
    variant = data[at + 19]
    return bool(data[at + 14] == 52 and (variant == 56 or variant == 57 or variant == 97 or variant == 98))


@njit(cache=True)
def _instant(data: Bytes, at: int, end: int) -> int:
    """Nanoseconds of a Timestamp from 1970 on, -1 where it is none or one that a report cannot have."""
    seconds, nanos, seen = 0, 0, 0
    while at < end:
        key = data[at]
        value, at = _varint(data, at + 1, end)
        if at < 0:
            return -1
        if key == 8 and not seen & 1:
            seconds, seen = value, seen | 1
        elif key == 16 and not seen & 2:
            nanos, seen = value, seen | 2
        else:
            return -1
    if seconds > LATEST_S or nanos >= 1_000_000_000:
        return -1
    return seconds * 1_000_000_000 + nanos


@njit(cache=True)
def _together(kind: int, held: Floats) -> bool:
    """Whether the fields of a message fit one another; `held` are its registers, NaN where a field is not there."""
    if kind == LOCATION:
        if held[2] == UTM:
            return False
        turn = 180.0 if held[2] == 1.0 else np.pi
        return bool(abs(held[0]) <= turn and abs(held[1]) <= turn / 2.0)
    if kind == BEARING:
        turn = 360.0 if held[2] == 1.0 or held[2] == 3.0 else 2.0 * np.pi
        if abs(held[0]) > turn or abs(held[1]) > turn / 4.0:
            return False
        return not (np.isnan(held[0]) and np.isnan(held[1]) and np.isnan(held[3]))
    if kind == SIGNAL:
        return not (held[0] > held[1] or held[1] > held[2])
    return True


@njit(cache=True)
def reports(
    data: Bytes,
    first: Ints,
    stop: Ints,
    table: Ints,
    wanted: Ints,
    kinds: Ints,
    sound: NDArray[np.bool_],
    time_ns: Ints,
    node_at: Ints,
    slots: Floats,
    classes: Ints,
    surety: Floats,
) -> int:
    """Judge messages `first` to `stop`; what sound ones say goes into the arrays. Gives how many classes there are.

    `slots` [shape=(n, number of slots)] are the numbers of the report, NaN where it says none; `classes`
    [shape=(m, 3)] the message and the ends of the text of each class and sub-class, in the order in which they are
    said, with their confidence in `surety`. A message that is not sound leaves marks there, which mean nothing.
    """
    raw = np.empty(8, np.uint8)
    double, single = raw.view(np.float64), raw[:4].view(np.float32)
    ends, types = np.zeros(DEEPEST, np.int64), np.zeros(DEEPEST, np.int64)
    seen, own = np.zeros(DEEPEST, np.int64), np.zeros(DEEPEST, np.int64)
    held = np.empty((DEEPEST, 4))
    count = 0
    for message in range(len(first)):
        sound[message] = False
        slots[message] = np.nan
        at, depth = first[message], 0
        ends[0], types[0], seen[0] = stop[message], 0, 0
        good = True
        while good:
            if at == ends[depth]:  # the message at this depth is over
                kind = types[depth]
                good = not wanted[kind] & ~seen[depth] and _together(kinds[kind], held[depth])
                if good and kinds[kind] == CLASS:
                    classes[own[depth], 1], classes[own[depth], 2] = np.int64(held[depth, 0]), np.int64(held[depth, 1])
                    surety[own[depth]] = held[depth, 2]
                if depth == 0:
                    break
                depth -= 1
                continue
            key, at = _varint(data, at, ends[depth])
            number = key >> 3
            if at < 0 or number >= table.shape[1]:
                good = False
                break
            field = table[types[depth], number]
            bit = field[BIT]
            if field[TEST] == REFUSED or key & 7 != field[WIRE] or (bit >= 0 and seen[depth] >> bit & 1):
                good = False
                break
            if bit >= 0:
                seen[depth] |= np.int64(1) << bit
            value = np.nan
            if key & 7 == VARINT:
                whole, at = _varint(data, at, ends[depth])
                if at < 0 or (field[TEST] == OPTION and not (0 < whole < 63 and field[OPTIONS] >> whole & 1)):
                    good = False
                    break
                value = np.float64(whole)
            elif key & 7 == LEN:
                length, at = _varint(data, at, ends[depth])
                if at < 0 or at + length > ends[depth]:
                    good = False
                    break
                if field[TEST] == NESTED:
                    depth += 1
                    if depth >= DEEPEST:
                        good = False
                        break
                    ends[depth], types[depth], seen[depth] = at + length, field[DEEPER], 0
                    held[depth] = np.nan
                    if kinds[field[DEEPER]] == CLASS:
                        if count >= len(classes):
                            good = False
                            break
                        own[depth] = count
                        classes[count, 0], classes[count, 1], classes[count, 2] = message, 0, 0
                        count += 1
                    continue
                if field[TEST] == TIME:
                    instant = _instant(data, at, at + length)
                    good = instant >= 0
                    if depth == 0:
                        time_ns[message] = instant
                else:
                    good = _text(data, at, at + length, field[TEST])
                    if kinds[types[depth]] == CLASS and field[REGISTER] == 0:
                        held[depth, 0], held[depth, 1] = np.float64(at), np.float64(at + length)
                    elif depth == 0 and number == 2:
                        node_at[message] = at
                at += length
                continue
            else:
                size = 8 if key & 7 == I64 else 4
                if at + size > ends[depth]:
                    good = False
                    break
                for place in range(size):
                    raw[place] = data[at + place]
                at += size
                value = double[0] if size == 8 else np.float64(single[0])
                test = field[TEST]
                if not np.isfinite(value) or (test != FINITE and value < 0.0) or (test == FRACTION and value > 1.0):
                    good = False
                    break
            if field[REGISTER] >= 0:
                held[depth, field[REGISTER]] = value
            if field[SLOT] >= 0 and depth == REPORT_DEPTH:
                slots[message, field[SLOT]] = value
        sound[message] = good
    return count

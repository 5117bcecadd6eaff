"""A file of MAVLink cut into its frames, as they came, and what stands between them with the reason why.

    MAVLink 2, Remote ID    a frame where its checksum holds; where not, up to the next that holds or to its own end
    MAVLink 2, any other    a frame, its checksum not known here, unless one that holds begins inside of it
    MAVLink 1 (FE)          the same where another frame or the end follows; it carries no Remote ID

Source: mavlink.io, serialization guide.
"""

import re
from collections.abc import Generator, Iterable, Iterator
from itertools import chain
from typing import Final

from dronewall.formats.decoding import Between
from dronewall.formats.remote_id_mavlink import CHECKSUM, HEADER, LAYOUT, MAGIC, SIGNATURE, checksum

OLD: Final = 0xFE
OLD_AROUND: Final = 8  # bytes of a frame of MAVLink 1 beside its payload
BEGINS: Final = re.compile(rb"[\xfd\xfe]")


def cut(pieces: Iterable[bytes]) -> Iterator[bytes | Between]:
    """Every whole frame; and what stands between them, frames of MAVLink 1 too, of which nothing is wrong."""
    rest = b""
    for piece in chain(pieces, (None,)):
        rest += piece or b""
        at = yield from _cut(rest, over=piece is None)
        rest = rest[at:]


def _cut(data: bytes, *, over: bool) -> Generator[bytes | Between, None, int]:
    at = 0
    while at < len(data):
        begins = BEGINS.search(data, at)
        start = begins.start() if begins else len(data)
        if start > at:
            yield Between(data[at:start], "between frames")
            at = start
            continue
        length = _length(data, at)
        whole = 0 < length <= len(data) - at
        if not whole and not over:
            return at
        unit = _unit(data, at, at + length) if whole else _cut_short(data, at)
        yield unit
        at += len(unit.data if isinstance(unit, Between) else unit)
    return at


def _unit(data: bytes, at: int, end: int) -> bytes | Between:
    """What begins at the head of a frame that is all there."""
    if _holds(data, at):
        return data[at:end]
    inside = _next(data, at + 1, end)
    if data[at] == MAGIC and _number(data, at) in LAYOUT:
        return Between(data[at : end if inside is None else inside], "checksum", True)
    if inside is None and data[at] == MAGIC:
        return data[at:end]
    if inside is None and (end == len(data) or BEGINS.match(data, end)):
        return Between(data[at:end], "", True)
    after = BEGINS.search(data, at + 1)
    stop = after.start() if after else len(data)
    return Between(data[at : stop if inside is None else inside], "between frames")


def _cut_short(data: bytes, at: int) -> Between:
    """The last frame of a file, of which not all is there; or what only looks like its head."""
    inside = _next(data, at + 1, len(data))
    return Between(data[at : len(data) if inside is None else inside], "cut short")


def _next(data: bytes, first: int, stop: int) -> int | None:
    """Where the next frame of Remote ID begins whose checksum holds."""
    at = data.find(MAGIC, first, stop)
    while at >= 0 and not _holds(data, at):
        at = data.find(MAGIC, at + 1, stop)
    return at if at >= 0 else None


def _holds(data: bytes, at: int) -> bool:
    """Whether a frame of Remote ID begins here, is all there, and its checksum holds."""
    length = _length(data, at)
    number = _number(data, at)
    if data[at] != MAGIC or not 0 < length <= len(data) - at or number not in LAYOUT:
        return False
    end = at + HEADER + data[at + 1]
    said = int.from_bytes(data[end : end + CHECKSUM], "little")
    return checksum(data[at + 1 : end] + bytes([LAYOUT[number][0]])) == said


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at + 7 : at + HEADER], "little")


def _length(data: bytes, at: int) -> int:
    """How long the frame is whose head this is; 0 where too little is there to say."""
    if data[at] == OLD:
        return OLD_AROUND + data[at + 1] if len(data) > at + 1 else 0
    if len(data) < at + HEADER:
        return 0
    return HEADER + data[at + 1] + CHECKSUM + (SIGNATURE if data[at + 2] & 1 else 0)

"""Frames as they came in, with the time of reception, as a block of bytes: zlib of one behind the other.

int64   when it was received, nanoseconds since 1970, big-endian
uint32  how many bytes
bytes   as they came
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

FRAME: Final = struct.Struct(">qI")


def packed(frames: Iterable[tuple[int, bytes]]) -> bytes:
    """Frames (when received, bytes) as a block."""
    return zlib.compress(b"".join(FRAME.pack(received_ns, len(data)) + data for received_ns, data in frames), 1)


def unpacked(block: bytes) -> Iterator[tuple[int, bytes]]:
    """The frames of a block."""
    data, at = zlib.decompress(block), 0
    while at < len(data):
        received_ns, length = FRAME.unpack_from(data, at)
        at += FRAME.size
        yield received_ns, data[at : at + length]
        at += length

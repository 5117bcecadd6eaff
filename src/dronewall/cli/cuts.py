"""Files cut into the messages that `dronewall validate` gives a verdict on, as they came, and what stands between them.

    line              up to its end, LF
    block, frame      ASTERIX, Beast, MAVLink: as their heads say
    document          a piece that ends where an object of JSON may
    packet            of a capture, libpcap or pcapng, with what stands before it
    event             an element of XML

Nothing is lost: the units put together again are the file, but for what means nothing between events.
"""

import re
import struct
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from dronewall.formats import beast, remote_id_mavlink_frames
from dronewall.formats.asterix.cutting import cut as asterix_cut
from dronewall.formats.captures import LONGEST_BLOCK, LONGEST_PACKET, MAGICS, OLD, ORDERS, PACKET, SECTION, SIMPLE
from dronewall.formats.cot import BEFORE, COMMENT, LONGEST_COMMENT
from dronewall.formats.decoding import LONGEST_LINE, Between

PIECE: Final = 1 << 20
MARK: Final = re.compile(rb"<!--|<\?xml|<event[\s>]|</event\s*>")


@dataclass(slots=True)
class Strange:
    """Bytes between messages: why (empty where nothing is wrong with them), where in the file they begin, how many."""

    rule: str
    first: int
    count: int


def joined(units: Iterator[bytes] | Iterator[bytes | Between]) -> Iterator[bytes | Strange]:
    """Messages as they come, and what stands between two of them for the same reason as one."""
    place, held = 0, None
    for unit in units:
        size = len(unit.data) if isinstance(unit, Between) else len(unit)
        if held is not None and isinstance(unit, Between) and unit.rule == held.rule and not unit.alone:
            held.count += size
        else:
            if held is not None:
                yield held
            held = None
            if not isinstance(unit, Between):
                yield unit
            elif unit.alone:
                yield Strange(unit.rule, place, size)
            else:
                held = Strange(unit.rule, place, size)
        place += size
    if held is not None:
        yield held


def events(stream: BinaryIO) -> Iterator[bytes]:
    """Each event, up to the end of its element, and what is between two of them and is not harmless (`cot.py`)."""
    rest, more = b"", True
    while more:
        piece = stream.read(PIECE)
        more = bool(piece)
        parts, rest = _parted(rest + piece, over=not more)
        for part in parts:
            if text := _bare(part):
                yield text


def _bare(part: bytes) -> bytes:
    """A part without what means nothing before and behind it."""
    before = BEFORE.match(part)
    text = part[before.end() :].rstrip() if before is not None else part
    while text.endswith(BOM_UTF8):
        text = text.removesuffix(BOM_UTF8).rstrip()
    return text


def _parted(data: bytes, *, over: bool) -> tuple[list[bytes], bytes]:
    """Parts that are an event, or what stands between two, and the part that may go on."""
    parts, start, at, inside = [], 0, 0, False
    while (found := MARK.search(data, at)) is not None:
        mark, at = found.group(), found.end()
        if mark == COMMENT:
            end = -1 if inside else data.find(b"-->", at, found.start() + LONGEST_COMMENT)
            if end < 0:
                if inside or over or len(data) - found.start() >= LONGEST_COMMENT:
                    continue
                break
            parts.append(data[start : found.start()])
            start = at = end + 3
            continue
        edge = found.end() if mark.startswith(b"</") else found.start()
        parts.append(data[start:edge])
        start, inside = edge, mark.startswith(b"<event")
    if over or len(data) - start > LONGEST_LINE:
        return [*parts, data[start:]], b""
    return parts, data[start:]


def in_pieces(stream: BinaryIO) -> Iterator[bytes]:
    """The file as it is read, where nothing tells its messages apart."""
    while piece := stream.read(PIECE):
        yield piece


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    while line := stream.readline(LONGEST_LINE + 1):
        yield line if line.endswith(b"\n") else line + b"\n" * (len(line) <= LONGEST_LINE)


def _asterix_blocks(stream: BinaryIO) -> Iterator[bytes | Between]:
    return asterix_cut(in_pieces(stream))


def _beast_frames(stream: BinaryIO) -> Iterator[bytes | Between]:
    return beast.cut(in_pieces(stream))


def _mavlink_frames(stream: BinaryIO) -> Iterator[bytes | Between]:
    return remote_id_mavlink_frames.cut(in_pieces(stream))


def _closings(stream: BinaryIO) -> Iterator[bytes]:
    """Pieces that each end where an object of JSON may."""
    while piece := stream.read(PIECE):
        yield from re.findall(rb"[^}]*}|[^}]+", piece)


def _packets(stream: BinaryIO) -> Iterator[bytes]:
    """Packets of a capture, each with what stands before it; from an impossible length on, what is left in pieces."""
    head = stream.read(24)
    if head[:4] not in MAGICS:
        yield from _pcapng(head, stream)
        return
    order, before = MAGICS[head[:4]][0], head
    while header := stream.read(16):
        length = struct.unpack_from(f"{order}I", header, 8)[0] if len(header) == 16 else 0
        yield before + header + stream.read(length if length <= LONGEST_PACKET else PIECE)
        before = b""
    if before:
        yield before


def _pcapng(rest: bytes, stream: BinaryIO) -> Iterator[bytes]:
    order, held = "<", b""
    while rest := rest + stream.read(max(12 - len(rest), 0)):
        if rest[:4] == SECTION:
            order = ORDERS.get(rest[8:12], order)
        kind, length = struct.unpack_from(f"{order}II", rest.ljust(8, b"\0"))
        if not 12 <= length <= LONGEST_BLOCK:
            length = PIECE
        block, rest = rest[:length], rest[length:]
        held += block + stream.read(length - len(block))
        if kind in (PACKET, OLD, SIMPLE):
            yield held
            held = b""
    if held:
        yield held


UNITS: Final[dict[str, tuple[str, Callable[[BinaryIO], Iterator[bytes] | Iterator[bytes | Between]]]]] = {
    **dict.fromkeys(("avr", "modes_csv", "remote_id_jsonl", "rs1090", "sbs"), ("line", _lines)),
    "asterix": ("block", _asterix_blocks),
    "beast": ("frame", _beast_frames),
    "remote_id_mavlink": ("frame", _mavlink_frames),
    "aircraft_json": ("document", _closings),
    **dict.fromkeys(("asterix_pcap", "remote_id_pcap"), ("packet", _packets)),
}

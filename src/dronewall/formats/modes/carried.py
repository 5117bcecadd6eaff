"""Mode S frames as a carrier holds them, for going from one carrier to another: nothing in a frame is looked at.

    carrier      frame                    counter of 12 MHz    time (UTC)    signal level
    beast        2, 7, 14 bytes, status   yes; 0: has none     no            0 to 255
    avr          2, 7, 14 bytes           in lines with `@`    no            no
    rs1090       7, 14 bytes              no                   yes           no
    modes_csv    7, 14 bytes              no                   yes           no

A frame of 2 bytes is a Mode A/C reply. A format that carries frames has `carried(pieces, faults)`, which gives them,
and `encode`, which writes one.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from dronewall.formats.decoding import Faults, Lines
from dronewall.units import SECOND_NS

MODE_A_C: Final = 2


class Carried(NamedTuple):
    """One frame with what its carrier says beside it; None where the carrier has no room for it."""

    frame: bytes
    ticks: int | None = None
    time_ns: int | None = None
    signal: int | None = None
    status: bool = False


Split = Callable[[bytes], Carried | str]
"""A line as its frame, or why it is bad."""


def of_lines(pieces: Iterable[bytes], faults: Faults, split: Split) -> Iterator[Carried]:
    """The frames of a carrier of lines; bad lines are counted and left out."""
    cut = Lines(faults)
    for piece in pieces:
        yield from _split(cut.feed(piece, 0), faults, split)
    yield from _split(cut.end(), faults, split)


def _split(lines: Iterable[bytes], faults: Faults, split: Split) -> Iterator[Carried]:
    for line in lines:
        faults.messages += 1
        found = split(line)
        if isinstance(found, str):
            faults.add(0, found, line)
        else:
            yield found


def seconds_text(time_ns: int) -> bytes:
    """Unix seconds to the nanosecond, without zeros at the end."""
    whole, part = divmod(time_ns, SECOND_NS)
    return (b"%d.%09d" % (whole, part)).rstrip(b"0").rstrip(b".")

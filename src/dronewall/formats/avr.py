"""AVR lines of Mode S (dump1090 and readsb port 30002, "raw").

    *8D406B902015A678D4D220AA4BDA;                  a frame: 7 or 14 bytes as hex digits (4 digits: Mode A/C)
    @016CE3671C7488D406B902015A678D4D220AA4BDA;     the same behind 6 bytes of a 12 MHz counter

Source: Jetvision "Mode-S Beast: data output formats", AVR. Other leading characters of that paper (`%`, `<`) and lines
with a signal level are counted as bad. Without counters a file has no times.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from dronewall.formats import modes
from dronewall.formats.about import About, Judge
from dronewall.formats.decoding import Decoder, Faults, Options
from dronewall.formats.hexframes import HexFrames, frame_of
from dronewall.formats.modes.carried import Carried, of_lines
from dronewall.formats.ticks import TickClock

_COUNTER: Final = re.compile(rb"[0-9A-Fa-f]{12}")


class _Avr:
    timed = False
    about = About(
        tables=("avr", "modes", "modes.squitters"),
        untaken=modes.UNTAKEN,
        sources=(
            'Jetvision, "Mode-S Beast: data output formats", AVR',
            *modes.SOURCES,
        ),
        deviations=modes.DEVIATIONS,
        judges=(
            Judge(
                program="dump1090-mutability 1.15",
                compared="every frame that `convert` writes, read over its own port",
                test="tests/against/test_against_dump1090_carriers.py",
            ),
        ),
    )

    def sniff(self, head: bytes) -> float:
        """The share of lines that are frames."""
        lines = [line.strip() for line in head[:4096].split(b"\n")[:-1] or [head[:4096]] if line.strip()]
        good = sum(not isinstance(_parse(line, 0, TickClock(0)), str) for line in lines)
        return 0.95 * good / len(lines) if lines else 0.0

    def decoder(self, options: Options) -> Decoder:
        clock = TickClock(options.date_ns, options.pace_ns)
        return HexFrames(options, lambda line, received_ns: _parse(line, received_ns, clock))


def _parse(line: bytes, received_ns: int, clock: TickClock) -> tuple[bytes, int | None] | str:
    found = _split(line)
    return found if isinstance(found, str) else (found.frame, clock.time_ns(found.ticks or 0, received_ns))


def _split(line: bytes) -> Carried | str:
    if not line.endswith(b";") or line[:1] not in (b"*", b"@"):
        return "not an AVR line"
    counted = line[:1] == b"@"
    frame = frame_of(line[13:-1] if counted else line[1:-1])
    if frame is None:
        return "not a frame in hex digits"
    if not counted:
        return Carried(frame)
    if not _COUNTER.fullmatch(line, 1, 13):
        return "not a counter in hex digits"
    return Carried(frame, ticks=int(line[1:13], 16))


def carried(pieces: Iterable[bytes], faults: Faults) -> Iterator[Carried]:
    """Every frame of a stream, as it came."""
    return of_lines(pieces, faults, _split)


def encode(frame: bytes, ticks: int | None = None) -> bytes:
    """One frame as an AVR line."""
    head = b"*" if ticks is None else b"@%012X" % ticks
    return head + frame.hex().upper().encode() + b";\n"


FORMAT = _Avr()

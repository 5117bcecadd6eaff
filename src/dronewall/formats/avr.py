"""AVR lines of Mode S (dump1090 and readsb port 30002, "raw").

    *8D406B902015A678D4D220AA4BDA;                  a frame: 7 or 14 bytes as hex digits (4 digits: Mode A/C)
    @016CE3671C7488D406B902015A678D4D220AA4BDA;     the same behind 6 bytes of a 12 MHz counter

Source: Jetvision "Mode-S Beast: data output formats", AVR. Other leading characters of that paper (`%`, `<`) and lines
with a signal level are counted as bad. Without counters a file has no times.
"""

from dronewall.formats import modes
from dronewall.formats.about import About
from dronewall.formats.decoding import Decoder, Options
from dronewall.formats.hexframes import HexFrames, frame_of
from dronewall.formats.ticks import TickClock


class _Avr:
    timed = False
    about = About(
        tables=("avr", "modes", "modes.squitters"),
        sources=(
            'Jetvision, "Mode-S Beast: data output formats", AVR',
            *modes.SOURCES,
        ),
        deviations=modes.DEVIATIONS,
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
    if not line.endswith(b";") or line[:1] not in (b"*", b"@"):
        return "not an AVR line"
    counted = line[:1] == b"@"
    frame = frame_of(line[13:-1] if counted else line[1:-1])
    if frame is None:
        return "not a frame in hex digits"
    if not counted:
        return frame, clock.time_ns(0, received_ns)
    try:
        ticks = int(line[1:13].decode("ascii"), 16)
    except ValueError:
        return "not a counter in hex digits"
    return frame, clock.time_ns(ticks, received_ns)


def encode(frame: bytes, ticks: int | None = None) -> bytes:
    """One frame as an AVR line."""
    head = b"*" if ticks is None else b"@%012X" % ticks
    return head + frame.hex().upper().encode() + b";\n"


FORMAT = _Avr()

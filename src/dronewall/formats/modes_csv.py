"""Frames with times as comma-separated lines: Unix seconds, frame in hex digits, then whatever (pyModeS samples).

    1457996400,"8D406B909945DE10000405999BE4","406B90",19

Some of its files have the address before the frame; the first field of 14 or 28 hex digits is the frame. Source: the
sample data of pyModeS, there is no other specification.
"""

from collections.abc import Iterable, Iterator

from dronewall.formats import modes
from dronewall.formats.about import About, Judge
from dronewall.formats.decoding import Decoder, Faults, Options
from dronewall.formats.hexframes import HexFrames, frame_of
from dronewall.formats.lexical import double
from dronewall.formats.modes.carried import Carried, of_lines, seconds_text
from dronewall.formats.rs1090 import LATEST_S
from dronewall.units import nanoseconds

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class _ModesCsv:
    timed = True
    about = About(
        tables=("modes_csv", "modes", "modes.squitters"),
        untaken=modes.UNTAKEN,
        sources=(
            "the sample data of pyModeS; there is no other specification",
            *modes.SOURCES,
        ),
        deviations=modes.DEVIATIONS,
        judges=(
            Judge(
                program="pyModeS 2.21.1",
                compared="positions, altitudes and velocities of its own sample",
                test="tests/against/test_against_pymodes.py",
            ),
        ),
    )

    def sniff(self, head: bytes) -> float:
        """The share of lines that hold a time and a frame."""
        lines = [line.strip() for line in head[:4096].split(b"\n")[:-1] if line.strip()]
        good = sum(not isinstance(_parse(line, 0), str) for line in lines)
        return 0.9 * good / len(lines) if lines else 0.0

    def decoder(self, options: Options) -> Decoder:
        return HexFrames(options, _parse)


def _parse(line: bytes, received_ns: int) -> tuple[bytes, int | None] | str:
    first, *others = line.removeprefix(BYTE_ORDER_MARK).replace(b'"', b"").split(b",")
    timestamp = double(first.decode("ascii", "replace"))
    if timestamp is None or not 0 <= timestamp < LATEST_S:
        return "no time"
    frames = (frame_of(text.strip()) for text in others if len(text.strip()) in (14, 28))
    frame = next((f for f in frames if f is not None), None)
    return "no frame" if frame is None else (frame, nanoseconds(timestamp))


def carried(pieces: Iterable[bytes], faults: Faults) -> Iterator[Carried]:
    """Every frame of a stream, as it came."""
    return of_lines(pieces, faults, split)


def split(line: bytes) -> Carried | str:
    """The frame of a line with its time, or why there is none."""
    found = _parse(line, 0)
    return found if isinstance(found, str) else Carried(found[0], time_ns=found[1])


def encode(frame: bytes, time_ns: int) -> bytes:
    """One frame as a line."""
    return b"%s,%s\n" % (seconds_text(time_ns), frame.hex().upper().encode())


FORMAT = _ModesCsv()

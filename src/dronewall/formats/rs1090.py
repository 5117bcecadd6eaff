"""Frames with times as JSON lines, as rs1090 and jet1090 write them (the raw capture in the package `traffic` is one).

    {"timestamp":1720248189.525094,"frame":"8f393322384a02aea63afc43dcba", ...}

`timestamp` is Unix seconds, `frame` hex digits. What rs1090 decoded beside them is not read: frames are decoded here.
Source: rs1090 documentation, `jet1090` output.
"""

import json
from collections.abc import Iterable, Iterator

from dronewall.formats import modes
from dronewall.formats.about import About, Judge
from dronewall.formats.decoding import Decoder, Faults, Options
from dronewall.formats.hexframes import HexFrames, frame_of
from dronewall.formats.modes.carried import Carried, of_lines, seconds_text
from dronewall.units import nanoseconds

LATEST_S = 9.2e9  # the last second that int64 nanoseconds hold


class _Rs1090:
    timed = True
    about = About(
        tables=("rs1090", "modes", "modes.squitters"),
        untaken=("signal levels", *modes.UNTAKEN),
        sources=(
            "rs1090 documentation, output of jet1090",
            *modes.SOURCES,
        ),
        deviations=modes.DEVIATIONS,
        judges=(
            Judge(
                program="rs1090",
                compared="every position of a real flight equal within a nanometre; altitudes, speeds, tracks",
                test="tests/against/test_against_rs1090.py",
            ),
        ),
    )

    def sniff(self, head: bytes) -> float:
        """Sure where the first line is an object with `timestamp` and a frame."""
        return 0.0 if isinstance(_parse(head.split(b"\n", 1)[0].strip(), 0), str) else 1.0

    def decoder(self, options: Options) -> Decoder:
        return HexFrames(options, _parse)


def _parse(line: bytes, received_ns: int) -> tuple[bytes, int | None] | str:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return "not JSON"
    if not isinstance(said, dict) or not isinstance(said.get("frame"), str):
        return "no frame"
    timestamp = said.get("timestamp")
    if not isinstance(timestamp, int | float) or not 0 <= timestamp < LATEST_S:
        return "no timestamp"
    frame = frame_of(said["frame"].encode("utf-8", "replace"))
    return "not a frame in hex digits" if frame is None else (frame, nanoseconds(timestamp))


def carried(pieces: Iterable[bytes], faults: Faults) -> Iterator[Carried]:
    """Every frame of a stream, as it came."""
    return of_lines(pieces, faults, split)


def split(line: bytes) -> Carried | str:
    """The frame of a line with its time, or why there is none."""
    found = _parse(line, 0)
    return found if isinstance(found, str) else Carried(found[0], time_ns=found[1])


def encode(frame: bytes, time_ns: int) -> bytes:
    """One frame as a line."""
    return b'{"timestamp":%s,"frame":"%s"}\n' % (seconds_text(time_ns), frame.hex().encode())


FORMAT = _Rs1090()

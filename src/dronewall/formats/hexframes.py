"""What the formats share that carry Mode S frames as lines of text."""

from collections.abc import Callable

from dronewall.formats.decoding import Decoded, Faults, Lines, Options
from dronewall.formats.lexical import octets_of
from dronewall.formats.modes.squitters import Squitters

# a line and the time of its reception -> its frame and the time it was true (None: not said), or why it is bad
Parse = Callable[[bytes, int], tuple[bytes, int | None] | str]


class HexFrames:
    """Decodes lines of text, each with one frame."""

    def __init__(self, options: Options, parse: Parse) -> None:
        self.faults = Faults()
        self._squitters = Squitters(options, self.faults)
        self._lines = Lines(self.faults, whole=options.datagrams)
        self._from_file = options.from_file
        self._parse = parse

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the stream."""
        return self._take(self._lines.feed(data, received_ns), received_ns)

    def end(self, received_ns: int) -> Decoded:
        """Read a last line without an end."""
        return self._take(self._lines.end(), received_ns)

    def _take(self, lines: list[bytes], received_ns: int) -> Decoded:
        frames: list[bytes] = []
        times: list[int] = []
        for line in lines:
            said = self._parse(line, received_ns)
            if isinstance(said, str):
                self.faults.messages += 1
                self.faults.add(received_ns, said, line)
                continue
            frame, time_ns = said
            frames.append(frame)
            times.append(received_ns if time_ns is None else time_ns)
        self._squitters.feed(frames, times, times if self._from_file else [received_ns] * len(times))
        return self._squitters.reports.take()


def frame_of(text: bytes) -> bytes | None:
    """A frame of 7 or 14 bytes (2 for Mode A/C) written as hex digits, None where it is something else."""
    frame = octets_of(text.decode("ascii", "replace"))
    return frame if frame is not None and len(frame) in (2, 7, 14) else None

"""Beast binary, the stream of most ADS-B receivers (readsb and dump1090 port 30005).

    0x1A  type       '1' Mode A/C (2 bytes), '2' Mode S short (7), '3' Mode S long (14), '4' receiver status (14)
    6 bytes          counter of 12 MHz, big endian; 0 where the receiver has none
    1 byte           signal level, square root of power, 255 = full scale; not read
    payload          as long as the type says

A 0x1A inside counter, signal or payload is sent twice. Source: Jetvision "Mode-S Beast: data output formats", which
readsb's `net_io.c` follows. The counter has no epoch: live, the time of reception gives it; a file needs a date. GPS
counters (Radarcape) are not told apart and are read as 12 MHz.
"""

import re
from collections.abc import Generator, Iterable, Iterator
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dronewall.formats import modes
from dronewall.formats.about import About, Judge
from dronewall.formats.decoding import Between, Decoded, Decoder, Faults, Options
from dronewall.formats.modes.carried import Carried
from dronewall.formats.modes.squitters import Squitters
from dronewall.formats.ticks import TickClock
from dronewall.kernels import beast as kernel
from dronewall.units import Ints

LENGTHS: Final = {0x31: 2, 0x32: 7, 0x33: 14, 0x34: 14}
HEADER: Final = 7  # counter and signal
ESCAPE: Final = b"\x1a"
SHORTEST: Final = 2 + HEADER + 2
SHORT_FRAME, LONG_FRAME = 0x32, 0x33
OTHER_FRAMES: Final = {0x31: "Mode A/C", 0x34: "receiver status"}
STATUS: Final = 0x34
KIND_OF_LENGTH: Final = {2: 0x31, 7: 0x32, 14: 0x33}
_RUN: Final = re.compile(rb"\x1a+")
_OCTET: Final = rb"(?:[^\x1a]|\x1a\x1a)"
_WHOLE: Final = re.compile(
    rb"\x1a(?:"
    + b"|".join(b"([%c])(%s{%d})" % (kind, _OCTET, HEADER + length) for kind, length in LENGTHS.items())
    + b")"
)

_BEGIN: Final = re.compile(rb"\x1a[1-4]")
_BEGUN: Final = re.compile(rb"\x1a[1-4]" + _OCTET + b"*")


class BeastDecoder:
    """Decodes one Beast stream."""

    def __init__(self, options: Options) -> None:
        self.faults = Faults()
        self.clock = TickClock(options.date_ns, options.pace_ns)
        self._squitters = Squitters(options, self.faults)
        self._from_file = options.from_file
        self._rest = b""

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the stream."""
        data = self._rest + data
        kinds, ticks, payload, stopped = whole_frames(data, self.faults, received_ns)
        self._rest = data[stopped:]
        mode_s = (kinds == LONG_FRAME) | (kinds == SHORT_FRAME)
        if not mode_s.all():
            self.faults.messages += int((~mode_s).sum())
            for kind, name in OTHER_FRAMES.items():
                if (count := int((kinds == kind).sum())) > 0:
                    self.faults.unread[name] += count
        time_ns = self.clock.time_ns
        times = [time_ns(count, received_ns) for count in ticks[mode_s].tolist()]
        received = times if self._from_file else [received_ns] * len(times)
        long = kinds[mode_s] == LONG_FRAME
        self._squitters.feed_frames(payload[mode_s], long, times, received)
        return self._squitters.reports.take()

    def end(self, received_ns: int) -> Decoded:
        """Count a frame that was cut off."""
        if self._rest:
            self.faults.add(received_ns, "cut short", self._rest)
            self._rest = b""
        return self._squitters.reports.take()


Kinds = NDArray[np.uint8]


def whole_frames(data: bytes, faults: Faults, received_ns: int) -> tuple[Kinds, Ints, Kinds, int]:
    """Type, counter and payload [shape=(n, 14)] of every whole frame, and where one begins that is not whole yet."""
    octets = np.frombuffer(data, np.uint8)
    room = len(data) // SHORTEST + 1
    kinds, ticks, payload = np.empty(room, np.uint8), np.empty(room, np.int64), np.empty((room, 14), np.uint8)
    count, at, over = 0, 0, False
    while not over:
        count, at = kernel.frames(octets, at, kinds, ticks, payload, count)
        at, over = _odd(data, at, faults, received_ns)
    return kinds[:count], ticks[:count], payload[:count], at


def _odd(data: bytes, at: int, faults: Faults, received_ns: int) -> tuple[int, bool]:
    """Past what is no whole frame at `at`, counted; or True where the rest has to wait for more."""
    size = len(data)
    start = data.find(ESCAPE, at)
    if start < 0:
        start = size
    if start > at:
        faults.add(received_ns, "between frames", data[at:start])
        return start, start >= size
    if start + 1 >= size:
        return start, True
    payload_length = LENGTHS.get(data[start + 1])
    if payload_length is None:
        faults.add(received_ns, "frame type", data[start : start + 2])
        run = _RUN.match(data, start)
        return run.end() - 1 if run is not None and run.end() > start + 1 else start + 2, False
    body, at, whole = _unescaped(data, start + 2, HEADER + payload_length)
    if body is None and whole:  # another frame begins inside this one
        faults.add(received_ns, "cut short", data[start:at])
        return at, False
    return start, True


def _unescaped(data: bytes, start: int, length: int) -> tuple[bytes | None, int, bool]:
    """`length` bytes from `start` with doubled 0x1A made single: (bytes, where they end, True).

    (None, where, True): a lone 0x1A at `where`. (None, start, False): the data end before.
    """
    piece = data[start : start + length]
    if len(piece) == length and ESCAPE not in piece:
        return piece, start + length, True
    body = bytearray()
    at = start
    while len(body) < length:
        if at >= len(data):
            return None, start, False
        if data[at] == 0x1A:
            if at + 1 >= len(data):
                return None, start, False
            if data[at + 1] != 0x1A:
                return None, at, True
            at += 1
        body.append(data[at])
        at += 1
    return bytes(body), at, True


def cut(pieces: Iterable[bytes]) -> Iterator[bytes | Between]:
    """Every frame of a stream as it came, one that is cut short too; and what stands between them."""
    rest = b""
    for piece in chain(pieces, (None,)):
        rest += piece or b""
        at = yield from _cut(rest, over=piece is None)
        rest = rest[at:]


def _cut(data: bytes, *, over: bool) -> Generator[bytes | Between, None, int]:
    """The same of what has come; where what may yet go on begins."""
    at = 0
    while at < len(data):
        found = _WHOLE.match(data, at) or _BEGUN.match(data, at)
        if found is not None:
            if found.re is _BEGUN and not over and found.end() >= len(data) - 1:
                return at
            yield found.group()
            at = found.end()
            continue
        begin = _BEGIN.search(data, at)
        stop = begin.start() if begin else len(data) - (not over and data.endswith(ESCAPE))
        if stop == at:
            return at
        kind = data[at : at + 1] == ESCAPE and stop > at + 1
        yield Between(data[at:stop], "frame type" if kind else "between frames")
        at = stop
    return at


def carried(pieces: Iterable[bytes], faults: Faults) -> Iterator[Carried]:
    """Every whole frame of a stream, as it came; what stands between them is counted as the decoder does."""
    data = b""
    for piece in pieces:
        data, at, over = data + piece, 0, False
        while not over:
            found = _WHOLE.match(data, at)
            if found is None:
                at, over = _odd(data, at, faults, 0)
                continue
            kind, body = (part for part in found.groups() if part is not None)
            body = body.replace(ESCAPE * 2, ESCAPE)
            faults.messages += 1
            ticks, signal = int.from_bytes(body[:6], "big"), body[6]
            yield Carried(body[HEADER:], ticks=ticks, signal=signal, status=kind[0] == STATUS)
            at = found.end()
        data = data[at:]
    if data:
        faults.add(0, "cut short", data)


def encode(frame: bytes, ticks: int, signal: int = 0, *, status: bool = False) -> bytes:
    """One frame of 2, 7 or 14 bytes as Beast bytes: a Mode A/C reply, Mode S, or a receiver's `status`."""
    kind = STATUS if status else KIND_OF_LENGTH[len(frame)]
    body = ticks.to_bytes(6, "big") + bytes([signal]) + frame
    return ESCAPE + bytes([kind]) + body.replace(ESCAPE, ESCAPE * 2)


class _Beast:
    timed = False
    about = About(
        tables=("beast", "modes", "modes.squitters"),
        untaken=("signal levels", *modes.UNTAKEN),
        sources=(
            'Jetvision, "Mode-S Beast: data output formats", binary',
            *modes.SOURCES,
        ),
        deviations=(
            *modes.DEVIATIONS,
            "GPS counters (Radarcape) are not told apart and are read as 12 MHz.",
        ),
        judges=(
            Judge(
                program="dump1090-mutability 1.15",
                compared="its Beast output decoded here holds every position of its SBS output but the first",
                test="tests/against/test_against_dump1090.py",
            ),
            Judge(
                program="dump1090-mutability 1.15",
                compared="every frame and counter that `convert` writes, read over its own port",
                test="tests/against/test_against_dump1090_carriers.py",
            ),
        ),
    )

    def sniff(self, head: bytes) -> float:
        """Sure when sound frames begin the stream and nothing stands between them."""
        faults = Faults()
        count = len(whole_frames(head[:4096], faults, 0)[0])
        if not count or head[:1] != ESCAPE:
            return 0.0
        return count / (count + 4.0 * faults.count) * min(1.0, 0.5 + count / 10.0)

    def units(self, head: bytes) -> Iterator[bytes | Between]:
        """Whole frames, and what stands between them."""
        for unit in cut([head]):
            if isinstance(unit, Between) or _WHOLE.fullmatch(unit):
                yield unit
            else:
                yield Between(unit, "cut short")

    def decoder(self, options: Options) -> Decoder:
        return BeastDecoder(options)


FORMAT = _Beast()

"""From one carrier of Mode S frames to another: `beast`, `avr`, `rs1090`, `modes_csv`.

Frames go across as they came, byte for byte, also those that are of no use here (other downlink formats, a parity that
does not hold); what stands between frames is counted as the decoder counts it. Beside a frame:

    counter to counter   the 48 bits as they are; without one, Beast has 0 and AVR a line with `*`
    counter to time      the first counter is 00:00:00 UTC of `--date`, as for a recording
    time to counter      ticks of 12 MHz since 00:00:00 UTC of the first frame's day
    signal level         from Beast to Beast only

From a capture of ASTERIX to a file of blocks (`asterix_pcap` to `asterix`) it is the same: datagrams as they came;
and from one file of blocks to another, whole blocks as they came.

Memory does not grow with the file.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from dronewall.archive.files import beside
from dronewall.convert.capture import Conversion, counted_from_ns, pieces
from dronewall.convert.summary import Ahead, Summary
from dronewall.errors import BadInput
from dronewall.formats import avr, beast, modes_csv, rs1090
from dronewall.formats.asterix import cutting
from dronewall.formats.asterix import pcap as asterix_pcap
from dronewall.formats.decoding import Faults
from dronewall.formats.modes.carried import MODE_A_C, Carried
from dronewall.formats.ticks import MLAT_MAGIC, TickClock, ticks_of
from dronewall.units import SECOND_NS, utc_text

CARRIERS: Final = {"avr": avr, "beast": beast, "modes_csv": modes_csv, "rs1090": rs1090}
COUNTED: Final = ("avr", "beast")
TICKS: Final = 1 << 48
DAY_NS: Final = 86_400 * SECOND_NS
LOT: Final = 4_096


def carried_across(source: Path, target: Path, name: str, to: str, day: date | None, now_ns: int | None) -> Summary:
    """Write the frames of a file of one carrier as another.

    Raises
    ------
    BadInput
        There is no frame in it, or the target needs a time and nothing tells one.
    """
    notes: list[str] = []
    clock = _clock(source, target, name, day, notes) if name in COUNTED and to not in COUNTED else None
    faults, seen = Faults(), _Seen(to, clock, now_ns)
    with beside(target) as file:
        with file.open("wb") as out:
            for lot in _lots(seen.written(CARRIERS[name].carried(pieces(source), faults))):
                out.write(lot)
        if not seen.frames:
            counts = ", ".join(f"{n} {why}" for why, n in sorted((faults.reasons + seen.lost).items())) or "none"
            raise BadInput(
                f"{source} holds no frame that {to} has room for ({name}: {counts}); nothing was written",
                file=str(source),
            )
    return Summary(
        source_format=name,
        target_format=to,
        messages=faults.messages,
        written=seen.frames,
        first_ns=seen.first_ns,
        last_ns=seen.last_ns,
        faults=dict(faults.reasons),
        notes=(*notes, *seen.notes(), *seen.ahead.notes(seen.frames, "frames")),
    )


def blocks_across(source: Path, target: Path, name: str, now_ns: int | None) -> Summary:
    """Write the ASTERIX blocks of a capture, or of a file of them, one after another, byte for byte.

    Raises
    ------
    BadInput
        There is no block in it.
    """
    faults = Faults()
    count, first_ns, last_ns, ahead = 0, 0, 0, Ahead(now_ns)
    with beside(target) as file:
        with file.open("wb") as out:
            for time_ns, blocks in BLOCKS[name](pieces(source), faults):
                out.write(blocks)
                ahead.add(time_ns)
                count, first_ns, last_ns = count + 1, min(first_ns or time_ns, time_ns), max(last_ns, time_ns)
        if not count:
            told = ", ".join(f"{n} {why}" for why, n in sorted((faults.reasons + faults.unread).items())) or "none"
            raise BadInput(f"{source} holds no block of ASTERIX ({told}); nothing was written", file=str(source))
    return Summary(
        source_format=name,
        target_format="asterix",
        messages=faults.messages,
        written=count,
        first_ns=first_ns,
        last_ns=last_ns,
        faults=dict(faults.reasons),
        unread=dict(faults.unread),
        notes=(BLOCKS_ONLY if name == "asterix_pcap" else AS_THEY_CAME, *ahead.notes(count, "datagrams")),
    )


BLOCKS: Final = {"asterix_pcap": asterix_pcap.carried, "asterix": cutting.carried}
AS_THEY_CAME: Final = "Blocks went across as they came."
BLOCKS_ONLY: Final = (
    f"{AS_THEY_CAME} Left out, since a file of blocks has no room for it: addresses, ports and times of reception. "
    "ASTERIX says the time of day and no date: --date gives it back."
)


def _lots(parts: Iterator[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    for part in parts:
        held.append(part)
        if len(held) == LOT:
            yield b"".join(held)
            held = []
    yield b"".join(held)


def _clock(source: Path, target: Path, name: str, day: date | None, notes: list[str]) -> TickClock:
    """What the counters of a file say, as for a recording: with frames spaced evenly where no counter runs."""
    date_ns = counted_from_ns(source, name, day)
    if any(one.ticks not in (None, 0, MLAT_MAGIC) for one in CARRIERS[name].carried(pieces(source), Faults())):
        notes.append(f"The counter has no epoch: its first value counts as {utc_text(date_ns)}.")
        return TickClock(date_ns)
    spaced = Conversion(source, target, name, day, None)
    _, pace_ns = spaced.paced()
    notes += spaced.notes
    return TickClock(date_ns, pace_ns)


class _Seen:
    """Frames on their way to a carrier, counted, and what it has no room for."""

    def __init__(self, to: str, clock: TickClock | None, now_ns: int | None) -> None:
        self.to, self.clock = to, clock
        self.ahead = Ahead(now_ns)
        self.lost: Counter[str] = Counter()
        self.frames = 0
        self.first_ns = self.last_ns = 0
        self._day_ns: int | None = None

    def written(self, frames: Iterator[Carried]) -> Iterator[bytes]:
        """Each frame as the target's bytes; what has no place there is counted."""
        for one in frames:
            if one.status and self.to != "beast":
                self.lost["receiver status frames"] += 1
            elif len(one.frame) == MODE_A_C and self.to not in COUNTED:
                self.lost["Mode A/C replies"] += 1
            else:
                yield self._one(one)

    def _one(self, one: Carried) -> bytes:
        if one.signal and self.to != "beast":
            self.lost["signal levels"] += 1
        if self.clock is not None:
            one = one._replace(time_ns=self.clock.time_ns(one.ticks or 0, 0))
        if one.time_ns is not None:
            self.first_ns = min(self.first_ns, one.time_ns) if self.frames else one.time_ns
            self.last_ns = max(self.last_ns, one.time_ns)
            self.ahead.add(one.time_ns)
            if self.clock is None and self.to in COUNTED:
                one = one._replace(ticks=self._ticks(one.time_ns))
        self.frames += 1
        return WRITE[self.to](one)

    def _ticks(self, time_ns: int) -> int:
        """Ticks since the first frame's midnight; 0, which says that there is none, for what lies before it."""
        if self._day_ns is None:
            self._day_ns = time_ns // DAY_NS * DAY_NS
        ticks = ticks_of(time_ns - self._day_ns)
        if not 0 <= ticks < TICKS or ticks == MLAT_MAGIC:
            self.lost["times that a counter cannot hold"] += 1
            return 0
        return max(ticks, 1)

    def notes(self) -> list[str]:
        """What was lost, in sentences."""
        found = []
        if self.lost:
            told = ", ".join(f"{n} {what}" for what, n in sorted(self.lost.items()))
            found.append(f"Left out, since {self.to} has no room for it: {told}.")
        if self._day_ns is not None:
            found.append(
                f"A counter of 12 MHz has no date: it counts from {utc_text(self._day_ns)}, in steps of 83 ns; the "
                f"first frame is of {utc_text(self.first_ns)}."
            )
        return found


def _beast(one: Carried) -> bytes:
    return beast.encode(one.frame, one.ticks or 0, one.signal or 0, status=one.status)


def _avr(one: Carried) -> bytes:
    return avr.encode(one.frame, one.ticks or None)


def _timed(encode: Callable[[bytes, int], bytes], one: Carried) -> bytes:
    assert one.time_ns is not None
    return encode(one.frame, one.time_ns)


WRITE: Final[Mapping[str, Callable[[Carried], bytes]]] = {
    "avr": _avr,
    "beast": _beast,
    "modes_csv": partial(_timed, modes_csv.encode),
    "rs1090": partial(_timed, rs1090.encode),
}

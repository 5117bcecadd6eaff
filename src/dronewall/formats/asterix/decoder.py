"""A stream of ASTERIX data blocks as detections and looks of one source.

    look        of a radar (048, 001): one turn of its antenna, from north mark to north mark (034 or 002, type 1), or
                where no mark has come, from one passing of north to the next; of every other category, each record
    time        I../140 and the like: 1/128 s since midnight UTC, dated by `days.py`; 24 h or more is no time of day:
                such a record is counted and not taken
    source      SAC and SIC: the option `source`, or the first that speaks; others are counted, each by itself
    edition     the option `editions`, such as {"048" = "1.27"}; left out, the newest. The first edition of a category
                that a feed is told counts for all of its records

Garbage between blocks, a category that there is not, a length that cannot be: counted, and the stream goes on at the
next place where a known category begins a block whose records are whole.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dronewall.formats.asterix import detections as found
from dronewall.formats.asterix.days import UNSAID, Days
from dronewall.formats.asterix.framing import OTHERS, Framing
from dronewall.formats.asterix.reading import WHY, Bytes, Records, records
from dronewall.formats.asterix.tables import editions, layouts
from dronewall.formats.asterix.told import Told
from dronewall.formats.decoding import KEPT_BYTES, Decoded, Faults, Options
from dronewall.formats.joining import together
from dronewall.geo.geoid import undulation_m
from dronewall.records.detection import Column, Detections, empty, joined
from dronewall.units import SECOND_NS, Floats, Ints

CLOCK_NS: Final = 10 * SECOND_NS
LONGEST_TURN_NS: Final = 60 * SECOND_NS  # two marks farther apart than this have an outage between them
LONGEST_LOOK: Final = 200_000  # rows; a radar that never passes north does not fill the memory
DAY_S: Final = 86_400.0
LATEST_NS: Final = 2**63 - 1 - 10**18


@dataclass(slots=True)
class _Rows:
    """Detections in the order of their bytes, before they are cut into looks."""

    place: Ints
    values: Floats
    time_ns: Ints
    short: bool
    address: Ints
    label: NDArray[np.object_]
    rotating: bool


@dataclass(slots=True)
class _Look:
    """A turn of the antenna that has not ended."""

    parts: list[Detections] = field(default_factory=list)
    rows: int = 0
    azimuth: float = -1.0
    mark_ns: int = -1  # when the antenna passed north; -1: not said


class AsterixDecoder:
    """Decodes one stream of one source."""

    def __init__(self, options: Options) -> None:
        self.faults = Faults()
        self._options = options
        self._editions = editions(options.editions)
        self._source = None if options.source is None else options.source[0] << 8 | options.source[1]
        self._framing = Framing(self._editions, self.faults)
        self._rest = b""
        self._next_scan = options.first_scan
        self._look = _Look()
        self._marked = False
        self.days = Days(options.date_ns, by_reception=not options.from_file)
        self.told = Told()
        place = options.receiver_deg
        self._undulation_m = None if place is None else float(undulation_m(*np.radians(place)))

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the stream; with the option `datagrams`, whole datagrams."""
        whole, self._rest = self._framing.whole(self._rest + data, received_ns)
        parts = [self._blocks(piece, received_ns) for piece in whole]
        if self._options.datagrams and self._rest:
            parts += self._cut(received_ns)
        return together(parts)

    def end(self, received_ns: int) -> Decoded:
        """Count a block that was cut off, and let go of the last look."""
        return together([*self._cut(received_ns), self._let_go(received_ns)])

    def hint(self) -> str:
        """Why no look has come of late, for the health page: no records of ours, or plots and no north mark."""
        rows = self._look.rows
        if rows:
            marks = "the last north mark is long past" if self._marked else "no north mark (CAT 034, 002) came"
            return f"{rows:,} plots wait for their turn of the antenna to end: {marks}"
        return self.told.strangers(self._source)

    def _cut(self, received_ns: int) -> list[Decoded]:
        """Nothing more comes of a block: what stands behind a head that promised too much."""
        parts: list[Decoded] = []
        while self._rest:
            skip = self._framing.next_block(np.frombuffer(self._rest, np.uint8), 1)
            self.faults.add(received_ns, "cut short", self._rest[:skip])
            whole, self._rest = self._framing.whole(self._rest[skip:], received_ns)
            parts += [self._blocks(piece, received_ns) for piece in whole]
        return parts

    # -------------------------------------------------------------------------------------------- whole blocks

    def _blocks(self, piece: tuple[Bytes, Ints], received_ns: int) -> Decoded:
        view, table = piece
        rows: list[_Rows] = []
        marks: list[tuple[Ints, Floats]] = []
        whole: list[tuple[int, Records]] = []
        for category in np.unique(table[:, 0]).tolist():
            chosen = table[table[:, 0] == category]
            if category in OTHERS:
                self.faults.unread[f"blocks of CAT {category:03d}"] += len(chosen)
                continue
            made, bad = records(view, chosen, layouts(category, self._editions[category]))
            for block, _, why in bad.tolist():
                start = int(chosen[block, 1]) - 3
                data = view[start : int(chosen[block, 2])].tobytes()
                self.faults.messages += 1
                self.faults.add(received_ns, f"CAT {category:03d}: {WHY[why]}", data)
            whole += [(category, one) for one in made if len(one)]
        since = self._first(whole)
        for category, one in whole:
            self._category(category, self._of_source(one, since, received_ns), rows, marks, received_ns)
        return self._cut_into_looks(view, rows, marks, received_ns)

    def _category(
        self, category: int, one: Records, rows: list[_Rows], marks: list[tuple[Ints, Floats]], received_ns: int
    ) -> None:
        self.faults.messages += len(one)
        if not len(one):
            return
        if category in (2, 34):
            north = one.whole("000", 0) == 1
            good = self._of_a_day(category, one, np.flatnonzero(north), one.number("030")[north], received_ns)
            marks.append((one.spans[north, 0][good], one.number("030")[north][good]))
            self.told.stands(one)
            self.faults.unread["north marks and sectors"] += len(one)
            return
        taken = found.of(category, one, self.faults.unread, self._undulation_m)
        if taken is None:
            self.faults.unread[f"records of CAT {category:03d}"] += len(one)
            return
        good = self._of_a_day(category, one, taken.rows, taken.time_s, received_ns)
        self.told.rows[category] += int(good.sum())
        time_s = taken.time_s[good]
        rows.append(
            _Rows(
                place=one.spans[taken.rows[good], 0],
                values=taken.values[good],
                time_ns=np.where(np.isfinite(time_s), np.nan_to_num(time_s) * SECOND_NS, UNSAID).astype(np.int64),
                short=taken.day_s < DAY_S,
                address=taken.address[good],
                label=taken.label[good],
                rotating=category in found.ROTATING,
            )
        )

    def _of_a_day(self, category: int, one: Records, rows: Ints, time_s: Floats, received_ns: int) -> NDArray[np.bool_]:
        """Which of the records do not say a time of 24 h or more; those that do are bad."""
        good = ~(time_s >= DAY_S)
        for row in rows[~good].tolist():
            data = one.data[one.spans[row, 0] : one.spans[row, 1]].tobytes()
            self.faults.add(received_ns, f"CAT {category:03d}: a time of day of 24 h or more", data)
        return np.asarray(good)

    def _first(self, whole: list[tuple[int, Records]]) -> int:
        """Take the first that speaks as our source; where that was, 0 where it is long known."""
        if self._source is not None:
            return 0
        first = 2**63 - 1
        for _, one in whole:
            there = np.flatnonzero(one.has("010"))
            if len(there) and (place := int(one.spans[there[0], 0])) < first:
                first, self._source = place, int(_sources(one)[there[0]])
        return first

    def _of_source(self, one: Records, since: int, received_ns: int) -> Records:
        """The records of our source; those that do not say theirs only where no record before ever did."""
        if self._source is None:
            return one
        there, code = one.has("010"), _sources(one)
        before = ~there & (one.spans[:, 0] < since)
        ours = there & (code == self._source) | before
        self.told.source = self._source
        if ours.any():
            self.told.ours_ns = received_ns
        if ours.all():
            return one
        self.told.others_ns = received_ns
        silent = int((~there & ~before).sum())
        if silent:
            self.faults.unread["records that do not say their source"] += silent
        for other, count in zip(*np.unique(code[there & ~ours], return_counts=True), strict=True):
            self.faults.unread[self.told.other(int(other), int(count))] += int(count)
        return Records(one.data, one.layout, one.offsets[ours], one.spans[ours])

    # -------------------------------------------------------------------------------------------- times and looks

    def _cut_into_looks(
        self, view: Bytes, rows: list[_Rows], marks: list[tuple[Ints, Floats]], received_ns: int
    ) -> Decoded:
        place = np.concatenate([np.zeros(0, np.int64), *(part.place for part in rows), *(at for at, _ in marks)])
        if not len(place):
            return together([])
        of_marks = [np.nan_to_num(time_s * SECOND_NS, nan=-1.0).astype(np.int64) for _, time_s in marks]
        seconds = np.concatenate([np.zeros(0, np.int64), *(part.time_ns for part in rows), *of_marks])
        order = np.argsort(place, kind="stable")
        instants = np.empty(len(place), np.int64)
        short = np.concatenate([np.zeros(0, np.bool_), *(np.full(len(part.place), part.short) for part in rows)])
        short = np.concatenate([short, np.zeros(len(place) - len(short), np.bool_)])
        instants[order] = self.days.instants(seconds[order], short[order], received_ns)
        n_rows = sum(len(part.place) for part in rows)
        times = instants[:n_rows]
        detections, rotating = self._detections(rows, times, received_ns)
        kept = detections.time_ns >= 0
        for at in place[:n_rows][~kept].tolist():
            self.faults.add(received_ns, "no date and time", view[at : at + KEPT_BYTES].tobytes())
        sequence = order[np.isin(order, np.flatnonzero(kept)) | (order >= n_rows)]
        return self._looks(detections, rotating, sequence, n_rows, instants, received_ns)

    def _detections(self, rows: list[_Rows], times: Ints, received_ns: int) -> tuple[Detections, NDArray[np.bool_]]:
        n = len(times)
        made = empty(n)
        if not n:
            return made, np.zeros(0, np.bool_)
        live = not self._options.from_file
        if live:
            far = (times < 0) | (np.abs(times - received_ns) > CLOCK_NS)
            if far.any():
                self.faults.unread["times more than 10 s off, taken as received"] += int(far.sum())
            times = np.where(far, received_ns, times)
        made.time_ns[:] = np.minimum(times, LATEST_NS)
        made.received_ns[:] = received_ns if live else made.time_ns
        made.values[:] = np.concatenate([part.values for part in rows])
        made.label[:] = np.concatenate([part.label for part in rows])
        address = np.concatenate([part.address for part in rows])
        address = np.where((address > 0) & (address < 0xFFFFFF), address, -1)
        known, which = np.unique(address, return_inverse=True)
        names = np.array([f"icao:{one:06x}" if one >= 0 else None for one in known.tolist()], object)
        made.identity[:] = names[which]
        return made, np.concatenate([np.full(len(part.place), part.rotating) for part in rows])

    def _looks(
        self,
        rows: Detections,
        rotating: NDArray[np.bool_],
        sequence: Ints,
        n_rows: int,
        instants: Ints,
        received_ns: int,
    ) -> Decoded:
        """Rows and north marks in the order of their bytes: whole turns, and records that are looks by themselves."""
        parts: list[Decoded] = []
        is_mark = sequence >= n_rows
        turning = is_mark | rotating[np.minimum(sequence, max(n_rows - 1, 0))] if n_rows else is_mark
        alone = sequence[~turning]
        if len(alone):
            parts.append(self._single(rows.rows(alone)))
        walk, marked = sequence[turning], is_mark[turning]
        if not len(walk):
            return together(parts)
        cut = marked.copy()
        if not self._marked:
            first = int(np.argmax(marked)) if marked.any() else len(walk)
            plots = np.flatnonzero(~marked[:first])
            azimuth = rows.values[walk[plots], Column.AZIMUTH_RAD]
            before = np.concatenate([[self._look.azimuth if self._look.azimuth >= 0 else azimuth[:1].sum()], azimuth])
            cut[plots[np.diff(before) < -np.pi]] = True
            if len(azimuth):
                self._look.azimuth = float(azimuth[-1])
            self._marked = bool(marked.any())
        edges = [0, *np.flatnonzero(cut).tolist(), len(walk)]
        for number, (low, high) in enumerate(pairwise(edges)):
            if number:
                mark_ns = self._mark(instants[walk[low]], received_ns) if marked[low] else -1
                parts.append(self._let_go(received_ns, mark_ns))
            chosen = walk[low:high][~marked[low:high]]
            if len(chosen):
                self._look.parts.append(rows.rows(chosen))
                self._look.rows += len(chosen)
            if self._look.rows > LONGEST_LOOK:
                parts.append(self._let_go(received_ns))
        return together(parts)

    def _single(self, rows: Detections) -> Decoded:
        scan = np.arange(self._next_scan, self._next_scan + len(rows), dtype=np.int64)
        self._next_scan += len(rows)
        times = rows.time_ns.tolist()
        looks = tuple(zip(scan.tolist(), times, times, rows.received_ns.tolist(), strict=True))
        return Decoded(detections=rows, scan=scan, looks=looks)

    def _mark(self, instant: int, received_ns: int) -> int:
        """When the antenna passed north."""
        if not self._options.from_file and (instant < 0 or abs(instant - received_ns) > CLOCK_NS):
            return received_ns
        return int(instant)

    def _let_go(self, received_ns: int, mark_ns: int = -1) -> Decoded:
        """The turn that is over, as a look; between two marks also one that saw nothing."""
        look = self._look
        self._look = _Look(azimuth=look.azimuth, mark_ns=mark_ns)
        bounded = 0 <= look.mark_ns < mark_ns <= look.mark_ns + LONGEST_TURN_NS
        if not look.rows and not bounded:
            return together([])
        rows = joined(look.parts)
        first = int(rows.time_ns.min()) if look.rows else look.mark_ns
        last = int(rows.time_ns.max()) if look.rows else mark_ns
        if bounded:
            first, last = min(first, look.mark_ns), max(last, mark_ns)
        received = last if self._options.from_file else received_ns
        rows.received_ns[:] = received
        scan = np.full(look.rows, self._next_scan, np.int64)
        made = Decoded(detections=rows, scan=scan, looks=((self._next_scan, first, last, received),))
        self._next_scan += 1
        return made


def _sources(one: Records) -> Ints:
    """SAC and SIC of each record as one number; 0 where it does not say."""
    return np.asarray(one.whole("010/SAC", 0) << 8 | one.whole("010/SIC", 0))

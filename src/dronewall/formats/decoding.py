"""What every decoder shares: what comes out, how faults are counted, and how lines are cut from a stream."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np

from dronewall.errors import BadInput
from dronewall.formats.personal import FIXED_SALT, PersonalData
from dronewall.records.detection import Column, Detections, empty
from dronewall.records.scan import Scan
from dronewall.units import SECOND_NS, Ints

KEPT_BYTES = 256  # of each bad message
KEPT_FAULTS = 20
SHOWN_BYTES = 32  # of the last one, on the health page
LONGEST_LINE = 65_536
FEWEST = 4  # messages behind garbage by which a format is known
PLAIN = 0.9  # of the bytes from the first of them on


@dataclass(slots=True)
class Faults:
    """Bad input of one feed: how often for which reason, and the last few with their bytes.

    `unread` counts what is sound and of no use here (a reply without a position, a message type that is not decoded).
    """

    messages: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    last: deque[tuple[int, str, bytes]] = field(default_factory=lambda: deque(maxlen=KEPT_FAULTS))

    def add(self, received_ns: int, reason: str, data: bytes, *, personal: bool = False) -> None:
        """Count one bad message. Bytes that may hold personal data are not kept here."""
        self.reasons[reason] += 1
        self.last.append((received_ns, reason, b"" if personal else bytes(data[:KEPT_BYTES])))

    @property
    def count(self) -> int:
        """All bad messages so far."""
        return sum(self.reasons.values())

    def refused(self, now_ns: int) -> dict[str, Any] | None:
        """The last bad message for the health page: when, why, how long (cut at `KEPT_BYTES`), how it began in hex.

        `bytes` is None where its bytes may be personal and were not kept.
        """
        if not self.last:
            return None
        received_ns, reason, data = self.last[-1]
        return {
            "t": round(received_ns / SECOND_NS, 3),
            "age_s": round((now_ns - received_ns) / SECOND_NS, 1),
            "reason": reason,
            "bytes": len(data) or None,
            "head": data[:SHOWN_BYTES].hex(" "),
        }


class Between(NamedTuple):
    """Bytes of a file that are no message and stand between messages: which they are and, in a word, why.

    `alone`: they are a whole of their own kind, not to be joined with what follows for the same reason.
    """

    data: bytes
    rule: str
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What became whole with one piece of a stream.

    Attributes
    ----------
    detections : Detections
        n rows in the order in which they became whole.
    scan : np.ndarray [shape=(n,)]
        The look that each row is of; the rows of a look stand together.
    looks : sequence of (scan, time_ns, end_ns, received_ns)
        Every look that ended, with those that saw nothing.
    personal : sequence of PersonalData
        For the vault.
    """

    detections: Detections
    scan: Ints
    looks: Sequence[tuple[int, int, int, int]]
    personal: Sequence[PersonalData] = ()

    def scans(self, sensor: str) -> list[Scan]:
        """The looks as scans of `sensor`, for `tracker.step` and the desk."""
        found: list[Scan] = []
        first = 0
        rows = self.scan.tolist()
        for scan, time_ns, end_ns, received_ns in self.looks:
            stop = first
            while stop < len(rows) and rows[stop] == scan:
                stop += 1
            chosen = self.detections.rows(slice(first, stop))
            found.append(
                Scan(
                    sensor=sensor, scan=scan, time_ns=time_ns, end_ns=end_ns, received_ns=received_ns, detections=chosen
                )
            )
            first = stop
        return found


class Decoder(Protocol):
    """One feed's decoder: stateful, incremental, deterministic; raises for nothing that it is fed."""

    @property
    def faults(self) -> Faults: ...

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the stream, received at `received_ns`, and give what became whole."""
        ...

    def end(self, received_ns: int) -> Decoded:
        """The stream is over: give what still waits, count what is cut off."""
        ...


def hint_of(decoder: Decoder) -> str:
    """Why nothing comes of what a decoder is fed, where it has a `hint()` that says so: a sentence, or nothing."""
    hint = getattr(decoder, "hint", None)
    return "" if hint is None else str(hint())


def share_behind(part: "Format", head: bytes) -> float:
    """How sure a format is of a stream that begins with garbage, where its messages can be found behind it.

    Such a format has `units(head)`: its whole messages that could be no others, and what stands between them. It is
    where from the first of these on, `FEWEST` or more of them, nearly everything is such messages.
    """
    found = getattr(part, "units", None)
    units = [] if found is None else list(found(head))
    first = next((at for at, unit in enumerate(units) if not isinstance(unit, Between)), len(units))
    good = [len(unit) for unit in units[first:] if not isinstance(unit, Between)]
    # what is last may be a message that the head cuts
    strange = sum(len(unit.data) for unit in units[first:-1] if isinstance(unit, Between))
    share = sum(good) / (sum(good) + strange) if len(good) >= FEWEST else 0.0
    return 0.5 * share if share >= PLAIN else 0.0


class Format(Protocol):
    """One wire format."""

    @property
    def timed(self) -> bool:
        """Whether messages carry their own time; where not, a file of them has none unless its counters do."""
        ...

    def sniff(self, head: bytes) -> float:
        """How likely (0 to 1) a stream that begins with `head` is of this format."""
        ...

    def decoder(self, options: "Options") -> Decoder: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a feed may be told.

    Attributes
    ----------
    receiver_deg : (latitude_deg, longitude_deg) or None
        Where the receiver stands: lets a lone surface position be decoded and far ones be doubted.
    max_range_m : float
        Positions farther than this from `receiver_deg` are not believed. Line of sight to 15 km is 505 km.
    date_ns : int or None
        Start of the UTC day (or instant) that a file's own counter or time of day counts from. None: live, by the
        time of reception.
    pace_ns : int
        Files of frames without counters only: how far frames are apart.
    from_file : bool
        Read after the event: a message counts as received when it was true.
    salt : bytes
        Under which personal ids become pseudonyms.
    first_scan : int
        Number of the first look; a service that restarts goes on where it was.
    sensor : str or None
        jsonl only: lines that name another sensor are left out.
    max_age_s : float
        aircraft.json only: positions older than this in a snapshot are not taken.
    node : str or None
        sapient only: the node_id whose messages are taken; left out, the first that speaks.
    source : (int, int) or None
        asterix only: SAC and SIC of the records that are taken; left out, those of the first that speaks.
    editions : mapping of category to edition
        asterix only: `{"048" = "1.27"}`; left out, the newest of each.
    datagrams : bool
        Each piece is whole messages (a datagram, a message of MQTT, a posted request): lines and ASTERIX blocks
        never go on in the next. The program's own: it knows from the address.
    north_offset_deg : float or None
        sapient only: what an azimuth from magnetic, grid or platform north needs added to be from true north.
    """

    receiver_deg: tuple[float, float] | None = None
    max_range_m: float = 600_000.0
    date_ns: int | None = None
    pace_ns: int = 0
    from_file: bool = False
    salt: bytes = FIXED_SALT
    first_scan: int = 0
    sensor: str | None = None
    max_age_s: float = 60.0
    node: str | None = None
    source: tuple[int, int] | None = None
    editions: Mapping[str, str] = field(default_factory=dict)
    datagrams: bool = False
    north_offset_deg: float | None = None

    @staticmethod
    def of(given: Mapping[str, Any], where: str) -> "Options":
        """Options from a file's table, checked.

        Raises
        ------
        BadInput
            An option that there is not, or of the wrong kind.
        """
        checks: dict[str, tuple[Callable[[Any], bool], str]] = {
            "receiver_deg": (_is_place, "a latitude and a longitude in degrees"),
            "max_range_m": (lambda v: _is_number(v) and v > 0, "a number above 0"),
            "date_ns": (lambda v: v is None or (isinstance(v, int) and not isinstance(v, bool)), "whole nanoseconds"),
            "pace_ns": (lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0, "whole nanoseconds"),
            "from_file": (lambda v: isinstance(v, bool), "true or false"),
            "salt": (lambda v: isinstance(v, bytes), "bytes"),
            "first_scan": (lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0, "0 or more"),
            "sensor": (lambda v: v is None or isinstance(v, str), "a sensor's id"),
            "max_age_s": (lambda v: _is_number(v) and v > 0, "a number above 0"),
            "source": (_is_source, "two whole numbers, SAC and SIC, of 0 to 255"),
            "editions": (_is_editions, "a table of category to edition, such as { 048 = '1.27' }"),
            "datagrams": (lambda v: isinstance(v, bool), "true or false"),
            "node": (lambda v: v is None or isinstance(v, str), "a node_id"),
            "north_offset_deg": (lambda v: v is None or (_is_number(v) and abs(v) <= 360), "degrees"),
        }
        for key, value in given.items():
            if key not in checks:
                taken = ", ".join(checks)
                raise BadInput(f"{where}: there is no option '{key}'; a feed takes: {taken}", key=key)
            good, wanted = checks[key]
            if not good(value):
                raise BadInput(f"{where}: {key} = {value!r}; it must be {wanted}", key=key)
        values = dict(given)
        if values.get("receiver_deg") is not None:
            latitude, longitude = values["receiver_deg"]
            values["receiver_deg"] = (float(latitude), float(longitude))
        if values.get("source") is not None:
            values["source"] = tuple(values["source"])
        return Options(**values)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


def _is_place(value: Any) -> bool:
    if value is None:
        return True
    if not isinstance(value, list | tuple) or len(value) != 2 or not all(_is_number(v) for v in value):
        return False
    return bool(-90.0 <= value[0] <= 90.0 and -180.0 <= value[1] <= 180.0)


def _is_source(value: Any) -> bool:
    if value is None:
        return True
    numbers = isinstance(value, list | tuple) and len(value) == 2
    return numbers and all(isinstance(v, int) and not isinstance(v, bool) and 0 <= v <= 255 for v in value)


def _is_editions(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(k, str) and isinstance(v, str) for k, v in value.items())


class Reports:
    """Gathers self-contained reports, each a look of its own, and hands them over as one `Decoded`."""

    __slots__ = ("_identity", "_label", "_personal", "_received", "_time", "_values", "next_scan")

    def __init__(self, first_scan: int) -> None:
        self.next_scan = first_scan
        self._time: list[int] = []
        self._received: list[int] = []
        self._values: list[Mapping[Column, float]] = []
        self._label: list[str | None] = []
        self._identity: list[str | None] = []
        self._personal: list[PersonalData] = []

    def add(
        self,
        time_ns: int,
        received_ns: int,
        values: Mapping[Column, float],
        *,
        label: str | None = None,
        identity: str | None = None,
    ) -> None:
        """One report; what it does not say is left out of `values`."""
        self._time.append(time_ns)
        self._received.append(received_ns)
        self._values.append(values)
        self._label.append(label)
        self._identity.append(identity)

    def add_personal(self, items: Iterable[PersonalData]) -> None:
        """Items for the vault."""
        self._personal.extend(items)

    def __len__(self) -> int:
        return len(self._time)

    def take(self) -> Decoded:
        """Everything gathered since the last call."""
        n = len(self._time)
        detections = empty(n)
        detections.time_ns[:] = self._time
        detections.received_ns[:] = self._received
        columns = [column for values in self._values for column in values]
        rows = np.repeat(np.arange(n), [len(values) for values in self._values])
        detections.values[rows, np.array(columns, np.intp)] = [v for values in self._values for v in values.values()]
        detections.label[:] = self._label
        detections.identity[:] = self._identity
        scan = np.arange(self.next_scan, self.next_scan + n, dtype=np.int64)
        looks = tuple(zip(scan.tolist(), self._time, self._time, self._received, strict=True))
        decoded = Decoded(detections=detections, scan=scan, looks=looks, personal=tuple(self._personal))
        self.next_scan += n
        self._time, self._received, self._values = [], [], []
        self._label, self._identity, self._personal = [], [], []
        return decoded


class Lines:
    """Cuts a stream into lines; one that grows beyond `LONGEST_LINE` is dropped up to its end and counted once.

    Where each piece is whole messages (the option `datagrams`), a line also ends where its piece does.
    """

    __slots__ = ("_dropping", "_faults", "_rest", "_whole")

    def __init__(self, faults: Faults, *, whole: bool = False) -> None:
        self._rest = b""
        self._dropping = False
        self._faults = faults
        self._whole = whole

    def feed(self, data: bytes, received_ns: int) -> list[bytes]:
        """The lines that became whole, stripped, without the empty ones."""
        pieces = (self._rest + data + b"\n" * self._whole).split(b"\n")
        self._rest = pieces.pop()
        if self._dropping and pieces:
            pieces.pop(0)
            self._dropping = False
        lines = []
        for piece in pieces:
            if len(piece) > LONGEST_LINE:
                self._faults.add(received_ns, "line too long", piece)
            elif line := piece.strip():
                lines.append(line)
        if len(self._rest) > LONGEST_LINE:
            if not self._dropping:
                self._faults.add(received_ns, "line too long", self._rest)
            self._dropping = True
            self._rest = b""
        return lines

    def end(self) -> list[bytes]:
        """The last line, where it has no end of line."""
        line = b"" if self._dropping else self._rest.strip()
        self._rest, self._dropping = b"", False
        return [line] if line else []

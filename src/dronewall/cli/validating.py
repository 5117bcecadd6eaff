"""`dronewall validate`: files judged by the rules of their format.

A format that has rules for a message gives a verdict on each (`verdicts`, or `broken` of a line), as have Remote ID
messages in whatever carrier. Of every other the
file is run through its decoder: message by message (lines, blocks, frames, events, packets, snapshots), and what the
decoder counts as bad is the verdict on the message. Packets of a capture that carry nothing of the format get none.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from dronewall.cli.ahead import Ahead
from dronewall.cli.cuts import UNITS, Strange, events, in_pieces, joined
from dronewall.errors import BadInput, DronewallError
from dronewall.formats import TABLE, decoder
from dronewall.formats.decoding import LONGEST_LINE, Decoder, Faults, Options
from dronewall.formats.moments import moments_of
from dronewall.formats.remote_id import RemoteIds
from dronewall.formats.remote_id_rules import Judged
from dronewall.units import SECOND_NS

LARGEST: Final = 256 << 20
DOUBTS: Final = frozenset(  # of a message that keeps its standard's rules, and is not believed
    {
        "a place that cannot be reached",
        "beyond the receiver's range",
        "one id in two places",
        "position jumps",
        "too many aircraft",
        "too many transmitters",
    }
)
WHOLE: Final = ("asterix", "remote_id_mavlink")  # of whose messages none can go on in the next piece
AMONG_OTHERS: Final = ("document", "packet")  # messages among pieces of a file that are none
RULED: Final = {"sapient": "dronewall.formats.sapient"}  # formats with rules for a single message
BY_LINE: Final = {"jsonl": "dronewall.formats.jsonl"}  # the same, where a message is a line
BY_DOCUMENT: Final = {"cap": "dronewall.formats.cap_rules"}  # the same, where a file is a message
BY_FEATURE: Final = dict.fromkeys(("ed269", "ed318", "geojson"), "dronewall.formats.area_rules")  # of a list
REMOTE_IDS: Final = ("remote_id_jsonl", "remote_id_mavlink", "remote_id_pcap")  # carriers of messages with rules
BY_EVENT: Final = {"cot": "dronewall.formats.cot_rules"}  # the same, where a message is an element of XML


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a message, or a file, is worth. `message` counts from 1 within its file; `warnings` break no rule."""

    file: str
    message: int
    kind: str
    valid: bool
    broken: tuple[dict[str, Any], ...] = ()
    warnings: tuple[dict[str, str], ...] = ()

    def text(self) -> str:
        """A line for a terminal, and one for each broken rule."""
        head = f"{self.file}: {self.kind or 'message'} {self.message}: {'valid' if self.valid else 'not valid'}"
        lines = [f"  {rule['field'] or '(whole)'}: {rule['said']} [{rule['rule']}]" for rule in self.broken]
        lines += [f"  {warning['field']}: {warning['said']} [warning]" for warning in self.warnings]
        return "\n".join([head, *lines])


def validate(name: str, files: list[Path], now_ns: int | None = None) -> Iterator[Verdict]:
    """The verdict on every message of every file; times ahead of `now_ns`, where it is given, are warnings.

    Raises
    ------
    BadInput
        No such format; a file that is not there, a folder, or what cannot be read.
    """
    if name not in (*BY_DOCUMENT, *BY_FEATURE):
        try:
            TABLE.part(name)
        except DronewallError:
            known = ", ".join(sorted((*TABLE.names(), *BY_DOCUMENT, *BY_FEATURE)))
            raise BadInput(f"there is no format '{name}' to judge by; there are: {known}", key="format") from None
    for file in files:
        _check_file(name, file)
    for file in files:
        yield from _judged(name, file, Ahead(now_ns))


def _check_file(name: str, file: Path) -> None:
    if file.is_dir():
        raise BadInput(f"{file} is a folder; give one or more files of {name}, such as {file / '*'}", file=str(file))
    if not file.exists():
        raise BadInput(f"{file} is not there; give one or more files of {name}", file=str(file))
    if not file.is_file():
        raise BadInput(f"{file} is no regular file; give one or more files of {name}", file=str(file))


def _judged(name: str, file: Path, ahead: Ahead) -> Iterator[Verdict]:
    """The verdicts on a file; one of a file with nothing in it, whatever the format."""
    none = True
    if file.stat().st_size:
        for verdict in WAYS.get(name, _by_decoder)(name, file, ahead):
            none = False
            yield verdict
    if none:
        empty = {"field": "", "rule": "empty", "said": _said("empty", 1)}
        yield Verdict(file=str(file), message=1, kind="file", valid=False, broken=(empty,))


def _whole(file: Path) -> bytes:
    if file.stat().st_size > LARGEST:
        raise BadInput(f"{file} is larger than {LARGEST >> 20} MiB; cut it", file=str(file))
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}", file=str(file)) from None


def _by_document(name: str, file: Path, ahead: Ahead) -> Iterator[Verdict]:
    data = _whole(file)
    kind, broken = import_module(BY_DOCUMENT[name]).judge(data)
    rules, warnings = tuple(asdict(rule) for rule in broken), ahead.warnings(moments_of(name)(data))
    yield Verdict(file=str(file), message=1, kind=kind, valid=not rules, broken=rules, warnings=warnings)


def _by_feature(name: str, file: Path, ahead: Ahead) -> Iterator[Verdict]:
    for at, (kind, broken) in enumerate(import_module(BY_FEATURE[name]).verdicts(name, _whole(file)), 1):
        rules = tuple(asdict(rule) for rule in broken)
        yield Verdict(file=str(file), message=at, kind=kind, valid=not rules, broken=rules)


def _by_rule(name: str, file: Path, ahead: Ahead) -> Iterator[Verdict]:
    for at, (message, broken) in enumerate(import_module(RULED[name]).verdicts(_whole(file)), 1):
        kind = (message.WhichOneof("content") or "") if message is not None else ""
        rules = tuple(asdict(rule) for rule in broken)
        said = ahead.warnings(_stamped(message))
        yield Verdict(file=str(file), message=at, kind=kind, valid=not broken, broken=rules, warnings=said)


def _stamped(message: Any) -> list[tuple[str, int]]:
    if message is None or not message.HasField("timestamp"):
        return []
    return [("timestamp", message.timestamp.seconds * SECOND_NS + message.timestamp.nanos)]


def _by_line(name: str, file: Path, ahead: Ahead) -> Iterator[Verdict]:
    judge, moments = import_module(BY_LINE[name]).broken, moments_of(name)
    try:
        with file.open("rb") as stream:
            for at, line in enumerate(stream, 1):
                if line.strip():
                    found = judge(line.strip()) if len(line) <= LONGEST_LINE else ("", "line too long")
                    rules = () if found is None else ({"field": found[0], "rule": found[1], "said": found[1]},)
                    said = ahead.warnings(moments(line)) if len(line) <= LONGEST_LINE else ()
                    yield Verdict(file=str(file), message=at, kind="line", valid=not rules, broken=rules, warnings=said)
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}", file=str(file)) from None


def _by_event(name: str, file: Path, ahead: Ahead) -> Iterator[Verdict]:
    judge, moments = import_module(BY_EVENT[name]).judge, moments_of(name)
    try:
        with file.open("rb") as stream:
            for at, text in enumerate(events(stream), 1):
                rules = tuple(asdict(rule) for rule in judge(text))
                said = ahead.warnings(moments(text))
                yield Verdict(file=str(file), message=at, kind="event", valid=not rules, broken=rules, warnings=said)
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}", file=str(file)) from None


def _by_decoder(name: str, file: Path, ahead: Ahead) -> Iterator[Verdict]:
    kind, cut = UNITS.get(name, ("file", in_pieces))
    one, judged_by = _decoder_of(name)
    told, moments = _told(judged_by), moments_of(name)
    said: list[tuple[str, int]] = []  # by the messages since the last verdict
    waiting = 0  # a message that the decoder has not judged yet, as more of it could come
    at, seen, counted, judged, strange = 0, Counter[str](), 0, 0, 0

    def verdict(message: int, broken: Counter[str]) -> Verdict:
        kept = sorted((rule, n) for rule, n in broken.items() if rule not in DOUBTS)
        rules = tuple({"field": _field(rule), "rule": rule, "said": _said(rule, n)} for rule, n in kept) + told()
        said.extend(moment for one in judged_by for moment in one.said())
        warnings = ahead.warnings(said)
        said.clear()
        return Verdict(file=str(file), message=message, kind=kind, valid=not rules, broken=rules, warnings=warnings)

    try:
        with file.open("rb") as stream:
            for unit in joined(cut(stream)):
                at += 1
                if isinstance(unit, Strange):
                    strange += 1
                    yield _between(unit, file, at)
                    continue
                one.feed(unit, 0)
                said += moments(unit)
                if kind == "file":
                    continue
                broken, read = one.faults.reasons - seen, one.faults.messages - counted
                seen, counted = Counter(one.faults.reasons), one.faults.messages
                if kind in AMONG_OTHERS:
                    if broken or read:
                        judged += 1
                        yield verdict(at if kind == "packet" else judged, broken)
                    elif kind == "packet":
                        said.clear()
                    continue
                if name in WHOLE:
                    yield verdict(at, broken)
                    continue
                if waiting and (broken or read):
                    yield verdict(waiting, broken)
                    broken, waiting = Counter(), 0
                if broken or read:
                    yield verdict(at, broken)
                elif not waiting:
                    waiting = at
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}", file=str(file)) from None
    one.end(0)
    broken = one.faults.reasons - seen
    if not one.faults.messages and not one.faults.reasons and not strange:
        broken["empty"] += 1
    if kind == "file":
        yield verdict(1, broken)
    elif waiting or broken:
        yield verdict(waiting or (judged + 1 if kind == "document" else max(at, 1)), broken)


def _between(found: Strange, file: Path, number: int) -> Verdict:
    """That there are bytes between messages; the messages around them stay what they are."""
    if not found.rule:
        return Verdict(file=str(file), message=number, kind="frame", valid=True)
    said = f"{found.rule}: {found.count} {'byte' if found.count == 1 else 'bytes'} from byte {found.first} on"
    rule = {"field": _field(found.rule), "rule": found.rule, "said": said}
    kind = "frame" if found.rule == "checksum" else "bytes"
    return Verdict(file=str(file), message=number, kind=kind, valid=False, broken=(rule,))


def _decoder_of(name: str) -> tuple[Decoder, list[Judged]]:
    """A decoder for a file; of Remote ID one that hands its messages over to be judged."""
    judged_by: list[Judged] = []

    def judging(options: Options, faults: Faults) -> RemoteIds:
        judged_by.append(Judged(options, faults))
        return judged_by[0]

    if name not in REMOTE_IDS:
        return decoder(name, {"from_file": True, "date_ns": 0}), judged_by
    part: Any = TABLE.part(name)
    dated = name != "remote_id_mavlink"  # whose messages would wait for one that says the time
    made: Decoder = part.decoder(Options(from_file=dated, date_ns=0), judging)
    return made, judged_by


def _told(judged_by: list[Judged]) -> Callable[[], tuple[dict[str, Any], ...]]:
    return lambda: tuple(asdict(rule) for one in judged_by for rule in one.taken())


WAYS: Final[dict[str, Callable[[str, Path, Ahead], Iterator[Verdict]]]] = {
    **dict.fromkeys(RULED, _by_rule),
    **dict.fromkeys(BY_LINE, _by_line),
    **dict.fromkeys(BY_EVENT, _by_event),
    **dict.fromkeys(BY_DOCUMENT, _by_document),
    **dict.fromkeys(BY_FEATURE, _by_feature),
}


def _said(rule: str, count: int) -> str:
    if rule == "empty":
        return "there is no message in it"
    return rule if count == 1 else f"{rule}: {count} times"


def _field(rule: str) -> str:
    """The field that a decoder's reason is about, where it names one."""
    return next((field for words, field in FIELDS.items() if words in rule), "")


FIELDS: Final = {
    "parity": "parity",
    "checksum": "checksum",
    "counter": "counter",
    "hex digits": "frame",
    "frame type": "type",
    "no message": "message",
    "message": "message",
    "before 1970": "now",
    "snapshot": "now",
    "aircraft": "aircraft",
    "address": "address",
    "no time": "time",
    "date and time": "time",
    "no such place": "position",
    "position": "position",
    "velocity": "velocity",
    "CAT 0": "record",
    "CAT 2": "record",
}

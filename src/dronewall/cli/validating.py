"""`dronewall validate`: files judged by the rules of their format.

A format that has rules for a message gives a verdict on each (`verdicts`, or `broken` of a line); of
every other the file is run through the decoder, and what it counts as bad is the verdict on the file.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from dronewall.errors import BadInput
from dronewall.formats import TABLE, decoder
from dronewall.formats.decoding import LONGEST_LINE

PIECE: Final = 1 << 20
LARGEST: Final = 256 << 20
RULED: Final = {"sapient": "dronewall.formats.sapient"}  # formats with rules for a single message
BY_LINE: Final = {"jsonl": "dronewall.formats.jsonl"}  # the same, where a message is a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a message, or a file, is worth. `message` counts from 1 within its file."""

    file: str
    message: int
    kind: str
    valid: bool
    broken: tuple[dict[str, Any], ...] = ()

    def text(self) -> str:
        """A line for a terminal, and one for each broken rule."""
        head = f"{self.file}: {self.kind or 'message'} {self.message}: {'valid' if self.valid else 'not valid'}"
        lines = [f"  {rule['field'] or '(whole)'}: {rule['said']} [{rule['rule']}]" for rule in self.broken]
        return "\n".join([head, *lines])


def validate(name: str, files: list[Path]) -> Iterator[Verdict]:
    """The verdict on every message of every file.

    Raises
    ------
    BadInput
        No such format; a file that is not there or cannot be read.
    """
    TABLE.part(name)
    for file in files:
        if not file.is_file():
            raise BadInput(f"{file} is not there; give one or more files of {name}", file=str(file))
    for file in files:
        yield from (_by_line if name in BY_LINE else _by_rule if name in RULED else _by_decoder)(name, file)


def _by_rule(name: str, file: Path) -> Iterator[Verdict]:
    if file.stat().st_size > LARGEST:
        raise BadInput(f"{file} is larger than {LARGEST >> 20} MiB; cut it", file=str(file))
    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}", file=str(file)) from None
    for at, (message, broken) in enumerate(import_module(RULED[name]).verdicts(data), 1):
        kind = (message.WhichOneof("content") or "") if message is not None else ""
        rules = tuple(asdict(rule) for rule in broken)
        yield Verdict(file=str(file), message=at, kind=kind, valid=not broken, broken=rules)


def _by_line(name: str, file: Path) -> Iterator[Verdict]:
    judge = import_module(BY_LINE[name]).broken
    try:
        with file.open("rb") as stream:
            for at, line in enumerate(stream, 1):
                if line.strip():
                    found = judge(line.strip()) if len(line) <= LONGEST_LINE else ("", "line too long")
                    rules = () if found is None else ({"field": found[0], "rule": found[1], "said": found[1]},)
                    yield Verdict(file=str(file), message=at, kind="line", valid=not rules, broken=rules)
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}", file=str(file)) from None


def _by_decoder(name: str, file: Path) -> Iterator[Verdict]:
    one = decoder(name, {"from_file": True, "date_ns": 0})
    try:
        with file.open("rb") as stream:
            while piece := stream.read(PIECE):
                one.feed(piece, 0)
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}", file=str(file)) from None
    one.end(0)
    rules = [
        {"field": "", "rule": reason, "said": f"{count} of {one.faults.messages} messages"}
        for reason, count in sorted(one.faults.reasons.items())
    ]
    if not one.faults.messages and not rules:
        rules = [{"field": "", "rule": "empty", "said": f"there is no message of {name} in it"}]
    yield Verdict(file=str(file), message=1, kind="file", valid=not rules, broken=tuple(rules))

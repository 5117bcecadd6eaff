"""Rows of a table as sentences: each figure under the words of its column and beside those of its row."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dronewall.assess.language.spans import Span

_RULE = re.compile(r"^[\s|:+=-]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell, the header of its column and the first cell of its row."""

    span: Span
    text: str
    column: str
    row: str


def is_row(line: str) -> bool:
    """Whether a line is a row of a table."""
    return (
        line.count("|") >= 2
        or line.count("\t") >= 1
        or (line.count("|") == 1 and bool(re.search(r"\w\s*\|\s*\d", line)))
    )


def cut(text: str, line: Span) -> list[Span]:
    """The cells of a row, trimmed; empty ones too."""
    words = text[line.start : line.end]
    mark = "|" if "|" in words else "\t"
    found, start = [], 0
    for place in [*[m.start() for m in re.finditer(re.escape(mark), words)], len(words)]:
        raw = words[start:place]
        left = len(raw) - len(raw.lstrip())
        found.append(
            Span(
                line.start + start + left,
                line.start + start + len(raw.rstrip()) if raw.strip() else line.start + start + left,
            )
        )
        start = place + 1
    if words.startswith("|"):
        found = found[1:]
    if words.rstrip().endswith("|"):
        found = found[:-1]
    return found


def cells(text: str, rows: Sequence[Span]) -> Iterator[Cell]:
    """The cells of a block of rows that hold a digit, with their headers."""
    header: list[str] = []
    for index, line in enumerate(rows):
        if _RULE.match(text[line.start : line.end]):
            continue
        spans = cut(text, line)
        words = [text[span.start : span.end] for span in spans]
        if (
            not header
            and index == 0
            and len(words) > 1
            and not any(
                re.search(r"(?<![A-Za-z-])\d", word) and not re.fullmatch(r"(?:19|20)\d\d", word) for word in words[1:]
            )
        ):
            header = words
            continue
        year = bool(words) and bool(re.fullmatch(r"(?:19|20)\d\d", words[0]))
        label = words[0] if words and (year or not re.fullmatch(r"[~<>]?[\d.,\s]+", words[0])) else ""
        for place, (span, word) in enumerate(zip(spans, words, strict=True)):
            if place == 0 and label:
                continue
            if re.search(r"\d", word):
                yield Cell(span=span, text=word, column=header[place] if place < len(header) else "", row=label)

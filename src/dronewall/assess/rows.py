"""A table's cell as a claim: the figure by itself, the measure from its column, the rest from row and caption."""

import re
from dataclasses import replace

from dronewall.assess.language.dates import dates
from dronewall.assess.language.edtf import Anchor
from dronewall.assess.language.measures import Reading, reading
from dronewall.assess.language.phrase_ends import OTHER_HEADS
from dronewall.assess.language.places import places
from dronewall.assess.language.spans import Span
from dronewall.assess.language.things import GENERIC, HEADS
from dronewall.assess.language.triggers import triggers
from dronewall.assess.language.units import PER, VOLUMES, object_class
from dronewall.assess.quantities import quantities
from dronewall.assess.tables import Cell
from dronewall.assess.talk import DRONE_WORDS, Quantity, Talk
from dronewall.assess.timing import Timed

_BARE = re.compile(r"[~<>≥≤]?\s*\d[\d,. ]*\+?\s*(?:k|million|mln|thousand)?")
_NO_COUNT = frozenset(
    {"change", "share", "rate", "rank", "year", "cost", "price", "value", "population", "area", "distance"}
)
_RATE = re.compile(
    r"\b(?:per|a|each|/)\s*(year|quarter|month|week|day|night)\b|\b(annual|yearly|monthly|weekly|daily|quarterly)\b",
    re.IGNORECASE,
)


def _unit(cell: Cell, caption: str, talk: Talk) -> str:
    heads = f"{cell.column} {cell.row}"
    if re.search(r"balloon", heads, re.IGNORECASE):
        return "balloons"
    if DRONE_WORDS.search(f"{heads} {caption}") or talk.unit is None:
        only = re.search(r"balloon", caption, re.IGNORECASE) and not re.search(r"\bdrone|\bUAV", f"{heads} {caption}")
        return "balloons" if only else "drones"
    return talk.unit


def _read(words: str, cell: Cell, unit: str) -> Reading:
    at = len(words) + 2
    return reading(f"{words}: {cell.text}", Span(at, at + len(cell.text)), (), unit)


def in_cell(
    cell: Cell, caption: str, talk: Talk, anchor: Anchor | None
) -> list[tuple[Quantity, Reading, Timed, str | None]]:
    """The quantities of a cell, each with its reading, time and place; their spans count from the cell's start."""
    column, row = cell.column, cell.row
    named = f"{column} {row} {caption}"
    about = bool(DRONE_WORDS.search(named)) or talk.about_drones
    if not about or DRONE_WORDS.sub("", column).strip().lower() in ("no", "nr", "#", "rank"):
        return []
    own = replace(talk, about_drones=True, unit=_unit(cell, caption, talk))
    head = f"{column}: " if column else f"{row}: " if row else ""
    sentence = head + cell.text
    _, masked = dates(sentence, anchor)
    told = [one for one in quantities(sentence, masked, replace(own)) if one.figure.core_start >= len(head)]
    others = _of_others(column)
    told = [one for one in told if not (others and one.elided and one.unit in VOLUMES)]
    if not told and _BARE.fullmatch(cell.text) and not others and _counts(cell, named):
        words = f"{sentence} {own.unit}"
        told = [one for one in quantities(words, masked, replace(own)) if one.figure.core_start >= len(head)]
    found = []
    for one in told:
        context = f"{column} {row}" if column else row
        read = _read(context, cell, one.unit)
        if read.trigger is None:
            again = _read(caption, cell, one.unit)
            read = again if again.trigger else read
        if one.unit not in VOLUMES and read.measure != "price":
            read = replace(read, measure="other")
        kind = object_class(context, "", one.unit)
        one.object_class = kind if kind not in ("any", "unknown") else one.object_class
        rate = _RATE.search(f"{column} {caption}") if one.per is None and one.unit in VOLUMES else None
        one.per = PER[(rate[1] or rate[2]).lower()] if rate else one.per
        one.start, one.end = max(0, one.start - len(head)), min(one.end - len(head), len(cell.text))
        found.append((one, read, _time(cell, caption, anchor), _place(cell, caption)))
    return found


def _of_others(column: str) -> bool:
    """Whether a column's heading names things that are none of ours: people, missiles, arrests, shares."""
    if DRONE_WORDS.search(column):
        return False
    words = re.findall(r"[a-z]+|%", column.lower())
    if not triggers(column) and any(word.endswith("s") and len(word) > 3 and word not in GENERIC for word in words):
        return True
    if words and words[0].endswith("s") and len(words) > 1 and triggers(column) and HEADS.get(words[0]) not in VOLUMES:
        # "Ships hit", "Regions attacked": the noun is there
        return words[0] not in GENERIC and words[1] not in ("of", "by", "per")
    return any(HEADS.get(word, "drones") not in VOLUMES or word in OTHER_HEADS or word in _NO_COUNT for word in words)


def _counts(cell: Cell, named: str) -> bool:
    return bool(
        DRONE_WORDS.search(named) or reading(f"{named}: 1", Span(len(named) + 2, len(named) + 3), (), "drones").trigger
    )


def _time(cell: Cell, caption: str, anchor: Anchor | None) -> Timed:
    for words in (f"{cell.row} | {cell.column}", caption):
        known = [when for when in dates(words, anchor)[0] if when.edtf]
        if known:
            return Timed(edtf=known[0].edtf, words=words[known[0].start : known[0].end], role="at", statement_edtf=None)
    return Timed(edtf=None, words=None, role=None, statement_edtf=None)


def _place(cell: Cell, caption: str) -> str | None:
    for words in (cell.row, cell.column):
        if named := places(words):
            return named[0].place.name
    return next((mention.place.name for mention in places(caption) if not mention.adjective), None)

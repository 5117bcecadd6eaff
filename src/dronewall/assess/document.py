"""A report and all that was read in it; what its head says of it; how the cache keeps it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from dronewall.assess.claims import Claim
from dronewall.assess.language.names import is_body, is_media, tidy
from dronewall.assess.language.places import places
from dronewall.assess.reports import Report

_NAME = r"[A-Z][\w'’. &-]{1,40}?"
_RELAYS = (
    re.compile(
        rf"\b[Ww]ith (?:information|reporting|material|files|additional reporting) (?:from|by)\s+(?P<who>{_NAME})\s*(?:[.,;]|$)",
        re.MULTILINE,
    ),
    re.compile(
        r"^\W*(?i:source|sources|via|originally published (?:by|in|on|at)|first published (?:by|in|on|at)|republished from|"
        rf"reprinted from|based on (?:reporting|a report|reports) (?:by|from))\s*:?\s+(?:[Tt]he\s+)?(?P<who>{_NAME})\s*(?:[.,;(]|$)",
        re.MULTILINE,
    ),
    re.compile(r"^[A-ZÀ-ÞŠŽČ][\w'’,. -]{2,40}\((?P<who>[A-Z][\w'’. /-]{1,24})\)\s*[—–-]", re.MULTILINE),
    re.compile(r"requests? for comment[^.]{0,80}\bby\s+(?P<who>[A-Z][\w'’ ]{2,40})\."),
)
_INTERVIEW = re.compile(
    r"\b[Ii]nterview(?:ed)?\s+(?:with|:)\s+(?P<who>(?:[\w'’-]+\s+){0,5}?[A-ZÀ-ÞŠŽČ][\w'’-]+(?:\s+[A-ZÀ-ÞŠŽČ][\w'’-]+){1,3})"
)
_FULL_NAME = re.compile(
    r"\b(?!The\b|This\b|In\b|On\b|At\b|Our\b|We\b)[A-ZÀ-ÞŠŽČŁŚŻ][\w'’-]+(?:\s+(?:de|van|von|der|al))?(?:\s+[A-ZÀ-ÞŠŽČŁŚŻ][\w'’-]+){1,2}(?=\s*[,(]|\s+[a-z])"
)
_OF_MANY = re.compile(
    r"\b(?:Institute|University|Party|Union|Group|Foundation|Academy|Company|Corporation|Brigade|Battalion|Regiment|Forum|Bank|Court|Street|Airport|Port|Sea|Gulf|River|Hall|Works|Systems|Industries)\b"
)
_ALIAS = re.compile(
    r"(?P<long>(?:[A-Z][\w'’]+\s+(?:(?:for|of|the|and|on)\s+){0,2}){1,6}[A-Z]?[\w'’]*)\s*\((?P<short>[A-Z]{2,8})\)"
)


@dataclass(slots=True, kw_only=True)
class Document:
    """What lineage and the report page need of a report, and no more."""

    report: Report
    claims: list[Claim] = field(default_factory=list)
    furniture: list[tuple[int, int, str]] = field(default_factory=list)
    sketch: tuple[int, ...] = ()
    quotes: tuple[int, ...] = ()
    speakers: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


def relays_of(report: Report) -> list[str]:
    """Through whom a whole report says that it came: a dateline's agency, "with information from"."""
    found: dict[str, None] = {}
    for pattern in _RELAYS:
        for match in pattern.finditer(report.text):
            who = tidy(match["who"])
            if who and who != report.publisher and not is_body(who) and (is_media(who) or len(who.split()) <= 4):
                found[who] = None
    return list(found)[:4]


def interviewee(head: Sequence[str]) -> str | None:
    """Who answers in an interview, by the first lines."""
    match = next((match for line in head if (match := _INTERVIEW.search(line))), None)
    return tidy(match["who"]) if match else None


# Where questions are set in italics, so is what is put to somebody without a question mark
_EMPHASISED = re.compile(r"\*[^*]+\*|_[^_]+_|\*\*[^*]+\*\*")


def asked_in(words: Sequence[str]) -> list[int]:
    """The paragraphs of a conversation that are nothing but a question.

    Fewer than two, none of them to "you", or nobody who answers with "I" or "we" make no conversation.
    """
    found = [
        index
        for index, line in enumerate(words)
        if index and len(line) < 240 and (line.rstrip(' "”’»*_').endswith("?") or _EMPHASISED.fullmatch(line.strip()))
    ]
    if any(re.match(r"\W*(?!Q(?:uestion)?\s*:)[A-Z][\w .'’-]{0,30}:\s", words[index]) for index in found):
        # names before colons say by themselves who speaks
        return []
    to_you = any(re.search(r"\b[Yy]our?\b", words[index]) for index in found)
    by_me = any(re.search(r"\b(?:I|[Ww]e|[Mm]y)\b", line) for line in words[found[0] + 1 :]) if found else False
    return found if len(found) >= 2 and to_you and by_me else []


def answering(introduction: Sequence[str]) -> str | None:
    """Who is questioned, by the sentences that introduce a conversation: the first whom they name in full."""
    for line in introduction:
        if not line.rstrip(' "”’»').endswith((".", ":")):
            continue
        for match in _FULL_NAME.finditer(line):
            if not is_media(match[0]) and not is_body(match[0]) and not places(match[0]):
                return tidy(match[0])
    return None


_NUMBERED = re.compile(r"\W{0,3}\d{1,2}[.)]\s+(?P<rest>\S.{0,60})")


def headed(words: Sequence[str]) -> set[int]:
    """The numbered headings of a list that are figures, each told of by the paragraph after it ("6. Three drones").

    Two of them at least, none a sentence, none followed by another.
    """
    found = set()
    for index, line in enumerate(words[:-1]):
        match = _NUMBERED.fullmatch(line.strip())
        after = words[index + 1]
        if (
            match
            and len(match["rest"].split()) <= 6
            and not re.search(r"[.!?:;,]$|\b(?:is|are|was|were|has|have|will|shot|launched)\b", match["rest"])
            and re.match(r"[A-ZÀ-Þ]", after)
            and re.search(r"[.!?]\W*$", after)
        ):
            found.add(index)
    return found if len(found) >= 2 else set()


def named_in(sentence: str) -> str | None:
    """The person whom a sentence names last in full."""
    found: str | None = None
    for match in _FULL_NAME.finditer(sentence):
        inside = places(match[0])
        words = match[0][inside[-1].end :].strip() if inside and inside[-1].start == 0 else match[0]
        if (
            len(words.split()) >= 2
            and not _OF_MANY.search(words)
            and not places(words)
            and not is_media(words)
            and not is_body(words)
        ):
            found = tidy(words)
    return found


def aliases(text: str) -> dict[str, str]:
    """Abbreviations that a text explains: "Institute for the Study of War (ISW)"."""
    return {match["short"]: tidy(match["long"]) for match in _ALIAS.finditer(text)}


def _plain(document: Document) -> dict[str, Any]:
    """A document as plain values; `dataclasses.asdict` copies every list and takes five times as long."""
    row = {one.name: getattr(document, one.name) for one in fields(Document)}
    row["report"] = {one.name: getattr(document.report, one.name) for one in fields(Report)}
    row["claims"] = [{one.name: getattr(claim, one.name) for one in fields(Claim)} for claim in document.claims]
    return row


def freeze(document: Document | None, notes: Sequence[str]) -> bytes:
    """A document as the cache keeps it."""
    return json.dumps([None if document is None else _plain(document), list(notes)]).encode(
        "utf-8", errors="surrogatepass"
    )


def thaw(data: bytes) -> tuple[Document | None, list[str]]:
    """A document out of the cache."""
    held, notes = json.loads(data.decode("utf-8", errors="surrogatepass"))
    if held is None:
        return None, notes
    held["report"] = Report(**held["report"])
    held["claims"] = [Claim(**claim) for claim in held["claims"]]
    held["furniture"] = [(start, end, why) for start, end, why in held["furniture"]]
    for key in ("sketch", "quotes", "speakers"):
        held[key] = tuple(held[key])
    return Document(**held), notes

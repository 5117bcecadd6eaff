"""Where paragraphs, sentences and clauses of a text begin and end; offsets are those of the text."""

import re
from collections.abc import Sequence

from dronewall.assess.language.spans import Span

_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "gen",
        "lt",
        "col",
        "maj",
        "capt",
        "sgt",
        "brig",
        "adm",
        "rep",
        "sen",
        "gov",
        "pres",
        "st",
        "no",
        "nr",
        "vs",
        "etc",
        "approx",
        "incl",
        "excl",
        "ca",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "inc",
        "ltd",
        "co",
        "corp",
        "e.g",
        "i.e",
        "a.m",
        "p.m",
        "u.s",
        "u.k",
        "u.n",
        "e.u",
        "fig",
        "mln",
        "bln",
        "thsd",
        "max",
        "min",
        "est",
        "cf",
        "al",
        "v",
        "dept",
        "cmdr",
        "ret",
        "hon",
        "supt",
        "insp",
        "jr",
        "sr",
        "ft",
        "sq",
        "km",
        "mt",
        "ave",
        "op",
        "ok",
        "pcs",
        "abt",
        "tys",
        "szt",
    ]
)
_END = re.compile(r"(?:[.!?…]+[\"”’»')\]]*)(?=\s+[\"“‘«'(\[•–—-]*[A-ZÀ-ÖØ-ÞА-Я0-9$€£]|\s*$)|[.!?][”\"»](?=\s)")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_BULLET = re.compile(r"\s*(?:[•*▪◦●‣–—-]|\d{1,2}[.)])\s+")
_ROW = re.compile(r"\||\t|\s{3,}\S")
LONGEST = 2_000
"""Characters of a sentence; the longest in print have some 1,500, and what has more is a list or none."""
LONGEST_WORD = 60
_STRONG = re.compile(
    r";|\s[—–]\s|:\s|,?\s+(?:while|whereas|but|although|though|however|after which|meanwhile)\s|,\s+(?:which|who|whose|and|with|adding|of which|including|compared|up from|down from|as)\s|"
    r"\.\s|\s(?:which|who)\s|\s\(|\)\s",
    re.IGNORECASE,
)


def paragraphs(text: str) -> list[Span]:
    """Paragraphs without the white space around them: a line each, or several lines that were broken at a margin."""
    lines = [Span(m.start(), m.end()) for m in re.finditer(r"[^\r\n\u2028\u2029\f\v]+", text) if m[0].strip()]
    found: list[Span] = []
    for line in lines:
        if found and _wrapped(text, found[-1], line):
            found[-1] = Span(found[-1].start, line.end)
        else:
            found.append(line)
    return [trimmed(text, span) for span in found]


def trimmed(text: str, span: Span) -> Span:
    """The span without white space at its ends."""
    words = text[span.start : span.end]
    left = len(words) - len(words.lstrip(" \t\u00a0\ufeff"))
    return Span(span.start + left, span.start + len(words.rstrip()))


def _wrapped(text: str, before: Span, line: Span) -> bool:
    """Whether a line goes on where the one before was broken at a margin of 60 to 100 columns."""
    between = text[before.end : line.start]
    if between.replace("\r\n", "\n") not in ("\n", "\r"):
        return False
    last = text[before.start : before.end].splitlines()[-1]
    words = text[line.start : line.end]
    if not 50 <= len(last.rstrip()) <= 110 or _BULLET.match(words) or _ROW.search(words) or _ROW.search(last):
        return False
    if re.match(r"\s*(?:\d{1,2}[:.]\d{2}\b|[A-Z][\w ]{1,25}:\s)", words):
        return False
    if re.search(r"[.!?:;][\"”’»)]*\s*$", last):
        return (
            len(last.rstrip()) >= 55 and bool(re.match(r"\s*[A-Za-z\"“]", words)) and len(words) > 40 and len(last) > 64
        )
    return True


def sentences(text: str, paragraph: Span) -> list[Span]:
    """The sentences of a paragraph."""
    words = text[paragraph.start : paragraph.end]
    found, start = [], 0
    for match in _END.finditer(words):
        if _abbreviated(words, match.start()):
            continue
        found.append(Span(start, match.end()))
        start = match.end()
    if words[start:].strip():
        found.append(Span(start, len(words)))
    short = [part for span in found for part in _bounded(words, span)]
    return [trimmed(text, span.moved(paragraph.start)) for span in short]


def _bounded(words: str, span: Span) -> list[Span]:
    """A sentence, or its parts where it has no end: cut at a list's comma, else between words, so that none is read whole."""
    parts, start = [], span.start
    while span.end - start > LONGEST:
        cut = max(words.rfind(mark, start + LONGEST // 2, start + LONGEST) for mark in ("; ", ", "))
        if cut < 0:
            cut = words.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = start + LONGEST if cut < 0 else cut + 1
        parts.append(Span(start, cut))
        start = cut
    return [*parts, Span(start, span.end)]


def _abbreviated(words: str, dot: int) -> bool:
    if words[dot] != "." or words[dot : dot + 2] in ("..", '."'):
        return False
    before = re.search(r"([A-Za-z][A-Za-z.]*)$", words[max(dot - LONGEST_WORD, 0) : dot])
    if before is None:
        # "1. Something" begins a list item, "No 5. Something" ends a sentence
        return bool(dot < LONGEST_WORD and re.fullmatch(r"\s*\d{1,2}", words[:dot]))
    word = before[1].lower()
    if word in ("a.m", "p.m") and (capital := re.match(r"\.\s+(?P<word>[A-Z][a-z]+)", words[dot:])):
        # "at 3 a.m. on", "at 3 a.m. Kyiv time", "at 3 a.m. Friday" go on
        return bool(
            re.match(r"\.\s+[A-Z]\w+\s+(?:[Tt]ime|[Ss]ummer|[Ss]tandard)\b", words[dot:])
            or re.fullmatch(
                r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Local|Eastern|Central|" + _MONTHS, capital["word"]
            )
        )
    if word in ("no", "st", "co", "max", "min", "op", "mt", "ft", "v", "al"):
        return (
            bool(re.match(r"\.\s+[\dA-Z]", words[dot:]))
            and word != "co"
            and (word != "no" or bool(re.match(r"\.\s+\d", words[dot:])))
        )
    return (
        word in _ABBREVIATIONS or bool(re.fullmatch(r"[a-z]", word)) or bool(re.fullmatch(r"(?:[a-z]\.)+[a-z]", word))
    )


def in_quotation(before: str) -> bool:
    """Whether a place lies in a quotation that the words before it in the paragraph opened."""
    curly = before.count("“") - before.count("”")
    return curly > 0 or before.count('"') % 2 == 1 or before.count("«") > before.count("»")


def clause_cuts(sentence: str) -> list[Span]:
    """Where one clause of a sentence gives way to the next."""
    return [Span(m.start(), m.end()) for m in _STRONG.finditer(sentence)]


def clause_of(cuts: Sequence[Span], place: int, length: int) -> Span:
    """The clause around a place."""
    left = max((cut.end for cut in cuts if cut.end <= place), default=0)
    right = min((cut.start for cut in cuts if cut.start >= place), default=length)
    return Span(left, right)


_CLOCK_LEAD = re.compile(
    r"\W*\d{1,2}[:.]\d{2}(?:\s*(?:a\.m\.|p\.m\.|AM|PM|EET|CET|UTC|GMT|local time))?\s*(?:[—–|-]\s*)?(?=\S)"
)
_PLACE_LEAD = re.compile(
    r"[A-ZÀ-ÞŠŽČĒŪ][A-ZÀ-ÞŠŽČĒŪ'’.\s/-]{2,30}(?:,\s*[A-Z][\w. ]{2,24})?(?:,\s*[A-Z][a-z]+\.?\s+\d{1,2}(?:,?\s+\d{4})?|,\s*\d{1,2}\s+[A-Z][a-z]+(?:\s+\d{4})?)?"
    r"(?:,?\s*\([^)]{2,30}\))?\s*(?:—|–|--?)\s+(?=[\"“A-Z0-9])|"
    r"[A-Z][a-zà-ž]+(?:,\s*[A-Z][a-z]+\.?\s+\d{1,2}(?:,?\s+\d{4})?|,\s*\d{1,2}\s+[A-Z][a-z]+(?:\s+\d{4})?)(?:,?\s*\([^)]{2,30}\))?\s*(?:—|–|--?)\s+|"
    r"[A-Z][a-zà-ž]+\s+\([^)]{2,30}\)\s*(?:—|–|--?)\s+"
)


_THREAD_LEAD = re.compile(r"\W*\d{1,2}/(?:\d{1,2}|n)?\s+(?=\D)")


_LIST_LEAD = re.compile(r"\W*(?:\(\d{1,2}\)|\d{1,2}(?:\.\d{1,2})*[.)])\s+(?=\D)")


def opening(sentence: str) -> int:
    """How much of a first sentence is a live blog's clock time, a list's number or a dateline: it is passed over."""
    thread = _THREAD_LEAD.match(sentence) or _LIST_LEAD.match(sentence)
    if thread:
        return thread.end()
    clock = _CLOCK_LEAD.match(sentence)
    if clock:
        return clock.end()
    dateline = _PLACE_LEAD.match(sentence)
    return dateline.end() if dateline else 0

"""When a figure is told of: the time that its own sentence gives it, and the time at which it was said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dronewall.assess.language.attributing import Attribution
from dronewall.assess.language.numbers import words_value
from dronewall.assess.language.sentences import clause_cuts, clause_of
from dronewall.assess.language.spans import Span
from dronewall.assess.language.whens import When

# "2,000 in 2023, 6,500 in 2024": each has its own
_RIGHT_AFTER = re.compile(
    r"\s+(?:of\s+them\s+)?(?:(?:already|only|just|alone)\s+)?(?:in|during|for|over|on|by)?\s*(?:the\s+)?"
)
# "300, and from May 1,000": the time opens the next part; in "413 drones and 37 missiles overnight, 7 dead" it closes one
_NEXT_PART = re.compile(r"(?:[,;]\s+|\band\s+)(?:[a-z]+\s+){0,3}$")
_WHICH_DID = re.compile(r"\b(?:it|they|he|she|which|that)\s+(?:had\s+|was\s+|were\s+)?\w+\s+(?:\w+\s+)?$")
# A sentence of more figures than this is a table without its lines; looking at all pairs of them would take minutes
_MANY = 40
_NOW = re.compile(r"\b(?:now|today|at\s+present|currently|these\s+days)\b", re.IGNORECASE)
# "as of today 4 have come in May": the day on which it was counted
_AS_OF = re.compile(r"\bas\s+(?:of|at)\s+(?:\d{1,2}[:.]\d\d\s+(?:on\s+)?)?$", re.IGNORECASE)
_COMPARED = re.compile(
    r"\b(?:as\s+(?:many|much|high)\s+as|than|compared\s+(?:to|with)|versus)\s+(?:in\s+|during\s+|over\s+)?(?:the\s+|all\s+of\s+|the\s+whole\s+of\s+)?$",
    re.IGNORECASE,
)
_WHEN = re.compile(r",?\s*(?:when|on\s+which|the\s+day)\b")
_LEAD = re.compile(
    r"\W*(?:On|In|During|Over|By|At|As of|For|From|Overnight|Between|Throughout|Late|Early)\b[\w\s,'’-]{0,26}",
    re.IGNORECASE,
)
_SHIFT = re.compile(
    r"\b(?:(?P<eve>on\s+the\s+eve\s+of)|(?:(?P<n>\d+|a|one|two|three|four|five|six|seven|ten)\s+(?P<u>day|week)s?|the\s+day)\s+(?P<dir>before|after))"
    r"\s+(?:[\w'’-]+\s+){0,7}?$",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\bsince\b[^,]*$")
_FEW_WORDS = re.compile(r",?\s*(?:(?:it|only|some|about|up\s+to|another)\s+){0,2}")
# "said in Vilnius on Thursday", "told radio late on Monday"
_SAID_ON = re.compile(
    r"\s*(?:(?:in|at|on|from|during|late|early|via|to)\b[^,.;:“\"]{0,26}|[a-z]+ly)?\s*(?:on|in|at|late|early|this|earlier|back in|last)?\s*(?:on|in)?\s*"
)
_TELLING = re.compile(r"\b(?:that|it|had|have|was|were)\b")
_BEFORE_SPEAKER = re.compile(r"\s*,?\s*(?:the\s+)?[^,;]{0,10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """The time of a claim, and of the statement in which it was made."""

    edtf: str | None
    words: str | None
    role: str | None
    statement_edtf: str | None


def time_of(
    sentence: str, span: Span, whens: Sequence[When], said: Sequence[Attribution], others: Sequence[Span] = ()
) -> Timed:
    """The time of what the figure at `span` tells; where there is none, that of the statement."""
    spoken = [when for when in whens if _of_statement(sentence, when, said)]
    statement = spoken[0].edtf if spoken else None
    if told := _told(sentence, span, [when for when in whens if when not in spoken], others):
        return _timed(sentence, span, told, others, statement)
    if not spoken:
        return Timed(edtf=None, words=None, role=None, statement_edtf=None)
    first = spoken[0]
    return Timed(edtf=statement, words=sentence[first.start : first.end], role="statement", statement_edtf=statement)


def _told(sentence: str, span: Span, whens: Sequence[When], others: Sequence[Span]) -> list[When]:
    """The times that the figure at `span` can be of."""
    # "60 were seen, twice as many as in September": what it is held against
    told = [
        when
        for when in whens
        if when.start < span.end
        or not (";" in sentence[span.end : when.start] or _COMPARED.search(sentence[span.end : when.start]))
    ]
    if 1 < len(others) <= _MANY:
        return [when for when in told if not _of_another(sentence, when, span, others)]
    return told


def _timed(sentence: str, span: Span, told: Sequence[When], others: Sequence[Span], statement: str | None) -> Timed:
    """The time of the figure at `span`: the one right behind it, or else the nearest."""
    clause = clause_of(clause_cuts(sentence), span.start, len(sentence))
    own = next(
        (when for when in told if when.start >= span.end and _RIGHT_AFTER.fullmatch(sentence, span.end, when.start)),
        None,
    )
    chosen = own or min(told, key=lambda when: _far(sentence, span, clause, when, others, alone=len(told) == 1))
    if _NOW.search(sentence[clause.start : clause.end]) and chosen.end <= clause.start:
        # "a year ago it made 90; now it makes 190"
        return Timed(edtf=None, words=None, role=None, statement_edtf=statement)
    return Timed(
        edtf=_told_by(sentence, span, chosen),
        words=sentence[chosen.start : chosen.end],
        role=chosen.role,
        statement_edtf=statement,
    )


def _told_by(sentence: str, span: Span, chosen: When) -> str | None:
    """The EDTF of the chosen time: without what comes after it, and moved by the days that are told from it."""
    edtf, before = chosen.edtf, sentence[: chosen.start]
    if edtf and edtf.endswith("/..") and _SINCE.search(before) and _WHEN.match(sentence, chosen.end):
        # "the worst raid since 12 February, when 450 drones came"
        edtf = edtf.removesuffix("/..") if span.start > chosen.end else edtf
    if edtf and len(edtf) == 10 and (shift := _SHIFT.search(before)):
        return shifted(edtf, shift)
    return edtf


def _far(sentence: str, span: Span, clause: Span, when: When, others: Sequence[Span], *, alone: bool) -> float:
    """How far a time stands from a figure, in characters and what stands between counted as such."""
    before = sentence[: when.start]
    outside = 0.0 if clause.start <= when.start < clause.end else 60.0
    if outside and (when.start < 4 or _LEAD.fullmatch(before)):
        outside = 25.0
    if not alone and _AS_OF.search(before):
        outside += 100.0
    if _aside(sentence, when.start) and not _aside(sentence, span.start):
        outside = 80.0
    if any(span.end <= other.start and other.end <= when.start for other in others):
        # "6,297, after 5,438 in June": a time beyond another figure is that one's
        outside += 25.0
    if not alone and sentence[when.start : when.end].lower().startswith(("the same", "that same")):
        # "40 % more than in the same period of the year before": what it is held against
        outside += 200.0
    distance = when.start - span.end if when.start >= span.end else (span.start - when.end) * 1.3
    return outside + max(distance, 0.0)


def _of_another(sentence: str, when: When, span: Span, others: Sequence[Span]) -> bool:
    """Whether a time stands right before another figure, in a clause that follows this one: "300, and from May 1,000"."""
    if any(
        span.end <= other.start and other.end <= when.start and _WHICH_DID.search(sentence[other.end : when.start])
        for other in others
    ):
        # "36 of the 60 drones it bought in 2023"
        return True
    if when.start < span.end or not _NEXT_PART.search(sentence[span.end : when.start]):
        return False
    return any(when.end <= other.start and _FEW_WORDS.fullmatch(sentence, when.end, other.start) for other in others)


def _aside(sentence: str, place: int) -> bool:
    """Whether a place lies in brackets."""
    return sentence.count("(", 0, place) > sentence.count(")", 0, place)


def shifted(day: str, shift: re.Match[str]) -> str:
    """A day before or after the one that is named: "three days after the raid of 10 September"."""
    words = (shift["n"] or "one").lower()
    count = int(words) if words.isdigit() else int(words_value(words) or 1)
    days = count * (7 if (shift["u"] or "").lower() == "week" else 1)
    back = bool(shift["eve"]) or shift["dir"].lower() == "before"
    return (date.fromisoformat(day) + timedelta(days=-days if back else days)).isoformat()


def _of_statement(sentence: str, when: When, said: Sequence[Attribution]) -> bool:
    """Whether a time tells when somebody spoke: "said on Thursday that", "On Monday, the ministry said"."""
    return any(_spoken_at(sentence, when, one) for one in said if not one.verb.startswith("count"))


def _spoken_at(sentence: str, when: When, one: Attribution) -> bool:
    """Whether a time tells when this one spoke."""
    if one.verb == "according":
        return 0 <= when.start - one.end < 8 and "," not in sentence[one.end : when.start]
    if one.verb in (":", "by", "citing"):
        return False
    after = sentence[one.end : when.start]
    if one.end <= when.start and len(after) < 34 and _SAID_ON.fullmatch(after) and not _TELLING.search(after):
        return True
    return when.start < 14 and when.end <= one.start and bool(_BEFORE_SPEAKER.fullmatch(sentence, when.end, one.start))

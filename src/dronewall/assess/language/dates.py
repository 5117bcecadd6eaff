"""Dates as EDTF, from an explicit anchor.

The anchor is the day of publication, never the day a page was fetched. Without one a relative date ("on Thursday", "in
September", "last year") is unknown: None. With one, the tense of its clause decides whether the nearest such day lies
before or after. Precision is kept: a month stays a month. EDTF: ISO 8601-2:2019, levels 0 and 1 (seasons 21 to 24).
"""

import re

from dronewall.assess.language.date_parts import MONTH as _MONTH
from dronewall.assess.language.date_parts import NAMES as PARTS
from dronewall.assess.language.date_parts import PATTERNS as PART_PATTERNS
from dronewall.assess.language.date_values import resolve
from dronewall.assess.language.edtf import Anchor
from dronewall.assess.language.spans import Span
from dronewall.assess.language.whens import When, joined

_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_WEEKDAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_TO = r"\s*(?:-|–|—|to|and|till|until|through|/)\s*"
_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty-(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|thirtieth|thirty-first)"
_OF_YEAR = rf"(?:,?\s+(?:of\s+)?(?:(?P<y>{_YEAR})|(?P<rel>last|this|next)\s+year\b))?"
_NAMED_YEAR = rf"{_YEAR}|(?:this|last|next|the|the\s+current|the\s+past|the\s+previous)\s+year"
# "In February 12 drones came": the number is theirs
_NO_DAY = r"(?!\s+(?:[\w-]+\s+){0,2}?(?:drones?|UAVs?|balloons?|Shaheds?|Gerans?|objects|unmanned|quadcopters|people|missiles)\b)"
_PART = r"(?:early|late|mid|the\s+(?:start|beginning|middle|end)\s+of)[-\s]*"
_COUNT = r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|few|couple\s+of)"
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (*PART_PATTERNS, *tuple(
    (name, re.compile(words, re.IGNORECASE if name not in ("month", "season") else 0))
    for name, words in (
        ("iso", rf"\b(?P<y>{_YEAR})-(?P<m>0[1-9]|1[0-2])-(?P<d>[0-3]\d)\b"),
        ("day_dot_month", r"(?<=\bon\s)(?P<d>[0-3]?\d)\.(?P<m>0[1-9]|1[0-2])\.(?!\d)"),
        ("numeric", rf"\b(?P<d>[0-3]?\d)[./](?P<m>0?[1-9]|1[0-2])[./](?P<y>{_YEAR})\b"),
        ("days_months", rf"\b(?P<d>{_DAY})\s+(?P<m>{_MONTH})(?:\s+(?P<y>{_YEAR}))?{_TO}(?P<d2>{_DAY})\s+(?P<m2>{_MONTH})(?:,?\s+(?P<y2>{_YEAR}))?"),
        ("months_days", rf"\b(?P<m>{_MONTH})\s+(?P<d>{_DAY}){_TO}(?P<m2>{_MONTH})\s+(?P<d2>{_DAY})\b(?:,?\s+(?P<y2>{_YEAR}))?"),
        ("days", rf"\b(?P<d>{_DAY}){_TO}(?P<d2>{_DAY})\s+(?:of\s+)?(?P<m>{_MONTH}){_OF_YEAR}"),
        ("month_days", rf"\b(?P<m>{_MONTH})\s+(?P<d>{_DAY}){_TO}(?P<d2>{_DAY})\b(?!\s*(?:drones|UAVs|million|%)){_OF_YEAR}"),
        ("ordinal_day", rf"\b(?:the\s+)?(?P<o>{_ORDINAL})(?:\s+day)?\s+of\s+(?P<m>{_MONTH}){_OF_YEAR}"),
        ("day", rf"\b(?P<d>{_DAY})\s+(?:of\s+)?(?P<m>{_MONTH}){_OF_YEAR}"),
        ("month_day", rf"\b(?P<m>{_MONTH})\s+(?P<d>{_DAY})(?![\d,.]*\d)\b{_NO_DAY}{_OF_YEAR}"),
        ("months", rf"\b(?P<m>{_MONTH})(?:\s+(?P<y>{_YEAR}))?{_TO}(?P<m2>{_MONTH})(?:,?\s+(?:of\s+)?(?P<y2>{_YEAR}))?"),
        ("month_year", rf"\b(?P<m>{_MONTH}),?\s+(?:of\s+)?(?P<y>{_YEAR})\b"),
        ("month_rel", rf"\b(?P<m>{_MONTH})\s+(?:of\s+)?(?P<rel>last|this|next)\s+year\b|\b(?P<rel2>last|this|next)\s+(?P<m2>{_MONTH})"),
        ("quarter", rf"\b(?:the\s+)?(?P<q>first|second|third|fourth|last|Q[1-4]|1st|2nd|3rd|4th)(?:\s+quarter)?(?:\s+of)?\s+(?P<y>{_YEAR}|this\s+year|last\s+year|next\s+year|the\s+year)\b(?<!last\s)"),
        ("half", rf"\b(?:the\s+)?(?P<h>first|second|1st|2nd|H1|H2)(?:\s+half)?(?:\s+of)?\s+(?P<y>{_YEAR}|this\s+year|last\s+year|next\s+year|the\s+year)\b"),
        ("same_period", rf"\b(?:the|that)\s+same\s+(?:{_COUNT}\s+)?(?:period|months?|quarter|half|weeks?|season|time|days?)\s+(?:of\s+|in\s+)?(?:(?P<y>{_YEAR}|last\s+year)|(?:of\s+)?the\s+(?:previous|past)\s+year|the\s+year\s+before|a\s+year\s+(?:before|earlier|ago))\b"),
        ("first_months", rf"\b(?:(?:the\s+)?(?:first|opening)|(?:for|over|in)(?:\s+the)?)\s+(?P<n>{_COUNT})\s+months\s+of\s+(?P<y>{_NAMED_YEAR})\b"),
        ("season", rf"\b(?:the\s+)?(?P<s>[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter)(?:\s+of)?\s+(?P<y>{_YEAR})(?:[-–/]\d{{2,4}})?\b"),
        ("decade", r"\bthe\s+(?P<y>(?:19|20)\d)0s\b"),
        ("years", rf"\b(?:between\s+|from\s+)?(?P<y>{_YEAR})(?:\s*(?:and|to|until|through)\s*|[-–/])(?P<y2>{_YEAR}|\d\d\b)(?![,.]\d)(?!\s*(?:drones|UAVs|million|thousand|per\s?cent|%))"),
        ("year", rf"(?:(?<![\d.,$€£/-])|(?<=\bmid-)|(?<=\bearly-)|(?<=\blate-))(?P<y>{_YEAR})(?![\d.,]*\d)(?!\s*(?:drones|UAVs|balloons|units|people|Shaheds?|drone)\b)(?!-(?!\d))\b"),
        ("weekdays", rf"\b(?<!night\s)(?<!night\s\s)(?:between|from)\s+(?P<w>{_WEEKDAY})(?:\s+(?:night|morning|evening|afternoon))?\s+(?:and|to|until|till|through)\s+(?P<w2>{_WEEKDAY})(?:\s+(?:night|morning|evening|afternoon))?\b"),
        ("weekday", rf"\b(?:(?P<rel>last|next|this|past)\s+)?(?P<w>{_WEEKDAY})(?:\s+(?:night|morning|evening|afternoon))?\b"),
        ("between", r"\b(?P<a>yesterday|today|tonight|overnight|(?:(?:during|in|over|for)\s+)?(?:the\s+)?(?:last|past)\s+night|this\s+(?:morning|evening|afternoon)|tomorrow|(?:of|for)\s+the\s+night(?!\s+(?:of|to|from|on|before|into|between)\b)|(?:during|in)\s+the\s+night|at\s+night)\b"),
        ("period", r"\b(?:the\s+)?(?P<rel>last|past|previous|this|current|next|coming|same)\s+(?P<u>week|month|year|quarter|weekend|decade|24\s+hours|summer|spring|autumn|fall|winter)\b(?!\s*(?:['’]s|long))"),
        ("span", rf"\b(?:the\s+|in\s+|over\s+|for\s+)*(?:last|past|previous)\s+(?P<n>{_COUNT})\s+(?P<u>days|weeks|months|years|nights)\b"),
        ("day_before", r"\b(?:the\s+day\s+before|the\s+previous\s+(?:day|night))\b"),
        ("earlier", r"\bthe\s+(?P<u>week|month|year)\s+(?P<dir>before|earlier|after)\b(?!\s+(?:the|that|this|his|her|its|an?|last|\d)\b)|\b(?:the|in\s+the)\s+previous\s+(?P<u2>week|month|year)\b"),
        ("after", rf"\b(?P<n>{_COUNT})\s+(?P<u>day|night|week|month|year)s?\s+(?P<dir>later|afterwards?|after|earlier|before|previously)\b(?!\s+(?:the|that|this|his|her|its|an?|\d)\b)|\b(?:the\s+)?(?P<dir2>following|next)\s+(?P<u2>day|night|morning|evening)\b|\bthe\s+following\s+(?P<u3>week|month|year)\b|\b(?P<whole>(?:the\s+)?whole\s+(?:month|year|week)|th(?:at|e\s+same)\s+(?:month|year|week))\b"),
        ("ago", rf"\b(?P<n>{_COUNT})\s+(?P<u>day|week|month|year)s?\s+(?:ago|earlier|before)\b"),
        ("year_end", r"\b(?:the\s+)?(?:end|start|beginning|middle|course|rest)\s+of\s+(?:the|this)\s+year\b|\b(?:for|over|in)\s+the\s+full\s+year\b(?!\s+(?:19|20)\d\d)|\byear[- ]end\b|\bthe\s+year's\s+end\b"),
        ("bare_part", r"\b(?:in|during|for|by|over|until|from)\s+(?:the\s+)?(?:(?P<q>first|second|third|fourth|1st|2nd|3rd|4th|Q[1-4])(?:(?<=Q\d)|\s+quarter)|(?P<h>first|second|1st|2nd)\s+half)\b(?!\s+of\b)"),
        ("month", rf"(?:(?<![\w-])|(?<=\bmid-)|(?<=\bearly-)|(?<=\blate-))(?P<m>{_MONTH})(?!\d)(?![\w-])"),
    )
))  # fmt: skip
# A pattern is tried only where a sign of it stands in the sentence: most have none
_TIME_OF_DAY = re.compile(r"\d|\b(?:past|to)\s+(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b")
_SIGNS = (
    ("month", re.compile(rf"\b{_MONTH}")),
    ("year", re.compile(r"(?:19|20)\d")),
    ("weekday", re.compile(r"day\b", re.IGNORECASE)),
    ("ordinal", re.compile(r"\d(?:st|nd|rd|th)\b|\d\.\d\d\.")),
    (
        "period",
        re.compile(
            r"year|month|week|day|night|quarter|decade|summer|spring|autumn|fall|winter|hours|half|\bQ[1-4]\b|today|tomorrow|morning|evening|afternoon",
            re.IGNORECASE,
        ),
    ),
)
_ANY = frozenset({"month", "year", "weekday", "period"})
_NEEDS: dict[str, frozenset[str]] = {
    name: frozenset(signs.split())
    for signs, names in (
        ("year", "iso numeric season decade years year"),
        (
            "month",
            "days_months months_days days month_days ordinal_day day month_day months month_year month_rel month",
        ),
        ("weekday", "weekdays weekday"),
        ("period", "between period span day_before earlier after ago year_end same_period"),
        ("period", "bare_part far_day past_day before_last bare_season months_to since_new_year half_month"),
        ("period", "weekend fortnight new_year"),
        ("ordinal", "day_number day_dot_month"),
        ("year period", "quarter half first_months"),
    )
    for name in names.split()
}
# These count from a time told before, in the same sentence first of all
_COUNTED_ON = frozenset({"earlier", "after", "same_period", "day_before"})
_CLOCK = re.compile(
    r"\b(?:[01]?\d|2[0-4])[:.][0-5]\d(?::[0-5]\d)?(?:\s*(?:a\.?m\.?|p\.?m\.?|h|hrs|UTC|GMT|EET|EEST|CET|CEST|local))?(?![\d%])(?!\s*(?:million|billion|thousand|percent|per cent|%))|"
    r"\b(?:half|(?:a\s+)?quarter|five|ten|twenty(?:-five)?)\s+(?:past|to)\s+(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2})\b|"
    r"\b(?:1[0-2]|0?[1-9])\s*(?:a\.?m\b\.?|p\.?m\b\.?)|\b(?:[01]\d|2[0-3])[0-5]\d\s*(?:hours|hrs|h|UTC|Z|GMT|local)\b|\b(?:[01]?\d|2[0-3])h[0-5]\d\b",
    re.IGNORECASE,
)
_FUTURE = re.compile(r"\b(?:will|would|shall|plans?|planned|expects?|expected|by|until|due|scheduled|aims?|intends?|going\s+to|to\s+be|(?:is|are)\s+to|to\s+(?:start|begin|open)|set\s+to|consult)\b", re.IGNORECASE)  # fmt: skip
_PAST = re.compile(r"\b(?:had|has|have|was|were)\b", re.IGNORECASE)
_LEADING = re.compile(r"(?:(?:on|by|since|until|from|in|during|before|over|through|at)\s+(?:the\s+)?)?", re.IGNORECASE)
_SINCE = re.compile(
    r"\b[Ss]ince\s+(?:the\s+|its\s+)?(?:start|beginning|outbreak|launch|onset|opening)\s+of\s+[^,.;]{2,60}?\s(?:on|in)\s+$|\b(?:since|from|starting(?:\s+(?:in|from))?|beginning)\s+(?:the\s+)?(?:early|late|mid|end\s+of|start\s+of|beginning\s+of)?[-\s]*$",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\b(?:by|before|until|till|through|no\s+later\s+than)\s+(?:the\s+)?(?:(?:early|late|mid|end\s+of|start\s+of|middle\s+of)[-\s]*)?(?:the\s+)?$",
    re.IGNORECASE,
)


def dates(text: str, anchor: Anchor | None, base: str | None = None) -> tuple[list[When], list[Span]]:
    """Every date in a sentence, in order, and the spans (clock times too) whose digits count nothing.

    Parameters
    ----------
    anchor : Anchor or None
        The publication.
    base : str or None
        The time (EDTF) that was told last, from which "three days later" and "the day before" count.
    """
    found: list[When] = []
    taken: list[Span] = []
    pending: list[tuple[str, re.Match[str]]] = []
    masked = [Span(m.start(), m.end()) for m in _CLOCK.finditer(text)] if _TIME_OF_DAY.search(text) else []
    signs = {sign for sign, pattern in _SIGNS if pattern.search(text)}
    for name, pattern in PATTERNS:
        if not _NEEDS.get(name, _ANY) & signs:
            continue
        for match in pattern.finditer(text):
            span = Span(match.start(), match.end())
            if any(span.start < other.end and other.start < span.end for other in taken):
                continue
            if name == "numeric" and int(match["d"]) > 31:
                continue
            if name == "month" and not _is_month(text, match):
                continue
            # a part of the calendar brings its own preposition
            begins = match.start() + (_LEADING.match(match[0]).end() if name in PARTS else 0)  # type: ignore[union-attr]
            clause = text[max(0, begins - 60) : begins]
            signs_of = {m[0].lower() for m in _FUTURE.finditer(re.split(r"[;—]|\bthat\b|, (?:and|but)\b", clause)[-1])}
            if signs_of <= {"by", "until"} and not _BY.search(text[:begins]):
                # "By our count, 25 halls were ready in February"
                signs_of = set()
            # "by January, 300 had been delivered" is past
            future = bool(signs_of) and not (
                signs_of <= {"by", "until"} and _PAST.search(text, match.end(), match.end() + 90)
            )
            edtf = None if name in _COUNTED_ON else resolve(name, match, anchor, future=future)
            relative = (
                name in PARTS
                or name
                in (
                    "weekday",
                    "between",
                    "period",
                    "span",
                    "ago",
                    "year_end",
                    "month",
                    "month_rel",
                    "weekdays",
                    "bare_part",
                )
                or ("y" in match.re.groupindex and not match["y"] and not (match.groupdict().get("y2")))
            )
            role = "since" if _SINCE.search(text[:begins]) else "by" if _BY.search(text[:begins]) else "at"
            if (
                role == "since"
                and edtf
                and "/" not in edtf
                and not text[match.end() :].lstrip().startswith(("to ", "until"))
            ):
                edtf += "/.."
            taken.append(span)
            if name in _COUNTED_ON:
                pending.append((name, match))
                continue
            found.append(
                When(
                    start=span.start,
                    end=span.end,
                    edtf=edtf,
                    relative=relative,
                    role=role,
                    published=bool(anchor and anchor.exact and edtf == anchor.exact.isoformat()),
                )
            )
    for name, match in sorted(pending, key=lambda pair: pair[1].start()):
        told = [one for one in found if one.end <= match.start() and one.edtf]
        near = max(told, key=lambda one: one.end).edtf if told else base
        edtf = resolve(name, match, anchor, future=False, base=near)
        found.append(When(start=match.start(), end=match.end(), edtf=edtf, relative=True))
    found.sort(key=lambda when: when.start)
    return joined(text, found), taken + masked


def _is_month(text: str, match: re.Match[str]) -> bool:
    """May and March are also verbs and names: they count after a preposition or with a sign of time."""
    word = match["m"].lower().rstrip(".")
    if word not in ("may", "march", "mar", "jun", "dec", "jan", "sep", "oct", "nov", "feb", "apr", "aug", "jul"):
        return True
    if text[: match.start()].rstrip(" |\t") == "" and re.match(r"\s*(?:\||\t|$)", text[match.end() :]):
        # the head of a table's row
        return True
    return bool(
        re.search(
            r"\b(?:in|since|by|until|during|of|from|to|and|last|this|next|late|early|mid|for|before|after)[-\s]+$",
            text[: match.start()],
            re.IGNORECASE,
        )
    )

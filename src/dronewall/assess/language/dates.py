"""Dates as EDTF, from an explicit anchor.

The anchor is the day of publication, never the day a page was fetched. Without one a relative date ("on Thursday", "in
September", "last year") is unknown: None. With one, the tense of its clause decides whether the nearest such day lies
before or after. Precision is kept: a month stays a month. EDTF: ISO 8601-2:2019, levels 0 and 1 (seasons 21 to 24).
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from dronewall.assess.language.numbers import words_value
from dronewall.assess.language.spans import Span

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}

_EDTF = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?(?P<mark>[~?%]?)"
)
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_WEEKDAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_TO = r"\s*(?:-|–|—|to|and|till|until|through|/)\s*"
_PART = r"(?:early|late|mid|the\s+(?:start|beginning|middle|end)\s+of)[-\s]*"
_COUNT = r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|few|couple\s+of)"
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(words, re.IGNORECASE if name not in ("month", "season") else 0))
    for name, words in (
        ("iso", rf"\b(?P<y>{_YEAR})-(?P<m>0[1-9]|1[0-2])-(?P<d>[0-3]\d)\b"),
        ("numeric", rf"\b(?P<d>[0-3]?\d)[./](?P<m>0?[1-9]|1[0-2])[./](?P<y>{_YEAR})\b"),
        ("days_months", rf"\b(?P<d>{_DAY})\s+(?P<m>{_MONTH})(?:\s+(?P<y>{_YEAR}))?{_TO}(?P<d2>{_DAY})\s+(?P<m2>{_MONTH})(?:,?\s+(?P<y2>{_YEAR}))?"),
        ("months_days", rf"\b(?P<m>{_MONTH})\s+(?P<d>{_DAY}){_TO}(?P<m2>{_MONTH})\s+(?P<d2>{_DAY})\b(?:,?\s+(?P<y2>{_YEAR}))?"),
        ("days", rf"\b(?P<d>{_DAY}){_TO}(?P<d2>{_DAY})\s+(?:of\s+)?(?P<m>{_MONTH})(?:,?\s+(?P<y>{_YEAR}))?"),
        ("month_days", rf"\b(?P<m>{_MONTH})\s+(?P<d>{_DAY}){_TO}(?P<d2>{_DAY})\b(?!\s*(?:drones|UAVs|million|%))(?:,?\s+(?P<y>{_YEAR}))?"),
        ("day", rf"\b(?P<d>{_DAY})\s+(?:of\s+)?(?P<m>{_MONTH})(?:,?\s+(?:of\s+)?(?P<y>{_YEAR}))?"),
        ("month_day", rf"\b(?P<m>{_MONTH})\s+(?P<d>{_DAY})(?![\d,.]*\d)\b(?:,?\s+(?P<y>{_YEAR}))?"),
        ("months", rf"\b(?P<m>{_MONTH})(?:\s+(?P<y>{_YEAR}))?{_TO}(?P<m2>{_MONTH})(?:,?\s+(?:of\s+)?(?P<y2>{_YEAR}))?"),
        ("month_year", rf"\b(?P<m>{_MONTH}),?\s+(?:of\s+)?(?P<y>{_YEAR})\b"),
        ("month_rel", rf"\b(?P<m>{_MONTH})\s+(?:of\s+)?(?P<rel>last|this|next)\s+year\b|\b(?P<rel2>last|this|next)\s+(?P<m2>{_MONTH})"),
        ("quarter", rf"\b(?:the\s+)?(?P<q>first|second|third|fourth|last|Q[1-4]|1st|2nd|3rd|4th)(?:\s+quarter)?(?:\s+of)?\s+(?P<y>{_YEAR}|this\s+year|last\s+year|next\s+year|the\s+year)\b(?<!last\s)"),
        ("half", rf"\b(?:the\s+)?(?P<h>first|second|1st|2nd|H1|H2)(?:\s+half)?(?:\s+of)?\s+(?P<y>{_YEAR}|this\s+year|last\s+year|next\s+year|the\s+year)\b"),
        ("first_months", rf"\bthe\s+first\s+(?P<n>{_COUNT})\s+months\s+of\s+(?P<y>{_YEAR}|this\s+year|last\s+year|the\s+year)\b"),
        ("season", rf"\b(?:the\s+)?(?P<s>[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter)(?:\s+of)?\s+(?P<y>{_YEAR})(?:[-–/]\d{{2,4}})?\b"),
        ("decade", r"\bthe\s+(?P<y>(?:19|20)\d)0s\b"),
        ("years", rf"\b(?:between\s+|from\s+)?(?P<y>{_YEAR})(?:\s*(?:and|to|until|through)\s*|[-–/])(?P<y2>{_YEAR}|\d\d\b)"),
        ("year", rf"(?<![\d.,$€£/-])(?P<y>{_YEAR})(?![\d.,]*\d)(?!\s*(?:drones|UAVs|balloons|units|people|Shaheds?|drone)\b)(?!-(?!\d))\b"),
        ("weekday", rf"\b(?:(?P<rel>last|next|this|past)\s+)?(?P<w>{_WEEKDAY})(?:\s+(?:night|morning|evening|afternoon))?\b"),
        ("between", r"\b(?P<a>yesterday|today|tonight|overnight|last\s+night|this\s+(?:morning|evening|afternoon)|tomorrow|the\s+day\s+before|the\s+previous\s+(?:day|night)|(?:during|in)\s+the\s+night|at\s+night)\b"),
        ("period", r"\b(?:the\s+)?(?P<rel>last|past|previous|this|current|next|coming|same)\s+(?P<u>week|month|year|quarter|weekend|decade|24\s+hours|summer|spring|autumn|fall|winter)\b(?!\s*(?:['’]s|long))"),
        ("span", rf"\b(?:the\s+|in\s+|over\s+|for\s+)*(?:last|past|previous)\s+(?P<n>{_COUNT})\s+(?P<u>days|weeks|months|years|nights)\b"),
        ("ago", rf"\b(?P<n>{_COUNT})\s+(?P<u>day|week|month|year)s?\s+(?:ago|earlier|before)\b"),
        ("year_end", r"\b(?:the\s+)?(?:end|start|beginning|middle|course|rest)\s+of\s+(?:the|this)\s+year\b|\byear[- ]end\b|\bthe\s+year's\s+end\b"),
        ("month", rf"(?<![\w-])(?P<m>{_MONTH})(?!\s*\d)(?![\w-])"),
    )
)  # fmt: skip
# A pattern is tried only where a sign of it stands in the sentence: most have none
_DIGIT = re.compile(r"\d")
_SIGNS = (
    ("month", re.compile(rf"\b{_MONTH}")),
    ("year", re.compile(r"(?:19|20)\d")),
    ("weekday", re.compile(r"day\b", re.IGNORECASE)),
    (
        "period",
        re.compile(
            r"year|month|week|day|night|quarter|decade|summer|spring|autumn|fall|winter|hours|today|tomorrow|morning|evening|afternoon",
            re.IGNORECASE,
        ),
    ),
)
_ANY = frozenset({"month", "year", "weekday", "period"})
_NEEDS: dict[str, frozenset[str]] = {
    name: frozenset(signs.split())
    for signs, names in (
        ("year", "iso numeric season decade years year"),
        ("month", "days_months months_days days month_days day month_day months month_year month_rel month"),
        ("weekday", "weekday"),
        ("period", "between period span ago year_end"),
        ("year period", "quarter half first_months"),
    )
    for name in names.split()
}
_CLOCK = re.compile(
    r"\b(?:[01]?\d|2[0-4])[:.][0-5]\d(?::[0-5]\d)?(?:\s*(?:a\.?m\.?|p\.?m\.?|h|hrs|UTC|GMT|EET|EEST|CET|CEST|local))?(?![\d%])(?!\s*(?:million|billion|thousand|percent|per cent|%))|"
    r"\b(?:1[0-2]|0?[1-9])\s*(?:a\.?m\b\.?|p\.?m\b\.?)|\b(?:[01]\d|2[0-3])[0-5]\d\s*(?:hours|hrs|h|UTC|Z|GMT|local)\b|\b(?:[01]?\d|2[0-3])h[0-5]\d\b",
    re.IGNORECASE,
)
_FUTURE = re.compile(r"\b(?:will|would|shall|plans?|planned|expects?|expected|by|until|due|scheduled|aims?|intends?|going\s+to|to\s+be|to\s+(?:start|begin|open)|set\s+to|consult)\b", re.IGNORECASE)  # fmt: skip
_SINCE = re.compile(
    r"\b(?:since|from|starting(?:\s+(?:in|from))?|beginning)\s+(?:the\s+)?(?:early|late|mid|end\s+of|start\s+of|beginning\s+of)?[-\s]*$",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\b(?:by|before|until|till|through|no\s+later\s+than)\s+(?:the\s+)?(?:(?:early|late|mid|end\s+of|start\s+of|middle\s+of)[-\s]*)?(?:the\s+)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The day, month or year of publication; what lies finer than it is unknown."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def exact(self) -> date | None:
        """The day, where it is known to the day."""
        return date(self.year, self.month, self.day) if self.month and self.day else None


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A time as a text gives it: `edtf` is None where it hangs on an anchor that is not there."""

    start: int
    end: int
    edtf: str | None
    relative: bool
    role: str = "at"
    """at, by or since."""


def anchor_of(edtf: str | None) -> Anchor | None:
    """The anchor that an EDTF date makes; an interval or a season is none.

    Returns
    -------
    Anchor or None
        None also where the text is no calendar date.
    """
    match = _EDTF.fullmatch(edtf.strip()) if edtf else None
    if match is None:
        return None
    year, month, day = int(match["year"]), int(match["month"] or 0), int(match["day"] or 0)
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    return Anchor(year=year, month=month or None, day=day or None)


def is_edtf(text: str) -> bool:
    """Whether a text is a date or interval of EDTF level 0 or 1, as files may give it."""
    part = r"(?:\d{4}(?:-(?:0[1-9]|1[0-2]|2[1-4])(?:-(?:0[1-9]|[12]\d|3[01]))?)?[~?%]?|\d{3}X|\d{2}XX|\d{4}-\d{2}-\d{2}T[\d:]+(?:Z|[+-]\d{2}:?\d{2})?)"
    return bool(re.fullmatch(rf"{part}(?:/(?:{part}|\.\.)?)?|(?:\.\.)?/{part}", text))


def _month(name: str) -> int:
    return MONTHS[name.lower().rstrip(".")]


def _iso(day: date) -> str:
    return day.isoformat()


def _year_of(month: int, day: int | None, anchor: Anchor | None, *, future: bool) -> int | None:
    """The year of a month (and day) nearest the anchor on the side that the tense says."""
    if anchor is None:
        return None
    reference = (anchor.month or (12 if not future else 1), (anchor.day or 31) if day else 0)
    that = (month, day or 0)
    if future:
        return anchor.year if that >= (reference[0], reference[1] if day else 0) else anchor.year + 1
    # an article of the evening tells of tomorrow's night: a day or two ahead is the same year
    if anchor.exact and day:
        try:
            ahead = (date(anchor.year, month, day) - anchor.exact).days
        except ValueError:
            return None
        return anchor.year if ahead <= 2 else anchor.year - 1
    return anchor.year if that <= (reference[0], 0) else anchor.year - 1


def _day(year: int | None, month: int, day: str) -> str | None:
    number = int(re.sub(r"\D", "", day))
    try:
        return None if year is None else _iso(date(year, month, number))
    except ValueError:
        return None


def _named_year(words: str, anchor: Anchor | None) -> int | None:
    if words[:2].isdigit():
        return int(words)
    if anchor is None:
        return None
    low = words.lower()
    return anchor.year + (-1 if "last" in low else 1 if "next" in low else 0)


def _pair(first: str | None, second: str | None) -> str | None:
    return None if first is None or second is None else f"{first}/{second}"


def _count(words: str) -> int | None:
    low = words.lower()
    if low.startswith(("couple", "few", "several")):
        return None
    if low in ("a", "an"):
        return 1
    return int(low) if low.isdigit() else int(words_value(low) or 0) or None


def _resolve(name: str, m: re.Match[str], anchor: Anchor | None, *, future: bool) -> str | None:
    """The EDTF of one match of the pattern `name`."""
    g = m.groupdict()
    today = anchor.exact if anchor else None
    match name:
        case "iso" | "numeric":
            return _day(int(g["y"]), int(g["m"]), g["d"])
        case "days_months" | "months_days":
            one, two = _month(g["m"]), _month(g["m2"])
            year2 = (
                int(g["y2"]) if g.get("y2") else _year_of(two, int(re.sub(r"\D", "", g["d2"])), anchor, future=future)
            )
            year1 = int(g["y"]) if g.get("y") else None if year2 is None else year2 - (one > two)
            return _pair(_day(year1, one, g["d"]), _day(year2, two, g["d2"]))
        case "days" | "month_days":
            month = _month(g["m"])
            year = int(g["y"]) if g["y"] else _year_of(month, int(re.sub(r"\D", "", g["d2"])), anchor, future=future)
            return _pair(_day(year, month, g["d"]), _day(year, month, g["d2"]))
        case "day" | "month_day":
            month = _month(g["m"])
            year = int(g["y"]) if g["y"] else _year_of(month, int(re.sub(r"\D", "", g["d"])), anchor, future=future)
            return _day(year, month, g["d"])
        case "months":
            one, two = _month(g["m"]), _month(g["m2"])
            year2 = int(g["y2"]) if g["y2"] else int(g["y"]) if g["y"] else _year_of(two, None, anchor, future=future)
            if year2 is None:
                return None
            year1 = int(g["y"]) if g["y"] else year2 - (one > two)
            return f"{year1}-{one:02}/{year2}-{two:02}"
        case "month_year":
            return f"{g['y']}-{_month(g['m']):02}"
        case "month_rel":
            month, rel = _month(g["m"] or g["m2"]), (g["rel"] or g["rel2"]).lower()
            if anchor is None:
                return None
            if g["rel"]:
                return f"{anchor.year + {'last': -1, 'this': 0, 'next': 1}[rel]}-{month:02}"
            year_or_none = _year_of(month, None, anchor, future=rel == "next")
            if rel == "last" and year_or_none == anchor.year and month == anchor.month:
                year_or_none -= 1
            return f"{year_or_none}-{month:02}"
        case "quarter" | "half":
            year = _named_year(g["y"], anchor)
            if year is None:
                return None
            words = (g.get("q") or g.get("h") or "").lower()
            first = {"first": 1, "q1": 1, "1st": 1, "h1": 1, "second": 2, "q2": 2, "2nd": 2, "h2": 2, "third": 3, "q3": 3,
                     "3rd": 3, "fourth": 4, "last": 4, "q4": 4, "4th": 4}[words]  # fmt: skip
            size = 3 if name == "quarter" else 6
            return f"{year}-{(first - 1) * size + 1:02}/{year}-{first * size:02}"
        case "first_months":
            year, count = _named_year(g["y"], anchor), _count(g["n"])
            return None if year is None or not count or count > 12 else f"{year}-01/{year}-{count:02}"
        case "season":
            return f"{g['y']}-{SEASONS[g['s'].lower()]}"
        case "decade":
            return f"{g['y']}X"
        case "years":
            second = g["y2"] if len(g["y2"]) == 4 else g["y"][:2] + g["y2"]
            return f"{g['y']}/{second}" if int(second) > int(g["y"]) else None
        case "year":
            return g["y"]
        case "year_end":
            return None if anchor is None else f"{anchor.year}"
        case "month":
            month = _month(g["m"])
            year_or_none = _year_of(month, None, anchor, future=future)
            return None if year_or_none is None else f"{year_or_none}-{month:02}"
        case "ago" if g["u"].lower() in ("month", "year") and anchor is not None:
            count = _count(g["n"])
            if count is None or (g["u"].lower() == "month" and anchor.month is None):
                return None
            if g["u"].lower() == "year":
                return f"{anchor.year - count}~"
            months = anchor.year * 12 + (anchor.month or 1) - 1 - count
            return f"{months // 12}-{months % 12 + 1:02}~"
        case "period" if anchor is not None and g["u"].lower() in (
            "month",
            "year",
            "quarter",
            "summer",
            "spring",
            "autumn",
            "fall",
            "winter",
        ):
            return _period(g["rel"].lower(), g["u"].lower(), anchor)
        case _:
            return None if today is None else _days(name, g, m[0].lower(), today, future=future)


def _period(rel: str, unit: str, anchor: Anchor) -> str | None:
    if rel == "same":
        return None
    step = -1 if rel in ("last", "past", "previous") else 1 if rel in ("next", "coming") else 0
    if unit == "year":
        return str(anchor.year + step)
    if unit in SEASONS:
        return f"{anchor.year + step}-{SEASONS[unit]}"
    if anchor.month is None:
        return None
    if unit == "month":
        months = anchor.year * 12 + anchor.month - 1 + step
        return f"{months // 12}-{months % 12 + 1:02}"
    quarter = (anchor.month - 1) // 3 + step + 4 * anchor.year
    year, first = quarter // 4, quarter % 4 * 3 + 1
    return f"{year}-{first:02}/{year}-{first + 2:02}"


def _days(name: str, g: dict[str, str], words: str, today: date, *, future: bool) -> str | None:
    """What is told in days from an anchor that is known to the day."""
    one = timedelta(days=1)
    if name == "weekday":
        number = WEEKDAYS[g["w"].lower()]
        rel = (g["rel"] or "").lower()
        back = (today.weekday() - number) % 7
        if rel == "next" or (future and not rel):
            return _iso(today + timedelta(days=(number - today.weekday() - 1) % 7 + 1))
        if rel in ("last", "past") and back == 0:
            back = 7
        return _iso(today - timedelta(days=back))
    if name == "between":
        if words.startswith(("yesterday", "the day before", "the previous day")):
            return _iso(today - one)
        if words.startswith("tomorrow"):
            return _iso(today + one)
        if "night" in words and words != "tonight":
            return f"{_iso(today - one)}/{_iso(today)}"
        return _iso(today)
    if name == "period":
        unit, rel = g["u"].lower(), g["rel"].lower()
        step = -1 if rel in ("last", "past", "previous") else 1 if rel in ("next", "coming") else 0
        if rel == "same":
            return None
        if unit == "24 hours" or unit.endswith("hours"):
            return f"{_iso(today - one)}/{_iso(today)}"
        if unit == "week" and rel == "past":
            return f"{_iso(today - 7 * one)}/{_iso(today)}"
        monday = today - timedelta(days=today.weekday()) + step * timedelta(days=7)
        if unit == "week":
            return f"{_iso(monday)}/{_iso(monday + 6 * one)}"
        if unit == "weekend":
            if step < 0 and today.weekday() < 5:
                monday = today - timedelta(days=today.weekday() + 7)
            return f"{_iso(monday + 5 * one)}/{_iso(monday + 6 * one)}"
        return None
    if name == "span":
        count = _count(g["n"])
        if count is None:
            return None
        length = {"days": 1, "nights": 1, "weeks": 7, "months": 30, "years": 365}[g["u"].lower()] * count
        if g["u"].lower() in ("months", "years"):
            return f"{(today - timedelta(days=length)).isoformat()[:7]}/{today.isoformat()[:7]}"
        return f"{_iso(today - timedelta(days=length))}/{_iso(today)}"
    if name == "ago":
        count = _count(g["n"])
        if count is None:
            return None
        mark = "" if g["u"].lower() == "day" else "~"
        return _iso(today - timedelta(days=count * (7 if g["u"].lower() == "week" else 1))) + mark
    return None


def dates(text: str, anchor: Anchor | None) -> tuple[list[When], list[Span]]:
    """Every date in a sentence, in order, and the spans (clock times too) whose digits count nothing."""
    found: list[When] = []
    taken: list[Span] = []
    masked = [Span(m.start(), m.end()) for m in _CLOCK.finditer(text)] if _DIGIT.search(text) else []
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
            clause = text[max(0, match.start() - 60) : match.start()]
            future = bool(_FUTURE.search(re.split(r"[;—]|\bthat\b|, (?:and|but)\b", clause)[-1]))
            edtf = _resolve(name, match, anchor, future=future)
            relative = name in ("weekday", "between", "period", "span", "ago", "year_end", "month", "month_rel") or (
                "y" in match.re.groupindex and not match["y"] and not (match.groupdict().get("y2"))
            )
            role = (
                "since" if _SINCE.search(text[: match.start()]) else "by" if _BY.search(text[: match.start()]) else "at"
            )
            if (
                role == "since"
                and edtf
                and "/" not in edtf
                and not text[match.end() :].lstrip().startswith(("to ", "until"))
            ):
                edtf += "/.."
            taken.append(span)
            found.append(When(start=span.start, end=span.end, edtf=edtf, relative=relative, role=role))
    found.sort(key=lambda when: when.start)
    return found, taken + masked


def _is_month(text: str, match: re.Match[str]) -> bool:
    """May and March are also verbs and names: they count after a preposition or with a sign of time."""
    word = match["m"].lower().rstrip(".")
    if word not in ("may", "march", "mar", "jun", "dec", "jan", "sep", "oct", "nov", "feb", "apr", "aug", "jul"):
        return True
    return bool(
        re.search(
            r"\b(?:in|since|by|until|during|of|from|to|and|last|this|next|late|early|mid|for|before|after)[-\s]+$",
            text[: match.start()],
            re.IGNORECASE,
        )
    )


def span_days(edtf: str | None) -> tuple[date, date] | None:
    """The first and last day of an EDTF date or interval, for comparison; open ends take the known end."""
    if not edtf:
        return None
    parts = [part for part in edtf.split("/") if part and part != ".."]
    days = [bounds for part in parts if (bounds := _part_days(part)) is not None]
    if not days:
        return None
    return min(first for first, _ in days), max(last for _, last in days)


def _part_days(part: str) -> tuple[date, date] | None:
    part = part.rstrip("~?%")
    if re.fullmatch(r"\d{3}X", part):
        return date(int(part[:3]) * 10, 1, 1), date(int(part[:3]) * 10 + 9, 12, 31)
    match = _EDTF.fullmatch(part)
    if match is None:
        return None
    year, month, day = int(match["year"]), int(match["month"] or 0), int(match["day"] or 0)
    if not 1 <= year <= 9998:
        return None
    if month > 12:
        first = {21: 3, 22: 6, 23: 9, 24: 12}.get(month, 1)
        start = date(year, first, 1)
        return start, start + timedelta(days=91)
    try:
        if day:
            return date(year, month, day), date(year, month, day)
        if month:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    except ValueError:
        return None
    return date(year, 1, 1), date(year, 12, 31)

"""Times that a calendar's parts name without a full date: "the weekend", "by autumn", "on the 14th", "the year to March".

Each resolver takes the match, the anchor and whether its clause tells of what is to come; it gives EDTF, or None where the
anchor is not known as far as it takes.
"""

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

from dronewall.assess.language.edtf import Anchor
from dronewall.assess.language.numbers import words_value

MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?"
MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
# The months (northern hemisphere, meteorological) in which a season begins and ends; winter ends in the next year
_SEASON_MONTHS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 2)}
_YEAR = r"(?:19|20)\d\d"
_COUNT = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_DAY = timedelta(days=1)


def month_number(name: str) -> int:
    """The number of a month's name or abbreviation."""
    return MONTHS[name.lower().rstrip(".")]


def _pair(first: date, second: date) -> str:
    return f"{first.isoformat()}/{second.isoformat()}"


def _year_of_month(month: int, anchor: Anchor, *, future: bool) -> int:
    """The year of a month nearest the anchor on the side that the tense says."""
    here = anchor.month or (1 if future else 12)
    return anchor.year + (future and month < here) - (not future and month > here)


def _yesterday_but_one(m: re.Match[str], anchor: Anchor, *, future: bool) -> str | None:
    if anchor.exact is None:
        return None
    return (anchor.exact + (2 if "tomorrow" in m[0].lower() else -2) * _DAY).isoformat()


def _weekend(m: re.Match[str], anchor: Anchor, *, future: bool) -> str | None:
    """The weekend that ended last, or on whose days the article appeared; in the future the next one."""
    if anchor.exact is None:
        return None
    saturday = anchor.exact + (5 - anchor.exact.weekday()) * _DAY
    if not future and anchor.exact.weekday() < 5:
        saturday -= 7 * _DAY
    return _pair(saturday, saturday + _DAY)


def _past_day(m: re.Match[str], anchor: Anchor, *, future: bool) -> str | None:
    return None if anchor.exact is None else _pair(anchor.exact - _DAY, anchor.exact)


def _fortnight(m: re.Match[str], anchor: Anchor, *, future: bool) -> str | None:
    if anchor.exact is None:
        return None
    day = anchor.exact - 14 * _DAY
    return day.isoformat() + "~" if m[0].lower().endswith("ago") else _pair(day, anchor.exact)


def _before_last(m: re.Match[str], anchor: Anchor, *, future: bool) -> str | None:
    unit = m["u"].lower()
    if unit == "year":
        return f"{anchor.year - 2}"
    if unit == "month" and anchor.month is not None:
        months = anchor.year * 12 + anchor.month - 3
        return f"{months // 12}-{months % 12 + 1:02}"
    if anchor.exact is None:
        return None
    if unit == "night":
        return _pair(anchor.exact - 2 * _DAY, anchor.exact - _DAY)
    monday = anchor.exact - (anchor.exact.weekday() + 14) * _DAY
    return _pair(monday, monday + 6 * _DAY) if unit == "week" else None


def _day_number(m: re.Match[str], anchor: Anchor, *, future: bool) -> str | None:
    """ "On the 14th": of the anchor's month, or of the one before where it has not come yet."""
    if anchor.month is None:
        return None
    number = int(re.sub(r"\D", "", m["d"]))
    months = anchor.year * 12 + anchor.month - 1
    rel = (m["rel"] or "").lower()
    if rel == "last":
        months -= 1
    elif not rel and anchor.exact is not None:
        months += (future and number < anchor.exact.day) - (not future and number > anchor.exact.day + 1)
    try:
        return date(months // 12, months % 12 + 1, number).isoformat()
    except ValueError:
        return None


def _half_month(m: re.Match[str], anchor: Anchor | None, *, future: bool) -> str | None:
    month = month_number(m["m"])
    if not m["y"] and anchor is None:
        return None
    year = int(m["y"]) if m["y"] else _year_of_month(month, anchor, future=future)  # type: ignore[arg-type]
    last = calendar.monthrange(year, month)[1]
    first = m["h"].lower() in ("first", "1st")
    return _pair(date(year, month, 1 if first else 16), date(year, month, 15 if first else last))


def _season(m: re.Match[str], anchor: Anchor, *, future: bool) -> str | None:
    if anchor.month is None:
        return None
    season = SEASONS[m["s"].lower()]
    begins, ends = _SEASON_MONTHS[season]
    year = anchor.year
    if season == SEASONS["winter"]:
        # named by the year in which it begins, as "the winter of 2024-25" is
        year -= anchor.month <= ends or (anchor.month < begins and not future)
    elif future:
        year += anchor.month > ends
    else:
        year -= anchor.month < begins
    return f"{year}-{season}"


def _months_to(m: re.Match[str], anchor: Anchor | None, *, future: bool) -> str | None:
    """ "The 12 months to March": so many whole months, that month the last."""
    count = 12 if not m["n"] else int(m["n"]) if m["n"].isdigit() else int(words_value(m["n"].lower()) or 0)
    month = month_number(m["m"])
    if not count or (not m["y"] and anchor is None):
        return None
    year = int(m["y"]) if m["y"] else _year_of_month(month, anchor, future=future)  # type: ignore[arg-type]
    begins = year * 12 + month - count
    return f"{begins // 12}-{begins % 12 + 1:02}/{year}-{month:02}"


def _since_new_year(m: re.Match[str], anchor: Anchor, *, future: bool) -> str | None:
    return f"{anchor.year}-01-01/.."


def _new_year(m: re.Match[str], anchor: Anchor, *, future: bool) -> str | None:
    """New Year's Eve, Day or night nearest the anchor; "by New Year" is by the end of the year."""
    words = m[0].lower()
    if "'s" not in words.replace("’", "'"):
        return f"{anchor.year}"
    ahead = future and (anchor.month or 12) > 6
    if "eve" in words:
        return f"{anchor.year if ahead else anchor.year - 1}-12-31"
    begins = anchor.year + ahead
    return f"{begins - 1}-12-31/{begins}-01-01" if "night" in words else f"{begins}-01-01"


_NAMED = {
    "far_day": (r"\bthe\s+day\s+(?:before\s+yesterday|after\s+tomorrow)\b", _yesterday_but_one),
    "weekend": (r"\b(?:over|at|during|on|across|this)\s+(?:the\s+)?weekend\b(?!\s+(?:of|before|after))", _weekend),
    "past_day": (r"\b(?:over|in|during|for|within)\s+the\s+(?:last|past)\s+day\b(?!\s+of)", _past_day),
    "fortnight": (r"\b(?:a\s+fortnight\s+ago|(?:the\s+)?(?:last|past)\s+fortnight)\b", _fortnight),
    "before_last": (r"\bthe\s+(?P<u>night|week|month|year)\s+before\s+last\b", _before_last),
    "day_number": (
        r"(?<=\b)(?:on|by|since|until|from)\s+the\s+(?P<d>(?:[12]\d|3[01]|[1-9])(?:st|nd|rd|th))"
        r"(?:\s+of\s+(?P<rel>this|last)\s+month\b|(?=\s*(?:[.,;:)]|$)))",
        _day_number,
    ),
    "half_month": (
        rf"\b(?:the\s+)?(?P<h>first|second|1st|2nd)\s+half\s+of\s+(?P<m>{MONTH})(?:\s+(?P<y>{_YEAR}))?",
        _half_month,
    ),
    "months_to": (
        rf"\b(?:the\s+)?(?:(?P<n>{_COUNT})\s+months|year)\s+(?:to|ending|ended|up\s+to)\s+(?:the\s+end\s+of\s+|in\s+)?(?P<m>{MONTH})(?:\s+(?P<y>{_YEAR}))?(?!\s*\d)",
        _months_to,
    ),
    "since_new_year": (
        r"\b(?:since\s+the\s+(?:start|beginning)\s+of\s+(?:the|this|the\s+current)\s+year|since\s+New\s+Year\b(?!['’]))\b",
        _since_new_year,
    ),
    "new_year": (r"\bNew\s+Year['’]s\s+(?:Eve|Day|night)\b|(?<=\bby\s)(?:the\s+)?New\s+Year\b(?!['’])", _new_year),
    "bare_season": (
        r"(?<=\b)(?:in|by|during|since|before|until|from|over|through)\s+(?:the\s+)?(?:(?:early|late|mid)[-\s]+)?(?P<s>spring|summer|autumn|fall|winter)\b"
        rf"(?!\s+(?:of\b|{_YEAR}|['’]))(?!-)",
        _season,
    ),
}  # fmt: skip
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(words, re.IGNORECASE if name != "half_month" else 0)) for name, (words, _) in _NAMED.items()
)
_RESOLVERS: dict[str, Callable[..., str | None]] = {name: resolver for name, (_, resolver) in _NAMED.items()}
NAMES = frozenset(_RESOLVERS)
# These name their year themselves, or may
_WITH_YEAR = frozenset({"half_month", "months_to"})


def resolve_part(name: str, m: re.Match[str], anchor: Anchor | None, *, future: bool) -> str | None:
    """The EDTF of one match of the pattern `name`."""
    if anchor is None and name not in _WITH_YEAR:
        return None
    return _RESOLVERS[name](m, anchor, future=future)

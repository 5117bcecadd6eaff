"""The EDTF of one match of a pattern of `dates`, counted from the anchor.

Months without a year and weekdays lie on the side of the anchor that the tense of their clause says.
"""

import calendar
import re
from datetime import date, timedelta

from dronewall.assess.language.date_parts import NAMES, SEASONS, resolve_part
from dronewall.assess.language.date_parts import month_number as _month
from dronewall.assess.language.edtf import Anchor
from dronewall.assess.language.numbers import words_value

WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
ORDINALS = {word: number for number, word in enumerate(_ORDINALS, 1)}
ORDINALS |= {f"twenty-{word}": 20 + number for number, word in enumerate(_ORDINALS[:9], 1)} | {
    "thirtieth": 30,
    "thirty-first": 31,
}


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
    return anchor.year + (-1 if re.search("last|past|previous", low) else 1 if "next" in low else 0)


def _said_year(g: dict[str, str], month: int, day: int | None, anchor: Anchor | None, *, future: bool) -> int | None:
    """The year that a date names ("2025", "last year"), or the nearest one."""
    if g.get("y"):
        return int(g["y"])
    if g.get("rel"):
        return _named_year(g["rel"], anchor)
    return _year_of(month, day, anchor, future=future)


_NTH = {"first": 1, "q1": 1, "1st": 1, "h1": 1, "second": 2, "q2": 2, "2nd": 2, "h2": 2, "third": 3, "q3": 3,
        "3rd": 3, "fourth": 4, "last": 4, "q4": 4, "4th": 4}  # fmt: skip


def _bare_part(g: dict[str, str], anchor: Anchor | None, *, future: bool) -> str | None:
    """A quarter or half without its year: the nearest one that has begun, or, in the future, has not ended."""
    if anchor is None or anchor.month is None:
        return None
    size = 3 if g["q"] else 6
    number = _NTH[(g["q"] or g["h"]).lower()]
    begins, ends = (number - 1) * size + 1, number * size
    year = anchor.year + (future and ends < anchor.month) - (not future and begins > anchor.month)
    return f"{year}-{begins:02}/{year}-{ends:02}"


def _same_period(words: str | None, anchor: Anchor | None, base: str | None) -> str | None:
    """The time told before, moved to another year: "the same three months of 2024"."""
    if base is None:
        return words if words and words[:2].isdigit() else None
    year = int(base[:4]) - 1 if words is None else _named_year(words, anchor)
    if year is None or not base[:4].isdigit():
        return None
    moved = year - int(base[:4])
    return "/".join(f"{int(part[:4]) + moved}{part[4:]}" if part[:4].isdigit() else part for part in base.split("/"))


def _pair(first: str | None, second: str | None) -> str | None:
    return None if first is None or second is None else f"{first}/{second}"


def _count(words: str) -> int | None:
    low = words.lower()
    if low.startswith(("couple", "few", "several")):
        return None
    if low in ("a", "an"):
        return 1
    return int(low) if low.isdigit() else int(words_value(low) or 0) or None


def resolve(name: str, m: re.Match[str], anchor: Anchor | None, *, future: bool, base: str | None = None) -> str | None:
    """The EDTF of one match of the pattern `name`; `base` is the time that the text told last."""
    if name in NAMES:
        return resolve_part(name, m, anchor, future=future)
    g = m.groupdict()
    today = anchor.exact if anchor else None
    if name == "after":
        return _after(g, anchor, base)
    if name == "earlier":
        return _earlier(g, anchor, base)
    if name == "day_before":
        day = date.fromisoformat(base) if base is not None and len(base) == 10 else today
        return None if day is None else _before(day, night="night" in m[0].lower())
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
            year = _said_year(g, month, int(re.sub(r"\D", "", g["d2"])), anchor, future=future)
            return _pair(_day(year, month, g["d"]), _day(year, month, g["d2"]))
        case "day" | "month_day" | "ordinal_day":
            month = _month(g["m"])
            number = str(ORDINALS[g["o"].lower()]) if g.get("o") else g["d"]
            year = _said_year(g, month, int(re.sub(r"\D", "", number)), anchor, future=future)
            return _day(year, month, number)
        case "day_dot_month":
            year = _year_of(int(g["m"]), int(g["d"]), anchor, future=future)
            return _day(year, int(g["m"]), g["d"])
        case "same_period":
            return _same_period(g["y"], anchor, base)
        case "bare_part":
            return _bare_part(g, anchor, future=future)
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
            if rel == "this":
                return f"{anchor.year}-{month:02}"
            year_or_none = _year_of(month, None, anchor, future=rel == "next")
            if rel == "last" and year_or_none == anchor.year and month == anchor.month:
                year_or_none -= 1
            return f"{year_or_none}-{month:02}"
        case "quarter" | "half":
            year = _named_year(g["y"], anchor)
            if year is None:
                return None
            first, size = _NTH[(g.get("q") or g.get("h") or "").lower()], 3 if name == "quarter" else 6
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
    if name == "weekdays":
        first, last = WEEKDAYS[g["w"].lower()], WEEKDAYS[g["w2"].lower()]
        step = (last - today.weekday() - 1) % 7 + 1 if future else -((today.weekday() - last) % 7)
        end = today + timedelta(days=step)
        return f"{_iso(end - timedelta(days=(last - first) % 7))}/{_iso(end)}"
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
        if words.startswith("yesterday"):
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


def _before(day: date, *, night: bool) -> str:
    """The day before, or the night before it."""
    one = timedelta(days=1)
    return f"{_iso(day - one)}/{_iso(day)}" if night else _iso(day - one)


def _after(g: dict[str, str], anchor: Anchor | None, base: str | None) -> str | None:
    """What is counted from the time told last: "three days later", "the following week", "the whole month"."""
    if g["whole"]:
        size = {"month": 7, "year": 4}.get(g["whole"].split()[-1].lower())
        return base[:size] if base and size and len(base.split("/")[0]) >= size else None
    unit = (g["u"] or g["u2"] or g["u3"]).lower()
    count = _count(g["n"]) if g["n"] else 1
    back = (g["dir"] or "").lower() in ("earlier", "before", "previously")
    if base is None and back and anchor is not None:
        base = _iso(anchor.exact) if anchor.exact else str(anchor.year)
    if base is None or count is None or "/" in base:
        return None
    sign = -1 if back else 1
    if unit == "year":
        return f"{int(base[:4]) + sign * count}" if base[:4].isdigit() else None
    if unit == "month":
        if len(base) < 7:
            return None
        months = int(base[:4]) * 12 + int(base[5:7]) - 1 + sign * count
        return f"{months // 12}-{months % 12 + 1:02}"
    if len(base) != 10:
        return None
    day = date.fromisoformat(base)
    if unit == "week":
        if g["u3"]:
            monday = day - timedelta(days=day.weekday() - 7)
            return f"{_iso(monday)}/{_iso(monday + timedelta(days=6))}"
        return _iso(day + sign * timedelta(days=7 * count)) + "~"
    if unit == "night" and not g["n"]:
        return f"{_iso(day)}/{_iso(day + timedelta(days=1))}"
    return _iso(day + sign * timedelta(days=count))


def _earlier(g: dict[str, str], anchor: Anchor | None, base: str | None) -> str | None:
    """ "The month before", "the previous year": before the time told last, or before that of publication."""
    unit = (g["u"] or g["u2"]).lower()
    back = (g["dir"] or "before").lower() != "after"
    if base is not None and unit == "week" and re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", base):
        step = timedelta(days=-7 if back else 7)
        return "/".join(_iso(date.fromisoformat(day) + step) for day in base.split("/"))
    if base is None or (unit != "year" and "/" in base):
        return _period("previous" if back else "next", unit, anchor) if anchor and unit != "week" else None
    if unit == "year":
        return f"{int(base[:4]) - 1 if back else int(base[:4]) + 1}" if base[:4].isdigit() else None
    counted = {"n": "one", "u": unit, "u2": "", "u3": "", "dir": "before" if back else "later", "whole": ""}
    return _after(counted, anchor, base)

"""The EDTF of one match of a pattern of `dates`, counted from the anchor.

Weekdays lie on the side of the anchor that the tense of their clause says.
"""

import calendar
import re
from datetime import date, timedelta

from dronewall.assess.language.calendar_dates import OF_DATE, count_of, named_year
from dronewall.assess.language.date_parts import NAMES, SEASONS, resolve_part
from dronewall.assess.language.edtf import Anchor

WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}


def _iso(day: date) -> str:
    return day.isoformat()


def _same_period(words: str | None, anchor: Anchor | None, base: str | None) -> str | None:
    """The time told before, moved to another year: "the same three months of 2024"."""
    if base is None:
        return words if words and words[:2].isdigit() else None
    year = int(base[:4]) - 1 if words is None else named_year(words, anchor)
    if year is None or not base[:4].isdigit():
        return None
    moved = year - int(base[:4])
    return "/".join(f"{int(part[:4]) + moved}{part[4:]}" if part[:4].isdigit() else part for part in base.split("/"))


def resolve(name: str, m: re.Match[str], anchor: Anchor | None, *, future: bool, base: str | None = None) -> str | None:
    """The EDTF of one match of the pattern `name`; `base` is the time that the text told last."""
    if name in NAMES:
        return resolve_part(name, m, anchor, future=future)
    g = m.groupdict()
    match name:
        case "after":
            return _after(g, anchor, base)
        case "earlier":
            return _earlier(g, anchor, base)
        case "same_period":
            return _same_period(g["y"], anchor, base)
        case "day_before":
            return _day_before(m[0].lower(), anchor, base)
        case "ago" if g["u"].lower() in ("month", "year") and anchor is not None:
            return _months_ago(g, anchor)
        case "period" if g["u"].lower() in _CALENDAR_UNITS and anchor is not None:
            return _period(g["rel"].lower(), g["u"].lower(), anchor)
    if (of_date := OF_DATE.get(name)) is not None:
        return of_date(g, anchor, future)
    return _days(name, g, m[0].lower(), anchor.exact, future=future) if anchor and anchor.exact else None


_CALENDAR_UNITS = frozenset({"month", "year", "quarter", *SEASONS})


def _day_before(words: str, anchor: Anchor | None, base: str | None) -> str | None:
    """ "The day before", "the night before": of the time told last, or of publication."""
    told = date.fromisoformat(base) if base is not None and len(base) == 10 else anchor.exact if anchor else None
    return None if told is None else _before(told, night="night" in words)


def _months_ago(g: dict[str, str], anchor: Anchor) -> str | None:
    """ "Three months ago", "two years ago"."""
    count, unit = count_of(g["n"]), g["u"].lower()
    if count is None or (unit == "month" and anchor.month is None):
        return None
    if unit == "year":
        return f"{anchor.year - count}~"
    months = anchor.year * 12 + (anchor.month or 1) - 1 - count
    return f"{months // 12}-{months % 12 + 1:02}~"


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
        count = count_of(g["n"])
        if count is None:
            return None
        length = {"days": 1, "nights": 1, "weeks": 7, "months": 30, "years": 365}[g["u"].lower()] * count
        if g["u"].lower() in ("months", "years"):
            return f"{(today - timedelta(days=length)).isoformat()[:7]}/{today.isoformat()[:7]}"
        return f"{_iso(today - timedelta(days=length))}/{_iso(today)}"
    if name == "ago":
        count = count_of(g["n"])
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
    count = count_of(g["n"]) if g["n"] else 1
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

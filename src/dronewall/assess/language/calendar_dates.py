"""The EDTF of dates of the calendar: "14 March", "from November to February", "the third quarter of 2025".

Months without a year lie on the side of the anchor that the tense of their clause says.
"""

import re
from collections.abc import Callable
from datetime import date

from dronewall.assess.language.date_parts import SEASONS
from dronewall.assess.language.date_parts import month_number as _month
from dronewall.assess.language.edtf import Anchor
from dronewall.assess.language.numbers import words_value

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
        return None if year is None else date(year, month, number).isoformat()
    except ValueError:
        return None


def named_year(words: str, anchor: Anchor | None) -> int | None:
    """The year of "2025", "last year", "next year"."""
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
        return named_year(g["rel"], anchor)
    return _year_of(month, day, anchor, future=future)


_NTH = {"first": 1, "q1": 1, "1st": 1, "h1": 1, "second": 2, "q2": 2, "2nd": 2, "h2": 2, "third": 3, "q3": 3,
        "3rd": 3, "fourth": 4, "last": 4, "q4": 4, "4th": 4}  # fmt: skip


def _bare_part(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """A quarter or half without its year: the nearest one that has begun, or, in the future, has not ended."""
    if anchor is None or anchor.month is None:
        return None
    size = 3 if g["q"] else 6
    number = _NTH[(g["q"] or g["h"]).lower()]
    begins, ends = (number - 1) * size + 1, number * size
    year = anchor.year + (future and ends < anchor.month) - (not future and begins > anchor.month)
    return f"{year}-{begins:02}/{year}-{ends:02}"


def _pair(first: str | None, second: str | None) -> str | None:
    return None if first is None or second is None else f"{first}/{second}"


def count_of(words: str) -> int | None:
    """How many "three", "12" or "a" are; None for "a few"."""
    low = words.lower()
    if low.startswith(("couple", "few", "several")):
        return None
    if low in ("a", "an"):
        return 1
    return int(low) if low.isdigit() else int(words_value(low) or 0) or None


def _numbers(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "2026-03-14", "14.03.2026"."""
    return _day(int(g["y"]), int(g["m"]), g["d"])


def _days_of_two_months(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "From 28 February to 3 March"."""
    one, two = _month(g["m"]), _month(g["m2"])
    year2 = int(g["y2"]) if g.get("y2") else _year_of(two, int(re.sub(r"\D", "", g["d2"])), anchor, future=future)
    year1 = int(g["y"]) if g.get("y") else None if year2 is None else year2 - (one > two)
    return _pair(_day(year1, one, g["d"]), _day(year2, two, g["d2"]))


def _days_of_one_month(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "9 to 15 March"."""
    month = _month(g["m"])
    year = _said_year(g, month, int(re.sub(r"\D", "", g["d2"])), anchor, future=future)
    return _pair(_day(year, month, g["d"]), _day(year, month, g["d2"]))


def _day_of_month(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "14 March", "the fourteenth of March"."""
    month = _month(g["m"])
    number = str(ORDINALS[g["o"].lower()]) if g.get("o") else g["d"]
    year = _said_year(g, month, int(re.sub(r"\D", "", number)), anchor, future=future)
    return _day(year, month, number)


def _day_dot_month(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "14.03."."""
    year = _year_of(int(g["m"]), int(g["d"]), anchor, future=future)
    return _day(year, int(g["m"]), g["d"])


def _months(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "From November to February"."""
    one, two = _month(g["m"]), _month(g["m2"])
    year2 = int(g["y2"]) if g["y2"] else int(g["y"]) if g["y"] else _year_of(two, None, anchor, future=future)
    if year2 is None:
        return None
    year1 = int(g["y"]) if g["y"] else year2 - (one > two)
    return f"{year1}-{one:02}/{year2}-{two:02}"


def _month_of_year(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "March 2026"."""
    return f"{g['y']}-{_month(g['m']):02}"


def _month_beside(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "Last March", "March of last year"."""
    month, rel = _month(g["m"] or g["m2"]), (g["rel"] or g["rel2"]).lower()
    if anchor is None:
        return None
    if g["rel"]:
        return f"{anchor.year + {'last': -1, 'this': 0, 'next': 1}[rel]}-{month:02}"
    if rel == "this":
        return f"{anchor.year}-{month:02}"
    year = _year_of(month, None, anchor, future=rel == "next")
    if rel == "last" and year == anchor.year and month == anchor.month:
        year -= 1
    return f"{year}-{month:02}"


def _quarter(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "The third quarter of 2025"."""
    return _part_of_year(g["y"], g["q"], 3, anchor)


def _half(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "The first half of 2025"."""
    return _part_of_year(g["y"], g["h"], 6, anchor)


def _part_of_year(words: str, nth: str, months: int, anchor: Anchor | None) -> str | None:
    """The first, second ... so many months of a year."""
    year, number = named_year(words, anchor), _NTH[nth.lower()]
    return None if year is None else f"{year}-{(number - 1) * months + 1:02}/{year}-{number * months:02}"


def _first_months(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "The first five months of 2026"."""
    year, count = named_year(g["y"], anchor), count_of(g["n"])
    return None if year is None or not count or count > 12 else f"{year}-01/{year}-{count:02}"


def _season_of_year(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "Spring 2026"."""
    return f"{g['y']}-{SEASONS[g['s'].lower()]}"


def _decade(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "The 2010s"."""
    return f"{g['y']}X"


def _years(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "2024-25"."""
    second = g["y2"] if len(g["y2"]) == 4 else g["y"][:2] + g["y2"]
    return f"{g['y']}/{second}" if int(second) > int(g["y"]) else None


def _year(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "2025"."""
    return g["y"]


def _year_end(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "By the end of the year"."""
    return None if anchor is None else f"{anchor.year}"


def _month_alone(g: dict[str, str], anchor: Anchor | None, future: bool) -> str | None:
    """ "In March"."""
    month = _month(g["m"])
    year = _year_of(month, None, anchor, future=future)
    return None if year is None else f"{year}-{month:02}"


OF_DATE: dict[str, Callable[[dict[str, str], Anchor | None, bool], str | None]] = {
    "iso": _numbers,
    "numeric": _numbers,
    "days_months": _days_of_two_months,
    "months_days": _days_of_two_months,
    "days": _days_of_one_month,
    "month_days": _days_of_one_month,
    "day": _day_of_month,
    "month_day": _day_of_month,
    "ordinal_day": _day_of_month,
    "day_dot_month": _day_dot_month,
    "bare_part": _bare_part,
    "months": _months,
    "month_year": _month_of_year,
    "month_rel": _month_beside,
    "quarter": _quarter,
    "half": _half,
    "first_months": _first_months,
    "season": _season_of_year,
    "decade": _decade,
    "years": _years,
    "year": _year,
    "year_end": _year_end,
    "month": _month_alone,
}
"""What each pattern of a calendar date gives, from its groups, the anchor and whether its clause tells of what is to come."""

"""Dates as EDTF (ISO 8601-2:2019, levels 0 and 1; seasons 21 to 24): what an anchor is, and which days a date covers."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_EDTF = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?(?P<mark>[~?%]?)"
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

"""A time as a text gives it, and times that two expressions give together: "overnight into Saturday", "the week to 15 March".

A night is an interval of two days. "The night of 6 May" begins on that day, "the night to 6 May" and "overnight on 6 May"
end on it; a night that is named by the day of publication has ended, since an article tells of it in the morning.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A time as a text gives it: `edtf` is None where it hangs on an anchor that is not there."""

    start: int
    end: int
    edtf: str | None
    relative: bool
    role: str = "at"
    """at, by or since."""
    published: bool = False
    """The very day of publication."""


_NIGHT = re.compile(
    r"(?:\b(?:in|during|over|on|at)\s+)?(?:\bthe\s+)?\bnight\s+(?P<link>of|to|into|before|on|from|between|in)\s+(?:the\s+)?(?:early\s+|late\s+)?(?:on\s+)?$|"
    r"\bovernight\s*(?P<over>of|to|into|on|from|between|through)?\s*(?:late\s+|early\s+)?(?:on\s+)?$",
    re.IGNORECASE,
)
_TO = re.compile(r"\s*(?:to|and|into|on|till|until|[-–/])\s*(?:the\s+)?(?:early\s+)?(?:on\s+)?", re.IGNORECASE)
_COMMA = re.compile(r",?\s+(?:the\s+)?")
_WEEK = re.compile(
    r"(?:\b(?:in|during|over|for)\s+)?(?:\bthe\s+)?\b(?P<k>week|seven\s+days|7\s+days|24\s+hours|day\s+and\s+night)\s+"
    r"(?P<link>to|ending|ended|up\s+to|until|before|beginning|starting|from|of)\s+(?:on\s+)?(?:the\s+)?(?:\d{1,2}[:.]\d\d\s+(?:a\.?m\.?\s+|p\.?m\.?\s+)?(?:on\s+)?)?$",
    re.IGNORECASE,
)
_DAY = timedelta(days=1)


def _exact(when: When) -> bool:
    return when.edtf is not None and len(when.edtf) == 10


def _pair(first: date, second: date) -> str:
    return f"{first.isoformat()}/{second.isoformat()}"


def joined(text: str, found: Sequence[When]) -> list[When]:
    """The times of a sentence, in order, with nights and weeks that a day names made one."""
    if not re.search(r"night|week|hours|seven days|7 days", text, re.IGNORECASE):
        return list(found)
    whole: list[When] = []
    used: set[int] = set()
    for index, when in enumerate(found):
        if index in used:
            continue
        before = text[: when.start]
        made = _night(text, found, index, before, used) or _week(when, before)
        if made is None:
            whole.append(when)
            continue
        whole = [one for one in whole if one.end <= made.start]
        whole.append(made)
    return whole


def _night(text: str, found: Sequence[When], index: int, before: str, used: set[int]) -> When | None:
    match = _NIGHT.search(before)
    if match is None:
        return None
    when, link = found[index], (match["link"] or match["over"] or "").lower()
    after = found[index + 1] if index + 1 < len(found) else None
    if when.edtf is not None and re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", when.edtf):
        return replace(when, start=match.start(), role="at")
    if not _exact(when):
        return None
    if after is not None and _exact(after) and _COMMA.fullmatch(text[when.end : after.start]):
        # "the night of Friday, 13 March"
        used.add(index + 1)
        when, after = replace(after, start=when.start), found[index + 2] if index + 2 < len(found) else None
    day = date.fromisoformat(str(when.edtf))
    if after is not None and _exact(after) and _TO.fullmatch(text[when.end : after.start]):
        last = date.fromisoformat(str(after.edtf))
        if link in ("of", "from", "between", "on") and timedelta(0) < last - day <= 3 * _DAY:
            used.add(index + 1)
            return When(
                start=match.start(), end=after.end, edtf=_pair(day, last), relative=when.relative or after.relative
            )
        if link in ("of", "from", "between"):
            # a weekday that came out on the wrong side of the other: the night ends on the second
            used.add(index + 1)
            return When(start=match.start(), end=after.end, edtf=_pair(last - _DAY, last), relative=True)
    if link == "from" or (link in ("of", "between", "in") and not when.published):
        night = _pair(day, day + _DAY)
    else:
        night = _pair(day - _DAY, day)
    return replace(when, start=match.start(), edtf=night, role="at", published=False)


def _week(when: When, before: str) -> When | None:
    # "the week beginning 9 March" was read as "beginning" first
    edtf = (when.edtf or "").removesuffix("/..")
    match = _WEEK.search(before) if len(edtf) == 10 else None
    if match is None:
        return None
    day = date.fromisoformat(edtf)
    days = 6 if match["k"].lower() in ("week", "seven days", "7 days") else 1
    if match["link"].lower() == "of":
        # "the week of 6 April": the one in which that day lies
        if days == 1:
            return None
        day -= day.weekday() * _DAY
    begins = match["link"].lower() in ("beginning", "starting", "from", "of")
    edtf = _pair(day, day + days * _DAY) if begins else _pair(day - days * _DAY, day)
    return replace(when, start=match.start(), edtf=edtf, role="at", published=False)

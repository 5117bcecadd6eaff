"""Numbers and instants in text, as the standards write them and no other way: what Python reads beyond that is refused.

    decimal     xs:decimal: a sign, digits, one point; no exponent, no INF, no NaN
    double      xs:double that is finite: the same with an exponent
    date_time   xs:dateTime: 2026-05-07T00:12:03.25Z, any number of decimals; offsets up to 14:00, or none;
                24:00:00 is the next day's first instant; no leap second, no year 0
    octets      pairs of hex digits and nothing between them
    rfc_3339    the same with four digits of year, with an offset (up to 23:59) and without 24:00:00

Digits are those of ASCII. Around a value of XML stand its own blanks (space, tab, line ends) and no others.
Sources: W3C XML Schema part 2 (2004), 3.2.3, 3.2.5, 3.2.7; RFC 3339, 5.6.
"""

import re
from calendar import monthrange
from datetime import date
from math import isfinite
from typing import Any, Final, NamedTuple

from dronewall.units import SECOND_NS

BLANKS: Final = " \t\r\n"
DECIMAL: Final = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
DOUBLE: Final = re.compile(DECIMAL.pattern + r"(?:[eE][-+]?[0-9]+)?")
DATE_TIME: Final = re.compile(
    r"(-?(?:[0-9]{4}|[1-9][0-9]{4,8}))-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]+))?(Z|[-+][0-9]{2}:[0-9]{2})?"
)
HEX_DIGITS: Final = re.compile(r"(?:[0-9A-Fa-f]{2})*")
CYCLE_YEARS, CYCLE_DAYS = 400, 146_097  # after which the calendar comes again
FIRST_DAY: Final = date(1970, 1, 1).toordinal()


class Moment(NamedTuple):
    """An instant in nanoseconds since 1970, and its offset from UTC as it is written; empty where none is."""

    time_ns: int
    zone: str


def decimal(text: str) -> float | None:
    """The number that a text of xs:decimal says; None where it is none, or one beyond floating point."""
    return _number(DECIMAL, text)


def double(text: str) -> float | None:
    """The finite number that a text of xs:double says; None where it is none."""
    return _number(DOUBLE, text)


def date_time(text: str) -> Moment | None:
    """The instant that a text of xs:dateTime says (UTC where it gives no offset); None where it is none."""
    found = DATE_TIME.fullmatch(text.strip(BLANKS))
    if found is None or int(found[1]) == 0:
        return None
    return _moment(found, 14 * 60)


def rfc_3339(text: str) -> Moment | None:
    """The instant that a text of RFC 3339 says; None where it is none."""
    found = DATE_TIME.fullmatch(text)
    if found is None or len(found[1]) != 4 or found[4] == "24" or not found[8]:
        return None
    return _moment(found, 24 * 60 - 1)


def json_number(member: Any) -> float:
    """What a member of JSON says where a number belongs: a number, or a text of xs:double, which some programs write.

    Raises
    ------
    ValueError
        It is none.
    """
    said = double(member) if isinstance(member, str) else member
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise ValueError(f"{member!r:.64} is no number")
    try:
        return float(said)
    except OverflowError:
        raise ValueError("a number beyond floating point") from None


def octets_of(text: str) -> bytes | None:
    """The bytes that a text of hex digits says; None where it is none."""
    return bytes.fromhex(text) if HEX_DIGITS.fullmatch(text) else None


def _number(form: re.Pattern[str], text: str) -> float | None:
    bare = text.strip(BLANKS)
    if not form.fullmatch(bare):
        return None
    number = float(bare)
    return number if isfinite(number) else None


def _moment(found: re.Match[str], farthest_min: int) -> Moment | None:
    year, month, day, hour, minute, second = (int(found[part]) for part in range(1, 7))
    fraction, zone = found[7] or "", found[8] or ""
    ends_day = hour == 24 and not minute and not second and not fraction.strip("0")
    if minute > 59 or second > 59 or (hour > 23 and not ends_day):
        return None
    days = _days(year, month, day)
    offset_min = _offset_min(zone)
    if days is None or offset_min is None or abs(offset_min) > farthest_min:
        return None
    whole_s = days * 86_400 + hour * 3_600 + (minute - offset_min) * 60 + second
    return Moment(whole_s * SECOND_NS + int(fraction[:9].ljust(9, "0")), zone)


def _days(year: int, month: int, day: int) -> int | None:
    """Days since 1970 by the Gregorian calendar, whatever the year; None where there is no such day."""
    cycles, within = divmod(year, CYCLE_YEARS)
    alike = within + CYCLE_YEARS
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(alike, month)[1]:
        return None
    return date(alike, month, day).toordinal() - FIRST_DAY + (cycles - 1) * CYCLE_DAYS


def _offset_min(zone: str) -> int | None:
    if zone in ("", "Z"):
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    return (60 * hours + minutes) * (-1 if zone[0] == "-" else 1) if minutes <= 59 else None

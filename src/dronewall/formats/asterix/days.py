"""From seconds since midnight, as ASTERIX says them, to instants: which day it was, and for CAT 001 which 512 seconds.

    live, in a capture   the day that brings a time nearest to the time of reception
    in a raw file        from one record on to the next: up to an hour back is a record out of order, all else is later,
                         so that a gap of up to 23 h is a gap. A lone record that is an hour or more off moves no other
    CAT 001              I001/141 is the time of day modulo 512 s (2 octets of 1/128 s), which begins anew at midnight:
                         the time of reception, or the last time that was said in full, says which

Sources: EUROCONTROL-SPEC-0149 part 4, I048/140; part 2a, I001/141.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dronewall.units import SECOND_NS, Ints

DAY_NS: Final = 86_400 * SECOND_NS
HOUR_NS: Final = 3_600 * SECOND_NS
SHORT_NS: Final = 512 * SECOND_NS
SHORT_BACK_NS: Final = 56 * SECOND_NS  # in a raw file a short time is so much back at most, else on
UNSAID: Final = -1


class Days:
    """Dates the times of one stream.

    Parameters
    ----------
    from_ns : int or None
        In a raw file: the instant that it begins at, or the start of its first day. None: not known.
    by_reception : bool
        Whether what is live or has a time of its own (a packet's) is dated; else it is a raw file.

    Attributes
    ----------
    short_first : bool
        In a raw file: the first time was one of 512 s, counted from `from_ns`.
    full_ns : int or None
        The first time that was said in full, since midnight.
    """

    def __init__(self, from_ns: int | None, *, by_reception: bool) -> None:
        self._from_ns, self._by_reception = from_ns, by_reception
        self.short_first = False
        self.full_ns: int | None = None
        self._last_ns: int | None = None
        self._leapt_ns: int | None = None  # of a lone record an hour or more later than the last

    def instants(self, of_day_ns: Ints, short: NDArray[np.bool_], received_ns: int) -> Ints:
        """Nanoseconds since 1970 of times in the order of their bytes; -1 (`UNSAID`) where not said or not known."""
        result = np.full(len(of_day_ns), UNSAID, np.int64)
        said = np.flatnonzero(of_day_ns >= 0)
        if not len(said):
            return result
        times, brief = of_day_ns[said], short[said]
        if self._by_reception or (self._from_ns is None and received_ns > 0):
            result[said] = nearest(times, received_ns)
            for row in np.flatnonzero(brief).tolist():
                result[said[row]] = nearest_short(int(times[row]), received_ns)
        elif self._from_ns is not None:
            result[said] = self._onward(times, brief)
        return result

    def _onward(self, times: Ints, short: NDArray[np.bool_]) -> Ints:
        if self.full_ns is None and not short.all():
            self.full_ns = int(times[np.argmin(short)])
        if self._last_ns is None:
            self.short_first = bool(short[0])
            self._last_ns = self._first(int(times[0]), bool(short[0]))
        if self._leapt_ns is None and not short.any():  # the whole run at once, where it has no leap
            steps = _ahead(times, np.concatenate([[self._last_ns], times[:-1]]))
            if steps.max() < HOUR_NS:
                found = self._last_ns + np.cumsum(steps)
                self._last_ns = int(found[-1])
                return found
        return np.array([self._next(*one) for one in zip(times.tolist(), short.tolist(), strict=True)], np.int64)

    def _first(self, time: int, short: bool) -> int:
        assert self._from_ns is not None
        if not short:
            return self._from_ns // DAY_NS * DAY_NS + time
        return nearest_short(time, self._from_ns)

    def _next(self, time: int, short: bool) -> int:
        """The instant of one more record."""
        assert self._last_ns is not None
        last_ns, leapt_ns = self._last_ns, self._leapt_ns
        if short:
            found_ns = first_short(time, (last_ns if leapt_ns is None else leapt_ns) - SHORT_BACK_NS)
            if leapt_ns is None:
                self._last_ns = found_ns
            return found_ns
        step = int(_ahead(time, last_ns))
        if leapt_ns is None:
            if step < HOUR_NS:
                self._last_ns = last_ns + step
            else:
                self._leapt_ns = last_ns + step
            return last_ns + step
        on = int(_ahead(time, leapt_ns))
        if on < HOUR_NS:  # it went on from there: a gap
            self._last_ns, self._leapt_ns = leapt_ns + on, None
            return leapt_ns + on
        if step < HOUR_NS:  # it was one record alone
            self._last_ns, self._leapt_ns = last_ns + step, None
            return last_ns + step
        self._last_ns, self._leapt_ns = leapt_ns, leapt_ns + on
        return leapt_ns + on


def _ahead(time: Ints | int, last: Ints | int) -> Ints:
    """How far on a time of day is from another or from an instant: an hour back at most, else forward."""
    return np.asarray((time - last + HOUR_NS) % DAY_NS - HOUR_NS)


def nearest(of_day: Ints, near: int) -> Ints:
    """The instants with that time of day that are nearest to `near`."""
    return np.asarray(near + (of_day - near % DAY_NS + DAY_NS // 2) % DAY_NS - DAY_NS // 2)


def nearest_short(short: int, near: int) -> int:
    """The instant whose time of day modulo 512 s is `short` and which is nearest to `near`."""
    midnight = near // DAY_NS * DAY_NS
    turns = (DAY_NS - 1 - short) // SHORT_NS
    found = [
        start + min(max((near - start - short + SHORT_NS // 2) // SHORT_NS, 0), turns) * SHORT_NS + short
        for start in (midnight - DAY_NS, midnight, midnight + DAY_NS)
    ]
    return min(found, key=lambda instant: abs(instant - near))


def first_short(short: int, since: int) -> int:
    """The first instant from `since` on whose time of day modulo 512 s is `short`."""
    midnight = since // DAY_NS * DAY_NS
    found = midnight + max(-((midnight + short - since) // SHORT_NS), 0) * SHORT_NS + short
    return found if found < midnight + DAY_NS else midnight + DAY_NS + short

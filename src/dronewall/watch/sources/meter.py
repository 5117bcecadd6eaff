"""How a feed is doing: how much comes in a second, how old the last is, and how far the sensor's clock is off."""

from collections import deque
from typing import Final

from dronewall.units import SECOND_NS

OVER_NS: Final = 60 * SECOND_NS
PAUSES: Final = 8


class Meter:
    """Messages and clock over the last minute. One thread counts, any may ask. Times are nanoseconds of our clock."""

    def __init__(self) -> None:
        self._counts: deque[tuple[int, int]] = deque()
        self._lags: deque[tuple[int, int]] = deque()  # of each second the smallest
        self._pauses: deque[int] = deque(maxlen=PAUSES)
        self._first_ns = 0
        self.last_ns = 0

    def count(self, now_ns: int, messages: int) -> None:
        """So many messages came in."""
        self._first_ns = self._first_ns or now_ns
        if self.last_ns and now_ns - self.last_ns > SECOND_NS:
            self._pauses.append(now_ns - self.last_ns)
        self.last_ns = now_ns
        if self._counts and now_ns - self._counts[-1][0] < SECOND_NS:
            second, before = self._counts[-1]
            self._counts[-1] = (second, before + messages)  # in its place: others read it meanwhile
        else:
            self._counts.append((now_ns, messages))
        self._forget(now_ns)

    def lag(self, now_ns: int, lag_ns: int) -> None:
        """A look was received `lag_ns` after the time that it says of itself."""
        if self._lags and now_ns - self._lags[-1][0] < SECOND_NS:
            second, least = self._lags[-1]
            self._lags[-1] = (second, min(least, lag_ns))
        else:
            self._lags.append((now_ns, lag_ns))
        self._forget(now_ns)

    def rate_hz(self, now_ns: int) -> float:
        """Messages a second over the last minute, or since the first."""
        span_ns = min(max(now_ns - self._first_ns, SECOND_NS), OVER_NS)
        lately = sum(messages for second, messages in tuple(self._counts) if now_ns - second <= OVER_NS)
        return lately * SECOND_NS / span_ns

    def clock_offset_s(self, now_ns: int) -> float | None:
        """The smallest delay of the last minute, which the line and the sensor's clock share; None where there is none.

        Below zero the sensor's clock is ahead of ours; far above what its line takes, behind.
        """
        lags = [lag for second, lag in tuple(self._lags) if now_ns - second <= OVER_NS]
        return min(lags) / SECOND_NS if lags else None

    def pause_ns(self) -> int:
        """How long the feed pauses: the longest of its last pauses of more than a second but one, an outage perhaps."""
        pauses = sorted(self._pauses)
        return pauses[-2] if len(pauses) > 1 else 0

    def _forget(self, now_ns: int) -> None:
        for kept in (self._counts, self._lags):
            while kept and now_ns - kept[0][0] > OVER_NS:
                kept.popleft()

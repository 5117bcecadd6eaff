"""Absolute times from a receiver's free-running counter."""

from typing import Final

from dronewall.units import SECOND_NS

TICKS_PER_SECOND: Final = 12_000_000
MLAT_MAGIC: Final = 0xFF004D4C4154  # "MLAT": a position that a network computed, no time of reception
DRIFT: Final = 100e-6  # of a receiver's quartz
JUMP_NS: Final = 5 * SECOND_NS


def span_ns(ticks: int) -> int:
    """Nanoseconds of so many ticks of 12 MHz."""
    return ticks * 250 // 3


def ticks_of(ns: int) -> int:
    """So many nanoseconds in whole ticks of 12 MHz, rounded to the nearest."""
    return (3 * ns + 125) // 250


class TickClock:
    """UTC of a 48-bit counter of 12 MHz.

    With an epoch (a file) the first counter value that is not 0 is the epoch and the rest follow. Without one (live)
    the smallest delay between counter and reception seen so far is taken as none, so that jitter on the way is taken
    out; it leaks by the drift of a quartz. A counter of 0, of MLAT results or one that jumps tells nothing: the time
    of reception counts. In a file without any counter, frames may be spaced evenly, `pace_ns` apart.
    """

    __slots__ = ("_base_ns", "_epoch_ns", "_last_ns", "_pace_ns", "ticking")

    def __init__(self, epoch_ns: int | None, pace_ns: int = 0) -> None:
        self._epoch_ns = epoch_ns
        self._pace_ns = pace_ns
        self._base_ns: int | None = None
        self._last_ns = 0
        self.ticking = 0  # how many counters told a time

    def time_ns(self, ticks: int, received_ns: int) -> int:
        """When a message with this counter was received by the antenna."""
        if ticks == 0 or ticks == MLAT_MAGIC:
            self._last_ns += self._pace_ns
            return received_ns if self._epoch_ns is None else self._epoch_ns + self._last_ns
        self.ticking += 1
        counted_ns = span_ns(ticks)
        if self._epoch_ns is not None:
            if self._base_ns is None:
                self._base_ns = counted_ns
            since_ns = counted_ns - self._base_ns
            if since_ns > self._last_ns:
                self._last_ns = since_ns
            return self._epoch_ns + since_ns
        offset_ns = received_ns - counted_ns
        if self._base_ns is None or abs(offset_ns - self._base_ns) > JUMP_NS:
            self._base_ns = offset_ns
        else:
            leaked_ns = self._base_ns + int(max(counted_ns - self._last_ns, 0) * DRIFT)
            self._base_ns = min(offset_ns, leaked_ns)
        self._last_ns = counted_ns
        return counted_ns + self._base_ns

"""How often somebody may ask: token buckets, one for each address or token. Pure: the time is given."""

from collections import OrderedDict
from dataclasses import dataclass

ADDRESSES = 10_000
"""So many are remembered; the one not heard of for longest is forgotten first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many a second in the long run, and so many at once."""

    per_s: float
    burst: int


class Buckets:
    """A bucket of allowances for each name; it fills at the rate, up to the burst."""

    def __init__(self, rate: Rate, *, names: int = ADDRESSES) -> None:
        self._rate, self._names = rate, names
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, now_s: float) -> float:
        """Take one allowance: 0, or, where there is none, the seconds until there is one."""
        left, at_s = self._left.pop(name, (float(self._rate.burst), now_s))
        left = min(self._rate.burst, left + max(now_s - at_s, 0.0) * self._rate.per_s)
        short = 1.0 - left
        self._left[name] = (left if short > 0 else left - 1.0, now_s)
        if len(self._left) > self._names:
            self._left.popitem(last=False)
        return max(short, 0.0) / self._rate.per_s

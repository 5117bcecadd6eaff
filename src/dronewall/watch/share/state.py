"""How a line is, for the page; how much a partner may send over it."""

from dataclasses import dataclass
from typing import Final

from dronewall.units import SECOND_NS

LIMIT_ITEMS: Final = 5_000.0
"""Items a second that a partner may send for long, and `LIMIT_BURST` at once: a day of alerts, an hour of tracks."""
LIMIT_BURST: Final = 100_000.0
LIMIT_BYTES: Final = 5e6
BYTES_BURST: Final = 2e8
"""The same in bytes, asked before anything is verified: what is too much is not even looked at."""


@dataclass(slots=True, kw_only=True)
class State:
    """How a line is, for the page. Times in ns of the machine's steady clock, 0: never."""

    partner: str
    up: bool = False
    since_ns: int = 0
    heard_ns: int = 0
    answered_ns: int = 0
    waiting: int = 0
    sent: int = 0
    received: int = 0
    doubled: int = 0
    lapsed: int = 0
    refused: int = 0
    limited: int = 0
    clock_offset_s: float = 0.0
    why: str = "the partner has not been reached yet"


@dataclass(slots=True, kw_only=True)
class Bucket:
    """How much a partner may still send now."""

    level: float = LIMIT_BURST
    most: float = LIMIT_BURST
    rate: float = LIMIT_ITEMS
    filled_ns: int = 0

    def take(self, items: int, now_ns: int) -> bool:
        """Whether so many more may come."""
        gained = (now_ns - self.filled_ns) / SECOND_NS * self.rate if self.filled_ns else 0.0
        self.level, self.filled_ns = min(self.most, self.level + max(gained, 0.0)), now_ns
        if self.level < items:
            return False
        self.level -= items
        return True

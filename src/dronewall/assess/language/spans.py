"""A stretch of text by its code points."""

from collections.abc import Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """From `start` up to, not including, `end`."""

    start: int
    end: int

    def moved(self, by: int) -> "Span":
        """The same stretch, counted from elsewhere."""
        return Span(self.start + by, self.end + by)


def overlaps(span: Span, others: Iterable[Span]) -> bool:
    """Whether a span shares a code point with any of the others."""
    return any(span.start < other.end and other.start < span.end for other in others)

"""A night that is all there: a recording, or one that was simulated. It can be set to any moment."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from dronewall.errors import BadInput
from dronewall.records.scan import Scan
from dronewall.watch.sources import Item


def received_ns(item: Item) -> int:
    """When an item came in; an act, when it was done."""
    return item.received_ns if isinstance(item, Scan) else item.time_ns


class Playback:
    """Items in the order of reception, made one after another so that a night of silent looks needs no memory.

    Parameters
    ----------
    name : str
        Of the recording, or of the night and its seed.
    items : callable
        A fresh iterator over all items, the same each time, not decreasing in when they were received.
    """

    def __init__(self, name: str, items: Callable[[], Iterator[Item]]) -> None:
        self.name = name
        self._items = items
        self._given = 0
        self._rest: Iterator[Item] = items()
        self._next: Item | None = next(self._rest, None)

    def due(self, now_ns: int, limit: int) -> Sequence[Item]:
        """The next items received by `now_ns`."""
        found: list[Item] = []
        while self._next is not None and len(found) < limit and received_ns(self._next) <= now_ns:
            found.append(self._next)
            self._given += 1
            self._next = next(self._rest, None)
        return found

    def set(self, given: int) -> None:
        """Go on after the first `given` items; nothing to do where it stands already, which spares a night."""
        if given == self._given:
            return
        self._given = given
        self._rest = islice(self._items(), given, None)
        self._next = next(self._rest, None)

    @property
    def exhausted(self) -> bool:
        """Whether everything was given."""
        return self._next is None

    def health(self, now_ns: int) -> list[dict[str, Any]]:
        """A playback has no feeds."""
        return []

    def push(self, sensor: str, data: bytes) -> dict[str, Any]:
        """Refused: what is past takes nothing in."""
        raise BadInput("this watch plays a night that is over; a sensor posts to a live one")

    def start(self) -> None:
        """Nothing to receive."""

    def stop(self) -> None:
        """Nothing to stop."""

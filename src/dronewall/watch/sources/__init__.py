"""Where scans come from: a recording or a simulated night (`playback.py`), or sensors on the air (`feeds.py`).

A source gives items in the order in which they were received: scans, and the acts that belong to it (a simulated police
call). To add one: a class with the members of `Source`, handed to `dronewall.watch.service.serve`.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from dronewall.picture.act import Act
from dronewall.records.scan import Scan

Item = Scan | Act


class Source(Protocol):
    """Items in the order of reception."""

    @property
    def name(self) -> str:
        """Names it in the journal, so that a restart with another source is noticed."""
        ...

    def due(self, now_ns: int, limit: int) -> Sequence[Item]:
        """At most `limit` items received by `now_ns` and not yet given."""
        ...

    def set(self, given: int) -> None:
        """Go on after the first `given` items; live, where nothing can be given again, this does nothing."""
        ...

    def health(self, now_ns: int) -> list[dict[str, Any]]:
        """One row per feed for the health page: counts, last message, errors."""
        ...

    def push(self, sensor: str, data: bytes) -> dict[str, Any]:
        """Take what a sensor posted, and say what became of it; `BadInput` where nothing can be posted."""
        ...

    def start(self) -> None:
        """Begin to receive."""
        ...

    def stop(self) -> None:
        """Stop receiving, and leave no thread behind."""
        ...

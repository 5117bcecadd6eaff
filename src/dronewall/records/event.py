"""An event: one line of the append-only log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened, when, and who did it. `payload` is JSON only and never holds personal data (a digest instead).

    `kind` is a dotted word: `alert.drafted`, `alert.approved`, `track.confirmed`, `sensor.silent`, `call.received`,
    `act.refused`, `service.started` ... `actor` is `system` or a user's name.
    """

    time_ns: int
    kind: str
    actor: str
    payload: Mapping[str, Any]

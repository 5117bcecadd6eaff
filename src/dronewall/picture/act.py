"""What people and deliveries do to the picture: the only way in besides scans and the passing of time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dronewall.records.flight import FlightsChange


class ActKind(StrEnum):
    """The first group is a person's, the second what a delivery reports, the last what a flight authority says."""

    SHOWN = "shown"
    ACKNOWLEDGE = "acknowledge"
    APPROVE = "approve"
    CANCEL = "cancel"
    ALL_CLEAR = "all_clear"
    CALL = "call"

    SENT = "sent"
    ACCEPTED = "accepted"
    RECEIVED = "received"
    FAILED = "failed"

    FLIGHTS = "flights"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call from the public: something was seen or heard at a place, within a radius.

    What the caller said and who it was are personal: they lie in the vault, under `digest`.
    """

    latitude_rad: float
    longitude_rad: float
    radius_m: float
    seen_ns: int
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act.

    Attributes
    ----------
    actor : str
        The person's name in the wall's roles, or `gateway` for what a delivery reports.
    alert, revision
        What it is about; the person saw this revision. A call has neither.
    note : str
        For a failed delivery, why; else empty.
    flights : FlightsChange or None
        Authorised flights that are new, changed or no more.
    details : mapping
        JSON that goes into the event as it is (a gateway's own times); no personal data.
    """

    time_ns: int
    kind: ActKind
    actor: str
    alert: str = ""
    revision: int = 0
    call: Call | None = None
    note: str = ""
    flights: FlightsChange | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

"""An alert: what goes to an authority once a person has approved it, with the whole warning clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any


class Level(IntEnum):
    """How strong the evidence is. A presence area alone raises the lowest."""

    INFORMATION = 1
    PRECAUTION = 2
    WARNING = 3


class AlertState(StrEnum):
    """Where an alert stands. Only a person moves a draft to approved."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENT = "sent"
    ACCEPTED = "accepted"
    RECEIVED = "received"
    CANCELLED = "cancelled"
    ALL_CLEAR = "all_clear"
    EXPIRED = "expired"


class Message(StrEnum):
    """What a revision says to people. A person approves each of them."""

    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"
    ALL_CLEAR = "all_clear"


IN_FORCE = frozenset({AlertState.APPROVED, AlertState.SENT, AlertState.ACCEPTED, AlertState.RECEIVED})
"""States of a revision that a person has approved and nothing has ended."""

CLOCK = (
    "first_evidence",
    "confirmed",
    "drafted",
    "shown",
    "acknowledged",
    "approved",
    "sent",
    "accepted",
    "received",
    "all_clear",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert in one revision.

    Attributes
    ----------
    alert : str
        Stable id, `a-0001`; `revision` counts from 1 and grows with each update.
    area : tuple of rings, each a tuple of (longitude_deg, latitude_deg)
        The smallest area that the evidence allows; the first ring is the outer one of its polygon.
    people : int
        In the area, by the wall's zones.
    authority, owner : str
        The wall's authority, and who must decide now (the authority's id, or its deputy after escalation).
    texts : mapping of language -> text
    clock : mapping of a word of `CLOCK` -> time_ns
        What has not happened has no entry.
    last_useful_ns : int
        The last moment at which approving it still warns anybody in time; the countdown runs to it.
    tracks, presences : tuples of ids
        The evidence.
    evidence : mapping
        Why: probabilities, sensors, course, time to zone with its interval; JSON only.
    message : Message
        An update, a cancellation or an all-clear of what was sent is a revision of its own with a state of its own.
    headlines : mapping of language -> text
        One line each, for lists and for channels that show a title.
    supersedes : tuple of int
        The approved revisions of this alert that this one replaces once it is sent.
    """

    alert: str
    revision: int
    level: Level
    state: AlertState
    exercise: bool
    authority: str
    owner: str
    zones: tuple[str, ...]
    area: tuple[tuple[tuple[float, float], ...], ...]
    area_km2: float
    people: int
    texts: Mapping[str, str]
    tracks: tuple[str, ...]
    presences: tuple[str, ...]
    clock: Mapping[str, int]
    last_useful_ns: int
    expires_ns: int
    escalated_ns: int = 0
    approved_by: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    message: Message = Message.ALERT
    headlines: Mapping[str, str] = field(default_factory=dict)
    supersedes: tuple[int, ...] = ()

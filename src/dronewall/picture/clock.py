"""The warning clock: the last useful moment, who must decide now, and when a draft or an alert lapses.

The countdown runs to the earliest plausible arrival at people (5 %), less what the gateway and the broadcast take. An
owner who does not acknowledge within `escalate_after_s`, or acknowledges and does not decide within as much again, is
relieved by the named deputy. A draft that nobody decides expires; nothing is ever sent because nobody said no.
"""

from dataclasses import replace
from typing import Final

from dronewall.picture.area import Area
from dronewall.records.alert import IN_FORCE, Alert, AlertState, Message
from dronewall.records.wall import AuthoritySpec
from dronewall.units import nanoseconds

GATEWAY_S: Final = 60.0
"""From approval to phones: an assumption, as no delays of the networks concerned are public."""


def last_useful_ns(area: Area, made_ns: int) -> int:
    """The last moment at which approving still warns somebody in time; never before the evidence itself.

    Of the zones that may be the aim, the one that can be reached first counts; without any, the range limit's far end
    does not matter and a minute is what is left.
    """
    likely = [aim for aim in area.aims if aim.probability >= 0.05] or list(area.aims)
    earliest_s = min((aim.arrival_s[0] for aim in likely), default=2.0 * GATEWAY_S)
    return made_ns + nanoseconds(max(earliest_s - GATEWAY_S, 0.0))


def escalation_due_ns(alert: Alert, authority: AuthoritySpec) -> int | None:
    """When the owner of a draft is to be relieved; None: it is no draft, or it has been already."""
    if alert.state is not AlertState.DRAFT or alert.escalated_ns:
        return None
    since = alert.clock.get("acknowledged", alert.clock["drafted"])
    return since + nanoseconds(authority.escalate_after_s)


def escalated(alert: Alert, authority: AuthoritySpec, time_ns: int) -> Alert:
    """The alert with its deputy as the owner; without a deputy the owner stays, and that it was due is on record."""
    return replace(alert, owner=authority.deputy or alert.owner, escalated_ns=time_ns)


def lapses(alert: Alert, time_ns: int) -> bool:
    """Whether it is over by itself: a draft that nobody decided, or an alert past its expiry."""
    undecided = alert.state is AlertState.DRAFT
    standing = alert.state in IN_FORCE and alert.message in (Message.ALERT, Message.UPDATE)
    return (undecided or standing) and time_ns >= alert.expires_ns


def with_word(alert: Alert, word: str, time_ns: int) -> Alert:
    """The alert with a word of the clock set, the first time it happens."""
    if word in alert.clock:
        return alert
    return replace(alert, clock={**alert.clock, word: time_ns})

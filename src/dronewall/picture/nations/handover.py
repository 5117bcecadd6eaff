"""Alerts between authorities: who was told, who has it, and who did not answer in time.

The giver keeps each approved revision until a person of the partner has acknowledged it; nothing within the time is
`overdue`, on record and on the screen. The taker shows what came until a person acknowledges; nobody within the time
is `escalated` to the deputy. An all-clear or a cancellation travels the same way and ends what it is about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from dronewall.errors import BadInput
from dronewall.picture.nations.messages import SharedAlert, SharedReceipt
from dronewall.units import SECOND_NS

WITHIN_NS: Final = 120 * SECOND_NS
KEPT_NS: Final = 86_400 * SECOND_NS
MOST_TAKEN: Final = 300
"""Alerts of one partner in a day; a partner that sends more floods, and only its known alerts are heeded."""
ENDS: Final = ("cancel", "all_clear")
ORDER: Final = ("sent", "received", "acknowledged")

Told = tuple[str, dict[str, Any]]
"""An event for the log: its kind and its payload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One revision that one partner was given, by our own name and by the shared one."""

    partner: str
    alert: str
    shared: str
    revision: int
    message: str
    state: str
    sent_ns: int
    authority: str | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One alert of a partner in its newest revision."""

    partner: str
    alert: SharedAlert
    taken_ns: int
    acknowledged_ns: int = 0
    authority: str | None = None
    escalated: bool = False

    @property
    def over(self) -> bool:
        """Whether its owner called it off."""
        return self.alert.message in ENDS


class Handover:
    """Both sides of one node."""

    def __init__(self, *, within_ns: int = WITHIN_NS) -> None:
        self._within_ns = within_ns
        self._given: dict[tuple[str, str, int], Given] = {}
        self._taken: dict[str, Taken] = {}
        self._crowded: set[str] = set()

    @property
    def given(self) -> tuple[Given, ...]:
        """What partners were given, in order."""
        return tuple(self._given.values())

    @property
    def taken(self) -> tuple[Taken, ...]:
        """What partners gave us."""
        return tuple(self._taken.values())

    def give(self, partner: str, alert: str, shared: SharedAlert, now_ns: int) -> list[Told]:
        """A revision went on the line."""
        key = (partner, shared.id, shared.revision)
        if key in self._given:
            return []
        self._given[key] = Given(
            partner=partner,
            alert=alert,
            shared=shared.id,
            revision=shared.revision,
            message=shared.message,
            state="sent",
            sent_ns=now_ns,
        )
        payload = {"partner": partner, "alert": alert, "revision": shared.revision, "message": shared.message}
        return [("handover.sent", payload)]

    def receipt(self, partner: str, receipt: SharedReceipt) -> list[Told]:
        """A partner says that it has a revision. Receipts of what it was never given count for nothing."""
        key = (partner, receipt.id, receipt.revision)
        given = self._given.get(key)
        if given is None or ORDER.index(receipt.word) <= ORDER.index(given.state):
            return []
        self._given[key] = replace(given, state=receipt.word, authority=receipt.authority or given.authority)
        payload = {"partner": partner, "alert": given.alert, "revision": given.revision}
        if receipt.authority:
            payload["authority"] = receipt.authority
        return [(f"handover.{receipt.word}", payload)]

    def take(self, partner: str, alert: SharedAlert, now_ns: int) -> tuple[list[Told], SharedReceipt | None]:
        """A partner's alert came; what to log, and the receipt that goes back. An old revision counts for nothing;
        the same one again, after the giver's restart, gets its receipt again."""
        known = self._taken.get(alert.id)
        if known is not None and known.alert.revision > alert.revision:
            return [], None
        if known is not None and known.alert.revision == alert.revision:
            word: Literal["received", "acknowledged"] = "acknowledged" if known.acknowledged_ns else "received"
            again = SharedReceipt(
                id=alert.id, revision=alert.revision, word=word, authority=known.authority, time_ns=now_ns
            )
            return [], again
        if known is None and sum(one.partner == partner for one in self._taken.values()) >= MOST_TAKEN:
            crowded = partner in self._crowded
            self._crowded.add(partner)
            return [] if crowded else [("handover.crowded", {"partner": partner, "most": MOST_TAKEN})], None
        self._taken[alert.id] = Taken(partner=partner, alert=alert, taken_ns=now_ns)
        payload = {"partner": partner, "alert": alert.id, "revision": alert.revision, "message": alert.message}
        receipt = SharedReceipt(id=alert.id, revision=alert.revision, word="received", time_ns=now_ns)
        return [("handover.taken", payload)], receipt

    def acknowledge(self, alert: str, revision: int, authority: str, now_ns: int) -> tuple[Told, str, SharedReceipt]:
        """A person of ours has it: what to log, the partner, and the receipt that goes back.

        Raises
        ------
        BadInput
            There is no such alert, or it was acknowledged, or another revision is there now.
        """
        known = self._taken.get(alert)
        if known is None:
            raise BadInput(f"no partner gave us an alert '{alert}'")
        if known.alert.revision != revision:
            raise BadInput(f"{alert} is at revision {known.alert.revision} now: look again")
        if known.acknowledged_ns:
            raise BadInput(f"{alert} revision {revision} was acknowledged before")
        self._taken[alert] = replace(known, acknowledged_ns=now_ns, authority=authority)
        payload = {"partner": known.partner, "alert": alert, "revision": revision, "authority": authority}
        receipt = SharedReceipt(id=alert, revision=revision, word="acknowledged", authority=authority, time_ns=now_ns)
        return ("handover.acknowledged_here", payload), known.partner, receipt

    def restore_acknowledged(self, payload: Mapping[str, Any], time_ns: int) -> None:
        """As the log says after a restart."""
        known = self._taken.get(str(payload.get("alert")))
        if known is not None and known.alert.revision == payload.get("revision"):
            self._taken[known.alert.id] = replace(
                known, acknowledged_ns=time_ns, authority=str(payload.get("authority")), escalated=False
            )

    def tick(self, now_ns: int) -> list[Told]:
        """A second passed: what is overdue with a partner, and what nobody here has acknowledged."""
        told: list[Told] = []
        for key, given in list(self._given.items()):
            if now_ns - given.sent_ns > KEPT_NS:
                del self._given[key]
            elif given.state != "acknowledged" and not given.overdue and now_ns - given.sent_ns > self._within_ns:
                self._given[key] = replace(given, overdue=True)
                payload = {"partner": given.partner, "alert": given.alert, "revision": given.revision}
                told.append(("handover.overdue", {**payload, "state": given.state}))
        for name, taken in list(self._taken.items()):
            if now_ns - taken.taken_ns > KEPT_NS:
                del self._taken[name]
            elif not taken.acknowledged_ns and not taken.escalated and now_ns - taken.taken_ns > self._within_ns:
                self._taken[name] = replace(taken, escalated=True)
                payload = {"partner": taken.partner, "alert": name, "revision": taken.alert.revision}
                told.append(("handover.escalated", payload))
        return told

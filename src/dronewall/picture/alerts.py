"""The life of an alert, revision by revision. A person moves a draft to approved; nothing else does.

    draft -> approved -> sent -> accepted -> received        an alert, an update, a cancellation or an all-clear
      |         \\______ all_clear / cancelled / expired      what became of an alert that went out
      \\-- replaced in place by a better draft, cancelled by a person, withdrawn with its reason, or expired

What has been approved never goes back: an update of it is a new revision with a state of its own, and the old one
stands until the new one is approved too. An all-clear or a cancellation is such a revision as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dronewall.errors import BadInput
from dronewall.picture.act import Act, ActKind
from dronewall.picture.clock import with_word
from dronewall.records.alert import IN_FORCE, Alert, AlertState, Level, Message
from dronewall.records.event import Event

_STANDING = (Message.ALERT, Message.UPDATE)
_DELIVERY = {
    ActKind.SENT: AlertState.SENT,
    ActKind.ACCEPTED: AlertState.ACCEPTED,
    ActKind.RECEIVED: AlertState.RECEIVED,
}
_ORDER = (AlertState.APPROVED, AlertState.SENT, AlertState.ACCEPTED, AlertState.RECEIVED)
_ON_THEIR_WAY = frozenset(_ORDER[:-1])


class NotNow(BadInput):
    """An act that cannot be done; the sentence is for the person who tried."""


def alert_json(alert: Alert) -> dict[str, Any]:
    """An alert as JSON, whole, for the log and for snapshots; `alert_from` takes it."""
    return {
        "alert": alert.alert,
        "revision": alert.revision,
        "message": str(alert.message),
        "level": int(alert.level),
        "state": str(alert.state),
        "exercise": alert.exercise,
        "authority": alert.authority,
        "owner": alert.owner,
        "zones": list(alert.zones),
        "area": [[list(corner) for corner in ring] for ring in alert.area],
        "area_km2": alert.area_km2,
        "people": alert.people,
        "texts": dict(alert.texts),
        "headlines": dict(alert.headlines),
        "tracks": list(alert.tracks),
        "presences": list(alert.presences),
        "clock": dict(alert.clock),
        "last_useful_ns": alert.last_useful_ns,
        "expires_ns": alert.expires_ns,
        "escalated_ns": alert.escalated_ns,
        "approved_by": alert.approved_by,
        "evidence": dict(alert.evidence),
        "supersedes": list(alert.supersedes),
    }


def alert_from(saved: Mapping[str, Any]) -> Alert:
    """The alert of `alert_json`."""
    return Alert(
        **{
            **saved,
            "message": Message(saved["message"]),
            "level": Level(saved["level"]),
            "state": AlertState(saved["state"]),
            "zones": tuple(saved["zones"]),
            "area": tuple(tuple((x, y) for x, y in ring) for ring in saved["area"]),
            "tracks": tuple(saved["tracks"]),
            "presences": tuple(saved["presences"]),
            "supersedes": tuple(saved["supersedes"]),
        }
    )


def told(kind: str, alert: Alert, time_ns: int, actor: str = "system", **more: Any) -> Event:
    """An event about an alert. One that people must be able to read again later carries it whole."""
    whole = kind in ("alert.drafted", "alert.updated")
    payload = {
        "alert": alert.alert,
        "revision": alert.revision,
        "message": str(alert.message),
        "level": int(alert.level),
        "state": str(alert.state),
        "authority": alert.authority,
        "owner": alert.owner,
    }
    return Event(time_ns=time_ns, kind=kind, actor=actor, payload={**(alert_json(alert) if whole else payload), **more})


@dataclass(slots=True)
class Book:
    """Every alert that is not long over: per id its revisions, oldest first."""

    revisions: dict[str, list[Alert]] = field(default_factory=dict)
    count: int = 0

    def all(self) -> tuple[Alert, ...]:
        """Each alert's revisions that still say something: what is in force, what is being decided, how it ended."""
        return tuple(alert for held in self.revisions.values() for alert in held)

    def draft_of(self, name: str) -> Alert | None:
        """The revision that waits for a decision."""
        return next((a for a in self.revisions[name] if a.state is AlertState.DRAFT), None)

    def in_force(self, name: str) -> Alert | None:
        """The newest approved alert or update that has not ended."""
        held = [a for a in self.revisions[name] if a.state in IN_FORCE and a.message in _STANDING]
        return held[-1] if held else None

    def put(self, alert: Alert) -> Alert:
        """In place of the revision with its number, or as a new one; a draft takes the place of an older draft."""
        held = self.revisions.setdefault(alert.alert, [])
        if alert.state is AlertState.DRAFT:
            held[:] = [a for a in held if a.state is not AlertState.DRAFT or a.revision == alert.revision]
        for at, old in enumerate(held):
            if old.revision == alert.revision:
                held[at] = alert
                return alert
        held.append(alert)
        return alert

    def next_revision(self, name: str) -> int:
        """The number of the next one."""
        return max((a.revision for a in self.revisions.get(name, [])), default=0) + 1

    def new_name(self) -> str:
        """A fresh id."""
        self.count += 1
        return f"a-{self.count:04d}"

    def forget(self, before_ns: int) -> None:
        """Drop alerts whose every revision is over since before then."""
        over = (AlertState.CANCELLED, AlertState.ALL_CLEAR, AlertState.EXPIRED, AlertState.RECEIVED)
        for name, held in list(self.revisions.items()):
            if all(a.state in over and max(a.expires_ns, *a.clock.values()) < before_ns for a in held):
                del self.revisions[name]

    def find(self, name: str, revision: int) -> Alert:
        """That revision.

        Raises
        ------
        NotNow
        """
        held = self.revisions.get(name)
        if not held:
            raise NotNow(f"there is no alert '{name}'; there are: {', '.join(self.revisions) or 'none'}")
        for alert in held:
            if alert.revision == revision:
                return alert
        now = held[-1]
        raise NotNow(f"{name} revision {revision} was replaced by revision {now.revision} ({now.state}): look again")

    # ------------------------------------------------------------------ what a person or a delivery does

    def act(self, act: Act) -> list[Event]:
        """Do it.

        Raises
        ------
        NotNow
            With the sentence for the person.
        """
        alert = self.find(act.alert, act.revision)
        if act.kind in _DELIVERY:
            return self._delivered(alert, act)
        if act.kind is ActKind.FAILED:
            evidence = {**alert.evidence, "delivery": act.note}
            self.put(replace(alert, evidence=evidence))
            return [told("alert.failed", alert, act.time_ns, act.actor, reason=act.note, **act.details)]
        if act.actor in ("", "system"):
            raise NotNow("an act on an alert needs a person's name")
        if act.kind is ActKind.SHOWN:
            if "shown" in alert.clock:
                return []
            return [told("alert.shown", self.put(with_word(alert, "shown", act.time_ns)), act.time_ns, act.actor)]
        if act.kind is ActKind.ACKNOWLEDGE:
            if "acknowledged" in alert.clock:
                raise NotNow(f"{alert.alert} revision {alert.revision} was acknowledged before")
            now = self.put(with_word(alert, "acknowledged", act.time_ns))
            return [told("alert.acknowledged", now, act.time_ns, act.actor)]
        if act.kind is ActKind.APPROVE:
            return self._approved(alert, act)
        return self._ended_by(alert, act)

    def _approved(self, alert: Alert, act: Act) -> list[Event]:
        if alert.state is not AlertState.DRAFT:
            raise NotNow(f"{alert.alert} revision {alert.revision} is {alert.state}; only a draft can be approved")
        now = with_word(alert, "acknowledged", act.time_ns)
        now = with_word(now, "approved", act.time_ns)
        if alert.message is Message.ALL_CLEAR:
            now = with_word(now, "all_clear", act.time_ns)
        now = self.put(replace(now, state=AlertState.APPROVED, approved_by=act.actor))
        return [told("alert.approved", now, act.time_ns, act.actor), *self._end_standing(now, act)]

    def _end_standing(self, now: Alert, act: Act) -> list[Event]:
        """An approved all-clear or cancellation ends what stood; an approved update takes its place."""
        events = []
        ends = {Message.ALL_CLEAR: AlertState.ALL_CLEAR, Message.CANCEL: AlertState.CANCELLED}
        state = ends.get(now.message)
        for old in list(self.revisions[now.alert]):
            if old.revision == now.revision or old.state not in IN_FORCE or old.message not in _STANDING:
                continue
            if state is None:  # superseded, not ended: its delivery may still be under way
                continue
            ended = replace(old, state=state)
            if state is AlertState.ALL_CLEAR:
                ended = with_word(ended, "all_clear", act.time_ns)
            self.put(ended)
            events.append(told(f"alert.{state}", ended, act.time_ns, act.actor))
        return events

    def _ended_by(self, alert: Alert, act: Act) -> list[Event]:
        """A person cancels a draft, or gives the all-clear that was proposed.

        What is in force ends only by a message to the same people; the desk writes that before it comes here.
        """
        if alert.state is AlertState.DRAFT:
            if act.kind is ActKind.ALL_CLEAR and alert.message is Message.ALL_CLEAR:
                return self._approved(alert, act)
            if act.kind is ActKind.ALL_CLEAR:
                raise NotNow(f"{alert.alert} revision {alert.revision} was never sent; cancel the draft instead")
            now = self.put(replace(alert, state=AlertState.CANCELLED))
            return [told("alert.cancelled", now, act.time_ns, act.actor)]
        raise NotNow(f"{alert.alert} revision {alert.revision} is {alert.state}; there is nothing in force to end")

    def _delivered(self, alert: Alert, act: Act) -> list[Event]:
        state = _DELIVERY[act.kind]
        ended = alert.state in (AlertState.ALL_CLEAR, AlertState.CANCELLED, AlertState.EXPIRED)
        if alert.state is AlertState.DRAFT or alert.approved_by is None:
            raise NotNow(
                f"{alert.alert} revision {alert.revision} is {alert.state}: only what is approved is delivered"
            )
        if str(state) in alert.clock:
            return []
        now = with_word(alert, str(state), act.time_ns)
        if not ended and _ORDER.index(state) > _ORDER.index(alert.state):
            now = replace(now, state=state)
        self.put(now)
        events = [told(f"alert.{state}", now, act.time_ns, act.actor, **act.details)]
        if state is AlertState.RECEIVED:
            self._drop_superseded(now.alert)
        return events

    def _drop_superseded(self, name: str) -> None:
        """Once a new one has been received, those that it replaced say nothing more, when they have arrived as well."""
        held = self.revisions[name]
        replaced = {revision for a in held if "received" in a.clock for revision in a.supersedes}
        held[:] = [a for a in held if a.revision not in replaced or a.state in _ON_THEIR_WAY]


def saved(book: Book) -> dict[str, Any]:
    """For a snapshot."""
    return {"count": book.count, "alerts": [alert_json(alert) for alert in book.all()]}


def restored(data: Mapping[str, Any]) -> Book:
    """The book of a snapshot."""
    return book_of((alert_from(entry) for entry in data["alerts"]), data["count"])


def book_of(alerts: Iterable[Alert], count: int) -> Book:
    """A book of these revisions."""
    book = Book(count=count)
    for alert in alerts:
        book.revisions.setdefault(alert.alert, []).append(alert)
    return book

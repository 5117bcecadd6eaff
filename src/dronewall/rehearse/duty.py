"""The people on duty and the gateway, as models: which acts follow from which alerts, and when.

One decision is one wait: while a draft waits for its approval, newer revisions of it do not begin the wait anew, and
what is approved is the newest. A draft that follows on an approved one (an update, a cancellation, the all-clear) is a
decision of its own.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from dronewall.picture.act import Act, ActKind
from dronewall.records.alert import Alert, AlertState
from dronewall.rehearse.approver import Approver, Delivery
from dronewall.units import SECOND_NS, nanoseconds

DRAWN_NS = SECOND_NS // 2
"""From a draft to its picture on the operator's screen."""
GATEWAY = "gateway"


class Duty:
    """Remembers what is already under way."""

    def __init__(self, people: Approver, delivery: Delivery, rng: np.random.Generator) -> None:
        self._people, self._delivery, self._rng = people, delivery, rng
        self._shown: set[tuple[str, int]] = set()
        self._deciding: set[str] = set()
        self._deputies: set[str] = set()
        self._sent: set[tuple[str, int]] = set()

    def acts(self, alerts: Iterable[Alert], now_ns: int) -> list[Act]:
        """What somebody will do because of alerts as they stand now, each with its time."""
        found: list[Act] = []
        for alert in alerts:
            if alert.state is AlertState.DRAFT:
                found += self._on_draft(alert, now_ns)
            elif alert.state is AlertState.APPROVED:
                found += self._on_approved(alert, now_ns)
        return found

    def current(self, act: Act, alerts: Iterable[Alert]) -> Act | None:
        """The act as it is done when its time has come: about the newest draft; None: there is none left."""
        if act.kind not in (ActKind.APPROVE, ActKind.ACKNOWLEDGE, ActKind.SHOWN):
            return act
        drafts = [a for a in alerts if a.alert == act.alert and a.state is AlertState.DRAFT]
        if act.kind is ActKind.APPROVE:
            self._deciding.discard(act.alert)
            self._deputies.discard(act.alert)
        if not drafts:
            return None
        newest = max(drafts, key=lambda a: a.revision)
        return replace(act, revision=newest.revision)

    def _on_draft(self, alert: Alert, now_ns: int) -> list[Act]:
        people, found = self._people, []
        key = (alert.alert, alert.revision)
        if people.decides_s is not None and key not in self._shown:
            self._shown.add(key)
            found.append(self._act(now_ns + DRAWN_NS, ActKind.SHOWN, "operator", alert))
        if people.decides_s is not None and alert.alert not in self._deciding:
            self._deciding.add(alert.alert)
            if people.sees_s is not None:
                found.append(self._act(now_ns + nanoseconds(people.sees_s), ActKind.ACKNOWLEDGE, "operator", alert))
            found.append(self._act(now_ns + nanoseconds(people.decides_s), ActKind.APPROVE, "operator", alert))
        if alert.escalated_ns and alert.alert not in self._deputies:
            self._deputies.add(alert.alert)
            at_ns = max(alert.escalated_ns + nanoseconds(people.deputy_s), now_ns)
            found.append(self._act(at_ns, ActKind.APPROVE, alert.owner, alert))
        return found

    def _on_approved(self, alert: Alert, now_ns: int) -> list[Act]:
        key = (alert.alert, alert.revision)
        if key in self._sent:
            return []
        self._sent.add(key)
        accepted_ns, received_ns = self._delivery.draw_ns(self._rng)
        return [
            self._act(now_ns, ActKind.SENT, GATEWAY, alert),
            self._act(now_ns + accepted_ns, ActKind.ACCEPTED, GATEWAY, alert),
            self._act(now_ns + accepted_ns + received_ns, ActKind.RECEIVED, GATEWAY, alert),
        ]

    @staticmethod
    def _act(time_ns: int, kind: ActKind, actor: str, alert: Alert) -> Act:
        return Act(time_ns=time_ns, kind=kind, actor=actor, alert=alert.alert, revision=alert.revision)

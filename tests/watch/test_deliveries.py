"""Deliveries: only what a person approved leaves, the same bytes after a restart, and every fate is told."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from dronewall.outputs.gateway import Delivery, Receipt
from dronewall.records.alert import Alert, AlertState, Level
from dronewall.records.event import Event
from dronewall.watch.deliveries import Deliveries, Fate, approvals

ALERT = Alert(
    alert="a-0001",
    revision=1,
    level=Level.WARNING,
    state=AlertState.APPROVED,
    exercise=True,
    authority="duty",
    owner="duty",
    zones=(),
    area=(((27.0, 56.0), (28.0, 56.0), (27.5, 57.0)),),
    area_km2=100.0,
    people=10,
    texts={"en": "Go inside."},
    tracks=(),
    presences=(),
    clock={},
    last_useful_ns=0,
    expires_ns=0,
)


class Carrier:
    """A gateway that says what it is told to say."""

    def __init__(self, *states: Delivery) -> None:
        self.states = list(states)
        self.sent: list[tuple[str, bytes]] = []

    def send(self, document: bytes, identifier: str) -> Receipt:
        self.sent.append((identifier, document))
        return self._receipt(identifier)

    def ask(self, receipt: Receipt) -> Receipt:
        return self._receipt(receipt.identifier)

    def _receipt(self, identifier: str) -> Receipt:
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return Receipt(identifier=identifier, state=state, sentence=str(state), attempts=1, at_ns=0)

    def close(self) -> None:
        pass


class Office:
    """A delivery office over one carrier, and the fates that it told."""

    def __init__(
        self,
        outbox: Path,
        carrier: Carrier,
        *,
        approved: bool = True,
        document: Callable[[Alert], tuple[str, bytes]] = lambda alert: (f"{alert.alert}.{alert.revision}", b"<alert/>"),
    ) -> None:
        self.fates: list[str] = []
        self.told = threading.Condition()
        self.deliveries = Deliveries(
            carriers={"duty": carrier},
            document=document,
            approved=lambda alert, revision: approved,
            tell=self._tell,
            outbox=outbox,
        )

    def _tell(self, fate: Fate) -> None:
        with self.told:
            self.fates.append(fate.word)
            self.told.notify_all()

    def until(self, word: str) -> list[str]:
        with self.told:
            assert self.told.wait_for(lambda: word in self.fates, timeout=120.0)
        self.deliveries.stop()
        return self.fates


def test_an_approved_alert_is_sent_accepted_and_received(tmp_path: Path) -> None:
    office = Office(tmp_path, Carrier(Delivery.ACCEPTED, Delivery.RECEIVED))
    office.deliveries.look([ALERT])
    assert office.until("received") == ["sent", "accepted", "received"]


def test_a_draft_never_leaves(tmp_path: Path) -> None:
    carrier = Carrier(Delivery.RECEIVED)
    office = Office(tmp_path, carrier)
    office.deliveries.look([replace(ALERT, state=AlertState.DRAFT)])
    office.deliveries.stop()
    assert (carrier.sent, office.fates) == ([], [])


def test_nothing_is_sent_without_a_persons_approval_in_the_log(tmp_path: Path) -> None:
    carrier = Carrier(Delivery.RECEIVED)
    office = Office(tmp_path, carrier, approved=False)
    office.deliveries.look([ALERT])
    assert office.until("failed") == ["failed"]
    assert carrier.sent == []


def test_the_system_is_no_person() -> None:
    def approval(actor: str) -> Event:
        return Event(time_ns=0, kind="alert.approved", actor=actor, payload={"alert": "a-0001", "revision": 1})

    assert approvals([approval("system"), approval("")]) == set()
    assert approvals([approval("anna")]) == {("a-0001", 1)}


def test_the_same_revision_is_carried_once(tmp_path: Path) -> None:
    carrier = Carrier(Delivery.RECEIVED)
    office = Office(tmp_path, carrier)
    for _ in range(3):
        office.deliveries.look([ALERT])
    office.until("received")
    assert len(carrier.sent) == 1


def test_a_restart_sends_the_first_bytes_again_whatever_the_document_says_now(tmp_path: Path) -> None:
    first, again = Carrier(Delivery.RECEIVED), Carrier(Delivery.RECEIVED)
    office = Office(tmp_path, first, document=lambda _: ("id-1", b"first"))
    office.deliveries.look([ALERT])
    office.until("received")
    office = Office(tmp_path, again, document=lambda _: ("id-1", b"second"))
    office.deliveries.look([replace(ALERT, state=AlertState.SENT)])
    office.until("received")
    assert first.sent == again.sent == [("id-1", b"first")]


def test_a_refusal_is_told_as_failed(tmp_path: Path) -> None:
    office = Office(tmp_path, Carrier(Delivery.REFUSED))
    office.deliveries.look([ALERT])
    assert office.until("failed") == ["sent", "failed"]

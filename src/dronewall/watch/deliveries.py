"""Deliveries: approved alerts go to their authority's gateway, each in its own thread, until their fate is known.

Nothing leaves before the event log holds a person's approval of that very revision. The document is on disk, in
`DATA/outbox`, before its first byte is sent, so that a restart sends the same bytes under the same identifier and the
gateway knows them again. What the gateway says comes back as an act on the desk: sent, accepted, received, failed.
"""

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dronewall.errors import DronewallError, Refused
from dronewall.outputs.gateway import Delivery, Receipt
from dronewall.records.alert import Alert, AlertState
from dronewall.records.event import Event

ASK_SOON_S, SOON, ASK_LATER_S = 1.0, 30, 5.0
UNFINISHED = frozenset({AlertState.APPROVED, AlertState.SENT, AlertState.ACCEPTED})


class Carrier(Protocol):
    """What takes a document to an authority: `dronewall.outputs.gateway.Gateway` is one."""

    def send(self, document: bytes, identifier: str) -> Receipt:
        """Hand it over, trying again while that makes sense."""
        ...

    def ask(self, receipt: Receipt) -> Receipt:
        """Where it stands now."""
        ...

    def ready(self) -> None:
        """Load what sending needs."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one revision: a word (sent, accepted, received, failed) and the receipt behind it."""

    alert: str
    revision: int
    word: str
    sentence: str
    receipt: Receipt | None = None


def approvals(events: Iterable[Event]) -> set[tuple[str, int]]:
    """Alert and revision of every approval by a person in the log."""
    return {
        (str(e.payload.get("alert")), int(e.payload.get("revision", 0)))
        for e in events
        if e.kind == "alert.approved" and e.actor not in ("", "system")
    }


class Deliveries:
    """Carries alerts out.

    Parameters
    ----------
    carriers : mapping of authority id -> Carrier
    document : callable
        An alert as identifier and bytes, the same for the same revision.
    approved : callable
        Whether the log holds a person's approval of this alert and revision.
    tell : callable
        Takes each fate; called on the delivery's thread.
    stop : threading.Event, optional
        Set when stopping; a carrier that waits on it between its attempts does not hold up the end.
    """

    def __init__(
        self,
        *,
        carriers: Mapping[str, Carrier],
        document: Callable[[Alert], tuple[str, bytes]],
        approved: Callable[[str, int], bool],
        tell: Callable[[Fate], None],
        outbox: Path,
        stop: threading.Event | None = None,
    ) -> None:
        self._carriers, self._document, self._approved, self._tell = carriers, document, approved, tell
        self._outbox = outbox
        self._stop = stop or threading.Event()
        self._going: dict[tuple[str, int], threading.Thread] = {}
        outbox.mkdir(parents=True, exist_ok=True)

    def look(self, alerts: Iterable[Alert]) -> None:
        """Start what is approved and not yet on its way."""
        for alert in alerts:
            key = (alert.alert, alert.revision)
            if alert.state not in UNFINISHED or key in self._going or alert.authority not in self._carriers:
                continue
            thread = threading.Thread(target=self._carry, args=(alert,), name=f"delivery-{alert.alert}", daemon=True)
            self._going[key] = thread
            thread.start()

    def forget(self) -> None:
        """The replay was set back: what is approved again is delivered again, under the same identifiers."""
        self._going = {key: thread for key, thread in self._going.items() if thread.is_alive()}

    @property
    def under_way(self) -> int:
        """How many are not finished."""
        return sum(thread.is_alive() for thread in self._going.values())

    def ready(self) -> None:
        """Load what the carriers send with."""
        for carrier in self._carriers.values():
            carrier.ready()

    def stop(self) -> None:
        """End the threads; what is unfinished goes on after the next start."""
        self._stop.set()
        for thread in self._going.values():
            thread.join(timeout=12.0)
        for carrier in self._carriers.values():
            carrier.close()

    def _carry(self, alert: Alert) -> None:
        def fate(word: str, sentence: str, receipt: Receipt | None = None) -> None:
            if not self._stop.is_set():
                self._tell(
                    Fate(alert=alert.alert, revision=alert.revision, word=word, sentence=sentence, receipt=receipt)
                )

        carrier = self._carriers[alert.authority]
        try:
            if not self._approved(alert.alert, alert.revision):
                raise Refused(f"the log holds no person's approval of {alert.alert} revision {alert.revision}")
            identifier, document = self._kept(alert)
            if alert.state is AlertState.APPROVED:
                fate("sent", f"handed to the gateway of {alert.authority} as {identifier}")
            receipt = carrier.send(document, identifier)
            if receipt.state in (Delivery.ACCEPTED, Delivery.RECEIVED) and alert.state is not AlertState.ACCEPTED:
                fate("accepted", receipt.sentence, receipt)
            turns = 0
            while receipt.state is Delivery.ACCEPTED:
                if self._stop.wait(ASK_SOON_S if turns < SOON else ASK_LATER_S):
                    return
                receipt = carrier.ask(receipt)
                turns += 1
            fate("received" if receipt.state is Delivery.RECEIVED else "failed", receipt.sentence, receipt)
        except DronewallError as error:
            fate("failed", str(error))

    def _kept(self, alert: Alert) -> tuple[str, bytes]:
        """The document as first written down."""
        identifier, document = self._document(alert)
        file = self._outbox / f"{identifier}.xml"
        if file.exists():
            return identifier, file.read_bytes()
        beside = file.with_suffix(".tmp")
        with beside.open("wb") as out:
            out.write(document)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
        return identifier, document

"""Acts of people and of gateways as the desk takes them, and as the journal keeps them."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dronewall.picture.act import Act, ActKind, Call
from dronewall.picture.flights import change_from_json
from dronewall.records.flight import FlightsChange
from dronewall.watch.deliveries import Fate

WORDS: Mapping[str, ActKind] = {
    "acknowledge": ActKind.ACKNOWLEDGE,
    "approve": ActKind.APPROVE,
    "cancel": ActKind.CANCEL,
    "all-clear": ActKind.ALL_CLEAR,
    "shown": ActKind.SHOWN,
}
"""What the API calls them."""


def act_json(act: Act, *, given: bool = False) -> str:
    """An act for the journal; `given` marks one that came from the source of scans."""
    return json.dumps({"act": asdict(act), "given": given}, separators=(",", ":"))


def act_from_json(body: bytes) -> tuple[Act, bool]:
    """The act and whether it came from the source."""
    read = json.loads(body)
    fields = read["act"]
    call = None if fields["call"] is None else Call(**fields["call"])
    said = fields.get("flights")  # an older journal has no such key
    flights = None if said is None else change_from_json(said)
    kind = ActKind(fields["kind"])
    return Act(**{**fields, "kind": kind, "call": call, "flights": flights}), bool(read["given"])


def operator_act(word: str, alert: str, revision: int, user: str, now_ns: int) -> Act:
    """An operator's act on one revision, by the API's word for it."""
    return Act(kind=WORDS[word], time_ns=now_ns, actor=user, alert=alert, revision=revision)


def call_act(call: Call, user: str, now_ns: int) -> Act:
    """A call from the public, entered by a user."""
    return Act(kind=ActKind.CALL, time_ns=now_ns, actor=user, call=call)


def flights_act(change: FlightsChange, user: str, now_ns: int) -> Act:
    """Authorised flights that are new, changed or no more."""
    return Act(kind=ActKind.FLIGHTS, time_ns=now_ns, actor=user, flights=change)


def delivery_act(fate: Fate, now_ns: int) -> Act:
    """What a gateway said of a sent alert, its own times beside ours."""
    details: dict[str, Any] = {}
    if fate.receipt is not None:
        details = {"gateway": fate.receipt.gateway, "attempts": fate.receipt.attempts}
    return Act(
        kind=ActKind(fate.word),
        time_ns=now_ns,
        actor="gateway",
        alert=fate.alert,
        revision=fate.revision,
        note=fate.sentence if fate.word == "failed" else "",
        details=details,
    )

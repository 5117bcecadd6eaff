"""The practice gateway against the client that ships: what one sends the other understands, and neither is lenient."""

from collections.abc import Iterator

import httpx
import pytest

from dronewall.errors import Refused
from dronewall.outputs.gateway import Delivery, Gateway, Key, Mode
from dronewall.watch.gateway import PracticeGateway

KEY = Key(Mode.EXERCISE, bytes(range(32)))


def cap(identifier: str, status: str = "Exercise") -> bytes:
    return (
        f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier>'
        f"<status>{status}</status></alert>"
    ).encode()


@pytest.fixture
def practice() -> Iterator[PracticeGateway]:
    with PracticeGateway(KEY, delivery_s=0.0) as gateway:
        yield gateway


def client(practice: PracticeGateway, key: Key = KEY) -> Gateway:
    return Gateway(practice.uri, key, exercise=True, attempts=1, sleep=lambda _: None)


def test_a_document_is_accepted_and_then_received(practice: PracticeGateway) -> None:
    gateway = client(practice)
    receipt = gateway.send(cap("a-1"), "a-1")
    assert receipt.state in (Delivery.ACCEPTED, Delivery.RECEIVED)
    assert gateway.ask(receipt).state is Delivery.RECEIVED
    gateway.close()


def test_received_comes_only_after_the_delivery() -> None:
    with PracticeGateway(KEY, delivery_s=1_000.0) as practice:
        gateway = client(practice)
        receipt = gateway.send(cap("a-1"), "a-1")
        assert receipt.state is Delivery.ACCEPTED
        assert gateway.ask(receipt).state is Delivery.ACCEPTED
        gateway.close()


def test_the_same_document_twice_is_one_alert(practice: PracticeGateway) -> None:
    gateway = client(practice)
    assert gateway.send(cap("a-1"), "a-1").http_status == 202
    assert gateway.send(cap("a-1"), "a-1").http_status == 200
    assert len(practice.taken) == 1
    gateway.close()


def test_another_document_under_the_same_identifier_is_refused(practice: PracticeGateway) -> None:
    gateway = client(practice)
    gateway.send(cap("a-1"), "a-1")
    assert gateway.send(cap("a-1") + b"<!-- other -->", "a-1").http_status == 409
    gateway.close()


@pytest.mark.parametrize(
    ("document", "status"),
    [(b"no xml", 400), (b"<alert/>", 400), (cap("other"), 400), (cap("a-1", "Actual"), 400), (cap("a-1"), 202)],
)
def test_only_an_exercise_in_cap_under_its_own_identifier_is_taken(
    practice: PracticeGateway, document: bytes, status: int
) -> None:
    gateway = client(practice)
    assert gateway.send(document, "a-1").http_status == status
    gateway.close()


def test_another_key_is_refused(practice: PracticeGateway) -> None:
    gateway = client(practice, Key(Mode.EXERCISE, bytes(32)))
    assert gateway.send(cap("a-1"), "a-1").http_status == 401
    assert practice.taken == ()
    gateway.close()


def test_a_live_key_makes_no_practice_gateway() -> None:
    with pytest.raises(Refused, match="exercise keys only"):
        PracticeGateway(Key(Mode.LIVE, bytes(32)))


def test_a_request_without_a_signature_is_refused(practice: PracticeGateway) -> None:
    url = practice.uri.removeprefix("exercise+")
    headers = {"Idempotency-Key": "a-1", "Dronewall-Mode": "exercise"}
    with httpx.Client(trust_env=False, timeout=180.0) as plain:
        assert plain.post(url, content=cap("a-1"), headers=headers).status_code == 401
        assert plain.post(url, content=cap("a-1")).status_code == 400
        assert plain.get(url, headers=headers).status_code == 401

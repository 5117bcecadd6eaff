"""The gateway's client against a gateway that answers as docs/gateway.md says, and against ones that do not."""

import json
from collections.abc import Callable

import httpx
import pytest

from dronewall.errors import BadInput, Refused
from dronewall.outputs.gateway import (
    Delivery,
    Gateway,
    Key,
    Mode,
    Receipt,
    answer_signature,
    request_signature,
    same_signature,
)

DIGITS = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
KEY = Key.parse(f"exercise:{DIGITS}")
LIVE_KEY = Key.parse(f"live:{DIGITS}")
URI = "exercise+http://gateway.example:8901/alerts"
NAME = "rezekne.20260507T001604Z.a-0001.1"
BODY = b"<alert/>\n"
NOW_NS = 1_778_112_970_000_000_000


def answered(
    status: int, state: str = "accepted", *, key: Key = KEY, location: str | None = "/alerts/7"
) -> httpx.Response:
    body = json.dumps({"identifier": NAME, "state": state, "accepted_at": None, "received_at": None, "reason": None})
    headers = {
        "Dronewall-Signature": answer_signature(key, status=status, identifier=NAME, body=body.encode()),
        **({"Location": location} if location else {}),
    }
    return httpx.Response(status, content=body.encode(), headers=headers)


def gateway(handler: Callable[[httpx.Request], httpx.Response], waits: list[float] | None = None) -> Gateway:
    return Gateway(
        URI,
        KEY,
        exercise=True,
        client=httpx.Client(transport=httpx.MockTransport(handler)),
        clock_ns=lambda: NOW_NS,
        sleep=(waits if waits is not None else []).append,
    )


def sent(handler: Callable[[httpx.Request], httpx.Response], waits: list[float] | None = None) -> Receipt:
    return gateway(handler, waits).send(BODY, NAME)


def test_the_signatures_are_those_of_the_documented_example() -> None:
    request = request_signature(
        KEY, method="POST", target="/alerts", timestamp_ms=1_778_112_970_000, identifier=NAME, body=BODY
    )
    assert request == "v1=fbd0e4990611f63668b41aafb09bf7243d76cd1df84fa25cc39597a3362efc13"
    answer = answer_signature(KEY, status=202, identifier=NAME, body=b"{}")
    assert answer == "v1=ec15312a54437c30b21bea3dbee127b7f793268e29eddf7f2b5d3979d57d077f"


def test_a_request_carries_the_signature_of_what_it_says() -> None:
    seen: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answered(202)

    assert sent(take).state is Delivery.ACCEPTED
    right = request_signature(
        KEY,
        method="POST",
        target="/alerts",
        timestamp_ms=int(seen[0].headers["Dronewall-Timestamp"]),
        identifier=seen[0].headers["Idempotency-Key"],
        body=seen[0].content,
    )
    assert same_signature(seen[0].headers["Dronewall-Signature"], right)


def test_the_same_bytes_as_a_live_key_sign_otherwise() -> None:
    assert KEY.sign("x") != LIVE_KEY.sign("x")


@pytest.mark.parametrize("uri", ["https://gateway.example/alerts", "http://gateway.example/alerts", "smtp://x"])
def test_an_exercise_wall_addresses_no_live_endpoint(uri: str) -> None:
    with pytest.raises(BadInput):
        Gateway(uri, KEY, exercise=True)


@pytest.mark.parametrize("uri", [URI, "http://gateway.example/alerts"])
def test_a_live_wall_addresses_neither_an_exercise_nor_plain_http(uri: str) -> None:
    with pytest.raises(BadInput):
        Gateway(uri, LIVE_KEY, exercise=False)


def test_a_live_key_is_refused_for_an_exercise_and_the_reverse() -> None:
    with pytest.raises(Refused, match="nothing is sent"):
        Gateway(URI, LIVE_KEY, exercise=True)
    with pytest.raises(Refused, match="nothing is sent"):
        Gateway("https://gateway.example/alerts", KEY, exercise=False)


def test_a_key_file_with_a_wrong_key_is_refused_without_repeating_the_secret() -> None:
    with pytest.raises(BadInput) as error:
        Key.parse("exercise:0011223344zz")
    assert "0011223344" not in str(error.value)
    assert DIGITS not in repr(KEY)


def test_a_busy_gateway_is_tried_again_with_the_same_key_and_longer_waits() -> None:
    names: list[str] = []
    waits: list[float] = []

    def busy(request: httpx.Request) -> httpx.Response:
        names.append(request.headers["Idempotency-Key"])
        return answered(202) if len(names) == 4 else httpx.Response(503)

    receipt = sent(busy, waits)
    assert (receipt.state, receipt.attempts) == (Delivery.ACCEPTED, 4)
    assert waits == [0.5, 1.0, 2.0]
    assert set(names) == {NAME}


def test_retry_after_is_heeded() -> None:
    waits: list[float] = []
    replies = iter([httpx.Response(429, headers={"Retry-After": "7"}), answered(202)])
    sent(lambda _: next(replies), waits)
    assert waits == [7.0]


def test_a_gateway_that_never_answers_ends_as_failed_with_a_sentence() -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    receipt = sent(down)
    assert receipt.state is Delivery.FAILED
    assert "does not answer" in receipt.sentence


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413])
def test_a_refusal_is_not_tried_again(status: int) -> None:
    receipt = sent(lambda _: httpx.Response(status, text="no"))
    assert (receipt.state, receipt.attempts, receipt.http_status) == (Delivery.REFUSED, 1, status)


def test_an_answer_that_another_key_signed_counts_as_no_answer() -> None:
    assert sent(lambda _: answered(202, key=LIVE_KEY)).state is Delivery.FAILED
    assert sent(lambda _: httpx.Response(202, json={"identifier": NAME, "state": "received"})).state is Delivery.FAILED


def test_an_answer_that_points_to_another_host_counts_as_no_answer() -> None:
    assert sent(lambda _: answered(202, location="http://elsewhere.example/1")).state is Delivery.FAILED


def test_asking_tells_when_the_alert_was_received() -> None:
    def take(request: httpx.Request) -> httpx.Response:
        return answered(202) if request.method == "POST" else answered(200, "received", location=None)

    client = gateway(take)
    receipt = client.ask(client.send(BODY, NAME))
    assert receipt.state is Delivery.RECEIVED
    assert receipt.location == "http://gateway.example:8901/alerts/7"


def test_a_question_without_an_answer_leaves_what_is_known() -> None:
    def take(request: httpx.Request) -> httpx.Response:
        return answered(202) if request.method == "POST" else httpx.Response(500)

    client = gateway(take)
    receipt = client.send(BODY, NAME)
    assert client.ask(receipt) == receipt


def test_a_new_key_comes_back_from_its_own_text() -> None:
    key = Key.new(Mode.LIVE)
    assert Key.parse(key.text() + "\n") == key

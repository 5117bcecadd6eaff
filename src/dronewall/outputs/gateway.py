"""The authority's gateway: an approved alert goes out by HTTP, signed, and its delivery is asked for until known.

The protocol, with every header and answer, is docs/gateway.md. `Gateway` is the client; the signature functions serve
both sides. An exercise cannot reach a live endpoint: its addresses begin with `exercise+`, its key says `exercise:`,
and the mode goes into the secret and into every signature.
"""

import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urljoin, urlsplit

from dronewall.errors import BadInput, Refused

if TYPE_CHECKING:
    import httpx

TIMESTAMP_SLACK_S: Final = 300
LARGEST_BODY: Final = 256 * 1024
_SCHEMES: Final = {"exercise": ("exercise+http", "exercise+https"), "live": ("https",)}


class Mode(StrEnum):
    """Whether what leaves is an exercise."""

    EXERCISE = "exercise"
    LIVE = "live"


class Delivery(StrEnum):
    """What is known of a sent alert."""

    ACCEPTED = "accepted"
    RECEIVED = "received"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """What signs: 32 secret bytes for one mode."""

    mode: Mode
    secret: bytes

    @classmethod
    def new(cls, mode: Mode) -> Self:
        """A fresh key from the system's randomness."""
        return cls(mode, secrets.token_bytes(32))

    @classmethod
    def parse(cls, text: str, *, file: str = "the key") -> Self:
        """The key in a line such as `exercise:0001...1f`.

        Raises
        ------
        BadInput
            The sentence never repeats the secret.
        """
        mode, colon, digits = text.strip().partition(":")
        if not colon or mode not in {str(m) for m in Mode}:
            raise BadInput(
                f"{file} does not begin with 'exercise:' or 'live:'; say which mode the key is for", file=file
            )
        try:
            secret = bytes.fromhex(digits)
        except ValueError:
            raise BadInput(f"{file} holds something else than hexadecimal digits after '{mode}:'", file=file) from None
        if len(secret) != 32:
            raise BadInput(f"{file} holds {len(secret)} bytes; a key is 32 bytes, 64 hexadecimal digits", file=file)
        return cls(Mode(mode), secret)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The key in a file; see `parse`."""
        try:
            return cls.parse(path.read_text("utf-8"), file=str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{path} cannot be read as a key file: {error}", file=str(path)) from None

    def text(self) -> str:
        """The line that `parse` takes."""
        return f"{self.mode}:{self.secret.hex()}"

    def sign(self, *lines: str) -> str:
        """`v1=` and the HMAC-SHA256 of the lines under this key's secret for its mode."""
        secret = hmac.digest(self.secret, f"dronewall gateway v1 {self.mode}".encode(), "sha256")
        return "v1=" + hmac.digest(secret, "\n".join(lines).encode(), "sha256").hex()


def request_signature(key: Key, *, method: str, target: str, timestamp_ms: int, identifier: str, body: bytes) -> str:
    """The `Dronewall-Signature` of a request; `target` is the path with its query."""
    return key.sign(
        "dronewall v1 request",
        key.mode,
        method.upper(),
        target,
        str(timestamp_ms),
        identifier,
        hashlib.sha256(body).hexdigest(),
    )


def answer_signature(key: Key, *, status: int, identifier: str, body: bytes) -> str:
    """The `Dronewall-Signature` of an answer to the request about `identifier`."""
    return key.sign("dronewall v1 answer", key.mode, str(status), identifier, hashlib.sha256(body).hexdigest())


def same_signature(given: str | None, right: str) -> bool:
    """Whether the two agree, in constant time."""
    return given is not None and hmac.compare_digest(given.encode(), right.encode())


def endpoint(uri: str, *, exercise: bool) -> tuple[Mode, str]:
    """The mode of an output's address and the URL behind it.

    Raises
    ------
    Refused
        A live address for an exercise, or an exercise address for a live wall.
    BadInput
        No address of a gateway at all.
    """
    scheme = urlsplit(uri).scheme
    mode = next((Mode(m) for m, schemes in _SCHEMES.items() if scheme in schemes), None)
    if mode is None or not urlsplit(uri).hostname:
        raise BadInput(
            f"'{uri}' is no address of a gateway; give exercise+http://..., exercise+https://... or https://..."
        )
    wanted = Mode.EXERCISE if exercise else Mode.LIVE
    if mode is not wanted:
        raise Refused(f"'{uri}' is a {mode} address and this wall is {wanted}: nothing is sent")
    return mode, uri.removeprefix("exercise+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """How sending or asking ended.

    `at_ns` is by our clock, when the answer was read; `gateway` is the answer's JSON as it came; `sentence` says in
    words what happened, for the operator.
    """

    identifier: str
    state: Delivery
    sentence: str
    attempts: int
    at_ns: int
    location: str | None = None
    http_status: int | None = None
    gateway: dict[str, Any] | None = None


class Gateway:
    """A client of one authority's gateway.

    Parameters
    ----------
    uri, key, exercise
        The output's address, the key that signs, and what the wall is. All three must agree.
    client : httpx.Client, optional
        Left out, one that asks the environment for nothing (no proxies), with 5 s to connect and 10 s to answer.
    clock_ns, sleep
        The wall clock; tests bring their own.

    Raises
    ------
    Refused
        The address or the key is for the other mode.
    """

    def __init__(
        self,
        uri: str,
        key: Key,
        *,
        exercise: bool,
        client: "httpx.Client | None" = None,
        clock_ns: Callable[[], int] = time.time_ns,
        sleep: Callable[[float], None] = time.sleep,
        attempts: int = 6,
        first_wait_s: float = 0.5,
    ) -> None:
        self.mode, self.url = endpoint(uri, exercise=exercise)
        if key.mode is not self.mode:
            raise Refused(f"the key is for {key.mode} and '{uri}' is a {self.mode} address: nothing is sent")
        self._key = key
        self._client, self._making = client, threading.Lock()
        self._clock_ns = clock_ns
        self._sleep = sleep
        self._attempts = attempts
        self._first_wait_s = first_wait_s

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()

    def ready(self) -> None:
        """Load what sends, which is a fifth of a second's work, before there is something to send."""
        self._http()

    def _http(self) -> "httpx.Client":
        import httpx

        with self._making:
            if self._client is None:
                self._client = httpx.Client(timeout=httpx.Timeout(10.0, connect=5.0), trust_env=False)
            return self._client

    def send(self, document: bytes, identifier: str) -> Receipt:
        """Hand over a CAP document under its identifier, trying again while it makes sense.

        Sending the same document twice is harmless: the gateway knows it by its identifier.
        """
        if len(document) > LARGEST_BODY:
            return self._receipt(
                identifier, Delivery.REFUSED, f"the document has {len(document)} bytes; a gateway takes {LARGEST_BODY}"
            )
        last = self._receipt(identifier, Delivery.FAILED, "nothing was tried")
        for attempt in range(1, self._attempts + 1):
            last, wait_s = self._once("POST", self.url, identifier, document)
            last = replace(last, attempts=attempt)
            if wait_s is None:
                return last
            if attempt < self._attempts:
                self._sleep(min(max(wait_s, self._first_wait_s * 2 ** (attempt - 1)), 30.0))
        return last

    def ask(self, receipt: Receipt) -> Receipt:
        """What the gateway says now of an accepted alert; the same receipt when it could not be asked."""
        if receipt.state is not Delivery.ACCEPTED or receipt.location is None:
            return receipt
        answer, wait_s = self._once("GET", receipt.location, receipt.identifier, b"")
        if wait_s is not None:
            return receipt
        return replace(answer, attempts=receipt.attempts, location=receipt.location)

    def _receipt(self, identifier: str, state: Delivery, sentence: str, **more: Any) -> Receipt:
        return Receipt(
            identifier=identifier, state=state, sentence=sentence, at_ns=self._clock_ns(), **{"attempts": 0, **more}
        )

    def _once(self, method: str, url: str, identifier: str, body: bytes) -> tuple[Receipt, float | None]:
        """One attempt: what it gave and, where it should be tried again, after how many seconds at least."""
        split = urlsplit(url)
        target = (split.path or "/") + (f"?{split.query}" if split.query else "")
        timestamp_ms = self._clock_ns() // 1_000_000
        headers = {
            "Idempotency-Key": identifier,
            "Dronewall-Mode": str(self.mode),
            "Dronewall-Timestamp": str(timestamp_ms),
            "Dronewall-Signature": request_signature(
                self._key, method=method, target=target, timestamp_ms=timestamp_ms, identifier=identifier, body=body
            ),
        }
        if body:
            headers["Content-Type"] = "application/cap+xml"
        import httpx

        try:
            answer = self._http().request(method, url, content=body or None, headers=headers)
        except httpx.HTTPError as error:
            return self._receipt(identifier, Delivery.FAILED, f"{url} does not answer: {error}"), 0.0
        return self._read(url, identifier, answer)

    def _read(self, url: str, identifier: str, answer: "httpx.Response") -> tuple[Receipt, float | None]:
        status = answer.status_code
        if status == 429 or status >= 500:
            sentence = f"{url} answered {status}"
            return self._receipt(identifier, Delivery.FAILED, sentence, http_status=status), _retry_after_s(answer)
        if status not in (200, 202):
            words = " ".join(answer.text.split())[:200]
            sentence = f"{url} refused with {status}: {words}"
            return self._receipt(identifier, Delivery.REFUSED, sentence, http_status=status), None
        right = answer_signature(self._key, status=status, identifier=identifier, body=answer.content)
        if not same_signature(answer.headers.get("Dronewall-Signature"), right):
            sentence = f"{url} answered {status} without its signature: counts as no answer"
            return self._receipt(identifier, Delivery.FAILED, sentence, http_status=status), 0.0
        return self._signed(url, identifier, answer)

    def _signed(self, url: str, identifier: str, answer: "httpx.Response") -> tuple[Receipt, float | None]:
        status = answer.status_code
        try:
            said = json.loads(answer.content)
            state = Delivery(said["state"])
            agrees = said["identifier"] == identifier and state is not Delivery.REFUSED
        except (ValueError, KeyError, TypeError):
            agrees = False
        location = self._location(url, answer.headers.get("Location"))
        if not agrees or (answer.request.method == "POST" and location is None):
            sentence = f"{url} answered {status} with something else than the protocol says"
            return self._receipt(identifier, Delivery.FAILED, sentence, http_status=status), 0.0
        sentence = str(said.get("reason") or f"{url} says: {state}")
        return (
            self._receipt(identifier, state, sentence, http_status=status, gateway=said, location=location),
            None,
        )

    def _location(self, url: str, given: str | None) -> str | None:
        """Where to ask, or None where the gateway names no place or one on another host."""
        if not given:
            return None
        full = urljoin(url, given)
        here, there = urlsplit(self.url), urlsplit(full)
        return full if (here.scheme, here.netloc) == (there.scheme, there.netloc) else None


def _retry_after_s(answer: "httpx.Response") -> float:
    """The seconds that the gateway asks to wait; 0 where it says nothing usable."""
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else 0.0

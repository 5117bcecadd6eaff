"""The practice gateway: an authority's receiver for demos and tests. It takes exercise keys only and tells nobody.

It speaks the protocol of docs/gateway.md from the other side: a signed POST is accepted, a GET of the place that it
names says "received" once the delivery time has passed. What it took is kept in memory, by identifier, so a second
POST of the same document is the same alert; another document under the same identifier is refused.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import quote

from lxml import etree

from dronewall.errors import Refused
from dronewall.outputs.gateway import (
    LARGEST_BODY,
    TIMESTAMP_SLACK_S,
    Key,
    Mode,
    answer_signature,
    request_signature,
    same_signature,
)
from dronewall.units import nanoseconds, utc_text

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A document that was accepted, and when by the wall clock."""

    identifier: str
    document: bytes
    accepted_s: float


class PracticeGateway:
    """A receiver on loopback; a context manager that serves from entering to leaving.

    Parameters
    ----------
    key : Key
        The shared key; a live one is refused.
    delivery_s : float
        How long the pretended delivery to the cells takes.
    """

    def __init__(
        self, key: Key, *, port: int = 0, delivery_s: float = 2.0, clock: Callable[[], float] = time.time
    ) -> None:
        if key.mode is not Mode.EXERCISE:
            raise Refused("the practice gateway takes exercise keys only; a live key belongs to an authority")
        self._key, self._delivery_s, self._clock = key, delivery_s, clock
        self._taken: dict[str, Taken] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="practice-gateway", daemon=True)

    @property
    def uri(self) -> str:
        """The address for a wall's `[[output]]`."""
        return f"exercise+http://127.0.0.1:{self._server.server_address[1]}/alerts"

    @property
    def taken(self) -> tuple[Taken, ...]:
        """What was accepted, in order."""
        with self._lock:
            return tuple(self._taken.values())

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, Any], str | None]:
        """Status, JSON and, for an accepted alert, where it can be asked for."""
        identifier = headers.get("idempotency-key", "")
        if not identifier:
            return 400, {"reason": "no Idempotency-Key"}, None
        if headers.get("dronewall-mode") != str(self._key.mode):
            return 403, {"reason": f"this gateway takes {self._key.mode} only"}, None
        if not self._signed(method, target, headers, identifier, body):
            return 401, {"reason": "the signature or its time is wrong"}, None
        with self._lock:
            known = self._taken.get(identifier)
            if method == "GET":
                if known is None:
                    return 404, {"reason": "no such alert"}, None
                return 200, self._state(known), None
            place = f"/alerts/{quote(identifier, safe='')}"
            if known is not None:
                if known.document != body:
                    return 409, {"reason": "another document has this identifier"}, None
                return 200, self._state(known), place
            if reason := _unfit(body, identifier):
                return 400, {"reason": reason}, None
            known = Taken(identifier=identifier, document=body, accepted_s=self._clock())
            self._taken[identifier] = known
            return 202, self._state(known), place

    def _state(self, known: Taken) -> dict[str, Any]:
        received_s = known.accepted_s + self._delivery_s
        received = self._clock() >= received_s
        return {
            "identifier": known.identifier,
            "state": "received" if received else "accepted",
            "accepted_at": utc_text(nanoseconds(known.accepted_s)),
            "received_at": utc_text(nanoseconds(received_s)) if received else None,
            "reason": None,
        }

    def _signed(self, method: str, target: str, headers: dict[str, str], identifier: str, body: bytes) -> bool:
        stamp = headers.get("dronewall-timestamp", "")
        if not stamp.isdigit() or abs(int(stamp) / 1_000 - self._clock()) > TIMESTAMP_SLACK_S:
            return False
        right = request_signature(
            self._key, method=method, target=target, timestamp_ms=int(stamp), identifier=identifier, body=body
        )
        return same_signature(headers.get("dronewall-signature"), right)

    def signature(self, status: int, identifier: str, body: bytes) -> str:
        """The `Dronewall-Signature` of an answer."""
        return answer_signature(self._key, status=status, identifier=identifier, body=body)


def _unfit(document: bytes, identifier: str) -> str | None:
    """Why a document is not taken, or None: CAP 1.2 of that identifier with status Exercise is."""
    try:
        root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        return f"not XML: {error}"
    if root.tag != f"{CAP}alert":
        return "not a CAP 1.2 alert"
    if root.findtext(f"{CAP}identifier") != identifier:
        return "the identifier is not the Idempotency-Key"
    if root.findtext(f"{CAP}status") != "Exercise":
        return "the status is not Exercise"
    return None


def _handler(gateway: PracticeGateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "practice-gateway"
        sys_version = ""
        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > LARGEST_BODY:
                self.close_connection = True
                self._give(413, {"reason": f"a document has at most {LARGEST_BODY} bytes"}, None)
                return
            self._serve("POST", self.rfile.read(int(length)))

        def do_GET(self) -> None:
            self._serve("GET", b"")

        def _serve(self, method: str, body: bytes) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._give(*gateway.answer(method, self.path, headers, body))

        def _give(self, status: int, row: dict[str, Any], location: str | None) -> None:
            body = json.dumps(row).encode()
            identifier = self.headers.get("Idempotency-Key", "")
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Dronewall-Signature", gateway.signature(status, identifier, body))
            if location is not None:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the terminal: the event log is where deliveries stand."""

    return Handler

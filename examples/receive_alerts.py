"""A gateway of your own: take the alerts that a wall's operators approve, and say when they were delivered.

    python examples/receive_alerts.py exercise.key 8099

The key file is shared with the wall, which keeps it as `DATA/keys/OUTPUT.key`: one line, `exercise:` and 64 hexadecimal
digits. The wall's output is then

    [[output]]
    id = "my-gateway"
    uri = "exercise+http://127.0.0.1:8099/alerts"
    format = "cap"

The protocol is docs/gateway.md. Here each alert is printed and counts as delivered at once; a real gateway answers
"accepted" until its channel says that the message is on the air.
"""

import json
import sys
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from lxml import etree

from dronewall.outputs.gateway import TIMESTAMP_SLACK_S, Key, answer_signature, request_signature, same_signature

CAP = {"cap": "urn:oasis:names:tc:emergency:cap:1.2"}


def make_server(key: Key, port: int) -> ThreadingHTTPServer:
    """The receiver on loopback; port 0 is any free one."""
    taken: dict[str, tuple[bytes, str]] = {}

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if not self.genuine(body):
                self.answer(401, {"reason": "the signature is wrong"})
                return
            identifier = self.headers["Idempotency-Key"]
            known = identifier in taken
            if known and taken[identifier][0] != body:
                self.answer(409, {"reason": "another document has this identifier"})
                return
            if not known:
                taken[identifier] = (body, datetime.now(UTC).isoformat(timespec="milliseconds"))
                show(body)
            self.answer(200 if known else 202, self.state(identifier), place=f"/alerts/{quote(identifier, safe='')}")

        def do_GET(self) -> None:
            identifier = self.headers.get("Idempotency-Key", "")
            if not self.genuine(b""):
                self.answer(401, {"reason": "the signature is wrong"})
            elif identifier in taken:
                self.answer(200, self.state(identifier))
            else:
                self.answer(404, {"reason": "no such alert"})

        def state(self, identifier: str) -> dict:
            at = taken[identifier][1]
            return {
                "identifier": identifier,
                "state": "received",
                "accepted_at": at,
                "received_at": at,
                "reason": None,
            }

        def genuine(self, body: bytes) -> bool:
            stamp = self.headers.get("Dronewall-Timestamp", "0")
            right = request_signature(
                key,
                method=self.command,
                target=self.path,
                timestamp_ms=int(stamp),
                identifier=self.headers.get("Idempotency-Key", ""),
                body=body,
            )
            recent = abs(time.time() - int(stamp) / 1000) < TIMESTAMP_SLACK_S
            return recent and same_signature(self.headers.get("Dronewall-Signature"), right)

        def answer(self, status: int, said: dict, place: str | None = None) -> None:
            body = json.dumps(said).encode()
            identifier = self.headers.get("Idempotency-Key", "")
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header(
                "Dronewall-Signature", answer_signature(key, status=status, identifier=identifier, body=body)
            )
            if place is not None:
                self.send_header("Location", place)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", port), Receiver)


def show(document: bytes) -> None:
    """Print what people would read."""
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    print(root.findtext("cap:status", namespaces=CAP), root.findtext("cap:msgType", namespaces=CAP), flush=True)
    for info in root.iterfind("cap:info", CAP):
        language, text = info.findtext("cap:language", namespaces=CAP), info.findtext("cap:description", namespaces=CAP)
        print(f"  {language}: {text}", flush=True)


if __name__ == "__main__":
    make_server(Key.read(Path(sys.argv[1])), int(sys.argv[2])).serve_forever()

"""What stands around every answer: security headers, the hosts and origins that may be named, how often an address
may ask, how long a request may be, and the policy of the page.

The policy lets the map's worker start from the page's own files or a blob and compile WebAssembly; everything else
comes from the page's own address, or not at all. Nothing is ever fetched from outside.
"""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dronewall.watch.doors import Doors, Shut

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "child-src 'self' blob:",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
LARGEST_BODY = 64 << 10
LARGEST_POST = 4 << 20
"""What a sensor may post to its feed at once; every other request is short."""
DRAINED = 4
"""So many times the limit is read and thrown away, so that the sender hears why, before the line is cut."""
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """Middleware: refuses what comes too often, hosts that were not named (a rebound name cannot reach the API) and
    other sites' pages; stops reading a body that is too long; adds the headers.

    Parameters
    ----------
    host : str
        Where the service listens. On loopback only loopback names are answered; elsewhere any name is, because the
        machine's own names are not known here and every request carries a token.
    """

    def __init__(self, app: ASGIApp, host: str, doors: Doors) -> None:
        self._app, self._doors = app, doors
        self._only = LOOPBACK_NAMES if is_loopback(host) else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    answer.setdefault(name, value)
                if scope["path"].startswith("/api"):
                    answer.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            self._check(scope)
        except Shut as shut:
            await _refuse(scope, receive, with_headers, shut.status, str(shut), shut.headers)
            return
        await self._app(scope, _bounded(scope, receive), with_headers)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        address = (scope.get("client") or ("",))[0]
        self._doors.knock(address)
        if self._only is not None and _name(headers.get("host", "")) not in self._only:
            self._doors.note("host", "", address, scope["path"])
            raise Shut(421, "this service answers to its loopback address only")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            self._doors.note("origin", "", address, scope["path"])
            raise Shut(403, "another site's page may not ask here")


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """`receive`, until the body is longer than the path allows."""
    if scope["type"] != "http":
        return receive
    most = LARGEST_POST if scope["path"].startswith(("/api/feeds/", "/api/flights")) else LARGEST_BODY
    had = 0

    async def bounded() -> Message:
        nonlocal had
        message = await receive()
        had += len(message.get("body", b""))
        if had > most:
            while message.get("more_body") and had < DRAINED * most:
                message = await receive()
                had += len(message.get("body", b""))
            raise HTTPException(413, f"one request takes {most >> 10} KiB; send it in several")
        return message

    return bounded


async def _refuse(
    scope: Scope, receive: Receive, send: Send, status: int, sentence: str, headers: Mapping[str, str]
) -> None:
    if scope["type"] == "websocket":
        await receive()
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008, "reason": sentence})
            return
    await JSONResponse({"detail": sentence}, status, headers=dict(headers))(scope, receive, send)


def _name(host: str) -> str:
    return host.rsplit(":", 1)[0] if not host.endswith("]") else host

"""The door: every request, WebSocket and message passes `Doors.admit`, which reads the table of `rights`.

What is refused is counted, and said in the event log: at once the first time, then at most once a minute for the same
reason and person, with how often. The address of a stranger goes into the vault; the log holds its digest.

A wrong token is answered ten times, then once every six seconds from that address. A right one from the same address
is never held up by it: a token is 256 random bits, so it is not guesses that are to be slowed down but the noise, and
locking out an address would let anybody behind a shared proxy lock out the operator.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException, Request, WebSocket, WebSocketException
from starlette.requests import HTTPConnection

from dronewall.records.event import Event
from dronewall.vault import Vault
from dronewall.watch.limits import Buckets, Rate
from dronewall.watch.rights import ANSWERS_ANYBODY, TABLE, Refusal, refusal
from dronewall.watch.roles import Person

ADDRESS_RATE = Rate(per_s=400.0, burst=2_000)
TOKEN_RATE = Rate(per_s=100.0, burst=500)
WRONG_RATE = Rate(per_s=1 / 6, burst=10)
MESSAGE_RATE = Rate(per_s=20.0, burst=100)
AUDIT_RATE = Rate(per_s=1.0, burst=60)
SAY_AGAIN_S = 60.0
SOCKETS = 1_000
"""WebSockets at once, of everybody together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What the log is told: why, of whom (empty: nobody known), from where, how often since the last time it was."""

    why: str
    user: str
    address: str
    times: int
    route: str


def refused_event(one: Refused, vault: Vault, now_ns: int) -> Event:
    """It as the log keeps it: a stranger's address as a digest of the vault."""
    payload: dict[str, Any] = {"why": one.why, "times": one.times, "route": one.route}
    if not one.user:
        payload["address"] = vault.put(now_ns, {"kind": "address", "address": one.address})
    return Event(time_ns=now_ns, kind="door.refused", actor=one.user or "system", payload=payload)


class Shut(Exception):
    """Not through this door: the status, the sentence, and after how many seconds to ask again."""

    def __init__(self, status: int, sentence: str, after_s: float = 0.0) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.after_s = status, sentence, after_s

    @property
    def headers(self) -> dict[str, str]:
        """`Retry-After` in whole seconds, where waiting helps."""
        return {"Retry-After": str(max(1, math.ceil(self.after_s)))} if self.after_s > 0 else {}


class Doors:
    """Who is let in, and who was not.

    Parameters
    ----------
    person : callable
        Whose token this is, or None.
    tell : callable
        Told what was refused, for the log.
    """

    def __init__(
        self,
        person: Callable[[str], Person | None],
        tell: Callable[[Refused], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._person, self._tell, self._clock = person, tell, clock
        self._addresses, self._tokens = Buckets(ADDRESS_RATE), Buckets(TOKEN_RATE)
        self._wrong, self._messages, self._audit = Buckets(WRONG_RATE), Buckets(MESSAGE_RATE), Buckets(AUDIT_RATE)
        self._waiting: dict[tuple[str, str, str], tuple[float, int]] = {}
        self._listening: dict[int, tuple[Person, float]] = {}
        self.refused: Counter[str] = Counter()

    def knock(self, address: str) -> None:
        """One more request from an address, whatever it asks.

        Raises
        ------
        Shut
            Too many.
        """
        wait = self._addresses.take(address, self._clock())
        if wait > 0:
            self.note("rate", "", address, "")
            raise Shut(429, f"too many requests from this address; ask again in {_seconds(wait)}", wait)

    def admit(self, route: str, token: str, address: str, asked: Mapping[str, str]) -> Person | None:
        """Who it is; None only where the route answers anybody.

        Raises
        ------
        Shut
            Nobody, unknown, of another role, or too often.
        """
        who = self._person(token) if token else None
        if who is None:
            if route in ANSWERS_ANYBODY:
                return None
            raise self._stranger(route, token, address)
        wait = self._tokens.take(who.key or who.user, self._clock())
        if wait > 0:
            self.note("rate", who.user, address, route)
            raise Shut(429, f"too many requests with the token of {who.user}; ask again in {_seconds(wait)}", wait)
        no = refusal(who, route, asked)
        if no is None:
            return who
        if route in ANSWERS_ANYBODY:
            return None
        raise self._refuse(no, who, address, route)

    def said(self, who: Person, address: str) -> None:
        """One more message on a WebSocket, whatever it says.

        Raises
        ------
        Shut
            Too many.
        """
        if self._messages.take(who.key or who.user, self._clock()) > 0:
            self.note("rate", who.user, address, "GET /ws")
            raise Shut(429, "too many messages on this WebSocket; open it again in a minute", SAY_AGAIN_S)

    def may_say(self, who: Person, kind: str, address: str) -> bool:
        """Whether somebody may say this kind of message on a WebSocket; what is refused is counted."""
        route = f"SAY /ws {kind[:32]}"
        no = refusal(who, route, {})
        if no is not None:
            self.note(no.why, who.user, address, route)
        return no is None

    def note(self, why: str, user: str, address: str, route: str) -> None:
        """Count a refusal, and put it into the log if that is due."""
        self.refused[why] += 1
        if why == "no token":
            return
        # Whoever is known is told apart by what was asked; of strangers only where they are counts.
        known = route if route in TABLE else ""
        key, now = (why, user, known if user else address), self._clock()
        said, times = self._waiting.pop(key, (-math.inf, 0))
        if now - said >= SAY_AGAIN_S and self._audit.take("", now) == 0:
            self._tell(Refused(why=why, user=user, address=address, times=times + 1, route=route))
            said, times = now, -1
        self._waiting[key] = (said, times + 1)
        if len(self._waiting) > 1_000:
            del self._waiting[next(iter(self._waiting))]

    # ------------------------------------------------------------------ who listens

    def enter(self, socket: object, who: Person, address: str) -> None:
        """A WebSocket opens.

        Raises
        ------
        Shut
            There are too many.
        """
        if len(self._listening) >= SOCKETS:
            self.note("rate", who.user, address, "GET /ws")
            raise Shut(503, f"{SOCKETS} pages are open, which is as many as this service takes", SAY_AGAIN_S)
        self._listening[id(socket)] = (who, time.time())

    def leave(self, socket: object) -> None:
        """It is closed."""
        self._listening.pop(id(socket), None)

    def people(self) -> dict[str, Any]:
        """Who listens, and how often what was refused."""
        rows = [
            {"user": who.user, "role": str(who.role), "key": who.key, "since": round(since, 3)}
            for who, since in self._listening.values()
        ]
        return {"listening": rows, "refused": dict(sorted(self.refused.items()))}

    def _stranger(self, route: str, token: str, address: str) -> Shut:
        if not token:
            self.note("no token", "", address, route)
            return Shut(401, "a bearer token is needed; the address that the service printed carries one")
        self.note("unknown token", "", address, route)
        wait = self._wrong.take(address, self._clock())
        if wait > 0:
            return Shut(429, f"too many wrong tokens from this address; ask again in {_seconds(wait)}", wait)
        return Shut(401, "this token is not known here, was taken back or has run out; the service prints new ones")

    def _refuse(self, no: Refusal, who: Person, address: str, route: str) -> Shut:
        self.note(no.why, who.user, address, route)
        return Shut(no.status, no.sentence)


async def door(connection: HTTPConnection) -> None:
    """What stands before every route of the application; `connection.state.who` is who came in.

    Raises
    ------
    HTTPException
        A request that may not pass.
    WebSocketException
        A WebSocket that may not: it is opened and closed at once with 4401 or 4403, so that its page can say why.
    """
    doors: Doors = connection.app.state.doors
    method = "GET" if isinstance(connection, WebSocket) else connection.scope["method"]
    route = f"{method} {connection.scope['route'].path}"
    try:
        connection.state.who = doors.admit(route, bearer(connection), address_of(connection), connection.path_params)
    except Shut as shut:
        if isinstance(connection, WebSocket):
            await connection.accept()
            raise WebSocketException(code=4000 + shut.status, reason=shut.sentence[:120]) from None
        raise HTTPException(shut.status, shut.sentence, shut.headers) from None


def bearer(connection: HTTPConnection) -> str:
    """The token that came along; a WebSocket's in its address, since a browser sets no header for it."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" or not isinstance(connection, WebSocket):
        return token.strip() if scheme.lower() == "bearer" else ""
    return connection.query_params.get("token", "")


def address_of(connection: HTTPConnection) -> str:
    """Where it came from; with a proxy on this machine, what the proxy says."""
    return connection.client.host if connection.client else ""


def anybody(request: Request) -> Person | None:
    """Who asks, where the route answers anybody."""
    who: Person | None = request.state.who
    return who


def somebody(request: Request) -> Person:
    """Who asks; the door let nobody else in."""
    who: Person = request.state.who
    return who


def _seconds(wait_s: float) -> str:
    return f"{max(1, math.ceil(wait_s))} s"

"""Two nations on loopback with real servers and a line that can be cut between them."""

import asyncio
import json
import struct
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import nats

from dronewall.picture.nations.messages import Frame, Part, SharedTrack, encoded
from dronewall.watch.share.certificates import Authority
from dronewall.watch.share.identity import Identity, Partner
from dronewall.watch.share.issuing import issue, make, make_authority
from dronewall.watch.share.line import Ears, Line
from dronewall.watch.share.post import SEALED
from dronewall.watch.share.proxy import Proxy
from dronewall.watch.share.sealing import seal
from dronewall.watch.share.server import Dial, NatsServer, free_port

NOW = datetime.now(UTC)


def track(number: int, *, name: str = "LV-AAAAAAAAAA") -> SharedTrack:
    """A track whose time is a number that tells it apart."""
    return SharedTrack(id=name, time_ns=number, status="confirmed", latitude_deg=56.0, longitude_deg=27.0)


def frame(**changes: object) -> bytes:
    """A frame from LV to LT with one track, unsigned."""
    part = Part(seq=1, sent_ns=1, items=[track(7)])
    whole = Frame(sender="LV", to="LT", run="0" * 16, prev=0, sent_ns=1, exercise=True, parts=[part])
    return encoded(whole.model_copy(update=changes))


class Pair:
    """LV listens, LT dials through the proxy. A context manager on the event loop.

    With `authority` both trust one, in `folder`; otherwise each pins the other's certificate. `later` is how far the
    real time, by which certificates are dated, is ahead; it may be changed while they run.
    """

    def __init__(self, folder: Path, *, ahead_ns: int = 0, authority: bool = False) -> None:
        self.folder, self._ahead_ns, self._authority = folder, ahead_ns, authority
        self.later = timedelta(0)
        self.heard: dict[str, list[int]] = {"LV": [], "LT": []}
        self.told: list[tuple[str, str, dict[str, Any]]] = []
        self.said: dict[str, list[str]] = {"LV": [], "LT": []}
        self.lines: dict[str, Line] = {}
        self.servers: dict[str, NatsServer] = {}

    async def __aenter__(self) -> Self:
        if self._authority and not (self.folder / "authority.crt").exists():
            make_authority(self.folder, NOW)
        for nation in ("LV", "LT"):
            if not (self.folder / f"{nation}.crt").exists():
                if self._authority:
                    issue(nation, self.folder, ["127.0.0.1"], NOW, timedelta(days=100))
                else:
                    make(nation, self.folder, ["127.0.0.1"], NOW)
        port = free_port()
        self.proxy = Proxy(free_port(), port)
        await self.proxy.start()
        dial = Dial(partner="LV", address=f"127.0.0.1:{self.proxy.port}")
        for nation, partner, listen, dials in (
            ("LV", "LT", f"127.0.0.1:{port}", ()),
            ("LT", "LV", None, (dial,)),
        ):
            me, known = self.identity(nation), {partner: self.partner(partner)}
            server = NatsServer(
                self.folder / nation, me, known, listen=listen, dials=dials, said=self.said[nation].append
            )
            await server.start()
            self.servers[nation] = server
        for nation in ("LV", "LT"):
            await self.join(nation)
        return self

    async def join(self, nation: str) -> None:
        """That nation's program begins."""
        partner = "LT" if nation == "LV" else "LV"

        def take(_: str, parts: Sequence[Part]) -> None:
            self.heard[nation] += [item.time_ns for part in parts for item in part.items if item.kind == "track"]

        def tell(kind: str, payload: dict[str, Any]) -> None:
            self.told.append((nation, kind, payload))

        line = Line(
            self.identity(nation),
            self.partner(partner),
            self.servers[nation],
            Ears(take=take, tell=tell),
            clock=lambda: time.time_ns() + (self._ahead_ns if nation == "LV" else 0),
            exercise=True,
            today=lambda: NOW + self.later,
        )
        await line.start()
        self.lines[nation] = line

    async def __aexit__(self, *_: object) -> None:
        for line in self.lines.values():
            await line.stop()
        for server in self.servers.values():
            await server.stop()
        await self.proxy.stop()

    def identity(self, nation: str) -> Identity:
        return Identity.read(self.folder / f"{nation}.crt", self.folder / f"{nation}.key", nation)

    def partner(self, nation: str) -> Partner:
        if self._authority:
            revoked = self.folder / "authority.crl"
            list_there = revoked if revoked.exists() else None
            return Partner.vouched(Authority.read(self.folder / "authority.crt", list_there), nation)
        return Partner.read(self.folder / f"{nation}.crt", nation)

    def kinds(self, nation: str) -> list[str]:
        """What that nation's log was told."""
        return [kind for who, kind, _ in self.told if who == nation]

    async def sent(self, data: bytes, shown: bytes = b"") -> dict[str, object]:
        """What LT answers to bytes that come in on its line from LV, sealed for it, with that certificate."""
        letter = struct.pack(">H", len(shown)) + shown + data
        sealed, answers = seal(letter, self.lines["LT"].post.public, "to.LT.from.LV")
        answer = await self.asked(sealed)
        assert answer[:1] == SEALED
        found: dict[str, object] = json.loads(answers.open(answer[1:]) or b"")
        return found

    async def asked(self, data: bytes, what: str = "frame") -> bytes:
        """What comes back when somebody on the line from LV to LT says that."""
        client = await nats.connect(self.servers["LV"].url, **self.servers["LV"].credentials("LT"))
        answer = await client.request(f"to.LT.from.LV.{what}", data, timeout=60.0)
        await client.close()
        return bytes(answer.data)

    async def until(self, what: Callable[[], bool], seconds: float = 180.0) -> None:
        """Wait for something, and fail if it does not come."""
        ends = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < ends, "it did not happen"
            await asyncio.sleep(0.02)

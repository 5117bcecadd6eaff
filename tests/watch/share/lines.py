"""Two nations on loopback with real servers and a line that can be cut between them."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from dronewall.picture.nations.messages import Part, SharedTrack
from dronewall.watch.share.identity import Identity, Partner, make
from dronewall.watch.share.line import Ears, Line
from dronewall.watch.share.proxy import Proxy
from dronewall.watch.share.server import Dial, NatsServer, free_port

NOW = datetime.now(UTC)


def track(number: int, *, name: str = "LV-AAAAAAAAAA") -> SharedTrack:
    """A track whose time is a number that tells it apart."""
    return SharedTrack(id=name, time_ns=number, status="confirmed", latitude_deg=56.0, longitude_deg=27.0)


class Pair:
    """LV listens, LT dials through the proxy. A context manager on the event loop."""

    def __init__(self, folder: Path, *, ahead_ns: int = 0) -> None:
        self.folder, self._ahead_ns = folder, ahead_ns
        self.heard: dict[str, list[int]] = {"LV": [], "LT": []}
        self.told: list[tuple[str, str, dict[str, Any]]] = []
        self.said: list[str] = []
        self.lines: dict[str, Line] = {}
        self.servers: dict[str, NatsServer] = {}

    async def __aenter__(self) -> Self:
        for nation in ("LV", "LT"):
            if not (self.folder / f"{nation}.crt").exists():
                make(nation, self.folder, ["127.0.0.1"], NOW)
        port = free_port()
        self.proxy = Proxy(free_port(), port)
        await self.proxy.start()
        dial = Dial(partner="LV", address=f"127.0.0.1:{self.proxy.port}")
        for nation, partner, listen, dials in (
            ("LV", "LT", f"127.0.0.1:{port}", ()),
            ("LT", "LV", None, (dial,)),
        ):
            known = {partner: self.partner(partner)}
            server = NatsServer(
                self.folder / nation, self.identity(nation), known, listen=listen, dials=dials, said=self.said.append
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
        return Identity.read(self.folder / f"{nation}.crt", self.folder / f"{nation}.key", nation, NOW)

    def partner(self, nation: str) -> Partner:
        return Partner.read(self.folder / f"{nation}.crt", nation, NOW)

    def kinds(self, nation: str) -> list[str]:
        """What that nation's log was told."""
        return [kind for who, kind, _ in self.told if who == nation]

    async def until(self, what: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait for something, and fail if it does not come."""
        ends = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < ends, "it did not happen"
            await asyncio.sleep(0.02)

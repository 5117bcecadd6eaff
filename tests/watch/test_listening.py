"""Viewers do not wait for one another: one that reads nothing is dropped, the others hear every picture and event."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import WebSocket
from websockets.sync.client import ClientConnection, connect

from dronewall.watch import listening
from dronewall.watch.doors import Doors
from dronewall.watch.hub import Hub, Listener
from dronewall.watch.roles import Person, Role, Tokens
from dronewall.watch.station import Station
from dronewall.watch.wallview import wall_view
from tests.watch.small import night
from tests.watch.test_app import serving

PICTURE = json.dumps({"type": "picture", "tracks": ["x" * 100] * 5_000})


class Hall:
    """A station without a desk, and viewers in front of it."""

    def __init__(self, station: Station, address: str) -> None:
        self.station, self.address = station, address

    def path(self) -> str:
        return f"/ws?token={self.station.tokens.issue('anna', Role.VIEWER, now_ns=time.time_ns())}"

    def viewer(self) -> ClientConnection:
        return connect(
            f"{self.address.replace('http', 'ws')}{self.path()}", proxy=None, open_timeout=120.0, close_timeout=1.0
        )

    def sleeper(self) -> socket.socket:
        """A WebSocket that is opened and never read from."""
        host, port = self.address.removeprefix("http://").split(":")
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        line.connect((host, int(port)))
        line.sendall(
            f"GET {self.path()} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        return line


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    monkeypatch.setattr(listening, "UNREAD_S", 3.0)
    tokens = Tokens(tmp_path / "tokens.json", now_ns=time.time_ns())
    station = Station(wall_view=wall_view(night().wall), exercise=True, hub=Hub(), tokens=tokens)
    with serving(station) as address:
        yield Hall(station, address)


def listening_now(hall: Hall, number: int, seconds: float = 180.0) -> None:
    """Wait until so many listen, while pictures go out."""
    ends = time.monotonic() + seconds
    while hall.station.hub.listening != number:
        hall.station.hub.picture(PICTURE)
        assert time.monotonic() < ends, f"{hall.station.hub.listening} listen, not {number}"
        time.sleep(0.05)


def test_a_viewer_that_does_not_read_is_dropped_and_another_hears_every_event(hall: Hall) -> None:
    heard: list[int] = []

    def hear(viewer: ClientConnection) -> None:
        while len(heard) < 100:
            said = json.loads(viewer.recv(timeout=180.0))
            if said["type"] == "event":
                heard.append(said["seq"])

    with hall.viewer() as viewer, hall.sleeper():
        reader = threading.Thread(target=hear, args=(viewer,), daemon=True)
        reader.start()
        listening_now(hall, 2)
        for number in range(100):
            hall.station.hub.picture(PICTURE)
            hall.station.hub.event(json.dumps({"type": "event", "seq": number}))
        reader.join(timeout=180.0)
        listening_now(hall, 1)
    assert heard == list(range(100))


def test_a_page_is_closed_when_its_token_is_taken_back_although_nothing_is_said(hall: Hall) -> None:
    with hall.viewer() as viewer:
        viewer.recv(timeout=120.0)
        listening_now(hall, 1)
        hall.station.tokens.revoke("anna")
        listening_now(hall, 0)


class QuickPage:
    """The side of a WebSocket that a route sees; its page reads at once and says nothing."""

    def __init__(self, token: str, who: Person) -> None:
        self.headers, self.query_params, self.client = {"authorization": f"Bearer {token}"}, {}, None
        self.state = SimpleNamespace(who=who)
        self.closed: int | None = None

    async def receive_text(self) -> str:
        return await asyncio.Future()

    async def send_text(self, text: str) -> None:
        await asyncio.sleep(0)

    async def close(self, code: int, reason: str) -> None:
        self.closed = code


def test_pages_that_are_sent_something_at_every_moment_are_closed_too(hall: Hall, monkeypatch: Any) -> None:
    """The task that sends ends wherever its cancelling finds it."""

    async def always(_: Listener) -> str:
        return PICTURE

    monkeypatch.setattr(Listener, "next", always)
    monkeypatch.setattr(listening, "TOKEN_EVERY_S", 0.01)
    tokens = hall.station.tokens
    token = tokens.issue("anna", Role.VIEWER, now_ns=time.time_ns())
    who = tokens.person(token, now_ns=time.time_ns())
    assert who is not None
    pages = [QuickPage(token, who) for _ in range(40)]
    doors = Doors(hall.station.person, lambda one: None)

    async def all_of_them() -> None:
        async with asyncio.timeout(60.0):
            sessions = [
                asyncio.create_task(listening.listen_to(cast(WebSocket, page), hall.station, doors)) for page in pages
            ]
            await asyncio.sleep(0.05)
            tokens.revoke("anna")
            await asyncio.gather(*sessions)

    asyncio.run(all_of_them())
    assert [page.closed for page in pages] == [4401] * len(pages)

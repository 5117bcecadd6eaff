"""One WebSocket: what its page hears and may say, and when it is shut.

A page that does not read is closed after `UNREAD_S`, so that it holds nothing for longer; the others never wait for
it, since each has a queue of its own. A token that ran out or was taken back closes its pages within `TOKEN_EVERY_S`.
"""

import asyncio
import json
import time
from contextlib import suppress

from fastapi import WebSocket, WebSocketDisconnect

from dronewall.watch.doors import Doors, Shut, address_of, bearer
from dronewall.watch.hub import Listener
from dronewall.watch.roles import Person
from dronewall.watch.station import HELLO, Station

TOKEN_EVERY_S = 2.0
UNREAD_S = 10.0


class _Over(Exception):
    """The WebSocket is to be closed with this code and sentence."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


async def listen_to(socket: WebSocket, station: Station, doors: Doors) -> None:
    """Serve an accepted WebSocket until either side ends it."""
    who: Person = socket.state.who
    try:
        doors.enter(socket, who, address_of(socket))
    except Shut as shut:
        await socket.close(1013, str(shut)[:120])
        return
    listener = station.hub.join()
    parts = (_hear(socket, station, doors, who), _say(socket, station, who, listener), _still_known(socket, station))
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        over = next((error for task in done if isinstance(error := task.exception(), _Over)), None)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if over is not None:
            with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
                async with asyncio.timeout(UNREAD_S):
                    await socket.close(over.code, str(over)[:120])
    finally:
        station.hub.leave(listener)
        doors.leave(socket)


async def _hear(socket: WebSocket, station: Station, doors: Doors, who: Person) -> None:
    """What the page says. What is no message is passed over; what it may not say is refused and counted."""
    while True:
        message = await socket.receive_text()
        try:
            doors.said(who, address_of(socket))
        except Shut as shut:
            raise _Over(1008, str(shut)) from None
        with suppress(ValueError, TypeError, KeyError, RecursionError):
            said = json.loads(message)
            if doors.may_say(who, str(said["type"]), address_of(socket)) and said["type"] == "shown":
                station.shown([str(alert) for alert in said["alerts"]][:200], who)


async def _say(socket: WebSocket, station: Station, who: Person, listener: Listener) -> None:
    """Hello, then what the hub has."""
    text = HELLO
    try:
        while not listener.lost:
            said = station.hello(who, time.time()) if text == HELLO else text
            async with asyncio.timeout(UNREAD_S):  # `wait_for` of Python 3.11 can lose the cancelling of this task
                await socket.send_text(said)
            text = await listener.next()
    except TimeoutError:
        raise _Over(1013, f"nothing was read for {UNREAD_S:.0f} s; ask /api/events for the rest") from None
    raise _Over(1013, "fell behind; ask /api/events for the rest")


async def _still_known(socket: WebSocket, station: Station) -> None:
    """Ask now and then whether the token still holds."""
    token = bearer(socket)
    while station.person(token) is not None:
        await asyncio.sleep(TOKEN_EVERY_S)
    raise _Over(4401, "the token has run out, or was taken back")

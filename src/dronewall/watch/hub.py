"""The hub: who is listening, and what each has yet to be sent.

Of pictures only the newest matters, so a slow listener skips some; of events none is skipped: a listener that falls
so far behind that its queue is full is closed with a reason, and asks `/api/events?after=` for the rest when it comes
back.
"""

import asyncio
from collections import deque
from collections.abc import Callable

QUEUE = 2_000


class Listener:
    """One WebSocket's queue. `next` waits for what is to be sent."""

    def __init__(self) -> None:
        self._events: deque[str] = deque()
        self._pictures: dict[str, str] = {}
        self._some = asyncio.Event()
        self.lost = False

    def put_picture(self, text: str, kind: str = "picture") -> None:
        """The newest picture of its kind, in place of one not yet sent."""
        self._pictures[kind] = text
        self._some.set()

    def put_event(self, text: str) -> None:
        """One more message that must not be skipped."""
        if len(self._events) >= QUEUE:
            self.lost = True
        else:
            self._events.append(text)
        self._some.set()

    async def next(self) -> str:
        """The next message, events first."""
        while True:
            if self._events:
                return self._events.popleft()
            if self._pictures:
                return self._pictures.pop(next(iter(self._pictures)))
            self._some.clear()
            await self._some.wait()


class Hub:
    """Takes messages from the engine's thread and hands them to every listener on the event loop."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Messages go out on this loop from now on."""
        self._loop = loop

    def stop(self) -> None:
        """Nothing goes out any more."""
        self._loop = None

    @property
    def listening(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def join(self) -> Listener:
        """A new listener."""
        listener = Listener()
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """It is gone."""
        self._listeners.discard(listener)

    def picture(self, text: str, kind: str = "picture") -> None:
        """From any thread: the newest picture of its kind."""
        self._each(lambda listener: listener.put_picture(text, kind))

    def event(self, text: str) -> None:
        """From any thread: a message that no listener may miss."""
        self._each(lambda listener: listener.put_event(text))

    def _each(self, put: Callable[[Listener], None]) -> None:
        loop = self._loop
        if loop is None or loop.is_closed():
            return

        def everyone() -> None:
            for listener in list(self._listeners):
                put(listener)

        try:
            loop.call_soon_threadsafe(everyone)
        except RuntimeError:  # the loop closed between the look and the call: nobody is listening any more
            self._loop = None

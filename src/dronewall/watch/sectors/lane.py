"""One sector's way over the bus: what its worker is told goes out numbered and stored, what it answers comes in.

Every message lies in the sector's stream (JetStream, file) until a saved state holds what it did, so whoever takes the
sector over does all of it again that the dead worker had not saved. A number is taken once however often it comes, and
an answer counts once whoever gives it.
"""

import asyncio
import contextlib
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nats.errors
import numpy as np
from nats.js import JetStreamContext
from nats.js.api import StorageType, StreamConfig
from nats.js.errors import NotFoundError

from dronewall.errors import Unavailable
from dronewall.records.framed import framed

STORED_S: Final = 5.0
MOST_FAILURES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a worker is told to do: go on with a sector from a saved state, from the message after `after` on.

    Asks before `answer_from` have been answered.
    """

    at: int
    epoch: int
    state: str | None
    after: int
    answer_from: int


class Lane:
    """One sector, on the crew's event loop.

    `last` is the number of its newest message, `done` the newest that a worker has worked out, `saved` the newest that
    `state` holds.
    """

    def __init__(self, at: int, js: JetStreamContext) -> None:
        self.at, self.epoch = at, 0
        self._js = js
        self.last = self.done = self.saved = 0
        self.state: Path | None = None
        self.waiting: dict[int, Future[bytes]] = {}
        self.takeovers = self.failures = 0
        self.tracks: int | None = None
        self.failed: str | None = None
        self.lost_s: float | None = None
        self.lost_at = 0
        self._lost_done = -1
        self._queue: deque[tuple[int, bytes]] = deque()
        self._some = asyncio.Event()
        self._seq_of: dict[int, int] = {}

    @property
    def stream(self) -> str:
        """Its stream."""
        return f"SECTOR_{self.at}"

    @property
    def subject(self) -> str:
        """Where its messages go."""
        return subject(self.at, self.epoch)

    @property
    def task(self) -> Task:
        """What a worker that takes it (over) is told."""
        state = None if self.state is None else str(self.state)
        first = min(self.waiting, default=self.last + 1)
        return Task(at=self.at, epoch=self.epoch, state=state, after=self.saved, answer_from=first)

    async def begin(self, epoch: int, state: Path | None) -> None:
        """Start anew from a state: what waited is dropped, the stream is empty."""
        for future in self.waiting.values():
            future.cancel()
        self.waiting.clear()
        self._queue.clear()
        self._seq_of.clear()
        self.epoch, self.state = epoch, state
        self.last = self.done = self.saved = self.failures = 0
        self.lost_s, self._lost_done, self.failed = None, -1, None
        with contextlib.suppress(NotFoundError):
            await self._js.delete_stream(self.stream)
        config = StreamConfig(
            name=self.stream, subjects=[self.subject], storage=StorageType.FILE, duplicate_window=120.0
        )
        await self._js.add_stream(config)

    def put(self, scans: bytes | None, ask: dict[str, Any] | None, answer: "Future[bytes] | None") -> None:
        """The next message: looks, or a question, or both."""
        if self.failed is not None:
            if answer is not None:
                answer.set_exception(Unavailable(self.failed))
            return
        self.last += 1
        arrays = {} if scans is None else {"scans": np.frombuffer(scans, np.uint8)}
        self._queue.append((self.last, framed({"n": self.last, "ask": ask}, arrays)))
        if answer is not None:
            self.waiting[self.last] = answer
        self._some.set()

    async def keep(self) -> None:
        """Store what was put, one after the other, until the server says that it is stored."""
        while True:
            while not self._queue:
                self._some.clear()
                await self._some.wait()
            epoch, (number, body) = self.epoch, self._queue[0]
            try:
                stored = await self._js.publish(
                    self.subject, body, timeout=STORED_S, headers={"Nats-Msg-Id": f"{epoch}-{number}"}
                )
            except (nats.errors.Error, TimeoutError, OSError):
                await asyncio.sleep(0.1)
                continue
            if epoch == self.epoch:
                self._queue.popleft()
                self._seq_of[number] = stored.seq

    def answered(self, epoch: int, number: int, body: bytes, failure: str | None) -> None:
        """A worker's answer; one that was answered before is passed over."""
        answer = self.waiting.pop(number, None) if epoch == self.epoch else None
        if answer is None or answer.cancelled():
            return
        if failure is None:
            answer.set_result(body)
        else:
            answer.set_exception(Unavailable(failure))

    async def keeps(self, number: int, state: Path) -> None:
        """A state was saved: the messages that it holds are needed no longer."""
        if number <= self.saved:
            return
        former, self.saved, self.state = self.state, number, state
        if former is not None and former != state:
            former.unlink(missing_ok=True)
        seq = self._seq_of.get(number)
        self._seq_of = {n: s for n, s in self._seq_of.items() if n > number}
        if seq is not None:
            with contextlib.suppress(nats.errors.Error, TimeoutError):
                await self._js.purge_stream(self.stream, seq=seq + 1)

    def lost(self) -> bool:
        """Its worker is gone; whether another should try."""
        self.failures = self.failures + 1 if self.done == self._lost_done and self.done < self.last else 1
        self._lost_done = self.done
        self.lost_s, self.lost_at = time.monotonic(), self.last
        return self.failures < MOST_FAILURES

    def give_up(self, why: str) -> None:
        """Nobody can do it."""
        self.failed = why
        for answer in self.waiting.values():
            if not answer.cancelled():
                answer.set_exception(Unavailable(why))
        self.waiting.clear()


def subject(at: int, epoch: int) -> str:
    """Where a sector's messages go."""
    return f"sector.{at}.{epoch}"

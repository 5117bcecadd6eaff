"""One worker, without a process: what it was told before must not go on beside what it is told now."""

import asyncio
from pathlib import Path
from typing import Any

from dronewall.watch.sectors.lane import Task
from dronewall.watch.sectors.worker import Worker

TASK = Task(at=0, epoch=1, state=None, after=0, answer_from=0)


class Deaf:
    """A stream whose fetch loses a cancelling, as nats-py's may when a message comes at that moment."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    def jetstream(self) -> "Deaf":
        return self

    async def pull_subscribe(self, *_: Any, **__: Any) -> "Deaf":
        return self

    async def consumer_info(self) -> None:
        """It knows itself."""

    async def fetch(self, *_: Any, **__: Any) -> list[Any]:
        self.asked.set()
        try:
            await asyncio.sleep(3_600.0)
        except asyncio.CancelledError:
            return [None]
        return []


def test_a_cancelling_that_is_lost_ends_a_task_all_the_same(tmp_path: Path) -> None:
    async def told_anew() -> list[bytes]:
        worker, stream, taken = Worker({"states": tmp_path, "registration": True}), Deaf(), []
        worker._client = stream  # type: ignore[assignment]

        async def read() -> None:
            async for body in worker._messages(TASK):
                taken.append(body)

        before = worker._work = asyncio.create_task(read())
        await stream.asked.wait()
        before.cancel()
        worker._work = asyncio.create_task(asyncio.sleep(0.0))
        async with asyncio.timeout(60.0):
            await before
        return taken

    assert asyncio.run(told_anew()) == []

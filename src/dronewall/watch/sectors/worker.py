"""One worker: a process that tracks one stretch of a border, told over the bus what was seen and asked what there is.

    python -m dronewall.watch.sectors.worker < (one line of JSON, then nothing until the worker shall end)

The watch starts it. It ends when its standard input does, so none outlives the watch, however that ends.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import nats
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import Error as StreamError

from dronewall.errors import DronewallError
from dronewall.records.framed import framed, unframed
from dronewall.records.packing import unpacked
from dronewall.records.wall import Wall
from dronewall.records.weather import Weather
from dronewall.settings import check
from dronewall.tracking.settings import TrackerSettings
from dronewall.tracking.stretch import Stretch
from dronewall.tracking.stretches import Stretches
from dronewall.watch.prepare import Standing, standing
from dronewall.watch.sectors.lane import Task, subject
from dronewall.watch.sectors.practice import practice

BEAT_S: Final = 0.5
FETCH_S: Final = 2.0
BATCH: Final = 16
SAVE_BUSY_S: Final = 3.0
SAVE_S: Final = 30.0


class Worker:
    """What one process does.

    Parameters
    ----------
    told : mapping
        The line of JSON: `id`, `url`, `user`, `password`, `wall`, `file`, `count`, `weather`, `registration`, and the
        folders `states` and `bus`.
    """

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told = told
        self._states = Path(told["states"])
        self._settings = TrackerSettings()
        if not told["registration"]:
            self._settings = replace(self._settings, registration=None)
        self._ready = asyncio.Event()
        self._beat: dict[str, Any] = {"ready": False, "at": None, "epoch": 0, "done": 0, "saved": 0, "tracks": None}
        self._work: asyncio.Task[None] | None = None
        self._saved_s = 0.0
        self._busy_s = 0.0

    async def live(self) -> None:
        """Until the process ends."""
        told = self._told
        self._client: Client = await nats.connect(
            told["url"],
            user=told["user"],
            password=told["password"],
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.2,
            error_cb=_quiet,
        )
        await self._client.subscribe(f"task.{told['id']}", cb=self._tasked)
        beating = asyncio.create_task(self._beating())
        self._ground = await asyncio.to_thread(self._stand)
        self._stretches = Stretches.of(self._ground.sensors, told["count"])
        self._beat["ready"] = True
        self._ready.set()
        await beating

    def _stand(self) -> Standing:
        """The wall's sensors on its ground, and the compiled code loaded, so that the first look finds it."""
        ground = standing(check(Wall, self._told["wall"], self._told["file"]), Path(self._told["file"]))
        stretches = Stretches.of(ground.sensors, 1)
        stretch = Stretch(stretches, 0, ground.sensors, settings=self._settings, terrain=ground.terrain)
        for scan in practice(ground.sensors):
            stretch.take([scan])
            stretch.answer(scan.time_ns)
        return ground

    async def _beating(self) -> None:
        while True:
            with contextlib.suppress(nats.errors.Error):
                await self._client.publish(f"beat.{self._told['id']}", json.dumps(self._beat).encode())
            await asyncio.sleep(BEAT_S)

    async def _tasked(self, msg: Msg) -> None:
        """A new task ends the one before; the same one again is what it does already."""
        task = Task(**json.loads(msg.data))
        if (self._beat["at"], self._beat["epoch"]) != (task.at, task.epoch):
            if self._work is not None:
                self._work.cancel()
            self._beat |= {"at": task.at, "epoch": task.epoch, "done": task.after, "saved": 0, "tracks": None}
            self._work = asyncio.create_task(self._do(task))
            self._work.add_done_callback(_raise)
        await msg.respond(b"ok")

    async def _do(self, task: Task) -> None:
        await self._ready.wait()
        stretch = await asyncio.to_thread(self._begun, task)
        self._saved_s, self._busy_s = time.monotonic(), 0.0
        done = task.after
        async for body in self._messages(task):
            head, arrays = unframed(body)
            number = int(head["n"])
            if number <= done:
                continue
            if number != done + 1:
                raise RuntimeError(f"message {number} of sector {task.at} came after {done}")
            ask = head["ask"] if number >= task.answer_from else None
            began = time.monotonic()
            scans = arrays["scans"].tobytes() if "scans" in arrays else None
            try:
                answer = await asyncio.to_thread(self._step, task, stretch, number, scans, ask)
                failure = None
            except DronewallError as error:
                answer, failure = b"", str(error)
            except Exception as error:
                answer, failure = b"", f"sector {task.at + 1} cannot go on: {type(error).__name__}: {error}"
            done = number
            self._busy_s += time.monotonic() - began
            if answer is not None:
                headers = {"epoch": str(task.epoch), "n": str(number)}
                if failure is not None:
                    headers["failed"] = failure.replace("\n", " ")[:500]
                await self._client.publish(f"answer.{task.at}", answer, headers=headers)
            self._beat["done"] = done
            if self._busy_s > SAVE_BUSY_S or time.monotonic() - self._saved_s > SAVE_S:
                await asyncio.to_thread(self._keep, task, stretch, number)

    def _begun(self, task: Task) -> Stretch:
        ground = self._ground
        return Stretch(
            self._stretches,
            task.at,
            ground.sensors,
            weather=Weather(**self._told["weather"] | {"aloft": tuple(map(tuple, self._told["weather"]["aloft"]))}),
            settings=self._settings,
            terrain=ground.terrain,
            saved=None if task.state is None else Path(task.state).read_bytes(),
        )

    def _step(
        self, task: Task, stretch: Stretch, number: int, scans: bytes | None, ask: Mapping[str, Any] | None
    ) -> bytes | None:
        """Take one message; the answer, where it asks."""
        if scans is not None:
            stretch.take(unpacked(scans))
            self._beat["tracks"] = stretch.settle()
        if ask is None:
            return None
        if ask["what"] == "picture":
            return stretch.answer(ask["time_ns"]).to_bytes()
        if ask["what"] == "evidence":
            return framed({"rows": [asdict(row) for row in stretch.evidence(ask["track"], ask["last"])]})
        return str(self._keep(task, stretch, number)).encode()

    def _keep(self, task: Task, stretch: Stretch, number: int) -> Path:
        """Save the state, whole and on the disk, before anybody is told of it."""
        file = self._states / f"sector-{task.at}-{task.epoch}-{number}.state"
        beside = file.with_name(f"{file.name}.{os.getpid()}")
        with beside.open("wb") as out:
            out.write(stretch.save())
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
        self._saved_s, self._busy_s = time.monotonic(), 0.0
        if (self._beat["at"], self._beat["epoch"]) == (task.at, task.epoch):
            self._beat["saved"] = number
        return file

    def _mine(self) -> bool:
        """Whether the task that asks is the newest: `fetch` of nats-py can lose a cancelling (as `wait_for` does)."""
        return self._work is asyncio.current_task()

    async def _messages(self, task: Task) -> Any:
        """All messages of a sector, from the first that its stream still has; after a break from there again."""
        js, stream, seq = self._client.jetstream(), f"SECTOR_{task.at}", 0
        while self._mine():
            try:
                config = ConsumerConfig(
                    deliver_policy=DeliverPolicy.BY_START_SEQUENCE if seq else DeliverPolicy.ALL,
                    opt_start_seq=seq + 1 if seq else None,
                    ack_policy=AckPolicy.NONE,
                    inactive_threshold=30.0,
                )
                puller = await js.pull_subscribe(subject(task.at, task.epoch), stream=stream, config=config)
                while self._mine():
                    try:
                        found = await puller.fetch(BATCH, timeout=FETCH_S)
                    except TimeoutError:
                        await puller.consumer_info()  # raises where a restarted server knows nothing of it
                        continue
                    for msg in found:
                        if not self._mine():
                            return
                        seq = msg.metadata.sequence.stream
                        yield msg.data
            except (nats.errors.Error, StreamError, OSError):
                await asyncio.sleep(0.1)


async def _quiet(_: Exception) -> None:
    """A lost connection is made again; what is missing is seen from the numbers."""


def _raise(task: "asyncio.Task[None]") -> None:
    """A task that fails ends the process: another worker takes over, and the watch says why."""
    if not task.cancelled() and task.exception() is not None:
        print(f"{type(task.exception()).__name__}: {task.exception()}", file=sys.stderr, flush=True)
        os._exit(1)


def _end_with_input(bus: Path) -> None:
    """The watch is gone, and did not end us: what it would have ended goes too."""
    while os.read(0, 4096):
        pass
    with contextlib.suppress(OSError, ValueError):
        server = int((bus / "nats.pid").read_text())
        if str(bus / "nats.conf").encode() in Path(f"/proc/{server}/cmdline").read_bytes():
            os.kill(server, signal.SIGTERM)
    os._exit(0)


def main() -> None:
    """Read what to do, then do it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal; the watch ends its workers itself
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, 65_536) or sys.exit(1)
    told = json.loads(line)
    threading.Thread(target=_end_with_input, args=(Path(told["bus"]),), name="input", daemon=True).start()
    try:
        asyncio.run(Worker(told).live())
    except DronewallError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

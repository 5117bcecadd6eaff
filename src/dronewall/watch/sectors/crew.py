"""The crew: a process for each stretch of the border and one that stands by, watched over, taken over when one dies.

A worker that ends is seen at once, one that hangs by its missed beats; it is killed then, so no two ever do the same.
The one that stands by goes on from the last saved state with every message since, under the same numbers: what it
answers is what the dead one would have answered. Whoever asked waits meanwhile, and sees no hole in the picture.
"""

import asyncio
import atexit
import contextlib
import json
import logging
import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import nats
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from dronewall.errors import Unavailable
from dronewall.records.wall import Wall
from dronewall.records.weather import Weather
from dronewall.sensors.sensor import Sensor
from dronewall.tracking.stretches import Stretches
from dronewall.watch.sectors.lane import Lane
from dronewall.watch.share.server import NatsServer

DOWN_AFTER_S: Final = 3.0
LOOK_S: Final = 0.1
START_S: Final = 600.0
MESSAGE_BYTES: Final = 32 * 1024**2
MOST_BAD_STARTS: Final = 5

Tell = Callable[[str, Mapping[str, Any]], None]
Say = Callable[[str, int, int], None]


@dataclass(slots=True, kw_only=True)
class Hand:
    """One process. `beat_s` is when it was last heard; `at` the sector that it has, None while it stands by."""

    id: str
    process: asyncio.subprocess.Process
    started_s: float
    beat_s: float
    ready: bool = False
    at: int | None = None
    epoch: int = 0
    words: str = ""
    reading: "asyncio.Task[None] | None" = None


class Crew:
    """Starts, feeds and watches the workers.

    Parameters
    ----------
    wall : Wall
        Of which the workers need the sensors and the ground.
    file : Path
        The wall file, which the terrain's path is relative to.
    sensors : mapping
        The wall's sensors, as built here.
    count : int
        How many stretches; there may be fewer where there are few sensors.
    folder : Path
        For the server's files and the saved states; emptied first.
    registration : bool
        Whether each worker learns the biases of its radars.
    tell : callable
        Takes what belongs into the log: kind and payload, from the crew's thread.

    Raises
    ------
    BadInput
        The count is not 1 or more.
    Unavailable
        nats-server is not installed.
    """

    def __init__(
        self,
        wall: Wall,
        file: Path,
        sensors: Mapping[str, Sensor],
        count: int,
        *,
        folder: Path,
        weather: Weather | None = None,
        registration: bool = True,
        tell: Tell = lambda kind, payload: None,
    ) -> None:
        self.stretches = Stretches.of(sensors, count)
        self.takes = [frozenset(self.stretches.takes(at, sensors)) for at in range(len(self.stretches))]
        self._folder, self._tell = folder.resolve(), tell
        self._states = self._folder / "states"
        self._server = NatsServer(self._folder / "nats", None, {}, said=lambda line: None, message_bytes=MESSAGE_BYTES)
        wanted = wall.model_dump(mode="json", exclude_unset=True, include={"schema_version", "wall", "sensor"})
        self._told = {
            "wall": wanted,
            "file": str(file.resolve()),
            "count": count,
            "weather": asdict(weather or Weather()),
            "registration": registration,
            "states": str(self._states),
            "bus": str(self._folder / "nats"),
        }
        self._lanes: list[Lane] = []
        self._hands: dict[str, Hand] = {}
        self._count = self._epoch = self._bad_starts = 0
        self._last_words = "they take too long"
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=self._live, name="sectors", daemon=True)
        self._started: Future[None] = Future()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __len__(self) -> int:
        return len(self.stretches)

    # ------------------------------------------------------------------ from other threads

    def start(self, say: Say = lambda step, done, total: None) -> None:
        """Start the server and the workers; back when each sector could have one.

        Raises
        ------
        Unavailable
            They do not start.
        """
        shutil.rmtree(self._states, ignore_errors=True)
        self._states.mkdir(mode=0o700, parents=True)
        self._loop = asyncio.new_event_loop()
        self._thread.start()
        atexit.register(self.stop)
        self._started.result(START_S)
        ends = time.monotonic() + START_S
        while (ready := sum(hand.ready for hand in list(self._hands.values()))) < len(self):
            say("starting sector workers", ready, len(self))
            if self._bad_starts >= MOST_BAD_STARTS or time.monotonic() > ends:
                raise Unavailable(f"the sectors' workers do not start: {self._last_words}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End all of it."""
        loop = self._loop
        if loop is None:
            return
        atexit.unregister(self.stop)
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(self._over.set)
        self._thread.join(timeout=30.0)

    def begin(self, states: Sequence[bytes | None]) -> int:
        """Every sector starts anew from a state (None: nothing seen yet); the number of this beginning."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(self._begin(states), self._loop).result(START_S)

    def put(self, at: int, scans: bytes | None, ask: dict[str, Any] | None = None) -> "Future[bytes] | None":
        """Tell a sector's worker what was seen, and ask it something; the answer comes as a future."""
        assert self._loop is not None
        answer: Future[bytes] | None = None if ask is None else Future()
        self._loop.call_soon_threadsafe(self._lanes[at].put, scans, ask, answer)
        return answer

    def health(self) -> list[dict[str, Any]]:
        """A row for each sector, for the health page."""
        now = time.monotonic()
        of = {hand.at: hand for hand in list(self._hands.values()) if hand.at is not None}
        rows = []
        for lane in self._lanes:
            hand = of.get(lane.at)
            rows.append(
                {
                    "sector": lane.at + 1,
                    "state": "failed" if lane.failed else "taken over" if lane.lost_s is not None else "ok",
                    "pid": None if hand is None else hand.process.pid,
                    "beat_s": None if hand is None else round(now - hand.beat_s, 1),
                    "sensors": len(self.takes[lane.at]),
                    "tracks": lane.tracks,
                    "waiting": lane.last - lane.done,
                    "taken_over": lane.takeovers,
                }
            )
        return rows

    @property
    def standing_by(self) -> int:
        """How many workers are ready to take a sector over."""
        return sum(hand.ready and hand.at is None for hand in list(self._hands.values()))

    # ------------------------------------------------------------------ the loop

    def _live(self) -> None:
        assert self._loop is not None
        asyncio.set_event_loop(self._loop)
        logging.getLogger("nats.aio.client").setLevel(logging.CRITICAL)
        try:
            self._loop.run_until_complete(self._run())
        except Exception as error:
            why = f"the sectors' bus failed: {type(error).__name__}: {error}"
            if not self._started.done():
                self._started.set_exception(Unavailable(why))
            for lane in self._lanes:
                lane.give_up(why)
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    async def _run(self) -> None:
        try:
            await self._server.start()
            self._client: Client = await nats.connect(
                self._server.url,
                **self._server.credentials(),
                max_reconnect_attempts=-1,
                reconnect_time_wait=0.2,
                error_cb=_quiet,
            )
            js = self._client.jetstream()
            for former in await js.streams_info():
                await js.delete_stream(str(former.config.name))
            self._lanes = [Lane(at, js) for at in range(len(self))]
            await self._client.subscribe("beat.*", cb=self._heard)
            await self._client.subscribe("answer.*", cb=self._answered, pending_bytes_limit=16 * MESSAGE_BYTES)
            for lane in self._lanes:
                self._also(lane.keep())
            for _ in range(len(self) + 1):
                await self._hire()
            self._started.set_result(None)
            await self._watch()
        finally:
            for task in self._tasks:
                task.cancel()
            for hand in self._hands.values():
                with contextlib.suppress(ProcessLookupError):
                    hand.process.kill()
                await hand.process.wait()
            with contextlib.suppress(Exception):
                await self._client.close()
            await self._server.stop()

    def _also(self, what: Any) -> "asyncio.Task[None]":
        task: asyncio.Task[None] = asyncio.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            for lane in self._lanes:
                lane.give_up(f"the sectors' bus failed: {type(task.exception()).__name__}: {task.exception()}")

    async def _hire(self) -> None:
        """One worker more."""
        self._count += 1
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "dronewall.watch.sectors.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        now = time.monotonic()
        hand = Hand(id=f"w{self._count}", process=process, started_s=now, beat_s=now)
        self._hands[hand.id] = hand
        told = self._told | {"id": hand.id, "url": self._server.url} | self._server.credentials()
        assert process.stdin is not None
        process.stdin.write(json.dumps(told).encode() + b"\n")
        with contextlib.suppress(ConnectionError):
            await process.stdin.drain()
        hand.reading = self._also(self._read(hand))

    async def _read(self, hand: Hand) -> None:
        """The last words of a worker that ends are why."""
        assert hand.process.stderr is not None
        async for line in hand.process.stderr:
            hand.words = line.decode("utf-8", "replace").strip() or hand.words

    async def _begin(self, states: Sequence[bytes | None]) -> int:
        self._epoch += 1
        for lane, state in zip(self._lanes, states, strict=True):
            file = None
            if state is not None:
                file = self._states / f"sector-{lane.at}-{self._epoch}-0.state"
                await asyncio.to_thread(file.write_bytes, state)
            former = lane.state
            await lane.begin(self._epoch, file)
            if former is not None:
                former.unlink(missing_ok=True)
        for lane in self._lanes:
            self._assign(lane)
        return self._epoch

    def _assign(self, lane: Lane) -> None:
        """Give a sector to the worker that has it, or to one that stands by; none may be ready yet."""
        hands = [hand for hand in self._hands.values() if hand.at == lane.at]
        hands += [hand for hand in self._hands.values() if hand.ready and hand.at is None]
        if hands and lane.epoch and lane.failed is None:
            hands[0].at, hands[0].epoch = lane.at, lane.epoch
            self._also(self._task(hands[0], lane))

    async def _task(self, hand: Hand, lane: Lane) -> None:
        body = json.dumps(asdict(lane.task)).encode()
        while hand.id in self._hands and (hand.at, hand.epoch) == (lane.at, lane.epoch):
            try:
                await self._client.request(f"task.{hand.id}", body, timeout=1.0)
                return
            except (nats.errors.Error, TimeoutError):
                await asyncio.sleep(0.05)

    async def _heard(self, msg: Msg) -> None:
        hand = self._hands.get(msg.subject.split(".")[1])
        if hand is None:
            return
        said = json.loads(msg.data)
        hand.beat_s = time.monotonic()
        if said["ready"] and not hand.ready:
            hand.ready, self._bad_starts = True, 0
        if hand.at is None or (said["at"], said["epoch"]) != (hand.at, self._lanes[hand.at].epoch):
            return
        lane = self._lanes[hand.at]
        lane.done, lane.tracks = max(lane.done, int(said["done"])), said["tracks"]
        if said["saved"] > lane.saved:
            await lane.keeps(int(said["saved"]), self._states / f"sector-{lane.at}-{lane.epoch}-{said['saved']}.state")
        if lane.lost_s is not None and int(said["done"]) >= lane.lost_at:
            self._back(hand, lane)

    async def _answered(self, msg: Msg) -> None:
        at, headers = int(msg.subject.split(".")[1]), msg.headers or {}
        lane, number = self._lanes[at], int(headers["n"])
        if int(headers["epoch"]) == lane.epoch:
            lane.done = max(lane.done, number)
        lane.answered(int(headers["epoch"]), number, bytes(msg.data), headers.get("failed"))

    async def _watch(self) -> None:
        """Look after the workers until it is over."""
        looked = time.monotonic()
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._over.wait()
            now = time.monotonic()
            if now - looked > 1.0 or not self._client.is_connected:
                for hand in self._hands.values():  # it was we who could not hear
                    hand.beat_s = now
            looked = now
            for hand in list(self._hands.values()):
                ended = hand.process.returncode
                if ended is not None:
                    await self._lost(
                        hand, f"it ended with {ended}" if ended >= 0 else f"it was ended by signal {-ended}"
                    )
                elif hand.ready and now - hand.beat_s > DOWN_AFTER_S:
                    hand.process.kill()
                    await hand.process.wait()
                    await self._lost(hand, f"no beat for {now - hand.beat_s:.1f} s")
            had = {hand.at for hand in self._hands.values()}
            for lane in self._lanes:
                if lane.at not in had:
                    self._assign(lane)

    async def _lost(self, hand: Hand, why: str) -> None:
        del self._hands[hand.id]
        if hand.reading is not None:
            await asyncio.wait({hand.reading}, timeout=1.0)
        words = f"{why}: {hand.words}" if hand.words else why
        if not hand.ready:
            self._last_words = words
            self._bad_starts += 1
        if hand.at is not None:
            lane = self._lanes[hand.at]
            self._tell("sector.lost", {"sector": lane.at + 1, "pid": hand.process.pid, "reason": words[:300]})
            if lane.lost():
                self._assign(lane)
            else:
                lane.give_up(
                    f"sector {lane.at + 1} of {len(self)} ended again and again at the same look; {words[:300]}"
                )
        if self._bad_starts >= MOST_BAD_STARTS:
            for lane in self._lanes:
                if not any(one.at == lane.at for one in self._hands.values()):
                    lane.give_up(f"no worker starts for sector {lane.at + 1}: {words[:300]}")
            return
        await self._hire()

    def _back(self, hand: Hand, lane: Lane) -> None:
        assert lane.lost_s is not None
        took_s, lane.lost_s = time.monotonic() - lane.lost_s, None
        lane.takeovers += 1
        said = {"sector": lane.at + 1, "pid": hand.process.pid, "seconds": round(took_s, 2)}
        self._tell("sector.taken_over", said | {"again": lane.lost_at - lane.task.after})


async def _quiet(_: Exception) -> None:
    """A lost connection is made again; what was not stored is sent again."""

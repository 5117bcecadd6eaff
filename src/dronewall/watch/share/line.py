"""One line to one partner: what is ours goes out in order until the partner's program has it, what is theirs comes in.

What is put on the line is first on our disk, in the stream `OUT_XX` of our own server, under a message id of its own;
its number there is its number for the partner. The forwarder sends what follows the partner's last number as one signed
frame and waits for the answer, which says what the partner now has: so nothing is lost, doubled or out of order,
however often either side is killed. There is no consumer that a reconnect could leave behind: the partner's answer is
the only position. What comes in is verified, kept as it came in `IN_XX`, and only then answered and taken.
"""

import asyncio
import base64
import contextlib
import json
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import nats
import nats.errors
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from dronewall.errors import BadInput
from dronewall.picture.nations.messages import MOST_BYTES, Frame, Item, Part, decoded, encoded
from dronewall.units import SECOND_NS
from dronewall.watch.share.identity import SIGNATURE_BYTES, Identity, Partner
from dronewall.watch.share.post import ANSWER_S, Letter, Post, plain
from dronewall.watch.share.server import NatsServer
from dronewall.watch.share.state import BYTES_BURST, LIMIT_BYTES, Bucket, State

BEAT_S: Final = 1.0
DOWN_AFTER_S: Final = 3.5
HINT_S: Final = 10.0
BATCH_BYTES: Final = 400_000
BATCH_PARTS: Final = 500
KEPT_BYTES: Final = 512 * 1024**2
PURGE_EVERY: Final = 2_000
MOST_WAITING: Final = 20_000
CERTIFICATE: Final = "Certificate"
"""The header in which the sender's certificate is kept beside a frame: DER, base64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """Who is told: `take` of parts in order, `tell` of what belongs into the log (kind, payload)."""

    take: Callable[[str, Sequence[Part]], None]
    tell: Callable[[str, dict[str, Any]], None]


class Line:
    """One line. All of it runs on the event loop.

    Parameters
    ----------
    clock : callable
        The picture's time, ns: what tracks and frames are dated by.
    today : callable
        The real time, which certificates are dated by, also where the picture's is played.
    """

    def __init__(
        self,
        me: Identity,
        partner: Partner,
        server: NatsServer,
        ears: Ears,
        *,
        clock: Callable[[], int],
        exercise: bool,
        today: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.me, self.partner, self.server, self.ears = me, partner, server, ears
        self._clock, self._exercise, self._today = clock, exercise, today
        self.post = Post(me, partner, server, today=self._today, hear=self._heard)
        self._hint, self._hinted_ns = "", 0
        self.state = State(partner=self.partner.nation)
        self._queue: deque[tuple[str, bytes]] = deque()
        self._recent: dict[int, bytes] = {}
        self._some, self._stored = asyncio.Event(), asyncio.Event()
        self._boot, self._count = secrets.token_hex(8), 0
        self._last = self._has = self._purged = 0
        self._run = ""
        self._their_run, self._their_seq = "", 0
        self._bucket = Bucket()
        self._bytes = Bucket(level=BYTES_BURST, most=BYTES_BURST, rate=LIMIT_BYTES)
        self._offsets: deque[int] = deque(maxlen=30)
        self._told: dict[str, int] = {}
        self._tasks: list[asyncio.Task[None]] = []

    # ------------------------------------------------------------------ life

    async def start(self) -> None:
        """Connect to our own server and begin."""
        name = self.partner.nation
        options: dict[str, Any] = {"max_reconnect_attempts": -1, "reconnect_time_wait": 0.2, "error_cb": _quiet}
        self._store: Client = await nats.connect(self.server.url, **self.server.credentials(), **options)
        self._js: JetStreamContext = self._store.jetstream()
        out = await self._stream(f"OUT_{name}", DiscardPolicy.NEW)
        self._run, self._last = out
        await self._stream(f"IN_{name}", DiscardPolicy.OLD)
        await self._recall()
        await self.post.open(**options)
        self._tasks = [asyncio.create_task(self._keep()), asyncio.create_task(self._forward())]
        for task in self._tasks:
            task.add_done_callback(_raise)

    async def stop(self) -> None:
        """End; what is stored stays, what is not yet stored is stored first."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(3.0):
                await self._emptied()
        while going := [task for task in self._tasks if not task.done()]:
            for task in going:  # more than once: the client's `wait_for` can lose it to an answer that comes just then
                task.cancel()
            await asyncio.wait(going, timeout=0.2)
        await self.post.close()
        with contextlib.suppress(Exception):
            await self._store.close()

    @property
    def theirs(self) -> x509.Certificate | None:
        """The partner's certificate, as far as it has shown it."""
        return self.post.theirs

    async def _emptied(self) -> None:
        while self._queue:
            await asyncio.sleep(0.02)

    async def _stream(self, name: str, discard: DiscardPolicy) -> tuple[str, int]:
        """The stream, made where there is none; its own id and its last number."""
        try:
            info = await self._js.stream_info(name)
        except NotFoundError:
            wanted = StreamConfig(
                name=name,
                subjects=[f"{name}.>"],
                storage=StorageType.FILE,
                max_bytes=KEPT_BYTES,
                discard=discard,
                allow_direct=True,
                duplicate_window=600.0,
                description=secrets.token_hex(8),
            )
            info = await self._js.add_stream(wanted)
        return str(info.config.description), int(info.state.last_seq)

    # ------------------------------------------------------------------ out

    def put(self, items: Sequence[Item], sent_ns: int, *, fresh: bool = False) -> None:
        """Say something, once it is stored: in order, each once. On the loop's thread."""
        if not items and not fresh:
            return
        part = Part(seq=1, sent_ns=sent_ns, fresh=fresh, items=list(items))
        body = json.dumps(part.model_dump(mode="json", exclude_none=True), separators=(",", ":")).encode()
        if len(body) > BATCH_BYTES and len(items) > 1:
            half = len(items) // 2
            self.put(items[:half], sent_ns, fresh=fresh)
            self.put(items[half:], sent_ns)
            return
        self._count += 1
        if len(self._queue) >= MOST_WAITING:
            self.state.lapsed += 1
            self._tell("share.overflow", {"waiting": len(self._queue)})
            return
        self._queue.append((f"{self._boot}-{self._count}", body))
        self._some.set()

    async def _keep(self) -> None:
        """Store what was put, one after the other, until our server has said that it is stored."""
        while True:
            while not self._queue:
                self._some.clear()
                await self._some.wait()
            message, body = self._queue[0]
            try:
                answer = await self._js.publish(
                    f"OUT_{self.partner.nation}.part", body, timeout=2.0, headers={"Nats-Msg-Id": message}
                )
            except (nats.errors.Error, TimeoutError) as error:
                self.state.why = f"our own store does not answer ({type(error).__name__})"
                await asyncio.sleep(0.2)
                continue
            self._queue.popleft()
            self._last = max(self._last, answer.seq)
            self._recent[answer.seq] = body
            if len(self._recent) > BATCH_PARTS:
                del self._recent[min(self._recent)]
            self._stored.set()

    async def _forward(self) -> None:
        """Send what the partner does not have; a heartbeat where there is nothing."""
        pause = 0.1
        while True:
            if self._has >= self._last:
                self._stored.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(BEAT_S):
                        await self._stored.wait()
            try:
                self._check_dates()
                frame, last = await self._frame()
                answered, before = await self.post.ask(frame), self._has
                await self._answered(answered)
            except Exception as error:  # whatever a partner answers, the line goes on
                self._down(self._why(error))
                await asyncio.sleep(pause)
                pause = min(2.0 * pause, 1.0)
                continue
            pause = 0.1
            if last > before and self._has <= before:  # it was answered, and nothing was taken
                await asyncio.sleep(0.2)

    async def _frame(self) -> tuple[bytes, int]:
        """The next parts as a frame, and the number of the last of them."""
        at, parts, size = self._has, list[Part](), 0
        while at < self._last and len(parts) < BATCH_PARTS and size < BATCH_BYTES:
            at += 1
            body = self._recent.get(at) or await self._stored_part(at)
            if body is None:
                continue
            size += len(body)
            parts.append(Part.model_validate_json(body).model_copy(update={"seq": at}))
        frame = Frame(
            sender=self.me.nation,
            to=self.partner.nation,
            run=self._run,
            prev=self._has,
            sent_ns=self._clock(),
            exercise=self._exercise,
            parts=parts,
        )
        body = encoded(frame)
        if len(body) > MOST_BYTES:
            raise BadInput(f"a frame of {len(body)} bytes is too long to be sent")
        self.state.waiting = self._last - self._has + len(self._queue)
        return body, at

    async def _stored_part(self, seq: int) -> bytes | None:
        """A part from the store; None where it has lapsed."""
        try:
            found = await self._js.get_msg(f"OUT_{self.partner.nation}", seq, direct=True)
        except NotFoundError:
            self.state.lapsed += 1
            return None
        return found.data

    async def _answered(self, read: dict[str, Any]) -> None:
        now = time.monotonic_ns()
        if "refused" in read:
            self._down(f"the partner refuses our frames: {str(read['refused'])[:200]}")
            self._tell("share.refused_by_partner", {"reason": str(read["refused"])[:200]})
            await asyncio.sleep(1.0)
            return
        if "wait_s" in read:
            self.state.why = "the partner is busy and asked us to wait"
            await asyncio.sleep(min(max(float(read["wait_s"]), 0.1), 10.0))
            return
        has = int(read.get("has", 0)) if read.get("run") == self._run else 0
        has = min(max(has, 0), self._last)
        self.state.sent += max(0, has - self._has)
        self._has = has
        self.state.waiting = self._last - has + len(self._queue)
        self.state.answered_ns = now
        if not self.state.up:
            self.state.up, self.state.since_ns, self.state.why = True, now, ""
            self.ears.tell("share.line_up", {"partner": self.partner.nation, "waiting": self.state.waiting})
        if self._has - self._purged >= PURGE_EVERY:
            self._purged = self._has
            with contextlib.suppress(nats.errors.Error, TimeoutError):
                await self._js.purge_stream(f"OUT_{self.partner.nation}", seq=self._has)

    def _down(self, why: str) -> None:
        now, state = time.monotonic_ns(), self.state
        state.why, state.waiting = why, self._last - self._has + len(self._queue)
        if state.up and now - state.answered_ns > DOWN_AFTER_S * SECOND_NS:
            state.up, state.since_ns = False, now
            self.ears.tell("share.line_down", {"partner": self.partner.nation, "why": why})

    def _check_dates(self) -> None:
        """A line that came up in time is closed when a certificate ends or is revoked: nothing goes out any more.

        Raises
        ------
        BadInput
            One sentence.
        """
        ended = self.partner.ended(self.me.certificate, self._today())
        if ended:
            raise BadInput(f"our own certificate {ended}; put a new one in its place and start again")
        ended = "" if self.theirs is None else self.partner.ended(self.theirs, self._today())
        if ended:
            raise BadInput(f"the certificate of {self.partner.nation} {ended}")

    def hint(self, why: str) -> None:
        """What our server says of why this line cannot be dialled."""
        self._hint, self._hinted_ns = why, time.monotonic_ns()

    def _why(self, error: Exception) -> str:
        if isinstance(error, nats.errors.NoRespondersError):
            told = time.monotonic_ns() - self._hinted_ns < HINT_S * SECOND_NS
            return self._hint if told and self._hint else "nobody is at the other end"
        if isinstance(error, (TimeoutError, nats.errors.TimeoutError)):
            return f"no answer within {ANSWER_S:.0f} s"
        return str(error) if isinstance(error, BadInput) else f"the answer cannot be used ({type(error).__name__})"

    def look(self) -> None:
        """Once a second: a line on which nothing was heard or answered for a while is down."""
        now, state = time.monotonic_ns(), self.state
        if state.up and now - state.answered_ns > DOWN_AFTER_S * SECOND_NS:
            self._down(state.why or "no answer")

    # ------------------------------------------------------------------ in

    async def _heard(self, data: bytes) -> bytes:
        """What came in: opened, verified, kept, taken; the answer."""
        if not self._bytes.take(len(data), time.monotonic_ns()):
            self.state.limited += 1
            self._tell("share.limited", {"bytes": len(data)})
            return plain({"wait": True})
        back: Callable[[dict[str, Any]], bytes] = plain
        try:
            letter = self.post.opened(data)
            if letter is None:
                return plain({"anew": True})
            back = letter.back
            return back(await self._took(letter))
        except BadInput as error:
            self.state.refused += 1
            self._tell("share.refused", {"reason": str(error)})
            return back({"refused": str(error)})
        except (nats.errors.Error, TimeoutError):
            return back({"wait_s": 0.5})

    async def _took(self, letter: Letter) -> dict[str, Any]:
        now, certificate = time.monotonic_ns(), self.post.verified(letter)
        frame = decoded(letter.body)
        if (frame.sender, frame.to) != (self.partner.nation, self.me.nation):
            raise BadInput(f"the frame is not from {self.partner.nation} to {self.me.nation}")
        if frame.exercise != self._exercise:
            ours = "an exercise" if self._exercise else "the real picture"
            raise BadInput(f"this node is {ours} and the frame is not")
        _of_its_owner(frame)
        items = sum(len(part.items) for part in frame.parts)
        if not self._bucket.take(items + 1, now):
            self.state.limited += 1
            self._tell("share.limited", {"items": items})
            return {"wait_s": 1.0}
        self._offset(frame.sent_ns - self._clock())
        self.state.heard_ns = now
        if frame.run != self._their_run:
            self._their_run, self._their_seq = frame.run, 0
        new = [part for part in frame.parts if part.seq > self._their_seq]
        self.state.doubled += len(frame.parts) - len(new)
        if frame.prev > self._their_seq or not new:  # something between is missing: the answer says what we have
            return {"run": self._their_run, "has": self._their_seq}
        kind = "alerts" if any(item.kind in ("alert", "receipt") for part in new for item in part.items) else "tracks"
        last = new[-1].seq
        headers = {"Nats-Msg-Id": f"{frame.run}-{last}", "Seq": str(last), "Run": frame.run}
        headers[CERTIFICATE] = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()  # to verify it later
        signed = letter.signature + letter.body
        await self._js.publish(f"IN_{self.partner.nation}.{kind}", signed, timeout=3.0, headers=headers)
        self._their_seq = last
        self.state.received += len(new)
        self.ears.take(self.partner.nation, new)
        return {"run": self._their_run, "has": last}

    async def _recall(self) -> None:
        """After a start: what we have of the partner, and the alerts among the last of it."""
        name = f"IN_{self.partner.nation}"
        state = (await self._js.stream_info(name)).state
        if not state.messages:
            return
        last = await self._js.get_msg(name, state.last_seq, direct=True)
        headers = last.headers or {}
        self._their_run, self._their_seq = headers.get("Run", ""), int(headers.get("Seq", "0"))
        alerts: list[bytes] = []
        seq = max(state.first_seq - 1, 0)
        while len(alerts) < 5_000:
            try:
                found = await self._js.get_msg(name, seq + 1, subject=f"{name}.alerts", direct=True, next=True)
            except NotFoundError:
                break
            seq = int(found.seq or seq + 1)
            alerts.append(bytes(found.data or b""))
        for data in alerts:
            with contextlib.suppress(BadInput):
                parts = [
                    part.model_copy(update={"items": [i for i in part.items if i.kind in ("alert", "receipt")]})
                    for part in decoded(data[SIGNATURE_BYTES:]).parts
                ]
                self.ears.take(self.partner.nation, [part for part in parts if part.items])

    def _offset(self, ahead_ns: int) -> None:
        """How far the partner's clock is ahead: the most that any of the last frames was, as a way takes time."""
        self._offsets.append(ahead_ns)
        ahead_s = max(self._offsets) / SECOND_NS
        self.state.clock_offset_s = round(2.0 * ahead_s) / 2.0 if abs(ahead_s) >= 1.0 else 0.0

    def _tell(self, kind: str, payload: dict[str, Any]) -> None:
        """Into the log, at most once in ten seconds of each kind: a flood of refusals is no flood of rows."""
        now = time.monotonic_ns()
        if now - self._told.get(kind, 0) >= 10 * SECOND_NS:
            self._told[kind] = now
            counts = {"refused": self.state.refused, "limited": self.state.limited}
            self.ears.tell(kind, {"partner": self.partner.nation, **payload, **counts})


def _of_its_owner(frame: Frame) -> None:
    """A nation speaks of its own tracks and alerts only, and receipts are of the receiver's: so no rumour comes round.

    Raises
    ------
    BadInput
    """
    for part in frame.parts:
        for item in part.items:
            owner = frame.to if item.kind == "receipt" else frame.sender
            if not item.id.startswith(f"{owner}-"):
                raise BadInput(f"{frame.sender} may speak of its own tracks and alerts only")


async def _quiet(_: Exception) -> None:
    """Lost connections to our own server are met where they matter."""


def _raise(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and task.exception() is not None:
        asyncio.get_running_loop().call_exception_handler({"message": "a line ended", "exception": task.exception()})

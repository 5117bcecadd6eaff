"""How one line's letters travel: signed, sealed for the partner's program, answered under the same seal.

    to.LT.from.LV.key        asks LT's program for its key; the answer is signed by LT over what was asked
    to.LT.from.LV.frame      a letter: length of the certificate (u16) | certificate (DER) | signature | frame, sealed
    to.LV.from.LT.answer.N   what LT answers to LV's letter N: 1, then sealed; or 0, then a hint in plain JSON

Whoever stands between can hold letters back, and see when they go, how long they are and between whom. It cannot read
one, make one, or say that one arrived: of what comes in plain nothing is believed but that it is worth trying again.
"""

import asyncio
import json
import secrets
import struct
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

import nats
import nats.errors
from cryptography import x509
from nats.aio.client import Client

from dronewall.errors import BadInput
from dronewall.watch.share.identity import SIGNATURE_BYTES, Identity, Partner
from dronewall.watch.share.sealing import KEY_BYTES, Answers, Seal, seal
from dronewall.watch.share.server import NatsServer
from dronewall.watch.share.state import Bucket

ANSWER_S: Final = 4.0
GRACE_S: Final = 0.3
"""So long a sealed answer is waited for once a hint in plain has come: the hint may be anybody's."""
PLAIN, SEALED = b"\0", b"\1"
NONCE_BYTES: Final = 16
KEYS: Final = 100.0
"""How many times a second a partner may ask for our key; each costs a signature."""

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What came in, opened and not yet verified; `back` makes an answer of what is to be said."""

    shown: bytes
    signature: bytes
    body: bytes
    back: Callable[[Json], bytes]


class Post:
    """One line's wire. On the event loop.

    Parameters
    ----------
    hear : callable
        Takes what came in, as it came; gives the answer.
    """

    def __init__(
        self,
        me: Identity,
        partner: Partner,
        server: NatsServer,
        *,
        today: Callable[[], datetime],
        hear: Callable[[bytes], Awaitable[bytes]],
    ) -> None:
        self._me, self._partner, self._server = me, partner, server
        self._today, self._hear = today, hear
        self._out, self._in = _way(me.nation, partner.nation), _way(partner.nation, me.nation)
        self._seal = Seal()
        self._key: tuple[bytes, x509.Certificate] | None = None
        self._asked: dict[str, asyncio.Queue[Any]] = {}
        self._count = 0
        self._keys = Bucket(level=KEYS, most=KEYS, rate=KEYS)
        self.theirs = partner.pinned

    @property
    def public(self) -> bytes:
        """The key that letters to us are sealed for."""
        return self._seal.public

    async def open(self, **options: Any) -> None:
        """Connect to our own server and listen."""
        self._wire: Client = await nats.connect(
            self._server.url, **self._server.credentials(self._partner.nation), **options
        )
        await self._wire.subscribe(f"{self._in}.frame", cb=self._letter, pending_bytes_limit=16 * 1024**2)
        await self._wire.subscribe(f"{self._in}.key", cb=self._key_wanted)
        await self._wire.subscribe(f"{self._in}.answer.*", cb=self._answer)

    async def close(self) -> None:
        """End."""
        with suppress(Exception):
            await self._wire.close()

    # ------------------------------------------------------------------ out

    async def ask(self, body: bytes) -> Json:
        """Send a frame and wait for what the partner's program says to it.

        Raises
        ------
        BadInput
            One sentence on what came instead.
        TimeoutError, nats.errors.Error
            Nothing came.
        """
        try:
            if self._key is None or self._partner.ended(self._key[1], self._today()):
                self._key = await self._fetched()
            letter = _packed(self._me.shown, self._me.sign(body) + body)
            sealed, answers = seal(letter, self._key[0], self._out)
            return await self._exchange("frame", sealed, lambda data: _answered(data, answers))
        except Exception:
            self._key = None  # it may be of a program that ended
            raise

    async def _fetched(self) -> tuple[bytes, x509.Certificate]:
        """The partner's key, signed by its nation over what we drew for this question; and the certificate."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        why = ""

        def key(data: bytes) -> tuple[bytes, x509.Certificate] | None:
            nonlocal why
            try:
                shown, rest = _unpacked(data[1:])
                signature, public = rest[:SIGNATURE_BYTES], rest[SIGNATURE_BYTES:]
                signed = self._partner.verify(_said(self._in, nonce, public), signature, shown, self._today())
            except BadInput as error:
                why = str(error)
                return None
            self.theirs = signed
            return (public, signed) if len(public) == KEY_BYTES else None

        try:
            return await self._exchange("key", nonce, key)
        except TimeoutError:
            if why:
                raise BadInput(why) from None
            raise

    async def _exchange(self, what: str, data: bytes, read: Callable[[bytes], T | None]) -> T:
        """The first answer that can be read. One that cannot may be anybody's, so others are waited for."""
        self._count += 1
        number = f"{self._count}"
        queue = self._asked[number] = asyncio.Queue(maxsize=8)
        hint: Json | None = None
        ends = time.monotonic() + ANSWER_S
        try:
            await self._wire.publish(f"{self._out}.{what}", data, reply=f"{self._in}.answer.{number}")
            while (left := ends - time.monotonic()) > 0.0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        message = await queue.get()
                    if (message.headers or {}).get("Status") == "503":
                        raise nats.errors.NoRespondersError
                    found = read(bytes(message.data))
                    if found is not None:
                        return found
                    hint = hint or _hinted(bytes(message.data))
                    ends = min(ends, time.monotonic() + GRACE_S)
        finally:
            del self._asked[number]
        if hint is None:
            raise TimeoutError
        raise _reason(hint)

    async def _answer(self, message: Any) -> None:
        queue = self._asked.get(message.subject.rpartition(".")[2])
        if queue is not None:
            with suppress(asyncio.QueueFull):
                queue.put_nowait(message)

    # ------------------------------------------------------------------ in

    async def _letter(self, message: Any) -> None:
        answer = await self._hear(bytes(message.data))
        if message.reply:
            with suppress(nats.errors.Error):
                await message.respond(answer)

    async def _key_wanted(self, message: Any) -> None:
        nonce = bytes(message.data)
        if len(nonce) != NONCE_BYTES or not message.reply or not self._keys.take(1, time.monotonic_ns()):
            return
        signature = self._me.sign(_said(self._out, nonce, self._seal.public))
        with suppress(nats.errors.Error):
            await message.respond(SEALED + _packed(self._me.shown, signature + self._seal.public))

    def opened(self, data: bytes) -> Letter | None:
        """What came in; None: it was sealed for a program of ours that has ended.

        Raises
        ------
        BadInput
            It was sealed for nobody here.
        """
        if data and not self._seal.fits(data):
            return None
        plain, answers = self._seal.open(data, self._in)
        shown, rest = _unpacked(plain)
        return Letter(
            shown=shown,
            signature=rest[:SIGNATURE_BYTES],
            body=rest[SIGNATURE_BYTES:],
            back=lambda said: SEALED + answers.seal(json.dumps(said).encode()),
        )

    def verified(self, letter: Letter) -> x509.Certificate:
        """The certificate under which the partner signed it.

        Raises
        ------
        BadInput
            It did not: one sentence.
        """
        self.theirs = self._partner.verify(letter.body, letter.signature, letter.shown, self._today())
        return self.theirs


def plain(said: Json) -> bytes:
    """An answer that nobody needs to believe: for who cannot be answered under a seal."""
    return PLAIN + json.dumps(said).encode()


def _way(sender: str, to: str) -> str:
    return f"to.{to}.from.{sender}"


def _said(way: str, nonce: bytes, public: bytes) -> bytes:
    """What is signed when a program says its key."""
    return b"dronewall key 1 " + way.encode() + nonce + public


def _packed(shown: bytes, rest: bytes) -> bytes:
    return struct.pack(">H", len(shown)) + shown + rest


def _unpacked(data: bytes) -> tuple[bytes, bytes]:
    length = int.from_bytes(data[:2], "big")
    return data[2 : 2 + length], data[2 + length :]


def _answered(data: bytes, answers: Answers) -> Json | None:
    """What the partner's program said; None: it is not from there, or only a hint."""
    opened = answers.open(data[1:]) if data[:1] == SEALED else None
    if opened is None:
        return None
    read = json.loads(opened)
    if not isinstance(read, dict):
        raise BadInput("the partner's answer is no object")
    return read


def _hinted(data: bytes) -> Json | None:
    """What somebody says in plain, who may be anybody."""
    try:
        read = json.loads(data[1:]) if data[:1] == PLAIN else None
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _reason(hint: Json) -> BadInput:
    """Why nothing was taken, as far as that can be told; it is tried again."""
    if "refused" in hint:
        return BadInput(f"the partner refuses our frames: {str(hint['refused'])[:200]}")
    if "wait" in hint:
        return BadInput("the partner is busy and asked us to wait")
    return BadInput("the partner's program began anew")

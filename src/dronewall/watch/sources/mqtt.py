"""A subscriber of MQTT 3.1.1: what a broker passes on of one topic filter, payload by payload.

    CONNECT 1 (clean session, keep-alive)  CONNACK 2    SUBSCRIBE 8  SUBACK 9    PUBLISH 3  PUBACK 4
    PINGREQ 12  PINGRESP 13                DISCONNECT 14

Quality of service 0 or 1. A message that the broker had retained is old, and is left out: what it reports is not now.
Nothing is ever published. Source: OASIS MQTT Version 3.1.1 (2014), sections as named.
"""

import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

KEEP_ALIVE_S: Final = 30
ANSWER_S: Final = 10.0
LARGEST: Final = 1 << 20
PIECE: Final = 65_536
CONNACK, PUBLISH, SUBACK, PINGRESP = 2, 3, 9, 13
REFUSED: Final = {
    1: "the broker does not speak MQTT 3.1.1",
    2: "the broker refuses the client's name",
    3: "the broker is not available",
    4: "the broker refuses user or password",
    5: "the broker does not let us in",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What to ask a broker for, and as whom."""

    topic: str
    client: str
    qos: int = 1
    user: str | None = None
    password: str | None = None


def subscribed(
    line: socket.socket,
    wanted: Subscription,
    *,
    going: Callable[[], bool],
    connected: Callable[[], None],
    aside: Callable[[str], None],
    poll_s: float = 0.2,
) -> Iterator[bytes]:
    """The payloads of a broker at the other end of `line`, until it closes or `going` says no.

    `connected` is called when the broker has agreed to pass on; `aside` with a reason for what is left out.

    Raises
    ------
    OSError
        The broker refuses, is silent for longer than it may be, or says what is not MQTT.
    """
    line.settimeout(poll_s)
    line.sendall(_connect(wanted))
    heard_s = asked_s = time.monotonic()
    agreed, rest = False, b""
    while going():
        now_s = time.monotonic()
        with suppress(TimeoutError):
            piece = line.recv(PIECE)
            if not piece:
                if not agreed:
                    raise ConnectionRefusedError("closed by the broker before it agreed")
                return
            rest += piece
            heard_s = now_s
        for kind, flags, body in (taken := _Packets(rest)):
            if kind == CONNACK:
                if len(body) != 2 or body[1]:
                    raise ConnectionRefusedError(REFUSED.get(body[1] if len(body) == 2 else 0, "the broker refuses us"))
                line.sendall(_subscribe(wanted))
            elif kind == SUBACK:
                if len(body) != 3 or body[2] > 2:
                    raise ConnectionRefusedError(f"the broker does not let us read '{wanted.topic}'")
                agreed = True
                connected()
            elif kind == PUBLISH:
                payload = _published(line, flags, body)
                if flags & 1:
                    aside("retained messages")
                else:
                    yield payload
            elif kind != PINGRESP:
                raise ConnectionAbortedError(f"the broker sent what a subscriber does not get (packet type {kind})")
        rest = taken.rest
        if now_s - heard_s > (1.5 * KEEP_ALIVE_S if agreed else ANSWER_S):
            raise TimeoutError("the broker is silent")
        if agreed and now_s - max(heard_s, asked_s) > KEEP_ALIVE_S / 2:
            line.sendall(b"\xc0\x00")
            asked_s = now_s
    with suppress(OSError):
        line.sendall(b"\xe0\x00")


class _Packets:
    """The whole control packets at the head of some bytes (2.2); `rest` is what is behind them."""

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def __iter__(self) -> Iterator[tuple[int, int, bytes]]:
        while len(self.rest) >= 2:
            length, at = 0, 1
            while at < len(self.rest):
                length |= (self.rest[at] & 127) << 7 * (at - 1)
                at += 1
                if self.rest[at - 1] < 128:
                    break
                if at > 4:
                    raise ConnectionAbortedError("the broker sent a packet without a length: this is not MQTT")
            else:
                return
            if length > LARGEST:
                raise ConnectionAbortedError(f"the broker sent a message of {length} bytes; {LARGEST} is the most")
            if len(self.rest) < at + length:
                return
            head, body = self.rest[0], self.rest[at : at + length]
            self.rest = self.rest[at + length :]
            yield head >> 4, head & 15, body


def _published(line: socket.socket, flags: int, body: bytes) -> bytes:
    """The payload of a PUBLISH (3.3), acknowledged where that is asked for."""
    qos = flags >> 1 & 3
    at = 2 + int.from_bytes(body[:2], "big") + (2 if qos else 0)
    if qos > 1 or at > len(body):
        raise ConnectionAbortedError("the broker sent a message that cannot be taken apart")
    if qos:
        line.sendall(b"\x40\x02" + body[at - 2 : at])
    return body[at:]


def _connect(wanted: Subscription) -> bytes:
    """CONNECT (3.1) with a clean session."""
    flags = 0x02 | (0x80 if wanted.user is not None else 0) | (0x40 if wanted.password is not None else 0)
    words = [wanted.client, *(word for word in (wanted.user, wanted.password) if word is not None)]
    return _packet(0x10, _text("MQTT") + struct.pack(">BBH", 4, flags, KEEP_ALIVE_S) + b"".join(map(_text, words)))


def _subscribe(wanted: Subscription) -> bytes:
    """SUBSCRIBE (3.8) to one filter."""
    return _packet(0x82, b"\x00\x01" + _text(wanted.topic) + bytes([wanted.qos]))


def _packet(head: int, body: bytes) -> bytes:
    length, digits = len(body), b""
    while True:
        length, digit = length >> 7, length & 127
        digits += bytes([digit | (128 if length else 0)])
        if not length:
            return bytes([head]) + digits + body


def _text(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2, "big") + data

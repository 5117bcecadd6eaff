"""A PostgreSQL of our own for the tests: made in a new folder, on a Unix socket and a free port of loopback.

PostgreSQL refuses to run as root, so where the tests are root the server runs as the user that Debian's package made.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Final, Self

import psycopg

from dronewall.watch.share.server import free_port
from dronewall.watch.store.address import Address
from dronewall.watch.store.migrate import migrate

BIN: Final = Path("/usr/lib/postgresql/15/bin")
READY_S: Final = 120.0
PASSWORD: Final = "not-to-be-seen-7Kq"


class Postgres:
    """One server; a context manager."""

    def __init__(self, *, fsync: bool = False, shared_buffers: str = "32MB") -> None:
        self._settings = {"fsync": "on" if fsync else "off", "shared_buffers": shared_buffers}
        self.folder = Path(tempfile.mkdtemp(prefix="dw-pg-", dir="/tmp"))
        self.port = free_port()
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._make()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _make(self) -> None:
        self._run("initdb", "--pgdata", "data", "--username=owner", "--auth-local=trust", "--auth-host=scram-sha-256",
                  "--encoding=UTF8", "--no-locale", "--no-sync")  # fmt: skip
        self.start()
        self.sql("postgres", "CREATE DATABASE store")

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [BIN / program, *words], cwd=self.folder, capture_output=True, text=True, check=False, **self._as
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "max_connections": 30,
            **self._settings,
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        ends = time.monotonic() + READY_S
        while True:
            with (self.folder / "log").open("ab") as log:
                self._server = subprocess.Popen(
                    [BIN / "postgres", "-D", self.folder / "data", *words],
                    cwd=self.folder, stdout=log, stderr=log, **self._as,
                )  # fmt: skip
            while self._server.poll() is None and time.monotonic() < ends:
                ready = [BIN / "pg_isready", "-q", "-h", self.folder, "-p", str(self.port)]
                if subprocess.run(ready, check=False).returncode == 0:
                    return
                time.sleep(0.05)
            # After a kill the old one's children hold its memory for a moment; then the next start is refused.
            assert time.monotonic() < ends, (self.folder / "log").read_text()[-2_000:]
            time.sleep(0.2)

    def kill(self) -> None:
        """kill -9."""
        if self._server is not None:
            self._server.send_signal(signal.SIGKILL)
            self._server.wait()

    def uri(self, database: str, user: str = "owner") -> str:
        """The address of a database over the Unix socket."""
        return f"postgresql://{user}@/{database}?host={self.folder}&port={self.port}"

    def over_tcp(self, database: str, user: str, password: str) -> str:
        """The same over loopback, where a password is asked for."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def sql(self, database: str, *statements: str, user: str = "owner") -> list[tuple[Any, ...]]:
        """What the last statement gives."""
        with psycopg.connect(self.uri(database, user), autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def database(self, *, empty: bool = False) -> str:
        """The name of a database with new tables of this version, or with nothing but PostGIS; one at a time."""
        others = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'store' AND pid <> pg_backend_pid()"
        )
        self.sql("store", others, "DROP SCHEMA IF EXISTS dronewall CASCADE")
        if not empty:
            address = Address(self.uri("store"))
            with address.connect() as connection, address.said():
                migrate(connection, str(address))
        return "store"

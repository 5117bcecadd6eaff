"""The address of a shared store: read, made safe, and said without its password."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from dronewall.errors import BadInput, DronewallError, Unavailable

if TYPE_CHECKING:
    from psycopg import Connection

SCHEMES: Final = ("postgresql://", "postgres://")
CONNECT_S: Final = 5
STATEMENT_S: Final = 120
_SECRETS: Final = ("password", "sslpassword", "passfile")


class Away(Unavailable):
    """The server does not answer, or not now: what waits for it is kept, and it is tried again."""


class Address:
    """Where a store is.

    A server that is not this machine is spoken to over TLS with its certificate checked (`sslmode=verify-full`),
    unless the address says otherwise. Libpq's own ways hold for secrets: `~/.pgpass`, `PGPASSFILE`, `PGPASSWORD`.

    Raises
    ------
    BadInput
        It is none.
    Unavailable
        The package that speaks to PostgreSQL is not installed.
    """

    def __init__(self, uri: str) -> None:
        try:
            from psycopg import ProgrammingError
            from psycopg.conninfo import conninfo_to_dict
        except ImportError:
            raise Unavailable(
                "a store on PostgreSQL needs a package that is not here; type: pip install 'dronewall[postgres]'"
            ) from None
        if not is_store(uri):
            raise BadInput("--store takes postgresql://USER@HOST:PORT/DATABASE (a password belongs into ~/.pgpass)")
        try:
            parts: dict[str, Any] = conninfo_to_dict(uri)
        except ProgrammingError:  # its text repeats the address, password and all
            raise BadInput(
                "the address of the store cannot be read; it is postgresql://USER@HOST:PORT/DATABASE?OPTION=VALUE "
                "with the options of libpq, and % : / @ in a password are written %25 %3A %2F %40"
            ) from None
        if not _here(parts) and "sslmode" not in parts:
            parts["sslmode"] = "verify-full"
        self._parts = parts

    def __str__(self) -> str:
        parts = self._parts
        who = f"{parts['user']}@" if parts.get("user") else ""
        host = str(parts.get("host") or "")
        port = f":{parts['port']}" if parts.get("port") else ""
        place = "" if host.startswith(("/", "@")) else f"{host}{port}"
        return f"postgresql://{who}{place}/{parts.get('dbname') or ''}"

    def connect(self) -> "Connection":
        """A connection that commits each statement unless told otherwise.

        Raises
        ------
        Away
            No server answers there, or it lets nobody in now.
        """
        import psycopg

        with self.said():
            connection = psycopg.connect(
                **{
                    "connect_timeout": CONNECT_S,
                    "application_name": "dronewall",
                    "tcp_user_timeout": 10_000,
                    "keepalives_idle": 10,
                    "client_encoding": "utf8",
                    **self._parts,
                },
                autocommit=True,
            )
            try:
                row = connection.execute(
                    "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
                    "WHERE e.extname = 'postgis'"
                ).fetchone()
                places = ["dronewall", row[0] if row else "public"]
                connection.execute("SELECT set_config('search_path', %s, false)", (", ".join(places),))
                # Compiling a plan costs more than any question here.
                connection.execute("SELECT set_config('jit', 'off', false)")
                connection.execute("SELECT set_config('statement_timeout', %s, false)", (f"{STATEMENT_S}s",))
            except BaseException:
                connection.close()
                raise
        return connection

    @contextmanager
    def said(self) -> Iterator[None]:
        """What PostgreSQL says of an error, as one sentence that names this store and holds no secret.

        Raises
        ------
        Away
            It is the line or the server: away, starting, shutting down, out of room.
        Unavailable
            It is this role or these tables.
        """
        import psycopg

        try:
            yield
        except DronewallError:
            raise
        except psycopg.Error as error:
            text = self._clean(error.diag.message_primary or str(error))
            state = error.sqlstate or ""
            if state == "42501":
                raise Unavailable(f"{self}: this role may not: {text}") from None
            if isinstance(error, psycopg.OperationalError) or not state or state[:2] in ("08", "53", "57", "58"):
                raise Away(f"{self} does not take it now: {text}") from None
            raise Unavailable(f"{self}: {text} (SQLSTATE {state})") from None

    def _clean(self, text: str) -> str:
        line = " ".join(text.split())
        for name in _SECRETS:
            secret = self._parts.get(name)
            if secret:
                line = line.replace(str(secret), "...")
        return line[:300]


def is_store(where: str) -> bool:
    """Whether that is the address of a store on PostgreSQL, and not a folder."""
    return where.startswith(SCHEMES)


def _here(parts: dict[str, Any]) -> bool:
    """Whether every host of the address is this machine."""
    hosts = [host for key in ("hostaddr", "host") for host in str(parts.get(key) or "").split(",") if host]
    return all(host.startswith(("/", "@")) or host == "localhost" or _loopback(host) for host in hosts)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""The address of a shared store: read, made safe, and said without its password."""

import ipaddress
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

from dronewall.errors import BadInput, DronewallError, Unavailable

if TYPE_CHECKING:
    from psycopg import Connection

SCHEMES: Final = ("postgresql://", "postgres://")
CONNECT_S: Final = 5
STATEMENT_S: Final = 120
_SECRETS: Final = ("password", "sslpassword", "passfile", "oauth_client_secret", "scram_client_key", "scram_server_key")
_WHOLE_BELOW: Final = 8
"""A secret with fewer letters is looked for as a word of its own: `a` is no secret inside other words."""
_SHAPE: Final = (
    "postgresql://USER@HOST:PORT/DATABASE?OPTION=VALUE with the options of libpq, "
    "and % : / @ in a password are written %25 %3A %2F %40"
)
_NUMBERS: Final = (
    "connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
)  # fmt: skip
_NOWHERE: Final = "/dev/null/nowhere"


class Away(Unavailable):
    """The server does not answer, or not now: what waits for it is kept, and it is tried again."""


class Address:
    """Where a store is.

    A server that is not this machine is spoken to over TLS with its certificate checked (`sslmode=verify-full`),
    unless the address says otherwise; where a service file says which server it is, it counts as another machine.
    Libpq's own ways hold for secrets: `~/.pgpass`, `PGPASSFILE`, `PGPASSWORD`. What could be part of a password that
    was written without its escapes is refused, so that no sentence takes it for a host or a database.

    Raises
    ------
    BadInput
        It is none, or one under which libpq looks for no server.
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
        if not uri.startswith(SCHEMES):
            raise BadInput("--store takes postgresql://USER@HOST:PORT/DATABASE (a password belongs into ~/.pgpass)")
        try:
            parts: dict[str, Any] = conninfo_to_dict(uri)
        except (ProgrammingError, UnicodeError):  # their texts repeat the address, password and all
            raise BadInput(f"the address of the store cannot be read; it is {_SHAPE}") from None
        if not _one_reading(uri, parts):
            raise BadInput(f"the address of the store can be read in several ways; it is {_SHAPE}")
        if not _here(parts) and not parts.get("sslmode"):
            parts["sslmode"] = "verify-full"
        self._parts = parts
        why = self._clean(_impossible(parts))
        if why:
            raise BadInput(f"the address of the store cannot be used: {why}")

    def __str__(self) -> str:
        parts = self._parts
        who = f"{_said(parts['user'])}@" if parts.get("user") else ""
        hosts, ports = _listed(parts, "host"), _listed(parts, "port")
        hosts = hosts if any(hosts) else _listed(parts, "hostaddr")
        place = ""
        if not any(host.startswith(("/", "@")) for host in hosts):
            both = zip_longest(hosts, ports, fillvalue=ports[0] if len(ports) == 1 else "")
            place = ",".join(_bracketed(host) + (f":{port}" if port else "") for host, port in both)
        return f"postgresql://{who}{place}/{_said(parts.get('dbname') or '')}"

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
            secret = str(self._parts.get(name) or "")
            if secret:
                found = re.escape(secret)
                line = re.sub(found if len(secret) >= _WHOLE_BELOW else rf"(?<!\w){found}(?!\w)", "...", line)
        return line[:300]


def is_store(where: str) -> bool:
    """Whether that is meant as the address of a store on PostgreSQL, well written or not, and not as a folder."""
    return re.match(r"\s*postgres(ql)?:", where, re.IGNORECASE) is not None or "password=" in where


def _listed(parts: dict[str, Any], key: str) -> list[str]:
    return str(parts.get(key) or "").split(",")


def _one_reading(uri: str, parts: dict[str, Any]) -> bool:
    """Whether nothing of the address could be part of a password: libpq ends a password at the first `/` or `@`."""
    rest = uri.split("://", 1)[1]
    if rest.count("@") > 1 or "@" in rest.partition("/")[2]:
        return False
    hosts = all(map(_is_host, _listed(parts, "host"))) and all(map(_is_host, _listed(parts, "hostaddr")))
    ports = all(re.fullmatch(r"[0-9]*", port) for port in _listed(parts, "port"))
    odd = re.search(r"[@/:]", str(parts.get("dbname") or "")) or re.search(r"[/:]", str(parts.get("user") or ""))
    return hosts and ports and not odd


def _is_host(host: str) -> bool:
    if not host or host.startswith(("/", "@")) or re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})", host):
        return True
    return _address(host) is not None


def _said(name: str) -> str:
    """A user or database as a sentence may say it."""
    return name if re.fullmatch(r"[\w.$ -]{0,63}", name) else "..."


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _impossible(parts: dict[str, Any]) -> str:
    """What libpq has against an address before it looks for any server, options of the environment and of a service
    file included; empty where it has nothing."""
    from psycopg import pq
    from psycopg.conninfo import make_conninfo

    for key in _NUMBERS:
        if parts.get(key) and not re.fullmatch(r"-?[0-9]{1,9}", str(parts[key])):
            return f"{key} is to be a whole number"
    for port in _listed(parts, "port"):
        if port and not 0 < int(port) < 65_536:
            return "a port is none of 1 to 65535"
    names, addresses = _listed(parts, "host"), _listed(parts, "hostaddr")
    if any(names) and any(addresses) and len(names) != len(addresses):
        return f"it names {len(names)} hosts and {len(addresses)} addresses of them"
    # A socket that cannot be: whatever libpq says that does not name it, it says of the options.
    hosts = names if any(names) else addresses
    probe = {
        **parts,
        "host": ",".join([_NOWHERE] * len(hosts)),
        "hostaddr": "",
        "port": parts.get("port") or "5432",
        "password": "-",
        "gssencmode": "disable" if parts.get("gssencmode") in (None, "require") else parts["gssencmode"],
    }
    line = pq.PGconn.connect_start(make_conninfo("", **probe).encode())
    try:
        said = line.get_error_message() if line.status == pq.ConnStatus.BAD else ""
    finally:
        line.finish()
    return "" if _NOWHERE in said else said


def _here(parts: dict[str, Any]) -> bool:
    """Whether every host is this machine, wherever libpq would take it from; of a service file nothing is believed."""
    if parts.get("service") or os.environ.get("PGSERVICE"):
        return False
    said = {"host": parts.get("host") or os.environ.get("PGHOST")}
    said["hostaddr"] = parts.get("hostaddr") or os.environ.get("PGHOSTADDR")
    hosts = [host for key in said for host in _listed(said, key) if host]
    return all(host.startswith(("/", "@")) or host == "localhost" or _loopback(host) for host in hosts)


def _loopback(host: str) -> bool:
    address = _address(host)
    return address is not None and address.is_loopback


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None

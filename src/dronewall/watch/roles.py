"""Bearer tokens, each with a role and a user's name. Only their hashes are stored; `rights` says what a role may do.

A token is 32 random bytes, so its SHA-256 needs no salt and no slow hash: there is nothing to guess. Tokens travel in
the `Authorization: Bearer` header only (the WebSocket's in its address, which a browser cannot set a header for),
never in a cookie, so no other site can make a browser send one.
"""

import hashlib
import hmac
import json
import os
import secrets
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from dronewall.errors import BadInput, Corrupt
from dronewall.units import SECOND_NS

LIFETIME_NS = 7 * 86_400 * SECOND_NS


class Role(StrEnum):
    """What a token is for. What each may do stands in `rights.TABLE`."""

    SENSOR = "sensor"
    VIEWER = "viewer"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    PLANNER = "planner"
    INTEGRATOR = "integrator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who acts: a name for the audit log (a sensor's: its id in the wall), a role, and the key of the token used."""

    user: str
    role: Role
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    digest: str
    user: str
    role: str
    expires_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A token as it may be shown: never the token, of its hash only the beginning."""

    key: str
    user: str
    role: str
    expires_ns: int

    def row(self) -> dict[str, str]:
        """As JSON shows it."""
        until = datetime.fromtimestamp(self.expires_ns / 1e9, UTC).strftime("%Y-%m-%dT%H:%MZ")
        return {"key": self.key, "user": self.user, "role": self.role, "until": until}


def role_named(name: str) -> Role:
    """The role of that name.

    Raises
    ------
    BadInput
        There is none.
    """
    if name not in list(Role):
        raise BadInput(f"'{name}' is no role; give one of: {', '.join(Role)}", key="role")
    return Role(name)


def user_named(name: str) -> str:
    """A name that a token may have.

    Raises
    ------
    BadInput
        It is empty, too long, holds what does not print, or stands for the program itself.
    """
    if not name.strip() or name in ("system", "gateway") or len(name) > 64 or not name.isprintable():
        raise BadInput(f"{name[:64]!r} is no name for a person; give another, at most 64 characters", key="user")
    return name


class Tokens:
    """The tokens of one data directory, `tokens.json`, mode 0600, hashes only.

    The file may be changed beside a running service, by `dronewall token`: what was revoked opens nothing from then on.
    """

    def __init__(self, file: Path, *, now_ns: int) -> None:
        self._file = file
        self._stored: list[_Stored] = []
        self._seen: tuple[int, ...] = ()
        self._lock = threading.RLock()  # routes that are no coroutines run in threads of their own
        self._read()
        self._stored = [row for row in self._stored if row.expires_ns > now_ns]

    def issue(self, user: str, role: Role, *, now_ns: int, lifetime_ns: int = LIFETIME_NS) -> str:
        """A new token; this is the only time that it can be read."""
        token = secrets.token_urlsafe(32)
        row = _Stored(digest=_digest(token), user=user, role=str(role), expires_ns=now_ns + lifetime_ns)
        with self._lock:
            self._read()
            self._stored.append(row)
            self._write()
        return token

    def one(self, token: str, *, now_ns: int) -> Listed:
        """How a token that was just given is listed."""
        key = _digest(token)[:12]
        return next(row for row in self.listed(now_ns=now_ns) if row.key == key)

    def listed(self, *, now_ns: int) -> list[Listed]:
        """Every token that still opens something."""
        return [_listed(row) for row in self._read() if row.expires_ns > now_ns]

    def revoke(self, key: str) -> list[Listed]:
        """Take back the token whose hash begins like that, or every token of that user; which they were.

        Raises
        ------
        BadInput
            There is none.
        """
        with self._lock:
            self._read()
            gone = [row for row in self._stored if row.user == key or (len(key) >= 8 and row.digest.startswith(key))]
            if not gone:
                raise BadInput(f"no token is of '{key}'; 'dronewall token list' says which there are")
            self._stored = [row for row in self._stored if row not in gone]
            self._write()
        return [_listed(row) for row in gone]

    def person(self, token: str, *, now_ns: int) -> Person | None:
        """Whose token this is, or None. Every stored hash is compared in constant time.

        A role that this version does not know opens nothing.
        """
        digest, found = _digest(token), None
        for row in self._read():
            if hmac.compare_digest(row.digest, digest) and row.expires_ns > now_ns:
                found = row
        if found is None or found.role not in list(Role):
            return None
        return Person(user=found.user, role=Role(found.role), key=found.digest[:12])

    def _read(self) -> list[_Stored]:
        """Take what the file says, where it has changed."""
        with self._lock:
            self._take_file()
            return list(self._stored)

    def _take_file(self) -> None:
        try:
            now = self._state()
        except FileNotFoundError:
            if self._seen:  # it was removed: nothing is open to anybody
                self._stored, self._seen = [], ()
            return
        if now == self._seen:
            return
        try:
            self._stored = [_Stored(**row) for row in json.loads(self._file.read_text("utf-8"))]
        except (ValueError, TypeError) as error:
            raise Corrupt(f"{self._file} is not a list of token hashes ({error}); remove it and start again") from None
        self._seen = now

    def _state(self) -> tuple[int, ...]:
        """What tells one writing of the file from another: each is a new file in the place of the last."""
        found = self._file.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _write(self) -> None:
        text = json.dumps([asdict(row) for row in self._stored], indent=1)
        beside = self._file.with_suffix(".tmp")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
        beside.replace(self._file)
        self._seen = self._state()


def _listed(row: _Stored) -> Listed:
    return Listed(key=row.digest[:12], user=row.user, role=row.role, expires_ns=row.expires_ns)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

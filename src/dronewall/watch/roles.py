"""Who may do what: bearer tokens, each with a role and a user's name. Only their hashes are stored.

A token is 32 random bytes, so its SHA-256 needs no salt and no slow hash: there is nothing to guess. Tokens travel in
the `Authorization: Bearer` header only (the WebSocket's in its address, which a browser cannot set a header for),
never in a cookie, so no other site can make a browser send one.
"""

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from dronewall.errors import Corrupt
from dronewall.units import SECOND_NS

LIFETIME_NS = 7 * 86_400 * SECOND_NS


class Role(StrEnum):
    """What a token opens. An operator may do all that a viewer may."""

    VIEWER = "viewer"
    OPERATOR = "operator"

    def may(self, needed: "Role") -> bool:
        """Whether this role covers the needed one."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who acts: a name for the audit log and a role."""

    user: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    digest: str
    user: str
    role: str
    expires_ns: int


class Tokens:
    """The tokens of one data directory, `tokens.json`, mode 0600, hashes only."""

    def __init__(self, file: Path, *, now_ns: int) -> None:
        self._file = file
        self._stored: list[_Stored] = []
        if file.exists():
            try:
                rows = json.loads(file.read_text("utf-8"))
                self._stored = [_Stored(**row) for row in rows]
            except (ValueError, TypeError) as error:
                raise Corrupt(f"{file} is not a list of token hashes ({error}); remove it and start again") from None
        self._stored = [row for row in self._stored if row.expires_ns > now_ns]

    def issue(self, user: str, role: Role, *, now_ns: int) -> str:
        """A new token; this is the only time that it can be read."""
        token = secrets.token_urlsafe(32)
        row = _Stored(digest=_digest(token), user=user, role=str(role), expires_ns=now_ns + LIFETIME_NS)
        self._stored.append(row)
        self._write()
        return token

    def person(self, token: str, *, now_ns: int) -> Person | None:
        """Whose token this is, or None. Every stored hash is compared in constant time."""
        digest, found = _digest(token), None
        for row in self._stored:
            if hmac.compare_digest(row.digest, digest) and row.expires_ns > now_ns:
                found = row
        return None if found is None else Person(user=found.user, role=Role(found.role))

    def _write(self) -> None:
        text = json.dumps([asdict(row) for row in self._stored], indent=1)
        beside = self._file.with_suffix(".tmp")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
        beside.replace(self._file)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""Personal data as a decoder finds them, kept apart from the detections from the first byte on.

What is personal in a message (who and where the operator is, a private drone's serial number, free text) leaves the
decoder as `PersonalData`, which the service puts into the vault. Detections hold a pseudonym: `rid:` or `session:` and
16 hex digits of HMAC-SHA256 over the id under a salt. The salt is the caller's (the service takes the vault's key of
the day); without one a fixed salt is used, which hides ids from a reader and not from one who can guess them.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PSEUDONYM = re.compile(r"(rid|session):[0-9a-f]{16}")
FIXED_SALT = b"dronewall"
ICAO = re.compile(r"icao:[0-9a-f]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """One item for the vault. `kind` is what it is of (`remote_id.operator`, `remote_id.serial`, `remote_id.text`,
    `remote_id.bad_frame`), `identity` the pseudonym that the detections carry, `data` JSON."""

    time_ns: int
    kind: str
    identity: str
    data: Mapping[str, Any]


def pseudonym(kind: str, plain: str, salt: bytes) -> str:
    """The identity that stands for a personal id: `rid:` or `session:` and 16 hex digits."""
    return f"{kind}:{hmac.new(salt, plain.encode('utf-8', 'replace'), hashlib.sha256).hexdigest()[:16]}"


def identity_of(text: str, salt: bytes) -> str | None:
    """A claimed identity as a detection may carry it: ICAO addresses as they are, personal ids as pseudonyms.

    None where it is neither; what is already a pseudonym stays.
    """
    claimed = text.lower()
    if ICAO.fullmatch(claimed) or PSEUDONYM.fullmatch(claimed):
        return claimed
    kind, _, plain = text.partition(":")
    if kind.lower() in ("rid", "session") and 0 < len(plain) <= 256:
        return pseudonym(kind.lower(), plain, salt)
    return None

"""Ids that SAPIENT asks for, derived and not drawn: the same thing has the same id in every run.

A ULID is 48 bits of milliseconds and 80 bits that are random in others' programs; ours are of a SHA-256 over what the
id stands for. A node id is a UUID whose version and variant say 4, over the wall's name. Source: github.com/ulid/spec;
RFC 4122 section 4.4.
"""

import hashlib
import uuid
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid(time_ns: int, of: str) -> str:
    """The ULID of something that was first there at `time_ns`."""
    low = int.from_bytes(hashlib.sha256(of.encode()).digest()[:10], "big")
    value = (max(time_ns, 0) // 1_000_000 & (1 << 48) - 1) << 80 | low
    return "".join(ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


def node_id(of: str) -> str:
    """A UUID of version 4 that stands for `of`."""
    return str(uuid.UUID(bytes=hashlib.sha256(of.encode()).digest()[:16], version=4))

"""What the screen says of who a thing says it is. Never whose it is."""

from typing import Final

from dronewall.records.track import Tracks
from dronewall.records.words import IdentityStatus

PRIVATE_PREFIX: Final = "rid:"

_WORDS: Final = {
    IdentityStatus.COOPERATIVE: "says who it is, and nothing contradicts it",
    IdentityStatus.CONFLICTING: "says who it is, and independent sensors see something else",
    IdentityStatus.UNKNOWN: "says nothing of who it is",
}


def in_words(status: str) -> str:
    """An identity status as a sentence's end."""
    return _WORDS[IdentityStatus(status)]


def public_identity(identity: str | None) -> str | None:
    """An identity as it may stand in the log's chain: an aircraft's address is public, a drone's serial is not."""
    if identity is None or identity.startswith(PRIVATE_PREFIX):
        return None
    return identity


def summary(tracks: Tracks, i: int) -> dict[str, str | None]:
    """Identity, status and words of a track's row, for its card."""
    status = str(tracks.identity_status[i])
    identity = tracks.identity[i]
    return {"identity": None if identity is None else str(identity), "status": status, "words": in_words(status)}

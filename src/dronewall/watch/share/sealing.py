"""What goes over a line is for its two ends alone: a frame is sealed for the partner's program, its answer for ours.

TLS ends at whoever is dialled, which may be a hub, and a nats-server takes the certificate of a key that was stolen
until it ends. So each program has an X25519 key of its own, drawn when it starts, signed by its nation's key (`post`).
For each frame another is drawn; from both comes one key for the frame and one for its answers (HKDF, RFC 5869;
ChaCha20-Poly1305, RFC 8439). Who keeps what went over a line and has a nation's key later cannot open it.

    frame    the first 8 bytes of SHA-256 of the receiver's key | the frame's key (32) | sealed
    answer   nonce (12) | sealed
"""

import os
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dronewall.errors import BadInput

KEY_BYTES: Final = 32
MARK_BYTES: Final = 8
NONCE_BYTES: Final = 12
ONCE: Final = bytes(NONCE_BYTES)
"""The nonce of a frame: its key is used for nothing else. Answers draw theirs, as a frame may be answered twice."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What answers to one frame are sealed with."""

    _cipher: ChaCha20Poly1305

    def seal(self, body: bytes) -> bytes:
        """An answer, sealed."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, body, None)

    def open(self, sealed: bytes) -> bytes | None:
        """An answer; None: it is of nobody who could open the frame."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
        except (InvalidTag, ValueError):
            return None


class Seal:
    """One program's own key, for as long as it runs."""

    def __init__(self) -> None:
        self._key = X25519PrivateKey.generate()
        self.public = self._key.public_key().public_bytes_raw()
        self._mark = _mark(self.public)

    def fits(self, sealed: bytes) -> bool:
        """Whether a frame says that it is for this key, and not for the one of a program that ended."""
        return sealed[:MARK_BYTES] == self._mark

    def open(self, sealed: bytes, way: str) -> tuple[bytes, Answers]:
        """A frame, and what its answers are sealed with; `way` says from whom and to whom.

        Raises
        ------
        BadInput
            It was not sealed for this key and way.
        """
        once = sealed[MARK_BYTES : MARK_BYTES + KEY_BYTES]
        try:
            shared = self._key.exchange(X25519PublicKey.from_public_bytes(once))
            cipher, answers = _keys(shared, once, self.public, way)
            return cipher.decrypt(ONCE, sealed[MARK_BYTES + KEY_BYTES :], None), answers
        except (InvalidTag, ValueError):
            raise BadInput("the frame is not sealed for this node") from None


def seal(body: bytes, public: bytes, way: str) -> tuple[bytes, Answers]:
    """A frame sealed for who has the key of `public`, and what its answers are opened with.

    Raises
    ------
    BadInput
        `public` is no key.
    """
    key = X25519PrivateKey.generate()
    once = key.public_key().public_bytes_raw()
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise BadInput("the partner's key for sealing is none") from None
    cipher, answers = _keys(shared, once, public, way)
    return _mark(public) + once + cipher.encrypt(ONCE, body, None), answers


def _keys(shared: bytes, once: bytes, public: bytes, way: str) -> tuple[ChaCha20Poly1305, Answers]:
    info = b"dronewall line 1 " + way.encode() + once + public
    both = HKDF(algorithm=SHA256(), length=2 * KEY_BYTES, salt=None, info=info).derive(shared)
    return ChaCha20Poly1305(both[:KEY_BYTES]), Answers(ChaCha20Poly1305(both[KEY_BYTES:]))


def _mark(public: bytes) -> bytes:
    digest = Hash(SHA256())
    digest.update(public)
    return digest.finalize()[:MARK_BYTES]

"""Who we are and who a partner is: keys, certificates, and the signature under each frame.

One Ed25519 key of a nation does both: TLS between the servers, and the signature under each frame. A partner is known
in one of two ways. Its certificate is *pinned*: given by hand, trusted alone, signed by itself. Or an *authority* that
all partners trust vouches for it: then the certificate comes with each frame, and a nation may renew it by itself.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from dronewall.errors import BadInput
from dronewall.records.wall import ShareSpec
from dronewall.watch.share.certificates import Authority, key_of, nation_of, out_of_date, read

SIGNATURE_BYTES: Final = 64
MOST_BYTES: Final = 8_192
"""What a certificate beside a frame may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Another nation as we know it. `file` is what TLS trusts: its own pinned certificate, or the authority's."""

    nation: str
    file: Path
    pinned: x509.Certificate | None = None
    authority: Authority | None = None

    @classmethod
    def read(cls, file: Path, nation: str) -> "Partner":
        """The partner of that nation, known by the certificate that it gave us.

        Raises
        ------
        BadInput
            The file is no certificate of a node, or of another nation.
        """
        found = read(file)
        named = nation_of(found)
        if named != nation:
            raise BadInput(f"{file} is the certificate of {named or 'no nation'}, not of {nation}", file=str(file))
        if key_of(found) is None:
            raise BadInput(f"{file} holds no Ed25519 key; make one with: dronewall share identity", file=str(file))
        return cls(nation=nation, file=file, pinned=found)

    @classmethod
    def vouched(cls, authority: Authority, nation: str) -> "Partner":
        """The partner of that nation, whoever the authority says it is."""
        return cls(nation=nation, file=authority.file, authority=authority)

    def certificate(self, shown: bytes, now: datetime) -> x509.Certificate:
        """The certificate that this nation's frames are to be verified with; `shown` came beside a frame (DER).

        Raises
        ------
        BadInput
            It is of another nation, out of date, or nobody whom we trust vouches for it: one sentence.
        """
        found = self.pinned or _decoded(shown)
        if found is None:
            raise BadInput(f"the frame brings no certificate of {self.nation} that can be read")
        why = self.authority.vouched(found) or self.authority.late(now) if self.authority is not None else ""
        if why:
            raise BadInput(why)
        named = nation_of(found)
        if named != self.nation:
            raise BadInput(f"the certificate is of {named or 'no nation'}, not of {self.nation}")
        ended = self.ended(found, now)
        if ended:
            raise BadInput(f"the certificate of {self.nation} {ended}")
        return found

    def ended(self, certificate: x509.Certificate, now: datetime) -> str:
        """Why a certificate of whom we trust holds no more, as the end of a sentence; empty where it does."""
        took_back = "" if self.authority is None else self.authority.took_back(certificate)
        return out_of_date(certificate, now) or took_back

    def verify(self, body: bytes, signature: bytes, shown: bytes, now: datetime) -> x509.Certificate:
        """The certificate under which this nation signed that.

        Raises
        ------
        BadInput
            It did not, or its certificate is not to be believed: one sentence.
        """
        found = self.certificate(shown, now)
        key = key_of(found)
        try:
            if key is None:
                raise BadInput(f"the certificate of {self.nation} holds no Ed25519 key")
            key.verify(signature, body)
        except InvalidSignature:
            raise BadInput(f"the frame is not signed by {self.nation}") from None
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Ourselves: the nation, the certificate and its file, the key and its file."""

    nation: str
    file: Path
    certificate: x509.Certificate
    key_file: Path
    key: Ed25519PrivateKey

    @classmethod
    def read(cls, certificate: Path, key_file: Path, nation: str) -> "Identity":
        """Our own identity. One that is out of date is read: our own picture must not hang on it.

        Raises
        ------
        BadInput
            A file is missing, of another nation, or key and certificate are not of one pair.
        """
        known = Partner.read(certificate, nation).pinned
        assert known is not None
        try:
            key = load_pem_private_key(key_file.read_bytes(), None)
        except (OSError, ValueError, TypeError):
            raise BadInput(
                f"{key_file} is no private key that can be read; make one with: dronewall share identity",
                file=str(key_file),
            ) from None
        if not isinstance(key, Ed25519PrivateKey) or _raw(key.public_key()) != _raw(key_of(known)):
            raise BadInput(f"{key_file} is not the key of {certificate}", file=str(key_file))
        if key_file.stat().st_mode & 0o077:
            raise BadInput(f"{key_file} can be read by others; type: chmod 600 {key_file}", file=str(key_file))
        return cls(nation=nation, file=certificate, certificate=known, key_file=key_file, key=key)

    @property
    def shown(self) -> bytes:
        """The certificate as it goes beside each frame (DER)."""
        return self.certificate.public_bytes(Encoding.DER)

    def sign(self, body: bytes) -> bytes:
        """The signature under a body."""
        return self.key.sign(body)


def known(share: ShareSpec, base: Path) -> tuple[Identity, dict[str, Partner]]:
    """Ourselves, and each partner by nation, as `[share]` names them; paths are relative to `base`.

    Raises
    ------
    BadInput
        A file that cannot be used, of the wrong nation, or that the authority did not sign.
    """
    me = Identity.read((base / share.certificate).resolve(), (base / share.key).resolve(), share.nation)
    if share.authority is None:
        files = {one.nation: (base / (one.certificate or "")).resolve() for one in share.partner}
        return me, {nation: Partner.read(file, nation) for nation, file in files.items()}
    revoked = None if share.revoked is None else (base / share.revoked).resolve()
    authority = Authority.read((base / share.authority).resolve(), revoked)
    why = authority.vouched(me.certificate)
    if why:
        raise BadInput(f"{me.file}: {why}, {authority.file.name}; no partner would let us in", file=str(me.file))
    return me, {one.nation: Partner.vouched(authority, one.nation) for one in share.partner}


@lru_cache(maxsize=32)
def _decoded(shown: bytes) -> x509.Certificate | None:
    """A certificate that anybody may have sent; a partner's is the same for a year, and read once."""
    try:
        return x509.load_der_x509_certificate(shown) if 0 < len(shown) <= MOST_BYTES else None
    except ValueError:
        return None


def _raw(key: Ed25519PublicKey | None) -> bytes:
    return b"" if key is None else key.public_bytes(Encoding.Raw, PublicFormat.Raw)

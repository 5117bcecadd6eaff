"""A nation's key, and the one file that it gives to its partners: a certificate that they pin.

One Ed25519 key does both: TLS between the servers, and the signature under each frame. The certificate is signed by
itself and may sign no other, so trusting it trusts this key and nothing else; nobody's authority can make a second one.
"""

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dronewall.errors import BadInput

SIGNATURE_BYTES: Final = 64
LASTS: Final = timedelta(days=825)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Another nation as we know it: by its certificate file."""

    nation: str
    file: Path
    key: Ed25519PublicKey

    @classmethod
    def read(cls, file: Path, nation: str, now: datetime) -> "Partner":
        """The partner of that nation.

        Raises
        ------
        BadInput
            The file is no certificate of ours, of another nation, or out of date.
        """
        found = _certificate(file)
        named = _nation(found)
        if named != nation:
            raise BadInput(f"{file} is the certificate of {named or 'no nation'}, not of {nation}", file=str(file))
        if not found.not_valid_before_utc <= now <= found.not_valid_after_utc:
            raise BadInput(f"{file} is valid until {found.not_valid_after_utc:%Y-%m-%d}, not today", file=str(file))
        key = found.public_key()
        if not isinstance(key, Ed25519PublicKey):
            raise BadInput(f"{file} holds no Ed25519 key; make one with: dronewall share identity", file=str(file))
        return cls(nation=nation, file=file, key=key)

    def signed(self, body: bytes, signature: bytes) -> bool:
        """Whether this nation signed that."""
        try:
            self.key.verify(signature, body)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Ourselves: the nation, the certificate's file and the key's."""

    nation: str
    certificate: Path
    key_file: Path
    key: Ed25519PrivateKey

    @classmethod
    def read(cls, certificate: Path, key_file: Path, nation: str, now: datetime) -> "Identity":
        """Our own identity.

        Raises
        ------
        BadInput
            A file is missing, of another nation, or key and certificate are not of one pair.
        """
        known = Partner.read(certificate, nation, now)
        try:
            key = load_pem_private_key(key_file.read_bytes(), None)
        except (OSError, ValueError, TypeError):
            raise BadInput(
                f"{key_file} is no private key that can be read; make one with: dronewall share identity",
                file=str(key_file),
            ) from None
        same = isinstance(key, Ed25519PrivateKey) and _raw(key.public_key()) == _raw(known.key)
        if not isinstance(key, Ed25519PrivateKey) or not same:
            raise BadInput(f"{key_file} is not the key of {certificate}", file=str(key_file))
        if key_file.stat().st_mode & 0o077:
            raise BadInput(f"{key_file} can be read by others; type: chmod 600 {key_file}", file=str(key_file))
        return cls(nation=nation, certificate=certificate, key_file=key_file, key=key)

    def sign(self, body: bytes) -> bytes:
        """The signature under a body."""
        return self.key.sign(body)


def make(nation: str, folder: Path, hosts: Sequence[str], now: datetime) -> tuple[Path, Path]:
    """A new identity in `folder`: NATION.crt for the partners, NATION.key (mode 0600) for nobody.

    `hosts` are the names and addresses under which partners dial us.

    Raises
    ------
    BadInput
        One is there already: overwriting it would cut every line.
    """
    certificate, key_file = folder / f"{nation}.crt", folder / f"{nation}.key"
    for file in (certificate, key_file):
        if file.exists():
            raise BadInput(f"{file} is there already; remove it yourself if every partner is to get a new one")
    if len(nation) != 2 or not (nation.isascii() and nation.isalpha() and nation.isupper()):
        raise BadInput(f"'{nation}' is no nation; give two capital letters, such as LV")
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, nation)])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        .add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
        .sign(key, None)
    )
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    certificate.write_bytes(built.public_bytes(Encoding.PEM))
    return certificate, key_file


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _certificate(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except FileNotFoundError:
        raise BadInput(f"{file} is not there; it is the certificate that the nation gave you", file=str(file)) from None
    except (OSError, ValueError):
        raise BadInput(f"{file} is no certificate (PEM)", file=str(file)) from None


def _nation(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if len(names) == 1 else ""


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)

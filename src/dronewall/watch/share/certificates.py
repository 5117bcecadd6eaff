"""What a node's certificate must say, and who may vouch for it.

The nation stands in one place: a URI among the certificate's alternative names, `urn:dronewall:nation:LV`. A subject is
what an authority's own rules make of it, so nothing is read from there. Nodes' certificates are signed by the authority
itself, without others between: whoever trusts an authority has one file to look at.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID

from dronewall.errors import BadInput
from dronewall.watch.share.revoked import Revoked

NATION: Final = "urn:dronewall:nation:"


def name_of(nation: str) -> str:
    """The URI that says which nation a certificate is of."""
    return f"{NATION}{nation}"


def nation_of(certificate: x509.Certificate) -> str:
    """The nation that a certificate names; empty where it names none, or could be taken for another's.

    nats-server asks mail addresses, host names and URIs one after the other for the partner whose line it opens, and
    reads `URN:` as `urn:`. So there is one URI and no mail address, and what is said to be a host is one.
    """
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return ""
    hosts = [one for one in names if isinstance(one, x509.DNSName | x509.IPAddress)]
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    others = len(names) - len(hosts) - len(uris)
    if len(uris) != 1 or others or not all(is_host(one.value) for one in hosts if isinstance(one, x509.DNSName)):
        return ""
    found = re.fullmatch(f"{NATION}([A-Z]{{2}})", uris[0])
    return found[1] if found else ""


def is_host(name: str) -> bool:
    """Whether a name may be one of a host."""
    return re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", name) is not None


def read(file: Path) -> x509.Certificate:
    """The one certificate of a file.

    Raises
    ------
    BadInput
        It is missing, no certificate, or more than one.
    """
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except FileNotFoundError:
        raise BadInput(f"{file} is not there; it is the certificate that was given to you", file=str(file)) from None
    except (OSError, ValueError):
        raise BadInput(f"{file} is no certificate (PEM)", file=str(file)) from None
    if len(found) != 1:
        raise BadInput(f"{file} holds {len(found)} certificates; give a file with one", file=str(file))
    return found[0]


def key_of(certificate: x509.Certificate) -> Ed25519PublicKey | None:
    """The key of a node's certificate, where it is of the kind that nodes sign with."""
    try:
        key = certificate.public_key()
    except ValueError:
        return None
    return key if isinstance(key, Ed25519PublicKey) else None


def out_of_date(certificate: x509.Certificate, now: datetime) -> str:
    """Why a certificate is not valid now, as the end of a sentence; empty where it is."""
    if now > certificate.not_valid_after_utc:
        return f"ended on {certificate.not_valid_after_utc:%Y-%m-%d}"
    if now < certificate.not_valid_before_utc:
        return f"is not valid before {certificate.not_valid_before_utc:%Y-%m-%d}"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who vouches for the nodes of all partners."""

    file: Path
    certificate: x509.Certificate
    revoked: Revoked | None = None

    @classmethod
    def read(cls, file: Path, revoked: Path | None = None) -> "Authority":
        """The authority of that file, and what it took back, where it says so in a file.

        Raises
        ------
        BadInput
            It is no certificate, or one that may sign no other; the list is none of its own.
        """
        found = read(file)
        if not _signs(found):
            raise BadInput(
                f"{file} is the certificate of a node, not of an authority; make one with: dronewall share keys",
                file=str(file),
            )
        return cls(file=file, certificate=found, revoked=None if revoked is None else Revoked(revoked, found))

    def vouched(self, certificate: x509.Certificate) -> str:
        """Why this authority does not vouch for a node's certificate, in one sentence; empty where it does."""
        try:
            certificate.verify_directly_issued_by(self.certificate)
        except (InvalidSignature, ValueError, TypeError):
            return "the certificate was not signed by the authority that this node trusts"
        if _signs(certificate) or not _for_both(certificate):
            return "the certificate is not one of a node: it must sign no other, and serve and dial"
        return ""

    def took_back(self, certificate: x509.Certificate) -> str:
        """Since when a certificate is revoked, as the end of a sentence; empty where it is not."""
        return "" if self.revoked is None else self.revoked.why(certificate)

    def late(self, now: datetime) -> str:
        """Why this authority vouches for nobody today; empty where it does."""
        late = out_of_date(self.certificate, now)
        return f"the authority's own certificate {late}" if late else ""


def _signs(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return False


def _for_both(certificate: x509.Certificate) -> bool:
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return False
    return {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH} <= set(uses)

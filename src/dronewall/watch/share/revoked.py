"""Certificates that an authority took back before their end: its list, RFC 5280, section 5, read again when it changes.

Neither TLS in a nats-server nor a signature asks for it. So a node does, wherever it believes a certificate: before it
seals anything for who shows one, and for each frame.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from dronewall.errors import BadInput

PEM = b"-----BEGIN X509 CRL-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How the list is: `why` is empty, or what is wrong with the file; then the list of before it holds."""

    entries: int
    until: datetime | None
    why: str


class Revoked:
    """The list in a file, PEM or DER.

    Raises
    ------
    BadInput
        The file is missing, no list, or not signed by that authority.
    """

    def __init__(self, file: Path, authority: x509.Certificate) -> None:
        self.file, self._authority = file, authority
        self._stamp, self._why = _stamp(file), ""
        self._list = _read(file, authority)

    def why(self, certificate: x509.Certificate) -> str:
        """Since when a certificate is revoked and why, as the end of a sentence; empty where it is not."""
        self.look()
        found = self._list.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if found is None:
            return ""
        try:
            reason = found.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
        except x509.ExtensionNotFound:
            reason = ""
        named = f" ({''.join(f' {c.lower()}' if c.isupper() else c for c in reason)})" if reason else ""
        return f"was revoked on {found.revocation_date_utc:%Y-%m-%d}{named}"

    def look(self) -> None:
        """Read the file again where it is another; what cannot be used is said, and what was known stays known."""
        stamp = _stamp(self.file)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._list, self._why = _read(self.file, self._authority), ""
        except BadInput as error:
            self._why = str(error)

    @property
    def entries(self) -> list[x509.RevokedCertificate]:
        """What is revoked."""
        return list(self._list)

    @property
    def number(self) -> int:
        """How many lists there were up to this one, where it says so."""
        try:
            return self._list.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        except x509.ExtensionNotFound:
            return 0

    def state(self, now: datetime) -> State:
        """What there is to say of the list; one that should have been replaced by now still holds."""
        until = self._list.next_update_utc
        why = self._why
        if not why and until is not None and now > until:
            why = f"{self.file.name} was to be replaced by {until:%Y-%m-%d}; what was revoked since is not known here"
        return State(entries=len(self._list), until=until, why=why)


def read_list(file: Path) -> x509.CertificateRevocationList:
    """The list of a file.

    Raises
    ------
    BadInput
        It is missing, or no list.
    """
    try:
        body = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}", file=str(file)) from None
    try:
        return x509.load_pem_x509_crl(body) if PEM in body else x509.load_der_x509_crl(body)
    except ValueError:
        raise BadInput(f"{file} is no list of revoked certificates (PEM or DER)", file=str(file)) from None


def _read(file: Path, authority: x509.Certificate) -> x509.CertificateRevocationList:
    found = read_list(file)
    try:
        signed = found.is_signature_valid(authority.public_key())  # type: ignore[arg-type]
    except (TypeError, ValueError):
        signed = False
    if not signed or found.issuer != authority.subject:
        raise BadInput(f"{file} was not signed by the authority that this node trusts", file=str(file))
    return found


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino

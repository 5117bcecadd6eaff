"""HTTPS at the page's door: a certificate and its key, looked at before anything starts."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from dronewall.errors import BadInput
from dronewall.watch.lasting import Lasting


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A certificate file (the server's first, then those between it and its authority) and the file of its key."""

    certificate: Path
    key: Path
    until: datetime

    @classmethod
    def read(cls, certificate: Path, key: Path) -> "Pair":
        """The pair of `--tls`. One that is out of date is read: the picture must not hang on it, and health says so.

        Raises
        ------
        BadInput
            One of the files cannot be used, or they are not of one pair: one sentence.
        """
        first = _certificates(certificate)[0]
        try:
            private = load_pem_private_key(key.read_bytes(), None)
        except FileNotFoundError:
            raise BadInput(f"--tls {key} is not there; give the certificate's file, then its key's") from None
        except TypeError:
            raise BadInput(f"--tls {key} is locked with a pass phrase; nobody is here to type it: unlock it") from None
        except (OSError, ValueError):
            raise BadInput(
                f"--tls {key} is no private key (PEM); give the certificate's file, then its key's"
            ) from None
        public = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        if private.public_key().public_bytes(*public) != first.public_key().public_bytes(*public):
            raise BadInput(f"--tls {key} is not the key of {certificate}; give the two files of one pair")
        if key.stat().st_mode & 0o007:
            raise BadInput(f"--tls {key} can be read by anybody; type: chmod 600 {key}")
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
        except (ssl.SSLError, OSError) as error:
            raise BadInput(f"--tls {certificate} {key} cannot serve TLS: {error}") from None
        return cls(certificate=certificate, key=key, until=first.not_valid_after_utc)

    def lasting(self) -> list[Lasting]:
        """How long it lasts."""
        return [Lasting(of="https", until=self.until, now=datetime.now(UTC))]


def _certificates(file: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except FileNotFoundError:
        raise BadInput(f"--tls {file} is not there; give the certificate's file, then its key's") from None
    except (OSError, ValueError):
        raise BadInput(f"--tls {file} is no certificate (PEM); give the certificate's file, then its key's") from None

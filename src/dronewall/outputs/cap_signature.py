"""XML signatures of CAP documents: made by us, checked by us and by others.

CAP 1.2 section 3.3.4.1: an enveloped signature (XML-DSig) as the last child of `alert`. RSA with SHA-256, exclusive
canonicalisation, the signer's certificate in KeyInfo. The same document and key give the same bytes.

An exercise and a live wall sign with different keys (`DATA/keys/cap-exercise.key.pem`, `cap-live.key.pem`, each with
its `.crt.pem`): who trusts the one for alerts does not thereby trust the other.
"""

from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree
from signxml.algorithms import SignatureConstructionMethod
from signxml.exceptions import InvalidInput, InvalidSignature
from signxml.signer import XMLSigner
from signxml.verifier import XMLVerifier

from dronewall.errors import BadInput

EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
LEAST_BITS: Final = 2048


class Signer:
    """A key and the certificate that says whose it is."""

    def __init__(self, key: bytes, certificate: bytes, *, file: str = "the key") -> None:
        try:
            private = load_pem_private_key(key, None)
            stated = x509.load_pem_x509_certificate(certificate)
        except (ValueError, TypeError) as error:
            raise BadInput(
                f"{file}: {error}; give a key and a certificate in PEM, without a password", file=file
            ) from None
        if not isinstance(private, rsa.RSAPrivateKey) or private.key_size < LEAST_BITS:
            raise BadInput(f"{file}: CAP is signed with an RSA key of at least {LEAST_BITS} bits", file=file)
        if stated.public_key() != private.public_key():
            raise BadInput(f"{file}: the certificate beside it is of another key", file=file)
        self._key, self._certificate = key, certificate

    @classmethod
    def read(cls, folder: Path, *, exercise: bool) -> "Signer | None":
        """The signer of a data folder's keys; None where there is no key.

        Raises
        ------
        BadInput
            A key without its certificate, or one that cannot be used.
        """
        name = f"cap-{'exercise' if exercise else 'live'}"
        key, certificate = folder / f"{name}.key.pem", folder / f"{name}.crt.pem"
        if not key.exists():
            return None
        if not certificate.exists():
            raise BadInput(f"{key} has no certificate; put it beside the key as {certificate.name}", file=str(key))
        return cls(key.read_bytes(), certificate.read_bytes(), file=str(key))

    def sign(self, document: bytes) -> bytes:
        """The document with its signature."""
        signer = XMLSigner(
            method=SignatureConstructionMethod.enveloped,
            signature_algorithm="rsa-sha256",
            digest_algorithm="sha256",
            c14n_algorithm=EXCLUSIVE,
        )
        signed = signer.sign(etree.fromstring(document), key=self._key, cert=self._certificate.decode())
        return bytes(etree.tostring(signed, encoding="UTF-8", xml_declaration=True))


def verified(document: bytes, trusted: bytes) -> etree._Element:
    """What is signed in a document, by the certificate that is trusted (PEM).

    Raises
    ------
    BadInput
        No signature, another's, or a document that was changed.
    """
    try:
        found = XMLVerifier().verify(document, x509_cert=trusted.decode())
    except (InvalidInput, InvalidSignature, etree.XMLSyntaxError) as error:
        raise BadInput(f"the signature does not hold: {error}") from None
    signed = found.signed_xml if not isinstance(found, list) else found[0].signed_xml
    if signed is None or etree.QName(signed).localname != "alert":
        raise BadInput("the signature does not cover the alert")
    return signed

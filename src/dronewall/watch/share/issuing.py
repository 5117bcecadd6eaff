"""Making keys and certificates: a nation's own, signed by itself; an authority; what an authority signs for a node.

The authority made here is for exercises and for companies of nations that have none. One that stands already signs just
as well what `certificates` reads: a node's Ed25519 key, the nation as a URI, the hosts under which partners dial it.
"""

import ipaddress
import os
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dronewall.errors import BadInput
from dronewall.watch.share.certificates import Authority, is_host, key_of, name_of, nation_of, read

LASTS: Final = timedelta(days=825)
AUTHORITY_LASTS: Final = timedelta(days=3_650)
AUTHORITY: Final = "authority"
SKEW: Final = timedelta(hours=1)
"""A certificate is valid from so long ago: the clocks of two nodes differ."""


def make(nation: str, folder: Path, hosts: Sequence[str], now: datetime) -> tuple[Path, Path]:
    """A new identity in `folder`: NATION.crt for the partners to pin, NATION.key (mode 0600) for nobody.

    `hosts` are the names and addresses under which partners dial us.

    Raises
    ------
    BadInput
        One is there already: overwriting it would cut every line.
    """
    certificate, key_file = _new(folder, nation, "remove it yourself if every partner is to get a new one")
    _check_nation(nation)
    key = Ed25519PrivateKey.generate()
    built = unsigned(nation, key.public_key(), [_host(host) for host in hosts], now, now + LASTS)
    _write(folder, key_file, key)
    certificate.write_bytes(built.issuer_name(_name(nation)).sign(key, None).public_bytes(Encoding.PEM))
    return certificate, key_file


def make_authority(folder: Path, now: datetime, *, name: str = "Exercise authority") -> tuple[Path, Path]:
    """A new authority in `folder`: authority.crt for every node, authority.key (mode 0600) to sign with.

    Raises
    ------
    BadInput
        One is there already.
    """
    certificate, key_file = _new(folder, AUTHORITY, "every certificate that it signed hangs on it")
    key = Ed25519PrivateKey.generate()
    built = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_uses(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, None)
    )
    _write(folder, key_file, key)
    certificate.write_bytes(built.public_bytes(Encoding.PEM))
    return certificate, key_file


def issue(nation: str, folder: Path, hosts: Sequence[str], now: datetime, lasts: timedelta) -> tuple[Path, Path]:
    """A node's key and certificate under the authority in `folder`: NATION.crt, NATION.key (mode 0600) there.

    A key that is there stays and gets a new certificate: so one is renewed.

    Raises
    ------
    BadInput
        There is no authority, or the nation is none.
    """
    _check_nation(nation)
    certificate, key_file = folder / f"{nation}.crt", folder / f"{nation}.key"
    if key_file.exists():
        key = _key(key_file)
    else:
        key = Ed25519PrivateKey.generate()
        _write(folder, key_file, key)
    built = unsigned(nation, key.public_key(), [_host(host) for host in hosts], now, now + lasts)
    _replace(certificate, _signed(built, folder))
    return certificate, key_file


def certify(file: Path, folder: Path, now: datetime, lasts: timedelta) -> tuple[bytes, str, list[str]]:
    """What the authority in `folder` signs for a nation, and what it vouches for by that: the nation and its hosts.

    `file` is the certificate that the nation made by itself: key, nation and hosts are taken from it. The nation's key
    stays with the nation.

    Raises
    ------
    BadInput
        There is no authority, or the file is no node's certificate.
    """
    own = read(file)
    nation, key = nation_of(own), key_of(own)
    if not nation or key is None:
        raise BadInput(f"{file} is no certificate made with: dronewall share identity", file=str(file))
    names = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    hosts = [one for one in names if isinstance(one, x509.DNSName | x509.IPAddress)]
    signed = _signed(unsigned(nation, key, hosts, now, now + lasts), folder)
    return signed, nation, [str(host.value) for host in hosts]


def unsigned(
    nation: str, key: Ed25519PublicKey, hosts: Sequence[x509.GeneralName], now: datetime, until: datetime
) -> x509.CertificateBuilder:
    """A node's certificate, without an issuer yet."""
    names = [x509.UniformResourceIdentifier(name_of(nation)), *hosts]
    both = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    return (
        x509.CertificateBuilder()
        .subject_name(_name(nation))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, until) - SKEW)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_uses(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(both), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
    )


def _signed(built: x509.CertificateBuilder, folder: Path) -> bytes:
    authority = Authority.read(folder / f"{AUTHORITY}.crt").certificate
    key = _key(folder / f"{AUTHORITY}.key")
    return built.issuer_name(authority.subject).sign(key, None).public_bytes(Encoding.PEM)


def _key(file: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput(f"{file} is no Ed25519 key that can be read", file=str(file))
    return key


def _uses(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _new(folder: Path, name: str, why: str) -> tuple[Path, Path]:
    certificate, key_file = folder / f"{name}.crt", folder / f"{name}.key"
    for file in (certificate, key_file):
        if file.exists():
            raise BadInput(f"{file} is there already; {why}")
    return certificate, key_file


def _check_nation(nation: str) -> None:
    if not re.fullmatch("[A-Z]{2}", nation):
        raise BadInput(f"'{nation}' is no nation; give two capital letters, such as LV")


def _write(folder: Path, file: Path, key: Ed25519PrivateKey) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _replace(file: Path, text: bytes) -> None:
    beside = file.with_suffix(".tmp")
    beside.write_bytes(text)
    beside.replace(file)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not is_host(host):
        raise BadInput(f"'{host}' is no host name or address; give one such as lv.example or 192.0.2.7")
    return x509.DNSName(host)

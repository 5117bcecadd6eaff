"""Making keys and certificates: a nation's own, signed by itself; an authority; what an authority signs for a node.

The authority made here is for exercises and for companies of nations that have none. One that stands already signs just
as well what `certificates` reads: a node's Ed25519 key, the nation as a URI, the hosts under which partners dial it.
"""

import ipaddress
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dronewall.errors import BadInput
from dronewall.watch.share.certificates import Authority, is_host, key_of, name_of, nation_of, read
from dronewall.watch.share.revoked import Revoked

LASTS: Final = timedelta(days=825)
AUTHORITY_LASTS: Final = timedelta(days=3_650)
AUTHORITY: Final = "authority"
LIST: Final = "authority.crl"
SKEW: Final = timedelta(hours=1)
"""A certificate is valid from so long ago: the clocks of two nodes differ."""


def make(nation: str, folder: Path, hosts: Sequence[str], now: datetime) -> tuple[Path, Path]:
    """A new identity in `folder`: NATION.crt for the partners to pin, NATION.key (mode 0600) for nobody.

    `hosts` are the names and addresses under which partners dial us.

    Raises
    ------
    BadInput
        One is there already: overwriting it would cut every line. Or the folder cannot be written to.
    """
    check([nation], {nation: hosts})
    certificate, key_file = _new(folder, nation, "remove it yourself if every partner is to get a new one")
    key = Ed25519PrivateKey.generate()
    built = unsigned(nation, key.public_key(), [_host(host) for host in hosts], now, now + LASTS)
    _write(folder, key_file, key)
    put(certificate, built.issuer_name(_name(nation)).sign(key, None).public_bytes(Encoding.PEM))
    return certificate, key_file


def make_hub(folder: Path, hosts: Sequence[str], now: datetime) -> None:
    """A hub's key and certificate in `folder`: hub.crt names hosts and no nation. What is there stays.

    Raises
    ------
    BadInput
        One of both is gone, or the folder cannot be written to.
    """
    certificate, key_file = folder / "hub.crt", folder / "hub.key"
    if os.path.lexists(certificate) and os.path.lexists(key_file):
        _key(key_file)
        return
    _new(folder, "hub", "and the other of both is not; put it back, or remove this one yourself for a new key")
    key = Ed25519PrivateKey.generate()
    names = [_host(host) for host in hosts]
    built = _leaf("hub", key.public_key(), names, [ExtendedKeyUsageOID.SERVER_AUTH], now, now + LASTS)
    _write(folder, key_file, key)
    put(certificate, built.issuer_name(_name("hub")).sign(key, None).public_bytes(Encoding.PEM))


def make_authority(folder: Path, now: datetime, *, name: str = "Exercise authority") -> tuple[Path, Path]:
    """A new authority in `folder`: authority.crt for every node, authority.key (mode 0600) to sign with.

    Raises
    ------
    BadInput
        One is there already, or the folder cannot be written to.
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
    put(certificate, built.public_bytes(Encoding.PEM))
    return certificate, key_file


def issue(nation: str, folder: Path, hosts: Sequence[str], now: datetime, lasts: timedelta) -> tuple[Path, Path]:
    """A node's key and certificate under the authority in `folder`: NATION.crt, NATION.key (mode 0600) there.

    A key that is there stays and gets a new certificate: so one is renewed.

    Raises
    ------
    BadInput
        There is no authority that can vouch for so long, the nation is none, or its key is gone while a certificate
        of it is there.
    """
    check([nation], {nation: hosts})
    certificate, key_file = folder / f"{nation}.crt", folder / f"{nation}.key"
    signer = _Signer(folder, now, lasts)
    there = os.path.lexists(key_file)
    if not there and os.path.lexists(certificate):
        raise BadInput(
            f"{certificate} is there and its key {key_file.name} is not; put the key back, or remove the certificate "
            "yourself for a new key",
            file=str(certificate),
        )
    key = _key(key_file) if there else Ed25519PrivateKey.generate()
    signed = signer.sign(unsigned(nation, key.public_key(), [_host(host) for host in hosts], now, now + lasts))
    if not there:
        _write(folder, key_file, key)
    put(certificate, signed)
    return certificate, key_file


def certify(file: Path, folder: Path, now: datetime, lasts: timedelta) -> tuple[bytes, str, list[str]]:
    """What the authority in `folder` signs for a nation, and what it vouches for by that: the nation and its hosts.

    `file` is the certificate that the nation made by itself: key, nation and hosts are taken from it. The nation's key
    stays with the nation.

    Raises
    ------
    BadInput
        There is no authority that can vouch for so long, or the file is no node's certificate.
    """
    own = read(file)
    nation, key = nation_of(own), key_of(own)
    if not nation or key is None:
        raise BadInput(f"{file} is no certificate made with: dronewall share identity", file=str(file))
    names = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    hosts = [one for one in names if isinstance(one, x509.DNSName | x509.IPAddress)]
    signed = _Signer(folder, now, lasts).sign(unsigned(nation, key, hosts, now, now + lasts))
    return signed, nation, [str(host.value) for host in hosts]


def revoke(file: Path, folder: Path, now: datetime, lasts: timedelta, reason: str) -> tuple[bytes, str, int]:
    """The list of the authority in `folder` with one certificate more, signed (PEM); whose it is; how many there are.

    A list that is there as authority.crl is taken on. `lasts` is by when another list is to follow.

    Raises
    ------
    BadInput
        The authority did not sign that certificate, took it back already, or cannot sign.
    """
    found, authority = read(file), Authority.read(folder / f"{AUTHORITY}.crt")
    signer = _Signer(folder, now, timedelta(0))
    why = authority.vouched(found)
    if why:
        raise BadInput(f"{file}: {why}, {authority.file.name}; only it can be revoked there", file=str(file))
    builder = x509.CertificateRevocationListBuilder().last_update(now).next_update(now + lasts)
    number, taken = 1, list[x509.RevokedCertificate]()
    if (folder / LIST).exists():
        former = Revoked(folder / LIST, authority.certificate)
        if former.why(found):
            raise BadInput(f"{file} {former.why(found)} already", file=str(file))
        number, taken = former.number + 1, former.entries
    one = x509.RevokedCertificateBuilder().serial_number(found.serial_number).revocation_date(now)
    taken.append(one.add_extension(x509.CRLReason(x509.ReasonFlags(reason)), critical=False).build())
    for each in taken:
        builder = builder.add_revoked_certificate(each)
    signed = signer.sign_list(builder.add_extension(x509.CRLNumber(number), critical=False))
    return signed, nation_of(found), len(taken)


def unsigned(
    nation: str, key: Ed25519PublicKey, hosts: Sequence[x509.GeneralName], now: datetime, until: datetime
) -> x509.CertificateBuilder:
    """A node's certificate, without an issuer yet."""
    names = [x509.UniformResourceIdentifier(name_of(nation)), *hosts]
    return _leaf(nation, key, names, [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH], now, until)


def _leaf(
    subject: str,
    key: Ed25519PublicKey,
    names: Sequence[x509.GeneralName],
    uses: Sequence[x509.ObjectIdentifier],
    now: datetime,
    until: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, until) - SKEW)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_uses(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
    )


def check(nations: Iterable[str], hosts: Mapping[str, Iterable[str]]) -> None:
    """Refuse nations and hosts that no certificate can name, before anything is made.

    Raises
    ------
    BadInput
        One is none.
    """
    for nation in nations:
        if not re.fullmatch("[A-Z]{2}", nation):
            raise BadInput(f"'{nation}' is no nation; give two capital letters, such as LV")
    for host in (host for given in hosts.values() for host in given):
        _host(host)


def put(file: Path, text: bytes) -> None:
    """Write a certificate (PEM) as a whole or not at all. What is there already is overwritten only where it is a
    certificate of the same key: a key that is lost is lost for good.

    Raises
    ------
    BadInput
        Something else is there, or it cannot be written.
    """
    if os.path.lexists(file) and not _renews(file, text):
        raise BadInput(
            f"{file} is there already and is no certificate of the same key; it is left as it is", file=str(file)
        )
    replace(file, text)


def replace(file: Path, text: bytes, *, mode: int = 0o644) -> None:
    """Write a file as a whole or not at all.

    Raises
    ------
    BadInput
        It cannot be written.
    """
    with _writing(file):
        handle, beside = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(text)
                os.fchmod(out.fileno(), mode)
            Path(beside).replace(file)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise


def _renews(file: Path, text: bytes) -> bool:
    if not file.is_file():
        return False
    try:
        return read(file).public_key() == x509.load_pem_x509_certificate(text).public_key()
    except (BadInput, ValueError):
        return False


class _Signer:
    """The authority of a folder, with the key to sign for so long; refused where nobody would believe what it signs."""

    def __init__(self, folder: Path, now: datetime, lasts: timedelta) -> None:
        authority = Authority.read(folder / f"{AUTHORITY}.crt")
        key_file = folder / f"{AUTHORITY}.key"
        self._key, self._subject = _key(key_file), authority.certificate.subject
        if self._key.public_key() != authority.certificate.public_key():
            raise BadInput(f"{key_file} is not the key of {authority.file}", file=str(key_file))
        late, ends = authority.late(now), authority.certificate.not_valid_after_utc
        if late:
            raise BadInput(f"{authority.file}: {late}; nobody would believe what it signs", file=str(authority.file))
        begins = now.replace(microsecond=0)  # certificates know whole seconds
        if begins + lasts > ends:
            days = (ends - begins).days
            right = f"give --days {days} or fewer, or" if days else "it is time to"
            raise BadInput(
                f"{authority.file} ends on {ends:%Y-%m-%d}, before what it is to sign; {right} make a new authority",
                file=str(authority.file),
            )

    def sign(self, built: x509.CertificateBuilder) -> bytes:
        """The certificate, signed (PEM)."""
        return built.issuer_name(self._subject).sign(self._key, None).public_bytes(Encoding.PEM)

    def sign_list(self, built: x509.CertificateRevocationListBuilder) -> bytes:
        """A list of revoked certificates, signed (PEM)."""
        return built.issuer_name(self._subject).sign(self._key, None).public_bytes(Encoding.PEM)


def _key(file: Path) -> Ed25519PrivateKey:
    try:
        key, mode = load_pem_private_key(file.read_bytes(), None), file.stat().st_mode
    except (OSError, ValueError, TypeError):
        key, mode = None, 0
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput(f"{file} is no Ed25519 key that can be read", file=str(file))
    if mode & 0o077:
        raise BadInput(f"{file} can be read by others; type: chmod 600 {file}", file=str(file))
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
        if os.path.lexists(file):
            raise BadInput(f"{file} is there already; {why}", file=str(file))
    return certificate, key_file


def _write(folder: Path, file: Path, key: Ed25519PrivateKey) -> None:
    with _writing(file):
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}", file=str(file)) from None


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

"""The page's door with a certificate: https and wss, and one sentence for a pair that is none."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from websockets.sync.client import connect

from dronewall.errors import BadInput
from dronewall.watch.app import make_app
from dronewall.watch.roles import Role
from dronewall.watch.server import Server, address, listening
from dronewall.watch.tls import Pair
from tests.watch.small import Watch

NOW = datetime.now(UTC)


def pair(
    folder: Path, *, days: int = 90, locked: KeySerializationEncryption | None = None, name: str = "door"
) -> tuple[Path, Path]:
    """A certificate for loopback of the kind that browsers take, and its key."""
    key = generate_private_key(SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=100))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(names, critical=False)
        .sign(key, SHA256())
    )
    certificate, file = folder / f"{name}.crt", folder / f"{name}.key"
    certificate.write_bytes(built.public_bytes(Encoding.PEM))
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked or NoEncryption()))
    file.chmod(0o600)
    return certificate, file


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Watch, str, ssl.SSLContext]]:
    tls = Pair.read(*pair(tmp_path, days=5))
    with Watch(tmp_path / "data", speed=50.0) as watch:
        watch.station.certificates.append(tls.lasting)
        line = listening("127.0.0.1", 0)
        server = Server.of(make_app(watch.station, "127.0.0.1"), tls)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [line]}, daemon=True)
        thread.start()
        try:
            yield watch, address("127.0.0.1", line, tls), ssl.create_default_context(cafile=str(tls.certificate))
        finally:
            server.should_exit = True
            thread.join(timeout=180.0)
            line.close()


def test_the_page_is_served_over_https_and_its_socket_over_wss(
    served: tuple[Watch, str, ssl.SSLContext],
) -> None:
    watch, base, trusted = served
    assert base.startswith("https://")
    headers = {"Authorization": f"Bearer {watch.token(Role.VIEWER)}"}
    with httpx.Client(base_url=base, verify=trusted, trust_env=False, timeout=180.0, headers=headers) as client:
        health = client.get("/api/health").json()
        (row,) = health["certificates"]
        assert (row["of"], row["state"]) == ("https", "ends_soon")
        assert client.get("/api/tracks", headers={"Origin": base}).status_code == 200
    token = watch.token(Role.VIEWER)
    with connect(
        f"{base.replace('https', 'wss')}/ws?token={token}", ssl=trusted, proxy=None, origin=base, open_timeout=120.0
    ) as socket:  # type: ignore[arg-type]
        assert "hello" in str(socket.recv(timeout=180.0))
    with pytest.raises(httpx.TransportError):  # nothing is said without TLS
        httpx.get(base.replace("https", "http"), trust_env=False, timeout=180.0)


def test_a_pair_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    certificate, key = pair(tmp_path)
    other, other_key = pair(tmp_path, name="other")
    _, locked = pair(tmp_path, name="locked", locked=BestAvailableEncryption(b"word"))
    for one, two, said in (
        (tmp_path / "none.crt", key, "none.crt is not there"),
        (certificate, tmp_path / "none.key", "none.key is not there"),
        (key, certificate, "door.key is no certificate"),
        (certificate, other, "other.crt is no private key"),
        (certificate, other_key, "other.key is not the key of"),
        (certificate, locked, "locked with a pass phrase"),
    ):
        with pytest.raises(BadInput, match=said) as caught:
            Pair.read(one, two)
        assert "\n" not in str(caught.value)
    key.chmod(0o644)
    with pytest.raises(BadInput, match="chmod 600"):
        Pair.read(certificate, key)


def test_a_certificate_that_has_ended_does_not_keep_the_watch_from_starting(tmp_path: Path) -> None:
    (row,) = Pair.read(*pair(tmp_path, days=-1)).lasting()
    assert row.state == "ended"

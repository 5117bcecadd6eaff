"""The ways in besides TCP: MQTT from a broker that others wrote (Eclipse Mosquitto), multicast, serial, TLS."""

import os
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from dronewall.errors import BadInput
from dronewall.records.wall import FeedSpec
from dronewall.watch.sources.addresses import Address, address
from dronewall.watch.sources.mqtt import LARGEST, Subscription, subscribed
from tests.watch.test_feeds import Bench, until

LINE = b'{"latitude_deg": 56.5, "longitude_deg": 27.3}'
CONF = """
listener PORT 127.0.0.1
allow_anonymous ANONYMOUS
persistence false
password_file FOLDER/users
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Broker:
    """Mosquitto on loopback; `publish` is Mosquitto's wire format made by hand, so that no client of ours judges us."""

    def __init__(self, folder: Path, *, anonymous: bool = True) -> None:
        self.port, self._folder = free_port(), folder
        (folder / "users").touch(mode=0o600)
        if not anonymous:
            done = ["mosquitto_passwd", "-b", str(folder / "users"), "mic", "s3cret"]
            subprocess.run(done, check=True, capture_output=True)
        text = CONF.replace("PORT", str(self.port)).replace("ANONYMOUS", str(anonymous).lower())
        (folder / "broker.conf").write_text(
            f"user {os.environ.get('USER', 'root')}\n" + text.replace("FOLDER", str(folder))
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self._process = subprocess.Popen(
            [program, "-c", str(self._folder / "broker.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self._answers)

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1.0):
            return True
        return False

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(60.0)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, qos: int = 0) -> None:
        name = struct.pack(">H", len(topic)) + topic.encode()
        body = name + (b"\0\1" if qos else b"") + payload
        length = bytes([len(body) & 127 | 128, len(body) >> 7 & 127 | 128, len(body) >> 14])
        with socket.create_connection(("127.0.0.1", self.port), 60.0) as line:
            line.sendall(b"\x10\x10\0\4MQTT\4\2\0\x3c\0\4test")
            assert line.recv(4) == b"\x20\2\0\0"
            line.sendall(bytes([0x30 | qos << 1 | retain]) + length + body)
            if qos:
                assert line.recv(4) == b"\x40\2\0\1"
            line.sendall(b"\xe0\0")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    one = Broker(tmp_path)
    yield one
    one.stop()


def kinds(bench: Bench) -> list[str]:
    return [event.kind for event in bench.events]


@pytest.mark.parametrize("qos", [0, 1])
def test_messages_of_a_topic_filter_become_looks(broker: Broker, tmp_path: Path, qos: int) -> None:
    uri = f"mqtt://127.0.0.1:{broker.port}/wall/+/detections?qos={qos}"
    with Bench(tmp_path, uri, "jsonl", "adsb") as bench:
        until(lambda: "feed.connected" in kinds(bench))
        broker.publish("wall/mic-7/other", LINE)
        for _ in range(3):
            broker.publish("wall/mic-7/detections", LINE, qos=1)
        broker.publish("wall/mic-8/detections", b"rubbish")
        until(lambda: bench.feed.health(0)["malformed"])
        health = bench.feed.health(0)
    assert len(bench.scans) == 3
    assert (health["messages"], health["reasons"]) == (4, {"not JSON": 1})
    assert health["rate_hz"] > 0
    assert health["age_s"] < 30


def test_a_message_that_the_broker_retained_is_old_and_left_out(broker: Broker, tmp_path: Path) -> None:
    broker.publish("mic", LINE, retain=True, qos=1)  # acknowledged, so it is there when we come
    with Bench(tmp_path, f"mqtt://127.0.0.1:{broker.port}/mic", "jsonl", "adsb") as bench:
        until(lambda: bench.feed.health(0)["unread"])
        broker.publish("mic", LINE)
        until(lambda: bench.scans)
        assert bench.feed.health(0)["unread"] == {"retained messages": 1}
    assert len(bench.scans) == 1


def test_a_broker_that_went_away_is_taken_up_again(broker: Broker, tmp_path: Path) -> None:
    with Bench(tmp_path, f"mqtt://127.0.0.1:{broker.port}/mic", "jsonl", "adsb") as bench:
        until(lambda: "feed.connected" in kinds(bench))
        broker.stop()
        until(lambda: "feed.lost" in kinds(bench))
        broker.start()
        until(lambda: kinds(bench).count("feed.connected") >= 2)
        broker.publish("mic", LINE)
        until(lambda: bench.scans)


def test_a_broker_that_wants_a_login_gets_that_of_the_sensor_and_says_no_without(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    closed = Broker(tmp_path, anonymous=False)
    request.addfinalizer(closed.stop)
    uri = f"mqtt://127.0.0.1:{closed.port}/mic"
    with Bench(tmp_path, uri, "jsonl", "adsb") as bench:
        until(lambda: bench.feed.health(0)["state"] == "lost")
        assert bench.feed.health(0)["why"] == "the broker does not let us in"
        assert kinds(bench) == ["feed.lost"]
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "adsb.login").write_text("mic:s3cret\n")
    with Bench(tmp_path, uri, "jsonl", "adsb") as bench:
        until(lambda: bench.feed.health(0)["state"] == "waiting")
        assert bench.feed.health(0)["why"] == "the line is there, and nothing came yet"


@settings(max_examples=150, deadline=None)
@given(said=st.lists(st.binary(max_size=40), max_size=4), agreed=st.booleans())
def test_whatever_a_broker_says_ends_in_a_sentence_or_in_silence(said: list[bytes], agreed: bool) -> None:
    ours, theirs = socket.socketpair()
    head = b"\x20\2\0\0\x90\3\0\1\1" if agreed else b""
    with ours, theirs:
        theirs.sendall(head + b"".join(said))
        theirs.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            payloads = subscribed(
                ours,
                Subscription(topic="t", client="c"),
                going=lambda: True,
                connected=lambda: None,
                aside=lambda _: None,
            )
            assert all(len(payload) < LARGEST for payload in payloads)


def test_a_multicast_group_is_joined_and_each_datagram_is_whole(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
        port = free_port()
        with Bench(tmp_path, f"udp://239.2.3.1:{port}?interface=127.0.0.1", "jsonl", "adsb") as bench:
            until(lambda: "feed.connected" in kinds(bench))
            out.sendto(LINE[:20], ("239.2.3.1", port))  # cut: does not spoil the next
            out.sendto(LINE, ("239.2.3.1", port))
            until(lambda: bench.scans)
            assert bench.feed.health(0)["reasons"] == {"not JSON": 1}


def test_a_serial_line_is_read_and_its_loss_is_said(tmp_path: Path) -> None:
    master, slave = os.openpty()
    with Bench(tmp_path, f"serial://{os.ttyname(slave)}?baud=9600", "jsonl", "adsb") as bench:
        until(lambda: "feed.connected" in kinds(bench))
        os.write(master, b"half a line of before\n" + LINE[:30])
        time.sleep(0.3)
        os.write(master, LINE[30:] + b"\r\n")
        until(lambda: bench.scans)
        os.close(slave)
        os.close(master)
        until(lambda: "feed.lost" in kinds(bench))
    assert bench.feed.health(0)["reasons"] == {"not JSON": 1}


def test_a_file_is_no_serial_line(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"")
    with Bench(tmp_path, f"serial://{tmp_path}/x", "jsonl", "adsb") as bench:
        until(lambda: bench.feed.health(0)["state"] == "lost")
        assert bench.feed.health(0)["why"].startswith("not a serial line")


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A key and a certificate of it for 127.0.0.1; `name` tells whether it has run out."""
    key, file, cert = ec.generate_private_key(ec.SECP256R1()), folder / f"{name}.key", folder / f"{name}.crt"
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    ends = datetime.now(UTC) + timedelta(days=-1 if name == "expired" else 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(ends - timedelta(days=3))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    cert.write_bytes(made.public_bytes(Encoding.PEM))
    return file, cert


@pytest.mark.parametrize(("name", "wanted"), [("sound", "ok"), ("expired", "lost"), ("unknown", "lost")])
def test_over_tls_only_a_certificate_that_holds_is_believed(tmp_path: Path, name: str, wanted: str) -> None:
    key, cert = certificate(tmp_path, name)
    (tmp_path / "keys").mkdir()
    if name != "unknown":
        shutil.copy(cert, tmp_path / "keys" / "adsb.ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with suppress(OSError, ssl.SSLError), context.wrap_socket(server.accept()[0], server_side=True) as line:
                line.sendall(LINE + b"\n")
                line.recv(1)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        with Bench(tmp_path, f"tls://127.0.0.1:{server.getsockname()[1]}", "jsonl", "adsb") as bench:
            until(lambda: bench.feed.health(0)["state"] in ("ok", "lost"))
            if wanted == "ok":
                until(lambda: bench.scans)
            else:
                assert bench.feed.health(0)["state"] == "lost"
                assert "certificate" in bench.feed.health(0)["why"].lower()
        thread.join(60.0)


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("mqtt://broker", "needs a topic"),
        ("mqtt://broker/a/#/b", "needs a topic"),
        ("mqtt://broker/a?qos=2", "qos is 0 or 1"),
        ("mqtt://user:secret@broker/a", "needs a host and a port"),
        ("mqtt://broker/a?pos=1", "no option 'pos'"),
        ("push://127.0.0.1:80", "'push:' has no address"),
        ("serial:///dev/ttyUSB0?baud=fast", "baud is a number"),
        ("serial:", "needs a path"),
        ("tcp://h:1?x=1", "takes none"),
    ],
)
def test_an_address_that_cannot_be_is_one_sentence(uri: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        address(FeedSpec(sensor="mic", uri=uri, format="jsonl"), "wall.toml")


def test_an_address_says_what_it_says() -> None:
    def of(uri: str) -> Address:
        return address(FeedSpec(sensor="mic", uri=uri, format="jsonl"), "wall.toml")

    assert of("mqtt://h/a/+/b/#").path == "a/+/b/#"
    assert of("mqtts://h/a").port == 8883
    assert of("file:///a%20b").path == "/a b"
    assert of("udp://239.2.3.1:6969?interface=127.0.0.1").options == {"interface": "127.0.0.1"}
    assert [of(uri).whole for uri in ("push:", "tcp://h:1")] == [True, False]

"""Cursor on Target out: what a TAK client is told, and what never. Proved through taky, which we did not write."""

import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dronewall.outputs.cot import CotPicture, beacon, events
from dronewall.outputs.publish import Publisher
from dronewall.records.wall import OutputSpec, Wall
from dronewall.records.words import LABELS
from tests.formats.samples import read
from tests.outputs.rows import NOW_NS, tracks
from tests.outputs.taky import served
from tests.watch.test_feeds import Bench, until
from tests.watch.test_ways import free_port


def parsed(data: bytes) -> etree._Element:
    return etree.fromstring(data.split(b"\n", 1)[1])


def test_an_event_says_where_how_sure_and_that_it_is_an_exercise():
    root = parsed(events(tracks({}), "Rezekne segment", exercise=True)[0])
    point, track = root.find("point"), root.find("detail/track")
    assert (root.get("type"), root.get("how"), root.get("opex")) == ("a-u-A-M-H-Q", "m-f", "e-dronewall")
    assert [float(point.get(k)) for k in ("lat", "lon", "hae", "ce", "le")] == [56.5, 27.3, 300.0, 20.0, 15.0]
    assert (float(track.get("course")), float(track.get("speed"))) == (126.9, 50.0)
    assert root.find("detail/remarks").text.startswith("EXERCISE")
    assert (root.get("start"), root.get("stale")) == ("2026-05-07T00:12:03.250Z", "2026-05-07T00:12:18.250Z")


@given(
    label=st.sampled_from(LABELS),
    status=st.sampled_from(["tentative", "confirmed", "coasting", "ended"]),
    identity=st.sampled_from(["cooperative", "conflicting", "unknown"]),
)
def test_affiliation_is_pending_unknown_or_neutral_only(label, status, identity):
    row = tracks({"label": label, "status": status, "identity_status": identity, "identity": "rid:0123456789abcdef"})
    text = events(row, "w", exercise=False)[0]
    assert parsed(text).get("type").split("-")[1] in ("p", "u", "n")
    assert b"rid:" not in text


def test_what_a_server_cuts_off_at_the_end_of_each_event_is_a_document_of_its_own():
    """As OpenTAKServer reads a stream: by `</event>`, and nothing may come before a declaration, not a line's end."""
    stream = beacon("w", NOW_NS, exercise=False) + b"".join(events(tracks({}, {}, {}), "w", exercise=False))
    *whole, rest = stream.split(b"</event>")
    assert [etree.fromstring(part + b"</event>").tag for part in whole] == ["event"] * 4
    assert rest == b""


def test_our_own_presence_has_no_place():
    root = parsed(beacon("w", NOW_NS, exercise=False))
    assert (root.get("type"), root.find("point").get("ce")) == ("a-n-G-U-C", "9999999.0")
    assert root.find("detail/takv") is not None


def test_a_track_that_ended_or_went_is_taken_off():
    picture = CotPicture("w", exercise=False, options={})
    picture.picture(tracks({}, {}), NOW_NS)
    ended, gone = (parsed(e) for e in picture.picture(tracks({"status": "ended"}), NOW_NS + 10**9))
    assert ended.get("stale") == ended.get("start")
    assert (gone.get("uid"), gone.get("stale")) == ("dronewall-w-t-000002", gone.get("start"))
    assert [parsed(e).get("uid") for e in picture.picture(tracks(), NOW_NS)] == []


def test_what_we_write_our_own_decoder_reads_back():
    found, reader = read("cot", b"".join(events(tracks({}, {"label": "aircraft"}), "w", exercise=False)))
    assert (found.detections.label.tolist(), reader.faults.count) == (["multirotor", "aircraft"], 0)


# ---------------------------------------------------------------------------------------- through others' programs


@pytest.fixture(scope="module")
def taky(tmp_path_factory) -> Iterator[int]:
    """A TAK server: taky, on a free port of loopback."""
    with served(tmp_path_factory.mktemp("taky")) as port:
        yield port


def publisher(uri: str, tmp_path: Path) -> tuple[Publisher, list[tuple[str, dict]]]:
    """An output of an exercise wall, and what it noted."""
    wall = Wall.model_validate({"schema_version": 1, "wall": {"name": "Rezekne"}})
    notes: list[tuple[str, dict]] = []
    spec = OutputSpec(id="tak", uri=uri, format="cot", release_to=["LV"])
    return Publisher(spec, wall, tmp_path, lambda kind, payload: notes.append((kind, dict(payload)))), notes


class Client:
    """A second TAK client."""

    def __init__(self, port: int) -> None:
        self._line = socket.create_connection(("127.0.0.1", port), timeout=120.0)
        self._line.sendall(beacon("client", time.time_ns(), exercise=False))
        self._text = b""

    def until(self, words: bytes) -> bytes:
        """Everything up to and with the event that holds the words."""
        while words not in self._text or not self._text.endswith(b"</event>"):
            piece = self._line.recv(65_536)
            assert piece, "the server closed the line"
            self._text = (self._text + piece).rstrip()
        text, self._text = self._text, b""
        return text

    def close(self) -> None:
        self._line.close()


def test_our_tracks_reach_another_client_through_taky(taky, tmp_path):
    client = Client(taky)
    out, notes = publisher(f"exercise+tcp://127.0.0.1:{taky}", tmp_path)
    out.start()
    try:
        client.until(b"dronewall-rezekne-self")
        for number in range(20):
            row = tracks({"track": f"t-{number:06d}"}, time_ns=time.time_ns())
            out.put(row, time.time_ns())
            text = client.until(f"t-{number:06d}".encode())
        found, reader = read("cot", text)
    finally:
        out.stop()
        client.close()
    assert len(found.detections) >= 1
    assert reader.faults.count == 0
    assert notes[0] == ("output.ok", {"output": "tak", "why": "", "release_to": ["LV"]})
    assert out.health()["pictures"] == 20


def test_datagrams_carry_an_event_each(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as member:
        member.bind(("127.0.0.1", 0))
        port = member.getsockname()[1]
        member.settimeout(120.0)
        out, _ = publisher(f"exercise+udp://127.0.0.1:{port}", tmp_path)
        out.start()
        try:
            first = member.recv(65_536)
            out.put(tracks({}), NOW_NS)
            then = member.recv(65_536)
            while b"-self" in then:  # the greeting is said again after two seconds
                then = member.recv(65_536)
        finally:
            out.stop()
    assert b"-self" in first
    assert b"t-000001" in then


def test_a_mesh_hears_us_and_we_hear_the_mesh(tmp_path):
    """The multicast group of TAK's mesh, on loopback: our output to it, and a feed of another watch from it."""
    port = free_port()
    (tmp_path / "in").mkdir()
    with Bench(tmp_path / "in", f"udp://239.2.3.1:{port}?interface=127.0.0.1", "cot", "adsb") as bench:
        until(lambda: "feed.connected" in [event.kind for event in bench.events])
        out, _ = publisher(f"exercise+udp://239.2.3.1:{port}?interface=127.0.0.1", tmp_path)
        out.start()
        try:
            out.put(tracks({}, {"track": "t-000002"}, time_ns=time.time_ns()), time.time_ns())
            until(lambda: len(bench.scans) >= 2)
        finally:
            out.stop()
        health = bench.feed.health(0)
    assert health["malformed"] == 0
    assert [scan.detections.label[0] for scan in bench.scans] == ["multirotor"] * 2
    assert health["unread"]["events of things that are not in the air"] >= 1  # our own presence


def certificate(folder: Path, name: str, days: int) -> None:
    """A self-signed certificate for 127.0.0.1, by openssl's own command."""
    words = [
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=127.0.0.1",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    files = ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.crt"), "-days", str(days)]
    subprocess.run(["openssl", "req", *words, *files], check=True, capture_output=True)


@pytest.mark.parametrize(("trusted", "state"), [(True, "ok"), (False, "lost")])
def test_tls_is_spoken_and_a_certificate_that_nobody_vouches_for_is_refused_and_said(tmp_path, trusted, state):
    certificate(tmp_path, "server", 2)
    if trusted:
        (tmp_path / "tak.ca.pem").write_bytes((tmp_path / "server.crt").read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(120.0)
        out, notes = publisher(f"exercise+tls://127.0.0.1:{listening.getsockname()[1]}", tmp_path)
        out.start()
        line = listening.accept()[0]
        try:
            with context.wrap_socket(line, server_side=True) as spoken:
                assert b"-self" in spoken.recv(65_536)
        except (ssl.SSLError, OSError):
            assert not trusted
        ends = time.monotonic() + 120.0
        while not notes and time.monotonic() < ends:
            time.sleep(0.05)
        out.stop()
    assert notes[0][0] == f"output.{state}"
    assert trusted or "certificate" in notes[0][1]["why"].lower()

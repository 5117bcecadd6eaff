"""Feeds on the air: real Beast bytes over TCP become a track; what is malformed is counted, kept and survived."""

import contextlib
import json
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from dronewall.errors import BadInput
from dronewall.formats import PersonalData, beast
from dronewall.records.event import Event
from dronewall.records.packing import unpacked
from dronewall.records.scan import Scan
from dronewall.records.wall import FeedSpec, Wall, load_wall
from dronewall.units import SECOND_NS
from dronewall.vault import Vault
from dronewall.watch.hub import Hub
from dronewall.watch.prepare import live, standing
from dronewall.watch.roles import Tokens
from dronewall.watch.service import Running, Site
from dronewall.watch.sources.addresses import address
from dronewall.watch.sources.feeds import Feed, Feeds
from dronewall.watch.station import Station
from dronewall.watch.wallview import wall_view
from tests.formats.samples import OPERATOR, SERIAL, airborne_me, basic_id, heard, location, operator_id, pack, squitter

WALL = """
schema_version = 1
[wall]
name = "Live"
exercise = true
[[sensor]]
id = "adsb"
kind = "adsb"
model = "receiver"
latitude_deg = 56.51
longitude_deg = 27.33
height_agl_m = 20.0
[[sensor]]
id = "rid"
kind = "remote_id"
model = "receiver"
latitude_deg = 56.51
longitude_deg = 27.33
height_agl_m = 20.0
[[feed]]
sensor = "SENSOR"
uri = "URI"
format = "FORMAT"
"""


class Transmitter:
    """A TCP server that sends to whoever connects; `cut` closes the line."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.lines: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.lines.append(self._server.accept()[0])

    def send(self, data: bytes) -> None:
        self.lines[-1].sendall(data)

    def cut(self) -> None:
        self.lines[-1].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(timeout=5.0)
        for line in self.lines:
            line.close()


def until(what: Callable[[], Any], seconds: float = 120.0) -> Any:
    ends = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.02)
    return found


def frames(step: float) -> bytes:
    """An aircraft going east at 100 m/s, so many half seconds after it began, as a receiver sends it."""
    longitude = 27.40 + step * 50.0 / 61_500.0
    both = b""
    for odd in (False, True):
        me = airborne_me(56.50, longitude, odd=odd)
        both += beast.encode(squitter(0x4CA1FA, me), round(12e6 + step * 6e6) + odd * 1_000_000)
    return both


SOME = frames(0) + frames(1) + frames(2)
"""Enough to believe a position: two that agree."""


def wall(folder: Path, uri: str, name: str = "beast", sensor: str = "adsb") -> tuple[Wall, Path]:
    file = folder / "wall.toml"
    file.write_text(WALL.replace("URI", uri).replace("FORMAT", name).replace("SENSOR", sensor))
    return load_wall(file), file


@contextlib.contextmanager
def watching(
    folder: Path, uri: str, name: str = "beast", sensor: str = "adsb", *, flights: Path | None = None
) -> Iterator[Station]:
    """A live watch of a feed."""
    folder.mkdir(exist_ok=True)
    told, file = wall(folder, uri, name, sensor)
    tokens = Tokens(folder / "tokens.json", now_ns=time.time_ns())
    station = Station(wall_view=wall_view(told), exercise=True, hub=Hub(), tokens=tokens)
    running = Running(wall=told, wall_toml=file.read_text(), site=Site(data=folder, flights=flights), station=station)
    try:
        running.begin(live(told, file, standing(told, file)))
        yield station
    finally:
        running.end()


def health(station: Station) -> dict[str, Any]:
    found: dict[str, Any] = station.health().result(120.0)["feeds"][0]
    return found


def test_beast_bytes_over_tcp_become_a_track_with_its_identity(tmp_path: Path) -> None:
    with Transmitter() as sky, watching(tmp_path, f"tcp://127.0.0.1:{sky.port}") as station:
        until(lambda: sky.lines)
        began = time.monotonic()

        def seen() -> Any:
            sky.send(frames(2.0 * (time.monotonic() - began)))
            time.sleep(0.25)
            rows = station.tracks().result(120.0)["tracks"]
            known = [row for row in rows if (row["identity"], row["label"]) == ("icao:4ca1fa", "aircraft")]
            return known and health(station)["detections"] > 5

        until(seen)


def test_malformed_messages_are_counted_kept_and_survived(tmp_path: Path) -> None:
    with Transmitter() as sky, watching(tmp_path, f"tcp://127.0.0.1:{sky.port}") as station:
        until(lambda: sky.lines)
        broken = bytearray(frames(0))
        broken[14] ^= 0xFF
        sky.send(b"\x1a\x39rubbish" + bytes(broken) + frames(1))
        until(lambda: health(station)["detections"])
        assert health(station)["malformed"] > 0
        until(lambda: "feed.malformed" in [row["kind"] for row in station.events(0, 100)["events"]])
        kept = [json.loads(line) for line in (tmp_path / "bad" / "adsb.jsonl").read_text().splitlines()]
        assert kept[0]["bytes"]


def test_a_lost_line_is_taken_up_again_and_both_stand_in_the_log(tmp_path: Path) -> None:
    with Transmitter() as sky, watching(tmp_path, f"tcp://127.0.0.1:{sky.port}") as station:

        def told() -> list[str]:
            kinds = [row["kind"] for row in station.events(0, 100)["events"]]
            return [kind for kind in kinds if kind.startswith("feed.")]

        until(lambda: sky.lines)
        sky.send(frames(0))
        sky.cut()
        until(lambda: len(sky.lines) == 2)
        sky.send(frames(1))
        until(lambda: health(station)["state"] == "ok" and told().count("feed.connected") == 2)
        assert told() == ["feed.connected", "feed.lost", "feed.connected"]


class Bench:
    """One feed on its own, what it put and what it kept."""

    def __init__(self, folder: Path, uri: str, name: str, sensor: str) -> None:
        told, file = wall(folder, uri, name, sensor)
        self.scans: list[Scan] = []
        self.kept: list[PersonalData] = []
        self.events: list[Event] = []
        self.feed = Feed(
            told.feed[0],
            file=str(file),
            base=folder,
            data=folder,
            salt=b"salt",
            put=lambda scan: self.scans.append(scan) is None,
            keep=self.kept.append,
            tell=self.events.append,
        )

    def __enter__(self) -> Self:
        self.feed.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.feed.stop()


def test_a_file_is_read_and_then_followed(tmp_path: Path) -> None:
    (tmp_path / "sky.bin").write_bytes(SOME)
    with Bench(tmp_path, "file://sky.bin", "beast", "adsb") as bench:
        until(lambda: bench.feed.health(0)["rate_hz"])  # counted once all that was there has been taken
        before = len(bench.scans)
        with (tmp_path / "sky.bin").open("ab") as more:
            more.write(frames(3))
        until(lambda: len(bench.scans) > before)


def test_datagrams_are_heard(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Bench(tmp_path, f"udp://127.0.0.1:{port}", "beast", "adsb") as bench:
        until(lambda: [event for event in bench.events if event.kind == "feed.connected"])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.sendto(SOME, ("127.0.0.1", port))
        until(lambda: bench.scans)


def test_of_a_remote_id_operator_nothing_is_in_the_scans_and_all_goes_to_the_vault(tmp_path: Path) -> None:
    (tmp_path / "rid.jsonl").write_bytes(heard(pack(basic_id(), location(), operator_id())))
    with Bench(tmp_path, "file://rid.jsonl", "remote_id_jsonl", "rid") as bench:
        until(lambda: bench.kept)
        until(lambda: bench.scans)
    assert OPERATOR in json.dumps([dict(item.data) for item in bench.kept])
    assert OPERATOR not in repr([scan.detections for scan in bench.scans])


def test_once_its_day_has_expired_an_operator_is_in_no_file_of_the_service(tmp_path: Path) -> None:
    (tmp_path / "rid.jsonl").write_bytes(b"".join(heard(pack(basic_id(), location(), operator_id())) for _ in range(3)))
    data = tmp_path / "data"
    with watching(data, f"file://{tmp_path}/rid.jsonl", "remote_id_jsonl", "rid") as station:
        until(lambda: health(station)["detections"])
        until(lambda: list((data / "vault").glob("*.sealed")))
    journal = sqlite3.connect(data / "journal.sqlite")
    taken = repr([unpacked(body) for (body,) in journal.execute("SELECT body FROM inputs WHERE kind = 'scans'")])
    journal.close()
    Vault(data / "vault").expire(time.time_ns() + 10 * 86_400 * SECOND_NS)
    assert not list((data / "vault").glob("*.key"))
    files = {str(file): file.read_bytes() for file in data.rglob("*") if file.is_file()}
    for word in (OPERATOR, SERIAL):
        assert word not in taken
        assert [file for file, held in files.items() if word.encode() in held] == []


def test_overload_sets_aside_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "sky.bin").write_bytes(b"".join(frames(step) for step in range(20)))
    told, file = wall(tmp_path, "file://sky.bin")
    feeds = Feeds(
        told, file=str(file), base=tmp_path, data=tmp_path, salt=b"s", keep=lambda _: None, tell=lambda _: None, room=3
    )
    feeds.start()
    until(lambda: feeds.health(0)[0]["set_aside"])
    feeds.stop()
    assert len(feeds.due(0, 100)) == 3


@pytest.mark.parametrize("uri", ["http://127.0.0.1:80", "tcp://127.0.0.1", "udp://:99999", "nonsense"])
def test_an_address_that_is_none_is_one_sentence(uri: str) -> None:
    with pytest.raises(BadInput, match=r"wall\.toml: \[\[feed\]\] adsb: uri"):
        address(FeedSpec(sensor="adsb", uri=uri, format="beast"), "wall.toml")

"""From a radar to a stranger's screen: ASTERIX datagrams, a live watch, taky (not ours), another client."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from lxml import etree

from dronewall.formats.asterix.encode import block
from dronewall.geo.frames import LocalFrame, from_range_azimuth_elevation
from dronewall.outputs.cot import beacon
from dronewall.records.wall import load_wall
from dronewall.watch.hub import Hub
from dronewall.watch.prepare import live, standing
from dronewall.watch.roles import Tokens
from dronewall.watch.service import Running, Site
from dronewall.watch.station import Station
from dronewall.watch.wallview import wall_view
from tests.outputs.taky import served
from tests.watch.test_feeds import until
from tests.watch.test_ways import free_port

WALL = """
schema_version = 1
[wall]
name = "End to end"
exercise = true
[[sensor]]
id = "radar"
kind = "radar"
latitude_deg = 56.5
longitude_deg = 27.3
height_agl_m = 10.0
max_range_m = 20000.0
scan_period_s = 1.0
p_detect = 0.9
clutter_per_scan = 0.1
range_sd_m = 30.0
azimuth_sd_deg = 0.1
[[feed]]
sensor = "radar"
uri = "udp://127.0.0.1:RADAR"
format = "asterix"
options = { receiver_deg = [56.5, 27.3] }
[[output]]
id = "tak"
uri = "exercise+tcp://127.0.0.1:TAK"
format = "cot"
release_to = ["LV"]
"""
SOURCE = {"SAC": 25, "SIC": 7}
RANGE_M, SPEED_MPS, AZIMUTH_DEG = 9_000.0, 40.0, 60.0


class Radar:
    """Turns once a second and sees one drone that flies towards it: a north mark and a plot, as datagrams."""

    def __init__(self, port: int) -> None:
        self._port, self._stop = port, threading.Event()
        self._thread = threading.Thread(target=self._turn, daemon=True)
        self.began_s = time.time()

    def range_m(self, time_s: float) -> float:
        return max(RANGE_M - SPEED_MPS * (time_s - self.began_s), 500.0)

    def _turn(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            while not self._stop.is_set():
                now_s = time.time()
                day_s = now_s % 86_400.0
                mark = {"010": SOURCE, "000": 1, "030": day_s, "041": 1.0}
                polar = {"RHO": self.range_m(now_s) / 1852.0, "THETA": AZIMUTH_DEG}
                plot = {"010": SOURCE, "140": day_s, "020": {"TYP": 1}, "040": polar, "110": {"3DH": 1000.0}}
                for data in (block(34, [mark]), block(48, [plot])):
                    out.sendto(data, ("127.0.0.1", self._port))
                self._stop.wait(1.0)

    def __enter__(self) -> "Radar":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60.0)


@contextlib.contextmanager
def watching(folder: Path, radar: int, tak: int) -> Iterator[Station]:
    file = folder / "wall.toml"
    file.write_text(WALL.replace("RADAR", str(radar)).replace("TAK", str(tak)))
    told = load_wall(file)
    tokens = Tokens(folder / "tokens.json", now_ns=time.time_ns())
    station = Station(wall_view=wall_view(told), exercise=True, hub=Hub(), tokens=tokens)
    running = Running(wall=told, wall_toml=file.read_text(), site=Site(data=folder / "data"), station=station)
    try:
        running.begin(live(told, file, standing(told, file)))
        yield station
    finally:
        running.end()


class Client:
    """A TAK client that keeps every event that it is given."""

    def __init__(self, port: int) -> None:
        self._line = socket.create_connection(("127.0.0.1", port), timeout=120.0)
        self._line.sendall(beacon("stranger", time.time_ns(), exercise=False))
        self._line.settimeout(0.5)
        self._rest = b""
        self.tracks: list[etree._Element] = []

    def seen(self) -> bool:
        """Whether a track has come by now."""
        with contextlib.suppress(TimeoutError):
            self._rest += self._line.recv(65_536)
        *events, self._rest = self._rest.split(b"</event>")
        for text in events:
            event = etree.fromstring(text[text.index(b"<event") :] + b"</event>")
            if "-t-" in event.get("uid", "") and event.get("stale") != event.get("start"):
                self.tracks.append(event)
        return bool(self.tracks)

    def close(self) -> None:
        self._line.close()


def test_a_plot_of_a_radar_becomes_a_track_on_the_screen_of_another_tak_client(tmp_path: Path) -> None:
    port = free_port()
    with served(tmp_path) as tak:
        client = Client(tak)
        try:
            with Radar(port) as radar, watching(tmp_path, port, tak) as station:
                until(client.seen, 240.0)
                health = station.health().result(120.0)
        finally:
            client.close()
    event = client.tracks[0]
    assert event.get("type")[:4] in ("a-p-", "a-u-")
    assert "EXERCISE" in event.findtext("detail/remarks")
    point = event.find("point")
    home = LocalFrame.at(np.radians(56.5), np.radians(27.3), 10.0)
    place = home.geodetic_to_local(np.radians(float(point.get("lat"))), np.radians(float(point.get("lon"))), 300.0)
    away_m = float(np.hypot(place[0], place[1]))
    along = from_range_azimuth_elevation(1.0, np.radians(AZIMUTH_DEG), 0.0)
    assert radar.range_m(time.time()) - 2_000.0 < away_m < RANGE_M + 1_000.0
    assert np.degrees(np.arccos((place[0] * along[0] + place[1] * along[1]) / away_m)) < 2.0
    assert health["feeds"][0]["malformed"] == 0

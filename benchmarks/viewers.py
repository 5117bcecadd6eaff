"""How old a picture is when each of many viewers has it, and whether one that reads nothing slows the others.

    .venv/bin/python benchmarks/viewers.py [--viewers 200] [--tracks 500] [--seconds 30] [--sleepers 5]

The service's own application, doors and hub run in one process and are given a picture of so many tracks five times a
second, as the engine gives them; the viewers run in another, a WebSocket each, and read the time at which a picture
was handed over (`sent`) out of it. The desk is left out: what it costs to make a picture is in `benchmarks/tracking`.
The figure of the issue: 200 viewers, 500 tracks, p95 within 1 s, and no viewer slows another.
"""

import argparse
import asyncio
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from dronewall.records.wall import load_wall
from dronewall.scenarios import folder
from dronewall.watch.app import make_app
from dronewall.watch.hub import Hub
from dronewall.watch.roles import Role, Tokens
from dronewall.watch.server import listening
from dronewall.watch.station import Station
from dronewall.watch.wallview import wall_view

PERIOD_S = 0.2
SETTLE_S = 5.0
SENT = re.compile(r'"sent":([0-9.]+)')


def rows(count: int) -> list[dict[str, object]]:
    """Track rows with every field of a real one, each with its own numbers."""
    rng = np.random.default_rng(1)
    fields = ("position", "velocity", "altitude", "label", "identity")
    return [
        {
            "id": f"t-{number:06d}",
            "status": "confirmed",
            "lat": round(56 + float(rng.random()), 6),
            "lon": round(27 + float(rng.random()), 6),
            "alt_hae_m": round(200 * float(rng.random()), 1),
            "height_agl_m": round(200 * float(rng.random()), 1),
            "ve": round(float(rng.normal(0, 30)), 2),
            "vn": round(float(rng.normal(0, 30)), 2),
            "vu": 0.1,
            "ellipse": {"a_m": 120.5, "b_m": 60.25, "azimuth_deg": 45.5},
            "p_exists": 0.9987,
            "label": "fixed_wing_piston",
            "label_probability": 0.913,
            "identity": None,
            "identity_status": "unknown",
            "detections": 123,
            "sensors": ["lv-radar-1", "lv-ac-12", "lv-ac-13"],
            "age_s": 1.25,
            "first_t": 1778112000.123,
            "last_t": 1778112123.456,
            "confirmed_t": 1778112010.5,
            "sidc": "130301000011040000000000000000",
            "freshness": dict.fromkeys(fields, "fresh"),
        }
        for number in range(count)
    ]


def serve(tracks: int) -> None:
    """The service, until its standard input is closed; says its address first."""
    wall = load_wall(folder("rezekne") / "wall.toml")
    with tempfile.TemporaryDirectory() as data:
        tokens = Tokens(Path(data) / "tokens.json", now_ns=time.time_ns())
        hub = Hub()
        station = Station(wall_view=wall_view(wall), exercise=True, hub=hub, tokens=tokens)
        line = listening("127.0.0.1", 0)
        config = uvicorn.Config(
            make_app(station, "127.0.0.1"), log_level="error", access_log=False, ws_per_message_deflate=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [line]}, daemon=True)
        thread.start()
        token = tokens.issue("viewers", Role.VIEWER, now_ns=time.time_ns())
        print(f"ws://127.0.0.1:{line.getsockname()[1]}/ws?token={token}", flush=True)
        over = threading.Event()
        threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
        picture = {"type": "picture", "tracks": rows(tracks), "presences": [], "sensors": [], "alerts": []}
        while not over.wait(PERIOD_S):
            hub.picture(json.dumps(picture | {"sent": round(time.time(), 4)}, separators=(",", ":")))
        server.should_exit = True
        thread.join(10.0)


async def view(socket: ClientConnection, ages: list[tuple[float, float]]) -> None:
    """One viewer: of every picture its age when it is there, and when that is."""
    async for text in socket:
        if found := SENT.search(str(text), len(text) - 60):
            ages.append((time.time() - float(found[1]), time.monotonic()))


async def watch(address: str, viewers: int, sleepers: int, seconds: float) -> list[list[tuple[float, float]]]:
    """What each viewer saw, from `SETTLE_S` after the last one came; each reads from the moment that it is there."""
    options = {"proxy": None, "compression": None, "max_size": None, "open_timeout": 60.0, "close_timeout": 1.0}
    asleep = [await connect(address, **options) for _ in range(sleepers)]  # their buffers fill, nobody reads them
    ages: list[list[tuple[float, float]]] = [[] for _ in range(viewers)]
    tasks = []
    for mine in ages:
        tasks.append(asyncio.create_task(view(await connect(address, **options), mine)))
    await asyncio.sleep(SETTLE_S)
    begun_s = time.monotonic()
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    for socket in asleep:
        socket.transport.abort()
    return [[one for one in mine if one[1] >= begun_s] for mine in ages]


def measure(viewers: int, sleepers: int, tracks: int, seconds: float) -> dict[str, float]:
    """Seconds of age when a picture comes, and at its oldest, before the next; pictures a second that a viewer got."""
    command = [sys.executable, __file__, "--serve", "--tracks", str(tracks)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as service:
        assert service.stdin is not None
        assert service.stdout is not None
        ages = asyncio.run(watch(service.stdout.readline().strip(), viewers, sleepers, seconds))
        service.stdin.close()
    arrived = [np.asarray(mine).reshape(-1, 2) for mine in ages]
    everyone = np.concatenate([mine[:, 0] for mine in arrived])
    before_next = np.concatenate([mine[:-1, 0] + np.diff(mine[:, 1]) for mine in arrived])
    each = [float(np.quantile(mine[:, 0], 0.95)) if len(mine) else float("inf") for mine in arrived]
    return {
        "viewers": viewers,
        "sleepers": sleepers,
        "p50_s": round(float(np.quantile(everyone, 0.5)), 3),
        "p95_s": round(float(np.quantile(everyone, 0.95)), 3),
        "worst_viewer_p95_s": round(max(each), 3),
        "p95_before_the_next_s": round(float(np.quantile(before_next, 0.95)), 3),
        "pictures_per_s_least": round(min(len(mine) for mine in ages) / seconds, 2),
        "pictures_per_s_mean": round(len(everyone) / viewers / seconds, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--tracks", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--sleepers", type=int, default=5)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.tracks)
        return
    print(f"{given.tracks} tracks, a picture of {len(json.dumps(rows(given.tracks))) / 1000:.0f} kB")
    for sleepers in dict.fromkeys((0, given.sleepers)):
        print(json.dumps(measure(given.viewers, sleepers, given.tracks, given.seconds)), flush=True)


if __name__ == "__main__":
    main()

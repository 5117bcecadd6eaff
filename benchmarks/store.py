"""What the shared store takes and how fast it answers: 4,000 tracks at 1 Hz, and questions about a day of them.

    .venv/bin/python benchmarks/store.py [--tracks 4000] [--minutes 5] [--hours 24] [--uri postgresql://...]

Left out, a PostgreSQL of its own is made in a temporary folder, with fsync on, as in `tests/watch/store/server.py`.

First `--minutes` of pictures go the whole way of a watch: cut at each snapshot, into the file, carried to the server.
Then `--hours` of pictures are written straight to the store, and boxes of several sizes are asked for the whole of it:
each in 20 places, the first question of each with whatever the server happens to hold in memory. The tracks fly
straight legs of five minutes at 20 to 60 m/s over 150 km by 330 km and live for an hour. The figures of the issue:
at least 4 times real time, and 200 ms for an area and a day.
"""

import argparse
import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dronewall.eventlog import EventLog
from dronewall.records.track import Tracks
from dronewall.records.words import LABELS
from dronewall.units import SECOND_NS
from dronewall.watch.store.address import Address
from dronewall.watch.store.asking import About, Area
from dronewall.watch.store.keeping import Keeping
from dronewall.watch.store.local import Numbered
from dronewall.watch.store.pieces import Cutter
from dronewall.watch.store.postgres import SharedStore

START_NS = 1_778_112_000 * SECOND_NS  # 2026-05-07T00:00Z
WEST, SOUTH, EAST, NORTH = 25.5, 55.5, 28.0, 58.5
LEG_S, LIFE_S, MINUTE = 300, 3_600, 60
ABOUT = About("benchmark", "made up", True)


class Traffic:
    """So many tracks, second by second."""

    def __init__(self, count: int, seed: int = 1) -> None:
        self._rng, self._n = np.random.default_rng(seed), count
        self._lon, self._lat = self._rng.uniform(WEST, EAST, count), self._rng.uniform(SOUTH, NORTH, count)
        self._course, self._speed = self._rng.uniform(0, 2 * np.pi, count), self._rng.uniform(20, 60, count)
        self._born = self._rng.integers(-LIFE_S, 0, count)
        self._names = np.array([f"t-{i:06d}" for i in range(count)], object)
        self._next = count
        self._fixed = {
            "status": np.full(count, "confirmed", object),
            "label": np.full(count, "fixed_wing_piston", object),
            "identity": np.full(count, None, object),
            "identity_status": np.full(count, "unknown", object),
            "covariance": np.zeros((count, 6, 6)),
            "velocity_enu_mps": np.zeros((count, 3)),
            "class_probability": np.zeros((count, len(LABELS))),
            "label_probability": np.full(count, 0.9),
            "p_exists": np.full(count, 0.99),
            "detections": np.full(count, 9),
            "sensors": np.full(count, None, object),
            **{name: np.zeros(count, np.int64) for name in ("first_ns", "last_ns", "confirmed_ns")},
        }

    def at(self, second: int) -> Tracks:
        """The next second."""
        for i in np.flatnonzero(second - self._born >= LIFE_S):
            self._born[i], self._names[i] = second, f"t-{self._next:06d}"
            self._next += 1
            self._lon[i], self._lat[i] = self._rng.uniform(WEST, EAST), self._rng.uniform(SOUTH, NORTH)
        turn = (second + np.arange(self._n)) % LEG_S == 0
        self._course[turn] = self._rng.uniform(0, 2 * np.pi, int(turn.sum()))
        self._lat += self._speed * np.cos(self._course) / 111_320.0
        self._lon += self._speed * np.sin(self._course) / (111_320.0 * np.cos(np.radians(self._lat)))
        out = (self._lon < WEST) | (self._lon > EAST) | (self._lat < SOUTH) | (self._lat > NORTH)
        self._course[out] += np.pi
        return Tracks(
            time_ns=np.full(self._n, START_NS + second * SECOND_NS),
            track=self._names.copy(),
            latitude_rad=np.radians(self._lat),
            longitude_rad=np.radians(self._lon),
            altitude_hae_m=150.0 + 50.0 * np.sin(second / 100.0 + np.arange(self._n)),
            **self._fixed,
        )


def carried(address: Address, count: int, minutes: int) -> None:
    """The whole way: as fast as it goes, until the last piece stands in the store."""
    traffic, pictures = Traffic(count), []
    for second in range(minutes * MINUTE):
        pictures.append(traffic.at(second))
    with (
        tempfile.TemporaryDirectory(prefix="dronewall-store-") as folder,
        EventLog(Path(folder) / "events.sqlite") as log,
    ):
        began, engine_s, longest_s = time.perf_counter(), 0.0, 0.0
        with Keeping(Path(folder), address=address, about=ABOUT, log=log, note=lambda kind, payload: None) as keeping:
            keeping.start()
            for second, picture in enumerate(pictures):
                at = time.perf_counter()
                keeping.step(START_NS + second * SECOND_NS, picture)
                if (second + 1) % MINUTE == 0:
                    keeping.kept(second + 1)
                took = time.perf_counter() - at
                engine_s, longest_s = engine_s + took, max(longest_s, took)
            while (shared := keeping.health()["shared"])["pieces_waiting"] or shared["state"] != "ok":
                time.sleep(0.05)
            took = time.perf_counter() - began
    rate = minutes * MINUTE / took
    print(
        f"{count} tracks at 1 Hz, {minutes} minutes, cut, into the file, to the server: {took:.1f} s, "
        f"{rate:.0f} times real time (wanted: 4)"
    )
    print(
        f"  of the engine's thread {1e3 * engine_s / (minutes * MINUTE):.1f} ms a second of pictures, "
        f"at most {1e3 * longest_s:.0f} ms at once (a snapshot)"
    )


def fill(store: SharedStore, count: int, minutes: int) -> None:
    """The same pictures, further, straight into the store."""
    traffic, cutter = Traffic(count, seed=2), Cutter()
    site = store.join(key="day", about=ABOUT)
    number, began, writing_s = 0, time.perf_counter(), 0.0
    for minute in range(minutes):
        for second in range(minute * MINUTE, (minute + 1) * MINUTE):
            cutter.add(START_NS + second * SECOND_NS, traffic.at(second))
        at = time.perf_counter()
        pieces = [Numbered(number=number + i + 1, input=minute, piece=one) for i, one in enumerate(cutter.cut())]
        store.add_paths(site, [], pieces)
        number += len(pieces)
        writing_s += time.perf_counter() - at
        site = store.join(key="day", about=ABOUT)
        if (minute + 1) % 60 == 0:
            print(
                f"  {(minute + 1) // 60} h: {number} pieces, {(minute + 1) * 60 / writing_s:.0f} times real time",
                flush=True,
            )
    took = time.perf_counter() - began
    size = sum(size for _, size in store.sizes())
    positions = minutes * MINUTE * count / 1e6
    print(f"{minutes / 60:g} h of {count} tracks: {number} pieces, {positions:.1f} million positions,")
    print(f"  {size / 1e9:.2f} GB with indices, {took:.0f} s")


def ask(store: SharedStore, minutes: int) -> None:
    """Boxes of several sizes over the whole time."""
    rng = np.random.default_rng(3)
    end_ns = START_NS + minutes * MINUTE * SECOND_NS
    for side_km in (2, 5, 10, 25, 50):
        lat, lon = side_km / 111.32, side_km / (111.32 * np.cos(np.radians(57.0)))
        times, tracks = [], []
        for _ in range(20):
            west, south = rng.uniform(WEST, EAST - lon), rng.uniform(SOUTH, NORTH - lat)
            area = Area(west_deg=west, south_deg=south, east_deg=west + lon, north_deg=south + lat)
            at = time.perf_counter()
            found = store.visits(area, START_NS, end_ns)
            times.append(1e3 * (time.perf_counter() - at))
            tracks.append(len(found))
        print(
            f"  {side_km} km by {side_km} km, {minutes / 60:g} h: median {np.median(times):.0f} ms, "
            f"p95 {np.quantile(times, 0.95):.0f}, worst {max(times):.0f}; {np.median(tracks):.0f} tracks in the answer "
            "(wanted: 200 ms)",
            flush=True,
        )


@contextlib.contextmanager
def place(uri: str | None) -> Iterator[Address]:
    """The store given, or one of our own."""
    if uri is not None:
        yield Address(uri)
        return
    from tests.watch.store.server import Postgres

    with Postgres(fsync=True, shared_buffers="1GB") as server:
        yield Address(server.uri(server.database()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracks", type=int, default=4_000)
    parser.add_argument("--minutes", type=int, default=5)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--uri")
    options = parser.parse_args()
    minutes = round(options.hours * 60)
    with place(options.uri) as address:
        carried(address, options.tracks, options.minutes)
        with SharedStore(address) as store:
            fill(store, options.tracks, minutes)
            ask(store, minutes)


if __name__ == "__main__":
    main()

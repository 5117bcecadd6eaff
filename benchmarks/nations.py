"""Delays, cuts and kills between real nodes on loopback, and six nodes with random cuts: `make bench-nations`.

Real: nats-servers, mutual TLS, signed and sealed frames, a relay that is cut, a hub that is killed. Six nodes: the
belief of each node (`Common`) under random cuts and delays of every line, without servers, because it is what is
believed that is asked about.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import numpy as np

from dronewall.picture.nations.abroad import Abroad
from dronewall.picture.nations.common import Common
from dronewall.picture.nations.messages import Part, SharedTrack
from dronewall.units import SECOND_NS
from dronewall.watch.share import hub
from dronewall.watch.share.identity import Identity, Partner
from dronewall.watch.share.issuing import make
from dronewall.watch.share.line import Ears, Line
from dronewall.watch.share.proxy import Proxy
from dronewall.watch.share.server import Dial, NatsServer, Through, free_port, program

NATIONS = ("EE", "FI", "LT", "LV", "NO", "PL")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
START_NS = 1_800_000_000 * SECOND_NS


def name(nation: str, number: int) -> str:
    return f"{nation}-AAAAAAA{LETTERS[number // 676]}{LETTERS[number // 26 % 26]}{LETTERS[number % 26]}"


def word(known: str, time_ns: int, place: tuple[float, float], speed: tuple[float, float]) -> SharedTrack:
    square = np.diag([900.0, 900.0, 1e4, 4.0, 4.0, 4.0])
    return SharedTrack(
        id=known,
        time_ns=time_ns,
        status="confirmed",
        latitude_deg=place[0],
        longitude_deg=place[1],
        velocity_mps=(speed[0], speed[1], 0.0),
        covariance=tuple(square.ravel().tolist()),
    )


async def until(what: Callable[[], bool], seconds: float = 120.0) -> float:
    """Wait for something; how long it took."""
    began = time.monotonic()
    while not what():
        if time.monotonic() - began > seconds:
            raise SystemExit("it did not happen")
        await asyncio.sleep(0.002)
    return time.monotonic() - began


class Hub:
    """A plain nats-server between LV and LT, that nobody starts again but us."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        trusted = [folder / "LV.crt", folder / "LT.crt"]
        files = hub.write(
            folder / "hub",
            ("LV", "LT"),
            listen=f"127.0.0.1:{port}",
            hosts=["127.0.0.1"],
            trusted=trusted,
            now=datetime.now(UTC),
        )
        self._conf, self.file, self.address = files.conf, files.certificate, f"127.0.0.1:{port}"

    def begin(self) -> None:
        self._process = subprocess.Popen([program(), "-c", str(self._conf)], stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def again(self) -> None:
        self.kill()
        self.begin()


async def real(folder: Path, tracks: int, *, by_hub: bool) -> dict[str, object]:
    """LV says, LT hears; the line is cut, and each server is killed; or what is between them is a hub that is."""
    now = datetime.now(UTC)
    folder.mkdir()
    for nation in ("LV", "LT"):
        make(nation, folder, ["127.0.0.1"], now)
    port = free_port()
    proxy = Proxy(free_port(), port)
    await proxy.start()
    dial = Dial(partner="LV", address=f"127.0.0.1:{proxy.port}")
    between = Hub(folder)
    if by_hub:
        between.begin()
    heard: list[int] = []
    abroad, at_s = Abroad("LT"), dict[int, float]()
    servers, lines = dict[str, NatsServer](), dict[str, Line]()

    def take(_: str, parts: Sequence[Part]) -> None:
        abroad.heard("LV", parts, time.time_ns(), 0)
        abroad.things(time.time_ns())  # what the screen is made of
        for part in parts:
            for item in part.items:
                heard.append(item.time_ns)
                at_s[item.time_ns] = time.perf_counter()

    for nation, other, listen, dials in (("LV", "LT", f"127.0.0.1:{port}", ()), ("LT", "LV", None, (dial,))):
        me = Identity.read(folder / f"{nation}.crt", folder / f"{nation}.key", nation)
        partner = Partner.read(folder / f"{other}.crt", other)
        through = Through(address=between.address, file=between.file, partners=frozenset({other}))
        server = NatsServer(
            folder / nation,
            me,
            {other: partner},
            listen=None if by_hub else listen,
            dials=() if by_hub else dials,
            through=through if by_hub else None,
            said=lambda _: None,
        )
        await server.start()
        ears = Ears(take=take if nation == "LT" else lambda *_: None, tell=lambda *_: None)
        line = Line(me, partner, server, ears, clock=time.time_ns, exercise=True)
        await line.start()
        servers[nation], lines[nation] = server, line
    lv = lines["LV"]
    await until(lambda: lv.state.up and lines["LT"].state.up)

    delays, count = list[float](), 0
    for _ in range(30):  # one picture a second for half a minute
        base = time.time_ns()
        began = time.perf_counter()
        words = [word(name("LV", i), base + i, (56.0 + 0.001 * i, 27.0), (-50.0, 0.0)) for i in range(tracks)]
        lv.put(words, base)
        count += tracks
        await until(lambda wanted=count: len(heard) >= wanted)  # type: ignore[misc]
        delays += [at_s[base + i] - began for i in range(tracks)]
        await asyncio.sleep(max(0.0, 1.0 - (time.perf_counter() - began)))
    found: dict[str, object] = {
        "tracks": tracks,
        "partner_p50_ms": round(1e3 * float(np.percentile(delays, 50)), 1),
        "partner_p95_ms": round(1e3 * float(np.percentile(delays, 95)), 1),
    }

    async def dark(key: str, mend: Callable[[], None], cut: Callable[[], None] | None = None) -> None:
        """Time runs from the mending of what was cut; or, where nothing was cut before, from a kill under way."""
        heard.clear()
        if cut is not None:
            cut()
        base = time.time_ns()
        for second in range(1_200):
            part = [word(name("LV", i), base + 34 * second + i, (56.0, 27.0), (-50.0, 0.0)) for i in range(34)]
            lv.put(part, base)
            if second % 50 == 0:
                await asyncio.sleep(0)
        if cut is not None:
            await asyncio.sleep(4.0)
        mend()
        took = await until(lambda: len(heard) >= 40_800)
        await asyncio.sleep(0.5)
        found[key] = {
            "said": 40_800,
            "converged_s": round(took, 2),
            "lost": 40_800 - len(set(heard)),
            "doubled": len(heard) - len(set(heard)),
            "in_order": heard == sorted(heard),
        }

    def kill(nation: str) -> None:
        os.kill(servers[nation].pid or 0, signal.SIGKILL)

    if by_hub:
        await dark("twenty_minutes_without_the_hub", between.begin, between.kill)
        await dark("hub_killed_and_restarted", between.again)
    else:
        await dark("twenty_minutes_dark", proxy.mend, proxy.cut)
        await dark("dialled_server_killed", lambda: kill("LV"))
        await dark("other_server_killed", lambda: kill("LT"))
    for line in lines.values():
        await line.stop()
    for server in servers.values():
        await server.stop()
    if by_hub:
        between.kill()
    await proxy.stop()
    return found


def dark_times(rng: np.random.Generator, seconds: int) -> list[tuple[int, int]]:
    """When one line is cut: for 1 to 20 minutes, and up for 1 to 25 between."""
    found, at = list[tuple[int, int]](), 0
    while (at := at + int(rng.integers(60, 1_500))) < seconds:
        found.append((at, at + int(rng.integers(60, 1_200))))
        at = found[-1][1]
    return found


def six(tracks: int, hours: float, seed: int) -> dict[str, object]:
    """Six nodes in a row, each seeing what is over its stretch and 15 km of its neighbours'; lines cut at random.

    Everything that flies is seen by somebody all the time. What comes back to a nation gets another number there, as a
    tracker gives it.
    """
    rng = np.random.default_rng(seed)
    seconds, length_m, shared_m = int(hours * 3_600), 900_000.0, 15_000.0
    width = length_m / len(NATIONS)
    start = rng.uniform(0, length_m, tracks)
    speed = rng.uniform(15, 55, tracks) * rng.choice([-1.0, 1.0], tracks)
    north = rng.uniform(0, 60_000.0, tracks)
    nodes = {nation: Common(nation) for nation in NATIONS}
    cuts = {line: dark_times(rng, seconds) for line in combinations(NATIONS, 2)}
    waiting: dict[tuple[str, str], list[SharedTrack]] = {}
    first, last_name, changes = dict[int, str](), dict[int, str](), 0
    flies = dict[str, int]()  # a track's id -> which thing it is
    seen = [dict[str, tuple[str, int]]() for _ in range(tracks)]  # by whom, under which id, when last
    scale = 111_320.0 * np.cos(np.radians(58.0))
    for second in range(seconds):
        along = np.abs((start + speed * second) % (2 * length_m) - length_m)  # they turn at the ends
        for index, nation in enumerate(NATIONS):
            inside = (along > index * width - shared_m) & (along < (index + 1) * width + shared_m)
            if second % 2 != index % 2:  # each says every other second
                continue
            noise = rng.normal(0.0, 30.0, (tracks, 2))
            for i in np.flatnonzero(inside).tolist():
                known, at = seen[i].get(nation, ("", -60))
                if second - at > 30:
                    known = name(nation, len(flies))
                    flies[known] = i
                    first.setdefault(i, known)
                seen[i][nation] = (known, second)
                phase = (start[i] + speed[i] * second) % (2 * length_m)
                velocity = float(speed[i] if phase > length_m else -speed[i])
                place = (58.0 + float(north[i] + noise[i, 0]) / 111_320.0, 20.0 + float(along[i] + noise[i, 1]) / scale)
                said = word(known, START_NS + second * SECOND_NS, place, (velocity, 0.0))
                nodes[nation].say(said)
                for other in NATIONS:
                    if other == nation:
                        continue
                    nodes[nation].say(said, other)
                    if any(a <= second < b for a, b in cuts[min(nation, other), max(nation, other)]):
                        waiting.setdefault((nation, other), []).append(said)
                    else:
                        for late in waiting.pop((nation, other), ()):
                            nodes[other].say(late)
                        nodes[other].say(said)
        if second % 60 == 59:
            now = START_NS + second * SECOND_NS
            for node in nodes.values():
                node.settle(now)
            for i in range(tracks):
                names = {nodes[n].name(known) for n, (known, at) in seen[i].items() if second - at <= 2}
                if len(names) == 1:
                    (one,) = names
                    changes += last_name.get(i, one) != one
                    last_name[i] = one
    for (_, other), late in waiting.items():
        for said in late:
            nodes[other].say(said)
    end = START_NS + (seconds + 10) * SECOND_NS
    began = time.perf_counter()
    for node in nodes.values():
        node.settle(end)
    took = time.perf_counter() - began
    one_node = nodes[NATIONS[0]]
    pictures = {json.dumps([sorted(node.names.items()), sorted(node.links)]) for node in nodes.values()}
    there = [(i, known) for i in range(tracks) for known, at in seen[i].values() if seconds - at <= 3]
    return {
        "nodes": len(NATIONS),
        "tracks": tracks,
        "hours": hours,
        "seed": seed,
        "cuts": sum(map(len, cuts.values())),
        "different_pictures_at_the_end": len(pictures),
        "links": len(one_node.links),
        "wrong_links": sum(flies[one] != flies[other] for one, other in one_node.links),
        "things_under_another_id_than_their_first_at_the_end": sum(one_node.name(k) != first[i] for i, k in there),
        "passed_from_nation_to_nation": len(flies) - tracks,
        "ids_that_changed_under_way_while_a_line_was_cut": changes,
        "last_settling_of_all_six_s": round(took, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tracks", type=int, default=60, help="in the sky of the six nodes")
    parser.add_argument("--hours", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["real", "six"])
    options = parser.parse_args()
    found: dict[str, object] = {}
    if options.only != "six":
        with tempfile.TemporaryDirectory(prefix="dronewall-") as folder:
            found["line"] = asyncio.run(real(Path(folder) / "line", 500, by_hub=False))
            found["hub"] = asyncio.run(real(Path(folder) / "hub", 500, by_hub=True))
    if options.only != "real":
        found["six_nodes"] = six(options.tracks, options.hours, options.seed)
    json.dump(found, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()

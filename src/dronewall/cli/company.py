"""Composition: a night that several nations share, each with a node of its own, on one machine."""

import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any, Self

from dronewall import scenarios
from dronewall.cli.nights import Script, facts, night
from dronewall.cli.serving import warmed
from dronewall.errors import BadInput
from dronewall.outputs.gateway import Key, Mode
from dronewall.records.company import load_company
from dronewall.records.wall import PartnerSpec, ShareSpec, Wall, load_wall
from dronewall.units import SECOND_NS
from dronewall.watch.clock import PlaybackClock
from dronewall.watch.gateway import PracticeGateway
from dronewall.watch.hub import Hub
from dronewall.watch.prepare import prepared, standing
from dronewall.watch.roles import Tokens
from dronewall.watch.service import Context, Prepare, Prepared, Running, Site, serve
from dronewall.watch.share.cables import Cables, Ends
from dronewall.watch.share.issuing import make
from dronewall.watch.share.server import free_port
from dronewall.watch.sources import Item
from dronewall.watch.sources.playback import Playback
from dronewall.watch.station import Station
from dronewall.watch.wallview import wall_view

STEP_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One nation's node: its wall, its own folder, and how it prepares."""

    nation: str
    wall: Wall
    data: Path
    prepare: Prepare


class Company:
    """The nodes of one night, and the lines between them, which are cut as `nations.toml` says; a context manager.

    Parameters
    ----------
    folder : Path
        Keys, rules and every node's data go there.
    """

    def __init__(self, name: str, *, seed: int, speed: float, folder: Path) -> None:
        here = scenarios.folder(name)
        if not (here / "nations.toml").is_file():
            raise BadInput(f"'{name}' is a night of one nation; link-cut is one of several")
        self._script, self._seed, self.folder = Script.named(name), seed, folder
        self._spec = load_company(here / "nations.toml")
        self.wall = load_wall(self._script.wall_path)
        self.nations = tuple(sorted({spec.nation for spec in self.wall.sensor if spec.nation}))
        self._ports = {nation: free_port() for nation in self.nations}
        self._pairs: list[Ends] = [frozenset(pair) for pair in combinations(self.nations, 2)]
        self.cables = Cables({pair: self._ports[min(pair)] for pair in self._pairs})
        folder.mkdir(parents=True, exist_ok=True)
        for nation in self.nations:
            if not (folder / f"{nation}.crt").exists():
                make(nation, folder, ["127.0.0.1"], datetime.now(UTC))
            shutil.copy(here / f"release-{nation.lower()}.toml", folder)
        self._played = night(self._script, seed).whole()
        self.clock = PlaybackClock(self._played.start_ns, self._played.end_ns, speed=speed)
        self.clock.set(paused=True)
        self._stop = threading.Event()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(self.cables)
        cutter = threading.Thread(target=self._keep_schedule, name="cutter", daemon=True)
        cutter.start()
        self._stack.callback(cutter.join, 5.0)
        self._stack.callback(self._stop.set)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def member(self, nation: str, uri: str | None = None) -> Member:
        """One nation's node; alerts go to the practice gateway at `uri`."""
        own = [spec for spec in self.wall.sensor if spec.nation == nation]
        authorities = [one for one in self.wall.authority if one.id.startswith(f"{nation.lower()}-")]
        outputs = [one.model_copy(update={"uri": uri or one.uri}) for one in self.wall.output]
        share = ShareSpec(
            nation=nation,
            rules=f"release-{nation.lower()}.toml",
            certificate=f"{nation}.crt",
            key=f"{nation}.key",
            listen=f"127.0.0.1:{self._ports[nation]}",
            partner=[self._partner(nation, pair) for pair in self._pairs if nation in pair],
        )
        table = self.wall.wall.model_copy(update={"name": f"{nation}: {self.wall.wall.name}"})
        changed = {"wall": table, "sensor": own, "authority": authorities, "output": outputs, "share": share}
        wall = self.wall.model_copy(update=changed)
        return Member(nation=nation, wall=wall, data=self.folder / nation, prepare=self._prepare(wall))

    def _partner(self, nation: str, pair: Ends) -> PartnerSpec:
        (other,) = pair - {nation}
        dials = nation > other
        address = f"127.0.0.1:{self.cables.port(pair)}" if dials else None
        return PartnerSpec(nation=other, certificate=f"{other}.crt", address=address)

    def _prepare(self, wall: Wall) -> Prepare:
        own = {spec.id for spec in wall.sensor}

        def prepare(context: Context) -> Prepared:
            context.say("placing the sensors", 0, 1)

            def items() -> Iterator[Item]:
                return (scan for scan in self._played.scans() if scan.sensor in own)

            name = f"{self._played.scenario.scenario.name} seed {self._seed}"
            ground = standing(wall, self._script.wall_path)
            played = self._played.weather
            source = Playback(name, items)
            return prepared(wall, ground, played, source=source, clock=self.clock, facts=facts(self._script, wall))

        return prepare

    def go(self) -> None:
        """Let the night begin."""
        self.clock.set(paused=False)

    @property
    def over(self) -> bool:
        """Whether the night has ended."""
        return self.clock.now_ns() >= self._played.end_ns

    def _keep_schedule(self) -> None:
        """Cut and mend at the edges of each `[[cut]]`; between them the button rules."""
        done: set[tuple[int, bool]] = set()
        while not self._stop.wait(STEP_S):
            second = (self.clock.now_ns() - self._played.start_ns) / SECOND_NS
            for number, spec in enumerate(self._spec.cut):
                for at, cut in ((spec.from_s, True), (spec.to_s, False)):
                    if second >= at and (number, cut) not in done:
                        done.add((number, cut))
                        self.cables.cut(frozenset(spec.between), cut)


class Headless:
    """A company without pages; a context manager."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.stations: dict[str, Station] = {}
        self._running: dict[str, Running] = {}

    def __enter__(self) -> Self:
        now, company = time.time_ns(), self.company
        for nation in company.nations:
            member = company.member(nation)
            member.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            station = Station(
                wall_view=wall_view(member.wall),
                exercise=True,
                hub=Hub(),
                tokens=Tokens(member.data / "tokens.json", now_ns=now),
            )
            key = Key.new(Mode.EXERCISE)
            keys = {output.id: key for output in member.wall.output}
            site = Site(data=member.data, keys=keys, base=company.folder)
            running = Running(wall=member.wall, wall_toml=f"# {nation}\n", site=site, station=station)
            self.stations[nation], self._running[nation] = station, running
            running.begin(warmed(member.prepare))
        return self

    def __exit__(self, *_: object) -> None:
        for running in self._running.values():
            running.end()

    def partners(self, nation: str) -> dict[str, dict[str, Any]]:
        """That node's lines by partner."""
        return {row["partner"]: row for row in self.stations[nation].nations()["partners"]}


def play(name: str, *, seed: int, speed: float, folder: Path, progress: Callable[[float], None]) -> dict[str, Any]:
    """Play a night through real nodes without pages, and say what each line lost, doubled and made of it."""
    with Company(name, seed=seed, speed=speed, folder=folder) as company, Headless(company) as nodes:
        _until(lambda: all(row["up"] for nation in company.nations for row in nodes.partners(nation).values()), 60.0)
        company.go()
        begin_ns, end_ns = company.clock.start_ns, company.clock.end_ns
        names: dict[str, dict[str, set[str]]] = {nation: {} for nation in company.nations}
        while not company.over:
            progress((company.clock.now_ns() - begin_ns) / (end_ns - begin_ns))
            for nation, station in nodes.stations.items():
                for thing in station.nations()["things"]:
                    for track in thing["tracks"]:
                        names[nation].setdefault(track["id"], set()).add(thing["id"])
            time.sleep(0.2)
        began = time.monotonic()
        _until(lambda: all(r["waiting"] == 0 for n in company.nations for r in nodes.partners(n).values()), 60.0)
        drained_s = time.monotonic() - began
        lines = {f"{a}-{b}": row for a in company.nations for b, row in nodes.partners(a).items()}
        said = {key: row["sent"] for key, row in lines.items()}
        heard = {key: lines[f"{key[3:]}-{key[:2]}"]["received"] for key in lines}
        return {
            "night": name,
            "seed": seed,
            "nations": list(company.nations),
            "parts_said": said,
            "parts_heard": heard,
            "lost": sum(max(said[key] - heard[key], 0) for key in lines),
            "lapsed": sum(row["lapsed"] for row in lines.values()),
            "refused": sum(row["refused"] for row in lines.values()),
            "drained_s": round(drained_s, 1),
            "shared_names": _shared(nodes),
            "most_names_of_a_track": max((len(ids) for one in names.values() for ids in one.values()), default=0),
        }


def _shared(nodes: Headless) -> dict[str, list[str]]:
    """Each node's names of things that several nations saw, through the whole night."""
    return {nation: sorted(set(station.nations()["common"])) for nation, station in nodes.stations.items()}


def _until(what: Callable[[], bool], seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not what():
        if time.monotonic() > ends:
            raise BadInput(f"the nodes did not come together within {seconds:.0f} s")
        time.sleep(0.05)


def demonstrate(
    name: str, *, seed: int, speed: float, port: int, folder: Path, announce: Callable[[str, str], None]
) -> None:
    """Serve every node's page until interrupted; the night begins when all are ready."""
    stop = threading.Event()
    with Company(name, seed=seed, speed=speed, folder=folder) as company, ExitStack() as stack:
        failures: list[BaseException] = []
        ready: list[str] = []
        threads = []
        for number, nation in enumerate(company.nations):
            key = Key.new(Mode.EXERCISE)
            gateway = stack.enter_context(PracticeGateway(key))
            member = company.member(nation, gateway.uri)

            def say(address: str, nation: str = nation) -> None:
                ready.append(nation)
                announce(nation, address)

            site = Site(
                data=member.data,
                port=port + number if port else 0,
                keys={output.id: key for output in member.wall.output},
                base=company.folder,
                announce=say,
                stop=stop,
                cables=company.cables,
            )

            def run(member: Member = member, site: Site = site) -> None:
                try:
                    serve(member.wall, f"# {member.nation}\n", warmed(member.prepare), site)
                except BaseException as error:
                    failures.append(error)
                    stop.set()

            threads.append(threading.Thread(target=run, name=f"node-{nation}"))
        try:
            signal.signal(signal.SIGTERM, lambda *_: stop.set())
            for thread in threads:
                thread.start()
            while len(ready) < len(threads) and not stop.wait(0.1):
                pass
            company.go()
            while not stop.wait(0.5):
                pass
        except KeyboardInterrupt:
            pass
        finally:
            stop.set()
            for thread in threads:
                thread.join(timeout=30.0)
    if failures:
        raise failures[0]

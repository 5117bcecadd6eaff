"""A small wall and a short night for the tests of the watch: one radar, four acoustic nodes, two towns, six minutes."""

import time
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Self

from dronewall.geo.terrain import SmoothEarth
from dronewall.outputs.gateway import Key, Mode
from dronewall.records.scenario import Scenario
from dronewall.records.wall import ShareSpec, Wall
from dronewall.rehearse.record import record
from dronewall.rehearse.simulate import Night, simulate
from dronewall.sensors import build_sensors
from dronewall.settings import check
from dronewall.watch.clock import PlaybackClock
from dronewall.watch.hub import Hub
from dronewall.watch.prepare import Standing, prepared
from dronewall.watch.roles import Role, Tokens
from dronewall.watch.service import Context, Prepare, Prepared, Running, Site
from dronewall.watch.sources import Item
from dronewall.watch.sources.playback import Playback
from dronewall.watch.station import Station
from dronewall.watch.store.address import Address
from dronewall.watch.wallview import wall_view

NODES = "".join(
    f"""
[[sensor]]
id = "ac-{i}"
kind = "acoustic"
model = "array"
latitude_deg = {56.50 + 0.012 * i}
longitude_deg = 27.90
height_agl_m = 4.0
scan_offset_s = 0.{i}1
"""
    for i in range(4)
)
WALL = f"""
schema_version = 1
[wall]
name = "Small"
exercise = true
invented_sites = true

[[sensor]]
id = "radar"
kind = "radar"
model = "xband-3d"
latitude_deg = 56.52
longitude_deg = 27.88
height_agl_m = 20.0
clutter_per_scan = 0.5
{NODES}
[[zone]]
id = "town"
kind = "protected"
people = 3000
polygon = [[27.60, 56.50], [27.70, 56.50], [27.70, 56.56], [27.60, 56.56]]

[[authority]]
id = "duty"
languages = ["en"]
zones = ["town"]
output = "gateway"
escalate_after_s = 60

[[output]]
id = "gateway"
uri = "exercise+http://127.0.0.1:9/alerts"
format = "cap"
"""
SCENARIO = {
    "schema_version": 1,
    "scenario": {"name": "small", "start": "2026-05-07T00:00:00Z", "duration_s": 360},
    "weather": {"wind_mps": 2.0},
    "population": [
        {
            "label": "fixed_wing_piston",
            "count": 2,
            "entry": [[27.97, 56.515], [27.98, 56.515], [27.98, 56.53], [27.97, 56.53]],
            "route": "straight",
            "enter_s": [0, 20],
            "speed_mps": [48, 52],
            "height_agl_m": [150, 250],
            "course_deg": [268, 272],
        }
    ],
}


@cache
def night(seed: int = 1) -> Night:
    """The short night."""
    wall = check(Wall, _toml(), "small wall")
    sensors = build_sensors(wall, SmoothEarth(), file="small wall")
    return simulate(wall, sensors, check(Scenario, SCENARIO, "small scenario"), seed, terrain=SmoothEarth())


def _toml() -> dict[str, object]:
    return tomllib.loads(WALL)


KEY = Key(Mode.EXERCISE, bytes(range(32)))


def wall_file(folder: Path, *, extra: str = "") -> Path:
    """The wall as a file, with more tables at its end."""
    file = folder / "wall.toml"
    file.write_text(WALL + extra)
    return file


def recording(folder: Path) -> Path:
    """The night as a recording."""
    record(night(), folder / "recording", wall_toml=WALL)
    return folder / "recording"


def prepare(speed: float) -> Prepare:
    """Prepares to play the night at a speed."""

    def ready(_: Context) -> Prepared:
        played = night()

        def items() -> Iterator[Item]:
            return played.scans()

        return prepared(
            played.wall,
            Standing(terrain=SmoothEarth(), sensors=played.sensors),
            played.weather,
            source=Playback("small night", items),
            clock=PlaybackClock(played.start_ns, played.end_ns, speed=speed),
        )

    return ready


class Watch:
    """A running watch over the small night, without a web server; a context manager."""

    def __init__(
        self,
        data: Path,
        *,
        speed: float = 0.0,
        uri: str | None = None,
        hub: Hub | None = None,
        share: ShareSpec | None = None,
        base: Path = Path(),
        store: Address | None = None,
        prepared_by: Callable[[Prepare], Prepare] = lambda ready: ready,
    ) -> None:
        wall = night().wall
        output = [one.model_copy(update={"uri": uri or one.uri}) for one in wall.output]
        self.wall = wall.model_copy(update={"output": output, "share": share})
        data.mkdir(parents=True, exist_ok=True)
        self.tokens = Tokens(data / "tokens.json", now_ns=time.time_ns())
        self.station = Station(wall_view=wall_view(self.wall), exercise=True, hub=hub or Hub(), tokens=self.tokens)
        site = Site(data=data, keys={"gateway": KEY}, base=base, store=store)
        self._running = Running(wall=self.wall, wall_toml=WALL, site=site, station=self.station)
        self._prepare = prepared_by(prepare(speed))

    def __enter__(self) -> Self:
        try:
            self._running.begin(self._prepare)
        except BaseException:
            self._running.end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._running.end()

    def token(self, role: Role) -> str:
        """A token of that role."""
        return self.tokens.issue(f"the {role}", role, now_ns=time.time_ns())

    def at_end(self) -> bool:
        """Whether everything was taken."""
        engine = self.station.engine
        return bool(engine.ask(lambda: engine.shown_ns >= night().end_ns).result(240.0))

    def begun(self) -> bool:
        """Whether the first look was taken, for which everything must be compiled."""
        engine = self.station.engine
        return bool(engine.ask(lambda: engine.shown_ns > night().start_ns).result(240.0))

    def until(self, what: Callable[[], bool], seconds: float = 300.0) -> None:
        """Wait for something, and fail if it does not come."""
        ends = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < ends, "it did not happen"
            time.sleep(0.1)  # what is asked may read the whole log, and the watch needs the processor

    def rows(self) -> list[dict[str, Any]]:
        """Every event so far, as the API gives it."""
        found: list[dict[str, Any]] = self.station.events(0, 100_000)["events"]
        return found

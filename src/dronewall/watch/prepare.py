"""From a wall file to what a watch runs on: terrain, sensors, desk, source, clock.

The caller brings the source: feeds on the air, a recording, or a night that was simulated elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dronewall.archive import Recording
from dronewall.errors import Corrupt
from dronewall.formats.personal import FIXED_SALT
from dronewall.geo.terrain import Terrain, wall_terrain
from dronewall.picture.desk import Desk
from dronewall.records.alert import Alert
from dronewall.records.framed import MAGIC, unframed
from dronewall.records.wall import Wall
from dronewall.records.weather import Weather
from dronewall.sensors import Sensor, build_sensors
from dronewall.tracking.lateness import InOrder
from dronewall.vault import Vault
from dronewall.watch.clock import Clock, LiveClock, PlaybackClock
from dronewall.watch.pictures import Json
from dronewall.watch.service import Context, Prepare, Prepared
from dronewall.watch.sources import Item, Source
from dronewall.watch.sources.playback import Playback
from dronewall.watch.timeline import clocks

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A wall's sensors on its terrain."""

    terrain: Terrain
    sensors: Mapping[str, Sensor]


def standing(wall: Wall, file: Path) -> Standing:
    """The terrain of a wall and its sensors on it.

    Raises
    ------
    BadInput
        A terrain file that is not there, a kind or a key that there is not.
    """
    terrain = wall_terrain(wall.wall.terrain, file)
    return Standing(terrain=terrain, sensors=build_sensors(wall, terrain, file=str(file)))


def prepared(
    wall: Wall,
    ground: Standing,
    weather: Weather,
    *,
    source: Source,
    clock: Clock,
    facts: Facts | None = None,
    timeline: Callable[[Sequence[Alert]], Json] | None = None,
    salt: bytes = FIXED_SALT,
) -> Prepared:
    """A desk for these sensors, and the rest as given."""
    terrain, sensors = ground.terrain, ground.sensors

    def make_desk(saved: bytes | None) -> Desk:
        if saved is None:
            return Desk(wall, sensors, weather=weather, terrain=terrain)
        return Desk.restore(saved, wall, sensors, weather=weather, terrain=terrain, follow=follow)

    def follow(state: bytes) -> InOrder:
        if state.startswith(MAGIC):
            sectors = unframed(state)[0].get("sectors")
            raise Corrupt(
                f"what was kept is of {sectors} sectors, and this watch has none; "
                f"start it with --sectors {sectors}, or with another --data folder"
            )
        return InOrder.restore(state, sensors, weather=weather, terrain=terrain)

    return Prepared(
        sensors=sensors,
        weather=weather,
        make_desk=make_desk,
        source=source,
        clock=clock,
        ground=terrain.height_hae_m,
        terrain=terrain.describe,
        facts=facts or {},
        timeline=timeline or (lambda alerts: clocks(alerts)),
        salt=salt,
    )


def replay(recording: Recording, speed: float, wall: Wall, ground: Standing) -> Prepare:
    """Prepares to play a recording in front of a wall."""

    def prepare(context: Context) -> Prepared:
        context.say("reading the recording", 0, 1)
        first = last = 0
        for scan in recording.scans(ground.sensors):
            first = first or scan.received_ns
            last = scan.received_ns

        def items() -> Iterator[Item]:
            return recording.scans(ground.sensors)

        return prepared(
            wall,
            ground,
            Weather(),
            source=Playback(f"replay of {recording.path.name}", items),
            clock=PlaybackClock(first, last, speed=speed),
        )

    return prepare


def live(wall: Wall, file: Path, ground: Standing) -> Prepare:
    """Prepares to watch what is on the air now."""
    from dronewall.watch.sources.feeds import Feeds

    def prepare(context: Context) -> Prepared:
        feeds = Feeds(
            wall,
            file=str(file),
            base=file.parent,
            data=context.data,
            salt=context.salt,
            keep=context.keep,
            tell=context.tell,
            vault=Vault(context.data / "vault"),
        )
        return prepared(wall, ground, Weather(), source=feeds, clock=LiveClock(), salt=context.salt)

    return prepare

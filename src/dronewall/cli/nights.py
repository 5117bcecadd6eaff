"""Composition: a night that `rehearse` simulates, handed to `watch` as its source, and a practice gateway beside it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from typing import Any

from shapely.geometry import Polygon

from dronewall import scenarios
from dronewall.cli.serving import Serving, by_workers, folder, warmed
from dronewall.errors import BadInput
from dronewall.geo import border
from dronewall.outputs.gateway import Key, Mode
from dronewall.picture.act import Call
from dronewall.records.alert import Alert
from dronewall.records.scenario import Scenario, load_scenario
from dronewall.records.wall import Wall, load_wall
from dronewall.rehearse.load import threat_level
from dronewall.rehearse.night import run_night
from dronewall.rehearse.simulate import Pieces
from dronewall.watch.acts import call_act
from dronewall.watch.clock import PlaybackClock
from dronewall.watch.gateway import PracticeGateway
from dronewall.watch.pictures import Json
from dronewall.watch.prepare import Standing, prepared, standing
from dronewall.watch.service import Context, Prepare, Prepared, serve
from dronewall.watch.sources import Item
from dronewall.watch.sources.playback import Playback, received_ns
from dronewall.watch.timeline import clocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A wall and a scenario, by name or by file."""

    name: str | None
    wall_path: Path
    scenario_path: Path

    @classmethod
    def named(cls, name: str) -> "Script":
        """One that ships.

        Raises
        ------
        UnknownPart
            None of that name; says which there are.
        """
        return cls(name=name, wall_path=scenarios.wall_path(name), scenario_path=scenarios.scenario_path(name))

    @classmethod
    def of(cls, first: str, second: Path | None, *, wall: Path | None = None) -> "Script":
        """What the command line means: NAME, or WALL SCENARIO; with `wall`, NAME or SCENARIO."""
        if second is not None:
            return cls(name=None, wall_path=Path(first), scenario_path=second)
        if first in scenarios.names():
            shipped = cls.named(first)
            return shipped if wall is None else cls(name=first, wall_path=wall, scenario_path=shipped.scenario_path)
        if wall is not None and Path(first).suffix == ".toml":
            return cls(name=None, wall_path=wall, scenario_path=Path(first))
        known = ", ".join(scenarios.names())
        raise BadInput(f"'{first}' is no scenario that ships (there are: {known}); give one of them, or WALL SCENARIO")


def night(script: Script, seed: int, ground: Standing | None = None, *, threat: Path | None = None) -> Pieces:
    """One night of a script, to be taken piece by piece."""
    wall, scenario = load_wall(script.wall_path), load_scenario(script.scenario_path)
    file = str(script.scenario_path)
    load = None if threat is None else threat_level(scenario, threat, file=file)
    ground = ground or standing(wall, script.wall_path)
    return Pieces(wall, ground.sensors, scenario, seed, terrain=ground.terrain, file=file, load=load)


def rehearsal(script: Script, wall: Wall, ground: Standing, seed: int, speed: float) -> Prepare:
    """Prepares a watch over a simulated night, its late call among the scans."""

    def prepare(context: Context) -> Prepared:
        context.say("simulating the night", 0, 1)
        played = night(script, seed, ground)

        def items() -> Iterator[Item]:
            calls = (
                call_act(
                    Call(
                        latitude_rad=call.latitude_rad,
                        longitude_rad=call.longitude_rad,
                        radius_m=call.radius_m,
                        seen_ns=call.seen_ns,
                    ),
                    "rehearsal",
                    call.time_ns,
                )
                for call in played.calls
            )
            return merge(played.scans(), calls, key=received_ns)

        return prepared(
            wall,
            ground,
            played.weather,
            source=Playback(f"{played.scenario.scenario.name} seed {seed}", items),
            clock=PlaybackClock(played.start_ns, played.end_ns, speed=speed),
            facts=facts(script, wall),
            timeline=_timeline(script, played.scenario),
        )

    return prepare


def headless(script: Script, seed: int, seconds: float, progress: Callable[[float], None]) -> dict[str, Any]:
    """How a night went, played without a page in so many seconds (0: as fast as it goes), an approver at the desk."""
    began = time.monotonic()

    def paced(share: float) -> None:
        progress(share)
        time.sleep(max(0.0, began + share * seconds - time.monotonic()))

    holes = scenarios.holes(script.name) if script.name else ()
    return run_night(script.wall_path, script.scenario_path, seed, holes=holes, progress=paced)


def facts(script: Script, wall: Wall) -> dict[str, Any]:
    """What the map shows of a shipped scenario beside its wall."""
    if script.name is None:
        return {}
    return {
        "border": border.geojson(),
        "attribution": border.ATTRIBUTION,
        "places": [place for zone in wall.zone if (place := _place(zone.id, zone.polygon, zone.people))],
        "holes": scenarios.holes(script.name),
        "timezone": "Europe/Riga",
    }


def _place(name: str, polygon: list[tuple[float, float]], people: int | None) -> Mapping[str, Any] | None:
    if people is None:
        return None
    centre = Polygon(polygon).centroid
    return {"name": name.replace("-", " ").title(), "lat": centre.y, "lon": centre.x, "people": people}


def _timeline(script: Script, scenario: Scenario) -> Callable[[Sequence[Alert]], Json]:
    reported = scenarios.reported(script.name) if script.name else {}

    def timeline(alerts: Sequence[Alert]) -> Json:
        return clocks(
            alerts,
            reported,
            title=f"{scenario.scenario.name}: this night's warning clock beside the one that was reported",
            start_ns=scenario.start_ns,
            end_ns=scenario.end_ns,
        )

    return timeline


def serve_rehearsal(script: Script, serving: Serving, *, seed: int, speed: float) -> None:
    """Simulate a night and watch it, alerts going to a practice gateway on loopback."""
    wall_toml = script.wall_path.read_text("utf-8") if script.wall_path.is_file() else ""
    wall = load_wall(script.wall_path)
    load_scenario(script.scenario_path)
    ground = standing(wall, script.wall_path)
    if not wall.exercise:
        raise BadInput(
            f"{script.wall_path}: exercise = false; a rehearsal is an exercise, so its wall must say exercise = true",
            file=str(script.wall_path),
            key="wall.exercise",
        )
    key = Key.new(Mode.EXERCISE)
    with PracticeGateway(key) as gateway, folder(serving.data) as place:
        wall = wall.model_copy(
            update={"output": [output.model_copy(update={"uri": gateway.uri}) for output in wall.output]}
        )
        keys = {output.id: key for output in wall.output}
        site = serving.site(place, script.wall_path.parent, keys)
        prepare = rehearsal(script, wall, ground, seed, speed)
        serve(wall, wall_toml, warmed(by_workers(prepare, wall, script.wall_path, ground, serving.sectors)), site)

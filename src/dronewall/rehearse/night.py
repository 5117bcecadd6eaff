"""One night, played headless through the same desk that watches live, with models of the people at it.

Scans, seconds and people's acts reach the desk in the order in which the live service would hand them over.
"""

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from dronewall.geo.terrain import Terrain, wall_terrain
from dronewall.picture.act import Act, ActKind, Call
from dronewall.picture.desk import Desk
from dronewall.records.event import Event
from dronewall.records.scenario import Scenario, load_scenario
from dronewall.records.threat import StressLevel
from dronewall.records.wall import Wall, load_wall
from dronewall.rehearse.approver import Approver, Delivery, approver
from dronewall.rehearse.duty import Duty
from dronewall.rehearse.judge import Judge
from dronewall.rehearse.load import threat_level
from dronewall.rehearse.outcome import Drafted, outcome
from dronewall.rehearse.simulate import Night, simulate
from dronewall.sensors import Sensor, build_sensors
from dronewall.tracking.lateness import InOrder
from dronewall.units import SECOND_NS

Progress = Callable[[float], None]
Heed = Callable[[Sequence[Event], int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A wall that stands and a scenario that can be played in front of it, night after night."""

    wall: Wall
    scenario: Scenario
    terrain: Terrain
    sensors: Mapping[str, Sensor]
    holes: Sequence[Mapping[str, Any]]
    file: str
    overrides: Mapping[str, float]
    load: StressLevel | None = None


def stage(
    wall_path: Path,
    scenario_path: Path,
    *,
    holes: Sequence[Mapping[str, Any]] = (),
    node_range_m: float | None = None,
    wind_mps: float | None = None,
    duration_s: float | None = None,
    threat: Path | None = None,
) -> Stage:
    """Wall and scenario ready to play; what is given beside them overrides range of the acoustic nodes, wind, length.

    Rates that the scenario takes from a load come from `threat` where it is given, else from the public ladder.

    Raises
    ------
    BadInput
        One sentence on what is wrong with either file.
    """
    wall, scenario = load_wall(wall_path), load_scenario(scenario_path)
    overrides = {}
    if node_range_m is not None:
        overrides["node_range_m"] = node_range_m
        heard = [s.model_copy(update={"max_range_m": node_range_m}) if s.kind == "acoustic" else s for s in wall.sensor]
        wall = wall.model_copy(update={"sensor": heard})
    if wind_mps is not None:
        overrides["wind_mps"] = wind_mps
        scenario = scenario.model_copy(update={"weather": scenario.weather.model_copy(update={"wind_mps": wind_mps})})
    if duration_s is not None:
        overrides["duration_s"] = duration_s
        scenario = scenario.model_copy(
            update={"scenario": scenario.scenario.model_copy(update={"duration_s": duration_s})}
        )
    terrain = wall_terrain(wall.wall.terrain, wall_path)
    return Stage(
        wall=wall,
        scenario=scenario,
        terrain=terrain,
        sensors=build_sensors(wall, terrain, file=str(wall_path)),
        holes=holes,
        file=str(scenario_path),
        overrides=overrides,
        load=None if threat is None else threat_level(scenario, threat, file=str(scenario_path)),
    )


def run_night(
    wall_path: Path,
    scenario_path: Path,
    seed: int,
    *,
    approver: str = "present",
    holes: Sequence[Mapping[str, Any]] = (),
    node_range_m: float | None = None,
    wind_mps: float | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """How one night went, as the JSON object of `rehearse/outcome.py`.

    Parameters
    ----------
    approver : {'present', 'slow', 'absent'}
    holes : rows of a scenario's `holes.toml`, so that a miss can name one
    progress : called with the share of the night that is over, about once a second of it
    """
    standing = stage(wall_path, scenario_path, holes=holes, node_range_m=node_range_m, wind_mps=wind_mps)
    return play(standing, seed, approver_name=approver, progress=progress)


def play(
    standing: Stage, seed: int, *, approver_name: str = "present", progress: Progress | None = None
) -> dict[str, Any]:
    """One night on a stage that stands."""
    return outcome_of(standing, played(standing, seed, approver_name=approver_name, progress=progress))


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A night that was played: what was there, the desk as it ended, and what the judge knows of each draft."""

    night: Night
    desk: Desk
    drafted: list[Drafted]
    people: Approver
    delivery: Delivery


def played(
    standing: Stage,
    seed: int,
    *,
    approver_name: str = "present",
    progress: Progress | None = None,
    tracker: Callable[[Night], InOrder] | None = None,
    heed: Heed | None = None,
    desk_for: Callable[[Night], Desk] | None = None,
) -> Played:
    """One night on a stage that stands, for those who ask it for more than its outcome.

    `tracker` makes the tracker that the desk asks, by default one of its own; `heed` hears every event of the desk;
    `desk_for` makes the desk itself, with a tracker of its own.
    """
    night = simulate(
        standing.wall,
        standing.sensors,
        standing.scenario,
        seed,
        terrain=standing.terrain,
        file=standing.file,
        load=standing.load,
    )
    people, delivery = approver(approver_name), Delivery()
    if desk_for is None:
        own = None if tracker is None else tracker(night)
        desk = Desk(standing.wall, standing.sensors, weather=night.weather, tracker=own)
    else:
        desk = desk_for(night)
    judge = Judge(night, desk)

    def saw(events: Sequence[Event], now_ns: int) -> None:
        judge.saw(events, now_ns)
        if heed is not None:
            heed(events, now_ns)

    _play(night, desk, Duty(people, delivery, np.random.default_rng([seed, 6])), saw, progress)
    return Played(night=night, desk=desk, drafted=judge.drafted(), people=people, delivery=delivery)


def outcome_of(standing: Stage, played: Played) -> dict[str, Any]:
    """How a night went that was played on this stage: the JSON object of `rehearse/outcome.py`."""
    head = {
        "schema_version": 1,
        "scenario": standing.scenario.scenario.name,
        "wall": standing.wall.wall.name,
        "exercise": standing.wall.exercise,
        "invented_sites": standing.wall.wall.invented_sites,
        "seed": played.night.seed,
        "overrides": dict(standing.overrides),
        "approver": _described(played.people),
        "delivery": played.delivery.described(),
    }
    health = _health(played.night, played.desk)
    return head | outcome(played.night, played.drafted, holes=standing.holes, health=health)


def _play(night: Night, desk: Desk, duty: Duty, saw: Heed, progress: Progress | None) -> None:
    """Hand everything to the desk in order."""
    turn = count()
    due: list[tuple[int, int, Act]] = []
    for call in night.calls:
        place = Call(
            latitude_rad=call.latitude_rad,
            longitude_rad=call.longitude_rad,
            radius_m=call.radius_m,
            seen_ns=call.seen_ns,
        )
        act = Act(time_ns=call.time_ns, kind=ActKind.CALL, actor="call-taker", call=place)
        heapq.heappush(due, (call.time_ns, next(turn), act))

    def heed(events: Sequence[Event], now_ns: int) -> None:
        saw(events, now_ns)
        if any(event.kind.startswith("alert.") for event in events):
            for act in duty.acts(desk.alerts, now_ns):
                heapq.heappush(due, (act.time_ns, next(turn), act))

    def until(now_ns: int) -> None:
        while due and due[0][0] <= now_ns:
            _, _, act = heapq.heappop(due)
            current = duty.current(act, desk.alerts)
            if current is not None:
                heed(desk.act(current), current.time_ns)

    ticked_ns = night.start_ns
    span_ns = night.end_ns - night.start_ns
    for scan in night.scans():
        while ticked_ns + SECOND_NS <= scan.received_ns:
            ticked_ns += SECOND_NS
            until(ticked_ns)
            events = desk.tick(ticked_ns)
            if events:
                heed(events, ticked_ns)
            if progress is not None:
                progress(min((ticked_ns - night.start_ns) / span_ns, 1.0))
        if due and due[0][0] <= scan.received_ns:
            until(scan.received_ns)
        events = desk.take(scan)
        if events:
            heed(events, scan.received_ns)
    until(night.end_ns)


def _described(people: Approver) -> dict[str, Any]:
    return {
        "name": people.name,
        "sees_s": people.sees_s,
        "decides_s": people.decides_s,
        "deputy_s": people.deputy_s,
        "kind": "assumption",
        "why": people.why,
    }


def _health(night: Night, desk: Desk) -> dict[str, Any]:
    """Looks and detections of the night by kind of sensor, and which sensors were silent at its end."""
    rows = np.bincount(night.sensor_of, weights=night.rows_of, minlength=len(night.sensor_ids))
    looks = np.bincount(night.sensor_of, minlength=len(night.sensor_ids))
    kinds = [night.sensors[name].kind for name in night.sensor_ids]
    return {
        "looks": {
            k: int(sum(n for n, kind in zip(looks, kinds, strict=True) if kind == k)) for k in sorted(set(kinds))
        },
        "detections": {
            k: int(sum(n for n, kind in zip(rows, kinds, strict=True) if kind == k)) for k in sorted(set(kinds))
        },
        "silent": sorted(row.sensor for row in desk.health(night.end_ns) if row.state != "ok"),
    }

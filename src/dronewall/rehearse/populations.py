"""What flies: the things of a scenario with their paths, drawn from the night's seed inside the scenario's intervals.

A scenario is drawn day by day, each with a seed of its own, so that a week takes no more memory than a day: the things
that appear within one day are drawn together, and fly on into the next. The first day's draws are those of a scenario
of one night.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.terrain import HgtTerrain, RasterTerrain, Terrain
from dronewall.records.population import PopulationSpec
from dronewall.records.scenario import Scenario
from dronewall.records.threat import StressLevel
from dronewall.records.wall import Wall
from dronewall.records.words import DRONE_LABELS
from dronewall.rehearse.dogleg import to_zone
from dronewall.rehearse.flocks import flock
from dronewall.rehearse.paths import Path
from dronewall.rehearse.routes import ROUTES
from dronewall.rehearse.scene import DAY_S, Scene
from dronewall.sensors.envelopes import check_flight


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing of the night.

    `identity` is what it says of itself, or None; `displaced_m` how far off its claimed position is (east, north, up);
    `ends_in_impact` whether its path ends on the ground as an intruder's does.
    """

    target: str
    label: str
    population: str
    path: Path
    identity: str | None
    cooperative: bool
    displaced_m: tuple[float, float, float]
    split: bool
    ends_in_impact: bool

    @property
    def intruder(self) -> bool:
        """Whether it is a drone that says nothing true of itself."""
        return self.label in DRONE_LABELS and not self.cooperative


def days(
    seed: int,
    *,
    scenario: Scenario,
    wall: Wall,
    terrain: Terrain,
    file: str,
    load: StressLevel | None = None,
) -> Iterator[tuple[Target, ...]]:
    """Everything that appears in each day of a scenario, in the order of its populations.

    Raises
    ------
    BadInput
        A population enters or heads for something that neither wall nor scenario has, flies as its label does not, or
        leaves the terrain.
    """
    length_s = scenario.scenario.duration_s
    _check(scenario, file)
    number = 0
    for day in range(max(int(np.ceil(length_s / DAY_S)), 1)):
        rng = np.random.default_rng([seed, 0] if day == 0 else [seed, 0, day])
        window = (day * DAY_S, min((day + 1) * DAY_S, length_s))
        scene = Scene(scenario=scenario, wall=wall, terrain=terrain, file=file, load=load, window_s=window)
        found: list[Target] = []
        for index, spec in enumerate(scenario.population):
            name = spec.name or f"population-{index + 1}"
            many = _number(rng, seed, index, spec, scene, name)
            for path in _paths(rng, spec, scene, many):
                number += 1
                target = _target(rng, spec, path, name, number)
                _check_ground(target, scene)
                found.append(target)
        yield tuple(found)


def _check(scenario: Scenario, file: str) -> None:
    """Every population flies as its label is known to."""
    for index, spec in enumerate(scenario.population):
        where = f"{file}: population {spec.name or index + 1}"
        if spec.route != "drift":
            check_flight(spec.label, "speed_mps", spec.speed_mps, where=where)
        check_flight(spec.label, "height_agl_m", spec.height_agl_m, where=where)
        if spec.climb_mps is not None:
            check_flight(spec.label, "climb_mps", spec.climb_mps, where=where)


def _check_ground(target: Target, scene: Scene) -> None:
    """Its way keeps to the terrain, where that is a user's own."""
    terrain, path = scene.terrain, target.path
    if not isinstance(terrain, HgtTerrain | RasterTerrain):
        return
    covered = terrain.covers(path.latitude_rad[::10], path.longitude_rad[::10])
    if covered.all():
        return
    first = 10 * int(np.argmin(covered))
    latitude, longitude = np.degrees([path.latitude_rad[first], path.longitude_rad[first]])
    raise BadInput(
        f"{scene.file}: population {target.population}: its route leaves the terrain at latitude_deg = {latitude:.3f}, "
        f"longitude_deg = {longitude:.3f} ({terrain.describe}); add the tile, or let it enter elsewhere or end earlier",
        file=scene.file,
        key="population.route",
    )


def _number(rng: np.random.Generator, seed: int, index: int, spec: PopulationSpec, scene: Scene, name: str) -> int:
    """How many of a population appear in the scene's window."""
    if spec.count is not None:
        shares = scene.shares(spec)
        if len(shares) == 1:
            return spec.count
        day = round(scene.window_s[0] / DAY_S)
        return int(np.random.default_rng([seed, 8, index]).multinomial(spec.count, shares)[day])
    if spec.rate_per_hour is not None:
        return int(rng.poisson(spec.rate_per_hour * scene.open_s(spec, sunlit=True) / 3_600.0))
    per_day = spec.rate_per_day
    if spec.rate_per_week is not None:
        per_day = spec.rate_per_week / 7.0
    if per_day is None:
        per_day = scene.level_rate_per_day(spec, name)
    return int(rng.poisson(per_day * scene.open_s(spec, sunlit=False) / DAY_S))


def _paths(rng: np.random.Generator, spec: PopulationSpec, scene: Scene, many: int) -> Iterator[Path]:
    if spec.flock_of is None:
        for _ in range(many):
            yield _path(rng, spec, scene)
        return
    left = many
    while left > 0:
        size = min(int(rng.integers(spec.flock_of[0], spec.flock_of[1] + 1)), left)
        yield from flock(rng, _path(rng, spec, scene), size)
        left -= size


def _path(rng: np.random.Generator, spec: PopulationSpec, scene: Scene) -> Path:
    word, _, zone = spec.route.partition(":")
    return to_zone(rng, spec, scene, zone) if word == "to-zone" else ROUTES[word](rng, spec, scene)


def _target(rng: np.random.Generator, spec: PopulationSpec, path: Path, name: str, number: int) -> Target:
    identity = None
    if spec.adsb:
        identity = f"icao:{rng.integers(0x502C00, 0x502FFF):06x}"
    elif spec.remote_id != "off":
        identity = f"rid:exercise{rng.integers(10**9):09d}"
    displaced = (0.0, 0.0, 0.0)
    if spec.remote_id.startswith("displaced:"):
        away, towards = float(spec.remote_id.partition(":")[2]), rng.uniform(0.0, 2.0 * np.pi)
        displaced = (away * float(np.sin(towards)), away * float(np.cos(towards)), 0.0)
    return Target(
        target=f"target-{number:04d}",
        label=spec.label,
        population=name,
        path=path,
        identity=identity,
        cooperative=identity is not None and displaced == (0.0, 0.0, 0.0),
        displaced_m=displaced,
        split=spec.remote_id == "split",
        ends_in_impact=spec.route.startswith("to-zone:"),
    )


def impacting(targets: Sequence[Target]) -> list[Target]:
    """Those whose paths end on the ground."""
    return [target for target in targets if target.ends_in_impact]

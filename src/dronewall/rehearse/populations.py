"""What flies: the things of a scenario with their paths, drawn from the night's seed inside the scenario's intervals.

Each route is a function `(rng, spec, scene) -> Path`, named in `ROUTES`. Where the intervals come from is said in the
scenario's page. Nothing here knows how tracks are made or alerts drawn.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d

from dronewall.errors import BadInput
from dronewall.geo.frames import LocalFrame
from dronewall.geo.terrain import Terrain
from dronewall.records.scenario import PopulationSpec, Scenario
from dronewall.records.wall import Wall
from dronewall.records.words import DRONE_LABELS
from dronewall.rehearse.dogleg import to_zone
from dronewall.rehearse.paths import Path, from_plane, wander
from dronewall.rehearse.scene import Scene
from dronewall.units import Floats

BRAKING_S = 7
FAR_M = 120_000.0
"""A thing that is this far from the wall's middle has left the night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing of the night.

    `identity` is what it says of itself, or None; `displaced_m` how far off its claimed position is; `ends_in_impact`
    whether its path ends on the ground.
    """

    target: str
    label: str
    population: str
    path: Path
    identity: str | None
    cooperative: bool
    displaced_m: float
    split: bool
    ends_in_impact: bool

    @property
    def intruder(self) -> bool:
        """Whether it is a drone that says nothing of itself."""
        return self.label in DRONE_LABELS and self.identity is None


def targets(
    rng: np.random.Generator, *, scenario: Scenario, wall: Wall, terrain: Terrain, file: str
) -> tuple[Target, ...]:
    """Everything that flies in one night, in the order of the scenario's populations.

    Raises
    ------
    BadInput
        A population enters or heads for something that neither wall nor scenario has.
    """
    scene = Scene(scenario=scenario, wall=wall, terrain=terrain, file=file)
    found: list[Target] = []
    for index, spec in enumerate(scenario.population):
        name = spec.name or f"population-{index + 1}"
        for _ in range(_number(rng, spec, scenario, name, file)):
            found.append(_target(rng, spec, scene, name, len(found) + 1))
    return tuple(found)


def _number(rng: np.random.Generator, spec: PopulationSpec, scenario: Scenario, name: str, file: str) -> int:
    if spec.count is not None:
        return spec.count
    if spec.rate_per_day is not None:
        return int(rng.poisson(spec.rate_per_day * scenario.scenario.duration_s / 86_400.0))
    raise BadInput(
        f"{file}: population {name}: rate_from = 'threat' needs a threat file, which is not read yet; "
        "give count or rate_per_day",
        file=file,
        key="population.rate_from",
    )


def _target(rng: np.random.Generator, spec: PopulationSpec, scene: Scene, name: str, number: int) -> Target:
    word, _, zone = spec.route.partition(":")
    path = to_zone(rng, spec, scene, zone) if word == "to-zone" else ROUTES[word](rng, spec, scene)
    identity = None
    if spec.adsb:
        identity = f"icao:{rng.integers(0x502C00, 0x502FFF):06x}"
    elif spec.remote_id != "off":
        identity = f"rid:exercise{rng.integers(10**9):09d}"
    displaced = float(spec.remote_id.partition(":")[2]) if spec.remote_id.startswith("displaced:") else 0.0
    return Target(
        target=f"target-{number:04d}",
        label=spec.label,
        population=name,
        path=path,
        identity=identity,
        cooperative=identity is not None and displaced == 0.0,
        displaced_m=displaced,
        split=spec.remote_id == "split",
        ends_in_impact=word == "to-zone",
    )


def _plane(rng: np.random.Generator, spec: PopulationSpec, scene: Scene) -> tuple[int, int, LocalFrame, float]:
    """Start time, number of knots to the end of the night, a plane at the point of entry, and a speed."""
    start_ns = scene.enters_ns(rng, spec)
    knots = max(int((scene.scenario.end_ns - start_ns) / 1e9), 2)
    latitude, longitude = scene.entry_point(rng, spec)
    return start_ns, knots, LocalFrame.at(latitude, longitude, 0.0), float(rng.uniform(*spec.speed_mps))


def _follow(
    rng: np.random.Generator,
    spec: PopulationSpec,
    scene: Scene,
    start_ns: int,
    frame: LocalFrame,
    plane_m: tuple[Floats, Floats],
    *,
    hugging: bool = False,
) -> Path:
    """A path at a height drawn from the spec's interval: over the rolling ground as a pilot would, or hugging it."""
    east, north = plane_m
    far = np.hypot(east, north) > FAR_M
    n = int(np.argmax(far)) if far.any() else len(east)
    n = max(n, 2)
    low, high = spec.height_agl_m
    height = np.full(n, rng.uniform(low, high))
    if hugging:
        return from_plane(
            start_ns=start_ns,
            frame=frame,
            east_m=east[:n],
            north_m=north[:n],
            terrain=scene.terrain,
            height_agl_m=height,
        )
    height += wander(rng, n, sd=0.05 * (high - low), memory_s=60.0)
    return from_plane(
        start_ns=start_ns,
        frame=frame,
        east_m=east[:n],
        north_m=north[:n],
        terrain=scene.terrain,
        height_agl_m=height,
        band_m=spec.height_agl_m,
        smooth_s=61,
    )


def _straight(rng: np.random.Generator, spec: PopulationSpec, scene: Scene) -> Path:
    start_ns, n, frame, speed = _plane(rng, spec, scene)
    return _follow(rng, spec, scene, start_ns, frame, _line(rng, spec, n, speed, waver_rad=0.01))


def _terrain_following(rng: np.random.Generator, spec: PopulationSpec, scene: Scene) -> Path:
    start_ns, n, frame, speed = _plane(rng, spec, scene)
    return _follow(rng, spec, scene, start_ns, frame, _line(rng, spec, n, speed, waver_rad=0.02), hugging=True)


def _migration(rng: np.random.Generator, spec: PopulationSpec, scene: Scene) -> Path:
    """A flock: a steady course that wavers by some degrees over minutes, gliding and climbing within its band."""
    start_ns, n, frame, speed = _plane(rng, spec, scene)
    return _follow(rng, spec, scene, start_ns, frame, _line(rng, spec, n, speed, waver_rad=0.12))


def _line(
    rng: np.random.Generator, spec: PopulationSpec, n: int, speed_mps: float, *, waver_rad: float
) -> tuple[Floats, Floats]:
    """A course inside the spec's interval, wavering, at a speed that varies by some per cent within its interval."""
    low, high = spec.course_deg or (0.0, 360.0)
    course = np.radians(rng.uniform(low, high if high >= low else high + 360.0))
    heading = course + wander(rng, n, sd=waver_rad, memory_s=120.0)
    speed = np.clip(speed_mps * (1.0 + wander(rng, n, sd=0.03, memory_s=60.0)), *spec.speed_mps)
    return np.cumsum(speed * np.sin(heading)), np.cumsum(speed * np.cos(heading))


def _loiter(rng: np.random.Generator, spec: PopulationSpec, scene: Scene) -> Path:
    """Circles of 300 m to 1,500 m round a point that itself creeps."""
    start_ns, n, frame, speed = _plane(rng, spec, scene)
    radius = rng.uniform(300.0, 1_500.0)
    turn = rng.choice([-1.0, 1.0]) * speed / radius * np.arange(n) + rng.uniform(0.0, 2.0 * np.pi)
    creep = [wander(rng, n, sd=0.3 * radius, memory_s=600.0) for _ in range(2)]
    return _follow(
        rng, spec, scene, start_ns, frame, (radius * np.sin(turn) + creep[0], radius * np.cos(turn) + creep[1])
    )


def _field(rng: np.random.Generator, spec: PopulationSpec, scene: Scene) -> Path:
    """Up and down a field in lanes 6 m apart, hugging the ground: what a spraying drone does."""
    start_ns, n, frame, speed = _plane(rng, spec, scene)
    lane, width = rng.uniform(150.0, 400.0), 6.0
    way = speed * np.arange(n)
    row, along = np.divmod(way, lane + width)
    side = np.where(row % 2 == 0, np.minimum(along, lane), lane - np.minimum(along, lane))
    # at the field's far edge it begins again from the other side
    rows = 40.0
    across = width * np.abs((row + rows) % (2.0 * rows) - rows)
    turn = rng.uniform(0.0, 2.0 * np.pi)
    # it brakes and gathers speed over some seconds at each end of a lane, at about 2 m/s2
    east, north = (uniform_filter1d(axis, BRAKING_S, mode="nearest") for axis in (side - lane / 2.0, across))
    plane = (east * np.cos(turn) - north * np.sin(turn), east * np.sin(turn) + north * np.cos(turn))
    return _follow(rng, spec, scene, start_ns, frame, plane, hugging=True)


def _drift(rng: np.random.Generator, spec: PopulationSpec, scene: Scene) -> Path:
    """With the wind of the night, give or take a tenth, at a height that changes slowly: a balloon."""
    start_ns, n, frame, _ = _plane(rng, spec, scene)
    weather = scene.scenario.weather_record()
    speed = weather.wind_mps * (1.0 + wander(rng, n, sd=0.1, memory_s=300.0))
    heading = weather.wind_from_rad + np.pi + wander(rng, n, sd=0.1, memory_s=300.0)
    return _follow(
        rng, spec, scene, start_ns, frame, (np.cumsum(speed * np.sin(heading)), np.cumsum(speed * np.cos(heading)))
    )


ROUTES: dict[str, Callable[[np.random.Generator, PopulationSpec, Scene], Path]] = {
    "straight": _straight,
    "terrain-following": _terrain_following,
    "loiter": _loiter,
    "field": _field,
    "drift": _drift,
    "migration": _migration,
}

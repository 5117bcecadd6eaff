"""How things fly: one function `(rng, spec, scene) -> Path` per route, named in `ROUTES`.

`to-zone:ID` has its own file (`dogleg`). Where a population's intervals come from is said in the scenario's page, how
far they may go in `sensors/envelopes.py`. Nothing here knows how tracks are made or alerts drawn.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from dronewall.geo.frames import LocalFrame
from dronewall.kernels.paths import running_mean
from dronewall.records.population import PopulationSpec
from dronewall.rehearse.paths import Path, from_plane, rounded, travelled, wander
from dronewall.rehearse.scene import Scene
from dronewall.units import Floats

BRAKING_S: Final = 7
RISING_S: Final = 40
"""What comes and goes within a night rises for so long at its beginning and comes down for so long at its end."""
FAR_M: Final = 120_000.0
"""A thing that is this far from where it entered has left the night."""
LONGEST_S: Final = 6 * 3_600
"""Nothing is followed for longer, whatever the length of the scenario."""
TURN_WAY_M: Final = 1_200.0
LANDING: Final = frozenset({"multirotor", "fpv", "agricultural_drone"})
CLIMB_MPS: Final = 3.0
LEG_M: Final = (4_000.0, 15_000.0)


def _plane(rng: np.random.Generator, spec: PopulationSpec, scene: Scene) -> tuple[int, int, LocalFrame, float]:
    """Start time, number of knots to the end of the night, a plane at the point of entry, and a speed."""
    start_ns = scene.enters_ns(rng, spec)
    left_s = min(int((scene.scenario.end_ns - start_ns) / 1e9), LONGEST_S)
    latitude, longitude = scene.entry_point(rng, spec)
    if spec.lasts_s is not None:
        left_s = min(left_s, int(rng.uniform(*spec.lasts_s)))
    knots = max(left_s, 2)
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
            height_agl_m=height * _rising(spec, n),
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
        share=_rising(spec, n),
    )


def _rising(spec: PopulationSpec, n: int) -> Floats:
    """What share of its height a thing has: what `lasts_s` bounds comes from the ground and goes back to it."""
    if spec.lasts_s is None or spec.label not in LANDING:
        return np.ones(n)
    rising = max(RISING_S, int(spec.height_agl_m[1] / CLIMB_MPS))
    knots = np.arange(n)
    return np.asarray(np.clip(np.minimum(knots, knots[::-1]) / rising, 0.0, 1.0))


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


def _dog_leg(rng: np.random.Generator, spec: PopulationSpec, scene: Scene) -> Path:
    """Legs of 4 to 15 km about a course, the turns between them as drawn from `turn_deg`, left or right by a coin."""
    start_ns, n, frame, speed = _plane(rng, spec, scene)
    low, high = spec.course_deg or (0.0, 360.0)
    course = np.radians(rng.uniform(low, high if high >= low else high + 360.0))
    legs = max(int(speed * n / LEG_M[0]), 1) + 1
    off = np.radians(rng.uniform(*spec.turn_deg, legs)) * rng.choice([-1.0, 1.0], legs)
    along = rng.uniform(*LEG_M, legs)
    steps = along[:, None] * np.column_stack([np.sin(course + off), np.cos(course + off)])
    points = rounded(np.vstack([[0.0, 0.0], np.cumsum(steps, axis=0)]), turn_m=TURN_WAY_M)
    pace = np.clip(speed * (1.0 + wander(rng, n, sd=0.02, memory_s=60.0)), *spec.speed_mps)
    return _follow(rng, spec, scene, start_ns, frame, travelled(points, np.cumsum(pace), np.zeros(n)))


def _loiter(rng: np.random.Generator, spec: PopulationSpec, scene: Scene) -> Path:
    """Circles of `radius_m` round a point that itself creeps."""
    start_ns, n, frame, speed = _plane(rng, spec, scene)
    radius = rng.uniform(*spec.radius_m)
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
    east, north = (running_mean(axis, BRAKING_S) for axis in (side - lane / 2.0, across))
    plane = (east * np.cos(turn) - north * np.sin(turn), east * np.sin(turn) + north * np.cos(turn))
    return _follow(rng, spec, scene, start_ns, frame, plane, hugging=True)


def _drift(rng: np.random.Generator, spec: PopulationSpec, scene: Scene) -> Path:
    """With the wind at its height, give or take a tenth: a balloon.

    It begins at its height, or with `climb_mps` on the ground and rises to it; its height then changes slowly.
    """
    start_ns, n, frame, _ = _plane(rng, spec, scene)
    low, high = spec.height_agl_m
    height = np.full(n, rng.uniform(low, high)) + wander(rng, n, sd=0.05 * (high - low), memory_s=300.0)
    height = np.clip(height, low, high)
    if spec.climb_mps is not None:
        height = np.minimum(height, rng.uniform(*spec.climb_mps) * np.arange(n))
    east, north = scene.scenario.weather.wind_enu_mps(height)
    gust, swing = (1.0 + wander(rng, n, sd=0.1, memory_s=300.0) for _ in range(2))
    turn = swing - 1.0
    way = np.column_stack([east * np.cos(turn) + north * np.sin(turn), north * np.cos(turn) - east * np.sin(turn)])
    steps = np.cumsum(way * gust[:, None], axis=0)
    n = max(int(np.argmax(far)) if (far := np.hypot(*steps.T) > FAR_M).any() else n, 2)
    return from_plane(
        start_ns=start_ns,
        frame=frame,
        east_m=steps[:n, 0],
        north_m=steps[:n, 1],
        terrain=scene.terrain,
        height_agl_m=height[:n],
        smooth_s=601,
    )


Route = Callable[[np.random.Generator, PopulationSpec, Scene], Path]
ROUTES: Final[dict[str, Route]] = {
    "straight": _straight,
    "terrain-following": _terrain_following,
    "dog-leg": _dog_leg,
    "loiter": _loiter,
    "field": _field,
    "drift": _drift,
    "migration": _migration,
}

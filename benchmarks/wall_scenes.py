"""Scenes of the wall's real war: few targets, poor sensors. They know sensors and truth, never the tracker.

Hits, bearings, travel time, tones and answers of the classifier come from the sensors' own models; nodes have an
explicit `p_detect` between 0.3 and 0.7. False bearings are either single looks, even over direction and time, or the
model's bursts (`burst=True`: mopeds, tractors, saws). Wind is in the weather; with an explicit `p_detect` it changes
neither the probability nor the bearing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dronewall.geo.frames import LocalFrame, geodetic_to_ecef
from dronewall.geo.terrain import SmoothEarth
from dronewall.records.detection import Column, Detections, empty, joined
from dronewall.records.scan import Scan
from dronewall.records.wall import Wall
from dronewall.records.weather import Weather
from dronewall.sensors import Claim, Path, Sensor, build_sensors
from dronewall.units import SECOND_NS, Floats, Ints

START_NS = 1_778_112_000 * SECOND_NS
HOME = LocalFrame.at(np.radians(56.5), np.radians(27.5), 0.0)
WIND = Weather(wind_from_rad=np.radians(250.0), wind_mps=6.0)
FALSE_PER_LOOK = 0.05
BEFORE_S = 60.0
GAP_M, RANGE_M = 4400.0, 4000.0
FALSE_TONES_HZ = (40.0, 250.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something on a path: where it is at times [shape=(k,)], NaN before and after."""

    path: Path
    label: str = "fixed_wing_piston"
    claim: Claim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Sensors, what flies, how long, in which weather."""

    sensors: dict[str, Sensor]
    targets: list[Target]
    seconds: float
    weather: Weather = WIND
    false_per_look: float = FALSE_PER_LOOK
    burst: bool = False


def built(specs: list[dict[str, Any]]) -> dict[str, Sensor]:
    """Sensors of these entries, on a smooth earth."""
    wall = Wall.model_validate({"schema_version": 1, "wall": {"name": "war"}, "sensor": specs})
    return build_sensors(wall, SmoothEarth(), file="wall.toml")


def placed(east_m: float, north_m: float, **keys: Any) -> dict[str, Any]:
    """A wall's entry at that place round HOME."""
    latitude, longitude, _ = HOME.local_to_geodetic(np.array([[east_m, north_m, 0.0]]))
    return {"latitude_deg": float(np.degrees(latitude[0])), "longitude_deg": float(np.degrees(longitude[0]))} | keys


def nodes(
    rng: np.random.Generator,
    columns: int,
    rows: int,
    azimuth_sd_deg: float,
    false_per_look: float,
    holes: float = 0.0,
    gap_m: float = GAP_M,
) -> list[dict[str, Any]]:
    """Acoustic arrays `gap_m` apart on a grid (a line if it has one column), scattered by 200 m, some missing."""
    found = []
    for column in range(columns):
        for row in range(rows):
            east = (column - (columns - 1) / 2.0) * gap_m + 200.0 * rng.normal()
            north = (row - (rows - 1) / 2.0) * gap_m + 200.0 * rng.normal()
            p, offset, missing = rng.uniform(0.3, 0.7), rng.uniform(), rng.uniform() < holes
            if missing:
                continue
            found.append(
                placed(
                    east,
                    north,
                    id=f"ac-{column}-{row:02d}",
                    kind="acoustic",
                    model="array",
                    height_agl_m=2.0,
                    max_range_m=RANGE_M,
                    p_detect=p,
                    azimuth_sd_deg=azimuth_sd_deg,
                    scan_period_s=1.0,
                    scan_offset_s=offset,
                    clutter_per_scan=false_per_look,
                )
            )
    return found


def straight(
    from_m: tuple[float, float], course_rad: float, speed_mps: float, height_m: float, seconds: float,
    turns: list[tuple[float, float]] | None = None,
) -> Path:  # fmt: skip
    """A path on HOME's plane, at one speed and height, that passes `from_m` at START_NS.

    It began BEFORE_S earlier, so that its sound is there from the first look on; `turns` are (second, new course).
    """
    legs = [(-BEFORE_S, course_rad), *(turns or [])]
    before = speed_mps * BEFORE_S * np.array([np.sin(course_rad), np.cos(course_rad)])
    times = np.array([t for t, _ in legs] + [seconds])
    rates = np.array([[np.sin(c), np.cos(c)] for _, c in legs]) * speed_mps
    start = np.asarray(from_m) - before
    corners = np.vstack([start, start + np.cumsum(rates * np.diff(times)[:, None], axis=0)])

    def position(times_ns: Ints) -> tuple[Floats, Floats]:
        t = (times_ns - START_NS) / SECOND_NS
        level = np.stack([np.interp(t, times, corners[:, i], left=np.nan, right=np.nan) for i in (0, 1)], axis=1)
        latitude, longitude, _ = HOME.local_to_geodetic(np.column_stack([level, np.zeros(len(t))]))
        leg = (np.searchsorted(times, t, side="right") - 1).clip(0, len(rates) - 1)
        velocity = np.column_stack([rates[leg], np.zeros(len(t))])
        return geodetic_to_ecef(latitude, longitude, np.full(len(t), height_m)), velocity

    return position


def through_the_line(rng: np.random.Generator, seconds: float = 240.0) -> Target:
    """One target of 50 m/s that comes from the east and crosses the middle of a line of nodes within 30 degrees."""
    course = np.radians(270.0) + rng.uniform(-1.0, 1.0) * np.radians(30.0)
    cross = rng.uniform(-10_000.0, 10_000.0)
    back = 6000.0
    start = (-back * np.sin(course), cross - back * np.cos(course))
    return Target(path=straight(start, course, 50.0, rng.uniform(100.0, 400.0), seconds))


def roaming(rng: np.random.Generator, half_east_m: float, half_north_m: float, seconds: float) -> Target:
    """A target of 15 to 60 m/s through a region; three in ten turn on the way."""
    speed = rng.uniform(15.0, 60.0)
    middle = rng.uniform(-1.0, 1.0, 2) * [half_east_m, half_north_m]
    course = rng.uniform(0.0, 2.0 * np.pi)
    start = middle - 0.5 * speed * seconds * np.array([np.sin(course), np.cos(course)])
    turns = []
    if rng.uniform() < 0.3:
        turns = [(rng.uniform(0.2, 0.8) * seconds, course + rng.uniform(-1.0, 1.0) * np.radians(45.0))]
    height = rng.uniform(50.0, 600.0)
    return Target(path=straight((start[0], start[1]), course, speed, height, seconds, turns))


def first_audible_ns(scene: Scene, target: Target) -> int:
    """Time of the first look of a node that could hear the target."""
    first = 2**62
    for sensor in scene.sensors.values():
        _, times = sensor.looks(START_NS, START_NS + round(scene.seconds * SECOND_NS))
        place, velocity = sensor.heard_from(times, target.path, scene.weather)  # type: ignore[attr-defined]
        heard = np.flatnonzero(sensor.p_detect(place, velocity, target.label, scene.weather) > 0.0)
        if len(heard):
            first = min(first, int(times[heard[0]]))
    return first


def false_bearings(rng: np.random.Generator, sensor: Sensor, times: Ints, scene: Scene) -> tuple[Ints, Detections]:
    """False bearings of single looks: Poisson in number, even over direction, with a machine's tone."""
    look = np.repeat(np.arange(len(times)), rng.poisson(scene.false_per_look, len(times)))
    found = empty(len(look))
    found.time_ns[:] = times[look]
    found.received_ns[:] = times[look] + round(sensor.latency_s * SECOND_NS)
    found.values[:, Column.AZIMUTH_RAD] = rng.uniform(0.0, 2.0 * np.pi, len(look))
    found.values[:, Column.AZIMUTH_SD_RAD] = sensor.noise(Column.AZIMUTH_RAD)
    found.values[:, Column.TONE_HZ] = rng.uniform(*FALSE_TONES_HZ, len(look))
    return look, found


def looks(scene: Scene, seed: int) -> Iterator[Scan]:
    """Every look of every sensor, silent ones too, in order of time and of sensor."""
    end_ns = START_NS + round(scene.seconds * SECOND_NS)
    scans: list[Scan] = []
    for index, (name, sensor) in enumerate(scene.sensors.items()):
        rng = np.random.default_rng([seed, index])
        number, times = sensor.looks(START_NS, end_ns)
        look_of, parts = [np.zeros(0, np.int64)], [empty()]
        for target in scene.targets:
            hit, found = sensor.simulate(rng, times, target.path, target.label, scene.weather, claim=target.claim)
            look_of.append(np.flatnonzero(hit))
            parts.append(found)
        single = sensor.kind == "acoustic" and not scene.burst
        look, found = (
            false_bearings(rng, sensor, times, scene) if single else sensor.simulate_clutter(rng, times, scene.weather)
        )
        rows, look = joined([*parts, found]), np.concatenate([*look_of, look]).astype(np.int64)
        order = np.argsort(look, kind="stable")
        cuts = np.searchsorted(look[order], np.arange(len(times) + 1))
        for k, (scan, time_ns) in enumerate(zip(number.tolist(), times.tolist(), strict=True)):
            mine = order[cuts[k] : cuts[k + 1]]
            scans.append(
                Scan(
                    sensor=name,
                    scan=scan,
                    time_ns=time_ns,
                    end_ns=time_ns,
                    received_ns=time_ns,
                    detections=rows.rows(mine) if len(mine) else NOTHING,
                )
            )
    yield from sorted(scans, key=lambda scan: (scan.time_ns, scan.sensor))


NOTHING = empty()


def claim_scene(seed: int, *, lies: bool) -> Scene:
    """A radar and a Remote ID receiver; one drone that claims 12 km off, or two honest ones, and one without.

    Honest ones turn, send split frames every other seed, and state positions of 4 to 12 m.
    """
    rng = np.random.default_rng([seed, 79])
    sensors = built(
        [
            placed(0.0, 0.0, id="radar", kind="radar", model="xband-3d", height_agl_m=15.0,
                   p_detect=rng.uniform(0.5, 0.95), scan_offset_s=rng.uniform()),
            placed(2000.0, -1000.0, id="rid", kind="remote_id", model="receiver", height_agl_m=10.0,
                   max_range_m=20_000.0, scan_offset_s=rng.uniform()),
        ]
    )  # fmt: skip
    seconds, flying = 120.0, []
    for k in range(2 if not lies else 1):
        at, away = rng.uniform(0.0, 2.0 * np.pi), rng.uniform(3000.0, 12_000.0)
        speed, course, height = rng.uniform(5.0, 30.0), rng.uniform(0.0, 2.0 * np.pi), rng.uniform(60.0, 300.0)
        turns = [(t, course + rng.uniform(-1.5, 1.5)) for t in np.sort(rng.uniform(10.0, 110.0, 3))]
        path = straight((away * np.sin(at), away * np.cos(at)), course, speed, height, seconds, turns)
        off = rng.uniform(0.0, 2.0 * np.pi)
        claim = Claim(
            identity=f"rid:war{seed}-{k}",
            displaced_m=(12_000.0 * np.sin(off), 12_000.0 * np.cos(off), 0.0) if lies else (0.0, 0.0, 0.0),
            position_sd_m=rng.uniform(4.0, 12.0),
            split=seed % 2 == 1 and not lies,
        )
        flying.append(Target(path=path, label="multirotor", claim=claim))
    silent = straight((-6000.0, 3000.0), np.radians(80.0), 40.0, 200.0, seconds)
    return Scene(
        sensors=sensors, targets=[*flying, Target(path=silent, label="fixed_wing_small")], seconds=seconds,
        weather=Weather(),
    )  # fmt: skip


def worsened(scans: list[Scan], seed: int) -> list[Scan]:
    """Radar looks with a bias of 30 m, 0.5 and 0.3 deg (one sigma), and gaps of 3 to 15 s in what is broadcast."""
    rng = np.random.default_rng([seed, 80])
    range_m, azimuth, elevation = rng.normal(size=3) * [30.0, np.radians(0.5), np.radians(0.3)]
    gaps = [(t, t + rng.uniform(3.0, 15.0)) for t in rng.uniform(0.0, 120.0, 3)]
    found = []
    for scan in scans:
        detections = scan.detections
        if scan.sensor == "radar" and len(detections):
            values = detections.values.copy()
            values[:, Column.RANGE_M] += range_m
            values[:, Column.AZIMUTH_RAD] = (values[:, Column.AZIMUTH_RAD] + azimuth) % (2.0 * np.pi)
            values[:, Column.ELEVATION_RAD] += elevation
            detections = replace(detections, values=values)
        after_s = (scan.time_ns - START_NS) / SECOND_NS
        if scan.sensor == "rid" and any(low <= after_s < high for low, high in gaps):
            detections = NOTHING
        found.append(replace(scan, detections=detections))
    return found

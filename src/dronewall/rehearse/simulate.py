"""A night as the wall's sensors would have told it: every look, in the order in which it reaches the wall.

What is drawn comes from the night's seed, apart for the paths, for each sensor's false detections and for each pair of
sensor and target; so another sensor, or another wind, leaves the rest of the night as it was.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from dronewall.geo.frames import ecef_to_geodetic
from dronewall.geo.terrain import Terrain
from dronewall.records.detection import Detections, empty, joined
from dronewall.records.scan import Scan
from dronewall.records.scenario import Scenario
from dronewall.records.truth import Truth
from dronewall.records.wall import Wall
from dronewall.records.weather import Weather
from dronewall.rehearse.faults import afflicted
from dronewall.rehearse.heard import Heard, heard
from dronewall.rehearse.populations import Target, targets
from dronewall.sensors import Sensor
from dronewall.units import SECOND_NS, Ints, nanoseconds

TRUTH_EVERY_NS = 5 * SECOND_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """Where and when a target came down."""

    target: str
    time_ns: int
    latitude_rad: float
    longitude_rad: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Somebody rings the emergency number: at `time_ns`, about what they saw at `seen_ns` near a place."""

    time_ns: int
    seen_ns: int
    text: str
    latitude_rad: float
    longitude_rad: float
    radius_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One night. Looks stand in the order of reception, the rows of each together and in that order too.

    Attributes
    ----------
    sensor_of, scan, time_ns, received_ns, first_row, rows_of : np.ndarray [shape=(looks,)]
        `sensor_of` is an index into `sensor_ids`; a look's rows begin at `first_row` and are `rows_of` many.
    detections : Detections
    origin : np.ndarray [shape=(rows,)]
        Index into `targets`; -1: of no target. For judging only.
    """

    wall: Wall
    scenario: Scenario
    weather: Weather
    seed: int
    sensors: Mapping[str, Sensor]
    sensor_ids: tuple[str, ...]
    targets: tuple[Target, ...]
    impacts: tuple[Impact, ...]
    calls: tuple[Call, ...]
    sensor_of: Ints
    scan: Ints
    time_ns: Ints
    received_ns: Ints
    first_row: Ints
    rows_of: Ints
    detections: Detections
    origin: Ints

    @property
    def start_ns(self) -> int:
        """When the night begins."""
        return self.scenario.start_ns

    @property
    def end_ns(self) -> int:
        """When the night ends."""
        return self.scenario.end_ns

    def scans(self) -> Iterator[Scan]:
        """Every look in order of reception, silent ones too."""
        silent = empty()
        ids = self.sensor_ids
        listed = zip(
            self.sensor_of.tolist(),
            self.scan.tolist(),
            self.time_ns.tolist(),
            self.received_ns.tolist(),
            self.first_row.tolist(),
            self.rows_of.tolist(),
            strict=True,
        )
        for sensor, scan, time_ns, received_ns, first, count in listed:
            yield Scan(
                sensor=ids[sensor],
                scan=scan,
                time_ns=time_ns,
                end_ns=time_ns,
                received_ns=received_ns,
                detections=self.detections.rows(slice(first, first + count)) if count else silent,
                first_row=first,
            )

    def truth(self) -> Truth:
        """Where everything was, every 5 s from the start."""
        return _truth(self)


def simulate(
    wall: Wall,
    sensors: Mapping[str, Sensor],
    scenario: Scenario,
    seed: int,
    *,
    terrain: Terrain,
    file: str = "scenario",
) -> Night:
    """One night of a scenario in front of a wall.

    Raises
    ------
    BadInput
        The scenario names what the wall has not.
    """
    weather = scenario.weather_record()
    flying = targets(np.random.default_rng([seed, 0]), scenario=scenario, wall=wall, terrain=terrain, file=file)
    start_ns, end_ns = scenario.start_ns, scenario.end_ns
    parts = [
        afflicted(heard(seed, name, sensor, flying, start_ns, end_ns, weather), seed, name, sensor, scenario)
        for name, sensor in sensors.items()
    ]
    impacts = tuple(_impact(target) for target in flying if target.ends_in_impact)
    return _in_order(
        parts,
        partial(
            Night,
            wall=wall,
            scenario=scenario,
            weather=weather,
            seed=seed,
            sensors=sensors,
            sensor_ids=tuple(sensors),
            targets=flying,
            impacts=impacts,
            calls=_calls(scenario, impacts),
        ),
    )


def _in_order(parts: Sequence[Heard], night: Callable[..., Night]) -> Night:
    """The looks of all sensors in order of reception; equal times go by the look's time, then by the sensor's id."""
    by_name = np.argsort(np.argsort([p.sensor for p in parts]))
    sensor_of = np.repeat(np.arange(len(parts)), [len(p.scan) for p in parts])
    look_base = np.concatenate([[0], np.cumsum([len(p.scan) for p in parts])])
    scan = np.concatenate([p.scan for p in parts])
    time_ns = np.concatenate([p.time_ns for p in parts])
    received_ns = np.concatenate([p.received_ns for p in parts])
    order = np.lexsort((by_name[sensor_of], time_ns, received_ns))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    look_of_row = rank[np.concatenate([p.look + base for p, base in zip(parts, look_base, strict=False)])]
    by_look = np.argsort(look_of_row, kind="stable")
    rows_of = np.bincount(look_of_row, minlength=len(order)).astype(np.int64)
    return night(
        sensor_of=sensor_of[order],
        scan=scan[order],
        time_ns=time_ns[order],
        received_ns=received_ns[order],
        first_row=np.concatenate([[0], np.cumsum(rows_of)[:-1]]).astype(np.int64),
        rows_of=rows_of,
        detections=joined([p.detections for p in parts]).rows(by_look),
        origin=np.concatenate([p.origin for p in parts])[by_look],
    )


def _impact(target: Target) -> Impact:
    path = target.path
    return Impact(
        target=target.target,
        time_ns=path.end_ns,
        latitude_rad=float(path.latitude_rad[-1]),
        longitude_rad=float(path.longitude_rad[-1]),
    )


def _calls(scenario: Scenario, impacts: tuple[Impact, ...]) -> tuple[Call, ...]:
    found = []
    for spec in scenario.call:
        at_ns = scenario.start_ns + nanoseconds(spec.at_s)
        if spec.about == "impact":
            if not impacts:
                continue
            first = min(impacts, key=lambda impact: impact.time_ns)
            at_ns = max(at_ns, first.time_ns + nanoseconds(spec.after_s))
            seen_ns, latitude, longitude = first.time_ns, first.latitude_rad, first.longitude_rad
        else:
            assert spec.latitude_deg is not None
            assert spec.longitude_deg is not None
            seen_ns = at_ns - nanoseconds(spec.after_s)
            latitude, longitude = float(np.radians(spec.latitude_deg)), float(np.radians(spec.longitude_deg))
        found.append(
            Call(
                time_ns=at_ns,
                seen_ns=seen_ns,
                text=spec.text,
                latitude_rad=latitude,
                longitude_rad=longitude,
                radius_m=spec.radius_m,
            )
        )
    return tuple(sorted(found, key=lambda call: call.time_ns))


def _truth(night: Night) -> Truth:
    grid = np.arange(night.start_ns, night.end_ns, TRUTH_EVERY_NS, dtype=np.int64)
    times, names, labels, cooperative, ecef, velocity = [], [], [], [], [], []
    for target in night.targets:
        mine = grid[(grid >= target.path.start_ns) & (grid <= target.path.end_ns)]
        places, rates = target.path.position(mine)
        times.append(mine)
        ecef.append(places)
        velocity.append(rates)
        names.append(np.full(len(mine), target.target, object))
        labels.append(np.full(len(mine), target.label, object))
        cooperative.append(np.full(len(mine), target.cooperative))
    time_ns = np.concatenate(times) if times else np.zeros(0, np.int64)
    order = np.argsort(time_ns, kind="stable")
    latitude, longitude, altitude = ecef_to_geodetic(np.concatenate(ecef)[order] if ecef else np.zeros((0, 3)))
    return Truth(
        time_ns=time_ns[order],
        target=np.concatenate(names)[order] if names else np.zeros(0, object),
        latitude_rad=latitude,
        longitude_rad=longitude,
        altitude_hae_m=altitude,
        velocity_enu_mps=np.concatenate(velocity)[order] if velocity else np.zeros((0, 3)),
        label=np.concatenate(labels)[order] if labels else np.zeros(0, object),
        cooperative=np.concatenate(cooperative)[order] if cooperative else np.zeros(0, bool),
    )

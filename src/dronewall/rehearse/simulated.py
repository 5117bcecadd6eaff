"""What a simulated night is: its things, its looks in the order in which they reach the wall, and its truth."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from dronewall.geo.frames import ecef_to_geodetic
from dronewall.records.detection import Detections, empty
from dronewall.records.scan import Scan
from dronewall.records.scenario import Scenario
from dronewall.records.threat import StressLevel
from dronewall.records.truth import Truth
from dronewall.records.wall import Wall
from dronewall.records.weather import Weather
from dronewall.rehearse.populations import Target
from dronewall.sensors import Sensor
from dronewall.units import SECOND_NS, Ints

TRUTH_EVERY_NS = 5 * SECOND_NS
LISTED_AT_ONCE = 4_096


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
    """One night, or a piece of a longer one. Looks stand in the order of reception, each one's rows together in it.

    Attributes
    ----------
    sensor_of, scan, time_ns, received_ns, first_row, rows_of : np.ndarray [shape=(looks,)]
        `sensor_of` is an index into `sensor_ids`; a look's rows begin at `first_row` and are `rows_of` many.
    row_base : int
        Number of the first row: rows are counted through the pieces of a night.
    load : StressLevel or None
        The level of the load ladder that populations with `rate_from = "threat"` took, with its citations.
    detections : Detections
    origin : np.ndarray [shape=(rows,)]
        Index into `targets`; -1: of no target. For judging only.
    """

    wall: Wall
    scenario: Scenario
    weather: Weather
    seed: int
    start_ns: int
    end_ns: int
    row_base: int = 0
    load: StressLevel | None = None
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

    def scans(self) -> Iterator[Scan]:
        """Every look in order of reception, silent ones too."""
        silent = empty()
        ids, base = self.sensor_ids, self.row_base
        for sensor, scan, time_ns, received_ns, first, count in self._listed():
            yield Scan(
                sensor=ids[sensor],
                scan=scan,
                time_ns=time_ns,
                end_ns=time_ns,
                received_ns=received_ns,
                detections=self.detections.rows(slice(first, first + count)) if count else silent,
                first_row=base + first,
            )

    def _listed(self) -> Iterator[tuple[int, ...]]:
        """Sensor, number, time, reception, first row and rows of each look; some thousands at a time are Python's."""
        columns = (self.sensor_of, self.scan, self.time_ns, self.received_ns, self.first_row, self.rows_of)
        for start in range(0, len(self.scan), LISTED_AT_ONCE):
            yield from zip(*(column[start : start + LISTED_AT_ONCE].tolist() for column in columns), strict=True)

    def truth(self) -> Truth:
        """Where everything was, every 5 s from the start."""
        return _truth(self)


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

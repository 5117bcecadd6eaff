"""What goes wrong with sensors in a night: one function per kind of fault, named in `FAULTS`."""

from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatchcase
from zlib import crc32

import numpy as np

from dronewall.records.detection import Column, joined
from dronewall.records.scenario import FaultSpec, Scenario
from dronewall.rehearse.heard import Heard
from dronewall.sensors import Sensor
from dronewall.units import Bools, nanoseconds

EARTH_M = 6_371_000.0


def afflicted(heard: Heard, seed: int, name: str, sensor: Sensor, scenario: Scenario, *, piece: int = 0) -> Heard:
    """What one sensor said, after every fault of the scenario that strikes it, in their order."""
    for number, fault in enumerate(scenario.fault):
        if not strikes(fault, number, seed, name):
            continue
        from_ns = scenario.start_ns + nanoseconds(fault.from_s)
        to_ns = scenario.start_ns + nanoseconds(fault.to_s)
        during = (heard.time_ns >= from_ns) & (heard.time_ns < to_ns)
        rng = np.random.default_rng([seed, 5, crc32(name.encode()), number, *([piece] if piece else [])])
        heard = FAULTS[fault.kind](rng, heard, during, fault, sensor, to_ns)
    return heard


def strikes(fault: FaultSpec, number: int, seed: int, name: str) -> bool:
    """Whether the scenario's fault of that number strikes a sensor in this night."""
    if not fnmatchcase(name, fault.sensor):
        return False
    drawn = np.random.default_rng([seed, 7, crc32(name.encode()), number]).random()
    return fault.share >= 1.0 or bool(drawn < fault.share)


def _outage(
    rng: np.random.Generator, heard: Heard, during: Bools, fault: FaultSpec, sensor: Sensor, to_ns: int
) -> Heard:
    """No looks at all: what did not look did not miss."""
    kept = np.flatnonzero(~during)
    place = np.cumsum(~during) - 1
    rows = ~during[heard.look]
    return replace(
        heard,
        scan=heard.scan[kept],
        time_ns=heard.time_ns[kept],
        received_ns=heard.received_ns[kept],
        look=place[heard.look[rows]],
        origin=heard.origin[rows],
        detections=heard.detections.rows(rows),
    )


def _link_cut(
    rng: np.random.Generator, heard: Heard, during: Bools, fault: FaultSpec, sensor: Sensor, to_ns: int
) -> Heard:
    """Looks are kept at the sensor and arrive together when the link is back."""
    return _received(heard, np.where(during, np.maximum(heard.received_ns, to_ns), heard.received_ns))


def _latency(
    rng: np.random.Generator, heard: Heard, during: Bools, fault: FaultSpec, sensor: Sensor, to_ns: int
) -> Heard:
    return _received(heard, heard.received_ns + np.where(during, nanoseconds(fault.seconds), 0))


def _received(heard: Heard, received_ns: np.ndarray) -> Heard:
    later = received_ns - heard.received_ns
    rows = replace(heard.detections, received_ns=heard.detections.received_ns + later[heard.look])
    return replace(heard, received_ns=received_ns, detections=rows)


def _clock_skew(
    rng: np.random.Generator, heard: Heard, during: Bools, fault: FaultSpec, sensor: Sensor, to_ns: int
) -> Heard:
    """The sensor's clock is wrong by so much; when its words arrive is not."""
    skew = np.where(during, nanoseconds(fault.seconds), 0)
    rows = replace(heard.detections, time_ns=heard.detections.time_ns + skew[heard.look])
    return replace(heard, time_ns=heard.time_ns + skew, detections=rows)


def _ghosts(
    rng: np.random.Generator, heard: Heard, during: Bools, fault: FaultSpec, sensor: Sensor, to_ns: int
) -> Heard:
    """More false detections, drawn as the sensor's own are: copies of them and of its true ones, turned about."""
    looks = np.repeat(np.flatnonzero(during), fault.per_scan)
    if not len(heard.detections) or not len(looks):
        return heard
    model = rng.integers(0, len(heard.detections), len(looks))
    copied = heard.detections.rows(model)
    values = copied.values.copy()
    values[:, Column.AZIMUTH_RAD] = np.where(
        np.isnan(values[:, Column.AZIMUTH_RAD]), np.nan, rng.uniform(0.0, 2.0 * np.pi, len(looks))
    )
    ghosts = replace(copied, time_ns=heard.time_ns[looks], received_ns=heard.received_ns[looks], values=values)
    look = np.concatenate([heard.look, looks])
    order = np.argsort(look, kind="stable")
    return replace(
        heard,
        look=look[order],
        origin=np.concatenate([heard.origin, np.full(len(looks), -1, np.int64)])[order],
        detections=joined([heard.detections, ghosts]).rows(order),
    )


def _gnss_displacement(
    rng: np.random.Generator, heard: Heard, during: Bools, fault: FaultSpec, sensor: Sensor, to_ns: int
) -> Heard:
    """Claimed positions move by so much in one direction, at once or growing to it."""
    values = heard.detections.values.copy()
    moved = during[heard.look]
    since_s = (heard.detections.time_ns[moved] - to_ns) / 1e9 + (fault.to_s - fault.from_s)
    grown = np.clip(since_s / fault.grows_s, 0.0, 1.0) if fault.grows_s > 0.0 else 1.0
    north = grown * fault.distance_m * np.cos(np.radians(fault.azimuth_deg)) / EARTH_M
    east = grown * fault.distance_m * np.sin(np.radians(fault.azimuth_deg)) / EARTH_M
    latitude = values[moved, Column.LATITUDE_RAD]
    values[moved, Column.LATITUDE_RAD] = latitude + north
    values[moved, Column.LONGITUDE_RAD] += east / np.cos(latitude)
    return replace(heard, detections=replace(heard.detections, values=values))


Fault = Callable[[np.random.Generator, Heard, Bools, FaultSpec, Sensor, int], Heard]
FAULTS: dict[str, Fault] = {
    "outage": _outage,
    "link_cut": _link_cut,
    "latency": _latency,
    "clock_skew": _clock_skew,
    "ghosts": _ghosts,
    "gnss_displacement": _gnss_displacement,
}

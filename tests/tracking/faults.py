"""A small wall of radars for the tests of registration, and what can be wrong with one of them."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from dronewall.records.detection import Column, empty, joined
from dronewall.records.scan import Scan
from dronewall.sensors import Sensor
from dronewall.units import SECOND_NS
from tests.sensors.walls import sensors
from tests.tracking.scenes import HOME, Target, along, play

PLACES_M = ((-9000.0, -3000.0), (9000.0, -3000.0), (0.0, 9000.0), (3000.0, -12000.0))
Fault = Callable[[Scan, np.random.Generator], Scan]


def radars(n: int = 4) -> dict[str, Sensor]:
    """Radars of 15 m, 0.4 and 0.8 degrees that look every 2 s, a few kilometres apart."""
    latitude, longitude, _ = HOME.local_to_geodetic(np.array([(e, k, 0.0) for e, k in PLACES_M[:n]]))
    specs = [
        {
            "id": f"radar-{i}",
            "kind": "radar",
            "latitude_deg": float(np.degrees(latitude[i])),
            "longitude_deg": float(np.degrees(longitude[i])),
            "min_range_m": 500.0,
            "max_range_m": 25000.0,
            "p_detect": 0.9,
            "clutter_per_scan": 3.0,
            "scan_period_s": 2.0,
            "scan_offset_s": 0.45 * i,
            "range_sd_m": 15.0,
            "azimuth_sd_deg": 0.4,
            "elevation_sd_deg": 0.8,
        }
        for i in range(n)
    ]
    return sensors(specs)


def targets(n: int, seed: int) -> list[Target]:
    """Straight flights at 15 to 60 m/s over the middle of the wall."""
    rng = np.random.default_rng(seed)
    start, course = rng.uniform(-14000.0, 14000.0, (n, 2)), rng.uniform(-np.pi, np.pi, n)
    speed, height = rng.uniform(15.0, 60.0, n), rng.uniform(100.0, 1500.0, n)
    return [
        Target(
            path=along(
                [
                    (e, k, h),
                    (e + 20000.0 * np.sin(c), k + 20000.0 * np.cos(c), h),
                ],
                v,
            )
        )
        for (e, k), c, v, h in zip(start.tolist(), course.tolist(), speed.tolist(), height.tolist(), strict=True)
    ]


def night(wall: dict[str, Sensor], seconds: float, *, n: int = 60, seed: int = 1) -> list[Scan]:
    """Every look of the wall at those flights."""
    return play(wall, targets(n, seed), seconds, seed=seed)


def spoiled(scans: Iterable[Scan], sensor: str, fault: Fault, *, from_s: float = 0.0) -> list[Scan]:
    """The looks with one radar's spoiled from some time on, in order of the times that they state."""
    rng, first = np.random.default_rng(7), None
    out = []
    for scan in scans:
        first = scan.time_ns if first is None else first
        wrong = scan.sensor == sensor and scan.time_ns - first >= from_s * SECOND_NS
        out.append(fault(scan, rng) if wrong else scan)
    return sorted(out, key=lambda scan: (scan.time_ns, scan.sensor))


def shifted(column: Column, by: float) -> Fault:
    """Every plot is off by so much."""

    def fault(scan: Scan, rng: np.random.Generator) -> Scan:
        values = scan.detections.values.copy()
        values[:, column] += by
        return replace(scan, detections=replace(scan.detections, values=values))

    return fault


def late(seconds: float) -> Fault:
    """The radar's clock is ahead by so much: everything bears a later time."""

    def fault(scan: Scan, rng: np.random.Generator) -> Scan:
        by = round(seconds * SECOND_NS)
        rows = replace(scan.detections, time_ns=scan.detections.time_ns + by)
        return replace(scan, time_ns=scan.time_ns + by, end_ns=scan.end_ns + by, detections=rows)

    return fault


def ghosts(n: int) -> Fault:
    """So many more plots a look, anywhere."""

    def fault(scan: Scan, rng: np.random.Generator) -> Scan:
        false = empty(n)
        false.time_ns[:] = scan.time_ns
        false.values[:, Column.RANGE_M] = 25000.0 * np.sqrt(rng.uniform(0.01, 1.0, n))
        false.values[:, Column.AZIMUTH_RAD] = rng.uniform(0.0, 2.0 * np.pi, n)
        height = rng.uniform(0.0, 2000.0, n)
        false.values[:, Column.ELEVATION_RAD] = np.arcsin(np.minimum(height / false.values[:, Column.RANGE_M], 0.9))
        return replace(scan, detections=joined([scan.detections, false]))

    return fault


def scattered(factor: float) -> Fault:
    """The azimuths jump about by so many degrees."""

    def fault(scan: Scan, rng: np.random.Generator) -> Scan:
        values = scan.detections.values.copy()
        values[:, Column.AZIMUTH_RAD] += np.radians(factor) * rng.normal(size=len(values))
        return replace(scan, detections=replace(scan.detections, values=values))

    return fault

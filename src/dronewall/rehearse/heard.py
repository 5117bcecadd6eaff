"""What one sensor says through a whole night: of each target in its reach, and of nothing at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from dronewall.records.detection import Detections, joined
from dronewall.records.weather import Weather
from dronewall.rehearse.cells import resolved
from dronewall.rehearse.paths import Path
from dronewall.rehearse.populations import Target
from dronewall.sensors import Claim, Sensor
from dronewall.units import SECOND_NS, Bools, Ints, nanoseconds

COARSE_S = 10
FASTEST_MPS = 400.0
"""Nothing in a night is faster; how much wider than a sensor's reach a path is looked at every 10 s."""
CLAIMS = {"adsb": "icao:", "remote_id": "rid:"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One sensor's looks and rows.

    Attributes
    ----------
    scan, time_ns, received_ns : np.ndarray [shape=(looks,)]
    look, origin : np.ndarray [shape=(rows,)]
        Which look a row is of, and the number of its target (-1: none).
    detections : Detections
    """

    sensor: str
    scan: Ints
    time_ns: Ints
    received_ns: Ints
    look: Ints
    origin: Ints
    detections: Detections


def heard(
    seed: int,
    name: str,
    sensor: Sensor,
    targets: Mapping[int, Target],
    start_ns: int,
    end_ns: int,
    weather: Weather,
    *,
    piece: int = 0,
) -> Heard:
    """Every look of one sensor in [start, end) with what it detected, in the order of looks.

    `targets` are those that may be there, by their numbers in the night; `piece` is the night's piece, whose randomness
    is its own.
    """
    key = crc32(name.encode())
    own = [piece] if piece else []
    scan, time_ns = sensor.looks(start_ns, end_ns)
    false_look, false_rows = sensor.simulate_clutter(np.random.default_rng([seed, 1, key, *own]), time_ns, weather)
    looks, parts = [false_look], [false_rows]
    origin = [np.full(len(false_look), -1, np.int64)]
    for number, target in targets.items():
        claim = _claim(target, sensor)
        if sensor.claims_only and claim is None:
            continue
        if sensor.reach_of(target.label) <= 0.0:
            continue
        near = np.flatnonzero(_in_reach(sensor, target.path, time_ns))
        if not len(near):
            continue
        rng = np.random.default_rng([seed, 3, key, number, *own])
        hit, rows = sensor.simulate(rng, time_ns[near], target.path.position, target.label, weather, claim=claim)
        looks.append(near[hit])
        parts.append(rows)
        origin.append(np.full(len(rows), number, np.int64))
    look, rows, number_of = np.concatenate(looks), joined(parts), np.concatenate(origin)
    if sensor.kind == "radar" and any(target.label == "bird" for target in targets.values()):
        birds = np.array([number for number, target in targets.items() if target.label == "bird"], np.int64)
        kept, rows = resolved(sensor, look, rows, np.isin(number_of, birds))
        look, number_of = look[kept], number_of[kept]
    # a radar does not list its echoes by what they came from
    order = np.lexsort((np.random.default_rng([seed, 4, key, *own]).random(len(look)), look))
    look, rows = look[order], rows.rows(order)
    received_ns = time_ns + nanoseconds(sensor.latency_s)
    if len(look):
        np.maximum.at(received_ns, look, rows.received_ns)
    return Heard(
        sensor=name,
        scan=scan,
        time_ns=time_ns,
        received_ns=received_ns,
        look=look,
        origin=number_of[order],
        detections=rows,
    )


def _claim(target: Target, sensor: Sensor) -> Claim | None:
    """What the target broadcasts that this sensor could receive."""
    if target.identity is None or not target.identity.startswith(CLAIMS.get(sensor.kind, "none")):
        return None
    return Claim(
        identity=target.identity,
        displaced_m=target.displaced_m,
        split=target.split,
        session=f"session:{target.target}" if target.split else None,
    )


def _in_reach(sensor: Sensor, path: Path, time_ns: Ints) -> Bools:
    """Looks at which the target is there and may be within the sensor's reach."""
    coarse = path.ecef_m[::COARSE_S]
    away = coarse - sensor.ecef_m
    reach = sensor.reach_m + COARSE_S * FASTEST_MPS
    near = (away * away).sum(axis=1) <= reach * reach
    knot = (time_ns - path.start_ns) // (COARSE_S * SECOND_NS)
    there = (time_ns >= path.start_ns) & (time_ns <= path.end_ns)
    return np.asarray(there & near[np.clip(knot, 0, len(near) - 1)])

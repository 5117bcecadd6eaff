"""Small recordings that the tests of the archive share."""

import numpy as np

from dronewall.archive import Looks, RecordedRows
from dronewall.records.detection import Column, empty
from dronewall.records.truth import Truth
from dronewall.units import SECOND_NS

START_NS = 1_750_000_000 * SECOND_NS
WALL = """\
schema_version = 1

[wall]
name = "two radars"

[[sensor]]
id = "lv-radar-1"
kind = "radar"
latitude_deg = 56.55
longitude_deg = 27.95
scan_period_s = 2.0
scan_offset_s = 0.5
latency_s = 0.25

[[sensor]]
id = "lv-rid-1"
kind = "remote_id"
latitude_deg = 56.5
longitude_deg = 27.9
"""


def some_rows(seed: int = 0) -> RecordedRows:
    """Seven radar rows in three looks (0, 2 and 3 of the schedule) and two Remote ID rows."""
    rng = np.random.default_rng(seed)
    detections = empty(9)
    scan = np.array([0, 0, 0, 2, 2, 3, 3, 10, 11], np.int64)
    times = START_NS + (np.array([0.5, 0.5, 0.5, 4.5, 4.5, 6.5, 6.5, 1.0, 6.0]) * SECOND_NS).astype(np.int64)
    detections.time_ns[:] = times
    detections.received_ns[:] = times + SECOND_NS // 4
    radar = slice(0, 7)
    detections.values[radar, Column.RANGE_M] = rng.uniform(500.0, 25_000.0, 7)
    detections.values[radar, Column.AZIMUTH_RAD] = rng.uniform(0.0, 2.0 * np.pi, 7)
    detections.values[radar, Column.ELEVATION_RAD] = rng.uniform(0.0, 0.3, 7)
    detections.values[7:, Column.LATITUDE_RAD] = rng.uniform(0.9, 1.0, 2)
    detections.values[7:, Column.LONGITUDE_RAD] = rng.uniform(0.4, 0.5, 2)
    detections.values[7, Column.POSITION_SD_M] = 12.5
    detections.identity[7:] = "rid:test-0001"
    detections.label[8] = "multirotor"
    return RecordedRows(
        detections=detections, sensor=np.array(["lv-radar-1"] * 7 + ["lv-rid-1"] * 2, object), scan=scan
    )


def some_looks() -> Looks:
    """Four radar looks, of which number 1 is silent, and the two of Remote ID."""
    begin = START_NS + (np.array([0.5, 2.5, 4.5, 6.5, 1.0, 6.0]) * SECOND_NS).astype(np.int64)
    sensor = np.array(["lv-radar-1"] * 4 + ["lv-rid-1"] * 2, object)
    return Looks(sensor=sensor, scan=np.array([0, 1, 2, 3, 10, 11], np.int64), time_ns=begin, end_ns=begin)


def some_truth(n: int = 5) -> Truth:
    """A target on a straight line."""
    return Truth(
        time_ns=START_NS + np.arange(n, dtype=np.int64) * SECOND_NS,
        target=np.full(n, "target-0000", object),
        latitude_rad=np.deg2rad(56.5 + 0.001 * np.arange(n)),
        longitude_rad=np.deg2rad(np.full(n, 27.9)),
        altitude_hae_m=np.full(n, 150.0),
        velocity_enu_mps=np.tile([0.0, 50.0, 0.0], (n, 1)),
        label=np.full(n, "fixed_wing_piston", object),
        cooperative=np.zeros(n, bool),
    )

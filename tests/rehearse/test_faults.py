"""What goes wrong with sensors, one fault at a time."""

import numpy as np
import pytest

from dronewall.geo.terrain import SmoothEarth
from dronewall.records.detection import Column
from dronewall.records.scenario import FaultSpec
from dronewall.rehearse.simulate import Night, simulate
from tests.rehearse.night import rezekne_scenario, rezekne_wall, shortened, smooth_night, smooth_sensors

FROM_S, TO_S = 100.0, 200.0


def faulty(kind: str, sensor: str, **more) -> Night:
    fault = FaultSpec(kind=kind, sensor=sensor, from_s=FROM_S, to_s=TO_S, **more)
    scenario = shortened(rezekne_scenario(), 400.0).model_copy(update={"fault": [fault]})
    return simulate(rezekne_wall(), smooth_sensors(), scenario, 3, terrain=SmoothEarth())


def during(night: Night, sensor: str) -> np.ndarray:
    """Which looks of a sensor fall into the fault."""
    since = (night.time_ns - night.start_ns) / 1e9
    return (night.sensor_of == night.sensor_ids.index(sensor)) & (since >= FROM_S) & (since < TO_S)


def test_in_an_outage_a_sensor_does_not_look():
    assert not during(faulty("outage", "lv-radar-1"), "lv-radar-1").any()


def test_an_outage_of_some_leaves_the_others():
    night = faulty("outage", "lv-ac-*")
    assert during(night, "lv-radar-1").sum() == during(smooth_night(3, 400.0), "lv-radar-1").sum()


def test_what_waited_behind_a_cut_link_arrives_when_it_is_back():
    night = faulty("link_cut", "lv-radar-1")
    late = night.received_ns[during(night, "lv-radar-1")]
    assert (late >= night.start_ns + TO_S * 1e9).all()


def test_latency_delays_by_so_much():
    night, usual = faulty("latency", "lv-radar-1", seconds=7.0), smooth_night(3, 400.0)
    delay = (night.received_ns - night.time_ns)[during(night, "lv-radar-1")]
    normal = (usual.received_ns - usual.time_ns)[during(usual, "lv-radar-1")]
    assert delay == pytest.approx(normal + 7e9)


def test_a_skewed_clock_says_another_time():
    night, usual = faulty("clock_skew", "lv-radar-1", seconds=5.0), smooth_night(3, 400.0)
    radar = night.sensor_ids.index("lv-radar-1")
    skew = np.sort(night.time_ns[night.sensor_of == radar]) - np.sort(usual.time_ns[usual.sensor_of == radar])
    assert set(skew) <= set(range(0, 5 * 10**9 + 1, 10**9))
    assert skew.max() == 5 * 10**9


def test_ghosts_add_so_many_rows_to_each_look():
    night, usual = faulty("ghosts", "lv-radar-1", per_scan=4), smooth_night(3, 400.0)
    looks = during(night, "lv-radar-1")
    assert night.rows_of[looks].sum() == usual.rows_of[during(usual, "lv-radar-1")].sum() + 4 * looks.sum()


def test_displaced_satellite_positions_move_north():
    night, usual = faulty("gnss_displacement", "lv-rid-ludza", distance_m=12_000.0), smooth_night(3, 400.0)

    def latitude(some: Night) -> np.ndarray:
        rows = np.repeat(during(some, "lv-rid-ludza"), some.rows_of)
        return some.detections.values[rows, Column.LATITUDE_RAD]

    assert latitude(night) - latitude(usual) == pytest.approx(12_000.0 / 6_371_000.0)

"""What faults cost: the same night without them, and the coverage that they took by the sensors' own detections."""

from dataclasses import replace

import numpy as np
import pytest

from dronewall.records.acceptance import AcceptSpec
from dronewall.records.scenario import FaultSpec
from dronewall.rehearse.measured import measured
from dronewall.rehearse.night import Stage
from dronewall.rehearse.simulate import Night, simulate
from dronewall.rehearse.unbroken import COVERS_NS, covered_share, lately, lost_rows, unbroken
from dronewall.units import SECOND_NS
from tests.rehearse.hamlet import hamlet_stage
from tests.rehearse.night import smooth_night

ASKS = AcceptSpec(line="It holds", metric="completeness_fall_beyond_coverage", at_most=0.05)


def broken(*faults: FaultSpec) -> Stage:
    stage = hamlet_stage()
    return replace(stage, scenario=stage.scenario.model_copy(update={"fault": list(faults), "accept": [ASKS]}))


def whole_night(stage: Stage) -> Night:
    plain = unbroken(stage)
    return simulate(plain.wall, plain.sensors, plain.scenario, 1, terrain=plain.terrain)


def out(from_s: float, to_s: float = 400.0, **more) -> FaultSpec:
    return FaultSpec(kind="outage", sensor="radar-1", from_s=from_s, to_s=to_s, **more)


def test_where_the_only_radar_is_out_all_completeness_is_lost_and_all_of_it_is_lost_coverage() -> None:
    figures = measured(broken(out(0.0)), 1)["metrics"]
    assert figures["completeness_fall"] > 0.8
    assert figures["coverage_fall"] > 0.8
    assert abs(figures["completeness_fall_beyond_coverage"]) < 0.1


def test_a_fault_that_takes_no_coverage_may_cost_nothing() -> None:
    late = FaultSpec(kind="latency", sensor="radar-1", from_s=0.0, to_s=400.0, seconds=0.5)
    figures = measured(broken(late), 1)["metrics"]
    assert figures["coverage_fall"] == 0.0
    assert figures["completeness_fall_beyond_coverage"] == figures["completeness_fall"]


def test_what_a_fault_takes_is_what_the_sensor_detected_while_it_lasted() -> None:
    stage = broken(out(100.0, 200.0))
    night = whole_night(stage)
    at_s = (night.detections.time_ns - night.start_ns) / SECOND_NS
    radar = np.repeat(night.sensor_of, night.rows_of) == night.sensor_ids.index("radar-1")
    assert (lost_rows(night, stage.scenario) == (radar & (at_s >= 100.0) & (at_s < 200.0))).all()


def test_a_clock_that_is_wrong_takes_no_coverage() -> None:
    stage = broken(FaultSpec(kind="clock_skew", sensor="*", from_s=0.0, to_s=400.0, seconds=5.0))
    assert not lost_rows(whole_night(stage), stage.scenario).any()


@pytest.mark.parametrize(("after_ns", "found"), [(-1, False), (0, True), (COVERS_NS, True), (COVERS_NS + 1, False)])
def test_a_detection_covers_half_a_minute_from_then_on(after_ns, found) -> None:
    assert lately(np.array([10**18]), np.array([10**18 + after_ns])).tolist() == [found]


def test_one_microphone_covers_nothing_and_two_do() -> None:
    night = smooth_night()
    sensor = np.repeat(night.sensor_of, night.rows_of)
    kind = np.array([night.sensors[name].kind for name in night.sensor_ids])[sensor]
    heard = (kind == "acoustic") & (night.origin == 0)
    first, *others = np.unique(sensor[heard]).tolist()
    times_ns = np.sort(night.detections.time_ns[heard])
    who = np.zeros(len(times_ns), np.int64)
    assert others
    assert covered_share(night, times_ns, who, ~(heard & (sensor == first))) == 0.0
    assert covered_share(night, times_ns, who, ~heard) > 0.0

"""Whether what one node hears is one more thing in the air, or one of those that are known."""

import math

import pytest

from dronewall.picture.bearings import Sweep
from dronewall.picture.case import Case
from dronewall.picture.groups import another
from dronewall.picture.rules import RuleSettings, judge_presence, judge_track
from tests.picture.scenes import at_s, presence, track

SWEPT = Sweep(first_rad=math.radians(30.0), total_rad=1.2, last_ns=1)


def heard(last_s: float = 30.0, *, called: bool = False, **where: float) -> Case:
    area = presence(first_s=last_s - 20.0, last_s=last_s, detections=20, **where)
    verdict = judge_presence(area, SWEPT, explained=False, called=called, settings=RuleSettings())
    assert isinstance(verdict, Case)
    return verdict


def known(last_s: float = 30.0, **row: float) -> Case:
    verdict = judge_track(
        track(last_s=last_s, now_s=last_s, **row), 0, kinds=frozenset({"acoustic"}), plausible_ns=0, way_m=0.0,
        time_ns=at_s(last_s), settings=RuleSettings(),
    )  # fmt: skip
    assert isinstance(verdict, Case)
    return verdict


@pytest.mark.parametrize("north_m", [15_000.0, -20_000.0])
def test_an_engine_far_from_every_known_thing_is_another(north_m: float) -> None:
    assert another([known()], heard(north_m=north_m))


@pytest.mark.parametrize("north_m", [0.0, 3_000.0])
def test_an_engine_near_a_known_thing_may_be_that(north_m: float) -> None:
    assert not another([known()], heard(north_m=north_m))


def test_a_thing_that_was_lost_may_have_flown_to_where_an_engine_is_heard() -> None:
    lost = known(last_s=30.0, east_m=40_000.0)
    assert not another([lost], heard(last_s=330.0, east_m=25_000.0))
    assert another([lost], heard(last_s=60.0, east_m=20_000.0, north_m=15_000.0))


def test_a_track_is_not_asked_about_and_a_call_may_be_about_anything() -> None:
    assert not another([known()], known(north_m=15_000.0))
    assert another([known(), heard(called=True)], heard(north_m=15_000.0))
    assert not another([known()], heard(called=True, north_m=15_000.0))

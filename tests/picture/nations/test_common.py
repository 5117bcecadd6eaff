"""One thing, one id, at every node, whatever the order in which the words came."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dronewall.picture.nations.common import Common
from dronewall.picture.nations.estimate import Estimate, carried, estimate, fused
from dronewall.picture.nations.messages import SharedGone, SharedTrack
from dronewall.picture.nations.release import rounded
from dronewall.units import SECOND_NS
from tests.picture.nations.skies import START_NS, believed, name, seen

LV, LT, EE = (name(nation, 1) for nation in ("LV", "LT", "EE"))


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_what_two_nations_see_goes_by_the_name_it_had_first() -> None:
    said = seen("LV", 1, rng(), start_m=(0, 0)) + seen("LT", 1, rng(2), start_m=(0, 0), from_s=40)
    common = believed("LV", said)
    assert common.links == {(LT, LV)}
    assert common.name(LT) == common.name(LV) == LV


def test_a_track_that_crosses_three_nations_keeps_its_name() -> None:
    said = seen("LV", 1, rng(1), start_m=(0, 0), to_s=100)
    said += seen("LT", 1, rng(2), start_m=(0, 0), from_s=80, to_s=220)
    said += seen("EE", 1, rng(3), start_m=(0, 0), from_s=200, to_s=300)
    common = believed("EE", said, until_s=295)
    assert common.name(EE) == LV


def test_a_gap_of_twenty_seconds_between_two_nations_keeps_the_name() -> None:
    common = Common("LV")
    for one in seen("LV", 1, rng(1), start_m=(0, 0), to_s=100):
        common.say(one)
    common.gone(SharedGone(id=LV, time_ns=START_NS + 100 * SECOND_NS))
    for one in seen("LT", 1, rng(2), start_m=(0, 0), from_s=120, to_s=240):
        common.say(one)
    common.settle(START_NS + 240 * SECOND_NS)
    assert common.name(LT) == LV


def test_two_things_beside_one_another_stay_two() -> None:
    said = seen("LV", 1, rng(1), start_m=(0, 0)) + seen("LT", 1, rng(2), start_m=(0, 1_000))
    assert believed("LV", said).links == frozenset()


def test_two_tracks_of_one_nation_are_never_one_thing() -> None:
    said = seen("LV", 1, rng(1), start_m=(0, 0)) + seen("LV", 2, rng(2), start_m=(0, 20))
    said += seen("LT", 1, rng(3), start_m=(0, 10))
    common = believed("LV", said)
    assert common.name(name("LV", 1)) != common.name(name("LV", 2))
    assert len(common.links) <= 1


def test_two_that_cross_keep_their_names() -> None:
    paths = (((3_000, -3_000), (-50.0, 50.0)), ((3_000, 3_000), (-50.0, -50.0)))
    said = []
    for number, (start, velocity) in enumerate(paths, 1):
        for seed, nation in enumerate(("LV", "LT"), 10 * number):
            said += seen(nation, number, rng(seed), start_m=start, velocity=velocity)
    common = believed("LT", said)
    for number in (1, 2):
        assert common.name(name("LT", number)) == common.name(name("LV", number))
    assert common.name(name("LT", 1)) != common.name(name("LT", 2))


def test_things_that_part_are_two_again() -> None:
    said = seen("LV", 1, rng(1), start_m=(0, 0), to_s=300)
    said += seen("LT", 1, rng(2), start_m=(0, 0), to_s=60)
    there = (-50.0 * 60, 0.0)
    turned = (there[0], there[1] - 40.0 * 60)
    said += seen("LT", 1, rng(3), start_m=turned, velocity=(0.0, 40.0), from_s=60, to_s=300)
    common = believed("LV", said, until_s=295)
    assert common.links == frozenset()
    assert common.name(LT) == LT
    assert common.name(LV) == LV


def coarse(one: SharedTrack, step_m: float) -> SharedTrack:
    latitude, longitude = rounded(one.latitude_deg or 0.0, one.longitude_deg or 0.0, step_m)
    return one.model_copy(
        update={"latitude_deg": latitude, "longitude_deg": longitude, "grid_m": step_m, "covariance": None}
    )


def test_a_partner_who_rounds_is_one_thing_with_ours_at_both_ends() -> None:
    ours, theirs = seen("LV", 1, rng(1), start_m=(0, 0), to_s=200), seen("LT", 1, rng(2), start_m=(0, 0), to_s=200)
    released = [coarse(one, 2_000.0) for one in ours]
    at_lv, at_lt = Common("LV"), Common("LT")
    for exact, told in zip(ours, released, strict=True):
        at_lv.say(exact)
        at_lv.say(told, "LT")
        at_lt.say(told)
    for one in theirs:
        at_lv.say(one)
        at_lt.say(one)
        at_lt.say(one, "LV")
    for common in (at_lv, at_lt):
        common.settle(START_NS + 205 * SECOND_NS)
    assert at_lv.links == at_lt.links == {(LT, LV)}
    assert dict(at_lv.names) == dict(at_lt.names)


def sky(seed: int) -> list[SharedTrack]:
    """Five things, each seen by some of three nations for a while; two pairs are close."""
    draw = rng(seed)
    said = []
    for number in range(5):
        start = (
            float(draw.uniform(-5_000, 5_000)),
            float(draw.uniform(-5_000, 5_000)) if number % 2 else 300.0 * number,
        )
        velocity = (float(draw.uniform(-60, 60)), float(draw.uniform(-60, 60)))
        for nation in ("EE", "LT", "LV"):
            from_s, to_s = sorted(int(s) for s in draw.integers(0, 100, 2))
            said += seen(nation, number, draw, start_m=start, velocity=velocity, from_s=from_s, to_s=to_s + 1)
    return said


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_every_order_with_words_said_twice_gives_the_same_names_at_every_node(seed: int, shuffle: int) -> None:
    order = random.Random(shuffle)
    said = sky(seed)
    first = believed("LV", said)
    shuffled = [*said, *order.sample(said, len(said) // 3)]
    order.shuffle(shuffled)
    second = Common("EE")
    cuts = sorted(order.sample(range(len(shuffled)), 3))
    for at, one in enumerate(shuffled):
        second.say(one)
        if at in cuts:  # it looks in between, and believes what it must take back later
            second.settle(START_NS + order.randrange(40, 130) * SECOND_NS)
    second.settle(START_NS + 135 * SECOND_NS)
    assert dict(first.names) == dict(second.names)
    assert first.links == second.links


def test_what_came_late_is_asked_again_and_no_more_than_that() -> None:
    ours, theirs = seen("LV", 1, rng(1), start_m=(0, 0), to_s=600), seen("LT", 1, rng(2), start_m=(0, 0), to_s=600)
    common = Common("LV")
    for one in ours:
        common.say(one)
    common.settle(START_NS + 600 * SECOND_NS)
    asked = common.asked
    for one in theirs[300:]:
        common.say(one)
    assert not common.settle(START_NS + 600 * SECOND_NS, most=10)
    assert common.name(LT) == LT
    while not common.settle(START_NS + 600 * SECOND_NS, most=10):
        pass
    assert common.name(LT) == LV
    assert common.asked - asked <= 62


def test_the_same_words_twice_make_nobody_surer() -> None:
    one = estimate(seen("LV", 1, rng(), start_m=(0, 0))[0])
    assert one is not None
    twice = fused([one, one, one])
    assert twice.place_m2 == pytest.approx(one.place_m2)
    assert twice.latitude_deg == pytest.approx(one.latitude_deg, abs=1e-12)


def spd(draw: st.DrawFn) -> tuple[float, float, float]:
    east, north = draw(st.floats(10.0, 1e5)), draw(st.floats(10.0, 1e5))
    return east, draw(st.floats(-0.9, 0.9)) * math.sqrt(east * north), north


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    place, speed = spd(draw), spd(draw)
    latitude, longitude = draw(st.floats(55.9, 56.1)), draw(st.floats(26.9, 27.1))
    return Estimate(START_NS, latitude, longitude, (draw(st.floats(-60, 60)), 0.0), place, speed, (0.0, 0.0))


@settings(max_examples=100)
@given(st.lists(estimates(), min_size=2, max_size=4))
def test_what_is_put_together_is_never_surer_than_intersection_allows(some: list[Estimate]) -> None:
    together = fused(some)
    smallest = [min(np.linalg.eigvalsh([[e, b], [b, n]])) for e, b, n in (one.place_m2 for one in some)]
    east, both, north = together.place_m2
    assert min(np.linalg.eigvalsh([[east, both], [both, north]])) >= 0.999 * min(smallest)


@given(estimates(), st.integers(0, 60))
def test_carrying_an_estimate_never_makes_it_surer(one: Estimate, seconds: int) -> None:
    later = carried(one, START_NS + seconds * SECOND_NS)
    assert later.place_m2[0] >= one.place_m2[0]
    assert later.place_m2[2] >= one.place_m2[2]

"""How many fly, when, and what they say of themselves."""

import re

import numpy as np
import pytest

from dronewall.errors import BadInput
from dronewall.geo.sun import is_day
from dronewall.records.ladder import ladder
from dronewall.records.population import ROUTES
from tests.rehearse.little import BOX, multirotor, pieces, played, scenario

DAY_S = 86_400.0
SHORT = {"lasts_s": [60, 90], "route": "loiter"}


LOADED = multirotor(
    label="fixed_wing_piston", route="straight", speed_mps=[48, 52], rate_from="threat", lasts_s=[60, 61]
)


def many(some, seeds):
    """Mean number of things a night."""
    return np.mean([len(pieces(some, seed).targets()) for seed in range(seeds)])


@pytest.mark.parametrize(("rate", "of"), [("rate_per_hour", 6.0), ("rate_per_day", 144.0), ("rate_per_week", 1_008.0)])
def test_a_rate_is_a_mean_number(rate, of):
    some = scenario(multirotor(**{rate: of}, **SHORT), duration_s=3_600.0)
    assert many(some, 40) == pytest.approx(6.0, abs=4.0 * np.sqrt(6.0 / 40))


def test_a_count_over_a_week_is_that_count_and_spread_over_its_days():
    some = scenario(multirotor(count=70, **SHORT), duration_s=7 * DAY_S)
    entered = [(t.path.start_ns - some.start_ns) // int(DAY_S * 1e9) for t in pieces(some).targets()]
    assert len(entered) == 70
    assert set(entered) == set(range(7))


@pytest.mark.parametrize("when", ["day", "night"])
def test_things_of_the_day_or_of_the_night_keep_to_it(when):
    some = scenario(multirotor(count=40, when=when, **SHORT), duration_s=DAY_S)
    start_ns = np.array([t.path.start_ns for t in pieces(some).targets()])
    assert (is_day(start_ns, np.radians(56.5), np.radians(27.5)) == (when == "day")).mean() > 0.9


def test_a_rate_per_hour_of_daylight_counts_daylight_only():
    some = scenario(multirotor(rate_per_hour=4.0, when="day", **SHORT), duration_s=DAY_S, start="2026-12-21T00:00:00Z")
    assert many(some, 10) == pytest.approx(4.0 * 7.0, rel=0.2)  # the shortest day there has some seven hours


def test_there_is_no_night_in_a_bright_hour():
    some = scenario(multirotor(count=1, when="night"), duration_s=600.0, start="2026-06-21T10:00:00Z")
    with pytest.raises(BadInput, match="there is no night in its time"):
        played(some)


def test_what_lasts_so_long_is_gone_afterwards():
    (target,) = played(scenario(multirotor(lasts_s=[100, 120]))).targets
    assert 99 <= (target.path.end_ns - target.path.start_ns) / 1e9 <= 120


def test_a_drone_that_lasts_rises_from_the_ground_and_comes_back_to_it():
    (target,) = played(scenario(multirotor(lasts_s=[300, 310], enter_s=[0, 10]))).targets
    assert target.path.height_agl_m[[0, -1]] == pytest.approx(0.0)
    assert target.path.height_agl_m.max() > 40.0


def test_a_displaced_claim_is_off_by_so_much_in_a_drawn_direction():
    targets = [played(scenario(multirotor(remote_id="displaced:12000")), seed).targets[0] for seed in (1, 2)]
    assert [np.hypot(*t.displaced_m[:2]) for t in targets] == pytest.approx([12_000.0, 12_000.0])
    assert targets[0].displaced_m != targets[1].displaced_m


def test_a_liar_is_not_cooperative():
    assert not played(scenario(multirotor(remote_id="displaced:12000"))).targets[0].cooperative


@pytest.mark.parametrize("route", [r for r in ROUTES if not r.startswith("to-zone") and r != "drift"])
def test_every_route_keeps_to_speed_and_height(route):
    some = scenario(multirotor(route=route, enter_s=[0, 60]), duration_s=900.0)
    path = played(some).targets[0].path
    speed = np.hypot(*path.velocity_enu_mps[5:-5, :2].T)
    assert np.percentile(speed, 99) <= 14.0
    assert 45.0 <= np.percentile(path.height_agl_m, 1) <= np.percentile(path.height_agl_m, 99) <= 105.0


def test_a_dog_leg_turns():
    some = scenario(
        multirotor(label="fixed_wing_piston", route="dog-leg", speed_mps=[48, 52], height_agl_m=[100, 200],
                   turn_deg=[30, 40], course_deg=[0, 0], enter_s=[0, 1]),
        duration_s=1_200.0,
    )  # fmt: skip
    path = played(some).targets[0].path
    course = np.degrees(np.arctan2(path.velocity_enu_mps[5:-5, 0], path.velocity_enu_mps[5:-5, 1]))
    assert set(np.round(np.abs(course[np.abs(np.gradient(course)) < 0.05]))) <= set(range(28, 43))


def balloon(**more):
    return {"label": "balloon", "count": 1, "entry": BOX, "route": "drift", "height_agl_m": [5_000, 5_000],
            "enter_s": [0, 1]} | more  # fmt: skip


def test_a_balloon_goes_with_the_wind_at_its_height():
    aloft = {"height_agl_m": 5_000, "wind_from_deg": 270, "wind_mps": 20}
    path = played(scenario(balloon(), weather={"wind_mps": 3, "wind_from_deg": 180, "aloft": [aloft]})).targets[0].path
    east, north = path.velocity_enu_mps[5:-5, :2].mean(axis=0)
    assert (east, north) == (pytest.approx(20.0, rel=0.35), pytest.approx(0.0, abs=6.0))


def test_a_balloon_that_climbs_begins_on_the_ground():
    path = played(scenario(balloon(climb_mps=[4, 5]), weather={"wind_mps": 3})).targets[0].path
    assert path.height_agl_m[0] == 0.0
    assert 3.9 <= np.diff(path.height_agl_m)[10:500].mean() <= 5.1


def test_birds_come_in_flocks_that_share_a_path():
    birds = {"label": "bird", "route": "migration", "height_agl_m": [300, 500], "enter_s": [0, 60]}
    targets = played(scenario(multirotor(count=90, flock_of=[30, 30], **birds))).targets
    middles = np.array([t.path.position(np.array([t.path.start_ns + 10**10]))[0][0] for t in targets])
    apart = np.sqrt(((middles - middles[np.arange(90) // 30 * 30]) ** 2).sum(axis=1))
    assert len(targets) == 90
    assert 10.0 < apart.max() < 120.0


def test_a_level_gives_its_rate_to_the_labels_it_has():
    some = scenario(LOADED, duration_s=DAY_S, scenario={"level": "L2"})
    assert many(some, 3) == pytest.approx(0.6 * 1000.0 / 7.0, rel=0.2)


def test_a_threat_given_takes_the_place_of_the_public_ladder():
    some = scenario(LOADED, duration_s=DAY_S, scenario={"level": "L2"})
    assert len(pieces(some, load=ladder(week=70.0)[2]).targets()) < 20


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"speed_mps": [40, 50]}, "population 1: speed_mps = [40, 50] is not how a multirotor flies: from 0 to 23"),
        ({"height_agl_m": [50, 900]}, "height_agl_m = [50, 900] is not how a multirotor flies"),
        ({"entry": "nowhere"}, "the wall has no zone 'nowhere'"),
    ],
)
def test_what_nobody_has_seen_fly_is_refused(more, words):
    with pytest.raises(BadInput, match=re.escape(words)):
        played(scenario(multirotor(**more)))


def test_a_label_that_the_level_has_not_is_refused():
    some = scenario(multirotor(rate_from="threat"), scenario={"level": "L2"})
    with pytest.raises(BadInput, match="L2 has no multirotor; it has: fixed_wing_piston, fixed_wing_small"):
        played(some)

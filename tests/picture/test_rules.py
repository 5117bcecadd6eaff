"""Who is warned of, at which level; and for everything else, which silence."""

from typing import Any

import pytest

from dronewall.picture.bearings import Sweep
from dronewall.picture.case import CALL, Case
from dronewall.picture.rules import RuleSettings, Silence, judge_presence, judge_track, mover_of
from dronewall.records.alert import Level
from tests.picture.scenes import at_s, presence, track

ACOUSTIC, RADAR = frozenset({"acoustic"}), frozenset({"radar"})


def judged(
    kinds: frozenset[str] = ACOUSTIC, plausible_s: float | None = None, way_m: float = 0.0, **row: Any
) -> Case | Silence | None:
    since = 0 if plausible_s is None else at_s(10.0 - plausible_s)
    return judge_track(
        track(**row), 0, kinds=kinds, plausible_ns=since, way_m=way_m, time_ns=at_s(10.0), settings=RuleSettings()
    )


def reason(verdict: Case | Silence | None) -> str:
    assert isinstance(verdict, Silence)
    return verdict.reason


def test_a_confirmed_piston_drone_that_says_nothing_of_itself_is_a_case_of_the_highest_level() -> None:
    verdict = judged()
    assert isinstance(verdict, Case)
    assert verdict.level is Level.WARNING


def test_one_whose_class_is_less_sure_is_a_case_of_the_middle_level() -> None:
    verdict = judged(p_label=0.55)
    assert isinstance(verdict, Case)
    assert verdict.level is Level.PRECAUTION


@pytest.mark.parametrize(
    ("row", "usual_mps"),
    [
        ({"label": "multirotor", "p_label": 0.97, "rest": "fixed_wing_piston"}, 10.0),
        ({"label": "multirotor", "p_label": 0.9, "rest": "fixed_wing_piston"}, 51.0),
        ({"label": "multirotor", "p_label": 0.9, "rest": "unknown"}, 30.0),
        ({"label": "fixed_wing_piston", "p_label": 0.99}, 51.0),
    ],
)
def test_what_a_track_may_well_be_says_how_fast_it_may_fly_on(row, usual_mps) -> None:
    assert mover_of(track(**row), 0).usual_mps == usual_mps


def test_a_tentative_track_is_neither_warned_of_nor_explained() -> None:
    assert judged(status="tentative") is None


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"label": "aircraft", "identity": "icao:4ca1fa", "identity_status": "cooperative"}, "cooperative"),
        ({"label": "agricultural_drone", "identity": "rid:x", "identity_status": "cooperative"}, "cooperative"),
        ({"label": "flock"}, "not_a_drone"),
        ({"label": "bird"}, "not_a_drone"),
        ({"label": "balloon"}, "not_a_drone"),
        ({"label": "fixed_wing_small", "p_label": 0.6, "rest": "flock"}, "may_be_a_bird"),
        ({"p_exists": 0.7}, "not_sure_it_exists"),
        ({"kinds": RADAR, "course_sd_deg": 30.0}, "no_course_yet"),
        ({"label": "multirotor", "speed_mps": 3.0}, "hardly_moves"),
        ({"label": "agricultural_drone", "speed_mps": 12.0, "way_m": 700.0}, "stays_where_it_is"),
        ({"speed_sd_mps": 24.0}, "no_speed_yet"),
    ],
)
def test_everything_else_is_a_silence_with_its_reason(row: dict[str, Any], why: str) -> None:
    assert reason(judged(**row)) == why


def test_a_slow_drone_that_has_come_a_way_and_a_fast_one_that_has_not_are_warned_of() -> None:
    assert isinstance(judged(label="multirotor", speed_mps=12.0, way_m=2_000.0), Case)
    assert isinstance(judged(speed_mps=30.0, way_m=0.0), Case)


def test_a_poor_speed_is_waited_for_no_longer_than_twenty_seconds() -> None:
    assert isinstance(judged(speed_sd_mps=24.0, confirmed_s=-11.0, first_s=-30.0), Case)


def test_a_poor_speed_is_good_enough_where_a_radar_saw_it_too() -> None:
    assert isinstance(judged(ACOUSTIC | RADAR, speed_sd_mps=24.0), Case)


def test_a_drone_whose_claim_is_contradicted_is_warned_of_all_the_same() -> None:
    assert isinstance(judged(identity="rid:x", identity_status="conflicting"), Case)


def test_what_only_radar_saw_must_stay_likely_before_it_is_taken_for_a_drone() -> None:
    small = {"label": "fixed_wing_small", "p_label": 0.9, "sensors": ("radar-1",)}
    assert reason(judged(RADAR, plausible_s=5.0, **small)) == "may_be_a_bird"
    assert isinstance(judged(RADAR, plausible_s=25.0, **small), Case)


def test_harmless_evidence_is_final_and_doubt_is_not() -> None:
    bird, doubt = judged(label="flock"), judged(p_exists=0.7)
    assert isinstance(bird, Silence)
    assert isinstance(doubt, Silence)
    assert (bird.final, doubt.final) == (True, False)


SWEPT = Sweep(first_rad=1.5, total_rad=1.2, last_ns=1)


def heard(sweep: Sweep = SWEPT, *, explained: bool = False, called: bool = False, **area: Any) -> Case | Silence | None:
    return judge_presence(
        presence(**{"last_s": 20.0, **area}), sweep, explained=explained, called=called, settings=RuleSettings()
    )


def test_one_node_that_hears_a_piston_engine_sweep_past_raises_the_lowest_level() -> None:
    verdict = heard()
    assert isinstance(verdict, Case)
    assert verdict.level is Level.INFORMATION


@pytest.mark.parametrize(
    ("area", "sweep", "why"),
    [
        ({"last_s": 5.0}, SWEPT, "did_not_last"),
        ({"detections": 3}, SWEPT, "did_not_last"),
        ({"label": "unknown"}, SWEPT, "no_engine_like_a_drones"),
        ({"label": "ground"}, SWEPT, "no_engine_like_a_drones"),
        ({"label": "multirotor"}, SWEPT, "rotors_of_one_node"),
        ({"label": "agricultural_drone"}, SWEPT, "rotors_of_one_node"),
        ({"p_exists": 0.01}, SWEPT, "not_sure_it_exists"),
        ({}, Sweep(first_rad=1.5, total_rad=0.1, last_ns=1), "bearing_stands_still"),
        ({}, Sweep(), "no_other_node_heard_it"),
        ({"last_s": 120.0}, SWEPT, "bearing_stands_still"),
        ({}, Sweep(first_rad=1.5, total_rad=1.2, last_ns=1, steps=9, leap_rad=1.1, leap_step=3), "bearing_jumps"),
        ({"last_s": 400.0}, SWEPT, "stays_where_it_is"),
    ],
)
def test_a_tractor_or_a_single_false_alarm_raises_nothing(area: dict[str, Any], sweep: Sweep, why: str) -> None:
    assert reason(heard(sweep, **area)) == why


def test_microphones_without_bearings_count_when_several_heard_it() -> None:
    assert isinstance(heard(Sweep(), p_exists=0.94), Case)


def test_a_light_aircraft_that_says_who_it_is_explains_the_engine_heard() -> None:
    assert reason(heard(explained=True)) == "explained_by_cooperative"


def test_a_call_from_a_person_raises_the_lowest_level_without_any_sound() -> None:
    verdict = heard(Sweep(), called=True, label="unknown", detections=1, last_s=0.0, p_exists=0.5)
    assert isinstance(verdict, Case)
    assert (verdict.level, verdict.kind) == (Level.INFORMATION, CALL)

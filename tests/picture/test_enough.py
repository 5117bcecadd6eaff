"""A warning rests on enough independent detections; a few false ones that line up are a silence with its reason."""

import pytest

from dronewall.picture.rules import RuleSettings, rests_on_enough
from dronewall.records.track import Tracks
from tests.picture.scenes import desk, kinds, track, wall

RADAR, NODE_A, NODE_B = ("radar-1", "radar"), ("a", "acoustic"), ("b", "acoustic")
CLAIM = ("rid", "remote_id")


@pytest.mark.parametrize(
    "behind",
    [
        [RADAR] * 7,
        [NODE_A] * 12 + [NODE_B] * 3,
        [NODE_A] * 3 + [NODE_B] * 3,
        [RADAR] * 4 + [NODE_A] * 3,
    ],
)
def test_many_plots_or_a_second_node_are_enough(behind: list[tuple[str, str]]) -> None:
    assert rests_on_enough(behind, RuleSettings())


@pytest.mark.parametrize(
    "behind",
    [
        [],
        [RADAR] * 4,
        [RADAR] * 2 + [NODE_A] * 6,
        [NODE_A] * 60,
        [NODE_A] * 60 + [NODE_B] * 2,
        [CLAIM] * 200 + [NODE_A],
    ],
)
def test_false_plots_in_a_row_one_node_alone_or_claims_are_not(behind: list[tuple[str, str]]) -> None:
    assert not rests_on_enough(behind, RuleSettings())


def test_a_track_on_thin_evidence_is_a_silence_and_a_draft_once_there_is_more() -> None:
    it, told = desk([track()], on=wall())
    told.rows_each = 2
    early = [event for second in range(10, 30) for event in it.tick(second * 1_000_000_000)]
    assert "silence.thin_evidence" in kinds(early)
    assert "alert.drafted" not in kinds(early)
    told.rows_each = 8
    later = [event for second in range(30, 50) for event in it.tick(second * 1_000_000_000)]
    assert "alert.drafted" in kinds(later)


def test_a_track_whose_place_is_hardly_known_begins_no_warning() -> None:
    it, _ = desk([track(place_sd_m=5_000.0)], on=wall())
    events = [event for second in range(10, 40) for event in it.tick(second * 1_000_000_000)]
    assert "alert.drafted" not in kinds(events)


def beside_a_spraying_drone(speed_mps: float) -> list[str]:
    heard = track(speed_mps=speed_mps)
    known = track(
        "t-000002",
        east_m=40_500.0,
        speed_mps=8.0,
        label="agricultural_drone",
        identity="rid:f00d",
        identity_status="cooperative",
        sensors=("rid",),
    )
    it, _ = desk([heard, known], on=wall())
    return kinds(event for second in range(10, 40) for event in it.tick(second * 1_000_000_000))


def test_the_sound_of_something_that_says_who_it_is_raises_nothing() -> None:
    events = beside_a_spraying_drone(12.0)
    assert "silence.explained_by_cooperative" in events
    assert "alert.drafted" not in events


def test_a_fast_thing_that_passes_a_spraying_drone_is_warned_of() -> None:
    assert "alert.drafted" in beside_a_spraying_drone(50.0)


def turned(name: str, label: str) -> Tracks:
    return track(name, label=label, rest="unknown", sensors=("radar-1",))


def test_a_flock_that_radar_followed_for_minutes_does_not_become_a_drone() -> None:
    it, told = desk([turned("t-000001", "flock")], on=wall())
    for second in range(10, 140):
        it.tick(second * 1_000_000_000)
    told.rows = [turned("t-000001", "fixed_wing_piston")]
    later = [event for second in range(140, 180) for event in it.tick(second * 1_000_000_000)]
    assert "alert.drafted" not in kinds(later)


def test_what_was_taken_for_a_flock_for_some_seconds_may_become_one() -> None:
    it, told = desk([turned("t-000001", "flock")], on=wall())
    for second in range(10, 20):
        it.tick(second * 1_000_000_000)
    told.rows = [turned("t-000001", "fixed_wing_piston")]
    later = [event for second in range(20, 60) for event in it.tick(second * 1_000_000_000)]
    assert "alert.drafted" in kinds(later)

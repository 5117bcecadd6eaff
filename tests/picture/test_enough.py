"""A warning rests on enough independent detections; a few false ones that line up are a silence with its reason."""

import pytest

from dronewall.picture.rules import RuleSettings, rests_on_enough
from dronewall.records.track import Tracks
from dronewall.tracking.ledger import EvidenceRow
from tests.picture.scenes import desk, kinds, track, wall

KINDS = {"radar": "radar", "a": "acoustic", "b": "acoustic", "rid": "remote_id"}


def rows(weight: float = 1.0, every_s: float = 2.0, **of: int) -> list[EvidenceRow]:
    """So many detections of each sensor, one each so many seconds."""
    return [
        EvidenceRow(sensor=sensor, scan=k, row=k, time_ns=round(k * every_s * 1e9), weight=weight)
        for sensor, count in of.items()
        for k in range(count)
    ]


@pytest.mark.parametrize("behind", [rows(radar=7), rows(a=12, b=3), rows(a=3, b=3), rows(radar=4, a=3)])
def test_many_plots_or_a_second_node_are_enough(behind: list[EvidenceRow]) -> None:
    assert rests_on_enough(behind, KINDS, RuleSettings())


@pytest.mark.parametrize(
    "behind", [[], rows(radar=4), rows(radar=2, a=6), rows(a=60), rows(a=60, b=2), rows(rid=200, a=1)]
)
def test_false_plots_in_a_row_one_node_alone_or_claims_are_not(behind: list[EvidenceRow]) -> None:
    assert not rests_on_enough(behind, KINDS, RuleSettings())


def test_plots_that_lie_minutes_apart_do_not_add_up() -> None:
    assert not rests_on_enough(rows(radar=4, every_s=40.0) + rows(a=16), KINDS, RuleSettings())
    assert not rests_on_enough(rows(radar=12, every_s=15.0), KINDS, RuleSettings())


def test_hearings_that_lie_minutes_apart_do_not_add_up() -> None:
    """One node's false alarm, and over forty minutes a false hearing of this and of that one."""
    machine = rows(a=60, every_s=1.0)
    stray = rows(b=6, every_s=400.0)
    assert not rests_on_enough(machine + stray, KINDS, RuleSettings())
    assert rests_on_enough(machine + rows(b=6, every_s=9.0), KINDS, RuleSettings())


def test_detections_that_are_hardly_the_tracks_count_for_nothing() -> None:
    assert not rests_on_enough(rows(radar=20, weight=0.3), KINDS, RuleSettings())


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
    events = beside_a_spraying_drone(22.0)
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


@pytest.mark.parametrize(("hearings", "drafted"), [(3, False), (10, True)])
def test_a_flock_that_was_followed_for_minutes_becomes_a_drone_only_if_it_is_heard_again_and_again(
    hearings: int, drafted: bool
) -> None:
    it, told = desk([turned("t-000001", "flock")], on=wall())
    for second in range(10, 140):
        it.tick(second * 1_000_000_000)
    told.rows = [track("t-000001", label="fixed_wing_piston", rest="unknown", sensors=("radar-1", "acoustic-1"))]
    told.rows_of = {"radar-1": 20, "acoustic-1": hearings}
    later = [event for second in range(140, 180) for event in it.tick(second * 1_000_000_000)]
    assert ("alert.drafted" in kinds(later)) is drafted

"""The desk, from first evidence to all-clear, over a tracker that shows what it is told."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon

from dronewall.errors import BadInput
from dronewall.picture.desk import Act, ActKind, Call, Desk
from dronewall.records.alert import Alert, AlertState, Level, Message
from dronewall.records.event import Event
from tests.picture.scenes import TOWN, Told, at_s, desk, kinds, place, presence, track, wall


def run(on: Desk, from_s: int, to_s: int) -> list[Event]:
    """Tick every second of (from, to]."""
    return [event for second in range(from_s + 1, to_s + 1) for event in on.tick(at_s(second))]


def act(on: Desk, kind: ActKind, second: float, alert: Alert, actor: str = "anna", **more: Any) -> list[Event]:
    return on.act(Act(time_ns=at_s(second), kind=kind, actor=actor, alert=alert.alert, revision=alert.revision, **more))


def only(alerts: Iterable[Alert]) -> Alert:
    (alert,) = alerts
    return alert


def drafted(row: Any = None) -> tuple[Desk, Told, Alert]:
    """A desk with one draft about a drone at the border, at second 10."""
    on, told = desk([row if row is not None else track()])
    run(on, 9, 10)
    return on, told, only(on.alerts)


def sent(on: Desk, alert: Alert, second: float = 70.0) -> None:
    act(on, ActKind.APPROVE, second, alert)
    for kind in (ActKind.SENT, ActKind.ACCEPTED, ActKind.RECEIVED):
        act(on, kind, second + 1.0, alert, actor="gateway")


def test_a_drone_on_its_way_to_a_town_is_drafted_within_ten_seconds_of_its_confirmation() -> None:
    _, _, alert = drafted()
    assert alert.clock["drafted"] - alert.clock["confirmed"] <= 10_000_000_000
    assert (alert.level, alert.state, alert.message) == (Level.WARNING, AlertState.DRAFT, Message.ALERT)


def test_a_young_track_with_a_poor_course_is_drafted_within_ten_seconds_too() -> None:
    on, _ = desk([track(course_sd_deg=30.0, confirmed_s=9.0)])
    run(on, 9, 19)
    alert = only(on.alerts)
    assert alert.clock["drafted"] - alert.clock["confirmed"] <= 10_000_000_000


def test_a_draft_says_where_how_sure_for_whom_and_why() -> None:
    _, _, alert = drafted()
    assert alert.zones == ("town",)
    assert Polygon(alert.area[0]).contains(shapely.Point(TOWN[1], TOWN[0]))
    assert 100.0 < alert.area_km2 <= 600.0
    assert 25_000 <= alert.people <= 30_000
    assert alert.evidence["area_probability"] >= 0.85
    assert alert.evidence["aims"][0]["zone"] == "town"
    assert set(alert.texts) == {"lv", "en"}
    json.dumps(alert.evidence, allow_nan=False)


def test_the_countdown_runs_to_the_earliest_arrival_less_the_gateway() -> None:
    _, _, alert = drafted()
    earliest_s = alert.evidence["aims"][0]["arrival_s"]["earliest"]
    assert (alert.last_useful_ns - at_s(10.0)) / 1e9 == pytest.approx(earliest_s - 60.0, abs=0.1)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"label": "aircraft", "identity": "icao:4ca1fa", "identity_status": "cooperative"}, "cooperative"),
        (
            {"label": "agricultural_drone", "identity": "rid:x", "identity_status": "cooperative", "speed_mps": 8.0},
            "cooperative",
        ),
        ({"label": "flock", "speed_mps": 18.0}, "not_a_drone"),
        ({"label": "balloon", "speed_mps": 9.0}, "not_a_drone"),
        ({"course_deg": 90.0}, "no_protected_ground"),
    ],
)
def test_what_is_no_danger_raises_no_draft_and_the_silence_is_on_record_once(row: dict[str, Any], why: str) -> None:
    on, _ = desk([track(**row)])
    events = run(on, 9, 120)
    assert on.alerts == ()
    assert kinds(events).count(f"silence.{why}") == 1


def test_a_silence_is_written_again_after_ten_minutes() -> None:
    on, told = desk([track(label="flock", speed_mps=18.0)])
    events = []
    for second in range(10, 1_300):
        told.rows = [track(label="flock", speed_mps=18.0, last_s=float(second))]
        events += on.tick(at_s(second))
    assert kinds(events).count("silence.not_a_drone") == 3


def test_two_drones_on_one_way_share_one_alert() -> None:
    on, _ = desk([track("t-1", north_m=-3_000.0), track("t-2", north_m=3_000.0)])
    run(on, 9, 30)
    alert = only(on.alerts)
    assert alert.tracks == ("t-1", "t-2")
    assert alert.area_km2 <= 650.0


def test_a_second_drone_into_an_area_in_force_asks_for_an_update_of_its_own() -> None:
    on, told, alert = drafted()
    sent(on, alert)
    told.rows = [*told.rows, track("t-000002", north_m=300.0, now_s=100.0, first_s=90.0, confirmed_s=98.0)]
    run(on, 99, 110)
    waiting = on.alerts[-1]
    assert (waiting.message, waiting.tracks) == (Message.UPDATE, ("t-000001", "t-000002"))
    assert waiting.clock["drafted"] >= at_s(98.0)


def test_a_thing_far_off_with_another_aim_has_an_alert_of_its_own() -> None:
    second_town = {
        "id": "far",
        "kind": "protected",
        "people": 30_000,
        "polygon": [[28.3, 57.2], [28.4, 57.2], [28.4, 57.3], [28.3, 57.3]],
    }
    base = wall()
    both = base.model_copy(update={"zone": [*base.zone, *wall(zone=[second_town], authority=[]).zone]})
    on, _ = desk([track("t-1"), track("t-2", north_m=80_000.0, east_m=90_000.0)], on=both)
    run(on, 9, 12)
    assert len({alert.alert for alert in on.alerts}) == 2


def test_the_area_stands_while_nothing_new_is_seen() -> None:
    on, told, alert = drafted()
    told.rows = [
        replace(told.rows[0], status=np.array(["coasting"], object), covariance=told.rows[0].covariance * 400.0)
    ]
    events = run(on, 10, 400)
    assert "alert.updated" not in kinds(events)
    assert only(on.alerts).area == alert.area


def test_a_vague_touch_of_a_lost_track_moves_nothing() -> None:
    on, told, alert = drafted()
    told.rows = [track(place_sd_m=9_000.0, course_sd_deg=50.0, last_s=300.0, east_m=25_000.0, north_m=9_000.0)]
    run(on, 299, 305)
    assert only(on.alerts).area == alert.area


def test_a_turn_that_leaves_the_area_redraws_a_draft_in_place() -> None:
    on, told, alert = drafted()
    told.rows = [track(course_deg=240.0, course_sd_deg=1.0, last_s=25.0, east_m=39_000.0)]
    events = run(on, 24, 30)
    now = only(on.alerts)
    assert kinds(events).count("alert.updated") == 1
    assert (now.revision, now.state, now.message) == (2, AlertState.DRAFT, Message.ALERT)
    assert now.clock["drafted"] == alert.clock["drafted"]


def test_an_update_of_what_was_sent_is_a_new_draft_and_leaves_the_sent_one_standing() -> None:
    on, told, alert = drafted()
    sent(on, alert)
    told.rows = [track(course_deg=235.0, course_sd_deg=1.0, last_s=200.0, east_m=36_000.0)]
    run(on, 199, 205)
    old, new = on.alerts
    assert (old.revision, old.state) == (1, AlertState.RECEIVED)
    assert (new.revision, new.state, new.message, new.supersedes) == (2, AlertState.DRAFT, Message.UPDATE, (1,))
    sent(on, new, 210.0)
    assert only(on.alerts).revision == 2


def test_an_alert_that_is_received_after_its_update_was_is_on_record_all_the_same() -> None:
    on, told, alert = drafted()
    for kind in (ActKind.APPROVE, ActKind.SENT, ActKind.ACCEPTED):
        act(on, kind, 70, alert)
    told.rows = [track(course_deg=235.0, course_sd_deg=1.0, last_s=200.0, east_m=36_000.0)]
    run(on, 199, 205)
    sent(on, on.alerts[1], 210.0)
    assert [a.revision for a in on.alerts] == [1, 2]
    assert kinds(act(on, ActKind.RECEIVED, 220, alert)) == ["alert.received"]
    assert only(on.alerts).revision == 2


def test_updates_of_a_sent_alert_come_no_more_often_than_every_two_minutes() -> None:
    on, told, alert = drafted()
    sent(on, alert)
    events = []
    for second in range(72, 400):
        course = 270.0 + 35.0 * (-1) ** (second // 20)
        told.rows = [track(course_deg=course, course_sd_deg=0.5, last_s=float(second), east_m=40_000.0 - 40.0 * second)]
        events += on.tick(at_s(second))
    assert kinds(events).count("alert.updated") <= 3


def test_only_a_person_approves() -> None:
    on, _, alert = drafted()
    for actor in ("", "system"):
        assert kinds(act(on, ActKind.APPROVE, 20, alert, actor=actor)) == ["act.refused"]
    run(on, 10, 3_600)
    assert all(a.approved_by is None and "approved" not in a.clock for a in on.alerts)


def test_the_clock_runs_in_order_from_first_evidence_to_received() -> None:
    on, _, alert = drafted()
    act(on, ActKind.SHOWN, 11, alert)
    act(on, ActKind.ACKNOWLEDGE, 15, alert)
    sent(on, alert)
    clock = only(on.alerts).clock
    order = (
        "first_evidence",
        "confirmed",
        "drafted",
        "shown",
        "acknowledged",
        "approved",
        "sent",
        "accepted",
        "received",
    )
    times = [clock[word] for word in order]
    assert times == sorted(times)
    assert only(on.alerts).approved_by == "anna"


def test_what_was_not_approved_is_not_delivered() -> None:
    on, _, alert = drafted()
    assert kinds(act(on, ActKind.SENT, 20, alert, actor="gateway")) == ["act.refused"]


def test_an_act_on_a_replaced_revision_is_refused_with_the_one_that_stands() -> None:
    on, told, alert = drafted()
    told.rows = [track(course_deg=240.0, course_sd_deg=1.0, last_s=25.0, east_m=39_000.0)]
    run(on, 24, 30)
    (refused,) = act(on, ActKind.APPROVE, 31, alert)
    assert refused.kind == "act.refused"
    assert refused.payload["reason"] == "a-0001 revision 1 was replaced by revision 2 (draft): look again"


def test_a_draft_that_nobody_acknowledges_goes_to_the_deputy() -> None:
    on, _, alert = drafted()
    assert alert.owner == "civil-protection"
    events = run(on, 10, 129)
    assert "alert.escalated" not in kinds(events)
    assert "alert.escalated" in kinds(run(on, 129, 131))
    assert (only(on.alerts).owner, only(on.alerts).escalated_ns) == ("deputy", at_s(130))


def test_an_acknowledged_draft_has_as_long_again_for_the_decision() -> None:
    on, _, alert = drafted()
    act(on, ActKind.ACKNOWLEDGE, 100, alert)
    assert "alert.escalated" not in kinds(run(on, 100, 219))
    assert "alert.escalated" in kinds(run(on, 219, 220))


def test_without_a_deputy_that_nobody_answered_is_on_record() -> None:
    on, _ = desk([track()], on=wall(deputy=None))
    events = run(on, 9, 140)
    assert kinds(events).count("alert.unanswered") == 1
    assert only(on.alerts).owner == "civil-protection"


def test_a_last_useful_moment_that_passes_undecided_is_on_record_once() -> None:
    on, _, _ = drafted()
    assert kinds(run(on, 10, 1_200)).count("silence.undecided") == 1


def test_a_draft_that_nobody_decides_expires_and_is_not_sent() -> None:
    on, told, _ = drafted()
    told.rows = []
    events = run(on, 10, 4_200)
    assert "alert.expired" in kinds(events)
    assert only(on.alerts).state is AlertState.EXPIRED


def test_after_the_last_plausible_arrival_an_all_clear_is_proposed_and_a_person_gives_it() -> None:
    on, told, alert = drafted()
    sent(on, alert)
    told.rows = []
    run(on, 72, 2_400)
    standing, waiting = on.alerts
    assert (waiting.message, waiting.state, waiting.area) == (Message.ALL_CLEAR, AlertState.DRAFT, standing.area)
    act(on, ActKind.APPROVE, 2_401, waiting)
    assert [a.state for a in on.alerts] == [AlertState.ALL_CLEAR, AlertState.APPROVED]
    assert on.alerts[0].clock["all_clear"] == at_s(2_401)


def test_an_all_clear_that_a_person_declined_is_not_proposed_again_at_once() -> None:
    on, told, alert = drafted()
    sent(on, alert)
    told.rows = []
    run(on, 72, 2_000)
    act(on, ActKind.CANCEL, 2_001, on.alerts[-1])
    events = run(on, 2_001, 2_400)
    assert "alert.updated" not in kinds(events)


def test_an_alert_in_force_may_be_ended_by_a_person_at_any_time() -> None:
    on, _, alert = drafted()
    sent(on, alert)
    events = act(on, ActKind.ALL_CLEAR, 100, alert)
    assert kinds(events) == ["alert.updated", "alert.approved", "alert.all_clear"]
    assert on.alerts[-1].approved_by == "anna"


def test_a_draft_is_not_ended_by_an_all_clear_but_cancelled() -> None:
    on, _, alert = drafted()
    assert kinds(act(on, ActKind.ALL_CLEAR, 20, alert)) == ["act.refused"]
    assert kinds(act(on, ActKind.CANCEL, 21, alert)) == ["alert.cancelled"]


def test_a_draft_that_a_person_cancelled_does_not_come_back_by_itself() -> None:
    on, told, alert = drafted(track(p_label=0.6))
    assert alert.level is Level.PRECAUTION
    act(on, ActKind.CANCEL, 20, alert)
    told.rows = [track(p_label=0.6, course_deg=240.0, course_sd_deg=1.0, last_s=100.0)]
    assert "alert.updated" not in kinds(run(on, 99, 200))
    told.rows = [track(p_label=0.95, last_s=201.0)]
    run(on, 200, 203)
    assert on.alerts[-1].level is Level.WARNING
    assert on.alerts[-1].state is AlertState.DRAFT


def test_a_draft_about_what_turns_out_to_say_who_it_is_is_withdrawn_with_the_reason() -> None:
    on, told, _ = drafted()
    told.rows = [track(label="aircraft", identity="icao:4ca1fa", identity_status="cooperative", last_s=20.0)]
    events = run(on, 19, 21)
    (withdrawn,) = [e for e in events if e.kind == "alert.withdrawn"]
    assert withdrawn.payload["reason"] == "cooperative"
    assert only(on.alerts).state is AlertState.CANCELLED


def test_for_what_was_sent_about_it_a_cancellation_is_proposed_to_a_person() -> None:
    on, told, alert = drafted()
    sent(on, alert)
    told.rows = [track(label="flock", last_s=90.0)]
    run(on, 89, 92)
    standing, waiting = on.alerts
    assert (standing.state, waiting.message, waiting.state) == (AlertState.RECEIVED, Message.CANCEL, AlertState.DRAFT)


def test_a_failed_delivery_is_on_record_and_un_approves_nothing() -> None:
    on, _, alert = drafted()
    act(on, ActKind.APPROVE, 20, alert)
    (failed,) = act(on, ActKind.FAILED, 40, alert, actor="gateway", note="the gateway does not answer")
    assert failed.payload["reason"] == "the gateway does not answer"
    assert only(on.alerts).state is AlertState.APPROVED


def heard_past(told: Told, second: int) -> None:
    """One node hears an engine go by to the north, from east to west, 1 km off."""
    bearing = float(np.degrees(np.arctan2(1_500.0 - 50.0 * second, 1_000.0)))
    told.areas = [presence(bearing_deg=bearing, last_s=float(second), detections=second)]


def test_one_node_that_hears_an_engine_go_by_raises_a_draft_of_the_lowest_level() -> None:
    on, told = desk()
    events = []
    for second in range(1, 60):
        heard_past(told, second)
        events += on.tick(at_s(second))
    alert = only(on.alerts)
    assert (alert.level, alert.tracks, alert.presences) == (Level.INFORMATION, (), ("p-000001",))
    assert alert.area_km2 <= 1_200.0
    assert Polygon(alert.area[0]).contains(shapely.Point(TOWN[1], TOWN[0]))
    assert "confirmed" not in alert.clock


def test_a_tractor_raises_nothing() -> None:
    on, told = desk()
    for second in range(1, 200):
        told.areas = [presence(bearing_deg=80.0 + 0.3 * second, last_s=float(second), detections=second)]
        on.tick(at_s(second))
    assert on.alerts == ()


def test_the_track_that_follows_a_presence_takes_over_its_draft() -> None:
    on, told = desk()
    for second in range(1, 60):
        heard_past(told, second)
        on.tick(at_s(second))
    told.areas, told.rows = [], [track(east_m=38_500.0, last_s=61.0, confirmed_s=60.0)]
    run(on, 60, 62)
    alert = only(on.alerts)
    assert (alert.level, alert.tracks, alert.presences) == (Level.WARNING, ("t-000001",), ())


def called(second: float, east_m: float, north_m: float) -> Act:
    latitude, longitude = place(east_m, north_m)
    call = Call(
        latitude_rad=float(np.radians(latitude)),
        longitude_rad=float(np.radians(longitude)),
        radius_m=1_500.0,
        seen_ns=at_s(second - 60.0),
        digest="ab12",
    )
    return Act(time_ns=at_s(second), kind=ActKind.CALL, actor="anna", call=call)


def test_a_call_from_the_public_raises_the_lowest_level_and_keeps_only_a_digest() -> None:
    on, _ = desk()
    events = on.act(called(100.0, 5_000.0, 0.0))
    assert kinds(events) == ["call.received", "alert.drafted"]
    assert only(on.alerts).level is Level.INFORMATION
    assert events[0].payload["digest"] == "ab12"


def test_a_call_from_where_people_are_warned_already_raises_nothing_more() -> None:
    on, _, alert = drafted()
    events = on.act(called(100.0, 0.0, 0.0))
    assert kinds(events) == ["call.received", "alert.joined"]
    assert events[0].payload["warned_already"] == [alert.alert]


def test_a_language_without_phrases_is_refused_when_the_desk_is_made() -> None:
    speaks = wall(authority=[{"id": "a", "languages": ["xx"], "zones": ["town"]}])
    with pytest.raises(BadInput, match="'xx'"):
        desk(on=speaks)


def test_each_authority_with_a_zone_in_the_area_has_its_own_draft() -> None:
    two = wall(
        authority=[
            {"id": "one", "languages": ["lv"], "zones": ["town"]},
            {"id": "two", "languages": ["en"]},
            {"id": "three", "languages": ["en"], "zones": ["field"]},
        ]
    )
    on, _ = desk([track()], on=two)
    run(on, 9, 10)
    assert [alert.authority for alert in on.alerts] == ["one", "two"]


def test_drafts_of_an_exercise_say_so() -> None:
    _, _, alert = drafted()
    assert alert.exercise
    assert alert.texts["en"].startswith("EXERCISE")
    live, _ = desk([track()], on=wall(exercise=False))
    run(live, 9, 10)
    assert not only(live.alerts).exercise
    assert "EXERCISE" not in only(live.alerts).texts["en"]

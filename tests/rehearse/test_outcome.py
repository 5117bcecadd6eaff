"""How a night is judged: which alert counts, and why one did not."""

import numpy as np
import pytest

from dronewall.rehearse.outcome import Drafted, outcome, people_in
from tests.rehearse.alerts import alert, box
from tests.rehearse.night import smooth_night

NIGHT = smooth_night()
IMPACT = NIGHT.impacts[0]
PLACE = (float(np.degrees(IMPACT.longitude_rad)), float(np.degrees(IMPACT.latitude_rad)))

VILANI = box(26.924, 56.553)
"""A town of 3,000 that nothing of this night comes near."""


def at(seconds_before_impact: float) -> int:
    return IMPACT.time_ns - round(seconds_before_impact * 1e9)


def drafted(drafted_ns=None, believed_ns=None, behind=(0,), received_ns=None, joined_ns=None, **more) -> Drafted:
    when = at(700.0) if drafted_ns is None else drafted_ns
    clock = {"drafted": when}
    if received_ns is not None:
        clock |= {"approved": received_ns - 2, "sent": received_ns - 1, "received": received_ns}
    more.setdefault("area", box(*PLACE))
    return Drafted(
        alert=alert(clock=clock, **more),
        drafted_ns=when,
        behind=dict.fromkeys(behind, when if joined_ns is None else joined_ns),
        believed={0: when if believed_ns is None else believed_ns},
    )


def first(*alerts: Drafted, holes=()) -> dict:
    return outcome(NIGHT, alerts, holes=holes, health={})["intruders"][0]


def test_a_received_alert_gives_its_lead():
    assert first(drafted(received_ns=at(600.0)))["lead_time_received_s"] == pytest.approx(600.0)


def test_the_lead_to_impact_runs_from_the_draft():
    assert first(drafted(received_ns=at(600.0)))["lead_time_to_impact_s"] == pytest.approx(700.0)


def test_an_area_beside_the_place_does_not_count():
    row = first(drafted(received_ns=at(600.0), area=box(PLACE[0] + 1.0, PLACE[1])))
    assert row["lead_time_received_s"] is None
    assert "from where it came down" in row["missed_because"]


def test_an_area_over_the_limit_does_not_count():
    assert first(drafted(received_ns=at(600.0), area_km2=1_501.0))["lead_time_received_s"] is None


def test_an_alert_that_came_before_anything_of_it_was_believed_does_not_count():
    assert first(drafted(received_ns=at(600.0), believed_ns=at(500.0)))["lead_time_received_s"] is None


def test_a_drone_that_joins_a_draft_counts_from_then():
    row = first(drafted(received_ns=at(600.0), believed_ns=at(650.0), joined_ns=at(650.0)))
    assert row["lead_time_to_impact_s"] == pytest.approx(650.0)


def test_a_drone_that_joins_an_alert_that_has_left_is_missed_and_the_reason_says_that_people_were_warned():
    row = first(drafted(received_ns=at(600.0), believed_ns=at(500.0), joined_ns=at(500.0)))
    assert "people there had been warned by a-0001/1, received 600 s before" in row["missed_because"]


def test_an_alert_that_is_received_after_the_impact_is_late():
    row = first(drafted(received_ns=at(-30.0)))
    assert row["lead_time_received_s"] is None
    assert row["missed_because"].endswith("was received 30 s after the impact")


def test_a_call_after_the_impact_does_not_hide_that_the_area_before_it_ended_elsewhere():
    beside = drafted(received_ns=at(600.0), area=box(PLACE[0] + 1.0, PLACE[1]))
    call = drafted(at(-60.0), believed_ns=at(700.0), behind=(), received_ns=at(-90.0), name="a-0002")
    row = first(beside, call)
    assert row["missed"] == "elsewhere"
    assert "a-0001/1" in row["missed_because"]


def test_an_alert_that_nobody_approved_says_so():
    assert "never approved" in first(drafted())["missed_because"]


def test_the_earliest_received_alert_counts():
    row = first(drafted(received_ns=at(500.0)), drafted(received_ns=at(600.0), name="a-0002"))
    assert row["alert"] == "a-0002/1"


def test_a_miss_through_a_hole_names_the_hole():
    path = NIGHT.targets[0].path
    there = np.degrees([path.longitude_rad[300], path.latitude_rad[300]])
    hole = {"name": "test hole", "line": [(there[0], there[1] - 0.01), (there[0], there[1] + 0.01)]}
    assert first(holes=[hole])["missed_because"].endswith("it crossed the border in the test hole")


def test_an_alert_whose_area_nobody_enters_is_false():
    told = outcome(NIGHT, [drafted(received_ns=at(600.0), area=VILANI)], holes=(), health={})
    assert (told["false_alerts"], told["people_warned_in_vain"]) == (1, 3_000)


def test_an_alert_that_was_never_sent_warned_nobody_in_vain():
    told = outcome(NIGHT, [drafted(area=VILANI)], holes=(), health={})
    assert (told["false_alerts"], told["people_warned_in_vain"]) == (1, 0)


def test_people_under_two_areas_are_warned_in_vain_once():
    again = drafted(received_ns=at(500.0), area=box(26.9, 56.55, 0.2), name="a-0002")
    told = outcome(NIGHT, [drafted(received_ns=at(600.0), area=VILANI), again], holes=(), health={})
    assert (told["false_alerts"], told["people_warned_in_vain"]) == (2, 3_000)


def test_people_of_two_towns_are_all_counted():
    other = drafted(received_ns=at(500.0), area=box(27.163, 56.345, 0.04), name="a-0002")
    assert people_in(NIGHT.wall, [drafted(area=VILANI), other]) == 3_000 + 2_500


def test_drafts_are_counted_by_what_stood_behind_them():
    told = outcome(NIGHT, [drafted(behind=(8,)), drafted(behind=(-1,), name="a-0002")], holes=(), health={})
    assert told["drafts_by_evidence"] == {NIGHT.targets[8].population: 1, "nothing": 1}

"""A night from end to end through the real desk: the first eighteen minutes, both drones over the border."""

from functools import cache

import pytest

from dronewall.geo.terrain import SmoothEarth
from dronewall.rehearse.night import Stage, play, stage
from dronewall.scenarios import holes, scenario_path, wall_path
from tests.rehearse.night import rezekne_scenario, rezekne_wall, shortened, smooth_sensors

ORDER = ("first_evidence_s", "confirmed_s", "drafted_s", "sent_s", "received_s")


@cache
def played(approver: str = "present") -> dict:
    place = Stage(
        wall=rezekne_wall(),
        scenario=shortened(rezekne_scenario(), 1_150.0),
        terrain=SmoothEarth(),
        sensors=smooth_sensors(),
        holes=holes("rezekne"),
        file="scenario.toml",
        overrides={},
    )
    return play(place, 1, approver_name=approver)


def test_the_outcome_has_a_row_for_each_intruder():
    assert [row["target"] for row in played()["intruders"]] == ["target-0001", "target-0002"]


def test_an_alert_is_received_before_an_impact():
    assert any(row["lead_time_received_s"] for row in played()["intruders"])


def test_the_clock_of_what_counts_runs_in_order():
    for row in played()["intruders"]:
        if row["lead_time_received_s"] is not None:
            times = [row[word] for word in ORDER]
            assert times == sorted(times)


def test_what_counts_has_an_area_within_the_limit():
    assert all(row["area_km2"] <= 1_500.0 for row in played()["intruders"] if row["area_km2"] is not None)


def test_what_does_not_count_says_why():
    assert all((row["lead_time_received_s"] is None) == bool(row["missed_because"]) for row in played()["intruders"])


def test_an_absent_approver_is_relieved_by_the_deputy():
    sent = [alert for alert in played("absent")["alerts"] if "sent" in alert["clock"]]
    assert sent
    assert all(alert["clock"]["approved"] - alert["clock"]["drafted"] >= 120.0 for alert in sent)


def test_assumptions_about_people_travel_with_the_outcome():
    outcome = played()
    assert outcome["approver"]["kind"] == outcome["delivery"]["kind"] == "assumption"


def test_the_outcome_says_that_it_is_an_exercise_with_invented_sites():
    assert played()["exercise"]
    assert played()["invented_sites"]


@pytest.mark.parametrize(("key", "value"), [("node_range_m", 3_000.0), ("wind_mps", 12.0)])
def test_an_override_is_said_in_the_outcome(key, value):
    place = stage(wall_path("rezekne"), scenario_path("rezekne"), **{key: value})
    assert place.overrides == {key: value}


def test_an_overridden_range_is_the_nodes_range():
    place = stage(wall_path("rezekne"), scenario_path("rezekne"), node_range_m=3_000.0)
    assert {s.spec.max_range_m for s in place.sensors.values() if s.kind == "acoustic"} == {3_000.0}

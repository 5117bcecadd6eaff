"""The row of one night: every figure that can be checked against the night itself is."""

import json
from dataclasses import replace

import numpy as np
import pytest

from dronewall.geo.frames import geodetic_to_ecef
from dronewall.records.metrics import METRICS, metric
from dronewall.records.scenario import FaultSpec
from dronewall.records.track import Tracks
from dronewall.rehearse.figures import Share, from_json, mean_of, to_json
from dronewall.rehearse.measured import measured
from dronewall.rehearse.pictured import in_reach
from dronewall.rehearse.screen import Screen
from dronewall.rehearse.simulate import simulate
from dronewall.tracking.tracker import Tracker
from dronewall.units import SECOND_NS
from tests.rehearse.hamlet import hamlet_row, hamlet_stage
from tests.rehearse.night import smooth_night


def test_every_figure_of_a_night_is_a_metric_of_the_catalogue():
    assert all(metric(name) is not None for name in hamlet_row(1)["metrics"])


def test_every_metric_of_the_catalogue_is_a_figure_of_a_night():
    heads = {name.partition(":")[0] for name in hamlet_row(1)["metrics"]}
    assert {m.name.partition(":")[0] for m in METRICS} == heads


def test_shares_are_written_with_what_they_are_a_share_of():
    for name, value in hamlet_row(1)["metrics"].items():
        assert isinstance(value, list) == (metric(name).kind == "share"), name


def test_the_same_night_is_the_same_row_to_the_bit():
    again = measured(hamlet_stage(), 2)
    assert json.dumps(again, sort_keys=True) == json.dumps(hamlet_row(2), sort_keys=True)


def test_the_lead_is_that_of_the_intruders_row():
    row = hamlet_row(1)
    assert row["metrics"]["lead_time_received_s"] == row["intruders"][0]["lead_time_received_s"] > 0.0


def test_the_lead_at_reception_is_shorter_than_at_the_draft_and_to_the_zone_than_to_the_impact():
    figures = hamlet_row(1)["metrics"]
    assert figures["lead_time_received_s"] < figures["lead_time_drafted_s"]
    assert figures["lead_time_to_zone_received_s"] < figures["lead_time_received_s"]


def test_every_alert_has_something_behind_it():
    figures = hamlet_row(1)["metrics"]
    behind = sum(value for name, value in figures.items() if name.startswith("alerts_on:"))
    assert behind >= figures["alerts_drafted"] >= 1.0


def test_each_thing_with_a_track_stands_once_in_the_confusion_matrix():
    figures = hamlet_row(1)["metrics"]
    said = sum(value for name, value in figures.items() if name.startswith("confusion:flock:"))
    assert said == figures["labelled_right:flock"][1]


def test_a_sensor_that_is_out_of_order_finds_nothing_and_the_miss_says_so():
    stage = hamlet_stage()
    dead = FaultSpec(kind="outage", sensor="radar-1", from_s=0.0, to_s=400.0)
    row = measured(replace(stage, scenario=stage.scenario.model_copy(update={"fault": [dead]})), 1)
    assert row["metrics"]["warned_in_time"] == [0, 1]
    assert row["metrics"]["lead_time_received_s"] == 0.0
    (miss,) = row["missed"]
    assert (miss["kind"], miss["because"]) == ("undetected", "no sensor heard or saw it")
    assert (miss["stretch"], miss["height_agl_m"]) == ("east", [150.0, 250.0])


def test_without_detail_a_miss_names_neither_sensors_nor_times():
    stage = hamlet_stage()
    deaf = FaultSpec(kind="outage", sensor="*", from_s=8.0, to_s=400.0)
    blind = replace(stage, scenario=stage.scenario.model_copy(update={"fault": [deaf]}))
    (plain,), (told,) = (measured(blind, 1, detail=detail)["missed"] for detail in (False, True))
    assert "radar-1" not in json.dumps(plain)
    assert plain["because"] == "it was detected, and no draft came of it"
    assert "radar-1" in told["because"]


def test_a_thing_is_in_reach_of_a_receiver_of_claims_only_if_it_claims():
    night = smooth_night()
    at = geodetic_to_ecef(np.radians([56.52]), np.radians([27.30]), np.array([300.0]))
    receivers = [sensor for sensor in night.sensors.values() if sensor.kind == "remote_id"]
    claims = [index for index, t in enumerate(night.targets) if (t.identity or "").startswith("rid:")]
    silent = [index for index, t in enumerate(night.targets) if t.identity is None]
    assert in_reach(receivers, night.targets, np.array(claims[:1]), at).all()
    assert not in_reach(receivers, night.targets, np.array(silent[:1]), at).any()


@pytest.mark.parametrize(("latitude_deg", "inside"), [(56.50, True), (56.60, True), (56.75, False)])
def test_reach_is_the_sensors_own(latitude_deg, inside):
    stage = hamlet_stage()
    night = simulate(stage.wall, stage.sensors, stage.scenario, 1, terrain=stage.terrain)
    at = geodetic_to_ecef(np.radians([latitude_deg]), np.radians([28.0]), np.array([300.0]))
    assert in_reach(stage.sensors.values(), night.targets, np.array([0]), at).all() == inside


def test_the_screen_is_kept_every_five_seconds_and_hands_on_what_the_tracker_said():
    stage = hamlet_stage()
    night = simulate(stage.wall, stage.sensors, stage.scenario, 1, terrain=stage.terrain)
    screen, plain = (cls(stage.sensors) for cls in (Tracker, Tracker))
    kept = Screen(screen, start_ns=night.start_ns)
    scans, rows = night.scans(), 0
    for second in range(1, 61):
        now_ns = night.start_ns + second * SECOND_NS
        for scan in scans:
            kept.step(scan)
            plain.step(scan)
            if scan.received_ns >= now_ns:
                break
        shown: Tracks = kept.tracks(now_ns)
        assert shown.track.tolist() == plain.tracks(now_ns).track.tolist()
        if second % 5 == 0:
            rows += int(np.isin(shown.status.astype(str), ["confirmed", "coasting"]).sum())
    assert kept.frames_ns.tolist() == [night.start_ns + s * SECOND_NS for s in range(5, 61, 5)]
    assert len(kept.shown()) == rows > 0


@pytest.mark.parametrize("figure", [1.5, None, Share(2, 3), Share(0, 0)])
def test_a_figure_is_read_as_it_was_written(figure):
    assert from_json(json.loads(json.dumps(to_json(figure))), "here") == figure


def test_the_mean_of_nothing_is_nothing():
    assert mean_of([None, None]) is None

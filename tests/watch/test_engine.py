"""The engine over the small night: from scans to an alert that a person approves and a gateway acknowledges."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dronewall.eventlog import verify
from dronewall.watch.gateway import PracticeGateway
from dronewall.watch.roles import Person, Role
from tests.watch.small import KEY, Watch, night

ANNA = Person(user="anna", role=Role.OPERATOR)


@pytest.fixture
def gateway() -> Iterator[PracticeGateway]:
    with PracticeGateway(KEY, delivery_s=0.0) as practice:
        yield practice


def kinds(watch: Watch) -> list[str]:
    return [row["kind"] for row in watch.rows()]


def draft(watch: Watch) -> dict[str, Any] | None:
    rows = watch.station.alerts().result(30.0)["alerts"]
    return next((row for row in rows if row["state"] == "draft"), None)


def approve(watch: Watch) -> dict[str, Any]:
    watch.until(lambda: draft(watch) is not None)
    found = draft(watch)
    assert found is not None
    answer: dict[str, Any] = watch.station.act(found["id"], "approve", found["revision"], ANNA).result(30.0)
    return answer


def test_an_approved_alert_is_received_and_the_log_tells_the_whole_story(
    tmp_path: Path, gateway: PracticeGateway
) -> None:
    with Watch(tmp_path, uri=gateway.uri) as watch:
        watch.until(watch.at_end)
        approve(watch)
        watch.until(lambda: "alert.received" in kinds(watch))
        story = [kind for kind in kinds(watch) if kind in STORY]
    assert sorted(set(story), key=story.index) == STORY
    assert len(gateway.taken) == 1
    assert verify(tmp_path).whole


STORY = ["track.confirmed", "alert.drafted", "alert.approved", "alert.sent", "alert.accepted", "alert.received"]


def test_nothing_leaves_while_nobody_approves(tmp_path: Path, gateway: PracticeGateway) -> None:
    with Watch(tmp_path, uri=gateway.uri) as watch:
        watch.until(watch.at_end)
        assert draft(watch) is not None
        assert not list((tmp_path / "outbox").iterdir())
    assert gateway.taken == ()


def test_what_leaves_was_approved_by_a_person_in_the_log_before(tmp_path: Path, gateway: PracticeGateway) -> None:
    with Watch(tmp_path, uri=gateway.uri) as watch:
        watch.until(watch.at_end)
        approve(watch)
        watch.until(lambda: "alert.sent" in kinds(watch))
        rows = watch.rows()
    approval = next(row for row in rows if row["kind"] == "alert.approved")
    sent = next(row for row in rows if row["kind"] == "alert.sent")
    assert approval["actor"] == "anna"
    assert approval["seq"] < sent["seq"]
    assert approval["payload"]["revision"] == sent["payload"]["revision"]


def test_an_act_on_a_revision_that_is_gone_is_refused_and_logged(tmp_path: Path) -> None:
    with Watch(tmp_path) as watch:
        watch.until(watch.at_end)
        found = draft(watch)
        assert found is not None
        asked = watch.station.act(found["id"], "approve", found["revision"] - 1, ANNA)
        with pytest.raises(Exception, match="look again"):
            asked.result(30.0)
        assert "act.refused" in kinds(watch)


def test_set_back_the_night_comes_again_and_the_log_keeps_both(tmp_path: Path) -> None:
    with Watch(tmp_path) as watch:
        watch.until(watch.at_end)
        before = kinds(watch).count("track.confirmed")
        watch.station.set_replay(None, None, night().start_ns / 1e9 + 5.0, ANNA).result(60.0)
        watch.until(watch.at_end)
        assert kinds(watch).count("track.confirmed") == 2 * before
        assert kinds(watch).count("replay.set") == 1


def test_set_back_by_a_little_nothing_is_said_twice_that_came_before(tmp_path: Path) -> None:
    with Watch(tmp_path) as watch:
        watch.until(watch.at_end)
        before = kinds(watch).count("track.confirmed")
        watch.station.set_replay(None, None, night().start_ns / 1e9 + 200.0, ANNA).result(60.0)
        watch.until(watch.at_end)
        assert kinds(watch).count("track.confirmed") == before


def test_every_event_of_the_desk_names_the_input_that_caused_it(tmp_path: Path) -> None:
    with Watch(tmp_path) as watch:
        watch.until(watch.at_end)
        rows = [row for row in watch.rows() if row["kind"] != "service.started"]
    journal = sqlite3.connect(tmp_path / "journal.sqlite")
    known = {seq for (seq,) in journal.execute("SELECT seq FROM inputs")}
    journal.close()
    assert rows
    assert {row["payload"]["input"] for row in rows} <= known


def test_a_track_has_a_card_whose_rows_can_be_looked_up(tmp_path: Path) -> None:
    with Watch(tmp_path) as watch:
        watch.until(watch.at_end)
        card = watch.station.card("t-000001").result(30.0)
        row = card["evidence"][-1]
        look = watch.station.look(row["sensor"], row["scan"]).result(30.0)
    assert card["history"][0]["t"] < card["history"][-1]["t"]
    assert row["row"] in [one["row"] for one in look["rows"]]


def test_the_history_on_disk_is_a_recording_and_track_rows(tmp_path: Path) -> None:
    from dronewall.archive import read_recording, read_tracks

    with Watch(tmp_path) as watch:
        watch.until(watch.at_end)
    parts = sorted((tmp_path / "history" / "detections").iterdir())
    rows = sum(len(read_recording(part).rows) for part in parts)
    tracks, _ = read_tracks(sorted((tmp_path / "history" / "tracks").iterdir())[-1])
    assert rows == len(night().detections)
    assert "t-000001" in tracks.track.tolist()

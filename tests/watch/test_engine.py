"""The engine over the small night: from scans to an alert that a person approves and a gateway acknowledges."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dronewall.archive import read_recording, read_tracks
from dronewall.errors import BadInput
from dronewall.eventlog import verify
from dronewall.records.event import Event
from dronewall.watch.gateway import PracticeGateway
from dronewall.watch.roles import Person, Role
from dronewall.watch.service import Context, Prepare, Prepared
from tests.watch.small import KEY, Watch, night

ANNA = Person(user="anna", role=Role.OPERATOR)


def kinds(watch: Watch) -> list[str]:
    return [row["kind"] for row in watch.rows()]


def draft(watch: Watch) -> dict[str, Any] | None:
    rows = watch.station.alerts().result(240.0)["alerts"]
    return next((row for row in rows if row["state"] == "draft"), None)


def approve(watch: Watch) -> dict[str, Any]:
    watch.until(lambda: draft(watch) is not None)
    found = draft(watch)
    assert found is not None
    answer: dict[str, Any] = watch.station.act(found["id"], "approve", found["revision"], ANNA).result(240.0)
    return answer


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Watch, PracticeGateway, Path]]:
    """A watch at the end of the night in which nobody approved anything."""
    folder = tmp_path_factory.mktemp("quiet")
    with PracticeGateway(KEY) as gateway, Watch(folder, uri=gateway.uri) as watch:
        watch.until(watch.at_end)
        yield watch, gateway, folder


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], PracticeGateway, Path]:
    """The log of a night in which a person approved the draft, what the gateway took, and the data."""
    folder = tmp_path_factory.mktemp("approved")
    with PracticeGateway(KEY, delivery_s=0.0) as gateway, Watch(folder, uri=gateway.uri) as watch:
        watch.until(watch.at_end)
        approve(watch)
        watch.until(lambda: "alert.received" in kinds(watch))
        rows = watch.rows()
    return rows, gateway, folder


Approved = tuple[list[dict[str, Any]], PracticeGateway, Path]
Quiet = tuple[Watch, PracticeGateway, Path]
STORY = ["track.confirmed", "alert.drafted", "alert.approved", "alert.sent", "alert.accepted", "alert.received"]


def test_an_approved_alert_is_received_and_the_log_tells_the_whole_story(approved: Approved) -> None:
    rows, gateway, folder = approved
    story = [row["kind"] for row in rows if row["kind"] in STORY]
    assert sorted(set(story), key=story.index) == STORY
    assert len(gateway.taken) == 1
    assert verify(folder).whole


def test_what_leaves_was_approved_by_a_person_in_the_log_before(approved: Approved) -> None:
    rows, _, _ = approved
    approval = next(row for row in rows if row["kind"] == "alert.approved")
    sent = next(row for row in rows if row["kind"] == "alert.sent")
    assert approval["actor"] == "anna"
    assert approval["seq"] < sent["seq"]
    assert approval["payload"]["revision"] == sent["payload"]["revision"]


def test_the_history_on_disk_is_a_recording_and_track_rows(approved: Approved) -> None:
    events, _, folder = approved
    parts = sorted((folder / "history" / "detections").iterdir())
    rows = sum(len(read_recording(part).rows) for part in parts)
    tracks, _ = read_tracks(sorted((folder / "history" / "tracks").iterdir())[-1])
    assert rows == len(night().detections)
    confirmed = {row["payload"]["track"] for row in events if row["kind"] == "track.confirmed"}
    assert confirmed
    assert confirmed <= set(tracks.track.tolist())


def test_nothing_leaves_while_nobody_approves(quiet: Quiet) -> None:
    watch, gateway, folder = quiet
    assert draft(watch) is not None
    assert not list((folder / "outbox").iterdir())
    assert gateway.taken == ()


def test_an_act_on_a_revision_that_is_gone_is_refused_and_logged(quiet: Quiet) -> None:
    watch, _, _ = quiet
    found = draft(watch)
    assert found is not None
    asked = watch.station.act(found["id"], "approve", found["revision"] - 1, ANNA)
    with pytest.raises(BadInput, match="look again"):
        asked.result(240.0)
    assert "act.refused" in kinds(watch)


def test_every_event_of_the_desk_names_the_input_that_caused_it(quiet: Quiet) -> None:
    watch, _, folder = quiet
    rows = [row for row in watch.rows() if row["kind"] != "service.started"]
    with closing(sqlite3.connect(folder / "journal.sqlite")) as journal:
        known = {seq for (seq,) in journal.execute("SELECT seq FROM inputs")}
    assert rows
    assert {row["payload"]["input"] for row in rows} <= known


def test_at_the_end_of_a_night_the_engine_rests_until_it_is_asked(
    quiet: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, waits = quiet[0].station.engine, list[float]()
    obey = engine._obey

    def noted(wait_s: float) -> None:
        waits.append(wait_s)
        obey(wait_s)

    monkeypatch.setattr(engine, "_obey", noted)
    quiet[0].until(lambda: len(waits) > 2, 60.0)
    assert min(waits) > 0.0


def test_a_track_has_a_card_whose_rows_can_be_looked_up(quiet: Quiet) -> None:
    watch, _, _ = quiet
    found = draft(watch)
    assert found is not None
    card = watch.station.card(found["tracks"][0]).result(240.0)
    row = card["evidence"][-1]
    look = watch.station.look(row["sensor"], row["scan"]).result(240.0)
    assert card["history"][0]["t"] < card["history"][-1]["t"]
    assert row["row"] in [one["row"] for one in look["rows"]]


@pytest.fixture(scope="module")
def set_back(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """The kinds of events in the log: after the night, after its last part came again, after all of it came again."""
    found = []
    with Watch(tmp_path_factory.mktemp("back")) as watch:
        watch.until(watch.at_end)
        found.append(kinds(watch))
        for seconds in (200.0, 5.0):
            watch.station.set_replay(None, None, night().start_ns / 1e9 + seconds, ANNA).result(240.0)
            watch.until(watch.at_end)
            found.append(kinds(watch))
    return found


def test_set_back_by_a_little_nothing_is_said_twice_that_came_before(set_back: list[list[str]]) -> None:
    once, little, _ = set_back
    assert little.count("track.confirmed") == once.count("track.confirmed") > 0


def test_set_back_the_night_comes_again_and_the_log_keeps_both(set_back: list[list[str]]) -> None:
    once, _, whole = set_back
    assert whole.count("track.confirmed") == 2 * once.count("track.confirmed")
    assert whole.count("replay.set") == 2


def test_what_is_told_while_a_watch_prepares_is_in_its_log_after_the_start(tmp_path: Path) -> None:
    early = Event(time_ns=night().start_ns, kind="feed.refused", actor="system", payload={"why": "a test"})

    def telling(ready: Prepare) -> Prepare:
        def told(context: Context) -> Prepared:
            context.tell(early)
            return ready(context)

        return told

    with Watch(tmp_path, prepared_by=telling) as watch:
        watch.until(lambda: len(watch.rows()) > 1)
        assert kinds(watch)[:2] == ["service.started", "feed.refused"]

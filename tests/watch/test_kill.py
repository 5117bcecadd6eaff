"""Killed with SIGKILL at 20 random instants and started again, the watch ends with the tracks of one that was not.

Each life is a process of its own over the same folder. What was told to anybody, and what an operator's approval was
acknowledged for, must stand in the log at the end.
"""

import json
import multiprocessing
import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dronewall.archive import read_recording
from dronewall.eventlog import FILE_NAME, EventLog, verify
from dronewall.watch.gateway import PracticeGateway
from dronewall.watch.store.asking import EVER, Area
from dronewall.watch.store.local import LocalPaths
from tests.watch.life import live
from tests.watch.small import KEY, night

KILLS = 20
SPEED = 25.0


@dataclass(frozen=True, slots=True)
class Ended:
    """Two nights of the same scans: one that was killed again and again, one that was not."""

    killed: Path
    whole: Path
    gateway: PracticeGateway
    kills: int
    reached: list[int]

    def events(self, data: Path) -> dict[int, dict[str, Any]]:
        with EventLog(data / FILE_NAME) as log:
            return {n: {"kind": e.kind, "actor": e.actor, "payload": dict(e.payload)} for n, e in log.events()}


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    folder = tmp_path_factory.mktemp("kill")
    killed, whole = folder / "killed", folder / "whole"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.watch.life"])
    rng, kills, reached = random.Random(2026), 0, []
    with PracticeGateway(KEY, delivery_s=0.2) as gateway:
        other = context.Process(target=live, args=(whole, gateway.uri, 0.0, True))
        other.start()
        other.join()
        for number in range(KILLS):
            life = context.Process(target=live, args=(killed, gateway.uri, SPEED, False))
            life.start()
            if number % 4:  # every fourth is killed while it resumes, the others once they go on
                _until_more_than(reached[-1] if reached else 0, killed)
            time.sleep(rng.uniform(0.0, 0.4))
            assert life.pid is not None
            os.kill(life.pid, signal.SIGKILL)
            life.join()
            kills += life.exitcode == -signal.SIGKILL
            reached.append(_inputs(killed))
        last = context.Process(target=live, args=(killed, gateway.uri, 0.0, True))
        last.start()
        last.join()
        yield Ended(killed, whole, gateway, kills, reached)


def _until_more_than(inputs: int, data: Path) -> None:
    ends = time.monotonic() + 30.0
    while _inputs(data) <= inputs and time.monotonic() < ends:
        time.sleep(0.01)


def _inputs(data: Path) -> int:
    """The last input that is on disk."""
    file = data / "journal.sqlite"
    if not file.exists():
        return 0
    with closing(sqlite3.connect(file)) as journal:
        tables = journal.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'inputs'").fetchone()[0]
        return int(journal.execute("SELECT COALESCE(MAX(seq), 0) FROM inputs").fetchone()[0]) if tables else 0


def test_every_life_but_the_last_was_ended_by_the_kill_and_most_had_done_something(ended: Ended) -> None:
    assert ended.kills == KILLS
    assert len(set(ended.reached)) >= KILLS // 2


def test_the_tracks_are_those_of_an_uninterrupted_watch_to_the_bit(ended: Ended) -> None:
    killed, whole = np.load(ended.killed.with_suffix(".npz")), np.load(ended.whole.with_suffix(".npz"))
    assert len(whole["track"]) > 0
    assert {name: killed[name].tobytes() for name in killed} == {name: whole[name].tobytes() for name in whole}


def test_every_track_was_confirmed_once_and_at_the_same_time(ended: Ended) -> None:
    def confirmed(data: Path) -> list[Any]:
        rows = [row["payload"] for row in ended.events(data).values() if row["kind"] == "track.confirmed"]
        return [{name: value for name, value in row.items() if name != "input"} for row in rows]

    assert confirmed(ended.killed) == confirmed(ended.whole)


def test_nothing_that_was_told_is_missing_from_the_log(ended: Ended) -> None:
    events = ended.events(ended.killed)
    told = [json.loads(line) for line in ended.killed.with_suffix(".told").read_text().splitlines() if line[:1] == "{"]
    seen = [row for row in told if row.get("type") == "event"]
    assert seen
    assert [row for row in seen if events[row["seq"]]["payload"] != row["payload"]] == []


def test_no_acknowledged_approval_is_lost(ended: Ended) -> None:
    acknowledged = [line.split() for line in ended.killed.with_suffix(".acts").read_text().splitlines()]
    approved = {
        (row["payload"]["alert"], row["payload"]["revision"])
        for row in ended.events(ended.killed).values()
        if row["kind"] == "alert.approved" and row["actor"] == "anna"
    }
    assert acknowledged
    assert {(alert, int(revision)) for alert, revision in acknowledged} <= approved


def test_no_event_of_one_input_stands_twice(ended: Ended) -> None:
    rows = [json.dumps(row, sort_keys=True) for row in ended.events(ended.killed).values() if "input" in row["payload"]]
    assert len(rows) == len(set(rows))


def test_everything_approved_was_received_once_and_the_chain_is_whole(ended: Ended) -> None:
    rows = ended.events(ended.killed).values()
    approved = [(r["payload"]["alert"], r["payload"]["revision"]) for r in rows if r["kind"] == "alert.approved"]
    received = [(r["payload"]["alert"], r["payload"]["revision"]) for r in rows if r["kind"] == "alert.received"]
    assert sorted(approved) == sorted(received)
    assert verify(ended.killed).whole


def test_the_paths_are_those_of_an_uninterrupted_watch_position_by_position(ended: Ended) -> None:
    def paths(data: Path) -> dict[str, list[Any]]:
        with LocalPaths(data / "paths.sqlite", read_only=True) as paths:
            tracks = [one.track for one in paths.visits(Area.of("-180,-90,180,90"), *EVER)]
            return {name: paths.positions(name, *EVER)[0][1].tolist() for name in tracks}

    whole = paths(ended.whole)
    assert whole
    assert paths(ended.killed) == whole


def test_the_history_holds_every_detection_once(ended: Ended) -> None:
    parts = (ended.killed / "history" / "detections").glob("[!.]*")  # what was being written has a dot before it
    assert sum(len(read_recording(part).rows) for part in parts) == len(night().detections)

"""How long each kind of data is kept: by a setting, by the hour or by hand, and in the log."""

import os
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.errors import BadInput
from dronewall.eventlog import EventLog
from dronewall.units import SECOND_NS
from dronewall.vault import Vault
from dronewall.watch.retention import apply, apply_anyway, setting

NOW_NS = time.time_ns()
DAY_NS = 86_400 * SECOND_NS


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a new and an old one of each kind."""
    for age, days in (("new", 1), ("old", 40)):
        for name in (f"history/tracks/{age}.parquet", f"history/detections/{age}/x.parquet", f"bad/{age}.jsonl"):
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(age)
            for one in (file, file.parent):
                os.utime(one, ns=(NOW_NS - days * DAY_NS,) * 2)
    Vault(tmp_path / "vault").put(NOW_NS - 4 * DAY_NS, {"contact": "x"})
    return tmp_path


def names(data: Path) -> set[str]:
    return {str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()}


def set_to(data: Path, text: str) -> None:
    (data / "retention.toml").write_text(f"schema_version = 1\n{text}\n")


def test_without_a_setting_only_personal_data_expire(data: Path) -> None:
    before = names(data)
    assert [one.kind for one in apply(data, NOW_NS)] == ["vault"]
    assert {name for name in before - names(data) if not name.startswith("vault/")} == set()


def test_each_kind_goes_by_its_own_setting(data: Path) -> None:
    set_to(data, "history_days = 30\nvault_hours = 200")
    before = names(data)
    (gone,) = apply(data, NOW_NS)
    assert before - names(data) == {"history/tracks/old.parquet", "history/detections/old/x.parquet"}
    assert gone.event(NOW_NS, "anna").payload == {"data": "history", "files": 2, "setting": "history_days = 30"}


def test_a_dry_run_says_the_same_and_deletes_nothing(data: Path) -> None:
    set_to(data, "history_days = 30\nbad_days = 30")
    before = names(data)
    said = apply(data, NOW_NS, dry_run=True)
    assert names(data) == before
    assert [one.names for one in said] == [one.names for one in apply(data, NOW_NS)]


@pytest.mark.parametrize("text", ["history_days = 0", "vault_hours = 3", "event_days = 3", "bad_days = inf", "x ="])
def test_a_setting_that_cannot_be_is_one_sentence_and_personal_data_expire_all_the_same(data: Path, text: str) -> None:
    set_to(data, text)
    with pytest.raises(BadInput, match=r"retention\.toml"):
        setting(data)
    failed, gone = apply_anyway(data, NOW_NS)
    assert (failed.event(NOW_NS, "system").kind, gone.kind) == ("retention.failed", "vault")


def test_the_command_deletes_and_puts_it_into_the_log(data: Path) -> None:
    set_to(data, "bad_days = 0.5")
    Vault(data / "vault").expire(time.time_ns())
    done = CliRunner().invoke(app, ["retention", str(data)])
    assert "deleted: bad bad/old.jsonl (bad_days = 0.5)" in done.output
    with EventLog(data / "events.sqlite") as log:
        kinds = [event.kind for _, event in log.events()]
    assert "retention.applied" in kinds

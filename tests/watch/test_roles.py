"""Tokens and roles."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.errors import BadInput, Corrupt
from dronewall.eventlog import EventLog
from dronewall.watch.roles import LIFETIME_NS, Role, Tokens


def test_a_token_opens_its_role_and_another_opens_nothing(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path / "tokens.json", now_ns=0)
    token = tokens.issue("anna", Role.OPERATOR, now_ns=0)
    person = tokens.person(token, now_ns=1)
    assert person is not None
    assert (person.user, person.role) == ("anna", Role.OPERATOR)
    assert tokens.person(token + "x", now_ns=1) is None
    assert tokens.person("", now_ns=1) is None


def test_only_hashes_are_stored_and_only_the_owner_may_read_them(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    token = Tokens(file, now_ns=0).issue("anna", Role.VIEWER, now_ns=0)
    assert token not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_token_survives_a_restart_and_then_runs_out(tmp_path: Path) -> None:
    token = Tokens(tmp_path / "tokens.json", now_ns=0).issue("anna", Role.VIEWER, now_ns=0)
    assert Tokens(tmp_path / "tokens.json", now_ns=5).person(token, now_ns=5) is not None
    assert Tokens(tmp_path / "tokens.json", now_ns=5).person(token, now_ns=LIFETIME_NS + 1) is None


def test_a_role_that_this_version_does_not_know_opens_nothing_and_is_still_listed(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path / "tokens.json", now_ns=0)
    token = tokens.issue("anna", Role.ADMIN, now_ns=0)
    (row,) = json.loads((tmp_path / "tokens.json").read_text())
    (tmp_path / "tokens.json").write_text(json.dumps([row | {"role": "king"}]))
    assert tokens.person(token, now_ns=1) is None
    assert [one.role for one in tokens.listed(now_ns=1)] == ["king"]


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_kept_after_a_restart(tmp_path: Path, role: Role) -> None:
    token = Tokens(tmp_path / "tokens.json", now_ns=0).issue("anna", role, now_ns=0)
    found = Tokens(tmp_path / "tokens.json", now_ns=1).person(token, now_ns=1)
    assert found is not None
    assert found.role is role


def test_a_broken_token_file_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    file.write_text(json.dumps([{"digest": "x"}]))
    with pytest.raises(Corrupt, match=r"tokens\.json is not a list of token hashes"):
        Tokens(file, now_ns=0)


def test_a_token_that_is_taken_back_beside_the_running_service_opens_nothing(tmp_path: Path) -> None:
    running, beside = (Tokens(tmp_path / "tokens.json", now_ns=1) for _ in range(2))
    kept, lost = running.issue("anna", Role.OPERATOR, now_ns=1), running.issue("berta", Role.VIEWER, now_ns=1)
    (gone,) = beside.revoke("berta")
    assert gone.user == "berta"
    assert running.person(lost, now_ns=2) is None
    assert running.person(kept, now_ns=2) is not None
    new = beside.issue("clara", Role.VIEWER, now_ns=2, lifetime_ns=5)
    assert running.person(new, now_ns=3) is not None
    assert running.person(new, now_ns=8) is None
    assert [one.user for one in running.listed(now_ns=8)] == ["anna"]
    assert kept not in str(running.listed(now_ns=8))
    with pytest.raises(BadInput, match="no token is of 'nobody'"):
        beside.revoke("nobody")


def test_tokens_are_given_listed_and_taken_back_on_the_command_line(tmp_path: Path) -> None:
    def said(*words: str) -> str:
        result = CliRunner().invoke(app, ["token", *words])
        assert result.exception is None, result.exception
        return result.output.strip()

    token = said("issue", str(tmp_path), "anna", "--role", "operator", "--days", "2")
    (row,) = json.loads(said("list", str(tmp_path), "--json"))
    assert (row["user"], row["role"]) == ("anna", "operator")
    assert token not in (tmp_path / "tokens.json").read_text()
    assert said("revoke", str(tmp_path), row["key"]) == f"revoked: {row['key']} of anna"
    assert said("list", str(tmp_path)) == ""
    with EventLog(tmp_path / "events.sqlite") as log:
        events = [event for _, event in log.events()]
    assert [(event.kind, event.payload["key"]) for event in events] == [
        ("token.issued", row["key"]),
        ("token.revoked", row["key"]),
    ]
    assert token not in str(events)
    for words in (["issue", str(tmp_path), "x", "--role", "king"], ["issue", str(tmp_path), "system"], ["list", "/no"]):
        assert isinstance(CliRunner().invoke(app, ["token", *words]).exception, BadInput)

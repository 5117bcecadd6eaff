"""Tokens and roles."""

import json
from pathlib import Path

import pytest

from dronewall.errors import Corrupt
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


def test_an_operator_may_what_a_viewer_may_and_not_the_reverse() -> None:
    assert Role.OPERATOR.may(Role.VIEWER)
    assert not Role.VIEWER.may(Role.OPERATOR)


def test_a_broken_token_file_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    file.write_text(json.dumps([{"digest": "x"}]))
    with pytest.raises(Corrupt, match=r"tokens\.json is not a list of token hashes"):
        Tokens(file, now_ns=0)

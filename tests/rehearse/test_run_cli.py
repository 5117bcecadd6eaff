"""`dronewall rehearse run` and `compare` from the command line: what they say, and what they refuse in one sentence."""

import json

import pytest
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.errors import DronewallError
from tests.rehearse.hamlet import SCENARIO, WALL, write_hamlet


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return write_hamlet(tmp_path_factory.mktemp("hamlet"))


def asked(*words) -> str:
    """What the command says on standard output."""
    done = CliRunner().invoke(app, ["rehearse", *map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def refused(*words) -> str:
    """The one sentence with which the command refuses; its exit code is 2."""
    done = CliRunner().invoke(app, ["rehearse", *map(str, words)])
    assert isinstance(done.exception, DronewallError), done.output
    assert done.exception.exit_code == 2
    sentence = str(done.exception)
    assert "\n" not in sentence
    return sentence


def test_the_verdict_is_said_line_by_line(files, tmp_path):
    said = asked("run", *files, "--nights", 2, "-o", tmp_path / "out")
    assert "undecided  People are warned before it comes down: 1 (0.3162 to 1)" in said
    assert f"open {tmp_path / 'out' / 'report.html'}" in said


def test_json_is_the_scorecard(files, tmp_path):
    said = json.loads(asked("run", *files, "--nights", 1, "-o", tmp_path / "out", "--json"))
    assert said == json.loads((tmp_path / "out" / "scorecard.json").read_text())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--nights", 0], "--nights 0 is not between 1 and"),
        (["--nights", -3], "--nights -3 is not between 1 and"),
        (["--seed", -1], "--seed -1 is not between 0 and"),
        (["--workers", 0], "--workers 0 is not between 1 and"),
        (["--approver", "asleep"], "--approver asleep is none of: present, slow, absent"),
        (["--threat", "/nowhere/threat.json"], "/nowhere/threat.json is not there"),
        (["--ray", "auto", "--workers", 2], "exclude each other"),
        (["--ray", ""], "--ray needs an address"),
        (["--ray", "127.0.0.1:1"], "no Ray cluster answers at 127.0.0.1:1"),
    ],
)
def test_what_cannot_be_played_is_refused_before_anything_is_made(files, tmp_path, words, said):
    assert said in refused("run", *files, *words, "-o", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_threat_file_of_another_version_is_refused(files, tmp_path):
    (tmp_path / "threat.json").write_text('{"schema_version": 7}')
    assert "schema_version = 7" in refused("run", *files, "--threat", tmp_path / "threat.json", "-o", tmp_path / "out")


def test_a_threat_file_that_the_scenario_does_not_ask_for_is_refused(files, tmp_path):
    said = refused("run", *files, "--threat", _threat(tmp_path), "-o", tmp_path / "out")
    assert "no population has rate_from = 'threat'" in said


def _threat(folder):
    """A threat file with nothing in it."""
    (folder / "threat.json").write_text(json.dumps(EMPTY))
    return folder / "threat.json"


EMPTY = {
    "schema_version": 1,
    "program": "dronewall",
    "seed": 1,
    "samples": 1,
    "factors": [],
    "crossings_per_week": None,
    "reason": "nothing is known",
    "by_label": {},
    "stress_levels": [],
    "roots": [],
    "claims": [],
}


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("reezekne", None, "'reezekne' is no scenario that ships"),
        ("/nowhere/wall.toml", "scenario", "/nowhere/wall.toml is not there"),
        ("wall", "/nowhere/night.toml", "/nowhere/night.toml is not there"),
    ],
)
def test_a_file_that_is_not_there_is_named(files, tmp_path, first, second, said):
    known = {"wall": files[0], "scenario": files[1]}
    words = [known.get(word, word) for word in (first, second) if word is not None]
    assert said in refused("run", *words, "-o", tmp_path / "out")


def test_an_output_that_is_a_file_is_refused(files, tmp_path):
    (tmp_path / "out").write_text("")
    assert "is a file; give a folder" in refused("run", *files, "--nights", 1, "-o", tmp_path / "out")


@pytest.fixture(scope="module")
def two_walls(tmp_path_factory):
    """Three nights in front of the wall, and the same in front of one whose radar sees half as often."""
    folder = tmp_path_factory.mktemp("walls")
    runs = []
    for name, wall in (("good", WALL), ("poor", WALL.replace("p_detect = 0.9", "p_detect = 0.45"))):
        paths = write_hamlet(folder / name, wall=wall.replace('"Hamlet"', f'"{name}"'))
        asked("run", *paths, "--nights", 3, "-o", folder / f"{name}-out")
        runs.append(folder / f"{name}-out")
    return runs


def test_two_walls_are_held_beside_each_other_night_by_night(two_walls, tmp_path):
    found = json.loads(asked("compare", *two_walls, "--json", "-o", tmp_path / "page.html"))
    cards = [json.loads((run / "scorecard.json").read_text()) for run in two_walls]
    row = found["metrics"]["siap_completeness"]
    values = [card["metrics"]["siap_completeness"]["values"] for card in cards]
    assert row["difference"] == pytest.approx(sum(b - a for a, b in zip(*values, strict=True)) / 3, abs=1e-6)
    assert row["low"] < row["difference"] < row["high"]
    assert row["worse"] == sum(b < a for a, b in zip(*values, strict=True)) >= 2
    assert "poor beside good" in (tmp_path / "page.html").read_text()


def test_a_wall_beside_itself_differs_in_nothing(two_walls):
    said = asked("compare", two_walls[0], two_walls[0])
    assert len(said.splitlines()) == 2


def test_nights_that_are_not_the_same_cannot_be_compared(two_walls, files, tmp_path):
    other = tmp_path / "scenario.toml"
    other.write_text(SCENARIO.replace("wind_mps = 3.0", "wind_mps = 4.0"))
    asked("run", files[0], other, "--nights", 1, "-o", tmp_path / "out")
    assert "another scenario" in refused("compare", two_walls[0], tmp_path / "out")
    asked("run", *files, "--nights", 1, "--seed", 9, "-o", tmp_path / "later")
    assert "they have none in common" in refused("compare", two_walls[0], tmp_path / "later")


def test_a_folder_without_a_run_cannot_be_compared(two_walls, tmp_path):
    assert "holds no finished run" in refused("compare", two_walls[0], tmp_path)

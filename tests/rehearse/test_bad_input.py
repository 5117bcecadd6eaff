"""What cannot be played is refused in one sentence with exit code 2, whoever asks."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.errors import DronewallError

SCENARIO = """
schema_version = 1
[scenario]
name = "small"
start = 2026-05-07T00:00:00Z
duration_s = 600
[[population]]
label = "multirotor"
count = 1
entry = [[27.4, 56.4], [27.6, 56.4], [27.6, 56.6]]
route = "loiter"
speed_mps = [8, 12]
height_agl_m = [50, 100]
"""
WALL = """
schema_version = 1
[wall]
name = "small"
[[sensor]]
id = "radar"
kind = "radar"
latitude_deg = 56.5
longitude_deg = 27.5
max_range_m = 5000
"""


def refusal(folder: Path, wall: str, scenario: str, *more: str) -> str:
    """The sentence with which `rehearse record` refuses; nothing is written."""
    (folder / "wall.toml").write_text(wall)
    (folder / "scenario.toml").write_text(scenario)
    words = [
        "rehearse",
        "record",
        str(folder / "wall.toml"),
        str(folder / "scenario.toml"),
        "-o",
        str(folder / "night"),
    ]
    result = CliRunner().invoke(app, [*words, *more])
    assert isinstance(result.exception, DronewallError), result.output
    assert result.exception.exit_code == 2
    assert not (folder / "night").exists()
    assert "\n" not in str(result.exception)
    return str(result.exception)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        (
            'label = "multirotor"',
            'label = "decoy"',
            "label = 'decoy': there is no such label; it is one of",
        ),
        ("count = 1", "rate_per_hour = -3", "population[0].rate_per_hour = -3: should be greater than or equal to 0"),
        ('route = "loiter"', 'route = "zigzag"', "route = 'zigzag': there is no such route; it is one of: straight"),
        ('route = "loiter"', 'route = "to-zone:nowhere"', "the wall has no zone 'nowhere'"),
        ("speed_mps = [8, 12]", "speed_mps = [80, 120]", "is not how a multirotor flies: from 0 to 23"),
        ("count = 1", 'rate_from = "threat"', "needs [scenario] level"),
        ("speed_mps = [8, 12]", "", "speed_mps is given for every route but drift"),
    ],
)
def test_a_scenario_that_cannot_be_is_refused(tmp_path, was, becomes, said):
    assert said in refusal(tmp_path, WALL, SCENARIO.replace(was, becomes))


def test_a_wall_without_sensors_is_refused(tmp_path):
    assert "the wall 'small' has no sensors" in refusal(tmp_path, WALL.partition("[[sensor]]")[0], SCENARIO)


def test_a_route_outside_the_terrain_is_refused(tmp_path):
    (tmp_path / "N56E027.hgt").write_bytes(bytes(2 * 1201 * 1201))
    wall = WALL.replace('name = "small"', 'name = "small"\nterrain = "*.hgt"')
    sentence = refusal(tmp_path, wall, SCENARIO.replace("56.4", "57.4").replace("56.6", "57.6"))
    assert "population population-1: its route leaves the terrain at latitude_deg = 57." in sentence
    assert "add the tile" in sentence


def test_a_threat_file_of_another_version_is_refused(tmp_path):
    threat = tmp_path / "threat.json"
    threat.write_text(json.dumps({"schema_version": 7}))
    words = ["rehearse", "record", "hard-night", "--threat", str(threat), "-o", str(tmp_path / "night")]
    result = CliRunner().invoke(app, words)
    assert isinstance(result.exception, DronewallError)
    assert result.exception.exit_code == 2
    assert "schema_version = 7: should be 1" in str(result.exception)


def test_a_threat_for_a_scenario_that_takes_none_is_refused(tmp_path):
    from dronewall.assess.stress import stress_levels
    from dronewall.records.threat import Threat

    threat = Threat(
        program="test", seed=1, samples=1, factors=[], crossings_per_week=None, reason="none", by_label={},
        stress_levels=stress_levels([]), roots=[], claims=[],
    )  # fmt: skip
    (tmp_path / "threat.json").write_text(threat.model_dump_json())
    sentence = refusal(tmp_path, WALL, SCENARIO, "--threat", str(tmp_path / "threat.json"))
    assert "this scenario takes nothing from a threat file" in sentence


def test_an_unknown_name_is_refused_with_those_that_ship(tmp_path):
    result = CliRunner().invoke(app, ["rehearse", "record", "atlantis", "-o", str(tmp_path / "night")])
    assert isinstance(result.exception, DronewallError)
    assert "'atlantis' is no scenario that ships" in str(result.exception)
    assert "suwalki" in str(result.exception)


def test_a_watch_over_nothing_is_refused():
    result = CliRunner().invoke(app, ["watch", "--port", "0"])
    assert isinstance(result.exception, DronewallError)
    assert "give a wall file, or --rehearse and the name of a night that ships" in str(result.exception)

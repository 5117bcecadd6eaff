"""What ships: every scenario can be played, stays within what its things were seen to do, and has its page."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from dronewall.geo.terrain import SmoothEarth
from dronewall.records.ladder import ladder
from dronewall.records.metrics import metric
from dronewall.records.scenario import load_scenario
from dronewall.records.wall import load_wall
from dronewall.rehearse.pieces import Pieces
from dronewall.rehearse.populations import Target
from dronewall.rehearse.routes import LANDING
from dronewall.scenarios import folder, names, scenario_path, wall_path
from dronewall.sensors.envelopes import ENVELOPES
from tests.rehearse.little import SENSORS

PAGES = Path(__file__).parents[2] / "docs" / "scenarios"
TEN = ("rezekne", "suwalki", "harvest", "cranes", "balloons", "link-cut", "outage", "jammed", "tally-week", "vilnius")
LADDER = {"L0": "quiet-week", "L1": "poland-night", "L2": "tally-week", "L3": "hard-night", "L4": "plant-year"}
GUST_MPS = 3.0
"""What the ground speed of a moment may be above that of a minute."""


@cache
def flying(name: str) -> tuple[Target, ...]:
    """What flies in the first hours of a night of a scenario, over a smooth earth: at most six of a population."""
    scenario = load_scenario(scenario_path(name))
    few = [
        spec.model_copy(update={"count": min(spec.count, 6)} if spec.count else {"rate_per_day": None, "count": 6}
                        | {"rate_per_hour": None, "rate_per_week": None, "rate_from": None})
        for spec in scenario.population
    ]  # fmt: skip
    table = scenario.scenario.model_copy(update={"duration_s": min(scenario.scenario.duration_s, 86_400.0)})
    scenario = scenario.model_copy(update={"population": few, "scenario": table})
    night = Pieces(load_wall(wall_path(name)), SENSORS, scenario, 1, terrain=SmoothEarth(), file=name)
    return night.targets()


def test_the_ten_scenarios_and_the_ladder_ship():
    assert set(TEN) | set(LADDER.values()) == set(names())


@pytest.mark.parametrize("name", names())
def test_everything_flies_within_what_its_label_was_seen_to_do(name):
    for target in flying(name):
        known, path = ENVELOPES[target.label], target.path
        speed = np.hypot(*path.velocity_enu_mps[1:-1, :2].T)
        height = path.height_agl_m
        climb = np.abs(np.diff(height))
        flown = slice(0, max(len(height) - 10, 1)) if target.ends_in_impact else slice(None)
        assert np.percentile(speed, 99) <= known.speed_mps.high + GUST_MPS, target.population
        assert height.max() <= known.height_agl_m.high, target.population
        if target.label not in LANDING and known.height_agl_m.low > 0.0:
            assert height[flown].min() >= known.height_agl_m.low - 1.0, target.population
            assert np.percentile(speed, 1) >= known.speed_mps.low - GUST_MPS, target.population
        assert climb[flown].max(initial=0.0) <= known.climb_mps.high + 0.5, target.population


@pytest.mark.parametrize("name", names())
def test_its_wall_is_an_exercise_on_invented_sites(name):
    wall = load_wall(wall_path(name))
    assert wall.exercise
    assert wall.wall.invented_sites
    assert "INVENTED SITES" in wall_path(name).read_text().splitlines()[0]


@pytest.mark.parametrize("name", names())
def test_it_is_called_what_its_folder_is_called(name):
    assert load_scenario(scenario_path(name)).scenario.name == folder(name).name


@pytest.mark.parametrize("name", names())
def test_it_says_what_its_nights_must_show(name):
    accept = load_scenario(scenario_path(name)).accept
    assert accept
    assert all(metric(line.metric) is not None for line in accept)


@pytest.mark.parametrize("name", names())
def test_it_has_its_page_which_says_that_the_sites_are_invented(name):
    of = "tally-week" if name in LADDER.values() else name
    page = (PAGES / f"{of}.md").read_text(encoding="utf-8")
    assert re.search(r"invented\s+(wall|sites)", page)
    assert f"rehearse record {name}" in page or name in ("rezekne", "link-cut")


@pytest.mark.parametrize("level", ladder(), ids=lambda level: level.level)
def test_each_level_of_the_ladder_is_a_scenario_with_its_labels(level):
    scenario = load_scenario(scenario_path(LADDER[level.level]))
    loaded = {spec.label for spec in scenario.population if spec.rate_from == "threat"}
    assert scenario.scenario.level == level.level
    assert loaded == set(level.shares)

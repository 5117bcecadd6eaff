"""A small night that many tests look at: built once, never changed."""

from functools import cache

from dronewall.geo.terrain import SmoothEarth
from dronewall.records.scenario import Scenario, load_scenario
from dronewall.records.wall import Wall, load_wall
from dronewall.rehearse.simulate import Night, simulate
from dronewall.scenarios import scenario_path, wall_path
from dronewall.sensors import Sensor, build_sensors


@cache
def rezekne_wall() -> Wall:
    return load_wall(wall_path("rezekne"))


@cache
def rezekne_scenario() -> Scenario:
    return load_scenario(scenario_path("rezekne"))


@cache
def smooth_sensors() -> dict[str, Sensor]:
    """The wall's sensors on a smooth earth."""
    return build_sensors(rezekne_wall(), SmoothEarth(), file="wall.toml")


def shortened(scenario: Scenario, duration_s: float) -> Scenario:
    return scenario.model_copy(update={"scenario": scenario.scenario.model_copy(update={"duration_s": duration_s})})


@cache
def smooth_night(seed: int = 1, duration_s: float = 1200.0) -> Night:
    """The beginning of the Rezekne night on a smooth earth."""
    return simulate(
        rezekne_wall(), smooth_sensors(), shortened(rezekne_scenario(), duration_s), seed, terrain=SmoothEarth()
    )

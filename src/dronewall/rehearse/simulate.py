"""A night as the wall's sensors would have told it: every look, in the order in which it reaches the wall.

What is drawn comes from the night's seed, apart for the paths, for each sensor's false detections and for each pair of
sensor and target; so another sensor, or another wind, leaves the rest of the night as it was.
"""

from collections.abc import Mapping

from dronewall.geo.terrain import Terrain
from dronewall.records.scenario import Scenario
from dronewall.records.threat import StressLevel
from dronewall.records.wall import Wall
from dronewall.rehearse.pieces import Pieces
from dronewall.rehearse.simulated import TRUTH_EVERY_NS, Call, Impact, Night
from dronewall.sensors import Sensor

__all__ = ["TRUTH_EVERY_NS", "Call", "Impact", "Night", "Pieces", "simulate"]


def simulate(
    wall: Wall,
    sensors: Mapping[str, Sensor],
    scenario: Scenario,
    seed: int,
    *,
    terrain: Terrain,
    file: str = "scenario",
    load: StressLevel | None = None,
) -> Night:
    """One night of a scenario in front of a wall, whole in memory; a week is better taken in `Pieces`.

    Raises
    ------
    BadInput
        The scenario names what the wall has not, or the wall has no sensors.
    """
    return Pieces(wall, sensors, scenario, seed, terrain=terrain, file=file, load=load).whole()

"""The load of a scenario: a level of the ladder, from a threat file where one is given, else the public one."""

from pathlib import Path

from dronewall.errors import BadInput
from dronewall.records.ladder import ladder
from dronewall.records.scenario import Scenario
from dronewall.records.threat import StressLevel, load_threat


def public_level(scenario: Scenario) -> StressLevel | None:
    """The public ladder's level that a scenario names; None where it names none."""
    wanted = scenario.scenario.level
    return next((level for level in ladder() if level.level == wanted), None)


def threat_level(scenario: Scenario, threat: Path, *, file: str) -> StressLevel:
    """The level that a scenario names as a threat file has it, with its citations.

    Raises
    ------
    BadInput
        The file cannot be read, is of another version, or the scenario takes no load from it.
    """
    found = load_threat(threat)
    wanted = scenario.scenario.level
    if wanted is None:
        raise BadInput(
            f"{file}: this scenario takes nothing from a threat file: [scenario] has no level and no population "
            "rate_from = 'threat'; leave --threat out",
            file=file,
            key="scenario.level",
        )
    return found.level(wanted)

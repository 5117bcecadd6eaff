"""What is to be played: wall, scenario, threat, people. The same order is the same nights, whoever plays them."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from dronewall import SCHEMA_VERSION, __version__, scenarios
from dronewall.errors import BadInput
from dronewall.records.scenario import load_scenario
from dronewall.records.threat import load_threat
from dronewall.rehearse.night import Stage, stage

MOST_NIGHTS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which nights to play. `name` is that of a scenario that ships; a night's seed is `seed` plus its number."""

    name: str | None
    wall_path: Path
    scenario_path: Path
    nights: int
    seed: int
    threat_path: Path | None = None
    approver: str = "present"
    detail: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.nights <= MOST_NIGHTS:
            raise BadInput(f"--nights {self.nights} is not between 1 and {MOST_NIGHTS:,}", key="nights")
        if not 0 <= self.seed <= 2**63 - 1 - MOST_NIGHTS:
            raise BadInput(f"--seed {self.seed} is not between 0 and 2^63 less the nights", key="seed")

    @property
    def seeds(self) -> range:
        """The seed of each night."""
        return range(self.seed, self.seed + self.nights)

    def stage(self) -> Stage:
        """The wall and the scenario, standing. Misses are told in full where the sites are invented anyway.

        Raises
        ------
        BadInput
            One sentence on what is wrong with a file.
        """
        if self.threat_path is not None:
            self._check_threat(self.threat_path)
        holes = scenarios.holes(self.name) if self.name is not None and self._own_wall() else ()
        return stage(self.wall_path, self.scenario_path, holes=holes, threat=self.threat_path)

    def inputs(self) -> dict[str, Any]:
        """What the nights hang on, but for how many there are: kept beside them, compared before going on."""
        digests = {
            name: None if path is None else sha256(path.read_bytes()).hexdigest()
            for name, path in (
                ("wall", self.wall_path),
                ("scenario", self.scenario_path),
                ("threat", self.threat_path),
            )
        }
        return {
            "schema_version": SCHEMA_VERSION,
            "program": __version__,
            "seed": self.seed,
            "approver": self.approver,
            "detail": self.detail,
            **digests,
        }

    def replay(self, seed: int) -> str:
        """The command that shows one of its nights in the page."""
        wall = "" if self._own_wall() else f"{self.wall_path} "
        return f"dronewall watch {wall}--rehearse {self.name or self.scenario_path} --seed {seed}"

    def _check_threat(self, path: Path) -> None:
        """A threat file that can be read, and a scenario that asks for it."""
        load_threat(path)
        if all(spec.rate_from is None for spec in load_scenario(self.scenario_path).population):
            raise BadInput(
                f"{self.scenario_path}: no population has rate_from = 'threat', so --threat {path} would change "
                "nothing; leave it out",
                file=str(self.scenario_path),
                key="population.rate_from",
            )

    def _own_wall(self) -> bool:
        """Whether it is played in front of the wall that ships with the scenario."""
        return self.name is not None and self.wall_path == scenarios.wall_path(self.name)

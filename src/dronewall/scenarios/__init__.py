"""Walls and nights that ship, by name: one folder each.

In it stand `scenario.toml`, `wall.toml` unless it is played before the wall of another (`BEFORE`), and, where it
rehearses a real night, `reported.toml` (what was reported of it) and `holes.toml` (where the wall is weak; invented
sites only). To add one: a folder here and its page in `docs/scenarios/`. Shipped walls have invented sites and say so.
"""

from pathlib import Path
from typing import Any

from dronewall.errors import UnknownPart
from dronewall.settings import read_toml

HERE = Path(__file__).parent
BEFORE = {
    "outage": "suwalki",
    "quiet-week": "tally-week",
    "poland-night": "tally-week",
    "hard-night": "tally-week",
    "plant-year": "tally-week",
}
"""Scenarios that are played in front of another's wall."""


def names() -> tuple[str, ...]:
    """Every scenario that ships, sorted."""
    return tuple(sorted(folder.name for folder in HERE.iterdir() if (folder / "scenario.toml").is_file()))


def folder(name: str) -> Path:
    """The folder of a scenario that ships.

    Raises
    ------
    UnknownPart
        None of that name ships; says which do.
    """
    if name not in names():
        raise UnknownPart("scenarios", name, names())
    return HERE / name


def wall_path(name: str) -> Path:
    """The wall of a scenario that ships."""
    folder(name)
    return folder(BEFORE.get(name, name)) / "wall.toml"


def scenario_path(name: str) -> Path:
    """The scenario file of a scenario that ships."""
    return folder(name) / "scenario.toml"


def reported(name: str) -> dict[str, Any]:
    """What was reported of the real night: `source`, `event` and `claim` lists; empty where nothing is told."""
    path = folder(name) / "reported.toml"
    return read_toml(path) if path.is_file() else {}


def holes(name: str) -> list[dict[str, Any]]:
    """Where the shipped wall's acoustic line is open: id, name, its line, and how far it is from a node at most."""
    path = folder(name) / "holes.toml"
    return list(read_toml(path)["hole"]) if path.is_file() else []

"""Small walls for the tests of plan."""

from pathlib import Path

HEAD = 'schema_version = 1\n[wall]\nname = "small"\ninvented_sites = true\n'
RADAR = """
[[sensor]]
id = "r1"
kind = "radar"
latitude_deg = 56.4
longitude_deg = 27.5
height_agl_m = 20.0
min_range_m = 300.0
max_range_m = 6000.0
scan_period_s = 2.0
p_detect = 0.9
"""
SOUND = """
[[sensor]]
id = "a1"
kind = "acoustic"
latitude_deg = 56.42
longitude_deg = 27.62
height_agl_m = 4.0
"""
ZONE = """
[[zone]]
id = "town"
kind = "protected"
polygon = [[27.30, 56.38], [27.34, 56.38], [27.34, 56.42], [27.30, 56.42]]
people = 1000
"""


def wall(folder: Path, *parts: str, terrain: str | None = None) -> Path:
    """The file of a wall of those parts."""
    file = folder / "wall.toml"
    ground = "" if terrain is None else f'terrain = "{terrain}"\n'
    file.write_text(HEAD + ground + "".join(parts), encoding="utf-8")
    return file

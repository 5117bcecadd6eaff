"""A wall of one radar and a town, and a night of three minutes: one drone comes down in it while geese pass.

Short enough that a test may play several nights of it.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dronewall.rehearse.measured import measured
from dronewall.rehearse.night import Stage, stage

WALL = """
schema_version = 1
[wall]
name = "Hamlet"
exercise = true
invented_sites = true

[[sensor]]
id = "radar-1"
kind = "radar"
model = "xband-3d"
nation = "LV"
latitude_deg = 56.50
longitude_deg = 28.00
height_agl_m = 30.0
max_range_m = 20000.0
scan_period_s = 2.0
p_detect = 0.9
clutter_per_scan = 0.2

[[sensor]]
id = "rid-1"
kind = "remote_id"
model = "receiver"
nation = "LV"
latitude_deg = 56.50
longitude_deg = 27.98
height_agl_m = 20.0

[[zone]]
id = "town"
kind = "protected"
polygon = [[27.93, 56.49], [27.99, 56.49], [27.99, 56.53], [27.93, 56.53]]
people = 4000

[[authority]]
id = "lv-civil-protection"
languages = ["en"]
zones = ["town"]
output = "cap-1"
escalate_after_s = 120
deputy = "lv-deputy"

[[output]]
id = "cap-1"
uri = "exercise+http://127.0.0.1:9/"
format = "cap"
"""

SCENARIO = """
schema_version = 1
[scenario]
name = "hamlet"
start = 2026-05-07T00:00:00Z
duration_s = 300
[weather]
wind_from_deg = 250
wind_mps = 3.0
[[stretch]]
id = "east"
border = "LVA-RUS"
latitude_from_deg = 56.46
latitude_to_deg = 56.56
[[population]]
name = "intruder"
label = "fixed_wing_piston"
count = 1
entry = "east"
route = "to-zone:town"
enter_s = [1, 20]
speed_mps = [48, 52]
height_agl_m = [150, 250]
inside_m = [10000, 13000]
outside_m = [500, 1000]
turns = [0, 1]
[[population]]
name = "geese"
label = "flock"
count = 2
entry = [[27.95, 56.45], [28.1, 56.45], [28.1, 56.5]]
route = "migration"
enter_s = [0, 10]
speed_mps = [11, 25]
height_agl_m = [300, 600]
[[accept]]
line = "People are warned before it comes down"
metric = "warned_in_time"
at_least = 1.0
share_of_nights = 0.5
[[accept]]
line = "Geese alarm nobody"
metric = "alerts_on:flock"
at_most = 0.0
"""


def write_hamlet(folder: Path, *, wall: str = WALL, scenario: str = SCENARIO) -> tuple[Path, Path]:
    """The two files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "wall.toml", folder / "scenario.toml"
    for path, text in zip(paths, (wall, scenario), strict=True):
        path.write_text(text)
    return paths


@cache
def hamlet_stage() -> Stage:
    """The stage of a small night, built once."""
    with TemporaryDirectory() as folder:
        return stage(*write_hamlet(Path(folder)))


@cache
def hamlet_row(seed: int) -> dict[str, Any]:
    """The row of a small night."""
    return measured(hamlet_stage(), seed)

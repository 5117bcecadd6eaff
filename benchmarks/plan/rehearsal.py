"""Plan against rehearsal: crossings with fresh seeds over hills and forest; and a model with too much range."""

import sys
import tempfile
import tomllib
from pathlib import Path

import numpy as np

from dronewall.geo.frames import ecef_to_geodetic
from dronewall.plan.conditions import Conditions
from dronewall.plan.coverage import survey
from dronewall.plan.reliability import Reliability, predicted, reliability
from dronewall.records.scenario import Scenario
from dronewall.rehearse.simulate import simulate
from dronewall.sensors import build_sensors

HEIGHT_M, SPEED_MPS, LABEL = 80.0, 50.0, "fixed_wing_piston"
HEAD = 'schema_version = 1\n[wall]\nname = "reliability"\nterrain = "synthetic:11"\ninvented_sites = true\n'
RADAR = """
[[sensor]]
id = "r{number}"
kind = "radar"
latitude_deg = {latitude}
longitude_deg = {longitude}
height_agl_m = 30.0
min_range_m = 300.0
max_range_m = {range_m}
scan_period_s = 2.0
p_detect = 0.02
"""
SOUND = """
[[sensor]]
id = "a{number}"
kind = "acoustic"
latitude_deg = {latitude}
longitude_deg = {longitude}
height_agl_m = 4.0
max_range_m = {range_m}
"""
NIGHT = """
schema_version = 1
[scenario]
name = "crossings"
start = 2026-01-15T02:30:00Z
duration_s = 1500
[weather]
wind_from_deg = 250
wind_mps = 4.0
[[population]]
label = "{label}"
count = {count}
entry = [[27.35, 56.25], [27.36, 56.25], [27.36, 56.75], [27.35, 56.75]]
route = "terrain-following"
course_deg = [60, 120]
enter_s = [0, 300]
speed_mps = [{speed}, {speed}]
height_agl_m = [{height}, {height}]
"""


def wall_text(stretch: float = 1.0) -> str:
    """Nine weak radars and three microphones in no order; ranges times `stretch`."""
    rng = np.random.default_rng(5)
    text = HEAD
    for number in range(9):
        latitude, longitude = rng.uniform(56.3, 56.7), rng.uniform(27.5, 28.0)
        text += RADAR.format(number=number, latitude=latitude, longitude=longitude, range_m=3_500.0 * stretch)
    for number in range(3):
        latitude, longitude = rng.uniform(56.3, 56.7), rng.uniform(27.5, 28.0)
        text += SOUND.format(number=number, latitude=latitude, longitude=longitude, range_m=500.0 * stretch)
    return text


def crossings(count: int, seed: int, stretch: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Predicted probability of each crossing by a wall with ranges times `stretch`, and whether the true one saw it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "wall.toml"
        file.write_text(wall_text(stretch), encoding="utf-8")
        night = Scenario.model_validate(
            tomllib.loads(NIGHT.format(label=LABEL, count=count, speed=SPEED_MPS, height=HEIGHT_M))
        )
        asked = Conditions(labels=(LABEL,), heights_m=(HEIGHT_M,), weather=night.weather_record(), cell_m=90.0)
        found = survey(file, asked)
        rate = found.rates(HEIGHT_M)[0, 0]
        file.write_text(wall_text(), encoding="utf-8")
        truth = survey(file, asked).wall
    terrain = found.ground.terrain
    sensors = build_sensors(truth, terrain, file="wall")
    played = simulate(truth, sensors, night, seed, terrain=terrain)
    seen = np.zeros(len(played.targets), np.bool_)
    seen[np.unique(played.origin[played.origin >= 0])] = True
    p = np.empty(len(seen))
    for number, target in enumerate(played.targets):
        times = np.arange(target.path.start_ns, min(target.path.end_ns, night.end_ns), 10**9, dtype=np.int64)
        latitude, longitude, _ = ecef_to_geodetic(target.path.position(times)[0])
        p[number] = predicted(found.ground.grid, rate, latitude, longitude, 1.0)
    return p, seen


def told(found: Reliability) -> str:
    """One line."""
    return (
        f"{found.flights} crossings: slope {found.slope:.3f} +- {found.slope_sd:.3f}, bias {found.bias:+.3f} +- "
        f"{found.half_width:.3f}, groups covered {found.covered:.1%}: {'holds' if found.holds else 'FAILS'}"
    )


def main(count: int = 1_000, seeds: tuple[int, ...] = (101, 102, 103, 104)) -> None:
    """Print the true model, and one with a fifth too much range."""
    for name, stretch in (("as it is", 1.0), ("20 % too much range", 1.2)):
        parts = [crossings(count, seed, stretch) for seed in seeds]
        print(
            f"{name}: {told(reliability(np.concatenate([p for p, _ in parts]), np.concatenate([s for _, s in parts])))}"
        )


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2]))

"""300 km of the Lithuanian-Belarusian border on invented ground: sixty sensors, four classes, five heights."""

import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from dronewall.geo.frames import ground_distance_m
from dronewall.plan.conditions import Conditions
from dronewall.plan.lines import read_lines
from dronewall.plan.run import coverage
from dronewall.units import Floats
from tests.shared import shared_files

LENGTH_M = 300_000.0
HEAD = 'schema_version = 1\n[wall]\nname = "300 km"\nterrain = "synthetic:2026"\ninvented_sites = true\n'
KINDS = (
    'kind = "radar"\nmodel = "xband-3d"\nheight_agl_m = 40.0\nmax_range_m = 25000.0\n',
    'kind = "acoustic"\nmodel = "array"\nheight_agl_m = 4.0\nmax_range_m = 1500.0\n',
    'kind = "camera"\nmodel = "thermal"\nheight_agl_m = 30.0\nmax_range_m = 2500.0\n',
)
CLASSES = ("fixed_wing_piston", "fixed_wing_small", "multirotor", "balloon")
HEIGHTS_M = (50.0, 100.0, 200.0, 300.0, 500.0)


def segment() -> Floats:
    """The first 300 km of the border from the north [shape=(n, 2)] (longitude, latitude, degrees)."""
    file = shared_files("data/border/border_east_flank_osm10m.geojson")[0]
    line = max(read_lines(file, 20_000.0, "ltu-blr"), key=lambda one: len(one.points)).points
    radians = np.radians(line)
    steps_m = ground_distance_m(radians[:-1, 1], radians[:-1, 0], radians[1:, 1], radians[1:, 0])
    along_m = np.concatenate([[0.0], np.cumsum(steps_m)])
    return np.asarray(line[along_m <= LENGTH_M])


def wall_text(count: int = 60) -> str:
    """Twelve radars, twenty-four microphones and twenty-four cameras, even along the segment."""
    line, text = segment(), HEAD
    at = np.linspace(0, len(line) - 1, count).astype(int)
    for number, index in enumerate(at):
        kind = KINDS[(0, 1, 2, 1, 2)[number % 5]]
        longitude, latitude = line[index]
        place = f"latitude_deg = {latitude:.5f}\nlongitude_deg = {longitude:.5f}\n"
        text += f'\n[[sensor]]\nid = "s{number:02d}"\n{kind}{place}'
    return text


def main() -> None:
    """Print seconds and memory of `plan coverage` on it, files written."""
    with tempfile.TemporaryDirectory() as folder:
        wall = Path(folder) / "wall.toml"
        wall.write_text(wall_text(), encoding="utf-8")
        start, used = time.perf_counter(), time.process_time()
        said = coverage(wall, Path(folder) / "out", Conditions(labels=CLASSES, heights_m=HEIGHTS_M, cell_m=90.0))
        took, used = time.perf_counter() - start, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"300 km, {len(said['sensors'])} sensors, {said['shape'][0]} x {said['shape'][1]} cells of 90 m, "
        f"{len(CLASSES)} classes, {len(HEIGHTS_M)} heights: {took:.0f} s ({used:.0f} s of CPU), {peak:.2f} GB"
    )


if __name__ == "__main__":
    main()

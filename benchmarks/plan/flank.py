"""The whole eastern flank, Norway to Ukraine, on invented ground: a sensor every 5 km, cells of 90 m, in tiles.

    python -m benchmarks.plan.flank FOLDER [--holes] [--km 1000] [--workers 2] [--classes N] [--heights N]

`--holes`: the least-watched ways in to towns behind the line, where it maps the coverage. `--km`: so much of the line
from its north, for how seconds and memory grow with it. The peak of memory is that of one process: of this one, and of
the largest worker.
"""

import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.plan.segment import CLASSES, HEAD, HEIGHTS_M, KINDS, cpu_s
from dronewall.geo.frames import ground_distance_m
from dronewall.plan.conditions import Conditions
from dronewall.plan.holes import holes
from dronewall.plan.lines import FARTHEST_M, read_lines
from dronewall.plan.pieces import Order, stage
from dronewall.plan.run import coverage
from dronewall.workers.pool import Here, Processes
from tests.shared import shared_files

SPACING_KM = 5.0
GAP_M = 150_000.0
TOWNS = (
    *((30.05, 69.73), (27.55, 68.66), (28.67, 66.83), (29.19, 65.97), (29.14, 63.54), (29.76, 62.60), (28.19, 61.06)),
    *((28.19, 59.38), (26.72, 58.38), (27.33, 56.51), (26.54, 55.87), (25.28, 54.69), (22.93, 54.10), (20.48, 53.78)),
    *((23.16, 53.13), (23.12, 52.03), (23.47, 51.13), (22.77, 49.78)),
)
"""Longitude and latitude of what is to be protected, four kilometres a side."""


def wall_text(km: float) -> tuple[str, float]:
    """Sensors along the line, of the three kinds of the segment, and how long what they watch is."""
    file = line_file()
    places: list[tuple[float, float]] = []
    run_km, next_km = 0.0, 0.0
    for line in read_lines(file, GAP_M):
        points = line.points
        radians = np.radians(points)
        steps = ground_distance_m(radians[:-1, 1], radians[:-1, 0], radians[1:, 1], radians[1:, 0]) / 1000.0
        along = run_km + np.concatenate([[0.0], np.cumsum(steps)])
        while next_km <= min(along[-1], km):
            places.append((np.interp(next_km, along, points[:, 0]), np.interp(next_km, along, points[:, 1])))
            next_km += SPACING_KM
        run_km = float(along[-1])
    text = HEAD.replace("300 km", "flank")
    for number, (longitude, latitude) in enumerate(places):
        kind = KINDS[(0, 1, 2, 1, 2)[number % 5]]
        place = f"latitude_deg = {latitude:.5f}\nlongitude_deg = {longitude:.5f}\n"
        text += f'\n[[sensor]]\nid = "s{number:03d}"\n{kind}{place}'
    return text + "".join(_town(number, *place) for number, place in enumerate(TOWNS)), min(run_km, km)


def line_file() -> Path:
    """The border of the flank."""
    return shared_files("data/border/border_east_flank_osm10m.geojson")[0]


def _town(number: int, longitude: float, latitude: float) -> str:
    down, along = 0.018, 0.018 / np.cos(np.radians(latitude))
    corners = [(longitude + x * along, latitude + y * down) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    polygon = ", ".join(f"[{x:.5f}, {y:.5f}]" for x, y in corners)
    return f'\n[[zone]]\nid = "town-{number}"\nkind = "protected"\npolygon = [{polygon}]\n'


def main() -> None:
    """Print seconds and memory of the coverage, or of the search for holes, files written into the folder."""
    words = argparse.ArgumentParser()
    words.add_argument("folder", type=Path)
    words.add_argument("--holes", action="store_true")
    words.add_argument("--km", type=float, default=1e6)
    words.add_argument("--workers", type=int, default=2)
    words.add_argument("--classes", type=int, default=len(CLASSES))
    words.add_argument("--heights", type=int, default=len(HEIGHTS_M))
    asked = words.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    wall = asked.folder / "wall.toml"
    text, km = wall_text(asked.km)
    wall.write_text(text, encoding="utf-8")
    conditions = Conditions(labels=CLASSES[: asked.classes], heights_m=HEIGHTS_M[: asked.heights], cell_m=90.0)
    here = stage(Order.of(wall, conditions, zones_within_m=FARTHEST_M if asked.holes else None))
    grid = here.found.grid
    print(
        f"{km:.0f} km, {len(here.found.watchers)} sensors, {asked.classes} classes, {asked.heights} heights: "
        f"{grid.rows} x {grid.columns} cells, {len(here.layout.reaching)} of {len(here.layout.tiles)} tiles planned",
        flush=True,
    )
    began, used, told = time.perf_counter(), cpu_s(), [0.0]

    def progress(share: float) -> None:
        if share - told[0] >= 0.05:
            told[0] = share
            print(f"  {share:.0%} after {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)

    pool = Here() if asked.workers == 1 else Processes(asked.workers)
    if asked.holes:
        border, output = str(line_file()), asked.folder / "holes.geojson"
        said = holes(wall, output, conditions, border=border, gap_m=GAP_M, pool=pool, progress=progress)
        print(f"{len(said['features'])} holes of {len(said['disjoint_barriers'])} classes and heights")
    else:
        coverage(wall, asked.folder / "coverage", conditions, pool=pool, progress=progress)
    peaks = [resource.getrusage(who).ru_maxrss / 1e6 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(
        f"{asked.workers} workers: {time.perf_counter() - began:.0f} s, {cpu_s() - used:.0f} s of CPU; "
        f"at most {peaks[0]:.2f} GB here and {peaks[1]:.2f} GB in a worker"
    )


if __name__ == "__main__":
    main()

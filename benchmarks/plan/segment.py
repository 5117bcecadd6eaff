"""300 km of the Lithuanian-Belarusian border on invented ground: sixty sensors, four classes, five heights."""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from dronewall.geo.frames import ground_distance_m
from dronewall.plan.conditions import Conditions
from dronewall.plan.holes import holes
from dronewall.plan.lines import read_lines
from dronewall.plan.run import coverage
from dronewall.plan.sites import sites
from dronewall.units import Floats
from dronewall.workers.pool import Processes
from tests.shared import shared_files

LENGTH_M = 300_000.0
WORKERS = 2
HEAD = 'schema_version = 1\n[wall]\nname = "300 km"\nterrain = "synthetic:2026"\ninvented_sites = true\n'
KINDS = (
    'kind = "radar"\nmodel = "xband-3d"\nheight_agl_m = 40.0\nmax_range_m = 25000.0\n',
    'kind = "acoustic"\nmodel = "array"\nheight_agl_m = 4.0\nmax_range_m = 1500.0\n',
    'kind = "camera"\nmodel = "thermal"\nheight_agl_m = 30.0\nmax_range_m = 2500.0\n',
)
ZONES = """
[[zone]]
id = "vilnius"
kind = "protected"
polygon = [[25.15, 54.62], [25.40, 54.62], [25.40, 54.76], [25.15, 54.76]]
[[zone]]
id = "visaginas"
kind = "protected"
polygon = [[26.40, 55.57], [26.48, 55.57], [26.48, 55.62], [26.40, 55.62]]
"""
STRIP = "polygon = [[25.3, 54.2], [25.9, 54.2], [26.9, 55.6], [26.2, 55.6]]\n"
CANDIDATES = (
    f'[[generate]]\nkind = "radar"\ncost = 120\nspacing_m = 25000\nheight_agl_m = 40\n{STRIP}'
    f'[[generate]]\nkind = "acoustic"\ncost = 2\nspacing_m = 15000\nheight_agl_m = 4\n{STRIP}'
)
CLASSES = ("fixed_wing_piston", "fixed_wing_small", "multirotor", "balloon")
SMALL = ("multirotor",)
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


def line_text() -> str:
    """The segment as GeoJSON."""
    return json.dumps({"type": "Feature", "properties": {"pair": "LTU-BLR"}, "geometry": {
        "type": "LineString", "coordinates": segment().tolist()}})  # fmt: skip


def _timed(what: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    start, used = time.perf_counter(), cpu_s()
    said = work()
    took, used = time.perf_counter() - start, cpu_s() - used
    here, worker = (resource.getrusage(who).ru_maxrss / 1e6 for who in _BOTH)
    told = f"{took:.0f} s ({used:.0f} s of CPU), at most {here:.2f} GB here and {worker:.2f} GB in a worker so far"
    print(f"{what}: {told}", flush=True)
    return said


_BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def cpu_s() -> float:
    """Of this process and of its workers that have ended."""
    used = [resource.getrusage(who) for who in _BOTH]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main(kept: Path | None = None) -> None:
    """Print seconds and memory of all three commands on it, files written (into the folder that is named, if any)."""
    with tempfile.TemporaryDirectory() as passing:
        folder = kept or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        wall, line, grid = folder / "wall.toml", folder / "segment.geojson", folder / "grid.toml"
        wall.write_text(wall_text() + ZONES, encoding="utf-8")
        line.write_text(line_text(), encoding="utf-8")
        grid.write_text(CANDIDATES, encoding="utf-8")
        print(f"300 km, 60 sensors, {len(CLASSES)} classes, {len(HEIGHTS_M)} heights, cells of 90 m")
        asked = Conditions(labels=CLASSES, heights_m=HEIGHTS_M, cell_m=90.0)
        pool = Processes(WORKERS)
        _timed(f"coverage, {WORKERS} workers", lambda: coverage(wall, folder / "coverage", asked, pool=pool))
        few = Conditions(labels=SMALL, heights_m=(50.0, 100.0))
        found = _timed("holes", lambda: holes(wall, folder / "holes.geojson", few, border=str(line)))
        for feature in found["features"]:
            hole = feature["properties"]
            if hole["height_m"] is None:
                print(
                    f"  any height, {hole['stretch']}: seen with {hole['p_seen_low']:.2f} to {hole['p_seen_high']:.2f}"
                )
        one = Conditions(labels=SMALL, heights_m=(50.0,))
        chosen = _timed(
            "sites", lambda: sites(wall, grid, 400.0, folder / "new.toml", one, border=str(line), lose=1)
        )  # fmt: skip
        for rank in chosen["ranks"]:
            before = chosen["without_them"][rank["name"]]
            bound = f"{rank['objective']:.1f} of at most {rank['bound']:.1f} {rank['unit']}"
            print(f"  {rank['name']}: {before:.1f} to {bound}")


if __name__ == "__main__":
    main(*(Path(word) for word in sys.argv[1:2]))

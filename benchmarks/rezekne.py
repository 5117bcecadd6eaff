"""The hundred nights of Rezekne and the surface over node range and wind.

    python benchmarks/rezekne.py                       nights 1000 to 1099, approver present
    python benchmarks/rezekne.py --seeds 1-40          the nights that may be tuned on
    python benchmarks/rezekne.py --surface             share in time over range 1, 1.5, 3, 5 km x wind 0, 6, 12 m/s
    python benchmarks/rezekne.py --approver absent

Seeds 1000 to 1099 were fixed before any tuning (design/rezekne_seeds.md).
"""

import argparse
import json
import math
import os
import statistics
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from dronewall.rehearse.night import Stage, play, stage
from dronewall.scenarios import holes, scenario_path, wall_path

RANGES_M = (1_000.0, 1_500.0, 3_000.0, 5_000.0)
WINDS_MPS = (0.0, 6.0, 12.0)
SURFACE_S = 2_000.0  # of each night: both drones are down by then, and the surface asks for nothing later


@cache
def standing(range_m: float | None, wind_mps: float | None) -> Stage:
    """The wall of one cell of the surface, built once in each process."""
    return stage(
        wall_path("rezekne"),
        scenario_path("rezekne"),
        holes=holes("rezekne"),
        node_range_m=range_m,
        wind_mps=wind_mps,
        duration_s=None if range_m is None else SURFACE_S,
    )


def one(seed: int, range_m: float | None, wind_mps: float | None, approver: str) -> dict:
    """One night's outcome with the CPU seconds that it took."""
    place = standing(range_m, wind_mps)
    began = time.process_time()
    outcome = play(place, seed, approver_name=approver)
    return outcome | {"cpu_s": time.process_time() - began}


def in_time(night: dict) -> bool:
    """Whether both drones' alerts were received before they came down."""
    return all(row["lead_time_received_s"] is not None for row in night["intruders"])


def interval(k: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    middle = (k + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(k * (n - k) / n + z * z / 4)
    return middle - half, middle + half


def figures(nights: list[dict]) -> dict:
    """The figures that the issue asks for, over some nights."""
    rows = [row for night in nights for row in night["intruders"]]
    good = [row for row in rows if row["lead_time_received_s"] is not None]
    drafts: Counter[str] = Counter()
    for night in nights:
        drafts.update(night["drafts_by_evidence"])
    both = sum(map(in_time, nights))
    low, high = interval(both, len(nights))
    areas = [row["area_km2"] for row in good]
    leads = [row["lead_time_received_s"] for row in good]
    return {
        "nights": len(nights),
        "both_in_time": both,
        "both_in_time_95": [round(low, 3), round(high, 3)],
        "both_places_warned": sum(all(row["people_there_warned_s"] for row in night["intruders"]) for night in nights),
        "drones_in_time": len(good),
        "drones": len(rows),
        "median_area_km2": round(statistics.median(areas), 1) if areas else None,
        "largest_area_km2": max(areas, default=None),
        "lead_time_received_s": [round(q) for q in statistics.quantiles(leads, n=10)] if len(leads) > 1 else leads,
        "drafts_by_evidence": dict(sorted(drafts.items())),
        "false_alerts": sum(night["false_alerts"] for night in nights),
        "people_warned_in_vain": sum(night["people_warned_in_vain"] for night in nights),
        "cpu_s_a_night": round(statistics.median(night["cpu_s"] for night in nights), 2),
    }


def misses(nights: list[dict]) -> list[str]:
    """A line for each drone that was not warned of in time."""
    return [
        f"seed {night['seed']} {row['target']}: {row['missed_because']}"
        for night in nights
        for row in night["intruders"]
        if row["lead_time_received_s"] is None
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1000-1099")
    parser.add_argument("--approver", default="present", choices=["present", "slow", "absent"])
    parser.add_argument("--surface", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("-o", type=Path, help="write every outcome as JSON")
    given = parser.parse_args()
    first, _, last = given.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    with ProcessPoolExecutor(given.workers) as pool:
        if given.surface:
            cells = {}
            for range_m in RANGES_M:
                for wind_mps in WINDS_MPS:
                    call = partial(one, range_m=range_m, wind_mps=wind_mps, approver=given.approver)
                    cells[range_m, wind_mps] = figures(list(pool.map(call, seeds)))
                    share = f"{cells[range_m, wind_mps]['both_in_time']} of {len(seeds)}"
                    print(f"range {range_m:.0f} m, wind {wind_mps:.0f} m/s: {share}", file=sys.stderr, flush=True)
                    if given.o:
                        told = [{"range_m": r, "wind_mps": w, **f} for (r, w), f in cells.items()]
                        given.o.write_text(json.dumps(told))
            print_surface(cells)
            return
        nights = []
        for night in pool.map(partial(one, range_m=None, wind_mps=None, approver=given.approver), seeds):
            nights.append(night)
            print(f"night {night['seed']}: {'in time' if in_time(night) else 'missed'}", file=sys.stderr, flush=True)
            if given.o:
                given.o.write_text(json.dumps(nights))
    print(json.dumps(figures(nights), indent=1))
    print("\n".join(misses(nights)))


def print_surface(cells: dict) -> None:
    """Share of nights in which both drones' alerts came in time, and the sentence that follows from it."""
    print("| node range | " + " | ".join(f"wind {w:.0f} m/s" for w in WINDS_MPS) + " |")
    print("|---" * (len(WINDS_MPS) + 1) + "|")
    for r in RANGES_M:
        row = [f"{cells[r, w]['both_in_time'] / cells[r, w]['nights']:.2f}" for w in WINDS_MPS]
        print(f"| {r / 1000:g} km | " + " | ".join(row) + " |")
    for w in WINDS_MPS:
        enough = [r for r in RANGES_M if cells[r, w]["both_in_time"] >= 0.9 * cells[r, w]["nights"]]
        if enough:
            print(f"In time for 9 of 10 if nodes hear beyond {min(enough) / 1000:g} km in {w:.0f} m/s;", end=" ")
        else:
            print(f"In {w:.0f} m/s not in time for 9 of 10 at any of these ranges;", end=" ")
        print("nobody has published that they do.")


if __name__ == "__main__":
    main()

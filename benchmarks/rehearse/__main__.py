"""What a rehearsed night costs on one core: simulating, following and warning, scoring; looks and memory.

    python -m benchmarks.rehearse                              the Rezekne night, seeds 1 to 3
    python -m benchmarks.rehearse --scenarios rezekne,cranes --seeds 1-2
    python -m benchmarks.rehearse --verdicts balloons --nights 22      a whole run, line by line

Seconds are of CPU, of this process and one thread; the first night of each is played once before, for the kernels.
"""

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from dronewall import scenarios
from dronewall.rehearse.measured import row_of
from dronewall.rehearse.night import Stage, played, stage
from dronewall.rehearse.order import Order
from dronewall.rehearse.run import run
from dronewall.rehearse.screen import Screen
from dronewall.rehearse.simulate import simulate
from dronewall.tracking.tracker import Tracker
from dronewall.workers.pool import Here, Processes

Row = dict[str, float]


def standing(name: str, duration_s: float | None) -> Stage:
    """The stage of a scenario that ships."""
    return stage(
        scenarios.wall_path(name),
        scenarios.scenario_path(name),
        holes=scenarios.holes(name),
        duration_s=duration_s,
    )


def night(place: Stage, seed: int) -> Row:
    """One night in parts. It is simulated twice: alone, and as part of the whole, from which that is taken off."""
    began = time.process_time()
    alone = simulate(place.wall, place.sensors, place.scenario, seed, terrain=place.terrain, load=place.load)
    simulated = time.process_time()
    looks, silent = len(alone.scan), int((alone.rows_of == 0).sum())
    del alone
    screens: list[Screen] = []

    def screen(told) -> Screen:
        screens.append(Screen(Tracker(place.sensors, weather=told.weather), start_ns=told.start_ns))
        return screens[0]

    events = []
    again = time.process_time()
    done = played(place, seed, tracker=screen, heed=lambda found, now_ns: events.extend(found))
    followed = time.process_time()
    row_of(place, done, screens[0], events)
    scored = time.process_time()
    simulate_s = simulated - began
    return {
        "simulate_s": simulate_s,
        "follow_s": max(followed - again - simulate_s, 0.0),
        "score_s": scored - followed,
        "night_s": scored - again,
        "looks": looks,
        "silent": silent,
        "span_s": (done.night.end_ns - done.night.start_ns) / 1e9,
    }


def table(name: str, rows: list[Row]) -> str:
    """One line of medians."""
    middle = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    shares = " | ".join(f"{middle[key]:.2f}" for key in ("night_s", "simulate_s", "follow_s", "score_s"))
    speed = middle["span_s"] / middle["night_s"]
    return (
        f"| {name} | {middle['span_s'] / 3600:.2g} h | {shares} | {speed:,.0f} | {middle['looks']:,.0f} | "
        f"{middle['looks'] / middle['night_s']:,.0f} | {peak_mb:,.0f} |"
    )


def verdicts(name: str, nights: int, workers: int) -> None:
    """A run of a scenario that ships, its lines of acceptance."""
    order = Order(
        name=name,
        wall_path=scenarios.wall_path(name),
        scenario_path=scenarios.scenario_path(name),
        nights=nights,
        seed=1,
    )
    with tempfile.TemporaryDirectory(prefix="dronewall-") as folder:
        card = run(order, Path(folder) / "run", Processes(workers) if workers > 1 else Here(), now_ns=time.time_ns)
    for line in card.acceptance:
        value = "-" if line.value is None else f"{line.value:.4g}"
        bounds = "-" if line.low is None or line.high is None else f"{line.low:.4g} to {line.high:.4g}"
        print(f"| {name} | {line.line} | {value} | {bounds} | {'yes' if line.passed else '**no**'} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenarios", default="rezekne")
    parser.add_argument("--seeds", default="1-3")
    parser.add_argument("--duration", type=float, help="seconds of each night; left out, all of it")
    parser.add_argument("--verdicts", help="scenarios whose lines of acceptance are judged instead")
    parser.add_argument("--nights", type=int, default=22)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    if given.verdicts:
        print("| scenario | line | value | bounds | kept |\n|---|---|---|---|---|", flush=True)
        for name in given.verdicts.split(","):
            verdicts(name, given.nights, given.workers)
        return
    first, _, last = given.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    print("| scenario | night | CPU s | simulate | follow and warn | score | x real time | looks | looks/s | peak MB |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for name in given.scenarios.split(","):
        place = standing(name, given.duration)
        night(standing(name, min(300.0, place.scenario.scenario.duration_s)), seeds[0])
        rows = []
        for seed in seeds:
            rows.append(night(place, seed))
            print(f"{name}, seed {seed}: {rows[-1]['night_s']:.1f} s", file=sys.stderr, flush=True)
        print(table(name, rows), flush=True)


if __name__ == "__main__":
    main()

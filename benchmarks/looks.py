"""How fast a night is simulated, empty looks and all, and whether its memory stays flat.

    python benchmarks/looks.py                          twelve hours of tally-week, piece by piece
    python benchmarks/looks.py --scenario harvest --hours 24

Each piece is simulated and every look of it handed over as the tracker would take it. CPU seconds, one core.
"""

import argparse
import json
import os
import resource
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from dronewall.rehearse.night import stage
from dronewall.rehearse.pieces import Pieces
from dronewall.scenarios import scenario_path, wall_path


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="tally-week")
    parser.add_argument("--hours", type=float, default=12.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    place = stage(wall_path(given.scenario), scenario_path(given.scenario))
    night = Pieces(place.wall, place.sensors, place.scenario, given.seed, terrain=place.terrain, file=place.file)
    began = handed = time.process_time()
    looks = empty = rows = 0
    for number, piece in enumerate(night, start=1):
        simulated = time.process_time()
        for scan in piece.scans():
            empty += not len(scan.detections)
        done = time.process_time()
        looks, rows = looks + len(piece.scan), rows + len(piece.origin)
        print(
            json.dumps(
                {
                    "hours": round((piece.end_ns - place.scenario.start_ns) / 3.6e12, 1),
                    "looks": len(piece.scan),
                    "targets": len(piece.targets),
                    "simulated_s": round(simulated - handed, 2),
                    "handed_over_s": round(done - simulated, 2),
                    "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                }
            ),
            flush=True,
        )
        handed = done
        if (piece.end_ns - place.scenario.start_ns) / 3.6e12 >= given.hours or number == len(night):
            break
    took = time.process_time() - began
    print(
        json.dumps(
            {
                "looks": looks,
                "empty": empty,
                "rows": rows,
                "cpu_s": round(took, 1),
                "empty_a_second": round(empty / took),
            }
        )
    )


if __name__ == "__main__":
    main()

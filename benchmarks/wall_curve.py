"""Delay against false tracks: the line of the wall's real war at several demands on evidence, as a picture.

    python benchmarks/wall_curve.py [--seeds 2001-2024] [--hours 6] [-o docs/pictures/sound.svg]

Each point asks for so much before a track of sound begins: existence (`confirm_p`), hearings in all and of each of two
nodes, and log odds of what all nodes but the best have to say (`tracking/crossing.py`; 0.98, 6, 3 and 5 as it ships).
It shows the median delay of those passages that were confirmed against the false confirmed tracks of the empty line,
with their exact 95 % interval.
"""

import argparse
import json
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.wall_war import delay_run, poisson_interval, quiet_run
from dronewall.tracking import crossing

DEMANDS = ((0.1, 3, 1, -50.0), (0.5, 4, 2, 0.0), (0.9, 5, 2, 3.0), (0.98, 6, 3, 5.0), (0.9999, 9, 4, 9.0))
WIDE, HIGH, LEFT, BOTTOM = 640, 400, 70, 60
LEAST, MOST = 0.1, 1000.0  # false tracks per 100 km and day on the axis


def measured(seeds: range, hours: float) -> list[dict[str, float]]:
    """A point for each demand."""
    points = []
    for level, crossing.FEWEST, crossing.FEWEST_EACH, crossing.SECOND_LOG_ODDS in DEMANDS:
        runs = [delay_run(seed, confirm_p=level) for seed in seeds]
        quiet = quiet_run(seeds[0], hours, confirm_p=level)
        days = hours / 24.0
        low, high = poisson_interval(quiet["false_confirmed"])
        delays = [run["confirmed_s"] for run in runs if run["confirmed_s"] < math.inf]
        point = {
            "confirm_p": level,
            "median_s": float(np.median(delays)) if delays else math.nan,
            "confirmed": len(delays) / len(runs),
            "false": quiet["false_confirmed"] / days,
            "low": low / days,
            "high": high / days,
            "first_s": float(np.median([min(run["presence_s"], run["confirmed_s"]) for run in runs])),
        }
        points.append(point)
        print(json.dumps(point), flush=True)
    return points


def svg(points: list[dict[str, float]], seeds: range, hours: float) -> str:
    """The picture."""
    top_s = 10.0 * math.ceil(max(p["median_s"] for p in points) / 10.0 + 0.5)

    def x(false: float) -> float:
        share = math.log10(max(false, LEAST) / LEAST) / math.log10(MOST / LEAST)
        return LEFT + (WIDE - LEFT - 20) * min(share, 1.0)

    def y(seconds: float) -> float:
        return HIGH - BOTTOM - (HIGH - BOTTOM - 30) * seconds / top_s

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{HIGH}" font-family="sans-serif" '
        'font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for tick in (0.1, 1.0, 10.0, 100.0, 1000.0):
        parts.append(f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="30" y2="{HIGH - BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{x(tick):.1f}" y="{HIGH - BOTTOM + 16}" text-anchor="middle">{tick:g}</text>')
    for k in range(6):
        at = y(top_s * k / 5.0)
        parts.append(f'<line x1="{LEFT}" x2="{WIDE - 20}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{top_s * k / 5.0:g}</text>')
    first = y(points[0]["first_s"])
    parts.append(
        f'<line x1="{LEFT}" x2="{WIDE - 20}" y1="{first:.1f}" y2="{first:.1f}" stroke="#07c" stroke-dasharray="4"/>'
    )
    parts.append(f'<text x="{WIDE - 24}" y="{first - 5:.1f}" text-anchor="end" fill="#07c">presence or track</text>')
    for p in points:
        at = y(p["median_s"])
        parts.append(
            f'<line x1="{x(p["low"]):.1f}" x2="{x(p["high"]):.1f}" y1="{at:.1f}" y2="{at:.1f}" stroke="#c40"/>'
        )
        parts.append(f'<circle cx="{x(p["false"]):.1f}" cy="{at:.1f}" r="4" fill="#c40"/>')
        parts.append(f'<text x="{x(p["high"]) + 4:.1f}" y="{at + 4:.1f}">{p["confirm_p"]:g}</text>')
    note = f"{len(seeds)} passages and {hours:g} h of 100 km without any, at each demand (existence beside its point)"
    parts += [
        f'<text x="{(LEFT + WIDE) / 2}" y="{HIGH - 24}" text-anchor="middle">false confirmed tracks per 100 km and day '
        "(left edge: none seen; lines: 95 %)</text>",
        f'<text x="{(LEFT + WIDE) / 2}" y="{HIGH - 8}" text-anchor="middle" fill="#666">{note}</text>',
        '<text x="14" y="20">median seconds from first audible to a confirmed track</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="2001-2024")
    parser.add_argument("--hours", type=float, default=6.0)
    parser.add_argument("-o", type=Path, default=Path("docs/pictures/sound.svg"))
    given = parser.parse_args()
    first, _, last = given.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    given.o.write_text(svg(measured(seeds, given.hours), seeds, given.hours), encoding="utf-8")


if __name__ == "__main__":
    main()

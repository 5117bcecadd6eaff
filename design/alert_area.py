"""How often the alert area holds the place where a drone comes down, and how large it is, under paths of others.

Run: python design/alert_area.py [nights]

The paths here are drawn without knowledge of the model in `dronewall.picture.area`: an end in a town of 6 km radius, or
anywhere within 15 km of its middle; a start on a border 40 to 48 km off; one to three corners pushed aside at random
until every turn is 5 to 25 degrees. The drone is seen 5 km inside the border, with its true first course plus an error.
The wall is that of the scenario `rezekne`, with its seven towns.
"""

import math
import sys
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import Polygon

from dronewall.picture.area import AreaSettings, Ground, Mover, Outlook
from dronewall.picture.plane import Plane
from dronewall.records.wall import load_wall

SCENARIO = Path(__file__).resolve().parents[1] / "src" / "dronewall" / "scenarios" / "rezekne"
PLANE = Plane(latitude_deg=56.51, longitude_deg=27.34)


def way(rng: np.random.Generator, start_m: np.ndarray, end_m: np.ndarray) -> np.ndarray:
    """Corners from start to end with one to three turns of 5 to 25 degrees [shape=(n, 2)]."""
    line = end_m - start_m
    length = float(np.hypot(*line))
    ahead = line / length
    beside = np.array([ahead[1], -ahead[0]])
    while True:
        n = int(rng.integers(1, 4))
        along = np.sort(rng.uniform(0.1, 0.9, n)) * length
        aside = rng.normal(size=n) * 0.1 * length
        corners = np.vstack([start_m, start_m + np.outer(along, ahead) + np.outer(aside, beside), end_m])
        courses = np.arctan2(*np.diff(corners, axis=0).T)
        turns = np.abs(np.degrees((np.diff(courses) + np.pi) % (2.0 * np.pi) - np.pi))
        if np.all((turns >= 5.0) & (turns <= 25.0)):
            return corners


def end(rng: np.random.Generator, share_in_town: float) -> np.ndarray:
    """Where it comes down: in the town, or anywhere within 15 km."""
    radius = (6_000.0 if rng.uniform() < share_in_town else 15_000.0) * math.sqrt(rng.uniform())
    angle = rng.uniform(0.0, 2.0 * math.pi)
    return radius * np.array([math.sin(angle), math.cos(angle)])


def main(nights: int) -> None:
    """Print one row per case."""
    wall = load_wall(SCENARIO)
    grounds = [
        Ground(zone=z.id, corners=tuple((x, y) for x, y in z.polygon), people=z.people or 0)
        for z in wall.zone
        if z.kind == "protected"
    ]
    print("in town | course sd | one: held, median km2, p95 km2 | pair: held, median km2, p95 km2, max km2")
    for share in (1.0, 0.6):
        for course_sd_deg in (2.0, 5.0, 10.0):
            rng = np.random.default_rng(20_260_507)
            one_held, one_km2, pair_held, pair_km2 = [], [], [], []
            for _ in range(nights):
                movers, ends = [], []
                middle = rng.uniform(-12_000.0, 12_000.0)
                for _ in range(2):
                    start = np.array([rng.uniform(40_000.0, 48_000.0), middle + rng.uniform(-10_000.0, 10_000.0)])
                    target = end(rng, share)
                    corners = way(rng, start, target)
                    first = corners[1] - corners[0]
                    seen = corners[0] + 5_000.0 * first / np.hypot(*first)
                    sd = math.radians(course_sd_deg)
                    longitude, latitude = PLANE.ring(seen[None])[0]
                    movers.append(
                        Mover(
                            latitude_rad=math.radians(latitude),
                            longitude_rad=math.radians(longitude),
                            place_sd_m=150.0,
                            course_rad=math.atan2(first[0], first[1]) + rng.normal() * sd,
                            course_sd_rad=sd,
                            speed_mps=50.0,
                            speed_sd_mps=3.0,
                        )
                    )
                    ends.append(shapely.Point(PLANE.ring(target[None])[0]))
                for mover, point in zip(movers, ends, strict=True):
                    area = Outlook([mover], grounds, AreaSettings()).area()
                    one_km2.append(area.km2)
                    one_held.append(Polygon(area.ring).contains(point))
                both = Outlook(movers, grounds, AreaSettings()).area()
                pair_km2.append(both.km2)
                pair_held += [Polygon(both.ring).contains(point) for point in ends]
            print(
                f"{share:7.0%} | {course_sd_deg:4.0f} deg  | {np.mean(one_held):.3f}, {np.median(one_km2):4.0f}, "
                f"{np.quantile(one_km2, 0.95):4.0f} | {np.mean(pair_held):.3f}, {np.median(pair_km2):4.0f}, "
                f"{np.quantile(pair_km2, 0.95):4.0f}, {max(pair_km2):4.0f}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)

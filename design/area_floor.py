"""What the least probability of an alert area is worth: nights whose two drones both come down inside, by that floor.

    python design/area_floor.py [--seeds 3000-3099]

The ways of the scenario `rezekne` on seeds that neither the hundred nor the tuned nights have, and no tracker: each
drone is known where the line of microphones hears it last, its course from its last half minute with a normal error of
3 degrees. The later of two shares the first one's area where that holds enough of it, or both share one, by the desk's
own limits (`picture/groups.py`). An area is the shipped one but for its floor.
"""

import argparse
from dataclasses import dataclass

import numpy as np
from shapely.geometry import Point, Polygon

from dronewall.picture.area import Area, AreaSettings, Ground, Mover, Outlook
from dronewall.picture.ground import GroundMap
from dronewall.picture.groups import HELD, JOINED_KM2, JOINED_P
from dronewall.rehearse.night import Stage, stage
from dronewall.rehearse.pieces import Pieces
from dronewall.rehearse.populations import Target
from dronewall.scenarios import scenario_path, wall_path
from dronewall.units import SECOND_NS, Floats

FLOORS = (0.90, 0.91, 0.92, 0.93)
HEARD_M, EARTH_M = 1_500.0, 6_371_000.0
COURSE_SD_RAD = float(np.radians(3.0))


@dataclass(frozen=True, slots=True)
class Known:
    """What the desk knows of a drone, since when, and where it will come down."""

    since_ns: int
    mover: Mover
    end: Point


def known(target: Target, nodes: Floats, rng: np.random.Generator) -> Known | None:
    """A drone as the line hears it last; None: it passed out of earshot. `nodes`: latitude, longitude (rad)."""
    path = target.path
    times = np.arange(path.time_ns[0], path.end_ns, SECOND_NS)
    latitude, longitude = (np.interp(times, path.time_ns, v) for v in (path.latitude_rad, path.longitude_rad))
    north, east = latitude[:, None] - nodes[:, 0], (longitude[:, None] - nodes[:, 1]) * np.cos(latitude[:, None])
    heard = np.flatnonzero(EARTH_M * np.hypot(north, east).min(axis=1) < HEARD_M)
    if not len(heard):
        return None
    i, before = heard[-1], max(heard[-1] - 30, 0)
    north_m = EARTH_M * (latitude[i] - latitude[before])
    east_m = EARTH_M * (longitude[i] - longitude[before]) * np.cos(latitude[i])
    mover = Mover(
        latitude_rad=latitude[i],
        longitude_rad=longitude[i],
        place_sd_m=300.0,
        course_rad=float(np.arctan2(east_m, north_m)) + rng.normal(0.0, COURSE_SD_RAD),
        course_sd_rad=COURSE_SD_RAD,
        speed_mps=float(np.hypot(east_m, north_m)) / (i - before),
        speed_sd_mps=2.0,
        usual_mps=60.0,
    )
    return Known(int(times[i]), mover, Point(np.degrees(path.longitude_rad[-1]), np.degrees(path.latitude_rad[-1])))


def drawn(pair: list[Known], grounds: tuple[Ground, ...], settings: AreaSettings) -> list[Area]:
    """The area of each of the two, as the desk would share or part them."""
    alone = [Outlook([k.mover], grounds, settings) for k in pair]
    first = alone[0].area()
    if alone[1].held(first.ring) >= HELD:
        return [first, first]
    both = Outlook([k.mover for k in pair], grounds, settings).area()
    if both.km2 <= JOINED_KM2 and both.probability >= JOINED_P:
        return [both, both]
    return [first, alone[1].area()]


def pairs(standing: Stage, seeds: range) -> list[list[Known]]:
    """Each night's two drones, the one that is known first in front; nights in which one is not heard are left out."""
    nodes = np.radians([(s.latitude_deg, s.longitude_deg) for s in standing.wall.sensor if s.kind == "acoustic"])
    found = []
    for seed in seeds:
        night = Pieces(
            standing.wall, standing.sensors, standing.scenario, seed, terrain=standing.terrain, file=standing.file
        )
        rng = np.random.default_rng([seed, 5])
        pair = [k for k in (known(t, nodes, rng) for t in night.targets() if t.intruder) if k is not None]
        if len(pair) == 2:
            found.append(sorted(pair, key=lambda k: k.since_ns))
    return found


def main() -> None:
    """Print a row for each floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="3000-3099", help="first-last")
    first, last = map(int, parser.parse_args().seeds.split("-"))
    standing = stage(wall_path("rezekne"), scenario_path("rezekne"))
    grounds = GroundMap(standing.wall).grounds
    nights = pairs(standing, range(first, last + 1))
    print("| floor | nights with both inside | drones inside | median, 95 % of areas (km2) | areas a night |")
    print("|---|---|---|---|---|")
    for floor in FLOORS:
        areas = [drawn(pair, grounds, AreaSettings(least_probability=floor)) for pair in nights]
        inside = np.array(
            [
                [Polygon(a.ring).covers(k.end) for a, k in zip(two, pair, strict=True)]
                for two, pair in zip(areas, nights, strict=True)
            ]
        )
        km2 = [a.km2 for two in areas for a in two]
        each = np.mean([1.0 if two[0] is two[1] else 2.0 for two in areas])
        middle, large = np.percentile(km2, [50, 95])
        both = f"{inside.all(axis=1).sum()} of {len(nights)}"
        print(f"| {floor:.2f} | {both} | {inside.mean():.3f} | {middle:.0f}, {large:.0f} | {each:.2f} |")


if __name__ == "__main__":
    main()

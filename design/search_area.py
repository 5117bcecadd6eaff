"""How often the search area holds the true end of what was lost, and how large it is beside the naive circle.

    python design/search_area.py [SCENARIO [CONTACTS [FIRST_SEED]]]

The paths are a scenario's own (`rehearse/dogleg.py`), which knows nothing of the model. A contact is lost 3 to 9 km
behind the border, with an error of its course of 3 degrees, of its speed of 2 m/s and of its place of 200 m. Only those
that flew on for two minutes or more count. `picture/search.py` was set with seeds 1 to 120 of vilnius, 1 to 3 of
suwalki and 1 to 40 of rezekne; 2001 to 2400 of vilnius were then asked once.
"""

import sys

import numpy as np
from shapely.geometry import LineString, Point, Polygon

from dronewall.geo.border import between
from dronewall.geo.frames import LocalFrame
from dronewall.geo.terrain import SmoothEarth
from dronewall.picture.area import Mover
from dronewall.picture.ground import GroundMap
from dronewall.picture.search import LOST_NS, search_area
from dronewall.records.scenario import load_scenario
from dronewall.records.wall import load_wall
from dronewall.rehearse.pieces import Pieces
from dronewall.scenarios import scenario_path, wall_path
from dronewall.sensors import build_sensors


def contacts(name, seeds):
    """Movers of contacts as they were lost, with their true ends (longitude, latitude)."""
    wall, scenario = load_wall(wall_path(name)), load_scenario(scenario_path(name))
    sensors = build_sensors(
        wall.model_copy(update={"sensor": wall.sensor[:1]}), SmoothEarth(), file=name
    )  # paths ask for none; a night must have one
    few = [spec for spec in scenario.population if spec.route.startswith("to-zone:")]
    scenario = scenario.model_copy(update={"population": few})
    lines = {s.id: between(s.border, s.latitude_from_deg, s.latitude_to_deg) for s in scenario.stretch}
    entries = {spec.name: lines[spec.entry] for spec in few}
    for seed in seeds:
        for target in Pieces(wall, sensors, scenario, seed, terrain=SmoothEarth(), file=name).targets():
            rng = np.random.default_rng([seed, 99, int(target.target[-4:])])
            found = lost(rng, target.path, entries[target.population])
            if found is not None:
                yield found


def lost(rng, path, border):
    middle = border[len(border) // 2]
    frame = LocalFrame.at(np.radians(middle[1]), np.radians(middle[0]), 0.0)
    line = LineString(frame.geodetic_to_local(np.radians(border[:, 1]), np.radians(border[:, 0]), 0.0)[:, :2])
    way = frame.geodetic_to_local(path.latitude_rad, path.longitude_rad, 0.0)[:, :2]
    met = line.intersection(LineString(way))
    if met.is_empty:
        return None
    crossing = min(LineString(way).project(Point(p.coords[0])) for p in getattr(met, "geoms", [met]))
    flown = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(way, axis=0).T))])
    k = int(np.searchsorted(flown, crossing + rng.uniform(3_000.0, 9_000.0)))
    if k >= len(flown) - LOST_NS // 10**9:
        return None
    velocity = (way[k] - way[k - 10]) / 10.0
    mover = Mover(
        latitude_rad=float(path.latitude_rad[k]) + rng.normal() * 200.0 / 6.371e6,
        longitude_rad=float(path.longitude_rad[k]) + rng.normal() * 200.0 / 3.6e6,
        place_sd_m=200.0,
        course_rad=float(np.arctan2(*velocity)) + np.radians(3.0) * rng.normal(),
        course_sd_rad=float(np.radians(3.0)),
        speed_mps=float(np.hypot(*velocity)) + 2.0 * rng.normal(),
        speed_sd_mps=2.0,
    )
    return mover, (float(np.degrees(path.longitude_rad[-1])), float(np.degrees(path.latitude_rad[-1])))


def main(name="vilnius", many="400", first="1"):
    grounds = GroundMap(load_wall(wall_path(name))).grounds
    inside, km2, share = [], [], []
    seeds = iter(range(int(first), int(first) + int(many)))
    for mover, end in contacts(name, seeds):
        area = search_area(mover, grounds)
        inside.append(Polygon(area.ring).covers(Point(end)))
        km2.append(area.km2)
        share.append(area.km2 / area.circle_km2)
        if len(inside) == int(many):
            break
    print(
        f"{name}: {len(inside)} contacts, held {np.mean(inside):.3f}, median {np.median(km2):.0f} km2, "
        f"{np.median(share):.3f} of the naive circle"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

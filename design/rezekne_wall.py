"""Draws the invented wall of the Rezekne night: `python design/rezekne_wall.py` writes the shipped wall and its holes.

No site is real. Two rows of acoustic nodes follow the border (OpenStreetMap, ODbL) between two latitudes, the first
300 m to 1 km behind it, the second 2 to 4 km, staggered. Nodes are then taken out round the middles of three holes
until 13 % of the stretch lies farther than 1.5 km from any node, as in the figure that Latvia gave for its own line in
September 2025 (87 % covered). One radar stands behind the widest hole. Drawn once, before any tuning; the seed is 2026.
"""

import sys
from pathlib import Path

import numpy as np
from shapely.geometry import LineString, Point

from dronewall.geo.border import between
from dronewall.geo.frames import LocalFrame
from dronewall.sensors.catalogue import row as catalogue_row

SEED = 2026
SOUTH_DEG, NORTH_DEG = 56.36, 56.76
SPACING_M = 1_700.0
HOLES = (("hole-south", 56.440, 2_400.0), ("hole-middle", 56.560, 1_400.0), ("hole-north", 56.700, 1_100.0))
"""Name, latitude of its middle, and how far from the middle nodes are left out (m)."""
RADAR_BEHIND_M = 5_000.0
SHIPPED = Path(__file__).parents[1] / "src" / "dronewall" / "scenarios" / "rezekne"
NAMES = {
    "hole-south": "south hole, 6 km north of Zilupe",
    "hole-middle": "middle hole, 12 km east of Cibla",
    "hole-north": "north hole, 20 km south-east of Karsava",
    "hole-end": "south end of the line, 3 km south-east of Zilupe",
}
CENTRES = {"hole-south": 56.440, "hole-middle": 56.560, "hole-north": 56.700, "hole-end": 56.360}

frame = LocalFrame.at(np.radians(56.55), np.radians(27.8), 0.0)


def on_plane(degrees):
    there = np.radians(np.asarray(degrees))
    return frame.geodetic_to_local(there[:, 1], there[:, 0], 0.0)[:, :2]


def degrees(point):
    latitude, longitude, _ = frame.local_to_geodetic(np.array([[point[0], point[1], 0.0]]))
    return float(np.degrees(latitude[0])), float(np.degrees(longitude[0]))


def smoothed(line, over_m=3_000.0, step_m=50.0):
    """The border without its bends below `over_m`, north to south, and the unit normal that points inland (west)."""
    at = np.arange(0.0, line.length, step_m)
    points = np.array([line.interpolate(a).coords[0] for a in at])
    half = int(over_m / step_m / 2)
    padded = np.vstack([np.repeat(points[:1], half, 0), points, np.repeat(points[-1:], half, 0)])
    kernel = np.ones(2 * half + 1) / (2 * half + 1)
    smooth = np.column_stack([np.convolve(padded[:, k], kernel, "valid") for k in (0, 1)])
    heading = np.gradient(smooth, axis=0)
    heading /= np.hypot(heading[:, 0], heading[:, 1])[:, None]
    return smooth, np.column_stack([heading[:, 1], -heading[:, 0]])


def row(rng, line, smooth, inland, first_m, depth):
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(smooth, axis=0).T))])
    nodes = []
    for at in np.arange(first_m, along[-1], SPACING_M):
        k = int(np.searchsorted(along, at + rng.uniform(-250.0, 250.0)).clip(0, len(along) - 1))
        for _ in range(200):
            place = smooth[k] + inland[k] * rng.uniform(*depth) + rng.uniform(-200.0, 200.0, 2)
            behind = line.distance(Point(place))
            west = (
                place[0] < line.interpolate(line.project(Point(place))).x + 1.0
                or np.dot(place - smooth[k], inland[k]) > 800
            )
            if depth[0] <= behind <= depth[1] and west:
                nodes.append(place)
                break
    return nodes


HEAD = """# The wall of the Rezekne night. INVENTED SITES: nothing stands where this file says.
# Written by design/rezekne_wall.py (seed 2026) before any tuning; docs/scenarios/rezekne.md says how and why.
schema_version = 1

[wall]
name = "Rezekne segment"
terrain = "synthetic:2026"
exercise = true
invented_sites = true
"""

ZONES = (
    ("rezekne", "protected", 56.510, 27.340, 6_000.0, 30_000),
    ("ludza", "protected", 56.534, 27.722, 3_000.0, 8_000),
    ("karsava", "protected", 56.784, 27.688, 2_500.0, 2_000),
    ("zilupe", "protected", 56.386, 28.122, 2_000.0, 1_500),
    ("vilani", "protected", 56.553, 26.924, 2_500.0, 3_000),
    ("cibla", "protected", 56.542, 27.877, 1_500.0, 500),
    ("malta", "protected", 56.345, 27.163, 2_000.0, 2_500),
)
"""Id, kind, middle, radius (m), people: rounded from public census figures, the town with what lies round it."""

TAIL = """
[[authority]]
id = "lv-civil-protection"
languages = ["lv", "en"]
zones = [{zones}]
output = "practice-gateway"
escalate_after_s = 120
deputy = "lv-duty-deputy"

[[output]]
id = "practice-gateway"
uri = "exercise+http://127.0.0.1:8099/alerts"
format = "cap"
"""


def circle(latitude_deg, longitude_deg, radius_m, corners=24):
    here = LocalFrame.at(np.radians(latitude_deg), np.radians(longitude_deg), 0.0)
    turn = np.arange(corners) * 2.0 * np.pi / corners
    ring = np.column_stack([radius_m * np.sin(turn), radius_m * np.cos(turn), np.zeros(corners)])
    latitude, longitude, _ = here.local_to_geodetic(ring)
    return ", ".join(
        f"[{np.degrees(lon):.4f}, {np.degrees(lat):.4f}]" for lat, lon in zip(latitude, longitude, strict=True)
    )


def sensor(name, kind, model, place, height_m, **more):
    lines = ["[[sensor]]", f'id = "{name}"', f'kind = "{kind}"', f'model = "{model}"', 'nation = "LV"']
    # the catalogue's latency, said aloud so that a recording's silent looks arrive when they did
    more |= {"latency_s": catalogue_row(kind, model).values["latency_s"].value} if kind != "observer" else {}
    lines += [f"latitude_deg = {place[0]:.4f}", f"longitude_deg = {place[1]:.4f}", f"height_agl_m = {height_m}"]
    return "\n".join(lines + [f"{key} = {value}" for key, value in more.items()]) + "\n"


def wall_text(kept, radar):
    parts = [HEAD, sensor("lv-radar-1", "radar", "xband-3d", radar, 30.0)]
    parts.append(sensor("lv-adsb-1", "adsb", "receiver", (56.511, 27.335), 25.0))
    parts.append(sensor("lv-rid-rezekne", "remote_id", "receiver", (56.520, 27.300), 20.0))
    parts.append(sensor("lv-rid-ludza", "remote_id", "receiver", (56.540, 27.735), 20.0))
    parts.append(sensor("lv-rid-line", "remote_id", "receiver", degrees(kept[-3][1]), 8.0))
    parts.append(sensor("lv-calls", "observer", "caller", (56.510, 27.340), 0.0))
    count = {"a": 0, "b": 0}
    for rank, place in kept:
        count[rank] += 1
        # a node decides once a second; their clocks do not tick together
        offset = round((len(parts) * 0.37) % 1.0, 2)
        parts.append(
            sensor(f"lv-ac-{rank}{count[rank]:02d}", "acoustic", "array", degrees(place), 4.0, scan_offset_s=offset)
        )
    for name, kind, latitude, longitude, radius, people in ZONES:
        ring = circle(latitude, longitude, radius)
        parts.append(f'[[zone]]\nid = "{name}"\nkind = "{kind}"\npeople = {people}\npolygon = [{ring}]\n')
    return "\n".join(parts) + TAIL.format(zones=", ".join(f'"{z[0]}"' for z in ZONES))


def main():
    rng = np.random.default_rng(SEED)
    border = between("LVA-RUS", SOUTH_DEG, NORTH_DEG)
    line = LineString(on_plane(border))
    smooth, inland = smoothed(line)
    first = row(rng, line, smooth, inland, 600.0, (300.0, 1_000.0))
    second = row(rng, line, smooth, inland, 600.0 + SPACING_M / 2, (2_000.0, 4_000.0))
    at = np.arange(0.0, line.length, 25.0)
    border_points = np.array([line.interpolate(a).coords[0] for a in at])
    latitudes = np.array([degrees(p)[0] for p in border_points])
    middles = [border_points[np.argmin(np.abs(latitudes - latitude))] for _, latitude, _ in HOLES]
    kept = []
    for rank, nodes in (("a", first), ("b", second)):
        for place in nodes:
            if any(np.hypot(*(place - m)) < half for m, (_, _, half) in zip(middles, HOLES, strict=True)):
                continue
            kept.append((rank, place))
    places = np.array([p for _, p in kept])
    near = np.array([np.hypot(*(places - p).T).min() for p in border_points])
    print(
        f"{len(kept)} nodes, line {line.length / 1e3:.1f} km, uncovered {100 * (near > 1_500.0).mean():.1f} %",
        file=sys.stderr,
    )
    texts = ["# Where the line is open: border farther than 1.5 km from any node. Written by design/rezekne_wall.py.\n"]
    runs = np.flatnonzero(np.diff(np.concatenate([[0], (near > 1_500.0).astype(int), [0]])))
    for a, b in zip(runs[::2], runs[1::2], strict=True):
        latitude = latitudes[a:b].mean()
        name, what = min(((n, w) for n, w in NAMES.items()), key=lambda item: abs(CENTRES[item[0]] - latitude))
        ring = ", ".join(
            "[{1:.4f}, {0:.4f}]".format(*degrees(border_points[k])) for k in sorted({*range(a, b, 8), b - 1})
        )
        texts.append(
            f'[[hole]]\nid = "{name}"\nname = "{what}"\nlength_m = {25 * (b - a)}\n'
            f"widest_m = {near[a:b].max():.0f}\nline = [{ring}]\n"
        )
        print(f"  {name}: {25 * (b - a)} m along, up to {near[a:b].max():.0f} m from a node", file=sys.stderr)
    k = int(np.argmin(np.hypot(*(smooth - middles[0]).T)))
    SHIPPED.joinpath("holes.toml").write_text("\n".join(texts), encoding="utf-8")
    wall = wall_text(kept, degrees(smooth[k] + RADAR_BEHIND_M * inland[k]))
    SHIPPED.joinpath("wall.toml").write_text(wall, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Draws the invented walls of the shipped scenarios but Rezekne's: `python design/scenario_walls.py [NAME...]`.

No site is real. Acoustic nodes follow a stretch of border (OpenStreetMap, ODbL) at an even spacing, some hundred metres
to kilometres behind it; radars stand evenly behind the line; receivers and cameras stand where a wall says. Towns are
rounded from public census figures, with what lies round them. Every wall is drawn with its own seed.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from shapely.geometry import LineString, Point

from dronewall.geo.border import between
from dronewall.geo.frames import LocalFrame
from dronewall.sensors.catalogue import row as catalogue_row

SHIPPED = Path(__file__).parents[1] / "src" / "dronewall" / "scenarios"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A stretch of border with what stands behind it. `inland` is a place (latitude, longitude) well behind it."""

    nation: str
    name: str
    pair: str
    south: float
    north: float
    inland: tuple[float, float]
    node_km: float = 0.0
    depth_m: tuple[float, float] = (400.0, 1_600.0)
    radars: int = 0
    radar_km: float = 5.0
    radar_model: str = "xband-3d"


@dataclass(frozen=True, kw_only=True)
class Town:
    """A zone: middle, radius and people. `nation` decides who is told."""

    id: str
    nation: str
    latitude: float
    longitude: float
    radius_m: float
    people: int
    kind: str = "protected"
    authority: str | None = None


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A wall to draw. `extra` are single sensors: id, kind, model, nation, latitude, longitude, height, more keys."""

    title: str
    seed: int
    lines: tuple[Line, ...]
    towns: tuple[Town, ...]
    extra: tuple[tuple[str, str, str, str, float, float, float, dict[str, float]], ...] = ()
    languages: dict[str, tuple[str, ...]] = field(default_factory=dict)


LANGUAGES = {"LV": ("lv", "en"), "LT": ("lt", "en"), "PL": ("pl", "en"), "EE": ("et", "en")}

SUWALKI = Drawn(
    title="Suwalki gap, three nations",
    seed=2101,
    lines=(
        Line(
            nation="PL",
            name="podlasie",
            pair="POL-BLR",
            south=53.05,
            north=53.85,
            inland=(53.6, 22.9),
            node_km=3.6,
            radars=3,
        ),
        Line(
            nation="LT",
            name="dzukija",
            pair="LTU-BLR",
            south=53.93,
            north=54.12,
            inland=(54.4, 23.9),
            node_km=3.6,
            radars=2,
        ),
        Line(
            nation="LV",
            name="latgale",
            pair="LVA-BLR",
            south=55.72,
            north=55.9,
            inland=(56.2, 26.7),
            node_km=4.0,
            radars=1,
        ),
    ),
    towns=(
        Town(
            id="bialystok",
            nation="PL",
            latitude=53.132,
            longitude=23.168,
            radius_m=7_000,
            people=290_000,
            authority="pl-podlaskie",
        ),
        Town(
            id="sokolka",
            nation="PL",
            latitude=53.407,
            longitude=23.503,
            radius_m=2_500,
            people=18_000,
            authority="pl-podlaskie",
        ),
        Town(
            id="augustow",
            nation="PL",
            latitude=53.843,
            longitude=22.980,
            radius_m=3_500,
            people=29_000,
            authority="pl-podlaskie",
        ),
        Town(
            id="suwalki",
            nation="PL",
            latitude=54.100,
            longitude=22.931,
            radius_m=4_500,
            people=69_000,
            authority="pl-podlaskie",
        ),
        Town(
            id="elk",
            nation="PL",
            latitude=53.828,
            longitude=22.365,
            radius_m=4_000,
            people=61_000,
            authority="pl-warminsko-mazurskie",
        ),
        Town(id="druskininkai", nation="LT", latitude=54.017, longitude=23.975, radius_m=3_500, people=12_000),
        Town(id="alytus", nation="LT", latitude=54.396, longitude=24.046, radius_m=5_000, people=50_000),
        Town(id="daugavpils", nation="LV", latitude=55.875, longitude=26.536, radius_m=6_000, people=78_000),
        Town(id="kraslava", nation="LV", latitude=55.895, longitude=27.168, radius_m=2_500, people=7_000),
    ),
    extra=(
        ("pl-adsb-1", "adsb", "receiver", "PL", 53.84, 22.98, 30.0, {}),
        ("lt-camera-1", "camera", "thermal", "LT", 54.03, 23.95, 25.0, {}),
        ("pl-camera-1", "camera", "thermal", "PL", 53.50, 23.55, 25.0, {}),
    ),
)

FIELDS = tuple(
    (round(56.02 + 0.17 * (k % 7) + 0.02 * (k // 7), 3), round(27.05 + 0.30 * (k // 7) + 0.045 * (k % 7), 3))
    for k in range(21)
)
"""Where receivers of Remote ID stand in the harvest: among the fields, some 19 km from one another."""

HARVEST = Drawn(
    title="Latgale in harvest",
    seed=2102,
    lines=(
        Line(
            nation="LV", name="ru", pair="LVA-RUS", south=56.25, north=57.30, inland=(56.6, 27.0), node_km=9.0, radars=5
        ),
        Line(
            nation="LV", name="by", pair="LVA-BLR", south=55.80, north=56.15, inland=(56.3, 26.8), node_km=9.0, radars=2
        ),
    ),
    towns=(
        Town(id="rezekne", nation="LV", latitude=56.510, longitude=27.340, radius_m=6_000, people=30_000),
        Town(id="ludza", nation="LV", latitude=56.534, longitude=27.722, radius_m=3_000, people=8_000),
        Town(id="balvi", nation="LV", latitude=57.131, longitude=27.266, radius_m=2_500, people=6_000),
        Town(id="karsava", nation="LV", latitude=56.784, longitude=27.688, radius_m=2_500, people=2_000),
        Town(id="kraslava", nation="LV", latitude=55.895, longitude=27.168, radius_m=2_500, people=7_000),
        Town(id="dagda", nation="LV", latitude=56.095, longitude=27.537, radius_m=2_000, people=2_000),
    ),
    extra=(
        ("lv-adsb-1", "adsb", "receiver", "LV", 56.511, 27.335, 25.0, {}),
        *(
            (f"lv-rid-{k + 1:02d}", "remote_id", "receiver", "LV", lat, lon, 15.0, {"max_range_m": 5_000.0})
            for k, (lat, lon) in enumerate(FIELDS)
        ),
    ),
)

CRANES = Drawn(
    title="Podlasie under the cranes",
    seed=2103,
    lines=(
        Line(
            nation="PL",
            name="hajnowka",
            pair="POL-BLR",
            south=52.62,
            north=53.02,
            inland=(52.85, 23.3),
            node_km=2.2,
            radars=2,
            radar_model="xband-3d-doppler",
        ),
    ),
    towns=(
        Town(id="hajnowka", nation="PL", latitude=52.743, longitude=23.581, radius_m=3_000, people=20_000),
        Town(id="bielsk-podlaski", nation="PL", latitude=52.766, longitude=23.192, radius_m=3_500, people=25_000),
        Town(id="michalowo", nation="PL", latitude=53.034, longitude=23.605, radius_m=2_000, people=3_000),
    ),
    extra=(
        ("pl-camera-1", "camera", "thermal", "PL", 52.75, 23.86, 30.0, {}),
        ("pl-camera-2", "camera", "thermal", "PL", 52.88, 23.80, 30.0, {}),
    ),
)

BALLOONS = Drawn(
    title="Vilnius under the balloons",
    seed=2104,
    lines=(
        Line(
            nation="LT",
            name="vilnius",
            pair="LTU-BLR",
            south=54.25,
            north=54.78,
            inland=(54.7, 25.0),
            radars=4,
            radar_km=6.0,
            radar_model="xband-3d-doppler",
        ),
    ),
    towns=(
        Town(id="vilnius", nation="LT", latitude=54.690, longitude=25.280, radius_m=9_000, people=590_000),
        Town(
            id="vilnius-airport",
            nation="LT",
            latitude=54.637,
            longitude=25.287,
            radius_m=9_000,
            people=0,
            kind="airport",
        ),
        Town(id="salcininkai", nation="LT", latitude=54.311, longitude=25.383, radius_m=2_500, people=6_000),
        Town(id="nemencine", nation="LT", latitude=54.848, longitude=25.477, radius_m=2_500, people=5_000),
    ),
    extra=(
        ("lt-radar-city", "radar", "xband-3d-doppler", "LT", 54.72, 25.20, 45.0, {"scan_offset_s": 0.9}),
        ("lt-adsb-1", "adsb", "receiver", "LT", 54.64, 25.29, 30.0, {}),
    ),
)

JAMMED = Drawn(
    title="Kraslava under jamming",
    seed=2105,
    lines=(
        Line(
            nation="LV",
            name="kraslava",
            pair="LVA-BLR",
            south=55.78,
            north=55.90,
            inland=(56.1, 27.0),
            radars=1,
            radar_km=4.0,
            radar_model="xband-3d-doppler",
        ),
    ),
    towns=(Town(id="kraslava", nation="LV", latitude=55.895, longitude=27.168, radius_m=2_500, people=7_000),),
    extra=(
        ("lv-radar-town", "radar", "xband-3d-doppler", "LV", 55.915, 27.18, 30.0, {"scan_offset_s": 0.7}),
        ("lv-rid-1", "remote_id", "receiver", "LV", 55.895, 27.17, 20.0, {"max_range_m": 5_000.0}),
        ("lv-rid-2", "remote_id", "receiver", "LV", 55.93, 27.20, 20.0, {"max_range_m": 5_000.0}),
        ("lv-df-1", "rf_direction", "array", "LV", 55.90, 27.15, 20.0, {}),
        ("lv-adsb-1", "adsb", "receiver", "LV", 55.90, 27.16, 25.0, {}),
    ),
)

TALLY = Drawn(
    title="Three hundred kilometres",
    seed=2106,
    lines=(
        Line(
            nation="LV", name="ru", pair="LVA-RUS", south=56.18, north=57.30, inland=(56.6, 27.0), node_km=2.9, radars=7
        ),
        Line(
            nation="LV", name="by", pair="LVA-BLR", south=55.69, north=56.15, inland=(56.3, 26.8), node_km=2.9, radars=3
        ),
    ),
    towns=(
        *HARVEST.towns,
        Town(id="daugavpils", nation="LV", latitude=55.875, longitude=26.536, radius_m=6_000, people=78_000),
    ),
    extra=(("lv-adsb-1", "adsb", "receiver", "LV", 56.511, 27.335, 25.0, {}),),
)

VILNIUS = Drawn(
    title="Vilnius hour",
    seed=2107,
    lines=(
        Line(
            nation="LT",
            name="salcininkai",
            pair="LTU-BLR",
            south=54.28,
            north=54.75,
            inland=(54.7, 25.0),
            node_km=1.3,
            depth_m=(400.0, 3_600.0),
            radars=1,
        ),
    ),
    towns=(
        Town(id="vilnius", nation="LT", latitude=54.690, longitude=25.280, radius_m=9_000, people=590_000),
        Town(
            id="vilnius-airport",
            nation="LT",
            latitude=54.637,
            longitude=25.287,
            radius_m=9_000,
            people=0,
            kind="airport",
        ),
        Town(id="salcininkai", nation="LT", latitude=54.311, longitude=25.383, radius_m=2_500, people=6_000),
        Town(id="nemencine", nation="LT", latitude=54.848, longitude=25.477, radius_m=2_500, people=5_000),
        Town(id="lentvaris", nation="LT", latitude=54.643, longitude=25.052, radius_m=2_500, people=10_000),
    ),
    extra=(
        ("lt-adsb-1", "adsb", "receiver", "LT", 54.64, 25.29, 30.0, {}),
        ("lt-calls", "observer", "caller", "LT", 54.69, 25.28, 0.0, {}),
    ),
)

WALLS = {
    "suwalki": SUWALKI,
    "harvest": HARVEST,
    "cranes": CRANES,
    "balloons": BALLOONS,
    "jammed": JAMMED,
    "tally-week": TALLY,
    "vilnius": VILNIUS,
}


def drawn(name: str, wall: Drawn) -> str:
    """The wall file's text."""
    rng = np.random.default_rng(wall.seed)
    parts = [
        f"# The wall of the scenario {name}. INVENTED SITES: nothing stands where this file says.\n"
        f"# Written by design/scenario_walls.py (seed {wall.seed}); docs/scenarios/{name}.md says how and why.\n"
        f'schema_version = 1\n\n[wall]\nname = "{wall.title}"\nterrain = "synthetic:{wall.seed}"\n'
        "exercise = true\ninvented_sites = true\n"
    ]
    count = 0
    for line in wall.lines:
        for kind, model, height, places in placed(rng, line):
            for number, (latitude, longitude) in enumerate(places, start=1):
                word = "ac" if kind == "acoustic" else kind
                # a radar looks every 2 s, a node every second; their clocks do not tick together
                offset = round(count * 0.37 % (2.0 if kind == "radar" else 1.0), 2)
                count += 1
                sensor_id = f"{line.nation.lower()}-{line.name}-{word}-{number:02d}"
                parts.append(
                    sensor(sensor_id, kind, model, line.nation, latitude, longitude, height, scan_offset_s=offset)
                )
    for sensor_id, kind, model, nation, latitude, longitude, height, more in wall.extra:
        parts.append(sensor(sensor_id, kind, model, nation, latitude, longitude, height, **more))
    parts += [zone(town) for town in wall.towns]
    told: dict[str, list[Town]] = {}
    for town in wall.towns:
        if town.kind == "protected":
            told.setdefault(town.authority or f"{town.nation.lower()}-civil-protection", []).append(town)
    for authority, towns in told.items():
        languages = ", ".join(f'"{word}"' for word in LANGUAGES[towns[0].nation])
        zones = ", ".join(f'"{town.id}"' for town in towns)
        parts.append(
            f'[[authority]]\nid = "{authority}"\nlanguages = [{languages}]\nzones = [{zones}]\n'
            f'output = "practice-gateway"\nescalate_after_s = 120\ndeputy = "{authority[:2]}-duty-deputy"\n'
        )
    parts.append('[[output]]\nid = "practice-gateway"\nuri = "exercise+http://127.0.0.1:8099/alerts"\nformat = "cap"\n')
    return "\n".join(parts)


def placed(rng, line):
    """Nodes and radars of one stretch: kind, model, height, and places (latitude, longitude)."""
    border = between(line.pair, line.south, line.north)
    middle = border[len(border) // 2]
    frame = LocalFrame.at(np.radians(middle[1]), np.radians(middle[0]), 0.0)
    there = np.radians(border)
    way = LineString(frame.geodetic_to_local(there[:, 1], there[:, 0], 0.0)[:, :2])
    home = frame.geodetic_to_local(np.radians(line.inland[0]), np.radians(line.inland[1]), 0.0)[:2]
    smooth = way.simplify(2_500.0)
    found = []
    if line.node_km:
        along = np.arange(0.5, smooth.length / 1e3 / line.node_km) * line.node_km * 1e3
        found.append(
            ("acoustic", "array", 4.0, [spot(rng, frame, way, smooth, home, at, line.depth_m) for at in along])
        )
    if line.radars:
        along = (np.arange(line.radars) + 0.5) / line.radars * smooth.length
        behind = (0.8e3 * line.radar_km, 1.2e3 * line.radar_km)
        found.append(
            ("radar", line.radar_model, 30.0, [spot(rng, frame, way, smooth, home, at, behind) for at in along])
        )
    return found


def spot(rng, frame, way, smooth, home, at, behind):
    """A place so far behind the border, on the side of `home`."""
    for _ in range(2_000):
        near = way.interpolate(way.project(smooth.interpolate(at + rng.uniform(-400.0, 400.0))))
        middle = np.array(near.coords[0])
        angle = rng.uniform(0.0, 2.0 * np.pi)
        place = middle + rng.uniform(*behind) * 1.3 * np.array([np.sin(angle), np.cos(angle)])
        met = way.intersection(LineString([place, home]))
        crossings = 0 if met.is_empty else len(getattr(met, "geoms", [met]))
        if crossings % 2 == 0 and behind[0] <= way.distance(Point(place)) <= behind[1]:
            latitude, longitude, _ = frame.local_to_geodetic(np.array([[place[0], place[1], 0.0]]))
            return float(np.degrees(latitude[0])), float(np.degrees(longitude[0]))
    raise SystemExit(f"no place {behind} m behind the border at {at:.0f} m")


def sensor(sensor_id, kind, model, nation, latitude, longitude, height, **more):
    lines = ["[[sensor]]", f'id = "{sensor_id}"', f'kind = "{kind}"', f'model = "{model}"', f'nation = "{nation}"']
    # the catalogue's latency, said aloud so that a recording's silent looks arrive when they did
    if kind != "observer":
        more |= {"latency_s": catalogue_row(kind, model).values["latency_s"].value}
    lines += [f"latitude_deg = {latitude:.4f}", f"longitude_deg = {longitude:.4f}", f"height_agl_m = {height}"]
    return "\n".join(lines + [f"{key} = {value}" for key, value in more.items()]) + "\n"


def zone(town, corners=24):
    here = LocalFrame.at(np.radians(town.latitude), np.radians(town.longitude), 0.0)
    turn = np.arange(corners) * 2.0 * np.pi / corners
    ring = np.column_stack([town.radius_m * np.sin(turn), town.radius_m * np.cos(turn), np.zeros(corners)])
    latitude, longitude, _ = here.local_to_geodetic(ring)
    points = ", ".join(
        f"[{np.degrees(lon):.4f}, {np.degrees(lat):.4f}]" for lat, lon in zip(latitude, longitude, strict=True)
    )
    return f'[[zone]]\nid = "{town.id}"\nkind = "{town.kind}"\npeople = {town.people}\npolygon = [{points}]\n'


if __name__ == "__main__":
    for wanted in sys.argv[1:] or WALLS:
        folder = SHIPPED / wanted
        folder.mkdir(exist_ok=True)
        folder.joinpath("wall.toml").write_text(drawn(wanted, WALLS[wanted]), encoding="utf-8")

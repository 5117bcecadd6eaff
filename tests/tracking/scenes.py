"""Small scenes for the tests of tracking: sensors, targets on given paths, and the scans that come of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from dronewall.geo.frames import LocalFrame, geodetic_to_ecef
from dronewall.records.detection import Detections, empty, joined
from dronewall.records.scan import Scan
from dronewall.records.weather import Weather
from dronewall.sensors import Claim, Path, Sensor
from dronewall.units import SECOND_NS, Floats, Ints

START_NS = 1_778_112_000 * SECOND_NS
HOME = LocalFrame.at(np.radians(56.5), np.radians(27.5), 0.0)


@dataclass(frozen=True, kw_only=True)
class Target:
    """Something on a path."""

    path: Path
    label: str = "fixed_wing_piston"
    claim: Claim | None = None


def along(points_m: Iterable[tuple[float, float, float]], speed_mps: float, frame: LocalFrame = HOME) -> Path:
    """A path through points (east, north, height above the ellipsoid) at one speed, from START_NS, round the earth.

    NaN before the start and after the end.
    """
    points = np.array(list(points_m), float)
    latitude, longitude, _ = frame.local_to_geodetic(points * [1.0, 1.0, 0.0])
    places = geodetic_to_ecef(latitude, longitude, points[:, 2])
    lengths = np.sqrt((np.diff(places, axis=0) ** 2).sum(axis=1))
    at_s = np.concatenate([[0.0], np.cumsum(lengths) / speed_mps])

    def position(times_ns: Ints) -> tuple[Floats, Floats]:
        t = (times_ns - START_NS) / SECOND_NS
        return _place(t), np.stack([_rate(t, i) for i in range(3)], axis=1)

    def _place(t: Floats) -> Floats:
        enu = np.stack([np.interp(t, at_s, points[:, i], left=np.nan, right=np.nan) for i in range(3)], axis=1)
        latitude, longitude, _ = frame.local_to_geodetic(enu * [1.0, 1.0, 0.0])
        return geodetic_to_ecef(latitude, longitude, enu[:, 2])

    def _rate(t: Floats, i: int) -> Floats:
        leg = np.searchsorted(at_s, t, side="right").clip(1, len(at_s) - 1) - 1
        return (points[leg + 1, i] - points[leg, i]) / (at_s[leg + 1] - at_s[leg])

    return position


def play(
    sensors: dict[str, Sensor],
    targets: list[Target],
    seconds: float,
    *,
    seed: int = 1,
    weather: Weather | None = None,
    clutter: bool = True,
) -> list[Scan]:
    """Every look of every sensor over that time, silent ones too, in order of time and of sensor."""
    weather, end_ns = weather or Weather(), START_NS + round(seconds * SECOND_NS)
    scans = []
    for index, (name, sensor) in enumerate(sensors.items()):
        rng = np.random.default_rng([seed, index])
        number, times = sensor.looks(START_NS, end_ns)
        look_of: list[Ints] = []
        found: list[Detections] = []
        for target in targets:
            hit, detections = sensor.simulate(rng, times, target.path, target.label, weather, claim=target.claim)
            look_of.append(np.flatnonzero(hit))
            found.append(detections)
        if clutter:
            look, detections = sensor.simulate_clutter(rng, times, weather)
            look_of.append(look)
            found.append(detections)
        rows, look = joined(found), np.concatenate([*look_of, np.zeros(0, np.int64)]).astype(np.int64)
        order = np.argsort(look, kind="stable")
        parts = np.split(order, np.searchsorted(look[order], np.arange(1, len(times))))
        for scan, time_ns, part in zip(number.tolist(), times.tolist(), parts, strict=True):
            mine = rows.rows(part) if len(part) else empty()
            scans.append(
                Scan(sensor=name, scan=scan, time_ns=time_ns, end_ns=time_ns, received_ns=time_ns, detections=mine)
            )
    return sorted(scans, key=lambda scan: (scan.time_ns, scan.sensor))


def line_of_nodes(n: int, gap_m: float, *, rows: int = 1, row_gap_m: float = 1200.0) -> list[dict[str, object]]:
    """Acoustic nodes from south to north through HOME, further rows to the west, as entries of a wall."""
    nodes: list[dict[str, object]] = []
    for row in range(rows):
        for i in range(n):
            north = (i - (n - 1) / 2.0) * gap_m + (gap_m / 2.0 if row else 0.0)
            latitude, longitude, _ = HOME.local_to_geodetic(np.array([[-row_gap_m * row, north, 0.0]]))
            nodes.append(
                {
                    "id": f"node-{row}-{i:02d}",
                    "kind": "acoustic",
                    "model": "array",
                    "latitude_deg": float(np.degrees(latitude[0])),
                    "longitude_deg": float(np.degrees(longitude[0])),
                    "height_agl_m": 2.0,
                    "scan_offset_s": (0.37 * i + 0.2 * row) % 1.0,
                }
            )
    return nodes

"""Made-up pictures, and the answer to a question about them by looking at every row."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dronewall.records.track import Tracks
from dronewall.units import SECOND_NS
from dronewall.watch.store.asking import Area
from dronewall.watch.store.pieces import Cutter, Piece
from tests.outputs.rows import tracks

START_NS = 1_778_111_940 * SECOND_NS  # two minutes before midnight
Picture = tuple[int, Tracks]


def seconds(count: int, rng: np.random.Generator, *, many: int = 12, prefix: str = "t") -> list[Picture]:
    """Each second a picture: tracks that begin, end, pause and turn, over a box of 20 km."""
    begins, lasts = rng.integers(0, count, many), rng.integers(1, count, many)
    lat, lon = rng.uniform(56.4, 56.6, many), rng.uniform(27.2, 27.5, many)
    course, pause = rng.uniform(0, 2 * math.pi, many), rng.integers(0, count, many)
    found = []
    for second in range(count):
        course += rng.normal(0, 0.1, many)
        lat, lon = lat + 4e-4 * np.cos(course), lon + 7e-4 * np.sin(course)
        rows: list[dict[str, Any]] = [
            {
                "track": f"{prefix}-{i:03d}",
                "lat": lat[i],
                "lon": lon[i],
                "hae": 100.0 + second,
                "label": "fpv" if second < 50 else "bird",
                "identity": None if i % 2 else f"session:{i}",
            }
            for i in range(many)
            if begins[i] <= second < begins[i] + lasts[i] and not pause[i] <= second < pause[i] + 15
        ]
        time_ns = START_NS + second * SECOND_NS
        found.append((time_ns, tracks(*rows, time_ns=time_ns)))
    return found


def cut(pictures: Sequence[Picture]) -> list[Piece]:
    """Their pieces."""
    cutter = Cutter()
    for time_ns, picture in pictures:
        cutter.add(time_ns, picture)
    return cutter.cut()


def looked_up(pictures: Sequence[Picture], area: Area, from_ns: int, to_ns: int) -> dict[str, tuple[int, int]]:
    """First and last time of each track in the area, row by row."""
    met: dict[str, tuple[int, int]] = {}
    for time_ns, picture in pictures:
        for name, lat, lon in zip(
            picture.track, np.degrees(picture.latitude_rad), np.degrees(picture.longitude_rad), strict=True
        ):
            inside = area.west_deg <= lon <= area.east_deg and area.south_deg <= lat <= area.north_deg
            if inside and from_ns <= time_ns <= to_ns:
                met[str(name)] = (met.get(str(name), (time_ns, 0))[0], time_ns)
    return met

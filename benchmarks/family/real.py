"""Flights that really took place as the targets of a recording: gliders, ambulance helicopters, surveys.

The tracks are samples of the package `traffic` (MIT licence; Olive, JOSS 4(39), 2019), received as ADS-B by the OpenSky
Network every 5 to 10 s. What lies between two reports is a smoothing spline that misses them by as much as they are
rounded. Nothing of the tracker was fitted to them: they are a judge that is not ours of how things fly, though the
radars that see them here are still simulated.
"""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline, make_smoothing_spline

from dronewall.geo.frames import LocalFrame, ecef_to_geodetic, enu_axes, geodetic_to_ecef, rotated, rotated_back
from dronewall.units import Bools, Floats

PACKAGE: Final = "traffic==2.13"
KINDS: Final = {"gliders": "glider", "ambulances": "helicopter", "surveys": "survey"}
LONGEST_GAP_S: Final = 12.0  # between two reports of one piece
ROUNDED_M: Final = 4.0  # 4 decimals of a degree, 25 ft: how far the spline may be off, rms
FOOT_M: Final = 0.3048
LOWEST_M, HIGHEST_M = 100.0, 800.0  # of the lowest point of a flight, above the ellipsoid
SLOWEST_MPS: Final = 8.0  # on average; what stands on the ground is no flight


def samples(folder: Path = Path("build") / "real-flights") -> Path:
    """The folder of the samples, fetched if it is not there."""
    found = folder / "traffic" / "data" / "samples"
    if not found.is_dir():
        command = [sys.executable, "-m", "pip"]
        uv = Path(sys.executable).parent / "uv"
        if uv.exists():
            command = [str(uv), "pip"]
        subprocess.run([*command, "install", "--quiet", "--no-deps", "--target", str(folder), PACKAGE], check=True)
    return found


@dataclass(frozen=True, slots=True)
class Piece:
    """One flight without a gap: east, north, up (m) over time (s), from its first report on."""

    kind: str
    lasts_s: float
    path: BSpline

    def at(self, t_s: Floats) -> Floats:
        """Where it is [shape=(len(t), 3)]."""
        return np.asarray(self.path(t_s))


def pieces(kind: str, least_s: float, folder: Path | None = None) -> list[Piece]:
    """Every stretch of the samples of a kind that lasts so long, in the order of the files."""
    found = []
    for file in sorted((folder or samples()).joinpath(kind).glob("*.json.gz")):
        rows = json.loads(gzip.decompress(file.read_bytes()))
        for identity in sorted({row["icao24"] for row in rows}):
            found += list(_cut([row for row in rows if row["icao24"] == identity], KINDS[kind], least_s))
    return found


def _cut(rows: list[dict[str, Any]], kind: str, least_s: float) -> Iterator[Piece]:
    names = ("timestamp", "latitude", "longitude", "altitude")
    table = np.array([[row.get(name) or np.nan for name in names] for row in rows], float)
    table = table[np.isfinite(table).all(axis=1)]
    table = table[np.unique(table[:, 0], return_index=True)[1]]
    table[:, 0] /= 1e3
    moved = np.any(np.diff(table[:, 1:3], axis=0) != 0.0, axis=1)  # a report that repeats an old position is none
    table = table[np.concatenate([[True], moved])] if len(table) else table
    for part in np.split(table, np.flatnonzero(np.diff(table[:, 0]) > LONGEST_GAP_S) + 1):
        if len(part) < 8 or part[-1, 0] - part[0, 0] < least_s:
            continue
        t_s = part[:, 0] - part[0, 0]
        frame = LocalFrame.at(*np.radians(part[0, 1:3]).tolist(), 0.0)
        ecef = geodetic_to_ecef(*np.radians(part[:, 1:3]).T, np.zeros(len(part)))
        east_north_m = rotated(frame.axes, ecef - frame.origin_ecef_m)[:, :2]
        path_m = np.column_stack([east_north_m, part[:, 3] * FOOT_M])
        path = _smooth(t_s, path_m)
        way_m = np.sqrt((np.diff(path(t_s)[:, :2], axis=0) ** 2).sum(axis=1)).sum()
        if way_m / t_s[-1] > SLOWEST_MPS:
            yield Piece(kind, float(t_s[-1]), path)


def _smooth(t_s: Floats, path_m: Floats) -> BSpline:
    """The smoothest spline that misses the reports by no more than they are rounded."""
    low, high = -3.0, 6.0
    for _ in range(20):
        middle = 0.5 * (low + high)
        off = make_smoothing_spline(t_s, path_m, lam=10.0**middle)(t_s) - path_m
        low, high = (middle, high) if np.sqrt((off**2).mean(axis=0)).max() < ROUNDED_M else (low, middle)
    return make_smoothing_spline(t_s, path_m, lam=10.0**low)


@dataclass(slots=True, kw_only=True)
class Recorded:
    """n of these flights over a line of radars; stands in for `flight.Flight`.

    `path_ecef_m` [shape=(steps + 1, n, 3)] is where each is at each step, `ecef_m` where it is now.
    """

    path_ecef_m: Floats
    style: NDArray[np.object_]
    step_s: float
    number: int = 0

    @property
    def ecef_m(self) -> Floats:
        """Earth-centred [shape=(n, 3)]."""
        return np.asarray(self.path_ecef_m[self.number])

    def alive(self, t_s: float) -> Bools:
        """Everybody, all the time."""
        return np.ones(len(self.style), bool)

    def velocity(self, t_s: float) -> tuple[Floats, Floats]:
        """East, north, up of the step that begins now, and the same earth-centred; both m/s [shape=(n, 3)]."""
        ecef_mps = (self.path_ecef_m[self.number + 1] - self.path_ecef_m[self.number]) / self.step_s
        latitude_rad, longitude_rad, _ = ecef_to_geodetic(self.ecef_m)
        return rotated(enu_axes(latitude_rad, longitude_rad), ecef_mps), ecef_mps

    def step(self, t_s: float, velocity_ecef_mps: Floats, rng: np.random.Generator) -> None:
        """Fly the step that begins now."""
        self.number += 1


def recorded(
    latitude_rad: Floats, longitude_rad: Floats, duration_s: float, step_s: float, rng: np.random.Generator
) -> Recorded:
    """As many flights as places: each a piece of a real one of any kind, from a random moment on, moved there."""
    choice = {kind: pieces(kind, duration_s + 2.0 * step_s) for kind in KINDS}
    kinds = rng.choice(sorted(choice), len(latitude_rad))
    t_s = np.arange(round(duration_s / step_s) + 2) * step_s
    paths, style = [], []
    for kind, latitude, longitude in zip(kinds.tolist(), latitude_rad.tolist(), longitude_rad.tolist(), strict=True):
        piece = choice[kind][int(rng.integers(len(choice[kind])))]
        way_m = piece.at(rng.uniform(0.0, piece.lasts_s - t_s[-1]) + t_s)
        way_m[:, 2] += rng.uniform(LOWEST_M, HIGHEST_M) - way_m[:, 2].min()
        frame = LocalFrame.at(latitude, longitude, 0.0)
        level_m = way_m - [*way_m[0, :2], 0.0]
        flat = frame.origin_ecef_m + rotated_back(frame.axes, level_m * [1.0, 1.0, 0.0])
        on_lat, on_lon, _ = ecef_to_geodetic(flat)  # the height follows the earth
        paths.append(geodetic_to_ecef(on_lat, on_lon, level_m[:, 2]))
        style.append(piece.kind)
    return Recorded(path_ecef_m=np.stack(paths, axis=1), style=np.array(style, object), step_s=step_s)

"""What a plan is asked for: which classes at which heights, in which weather, on which map."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.landcover import Clothed
from dronewall.geo.terrain import Terrain
from dronewall.records.weather import Weather
from dronewall.records.words import LABELS

Interval = tuple[float, float, float]

SPEEDS_MPS: Final[dict[str, Interval]] = {
    "fixed_wing_piston": (40.0, 50.0, 56.0),
    "fixed_wing_small": (15.0, 25.0, 35.0),
    "multirotor": (5.0, 12.0, 20.0),
    "fpv": (10.0, 25.0, 40.0),
    "agricultural_drone": (3.0, 7.0, 12.0),
    "balloon": (2.0, 10.0, 20.0),
    "bird": (8.0, 14.0, 20.0),
    "flock": (12.0, 16.0, 22.0),
    "aircraft": (40.0, 60.0, 90.0),
    "helicopter": (30.0, 55.0, 75.0),
    "ground": (5.0, 15.0, 30.0),
    "unknown": (15.0, 40.0, 56.0),
}
"""Ground speed of each class (m/s): low, usual, high. Assumptions, but for the first: 150 to 200 km/h is reported."""

DEFAULT_CLASSES: Final = ("fixed_wing_piston", "fixed_wing_small", "multirotor")
DEFAULT_HEIGHTS_M: Final = (50.0, 100.0, 300.0)
HIGHEST_M: Final = 12_000.0


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What is asked.

    Attributes
    ----------
    labels, heights_m : tuple
        Classes, and heights above ground at which they fly.
    cell_m : float or None
        Cell of the maps; None: chosen by the size of the map.
    bounds_deg : tuple or None
        West, south, east, north; None: all that the wall's sensors reach.
    without : tuple of str
        Sensors that are out of order.
    land_cover, clutter_m : Path, tuple
        A raster of classes of what stands on the ground, and how high (m) each class stands; None: as ESA WorldCover.
    """

    labels: tuple[str, ...] = DEFAULT_CLASSES
    heights_m: tuple[float, ...] = DEFAULT_HEIGHTS_M
    weather: Weather = field(default_factory=Weather)
    cell_m: float | None = None
    bounds_deg: tuple[float, float, float, float] | None = None
    without: tuple[str, ...] = ()
    land_cover: Path | None = None
    clutter_m: tuple[tuple[int, float], ...] | None = None

    def __post_init__(self) -> None:
        for label in self.labels:
            if label not in LABELS:
                raise BadInput(
                    f"--classes: there is no class '{label}'; it is one of: {', '.join(LABELS)}", key="classes"
                )
        _distinct("classes", self.labels)
        _distinct("heights-m", self.heights_m)
        for height_m in self.heights_m:
            if not 0.0 <= height_m <= HIGHEST_M:
                raise BadInput(
                    f"--heights-m {height_m:g}: heights above ground lie between 0 and {HIGHEST_M:g} m", key="heights_m"
                )
        if self.cell_m is not None and not 1.0 <= self.cell_m <= 10_000.0:
            raise BadInput(f"--cell-m {self.cell_m:g}: a cell is 1 to 10,000 m wide", key="cell_m")
        weather = self.weather
        if not 0.0 <= weather.wind_mps <= 60.0:
            raise BadInput(f"--wind-mps {weather.wind_mps:g}: wind is 0 to 60 m/s", key="wind_mps")
        if not 0.0 <= weather.rain_mm_h <= 300.0:
            raise BadInput(f"--rain-mm-h {weather.rain_mm_h:g}: rain is 0 to 300 mm/h", key="rain_mm_h")
        if not np.isfinite(weather.wind_from_rad):
            raise BadInput("--wind-from-deg: give degrees clockwise from north", key="wind_from_deg")

    def ground(self, terrain: Terrain) -> Terrain:
        """The terrain with what the land cover puts on it.

        Raises
        ------
        BadInput
            The land cover cannot be used, or there is a table of heights without one.
        """
        if self.land_cover is None:
            if self.clutter_m is not None:
                raise BadInput(
                    "--clutter says how high classes stand; give --land-cover, the raster of them", key="clutter"
                )
            return terrain
        return Clothed(terrain, self.land_cover, None if self.clutter_m is None else dict(self.clutter_m))


def numbers(text: str, option: str) -> tuple[float, ...]:
    """`50,100` as numbers.

    Raises
    ------
    BadInput
        One of them is none.
    """
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        raise BadInput(f"--{option} {text}: give numbers with commas between them, as 50,100", key=option) from None
    if not all(np.isfinite(found)):
        raise BadInput(f"--{option} {text}: give finite numbers", key=option)
    return found


def bounds(text: str) -> tuple[float, float, float, float]:
    """`27,56.3,28,56.6` as west, south, east, north.

    Raises
    ------
    BadInput
        It is not four numbers that grow, or they are not on the earth.
    """
    found = numbers(text, "bbox")
    if len(found) != 4:
        raise BadInput(f"--bbox {text}: give west,south,east,north in degrees", key="bbox")
    west, south, east, north = found
    if not (-180.0 <= west < east <= 180.0 and -90.0 <= south < north <= 90.0):
        raise BadInput(f"--bbox {text}: west is below east and south below north, in degrees", key="bbox")
    return west, south, east, north


def metres_text(height_m: float) -> str:
    """A height as file names have it: 50m, 37.5m."""
    return f"{height_m:g}m"


def _distinct(option: str, values: tuple[object, ...]) -> None:
    if not values:
        raise BadInput(f"--{option} is empty; give at least one", key=option)
    if len(set(values)) < len(values):
        raise BadInput(f"--{option}: {', '.join(str(v) for v in values)}: each may stand there once", key=option)

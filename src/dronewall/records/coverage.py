"""`coverage.json`: what a coverage was made under, and which maps lie beside it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from dronewall.records.words import Label

Finite = Annotated[float, Field(allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]


class _Part(BaseModel):
    """What the program wrote; what a reader does not ask for is left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class CoverageWeather(_Part):
    """The weather that was asked for."""

    wind_from_deg: Finite
    wind_mps: Finite
    rain_mm_h: Finite
    temperature_c: Finite
    humidity_percent: Finite


class LeftOut(_Part):
    """A sensor that the coverage does not count, and why."""

    sensor: str
    reason: str


class Speeds(_Part):
    """Ground speed of a class: its interval and what is usual."""

    low: Finite
    usual: Finite
    high: Finite


class Seen(_Part):
    """An area as assumed, and with all that is assumed at its bad and at its good end."""

    low: NotNegative
    value: NotNegative
    high: NotNegative


class CoverageMap(_Part):
    """One class at one height; areas are those of the map's cells (km2)."""

    label: Label
    height_m: NotNegative
    km2_seen_in_half_of_crossings: Seen
    km2_by_end: dict[str, NotNegative]

    @property
    def stem(self) -> str:
        """What its files' names end in: `fixed_wing_piston_100m`."""
        return f"{self.label}_{self.height_m:g}m"


class CoverageAbout(_Part):
    """The file.

    `ends` says what the codes of `ends_*.tif` mean; a cell counts as seen from `seen_from_p_look` on. `speeds_mps` has
    every class of `classes`. `shape`: rows and columns of the maps, which lie in `crs`.
    """

    schema_version: Literal[1]
    program: str
    restricted: str
    wall: str
    wall_file: str
    exercise: bool
    invented_sites: bool
    terrain: str
    terrain_is_smooth: bool
    classes: list[Label]
    heights_m: list[NotNegative]
    speeds_mps: dict[Label, Speeds]
    weather: CoverageWeather
    crs: Annotated[str, Field(pattern=r"^EPSG:\d+$")]
    cell_m: Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
    sight_cell_m: Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
    earth_radius_factor: Finite = 4.0 / 3.0
    shape: tuple[int, int]
    sensors: list[Annotated[str, Field(max_length=200)]]
    left_out: list[LeftOut]
    ends: dict[str, str]
    seen_from_p_look: Annotated[float, Field(ge=0.0, le=1.0)]
    notes: list[str]
    assumptions: list[str]
    maps: list[CoverageMap]

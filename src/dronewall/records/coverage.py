"""`coverage.json`: what a coverage was made under, and which maps lie beside it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from dronewall.records.words import Label

Finite = Annotated[float, Field(allow_inf_nan=False)]


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


class CoverageMap(_Part):
    """One class at one height."""

    label: Label
    height_m: Annotated[float, Field(ge=0.0, allow_inf_nan=False)]

    @property
    def stem(self) -> str:
        """What its files' names end in: `fixed_wing_piston_100m`."""
        return f"{self.label}_{self.height_m:g}m"


class CoverageAbout(_Part):
    """The file, as far as somebody who shows the maps needs it."""

    schema_version: Literal[1]
    program: str
    wall: str
    exercise: bool
    invented_sites: bool
    terrain: str
    terrain_is_smooth: bool
    weather: CoverageWeather
    cell_m: Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
    sight_cell_m: Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
    earth_radius_factor: Finite = 4.0 / 3.0
    sensors: list[Annotated[str, Field(max_length=200)]]
    left_out: list[LeftOut]
    ends: dict[str, str]
    notes: list[str]
    assumptions: list[str]
    maps: list[CoverageMap]

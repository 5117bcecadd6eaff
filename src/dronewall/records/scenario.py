"""The scenario file: what flies in a night, in which weather, and what goes wrong with the wall meanwhile."""

from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import AwareDatetime, Field, field_validator, model_validator

from dronewall.records.acceptance import AcceptSpec
from dronewall.records.population import PopulationSpec
from dronewall.records.threat import Level
from dronewall.records.wall import Azimuth, Identifier, Latitude, Longitude, NotNegative, Positive
from dronewall.records.weather import Weather
from dronewall.settings import FileModel, check, read_toml
from dronewall.units import Floats, nanoseconds, utc_ns


class ScenarioTable(FileModel):
    """`[scenario]`. `level` is the rung of the load ladder that populations with `rate_from = "threat"` take."""

    name: str = Field(min_length=1)
    start: AwareDatetime
    duration_s: Annotated[float, Field(gt=0.0, le=14 * 86_400.0)]
    level: Level | None = None


class AloftTable(FileModel):
    """One `[[weather.aloft]]`: the wind at a height above the ground; between heights it turns and grows evenly."""

    height_agl_m: Positive
    wind_from_deg: Azimuth
    wind_mps: Annotated[float, Field(ge=0.0, le=100.0)]


class WeatherTable(FileModel):
    """`[weather]`: one weather for the whole night. `aloft` moves what drifts; sensors ask for the wind below."""

    wind_from_deg: Azimuth = 0.0
    wind_mps: Annotated[float, Field(ge=0.0, le=60.0)] = 0.0
    rain_mm_h: NotNegative = 0.0
    temperature_c: Annotated[float, Field(ge=-50.0, le=50.0)] = 10.0
    humidity_percent: Annotated[float, Field(ge=0.0, le=100.0)] = 70.0
    aloft: list[AloftTable] = Field(default_factory=list)

    @field_validator("aloft")
    @classmethod
    def _upwards(cls, aloft: list[AloftTable]) -> list[AloftTable]:
        heights = [row.height_agl_m for row in aloft]
        if heights != sorted(set(heights)):
            raise ValueError("winds aloft are listed upwards, each height once")
        return aloft

    def wind_enu_mps(self, height_agl_m: Floats) -> tuple[Floats, Floats]:
        """Where the air goes at those heights: east and north (m/s)."""
        rows = [(10.0, self.wind_from_deg, self.wind_mps)]
        rows += [(row.height_agl_m, row.wind_from_deg, row.wind_mps) for row in self.aloft]
        height, towards, speed = (np.array(column) for column in zip(*rows, strict=True))
        turned = np.radians(towards + 180.0)
        east = np.interp(height_agl_m, height, speed * np.sin(turned))
        north = np.interp(height_agl_m, height, speed * np.cos(turned))
        return np.asarray(east), np.asarray(north)


class StretchSpec(FileModel):
    """One `[[stretch]]`: the part of a border's line between two latitudes, where a population enters."""

    id: Identifier
    border: Annotated[str, Field(pattern=r"^[A-Z]{3}-[A-Z]{3}$")]
    latitude_from_deg: Latitude
    latitude_to_deg: Latitude

    @model_validator(mode="after")
    def _some_length(self) -> Self:
        if self.latitude_from_deg >= self.latitude_to_deg:
            raise ValueError("latitude_from_deg must lie below latitude_to_deg")
        return self


class CallSpec(FileModel):
    """One `[[call]]`: somebody rings the emergency number `at_s` after the start.

    With `about = "impact"` the call is about the first impact, is never made sooner than `after_s` after it, and names
    its place within `radius_m`; otherwise the place is given.
    """

    at_s: NotNegative
    text: str = Field(min_length=1)
    about: Literal["impact", "place"] = "place"
    after_s: NotNegative = 60.0
    latitude_deg: Latitude | None = None
    longitude_deg: Longitude | None = None
    radius_m: Positive = 1_000.0

    @model_validator(mode="after")
    def _placed(self) -> Self:
        if self.about == "place" and (self.latitude_deg is None or self.longitude_deg is None):
            raise ValueError("give latitude_deg and longitude_deg, or about = 'impact'")
        return self


class FaultSpec(FileModel):
    """One `[[fault]]`: what goes wrong with the sensors that `sensor` matches (`*` matches any text), and when.

    `share` is the chance of each of them to be struck, drawn once a night. `seconds` is the skew of `clock_skew` and
    the added delay of `latency`; `per_scan` the false detections that `ghosts` adds to a look; `distance_m` and
    `azimuth_deg` how far and whither `gnss_displacement` moves claims, `grows_s` how long that takes (0: a leap).
    """

    kind: Literal["outage", "clock_skew", "ghosts", "link_cut", "latency", "gnss_displacement"]
    sensor: str
    from_s: NotNegative
    to_s: NotNegative
    seconds: float = 5.0
    per_scan: Annotated[int, Field(ge=1, le=10_000)] = 10
    distance_m: NotNegative = 12_000.0
    azimuth_deg: Azimuth = 0.0
    grows_s: NotNegative = 0.0
    share: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.from_s >= self.to_s:
            raise ValueError("from_s must lie before to_s")
        return self


class Scenario(FileModel):
    """A whole scenario file."""

    schema_version: Literal[1]
    scenario: ScenarioTable
    weather: WeatherTable = Field(default_factory=WeatherTable)
    stretch: list[StretchSpec] = Field(default_factory=list)
    population: list[PopulationSpec] = Field(default_factory=list)
    call: list[CallSpec] = Field(default_factory=list)
    fault: list[FaultSpec] = Field(default_factory=list)
    accept: list[AcceptSpec] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_a_level(self) -> Self:
        if self.scenario.level is None and any(spec.rate_from is not None for spec in self.population):
            raise ValueError("a population with rate_from = 'threat' needs [scenario] level = 'L0' to 'L4'")
        return self

    @property
    def start_ns(self) -> int:
        """When it begins, UTC."""
        return utc_ns(self.scenario.start)

    @property
    def end_ns(self) -> int:
        """When it ends, UTC."""
        return self.start_ns + nanoseconds(self.scenario.duration_s)

    def weather_record(self) -> Weather:
        """The weather as sensors take it."""
        table = self.weather
        return Weather(
            wind_from_rad=float(np.radians(table.wind_from_deg)),
            wind_mps=table.wind_mps,
            rain_mm_h=table.rain_mm_h,
            temperature_c=table.temperature_c,
            humidity_percent=table.humidity_percent,
            aloft=tuple((row.height_agl_m, float(np.radians(row.wind_from_deg)), row.wind_mps) for row in table.aloft),
        )


def load_scenario(path: Path) -> Scenario:
    """The scenario in a TOML file.

    Raises
    ------
    BadInput
        One sentence with file, key, value and what would be right.
    """
    return check(Scenario, read_toml(path), str(path))

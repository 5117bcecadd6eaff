"""The scenario file: what flies in a night, in which weather, and what goes wrong with the wall meanwhile."""

from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import AwareDatetime, Field, field_validator, model_validator
from shapely.geometry import Polygon
from shapely.validation import explain_validity

from dronewall.records.acceptance import AcceptSpec
from dronewall.records.wall import Azimuth, Identifier, Latitude, Longitude, NotNegative, Positive
from dronewall.records.weather import Weather
from dronewall.records.words import LABELS
from dronewall.settings import FileModel, check, read_toml
from dronewall.units import nanoseconds, utc_ns

Interval = tuple[float, float]
ROUTES = ("straight", "terrain-following", "loiter", "field", "drift", "migration", "to-zone:ID")
REMOTE_ID = ("on", "off", "split", "displaced:METRES")


def _ordered(interval: Interval | None) -> Interval | None:
    if interval is not None and interval[0] > interval[1]:
        raise ValueError("an interval is [low, high] with low not above high")
    return interval


class ScenarioTable(FileModel):
    """`[scenario]`."""

    name: str = Field(min_length=1)
    start: AwareDatetime
    duration_s: Annotated[float, Field(gt=0.0, le=14 * 86_400.0)]


class WeatherTable(FileModel):
    """`[weather]`: one weather for the whole night."""

    wind_from_deg: Azimuth = 0.0
    wind_mps: Annotated[float, Field(ge=0.0, le=60.0)] = 0.0
    rain_mm_h: NotNegative = 0.0
    temperature_c: Annotated[float, Field(ge=-50.0, le=50.0)] = 10.0
    humidity_percent: Annotated[float, Field(ge=0.0, le=100.0)] = 70.0


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


class PopulationSpec(FileModel):
    """One `[[population]]`: several things of one kind that behave alike.

    `entry` is a stretch, a zone of the wall, or a polygon; `enter_s` the interval from the start in which they appear.
    `course_deg` bounds the course of `straight`, `terrain-following` and `migration`, clockwise. The keys from
    `inside_m` on belong to `to-zone:ID`: how far behind the border it ends, how far before the border it appears, how
    many turns it makes and of how much each, and which share ends in the zone itself; the others end around it, out to
    `around_m` from the zone's middle and not beyond it.
    """

    label: str
    name: Identifier | None = None
    count: Annotated[int, Field(ge=0, le=100_000)] | None = None
    rate_per_day: NotNegative | None = None
    rate_from: Literal["threat"] | None = None
    entry: str | list[tuple[Longitude, Latitude]]
    route: str
    enter_s: Interval | None = None
    speed_mps: Interval
    height_agl_m: Interval
    course_deg: tuple[Azimuth, Azimuth] | None = None
    remote_id: str = "off"
    adsb: bool = False
    inside_m: Interval = (20_000.0, 60_000.0)
    outside_m: Interval = (6_000.0, 12_000.0)
    turns: tuple[int, int] = (1, 3)
    turn_deg: Interval = (5.0, 25.0)
    share_in_zone: Annotated[float, Field(ge=0.0, le=1.0)] = 0.6
    around_m: Positive = 15_000.0

    @field_validator("label")
    @classmethod
    def _known_label(cls, label: str) -> str:
        if label not in LABELS:
            raise ValueError(f"there is no such label; it is one of: {', '.join(LABELS)}")
        return label

    @field_validator("speed_mps", "height_agl_m", "enter_s", "inside_m", "outside_m", "turn_deg")
    @classmethod
    def _interval(cls, interval: Interval | None) -> Interval | None:
        if interval is not None and interval[0] < 0.0:
            raise ValueError("the interval may not begin below 0")
        return _ordered(interval)

    @field_validator("entry")
    @classmethod
    def _simple(cls, entry: str | list[tuple[float, float]]) -> str | list[tuple[float, float]]:
        if isinstance(entry, list):
            if len(set(entry)) < 3:
                raise ValueError("a polygon needs at least three different (longitude, latitude) corners")
            shape = Polygon(entry)
            if not shape.is_valid:
                raise ValueError(f"the polygon crosses itself ({explain_validity(shape)})")
        return entry

    @field_validator("route")
    @classmethod
    def _known_route(cls, route: str) -> str:
        if route not in ROUTES and not (route.startswith("to-zone:") and len(route) > len("to-zone:")):
            raise ValueError(f"there is no such route; it is one of: {', '.join(ROUTES)}")
        return route

    @field_validator("remote_id")
    @classmethod
    def _known_remote_id(cls, remote_id: str) -> str:
        word, colon, metres = remote_id.partition(":")
        if remote_id in ("on", "off", "split") or (word == "displaced" and colon and metres.isdigit()):
            return remote_id
        raise ValueError(f"it is one of: {', '.join(REMOTE_ID)}")

    @model_validator(mode="after")
    def _one_number(self) -> Self:
        given = [k for k in ("count", "rate_per_day", "rate_from") if getattr(self, k) is not None]
        if len(given) != 1:
            came = " and ".join(given) or "none of them"
            raise ValueError(f"give exactly one of count, rate_per_day, rate_from; came {came}")
        if self.turns[0] < 0 or self.turns[0] > self.turns[1]:
            raise ValueError("turns is [fewest, most], not below 0")
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

    `seconds` is the skew of `clock_skew` and the added delay of `latency`; `per_scan` the false detections that
    `ghosts` adds to a look; `distance_m` and `azimuth_deg` how far and whither `gnss_displacement` moves claims.
    """

    kind: Literal["outage", "clock_skew", "ghosts", "link_cut", "latency", "gnss_displacement"]
    sensor: str
    from_s: NotNegative
    to_s: NotNegative
    seconds: float = 5.0
    per_scan: Annotated[int, Field(ge=1, le=10_000)] = 10
    distance_m: NotNegative = 12_000.0
    azimuth_deg: Azimuth = 0.0

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
        )


def load_scenario(path: Path) -> Scenario:
    """The scenario in a TOML file.

    Raises
    ------
    BadInput
        One sentence with file, key, value and what would be right.
    """
    return check(Scenario, read_toml(path), str(path))

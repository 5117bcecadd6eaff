"""The populations of a scenario file: how many things of one kind fly, where they come from and how they behave."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, field_validator, model_validator
from shapely.geometry import Polygon
from shapely.validation import explain_validity

from dronewall.records.wall import Azimuth, Identifier, Latitude, Longitude, NotNegative, Positive
from dronewall.records.words import LABELS
from dronewall.settings import FileModel

Interval = tuple[float, float]
ROUTES: Final = (
    "straight",
    "terrain-following",
    "dog-leg",
    "loiter",
    "field",
    "drift",
    "migration",
    "to-zone:ID",
)
REMOTE_ID: Final = ("on", "off", "split", "displaced:METRES")
_NUMBERS: Final = ("count", "rate_per_hour", "rate_per_day", "rate_per_week", "rate_from")
_INTERVALS: Final = (
    "speed_mps",
    "height_agl_m",
    "enter_s",
    "lasts_s",
    "climb_mps",
    "radius_m",
    "inside_m",
    "outside_m",
    "turn_deg",
)


def _ordered(interval: Interval | None) -> Interval | None:
    if interval is not None and interval[0] > interval[1]:
        raise ValueError("an interval is [low, high] with low not above high")
    return interval


class PopulationSpec(FileModel):
    """One `[[population]]`: several things of one kind that behave alike.

    How many: `count` in all, or a rate (as a Poisson process), or the scenario's level of the load ladder. `when` asks
    for day or night by the sun where they appear; `rate_per_hour` counts those hours only, the other rates all hours.

    `entry` is a stretch, a zone of the wall, or a polygon; `enter_s` the interval from the start in which they appear;
    `lasts_s` how long they stay in the air (left out: to the end of the night, or until they are far away). `flock_of`
    lets birds come in flocks of so many. `course_deg` bounds the course of `straight`, `terrain-following`,
    `dog-leg` and `migration`, clockwise; `radius_m` the circles of `loiter`; `climb_mps` lets what drifts begin on the
    ground and rise. What drifts goes with the wind at its height and takes no `speed_mps`. The keys from
    `inside_m` on belong to `to-zone:ID`: how far behind the border it ends, how far before the border it appears, how
    many turns it makes and of how much each, and which share ends in the zone itself; the others end around it, out to
    `around_m` from the zone's middle and not beyond it.
    """

    label: str
    name: Identifier | None = None
    count: Annotated[int, Field(ge=0, le=100_000)] | None = None
    rate_per_hour: NotNegative | None = None
    rate_per_day: NotNegative | None = None
    rate_per_week: NotNegative | None = None
    rate_from: Literal["threat"] | None = None
    entry: str | list[tuple[Longitude, Latitude]]
    route: str
    enter_s: Interval | None = None
    when: Literal["always", "day", "night"] = "always"
    lasts_s: Interval | None = None
    flock_of: tuple[int, int] | None = None
    speed_mps: Interval = (0.0, 0.0)
    height_agl_m: Interval
    climb_mps: Interval | None = None
    radius_m: Interval = (300.0, 1_500.0)
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

    @field_validator(*_INTERVALS)
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
        given = [k for k in _NUMBERS if getattr(self, k) is not None]
        if len(given) != 1:
            came = " and ".join(given) or "none of them"
            raise ValueError(f"give exactly one of {', '.join(_NUMBERS)}; came {came}")
        if (self.route == "drift") == ("speed_mps" in self.model_fields_set):
            raise ValueError("speed_mps is given for every route but drift, which goes with the wind")
        if self.flock_of is not None and (self.label != "bird" or not 1 <= self.flock_of[0] <= self.flock_of[1]):
            raise ValueError("flock_of = [fewest, most], at least 1, belongs to label = 'bird'")
        if self.turns[0] < 0 or self.turns[0] > self.turns[1]:
            raise ValueError("turns is [fewest, most], not below 0")
        return self

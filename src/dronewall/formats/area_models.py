"""What GeoJSON, ED-269 and ED-318 say of their objects, as models: members, their words, numbers and limits.

An error that several members make together says at which it stands (`at`, below the object). How a file is judged by
them: `area_rules.py`. Sources: RFC 7946; EUROCAE ED-269 annex 3; ED-318 appendix E; the same as `uas-standards` has it.
"""

import re
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from dronewall.formats.lexical import rfc_3339

CLOCK: Final = re.compile(
    r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?(Z|[-+]([01][0-9]|2[0-3]):[0-5][0-9])"
)
DURATION: Final = r"^P([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?$"
Number = Annotated[float, Field(allow_inf_nan=False)]


def _wrong(said: str, *at: int | str) -> PydanticCustomError:
    """An error of what stands at a place within what is validated."""
    return PydanticCustomError("rule", "{said}", {"said": said, "at": at})


def _on_earth(position: list[float]) -> list[float]:
    for at, name, most in ((0, "longitude", 180.0), (1, "latitude", 90.0)):
        if abs(position[at]) > most:
            raise _wrong(f"{position[at]:g} is no {name} on the earth", at)
    return position


def _either_way(position: list[float]) -> list[float]:
    """ED-269 says latitude first, most states publish longitude first."""
    if max(map(abs, position)) > 180.0 or min(map(abs, position)) > 90.0:
        raise _wrong(f"{position[0]:g}, {position[1]:g} is no place on the earth, whichever comes first")
    return position


def _closed(ring: list[list[float]]) -> list[list[float]]:
    if ring[0] != ring[-1]:
        raise _wrong("its last position is not its first again", len(ring) - 1)
    return ring


def _box(said: list[float]) -> list[float]:
    if len(said) not in (4, 6):
        raise _wrong(f"it has {len(said)} numbers; it takes two positions of 2 or 3 (RFC 7946, 5)")
    half = len(said) // 2
    for at in (0, half):
        _on_earth(said[at : at + half])
    if said[half + 1] < said[1]:
        raise _wrong("its north is south of its south", half + 1)
    return said


def _instant(said: str) -> str:
    if rfc_3339(said) is None:
        raise _wrong(f"{said[:64]!r} is no date and time of RFC 3339, such as 2026-05-07T00:12:03Z")
    return said


def _clock(said: str) -> str:
    if not CLOCK.fullmatch(said):
        raise _wrong(f"{said[:64]!r} is no time of day such as 08:00Z or 08:00:00.00Z")
    return said


Box = Annotated[list[Number], AfterValidator(_box)]
Position = Annotated[list[Number], Field(min_length=2), AfterValidator(_on_earth)]
Line = Annotated[list[Position], Field(min_length=2)]
LinearRing = Annotated[list[Position], Field(min_length=4), AfterValidator(_closed)]
Rings = Annotated[list[LinearRing], Field(min_length=1)]
Instant = Annotated[str, AfterValidator(_instant)]
Text = Annotated[str, Field(min_length=1)]
Long = Annotated[str, Field(max_length=200)]
Duration = Annotated[str, Field(pattern=DURATION)]
Clock = Annotated[str, AfterValidator(_clock)]
Corner = Annotated[list[Number], Field(min_length=2, max_length=2), AfterValidator(_either_way)]
Ring269 = Annotated[list[Corner], Field(min_length=4), AfterValidator(_closed)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")


class _GeoJson(_Strict):
    """What no object may have that is of another kind (RFC 7946, 7.1)."""

    others: ClassVar[tuple[str, ...]] = ()
    bbox: Box | None = None

    @model_validator(mode="after")
    def _of_one_kind(self) -> Self:
        for name in self.others:
            if name in (self.model_extra or {}):
                raise _wrong(f"an object of this type has no {name} (RFC 7946, 7.1)", name)
        return self


class _Layer(_Strict):
    upper: Number
    upperReference: Literal["AGL", "AMSL", "WGS84"]
    lower: Number
    lowerReference: Literal["AGL", "AMSL", "WGS84"]
    uom: Literal["m", "ft"]

    @model_validator(mode="after")
    def _up(self) -> "_Layer":
        if self.upperReference == self.lowerReference and self.upper < self.lower:
            raise _wrong(f"its upper limit {self.upper:g} is below its lower {self.lower:g}", "upper")
        return self


class _Extent(_Strict):
    subType: Literal["Circle"]
    radius: Annotated[Number, Field(gt=0)]


class _Shape(_GeoJson):
    others = ("geometry", "properties", "features", "geometries")
    layer: _Layer | None = None


class _Point(_Shape):
    type: Literal["Point"]
    coordinates: Position
    extent: _Extent | None = None


class _MultiPoint(_Shape):
    type: Literal["MultiPoint"]
    coordinates: list[Position]


class _LineString(_Shape):
    type: Literal["LineString"]
    coordinates: Line


class _MultiLineString(_Shape):
    type: Literal["MultiLineString"]
    coordinates: list[Line]


class _Polygon(_Shape):
    type: Literal["Polygon"]
    coordinates: Rings


class _MultiPolygon(_Shape):
    type: Literal["MultiPolygon"]
    coordinates: list[Rings]


class _Collection(_GeoJson):
    others = ("geometry", "properties", "features", "coordinates")
    type: Literal["GeometryCollection"]
    geometries: "list[Geometry]"


Geometry = Annotated[
    _Point | _MultiPoint | _LineString | _MultiLineString | _Polygon | _MultiPolygon | _Collection,
    Field(discriminator="type"),
]


class Feature(_GeoJson):
    others = ("coordinates", "geometries", "features")
    type: Literal["Feature"]
    geometry: Geometry | None
    properties: dict[str, Any] | None
    id: str | Number | None = None


class _Words(_Strict):
    lang: str
    text: str | None = None


class _Authority(_Strict):
    purpose: Literal["AUTHORIZATION", "NOTIFICATION", "INFORMATION"]
    intervalBefore: Duration | None = None
    name: list[_Words] | None = None
    service: list[_Words] | None = None
    contactName: list[_Words] | None = None
    siteURL: _Words | None = None
    email: _Words | None = None
    phone: _Words | None = None


class _Daily(_Strict):
    day: Annotated[
        list[Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN", "ANY"]], Field(min_length=1, max_length=7)
    ]
    startTime: Clock | None = None
    endTime: Clock | None = None
    startEvent: Literal["BMCT", "SR", "SS", "EECT"] | None = None
    endEvent: Literal["BMCT", "SR", "SS", "EECT"] | None = None


class _Period(_Strict):
    startDateTime: Instant | None = None
    endDateTime: Instant | None = None
    schedule: Annotated[list[_Daily], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _on(self) -> Self:
        start, end = (rfc_3339(said or "") for said in (self.startDateTime, self.endDateTime))
        if start is not None and end is not None and end.time_ns < start.time_ns:
            raise _wrong("it is before startDateTime", "endDateTime")
        return self


_Reason = Literal["AIR_TRAFFIC", "SENSITIVE", "PRIVACY", "POPULATION", "NATURE", "NOISE", "EMERGENCY", "OTHER"]


class _Zone(_Strict):
    identifier: Text
    country: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    name: list[_Words] | None = None
    type: Literal["USPACE", "PROHIBITED", "REQ_AUTHORIZATION", "CONDITIONAL", "NO_RESTRICTION"]
    variant: Literal["COMMON", "CUSTOMIZED"]
    restrictionConditions: str | None = None
    region: int | None = None
    otherReasonInfo: list[_Words] | None = None
    message: list[_Words] | None = None
    reason: list[Literal[_Reason, "DAR"]] | None = None
    regulationExemption: Literal["YES", "NO"] | None = None
    limitedApplicability: list[_Period] | None = None
    zoneAuthority: Annotated[list[_Authority], Field(min_length=1)]


class ZoneFeature(Feature):
    properties: _Zone  # type: ignore[assignment]  # narrower than GeoJSON's
    geometry: Geometry


class _Projection(_Strict):
    type: Literal["Circle", "Polygon"]
    center: Corner | None = None
    radius: Annotated[Number, Field(gt=0)] | None = None
    coordinates: Annotated[list[Ring269], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> "_Projection":
        for name in ("center", "radius") if self.type == "Circle" else ("coordinates",):
            if getattr(self, name) is None:
                raise _wrong(
                    f"a {self.type.lower()} has a {name}" if name != "coordinates" else f"a polygon has {name}", name
                )
        return self


class _Volume(_Strict):
    uomDimensions: Literal["M", "FT"]
    lowerLimit: int | None = None
    lowerVerticalReference: Literal["AGL", "AMSL"]
    upperLimit: int | None = None
    upperVerticalReference: Literal["AGL", "AMSL"]
    horizontalProjection: _Projection

    @model_validator(mode="after")
    def _up(self) -> "_Volume":
        same = self.upperVerticalReference == self.lowerVerticalReference
        if same and self.upperLimit is not None and self.lowerLimit is not None and self.upperLimit < self.lowerLimit:
            raise _wrong(f"its upperLimit {self.upperLimit} is below its lowerLimit {self.lowerLimit}", "upperLimit")
        return self


class _Applicable(_Period):
    permanent: Literal["YES", "NO"]


class _Authority269(_Strict):
    name: Long | None = None
    service: Long | None = None
    contactName: Long | None = None
    phone: Long | None = None
    email: str | None = None
    siteURL: str | None = None
    purpose: Literal["AUTHORIZATION", "NOTIFICATION", "INFORMATION"] | None = None
    intervalBefore: Duration | None = None


class Zone269(_Strict):
    identifier: Annotated[str, Field(min_length=1, max_length=7)]
    country: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    name: Annotated[str, Field(max_length=200)] | None = None
    type: str
    restriction: Literal["PROHIBITED", "REQ_AUTHORISATION", "CONDITIONAL", "NO_RESTRICTION"]
    reason: Annotated[list[Literal[_Reason, "FOREIGN_TERRITORY"]], Field(max_length=9)] | None = None
    otherReasonInfo: Annotated[str, Field(max_length=30)] | None = None
    regulationExemption: Literal["YES", "NO"] | None = None
    message: Annotated[str, Field(max_length=200)] | None = None
    applicability: list[_Applicable]
    restrictionConditions: str | list[str] | None = None
    region: int | None = None
    uSpaceClass: Annotated[str, Field(max_length=100)] | None = None
    zoneAuthority: list[_Authority269]
    geometry: Annotated[list[_Volume], Field(min_length=1)]

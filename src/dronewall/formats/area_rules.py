"""The rules that GeoJSON and files of geographical zones keep or break, feature by feature, each with its field.

    geojson   RFC 7946: types, geometries of whole positions, longitude and latitude on the earth (4), rings of four or
              more positions that close (3.1.6), `properties` an object or null and `geometry` there (3.2), no `crs` (4)
    ed269     mandatory members and their words; identifier of at most 7 signs, country of 3 letters, at most 9 reasons;
              a circle with a radius above 0, rings of four or more corners, an upper limit not below the lower
    ed318     GeoJSON, and each zone's mandatory members and their words; every geometry but a collection may have a
              layer, a point an extent; `metadata` beside the features

The first line of a file judges what stands around the features; then a line for each. Which way round polygons run is
not judged: RFC 7946 asks readers not to refuse it. Sources: RFC 7946; EUROCAE ED-269 annex 3; ED-318 appendix E.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from dronewall.formats.broken import Broken

SHOWN: Final = 200
Number = Annotated[float, Field(allow_inf_nan=False)]


def _on_earth(position: list[float]) -> list[float]:
    if abs(position[0]) > 180.0 or abs(position[1]) > 90.0:
        raise ValueError(f"{position[0]:g}, {position[1]:g} is no longitude and latitude on the earth")
    return position


def _closed(ring: list[list[float]]) -> list[list[float]]:
    if ring[0] != ring[-1]:
        raise ValueError("its last position is not its first again")
    return ring


def _instant(said: str) -> str:
    if datetime.fromisoformat(said).tzinfo is None:
        raise ValueError("it does not say its offset from UTC")
    return said


Position = Annotated[list[Number], Field(min_length=2), AfterValidator(_on_earth)]
Line = Annotated[list[Position], Field(min_length=2)]
LinearRing = Annotated[list[Position], Field(min_length=4), AfterValidator(_closed)]
Rings = Annotated[list[LinearRing], Field(min_length=1)]
Instant = Annotated[str, AfterValidator(_instant)]
Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")


class _Layer(_Strict):
    upper: Number
    upperReference: Literal["AGL", "AMSL", "WGS84"]
    lower: Number
    lowerReference: Literal["AGL", "AMSL", "WGS84"]
    uom: Literal["m", "ft"]

    @model_validator(mode="after")
    def _up(self) -> "_Layer":
        if self.upperReference == self.lowerReference and self.upper < self.lower:
            raise ValueError(f"its upper limit {self.upper:g} is below its lower {self.lower:g}")
        return self


class _Extent(_Strict):
    subType: Literal["Circle"]
    radius: Annotated[Number, Field(gt=0)]


class _Shape(_Strict):
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


class _Collection(_Strict):
    type: Literal["GeometryCollection"]
    geometries: "list[Geometry]"


Geometry = Annotated[
    _Point | _MultiPoint | _LineString | _MultiLineString | _Polygon | _MultiPolygon | _Collection,
    Field(discriminator="type"),
]


class _Feature(_Strict):
    type: Literal["Feature"]
    geometry: Geometry | None
    properties: dict[str, Any] | None
    id: str | float | None = None


class _Words(_Strict):
    lang: str
    text: str | None = None


class _Authority(_Strict):
    purpose: Literal["AUTHORIZATION", "NOTIFICATION", "INFORMATION"]


class _Period(_Strict):
    startDateTime: Instant | None = None
    endDateTime: Instant | None = None


class _Zone(_Strict):
    identifier: Text
    country: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    name: list[_Words] | None = None
    type: Literal["USPACE", "PROHIBITED", "REQ_AUTHORIZATION", "CONDITIONAL", "NO_RESTRICTION"]
    variant: Literal["COMMON", "CUSTOMIZED"]
    reason: (
        list[
            Literal[
                "AIR_TRAFFIC",
                "SENSITIVE",
                "PRIVACY",
                "POPULATION",
                "NATURE",
                "NOISE",
                "EMERGENCY",
                "DAR",
                "OTHER",
            ]
        ]
        | None
    ) = None
    regulationExemption: Literal["YES", "NO"] | None = None
    limitedApplicability: list[_Period] | None = None
    zoneAuthority: Annotated[list[_Authority], Field(min_length=1)]


class _ZoneFeature(_Feature):
    properties: _Zone  # type: ignore[assignment]  # narrower than GeoJSON's
    geometry: Geometry


class _Projection(_Strict):
    type: Literal["Circle", "Polygon"]
    center: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None
    radius: Annotated[Number, Field(gt=0)] | None = None
    coordinates: (
        Annotated[
            list[Annotated[list[Annotated[list[Number], Field(min_length=2, max_length=2)]], Field(min_length=4)]],
            Field(min_length=1),
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def _whole(self) -> "_Projection":
        if self.type == "Circle" and (self.center is None or self.radius is None):
            raise ValueError("a circle has a center and a radius")
        if self.type == "Polygon" and self.coordinates is None:
            raise ValueError("a polygon has coordinates")
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
            raise ValueError(f"its upperLimit {self.upperLimit} is below its lowerLimit {self.lowerLimit}")
        return self


class _Applicable(_Period):
    permanent: Literal["YES", "NO"]


class _Zone269(_Strict):
    identifier: Annotated[str, Field(min_length=1, max_length=7)]
    country: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    name: Annotated[str, Field(max_length=200)] | None = None
    type: str
    restriction: Literal["PROHIBITED", "REQ_AUTHORISATION", "CONDITIONAL", "NO_RESTRICTION"]
    reason: (
        Annotated[
            list[
                Literal[
                    "AIR_TRAFFIC",
                    "SENSITIVE",
                    "PRIVACY",
                    "POPULATION",
                    "NATURE",
                    "NOISE",
                    "FOREIGN_TERRITORY",
                    "EMERGENCY",
                    "OTHER",
                ]
            ],
            Field(max_length=9),
        ]
        | None
    ) = None
    otherReasonInfo: Annotated[str, Field(max_length=30)] | None = None
    regulationExemption: Literal["YES", "NO"] | None = None
    message: Annotated[str, Field(max_length=200)] | None = None
    applicability: list[_Applicable]
    zoneAuthority: list[_Authority]
    geometry: Annotated[list[_Volume], Field(min_length=1)]


RULES: Final[dict[str, TypeAdapter[Any]]] = {
    "ed269": TypeAdapter(_Zone269),
    "ed318": TypeAdapter(_ZoneFeature),
    "geojson": TypeAdapter(_Feature),
}
FOREIGN: Final = re.compile(r"geometry(\.geometries\[\d+\])*\.(layer|extent)\b")
"""What ED-318 adds to a geometry; in plain GeoJSON it is a foreign member, of which RFC 7946 says nothing (6.1)."""
GEOMETRY: Final[TypeAdapter[Any]] = TypeAdapter(Geometry)
GEOMETRIES: Final = (
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
)


def verdicts(name: str, data: bytes) -> Iterator[tuple[str, list[Broken]]]:
    """A file's own verdict, then one for each feature: what it is, and every rule that it breaks."""
    try:
        said = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        yield "file", [Broken(field="", rule="json", said=f"it is no JSON: {str(error)[:120]}")]
        return
    if name == "geojson" and isinstance(said, dict) and said.get("type") in (*GEOMETRIES, "Feature"):
        lone = RULES[name] if said["type"] == "Feature" else GEOMETRY
        yield str(said["type"]).lower(), list(_broken(lone, said, ""))
        return
    features = said.get("features") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(features, list):
        yield "file", [Broken(field="features", rule="mandatory", said="it is an object with a list of features")]
        return
    yield "file", list(_around(name, said))
    for number, feature in enumerate(features):
        broken = list(_broken(RULES[name], feature, f"features[{number}]"))
        yield _kind(feature), broken if name == "ed318" else [one for one in broken if not FOREIGN.search(one.field)]


def _no_number(said: str) -> Any:
    raise ValueError(f"{said} is no number of JSON")


def _around(name: str, said: dict[str, Any]) -> Iterator[Broken]:
    if name != "ed269" and said.get("type") != "FeatureCollection":
        yield Broken(field="type", rule="value", said=f"{str(said.get('type'))[:SHOWN]!r} is not FeatureCollection")
    if name != "ed269" and "crs" in said:
        yield Broken(field="crs", rule="value", said="RFC 7946 has WGS 84 alone and no crs")
    if name == "ed318" and not isinstance(said.get("metadata"), dict):
        yield Broken(field="metadata", rule="mandatory", said="it is mandatory and not there")


def _kind(feature: Any) -> str:
    named = feature.get("properties") if isinstance(feature, dict) and "properties" in feature else feature
    identifier = named.get("identifier") if isinstance(named, dict) else None
    return f"zone {identifier}"[:SHOWN] if isinstance(identifier, str) else "feature"


def _broken(rules: TypeAdapter[Any], said: Any, where: str) -> Iterator[Broken]:
    try:
        rules.validate_python(said)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in _fields(said, one["loc"]))
            rule = "mandatory" if one["type"] == "missing" else "value"
            text = "it is mandatory and not there" if rule == "mandatory" else one["msg"].removeprefix("Value error, ")
            yield Broken(field=f"{where}{path}".removeprefix("."), rule=rule, said=text[:SHOWN])


def _fields(said: Any, location: tuple[int | str, ...]) -> Iterator[int | str]:
    """A location without the names of the alternatives that pydantic tried, which stand in no file."""
    for at, part in enumerate(location):
        there = said[part] if isinstance(said, dict) and part in said else None
        if isinstance(part, int):
            there = said[part] if isinstance(said, list) and part < len(said) else None
        elif there is None and (at < len(location) - 1 or part in GEOMETRIES):
            continue
        yield part
        said = there

"""The release rules of one nation: which partner may see which field of what, where, and in which pictures.

What no `[[rule]]` releases is withheld. What a `[[withhold]]` names is withheld though a rule releases it. There is no
other way for a field to leave: a new field of the program is withheld until somebody writes its word into a rule.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator
from shapely.geometry import Polygon

from dronewall.errors import BadInput
from dronewall.records.wall import Identifier, Latitude, Longitude
from dronewall.records.words import LABELS
from dronewall.settings import FileModel, check, read_toml

TRACK_FIELDS: Final[Mapping[str, str]] = {
    "position_exact": "where it is, as exactly as we know",
    "position_rounded": "where it is, as the middle of a square of round_to_m",
    "position_stretch": "over which of our stretches it is, no more",
    "height": "how high it is; by 100 m where the position is not exact",
    "velocity": "how fast and where to; by 10 m/s and 45 degrees where the position is not exact",
    "accuracy": "how well we know it: the covariance and the probability that it exists",
    "label": "what it seems to be, and how probably",
    "identity": "who it says that it is, and whether anything contradicts that",
    "sensors": "ids of our sensors that saw it",
    "sensor_places": "where those sensors stand",
    "detections": "how many detections are behind it and, with sensors, the numbers of the latest rows",
    "times": "when it was seen first and last, and confirmed",
}
"""Words of a rule with `what = "tracks"`. A track's own id, its status and the message's time go with any of them."""

ALERT_FIELDS: Final[Mapping[str, str]] = {
    "level": "how strong the evidence is",
    "area_exact": "the area that was warned",
    "area_stretch": "which of our stretches the area touches, no more",
    "texts": "the headlines and texts that went to the people, by language; they name places",
    "people": "how many people are in the area",
    "times": "when it was drafted, approved and expires",
    "tracks": "ids of the tracks behind it, of those that the partner sees anyway",
}
"""Words of a rule with `what = "alerts"`. An alert's own id, its revision, what it is (alert, update, cancel,
all-clear) and whether it is an exercise go with any of them. Only an alert that a person approved is ever released."""

FIELDS: Final[Mapping[str, Mapping[str, str]]] = {"tracks": TRACK_FIELDS, "alerts": ALERT_FIELDS}
EVERYWHERE: Final = "everywhere"
EXACT_ONLY: Final = ("accuracy", "sensor_places", "detections")
"""Words that tell the exact place by themselves: a covariance points back at the sensors, a row gives the range."""

Nation = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Picture = Literal["exercise", "real"]


class AreaSpec(FileModel):
    """One `[[area]]` that rules name, or one `[[stretch]]` that a position may be given as."""

    id: Identifier
    polygon: list[tuple[Longitude, Latitude]]

    @model_validator(mode="after")
    def _simple(self) -> Self:
        if len(set(self.polygon)) < 3 or not Polygon(self.polygon).is_valid:
            raise ValueError(f"'{self.id}' needs three or more different corners whose edges do not cross")
        return self


class Rule(FileModel):
    """One `[[rule]]`: a partner may see these fields of tracks or alerts in these zones and pictures."""

    id: Identifier
    partner: Nation
    what: Literal["tracks", "alerts"]
    zones: list[str] = Field(min_length=1)
    labels: list[str] = Field(default_factory=list)
    pictures: list[Picture] = Field(default=["exercise"], min_length=1)
    fields: list[str] = Field(min_length=1)
    round_to_m: Annotated[float, Field(ge=100.0, le=100_000.0)] | None = None
    every_s: Annotated[float, Field(ge=0.2, le=3_600.0)] = 1.0
    why: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _known(self.fields, FIELDS[self.what], f"field of {self.what}")
        _known(self.labels, LABELS, "label")
        if self.what == "alerts" and self.labels:
            raise ValueError("labels are of tracks; a rule on alerts has none")
        rounded = "position_rounded" in self.fields
        if rounded != (self.round_to_m is not None):
            raise ValueError("round_to_m and the field position_rounded belong together; give both or neither")
        told = [word for word in EXACT_ONLY if word in self.fields]
        if told and "position_exact" not in self.fields:
            raise ValueError(
                f"{' and '.join(told)} would tell the exact place; add position_exact, or take {told[0]} out"
            )
        if "sensor_places" in self.fields and "sensors" not in self.fields:
            raise ValueError("sensor_places says where the sensors stand, and needs the field sensors")
        return self


class Withhold(FileModel):
    """One `[[withhold]]`: no rule releases these fields there. Left out: every field, every partner."""

    id: Identifier
    partners: list[Nation] = Field(default_factory=list)
    what: Literal["tracks", "alerts"]
    zones: list[str] = Field(min_length=1)
    labels: list[str] = Field(default_factory=list)
    fields: list[str] = Field(default_factory=list)
    why: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _known(self.fields, FIELDS[self.what], f"field of {self.what}")
        _known(self.labels, LABELS, "label")
        if self.what == "alerts" and self.labels:
            raise ValueError("labels are of tracks; a [[withhold]] on alerts has none")
        return self


class ReleaseTable(FileModel):
    """`[release]`: whose data these are, and who decided."""

    nation: Nation
    approved_by: str = Field(min_length=1)
    approved_on: date
    basis: str = ""


class Rules(FileModel):
    """A whole rule file, `release.toml`."""

    schema_version: Literal[1]
    release: ReleaseTable
    area: list[AreaSpec] = Field(default_factory=list)
    stretch: list[AreaSpec] = Field(default_factory=list)
    rule: list[Rule] = Field(default_factory=list)
    withhold: list[Withhold] = Field(default_factory=list)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for word, ids in (
            ("area or stretch", [item.id for item in (*self.area, *self.stretch)]),
            ("rule or withhold", [rule.id for rule in self.rule] + [one.id for one in self.withhold]),
        ):
            twice = sorted({name for name in ids if ids.count(name) > 1})
            if twice:
                raise ValueError(f"two of {word} have the id '{twice[0]}'; give each its own")
        if any(area.id == EVERYWHERE for area in (*self.area, *self.stretch)):
            raise ValueError(f"'{EVERYWHERE}' means every place; call the area otherwise")
        for rule in self.rule:
            if rule.partner == self.release.nation:
                raise ValueError(f"rule {rule.id}: {rule.partner} is this nation itself, not a partner")
            if {"position_stretch", "area_stretch"} & set(rule.fields) and not self.stretch:
                raise ValueError(f"rule {rule.id} gives a stretch, and the file has no [[stretch]]")
        return self

    @property
    def partners(self) -> tuple[str, ...]:
        """Every partner that a rule names, sorted."""
        return tuple(sorted({rule.partner for rule in self.rule}))

    def polygons(self, zones: Mapping[str, Iterable[tuple[float, float]]] | None = None) -> dict[str, Polygon]:
        """Areas by id: those of this file and, where given, the wall's zones."""
        named = {name: list(polygon) for name, polygon in (zones or {}).items()}
        named |= {area.id: area.polygon for area in (*self.area, *self.stretch)}
        return {name: Polygon(polygon) for name, polygon in named.items()}


def _known(words: Iterable[str], known: Iterable[str], kind: str) -> None:
    for word in words:
        if word not in known:
            raise ValueError(f"'{word}' is no {kind}; it may be: {', '.join(known)}")


def load_rules(file: Path, *, zones: Mapping[str, Any] | None = None) -> Rules:
    """The rules in a TOML file. With `zones` (those of a wall, by id) each rule's zones are looked up.

    Raises
    ------
    BadInput
        One sentence with file, key, value and what would be right.
    """
    data = read_toml(file)
    rules = check(Rules, data, str(file))
    if zones is not None:
        check_zones(rules, zones, str(file))
    return rules


def check_zones(rules: Rules, zones: Iterable[str], file: str) -> None:
    """Refuse a rule that names a zone which neither this file nor the wall has.

    Raises
    ------
    BadInput
        A rule that meant a place and matches none would withhold, or fail to withhold, without a word.
    """
    known = {EVERYWHERE, *zones, *(area.id for area in (*rules.area, *rules.stretch))}
    for kind, items in (("rule", rules.rule), ("withhold", rules.withhold)):
        for item in items:
            for zone in item.zones:
                if zone not in known:
                    raise BadInput(
                        f"{file}: {kind} {item.id}: zones names '{zone}', which is no area of this file and no zone of "
                        f"the wall; there are: {', '.join(sorted(known))}",
                        file=file,
                        key=f"{kind}.zones",
                    )

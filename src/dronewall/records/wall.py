"""The wall file: where the sensors stand, what they are, which zones matter and whom to tell."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from shapely.geometry import Polygon
from shapely.validation import explain_validity

from dronewall.settings import FileModel, check, read_toml

Latitude = Annotated[float, Field(ge=-90.0, le=90.0)]
Longitude = Annotated[float, Field(ge=-180.0, le=180.0)]
Azimuth = Annotated[float, Field(ge=0.0, le=360.0)]
Positive = Annotated[float, Field(gt=0.0)]
NotNegative = Annotated[float, Field(ge=0.0)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]


class WallTable(FileModel):
    """`[wall]`."""

    name: str = Field(min_length=1)
    terrain: str | None = None
    exercise: bool = True
    invented_sites: bool = False


class SensorSpec(FileModel):
    """One `[[sensor]]`. What is None is taken from the model's catalogue row, or is not measured."""

    id: Identifier
    kind: str
    model: str | None = None
    nation: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    latitude_deg: Latitude
    longitude_deg: Longitude
    height_agl_m: float = 0.0
    min_range_m: NotNegative | None = None
    max_range_m: Positive | None = None
    p_detect: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    clutter_per_scan: NotNegative | None = None
    scan_period_s: Positive | None = None
    scan_offset_s: float | None = None
    latency_s: NotNegative | None = None
    azimuth_from_deg: Azimuth | None = None
    azimuth_to_deg: Azimuth | None = None
    range_sd_m: Positive | None = None
    azimuth_sd_deg: Positive | None = None
    elevation_sd_deg: Positive | None = None
    range_rate_sd_mps: Positive | None = None
    position_sd_m: Positive | None = None
    altitude_sd_m: Positive | None = None
    time_sd_s: Positive | None = None
    reference_rcs_dbsm: float | None = None


class ZoneSpec(FileModel):
    """One `[[zone]]`."""

    id: Identifier
    kind: Literal["protected", "airport", "authorised", "quiet"]
    polygon: list[tuple[Longitude, Latitude]]
    floor_m: float | None = None
    ceiling_m: float | None = None
    people: Annotated[int, Field(ge=0)] | None = None

    @field_validator("polygon")
    @classmethod
    def _simple(cls, polygon: list[tuple[float, float]]) -> list[tuple[float, float]]:
        if len(set(polygon)) < 3:
            raise ValueError("a zone needs at least three different (longitude, latitude) corners")
        shape = Polygon(polygon)
        if not shape.is_valid:
            raise ValueError(f"the zone crosses itself ({explain_validity(shape)}); its edges may not cross")
        return polygon


class AuthoritySpec(FileModel):
    """One `[[authority]]`: who is told, in which languages, for which zones, over which output."""

    id: Identifier
    languages: list[str] = Field(min_length=1)
    zones: list[str] = Field(default_factory=list)
    output: str | None = None
    escalate_after_s: Positive = 120.0
    deputy: str | None = None


class FeedSpec(FileModel):
    """One `[[feed]]`: bytes that come in for one sensor."""

    sensor: str
    uri: str
    format: str
    options: dict[str, Any] = Field(default_factory=dict)


class OutputSpec(FileModel):
    """One `[[output]]`: where the picture or the alerts go. An exercise wall takes only `exercise+...` addresses."""

    id: Identifier
    uri: str
    format: str
    release_to: list[str] = Field(default_factory=list)


Nation = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
HostPort = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+:[0-9]{1,5}$")]


class HubSpec(FileModel):
    """`[share.hub]`: a nats-server that several nations dial, as `dronewall share hub` writes it down."""

    address: HostPort
    certificate: str


class PartnerSpec(FileModel):
    """One `[[share.partner]]`: another nation's node. Without an `address` it is they who dial; with `hub` both dial
    the hub.

    `certificate` is the one that the nation gave us, and pins it; with `[share] authority` there is none.
    """

    nation: Nation
    certificate: str | None = None
    address: HostPort | None = None
    hub: bool = False


class ShareSpec(FileModel):
    """`[share]`: this node among those of other nations. Paths are relative to the wall file.

    `authority` is the certificate of who vouches for all partners; left out, each partner's own is pinned. `revoked` is
    its list of certificates that it took back.
    """

    nation: Nation
    rules: str
    certificate: str
    key: str
    authority: str | None = None
    revoked: str | None = None
    listen: HostPort | None = None
    hub: HubSpec | None = None
    partner: list[PartnerSpec] = Field(min_length=1)

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        nations = [partner.nation for partner in self.partner]
        if self.revoked is not None and self.authority is None:
            raise ValueError("revoked is an authority's list, and [share] has no authority; take the partner out")
        for partner in self.partner:
            if partner.nation == self.nation or nations.count(partner.nation) > 1:
                raise ValueError(f"[[share.partner]] {partner.nation}: a partner is another nation, and named once")
            if partner.hub and (self.hub is None or partner.address is not None):
                raise ValueError(
                    f"[[share.partner]] {partner.nation} has hub = true: that takes a [share.hub], and no address"
                )
            if partner.address is None and self.listen is None and not partner.hub:
                raise ValueError(
                    f"[[share.partner]] {partner.nation} has no address, so it must dial us, and [share] has no listen"
                )
            if (self.authority is None) == (partner.certificate is None):
                raise ValueError(
                    f"[[share.partner]] {partner.nation} needs a certificate, or [share] an authority for all; not "
                    "both: whoever an authority signs for could come in as a nation that is pinned"
                )
        if self.hub is not None and not any(partner.hub for partner in self.partner):
            raise ValueError("[share.hub] is there, and no [[share.partner]] has hub = true")
        return self


class Wall(FileModel):
    """A whole wall file."""

    schema_version: Literal[1]
    wall: WallTable
    sensor: list[SensorSpec] = Field(default_factory=list)
    zone: list[ZoneSpec] = Field(default_factory=list)
    authority: list[AuthoritySpec] = Field(default_factory=list)
    feed: list[FeedSpec] = Field(default_factory=list)
    output: list[OutputSpec] = Field(default_factory=list)
    share: ShareSpec | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for word, items in (
            ("sensor", self.sensor),
            ("zone", self.zone),
            ("authority", self.authority),
            ("output", self.output),
        ):
            seen: set[str] = set()
            for item in items:
                if item.id in seen:
                    raise ValueError(f"two [[{word}]] have the id '{item.id}'; give each its own")
                seen.add(item.id)
        self._known("authority", "zones", [(a.id, z) for a in self.authority for z in a.zones], self.zone)
        self._known("authority", "output", [(a.id, a.output) for a in self.authority if a.output], self.output)
        self._known("feed", "sensor", [(f.uri, f.sensor) for f in self.feed], self.sensor)
        for output in self.output:
            practice = output.uri.startswith("exercise+")
            if self.wall.exercise and not practice:
                raise ValueError(
                    f"[[output]] {output.id}: uri = '{output.uri}' is a live address and the wall is an exercise; "
                    f"use 'exercise+{output.uri}', or say exercise = false in [wall]"
                )
            if practice and not self.wall.exercise:
                raise ValueError(
                    f"[[output]] {output.id}: uri = '{output.uri}' is an exercise address and the wall is live"
                )
        return self

    @staticmethod
    def _known(table: str, key: str, used: list[tuple[str, str]], items: list[Any]) -> None:
        known = sorted(item.id for item in items)
        for owner, name in used:
            if name not in known:
                raise ValueError(
                    f"[[{table}]] {owner}: {key} names '{name}', which is not in this wall; "
                    f"it has: {', '.join(known) or 'none'}"
                )

    @property
    def exercise(self) -> bool:
        """Whether everything that leaves this wall is an exercise."""
        return self.wall.exercise


def load_wall(path: Path) -> Wall:
    """The wall in a TOML file, or in a recording's folder.

    Sensor kinds and the keys that each takes are checked against the table of `dronewall.sensors` when the sensors
    are built (`dronewall.sensors.build_sensors`).

    Raises
    ------
    BadInput
        One sentence with file, key, value and what would be right.
    """
    file = path / "wall.toml" if path.is_dir() else path
    data = read_toml(file)
    return check(Wall, data, str(file))

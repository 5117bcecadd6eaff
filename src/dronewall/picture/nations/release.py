"""From what we know to what one partner may see: a message is built up from the fields that the rules release.

Nothing is ever taken out of a message, because nothing is in it that was not put in by name. Where a position is
rounded, so is all that would tell it again: height, speed, course and the time of the message.
"""

import base64
import hashlib
import hmac
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import shapely
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from dronewall.picture.nations.facts import AlertFacts, TrackFacts
from dronewall.picture.nations.messages import IDENTITY, SharedAlert, SharedTrack
from dronewall.records.release import EVERYWHERE, EXACT_ONLY, FIELDS, Rule, Rules, Withhold
from dronewall.units import SECOND_NS

METRES_PER_DEGREE: Final = 111_320.0
SPEED_STEP_MPS: Final = 10.0
HEIGHT_STEP_M: Final = 100.0
NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one partner may see of one thing: words of the rules, the square of a rounded position, how often."""

    fields: frozenset[str] = NOTHING
    round_to_m: float = 0.0
    every_ns: int = SECOND_NS
    rules: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.fields)


EVERYTHING: Final = Grant(fields=frozenset(FIELDS["tracks"]) - {"position_rounded", "detections"})


class Releaser:
    """Applies the rules of one nation.

    Parameters
    ----------
    zones : mapping of id -> (longitude, latitude) corners
        Those of the wall; the rule file's own areas come on top.
    secret : bytes
        Makes ids that tell nothing: a track's own number says how many there were.
    exercise : bool
        Whether our picture is an exercise.
    """

    def __init__(
        self,
        rules: Rules,
        *,
        zones: Mapping[str, Iterable[tuple[float, float]]] | None = None,
        secret: bytes,
        exercise: bool,
    ) -> None:
        self.rules, self._secret, self._exercise = rules, secret, exercise
        self._ids: dict[str, str] = {}
        self._areas = rules.polygons(zones)
        for area in self._areas.values():
            shapely.prepare(area)
        self._stretches = {stretch.id: self._areas[stretch.id] for stretch in rules.stretch}
        picture = "exercise" if exercise else "real"
        self._rules: dict[tuple[str, str], list[Rule]] = {}
        for rule in rules.rule:
            if picture in rule.pictures:
                self._rules.setdefault((rule.partner, rule.what), []).append(rule)

    def shared_id(self, name: str) -> str:
        """The id under which partners know a track or an alert of ours: the same for all of them."""
        known = self._ids.get(name)
        if known is None:
            digest = hmac.new(self._secret, name.encode(), hashlib.sha256).digest()
            known = self._ids[name] = f"{self.rules.release.nation}-{base64.b32encode(digest)[:10].decode()}"
        return known

    # ------------------------------------------------------------------ what may be seen

    def grant_track(self, partner: str, facts: TrackFacts) -> Grant:
        """What a partner may see of a track that is there and looks like that."""
        return self._grant(partner, "tracks", Point(facts.longitude_deg, facts.latitude_deg), facts.label)

    def grant_alert(self, partner: str, facts: AlertFacts) -> Grant:
        """What a partner may see of an alert for that area."""
        rings = [Polygon(ring) for ring in facts.area if len(ring) >= 3]
        area = shapely.union_all([ring if ring.is_valid else ring.buffer(0) for ring in rings])
        return self._grant(partner, "alerts", area, None)

    def _grant(self, partner: str, what: str, place: BaseGeometry, label: str | None) -> Grant:
        rules = self._rules.get((partner, what), ())
        matching = [rule for rule in rules if self._matches(rule.zones, rule.labels, place, label)]
        if not matching:
            return Grant()
        fields = {word for rule in matching for word in rule.fields}
        for withhold in self.rules.withhold:
            fields -= self._withheld(withhold, partner, what, place, label)
        if what == "tracks" and "position_exact" not in fields:
            fields -= set(EXACT_ONLY)
        if "sensors" not in fields:
            fields.discard("sensor_places")
        return Grant(
            fields=frozenset(fields),
            round_to_m=min((rule.round_to_m for rule in matching if rule.round_to_m is not None), default=0.0),
            every_ns=min(round(rule.every_s * SECOND_NS) for rule in matching),
            rules=tuple(rule.id for rule in matching),
        )

    def _withheld(self, one: Withhold, partner: str, what: str, place: BaseGeometry, label: str | None) -> set[str]:
        if one.what != what or (one.partners and partner not in one.partners):
            return set()
        if not self._matches(one.zones, one.labels, place, label):
            return set()
        return set(one.fields or FIELDS[what])

    def _matches(self, zones: list[str], labels: list[str], place: BaseGeometry, label: str | None) -> bool:
        if labels and label not in labels:
            return False
        return any(zone == EVERYWHERE or self._areas[zone].intersects(place) for zone in zones)

    # ------------------------------------------------------------------ what is sent

    def full(self, facts: TrackFacts) -> SharedTrack:
        """A track of ours as we know it, for ourselves: it never leaves this node."""
        message = self.track(self.rules.release.nation, facts, EVERYTHING)
        assert message is not None
        return message

    def track(self, partner: str, facts: TrackFacts, grant: Grant | None = None) -> SharedTrack | None:
        """The message about a track, or None where the rules release nothing of it."""
        grant = self.grant_track(partner, facts) if grant is None else grant
        if not grant:
            return None
        fields, exact = grant.fields, "position_exact" in grant.fields
        time_ns = facts.time_ns if exact else facts.time_ns // grant.every_ns * grant.every_ns
        said: dict[str, Any] = {"id": self.shared_id(facts.track), "time_ns": time_ns, "status": facts.status}
        if exact:
            said["latitude_deg"] = round(facts.latitude_deg, 7)
            said["longitude_deg"] = round(facts.longitude_deg, 7)
        elif "position_rounded" in fields:
            latitude, longitude = rounded(facts.latitude_deg, facts.longitude_deg, grant.round_to_m)
            said |= {"latitude_deg": latitude, "longitude_deg": longitude, "grid_m": grant.round_to_m}
        if "position_stretch" in fields:
            said["stretch"] = self._stretch(facts)
        if "height" in fields:
            said["altitude_hae_m"] = _height(facts.altitude_hae_m, exact)
        if "velocity" in fields:
            said["velocity_mps"] = _velocity(facts.velocity_mps, exact)
        if "accuracy" in fields:
            said["covariance"] = tuple(float(f"{value:.6g}") for value in facts.covariance)
            said["p_exists"] = round(min(max(facts.p_exists, 0.0), 1.0), 4)
        if "label" in fields:
            said["label"] = facts.label
            said["label_probability"] = None if facts.label_probability is None else round(facts.label_probability, 3)
        if "identity" in fields:
            named = facts.identity is not None and re.match(IDENTITY, facts.identity)
            said |= {"identity": facts.identity if named else None, "identity_status": facts.identity_status}
        if "sensors" in fields:
            said["sensors"] = list(facts.sensors)
        if "sensor_places" in fields:
            said["sensor_places"] = list(facts.sensor_places)
        if "detections" in fields:
            said["detections"] = facts.detections
            if "sensors" in fields:  # a row names its sensor
                said["rows"] = list(facts.rows)
        if "times" in fields:
            for word in ("first_ns", "last_ns", "confirmed_ns"):
                seen_ns = int(getattr(facts, word))
                said[word] = seen_ns if exact else seen_ns // grant.every_ns * grant.every_ns
        return SharedTrack(**said)

    def alert(self, partner: str, facts: AlertFacts, seen: frozenset[str]) -> SharedAlert | None:
        """The message about an alert, or None. `seen` are shared ids of tracks that the partner has been told of."""
        grant = self.grant_alert(partner, facts)
        if not grant:
            return None
        fields = grant.fields
        said: dict[str, Any] = {
            "id": self.shared_id(facts.alert),
            "revision": facts.revision,
            "message": facts.message,
            "exercise": facts.exercise,
        }
        if "level" in fields:
            said["level"] = facts.level
        if "area_exact" in fields:
            said["area"] = [list(ring) for ring in facts.area if len(ring) >= 3]
        if "area_stretch" in fields:
            rings = [Polygon(ring) for ring in facts.area if len(ring) >= 3]
            said["stretches"] = [
                name for name, area in self._stretches.items() if any(area.intersects(ring) for ring in rings)
            ]
        if "texts" in fields:
            said |= {"headlines": dict(facts.headlines), "texts": dict(facts.texts)}
        if "people" in fields:
            said["people"] = facts.people
        if "times" in fields:
            for word in ("drafted_ns", "approved_ns", "expires_ns"):
                said[word] = getattr(facts, word)
        if "tracks" in fields:
            said["tracks"] = [name for name in map(self.shared_id, facts.tracks) if name in seen]
        return SharedAlert(**said)

    def _stretch(self, facts: TrackFacts) -> str | None:
        place = Point(facts.longitude_deg, facts.latitude_deg)
        return next((name for name, area in self._stretches.items() if area.intersects(place)), None)


def rounded(latitude_deg: float, longitude_deg: float, step_m: float) -> tuple[float, float]:
    """The middle of the square of a fixed grid in which a place lies: asking often tells no more than asking once."""
    step = step_m / METRES_PER_DEGREE
    latitude = (math.floor(latitude_deg / step) + 0.5) * step
    across = step / max(math.cos(math.radians(latitude)), 0.01)
    longitude = (math.floor(longitude_deg / across) + 0.5) * across
    return round(min(max(latitude, -90.0), 90.0), 6), round(min(max(longitude, -180.0), 180.0), 6)


def _height(altitude_m: float | None, exact: bool) -> float | None:
    if altitude_m is None:
        return None
    altitude_m = min(max(altitude_m, -1_000.0), 100_000.0)
    return round(altitude_m, 1) if exact else round(altitude_m / HEIGHT_STEP_M) * HEIGHT_STEP_M


def _velocity(velocity_mps: tuple[float, float, float], exact: bool) -> tuple[float, float, float | None]:
    east, north, up = velocity_mps
    if exact:
        return round(east, 3), round(north, 3), round(up, 3)
    speed = round(math.hypot(east, north) / SPEED_STEP_MPS) * SPEED_STEP_MPS
    course = round(math.atan2(east, north) / (math.pi / 4)) * (math.pi / 4)
    return round(speed * math.sin(course), 2) + 0.0, round(speed * math.cos(course), 2) + 0.0, None

"""Cases that one warning covers, and when its area is drawn anew.

An area changes only when evidence does: a new detection that turned, sharpened or moved the course, a new thing, one
that turned out harmless. While nothing comes in, a lost thing is still where it can be, and the area stands.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from dronewall.picture.area import Aim, Area, AreaSettings, Ground, Mover, Outlook
from dronewall.picture.case import CALL, PRESENCE, TRACK, Case, restored
from dronewall.picture.plane import Plane
from dronewall.picture.rules import RuleSettings
from dronewall.records.alert import Level
from dronewall.units import SECOND_NS, nanoseconds

JOINED_KM2: Final = 650.0
"""Things share a warning while its area stays below this; beyond, two small ones are better than one large."""
JOINED_P: Final = 0.86
"""... and holds so much of where they can come down."""
HELD: Final = 0.87
"""A thing so much of whose outlook lies inside a warning's area joins it without a change of the area."""
STILL_HELD: Final = 0.82
STILL_HELD_SENT: Final = 0.75
SHRUNK: Final = 0.88
SHRUNK_SENT: Final = 0.4
"""A drawn area stands while it still holds so much of where its things can come down, unless so small a share of it
would do. What has been approved stands more firmly: each update asks people to read and an operator to decide."""
DRAFT_PAUSE_NS: Final = 10 * SECOND_NS
SENT_PAUSE_NS: Final = 120 * SECOND_NS
"""How long an area stands at least, as a draft and once approved."""
VAGUE_M: Final = 1_000.0
VAGUE_RAD: Final = math.radians(15.0)
"""A place and a course no better than this, and worse than before, are no news of a thing."""
SETTLING_NS: Final = 300 * SECOND_NS
"""After its last plausible arrival a thing is waited for so long before an all-clear is proposed."""
EARSHOT_M: Final = 3_000.0
STRAYS: Final = 0.5
"""A thing that was last seen some time ago may be off its straight way by this share of it, and is heard this far."""
SLOWEST: Final = 0.8
"""A thing may be so much slower on average than it was last seen."""


@dataclass(slots=True, kw_only=True)
class Group:
    """One warning's cases and area. Lives inside the desk.

    `drawn` and `drawn_level` are what the area was last drawn for. `muted`: a person cancelled its draft, and only a
    higher level than then brings it back. `away`: its things turned away. `closed`: over.
    """

    group: str
    cases: dict[str, Case]
    drawn: dict[str, Mover]
    drawn_level: int
    area: Area
    drawn_ns: int
    alerts: list[str]
    muted: bool = False
    muted_level: int = 0
    closed: bool = False
    away: bool = False

    @property
    def level(self) -> Level:
        """The highest that any case carries."""
        return max((case.level for case in self.cases.values()), default=Level.INFORMATION)

    def drawn_case(self, case: Case) -> Case:
        """Take a case as one that the drawn area holds already."""
        self.drawn[case.source] = case.mover
        return case

    def ends_ns(self) -> int:
        """When the last of its things must have come down, left or run dry, as far as the range limit goes."""
        return max((lapse_ns(case, self.area.reach_m) for case in self.cases.values()), default=self.drawn_ns)

    def saved(self) -> dict[str, Any]:
        """For a snapshot."""
        return {
            "group": self.group,
            "cases": [case.saved() for case in self.cases.values()],
            "drawn": {source: _mover_saved(mover) for source, mover in self.drawn.items()},
            "drawn_level": self.drawn_level,
            "area": area_saved(self.area),
            "drawn_ns": self.drawn_ns,
            "alerts": list(self.alerts),
            "muted": self.muted,
            "muted_level": self.muted_level,
            "closed": self.closed,
            "away": self.away,
        }


def group_restored(saved: Mapping[str, Any]) -> Group:
    """The group of a snapshot."""
    cases = [restored(case) for case in saved["cases"]]
    return Group(
        group=saved["group"],
        cases={case.source: case for case in cases},
        drawn={source: Mover(**mover) for source, mover in saved["drawn"].items()},
        drawn_level=saved["drawn_level"],
        area=area_restored(saved["area"]),
        drawn_ns=saved["drawn_ns"],
        alerts=list(saved["alerts"]),
        muted=saved["muted"],
        muted_level=saved["muted_level"],
        closed=saved["closed"],
        away=saved["away"],
    )


def lapse_ns(case: Case, reach_m: float) -> int:
    """When a thing that was last heard of then has flown to its range limit, with slack."""
    flight_s = reach_m / max(SLOWEST * case.mover.speed_mps, 1.0)
    return case.made_ns + nanoseconds(min(flight_s, 2_700.0)) + SETTLING_NS


def settings_for(cases: Sequence[Case], area: AreaSettings, rules: RuleSettings) -> AreaSettings:
    """The area's settings: what was only heard or called in gets no larger an area than its weight deserves."""
    kinds = {case.kind for case in cases}
    if TRACK in kinds:
        return area
    limit = rules.presence_limit_km2 if PRESENCE in kinds else rules.call_limit_km2
    return replace(area, limit_km2=min(limit, area.limit_km2))


def outlook(cases: Sequence[Case], grounds: Sequence[Ground], area: AreaSettings, rules: RuleSettings) -> Outlook:
    """Where these things can come down."""
    return Outlook([case.mover for case in cases], grounds, settings_for(cases, area, rules))


def same_thing(old: Case, new: Case) -> bool:
    """Whether a track or presence is what an earlier presence heard: near enough to have flown there."""
    if old.kind != PRESENCE or new.kind == CALL or old.source == new.source:
        return False
    if set(old.sensors) & set(new.sensors):
        return True
    apart_m = distance_m(old.mover, new.mover)
    slack_m = 2.0 * (old.mover.place_sd_m + new.mover.place_sd_m)
    apart_s = abs(new.made_ns - old.made_ns) / SECOND_NS
    return apart_m <= slack_m + 1.3 * max(old.mover.speed_mps, new.mover.speed_mps) * apart_s and apart_s <= 180.0


def another(known: Iterable[Case], new: Case) -> bool:
    """Whether what one node heard can be none of the things that are known: all were too far away then.

    A call may be about any of them.
    """
    return new.kind == PRESENCE and all(_out_of_earshot(case, new) for case in known if case.kind != CALL)


def _out_of_earshot(known: Case, heard: Case) -> bool:
    mover = known.mover
    plane = Plane.at(heard.mover.latitude_rad, heard.mover.longitude_rad)
    east, north = plane.xy_m(*_lonlat(mover))[0]
    since_s = (heard.made_ns - known.made_ns) / SECOND_NS
    way_m = mover.speed_mps * since_s if math.isfinite(mover.course_sd_rad) else 0.0
    apart_m = math.hypot(east + way_m * math.sin(mover.course_rad), north + way_m * math.cos(mover.course_rad))
    strayed_m = STRAYS * mover.speed_mps * abs(since_s)
    return apart_m > EARSHOT_M + 3.0 * (mover.place_sd_m + heard.mover.place_sd_m) + strayed_m


def followed(old: Case, new: Case) -> Case:
    """The newer of two presences of one thing, with the course from one to the other where that is the better one."""
    if new.kind != PRESENCE:
        return new
    plane = Plane.at(old.mover.latitude_rad, old.mover.longitude_rad)
    east, north = plane.xy_m(*_lonlat(new.mover))[0]
    apart_m = math.hypot(east, north)
    error_m = math.hypot(old.mover.place_sd_m, new.mover.place_sd_m)
    course_sd = math.atan2(error_m, apart_m) if apart_m > error_m else math.inf
    first_ns = min(old.first_ns, new.first_ns)
    if course_sd >= new.mover.course_sd_rad:
        return replace(new, first_ns=first_ns)
    mover = replace(new.mover, course_rad=math.atan2(east, north), course_sd_rad=course_sd)
    return replace(new, first_ns=first_ns, mover=mover)


def renewed(old: Case, new: Case) -> Case:
    """A case with newer evidence, where that says more than the older did.

    A track that coasts and is touched by one vague hearing is known worse than it was: that moves no warning. What one
    node hears keeps the best course that its sweep has given.
    """
    first_ns = min(old.first_ns, new.first_ns)
    if new.kind != TRACK:
        mover = new.mover
        if old.mover.course_sd_rad < mover.course_sd_rad:
            mover = replace(mover, course_rad=old.mover.course_rad, course_sd_rad=old.mover.course_sd_rad)
        return replace(new, first_ns=first_ns, mover=mover)
    vague = new.mover.place_sd_m > max(VAGUE_M, 2.0 * old.mover.place_sd_m)
    vaguer = new.mover.course_sd_rad > max(VAGUE_RAD, 1.5 * old.mover.course_sd_rad)
    if vague or vaguer:
        return replace(old, confirmed_ns=new.confirmed_ns, detections=new.detections, sensors=new.sensors)
    return replace(new, first_ns=first_ns)


def moved_on(old: Mover, new: Mover, aims: Sequence[Aim]) -> bool:
    """Whether new evidence says enough else to draw the area again: turned, far better known, or a good way on."""
    both = math.hypot(old.course_sd_rad, new.course_sd_rad) if math.isfinite(old.course_sd_rad) else math.inf
    turned = abs(math.remainder(new.course_rad - old.course_rad, 2.0 * math.pi))
    if math.isfinite(both) and turned > max(math.radians(6.0), 1.5 * both):
        return True
    if new.course_sd_rad < 0.7 * old.course_sd_rad and old.course_sd_rad > math.radians(3.0):
        return True
    ahead_m = min((aim.distance_m for aim in aims if aim.probability >= 0.2), default=20_000.0)
    return distance_m(old, new) > max(3_000.0, 0.25 * ahead_m)


def still_good(drawn: Area, seen: Outlook, new: Area, *, sent: bool) -> bool:
    """Whether the drawn area still says what the evidence does."""
    if new.km2 <= (SHRUNK_SENT if sent else SHRUNK) * drawn.km2:
        return False
    # An area that was drawn to hold less, because it had to stay small, is asked for no more than it promised.
    enough = min(STILL_HELD_SENT if sent else STILL_HELD, 0.92 * drawn.probability, new.probability)
    return seen.held(drawn.ring) >= enough


def distance_m(one: Mover, other: Mover) -> float:
    """Ground distance between two movers."""
    plane = Plane.at(one.latitude_rad, one.longitude_rad)
    return float(math.hypot(*plane.xy_m(*_lonlat(other))[0]))


def _lonlat(mover: Mover) -> tuple[Any, Any]:
    return math.degrees(mover.longitude_rad), math.degrees(mover.latitude_rad)


def _mover_saved(mover: Mover) -> dict[str, float]:
    return {
        "latitude_rad": mover.latitude_rad,
        "longitude_rad": mover.longitude_rad,
        "place_sd_m": mover.place_sd_m,
        "course_rad": mover.course_rad,
        "course_sd_rad": mover.course_sd_rad,
        "speed_mps": mover.speed_mps,
        "speed_sd_mps": mover.speed_sd_mps,
        "usual_mps": mover.usual_mps,
    }


def area_saved(area: Area) -> dict[str, Any]:
    """An area for a snapshot."""
    return {
        "ring": [list(corner) for corner in area.ring],
        "km2": area.km2,
        "probability": area.probability,
        "reach_m": area.reach_m,
        "aims": [[aim.zone, aim.probability, aim.distance_m, list(aim.arrival_s)] for aim in area.aims],
    }


def area_restored(saved: Mapping[str, Any]) -> Area:
    """The area of a snapshot."""
    return Area(
        ring=tuple((x, y) for x, y in saved["ring"]),
        km2=saved["km2"],
        probability=saved["probability"],
        reach_m=saved["reach_m"],
        aims=tuple(
            Aim(zone=zone, probability=p, distance_m=d, arrival_s=(early, middle, late))
            for zone, p, d, (early, middle, late) in saved["aims"]
        ),
    )

"""How a night went, drone by drone, as one JSON object: what the wall knew when, and who was told in time.

The alert that counts for a drone is the first to be received whose area contains the place where it came down, is no
larger than 1,500 km2, and which was sent after that drone was heard and believed in (a track confirmed, or a presence
drafted); without one received, the first drafted. It may have been drafted on evidence of the other drone:
`on_evidence_of_it` says; a drone that joins a draft counts as drafted then. An alert that had left before its drone was
believed in does not count, though people had been warned: `missed_because` says so. Only the judge knows which
detection was of what; neither tracker nor desk does.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from dronewall.picture.ground import GroundMap
from dronewall.records.alert import Alert, Message
from dronewall.records.wall import Wall
from dronewall.rehearse.populations import Target
from dronewall.rehearse.simulate import Night
from dronewall.units import SECOND_NS, Bools

LARGEST_KM2: Final = 1_500.0
ENTERS_WITHIN_NS: Final = 30 * 60 * SECOND_NS
HOLE_M: Final = 300.0
"""A drone that crosses this near to a hole's line crossed in the hole."""
METRES_PER_DEGREE: Final = 111_200.0
MISSED: Final[Mapping[str, str]] = {
    "undetected": "no sensor heard or saw it",
    "no_draft": "it was detected, and no draft came of it",
    "elsewhere": "it came down outside every area drafted on it",
    "left_before": "people there had been warned before it was known of, and no update named it",
    "late": "its alert was not received before it came down",
}
"""The reasons of a miss, without places and times: what may be said of a wall to those who do not plan it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """One revision of an alert as it stood last, and what the judge knows of it.

    `drafted_ns` is when this very revision came (an alert's own clock keeps the first draft's time while it waits).
    `behind` says since when each of the night's targets (by index; -1: nothing) stood among its tracks and presences,
    `believed` says since when each target had a confirmed track or a drafted presence.
    """

    alert: Alert
    drafted_ns: int
    behind: Mapping[int, int]
    believed: Mapping[int, int]

    def drafted_for_ns(self, target: int) -> int | None:
        """When it was a draft about a target in which one already believed; None: it left before, or never was."""
        believed_ns = self.believed.get(target)
        if believed_ns is None:
            return None
        about_ns = max(self.drafted_ns, believed_ns)
        left_ns = self.alert.clock.get("sent")
        if about_ns > self.drafted_ns and target not in self.behind:
            return None
        if target in self.behind:
            about_ns = max(self.drafted_ns, believed_ns, self.behind[target])
        return about_ns if left_ns is None or about_ns <= left_ns else None


def outcome(
    night: Night, drafted: Sequence[Drafted], *, holes: Sequence[Mapping[str, Any]], health: Mapping[str, Any]
) -> dict[str, Any]:
    """The JSON object of one night."""
    told = [d for d in drafted if d.alert.message in (Message.ALERT, Message.UPDATE)]
    intruders = [index for index, target in enumerate(night.targets) if target.intruder]
    alerts: dict[str, list[Drafted]] = {}
    for d in told:
        alerts.setdefault(d.alert.alert, []).append(d)
    false = [name for name, revisions in alerts.items() if not _entered(night, revisions[0], intruders)]
    vain = [d for name in false for d in alerts[name] if "sent" in d.alert.clock]
    return {
        "intruders": [_intruder(night, index, told, holes) for index in intruders],
        "false_alerts": len(false),
        "people_warned_in_vain": people_in(night.wall, vain),
        "drafts_by_evidence": dict(sorted(_evidence(night, alerts).items())),
        "alerts": [_summary(night, d) for d in drafted],
        "health": dict(health),
    }


def _intruder(night: Night, index: int, told: Sequence[Drafted], holes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    target = night.targets[index]
    impact_ns = target.path.end_ns
    since = night.start_ns
    heard_ns = night.detections.time_ns[night.origin == index]
    good = [
        d
        for d in told
        if d.drafted_for_ns(index) is not None and contains_end(d.alert, target) and d.alert.area_km2 <= LARGEST_KM2
    ]
    chosen = _chosen(good, index, impact_ns)
    zone_ns = _zone_entry_ns(night, target)
    row: dict[str, Any] = {
        "target": target.target,
        "label": target.label,
        "impact_s": _s(impact_ns - since),
        "enters_zone_s": _s(zone_ns - since) if zone_ns is not None else None,
        "first_evidence_s": _s(int(heard_ns.min()) - since) if len(heard_ns) else None,
        "confirmed_s": None,
        "drafted_s": None,
        "sent_s": None,
        "received_s": None,
        "lead_time_to_impact_s": None,
        "lead_time_to_zone_s": None,
        "lead_time_received_s": None,
        "lead_time_to_zone_received_s": None,
        "area_km2": None,
        "alert": None,
        "on_evidence_of_it": None,
        "people_there_warned_s": _warned_s(told, target),
        "hole": _hole(target, holes),
        "missed": None,
        "missed_because": None,
    }
    if chosen is not None:
        clock = chosen.alert.clock
        drafted_ns = chosen.drafted_for_ns(index) or chosen.drafted_ns
        row |= {
            "confirmed_s": _s(chosen.believed[index] - since),
            "drafted_s": _s(drafted_ns - since),
            "sent_s": _s(clock["sent"] - since) if "sent" in clock else None,
            "received_s": _s(clock["received"] - since) if "received" in clock else None,
            "lead_time_to_impact_s": _s(impact_ns - drafted_ns) if drafted_ns < impact_ns else None,
            "lead_time_to_zone_s": _s(zone_ns - drafted_ns) if zone_ns is not None and drafted_ns < zone_ns else None,
            "area_km2": round(chosen.alert.area_km2, 1),
            "alert": f"{chosen.alert.alert}/{chosen.alert.revision}",
            "on_evidence_of_it": index in chosen.behind,
        }
        if clock.get("received", impact_ns) < impact_ns:
            row["lead_time_received_s"] = _s(impact_ns - clock["received"])
        if zone_ns is not None and clock.get("received", zone_ns) < zone_ns:
            row["lead_time_to_zone_received_s"] = _s(zone_ns - clock["received"])
    if row["lead_time_received_s"] is None:
        row["missed"], sentence = _why(night, index, told, good)
        row["missed_because"] = f"{sentence}; it crossed the border in the {row['hole']}" if row["hole"] else sentence
    return row


def _warned_s(told: Sequence[Drafted], target: Target) -> float | None:
    """How long before the impact the first alert about the place was received, whatever it was drafted on."""
    received = [
        d.alert.clock["received"] for d in told if "received" in d.alert.clock and contains_end(d.alert, target)
    ]
    first_ns = min(received, default=target.path.end_ns)
    return _s(target.path.end_ns - first_ns) if first_ns < target.path.end_ns else None


def _chosen(good: Sequence[Drafted], index: int, impact_ns: int) -> Drafted | None:
    received = [d for d in good if d.alert.clock.get("received", impact_ns) < impact_ns]
    if received:
        return min(received, key=lambda d: d.alert.clock["received"])
    return min(good, key=lambda d: d.drafted_for_ns(index) or d.drafted_ns, default=None)


def _why(night: Night, index: int, told: Sequence[Drafted], good: Sequence[Drafted]) -> tuple[str, str]:
    """Why no alert that counts was received before this drone came down: a word of `MISSED`, and a sentence."""
    target = night.targets[index]
    impact_ns = target.path.end_ns
    rows = np.flatnonzero(night.origin == index)
    sensors = Counter(night.sensor_ids[s] for s in np.repeat(night.sensor_of, night.rows_of)[rows].tolist())
    mine = [d for d in told if index in d.behind]
    before = [d for d in told if contains_end(d.alert, target) and d.alert.clock.get("received", impact_ns) < impact_ns]
    if not len(rows):
        return "undetected", "no sensor heard or saw it"
    if before and not good:
        first = min(before, key=lambda d: d.alert.clock["received"]).alert
        lead_s = _s(impact_ns - first.clock["received"])
        return (
            "left_before",
            f"people there had been warned by {first.alert}/{first.revision}, received {lead_s:.0f} s before the "
            "impact, but it had left before this drone was believed in, and no update named it",
        )
    if not mine:
        heard = ", ".join(f"{name} {count}" for name, count in sensors.most_common(4))
        return "no_draft", f"{len(rows)} detections of it ({heard}) raised no draft"
    early = [d for d in mine if d.drafted_ns < impact_ns]
    if early and all(d.drafted_ns >= impact_ns for d in good):
        return "elsewhere", _elsewhere(min(early, key=lambda d: _short_km(d.alert, target)), target)
    return "late", _late(min(good or mine, key=lambda d: d.drafted_ns), impact_ns)


def _elsewhere(nearest: Drafted, target: Target) -> str:
    alert, away_km = nearest.alert, _short_km(nearest.alert, target)
    name = f"{alert.alert}/{alert.revision}"
    return f"the nearest area ({name}, {alert.area_km2:.0f} km2) ended {away_km:.1f} km from where it came down"


def _late(drafted: Drafted, impact_ns: int) -> str:
    alert = drafted.alert
    name, clock = f"{alert.alert}/{alert.revision}", alert.clock
    if drafted.drafted_ns >= impact_ns:
        return f"{name} was drafted {_s(drafted.drafted_ns - impact_ns):.0f} s after the impact"
    if "approved" not in clock:
        return f"{name} was drafted {_s(impact_ns - drafted.drafted_ns):.0f} s before the impact and never approved"
    if "received" not in clock:
        return f"{name} was approved and never received"
    return f"{name} was received {_s(clock['received'] - impact_ns):.0f} s after the impact"


def _hole(target: Target, holes: Sequence[Mapping[str, Any]]) -> str | None:
    way = LineString(np.degrees(np.column_stack([target.path.longitude_rad, target.path.latitude_rad])))
    squeeze = float(np.cos(target.path.latitude_rad.mean()))
    flat = shapely.transform(way, lambda xy: xy * [squeeze * METRES_PER_DEGREE, METRES_PER_DEGREE])
    for hole in holes:
        line = LineString(np.asarray(hole["line"]) * [squeeze * METRES_PER_DEGREE, METRES_PER_DEGREE])
        if flat.distance(line) <= HOLE_M:
            return str(hole["name"])
    return None


def _polygon(alert: Alert) -> Polygon:
    return Polygon(alert.area[0], alert.area[1:])


def end_of(target: Target) -> Point:
    """Where its way ends (longitude_deg, latitude_deg)."""
    return Point(np.degrees(target.path.longitude_rad[-1]), np.degrees(target.path.latitude_rad[-1]))


def contains_end(alert: Alert, target: Target) -> bool:
    """Whether a target comes down in the area of an alert."""
    return bool(_polygon(alert).covers(end_of(target)))


def ground_of(drafted: Sequence[Drafted]) -> BaseGeometry:
    """The ground under all these areas as one shape (longitude_deg, latitude_deg)."""
    return shapely.union_all([_polygon(d.alert).buffer(0.0) for d in drafted])


def people_in(wall: Wall, drafted: Sequence[Drafted]) -> int:
    """People of the wall's protected zones in any of these areas, each counted once however many cover them."""
    return GroundMap(wall).people(ground_of(drafted))


def _short_km(alert: Alert, target: Target) -> float:
    """From the alert's area to where the target came down (km; 0: inside)."""
    squeeze = float(np.cos(target.path.latitude_rad[-1]))
    scale = np.array([squeeze, 1.0]) * METRES_PER_DEGREE / 1000.0
    area = shapely.transform(_polygon(alert), lambda xy: xy * scale)
    return float(area.distance(shapely.transform(end_of(target), lambda xy: xy * scale)))


def _entered(night: Night, drafted: Drafted, intruders: Sequence[int]) -> bool:
    """Whether any intruder came into the area within 30 minutes of the draft, or was in it then."""
    area, from_ns = _polygon(drafted.alert), drafted.drafted_ns
    return any(_inside(night.targets[index], area, from_ns, from_ns + ENTERS_WITHIN_NS).any() for index in intruders)


def _inside(target: Target, area: Polygon, from_ns: int, to_ns: int) -> Bools:
    path = target.path
    then = (path.time_ns >= from_ns) & (path.time_ns <= to_ns)
    return np.asarray(
        shapely.contains_xy(area, np.degrees(path.longitude_rad[then]), np.degrees(path.latitude_rad[then]))
    )


def _zone_entry_ns(night: Night, target: Target) -> int | None:
    """When the target came into the first protected zone that its path enters and that it ends in or heads for."""
    routes = {s.name or f"population-{n}": s.route for n, s in enumerate(night.scenario.population, start=1)}
    zone = next((z for z in night.wall.zone if routes.get(target.population) == f"to-zone:{z.id}"), None)
    if zone is None:
        return None
    inside = _inside(target, Polygon(zone.polygon), target.path.start_ns, target.path.end_ns)
    return int(target.path.time_ns[int(np.argmax(inside))]) if inside.any() else None


def _evidence(night: Night, alerts: Mapping[str, Sequence[Drafted]]) -> Counter[str]:
    """Alerts by what stood behind their drafts: names of populations, `nothing` for false detections alone."""
    counted: Counter[str] = Counter()
    for revisions in alerts.values():
        behind = frozenset().union(*(d.behind for d in revisions))
        names = {night.targets[index].population for index in behind if index >= 0}
        counted.update(names or {"nothing"})
    return counted


def _summary(night: Night, drafted: Drafted) -> dict[str, Any]:
    alert = drafted.alert
    return {
        "alert": alert.alert,
        "revision": alert.revision,
        "message": str(alert.message),
        "level": int(alert.level),
        "state": str(alert.state),
        "area_km2": round(alert.area_km2, 1),
        "people": alert.people,
        "of": sorted({night.targets[i].target if i >= 0 else "nothing" for i in drafted.behind}),
        "drafted_s": _s(drafted.drafted_ns - night.start_ns),
        "clock": {word: _s(time_ns - night.start_ns) for word, time_ns in alert.clock.items()},
    }


def _s(ns: int) -> float:
    return round(ns / SECOND_NS, 3)

"""What a night asked of the person on duty, and what it did for the people on the ground."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import shapely

from dronewall.geo.frames import geodetic_to_ecef
from dronewall.records.alert import Message
from dronewall.records.event import Event
from dronewall.records.metrics import NOTHING
from dronewall.rehearse.figures import Figure, Share, mean_of
from dronewall.rehearse.outcome import METRES_PER_DEGREE, Drafted, contains_end, ground_of, people_in
from dronewall.rehearse.simulate import Night
from dronewall.units import SECOND_NS, seconds

HOUR_NS: Final = 3_600 * SECOND_NS
LEADS: Final = {
    "lead_time_drafted_s": "lead_time_to_impact_s",
    "lead_time_received_s": "lead_time_received_s",
    "lead_time_to_zone_drafted_s": "lead_time_to_zone_s",
    "lead_time_to_zone_received_s": "lead_time_to_zone_received_s",
}
"""Metric -> key of an intruder's row; the last two only where its way leads into a protected zone."""


def people(night: Night, drafted: Sequence[Drafted], rows: Sequence[Mapping[str, Any]], vain: int) -> dict[str, Figure]:
    """Who was warned, when and where; `rows` are the intruders of `outcome`, `vain` its people warned in vain."""
    targets = {target.target: (index, target) for index, target in enumerate(night.targets)}
    down = [row for row in rows if targets[str(row["target"])][1].ends_in_impact]
    figures: dict[str, Figure] = {
        "warned_in_time": Share.of(row["lead_time_received_s"] is not None for row in down),
        "area_contains": _contains(night, drafted, [targets[str(row["target"])][0] for row in down]),
        "area_km2": mean_of(row["area_km2"] for row in down),
        "area_warned_km2": _ground_km2(drafted),
        "people_warned": float(people_in(night.wall, _sent(drafted))),
        "people_warned_in_vain": float(vain),
    }
    for name, key in LEADS.items():
        asked = [row for row in down if "zone" not in name or row["enters_zone_s"] is not None]
        figures[name] = min((float(row[key] or 0.0) for row in asked), default=None)
    return figures


def operator(night: Night, drafted: Sequence[Drafted], events: Sequence[Event], false_alerts: int) -> dict[str, Figure]:
    """What was asked of the person on duty."""
    told = [d for d in drafted if d.alert.message in (Message.ALERT, Message.UPDATE)]
    names = {d.alert.alert for d in told}
    hours = seconds(night.end_ns - night.start_ns) / 3_600.0
    at_ns = np.sort([d.drafted_ns for d in drafted]).astype(np.int64)
    busiest = np.searchsorted(at_ns, at_ns + HOUR_NS) - np.arange(len(at_ns))
    figures: dict[str, Figure] = {
        "alerts_drafted": float(len(names)),
        "alerts_sent": float(len({d.alert.alert for d in _sent(drafted)})),
        "decisions_per_hour": len(drafted) / hours,
        "decisions_busiest_hour": float(busiest.max(initial=0)),
        "nuisance_alerts": float(false_alerts),
        "nuisance_alerts_per_100km_day": false_alerts * 24.0 / hours * 100.0 / wall_km(night),
        "silences_without_reason": float(len(_unexplained(drafted, events))),
    }
    on: dict[str, set[str]] = defaultdict(set)
    for d in told:
        labels = {night.targets[index].label for index in d.behind if index >= 0}
        for label in labels or {NOTHING}:
            on[label].add(d.alert.alert)
    on[NOTHING] -= set().union(*(found for label, found in on.items() if label != NOTHING))
    for label in sorted({target.label for target in night.targets} | {NOTHING}):
        figures[f"alerts_on:{label}"] = float(len(on[label]))
    return figures


def wall_km(night: Night) -> float:
    """How long the wall is: its two sensors furthest apart, at least 1 km."""
    places = np.array([[s.latitude_deg, s.longitude_deg] for s in night.wall.sensor])
    ecef = geodetic_to_ecef(np.radians(places[:, 0]), np.radians(places[:, 1]), np.zeros(len(places)))
    apart_m = max(float(np.sqrt(((ecef - one) ** 2).sum(axis=1)).max()) for one in ecef)
    return max(apart_m / 1_000.0, 1.0)


def _contains(night: Night, drafted: Sequence[Drafted], indices: Sequence[int]) -> Share:
    """Whether each, if it stood behind a draft before it came down, came down in the latest area drafted on it."""
    inside = []
    for index in indices:
        target = night.targets[index]
        about = [d for d in drafted if d.alert.message in (Message.ALERT, Message.UPDATE) and index in d.behind]
        before = [d for d in about if max(d.drafted_ns, d.behind[index]) < target.path.end_ns]
        if before:
            inside.append(contains_end(max(before, key=lambda d: (d.drafted_ns, d.alert.revision)).alert, target))
    return Share.of(inside)


def _sent(drafted: Sequence[Drafted]) -> list[Drafted]:
    return [d for d in drafted if d.alert.message in (Message.ALERT, Message.UPDATE) and "sent" in d.alert.clock]


def _ground_km2(drafted: Sequence[Drafted]) -> float:
    """The ground under all areas that were sent, counted once."""
    whole = ground_of(_sent(drafted))
    if whole.is_empty:
        return 0.0
    scale = np.array([np.cos(np.radians(whole.centroid.y)), 1.0]) * METRES_PER_DEGREE / 1_000.0
    return float(shapely.transform(whole, lambda xy: xy * scale).area)


def _unexplained(drafted: Sequence[Drafted], events: Sequence[Event]) -> set[str]:
    """Tracks that were confirmed, warned of by no alert, and silent for no reason that was written down."""
    confirmed = {str(event.payload["track"]) for event in events if event.kind == "track.confirmed"}
    reasons = {str(event.payload.get("source")) for event in events if event.kind.startswith("silence.")}
    return confirmed - reasons - {track for d in drafted for track in d.alert.tracks}

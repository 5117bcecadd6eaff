"""What became of each thing of a night: in reach, first detected, found, drafted, taken for what, lost."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

import numpy as np
from shapely.geometry import Polygon

from dronewall.records.event import Event
from dronewall.records.words import DRONE_LABELS
from dronewall.rehearse.figures import Figure, Share, mean_of
from dronewall.rehearse.outcome import Drafted, end_of
from dronewall.rehearse.pictured import Pictured
from dronewall.rehearse.simulate import Night
from dronewall.scoring.confusion import borne
from dronewall.scoring.switches import by_truth
from dronewall.units import SECOND_NS, nanoseconds, seconds

LOST_NS: Final = 60 * SECOND_NS
"""Not held for so long before its end, a thing was lost."""
SOON_NS: Final = 30 * SECOND_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One target; a time that never came is None. `said` is the label that its tracks bore most of the time."""

    index: int
    in_reach_ns: int | None
    detected_ns: int | None
    tracked_ns: int | None
    found_ns: int | None
    drafted_ns: int | None
    said: str | None


def things(night: Night, picture: Pictured, drafted: Sequence[Drafted]) -> list[Thing]:
    """Every target of the night, in order."""
    who, row = picture.matches
    tracked: dict[int, int] = {}
    for target, time_ns in zip(who.tolist(), picture.shown.time_ns[row].tolist(), strict=True):
        tracked.setdefault(target, time_ns)
    believed = drafted[-1].believed if drafted else {}
    behind: dict[int, int] = {}
    for draft in drafted:
        for index, since_ns in draft.behind.items():
            about_ns = max(since_ns, draft.drafted_ns)
            behind[index] = min(about_ns, behind.get(index, about_ns))
    detected: dict[int, int] = {}
    for index in np.unique(night.origin[night.origin >= 0]).tolist():
        detected[index] = int(night.detections.time_ns[night.origin == index].min())
    said = borne(picture.frames)
    return [
        Thing(
            index=index,
            in_reach_ns=picture.in_reach_ns.get(index),
            detected_ns=detected.get(index),
            tracked_ns=tracked.get(index),
            found_ns=min((t for t in (tracked.get(index), believed.get(index)) if t is not None), default=None),
            drafted_ns=behind.get(index),
            said=said.get(index),
        )
        for index in range(len(night.targets))
    ]


def detection(night: Night, listed: Sequence[Thing], picture: Pictured) -> dict[str, Figure]:
    """What was found, how soon, and how many there were said to be."""
    reached = [thing for thing in listed if thing.in_reach_ns is not None]
    figures: dict[str, Figure] = {}
    by_label: dict[str, list[Thing]] = defaultdict(list)
    for thing in reached:
        by_label[night.targets[thing.index].label].append(thing)
    for label, members in sorted(by_label.items()):
        figures[f"p_detect:{label}"] = Share.of(thing.found_ns is not None for thing in members)
    intruders = [thing for thing in reached if night.targets[thing.index].intruder]
    figures["intruders_found"] = Share.of(thing.found_ns is not None for thing in intruders)
    figures["first_evidence_after_s"] = mean_of(_after(t.in_reach_ns, t.detected_ns) for t in intruders)
    figures["confirmed_after_s"] = mean_of(_after(t.detected_ns, t.found_ns) for t in intruders)
    figures["drafted_after_s"] = mean_of(_after(t.detected_ns, t.drafted_ns) for t in intruders)
    switched, _ = by_truth(picture.frames)
    found = [thing.index for thing in intruders if thing.found_ns is not None]
    names = int(sum(switched[index] for index in found if index < len(switched)))
    figures["id_switches_per_intruder"] = names / len(found) if found else None
    figures["intruder_count_error"] = abs(_silent_drones(picture) / len(intruders) - 1.0) if intruders else None
    return figures


def labels(night: Night, listed: Sequence[Thing]) -> dict[str, Figure]:
    """What was taken for what; every pair of labels that could be, so that a night without a mistake says 0."""
    figures: dict[str, Figure] = {}
    by_label: dict[str, Counter[str]] = {target.label: Counter() for target in night.targets}
    for thing in listed:
        if thing.said is not None:
            by_label[night.targets[thing.index].label][thing.said] += 1
    for label, said in sorted(by_label.items()):
        n = said.total()
        figures[f"labelled_right:{label}"] = Share(said[label], n)
        figures[f"labelled_drone:{label}"] = Share(sum(said[name] for name in DRONE_LABELS), n)
        for name, times in sorted(said.items()):
            figures[f"confusion:{label}:{name}"] = float(times)
    return figures


def honesty(night: Night, listed: Sequence[Thing], picture: Pictured) -> dict[str, Figure]:
    """Whether false claims were found out, and true ones left alone."""
    who, row = picture.matches
    conflicting: dict[int, int] = {}
    times_ns, flags = picture.shown.time_ns[row].tolist(), picture.shown.conflicting[row].tolist()
    for target, time_ns, flag in zip(who.tolist(), times_ns, flags, strict=True):
        if flag:
            conflicting.setdefault(target, time_ns)
    liars = [t for t in listed if night.targets[t.index].displaced_m != (0.0, 0.0, 0.0) and t.tracked_ns is not None]
    honest = [t for t in listed if night.targets[t.index].cooperative]
    never_ns = np.iinfo(np.int64).max
    soon = [conflicting.get(t.index, never_ns) - (t.tracked_ns or 0) <= SOON_NS for t in liars]
    return {
        "conflicting_within_30s": Share.of(soon),
        "honest_called_conflicting": float(sum(t.index in conflicting for t in honest)) if honest else None,
    }


def lost(night: Night, listed: Sequence[Thing], picture: Pictured, events: Iterable[Event]) -> dict[str, Figure]:
    """Of the intruders that were held, lost and came down: whether the log says where to look for them, and rightly.

    The area is that of the last `track.lost` about any track of the thing.
    """
    who, row = picture.matches
    last = dict(zip(who.tolist(), row.tolist(), strict=True))  # in order of time: the last one stays
    tracks: dict[int, set[int]] = defaultdict(set)
    for index, name in zip(who.tolist(), picture.shown.who[row].tolist(), strict=True):
        tracks[index].add(name)
    told = {int(str(e.payload["track"]).removeprefix("t-")): e.payload for e in events if e.kind == "track.lost"}
    said, inside, areas, shares = [], [], [], []
    for thing in listed:
        target = night.targets[thing.index]
        if not target.intruder or not target.ends_in_impact or thing.index not in last:
            continue
        if target.path.end_ns - int(picture.shown.time_ns[last[thing.index]]) < LOST_NS:
            continue
        mine = [told[name] for name in sorted(tracks[thing.index]) if name in told]
        said.append(bool(mine))
        if mine:
            newest = max(mine, key=lambda payload: int(payload["last_ns"]))
            inside.append(bool(Polygon(newest["search_area"]).covers(end_of(target))))
            areas.append(float(newest["search_area_km2"]))
            shares.append(areas[-1] / float(newest["circle_km2"]))
    return {
        "search_area_told": Share.of(said),
        "search_area_contains": Share.of(inside),
        "search_area_km2": mean_of(areas),
        "search_area_of_circle": mean_of(shares),
    }


def quarantine(night: Night, since_ns: Mapping[str, int]) -> dict[str, Figure]:
    """Whether sensors that make ghosts were set aside in time, and no others."""
    faults = night.scenario.fault
    in_time, touched = [], set()
    for name in night.sensor_ids:
        mine = [fault for fault in faults if fnmatchcase(name, fault.sensor)]
        touched |= {name} if mine else set()
        for fault in mine:
            if fault.kind == "ghosts":
                from_ns = night.start_ns + nanoseconds(fault.from_s)
                in_time.append(name in since_ns and since_ns[name] <= from_ns + 60 * SECOND_NS)
    return {
        "quarantined_within_60s": Share.of(in_time),
        "sensors_wrongly_quarantined": float(len(since_ns.keys() - touched)),
    }


def _silent_drones(picture: Pictured) -> int:
    """How many tracks bore the label of a drone for most of their time and no identity that is believed."""
    shown = picture.shown
    drone = np.isin(shown.label.astype(str), list(DRONE_LABELS)) & ~shown.cooperative
    names, of = np.unique(shown.who, return_inverse=True)
    rows = np.bincount(of, minlength=len(names))
    return int((2 * np.bincount(of, drone, len(names)) > rows).sum())


def _after(first_ns: int | None, then_ns: int | None) -> float | None:
    return None if first_ns is None or then_ns is None else max(seconds(then_ns - first_ns), 0.0)

"""A group of cases written up as an alert for one authority."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from dronewall.picture.case import TRACK, Case
from dronewall.picture.clock import last_useful_ns
from dronewall.picture.ground import GroundMap, Reached
from dronewall.picture.groups import Group
from dronewall.picture.texts import headlines, place_names, texts
from dronewall.records.alert import Alert, AlertState, Message
from dronewall.records.wall import AuthoritySpec
from dronewall.units import SECOND_NS

STANDS_NS: Final = 900 * SECOND_NS
"""An alert expires so long after the last plausible arrival: time for a person to give the all-clear first."""
MESSAGE_LASTS_NS: Final = 3_600 * SECOND_NS
"""How long an all-clear or a cancellation is worth sending."""
LOWEST_AIM: Final = 0.02


def draft(
    group: Group,
    authority: AuthoritySpec,
    ground: GroundMap,
    *,
    name: str,
    revision: int,
    message: Message,
    exercise: bool,
    time_ns: int,
    standing: Alert | None,
) -> Alert:
    """The group as a draft for one authority. `standing` is what it would replace or end, already approved."""
    cases = list(group.cases.values())
    reached = ground.reached(group.area.ring)
    made_ns = max((case.made_ns for case in cases), default=time_ns)
    return Alert(
        alert=name,
        revision=revision,
        level=group.level,
        state=AlertState.DRAFT,
        exercise=exercise,
        authority=authority.id,
        owner=authority.id,
        zones=tuple(r.zone for r in reached),
        area=(group.area.ring,),
        area_km2=round(group.area.km2, 1),
        people=sum(r.people for r in reached),
        texts=texts(
            authority.languages,
            level=group.level,
            message=message,
            places=place_names(r.zone for r in reached),
            exercise=exercise,
        ),
        headlines=headlines(authority.languages, message=message, exercise=exercise),
        tracks=tuple(case.source for case in cases if case.kind == TRACK),
        presences=tuple(case.source for case in cases if case.kind != TRACK),
        clock=_clock(cases, time_ns, standing),
        last_useful_ns=last_useful_ns(group.area, made_ns),
        expires_ns=group.ends_ns() + STANDS_NS,
        evidence=_evidence(group, cases, reached, standing),
        message=message,
        supersedes=() if standing is None else (*standing.supersedes, standing.revision),
    )


def ending(
    standing: Alert,
    authority: AuthoritySpec,
    *,
    revision: int,
    message: Message,
    why: str,
    time_ns: int,
) -> Alert:
    """A draft that ends what is in force, for the same area and people: an all-clear or a cancellation."""
    return replace(
        standing,
        revision=revision,
        state=AlertState.DRAFT,
        owner=authority.id,
        message=message,
        texts=texts(
            authority.languages,
            level=standing.level,
            message=message,
            places=place_names(standing.zones),
            exercise=standing.exercise,
        ),
        headlines=headlines(authority.languages, message=message, exercise=standing.exercise),
        clock={**_carried(standing), "drafted": time_ns},
        last_useful_ns=standing.expires_ns,
        expires_ns=time_ns + MESSAGE_LASTS_NS,
        escalated_ns=0,
        approved_by=None,
        evidence={**standing.evidence, "why": why, "replaces": _replaced(standing)},
        supersedes=(*standing.supersedes, standing.revision),
    )


def redrafted(old: Alert, new: Alert) -> Alert:
    """A better draft in the place of one that nobody decided: the person who saw it first has seen it."""
    kept = {word: time_ns for word, time_ns in old.clock.items() if word in ("drafted", "shown", "acknowledged")}
    return replace(
        new,
        clock={**new.clock, **kept},
        owner=old.owner,
        escalated_ns=old.escalated_ns,
        # The countdown is to the first arrival: better evidence may move it, lost evidence does not prolong it.
        last_useful_ns=new.last_useful_ns if new.level >= old.level else min(new.last_useful_ns, old.last_useful_ns),
    )


def with_sources(alert: Alert, group: Group) -> Alert:
    """The alert with all that stands behind it now; what it says to people is as before."""
    cases = list(group.cases.values())
    return replace(
        alert,
        tracks=tuple(case.source for case in cases if case.kind == TRACK),
        presences=tuple(case.source for case in cases if case.kind != TRACK),
        evidence={**alert.evidence, "cases": [case.why() for case in cases]},
    )


def _clock(cases: Sequence[Case], time_ns: int, standing: Alert | None) -> dict[str, int]:
    clock = {} if standing is None else _carried(standing)
    if cases:
        clock.setdefault("first_evidence", min(case.first_ns for case in cases))
        confirmed = [case.confirmed_ns for case in cases if case.confirmed_ns]
        if confirmed:
            clock.setdefault("confirmed", min(confirmed))
    clock["drafted"] = time_ns
    return clock


def _carried(standing: Alert) -> dict[str, int]:
    return {word: standing.clock[word] for word in ("first_evidence", "confirmed") if word in standing.clock}


def _replaced(standing: Alert) -> list[dict[str, Any]]:
    """What a message refers to, as CAP asks it to: enough to name it again."""
    before = list(standing.evidence.get("replaces", []))
    return [*before, {"revision": standing.revision, "approved_ns": standing.clock["approved"]}]


def _evidence(
    group: Group, cases: Sequence[Case], reached: Sequence[Reached], standing: Alert | None
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "group": group.group,
        "area_probability": group.area.probability,
        "range_limit_m": round(group.area.reach_m),
        "aims": [
            {
                "zone": aim.zone,
                "probability": aim.probability,
                "distance_m": aim.distance_m,
                "arrival_s": {
                    "earliest": aim.arrival_s[0],
                    "middle": aim.arrival_s[1],
                    "latest": aim.arrival_s[2],
                },
            }
            for aim in group.area.aims
            if aim.probability >= LOWEST_AIM
        ],
        "people": {r.zone: {"share": r.share, "people": r.people} for r in reached},
        "cases": [case.why() for case in cases],
    }
    if standing is not None:
        found["replaces"] = _replaced(standing)
    return found

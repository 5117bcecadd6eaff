"""The board: groups of cases and their alerts. Opens, joins, draws anew, proposes to end, and counts down.

Few warnings: a hearing or a call from where people are warned already joins in silence; things on one way share an area
while it stays small; an area once drawn stands until the evidence says otherwise.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import shapely
from shapely.geometry import Polygon

from dronewall.picture import alerts as book_file
from dronewall.picture.act import Act, ActKind
from dronewall.picture.alerts import Book, NotNow, told
from dronewall.picture.area import AreaSettings, Outlook
from dronewall.picture.case import PRESENCE, TRACK, Case
from dronewall.picture.clock import escalated, escalation_due_ns, lapses
from dronewall.picture.drafting import draft, ending, redrafted, with_sources
from dronewall.picture.ground import GroundMap
from dronewall.picture.groups import (
    DRAFT_PAUSE_NS,
    HELD,
    JOINED_KM2,
    JOINED_P,
    SENT_PAUSE_NS,
    Group,
    another,
    followed,
    group_restored,
    moved_on,
    outlook,
    renewed,
    same_thing,
    still_good,
)
from dronewall.picture.judging import Judged
from dronewall.picture.rules import RuleSettings, Silence
from dronewall.records.alert import AlertState, Message
from dronewall.records.event import Event
from dronewall.units import SECOND_NS, nanoseconds

LOOK_AGAIN_NS: Final = 5 * SECOND_NS
"""How often the outlook of something that heads nowhere protected is looked at again."""
SHARED: Final = 0.25
"""Things whose areas have less than this in common are on ways of their own."""
TURNED_AWAY: Final = 0.05
"""Below this probability of any protected zone, tracked things have turned away."""
PROPOSED_AGAIN_NS: Final = 600 * SECOND_NS
"""After a person said no to an all-clear or a cancellation it is not proposed again for so long."""
REMEMBERED_NS: Final = 24 * 3_600 * SECOND_NS


class Board:
    """Groups and alerts of one wall."""

    def __init__(self, ground: GroundMap, *, exercise: bool, area: AreaSettings, rules: RuleSettings) -> None:
        self._ground, self._exercise, self._area, self._rules = ground, exercise, area, rules
        self.book = Book()
        self._groups: list[Group] = []
        self._count = 0
        self._looked_ns: dict[str, int] = {}
        self._came_ns: dict[str, int] = {}

    # ------------------------------------------------------------------ each second

    def take(self, judged: Mapping[str, Judged], time_ns: int) -> tuple[list[Event], list[Silence]]:
        """New evidence on old cases, new cases, what has lapsed; events, and why cases were not warned of."""
        events: list[Event] = []
        silences: list[Silence] = []
        for group in self._groups:
            if not group.closed:
                events += self._refresh(group, judged, time_ns)
        for source, case in judged.items():
            if isinstance(case, Case) and source not in self.sources() and self._ripe(case, time_ns):
                placed, silence = self.place(case, time_ns)
                events += placed
                silences += silence
        for group in self._groups:
            if not group.closed:
                events += self._lapse(group, time_ns)
        events += self._countdown(time_ns)
        self._forget(judged, time_ns)
        return events, silences

    def place(self, case: Case, time_ns: int) -> tuple[list[Event], list[Silence]]:
        """A new case: into a group, a group of its own, or a silence because it heads nowhere protected."""
        self._looked_ns[case.source] = time_ns
        seen = outlook([case], self._ground.grounds, self._area, self._rules)
        heads = sum(aim.probability for aim in seen.aims())
        if heads < self._rules.p_reach:
            details = {"p_reach": round(heads, 3), **case.why()}
            return [], [Silence(source=case.source, reason="no_protected_ground", details=details)]
        for group in self._groups:
            if group.closed:
                continue
            old = next((c for c in group.cases.values() if same_thing(c, case)), None)
            if old is not None:
                del group.cases[old.source]
                group.cases[case.source] = followed(old, case)
                drawn = self._redraw(group, time_ns, evidence=True)
                several = sum(c.kind == TRACK for c in group.cases.values()) > 1
                if not drawn and case.kind == TRACK and several and not group.muted:
                    # What one node had heard turns out to be one more thing in the air: a decision of its own.
                    drawn = self._write(group, time_ns)
                return [_joined(group, case, time_ns), *drawn], []
        for group in self._groups:
            if not group.closed and self._covers(group, case, seen):
                more = case.kind == TRACK or another(group.cases.values(), case)
                group.cases[case.source] = group.drawn_case(case)
                events = [_joined(group, case, time_ns)]
                if more and not group.muted:
                    # One more thing in the air is worth a decision of its own, though the area is the same.
                    return [*events, *self._write(group, time_ns)], []
                self._note(group)
                return events, []
        for group in self._groups:
            if not group.closed and not group.muted and self._may_share(group, case, seen):
                group.cases[case.source] = case
                return [_joined(group, case, time_ns), *self._redraw(group, time_ns, evidence=True, anew=True)], []
        return self._open(case, seen, time_ns), []

    def ring_with(self, longitude_deg: float, latitude_deg: float) -> list[str]:
        """Alerts that are not over and whose area holds a place."""
        point = shapely.Point(longitude_deg, latitude_deg)
        return [
            name
            for group in self._groups
            if not group.closed and Polygon(group.area.ring).contains(point)
            for name in group.alerts
        ]

    def sources(self) -> frozenset[str]:
        """Tracks, presences and calls that some warning is about."""
        return frozenset(source for group in self._groups for source in group.cases)

    # ------------------------------------------------------------------ acts

    def act(self, act: Act) -> list[Event]:
        """What a person or a delivery does to an alert.

        Raises
        ------
        NotNow
        """
        alert = self.book.find(act.alert, act.revision)
        group = next(g for g in self._groups if act.alert in g.alerts)
        if act.kind in (ActKind.CANCEL, ActKind.ALL_CLEAR) and alert.state is not AlertState.DRAFT:
            return self._end_by_person(act)
        events = self.book.act(act)
        if act.kind is ActKind.CANCEL and alert.message in (Message.ALERT, Message.UPDATE):
            group.muted = True
            group.muted_level = int(group.level)
        if act.kind in (ActKind.APPROVE, ActKind.ALL_CLEAR) and alert.message in (Message.ALL_CLEAR, Message.CANCEL):
            self._close_if_over(group)
        return events

    def _end_by_person(self, act: Act) -> list[Event]:
        """A person ends what is in force: the message that says so is written and approved in one act."""
        standing = self.book.in_force(act.alert)
        if standing is None:
            alert = self.book.find(act.alert, act.revision)
            raise NotNow(f"{act.alert} revision {act.revision} is {alert.state}; there is nothing in force to end")
        message = Message.CANCEL if act.kind is ActKind.CANCEL else Message.ALL_CLEAR
        now = ending(
            standing,
            self._ground.authority(standing.authority),
            revision=self.book.next_revision(act.alert),
            message=message,
            why=f"ended by {act.actor}",
            time_ns=act.time_ns,
        )
        self.book.put(now)
        approve = replace(act, kind=ActKind.APPROVE, revision=now.revision)
        events = [told("alert.updated", now, act.time_ns, act.actor), *self.book.act(approve)]
        self._close_if_over(next(g for g in self._groups if act.alert in g.alerts))
        return events

    # ------------------------------------------------------------------ groups

    def _ripe(self, case: Case, time_ns: int) -> bool:
        """Whether a new case is looked at now: a young track may wait for a better course, one node for another."""
        rules = self._rules
        if case.kind == TRACK and case.mover.course_sd_rad > rules.course_sd_rad:
            since_ns = time_ns - max(case.confirmed_ns, case.first_ns)
            poor = case.mover.course_sd_rad > rules.poor_course_sd_rad
            if since_ns < nanoseconds(rules.poor_patience_s if poor else rules.patience_s):
                return False
        if case.kind == PRESENCE:
            since_ns = time_ns - self._came_ns.setdefault(case.source, time_ns)
            if since_ns < nanoseconds(rules.presence_patience_s):
                return False
        looked = self._looked_ns.get(case.source)
        return looked is None or time_ns - looked >= LOOK_AGAIN_NS

    def _refresh(self, group: Group, judged: Mapping[str, Judged], time_ns: int) -> list[Event]:
        """Newer evidence on the group's cases, and those fallen that evidence now speaks against."""
        fallen = []
        for source, case in list(group.cases.items()):
            verdict = judged.get(source)
            if isinstance(verdict, Case) and verdict.made_ns > case.made_ns:
                group.cases[source] = renewed(case, verdict)
            elif isinstance(verdict, Silence) and verdict.final:
                fallen.append(verdict)
                del group.cases[source]
        if not group.cases:
            reason = fallen[0].reason if fallen else "nothing left"
            return self._call_off(group, Message.CANCEL, reason, time_ns)
        return self._redraw(group, time_ns, evidence=bool(fallen))

    def _covers(self, group: Group, case: Case, seen: Outlook) -> bool:
        """Whether the group's area already says what this case would: nobody needs to hear it twice."""
        if case.level > group.level and case.kind == TRACK:
            return False
        if case.kind != TRACK and group.level > case.level:
            return bool(Polygon(group.area.ring).contains(_place(case)))
        return seen.held(group.area.ring) >= (HELD if case.kind == TRACK else 0.7 * HELD)

    def _may_share(self, group: Group, case: Case, seen: Outlook) -> bool:
        """Whether two tracks share a way, and an area that stays small."""
        if case.kind != TRACK or any(c.kind != TRACK for c in group.cases.values()):
            return False
        one, other = Polygon(group.area.ring), Polygon(seen.area().ring)
        if shapely.intersection(one, other).area < SHARED * min(one.area, other.area):
            return False
        both = outlook([*group.cases.values(), case], self._ground.grounds, self._area, self._rules).area()
        return both.km2 <= JOINED_KM2 and both.probability >= JOINED_P

    def _open(self, case: Case, seen: Outlook, time_ns: int) -> list[Event]:
        self._count += 1
        group = Group(
            group=f"g-{self._count:04d}",
            cases={case.source: case},
            drawn={case.source: case.mover},
            drawn_level=int(case.level),
            area=seen.area(),
            drawn_ns=time_ns,
            alerts=[],
        )
        self._groups.append(group)
        return self._write(group, time_ns)

    def _redraw(self, group: Group, time_ns: int, *, evidence: bool = False, anew: bool = False) -> list[Event]:
        """Draw the area again where the evidence moved on, and revise the alerts where that changes something.

        `evidence`: a case came or fell, so no pause is kept. `anew`: one more thing is in the air, which is worth a
        revision whatever the area.
        """
        risen = int(group.level) > group.drawn_level
        if group.muted:
            if int(group.level) <= group.muted_level:
                return []
            group.muted = False
        sent = any(self.book.in_force(name) is not None for name in group.alerts)
        waited = time_ns - group.drawn_ns >= (SENT_PAUSE_NS if sent else DRAFT_PAUSE_NS)
        aims = group.area.aims
        moved = any(s not in group.drawn or moved_on(group.drawn[s], c.mover, aims) for s, c in group.cases.items())
        if not (risen or ((evidence or moved) and (waited or not group.alerts or evidence))):
            return []
        seen = outlook(list(group.cases.values()), self._ground.grounds, self._area, self._rules)
        area = seen.area()
        group.drawn = {source: case.mover for source, case in group.cases.items()}
        if sum(aim.probability for aim in area.aims) < TURNED_AWAY:
            group.away, group.drawn_ns = True, time_ns
            return self._call_off(group, Message.ALL_CLEAR, "turned away from protected ground", time_ns)
        if not (risen or group.away or anew) and still_good(group.area, seen, area, sent=sent):
            return []
        group.area, group.drawn_ns, group.drawn_level, group.away = area, time_ns, int(group.level), False
        return self._write(group, time_ns)

    def _write(self, group: Group, time_ns: int) -> list[Event]:
        """The group's area and level into a draft for each authority concerned: first, in place, or as an update."""
        held = {self.book.revisions[name][-1].authority: name for name in group.alerts}
        reached = self._ground.reached(group.area.ring)
        concerned = {a.id: a for a in self._ground.concerned(group.area, reached)}
        for told_before in held:
            concerned.setdefault(told_before, self._ground.authority(told_before))
        events = []
        for authority in concerned.values():
            name = held.get(authority.id) or self.book.new_name()
            standing = self.book.in_force(name) if authority.id in held else None
            old = self.book.draft_of(name) if authority.id in held else None
            new = draft(
                group,
                authority,
                self._ground,
                name=name,
                revision=self.book.next_revision(name),
                message=Message.ALERT if standing is None else Message.UPDATE,
                exercise=self._exercise,
                time_ns=time_ns,
                standing=standing,
            )
            if old is not None and old.message == new.message:
                new = redrafted(old, new)
            self.book.put(new)
            if name not in group.alerts:
                group.alerts.append(name)
            events.append(told("alert.updated" if authority.id in held else "alert.drafted", new, time_ns))
        return events

    def _note(self, group: Group) -> None:
        """What joined in silence stands among the evidence; nobody is told anything else than before."""
        for name in group.alerts:
            for alert in (self.book.draft_of(name), self.book.in_force(name)):
                if alert is not None:
                    self.book.put(with_sources(alert, group))

    def _call_off(self, group: Group, message: Message, why: str, time_ns: int) -> list[Event]:
        """Evidence speaks against the warning: an unsent draft falls, for a sent alert its end is proposed."""
        events = []
        for name in group.alerts:
            waiting, standing = self.book.draft_of(name), self.book.in_force(name)
            if waiting is not None and waiting.message in (Message.ALL_CLEAR, Message.CANCEL):
                continue
            if waiting is not None:
                fallen = replace(waiting, state=AlertState.CANCELLED, evidence={**waiting.evidence, "why": why})
                events.append(told("alert.withdrawn", self.book.put(fallen), time_ns, reason=why))
            if standing is not None and not self._declined(name, time_ns):
                events.append(self._propose(name, message, why, time_ns))
        self._close_if_over(group)
        return events

    def _propose(self, name: str, message: Message, why: str, time_ns: int) -> Event:
        standing = self.book.in_force(name)
        assert standing is not None
        now = ending(
            standing,
            self._ground.authority(standing.authority),
            revision=self.book.next_revision(name),
            message=message,
            why=why,
            time_ns=time_ns,
        )
        return told("alert.updated", self.book.put(now), time_ns)

    def _declined(self, name: str, time_ns: int) -> bool:
        """Whether a person lately said no to ending it."""
        return any(
            alert.message in (Message.ALL_CLEAR, Message.CANCEL)
            and alert.state is AlertState.CANCELLED
            and time_ns - alert.clock["drafted"] < PROPOSED_AGAIN_NS
            for alert in self.book.revisions[name]
        )

    # ------------------------------------------------------------------ time

    def _lapse(self, group: Group, time_ns: int) -> list[Event]:
        """After the last plausible arrival an all-clear is proposed; past their expiry, drafts and alerts lapse."""
        events = []
        for name in group.alerts:
            for alert in list(self.book.revisions.get(name, [])):
                if lapses(alert, time_ns):
                    over = self.book.put(replace(alert, state=AlertState.EXPIRED))
                    events.append(told("alert.expired", over, time_ns))
            if name in self.book.revisions and time_ns >= group.ends_ns():
                standing, waiting = self.book.in_force(name), self.book.draft_of(name)
                ready = waiting is None or waiting.message is Message.UPDATE
                if standing is not None and ready and not self._declined(name, time_ns):
                    events.append(
                        self._propose(name, Message.ALL_CLEAR, "nothing was seen since it must be over", time_ns)
                    )
        self._close_if_over(group)
        return events

    def _countdown(self, time_ns: int) -> list[Event]:
        """Owners who do not decide are relieved; a last useful moment that passes undecided is on record."""
        events = []
        for alert in self.book.all():
            if alert.state is not AlertState.DRAFT:
                continue
            authority = self._ground.authority(alert.authority)
            due = escalation_due_ns(alert, authority)
            if due is not None and time_ns >= due:
                alert = self.book.put(escalated(alert, authority, time_ns))
                kind = "alert.escalated" if authority.deputy else "alert.unanswered"
                events.append(told(kind, alert, time_ns, after_s=authority.escalate_after_s))
            passed = time_ns >= alert.last_useful_ns and alert.message in (Message.ALERT, Message.UPDATE)
            if passed and not alert.evidence.get("too_late_ns"):
                late = replace(alert, evidence={**alert.evidence, "too_late_ns": time_ns})
                events.append(told("silence.undecided", self.book.put(late), time_ns, reason="undecided in time"))
        return events

    def _close_if_over(self, group: Group) -> None:
        """A group is over when none of its alerts waits for a decision or is in force."""
        names = [name for name in group.alerts if name in self.book.revisions]
        open_ones = [n for n in names if self.book.draft_of(n) is not None or self.book.in_force(n) is not None]
        if not open_ones and not group.away and not group.muted:
            group.closed = True

    def _forget(self, judged: Mapping[str, Judged], time_ns: int) -> None:
        """Drop what is long over; a closed group is kept while its things are about, so that it is not opened again."""
        self._looked_ns = {source: at for source, at in self._looked_ns.items() if source in judged}
        self._came_ns = {source: at for source, at in self._came_ns.items() if source in judged}
        self.book.forget(time_ns - REMEMBERED_NS)
        for group in self._groups:
            if (group.muted or group.away) and not judged.keys() & group.cases.keys():
                group.muted = group.away = False
                self._close_if_over(group)
        self._groups = [
            g
            for g in self._groups
            if not g.closed or judged.keys() & g.cases.keys() or any(name in self.book.revisions for name in g.alerts)
        ]

    # ------------------------------------------------------------------ snapshots

    def saved(self) -> dict[str, Any]:
        """For a snapshot."""
        return {
            "book": book_file.saved(self.book),
            "groups": [group.saved() for group in self._groups],
            "count": self._count,
            "looked_ns": self._looked_ns,
            "came_ns": self._came_ns,
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take up a snapshot."""
        self.book = book_file.restored(saved["book"])
        self._groups = [group_restored(group) for group in saved["groups"]]
        self._count = saved["count"]
        self._looked_ns = dict(saved["looked_ns"])
        self._came_ns = dict(saved["came_ns"])


def _place(case: Case) -> shapely.Point:
    return shapely.Point(math.degrees(case.mover.longitude_rad), math.degrees(case.mover.latitude_rad))


def _joined(group: Group, case: Case, time_ns: int) -> Event:
    payload = {"alerts": list(group.alerts), "group": group.group, **case.why()}
    return Event(time_ns=time_ns, kind="alert.joined", actor="system", payload=payload)

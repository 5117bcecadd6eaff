"""One track out of what many nations see of it, under one id: the same at every node, in whatever order they heard.

Each nation sends what its own sensors see and nothing that it heard, so nothing can come round and be believed twice.
Whether two nations' tracks are one thing is asked at fixed times (slots, `SLOT_NS`), from what both ends of a line
have: a sequential test of the distance in place and velocity against a sky in which others fly (Wald; for tracks
Bar-Shalom and Li, "Multitarget-Multisensor Tracking", 1995, section 8.3). Errors of two nations' tracks of one thing
depend on one another; the sum of both covariances is then too wide, so the test is slower, never too sure.

What is believed after a slot follows from what was said of times up to it, not from when it was heard. What comes late,
after a cut line, sets the belief back to before it, and the slots since are asked again.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from dronewall.picture.nations.estimate import Estimate, added, carried, estimate, offset_m, squared
from dronewall.picture.nations.messages import SharedGone, SharedTrack
from dronewall.units import SECOND_NS

SLOT_NS: Final = 5 * SECOND_NS
SETTLE_NS: Final = 2 * SECOND_NS
"""A slot is asked so long after its time: what is on the way then is there."""
LIVE_NS: Final = 30 * SECOND_NS
"""A track that was not heard of for longer is not there."""
CARRY_NS: Final = 60 * SECOND_NS
"""A track that is no longer there may be another nation's for so long."""
MEMORY_NS: Final = 1_800 * SECOND_NS
GATE_M: Final = 6_000.0
OTHERS: Final = -18.4 - 9.6
"""Log of how many others are in the sky, per m2 and (m/s)2: one in 100 km2, velocities within 60 m/s."""
OTHERS_PLACE: Final = -18.4
UP, DOWN, FULL = 4.0, -6.0, 12.0
LINK, BREAK = 7.9, -4.0

Pair = tuple[str, str]
Belief = dict[Pair, tuple[float, bool]]


@dataclass(slots=True)
class Series:
    """What was said of one track on one line: the last word before each slot, and when it was gone."""

    slots: list[int] = field(default_factory=list)
    said: dict[int, Estimate] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)

    def add(self, one: Estimate) -> bool:
        """Whether it changes what a slot asks: of the words between two slots only the last one counts."""
        slot = -(-one.time_ns // SLOT_NS)
        known = self.said.get(slot)
        if known is not None and known.time_ns >= one.time_ns:
            return False
        if known is None:
            insort(self.slots, slot)
        self.said[slot] = one
        return True

    def at(self, time_ns: int) -> tuple[Estimate, bool] | None:
        """The latest word up to a time, and whether the track was there then; None: nothing worth carrying."""
        index = bisect_right(self.slots, time_ns // SLOT_NS)
        if not index:
            return None
        last = self.said[self.slots[index - 1]]
        left = any(last.time_ns <= gone <= time_ns for gone in self.gone)
        if time_ns - last.time_ns > CARRY_NS:
            return None
        return last, not left and time_ns - last.time_ns <= LIVE_NS

    def forget(self, before_ns: int) -> None:
        """Drop what is older; whether anything is left says `slots`."""
        index = bisect_right(self.slots, before_ns // SLOT_NS)
        for slot in self.slots[:index]:
            del self.said[slot]
        del self.slots[:index]
        self.gone = [gone for gone in self.gone if gone > before_ns]


@dataclass(slots=True)
class Slot:
    """What is believed after a slot: how far each pair is one thing, and each track's name."""

    time_ns: int
    belief: Belief
    names: dict[str, str]


class Common:
    """What one node makes of all.

    `say` and `gone` take what was said; `settle` asks the slots that are due; `names` and `links` are what is believed.
    A line is named by the partner at its other end; what a partner said is on its own line.
    """

    def __init__(self, nation: str) -> None:
        self.nation = nation
        self._series: dict[str, dict[str, Series]] = {}
        self._born: dict[str, int] = {}
        self._slots: list[Slot] = []
        self._shown: Slot | None = None
        self._dirty_ns: int | None = None
        self.asked = 0

    # ------------------------------------------------------------------ in

    def say(self, track: SharedTrack, line: str = "") -> None:
        """A track was said: by a partner (no line), or by us on a line. Said twice it is said once."""
        one = estimate(track)
        if one is None:
            return
        series = self._series.setdefault(track.id, {}).setdefault(line, Series())
        older = one.time_ns < self._born.get(track.id, one.time_ns + 1)
        if older:
            self._born[track.id] = one.time_ns
        if series.add(one) or older:
            self._late(one.time_ns)

    def gone(self, message: SharedGone, line: str = "") -> None:
        """A track is gone."""
        series = self._series.setdefault(message.id, {}).setdefault(line, Series())
        if message.time_ns not in series.gone:
            insort(series.gone, message.time_ns)
            self._late(message.time_ns)

    def _late(self, time_ns: int) -> None:
        if self._slots and time_ns <= self._slots[-1].time_ns:
            self._dirty_ns = time_ns if self._dirty_ns is None else min(self._dirty_ns, time_ns)

    # ------------------------------------------------------------------ out

    def settle(self, now_ns: int, most: int = 10_000) -> bool:
        """Ask every slot that is due, those again that late words touch, but no more than `most`; whether it is done.

        Until it is, `names` and `links` are those of before.
        """
        if self._dirty_ns is not None:
            while self._slots and self._slots[-1].time_ns >= self._dirty_ns:
                self._slots.pop()
            self._dirty_ns = None
        if not self._born:
            return True
        last = (now_ns - SETTLE_NS) // SLOT_NS * SLOT_NS
        if self._slots:
            next_ns = self._slots[-1].time_ns + SLOT_NS
        else:
            next_ns = max(min(self._born.values()), last - MEMORY_NS) // SLOT_NS * SLOT_NS + SLOT_NS
        while next_ns <= last and most > 0:
            self._slots.append(self._asked(next_ns))
            next_ns, most = next_ns + SLOT_NS, most - 1
        if next_ns <= last:
            return False
        self._shown = self._slots[-1] if self._slots else None
        self._forget(now_ns - MEMORY_NS)
        return True

    @property
    def unsettled_ns(self) -> int | None:
        """The earliest time that late words touch; None: nothing is to be asked again."""
        return self._dirty_ns

    @property
    def names(self) -> Mapping[str, str]:
        """Track id -> the id that all of its thing's tracks have."""
        return self._shown.names if self._shown is not None else {}

    @property
    def links(self) -> frozenset[Pair]:
        """Pairs of tracks that are one thing."""
        belief = self._shown.belief if self._shown is not None else {}
        return frozenset(pair for pair, (_, linked) in belief.items() if linked)

    def name(self, track: str) -> str:
        """The id that a track goes by now."""
        return self.names.get(track, track)

    # ------------------------------------------------------------------ one slot

    def _asked(self, time_ns: int) -> Slot:
        self.asked += 1
        before = self._slots[-1] if self._slots else Slot(0, {}, {})
        states, live = self._states(time_ns)
        names = {track: before.names.get(track, track) for track in states}
        belief: Belief = {}
        for pair in sorted(self._near(states) | before.belief.keys()):
            if pair[0] not in states or pair[1] not in states:
                continue
            score, linked = before.belief.get(pair, (0.0, False))
            if pair[0] in live or pair[1] in live:
                score = min(max(score + self._gain(states, pair, time_ns), DOWN), FULL)
            belief[pair] = (score, linked and score > BREAK)
        self._link(belief, names, live)
        self._name(belief, names)
        return Slot(time_ns, belief, names)

    def _states(self, time_ns: int) -> tuple[dict[str, dict[str, Estimate]], set[str]]:
        """Every track worth asking about, by line, carried to the slot; and which of them are there."""
        states: dict[str, dict[str, Estimate]] = {}
        live: set[str] = set()
        for track, lines in self._series.items():
            for line, series in lines.items():
                found = series.at(time_ns)
                if found is not None:
                    states.setdefault(track, {})[line] = carried(found[0], time_ns)
                    if found[1]:
                        live.add(track)
        return states, live

    def _near(self, states: Mapping[str, Mapping[str, Estimate]]) -> set[Pair]:
        """Pairs of tracks of different nations that are within the gate, found over a grid of its size."""
        cells: dict[tuple[int, int], list[tuple[str, Estimate]]] = defaultdict(list)
        found: set[Pair] = set()
        size_deg = GATE_M / 111_320.0
        for track in sorted(states):
            one = next(iter(states[track].values()))
            row, column = int(one.latitude_deg // size_deg), int(one.longitude_deg // (2.0 * size_deg))
            for d_row in (-1, 0, 1):
                for d_column in (-1, 0, 1):
                    for other, there in cells[row + d_row, column + d_column]:
                        if other[:2] != track[:2]:
                            east, north = offset_m(one, there)
                            if east * east + north * north <= GATE_M**2:
                                found.add((other, track))
            cells[row, column].append((track, one))
        return found

    def _gain(self, states: Mapping[str, Mapping[str, Estimate]], pair: Pair, time_ns: int) -> float:
        """What one slot says for two tracks being one thing: a log-likelihood ratio, bounded."""
        one, other = (self._on(states[track], track, against) for track, against in (pair, pair[::-1]))
        place, place_log = squared(offset_m(one, other), added(one.place_m2, other.place_m2))
        apart = (other.velocity_mps[0] - one.velocity_mps[0], other.velocity_mps[1] - one.velocity_mps[1])
        speed, speed_log = squared(apart, added(one.speed, other.speed))
        ratio = -0.5 * (place + speed) - place_log - speed_log - OTHERS
        return min(max(ratio, DOWN), UP)

    def _on(self, lines: Mapping[str, Estimate], track: str, against: str) -> Estimate:
        """A track as both ends of the line between two nations know it: of ours, what we said to that partner."""
        if track[:2] == self.nation and against[:2] in lines:
            return lines[against[:2]]
        return lines[""] if "" in lines else next(iter(lines.values()))

    def _link(self, belief: Belief, names: Mapping[str, str], live: set[str]) -> None:
        """New links, the surest first, unless they would make two tracks of one nation that are there one thing."""
        together = _groups((pair for pair, (_, linked) in belief.items() if linked), names)
        wanted = sorted((-score, pair) for pair, (score, linked) in belief.items() if score >= LINK and not linked)
        for _, (one, other) in wanted:
            ours, theirs = together[one], together[other]
            if ours is theirs:
                belief[one, other] = (belief[one, other][0], True)
                continue
            there = [track[:2] for track in (*ours, *theirs) if track in live]
            if len(set(there)) < len(there):
                continue
            belief[one, other] = (belief[one, other][0], True)
            ours |= theirs
            for track in theirs:
                together[track] = ours

    def _name(self, belief: Belief, names: dict[str, str]) -> None:
        """Each thing goes by the name that its tracks have had for longest; who leaves a thing gets its own again."""
        groups = _groups((pair for pair, (_, linked) in belief.items() if linked), names)
        holders: dict[str, list[set[str]]] = defaultdict(list)
        chosen: list[tuple[set[str], str]] = []
        for group in {id(group): group for group in groups.values()}.values():
            name = min({names[track] for track in group}, key=self._age)
            chosen.append((group, name))
            holders[name].append(group)
        for group, name in chosen:
            if len(holders[name]) > 1 and not self._keeps(group, name, holders[name]):
                name = min(group, key=self._age)
            for track in group:
                names[track] = name

    def _keeps(self, group: set[str], name: str, rivals: Iterable[set[str]]) -> bool:
        """Whether of several groups that had one name this one keeps it: the founder's, or else the oldest."""
        return group is min(rivals, key=lambda one: (name not in one, min(map(self._age, one))))

    def _age(self, track: str) -> tuple[int, str]:
        return self._born.get(track, 0), track

    def _forget(self, before_ns: int) -> None:
        while len(self._slots) > 1 and self._slots[0].time_ns < before_ns:
            self._slots.pop(0)
        if self._slots and self._slots[0].time_ns < before_ns + SLOT_NS:
            names = set(self.names.values())
            for track in [track for track, lines in self._series.items() if _is_over(lines, before_ns)]:
                del self._series[track]
            self._born = {track: at for track, at in self._born.items() if track in self._series or track in names}


def _is_over(lines: Mapping[str, Series], before_ns: int) -> bool:
    for series in lines.values():
        series.forget(before_ns)
    return not any(series.slots for series in lines.values())


def _groups(pairs: Iterable[Pair], tracks: Iterable[str]) -> dict[str, set[str]]:
    """Track -> the set of those that are one thing with it."""
    groups = {track: {track} for track in tracks}
    for one, other in pairs:
        if one in groups and other in groups and groups[one] is not groups[other]:
            merged = groups[one]
            merged |= groups[other]
            for track in groups[other]:
                groups[track] = merged
    return groups

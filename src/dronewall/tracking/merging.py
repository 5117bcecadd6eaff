"""The stretches' answers become one picture: each thing once, under one id, also while it passes from one to the next.

A track's id is made of the detection that began it, so nobody has to hand numbers out. Near a cut both neighbours track
what is there, from the same detections: two of their tracks that have most of the latest ones in common are one thing,
which is shown once, by the worker over whose stretch it is, under the older of the two ids. The id goes along from
stretch to stretch. What is one is settled once a second (`tick`), so that it is a function of the looks alone.
"""

from base64 import b32encode
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from dronewall.records.presence import Presence
from dronewall.records.track import Tracks
from dronewall.tracking.stretch import Answer, Birth
from dronewall.tracking.stretches import Stretches, places_of
from dronewall.units import SECOND_NS, Bools, Floats

ALIKE = 0.5  # of the latest detections of the one that has fewer
FORGET_S = 1_300.0  # a track that coasts ends after 1,200 s
FORGET_EVERY_S = 60.0

Key = tuple[int, Birth]
"""A track of a stretch."""


class Name(NamedTuple):
    """Under what a thing is known, the older the smaller: when it was first seen, and the detection that began it."""

    first_ns: int
    birth: Birth

    @property
    def id(self) -> str:
        """As others see it."""
        return _track_id(self.birth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """One picture; and for each row the stretch that told it and its id there."""

    tracks: Tracks
    told: tuple[tuple[int, str], ...]


class Merger:
    """Keeps which tracks of which stretches are one thing. Answers come one of each stretch, in their order."""

    def __init__(self, stretches: Stretches) -> None:
        self._stretches = stretches
        self._names: dict[Key, Name] = {}
        self._seen_ns: dict[Key, int] = {}
        self._sure_ns: dict[Name, int] = {}
        self._links: set[tuple[Key, Key]] = set()
        self._home: dict[Name, int] = {}
        self._ticked_ns = self._forgot_ns = -(2**62)
        self.handed_over = 0

    def merge(self, answers: Sequence[Answer], time_ns: int, *, tick: bool) -> Merged:
        """One picture, in order of first detection."""
        keys = [[_key(one.stretch, row) for row in one.births.tolist()] for one in answers]
        places = [places_of(one.tracks) for one in answers]
        ticks = tick and time_ns > self._ticked_ns
        if ticks:
            self._ticked_ns = time_ns
            self._inherit(answers, keys)
            self._link(answers, keys, places)
            self._remember(answers, keys, time_ns)
        shown = self._shown(answers, keys, places)
        if ticks:
            for name, at, _ in shown:
                self.handed_over += self._home.get(name, at) != at
                self._home[name] = at
            self._forget(time_ns)
        return self._picture(answers, shown, time_ns)

    def saved(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "names": [[*_flat(key), name.first_ns, *name.birth] for key, name in self._names.items()],
            "seen_ns": [[*_flat(key), at] for key, at in self._seen_ns.items()],
            "sure_ns": [[name.first_ns, *name.birth, at] for name, at in self._sure_ns.items()],
            "links": [[*_flat(left), *_flat(right)] for left, right in sorted(self._links)],
            "home": [[name.first_ns, *name.birth, at] for name, at in self._home.items()],
            "ticked_ns": self._ticked_ns,
            "forgot_ns": self._forgot_ns,
            "handed_over": self.handed_over,
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """What `saved` gave."""
        self._names = {_key(row[0], row[1:4]): _name(row[4:]) for row in saved["names"]}
        self._seen_ns = {_key(row[0], row[1:4]): row[4] for row in saved["seen_ns"]}
        self._sure_ns = {_name(row[:4]): row[4] for row in saved["sure_ns"]}
        self._links = {(_key(row[0], row[1:4]), _key(row[4], row[5:8])) for row in saved["links"]}
        self._home = {_name(row[:4]): row[4] for row in saved["home"]}
        self._ticked_ns, self._forgot_ns = saved["ticked_ns"], saved["forgot_ns"]
        self.handed_over = saved["handed_over"]

    # ------------------------------------------------------------------ once a second

    def _inherit(self, answers: Sequence[Answer], keys: list[list[Key]]) -> None:
        """A late look may show an earlier beginning of a track: it keeps the name that it had."""
        here = {key for some in keys for key in some}
        for one, some in zip(answers, keys, strict=True):
            new = [row for row, key in enumerate(some) if key not in self._names]
            if not new:
                continue
            gone = {key[1]: key for key in self._names if key[0] == one.stretch and key not in here}
            for row, *detection in one.behind[np.isin(one.behind[:, 0], new)].tolist():
                former = gone.get((detection[0], detection[1], detection[2]))
                if former is not None and some[row] not in self._names:
                    self._names[some[row]] = self._names.pop(former)
                    del gone[former[1]]

    def _link(self, answers: Sequence[Answer], keys: list[list[Key]], places: list[Floats]) -> None:
        """Know which of two neighbours' tracks are one thing, and let both have the older name."""
        for one, some in zip(answers, keys, strict=True):
            for row, key in enumerate(some):
                self._names.setdefault(key, Name(int(one.tracks.first_ns[row]), key[1]))
        borne = [{self._names[key] for key in some} for some in keys]
        self._links = set()
        for at, (left, right) in enumerate(pairwise(answers)):
            near = [self._stretches.near(at, places[at]), self._stretches.near(at, places[at + 1])]
            for row, other in _alike(_behind(left, near[0]), _behind(right, near[1])):
                pair = (keys[at][row], keys[at + 1][other])
                self._links.add(pair)
                names = [self._names[key] for key in pair]
                for side, key in enumerate(pair):
                    if names[side] != min(names) and min(names) not in borne[at + side]:
                        borne[at + side].discard(names[side])
                        borne[at + side].add(min(names))
                        self._names[key] = min(names)

    def _remember(self, answers: Sequence[Answer], keys: list[list[Key]], time_ns: int) -> None:
        """When each track was last told of, and when each name was first sure."""
        for one, some in zip(answers, keys, strict=True):
            self._seen_ns.update(dict.fromkeys(some, time_ns))
            for key, sure_ns in zip(some, one.tracks.confirmed_ns.tolist(), strict=True):
                name = self._names[key]
                known = self._sure_ns.get(name, 0)
                self._sure_ns[name] = min(known, sure_ns) if known and sure_ns else known or sure_ns

    def _forget(self, time_ns: int) -> None:
        """What has long been gone, now and then."""
        if time_ns < self._forgot_ns + FORGET_EVERY_S * SECOND_NS:
            return
        self._forgot_ns = time_ns
        oldest = time_ns - FORGET_S * SECOND_NS
        self._seen_ns = {key: at for key, at in self._seen_ns.items() if at > oldest and key in self._names}
        self._names = {key: name for key, name in self._names.items() if key in self._seen_ns}
        names = set(self._names.values())
        self._sure_ns = {name: at for name, at in self._sure_ns.items() if name in names}
        self._home = {name: at for name, at in self._home.items() if name in names}

    # ------------------------------------------------------------------ the picture

    def _shown(
        self, answers: Sequence[Answer], keys: list[list[Key]], places: list[Floats]
    ) -> list[tuple[Name, int, int]]:
        """Name, stretch and row of all that is shown: what is over its own stretch, and of two that are one, one."""
        show: list[Bools] = [
            self._stretches.over(some) == one.stretch for one, some in zip(answers, places, strict=True)
        ]
        rows = [{key: row for row, key in enumerate(some)} for some in keys]
        for left, right in self._links:
            at = left[0]
            row, other = rows[at].get(left), rows[at + 1].get(right)
            if row is None or other is None:
                continue
            beyond = self._stretches.over(places[at][row : row + 1])[0] > at
            if not beyond:
                show[at + 1][other] = False
            elif self._stretches.over(places[at + 1][other : other + 1])[0] <= at:
                show[at + 1][other] = True
        found, taken = list[tuple[Name, int, int]](), set[Name]()
        for at, one in enumerate(answers):
            for row in np.flatnonzero(show[at]).tolist():
                own = Name(int(one.tracks.first_ns[row]), keys[at][row][1])
                name = self._names.get(keys[at][row], own)
                name = own if name in taken else name
                taken.add(name)
                found.append((name, at, row))
        return sorted(found)

    def _picture(self, answers: Sequence[Answer], shown: list[tuple[Name, int, int]], time_ns: int) -> Merged:
        first = np.cumsum([0, *(len(one.tracks) for one in answers)])
        which = np.array([first[at] + row for _, at, row in shown], np.int64)
        columns = {
            field.name: np.concatenate([getattr(one.tracks, field.name) for one in answers])[which]
            for field in fields(Tracks)
        }
        told = tuple(
            (answers[at].stretch, str(local)) for (_, at, _), local in zip(shown, columns["track"], strict=True)
        )
        columns["time_ns"] = np.full(len(shown), time_ns, np.int64)
        columns["track"] = np.array([name.id for name, _, _ in shown], object).reshape(len(shown))
        columns["first_ns"] = np.array([name.first_ns for name, _, _ in shown], np.int64)
        sure_ns = columns["confirmed_ns"].tolist()
        columns["confirmed_ns"] = np.array(
            [self._sure_ns.get(name, 0) or own for (name, _, _), own in zip(shown, sure_ns, strict=True)], np.int64
        )
        return Merged(tracks=Tracks(**columns), told=told)


def presences(answers: Sequence[Answer]) -> tuple[Presence, ...]:
    """The areas of all stretches, each over one of them, under ids that do not depend on the cut."""
    found = sorted((one for answer in answers for one in answer.presences), key=lambda p: (p.first_ns, p.sensors))
    seen, named = Counter[tuple[int, tuple[str, ...]]](), list[Presence]()
    for one in found:
        key = (one.first_ns, one.sensors)
        named.append(replace(one, presence=_id("p", *one.sensors, one.first_ns, seen[key])))
        seen[key] += 1
    return tuple(named)


def _behind(one: Answer, near: Bools) -> dict[int, frozenset[Birth]]:
    """The detections behind those rows of an answer that are near a cut."""
    found = defaultdict[int, set[Birth]](set)
    for row, sensor, look, at in one.behind[near[one.behind[:, 0]]].tolist():
        found[row].add((sensor, look, at))
    return {row: frozenset(some) for row, some in found.items()}


def _alike(left: dict[int, frozenset[Birth]], right: dict[int, frozenset[Birth]]) -> list[tuple[int, int]]:
    """Pairs of rows near a cut, each the other's best, that share most detections."""
    whose = defaultdict[Birth, list[int]](list)
    for other, some in right.items():
        for detection in some:
            whose[detection].append(other)
    shared = {
        row: Counter(other for detection in some for other in whose.get(detection, ())) for row, some in left.items()
    }
    best: dict[int, tuple[int, int]] = {}
    for row in sorted(shared):
        for other, count in shared[row].items():
            if count > best.get(other, (0, 0))[0]:
                best[other] = (count, row)
    pairs = []
    for row, counts in sorted(shared.items()):
        if counts:
            count, other = max((count, -other) for other, count in counts.items())
            least = ALIKE * min(len(left[row]), len(right[-other]))
            if best[-other][1] == row and count >= least:
                pairs.append((row, -other))
    return pairs


@lru_cache(maxsize=65_536)
def _track_id(birth: Birth) -> str:
    return _id("t", *birth)


def _id(letter: str, *parts: object) -> str:
    digest = blake2b(":".join(map(str, parts)).encode(), digest_size=8).digest()
    return f"{letter}-{b32encode(digest).decode().lower()[:10]}"


def _key(stretch: int, birth: Sequence[int]) -> Key:
    return stretch, (birth[0], birth[1], birth[2])


def _name(row: Sequence[int]) -> Name:
    return Name(row[0], (row[1], row[2], row[3]))


def _flat(key: Key) -> tuple[int, int, int, int]:
    return key[0], *key[1]

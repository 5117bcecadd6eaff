"""The picture of a node among others: what partners told, beside and together with our own, for the screen.

Our own sensors come first: a partner's track is drawn as the partner's, drafts nothing here, and is put together with
ours only where it agrees with it; where it does not, the screen says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dronewall.picture.nations.common import LIVE_NS, MEMORY_NS, Common
from dronewall.picture.nations.estimate import Estimate, added, carried, estimate, fused, offset_m, squared
from dronewall.picture.nations.messages import Part, SharedGone, SharedTrack
from dronewall.units import SECOND_NS

AGREES: Final = 13.8155
"""99.9 % of chi-square with two degrees of freedom."""
AHEAD_NS: Final = 10 * SECOND_NS
"""What a partner dates so far in the future, its clock allowed for, is not believed."""
MOST_TRACKS: Final = 1_000
"""Of one partner at a time; what comes beyond it is counted and not drawn."""
DEEP_NS: Final = 60 * SECOND_NS
REST_NS: Final = 10 * SECOND_NS
"""A word that sets the belief back by more than the first is heeded no oftener than the second: a partner that dates
its words back costs a little, not everything."""
SHOWN: Final = ("position", "height", "velocity", "accuracy", "label", "identity", "sensors", "times")

Row = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Told:
    """The newest word on one partner's track, and where its partner's clock puts it on ours."""

    nation: str
    track: SharedTrack
    time_ns: int
    gone: bool = False


class Abroad:
    """What partners told, and what is common."""

    def __init__(self, nation: str, *, ahead_ns: int = AHEAD_NS) -> None:
        self.nation, self._ahead_ns = nation, ahead_ns
        self.common = Common(nation)
        self._told: dict[str, Told] = {}
        self._own: dict[str, SharedTrack] = {}
        self._shared: set[str] = set()
        self._deep_ns = -REST_NS
        self.unbelieved: dict[str, int] = {}

    def own(self, full: Iterable[SharedTrack]) -> None:
        """Our own tracks now, in full; they are for ourselves."""
        self._own = {track.id: track for track in full}
        for track in self._own.values():
            self.common.say(track)

    def said(self, partner: str, items: Iterable[Any]) -> None:
        """What went on a line: both ends ask from that."""
        for item in items:
            if isinstance(item, SharedTrack):
                self.common.say(item, partner)
            elif isinstance(item, SharedGone):
                self.common.gone(item, partner)
                self.common.gone(item)

    def heard(self, partner: str, parts: Sequence[Part], now_ns: int, ahead_ns: int) -> list[Any]:
        """Parts of a partner, in order, its clock ahead of ours by so much; the alerts and receipts among them."""
        rest: list[Any] = []
        for part in parts:
            if part.fresh:
                for told in self._told.values():
                    told.gone = told.gone or told.nation == partner
            for item in part.items:
                if isinstance(item, SharedTrack):
                    self._track(partner, item, now_ns, ahead_ns)
                elif isinstance(item, SharedGone):
                    known = self._told.get(item.id)
                    if known is not None:
                        known.gone = True
                        self.common.gone(item.model_copy(update={"time_ns": item.time_ns - ahead_ns}))
                else:
                    rest.append(item)
        return rest

    def _track(self, partner: str, item: SharedTrack, now_ns: int, ahead_ns: int) -> None:
        at_ns = item.time_ns - ahead_ns
        theirs = sum(told.nation == partner for told in self._told.values()) if item.id not in self._told else 0
        past = at_ns < now_ns - MEMORY_NS
        if past or at_ns > now_ns + self._ahead_ns or theirs >= MOST_TRACKS:
            self.unbelieved[partner] = self.unbelieved.get(partner, 0) + 1
            return
        ours = item if not ahead_ns else item.model_copy(update={"time_ns": at_ns})
        known = self._told.get(item.id)
        if known is None or known.time_ns <= at_ns:
            self._told[item.id] = Told(nation=partner, track=ours, time_ns=at_ns)
        self.common.say(ours)

    def settle(self, now_ns: int, most: int = 40) -> bool:
        """Ask what is due; forget what is long over."""
        for name in [name for name, told in self._told.items() if now_ns - told.time_ns > 20 * LIVE_NS]:
            del self._told[name]
        deep = self.common.unsettled_ns is not None and now_ns - self.common.unsettled_ns > DEEP_NS
        if deep and 0 <= now_ns - self._deep_ns < REST_NS:
            return True
        if deep:
            self._deep_ns = now_ns
        return self.common.settle(now_ns, most)

    # ------------------------------------------------------------------ for the screen

    def own_names(self) -> Mapping[str, str]:
        """Our tracks' shared ids -> the id that their thing goes by."""
        return {name: self.common.name(name) for name in self._own}

    def shared_names(self) -> list[str]:
        """Names of things that several nations have seen so far, also those that are over."""
        owners: dict[str, set[str]] = {}
        for track, name in self.common.names.items():
            owners.setdefault(name, set()).update((track[:2], name[:2]))
        self._shared |= {name for name, nations in owners.items() if len(nations) > 1}
        return sorted(self._shared)

    def things(self, now_ns: int) -> list[Row]:
        """One row per thing that a partner sees: whose, how old, what was given, and all of it put together."""
        groups: dict[str, list[Told]] = {}
        for name in sorted(self._told):
            told = self._told[name]
            if not told.gone:
                groups.setdefault(self.common.name(name), []).append(told)
        own: dict[str, SharedTrack] = {}
        for name in sorted(self._own):
            own.setdefault(self.common.name(name), self._own[name])
        return [self._row(name, told, own.get(name), now_ns) for name, told in sorted(groups.items())]

    def _row(self, name: str, told: Sequence[Told], own: SharedTrack | None, now_ns: int) -> Row:
        newest = max(told, key=lambda one: (one.time_ns, one.track.id))
        mine = None if own is None else estimate(own)
        found = [(one, estimate(one.track)) for one in told if now_ns - one.time_ns <= LIVE_NS]
        live = [(one, carried(place, now_ns)) for one, place in found if place is not None]
        differing = (
            [] if mine is None else [one.nation for one, place in live if not _agree(carried(mine, now_ns), place)]
        )
        agreed = [place for one, place in live if one.nation not in differing]
        if mine is not None:
            agreed = [carried(mine, now_ns), *agreed]
        together = fused(agreed) if agreed else None
        row: Row = {
            "id": name,
            "owners": sorted({one.nation for one in told} | ({self.nation} if own is not None else set())),
            "own": None if own is None else own.id,
            "tracks": [_track_row(one, now_ns) for one in told],
            "age_s": round((now_ns - newest.time_ns) / SECOND_NS, 1),
            "disagrees": sorted(set(differing)),
        }
        if together is not None:
            row |= {
                "lat": round(together.latitude_deg, 6),
                "lon": round(together.longitude_deg, 6),
                "ve": round(together.velocity_mps[0], 2),
                "vn": round(together.velocity_mps[1], 2),
                "place_m2": [round(value, 1) for value in together.place_m2],
            }
        elif newest.track.latitude_deg is not None:
            row |= {"lat": newest.track.latitude_deg, "lon": newest.track.longitude_deg}
        return row


def _agree(mine: Estimate, theirs: Estimate) -> bool:
    found, _ = squared(offset_m(mine, theirs), added(mine.place_m2, theirs.place_m2))
    return found <= AGREES


def _track_row(told: Told, now_ns: int) -> Row:
    track = told.track
    given = {
        "position": track.latitude_deg is not None or track.stretch is not None,
        "height": track.altitude_hae_m is not None,
        "velocity": track.velocity_mps is not None,
        "accuracy": track.covariance is not None,
        "label": track.label is not None,
        "identity": track.identity_status is not None,
        "sensors": track.sensors is not None,
        "times": track.first_ns is not None,
    }
    row = track.model_dump(mode="json", exclude_none=True, exclude={"covariance", "kind", "rows"})
    return row | {
        "owner": told.nation,
        "age_s": round((now_ns - told.time_ns) / SECOND_NS, 1),
        "given": [word for word in SHOWN if given[word]],
        "not_given": [word for word in SHOWN if not given[word]],
    }

"""Every track and presence, judged once a second: a case, a silence with its reason, or too young to say."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

import numpy as np

from dronewall.picture.bearings import Sweep
from dronewall.picture.case import TRACK, Case
from dronewall.picture.flights import Flights, Word
from dronewall.picture.plane import MEAN_EARTH_M, Plane
from dronewall.picture.rules import (
    RuleSettings,
    Silence,
    hearings,
    judge_presence,
    judge_track,
    p_drone,
    p_harmless,
    rests_on_enough,
)
from dronewall.records.event import Event
from dronewall.records.presence import Presence
from dronewall.records.track import Tracks
from dronewall.records.words import IdentityStatus, TrackStatus
from dronewall.tracking.ledger import EvidenceRow
from dronewall.units import SECOND_NS, nanoseconds

Judged = Case | Silence

SILENCE_AGAIN_NS: Final = 600 * SECOND_NS
"""The same silence about the same thing is written down this often at most."""
REMEMBERED_NS: Final = 1_200 * SECOND_NS
"""What said who it is may have flown out of the receiver's reach and be still at work: remembered so long."""
KNOWN_NS: Final = 120 * SECOND_NS
"""A cooperative track that was last heard of so long ago explains nothing any more."""


class Judge:
    """What must be remembered from second to second to judge."""

    def __init__(self, kinds: Mapping[str, str], settings: RuleSettings, flights: Flights | None = None) -> None:
        self._kinds, self._settings = kinds, settings
        self._flights = Flights() if flights is None else flights
        self._plausible_ns: dict[str, int] = {}
        self._sweeps: dict[str, Sweep] = {}
        self._unspoken: dict[str, Silence] = {}
        self._written_ns: dict[tuple[str, str], int] = {}
        self._firm: set[str] = set()
        self._harmless_s: dict[str, int] = {}
        self._began: dict[str, tuple[float, float]] = {}
        self._honest: dict[str, tuple[float, float, float, int]] = {}

    def judge(
        self,
        tracks: Tracks,
        presences: Sequence[Presence],
        time_ns: int,
        behind: Callable[[str], Sequence[EvidenceRow]],
    ) -> dict[str, Judged]:
        """By id; what is too young to say is left out. `behind` gives the detections behind a track."""
        found: dict[str, Judged] = {}
        self._remember_honest(tracks, time_ns)
        for i in range(len(tracks)):
            verdict = self._firmly(self._beside(self._track(tracks, i, time_ns), tracks, i, time_ns), behind)
            if isinstance(verdict, Case) and self._is_sound_of_known(tracks, i):
                verdict = Silence(source=verdict.source, reason="explained_by_cooperative", details=verdict.why())
            if verdict is not None:
                found[str(tracks.track[i])] = verdict
        honest = honest_places(tracks, time_ns)
        for presence in presences:
            verdict = self._presence(presence, honest)
            if verdict is not None:
                found[presence.presence] = verdict
        self._forget(tracks, presences)
        return found

    def silences(self, judged: Mapping[str, Judged], presences: Sequence[Presence], time_ns: int) -> list[Event]:
        """The log of silence: each reason once per thing and while, a presence's when it has fallen quiet."""
        listening = {p.presence for p in presences if time_ns - p.last_ns < self._settings.presence_quiet_s * SECOND_NS}
        events = []
        for source, verdict in judged.items():
            if not isinstance(verdict, Silence):
                self._unspoken.pop(source, None)
            elif source in listening:
                self._unspoken[source] = verdict
            else:
                events += self.silence(verdict, time_ns)
        for source in sorted(set(self._unspoken) - listening):
            events += self.silence(self._unspoken.pop(source), time_ns)
        return events

    def silence(self, verdict: Silence, time_ns: int) -> list[Event]:
        """Write one down, unless it was lately."""
        key = (verdict.source, verdict.reason)
        last = self._written_ns.get(key)
        if last is not None and time_ns - last < SILENCE_AGAIN_NS:
            return []
        self._written_ns[key] = time_ns
        payload = {"source": verdict.source, "reason": verdict.reason, **verdict.details}
        return [Event(time_ns=time_ns, kind=f"silence.{verdict.reason}", actor="system", payload=payload)]

    def _track(self, tracks: Tracks, i: int, time_ns: int) -> Judged | None:
        name = str(tracks.track[i])
        if p_drone(tracks, i) >= self._settings.p_drone_unheard:
            self._plausible_ns.setdefault(name, time_ns)
        else:
            self._plausible_ns.pop(name, None)
        verdict = judge_track(
            tracks,
            i,
            kinds=frozenset(self._kinds.get(sensor, "") for sensor in tracks.sensors[i]),
            plausible_ns=self._plausible_ns.get(name, 0),
            way_m=self._way_m(tracks, i),
            time_ns=time_ns,
            settings=self._settings,
        )
        if p_harmless(tracks, i) >= 0.8:
            self._harmless_s[name] = self._harmless_s.get(name, 0) + 1
        return verdict

    def _beside(self, verdict: Judged | None, tracks: Tracks, i: int, time_ns: int) -> Judged | None:
        """The verdict with the authorised flight that it is of, or beside. Only what says who it is is ever excused."""
        standing = None if verdict is None else self._flights.standing(tracks, i, time_ns)
        if verdict is None or standing is None:
            return verdict
        if isinstance(verdict, Case):
            return replace(verdict, beside=standing.row())
        known = verdict.reason == "cooperative" and standing.word is Word.KNOWN
        reason = "authorised" if known else verdict.reason
        return replace(verdict, reason=reason, details={**verdict.details, "flight": standing.row()})

    def _way_m(self, tracks: Tracks, i: int) -> float:
        """How far a track is from where it was when it was judged for the first time since it is confirmed."""
        if tracks.status[i] == TrackStatus.TENTATIVE:
            return 0.0
        here = float(tracks.latitude_rad[i]), float(tracks.longitude_rad[i])
        began = self._began.setdefault(str(tracks.track[i]), here)
        east = math.remainder(here[1] - began[1], math.tau) * math.cos(here[0])
        return MEAN_EARTH_M * math.hypot(here[0] - began[0], east)

    def _firmly(self, verdict: Judged | None, behind: Callable[[str], Sequence[EvidenceRow]]) -> Judged | None:
        """The verdict; a case that rests on too few detections, or on too few independent ones, is a silence as yet."""
        if not isinstance(verdict, Case):
            return verdict
        if verdict.kind == TRACK and verdict.mover.place_sd_m > self._settings.widest_place_m:
            return Silence(source=verdict.source, reason="place_hardly_known", details=verdict.why())
        if verdict.source in self._firm:
            return verdict
        rows = behind(verdict.source)
        if self._harmless_s.get(verdict.source, 0) >= self._settings.long_a_bird_s and self._hardly_heard(rows):
            return Silence(source=verdict.source, reason="long_taken_for_a_bird", details=verdict.why())
        if rests_on_enough(rows, self._kinds, self._settings):
            self._firm.add(verdict.source)
            return verdict
        return Silence(source=verdict.source, reason="thin_evidence", details=verdict.why())

    def _hardly_heard(self, rows: Sequence[EvidenceRow]) -> bool:
        """Whether microphones heard it too seldom, of late, to be believed that it has an engine."""
        times_ns = [row.time_ns for row in hearings(rows, self._kinds, self._settings)]
        since_ns = max(times_ns, default=0) - nanoseconds(self._settings.plots_within_s)
        return sum(time_ns >= since_ns for time_ns in times_ns) < self._settings.fewest_of_a_bird

    def _remember_honest(self, tracks: Tracks, time_ns: int) -> None:
        """Place, speed and time of what says who it is, for a while after it was last heard of."""
        for k in honest_rows(tracks, time_ns):
            speed_mps = float(np.hypot(*tracks.velocity_enu_mps[k, :2]))
            place = float(tracks.latitude_rad[k]), float(tracks.longitude_rad[k])
            self._honest[str(tracks.track[k])] = (*place, speed_mps, int(tracks.last_ns[k]))
        self._honest = {name: row for name, row in self._honest.items() if time_ns - row[3] <= REMEMBERED_NS}

    def _is_sound_of_known(self, tracks: Tracks, i: int) -> bool:
        """Whether a track that was only heard lies where something that flies about as fast said lately who it is."""
        if any(self._kinds.get(sensor) != "acoustic" for sensor in tracks.sensors[i]):
            return False
        plane = Plane.at(float(tracks.latitude_rad[i]), float(tracks.longitude_rad[i]))
        speed_mps = float(np.hypot(*tracks.velocity_enu_mps[i, :2]))
        for latitude_rad, longitude_rad, known_mps, _ in self._honest.values():
            apart_m = float(np.hypot(*plane.xy_m(np.degrees([longitude_rad]), np.degrees([latitude_rad]))[0]))
            if apart_m <= self._settings.same_sound_m and speed_mps - known_mps <= self._settings.same_sound_mps:
                return True
        return False

    def _presence(self, presence: Presence, honest: Sequence[tuple[float, float]]) -> Judged | None:
        width = (presence.azimuth_to_rad - presence.azimuth_from_rad) % (2.0 * math.pi)
        sweep = self._sweeps.get(presence.presence, Sweep())
        if 0.0 < width < math.pi:
            sweep = sweep.seen(presence.azimuth_from_rad + 0.5 * width, presence.last_ns)
        self._sweeps[presence.presence] = sweep
        return judge_presence(
            presence,
            sweep,
            explained=self._explained(presence, honest),
            called=any(self._kinds.get(sensor) == "observer" for sensor in presence.sensors),
            settings=self._settings,
        )

    def _explained(self, presence: Presence, honest: Sequence[tuple[float, float]]) -> bool:
        """Whether something that says who it is flies within earshot."""
        if not honest:
            return False
        plane = Plane.at(presence.latitude_rad, presence.longitude_rad)
        places = np.degrees(np.array(honest))
        apart = np.hypot(*plane.xy_m(places[:, 1], places[:, 0]).T)
        return bool((apart <= presence.radius_m + self._settings.explained_m).any())

    def _forget(self, tracks: Tracks, presences: Sequence[Presence]) -> None:
        live = {str(name) for name in tracks.track} | {p.presence for p in presences}
        self._plausible_ns = {k: v for k, v in self._plausible_ns.items() if k in live}
        self._sweeps = {k: v for k, v in self._sweeps.items() if k in live}
        self._written_ns = {k: v for k, v in self._written_ns.items() if k[0] in live}
        self._firm &= live
        self._harmless_s = {k: v for k, v in self._harmless_s.items() if k in live}
        self._began = {k: v for k, v in self._began.items() if k in live}

    def saved(self) -> dict[str, Any]:
        """For a snapshot."""
        return {
            "plausible_ns": self._plausible_ns,
            "sweeps": {name: asdict(sweep) for name, sweep in self._sweeps.items()},
            "unspoken": {name: asdict(silence) for name, silence in self._unspoken.items()},
            "written_ns": [[*key, value] for key, value in self._written_ns.items()],
            "firm": sorted(self._firm),
            "harmless_s": self._harmless_s,
            "began": {name: list(place) for name, place in self._began.items()},
            "honest": {name: list(row) for name, row in self._honest.items()},
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take up a snapshot."""
        self._plausible_ns = dict(saved["plausible_ns"])
        self._sweeps = {
            name: Sweep(**{**sweep, "steps_rad": tuple(sweep["steps_rad"])}) for name, sweep in saved["sweeps"].items()
        }
        self._unspoken = {name: Silence(**silence) for name, silence in saved["unspoken"].items()}
        self._written_ns = {(source, reason): value for source, reason, value in saved["written_ns"]}
        self._firm = set(saved["firm"])
        self._harmless_s = dict(saved["harmless_s"])
        self._began = {name: (place[0], place[1]) for name, place in saved["began"].items()}
        self._honest = {name: (row[0], row[1], row[2], row[3]) for name, row in saved["honest"].items()}


def honest_places(tracks: Tracks, time_ns: int) -> list[tuple[float, float]]:
    """Latitude and longitude (rad) of what says who it is, uncontradicted, and was heard of lately."""
    return [(float(tracks.latitude_rad[i]), float(tracks.longitude_rad[i])) for i in honest_rows(tracks, time_ns)]


def honest_rows(tracks: Tracks, time_ns: int) -> list[int]:
    """Rows of what says who it is, uncontradicted, and was heard of lately."""
    return [
        i
        for i in range(len(tracks))
        if tracks.identity_status[i] == IdentityStatus.COOPERATIVE
        and tracks.status[i] != TrackStatus.ENDED
        and time_ns - int(tracks.last_ns[i]) <= KNOWN_NS
    ]

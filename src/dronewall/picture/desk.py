"""The desk: scans, seconds and people's acts in, events out. The same object in rehearsal and live.

It holds the tracker, judges what it shows, keeps the board of alerts, and forgets nothing that a restart needs. Pure:
no clock, no randomness, no network; the same inputs in the same order give the same events and the same `save`.
"""

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

import numpy as np

from dronewall.errors import Corrupt
from dronewall.geo.terrain import Terrain
from dronewall.picture.act import Act, ActKind, Call
from dronewall.picture.alerts import NotNow
from dronewall.picture.area import AreaSettings, Mover
from dronewall.picture.board import Board
from dronewall.picture.case import CALL, Case
from dronewall.picture.flights import Flights, Standing
from dronewall.picture.freshness import fields
from dronewall.picture.ground import GroundMap
from dronewall.picture.health import Pulses, SensorHealth
from dronewall.picture.identity import public_identity
from dronewall.picture.judging import Judge
from dronewall.picture.rules import RuleSettings
from dronewall.picture.search import Lost
from dronewall.picture.texts import check_languages
from dronewall.records.alert import Alert, Level
from dronewall.records.event import Event
from dronewall.records.flight import Flight
from dronewall.records.presence import Presence
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.records.wall import Wall
from dronewall.records.weather import Weather
from dronewall.records.words import IdentityStatus, TrackStatus
from dronewall.sensors.sensor import Sensor
from dronewall.tracking.fates import Fates
from dronewall.tracking.lateness import InOrder
from dronewall.tracking.ledger import EvidenceRow
from dronewall.tracking.tracker import Tracker
from dronewall.units import SECOND_NS

__all__ = ["Act", "ActKind", "Call", "Desk", "DeskSettings"]


class Following(Protocol):
    """What a desk needs of that which follows things from look to look: `lateness.InOrder`, or a border's workers."""

    def step(self, scan: Scan) -> Fates:
        """Take one look, late or not."""
        ...

    def tracks(self, time_ns: int) -> Tracks:
        """Every numbered track, predicted to a time."""
        ...

    def presences(self, time_ns: int) -> tuple[Presence, ...]:
        """Areas in which something is believed to be that has no track."""
        ...

    def evidence(self, track: str, last: int = 200) -> list[EvidenceRow]:
        """The latest detections behind a live track, oldest first."""
        ...

    def save(self) -> bytes:
        """The state as bytes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    """What the desk is told about areas and rules."""

    area: AreaSettings = field(default_factory=AreaSettings)
    rules: RuleSettings = field(default_factory=RuleSettings)


class Desk:
    """One wall's picture and warnings.

    Raises
    ------
    BadInput
        An authority's language has no phrases.
    """

    def __init__(
        self,
        wall: Wall,
        sensors: Mapping[str, Sensor],
        *,
        weather: Weather | None = None,
        settings: DeskSettings | None = None,
        terrain: Terrain | None = None,
        tracker: Following | None = None,
    ) -> None:
        for authority in wall.authority:
            check_languages(authority.languages, where=f"[[authority]] {authority.id}")
        chosen = settings or DeskSettings()
        self._wall, self._sensors, self._rules = wall, sensors, chosen.rules
        self._tracker: Following = tracker or InOrder(Tracker(sensors, weather=weather, terrain=terrain))
        self._flights = Flights()
        self._judge = Judge({spec.id: spec.kind for spec in wall.sensor}, chosen.rules, self._flights)
        ground = GroundMap(wall)
        self._board = Board(ground, exercise=wall.exercise, area=chosen.area, rules=chosen.rules)
        self._lost = Lost(ground.grounds)
        self._pulses = Pulses(sensors)
        self._silent: set[str] = set()
        self._statuses: dict[str, str] = {}
        self._identities: dict[str, str] = {}
        self._identity_ns: dict[str, int] = {}
        self._calls = 0
        self._since_ns = 0

    # ------------------------------------------------------------------ in

    def take(self, scan: Scan) -> list[Event]:
        """One look of one sensor, in the order in which they come. What follows from it comes with the next `tick`."""
        self._pulses.beat(scan)
        if len(scan.detections):
            for identity, time_ns in zip(scan.detections.identity, scan.detections.time_ns.tolist(), strict=True):
                if identity is not None:
                    self._identity_ns[identity] = max(self._identity_ns.get(identity, 0), time_ns)
        self._tracker.step(scan)
        return []

    def tick(self, time_ns: int) -> list[Event]:
        """A second has passed: what is new about tracks and sensors, drafts, silences, escalations, expiries."""
        self._since_ns = self._since_ns or time_ns
        self._flights.forget(time_ns)
        tracks, presences = self._tracker.tracks(time_ns), self._tracker.presences(time_ns)
        events = self._track_events(tracks, time_ns)
        events += self._sensor_events(time_ns)
        judged = self._judge.judge(tracks, presences, time_ns, self._tracker.evidence)
        events += self._lost.events(judged, time_ns)
        found, unwarned = self._board.take(judged, time_ns)
        events += found
        for silence in unwarned:
            events += self._judge.silence(silence, time_ns)
        warned = self._board.sources()
        quiet = {source: verdict for source, verdict in judged.items() if source not in warned}
        return events + self._judge.silences(quiet, presences, time_ns)

    def act(self, act: Act) -> list[Event]:
        """What a person or a delivery does; what cannot be done is an event `act.refused` with its `reason`."""
        if act.kind is ActKind.CALL:
            return self._call(act)
        if act.kind is ActKind.FLIGHTS:
            return [] if act.flights is None else self._flights.change(act.flights, act.time_ns, act.actor)
        try:
            return self._board.act(act)
        except NotNow as refusal:
            payload = {"act": str(act.kind), "alert": act.alert, "revision": act.revision, "reason": str(refusal)}
            return [Event(time_ns=act.time_ns, kind="act.refused", actor=act.actor or "system", payload=payload)]

    # ------------------------------------------------------------------ out

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Each alert's revisions: what is in force, what waits for a decision, how others ended (for a day)."""
        return self._board.book.all()

    def tracks(self, time_ns: int) -> Tracks:
        """Every live track, predicted to a time; tentative ones too."""
        return self._tracker.tracks(time_ns)

    def presences(self, time_ns: int) -> tuple[Presence, ...]:
        """Areas in which something is believed to be that has no track."""
        return self._tracker.presences(time_ns)

    @property
    def flights(self) -> tuple[Flight, ...]:
        """The flights that are authorised, as far as they were said."""
        return self._flights.all()

    def flight_of(self, tracks: Tracks, i: int, time_ns: int) -> Standing | None:
        """How a track's row stands to the authorised flights; None where none is there."""
        return self._flights.standing(tracks, i, time_ns)

    def evidence(self, track: str, last: int = 200) -> list[EvidenceRow]:
        """The latest detections behind a track."""
        return self._tracker.evidence(track, last)

    def health(self, time_ns: int) -> tuple[SensorHealth, ...]:
        """Every sensor, in the wall's order."""
        return self._pulses.health(time_ns, self._since_ns)

    def freshness(self, tracks: Tracks, i: int, time_ns: int) -> dict[str, str]:
        """Fresh, stale or expired for each field of a track's row."""
        identity = tracks.identity[i]
        received_ns = 0 if identity is None else self._identity_ns.get(str(identity), 0)
        return fields(tracks, i, time_ns, identity_ns=received_ns)

    # ------------------------------------------------------------------ events of their own

    def _track_events(self, tracks: Tracks, time_ns: int) -> list[Event]:
        """Confirmed, ended, and identities that turn conflicting or cooperative."""
        events = []
        now: dict[str, str] = {}
        identities: dict[str, str] = {}
        for i in range(len(tracks)):
            name, status = str(tracks.track[i]), str(tracks.status[i])
            if status == TrackStatus.ENDED:
                continue
            now[name], identities[name] = status, str(tracks.identity_status[i])
            confirmed = status in (TrackStatus.CONFIRMED, TrackStatus.COASTING)
            before = self._statuses.get(name)
            if confirmed and before not in (TrackStatus.CONFIRMED, TrackStatus.COASTING):
                events.append(_track_event("track.confirmed", tracks, i, time_ns))
            turned = identities[name] != self._identities.get(name, str(IdentityStatus.UNKNOWN))
            if confirmed and turned:
                events.append(_track_event(f"track.{identities[name]}", tracks, i, time_ns))
        for name in self._statuses.keys() - now.keys():
            if self._statuses[name] != TrackStatus.TENTATIVE:
                events.append(Event(time_ns=time_ns, kind="track.ended", actor="system", payload={"track": name}))
        self._statuses, self._identities = now, identities
        stale = time_ns - 3_600 * SECOND_NS
        self._identity_ns = {name: at for name, at in self._identity_ns.items() if at > stale}
        return events

    def _sensor_events(self, time_ns: int) -> list[Event]:
        """Sensors that fell silent and sensors that are back, in the wall's order."""
        now = dict(self._pulses.silent(time_ns, self._since_ns))
        turned = now.keys() ^ self._silent
        if not turned:
            return []
        self._silent = set(now)
        return [
            Event(
                time_ns=time_ns,
                kind="sensor.silent" if name in now else "sensor.back",
                actor="system",
                payload={"sensor": name, "last_ns": self._pulses.last_ns(name)},
            )
            for name in self._sensors
            if name in turned
        ]

    def _call(self, act: Act) -> list[Event]:
        """A call from the public: evidence of the lowest level, unless people there are warned already."""
        if act.call is None:
            reason = {"act": "call", "reason": "a call needs a place, a radius and a time"}
            return [Event(time_ns=act.time_ns, kind="act.refused", actor=act.actor, payload=reason)]
        self._calls += 1
        name, call = f"c-{self._calls:04d}", act.call
        longitude, latitude = float(np.degrees(call.longitude_rad)), float(np.degrees(call.latitude_rad))
        covered = self._board.ring_with(longitude, latitude)
        payload = {
            "call": name,
            "latitude_deg": round(latitude, 2),
            "longitude_deg": round(longitude, 2),
            "radius_m": call.radius_m,
            "seen_ns": call.seen_ns,
            "digest": call.digest,
            "warned_already": covered,
        }
        events = [Event(time_ns=act.time_ns, kind="call.received", actor=act.actor, payload=payload)]
        placed, unwarned = self._board.place(_case_of(name, call, self._rules), act.time_ns)
        events += placed
        for silence in unwarned:
            events += self._judge.silence(silence, act.time_ns)
        return events

    # ------------------------------------------------------------------ snapshots

    def save(self) -> bytes:
        """The whole state; `restore` goes on exactly from it."""
        state = {
            "board": self._board.saved(),
            "judge": self._judge.saved(),
            "pulses": self._pulses.saved(),
            "silent": sorted(self._silent),
            "statuses": self._statuses,
            "identities": self._identities,
            "identity_ns": self._identity_ns,
            "calls": self._calls,
            "since_ns": self._since_ns,
            "lost": self._lost.saved(),
            "flights": self._flights.saved(),
        }
        head = json.dumps(state, separators=(",", ":")).encode()
        return struct.pack("<Q", len(head)) + head + self._tracker.save()

    @classmethod
    def restore(
        cls,
        saved: bytes,
        wall: Wall,
        sensors: Mapping[str, Sensor],
        *,
        weather: Weather | None = None,
        settings: DeskSettings | None = None,
        terrain: Terrain | None = None,
        follow: Callable[[bytes], Following] | None = None,
    ) -> Self:
        """The desk as it was saved, given the same wall, sensors, weather and settings.

        `follow` makes from what it saved that which follows things, where that is not the desk's own tracker.

        Raises
        ------
        Corrupt
            The bytes are not those of `save`.
        """
        _, tracked = _opened(saved)
        tracker: Following
        if follow is not None:
            tracker = follow(tracked)
        else:
            tracker = InOrder.restore(tracked, sensors, weather=weather, terrain=terrain)
        desk = cls(wall, sensors, weather=weather, settings=settings, terrain=terrain, tracker=tracker)
        desk.take_up(saved)
        return desk

    def take_up(self, saved: bytes) -> None:
        """Everything but the tracker as it was saved."""
        state, _ = _opened(saved)
        self._board.restore(state["board"])
        self._judge.restore(state["judge"])
        self._pulses.restore(state["pulses"])
        self._silent = set(state["silent"])
        self._statuses, self._identities = dict(state["statuses"]), dict(state["identities"])
        self._identity_ns = dict(state["identity_ns"])
        self._calls, self._since_ns = state["calls"], state["since_ns"]
        self._lost.restore(state.get("lost", {}))
        self._flights.restore(state.get("flights", []))


def _opened(saved: bytes) -> tuple[dict[str, Any], bytes]:
    """The desk's own state and the tracker's bytes."""
    if len(saved) < 8:
        raise Corrupt(f"a saved desk has at least 8 bytes, this has {len(saved)}")
    (length,) = struct.unpack_from("<Q", saved)
    if len(saved) < 8 + length:
        raise Corrupt("the saved desk is cut off in the middle of its state")
    try:
        state: dict[str, Any] = json.loads(saved[8 : 8 + length])
    except ValueError as error:
        raise Corrupt(f"the saved desk does not begin with its state: {error}") from None
    return state, saved[8 + length :]


def _track_event(kind: str, tracks: Tracks, i: int, time_ns: int) -> Event:
    payload = {
        "track": str(tracks.track[i]),
        "latitude_deg": round(float(np.degrees(tracks.latitude_rad[i])), 5),
        "longitude_deg": round(float(np.degrees(tracks.longitude_rad[i])), 5),
        "p_exists": round(float(tracks.p_exists[i]), 4),
        "label": str(tracks.label[i]),
        "label_probability": round(float(tracks.label_probability[i]), 3),
        "identity": public_identity(None if tracks.identity[i] is None else str(tracks.identity[i])),
        "identity_status": str(tracks.identity_status[i]),
        "sensors": list(tracks.sensors[i]),
        "first_ns": int(tracks.first_ns[i]),
        "confirmed_ns": int(tracks.confirmed_ns[i]),
    }
    return Event(time_ns=time_ns, kind=kind, actor="system", payload=payload)


def _case_of(name: str, call: Call, rules: RuleSettings) -> Case:
    """A call as a case: a place with a wide spread, no course, and what piston drones do for a speed."""
    return Case(
        source=name,
        kind=CALL,
        level=Level.INFORMATION,
        mover=Mover(
            latitude_rad=call.latitude_rad,
            longitude_rad=call.longitude_rad,
            place_sd_m=max(0.5 * call.radius_m, 200.0),
            course_rad=0.0,
            course_sd_rad=float("inf"),
            speed_mps=rules.engine_mps,
            speed_sd_mps=rules.engine_sd_mps,
        ),
        made_ns=call.seen_ns,
        first_ns=call.seen_ns,
        confirmed_ns=0,
        label="unknown",
        label_probability=0.5,
        p_exists=0.5,
        identity_status=str(IdentityStatus.UNKNOWN),
        sensors=(),
        detections=1,
        digest=call.digest,
    )

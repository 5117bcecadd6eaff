"""The station: what the page and the API may ask of a running watch, and what everybody is told.

Everything that touches the desk runs on the engine's thread; the answers come as futures.
"""

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dronewall import __version__
from dronewall.errors import BadInput, Unavailable
from dronewall.eventlog import EventLog
from dronewall.outputs.publish import Publishers
from dronewall.picture.act import Call
from dronewall.picture.nations.facts import Offer, Rows, alert_facts, track_facts
from dronewall.records.alert import Alert
from dronewall.records.event import Event
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.units import nanoseconds
from dronewall.vault import Vault
from dronewall.watch import acts
from dronewall.watch.clock import Clock, PlaybackClock
from dronewall.watch.deliveries import Deliveries, Fate
from dronewall.watch.doors import Refused, refused_event
from dronewall.watch.engine import Engine
from dronewall.watch.flights import FlightsIn
from dronewall.watch.history import History
from dronewall.watch.hub import Hub
from dronewall.watch.lasting import Lasting
from dronewall.watch.memory import give_back
from dronewall.watch.pictures import (
    Heights,
    Json,
    alert_row,
    event_row,
    evidence_row,
    health_row,
    presence_rows,
    replay_row,
    scan_rows,
    track_rows,
    unix_s,
)
from dronewall.watch.roles import Person, Tokens
from dronewall.watch.sources import Source

if TYPE_CHECKING:
    from dronewall.watch.share.sharing import Sharing


class NotReady(Unavailable):
    """The watch is still preparing, or too busy to answer."""


class Unknown(BadInput):
    """There is no such track, look or alert."""


HELLO = "hello"  # in a listener's queue it stands for a hello of its own, with the listener's role


class Station:
    """One watch, from the moment that its page opens. `ready` comes when the desk is prepared.

    Parameters
    ----------
    wall_view : mapping
        `wallview.wall_view` of the wall alone; replaced once the sensors are built.
    """

    def __init__(self, *, wall_view: Json, exercise: bool, hub: Hub, tokens: Tokens) -> None:
        self.wall_view, self.exercise, self.hub, self.tokens = wall_view, exercise, hub, tokens
        self._progress: Json = {"step": "starting", "done": 0, "total": 1}
        self._engine: Engine | None = None
        self._sharing: Sharing | None = None
        self.certificates: list[Callable[[], Sequence[Lasting]]] = []
        self.flights: FlightsIn | None = None
        self.sectors: Callable[[], Sequence[Json]] = list
        self.failed: str | None = None

    # ------------------------------------------------------------------ while preparing

    def progress(self, step: str, done: int, total: int) -> None:
        """Tell everybody how far the preparation is."""
        self._progress = {"step": step, "done": done, "total": total}
        self.hub.event(json.dumps({"type": "progress", **self._progress}))

    def prepared(
        self,
        *,
        sharing: "Sharing | None" = None,
        engine: Engine,
        source: Source,
        clock: Clock,
        log: EventLog,
        vault: Vault,
        history: History,
        deliveries: Deliveries,
        publishers: Publishers,
        wall_view: Json,
        ground: Heights | None,
        timeline: Callable[[Sequence[Alert]], Json],
    ) -> None:
        """The parts are there; the engine may start."""
        self._source, self._clock, self._log, self._vault = source, clock, log, vault
        self.history, self._deliveries, self._ground, self._timeline = history, deliveries, ground, timeline
        self.wall_view, self._sharing = wall_view, sharing
        self._places = {row["id"]: (row["longitude_deg"], row["latitude_deg"]) for row in wall_view["sensors"]}
        self._shown: set[tuple[str, int]] = set()
        self._publishers, self._engine = publishers, engine
        self._progress = {"step": "ready", "done": 1, "total": 1}
        self.hub.event(json.dumps({"type": "progress", **self._progress}))
        self.hub.event(HELLO)

    @property
    def status(self) -> str:
        """One word: preparing, ok or failed."""
        if self.failed or (self._engine is not None and self._engine.failure is not None):
            return "failed"
        return "preparing" if self._engine is None else "ok"

    @property
    def engine(self) -> Engine:
        """The engine, once prepared."""
        if self._engine is None:
            progress = self._progress
            raise NotReady(f"the watch is preparing: {progress['step']} ({progress['done']} of {progress['total']})")
        return self._engine

    # ------------------------------------------------------------------ people

    def person(self, token: str) -> Person | None:
        """Whose token this is."""
        return self.tokens.person(token, now_ns=time.time_ns())

    def noted(self, kind: str, user: str, payload: Json) -> "Future[None]":
        """Put down what somebody did; it is in the log when the future is done."""
        engine = self.engine
        return engine.ask(lambda: engine.note(Event(time_ns=time.time_ns(), kind=kind, actor=user, payload=payload)))

    def refused(self, one: Refused) -> None:
        """Put down what was refused at the doors; a stranger's address goes into the vault."""
        engine = self._engine
        if engine is not None:
            engine.ask(lambda: engine.note(refused_event(one, self._vault, time.time_ns())))

    @property
    def folder(self) -> Path:
        """The data folder, once prepared."""
        _ = self.engine
        return self._log.path.parent

    def hello(self, who: Person, now_s: float) -> str:
        """The first message on a WebSocket."""
        row = {"wall": self.wall_view, "role": str(who.role), "user": who.user, "progress": self._progress}
        return json.dumps({"type": "hello", **row, "server_t": now_s, "version": __version__})

    # ------------------------------------------------------------------ asked

    def health(self) -> "Future[Json]":
        """Sensors, feeds, engine and people listening."""

        def look() -> Json:
            now = engine.shown_ns
            return {
                "status": self.status,
                "version": __version__,
                "t": unix_s(now),
                "sensors": self._sensor_rows(now),
                "feeds": self._source.health(now),
                "flights": None if self.flights is None else self.flights.health(now),
                "engine": engine.health(),
                "sectors": self.sectors(),
                "deliveries_under_way": self._deliveries.under_way,
                "outputs": self._publishers.health(),
                "store": self.history.store and self.history.store.health(),
                "listening": self.hub.listening,
                "certificates": [one.row() for said in self.certificates for one in said()],
            }

        if self._engine is None:
            ready: Future[Json] = Future()
            ready.set_result({"status": self.status, "version": __version__, "progress": self._progress})
            return ready
        return (engine := self._engine).ask(look)

    def tracks(self) -> "Future[Json]":
        """Tracks and presences now."""
        return self.engine.ask(lambda: self._picture(self.engine.shown_ns))

    def card(self, track: str) -> "Future[Json]":
        """Why this track is believed."""

        def look() -> Json:
            now = self.engine.shown_ns
            tracks = self.engine.desk.tracks(now)
            live = [row for row in self._track_rows(tracks, now) if row["id"] == track]
            history = self.history.path(track)
            if not live and not history:
                raise Unknown(f"there is no track '{track}'")
            return {
                "id": track,
                "track": live[0] if live else None,
                "history": history,
                "evidence": [evidence_row(row) for row in self.engine.desk.evidence(track)],
                "alerts": [alert.alert for alert in self.engine.desk.alerts if track in alert.tracks],
            }

        return self.engine.ask(look)

    def look(self, sensor: str, scan: int) -> "Future[Json]":
        """The rows of one look."""

        def find() -> Json:
            found = self.history.look(sensor, scan)
            if found is None:
                raise Unknown(f"look {scan} of sensor '{sensor}' saw nothing, or is no longer in memory")
            return {"sensor": sensor, "scan": scan, "t": unix_s(found.time_ns), "rows": scan_rows(found)}

        return self.engine.ask(find)

    def alerts(self) -> "Future[Json]":
        """Every alert, newest revisions."""
        return self.engine.ask(lambda: {"t": unix_s(self.engine.shown_ns), "alerts": self._alert_rows()})

    def timeline(self) -> "Future[Json]":
        """The warning clock beside the reported one."""
        return self.engine.ask(lambda: self._timeline(self.engine.desk.alerts))

    def replay(self) -> Json:
        """Where the clock stands."""
        _ = self.engine
        return replay_row(self._clock.state())

    def events(self, after: int, limit: int) -> Json:
        """Events of the log after a number."""
        if self._engine is None:
            return {"events": [], "last": after}
        rows = [event_row(*found) for found in islice(self._log.events(after_seq=after), limit)]
        return {"events": rows, "last": rows[-1]["seq"] if rows else after}

    # ------------------------------------------------------------------ acted

    def push(self, sensor: str, data: bytes) -> Json:
        """What a sensor posted, into its feed; what became of it."""
        if self._engine is None:
            raise NotReady("the watch is preparing; post it again in a moment")
        return self._source.push(sensor, data)

    def act(self, alert: str, act: str, revision: int, who: Person) -> "Future[Json]":
        """An operator's act; refused when the revision is not the one on the desk."""

        def do() -> Json:
            engine = self.engine
            events = engine.act(acts.operator_act(act, alert, revision, who.user, engine.now_ns))
            refused = next((e for e in events if e.kind == "act.refused"), None)
            if refused is not None:
                raise BadInput(str(refused.payload.get("reason", f"{act} of {alert} was refused")))
            rows = [row for row in self._alert_rows() if row["id"] == alert]
            chosen = [row for row in rows if row["revision"] == revision] or rows[-1:]
            return {"alert": chosen[0] if chosen else None, "events": [e.kind for e in events]}

        return self.engine.ask(do)

    def call(self, body: Mapping[str, Any], who: Person) -> "Future[Json]":
        """A call from the public; what was said and by whom goes into the vault and nowhere else."""

        def do() -> Json:
            engine = self.engine
            said = {"text": body["text"], "contact": body.get("contact")}
            call = Call(
                latitude_rad=math.radians(body["latitude_deg"]),
                longitude_rad=math.radians(body["longitude_deg"]),
                radius_m=float(body["radius_m"]),
                seen_ns=nanoseconds(body["seen_at"]),
                digest=self._vault.put(time.time_ns(), said),
            )
            events = engine.act(acts.call_act(call, who.user, engine.now_ns))
            return {"events": [e.kind for e in events]}

        return self.engine.ask(do)

    def shown(self, alerts: Sequence[str], who: Person) -> None:
        """The page of an operator drew these alerts; the first time counts."""

        def do() -> None:
            engine = self.engine
            for alert in engine.desk.alerts:
                key = (alert.alert, alert.revision)
                if alert.alert in alerts and "shown" not in alert.clock and key not in self._shown:
                    self._shown.add(key)
                    engine.act(acts.operator_act("shown", alert.alert, alert.revision, who.user, engine.now_ns))

        if self._engine is not None:
            self._engine.ask(do)

    def set_replay(self, speed: float | None, paused: bool | None, t: float | None, who: Person) -> "Future[Json]":
        """Speed, pause or set a replay."""

        def do() -> Json:
            clock, engine = self._clock, self.engine
            if not isinstance(clock, PlaybackClock):
                raise BadInput("this watch is live: its time cannot be set")
            given = {n: v for n, v in (("speed", speed), ("paused", paused), ("t", t)) if v is not None}
            engine.note(Event(time_ns=engine.now_ns, kind="replay.set", actor=who.user, payload=given))
            clock.set(speed=speed, paused=paused)
            if t is not None:
                engine.set_back(nanoseconds(t))
            return replay_row(clock.state())

        return self.engine.ask(do)

    def delivered(self, fate: Fate) -> None:
        """What became of a sent alert, from a delivery's thread."""

        def do() -> None:
            engine = self.engine
            engine.act(acts.delivery_act(fate, engine.now_ns))

        self.engine.ask(do)

    # ------------------------------------------------------------------ the engine's witness

    def scan(self, scan: Scan) -> None:
        """A scan was taken."""
        self.history.scan(scan)

    def second(self, time_ns: int) -> None:
        """A second has passed."""
        if self._publishers or self.history.wants(time_ns):
            tracks = self.engine.desk.tracks(time_ns)
            self._publishers.put(tracks, time_ns)
            self.history.step(time_ns, tracks)

    def events_logged(self, logged: Sequence[tuple[int, Event]]) -> None:
        """Events stand in the log: tell everybody, and carry out what was approved."""
        for number, event in logged:
            self.hub.event(json.dumps({"type": "event", **event_row(number, event)}))

    def settled(self) -> None:
        """A step is over: approved alerts go on their way."""
        self._deliveries.look(self.engine.desk.alerts)

    def picture(self, now_ns: int, made_s: float) -> None:
        """Draw, and offer the picture to the node's partners."""
        self._offer(now_ns)
        if not self.hub.listening:
            return
        row = self._picture(now_ns)
        row |= {"type": "picture", "sent": round(time.time(), 4), "made": round(made_s, 4) if made_s else None}
        self.hub.picture(json.dumps(row, separators=(",", ":")))

    def _offer(self, now_ns: int) -> None:
        sharing = self._sharing
        if sharing is None:
            return
        desk = self.engine.desk

        def rows(track: str) -> Rows:
            if not sharing.rows_wanted:
                return ()
            return tuple(
                (row.sensor, int(row.scan), int(row.row), int(row.time_ns)) for row in desk.evidence(track, 20)
            )

        tracks = list(track_facts(desk.tracks(now_ns), self._places, rows))
        sharing.offer(Offer(tracks=tracks, alerts=list(alert_facts(desk.alerts)), time_ns=now_ns))

    def nations_shown(self, view: Json) -> None:
        """The newest view of the nations, from the sharing's thread."""
        self.hub.picture(json.dumps({"type": "nations", **view}, separators=(",", ":")), kind="nations")

    def nations(self) -> Json:
        """What partners see, what they tell, and how the lines are.

        Raises
        ------
        Unknown
            The wall has no `[share]`.
        """
        if self._sharing is None:
            raise Unknown("this wall has no [share]: it is in no company of nations")
        return self._sharing.view

    def cut(self, partner: str, cut: bool, who: Person) -> "Future[Json]":
        """Cut or mend a line of a demonstration; it is in the log."""
        self.nations()
        sharing, engine = self._sharing, self.engine
        assert sharing is not None

        def do() -> Json:
            done = sharing.cut(partner, cut)
            kind, payload = "share.cut_by_hand" if cut else "share.mended_by_hand", {"partner": partner}
            engine.note(Event(time_ns=engine.now_ns, kind=kind, actor=who.user, payload=payload))
            return done

        return engine.ask(do)

    def take_over(self, alert: str, revision: int, authority: str, who: Person) -> "Future[Json]":
        """A person here has a partner's alert."""
        self.nations()
        assert self._sharing is not None
        return self._sharing.acknowledge(alert, revision, authority, who.user)

    def kept(self, seq: int) -> None:
        """A snapshot is about to be kept."""
        self.history.kept(seq)
        give_back()

    def back(self, seq: int) -> None:
        """Begin anew after input `seq`."""
        self.history.forget(seq)
        self._deliveries.forget()
        self._shown.clear()

    # ------------------------------------------------------------------ rows

    def _picture(self, now_ns: int) -> Json:
        desk = self.engine.desk
        return {
            "t": unix_s(now_ns),
            "tracks": self._track_rows(desk.tracks(now_ns), now_ns),
            "presences": presence_rows(desk.presences(now_ns)),
            "sensors": self._sensor_rows(now_ns),
            "alerts": self._alert_rows(),
            "replay": replay_row(self._clock.state()),
        }

    def _track_rows(self, tracks: Tracks, now_ns: int) -> list[Json]:
        return track_rows(
            tracks,
            now_ns,
            freshness=lambda i: self.engine.desk.freshness(tracks, i, now_ns),
            flight_of=lambda i: self.engine.desk.flight_of(tracks, i, now_ns),
            ground=self._ground,
            exercise=self.exercise,
            shared_id=None if self._sharing is None else self._sharing.shared_id,
        )

    def _alert_rows(self) -> list[Json]:
        return [alert_row(alert, self.engine.shown_ns) for alert in self.engine.desk.alerts]

    def _sensor_rows(self, now_ns: int) -> list[Json]:
        return [health_row(row) for row in self.engine.desk.health(now_ns)]

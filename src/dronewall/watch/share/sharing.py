"""The node's own thread beside a watch: it tells partners what the rules release, and hears what they tell.

The engine hands over its picture and goes on; nothing here can hold it up, and no partner is needed to start, run or
stop. What is heard is a picture of its own, beside ours: it drafts nothing.
"""

import asyncio
import contextlib
import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dronewall.errors import BadInput, DronewallError, Unavailable
from dronewall.picture.nations.abroad import AHEAD_NS, Abroad
from dronewall.picture.nations.facts import Offer
from dronewall.picture.nations.handover import Given, Handover, Taken
from dronewall.picture.nations.messages import Item, Part, SharedAlert, SharedReceipt
from dronewall.picture.nations.release import Releaser
from dronewall.picture.nations.telling import Telling
from dronewall.records.event import Event
from dronewall.records.release import load_rules
from dronewall.records.wall import Wall
from dronewall.units import SECOND_NS, nanoseconds
from dronewall.watch.lasting import Lasting
from dronewall.watch.share.cables import Cables
from dronewall.watch.share.handshakes import Handshakes
from dronewall.watch.share.hub import certificate_of as hub_certificate
from dronewall.watch.share.identity import known
from dronewall.watch.share.line import Ears, Line
from dronewall.watch.share.server import Dial, NatsServer, Through, program
from dronewall.watch.share.state import State

LOOK_S: Final = 0.1
PLAYED_AHEAD_NS: Final = 3_600 * SECOND_NS
Json = dict[str, Any]


class Sharing:
    """One node.

    Parameters
    ----------
    base : Path
        The wall file's folder: paths in `[share]` are relative to it.
    data : Path
        The service's folder; everything of ours lies in `share/` there.
    clock : callable
        The picture's time, ns. Where it is not `live` but played, nodes agree on what happened when and not on what
        is now: a partner's times are then taken as they are, instead of being set right by how far its clock is off.
    tell : callable
        Takes events for the log, from any thread.
    shown : callable
        Takes the newest view, from our thread.

    Raises
    ------
    BadInput
        Rules, key or certificates that cannot be used.
    Unavailable
        nats-server is not installed.
    """

    def __init__(
        self,
        wall: Wall,
        *,
        base: Path,
        data: Path,
        clock: Callable[[], int],
        live: bool,
        cables: Cables | None = None,
        tell: Callable[[Event], None],
        shown: Callable[[Json], None],
    ) -> None:
        share = wall.share
        if share is None:
            raise BadInput("the wall has no [share]")
        self._share, self._clock, self._tell_event, self._shown = share, clock, tell, shown
        self._folder, self._exercise = (data / "share").resolve(), wall.exercise
        zones = {zone.id: zone.polygon for zone in wall.zone}
        rules_file = base / share.rules
        rules = load_rules(rules_file, zones=zones)
        if rules.release.nation != share.nation:
            raise BadInput(
                f"{rules_file}: release.nation is {rules.release.nation}, and [share] says {share.nation}",
                file=str(rules_file),
                key="release.nation",
            )
        self._me, self._partners = known(share, base)
        self._by_hub = frozenset(one.nation for one in share.partner if one.hub)
        self._hub_file = Path() if share.hub is None else hub_certificate((base / share.hub.certificate).resolve())
        authorities = [one.authority for one in self._partners.values() if one.authority is not None]
        self._revoked = authorities[0].revoked if authorities else None
        program()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._releaser = Releaser(rules, zones=zones, secret=_secret(self._folder), exercise=wall.exercise)
        self._telling = {nation: Telling(self._releaser, nation) for nation in self._partners}
        self._fresh = set(self._partners)
        self._live_clock, self._cables = live, cables
        self._abroad = Abroad(share.nation, ahead_ns=AHEAD_NS if live else PLAYED_AHEAD_NS)
        self._handover = Handover()
        self._lines: dict[str, Line] = {}
        self._acknowledged: list[tuple[Json, int]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=self._live, name="sharing", daemon=True)
        self._offered = self._own_ns = 0
        self._handshakes, self._strangers, self._turned_away = Handshakes(), Counter[str](), Counter[str]()
        self._warned: dict[str, tuple[str, str]] = {}
        self._list_why = ""
        self._changed = True
        self._failed_s = -60.0
        self.failure: str | None = None
        self.view: Json = self._view()

    # ------------------------------------------------------------------ from other threads

    def start(self, log: Iterable[tuple[int, Event]] = ()) -> None:
        """Begin; `log` are the events of before, for what was acknowledged here."""
        self._acknowledged = [
            (dict(event.payload), event.time_ns) for _, event in log if event.kind == "handover.acknowledged_here"
        ]
        self._loop = asyncio.new_event_loop()
        self._thread.start()

    def stop(self) -> None:
        """Store what was said, end the server, end."""
        if self._post(self._over.set):
            self._thread.join(timeout=20.0)

    def offer(self, offer: Offer) -> None:
        """Our picture now; one that comes while another waits takes its turn after it, and a third is left out."""
        if self._offered < 2:
            self._offered += 1
            self._post(lambda: self._take_offer(offer))

    @property
    def rows_wanted(self) -> bool:
        """Whether any rule releases detection rows, which cost something to look up."""
        return any("detections" in rule.fields for rule in self._releaser.rules.rule)

    def shared_id(self, name: str) -> str:
        """The id under which partners know a track or an alert of ours."""
        return self._releaser.shared_id(name)

    def cut(self, partner: str, cut: bool) -> Json:
        """Cut the line to a partner, or mend it: in a demonstration, whose lines are its own.

        Raises
        ------
        BadInput
            There is no such line, or this is no demonstration.
        """
        ends = frozenset({self._share.nation, partner})
        if self._cables is None:
            raise BadInput("only a demonstration can cut its lines")
        if not self._cables.known(ends):
            raise BadInput(f"there is no line to '{partner}'; there are: {', '.join(sorted(self._partners))}")
        self._cables.cut(ends, cut)
        self._changed = True
        return {"partner": partner, "cut": cut}

    def acknowledge(self, alert: str, revision: int, authority: str, user: str) -> "Future[Json]":
        """A person of ours has a partner's alert."""
        done: Future[Json] = Future()

        def do() -> None:
            try:
                told, partner, receipt = self._handover.acknowledge(alert, revision, authority, self._clock())
                self._tell(told, actor=user)
                self._put(partner, [receipt])
                self._changed = True
                done.set_result({"alert": alert, "revision": revision, "authority": authority})
            except DronewallError as error:
                done.set_exception(error)

        if not self._post(do):
            done.set_exception(Unavailable("the node does not run"))
        return done

    def _post(self, what: Callable[[], None]) -> bool:
        """Have something done on our thread; whether it runs."""
        if self._loop is None:
            return False
        try:
            self._loop.call_soon_threadsafe(what)
        except RuntimeError:  # it has ended
            return False
        return True

    # ------------------------------------------------------------------ the loop

    def _live(self) -> None:
        loop = self._loop
        assert loop is not None
        asyncio.set_event_loop(loop)
        logging.getLogger("nats.aio.client").setLevel(logging.CRITICAL)
        try:
            loop.run_until_complete(self._run())
        except Exception as error:
            self.failure = f"{type(error).__name__}: {error}"
            self._tell(("share.failed", {"reason": self.failure[:300]}))
            self.view = self._view()
            self._shown(self.view)
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    async def _run(self) -> None:
        share = self._share
        server = NatsServer(
            self._folder / "nats",
            self._me,
            self._partners,
            listen=share.listen,
            dials=tuple(Dial(partner=one.nation, address=one.address) for one in share.partner if one.address),
            through=self._through(),
            said=self._server_said,
        )
        try:
            await server.start()
            ears = Ears(take=self._heard, tell=lambda kind, payload: self._tell((kind, payload)))
            for nation, partner in self._partners.items():
                line = Line(self._me, partner, server, ears, clock=self._clock, exercise=self._exercise)
                await line.start()
                self._lines[nation] = line
            for payload, time_ns in self._acknowledged:
                self._handover.restore_acknowledged(payload, time_ns)
            await self._beat()
        finally:
            await asyncio.gather(*(line.stop() for line in self._lines.values()), return_exceptions=True)
            await server.stop()

    def _through(self) -> Through | None:
        hub = self._share.hub
        if hub is None:
            return None
        return Through(address=hub.address, file=self._hub_file, partners=self._by_hub)

    async def _beat(self) -> None:
        second = 0.0
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._over.wait()
            now = self._clock()
            done = self._abroad.settle(now)
            if time.monotonic() - second >= 1.0:
                second = time.monotonic()
                for line in self._lines.values():
                    line.look()
                for told in self._handover.tick(now):
                    self._tell(told)
                self._warn()
                self._changed = True
            if self._changed and done:
                self._changed = False
                self.view = self._view()
                self._shown(self.view)

    # ------------------------------------------------------------------ out

    def _take_offer(self, offer: Offer) -> None:
        self._offered -= 1
        if not self._lines:
            return
        try:
            self._say(offer)
        except (DronewallError, ValueError) as error:  # one picture is not told; the next one is tried
            if time.monotonic() - self._failed_s > 60.0:
                self._failed_s = time.monotonic()
                self._tell(("share.offer_failed", {"reason": f"{type(error).__name__}"}))

    def _say(self, offer: Offer) -> None:
        if offer.time_ns // SECOND_NS != self._own_ns:
            self._own_ns = offer.time_ns // SECOND_NS
            self._abroad.own([self._releaser.full(facts) for facts in offer.tracks])
        names = {self._releaser.shared_id(facts.alert): facts.alert for facts in offer.alerts}
        for nation, telling in self._telling.items():
            alerts = telling.alerts(offer.alerts)
            tracks = telling.tracks(offer.tracks, offer.time_ns)
            for alert in alerts:
                for told in self._handover.give(nation, names[alert.id], alert, offer.time_ns):
                    self._tell(told)
            self._abroad.said(nation, tracks)
            self._put(nation, [*alerts, *tracks])

    def _put(self, partner: str, items: Sequence[Item]) -> None:
        line = self._lines.get(partner)
        if line is not None:
            line.put(items, self._clock(), fresh=partner in self._fresh)
            self._fresh.discard(partner)

    # ------------------------------------------------------------------ in

    def _heard(self, partner: str, parts: Sequence[Part]) -> None:
        line, now = self._lines.get(partner), self._clock()
        off_s = 0.0 if line is None or not self._live_clock else line.state.clock_offset_s
        for item in self._abroad.heard(partner, parts, now, nanoseconds(off_s)):
            if isinstance(item, SharedAlert):
                told, receipt = self._handover.take(partner, item, now)
                for one in told if line is not None else ():  # while recalling, the log has it already
                    self._tell(one)
                if receipt is not None:
                    self._put(partner, [receipt])
            elif isinstance(item, SharedReceipt):
                for one in self._handover.receipt(partner, item):
                    self._tell(one)
        self._changed = True

    def _server_said(self, text: str) -> None:
        refused = self._handshakes.read(text)
        if refused is None:
            return
        there = self._by_hub if refused.partner == "HUB" else {refused.partner}
        for nation, line in self._lines.items():
            if nation in there:
                line.hint(refused.reason)
        counted = self._strangers if refused.partner is None else self._turned_away
        counted[refused.reason] += 1
        count = counted[refused.reason]
        if count in (1, 10, 100) or count % 1_000 == 0:
            kind = "share.stranger" if refused.partner is None else "share.refused_at_their_door"
            partner = {} if refused.partner is None else {"partner": refused.partner}
            self._tell((kind, {**partner, "reason": refused.reason, "count": count}))

    def certificates(self) -> list[Lasting]:
        """How long our certificate and each partner's last, as far as partners have shown theirs."""
        now = datetime.now(UTC)
        found = [Lasting(of=self._share.nation, until=self._me.certificate.not_valid_after_utc, now=now)]
        for nation, partner in self._partners.items():
            line = self._lines.get(nation)
            theirs = partner.pinned if line is None else line.theirs
            if theirs is not None:
                found.append(Lasting(of=nation, until=theirs.not_valid_after_utc, now=now))
        return found

    def _warn(self) -> None:
        """Once a day in the log: a certificate that ends within 14 days, or has ended."""
        for one in self.certificates():
            said = (one.state, f"{one.now:%Y-%m-%d}")
            if one.state != "ok" and self._warned.get(one.of) != said:
                self._warned[one.of] = said
                row = one.row()
                payload = {"nation": one.of, "until": row["until"], "days": row["days"]}
                self._tell(("share.certificate_ended" if one.state == "ended" else "share.certificate_ends", payload))

        listed = self._listed()
        if listed is not None and listed["why"] != self._list_why:
            self._list_why = listed["why"]
            self._tell(("share.revoked_list", listed))

    def _listed(self) -> Json | None:
        """How the authority's list of revoked certificates is; `why` is empty, or what is wrong with it."""
        if self._revoked is None:
            return None
        self._revoked.look()
        state = self._revoked.state(datetime.now(UTC))
        until = None if state.until is None else f"{state.until:%Y-%m-%dT%H:%M:%SZ}"
        return {"entries": state.entries, "until": until, "why": state.why}

    def _tell(self, told: tuple[str, Mapping[str, Any]], actor: str = "system") -> None:
        kind, payload = told
        self._tell_event(Event(time_ns=self._clock(), kind=kind, actor=actor, payload=payload))

    # ------------------------------------------------------------------ the view

    def _view(self) -> Json:
        now = self._clock()
        return {
            "nation": self._share.nation,
            "failed": self.failure,
            "strangers_refused": self._strangers.total(),
            "refused_at_the_door": dict(sorted(self._strangers.items())),
            "certificates": [one.row() for one in self.certificates()],
            "revoked": self._listed(),
            "partners": [self._partner_row(nation) for nation in self._partners],
            "things": self._abroad.things(now),
            "own": dict(self._abroad.own_names()),
            "common": self._abroad.shared_names(),
            "given": [_given_row(one) for one in self._handover.given],
            "taken": [_taken_row(one, now) for one in self._handover.taken],
        }

    def _partner_row(self, nation: str) -> Json:
        line = self._lines.get(nation)
        state = State(partner=nation) if line is None else line.state
        now = time.monotonic_ns()
        row = asdict(state)
        for word in ("since", "heard", "answered"):
            at = row.pop(f"{word}_ns")
            row[f"{word}_s"] = round((now - at) / SECOND_NS, 1) if at else None
        released = {rule.what: set[str]() for rule in self._releaser.rules.rule}
        for rule in self._releaser.rules.rule:
            if rule.partner == nation:
                released[rule.what] |= set(rule.fields)
        if self._cables is not None:
            row["cut"] = self._cables.is_cut(frozenset({self._share.nation, nation}))
        return row | {
            "we_release": {what: sorted(words) for what, words in sorted(released.items())},
            "unbelieved": self._abroad.unbelieved.get(nation, 0),
        }


def _given_row(one: Given) -> Json:
    row = asdict(one)
    return row | {"sent_t": round(row.pop("sent_ns") / SECOND_NS, 3)}


def _taken_row(one: Taken, now_ns: int) -> Json:
    return {
        "partner": one.partner,
        "alert": one.alert.model_dump(mode="json", exclude_none=True),
        "age_s": round((now_ns - one.taken_ns) / SECOND_NS, 1),
        "acknowledged": bool(one.acknowledged_ns),
        "authority": one.authority,
        "escalated": one.escalated,
        "over": one.over,
    }


def _secret(folder: Path) -> bytes:
    """What our shared ids are made under; kept, so that a restart changes no id."""
    file = folder / "ids.key"
    if not file.exists():
        beside = file.with_suffix(".tmp")
        beside.touch(mode=0o600)
        beside.write_bytes(secrets.token_bytes(32))
        beside.replace(file)
    return file.read_bytes()

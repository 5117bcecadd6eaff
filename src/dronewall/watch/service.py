"""Put the parts of a watch together and serve it: the page opens at once, the desk follows when it is prepared."""

import contextlib
import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from dronewall import __version__
from dronewall.errors import BadInput, Corrupt, Unavailable
from dronewall.eventlog import FILE_NAME, EventLog
from dronewall.formats import PersonalData
from dronewall.formats.personal import FIXED_SALT
from dronewall.outputs.cap import document
from dronewall.outputs.gateway import Gateway, Key
from dronewall.outputs.publish import Publishers
from dronewall.picture import area
from dronewall.picture.desk import Desk
from dronewall.records.alert import Alert
from dronewall.records.event import Event
from dronewall.records.wall import Wall
from dronewall.records.weather import Weather
from dronewall.sensors import Sensor
from dronewall.vault import Vault
from dronewall.watch.app import make_app
from dronewall.watch.clock import Clock
from dronewall.watch.coverage import Coverage
from dronewall.watch.deliveries import Carrier, Deliveries, approvals
from dronewall.watch.engine import Engine
from dronewall.watch.flights import FlightsIn
from dronewall.watch.history import History
from dronewall.watch.hub import Hub
from dronewall.watch.journal import Journal
from dronewall.watch.keeper import Keeper, salt_of
from dronewall.watch.memory import give_back
from dronewall.watch.pictures import Heights, Json
from dronewall.watch.retention import apply_anyway
from dronewall.watch.roles import Role, Tokens
from dronewall.watch.server import Server, address, listening
from dronewall.watch.sources import Source
from dronewall.watch.station import Station
from dronewall.watch.store.address import Address
from dronewall.watch.store.asking import About
from dronewall.watch.store.keeping import Keeping
from dronewall.watch.tls import Pair
from dronewall.watch.wallview import wall_view

if TYPE_CHECKING:
    from dronewall.outputs.cap_signature import Signer
    from dronewall.watch.sectors.crew import Crew
    from dronewall.watch.share.cables import Cables
    from dronewall.watch.share.sharing import Sharing

EXPIRE_EVERY_S = 3_600.0
SETTLED_S = 2.0
"""So long after its start the engine is left alone with the processor."""

Say = Callable[[str, int, int], None]
"""A step of the preparation, how much of it is done, out of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What preparing may use: `say` shows progress, `keep` puts personal data into the vault, `tell` logs an event,
    `salt` makes pseudonyms, `data` is the service's folder."""

    say: Say
    keep: Callable[[PersonalData], None]
    tell: Callable[[Event], None]
    salt: bytes
    data: Path


Prepare = Callable[[Context], "Prepared"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a watch runs on.

    Attributes
    ----------
    make_desk : callable
        A new desk, or the saved one.
    source : Source
    clock : Clock
    ground : callable or None
        Ground heights, for heights above it.
    terrain : str
        One sentence about the ground.
    facts : mapping
        What the map shows beside the wall: border, places, holes ...
    timeline : callable
        Alerts to the two warning clocks.
    salt : bytes
        Under which the source's pseudonyms were made; live, the vault's.
    crew : Crew or None
        The workers that follow things, where the border is divided among some.
    """

    sensors: Mapping[str, Sensor]
    weather: Weather
    make_desk: Callable[[bytes | None], Desk]
    source: Source
    clock: Clock
    ground: Heights | None
    terrain: str
    timeline: Callable[[Sequence[Alert]], Json]
    facts: Mapping[str, Any] = field(default_factory=dict)
    salt: bytes = FIXED_SALT
    crew: "Crew | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where and for whom to serve.

    `keys` are those of the wall's outputs by id; one that is missing is read from `data/keys/ID.key`. `base` is the
    wall file's folder, which the paths in `[share]` are relative to. `stop`, once set, ends the service. `cables` are
    the lines of a demonstration, which its page may cut. With `tls` the page is at an https address. `coverage` is a
    folder that planners see on the map: with it an address for them is made too, and told to `announce_planner`.
    `store` is the shared one, where there is one.
    `flights` is a file or folder of authorised flights.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    keys: Mapping[str, Key] = field(default_factory=dict)
    base: Path = Path()
    stop: threading.Event | None = None
    cables: "Cables | None" = None
    tls: Pair | None = None
    store: Address | None = None
    flights: Path | None = None
    announce: Callable[[str], None] = print
    coverage: Path | None = None
    announce_planner: Callable[[str], None] = print


@contextlib.contextmanager
def only_one(data: Path) -> Iterator[None]:
    """The data folder, made with mode 0700, for this process alone.

    Raises
    ------
    Unavailable
        Another service uses it, or it cannot be made.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Unavailable(f"--data {data} cannot be used: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise Unavailable(f"--data {data} is in use by another dronewall; give another folder") from None
    try:
        yield
    finally:
        os.close(lock)


def serve(wall: Wall, wall_toml: str, prepare: Prepare, site: Site) -> None:
    """Serve until interrupted.

    Raises
    ------
    DronewallError
        What kept it from starting, or ended it.
    """
    if site.coverage is not None:
        Coverage.read(site.coverage, [sensor.id for sensor in wall.sensor])
    with contextlib.ExitStack() as stack:
        line = stack.enter_context(contextlib.closing(listening(site.host, site.port)))
        stack.enter_context(only_one(site.data))
        now = time.time_ns()
        tokens = Tokens(site.data / "tokens.json", now_ns=now)
        station = Station(wall_view=wall_view(wall), exercise=wall.exercise, hub=Hub(), tokens=tokens)
        if site.tls is not None:
            station.certificates.append(site.tls.lasting)
        server = Server.of(make_app(station, site.host, site.coverage), site.tls)
        roles = (Role.OPERATOR,) if site.coverage is None else (Role.OPERATOR, Role.PLANNER)
        given = [tokens.issue(str(role), role, now_ns=now) for role in roles]
        running = Running(wall=wall, wall_toml=wall_toml, site=site, station=station)
        running.given = [tokens.one(token, now_ns=now).row() for token in given]
        failures: list[Exception] = []

        def begin() -> None:
            try:
                running.begin(prepare)
            except Exception as error:  # raised again below, once the server has ended
                failures.append(error)
                station.failed = str(error)
                server.should_exit = True

        thread = threading.Thread(target=begin, name="prepare", daemon=True)
        thread.start()
        stack.callback(running.end)
        watchdog = threading.Thread(target=running.watch_over, args=(server,), name="watchdog", daemon=True)
        watchdog.start()
        place = address(site.host, line, site.tls)
        for token, announce in zip(given, (site.announce, site.announce_planner), strict=False):
            announce(f"{place}/?token={token}")
        server.run(sockets=[line])
        running.leave()
        thread.join(timeout=60.0)
    if failures:
        raise failures[0]
    if station.status == "failed":
        running.raise_corrupt()
        raise Unavailable(f"the engine stopped: {running.why()}; the data in {site.data} are whole, start it again")


def _signer(keys: Path, *, exercise: bool) -> "Signer | None":
    """What signs documents; it is loaded only where some key lies there."""
    if not any(keys.glob("cap-*.key.pem")):
        return None
    from dronewall.outputs.cap_signature import Signer

    return Signer.read(keys, exercise=exercise)


def _signed(made: tuple[str, bytes], signer: "Signer | None") -> tuple[str, bytes]:
    """A document and its identifier, signed where there is a key."""
    name, text = made
    return name, text if signer is None else signer.sign(text)


class Running:
    """The parts that are opened once the desk is prepared, and closed at the end."""

    def __init__(self, *, wall: Wall, wall_toml: str, site: Site, station: Station) -> None:
        self._wall, self._wall_toml, self._site, self._station = wall, wall_toml, site, station
        self._stack = contextlib.ExitStack()
        self._engine: Engine | None = None
        self._untold: list[Event] = []
        self._telling = threading.Lock()
        self._over = threading.Event()
        self._keys = self._read_keys()
        self.given: list[Json] = []

    def begin(self, prepare: Prepare) -> None:
        """Prepare, open, start."""
        data, wall = self._site.data, self._wall
        log = self._stack.enter_context(EventLog(data / FILE_NAME))
        vault = Vault(data / "vault")
        keep = Keeper(vault).keep
        context = Context(say=self._station.progress, keep=keep, tell=self._tell, salt=salt_of(vault), data=data)
        prepared = prepare(context)
        if prepared.crew is not None:
            self._stack.callback(prepared.crew.stop)
            self._station.sectors = prepared.crew.health
        journal = self._stack.enter_context(
            Journal(
                data / "journal.sqlite",
                wall=hashlib.sha256(self._wall_toml.encode()).hexdigest()[:16],
                source=prepared.source.name,
            )
        )
        stop = threading.Event()

        def pause(seconds: float) -> None:
            stop.wait(seconds)

        carriers: dict[str, Carrier] = {}
        outputs = {output.id: output for output in wall.output}
        for authority in wall.authority:
            if authority.output is not None:
                output = outputs[authority.output]
                carriers[authority.id] = Gateway(output.uri, self._keys[output.id], exercise=wall.exercise, sleep=pause)
        signer = _signer(data / "keys", exercise=wall.exercise)
        deliveries = Deliveries(
            carriers=carriers,
            document=lambda alert: _signed(document(alert, wall), signer),
            approved=lambda alert, revision: (
                (alert, revision) in approvals(event for _, event in log.events(kinds=["alert.approved"]))
            ),
            tell=self._station.delivered,
            outbox=data / "outbox",
            stop=stop,
        )
        self._stack.callback(deliveries.stop)
        publishers = Publishers(wall, data / "keys", self._noted)
        self._stack.callback(publishers.stop)
        about = About(wall.wall.name, prepared.source.name, wall.exercise)
        store = self._stack.enter_context(
            Keeping(data, address=self._site.store, about=about, log=log, note=self._noted)
        )
        history = History(data / "history", self._wall_toml, store)
        engine = Engine(
            make_desk=prepared.make_desk,
            source=prepared.source,
            clock=prepared.clock,
            journal=journal,
            log=log,
            witness=self._station,
        )
        sharing = self._sharing(prepared)
        flights = FlightsIn(engine=engine, path=self._site.flights, salt=prepared.salt, keep=keep, tell=self._tell)
        self._stack.callback(flights.stop)
        self._station.flights = flights
        self._station.prepared(
            sharing=sharing,
            engine=engine,
            source=prepared.source,
            clock=prepared.clock,
            log=log,
            vault=vault,
            history=history,
            deliveries=deliveries,
            publishers=publishers,
            wall_view=wall_view(
                wall, prepared.sensors, terrain=prepared.terrain, weather=prepared.weather, facts=prepared.facts
            ),
            ground=prepared.ground,
            timeline=prepared.timeline,
        )
        started = {"program": f"dronewall {__version__}", "wall": wall.wall.name, "source": prepared.source.name}
        begun = Event(time_ns=prepared.clock.now_ns(), kind="service.started", actor="system", payload=started)
        with self._telling:
            for event in (begun, *self._untold):
                engine.ask(partial(engine.note, event))
            self._engine = engine
        for row in self.given:
            self._noted("token.issued", row)
        if not self._over.is_set():
            publishers.start()
            engine.start()
            store.start()
            flights.start()
            if sharing is not None:
                sharing.start(log.events(kinds=["handover.acknowledged_here"]))
        self._settle(deliveries)

    def _settle(self, deliveries: Deliveries) -> None:
        """Once things move: load what the first alert needs, and give back the memory that preparing took."""
        if self._over.wait(SETTLED_S):
            return
        deliveries.ready()
        area.ready()
        give_back()

    def _sharing(self, prepared: Prepared) -> "Sharing | None":
        """The node among those of other nations, where the wall has a `[share]`."""
        if self._wall.share is None:
            return None
        try:
            from dronewall.watch.share.sharing import Sharing
        except ImportError:
            raise Unavailable(
                "[share] needs packages that are not here; type: pip install 'dronewall[nations]'"
            ) from None
        sharing = Sharing(
            self._wall,
            base=self._site.base,
            data=self._site.data,
            clock=prepared.clock.now_ns,
            live=prepared.clock.live,
            cables=self._site.cables,
            tell=self._tell,
            shown=self._station.nations_shown,
        )
        self._stack.callback(sharing.stop)
        self._station.certificates.append(sharing.certificates)
        return sharing

    def _tell(self, event: Event) -> None:
        """Put an event of the service into the log, between two steps of the engine; what comes early waits for it."""
        with self._telling:
            if self._engine is None:
                self._untold.append(event)
            else:
                self._engine.ask(partial(self._engine.note, event))

    def _noted(self, kind: str, payload: Mapping[str, Any]) -> None:
        self._tell(Event(time_ns=time.time_ns(), kind=kind, actor="system", payload=dict(payload)))

    def _read_keys(self) -> dict[str, Key]:
        """The key of every output that an authority uses."""
        keys = dict(self._site.keys)
        for authority in self._wall.authority:
            name = authority.output
            if name is not None and name not in keys:
                file = self._site.data / "keys" / f"{name}.key"
                if not file.exists():
                    raise BadInput(
                        f"[[output]] {name} has no key: put the one shared with its gateway into {file}, one line, "
                        f"'{'exercise' if self._wall.exercise else 'live'}:' and 64 hexadecimal digits "
                        "(docs/gateway.md says how to make one for practice)",
                        file=str(file),
                    )
                keys[name] = Key.read(file)
        return keys

    def watch_over(self, server: uvicorn.Server) -> None:
        """End the service when its engine has ended, so that whatever keeps it running starts it again.

        Once an hour, what is older than `retention.toml` says is deleted.
        """
        expired_s = 0.0
        while not self._over.wait(0.5):
            if self._engine is not None and time.monotonic() - expired_s > EXPIRE_EVERY_S:
                expired_s = time.monotonic()
                self._expire()
            if self._site.stop is not None and self._site.stop.is_set():
                server.should_exit = True
                return
            if self._engine is not None and self._engine.failure is not None:
                server.should_exit = True
                return

    def _expire(self) -> None:
        now_ns = time.time_ns()
        for gone in apply_anyway(self._site.data, now_ns):
            self._tell(gone.event(now_ns, "system"))

    def why(self) -> str:
        """Why the engine ended."""
        failure = None if self._engine is None else self._engine.failure
        return f"{type(failure).__name__}: {failure}" if failure is not None else "it was not started"

    def raise_corrupt(self) -> None:
        """Raise what the engine found wrong with its own data, where that ended it."""
        if self._engine is not None and isinstance(self._engine.failure, Corrupt):
            raise self._engine.failure

    def leave(self) -> None:
        """The server has ended: whatever is still to be prepared is not begun."""
        self._over.set()

    def end(self) -> None:
        """Stop the engine, keep its last snapshot, close everything."""
        self._over.set()
        if self._engine is not None:
            self._engine.stop()
        self._stack.close()

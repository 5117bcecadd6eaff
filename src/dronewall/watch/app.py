"""The HTTP and WebSocket face of the watch. Every answer is JSON in degrees, metres and Unix seconds.

A bearer token opens what the table of rights says of its role. Nothing is authorised by a cookie, so no other site's
page can act through a browser. `/docs` is this reference as a plain page; nothing is fetched from outside.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Query, Request, WebSocket
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field

from dronewall import __version__
from dronewall.watch.access import guarded
from dronewall.watch.coverage_routes import add_coverage
from dronewall.watch.doors import Doors, anybody, door, somebody
from dronewall.watch.flights import flight_rows
from dronewall.watch.guard import HEADERS
from dronewall.watch.listening import listen_to
from dronewall.watch.past import add_past
from dronewall.watch.people import add_people
from dronewall.watch.reference import page
from dronewall.watch.rights import FRAMES
from dronewall.watch.roles import Person
from dronewall.watch.station import NotReady, Station, Unknown

PAGE = Path(__file__).parent / "page"
NOT_BUILT = (
    "The page of dronewall is not built in this checkout. Run `make page` (or `make demo`), then reload. "
    "The API answers meanwhile: see /docs."
)
LARGEST_NUMBER = 2**63 - 1
"""What SQLite can count to."""
Json = dict[str, Any]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class ActBody(_Body):
    """Which revision of an alert is meant: what the person saw."""

    revision: Annotated[int, Field(ge=1, description="the revision that was on the screen")]


class CallBody(_Body):
    """A call to the emergency number: an area and a time, in the caller's words."""

    text: Annotated[str, Field(min_length=1, max_length=2_000, description="what was seen or heard")]
    latitude_deg: Annotated[float, Field(ge=-90, le=90)]
    longitude_deg: Annotated[float, Field(ge=-180, le=180)]
    radius_m: Annotated[float, Field(gt=0, le=100_000, description="how far from there it may have been")]
    seen_at: Annotated[float, Field(description="when, Unix seconds")]
    contact: Annotated[
        str | None, Field(max_length=200, description="goes into the vault only, and is deleted with its day's key")
    ] = None


class TakeOverBody(_Body):
    """Which revision of a partner's alert a person here has, and for which authority."""

    revision: Annotated[int, Field(ge=1)]
    authority: Annotated[
        str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", description="who has it: an authority's id")
    ]


class LineBody(_Body):
    """A line of a demonstration: cut or whole."""

    cut: bool


class ReplayBody(_Body):
    """What to change of a replay; what is left out stays."""

    speed: Annotated[float | None, Field(ge=0, le=10_000, description="0: as fast as it goes")] = None
    paused: bool | None = None
    t: Annotated[float | None, Field(description="the moment to go to, Unix seconds")] = None


Who = Annotated[Person, Depends(somebody)]


def make_app(station: Station, host: str, coverage: Path | None = None) -> FastAPI:
    """The application for one station listening on `host`; `coverage` is a folder for planners."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        station.hub.start(asyncio.get_running_loop())
        yield
        station.hub.stop()

    about = (__doc__ or "").strip()
    doors = Doors(station.person, station.refused)
    app = FastAPI(
        title="dronewall watch",
        version=__version__,
        description=f"{about}\n\nToken: `Authorization: Bearer ...`; on the WebSocket `/ws?token=...`.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        lifespan=lifespan,
        dependencies=[Depends(door)],
    )
    guarded(app, host=host, doors=doors, missing=Unknown)

    @app.get("/api/health")
    async def health(who: Annotated[Person | None, Depends(anybody)]) -> Json:
        """How the service, its sensors and its feeds are. Without a token: whether it runs, no more."""
        if who is None:
            return {"status": station.status, "version": __version__}
        found = await _of(station.health())
        if who.role not in FRAMES:
            for refused in (feed.get("last_refused") for feed in found.get("feeds", ())):
                if refused is not None:
                    del refused["head"]
        return {**found, "doors": {"refused": dict(doors.refused)}}

    @app.get("/api/wall")
    async def wall() -> Json:
        """Sensors, zones, authorities, and what the map shows beside them."""
        return station.wall_view

    @app.get("/api/tracks")
    async def tracks() -> Json:
        """Every live track now, and the presence areas."""
        return await _of(station.tracks())

    @app.get("/api/tracks/{track}")
    async def track(track: str) -> Json:
        """Why this track is believed: its path, its probabilities over time, and the detection rows behind it."""
        return await _of(station.card(track))

    @app.get("/api/detections/{sensor}/{scan}")
    async def detections(sensor: str, scan: int) -> Json:
        """The very rows of one look of one sensor, as a recording holds them."""
        return await _of(station.look(sensor, scan))

    @app.get("/api/alerts")
    async def alerts() -> Json:
        """Every alert in its newest revisions."""
        return await _of(station.alerts())

    @app.post("/api/alerts/{alert}/{act}")
    async def act(
        alert: str, act: Literal["acknowledge", "approve", "cancel", "all-clear"], body: ActBody, who: Who
    ) -> Json:
        """An operator's act on an alert. It is in the log before this answers."""
        return await _of(station.act(alert, act, body.revision, who))

    @app.post("/api/calls")
    async def calls(body: CallBody, who: Who) -> Json:
        """Enter a call from the public: it becomes a human observer's report."""
        return await _of(station.call(body.model_dump(), who))

    @app.post("/api/feeds/{sensor}")
    async def post(sensor: str, request: Request) -> Json:
        """Whole messages of a sensor, in the format of its feed (`uri = "push:"`); what became of them.

        With the token of that sensor: `dronewall token issue DATA SENSOR --role sensor`; or an integrator's.
        """
        return await asyncio.to_thread(station.push, sensor, await request.body())

    @app.get("/api/flights")
    async def flights() -> Json:
        """The flights that are authorised, as far as they were said: where and when, not which drone."""
        return await _of(station.engine.ask(lambda: {"flights": flight_rows(station.engine.desk.flights)}))

    @app.post("/api/flights")
    async def authorise(request: Request, who: Who) -> Json:
        """Authorised flights (F3548 operational intents, flight plans), new or withdrawn; what became of them."""
        body = await request.body()
        if station.flights is None:
            raise NotReady("the watch is preparing; post them again in a moment")
        return await _of(await asyncio.to_thread(station.flights.take, body, who.user))

    @app.get("/api/replay")
    async def replay() -> Json:
        """Where the clock stands."""
        return station.replay()

    @app.post("/api/replay")
    async def set_replay(body: ReplayBody, who: Who) -> Json:
        """Speed, pause or set a replay. Live, time is not ours to set."""
        return await _of(station.set_replay(body.speed, body.paused, body.t, who))

    @app.get("/api/timeline")
    async def timeline() -> Json:
        """The warning clock of this night beside the one that was reported, with the sources of each report."""
        return await _of(station.timeline())

    @app.get("/api/events")
    async def events(after: Annotated[int, Query(ge=0, le=LARGEST_NUMBER)] = 0, limit: int = 1_000) -> Json:
        """The log's events after a number, at most `limit` (5,000)."""
        return await asyncio.to_thread(station.events, after, min(max(limit, 1), 5_000))

    @app.get("/api/nations")
    async def nations() -> Json:
        """The lines to partners, what they tell, what is common, and which alert is in whose hands."""
        return station.nations()

    @app.post("/api/nations/{partner}/line")
    async def line(partner: str, body: LineBody, who: Who) -> Json:
        """Cut the line to a partner, or mend it: in a demonstration only."""
        return await _of(station.cut(partner, body.cut, who))

    @app.post("/api/nations/alerts/{alert}/acknowledge")
    async def take_over(alert: str, body: TakeOverBody, who: Who) -> Json:
        """Acknowledge a partner's alert; the partner is told which authority has it, not which person."""
        return await _of(station.take_over(alert, body.revision, body.authority, who))

    @app.websocket("/ws")
    async def listen(socket: WebSocket) -> None:
        await socket.accept()
        await listen_to(socket, station, doors)

    add_people(app, station, doors)
    add_coverage(app, station, coverage)
    add_past(app, station)

    @app.get("/docs", include_in_schema=False)
    async def reference() -> HTMLResponse:
        nonce = secrets.token_urlsafe(16)
        policy = HEADERS["Content-Security-Policy"].replace("style-src 'self'", f"style-src 'nonce-{nonce}'")
        return HTMLResponse(page(app.openapi(), nonce), headers={"Content-Security-Policy": policy})

    _mount_page(app)
    return app


def _mount_page(app: FastAPI) -> None:
    if (PAGE / "index.html").exists():

        @app.get("/", include_in_schema=False)
        async def index() -> FileResponse:
            return FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})

        app.mount("/", StaticFiles(directory=PAGE), name="page")
    else:

        @app.get("/", include_in_schema=False)
        async def missing() -> PlainTextResponse:
            return PlainTextResponse(NOT_BUILT, 503)


async def _of(asked: "Future[Json]") -> Json:
    try:
        async with asyncio.timeout(30.0):
            return await asyncio.wrap_future(asked)
    except TimeoutError:
        raise NotReady("the engine is busy for longer than 30 s; try again") from None

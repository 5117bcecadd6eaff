"""The HTTP and WebSocket face of the watch. Every answer is JSON in degrees, metres and Unix seconds.

A bearer token with the role of a viewer reads; an operator's acts; a sensor's posts to its own feed.
Nothing is authorised by a cookie, so no other site's page can act through a browser. `/docs` is this reference as a
plain page; nothing is fetched from outside.
"""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, HTTPException, Query, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field

from dronewall import __version__
from dronewall.watch.access import Operator, Viewer, guarded, who_asks
from dronewall.watch.guard import HEADERS
from dronewall.watch.reference import page
from dronewall.watch.roles import Person, Role
from dronewall.watch.station import HELLO, NotReady, Station, Unknown

PAGE = Path(__file__).parent / "page"
NOT_BUILT = (
    "The page of dronewall is not built in this checkout. Run `make page` (or `make demo`), then reload. "
    "The API answers meanwhile: see /docs."
)
LARGEST_POST = 4 << 20
TOKEN_EVERY_S = 2.0
"""How often an open page is asked whether its token still holds."""
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


async def _posted(request: Request) -> bytes:
    """The body, as far as one may be long."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_POST:
            raise HTTPException(413, f"one request takes {LARGEST_POST >> 20} MiB; send it in several")
    return body


def make_app(station: Station, host: str) -> FastAPI:
    """The application for one station listening on `host`."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        station.hub.start(asyncio.get_running_loop())
        yield
        station.hub.stop()

    about = (__doc__ or "").strip()
    app = FastAPI(
        title="dronewall watch",
        version=__version__,
        description=f"{about}\n\nToken: `Authorization: Bearer ...`; on the WebSocket `/ws?token=...`.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        lifespan=lifespan,
    )
    guarded(app, host=host, people=station.person, missing=Unknown)

    @app.get("/api/health")
    async def health(who: Annotated[Person | None, Depends(who_asks)]) -> Json:
        """How the service, its sensors and its feeds are. Without a token: whether it runs, no more."""
        if who is None or not who.role.may(Role.VIEWER):
            return {"status": station.status, "version": __version__}
        return await _of(station.health())

    @app.get("/api/wall")
    async def wall(_: Viewer) -> Json:
        """Sensors, zones, authorities, and what the map shows beside them."""
        return station.wall_view

    @app.get("/api/tracks")
    async def tracks(_: Viewer) -> Json:
        """Every live track now, and the presence areas."""
        return await _of(station.tracks())

    @app.get("/api/tracks/{track}")
    async def track(track: str, _: Viewer) -> Json:
        """Why this track is believed: its path, its probabilities over time, and the detection rows behind it."""
        return await _of(station.card(track))

    @app.get("/api/detections/{sensor}/{scan}")
    async def detections(sensor: str, scan: int, _: Viewer) -> Json:
        """The very rows of one look of one sensor, as a recording holds them."""
        return await _of(station.look(sensor, scan))

    @app.get("/api/alerts")
    async def alerts(_: Viewer) -> Json:
        """Every alert in its newest revisions."""
        return await _of(station.alerts())

    @app.post("/api/alerts/{alert}/{act}")
    async def act(
        alert: str, act: Literal["acknowledge", "approve", "cancel", "all-clear"], body: ActBody, who: Operator
    ) -> Json:
        """An operator's act on an alert. It is in the log before this answers."""
        return await _of(station.act(alert, act, body.revision, who))

    @app.post("/api/calls")
    async def calls(body: CallBody, who: Operator) -> Json:
        """Enter a call from the public: it becomes a human observer's report."""
        return await _of(station.call(body.model_dump(), who))

    @app.post("/api/feeds/{sensor}")
    async def post(sensor: str, request: Request, who: Annotated[Person | None, Depends(who_asks)]) -> Json:
        """Whole messages of a sensor, in the format of its feed (`uri = "push:"`); what became of them.

        With the token of that sensor: `dronewall token issue DATA SENSOR --role sensor`.
        """
        if who is None or not who.role.may(Role.SENSOR) or who.user != sensor:
            issue = f"dronewall token issue DATA {sensor} --role sensor"
            raise HTTPException(401 if who is None else 403, f"this takes the token of that sensor; type: {issue}")
        return await asyncio.to_thread(station.push, sensor, await _posted(request))

    @app.get("/api/replay")
    async def replay(_: Viewer) -> Json:
        """Where the clock stands."""
        return station.replay()

    @app.post("/api/replay")
    async def set_replay(body: ReplayBody, who: Operator) -> Json:
        """Speed, pause or set a replay. Live, time is not ours to set."""
        return await _of(station.set_replay(body.speed, body.paused, body.t, who))

    @app.get("/api/timeline")
    async def timeline(_: Viewer) -> Json:
        """The warning clock of this night beside the one that was reported, with the sources of each report."""
        return await _of(station.timeline())

    @app.get("/api/events")
    async def events(_: Viewer, after: Annotated[int, Query(ge=0)] = 0, limit: int = 1_000) -> Json:
        """The log's events after a number, at most `limit` (5,000)."""
        return await asyncio.to_thread(station.events, after, min(max(limit, 1), 5_000))

    @app.get("/api/nations")
    async def nations(_: Viewer) -> Json:
        """The lines to partners, what they tell, what is common, and which alert is in whose hands."""
        return station.nations()

    @app.post("/api/nations/{partner}/line")
    async def line(partner: str, body: LineBody, who: Operator) -> Json:
        """Cut the line to a partner, or mend it: in a demonstration only."""
        return await _of(station.cut(partner, body.cut, who))

    @app.post("/api/nations/alerts/{alert}/acknowledge")
    async def take_over(alert: str, body: TakeOverBody, who: Operator) -> Json:
        """Acknowledge a partner's alert; the partner is told which authority has it, not which person."""
        return await _of(station.take_over(alert, body.revision, body.authority, who))

    @app.websocket("/ws")
    async def listen(socket: WebSocket, token: str = "") -> None:
        who = station.person(token)
        await socket.accept()
        if who is None or not who.role.may(Role.VIEWER):
            await socket.close(4401, "a token is needed: /ws?token=...")
            return
        await _listen(socket, station, who, token)

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
        return await asyncio.wait_for(asyncio.wrap_future(asked), 30.0)
    except TimeoutError:
        raise NotReady("the engine is busy for longer than 30 s; try again") from None


async def _listen(socket: WebSocket, station: Station, who: Person, token: str) -> None:
    listener = station.hub.join()

    async def hear() -> None:
        while True:
            message = await socket.receive_text()
            with suppress(ValueError, TypeError, KeyError):
                said = json.loads(message)
                if said["type"] == "shown" and who.role.may(Role.OPERATOR):
                    station.shown([str(alert) for alert in said["alerts"]][:200], who)

    async def say() -> None:
        await socket.send_text(station.hello(who, time.time()))
        asked = time.monotonic()
        while not listener.lost:
            text = await listener.next()
            if time.monotonic() - asked > TOKEN_EVERY_S:
                asked = time.monotonic()
                if station.person(token) is None:
                    await socket.close(4401, "the token has run out, or was taken back")
                    return
            await socket.send_text(station.hello(who, time.time()) if text == HELLO else text)
        await socket.close(1013, "fell behind; ask /api/events for the rest")

    tasks = [asyncio.create_task(hear()), asyncio.create_task(say())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            with suppress(WebSocketDisconnect, RuntimeError):
                task.result()
    finally:
        station.hub.leave(listener)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

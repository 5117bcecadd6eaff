"""A page of another verb, served as the watch serves its own: on loopback, behind tokens with roles, to nobody else.

The verb brings its routes; this brings everything that stands around them.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import FileResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles

from dronewall import __version__
from dronewall.errors import Unavailable
from dronewall.watch.access import guarded
from dronewall.watch.app import NOT_BUILT, PAGE
from dronewall.watch.doors import Doors, door
from dronewall.watch.guard import is_loopback
from dronewall.watch.roles import Role, Tokens
from dronewall.watch.server import Server, listening
from dronewall.watch.service import only_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to serve, for whom, and where the tokens lie. `announce` is told the address, which carries a token."""

    data: Path
    user: str
    host: str = "127.0.0.1"
    port: int = 8000
    announce: Callable[[str], None] = print


def make_page_app(router: APIRouter, page: str, *, tokens: Tokens, host: str, now_ns: Callable[[], int]) -> FastAPI:
    """The application: the routes, and the built page of that name at `/`."""
    app = FastAPI(
        title="dronewall",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(door)],
    )
    guarded(app, host=host, doors=Doors(lambda token: tokens.person(token, now_ns=now_ns()), tell=lambda _: None))
    app.include_router(router)

    @app.get("/", include_in_schema=False, response_model=None)
    async def index() -> FileResponse | PlainTextResponse:
        if not (PAGE / page).exists():
            return PlainTextResponse(NOT_BUILT, 503)
        return FileResponse(PAGE / page, headers={"Cache-Control": "no-cache"})

    if (PAGE / page).exists():
        app.mount("/", StaticFiles(directory=PAGE), name="page")
    return app


def serve_page(router: APIRouter, page: str, place: Place) -> None:
    """Serve until interrupted.

    Raises
    ------
    Unavailable
        The port or the folder is in use, or the address is not loopback: such a page has no TLS.
    """
    if not is_loopback(place.host):
        raise Unavailable(f"--host {place.host} is not this machine's loopback; this page is served there only")
    with contextlib.ExitStack() as stack:
        line = stack.enter_context(contextlib.closing(listening(place.host, place.port)))
        try:
            stack.enter_context(only_one(place.data))
        except Unavailable as error:
            raise Unavailable(str(error).removeprefix("--data ")) from None
        now_ns = time.time_ns()
        tokens = Tokens(place.data / "tokens.json", now_ns=now_ns)
        app = make_page_app(router, page, tokens=tokens, host=place.host, now_ns=time.time_ns)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=2, server_header=False
        )
        token = tokens.issue(place.user, Role.OPERATOR, now_ns=now_ns)
        place.announce(f"http://{place.host}:{line.getsockname()[1]}/?token={token}")
        Server(config).run(sockets=[line])

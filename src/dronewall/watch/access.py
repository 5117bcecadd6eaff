"""What every application of ours stands behind: the guard, the doors, and refusals in one sentence each.

The application is made with `dependencies=[Depends(door)]`, so that no route is left out.
"""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from dronewall.errors import DronewallError, Unavailable
from dronewall.watch.doors import Doors
from dronewall.watch.guard import Guard


def guarded(app: FastAPI, *, host: str, doors: Doors, missing: type[DronewallError] | None = None) -> None:
    """Put the guard before an application that listens on `host`, and turn what it raises into one sentence each.

    Parameters
    ----------
    missing : type of DronewallError, optional
        What answers 404; a part that is not available answers 503, every other error of ours 422.
    """
    app.add_middleware(Guard, host=host, doors=doors)
    app.state.doors = doors

    @app.exception_handler(DronewallError)
    async def sentence(_: Request, error: DronewallError) -> JSONResponse:
        gone = missing is not None and isinstance(error, missing)
        status = 404 if gone else 503 if isinstance(error, Unavailable) else 422
        return JSONResponse({"detail": str(error)}, status)

    @app.exception_handler(RequestValidationError)
    async def bad_request(_: Request, error: RequestValidationError) -> JSONResponse:
        return JSONResponse({"detail": _in_words(error)}, 422)


def _in_words(error: RequestValidationError) -> str:
    """Where and what of the first fault, in one sentence. What was sent is not told back: it may hold a contact."""
    first, more = error.errors()[0], len(error.errors()) - 1
    where = ".".join(str(part) for part in first["loc"][1:]) or "the request"
    if first["type"] == "json_invalid":
        return "the request's body is not JSON"
    said = str(first["msg"]).removeprefix("Value error, ")
    return f"{where}: {said[:1].lower()}{said[1:]}" + (f"; and {more} more" if more else "")

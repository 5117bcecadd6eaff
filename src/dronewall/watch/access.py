"""Who may ask what of an application: bearer tokens as FastAPI dependencies, and refusals in one sentence each.

`guarded` gives an application its guard, its people and its sentences; a route then takes a `Viewer` or an `Operator`.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from dronewall.errors import DronewallError, Unavailable
from dronewall.watch.guard import Guard
from dronewall.watch.roles import Person, Role

People = Callable[[str], Person | None]
"""Whose token this is, or None."""


def who_asks(request: Request) -> Person | None:
    """Whose token the request carries; None without one, or with one that opens nothing."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    people: People = request.app.state.people
    return people(token.strip()) if scheme.lower() == "bearer" else None


async def viewer(request: Request, who: Annotated[Person | None, Depends(who_asks)]) -> Person:
    """Whoever asks, if a token says who that is."""
    if who is not None and who.role.may(Role.VIEWER):
        return who
    if who is not None:
        raise HTTPException(
            403, f"the token of {who.user} is a sensor's: it may post to /api/feeds/{who.user}, no more"
        )
    if request.headers.get("authorization"):
        raise HTTPException(
            401, "this token is not known here, was taken back or has run out; the service prints new ones"
        )
    raise HTTPException(401, "a bearer token is needed; the address that the service printed carries one")


async def operator(who: Annotated[Person, Depends(viewer)]) -> Person:
    """Whoever asks, if the role is that of an operator."""
    if not who.role.may(Role.OPERATOR):
        raise HTTPException(403, f"this takes the role operator; the token of {who.user} is a {who.role}'s")
    return who


Viewer = Annotated[Person, Depends(viewer)]
Operator = Annotated[Person, Depends(operator)]


def guarded(app: FastAPI, *, host: str, people: People, missing: type[DronewallError] | None = None) -> None:
    """Put the guard before an application that listens on `host`, and turn what it raises into one sentence each.

    Parameters
    ----------
    missing : type of DronewallError, optional
        What answers 404; a part that is not available answers 503, every other error of ours 422.
    """
    app.add_middleware(Guard, host=host)
    app.state.people = people

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

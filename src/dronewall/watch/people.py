"""What is asked about people: who listens, who holds a token, whether the log is whole; and what planners may read."""

import asyncio
import json
import time
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from pydantic import BaseModel, ConfigDict, Field

from dronewall.errors import BadInput, Unavailable
from dronewall.eventlog import verify
from dronewall.units import SECOND_NS
from dronewall.watch.doors import Doors, somebody
from dronewall.watch.roles import Person, role_named, user_named
from dronewall.watch.station import Station, Unknown

Json = dict[str, Any]
Who = Annotated[Person, Depends(somebody)]
DAY_NS = 86_400 * SECOND_NS


class TokenBody(BaseModel):
    """For whom, with what role, for how long."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    user: Annotated[str, Field(min_length=1, max_length=64, description="the name in the audit log")]
    role: Annotated[str, Field(max_length=32, description="sensor, viewer, operator, supervisor, planner ...")]
    days: Annotated[float, Field(ge=0.001, le=400.0)] = 7.0


def add_people(app: FastAPI, station: Station, doors: Doors) -> None:
    """Put these routes into the application."""
    tokens = station.tokens

    @app.get("/api/people")
    async def people(_: Who) -> Json:
        """Who has a page open, and how often what was refused at the doors."""
        return doors.people()

    @app.get("/api/tokens")
    async def listed(_: Who) -> Json:
        """Who holds a token, with what role, until when; never a token."""
        return {"tokens": [one.row() for one in tokens.listed(now_ns=time.time_ns())]}

    @app.post("/api/tokens")
    async def issue(body: TokenBody, who: Who) -> Json:
        """A new token, said once and never again. It is in the log."""
        role, user, now_ns = role_named(body.role), user_named(body.user), time.time_ns()
        _ready(station)
        token = tokens.issue(user, role, now_ns=now_ns, lifetime_ns=round(body.days * DAY_NS))
        row = tokens.one(token, now_ns=now_ns).row()
        await asyncio.wrap_future(station.noted("token.issued", who.user, row))
        return {"token": token, **row}

    @app.delete("/api/tokens/{key}")
    async def revoke(key: str, who: Who) -> Json:
        """Take a token back, or all of a user's. Its open pages are closed within seconds. It is in the log."""
        _ready(station)
        gone = [one.row() for one in tokens.revoke(key)]
        for row in gone:
            await asyncio.wrap_future(station.noted("token.revoked", who.user, row))
        return {"revoked": gone}

    @app.get("/api/audit")
    async def audit(_: Who) -> Json:
        """Whether the event log is whole: its chain computed anew from the first event."""
        return await asyncio.to_thread(_audit, station.folder)

    @app.get("/api/holes")
    async def holes(who: Who) -> Json:
        """Where the wall is weak: the `holes.geojson` of the data folder. Each reading is in the log."""
        found = await asyncio.to_thread(_holes, station.folder)
        await asyncio.wrap_future(station.noted("holes.read", who.user, {}))
        return found


def _ready(station: Station) -> None:
    """Refuse what could not be put into the log."""
    if station.status != "ok":
        raise Unavailable("the watch is preparing, so nothing can be put into the log yet; try again in a moment")


def _audit(folder: Path) -> Json:
    found = verify(folder)
    return {"whole": found.whole, "events": found.events, "witnessed": found.witnessed, "findings": found.findings}


def _holes(folder: Path) -> Json:
    """What `dronewall plan holes WALL -o DATA/holes.geojson` wrote."""
    file = folder / "holes.geojson"
    try:
        found: Json = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise Unknown(
            f"there is no {file.name} in the data folder; 'dronewall plan holes WALL -o' writes one"
        ) from None
    except ValueError as error:
        raise BadInput(f"{file.name} in the data folder is not JSON: {error}", file=file.name) from None
    return found

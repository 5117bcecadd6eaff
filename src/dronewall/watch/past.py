"""What is asked about the past: which tracks were in an area, when."""

import asyncio
from typing import Annotated, Any

from fastapi import FastAPI, Query

from dronewall.errors import BadInput, Unavailable
from dronewall.units import nanoseconds, seconds
from dronewall.watch.station import Station
from dronewall.watch.store.asking import Area, Visit

Json = dict[str, Any]
DAY_S = 86_400.0


def add_past(app: FastAPI, station: Station) -> None:
    """Put the route into the application."""

    @app.get("/api/history")
    async def history(
        area: Annotated[str, Query(max_length=200, description="WEST,SOUTH,EAST,NORTH in degrees")],
        to: Annotated[float | None, Query(ge=0, le=4e9, description="Unix seconds; left out, now")] = None,
        since: Annotated[float | None, Query(ge=0, le=4e9, description="left out, a day before `to`")] = None,
        limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
    ) -> Json:
        """Tracks that were in an area within a time, first and last moment there, up to the newest snapshot."""
        box, now_s = Area.of(area), seconds(station.engine.shown_ns)
        store = station.history.store
        if store is None:
            raise Unavailable("this watch keeps no paths")
        until = now_s if to is None else to
        begins = until - DAY_S if since is None else since
        if begins > until:
            raise BadInput("'since' is after 'to'", key="since")
        times = nanoseconds(max(begins, 0.0)), nanoseconds(until)
        visits = await asyncio.to_thread(store.paths.visits, box, *times, most=limit)
        return {"up_to": seconds(store.kept_ns), "since": begins, "to": until, "tracks": [_row(one) for one in visits]}


def _row(visit: Visit) -> Json:
    return {
        "id": visit.track,
        "label": visit.label,
        "identity": visit.identity,
        "first_t": seconds(visit.first_ns),
        "last_t": seconds(visit.last_ns),
    }

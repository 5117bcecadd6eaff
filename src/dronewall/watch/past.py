"""What is asked about the past: which tracks were in an area, when."""

import asyncio
import threading
from typing import Annotated, Any, Final

from fastapi import FastAPI, Query

from dronewall.errors import BadInput, Unavailable
from dronewall.units import nanoseconds, seconds
from dronewall.watch.station import NotReady, Station
from dronewall.watch.store.asking import Area, Visit
from dronewall.watch.store.keeping import Keeping

Json = dict[str, Any]
DAY_S = 86_400.0
MOST_PIECES: Final = 1_000_000
"""What one question may look at: some minutes of one track each, so a day of several hundred tracks at any time."""
AT_ONCE: Final = 2


def add_past(app: FastAPI, station: Station) -> None:
    """Put the route into the application."""
    slots = threading.BoundedSemaphore(AT_ONCE)

    def visits(store: Keeping, box: Area, begins_ns: int, until_ns: int, most: int) -> list[Visit]:
        if not slots.acquire(blocking=False):
            raise NotReady(f"{AT_ONCE} questions about the past are being answered; ask again in a moment")
        try:
            return store.paths.visits(box, begins_ns, until_ns, most=most, pieces=MOST_PIECES)
        finally:
            slots.release()

    @app.get("/api/history")
    async def history(
        area: Annotated[str, Query(max_length=200, description="WEST,SOUTH,EAST,NORTH in degrees")],
        to: Annotated[float | None, Query(ge=0, le=4e9, description="Unix seconds; left out, now")] = None,
        since: Annotated[float | None, Query(ge=0, le=4e9, description="left out, a day before `to`")] = None,
        limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
    ) -> Json:
        """Tracks that were in an area within a time, first and last moment there, up to the newest snapshot.

        At most `limit`, by their first moment; `more` says whether there were others.
        """
        box, now_s = Area.of(area), seconds(station.engine.shown_ns)
        store = station.history.store
        if store is None:
            raise Unavailable("this watch keeps no paths")
        until = now_s if to is None else to
        begins = until - DAY_S if since is None else since
        if begins > until:
            raise BadInput("'since' is after 'to'", key="since")
        times = nanoseconds(max(begins, 0.0)), nanoseconds(until)
        found = await asyncio.to_thread(visits, store, box, *times, limit + 1)
        return {
            "up_to": seconds(store.kept_ns),
            "since": begins,
            "to": until,
            "tracks": [_row(one) for one in found[:limit]],
            "more": len(found) > limit,
        }


def _row(visit: Visit) -> Json:
    return {
        "id": visit.track,
        "label": visit.label,
        "identity": visit.identity,
        "first_t": seconds(visit.first_ns),
        "last_t": seconds(visit.last_ns),
    }

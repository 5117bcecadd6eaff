"""The coverage of this wall on its map: for planners alone. Who read which layer is in the log."""

import asyncio
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Response
from fastapi import Path as InPath

from dronewall.watch.coverage import ABOUT, DEEPEST, Coverage, Layer
from dronewall.watch.doors import somebody
from dronewall.watch.roles import Person
from dronewall.watch.station import NotReady, Station, Unknown

Json = dict[str, Any]
Who = Annotated[Person, Depends(somebody)]
FOLDER = "coverage"
AT_ONCE = 2
"""Tiles that are made at once: the picture of the night comes first."""
REMEMBERED = 10_000
NOTED_S = 30.0


class Shelf:
    """The coverage that is shown: read when it is first asked for, and again when its folder was written anew."""

    def __init__(self, station: Station, folder: Path | None) -> None:
        self._station, self._folder = station, folder
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] = ()
        self._coverage: Coverage | None = None

    @property
    def sensors(self) -> list[str]:
        """The wall's, now."""
        return [str(row["id"]) for row in self._station.wall_view["sensors"]]

    def coverage(self) -> Coverage:
        """What lies in the folder that was given, else in `coverage` of the data folder.

        Raises
        ------
        Unknown
            Nothing.
        BadInput
            What lies there cannot be shown.
        """
        folder = self._folder or self._station.folder / FOLDER
        try:
            state = (folder / ABOUT).stat()
        except OSError:
            raise Unknown(
                f"there is no coverage to show; 'dronewall plan coverage WALL -o DATA/{FOLDER}' makes one, or start "
                "with --coverage FOLDER"
            ) from None
        now = state.st_ino, state.st_mtime_ns, state.st_size
        with self._lock:
            if self._coverage is None or now != self._seen:
                self._coverage, self._seen = Coverage.read(folder, self.sensors), now
            return self._coverage

    def layer(self, name: str) -> tuple[Coverage, Layer]:
        """A layer by the name that the index gives it.

        Raises
        ------
        Unknown
            There is none of that name.
        """
        coverage = self.coverage()
        found = coverage.layers.get(name)
        if found is None:
            raise Unknown(f"this coverage has no layer '{name[:80]}'; /api/coverage lists those that it has")
        return coverage, found


class Readings:
    """Puts into the log what a token read of a coverage, each layer the first time."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._known: OrderedDict[tuple[str, str, str], None] = OrderedDict()

    async def note(self, who: Person, coverage: Coverage, layer: str) -> None:
        """It is in the log when this is done."""
        key = (who.key, coverage.made, layer)
        if key in self._known:
            return
        noted = self._station.noted("coverage.read", who.user, {"coverage": coverage.made, "layer": layer})
        try:
            async with asyncio.timeout(NOTED_S):
                await asyncio.wrap_future(noted)
        except TimeoutError:
            raise NotReady(f"the log is busy for longer than {NOTED_S:.0f} s; try again") from None
        self._known[key] = None
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def add_coverage(app: FastAPI, station: Station, folder: Path | None) -> None:
    """Put these routes into the application; without a folder it is `coverage` in the data folder."""
    shelf, readings, free = Shelf(station, folder), Readings(station), asyncio.Semaphore(AT_ONCE)

    @app.get("/api/coverage")
    async def coverage(who: Who) -> Json:
        """What `dronewall plan coverage` made of this wall: its layers, colours, conditions and assumptions."""
        found = await asyncio.to_thread(shelf.coverage)
        await readings.note(who, found, "index")
        return found.index(shelf.sensors)

    @app.get("/api/coverage/at")
    async def at(
        who: Who,
        latitude_deg: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)],
        longitude_deg: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)],
        of: Annotated[str, Query(max_length=80, description="class and height, as fixed_wing_piston_100m")] = "",
    ) -> Json:
        """The figures of the cell at a point, each with the ends of its interval."""
        found = await asyncio.to_thread(shelf.coverage)
        await readings.note(who, found, f"at {of}" if any(one.stem == of for one in found.about.maps) else "at")
        async with free:
            return await asyncio.to_thread(found.at, latitude_deg, longitude_deg, of)

    @app.get("/api/coverage/{layer}/{z}/{x}/{y}", response_class=Response)
    async def tile(
        who: Who,
        layer: str,
        z: Annotated[int, InPath(ge=0, le=DEEPEST)],
        x: Annotated[int, InPath(ge=0)],
        y: Annotated[int, InPath(ge=0)],
    ) -> Response:
        """One layer as a tile of 512 by 512 in the map's projection (EPSG:3857), PNG."""
        if x >= 2**z or y >= 2**z:
            raise Unknown(f"there is no tile {z}/{x}/{y}: at depth {z} they count from 0 to {2**z - 1}")
        found, one = await asyncio.to_thread(shelf.layer, layer)
        await readings.note(who, found, layer)
        async with free:
            picture = await asyncio.to_thread(found.tile, one, z, x, y)
        return Response(picture, media_type="image/png")

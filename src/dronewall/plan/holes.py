"""`plan holes`: the least-watched ways in, what site would close them, and how many barriers stand one behind another.

For a class at a height every cell of the map gathers -log(1 - p) per metre flown; the least gathered way from the line
to a protected zone is a shortest path (Clouqueur et al., "Sensor deployment strategy for target detection", WSNA 2002),
with the height as a free choice one over the least of all heights. Ways start outside and cross the line anywhere.
Disjoint barriers are chains of sensors whose footprints touch, from one end of the line to the other, no sensor in two
(Kumar, Lai and Arora, "Barrier coverage with wireless sensors", MobiCom 2005): a maximum flow by Menger's theorem.

The map is gone over in tiles and by any number of workers, as `plan coverage` is, with the same file from each: tiles
gather by themselves, and the shortest paths are those of one search over the whole map (`sweeping`).

It is a defender's product. By default it says the stretch of the line, the height and the site that closes it on a grid
of 1 km; the way itself only as detail. It says nothing of times or speeds.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

from dronewall import SCHEMA_VERSION, __version__
from dronewall.errors import BadInput
from dronewall.geo.border import GAP_M
from dronewall.geo.relief import Grid
from dronewall.plan.about import ground_notes
from dronewall.plan.barriers import barriers
from dronewall.plan.closing import CLOSED_P, SEARCHED
from dronewall.plan.conditions import Conditions
from dronewall.plan.firmness import survival, variants
from dronewall.plan.gathering import goals_of, on_map
from dronewall.plan.hunting import IN_TIME_S, Hunt, Question, Search
from dronewall.plan.lines import FARTHEST_M, Way, lines_for, ways
from dronewall.plan.parts import Done, tile_name
from dronewall.plan.passes import Passes, inputs
from dronewall.plan.pieces import Order, Stage, stage
from dronewall.plan.rasters import MARK, modest, spared, write_json
from dronewall.plan.rated import Room, cases
from dronewall.workers.pool import Here, Pool

PARTIAL: Final = ".partial"
"""What the folder of what is done ends with, after the output's name."""
STRETCH_KM: Final = 20.0
_SHARES: Final = (0.1, 0.4, 0.5)
"""Of the work, for the progress bar: sightlines, tiles, cases."""


def holes(
    wall_path: Path,
    output: Path,
    conditions: Conditions,
    *,
    border: str | None = None,
    gap_m: float = GAP_M,
    from_side: str | None = None,
    detail: bool = False,
    firm: bool = False,
    pool: Pool | None = None,
    near: Pool | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> dict[str, Any]:
    """Find them, write them as GeoJSON that its owner alone may read, and give back what was written.

    The same file whoever does the work.

    Parameters
    ----------
    pool : who looks over the tiles; left out, this process
    near : who searches, on this machine; left out, those of `pool`

    Raises
    ------
    BadInput
        The wall, the line or the conditions cannot be used, there is nothing to cross or to reach, or no such stretch.
    Unavailable
        Workers cannot be had or do not stay alive.
    """
    if output.is_dir():
        raise BadInput(f"-o {output} is a folder; give the file of the holes", key="output")
    spared(output, {"wall": wall_path, "border": border, "land cover": conditions.land_cover})
    with modest():
        order = Order.of(wall_path, conditions, zones_within_m=FARTHEST_M)
        here = stage(order)
        question = _question(here, border, gap_m, from_side, detail)
        done = Done(output.with_name(output.name + PARTIAL))
        work = _Work(question=question, pool=pool or Here(), near=near)
        plain, said = done.path / "plain", _about(here, detail)
        found = work.searched(order, plain, lambda share: progress(share * (0.3 if firm else 1.0)))
        said["features"] = [feature for case in found for feature in case]
        layout = here.layout
        said["disjoint_barriers"] = barriers(
            conditions,
            len(here.found.watchers),
            (Done(plain).arrays(tile_name(tile)) for tile in work.tiles(here) if layout.reaching.get(tile)),
        )
        if firm:
            said["firmness"] = work.firmness(order, done.path, lambda share: progress(0.3 + 0.7 * share))
        write_json(output, said)
        done.forget()
        stage.cache_clear()
        progress(1.0)
    return said


def _question(here: Stage, border: str | None, gap_m: float, from_side: str | None, detail: bool) -> Question:
    """The ways in over the line on the map, and their stretches; all of them or those of one."""
    found = here.found
    bounds = found.conditions.bounds_deg or _bounds_deg(found.grid)
    lines = lines_for(border, bounds, gap_m)
    way_list = [way for way in ways(found.wall, lines, most=None) if on_map(way, found.grid)]
    if not way_list:
        raise BadInput(
            "there is nothing to cross: this wall has neither a protected [[zone]] nor a border near it; give --border",
            key="border",
        )
    names = _stretches(way_list)
    if from_side is not None:
        if from_side not in names:
            known = sorted(set(names))
            raise BadInput(
                f"--from-side {from_side}: there is no such stretch; there are: {', '.join(known)}", key="from_side"
            )
        way_list = [way for way, name in zip(way_list, names, strict=True) if name == from_side]
        names = [from_side] * len(way_list)
    goals_of(found.grid, found.wall, way_list)
    return Question(ways=way_list, names=names, detail=detail)


def _about(here: Stage, detail: bool) -> dict[str, Any]:
    """All that is said but the holes."""
    found = here.found
    return {
        "type": "FeatureCollection",
        "schema_version": SCHEMA_VERSION,
        "program": f"dronewall {__version__}",
        "restricted": MARK,
        "wall": found.wall.wall.name,
        "terrain": found.terrain.describe,
        "notes": ground_notes(found.wall, found.terrain),
        "invented_sites": found.wall.wall.invented_sites,
        "detail": detail,
        "cell_m": found.grid.cell_m,
        "disjoint_barriers": [],
        "closed": f"least seen with {CLOSED_P:g}",
        "searched": SEARCHED,
        "in_time": f"seen at least {IN_TIME_S:g} s before it arrives",
        "left_out": found.left_out,
        "features": [],
    }


class _Work:
    """Has a question answered over one ground or another."""

    def __init__(self, *, question: Question, pool: Pool, near: Pool | None) -> None:
        self._question, self._pool, self._near = question, pool, near

    def tiles(self, here: Stage) -> list[int]:
        """Those that a sensor reaches and a way may lead through."""
        room = Room(here.found.grid, self._question.ways)
        return [tile for tile in sorted(here.layout.reaching) if room.of(here.layout.tiles[tile].window).any()]

    def searched(self, order: Order, folder: Path, progress: Callable[[float], None], *, end: int = 0) -> list[Any]:
        """The features of each case; of the plain ground as assumed."""
        here = stage(order)
        wanted = range(len(cases(order.conditions)))
        items = {f"case-{number:03d}": Search(number, folder) for number in wanted}
        self._run(order, here, Done(folder), items, progress)
        return [json.loads(Done(folder).data(name)) for name in items]

    def firmness(self, order: Order, folder: Path, progress: Callable[[float], None]) -> list[dict[str, Any]]:
        """For each class, which of its five least-watched stretches stay so when ground, trees or values are others.

        At the height where each stretch is watched least, if there are several.
        """
        here = stage(order)
        labels = order.conditions.labels
        latest = {case.label: number for number, case in enumerate(cases(order.conditions))}
        grid = here.found.grid
        fixed = replace(
            order.conditions, bounds_deg=order.conditions.bounds_deg or _bounds_deg(grid), cell_m=grid.cell_m
        )
        asked = [(None, 0), *((variant.name, variant.end) for variant in variants(here.found.terrain))]
        worst: dict[str, dict[str, list[str]]] = {label: {} for label in labels}
        for step, (name, end) in enumerate(asked):
            plain = name is None or end > 0
            other = order if plain else replace(order, conditions=fixed, variant=name)
            where = folder / ("plain" if plain else f"variant-{step}")
            items = {
                f"stretches-{latest[label]:03d}-{end}": Search(latest[label], where, end, True) for label in labels
            }
            passed = partial(_share_of, progress, step, len(asked))
            self._run(other, stage(other), Done(where), items, passed)
            for label, data in zip(labels, items, strict=True):
                worst[label][name or ""] = json.loads(Done(where).data(data))
        return [
            {"label": label, **row}
            for label in labels
            for row in survival(worst[label][""], {name: set(found) for name, found in worst[label].items() if name})
        ]

    def _run(
        self, order: Order, here: Stage, done: Done, items: dict[str, Search], progress: Callable[[float], None]
    ) -> None:
        """Sightlines, tiles and cases over one ground; what is done already is kept."""
        done.claim(inputs(order, here.found) | {"question": _digest(self._question)})
        passes = Passes(here=here, done=done, progress=progress, shares=_SHARES)
        job = Hunt(order, self._question)
        names = {item: name for name, item in items.items()}
        with self._pool.team(job) as team:
            passes.looks(team, 0)
            passes.plots(team, self.tiles(here), 1)
            if self._near is None:
                passes.run(team, items, names.__getitem__, iter, 2)
        if self._near is not None:
            with self._near.team(job) as team:
                passes.run(team, items, names.__getitem__, iter, 2)


def _share_of(progress: Callable[[float], None], step: int, steps: int, share: float) -> None:
    progress((step + share) / steps)


def _digest(question: Question) -> str:
    """Of the ways in and of what is to be told of them."""
    sums = sha256(repr((question.names, question.detail, [(way.zone, way.km) for way in question.ways])).encode())
    for way in question.ways:
        sums.update(way.latitude_rad.tobytes() + way.longitude_rad.tobytes())
    return sums.hexdigest()


def _stretches(way_list: list[Way]) -> list[str]:
    """The stretch of each way: equal pieces, near 20 km, of what lies on the map of each line, as `lva-rus-03`."""
    names: list[str] = []
    total_km = {line: sum(way.km for way in way_list if way.line == line) for line in {way.line for way in way_list}}
    run_km = dict.fromkeys(total_km, 0.0)
    for way in way_list:
        count = max(1, round(total_km[way.line] / STRETCH_KM))
        middle = run_km[way.line] + way.km / 2.0
        names.append(f"{way.line}-{1 + int(middle / total_km[way.line] * count):02d}")
        run_km[way.line] += way.km
    return names


def _bounds_deg(grid: Grid) -> tuple[float, float, float, float]:
    rows, columns = np.array([0.0, grid.rows - 1.0]), np.array([0.0, grid.columns - 1.0])
    latitude, longitude = grid.places(rows[:, None], columns[None, :])
    west, south, east, north = np.degrees([longitude.min(), latitude.min(), longitude.max(), latitude.max()]).tolist()
    return west, south, east, north

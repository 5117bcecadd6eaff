"""`plan coverage`: from a wall's file to a folder of maps, one page and one JSON file that says what they hang on.

In three passes, each a list of pieces for workers: what the sensors of each tile see, what is said of each tile, and
the maps, put together from the tiles. A piece that is done is kept in the folder until all are, so that a run that was
broken off goes on where it was.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from dronewall.plan.about import described, features
from dronewall.plan.conditions import Conditions
from dronewall.plan.parts import Done, tile_name
from dronewall.plan.passes import Passes, inputs
from dronewall.plan.pieces import Map, Order, Pieces, Stage, stage
from dronewall.plan.rasters import folder, modest, tidy, write_json, write_text
from dronewall.plan.report import Page
from dronewall.plan.standing import Standing
from dronewall.workers.pool import Here, Pool, Team

PARTIAL: Final = ".partial"
_SHARES: Final = (0.15, 0.55, 0.30)
"""Of the work, for the progress bar: sightlines, tiles, maps."""


def coverage(
    wall_path: Path,
    output: Path,
    conditions: Conditions,
    *,
    kth: int = 1,
    pool: Pool | None = None,
    near: Pool | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> dict[str, Any]:
    """Write the coverage of a wall into a folder; what `coverage.json` says.

    The same files, to the bit, whoever does the work.

    Parameters
    ----------
    kth : also maps of the height that 2 to so many sites see
    pool : who looks over the tiles; left out, this process
    near : who writes the maps, on this machine; left out, those of `pool`

    Raises
    ------
    BadInput
        The wall, its terrain, the conditions or the folder cannot be used.
    Unavailable
        rasterio is not installed, or workers cannot be had or do not stay alive.
    """
    with modest():
        order = Order.of(wall_path, conditions, kth)
        here = stage(order)
        folder(output)
        done = Done(output / PARTIAL)
        done.claim(inputs(order, here.found))
        passes = Passes(here=here, done=done, progress=progress, shares=_SHARES)
        with (pool or Here()).team(Pieces(order)) as team:
            passes.looks(team, 0)
            passes.plots(team, here.layout.planned(here.found), 1)
            if near is None:
                _maps(passes, output, team)
        if near is not None:
            with near.team(Pieces(order)) as team:
                _maps(passes, output, team)
        about = _written(output, wall_path, here, done)
        tidy(output)
        done.forget()
        stage.cache_clear()
        progress(1.0)
    return about


def _maps(passes: Passes, output: Path, team: Team) -> None:
    """The maps."""
    items = {
        map_name(kind, number): Map(kind, number, passes.done.path, output)
        for kind, number in wanted(passes.here.found)
    }
    passes.run(team, items, lambda item: map_name(item.kind, item.number), iter, 2)


def wanted(found: Standing) -> list[tuple[str, int]]:
    """The maps, as kind and number."""
    layers = len(found.conditions.labels) * len(found.conditions.heights_m)
    return [
        ("lowest", 0),
        *(("layer", number) for number in range(layers)),
        *(("site", number) for number in range(len(found.watchers))),
    ]


def map_name(kind: str, number: int) -> str:
    """The piece that what is shown of a map is kept as."""
    return f"map-{kind}-{number:06d}"


def _written(output: Path, wall_path: Path, here: Stage, done: Done) -> dict[str, Any]:
    """Everything but the maps."""
    found = here.found
    told = [(kind, json.loads(done.data(map_name(kind, number)))) for kind, number in wanted(found)]
    layers = [row for kind, row in told if kind == "layer"]
    off = sum(int(done.arrays(tile_name(tile))["unknown"][0]) for tile in here.layout.planned(found))
    about = described(found, wall_path, off / (found.grid.rows * found.grid.columns))
    about["maps"] = [row["said"] for row in layers]
    parts = [(row["part"], row["row"]) for row in layers]
    sections = [row["section"] for kind, row in told if kind == "site"]
    write_json(output / "coverage.json", about)
    write_json(output / "coverage.geojson", features(found))
    write_text(output / "report.html", Page(found=found).html(told[0][1]["picture"], parts, sections, about))
    return about

"""`plan coverage`: from a wall's file to a folder of maps, one page and one JSON file that says what they hang on.

In three passes, each a list of pieces for workers: what the sensors of each tile see, what is said of each tile, and
the maps, put together from the tiles. A piece that is done is kept in the folder until all are, so that a run that was
broken off goes on where it was.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Any, Final

from dronewall import __version__
from dronewall.plan.about import described, features
from dronewall.plan.conditions import Conditions
from dronewall.plan.maps import looks_name, tile_name
from dronewall.plan.parts import Done, packed
from dronewall.plan.pieces import Looks, Map, Order, Pieces, Plot, Stage, stage
from dronewall.plan.rasters import folder, modest, tidy, write_json, write_text
from dronewall.plan.report import Page
from dronewall.plan.standing import Standing
from dronewall.plan.tiles import cropped, seen_of
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
        done.claim(_inputs(order, here.found))
        passes = _Passes(here=here, done=done, output=output, progress=progress)
        with (pool or Here()).team(Pieces(order)) as team:
            passes.looks(team)
            passes.plots(team)
            if near is None:
                passes.maps(team)
        if near is not None:
            with near.team(Pieces(order)) as team:
                passes.maps(team)
        about = _written(output, wall_path, here, done)
        tidy(output)
        done.forget()
        stage.cache_clear()
        progress(1.0)
    return about


@dataclass(frozen=True, kw_only=True)
class _Passes:
    """Hands out what is not done yet and keeps what comes back."""

    here: Stage
    done: Done
    output: Path
    progress: Callable[[float], None]

    def looks(self, team: Team) -> None:
        """What the sensors of each tile see."""
        ground = self.here.found.terrain.describe
        names = {looks_name(tile): Looks(tile, ground) for tile in sorted(self.here.layout.standing)}
        self._run(team, names, lambda item: looks_name(item.tile), iter, 0)

    def plots(self, team: Team) -> None:
        """What is said of each tile."""
        names = {tile_name(tile): tile for tile in self.here.layout.planned(self.here.found)}
        self._run(team, names, lambda item: tile_name(item.tile), self._plots, 1)

    def maps(self, team: Team) -> None:
        """The maps."""
        names = {
            map_name(kind, number): Map(kind, number, self.done.path, self.output)
            for kind, number in wanted(self.here.found)
        }
        self._run(team, names, lambda item: map_name(item.kind, item.number), iter, 2)

    def _plots(self, tiles: list[int]) -> Iterator[Plot]:
        """Tiles with what is seen of them, read when somebody is free."""
        found, layout = self.here.found, self.here.layout
        home = {number: tile for tile, numbers in layout.standing.items() for number in numbers}
        for tile in tiles:
            seen = {
                number: seen_of(self.done.arrays(looks_name(home[number])), number)
                for number in layout.needed(found, tile)
            }
            yield Plot(tile, packed(cropped(seen, layout.tiles[tile])))

    def _run(
        self,
        team: Team,
        items: dict[str, Any],
        name: Callable[[Any], str],
        made: Callable[[list[Any]], Iterator[Any]],
        number: int,
    ) -> None:
        """One pass: its items by the names that they are kept under, those that are not done yet made by `made`."""
        missing = [item for key, item in items.items() if not self.done.has(key)]
        ready, share = len(items) - len(missing), _SHARES[number] / max(len(items), 1)
        before = sum(_SHARES[:number])
        self.progress(before + share * ready)
        for item, data in team.do(made(missing), lambda part: None):
            self.done.keep(name(item), data)
            ready += 1
            self.progress(before + share * ready)


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


def _inputs(order: Order, found: Standing) -> dict[str, Any]:
    """What the pieces hang on: a run goes on with those of another only where all of it is the same."""
    files = [] if found.wall.wall.terrain is None else sorted(glob(str(found.file.parent / found.wall.wall.terrain)))
    if order.conditions.land_cover is not None:
        files.append(str(order.conditions.land_cover))
    stats = [(name, Path(name).stat()) for name in files]
    return {
        "program": __version__,
        "wall": order.wall_sha256,
        "conditions": repr(order.conditions),
        "kth": order.kth,
        "grid": repr(found.grid),
        "times": found.times,
        "terrain": found.terrain.describe,
        "files": [[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats],
    }

"""A long plan goes over its map in passes: what is not done yet is handed out, and what comes back is kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Any

from dronewall import __version__
from dronewall.plan.parts import Done, looks_name, packed, tile_name
from dronewall.plan.pieces import Looks, Order, Plot, Stage
from dronewall.plan.standing import Standing
from dronewall.plan.tiles import cropped, seen_of
from dronewall.workers.pool import Team


@dataclass(frozen=True, kw_only=True)
class Passes:
    """Hands out what is not done yet and keeps what comes back.

    Attributes
    ----------
    shares : tuple of float
        Of the work, each pass's.
    """

    here: Stage
    done: Done
    progress: Callable[[float], None]
    shares: tuple[float, ...]

    def looks(self, team: Team, number: int) -> None:
        """What the sensors of each tile see."""
        ground = self.here.found.terrain.describe
        items = {looks_name(tile): Looks(tile, ground) for tile in sorted(self.here.layout.standing)}
        self.run(team, items, lambda item: looks_name(item.tile), iter, number)

    def plots(self, team: Team, tiles: list[int], number: int) -> None:
        """What is said of some tiles."""
        self.run(team, {tile_name(tile): tile for tile in tiles}, lambda item: tile_name(item.tile), self._seen, number)

    def run(
        self,
        team: Team,
        items: dict[str, Any],
        name: Callable[[Any], str],
        made: Callable[[list[Any]], Iterator[Any]],
        number: int,
    ) -> None:
        """Pass `number`: items by the names that they are kept under, those that are not done yet made by `made`."""
        missing = [item for key, item in items.items() if not self.done.has(key)]
        ready, share = len(items) - len(missing), self.shares[number] / max(len(items), 1)
        before = sum(self.shares[:number])
        self.progress(before + share * ready)
        for item, data in team.do(made(missing), lambda part: None):
            self.done.keep(name(item), data)
            ready += 1
            self.progress(before + share * ready)

    def _seen(self, tiles: list[int]) -> Iterator[Plot]:
        """Tiles with what is seen of them, read when somebody is free."""
        found, layout = self.here.found, self.here.layout
        home = {number: tile for tile, numbers in layout.standing.items() for number in numbers}
        for tile in tiles:
            seen = {
                number: seen_of(self.done.arrays(looks_name(home[number])), number)
                for number in layout.needed(found, tile)
            }
            yield Plot(tile, packed(cropped(seen, layout.tiles[tile])))


def inputs(order: Order, found: Standing) -> dict[str, Any]:
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

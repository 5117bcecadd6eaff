"""The pieces of a coverage as a job for workers: sightlines of the sensors of a tile, a tile, a map.

Looks and tiles bring along what they need but for the wall, its terrain and land cover, and give back bytes, so that a
worker may be on another machine that has those files at the same paths. Maps are written where the folder is.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from dronewall.errors import BadInput
from dronewall.plan.conditions import Conditions
from dronewall.plan.firmness import changed
from dronewall.plan.looking import Blocks
from dronewall.plan.maps import Maps
from dronewall.plan.parts import Done, Unpacked, packed
from dronewall.plan.rasters import modest
from dronewall.plan.standing import Standing, standing
from dronewall.plan.tiles import Layout, Tables, looked, planned


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is asked of workers.

    Attributes
    ----------
    wall_sha256 : str
        Of the wall's file as whoever asks has it.
    zones_within_m : float, optional
        As for `standing`.
    variant : str, optional
        Over which other ground (`firmness.variants`).
    """

    wall_path: Path
    wall_sha256: str
    conditions: Conditions
    kth: int = 1
    zones_within_m: float | None = None
    variant: str | None = None

    @classmethod
    def of(cls, wall_path: Path, conditions: Conditions, kth: int = 1, zones_within_m: float | None = None) -> "Order":
        """The order for a wall's file as it is now."""
        return cls(
            wall_path=wall_path,
            wall_sha256=_digest(wall_path),
            conditions=conditions,
            kth=kth,
            zones_within_m=zones_within_m,
        )


@dataclass(frozen=True, slots=True)
class Looks:
    """Sightlines of all sensors that stand in a tile, over the ground that whoever asks has."""

    tile: int
    ground: str


@dataclass(frozen=True, slots=True)
class Plot:
    """All that is said of a tile; `seen` is what `tiles.cropped` gave, packed."""

    tile: int
    seen: bytes


@dataclass(frozen=True, slots=True)
class Map:
    """The maps of all sites together (`lowest`), of one (`site`), or of a class at a height (`layer`)."""

    kind: str
    number: int
    done: Path
    output: Path


@dataclass(frozen=True)
class Stage:
    """What is built once in each process; what it learns of ground and models it keeps for the pieces that follow."""

    found: Standing
    layout: Layout
    blocks: Blocks
    tables: Tables


@lru_cache(maxsize=1)
def stage(order: Order) -> Stage:
    """The wall on its map, and how it is cut.

    Raises
    ------
    BadInput
        The wall, its terrain or the conditions cannot be used, or the wall is not that of whoever asks.
    """
    if _digest(order.wall_path) != order.wall_sha256:
        raise BadInput(
            f"{order.wall_path} is not the same here as where the plan was asked for; copy it to each machine",
            file=str(order.wall_path),
        )
    found = standing(
        order.wall_path,
        order.conditions,
        lambda ground: ground if order.variant is None else changed(ground, order.variant),
        zones_within_m=order.zones_within_m,
    )
    return Stage(found, Layout.of(found), Blocks(found.terrain, found.grid, found.times), {})


@dataclass(frozen=True)
class Pieces:
    """See `workers.pool.Job`."""

    order: Order

    def do(self, item: Looks | Plot | Map, progress: Callable[[float], None]) -> bytes:
        """The piece, as it is kept."""
        with modest():
            here = stage(self.order)
            if isinstance(item, Looks):
                return sightlines(here, item)
            if isinstance(item, Plot):
                seen = Unpacked(item.seen)
                return packed(planned(here.found, here.layout, item.tile, seen, self.order.kth, here.tables))
            maps = Maps(here.found, here.layout, Done(item.done), item.output)
            if item.kind == "lowest":
                said = maps.lowest(self.order.kth)
            else:
                said = maps.site(item.number) if item.kind == "site" else maps.layer(item.number)
            return json.dumps(said).encode()

    def named(self, item: Looks | Plot | Map) -> str:
        """What a sentence calls it."""
        if isinstance(item, Map):
            return f"map {item.kind} {item.number}"
        return tile_of(item)


def sightlines(here: Stage, item: Looks) -> bytes:
    """What every site sees of a tile, as it is kept."""
    same_ground(here.found, item.ground)
    return packed(looked(here.found, here.layout.standing[item.tile], here.blocks))


def tile_of(item: Looks | Plot) -> str:
    """What a sentence calls a piece of one tile."""
    return f"tile {item.tile}" + (", sightlines," if isinstance(item, Looks) else "")


def same_ground(found: Standing, ground: str) -> None:
    """A worker's terrain describes itself as that of whoever asks does, or is refused with a sentence."""
    if found.terrain.describe != ground:
        raise BadInput(
            f"a worker has other terrain ({found.terrain.describe}) than where the plan was asked for ({ground}); "
            "copy the wall's terrain to the same path on each machine",
            key="wall.terrain",
        )


def _digest(wall_path: Path) -> str:
    """Of the wall's file; of what cannot be read, that of nothing: reading it as a wall says what is wrong."""
    file = wall_path / "wall.toml" if wall_path.is_dir() else wall_path
    try:
        return sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""

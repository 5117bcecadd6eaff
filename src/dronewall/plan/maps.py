"""The files of a coverage's maps, put together from its tiles: one map after the other, a tile in memory at a time."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from dronewall.geo.relief import Grid
from dronewall.kernels.crossings import least_crossing
from dronewall.kernels.joining import RANGE
from dronewall.plan.conditions import SPEEDS_MPS, metres_text
from dronewall.plan.coverage import ENDS, REASONS, Lines, nominal, unknown
from dronewall.plan.parts import Done, looks_name, tile_name
from dronewall.plan.pictures import LARGEST
from dronewall.plan.rasters import Raster, folder
from dronewall.plan.report import Page, Shown
from dronewall.plan.standing import Standing
from dronewall.plan.tiles import Layout, add_lines, lines_of, seen_of

SECTIONS: Final = 6
LARGEST_OF_SITE: Final = 25_000_000
"""Up to so many cells of the map a site's own map is of all of it."""
_KINDS: Final = {"p_look": "probability per look", "p_detect": "probability over a crossing"}


@dataclass(frozen=True)
class Maps:
    """Writes the maps of a coverage whose tiles are done; each gives back what the page and the tables show of it."""

    found: Standing
    layout: Layout
    done: Done
    output: Path

    def lowest(self, most: int) -> dict[str, Any]:
        """`lowest_visible_altitude.tif`, and to which `most` sites see: its picture."""
        grid = self.found.grid
        picture = ""
        for k in range(most):
            name = "lowest_visible_altitude" + (f"_k{k + 1}" if k else "")
            what = f"height above ground that {k + 1} sites see, m" if k else "lowest visible height above ground, m"
            thin = Thin(grid, np.float32(np.nan))
            with Raster(self.output / f"{name}.tif", grid, np.float32, what) as raster:
                for tile in self.layout.planned(self.found):
                    at = self.layout.tiles[tile]
                    values = self.done.arrays(tile_name(tile))["lowest"][k]
                    raster.put(values, at.row, at.column)
                    thin.put(values, at.row, at.column)
            picture = picture or Page(found=self.found).lowest(thin.values)
        return {"picture": picture}

    def site(self, number: int) -> dict[str, Any]:
        """`sites/<sensor>/lowest_visible_altitude.tif`; of the first of them a section.

        On the whole map, but of a large map only its own window: GDAL goes through all that a raster leaves out, and
        a flank has hundreds of sites.
        """
        found, grid = self.found, self.found.grid
        watcher = found.watchers[number]
        home = next(tile for tile, numbers in self.layout.standing.items() if number in numbers)
        seen = seen_of(self.done.arrays(looks_name(home)), number)
        off = unknown(found.terrain, grid.part(*seen.window))
        told = nominal(watcher, seen, grid, None)
        if off is not None:
            told.height_m[off] = np.nan
        path = folder(self.output / "sites") / watcher.id / "lowest_visible_altitude.tif"
        whole = grid.rows * grid.columns <= LARGEST_OF_SITE
        part, row, column = (grid, told.row, told.column) if whole else (grid.part(*told.window), 0, 0)
        with Raster(path, part, np.float32, f"lowest visible height above ground of {watcher.id}, m") as raster:
            raster.put(told.height_m, row, column)
        return {"section": Page(found=found).section(watcher, told) if number < SECTIONS else ""}

    def layer(self, number: int) -> dict[str, Any]:
        """The seven maps of a class at a height: its row of `coverage.json`, its part and its row of the page."""
        conditions, grid = self.found.conditions, self.found.grid
        labels = conditions.labels
        height_m, label = conditions.heights_m[number // len(labels)], labels[number % len(labels)]
        stem, what = f"{label}_{metres_text(height_m)}", f"{label} at {height_m:g} m"
        lines = self._lines(number)
        shown = Shown(label=label, height_m=height_m)
        for end, name in enumerate(ENDS):
            thin = [Thin(grid, np.float32(np.nan)) for _ in _KINDS]
            last = "" if name == "value" else f"_{name}"
            where = self.output / "bounds" if last else self.output
            look_path, cross_path = (where / f"{kind}_{stem}{last}.tif" for kind in _KINDS)
            told = [f"{text}, {what}{f', {name} end' if last else ''}" for text in _KINDS.values()]
            seconds = np.array([1.0, 1.0, np.sqrt(2.0), np.sqrt(2.0)]) * grid.cell_m / _speed_mps(label, name)
            seen = 0
            with (
                Raster(look_path, grid, np.float32, told[0]) as look_file,
                Raster(cross_path, grid, np.float32, told[1]) as cross_file,
            ):
                for tile in self.layout.planned(self.found):
                    at = self.layout.tiles[tile]
                    look = self.done.arrays(tile_name(tile))[f"look {number} {end}"]
                    cross = np.empty(look.shape, np.float32)
                    row, column, east, west = lines_of(lines, grid, at, end)
                    least_crossing(look, row, column, east, west, seconds, cross)
                    for file, part, values in ((look_file, thin[0], look), (cross_file, thin[1], cross)):
                        file.put(values, at.row, at.column)
                        part.put(values, at.row, at.column)
                    seen += int(np.count_nonzero(np.nan_to_num(cross) >= 0.5))
            shown.p_look.append(thin[0].values)
            shown.p_detect.append(thin[1].values)
            shown.half_seen.append(seen)
        shown.ends, shown.by_end = self._ends(number, stem, what)
        km2 = (grid.cell_m / 1000.0) ** 2
        part_of_page, row = Page(found=self.found).shown(shown)
        return {
            "said": {
                "label": label,
                "height_m": height_m,
                "km2_seen_in_half_of_crossings": {
                    name: shown.half_seen[ENDS.index(name)] * km2 for name in ("low", "value", "high")
                },
                "km2_by_end": {reason: count * km2 for reason, count in zip(REASONS, shown.by_end, strict=True)},
            },
            "part": part_of_page,
            "row": row,
        }

    def _lines(self, number: int) -> Lines:
        """What lines through the whole map gather, tile after tile."""
        grid = self.found.grid
        total = Lines.blank(grid.rows, grid.columns)
        for tile in self.layout.planned(self.found):
            add_lines(total, grid, self.layout.tiles[tile], self.done.arrays(tile_name(tile)), number)
        return total

    def _ends(self, number: int, stem: str, what: str) -> tuple[np.ndarray, list[int]]:
        """What ends coverage: the map of it; thinned, and how many cells each reason has."""
        grid = self.found.grid
        codes = ", ".join(f"{code} {reason}" for code, reason in enumerate(REASONS))
        counts = np.zeros(len(REASONS), np.int64)
        thin = Thin(grid, np.uint8(RANGE))
        mine = set(self.layout.planned(self.found))
        path = self.output / f"ends_{stem}.tif"
        with Raster(path, grid, np.uint8, f"what ends coverage of {what}: {codes}") as raster:
            for at in self.layout.tiles:
                if at.number in mine:
                    values = self.done.arrays(tile_name(at.number))[f"ends {number}"]
                else:
                    values = np.full(at.shape, RANGE, np.uint8)
                raster.put(values, at.row, at.column)
                thin.put(values, at.row, at.column)
                counts += np.bincount(values.ravel(), minlength=len(REASONS))
        return thin.values, counts.tolist()


class Thin:
    """Every nth cell of a map, gathered tile by tile: as many as a picture shows."""

    def __init__(self, grid: Grid, nothing: np.generic) -> None:
        self._step = max(1, -(-max(grid.rows, grid.columns) // LARGEST))
        self._first = self._step // 2
        shape = tuple(len(range(self._first, n, self._step)) for n in grid.shape)
        self.values = np.full(shape, nothing, nothing.dtype)

    def put(self, values: np.ndarray, row: int, column: int) -> None:
        """What of a tile stands in the picture."""
        down, along = (self._skip(at) for at in (row, column))
        part = values[down :: self._step, along :: self._step]
        r, c = ((at + skip - self._first) // self._step for at, skip in ((row, down), (column, along)))
        self.values[r : r + part.shape[0], c : c + part.shape[1]] = part

    def _skip(self, at: int) -> int:
        """Cells of a tile that begins there before the first that stands in the picture."""
        return (self._first - at) % self._step


def _speed_mps(label: str, end: str) -> float:
    """A slow flight is looked at more often, so that it is the good end."""
    low, usual, high = SPEEDS_MPS[label]
    return {"value": usual, "low": high, "high": low}[end]

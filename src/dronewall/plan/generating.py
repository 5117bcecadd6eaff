"""Candidate sites laid out on a grid, as the `[[generate]]` of a TOML file ask.

======================  ==============================================================================================
key                     what
======================  ==============================================================================================
kind, cost              of each candidate; cost in the unit of the budget
spacing_m               of the square grid that they stand on
polygon                 (longitude, latitude) pairs: where
heights_agl_m           of antennas, a candidate each (or `height_agl_m`, one)
cost_per_m              of height, on top of `cost`
exclude                 zones of the wall that stay free
land_cover, on_classes  GeoTIFF of land-cover classes, and those on which sites may stand
near, within_m          GeoJSON files (roads, power lines, masts): at most so far from something of each of them
any key of [[sensor]]   as there
======================  ==============================================================================================
"""

import json
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import shapely
from pydantic import ConfigDict, Field
from shapely.errors import ShapelyError
from shapely.geometry import Polygon, shape
from shapely.geometry.base import BaseGeometry

from dronewall.errors import BadInput
from dronewall.geo.landcover import LandCover
from dronewall.geo.relief import Grid
from dronewall.records.wall import Wall
from dronewall.regular import refuse_special
from dronewall.settings import FileModel, check, read_toml
from dronewall.units import Bools, Floats

Positive = Annotated[float, Field(gt=0.0)]


class Generate(FileModel):
    """One `[[generate]]`; keys that it does not have are those of `[[sensor]]`."""

    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)

    kind: str
    cost: Positive
    spacing_m: Annotated[float, Field(ge=100.0)]
    polygon: list[tuple[float, float]] = Field(min_length=3)
    heights_agl_m: list[Annotated[float, Field(ge=0.0)]] | None = Field(default=None, min_length=1)
    cost_per_m: Annotated[float, Field(ge=0.0)] = 0.0
    exclude: list[str] = Field(default_factory=list)
    land_cover: str | None = None
    on_classes: list[int] | None = Field(default=None, min_length=1)
    near: list[str] = Field(default_factory=list)
    within_m: Positive = 500.0


class Generation(FileModel):
    """The file."""

    generate: list[Generate] = Field(min_length=1)


def generated(path: Path, wall: Wall, most: int) -> list[dict[str, Any]]:
    """Rows as a CSV of candidates has them, in the order of the file, north to south.

    Raises
    ------
    BadInput
        The file or one that it names cannot be used, or it lays out more than `most`.
    """
    rows: list[dict[str, Any]] = []
    for number, part in enumerate(check(Generation, read_toml(path), str(path)).generate, start=1):
        grid, row, column = _places(path, part, wall)
        latitude, longitude = (np.degrees(v) for v in grid.places(row, column))
        for at in range(len(row)):
            where = {"latitude_deg": round(latitude[at], 6), "longitude_deg": round(longitude[at], 6)}
            rows += _candidates(part, f"{part.kind}-{number}-{row[at]}-{column[at]}", where)
            if len(rows) > most:
                raise BadInput(f"{path} generates more than {most} candidates; take a wider spacing", file=str(path))
    return rows


def _candidates(part: Generate, name: str, where: dict[str, Any]) -> list[dict[str, Any]]:
    """One place, once for each height."""
    row = dict(part.model_extra or {}) | where | {"id": name, "kind": part.kind, "cost": part.cost}
    if part.heights_agl_m is None:
        return [row | {"cost": part.cost + part.cost_per_m * _height_m(row)}]
    return [
        row | {"id": f"{name}-{height_m:g}m", "height_agl_m": height_m, "cost": part.cost + part.cost_per_m * height_m}
        for height_m in part.heights_agl_m
    ]


def _height_m(row: dict[str, Any]) -> float:
    """What the row says of it; what is no number is refused with the rest of the row."""
    said = row.get("height_agl_m", 0.0)
    return float(said) if isinstance(said, int | float) else 0.0


def _places(path: Path, part: Generate, wall: Wall) -> tuple[Grid, np.ndarray, np.ndarray]:
    """The grid, and rows and columns of it on which candidates may stand."""
    zones = {zone.id: Polygon(zone.polygon) for zone in wall.zone}
    for name in part.exclude:
        if name not in zones:
            known = ", ".join(sorted(zones)) or "none"
            raise BadInput(f"{path}: exclude names '{name}', which is no zone of the wall; it has: {known}")
    area = Polygon(part.polygon)
    if not area.is_valid or area.area == 0.0:
        raise BadInput(f"{path}: a polygon of generate crosses itself or is empty", file=str(path))
    if (part.land_cover is None) != (part.on_classes is None):
        raise BadInput(f"{path}: land_cover and on_classes go together: a GeoTIFF, and where on it", file=str(path))
    grid = Grid.over(area.bounds, part.spacing_m)
    latitude, longitude = grid.window_places(slice(0, grid.rows), slice(0, grid.columns))
    points = shapely.points(np.degrees(longitude), np.degrees(latitude))
    kept = shapely.contains(area, points)
    for name in part.exclude:
        kept &= ~shapely.contains(zones[name], points)
    if part.land_cover is not None:
        kept &= np.isin(LandCover(path.parent / part.land_cover).at(latitude, longitude), part.on_classes or ())
    for name in part.near:
        kept &= _near(grid, _shapes(path.parent / name), part.within_m)
    row, column = np.nonzero(kept)
    return grid, row, column


def _near(grid: Grid, shapes: list[BaseGeometry], within_m: float) -> Bools:
    """Cells whose centres lie so near to one of some shapes (longitude, latitude in degrees)."""

    def on_grid(places: Floats) -> Floats:
        row, column = grid.cells(np.radians(places[:, 1]), np.radians(places[:, 0]))
        return np.column_stack([column, row])

    tree = shapely.STRtree([shapely.transform(one, on_grid) for one in shapes])
    row, column = np.indices(grid.shape)
    found = np.zeros(row.size, np.bool_)
    found[tree.query(shapely.points(column.ravel(), row.ravel()), "dwithin", within_m / grid.cell_m)[0]] = True
    return found.reshape(grid.shape)


def _shapes(path: Path) -> list[BaseGeometry]:
    """All that a GeoJSON file draws."""
    try:
        refuse_special(path)
        data = json.loads(path.read_bytes().decode("utf-8"))
        features = data["features"] if data.get("type") == "FeatureCollection" else [data]
        found = [shapely.force_2d(shape(one.get("geometry", one))) for one in features]
    except FileNotFoundError:
        raise BadInput(f"{path} is not there; give a GeoJSON file to stand near to", file=str(path)) from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}; give a GeoJSON file", file=str(path)) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ShapelyError):
        raise BadInput(f"{path} is no GeoJSON of points, lines or areas", file=str(path)) from None
    found = [one for one in found if not one.is_empty]
    ends = np.array([one.bounds for one in found]).reshape(-1, 4)
    if not len(found) or not (np.abs(ends) <= (180.0, 90.0, 180.0, 90.0)).all():
        raise BadInput(f"{path} draws nothing on the earth: longitude, latitude in degrees", file=str(path))
    return found

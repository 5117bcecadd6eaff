"""What `dronewall plan coverage` wrote, as layers of the map: an index, tiles, figures at a point.

Layers are named in the index and nowhere else: a name that is asked for is looked up, never put into a path.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.raster import need_rasterio
from dronewall.geo.shading import HIGHEST_SHOWN_M, png, reason_stops, reasons, scale_stops, shaded
from dronewall.records.coverage import CoverageAbout, CoverageMap
from dronewall.regular import refuse_special
from dronewall.settings import check

Json = dict[str, Any]

ABOUT: Final = "coverage.json"
RESTRICTED: Final = "RESTRICTED: shows where a wall is weak; for its owner's planners only"
TILE_PX: Final = 512
DEEPEST: Final = 22
_HALF_M: Final = 20_037_508.342789244
"""Half the width of the map's projection, EPSG:3857."""
_OUTSIDE: Final = 255
_ENDS: Final = {"value": "", "low": "_low", "high": "_high"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One map: what it is of, and its file. `end` of a probability's interval: value, low or high."""

    id: str
    kind: str
    file: Path
    about: CoverageMap | None = None
    end: str = "value"
    site: str | None = None

    def row(self) -> Json:
        """As the index names it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "label": None if self.about is None else str(self.about.label),
            "height_m": None if self.about is None else self.about.height_m,
            "end": self.end,
            "site": self.site,
        }


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """A folder of maps and what they hang on.

    Attributes
    ----------
    made : str
        Changes when the coverage is made anew.
    bounds_deg : tuple
        West, south, east, north of the maps.
    """

    folder: Path
    about: CoverageAbout
    made: str
    bounds_deg: tuple[float, float, float, float]
    layers: Mapping[str, Layer]

    @classmethod
    def read(cls, folder: Path, sensors: Sequence[str]) -> "Coverage":
        """The coverage in a folder, of a wall with these sensors.

        Raises
        ------
        BadInput
            It is no such folder, or of a wall that has none of these sensors.
        Unavailable
            rasterio is not installed.
        """
        about, made = _about(folder)
        counted = {*about.sensors, *(one.sensor for one in about.left_out)}
        if not counted & set(sensors):
            raise BadInput(
                f"{folder} is the coverage of '{about.wall}', none of whose sensors this wall has; make one with "
                f"'dronewall plan coverage WALL -o {folder}'",
                file=str(folder / ABOUT),
            )
        layers = _layers(folder, about)
        return cls(folder=folder, about=about, made=made, bounds_deg=_bounds(folder / LOWEST_FILE), layers=layers)

    def index(self, sensors: Sequence[str]) -> Json:
        """What there is to show, its colours, and what all of it hangs on; `sensors` are the wall's now."""
        about = self.about
        west, south, east, north = self.bounds_deg
        return {
            "restricted": RESTRICTED,
            "made": self.made,
            "program": about.program,
            "wall": about.wall,
            "exercise": about.exercise,
            "invented_sites": about.invented_sites,
            "terrain": about.terrain,
            "weather": about.weather.model_dump(),
            "cell_m": about.cell_m,
            "sight_cell_m": about.sight_cell_m,
            "earth_radius_factor": about.earth_radius_factor,
            "bounds_deg": [west, south, east, north],
            "tile_px": TILE_PX,
            "notes": [*about.notes, *self._other_wall(sensors)],
            "assumptions": about.assumptions,
            "left_out": [one.model_dump() for one in about.left_out],
            "layers": [layer.row() for layer in self.layers.values()],
            "scales": {
                "lowest": {"low": 0.0, "high": HIGHEST_SHOWN_M, "unit": "m", "colours": scale_stops(backward=True)},
                "p": {"low": 0.0, "high": 1.0, "unit": "", "colours": scale_stops()},
                "ends": [
                    {"words": about.ends[str(code)], "colour": colour}
                    for code, colour in enumerate(reason_stops())
                    if str(code) in about.ends
                ],
            },
        }

    def tile(self, layer: Layer, z: int, x: int, y: int) -> bytes:
        """One tile as PNG, clear where nothing is said.

        Raises
        ------
        BadInput
            The map cannot be read.
        """
        rasterio = need_rasterio()
        from rasterio.enums import Resampling
        from rasterio.transform import Affine
        from rasterio.warp import reproject

        size_m = 2.0 * _HALF_M / 2**z
        west_m, north_m = -_HALF_M + x * size_m, _HALF_M - y * size_m
        place = Affine(size_m / TILE_PX, 0.0, west_m, 0.0, -size_m / TILE_PX, north_m)
        nothing = _OUTSIDE if layer.kind == "ends" else float("nan")
        values = np.full((TILE_PX, TILE_PX), nothing, np.uint8 if layer.kind == "ends" else np.float32)
        try:
            refuse_special(layer.file)
            with rasterio.open(layer.file) as data:
                _fit(layer, data)
                reproject(
                    rasterio.band(data, 1),
                    values,
                    dst_transform=place,
                    dst_crs="EPSG:3857",
                    src_nodata=nothing,
                    dst_nodata=nothing,
                    resampling=Resampling.nearest,
                )
        except rasterio.errors.RasterioError as error:
            raise BadInput(f"{layer.file} cannot be shown: {_first_line(error)}", file=str(layer.file)) from None
        return png(coloured(layer.kind, values), level=3)

    def at(self, latitude_deg: float, longitude_deg: float, stem: str) -> Json:
        """The figures of the cell at a point: lowest visible height, and what is said of one class at one height."""
        found: Json = {"lowest_m": None, "p_look": {}, "p_detect": {}, "ends": None}
        lowest = self.layers[LOWEST]
        found["lowest_m"] = self._value(lowest, latitude_deg, longitude_deg)
        for layer in self.layers.values():
            if layer.about is None or layer.about.stem != stem:
                continue
            value = self._value(layer, latitude_deg, longitude_deg)
            if layer.kind == "ends":
                found["ends"] = None if value is None else self.about.ends.get(str(int(value)))
            else:
                found[layer.kind][layer.end] = value
        return found

    def _value(self, layer: Layer, latitude_deg: float, longitude_deg: float) -> float | None:
        """One cell; None where nothing is said."""
        west, south, east, north = self.bounds_deg
        if not (west <= longitude_deg <= east and south <= latitude_deg <= north):
            return None
        rasterio = need_rasterio()
        from rasterio.warp import transform

        try:
            refuse_special(layer.file)
            with rasterio.open(layer.file) as data:
                _fit(layer, data)
                (x,), (y,) = transform("EPSG:4326", data.crs, [longitude_deg], [latitude_deg])
                row, column = data.index(x, y)
                if not (0 <= row < data.height and 0 <= column < data.width):
                    return None
                value = float(data.read(1, window=((row, row + 1), (column, column + 1)))[0, 0])
        except rasterio.errors.RasterioError as error:
            raise BadInput(f"{layer.file} cannot be read: {_first_line(error)}", file=str(layer.file)) from None
        return round(value, 4) if math.isfinite(value) else None

    def _other_wall(self, sensors: Sequence[str]) -> list[str]:
        """Where the coverage is of other sensors than the wall has."""
        counted = {*self.about.sensors, *(one.sensor for one in self.about.left_out)}
        notes = []
        if more := sorted(counted - set(sensors)):
            notes.append(f"This coverage counts sensors that the wall here does not have: {', '.join(more)}.")
        if fewer := sorted(set(sensors) - counted):
            notes.append(f"This coverage does not know sensors that the wall here has: {', '.join(fewer)}.")
        return notes


LOWEST: Final = "lowest_visible_altitude"
LOWEST_FILE: Final = f"{LOWEST}.tif"


def coloured(kind: str, values: np.ndarray) -> np.ndarray:
    """A layer's cells as colours with opacity [shape=(rows, columns, 4)]."""
    if kind == "ends":
        said, colours = values != _OUTSIDE, reasons(values)
    else:
        low, high = (0.0, HIGHEST_SHOWN_M) if kind == "lowest" else (0.0, 1.0)
        said, colours = ~np.isnan(values), shaded(values, low, high, backward=kind == "lowest")
    return np.dstack([colours, np.where(said, 255, 0).astype(np.uint8)])


def _about(folder: Path) -> tuple[CoverageAbout, str]:
    file = folder / ABOUT
    wanted = "give a folder that 'dronewall plan coverage WALL -o FOLDER' wrote"
    try:
        refuse_special(file)
        data = file.read_bytes()
        said = json.loads(data)
    except (FileNotFoundError, NotADirectoryError):
        raise BadInput(f"there is no {ABOUT} in {folder}; {wanted}", file=str(file)) from None
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}; {wanted}", file=str(file)) from None
    except ValueError as error:
        raise BadInput(f"{file} is not JSON ({error}); {wanted}", file=str(file)) from None
    return check(CoverageAbout, said, str(file)), hashlib.sha256(data).hexdigest()[:12]


def _layers(folder: Path, about: CoverageAbout) -> dict[str, Layer]:
    """Every map that lies in the folder, in the order in which it is offered."""
    wanted = [Layer(id=LOWEST, kind="lowest", file=folder / LOWEST_FILE)]
    for k in range(2, 10):
        wanted.append(Layer(id=f"{LOWEST}_k{k}", kind="lowest", file=folder / f"{LOWEST}_k{k}.tif", site=f"{k} sites"))
    for one in about.maps:
        for kind in ("p_look", "p_detect"):
            for end, more in _ENDS.items():
                place = folder if end == "value" else folder / "bounds"
                name = f"{kind}_{one.stem}{more}"
                wanted.append(Layer(id=name, kind=kind, file=place / f"{name}.tif", about=one, end=end))
        wanted.append(Layer(id=f"ends_{one.stem}", kind="ends", file=folder / f"ends_{one.stem}.tif", about=one))
    sites = folder / "sites"
    for number, name in enumerate(about.sensors):
        if name not in (".", "..") and not set(name) & {"/", "\\", "\0"}:
            wanted.append(Layer(id=f"site-{number}", kind="lowest", file=sites / name / LOWEST_FILE, site=name))
    return {layer.id: layer for layer in wanted if layer.id == LOWEST or layer.file.is_file()}


def _fit(layer: Layer, data: Any) -> None:
    """Refuse a file that is no map of this kind."""
    wanted = "uint8" if layer.kind == "ends" else "float32"
    if data.crs is None or data.dtypes[0] != wanted:
        raise BadInput(
            f"{layer.file} is no map of a coverage ({data.dtypes[0]}, {data.crs or 'no coordinate system'}); write "
            "the coverage anew",
            file=str(layer.file),
        )


def _bounds(file: Path) -> tuple[float, float, float, float]:
    """West, south, east, north (deg) of a map."""
    rasterio = need_rasterio()
    from rasterio.warp import transform_bounds

    try:
        refuse_special(file)
        with rasterio.open(file) as data:
            if data.crs is None:
                raise BadInput(f"{file} has no coordinate system; write the coverage anew", file=str(file))
            west, south, east, north = transform_bounds(data.crs, "EPSG:4326", *data.bounds)
    except rasterio.errors.RasterioError as error:
        raise BadInput(f"{file} cannot be read as a map: {_first_line(error)}", file=str(file)) from None
    return float(west), float(south), float(east), float(north)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]

"""The ground that a wall stands on: a smooth earth, tiles that the user has, or invented ground that says so."""

from glob import glob
from pathlib import Path
from typing import Protocol

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.frames import Numbers
from dronewall.geo.geotiff import RasterTerrain
from dronewall.geo.hgt import HgtTerrain
from dronewall.geo.synthetic import SyntheticTerrain
from dronewall.units import Floats

__all__ = [
    "HgtTerrain",
    "RasterTerrain",
    "SmoothEarth",
    "SyntheticTerrain",
    "Terrain",
    "load_terrain",
    "site_altitude_hae_m",
    "wall_terrain",
]

_TAKEN = "'synthetic:SEED', or a path or pattern of SRTM tiles or GeoTIFFs such as 'terrain/*.hgt.zip'"
_RASTERS = (".tif", ".tiff")


class Terrain(Protocol):
    """Heights anywhere; arrays broadcast.

    `describe` is one sentence for the outputs: where the ground comes from, its licence, real or invented.
    """

    @property
    def describe(self) -> str: ...

    def height_hae_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        """Height of the ground above the ellipsoid (m)."""
        ...

    def canopy_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        """Height of the forest above that ground (m); 0 in the open."""
        ...


class SmoothEarth:
    """No terrain: the ground is the WGS-84 ellipsoid, and nothing stands on it."""

    describe = "smooth earth: no terrain was given, so the ground is the WGS-84 ellipsoid"

    def height_hae_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        """0 everywhere."""
        return np.zeros(np.broadcast_shapes(np.shape(latitude_rad), np.shape(longitude_rad)))

    def canopy_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        """0 everywhere."""
        return np.zeros(np.broadcast_shapes(np.shape(latitude_rad), np.shape(longitude_rad)))


def wall_terrain(text: str | None, file: Path) -> Terrain:
    """The terrain that a wall file names, as `load_terrain`; an error names that file too.

    Raises
    ------
    BadInput
        As `load_terrain`.
    """
    try:
        return load_terrain(text, file.parent)
    except BadInput as error:
        raise BadInput(f"{file}: [wall] {error}", file=str(file), key="wall.terrain") from None


def load_terrain(text: str | None, base: Path) -> Terrain:
    """The terrain that `terrain = ...` of a wall names; paths are relative to `base`, the wall file's folder.

    None: a smooth earth. `synthetic:SEED`: invented ground. Else a path or a pattern of `.hgt` or `.hgt.zip` tiles, or
    of GeoTIFFs.

    Raises
    ------
    BadInput
        No such file, a tile that cannot be read, or a kind of terrain that is not read.
    """
    if text is None:
        return SmoothEarth()
    kind, _, rest = text.partition(":")
    if kind == "synthetic":
        if not rest.isdecimal():
            raise BadInput(f"terrain = '{text}': the seed is a whole number, as in 'synthetic:7'", key="wall.terrain")
        return SyntheticTerrain(int(rest))
    paths = [Path(found) for found in sorted(glob(str(base / text)))]
    if not paths:
        raise BadInput(f"terrain = '{text}': there is no such file in {base}; it takes {_TAKEN}", key="wall.terrain")
    if len(paths) == 1 and paths[0].is_dir():
        raise BadInput(
            f"terrain = '{text}' is a folder; name the files in it, as '{text.rstrip('/')}/*.tif'", key="wall.terrain"
        )
    rasters = [path.suffix.lower() in _RASTERS for path in paths]
    if all(rasters):
        return RasterTerrain(paths)
    if any(rasters):
        other = paths[rasters.index(not rasters[0])]
        raise BadInput(
            f"terrain = '{text}' finds both SRTM tiles and GeoTIFFs ({paths[0].name}, {other.name}); "
            "give those of one kind",
            key="wall.terrain",
        )
    return HgtTerrain(paths)


def site_altitude_hae_m(terrain: Terrain, latitude_rad: float, longitude_rad: float, height_agl_m: float) -> float:
    """Height above the ellipsoid (m) of a sensor that stands `height_agl_m` above the ground there.

    Raises
    ------
    BadInput
        The terrain's tiles do not cover the site.
    """
    if isinstance(terrain, HgtTerrain | RasterTerrain) and not terrain.covers(latitude_rad, longitude_rad):
        latitude_deg, longitude_deg = np.degrees([latitude_rad, longitude_rad])
        raise BadInput(
            f"latitude_deg = {latitude_deg:.5f}, longitude_deg = {longitude_deg:.5f} lies outside the terrain "
            f"({terrain.describe}); add its tile or leave `terrain` out",
            key="wall.terrain",
        )
    return float(terrain.height_hae_m(latitude_rad, longitude_rad)) + height_agl_m

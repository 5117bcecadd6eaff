"""GeoTIFFs for the tests: a smooth invented surface, cut to any grid and coordinate system."""

from pathlib import Path

import numpy as np
import pyproj
import rasterio
from rasterio.transform import Affine

from dronewall.units import Floats


def surface_m(latitude_deg: Floats, longitude_deg: Floats) -> Floats:
    """Height above the geoid: gentle waves, 60 to 140 m, so that bilinear heights of fine cells are good to 0.1 m."""
    return 100.0 + 25.0 * np.sin(latitude_deg * 40.0) + 15.0 * np.cos(longitude_deg * 30.0 + latitude_deg * 11.0)


def write(
    path: Path,
    crs: str | None,
    west: float,
    north: float,
    cell: tuple[float, float],
    shape: tuple[int, int],
    heights: Floats | None = None,
    **more: object,
) -> Path:
    """One raster whose first cell has its north-west corner at (west, north) in its own coordinates."""
    rows, columns = np.indices(shape)
    x, y = west + (columns + 0.5) * cell[0], north - (rows + 0.5) * cell[1]
    if heights is None:
        longitude, latitude = x, y
        if crs is not None and crs != "EPSG:4326":
            longitude, latitude = pyproj.Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y)
        heights = surface_m(latitude, longitude)
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "height": shape[0], "width": shape[1]}
    profile |= {"transform": Affine(cell[0], 0.0, west, 0.0, -cell[1], north)}
    if crs is not None:
        profile["crs"] = crs
    with rasterio.open(path, "w", **(profile | more)) as file:
        file.write(heights.astype(profile["dtype"]), 1)
    return path


def copernicus(folder: Path, latitude: int, longitude: int, arc: int = 30) -> Path:
    """A tile with the name, cells and half-cell shift of GLO-90 (`arc` 30) or GLO-30 (10)."""
    rows = 36_000 // arc
    share = 1.0 if latitude < 50 else 1.5 if latitude < 60 else 2.0
    columns = round(rows / share)
    cell = (1.0 / columns, 1.0 / rows)
    name = f"Copernicus_DSM_COG_{arc}_N{latitude:02d}_00_E{longitude:03d}_00_DEM.tif"
    return write(
        folder / name,
        "EPSG:4326",
        longitude - cell[0] / 2,
        latitude + 1 + cell[1] / 2,
        cell,
        (rows, columns),
        tiled=True,
        compress="deflate",
    )

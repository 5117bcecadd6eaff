"""Maps as Cloud-optimised GeoTIFF, and every file of a plan: its owner alone may read it, and it says so."""

import json
import os
from pathlib import Path
from typing import Any, Final

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.geotiff import need_rasterio
from dronewall.geo.relief import Grid

MARK: Final = "RESTRICTED: shows where a wall is weak; for its owner's planners only"
_PRIVATE: Final = 0o600


def folder(path: Path) -> Path:
    """The folder, made if need be, that only its owner may enter.

    Raises
    ------
    BadInput
        It is a file, or cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise BadInput(f"{path} cannot be the folder of a plan: {why}", file=str(path)) from None
    return path


def write_raster(path: Path, grid: Grid, values: np.ndarray, what: str, window: tuple[int, int] = (0, 0)) -> None:
    """One band [shape=(rows, columns)] whose first cell is `window` on the grid; float32 with NaN, or uint8.

    Raises
    ------
    BadInput
        It cannot be written.
    Unavailable
        rasterio is not installed.
    """
    rasterio = need_rasterio()
    from rasterio.transform import Affine

    folder(path.parent)
    west = grid.west_m + window[1] * grid.cell_m
    north = grid.north_m - window[0] * grid.cell_m
    rows, columns = values.shape
    profile: dict[str, Any] = {
        "driver": "COG",
        "dtype": values.dtype.name,
        "count": 1,
        "height": rows,
        "width": columns,
        "crs": f"EPSG:{grid.epsg}",
        "transform": Affine(grid.cell_m, 0.0, west, 0.0, -grid.cell_m, north),
        "compress": "ZSTD",
        "level": 1,
        "overview_resampling": "NEAREST",
    }
    if values.dtype == np.float32:
        profile["nodata"] = float("nan")
    try:
        with rasterio.open(path, "w", **profile) as file:
            file.write(values, 1)
            file.set_band_description(1, what)
            file.update_tags(DRONEWALL=what, RESTRICTED=MARK)
        path.chmod(_PRIVATE)
    except (rasterio.errors.RasterioError, OSError) as error:
        raise BadInput(f"{path} cannot be written: {str(error).splitlines()[0]}", file=str(path)) from None


def write_text(path: Path, text: str) -> None:
    """A file that only its owner may read, whole or not at all.

    Raises
    ------
    BadInput
        It cannot be written.
    """
    folder(path.parent)
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "w", encoding="utf-8") as file:
            file.write(text)
        part.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}", file=str(path)) from None


def write_json(path: Path, data: dict[str, Any]) -> None:
    """JSON; what is not a number stands as null."""
    write_text(path, json.dumps(clean(data), indent=1, allow_nan=False) + "\n")


def clean(value: Any) -> Any:
    """The same without NaN, infinities and numpy's numbers."""
    if isinstance(value, dict):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value

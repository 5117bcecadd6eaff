"""Maps as Cloud-optimised GeoTIFF, and every file of a plan: its owner alone may read it, and it says so."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.raster import need_rasterio
from dronewall.geo.relief import Grid

MARK: Final = "RESTRICTED: shows where a wall is weak; for its owner's planners only"
_PRIVATE: Final = 0o600
_BLOCK: Final = 512
_CACHE_MB: Final = 128
_PASSING: Final = (".part", ".whole")


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


class Raster:
    """One band that is written window by window; what is not written is outside coverage (NaN), or 0.

    Used as a context: the file is there, whole, when the context ends well, and not at all when it does not. Memory
    does not grow with the map: windows go to a GeoTIFF beside it, from which GDAL makes the Cloud-optimised one.

    Raises
    ------
    BadInput
        It cannot be written.
    Unavailable
        rasterio is not installed.
    """

    def __init__(self, path: Path, grid: Grid, dtype: type[np.float32 | np.uint8], what: str) -> None:
        self._path, self._grid, self._what = path, grid, what
        self._part, self._whole = (path.with_name(f"{path.name}{end}") for end in _PASSING)
        self._profile: dict[str, Any] = {
            "driver": "GTiff",
            "dtype": np.dtype(dtype).name,
            "count": 1,
            "height": grid.rows,
            "width": grid.columns,
            "crs": f"EPSG:{grid.epsg}",
            "tiled": True,
            "blockxsize": _BLOCK,
            "blockysize": _BLOCK,
            "SPARSE_OK": "TRUE",
            "BIGTIFF": "IF_SAFER",
        }
        if dtype is np.float32:
            self._profile["nodata"] = float("nan")

    def __enter__(self) -> "Raster":
        rasterio = need_rasterio()
        from rasterio.transform import Affine

        folder(self._path.parent)
        grid = self._grid
        place = Affine(grid.cell_m, 0.0, grid.west_m, 0.0, -grid.cell_m, grid.north_m)
        with self._telling():
            self._file = rasterio.open(self._part, "w", transform=place, **self._profile)
            self._file.set_band_description(1, self._what)
            self._file.update_tags(DRONEWALL=self._what, RESTRICTED=MARK)
        return self

    def put(self, values: np.ndarray, row: int, column: int) -> None:
        """Write a window [shape=(rows, columns)] whose first cell is that."""
        rows, columns = values.shape
        with self._telling():
            self._file.write(values, 1, window=((row, row + rows), (column, column + columns)))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        from rasterio.shutil import copy

        try:
            with self._telling():
                self._file.close()
                if kind is None:
                    self._part.chmod(_PRIVATE)
                    copy(
                        str(self._part),
                        str(self._whole),
                        driver="COG",
                        COMPRESS="ZSTD",
                        LEVEL="1",
                        BLOCKSIZE=str(_BLOCK),
                        OVERVIEW_RESAMPLING="NEAREST",
                        SPARSE_OK="TRUE",
                    )
                    self._whole.chmod(_PRIVATE)
                    self._whole.replace(self._path)
        finally:
            self._part.unlink(missing_ok=True)
            self._whole.unlink(missing_ok=True)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """GDAL's words as a sentence."""
        rasterio = need_rasterio()
        try:
            yield
        except (rasterio.errors.RasterioError, OSError) as error:
            raise BadInput(
                f"{self._path} cannot be written: {str(error).splitlines()[0]}", file=str(self._path)
            ) from None


def tidy(output: Path) -> None:
    """Remove what a worker left that was killed while it wrote a map."""
    for end in _PASSING:
        for left in output.rglob(f"*.tif{end}"):
            left.unlink(missing_ok=True)


def modest() -> Any:
    """A context in which GDAL keeps few blocks in memory: tiles are written once and not read again."""
    return need_rasterio().Env(GDAL_CACHEMAX=_CACHE_MB)


def write_bytes(path: Path, data: bytes) -> None:
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
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as file:
            file.write(data)
        part.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}", file=str(path)) from None


def write_text(path: Path, text: str) -> None:
    """Text as `write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def spared(output: Path, read: Mapping[str, str | Path | None]) -> None:
    """Refuse to write over what is read; `read` says of each file or name what it is.

    Raises
    ------
    BadInput
        `output` is one of them.
    """
    for what, given in read.items():
        if given is not None and output.exists() and Path(given).exists() and output.samefile(given):
            raise BadInput(f"-o {output} is the {what} itself; give another file for the answer", key="output")


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

"""GDAL's viewshed from the library inside rasterio's wheel, called by ctypes: raster in memory, result in memory."""

import ctypes
from pathlib import Path

import numpy as np
import rasterio

GROUND = 3  # GVOT_MIN_TARGET_HEIGHT_FROM_GROUND
EDGE = 2  # GVM_Edge, the default of gdal_viewshed
FOUR_THIRDS = 0.75  # gdal's curvature coefficient: 1 / k


class Gdal:
    """One raster, kept in GDAL's memory driver."""

    def __init__(self, surface: np.ndarray, cell_m: float, epsg: int) -> None:
        found = sorted((Path(rasterio.__file__).parents[1] / "rasterio.libs").glob("libgdal*"))
        self.gdal = ctypes.CDLL(str(found[0]))
        for name in ("GDALOpen", "GDALGetRasterBand", "GDALViewshedGenerate", "GDALGetDriverByName", "GDALCreate"):
            getattr(self.gdal, name).restype = ctypes.c_void_p
        self.gdal.GDALVersionInfo.restype = ctypes.c_char_p
        self.version = self.gdal.GDALVersionInfo(b"RELEASE_NAME").decode()
        self.gdal.GDALAllRegister()
        rows, columns = surface.shape
        driver = self.gdal.GDALGetDriverByName(b"MEM")
        self.data = self.gdal.GDALCreate(ctypes.c_void_p(driver), b"", columns, rows, 1, 6, None)  # GDT_Float32
        transform = (ctypes.c_double * 6)(500_000.0, cell_m, 0.0, 5_800_000.0, 0.0, -cell_m)
        self.gdal.GDALSetGeoTransform(ctypes.c_void_p(self.data), transform)
        wkt = rasterio.crs.CRS.from_epsg(epsg).to_wkt().encode()
        self.gdal.GDALSetProjection(ctypes.c_void_p(self.data), wkt)
        self.band = self.gdal.GDALGetRasterBand(ctypes.c_void_p(self.data), 1)
        self.shape, self.cell_m = surface.shape, cell_m
        held = np.ascontiguousarray(surface, np.float32)
        self._io(self.band, 1, held, 6)

    def lowest_visible(self, row: int, column: int, mast_m: float, *, read: bool = True) -> np.ndarray:
        """GROUND mode: the lowest visible height above ground of every cell."""
        d = ctypes.c_double
        x, y = 500_000.0 + (column + 0.5) * self.cell_m, 5_800_000.0 - (row + 0.5) * self.cell_m
        result = self.gdal.GDALViewshedGenerate(
            *(ctypes.c_void_p(self.band), b"MEM", b"", None, d(x), d(y), d(mast_m), d(0.0)),
            *(d(255.0), d(0.0), d(0.0), d(-1.0), d(FOUR_THIRDS), EDGE, d(0.0), None, None, GROUND, None),
        )
        out = np.empty(self.shape if read else (0, 0), np.float64)
        if read:
            self._io(self.gdal.GDALGetRasterBand(ctypes.c_void_p(result), 1), 0, out, 7)
        self.gdal.GDALClose(ctypes.c_void_p(result))
        return out

    def _io(self, band: int, write: int, values: np.ndarray, kind: int) -> None:
        rows, columns = self.shape
        self.gdal.GDALRasterIO(
            *(ctypes.c_void_p(band), write, 0, 0, columns, rows),
            *(values.ctypes.data_as(ctypes.c_void_p), columns, rows, kind, 0, 0),
        )

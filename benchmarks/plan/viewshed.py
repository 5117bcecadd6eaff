"""The lowest visible height on the real German tile, against float64 profiles, GDAL and GRASS; interleaved runs."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import Affine
from rasterio.warp import Resampling, reproject

from benchmarks.plan.gdal import Gdal
from dronewall.geo.hgt import filled, read_tile
from dronewall.kernels.lowest_visible import lowest_visible
from tests.geo.profiles import lowest_visible_by_profile
from tests.shared import shared_files

CELL_M, SIDE, EPSG = 30.0, 2000, 32632
MAST_M, TARGET_M = 30.0, 50.0
K = 4.0 / 3.0
Q = 1.0 / (2.0 * K * 6_371_008.77)
CORNER = (436_000.0, 5_847_000.0)  # of the interior of the tile in UTM 32


def surface() -> np.ndarray:
    """N52E008 in 30 m cells."""
    _, heights = read_tile(shared_files("data/terrain/N52E008.hgt.zip")[0])
    out = np.zeros((SIDE, SIDE), np.float32)
    reproject(
        filled(heights).astype(np.float32),
        out,
        src_transform=Affine(1 / 1200, 0, 8 - 1 / 2400, 0, -1 / 1200, 53 + 1 / 2400),
        src_crs="EPSG:4326",
        dst_transform=Affine(CELL_M, 0, CORNER[0], 0, -CELL_M, CORNER[1]),
        dst_crs=f"EPSG:{EPSG}",
        resampling=Resampling.bilinear,
    )
    return out


def accuracy(ground: np.ndarray, sites: int = 6, cells: int = 20_000) -> list[dict[str, float]]:
    """How far ours and GDAL's are from profiles, a row a site."""
    rng = np.random.default_rng(20261122)
    turned, gdal, rows = np.ascontiguousarray(ground.T), Gdal(ground, CELL_M, EPSG), []
    for _ in range(sites):
        row, column = (int(v) for v in rng.integers(100, SIDE - 100, 2))
        z0 = float(ground[row, column]) + MAST_M
        ours = np.empty_like(ground)
        lowest_visible(ground, turned, row, column, z0, CELL_M, Q, Q, ours)
        theirs = gdal.lowest_visible(row, column, MAST_M)
        at = rng.integers(0, SIDE, (2, cells))
        wanted = lowest_visible_by_profile(ground.astype(np.float64), row, column, z0, CELL_M, Q, at[0], at[1])
        found = {"row": row, "column": column}
        for name, values in (("ours", ours), ("gdal", theirs)):
            off = np.abs(values[at[0], at[1]] - wanted)
            found[f"{name}_mae_m"], found[f"{name}_p95_m"] = float(off.mean()), float(np.quantile(off, 0.95))
            found[f"{name}_max_m"] = float(off.max())
            found[f"{name}_agree"] = float(((values[at[0], at[1]] <= TARGET_M) == (wanted <= TARGET_M)).mean())
        rows.append(found)
    return rows


def speed(ground: np.ndarray, runs: int = 9) -> dict[str, tuple[float, float]]:
    """Medians of interleaved runs (s, and s of CPU), and of reading and writing each cell once; all on one core.

    GDAL's work is done by threads of its own, which stay on the core of whoever starts them.
    """
    turned, gdal, out = np.ascontiguousarray(ground.T), Gdal(ground, CELL_M, EPSG), np.empty_like(ground)
    row = column = SIDE // 2
    z0 = float(ground[row, column]) + MAST_M
    took: dict[str, list[tuple[float, float]]] = {"ours": [], "gdal": [], "copy": []}
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    for _ in range(runs + 1):
        for name, call in (
            ("ours", lambda: lowest_visible(ground, turned, row, column, z0, CELL_M, Q, Q, out)),
            ("gdal", lambda: gdal.lowest_visible(row, column, MAST_M, read=False)),
            ("copy", lambda: np.copyto(out, ground)),
        ):
            start, cpu = time.perf_counter(), time.process_time()
            call()
            took[name].append((time.perf_counter() - start, time.process_time() - cpu))
    os.sched_setaffinity(0, cores)
    return {name: tuple(np.median(times[1:], axis=0).tolist()) for name, times in took.items()}


def grass_agreement(ground: np.ndarray) -> float | None:
    """Share of cells on which GRASS r.viewshed (k = 4/3) agrees whether 50 m is visible; None without GRASS."""
    if shutil.which("grass") is None:
        return None
    row = column = SIDE // 2
    ours = np.empty_like(ground)
    z0 = float(ground[row, column]) + MAST_M
    lowest_visible(ground, np.ascontiguousarray(ground.T), row, column, z0, CELL_M, Q, Q, ours)
    with tempfile.TemporaryDirectory() as folder:
        source, result = Path(folder) / "in.tif", Path(folder) / "out.tif"
        profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "height": SIDE, "width": SIDE}
        place = {"crs": f"EPSG:{EPSG}", "transform": Affine(CELL_M, 0, CORNER[0], 0, -CELL_M, CORNER[1])}
        with rasterio.open(source, "w", **profile, **place) as file:
            file.write(ground, 1)
        x, y = CORNER[0] + (column + 0.5) * CELL_M, CORNER[1] - (row + 0.5) * CELL_M
        script = Path(folder) / "job.sh"
        script.write_text(
            f"r.in.gdal -o input={source} output=dem && g.region raster=dem && "
            f"r.viewshed -c -r -b input=dem output=v coordinates={x},{y} observer_elevation={MAST_M} "
            f"target_elevation={TARGET_M} refraction_coeff=0.25 memory=4000 && "
            f"r.out.gdal -f input=v output={result} type=Byte\n",
            encoding="utf-8",
        )
        command = ["grass", "--tmp-location", f"EPSG:{EPSG}", "--exec", "sh", str(script)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        with rasterio.open(result) as file:
            theirs = file.read(1) == 1
    return float(((ours <= TARGET_M) == theirs).mean())


def main() -> None:
    """Print the table of the lowest visible height."""
    ground = surface()
    rows = accuracy(ground)
    for who in ("ours", "gdal"):
        mean = {key: float(np.mean([r[f"{who}_{key}"] for r in rows])) for key in ("mae_m", "p95_m", "max_m", "agree")}
        print(
            f"{who:5s} against float64 profiles, 6 sites: mean absolute error {mean['mae_m']:.3f} m, p95 "
            f"{mean['p95_m']:.2f} m, largest {mean['max_m']:.1f} m, visible at 50 m {mean['agree']:.3%}"
        )
    took = speed(ground)
    for at, unit in ((0, "ms"), (1, "ms of CPU")):
        ours, gdal, copy = (took[name][at] for name in ("ours", "gdal", "copy"))
        print(
            f"one pass of 2000 x 2000 on one core: ours {ours * 1e3:.1f} {unit}, GDAL GROUND {gdal * 1e3:.1f} "
            f"({gdal / ours:.2f} times faster); memory's limit, copying the raster, {copy * 1e3:.1f} "
            f"(ours takes {ours / copy:.0f} times that)"
        )
    agreed = grass_agreement(ground)
    print("GRASS is not installed (Debian: grass-core)" if agreed is None else f"agrees with GRASS on {agreed:.3%}")

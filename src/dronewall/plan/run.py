"""`plan coverage`: from a wall's file to a folder of maps, one page and one JSON file that says what they hang on."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np

from dronewall import SCHEMA_VERSION, __version__
from dronewall.geo.frames import ecef_to_geodetic
from dronewall.geo.geotiff import need_rasterio
from dronewall.geo.sightline import STANDARD_REFRACTION
from dronewall.geo.terrain import SmoothEarth
from dronewall.plan.conditions import SPEEDS_MPS, Conditions, metres_text
from dronewall.plan.coverage import REASONS, Layer, Survey, survey
from dronewall.plan.joining import SEEN_FROM_P
from dronewall.plan.rasters import MARK, folder, write_json, write_raster, write_text
from dronewall.plan.report import Page
from dronewall.plan.watching import Watcher

SETTLED: Final = 0.35
"""Share of the work that goes into sightlines, for the progress bar."""
_WRITERS: Final = 2
_WAITING: Final = 2
"""Threads that write maps while the next are computed, and finished layers that may wait for them in memory."""


def coverage(
    wall_path: Path,
    output: Path,
    conditions: Conditions,
    *,
    kth: int = 1,
    progress: Callable[[float], None] = lambda share: None,
) -> dict[str, Any]:
    """Write the coverage of a wall into a folder; what `coverage.json` says.

    Raises
    ------
    BadInput
        The wall, its terrain, the conditions or the folder cannot be used.
    Unavailable
        rasterio is not installed.
    """
    need_rasterio()
    found = survey(wall_path, conditions, lambda share: progress(share * SETTLED))
    folder(output)
    grid = found.ground.grid
    lowest = found.lowest_visible()
    write_raster(output / "lowest_visible_altitude.tif", grid, lowest, "lowest visible height above ground, m")
    for k in range(2, kth + 1):
        name = f"lowest_visible_altitude_k{k}.tif"
        write_raster(output / name, grid, found.lowest_visible(k), f"height above ground that {k} sites see, m")
    page = Page(survey=found)
    rows = _written(output, found, page, lambda share: progress(SETTLED + (1.0 - SETTLED) * share))
    about = described(found, wall_path) | {"maps": rows}
    write_json(output / "coverage.json", about)
    write_json(output / "coverage.geojson", _features(found))
    write_text(output / "report.html", page.html(lowest, about))
    progress(1.0)
    return about


def _written(output: Path, found: Survey, page: Page, progress: Callable[[float], None]) -> list[dict[str, Any]]:
    """All maps of sites and layers, by threads beside the computing; what is said of each layer, in their order."""
    rows: list[dict[str, Any]] = []
    waiting: deque[Future[tuple[dict[str, Any], tuple[str, str]]]] = deque()

    def take() -> None:
        said, shown = waiting.popleft().result()
        rows.append(said)
        page.add(*shown)

    def finished(layer: Layer) -> tuple[dict[str, Any], tuple[str, str]]:
        _write_layer(output, found, layer)
        return _said(found, layer), page.shown(layer)

    with ThreadPoolExecutor(_WRITERS) as pool:
        try:
            sites = [pool.submit(_write_site, output, found, watcher) for watcher in found.watchers]
            for layer in found.layers(progress):
                waiting.append(pool.submit(finished, layer))
                if len(waiting) > _WAITING:
                    take()
            while waiting:
                take()
            for site in sites:
                site.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return rows


def _write_site(output: Path, found: Survey, watcher: Watcher) -> None:
    """One site's lowest visible heights, on the whole map."""
    seen, grid = found.site(watcher), found.ground.grid
    height = np.full(grid.shape, np.nan, np.float32)
    height[seen.window] = seen.height_m
    path = folder(output / "sites") / watcher.id / "lowest_visible_altitude.tif"
    write_raster(path, grid, height, f"lowest visible height above ground of {watcher.id}, m")


def described(found: Survey, wall_path: Path) -> dict[str, Any]:
    """Conditions, map, sensors and what it all hangs on."""
    conditions, ground = found.conditions, found.ground
    weather = conditions.weather
    return {
        "schema_version": SCHEMA_VERSION,
        "program": f"dronewall {__version__}",
        "restricted": MARK,
        "wall": found.wall.wall.name,
        "wall_file": wall_path.name,
        "exercise": found.wall.exercise,
        "invented_sites": found.wall.wall.invented_sites,
        "terrain": ground.terrain.describe,
        "terrain_is_smooth": isinstance(ground.terrain, SmoothEarth),
        "classes": list(conditions.labels),
        "heights_m": list(conditions.heights_m),
        "speeds_mps": {
            label: dict(zip(("low", "usual", "high"), SPEEDS_MPS[label], strict=True)) for label in conditions.labels
        },
        "weather": {
            "wind_from_deg": float(np.degrees(weather.wind_from_rad)),
            "wind_mps": weather.wind_mps,
            "rain_mm_h": weather.rain_mm_h,
            "temperature_c": weather.temperature_c,
            "humidity_percent": weather.humidity_percent,
        },
        "crs": f"EPSG:{ground.grid.epsg}",
        "cell_m": ground.grid.cell_m,
        "sight_cell_m": ground.sight_cell_m,
        "earth_radius_factor": STANDARD_REFRACTION,
        "shape": list(ground.grid.shape),
        "sensors": [watcher.id for watcher in found.watchers],
        "left_out": found.left_out,
        "ends": {str(code): reason for code, reason in enumerate(REASONS)},
        "seen_from_p_look": SEEN_FROM_P,
        "notes": _notes(found),
        "assumptions": _assumptions(found),
    }


def _notes(found: Survey) -> list[str]:
    notes = []
    if isinstance(found.ground.terrain, SmoothEarth):
        notes.append("The earth is taken as smooth: no terrain was given, so no hill and no tree hides anything here.")
    elif found.ground.terrain.describe.startswith("synthetic"):
        notes.append("The ground is invented: " + found.ground.terrain.describe + ".")
    if found.wall.wall.invented_sites:
        notes.append("The sites of this wall are invented: nothing stands where they are shown.")
    covers = getattr(found.ground.terrain, "covers", None)
    if found.ground.unknown is not None:
        share = float(found.ground.unknown.mean())
        notes.append(f"{share:.0%} of the map lies off the terrain rasters: nothing is said of it there (NaN).")
    elif covers is not None:
        rows, columns = (np.linspace(0, n - 1, 60) for n in found.ground.grid.shape)
        off = 1.0 - float(np.mean(covers(*found.ground.grid.places(rows[:, None], columns[None, :]))))
        if off > 0.0:
            notes.append(f"{off:.0%} of the map has no terrain raster and is taken as sea level.")
    return notes


def _assumptions(found: Survey) -> list[str]:
    lines = [
        "Sensors and looks are independent of one another; real fading lasts for seconds, which makes a crossing look "
        "better than it is.",
        "A crossing is a straight line through the whole map, level over the ground at the usual speed of the class; "
        "of the lines along the map's rows, columns and diagonals the least watched one counts.",
        "The interval takes every assumed value of sensor and class (range, echo, sound, link, size; speed for a "
        "crossing) at its bad end at once, and at its good end at once; what the wall's file states stands.",
        f"Rays are straight over an earth of 4/3 its radius. A cell counts as seen from a probability of "
        f"{SEEN_FROM_P:g} per look on. Sound is not hidden by terrain in the model.",
    ]
    for watcher in found.watchers:
        assumed = [
            f"{key} = {value.value:g} ({value.low:g} to {value.high:g}, {value.kind})"
            for key, value in watcher.sensor.row.values.items()
            if key in ("max_range_m", "reference_rcs_dbsm")
            and getattr(watcher.spec, key) is None
            and not watcher.stated
        ]
        if assumed:
            lines.append(f"{watcher.id} ({watcher.sensor.kind}): {', '.join(assumed)}.")
    return lines


def _write_layer(output: Path, found: Survey, layer: Layer) -> None:
    grid, name = found.ground.grid, f"{layer.label}_{metres_text(layer.height_m)}"
    what = f"{layer.label} at {layer.height_m:g} m"
    for kind, text in (("p_look", "probability per look"), ("p_detect", "probability over a crossing")):
        write_raster(output / f"{kind}_{name}.tif", grid, getattr(layer, kind), f"{text}, {what}")
        for end in ("low", "high"):
            path = output / "bounds" / f"{kind}_{name}_{end}.tif"
            write_raster(path, grid, getattr(layer, f"{kind}_{end}"), f"{text}, {what}, {end} end")
    codes = ", ".join(f"{code} {reason}" for code, reason in enumerate(REASONS))
    write_raster(output / f"ends_{name}.tif", grid, layer.ends, f"what ends coverage of {what}: {codes}")


def _said(found: Survey, layer: Layer) -> dict[str, Any]:
    km2 = (found.ground.grid.cell_m / 1000.0) ** 2
    return {
        "label": layer.label,
        "height_m": layer.height_m,
        "km2_seen_in_half_of_crossings": {
            name: int(np.count_nonzero(np.nan_to_num(part) >= 0.5)) * km2
            for name, part in (("low", layer.p_detect_low), ("value", layer.p_detect), ("high", layer.p_detect_high))
        },
        "km2_by_end": {reason: int(np.count_nonzero(layer.ends == code)) * km2 for code, reason in enumerate(REASONS)},
    }


def _features(found: Survey) -> dict[str, Any]:
    """Sensors as points and their nominal reach, for a map."""
    features = []
    for watcher in found.watchers:
        latitude, longitude, _ = ecef_to_geodetic(watcher.sensor.ecef_m)
        features.append(
            {
                "type": "Feature",
                "geometry": {
                    "type": "Point",
                    "coordinates": [float(np.degrees(longitude)), float(np.degrees(latitude))],
                },
                "properties": {
                    "sensor": watcher.id,
                    "kind": watcher.sensor.kind,
                    "height_agl_m": watcher.spec.height_agl_m,
                    "reach_m": round(watcher.nominal_m),
                    "reach_at_best_m": round(watcher.reach_m),
                },
            }
        )
    return {"type": "FeatureCollection", "restricted": MARK, "features": features}

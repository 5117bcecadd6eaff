"""What the maps of a coverage hang on: `coverage.json` but for its rows, and the sensors as GeoJSON."""

from pathlib import Path
from typing import Any

import numpy as np

from dronewall import SCHEMA_VERSION, __version__
from dronewall.geo.frames import ecef_to_geodetic
from dronewall.geo.sightline import STANDARD_REFRACTION
from dronewall.geo.terrain import SmoothEarth, Terrain
from dronewall.plan.conditions import SPEEDS_MPS
from dronewall.plan.coverage import REASONS
from dronewall.plan.joining import SEEN_FROM_P
from dronewall.plan.rasters import MARK
from dronewall.plan.standing import Standing
from dronewall.records.wall import Wall


def described(found: Standing, wall_path: Path, unknown: float | None) -> dict[str, Any]:
    """Conditions, map, sensors and what it all hangs on."""
    conditions, grid = found.conditions, found.grid
    weather = conditions.weather
    return {
        "schema_version": SCHEMA_VERSION,
        "program": f"dronewall {__version__}",
        "restricted": MARK,
        "wall": found.wall.wall.name,
        "wall_file": wall_path.name,
        "exercise": found.wall.exercise,
        "invented_sites": found.wall.wall.invented_sites,
        "terrain": found.terrain.describe,
        "terrain_is_smooth": isinstance(found.terrain, SmoothEarth),
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
        "crs": f"EPSG:{grid.epsg}",
        "cell_m": grid.cell_m,
        "sight_cell_m": found.sight_cell_m,
        "earth_radius_factor": STANDARD_REFRACTION,
        "shape": list(grid.shape),
        "sensors": [watcher.id for watcher in found.watchers],
        "left_out": found.left_out,
        "ends": {str(code): reason for code, reason in enumerate(REASONS)},
        "seen_from_p_look": SEEN_FROM_P,
        "notes": _notes(found, unknown),
        "assumptions": _assumptions(found),
    }


def ground_notes(wall: Wall, terrain: Terrain) -> list[str]:
    """What every answer about this ground and these sites must say first: that it is smooth, or invented."""
    notes = []
    if isinstance(terrain, SmoothEarth):
        notes.append("The earth is taken as smooth: no terrain was given, so no hill and no tree hides anything here.")
    elif terrain.describe.startswith("synthetic"):
        notes.append("The ground is invented: " + terrain.describe + ".")
    if wall.wall.invented_sites:
        notes.append("The sites of this wall are invented: nothing stands where they are shown.")
    return notes


def _notes(found: Standing, unknown: float | None) -> list[str]:
    notes = ground_notes(found.wall, found.terrain)
    covers = getattr(found.terrain, "covers", None)
    if unknown:
        notes.append(f"{unknown:.0%} of the map lies off the terrain rasters: nothing is said of it there (NaN).")
    elif covers is not None:
        rows, columns = (np.linspace(0, n - 1, 60) for n in found.grid.shape)
        off = 1.0 - float(np.mean(covers(*found.grid.places(rows[:, None], columns[None, :]))))
        if off > 0.0:
            notes.append(f"{off:.0%} of the map has no terrain raster and is taken as sea level.")
    return notes


def _assumptions(found: Standing) -> list[str]:
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


def features(found: Standing) -> dict[str, Any]:
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

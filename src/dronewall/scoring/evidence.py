"""When each truth was first seen: the first plot close to it."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from scipy.spatial import cKDTree

from dronewall.archive.columns import float_column, int_column, text_column
from dronewall.archive.files import read_table
from dronewall.geo.frames import enu_axes, from_range_azimuth_elevation, geodetic_to_ecef, rotated_back
from dronewall.records.wall import Wall
from dronewall.scoring.frames import CUTOFF_M, NEVER, Points
from dronewall.units import Floats, Ints

POLAR = ("range_m", "azimuth_deg", "elevation_deg")


def first_plots_ns(detections: Path, wall: Wall, times_ns: Ints, truth: Points) -> Ints | None:
    """Time of the first plot within the cutoff of each truth, by its number; `NEVER` where there is none.

    A plot is a detection with range, azimuth and elevation, at its sensor as the wall has it, the ground taken to be
    the ellipsoid. A truth is where it was in the nearest frame. None where the recording has no plots.
    """
    if not detections.exists() or not len(truth):
        return None
    plots = _plots(read_table(detections)[0], detections, wall)
    if plots is None:
        return None
    time_ns, ecef_m = plots
    after = np.searchsorted(times_ns, time_ns).clip(0, len(times_ns) - 1)
    before = (after - 1).clip(0)
    frame = np.where(np.abs(times_ns[before] - time_ns) < np.abs(times_ns[after] - time_ns), before, after)
    trees = [
        cKDTree(np.column_stack([place_m, of * (4.0 * CUTOFF_M)]), balanced_tree=False)
        for place_m, of in ((ecef_m, frame), (truth.ecef_m, truth.frame))
    ]
    near = trees[0].sparse_distance_matrix(trees[1], CUTOFF_M, output_type="ndarray")
    first_ns = np.full(int(truth.who.max()) + 1, NEVER)
    np.minimum.at(first_ns, truth.who[near["j"]], time_ns[near["i"]])
    return first_ns


def _plots(table: pa.Table, file: Path, wall: Wall) -> tuple[Ints, Floats] | None:
    """Times and earth-centred positions of the plots."""
    if not set(POLAR) <= set(table.column_names):
        return None
    slant_m, azimuth_deg, elevation_deg = (float_column(table, name, file) for name in POLAR)
    whole = np.flatnonzero(np.isfinite(slant_m + azimuth_deg + elevation_deg))
    if not len(whole):
        return None
    names, of = np.unique(text_column(table, "sensor", file, nulls=False)[whole].astype(str), return_inverse=True)
    spec = {sensor.id: sensor for sensor in wall.sensor}
    stands = [spec[name] for name in names.tolist() if name in spec]
    if len(stands) < len(names):
        return None
    latitude_rad, longitude_rad = (
        np.deg2rad([getattr(s, name) for s in stands]) for name in ("latitude_deg", "longitude_deg")
    )
    at_m = geodetic_to_ecef(latitude_rad, longitude_rad, np.array([s.height_agl_m for s in stands]))
    local_m = from_range_azimuth_elevation(
        slant_m[whole], np.deg2rad(azimuth_deg[whole]), np.deg2rad(elevation_deg[whole])
    )
    axes = enu_axes(latitude_rad, longitude_rad)
    return int_column(table, "time_ns", file)[whole], at_m[of] + rotated_back(axes[of], local_m)

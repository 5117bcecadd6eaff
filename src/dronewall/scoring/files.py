"""A recording with truth and a track file, read into frames.

A frame is one distinct time of the truth. A track row counts in the frame within 1 ms of it, else not at all; where
there is a `status`, only confirmed and coasting rows count. Truths and tracks count within `radius_m` of a radar.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from scipy.spatial import cKDTree

from dronewall.archive.columns import bool_column, float_column, int_column, text_column
from dronewall.archive.files import read_table
from dronewall.archive.tracks import VELOCITIES, covariance_column
from dronewall.errors import BadInput
from dronewall.geo.frames import geodetic_to_ecef
from dronewall.records.wall import Wall, load_wall
from dronewall.scoring.evidence import first_plots_ns
from dronewall.scoring.frames import Frames, Points, side_by_side
from dronewall.units import SECOND_NS, Floats, Ints

SAME_TIME_NS: Final = 1_000_000
COUNTED: Final = ("confirmed", "coasting")
COOPERATIVE: Final = ("all", "yes", "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is scored.

    Attributes
    ----------
    burn_s, until_s : float
        Seconds after the first look; frames outside are left out.
    radius_m : float
        What is further from every radar is left out; infinite: nothing is.
    cooperative : str
        Which truths are kept: all, yes (only those that say who and where they are), no (only the others).
    """

    burn_s: float = 10.0
    until_s: float = float("inf")
    radius_m: float = 24_500.0
    cooperative: str = "all"


def read(tracks: Path, recording: Path, options: Options) -> Frames:
    """The frames of a track file beside a recording's truth.

    Raises
    ------
    BadInput
        A file is missing or broken, a name stands twice at one time, no frame is left, or no track row is at one.
    """
    _check(tracks, recording, options)
    wall = load_wall(recording / "wall.toml")
    truth_file = recording / "truth.parquet"
    table = read_table(truth_file)[0]
    rows = _counted(tracks)
    _check_times(rows, tracks, np.unique(int_column(table, "time_ns", truth_file)))
    if options.cooperative != "all":
        table = table.filter(pa.array(bool_column(table, "cooperative", truth_file) == (options.cooperative == "yes")))
    times_ns = np.unique(int_column(table, "time_ns", truth_file))
    start_ns = _start_ns(recording, times_ns)
    after_s = (times_ns - start_ns) / SECOND_NS
    times_ns = times_ns[after_s <= options.until_s]
    first = int(np.count_nonzero(after_s < options.burn_s))
    if first >= len(times_ns):
        raise BadInput(
            f"{truth_file} has no frame between {options.burn_s:g} s and {options.until_s:g} s after the first look",
            file=str(truth_file),
        )
    near = None if np.isinf(options.radius_m) else cKDTree(_radars_ecef_m(wall, recording / "wall.toml"))
    truth = _points(table, "target", truth_file, times_ns, near, options.radius_m)
    track = _points(rows, "track", tracks, times_ns, near, options.radius_m)
    return side_by_side(
        times_ns, truth, track, first_plots_ns(recording / "detections.parquet", wall, times_ns, truth)
    ).split(first)


def _check(tracks: Path, recording: Path, options: Options) -> None:
    if tracks.is_dir():
        raise BadInput(f"{tracks} is a folder; the track file comes first, then the recording", file=str(tracks))
    if not recording.is_dir():
        raise BadInput(f"{recording} is no recording's folder with truth.parquet and wall.toml", file=str(recording))
    if not (recording / "truth.parquet").is_file():
        raise BadInput(f"{recording} has no truth.parquet, and without truth there is no score", file=str(recording))
    if np.isnan(options.burn_s + options.until_s):
        raise BadInput("--burn and --until are numbers of seconds; nan is none", key="burn")
    if options.cooperative not in COOPERATIVE:
        raise BadInput(f"--cooperative {options.cooperative} is none of: {', '.join(COOPERATIVE)}", key="cooperative")
    if not options.radius_m > 0.0:
        raise BadInput(f"--radius {options.radius_m:g} is not a positive number of metres; inf is all", key="radius")


def _counted(file: Path) -> pa.Table:
    """The track rows that count by their status."""
    rows = read_table(file)[0]
    if "status" not in rows.column_names:
        return rows
    return rows.filter(pa.array(np.isin(text_column(rows, "status", file, nulls=True).astype(str), COUNTED)))


def _check_times(rows: pa.Table, file: Path, times_ns: Ints) -> None:
    """Refuse tracks that stand at other times than the truth throughout: each truth would count as missed."""
    time_ns = int_column(rows, "time_ns", file)
    if (
        len(time_ns)
        and len(times_ns)
        and not (np.abs(times_ns[_frame(time_ns, times_ns)] - time_ns) <= SAME_TIME_NS).any()
    ):
        raise BadInput(
            f"{file}: none of its {len(time_ns):,} rows stands at a time of the truth, to 1 ms; such rows are written "
            "by: dronewall track --at-truth",
            file=str(file),
            key="time_ns",
        )


def _frame(time_ns: Ints, times_ns: Ints) -> Ints:
    """Which of the ascending times is nearest to each."""
    after = np.searchsorted(times_ns, time_ns).clip(0, len(times_ns) - 1)
    before = (after - 1).clip(0)
    return np.where(np.abs(times_ns[before] - time_ns) < np.abs(times_ns[after] - time_ns), before, after)


def _start_ns(recording: Path, truth_ns: Ints) -> int:
    """When the recording starts: its first look, or first detection where no looks are listed, or first truth."""
    for name in ("scans.parquet", "detections.parquet"):
        if (recording / name).exists():
            time_ns = int_column(read_table(recording / name)[0], "time_ns", recording / name)
            if len(time_ns):
                return int(time_ns.min())
    return int(truth_ns.min(initial=0))


def _radars_ecef_m(wall: Wall, file: Path) -> Floats:
    """Where the radars stand [shape=(n, 3)], their ground taken to be the ellipsoid."""
    radars = [sensor for sensor in wall.sensor if sensor.kind == "radar"]
    if not radars:
        raise BadInput(
            f"{file} has no radar, so nothing is in coverage; --radius inf scores everything", file=str(file)
        )
    place = np.array([[s.latitude_deg, s.longitude_deg, s.height_agl_m] for s in radars])
    return geodetic_to_ecef(np.deg2rad(place[:, 0]), np.deg2rad(place[:, 1]), place[:, 2])


def _points(table: pa.Table, who: str, file: Path, times_ns: Ints, near: cKDTree | None, radius_m: float) -> Points:
    """The rows that count: at a frame and in coverage."""
    time_ns = int_column(table, "time_ns", file)
    latitude_deg, longitude_deg, altitude_m = (
        float_column(table, name, file) for name in ("latitude_deg", "longitude_deg", "altitude_hae_m")
    )
    names = text_column(table, who, file, nulls=False)
    frame = _frame(time_ns, times_ns)
    ecef_m = geodetic_to_ecef(np.deg2rad(latitude_deg), np.deg2rad(longitude_deg), altitude_m)
    lost = np.flatnonzero(~np.isfinite(ecef_m).all(axis=1))
    if len(lost):
        raise BadInput(f"{file}: row {lost[0]} has no position; leave such rows out", file=str(file))
    counts = np.abs(times_ns[frame] - time_ns) <= SAME_TIME_NS
    if near is not None and len(ecef_m):
        counts &= np.isfinite(near.query(ecef_m, distance_upper_bound=radius_m)[0])
    _, number = np.unique(names.astype(str), return_inverse=True)
    points = Points(
        frame=frame,
        who=number.astype(np.int64),
        ecef_m=ecef_m,
        velocity_enu_mps=_velocity(table, file),
        label=text_column(table, "label", file, nulls=True) if "label" in table.column_names else _none(len(names)),
        covariance=covariance_column(table, file) if "covariance" in table.column_names else None,
    ).rows(np.flatnonzero(counts))
    order = np.lexsort((points.who, points.frame))
    twice = (np.diff(points.who[order]) == 0) & (np.diff(points.frame[order]) == 0)
    if twice.any():
        name = names[np.flatnonzero(counts)[order[np.flatnonzero(twice)[0]]]]
        raise BadInput(f"{file}: {who} '{name}' has two rows at one time; it must have one", file=str(file), key=who)
    return points


def _velocity(table: pa.Table, file: Path) -> Floats:
    if not set(VELOCITIES) <= set(table.column_names):
        return np.full((table.num_rows, 3), np.nan)
    return np.column_stack([float_column(table, name, file) for name in VELOCITIES])


def _none(n: int) -> np.ndarray:
    return np.full(n, None, object)

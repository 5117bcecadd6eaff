"""Recordings: a folder with `detections.parquet`, `scans.parquet`, `truth.parquet`, `wall.toml` and `raw/`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from dronewall.archive.columns import (
    bool_column,
    degrees,
    float_column,
    int_column,
    text_array,
    text_column,
    value_array,
    values_of,
)
from dronewall.archive.files import beside, read_table, write_table
from dronewall.archive.looks import Looking, Looks, RawFrames, RecordedRows, scans_in_order
from dronewall.errors import BadInput
from dronewall.records.columns import FILE_NAMES
from dronewall.records.detection import Detections
from dronewall.records.scan import Scan
from dronewall.records.truth import Truth
from dronewall.records.wall import Wall, load_wall

TEXTS = ("label", "identity", "reference_sensor")
VELOCITIES = ("velocity_east_mps", "velocity_north_mps", "velocity_up_mps")
PARTS = frozenset({"detections.parquet", "scans.parquet", "truth.parquet", "wall.toml", "raw"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recording as read. `ignored` names columns of `detections.parquet` that nothing here uses."""

    path: Path
    wall_path: Path
    wall: Wall
    rows: RecordedRows
    looks: Looks | None
    truth: Truth | None
    metadata: Mapping[str, str]
    ignored: tuple[str, ...]

    def scans(self, sensors: Mapping[str, Looking] | None = None) -> Iterator[Scan]:
        """Every look in order of reception, silent ones too; see `scans_in_order`.

        `sensors` (as `dronewall.sensors.build_sensors` gives them) tell the schedule where the recording lists no
        looks and the wall leaves the period to the catalogue.
        """
        return scans_in_order(self.rows, self.looks, self.wall, sensors)

    def raw(self) -> RawFrames | None:
        """Frames as received, None where the recording keeps none."""
        path = self.path / "raw" / "frames.parquet"
        if not path.exists():
            return None
        table, _ = read_table(path)
        if "frame" not in table.column_names:
            raise BadInput(f"{path} has no column 'frame'; it must have one, of bytes", file=str(path), key="frame")
        return RawFrames(
            received_ns=int_column(table, "received_ns", path),
            sensor=text_column(table, "sensor", path, nulls=False),
            frame=table["frame"].to_pylist(),
        )


def write_recording(
    path: Path,
    rows: RecordedRows,
    looks: Looks | None,
    truth: Truth | None,
    wall_toml: str,
    *,
    raw: RawFrames | None = None,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write a recording to the folder `path`, whole or not at all. An older recording there is replaced.

    Rows are written in the order given. Without `looks` no `scans.parquet` is written and the wall's schedule holds.

    Raises
    ------
    BadInput
        `path` is a file, holds something other than a recording, or cannot be written.
    """
    check_target(path)
    with beside(path) as folder:
        folder.mkdir()
        write_table(folder / "detections.parquet", _detections_table(rows), metadata)
        if looks is not None:
            write_table(folder / "scans.parquet", looks_table(looks), metadata)
        if truth is not None:
            write_table(folder / "truth.parquet", truth_table(truth), metadata)
        if raw is not None:
            (folder / "raw").mkdir()
            write_table(folder / "raw" / "frames.parquet", _raw_table(raw), metadata)
        (folder / "wall.toml").write_text(wall_toml, encoding="utf-8")


def check_target(path: Path) -> None:
    """Raise `BadInput` unless `path` is free, empty, or an older recording."""
    if not path.exists():
        return
    if not path.is_dir():
        raise BadInput(f"{path} is a file; a recording is a folder: give another name", file=str(path))
    there = {entry.name for entry in path.iterdir()}
    if there and not (there <= PARTS and "detections.parquet" in there):
        other = sorted(there - PARTS)[:3] or sorted(there)[:3]
        raise BadInput(
            f"{path} is not a recording (it holds {', '.join(other)}) and is left alone: give another name",
            file=str(path),
        )


def read_recording(path: Path) -> Recording:
    """The recording in the folder `path`.

    Raises
    ------
    BadInput
        Something is missing, broken, of another schema, or names a sensor that the wall has not.
    """
    if not path.is_dir():
        there = "is not a folder" if path.exists() else "is not there"
        raise BadInput(f"{path} {there}; a recording is a folder with detections.parquet and wall.toml", file=str(path))
    wall_path = path / "wall.toml"
    wall = load_wall(wall_path)
    file = path / "detections.parquet"
    table, metadata = read_table(file)
    rows = rows_of(table, file)
    _known_sensors(rows.sensor, wall, file)
    looks = _looks(path / "scans.parquet", wall)
    known = {"time_ns", "received_ns", "sensor", "scan", *TEXTS, *FILE_NAMES.values()}
    return Recording(
        path=path,
        wall_path=wall_path,
        wall=wall,
        rows=rows,
        looks=looks,
        truth=_truth(path / "truth.parquet"),
        metadata=metadata,
        ignored=tuple(name for name in table.column_names if name not in known),
    )


def _known_sensors(sensors: np.ndarray, wall: Wall, file: Path) -> None:
    known = {spec.id for spec in wall.sensor}
    for sensor in sorted(set(sensors.tolist()) - known):
        listed = ", ".join(sorted(known)) or "none"
        raise BadInput(
            f"{file}: sensor '{sensor}' is not in the recording's wall.toml; it has: {listed}",
            file=str(file),
            key="sensor",
        )


def _detections_table(rows: RecordedRows) -> pa.Table:
    columns = {
        "time_ns": pa.array(rows.detections.time_ns, pa.int64()),
        "received_ns": pa.array(rows.detections.received_ns, pa.int64()),
        "sensor": text_array(rows.sensor),
        "scan": pa.array(rows.scan, pa.int64()),
    }
    columns |= {
        name: value_array(column, rows.detections.values[:, column])
        for column, name in FILE_NAMES.items()
        if not np.isnan(rows.detections.values[:, column]).all()
    }
    texts = {name: text_array(getattr(rows.detections, name)) for name in TEXTS}
    return pa.table(columns | {name: array for name, array in texts.items() if array.null_count < len(array)})


def rows_of(table: pa.Table, file: Path) -> RecordedRows:
    """The rows of a table of detections, checked."""
    nothing = np.full(table.num_rows, None, object)
    texts = {name: text_column(table, name, file, nulls=True) for name in TEXTS if name in table.column_names}
    return RecordedRows(
        detections=Detections(
            time_ns=int_column(table, "time_ns", file),
            received_ns=int_column(table, "received_ns", file),
            values=values_of(table, file),
            label=texts.get("label", nothing),
            identity=texts.get("identity", nothing),
            reference_sensor=texts.get("reference_sensor", nothing),
        ),
        sensor=text_column(table, "sensor", file, nulls=False),
        scan=int_column(table, "scan", file),
    )


def looks_table(looks: Looks) -> pa.Table:
    return pa.table(
        {
            "sensor": text_array(looks.sensor),
            "scan": pa.array(looks.scan, pa.int64()),
            "time_ns": pa.array(looks.time_ns, pa.int64()),
            "end_ns": pa.array(looks.end_ns, pa.int64()),
        }
    )


def _looks(file: Path, wall: Wall) -> Looks | None:
    if not file.exists():
        return None
    table, _ = read_table(file)
    looks = Looks(
        sensor=text_column(table, "sensor", file, nulls=False),
        scan=int_column(table, "scan", file),
        time_ns=int_column(table, "time_ns", file),
        end_ns=int_column(table, "end_ns", file),
    )
    _known_sensors(looks.sensor, wall, file)
    seen: set[tuple[str, int]] = set()
    for key in zip(looks.sensor.tolist(), looks.scan.tolist(), strict=True):
        if key in seen:
            raise BadInput(
                f"{file}: scan {key[1]} of sensor '{key[0]}' stands there twice; a look has its own number",
                file=str(file),
                key="scan",
            )
        seen.add(key)
    return looks


def truth_table(truth: Truth) -> pa.Table:
    columns = {
        "time_ns": pa.array(truth.time_ns, pa.int64()),
        "target": text_array(truth.target),
        "latitude_deg": pa.array(degrees(truth.latitude_rad)),
        "longitude_deg": pa.array(degrees(truth.longitude_rad)),
        "altitude_hae_m": pa.array(truth.altitude_hae_m),
    }
    columns |= {name: pa.array(truth.velocity_enu_mps[:, axis]) for axis, name in enumerate(VELOCITIES)}
    return pa.table(
        columns | {"label": text_array(truth.label), "cooperative": pa.array(truth.cooperative, pa.bool_())}
    )


def _truth(file: Path) -> Truth | None:
    if not file.exists():
        return None
    table, _ = read_table(file)
    return Truth(
        time_ns=int_column(table, "time_ns", file),
        target=text_column(table, "target", file, nulls=False),
        latitude_rad=np.deg2rad(float_column(table, "latitude_deg", file)),
        longitude_rad=np.deg2rad(float_column(table, "longitude_deg", file)),
        altitude_hae_m=float_column(table, "altitude_hae_m", file),
        velocity_enu_mps=np.column_stack([float_column(table, name, file) for name in VELOCITIES]),
        label=text_column(table, "label", file, nulls=False),
        cooperative=bool_column(table, "cooperative", file),
    )


def _raw_table(raw: RawFrames) -> pa.Table:
    return pa.table(
        {
            "received_ns": pa.array(raw.received_ns, pa.int64()),
            "sensor": text_array(raw.sensor),
            "frame": pa.array(list(raw.frame), pa.binary()),
        }
    )

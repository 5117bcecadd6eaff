"""Track files: `tracks.parquet`, a row per track and output time."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from dronewall.archive.columns import degrees, float_column, int_column, text_array, text_column
from dronewall.archive.files import beside, read_batches, read_table, write_batches
from dronewall.errors import BadInput
from dronewall.records.track import Tracks
from dronewall.records.words import LABELS

VELOCITIES = ("velocity_east_mps", "velocity_north_mps", "velocity_up_mps")
SCHEMA = pa.schema(
    [("time_ns", pa.int64()), ("track", pa.string()), ("status", pa.string())]
    + [(name, pa.float64()) for name in ("latitude_deg", "longitude_deg", "altitude_hae_m", *VELOCITIES)]
    + [("covariance", pa.list_(pa.float64(), 36)), ("p_exists", pa.float64())]
    + [("label", pa.string()), ("label_probability", pa.float64())]
    + [("identity", pa.string()), ("identity_status", pa.string())]
    + [("detections", pa.int64()), ("sensors", pa.list_(pa.string()))]
)


def write_tracks(path: Path, tracks: Iterable[Tracks], metadata: Mapping[str, str] | None = None) -> int:
    """Write track rows in the order given, whole or not at all, and return how many there are."""
    if path.is_dir():
        raise BadInput(f"{path} is a folder; tracks are one Parquet file: give its name", file=str(path))
    rows = 0

    def tables() -> Iterator[pa.Table]:
        nonlocal rows
        for part in tracks:
            rows += len(part)
            yield tracks_table(part)

    with beside(path) as file:
        write_batches(file, SCHEMA, _in_larger_parts(tables()), metadata)
    return rows


def tracks_table(tracks: Tracks) -> pa.Table:
    """Track rows as a file holds them."""
    columns = [
        pa.array(tracks.time_ns, pa.int64()),
        text_array(tracks.track),
        text_array(tracks.status),
        *(pa.array(degrees(angle), pa.float64()) for angle in (tracks.latitude_rad, tracks.longitude_rad)),
        *(pa.array(c, pa.float64(), from_pandas=True) for c in (tracks.altitude_hae_m, *tracks.velocity_enu_mps.T)),
        pa.FixedSizeListArray.from_arrays(pa.array(tracks.covariance.reshape(-1), pa.float64()), 36),
        pa.array(tracks.p_exists, pa.float64()),
        text_array(tracks.label),
        pa.array(tracks.label_probability, pa.float64(), from_pandas=True),
        text_array(tracks.identity),
        text_array(tracks.identity_status),
        pa.array(tracks.detections, pa.int64()),
        _sets(tracks.sensors),
    ]
    return pa.table([c.cast(f.type) for c, f in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)


def _sets(sensors: np.ndarray) -> pa.Array:
    """Tuples of ids as lists; many rows share a tuple, so each is written out once and taken often."""
    place: dict[tuple[str, ...], int] = {}
    of = [place.setdefault(names, len(place)) for names in sensors.tolist()]
    return pa.array([list(names) for names in place], pa.list_(pa.string())).take(pa.array(of, pa.int32()))


def read_tracks(path: Path) -> tuple[Tracks, dict[str, str]]:
    """The rows of a track file and its metadata.

    A file holds one label with its probability: the probabilities of the others come back as NaN, and so do label
    probabilities that are null; the times of first, latest and confirming detection as 0.

    Raises
    ------
    BadInput
        It is not a whole track file.
    """
    table, metadata = read_table(path)
    return _tracks(table, path), metadata


def track_batches(path: Path) -> tuple[Iterator[Tracks], dict[str, str]]:
    """The same piece by piece, for files that are larger than memory."""
    tables, metadata = read_batches(path)
    return (_tracks(table, path) for table in tables), metadata


def _tracks(table: pa.Table, path: Path) -> Tracks:
    n = table.num_rows
    label = text_column(table, "label", path, nulls=True)
    label_probability = float_column(table, "label_probability", path)
    classes = np.full((n, len(LABELS)), np.nan)
    place = {name: index for index, name in enumerate(LABELS)}
    for row, name in enumerate(label):
        if name in place:
            classes[row, place[name]] = label_probability[row]
    nothing = np.zeros(n, np.int64)
    return Tracks(
        time_ns=int_column(table, "time_ns", path),
        track=text_column(table, "track", path, nulls=False),
        status=text_column(table, "status", path, nulls=False),
        latitude_rad=np.deg2rad(float_column(table, "latitude_deg", path)),
        longitude_rad=np.deg2rad(float_column(table, "longitude_deg", path)),
        altitude_hae_m=float_column(table, "altitude_hae_m", path),
        velocity_enu_mps=np.column_stack([float_column(table, name, path) for name in VELOCITIES]),
        covariance=covariance_column(table, path),
        p_exists=float_column(table, "p_exists", path),
        class_probability=classes,
        label=label,
        label_probability=label_probability,
        identity=text_column(table, "identity", path, nulls=True),
        identity_status=text_column(table, "identity_status", path, nulls=False),
        detections=int_column(table, "detections", path),
        sensors=_sensors(table, path),
        first_ns=nothing,
        last_ns=nothing.copy(),
        confirmed_ns=nothing.copy(),
    )


def _in_larger_parts(tables: Iterable[pa.Table], rows: int = 65_536) -> Iterator[pa.Table]:
    """The same rows in tables of at least `rows`, so that a file of many frames stays small."""
    waiting: list[pa.Table] = []
    count = 0
    for table in tables:
        waiting.append(table)
        count += table.num_rows
        if count >= rows:
            yield pa.concat_tables(waiting).combine_chunks()
            waiting, count = [], 0
    if waiting:
        yield pa.concat_tables(waiting).combine_chunks()


def covariance_column(table: pa.Table, path: Path) -> np.ndarray:
    """The covariances of a track file [shape=(n, 6, 6)], checked."""
    from pyarrow import compute as pc

    column = table["covariance"] if "covariance" in table.column_names else None
    wanted = f"{path}: column 'covariance' must hold 36 numbers in every row"
    if column is None or column.null_count:
        raise BadInput(wanted, file=str(path), key="covariance")
    try:
        flat = pc.list_flatten(pc.cast(column, pa.list_(pa.float64(), 36))).to_numpy()
    except pa.ArrowException:
        raise BadInput(wanted, file=str(path), key="covariance") from None
    covariance: np.ndarray = flat.reshape(-1, 6, 6)
    return covariance


def _sensors(table: pa.Table, path: Path) -> np.ndarray:
    if "sensors" not in table.column_names:
        raise BadInput(f"{path} has no column 'sensors'; it must hold a list of ids", file=str(path), key="sensors")
    names = np.empty(table.num_rows, object)
    for row, listed in enumerate(table["sensors"].to_pylist()):
        names[row] = tuple(listed or ())
    return names

"""What is remembered of each track and scan: the newest in memory for the page, all of it on disk as Parquet.

    DATA/history/tracks/2026-05-07T00-000000123-000.parquet   track rows, one each `EVERY_NS` (`dronewall.archive`)
    DATA/history/detections/2026-05-07T00-000000123-000/      a recording: what the sensors said, and the wall

A part holds what followed input 123 of the journal within one hour, and is written when a snapshot is kept or the hour
ends. After a crash the same inputs are taken again and the same part is written again, in place: no row is there twice.
"""

import struct
from collections import OrderedDict, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from dronewall.archive import read_recording, recorded, write_recording, write_tracks
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.records.words import LABELS
from dronewall.units import SECOND_NS, utc_text
from dronewall.watch.pictures import Json, unix_s
from dronewall.watch.store.keeping import Keeping

STEP_NS = 2 * SECOND_NS
EVERY_NS = 3 * STEP_NS
POINTS = 900
TRACKS = 1_000
SCANS = 2_000

_POINT = struct.Struct(f"<d4f{len(LABELS)}f")
"""Time, latitude and longitude as offsets from the first point, height, existence, the labels' probabilities."""


class _Path:
    """The last points of one track, one each `STEP_NS`, packed: a night has many."""

    __slots__ = ("_origin", "_points")

    def __init__(self, latitude_deg: float, longitude_deg: float) -> None:
        self._origin = (latitude_deg, longitude_deg)
        self._points: deque[bytes] = deque(maxlen=POINTS)

    def add(self, time_ns: int, latitude_deg: float, longitude_deg: float, rest: tuple[float, ...]) -> None:
        """One more point: height, existence and the labels' probabilities follow the place."""
        north, east = latitude_deg - self._origin[0], longitude_deg - self._origin[1]
        self._points.append(_POINT.pack(time_ns / SECOND_NS, north, east, *rest))

    def rows(self) -> list[Json]:
        """The points as JSON."""
        found = []
        for point in self._points:
            t, north, east, altitude, p_exists, *classes = _POINT.unpack(point)
            found.append(
                {
                    "t": round(t, 3),
                    "lat": round(self._origin[0] + north, 6),
                    "lon": round(self._origin[1] + east, 6),
                    "alt_hae_m": round(altitude, 1),
                    "p_exists": round(p_exists, 4),
                    "classes": {label: round(p, 3) for label, p in zip(LABELS, classes, strict=True) if p >= 0.005},
                }
            )
        return found


class History:
    """Remembers.

    Parameters
    ----------
    folder : Path or None
        `DATA/history`; None writes nothing.
    wall_toml : str
        Goes into every recording part.
    store : Keeping, optional
        Keeps the paths, to be asked by area and time.
    """

    def __init__(self, folder: Path | None, wall_toml: str, store: Keeping | None = None) -> None:
        self._folder, self._wall_toml, self.store = folder, wall_toml, store
        self.forget(0)

    def wants(self, time_ns: int) -> bool:
        """Whether `step` has a use for the tracks at this second."""
        return time_ns % STEP_NS == 0 or (self.store is not None and self.store.wants(time_ns))

    def forget(self, seq: int) -> None:
        """Begin anew after input `seq`: its followers are coming, perhaps again."""
        self._paths: OrderedDict[str, _Path] = OrderedDict()
        self._scans: OrderedDict[tuple[str, int], Scan] = OrderedDict()
        self._tracks: list[Tracks] = []
        self._seen: list[Scan] = []
        self._seq = seq
        self._hour = ""
        self._cut = 0
        if self.store is not None:
            self.store.back(seq)

    def scan(self, scan: Scan) -> None:
        """A scan that was taken; silent ones need no memory."""
        if not len(scan.detections):
            return
        self._scans[scan.sensor, scan.scan] = scan
        if len(self._scans) > SCANS:
            self._scans.popitem(last=False)
        if self._folder is not None:
            self._seen.append(scan)

    def step(self, time_ns: int, tracks: Tracks) -> None:
        """The tracks at a second that it `wants`; at others nothing is done."""
        if self.store is not None and self.store.wants(time_ns):
            self.store.step(time_ns, tracks)
        if time_ns % STEP_NS:
            return
        hour = utc_text(time_ns)[:13]
        if self._hour and hour != self._hour:
            self.write()
        self._hour = hour
        self._remember(time_ns, tracks)
        if self._folder is not None and time_ns % EVERY_NS == 0 and len(tracks):
            self._tracks.append(tracks)

    def _remember(self, time_ns: int, tracks: Tracks) -> None:
        latitude, longitude = np.degrees(tracks.latitude_rad).tolist(), np.degrees(tracks.longitude_rad).tolist()
        altitude, exists = tracks.altitude_hae_m.tolist(), tracks.p_exists.tolist()
        classes = tracks.class_probability.tolist()
        for i in range(len(tracks)):
            name = str(tracks.track[i])
            path = self._paths.get(name)
            if path is None:
                path = self._paths[name] = _Path(latitude[i], longitude[i])
            self._paths.move_to_end(name)
            path.add(time_ns, latitude[i], longitude[i], (altitude[i], exists[i], *classes[i]))
        while len(self._paths) > TRACKS:
            self._paths.popitem(last=False)

    def path(self, track: str) -> list[Json]:
        """A track's points: from disk those before what is in memory, with one label each, then those in memory."""
        remembered = self._paths[track].rows() if track in self._paths else []
        before_s = remembered[0]["t"] if remembered else float("inf")
        return [row for row in self._stored(track) if row["t"] < before_s] + remembered

    def _stored(self, track: str) -> list[Json]:
        if self._folder is None:
            return []
        names = ["time_ns", "latitude_deg", "longitude_deg", "altitude_hae_m", "p_exists", "label", "label_probability"]
        rows = []
        for file in sorted((self._folder / "tracks").glob("*.parquet")):
            for row in pq.read_table(file, columns=names, filters=[("track", "=", track)]).to_pylist():
                rows.append(
                    {
                        "t": unix_s(row["time_ns"]),
                        "lat": round(row["latitude_deg"], 6),
                        "lon": round(row["longitude_deg"], 6),
                        "alt_hae_m": round(row["altitude_hae_m"], 1),
                        "p_exists": round(row["p_exists"], 4),
                        "classes": {row["label"]: row["label_probability"]},
                    }
                )
        return sorted(rows, key=lambda row: float(row["t"]))

    def look(self, sensor: str, scan: int) -> Scan | None:
        """A scan with detections: from memory, else from disk."""
        found = self._scans.get((sensor, scan))
        if found is not None:
            return found
        waiting = (one for one in self._seen if (one.sensor, one.scan) == (sensor, scan))
        return next(waiting, None) or next(self._read(sensor, scan), None)

    def _read(self, sensor: str, scan: int) -> Iterator[Scan]:
        if self._folder is None:
            return
        for part in sorted((self._folder / "detections").glob("*"), reverse=True):
            only: Any = [("sensor", "=", sensor), ("scan", "=", scan)]
            if pq.read_table(part / "detections.parquet", columns=["scan"], filters=only).num_rows:
                yield from (one for one in read_recording(part).scans() if (one.sensor, one.scan) == (sensor, scan))

    def kept(self, seq: int) -> None:
        """A snapshot after input `seq`: what belongs to the inputs before it is written now."""
        self.write()
        if self.store is not None:
            self.store.kept(seq)
        self._seq, self._cut = seq, 0

    def write(self) -> None:
        """Write what is waiting as one part."""
        if self._folder is None or not (self._tracks or self._seen):
            return
        name = f"{self._hour or utc_text(self._seen[0].received_ns)[:13]}-{self._seq:09d}-{self._cut:03d}"
        if self._tracks:
            write_tracks(self._folder / "tracks" / f"{name}.parquet", self._tracks)
        if self._seen:
            rows, looks = recorded(self._seen)
            write_recording(self._folder / "detections" / name, rows, looks, None, self._wall_toml)
        self._tracks, self._seen, self._cut = [], [], self._cut + 1

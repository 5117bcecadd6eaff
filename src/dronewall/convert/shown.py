"""From a recording or a track file to what others read: JSON lines, GeoJSON, KML; in memory that does not grow."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np

from dronewall.archive import read_recording, streamed_scans, track_batches
from dronewall.archive.files import beside
from dronewall.convert.summary import Summary
from dronewall.errors import BadInput
from dronewall.formats import WRITERS, jsonl
from dronewall.formats.features import Feature
from dronewall.geo.frames import LocalFrame, from_range_azimuth_elevation
from dronewall.geo.terrain import wall_terrain
from dronewall.records.columns import ANGLES, FILE_NAMES
from dronewall.records.detection import Column
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.records.wall import Wall, load_wall

LONGEST_WAY: Final = 200_000
PLACE: Final = frozenset({Column.LATITUDE_RAD, Column.LONGITUDE_RAD, Column.ALTITUDE_HAE_M})
UNPLACED: Final = {
    "range_m": "ranges without a bearing",
    "azimuth_deg": "bearings",
    "range_difference_m": "range differences",
}


def recording_shown(source: Path, target: Path, name: str) -> Summary:
    """A recording as JSON lines (`jsonl`), or its plots as GeoJSON or KML."""
    _is_file(target, name)
    wall = load_wall(source / "wall.toml")
    seen = _Seen()
    scans = seen.counted(_scans(source, wall))
    with beside(target) as file, file.open("wb") as out:
        if name == "jsonl":
            for scan in scans:
                out.write(jsonl.encode(scan.sensor, scan.scan, scan.time_ns, scan.end_ns, scan.detections))
        else:
            lost: Counter[str] = Counter()
            for piece in _written(
                name, _plots(scans, _frames(wall, source / "wall.toml"), lost), source.name, exercise=wall.exercise
            ):
                out.write(piece)
            seen.lost(name, lost)
    return seen.summary("recording", name)


def tracks_shown(source: Path, target: Path, name: str, wall: Path | None) -> Summary:
    """A track file as GeoJSON or KML: each track a line. Without a wall it counts as of an exercise."""
    _is_file(target, name)
    exercise = True if wall is None else load_wall(wall).exercise
    seen = _Seen()
    tables, _ = track_batches(source)
    with beside(target) as file, file.open("wb") as out:
        for piece in _written(name, _ways(seen.counted_tracks(tables)), source.name, exercise=exercise):
            out.write(piece)
    seen.notes.append("Left out: velocities and covariances; they are in the track file.")
    if wall is None:
        seen.notes.append("Marked as an exercise; --wall FILE of a live wall leaves that out.")
    return seen.summary("tracks", name)


def _is_file(target: Path, name: str) -> None:
    if target.is_dir():
        raise BadInput(f"{target} is a folder; {name} is one file: give its name", file=str(target))


def _scans(source: Path, wall: Wall) -> Iterator[Scan]:
    """The looks of a recording, streamed where it lists them."""
    if (source / "scans.parquet").exists():
        return streamed_scans(source, wall)
    return read_recording(source).scans()


def _written(name: str, features: Iterable[Feature], title: str, *, exercise: bool) -> Iterator[bytes]:
    writer: Any = import_module(WRITERS[name])
    yield writer.head(title, exercise=exercise)
    first = True
    for one in features:
        yield writer.feature(one, first=first, exercise=exercise)
        first = False
    yield writer.foot()


class _Seen:
    """Counts what goes by."""

    def __init__(self) -> None:
        self.messages = self.rows = 0
        self.identities: set[str] = set()
        self.first_ns, self.last_ns = 2**63 - 1, 0
        self.notes: list[str] = []

    def counted(self, scans: Iterable[Scan]) -> Iterator[Scan]:
        for scan in scans:
            self.messages += 1
            self._rows(scan.detections.time_ns, scan.detections.identity)
            yield scan

    def counted_tracks(self, tables: Iterable[Tracks]) -> Iterator[Tracks]:
        for tracks in tables:
            self.messages += len(tracks)
            self._rows(tracks.time_ns, tracks.track)
            yield tracks

    def _rows(self, times_ns: np.ndarray, names: np.ndarray) -> None:
        if len(times_ns):
            self.rows += len(times_ns)
            self.first_ns, self.last_ns = (
                min(self.first_ns, int(times_ns.min())),
                max(self.last_ns, int(times_ns.max())),
            )
            self.identities.update(name for name in names.tolist() if name is not None)

    def lost(self, name: str, counts: Counter[str]) -> None:
        if counts:
            told = ", ".join(f"{n} {what}" for what, n in sorted(counts.items()))
            self.notes.append(f"Left out, since {name} holds places only: {told}.")

    def summary(self, source: str, target: str) -> Summary:
        return Summary(
            source_format=source,
            target_format=target,
            messages=self.messages,
            detections=self.rows,
            identities=len(self.identities),
            first_ns=self.first_ns if self.rows else 0,
            last_ns=self.last_ns,
            notes=tuple(self.notes),
        )


def _plots(scans: Iterable[Scan], frames: Mapping[str, LocalFrame], lost: Counter[str]) -> Iterator[Feature]:
    """Every detection that has a place of its own, or gets one from its sensor's range and bearing."""
    for scan in scans:
        if not len(scan.detections):
            lost["silent looks"] += 1
        for row in range(len(scan.detections)):
            values = scan.detections.values[row]
            place = _place(values)
            if place is None:
                place = _from_sensor(values, frames.get(scan.sensor))
            if place is None:
                named = next(
                    (UNPLACED[FILE_NAMES[c]] for c in Column if FILE_NAMES[c] in UNPLACED and values[c] == values[c]),
                    "",
                )
                lost[named or "detections without a place"] += 1
                continue
            said = {name: getattr(scan.detections, name)[row] for name in ("label", "identity")}
            properties: dict[str, Any] = {"sensor": scan.sensor, "scan": scan.scan}
            properties |= {key: str(text) for key, text in said.items() if text is not None} | dict(_numbers(values))
            times = (int(scan.detections.time_ns[row]),)
            yield Feature(name=scan.sensor, times_ns=times, places=(place,), properties=properties)


def _frames(wall: Wall, file: Path) -> dict[str, LocalFrame]:
    """Where each sensor stands."""
    ground = wall_terrain(wall.wall.terrain, file)
    found = {}
    for spec in wall.sensor:
        latitude, longitude = math.radians(spec.latitude_deg), math.radians(spec.longitude_deg)
        height_m = float(ground.height_hae_m(latitude, longitude)) + spec.height_agl_m
        found[spec.id] = LocalFrame.at(latitude, longitude, height_m)
    return found


def _place(values: np.ndarray) -> tuple[float, float, float | None] | None:
    latitude, longitude = float(values[Column.LATITUDE_RAD]), float(values[Column.LONGITUDE_RAD])
    if latitude != latitude or longitude != longitude:
        return None
    height = float(values[Column.ALTITUDE_HAE_M])
    return float(np.degrees(longitude)), float(np.degrees(latitude)), height if height == height else None


def _from_sensor(values: np.ndarray, frame: LocalFrame | None) -> tuple[float, float, float | None] | None:
    """Where range and bearing lead. Without an elevation the height is not known, and the place is at the horizon's."""
    range_m, azimuth, elevation = (float(values[c]) for c in (Column.RANGE_M, Column.AZIMUTH_RAD, Column.ELEVATION_RAD))
    if frame is None or range_m != range_m or azimuth != azimuth:
        return None
    known = elevation == elevation
    enu = from_range_azimuth_elevation(range_m, azimuth, elevation if known else 0.0)
    latitude, longitude, height = (float(v) for v in frame.local_to_geodetic(enu))
    return float(np.degrees(longitude)), float(np.degrees(latitude)), height if known else None


def _numbers(values: np.ndarray) -> Mapping[str, float]:
    found = ((name, column, float(values[column])) for column, name in FILE_NAMES.items() if column not in PLACE)
    return {
        name: round(float(np.degrees(value)) if column in ANGLES else value, 6)
        for name, column, value in found
        if value == value
    }


class _Way:
    """A track as far as it has been read."""

    def __init__(self) -> None:
        self.times_ns: list[int] = []
        self.places: list[tuple[float, float, float | None]] = []
        self.said: dict[str, Any] = {}

    def feature(self, name: str) -> Feature:
        return Feature(name=name, times_ns=tuple(self.times_ns), places=tuple(self.places), properties=self.said)


def _ways(tables: Iterable[Tracks]) -> Iterator[Feature]:
    """Each track once it has ended, the others at the end; a way of very many rows comes in pieces that join."""
    ways: dict[str, _Way] = {}
    for tracks in tables:
        longitude, latitude = np.degrees(tracks.longitude_rad).tolist(), np.degrees(tracks.latitude_rad).tolist()
        height = tracks.altitude_hae_m.tolist()
        for row, name in enumerate(tracks.track.tolist()):
            way = ways.setdefault(name, _Way())
            way.times_ns.append(int(tracks.time_ns[row]))
            way.places.append((longitude[row], latitude[row], height[row] if height[row] == height[row] else None))
            way.said = {
                "track": name,
                "status": str(tracks.status[row]),
                "label": None if tracks.label[row] is None else str(tracks.label[row]),
                "identity": tracks.identity[row],
                "identity_status": str(tracks.identity_status[row]),
                "p_exists": round(float(tracks.p_exists[row]), 4),
                "detections": int(tracks.detections[row]),
                "sensors": list(tracks.sensors[row]),
            }
            if tracks.status[row] == "ended":
                yield ways.pop(name).feature(name)
            elif len(way.places) >= LONGEST_WAY:
                yield way.feature(name)
                ways[name] = _Way()
                ways[name].times_ns, ways[name].places = way.times_ns[-1:], way.places[-1:]
    yield from (way.feature(name) for name, way in ways.items())

"""From a recording or a track file to what others read: JSON lines, GeoJSON, KML and messages.

Messages of detections are those of `messages.py`; of tracks those of the service's outputs, which are handed in.
Memory does not grow with the file.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from dronewall.archive import read_recording, streamed_scans, track_batches
from dronewall.archive.files import beside
from dronewall.convert.lost import Messages
from dronewall.convert.messages import MESSAGES, writer
from dronewall.convert.places import missing, place_of
from dronewall.convert.summary import Summary
from dronewall.errors import BadInput
from dronewall.formats import WRITERS, jsonl
from dronewall.formats.features import Feature
from dronewall.geo.frames import LocalFrame
from dronewall.geo.terrain import wall_terrain
from dronewall.records.columns import ANGLES, FILE_NAMES
from dronewall.records.detection import Column
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.records.wall import Wall, load_wall

LONGEST_WAY: Final = 200_000
PLACE: Final = frozenset({Column.LATITUDE_RAD, Column.LONGITUDE_RAD, Column.ALTITUDE_HAE_M})


class Picture(Protocol):
    """A picture format of `dronewall.outputs`: how a file begins, and the tracks of one instant as messages."""

    def opening(self, now_ns: int) -> list[bytes]: ...

    def picture(self, tracks: Tracks, now_ns: int) -> list[bytes]: ...


Pictures = Mapping[str, Callable[..., Picture]]


def recording_shown(source: Path, target: Path, name: str) -> Summary:
    """A recording as JSON lines (`jsonl`) or messages, or its plots as GeoJSON or KML."""
    _is_file(target, name)
    wall = load_wall(source / "wall.toml")
    seen = _Seen()
    scans = seen.counted(_scans(source, wall))
    with beside(target) as file, file.open("wb") as out:
        if name == "jsonl":
            for scan in scans:
                out.write(jsonl.encode(scan.sensor, scan.scan, scan.time_ns, scan.end_ns, scan.detections))
        elif name in MESSAGES:
            messages = writer(name, wall, _frames(wall, source / "wall.toml"))
            for piece in _messages(messages, scans):
                out.write(piece)
            seen.unheld(name, messages.lost)
            seen.turned(name, messages.turned)
            if seen.rows and not out.tell():
                raise BadInput(f"{seen.notes[0]} Nothing was written.", file=str(target))
        else:
            lost: Counter[str] = Counter()
            for piece in _written(
                name, _plots(scans, _frames(wall, source / "wall.toml"), lost), source.name, exercise=wall.exercise
            ):
                out.write(piece)
            seen.lost(name, lost)
    return seen.summary("recording", name, exercise=wall.exercise)


def _messages(messages: Messages, scans: Iterable[Scan]) -> Iterator[bytes]:
    first = True
    for scan in scans:
        if first:
            yield messages.opening(scan.time_ns)
            first = False
        yield messages.look(scan)
    yield messages.closing()


def tracks_shown(source: Path, target: Path, name: str, wall: Path | None, pictures: Pictures) -> Summary:
    """A track file as GeoJSON or KML, each track a line, or as messages, the tracks of each instant a picture.

    Without a wall it counts as of an exercise.
    """
    _is_file(target, name)
    known = None if wall is None else load_wall(wall)
    exercise = True if known is None else known.exercise
    seen = _Seen()
    tables, _ = track_batches(source)
    if name in pictures:
        title = source.stem if known is None else known.wall.name
        made = pictures[name](title, exercise=exercise, options={})
        with beside(target) as file, file.open("wb") as out:
            for piece in _pictures(made, _instants(seen.counted_tracks(tables))):
                out.write(piece)
        seen.notes.append(LEFT_OUT[name])
        if wall is None:
            seen.notes.append("Marked as an exercise; --wall FILE of a live wall leaves that out.")
        return seen.summary("tracks", name, exercise=exercise)
    with beside(target) as file, file.open("wb") as out:
        for piece in _written(name, _ways(seen.counted_tracks(tables)), source.name, exercise=exercise):
            out.write(piece)
    seen.notes.append("Left out: velocities and covariances; they are in the track file.")
    if wall is None:
        seen.notes.append("Marked as an exercise; --wall FILE of a live wall leaves that out.")
    return seen.summary("tracks", name, exercise=exercise)


LEFT_OUT: Final = {
    "asterix": "Left out, since CAT 062 has no room for it or must not say it: identities, labels, p_exists, "
    "covariances between axes; the date: ASTERIX says the time of day.",
    "cot": "Left out, since an event has no room for it or must not say it: identities, covariances, rates of climb.",
    "sapient": "Left out, since a report has no room for it or must not say it: identities, covariances between axes, "
    "tentative tracks.",
}


def _instants(tables: Iterable[Tracks]) -> Iterator[Tracks]:
    """The rows of each time, where those of a time stand together, as track files have them."""
    held: Tracks | None = None
    for tracks in tables:
        both = tracks if held is None else _joined(held, tracks)
        edges = [0, *(np.flatnonzero(np.diff(both.time_ns)) + 1).tolist(), len(both)]
        for first, stop in pairwise(edges[:-1]):
            yield _chosen(both, slice(first, stop))
        held = _chosen(both, slice(edges[-2], None))
    if held is not None and len(held):
        yield held


def _chosen(tracks: Tracks, rows: slice) -> Tracks:
    return Tracks(**{one.name: getattr(tracks, one.name)[rows] for one in fields(Tracks)})


def _joined(first: Tracks, then: Tracks) -> Tracks:
    return Tracks(
        **{one.name: np.concatenate([getattr(first, one.name), getattr(then, one.name)]) for one in fields(Tracks)}
    )


def _pictures(made: Picture, instants: Iterable[Tracks]) -> Iterator[bytes]:
    first = True
    for tracks in instants:
        time_ns = int(tracks.time_ns[0])
        if first:
            yield from made.opening(time_ns)
            first = False
        yield from made.picture(tracks, time_ns)


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

    def unheld(self, name: str, counts: Counter[str]) -> None:
        if counts:
            told = ", ".join(f"{n} {what}" for what, n in sorted(counts.items()))
            self.notes.append(f"Left out, since {name} has no room for it or must not say it: {told}.")
        if name == "asterix":
            self.notes.append("ASTERIX says the time of day and no date: --date gives it back.")

    def turned(self, name: str, counts: Counter[str]) -> None:
        if counts:
            told = ", ".join(f"{n} {what}" for what, n in sorted(counts.items()))
            self.notes.append(f"Told as places, since {name} has no room for what was measured at the sensor: {told}.")

    def summary(self, source: str, target: str, *, exercise: bool) -> Summary:
        return Summary(
            exercise=exercise,
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
            place = place_of(values, frames.get(scan.sensor))
            if place is None:
                lost[missing(values)] += 1
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

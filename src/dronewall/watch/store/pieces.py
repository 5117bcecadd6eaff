"""Pieces of paths: what a track did between two snapshots, as one line with time, and its bytes.

A piece is a row of the store: at most `LONGEST_NS` of one track without a gap, its positions as a LineString ZM (a
Point ZM where there is one only) in extended well-known binary, SRID 4326. X and Y are longitude and latitude in
degrees, Z the height above the ellipsoid in metres, M the time in Unix seconds. PostGIS takes the bytes as they are
(its manual, section 4.1.1.2); SQLite keeps them as a blob.

Degrees are rounded to 2^-27 (0.8 mm), heights to 2^-7 m (8 mm): the bits below say nothing of a drone, and zeros are
packed well.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dronewall.records.track import Tracks
from dronewall.units import SECOND_NS, Floats, Ints

LONGEST_NS: Final = 600 * SECOND_NS
GAP_NS: Final = 10 * SECOND_NS
"""Two positions further apart than this are not joined by a line: nobody knows what was between them."""

_POINT, _LINE, _SRID = 0xE000_0001, 0xE000_0002, 4326
_POINT_HEAD, _LINE_HEAD = struct.Struct("<BII"), struct.Struct("<BIII")
_DEGREE, _METRE = 2.0**27, 2.0**7
_TEXTS: Final = ("track", "status", "label", "identity", "identity_status")


class Piece(NamedTuple):
    """One row: the first and last time are those of `points`; the other fields are what was said at the end of it."""

    track: str
    status: str
    label: str | None
    label_probability: float | None
    identity: str | None
    identity_status: str
    p_exists: float
    from_ns: int
    to_ns: int
    points: bytes


@dataclass(frozen=True, slots=True)
class _Frame:
    time_ns: int
    place: Ints
    points: Floats
    said: tuple[NDArray[np.object_], ...]
    numbers: Floats


class Cutter:
    """Collects the picture second by second, and cuts it into pieces when asked."""

    def __init__(self) -> None:
        self._frames: list[_Frame] = []
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._frames)

    def add(self, time_ns: int, tracks: Tracks) -> None:
        """The tracks at one time, later than those before."""
        if not len(tracks):
            return
        places = self._places
        place = np.array([places.setdefault(str(name), len(places)) for name in tracks.track], np.int64)
        points = np.empty((len(tracks), 4))
        points[:, 0] = np.round(np.degrees(tracks.longitude_rad) * _DEGREE) / _DEGREE
        points[:, 1] = np.round(np.degrees(tracks.latitude_rad) * _DEGREE) / _DEGREE
        points[:, 2] = np.round(tracks.altitude_hae_m * _METRE) / _METRE
        points[:, 3] = time_ns / SECOND_NS
        said = tuple(getattr(tracks, name) for name in _TEXTS)
        numbers = np.column_stack([tracks.label_probability, tracks.p_exists])
        self._frames.append(_Frame(time_ns, place, points, said, numbers))

    def forget(self) -> None:
        """Begin anew."""
        self._frames.clear()
        self._places.clear()

    def drop_oldest(self, keep: int) -> int:
        """Keep the newest frames only, and say how many went."""
        gone = max(0, len(self._frames) - keep)
        del self._frames[:gone]
        return gone

    def cut(self) -> list[Piece]:
        """Everything collected as pieces, those near one another side by side."""
        if not self._frames:
            return []
        frames = self._frames
        counts = [len(frame.place) for frame in frames]
        place = np.concatenate([frame.place for frame in frames])
        time_ns = np.repeat(np.array([frame.time_ns for frame in frames], np.int64), counts)
        frame_of = np.repeat(np.arange(len(frames)), counts)
        row_of = np.concatenate([np.arange(count) for count in counts])
        order = np.argsort(place, kind="stable")
        place, time_ns = place[order], time_ns[order]
        points = np.concatenate([frame.points for frame in frames])[order]
        starts = _starts(place, time_ns)
        ends = np.append(starts[1:], len(place))
        along = _along(points[starts])
        pieces = []
        for first, end in zip(starts[along].tolist(), ends[along].tolist(), strict=True):
            newest = order[end - 1]
            frame, row = frames[frame_of[newest]], int(row_of[newest])
            track, status, label, identity, identity_status = (column[row] for column in frame.said)
            label_probability, p_exists = frame.numbers[row].tolist()
            pieces.append(
                Piece(
                    track=str(track),
                    status=str(status),
                    label=None if label is None else str(label),
                    label_probability=None if np.isnan(label_probability) else label_probability,
                    identity=None if identity is None else str(identity),
                    identity_status=str(identity_status),
                    p_exists=p_exists,
                    from_ns=int(time_ns[first]),
                    to_ns=int(time_ns[end - 1]),
                    points=encoded(points[first:end]),
                )
            )
        self.forget()
        return pieces


def _starts(place: Ints, time_ns: Ints) -> Ints:
    """Where a piece begins: another track, a gap, or one that would be too long."""
    begins = np.ones(len(place), bool)
    step = np.diff(time_ns)
    begins[1:] = (np.diff(place) != 0) | (step > GAP_NS) | (np.diff(time_ns // LONGEST_NS) != 0)
    return np.flatnonzero(begins)


def _along(corners: Floats) -> Ints:
    """An order in which neighbours on the map are neighbours in the list: along the Z curve (Morton, IBM 1966).

    Rows are stored as they come, so a question about an area reads few pages instead of one for each track.
    """
    key = np.zeros(len(corners), np.int64)
    for axis, span in ((0, 360.0), (1, 180.0)):
        cell = ((corners[:, axis] / span + 0.5) * 2.0**24).astype(np.int64)
        for bit in range(24):
            key |= ((cell >> bit) & 1) << (2 * bit + axis)
    return np.argsort(key, kind="stable")


def encoded(points: Floats) -> bytes:
    """Positions [shape=(n, 4)] as extended well-known binary."""
    body = np.ascontiguousarray(points, "<f8").tobytes()
    if len(points) == 1:
        return _POINT_HEAD.pack(1, _POINT, _SRID) + body
    return _LINE_HEAD.pack(1, _LINE, _SRID, len(points)) + body


def decoded(pieces: Sequence[bytes]) -> tuple[Floats, Ints]:
    """All their positions [shape=(n, 4)], and of which piece each is [shape=(n,)]."""
    bodies = [points[_head(points) :] for points in pieces]
    of = np.repeat(np.arange(len(bodies)), [len(body) // 32 for body in bodies])
    return np.frombuffer(b"".join(bodies), "<f8").reshape(-1, 4), of


def _head(points: bytes) -> int:
    return _POINT_HEAD.size if points[1:5] == b"\x01\x00\x00\xe0" else _LINE_HEAD.size


def bounds(pieces: Sequence[Piece]) -> Floats:
    """West, east, south, north of each piece [shape=(n, 4)]; there is at least one."""
    points, of = decoded([piece.points for piece in pieces])
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    least, most = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
    return np.column_stack([least[:, 0], most[:, 0], least[:, 1], most[:, 1]])

"""Cursor on Target: the picture as TAK clients and servers take it, event by event.

    event      uid of wall and track, type, how = m-f (fused), time, start, stale, opex = e-dronewall in an exercise
    point      latitude, longitude, height above WGS-84, ce and le: one standard deviation in metres, 9999999 unknown
    detail     contact (the track's id), track (course, speed), remarks (label, its probability, EXERCISE)

Affiliation is pending for a tentative track, neutral for a cooperative one, unknown for every other; no other is ever
written, nor an operator's or a sensor's place, nor an id that is not ours. A track that ended is sent once more with
stale = start, which takes it off. The first event of a connection is our own presence (`beacon`), without a position:
servers tie what follows to it. Sources: MITRE MP090284 (CoT event 2.0); TAK types as `docs/formats/cot.md` says.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from lxml import etree

from dronewall.formats.cot_events import FUNCTION, UNKNOWN_M, point, root, text
from dronewall.records.track import State, Tracks

Note = Callable[[str, Mapping[str, Any]], None]

STALE_S: Final = 15
BEACON_STALE_S: Final = 120
PLANE: Final = [State.EAST, State.NORTH]


def kind(label: str, status: str, identity_status: str) -> str:
    """The type of an event: its affiliation is pending, unknown or neutral, whatever is claimed."""
    stands = "p" if status == "tentative" else "n" if identity_status == "cooperative" else "u"
    return f"a-{stands}-{FUNCTION.get(label, 'A')}"


def uid(wall: str, track: str, *, exercise: bool) -> str:
    """The same for a track in every event, and different between walls and between exercise and earnest."""
    name = re.sub(r"[^a-z0-9]+", "-", wall.lower()).strip("-") or "wall"
    return f"{'exercise-' if exercise else ''}dronewall-{name}-{track}"


def events(tracks: Tracks, wall: str, *, exercise: bool) -> list[bytes]:
    """One event for each track; of an ended one the event that takes it off."""
    return [_event(tracks, row, wall, exercise) for row in range(len(tracks))]


def beacon(wall: str, now_ns: int, *, exercise: bool) -> bytes:
    """Our own presence, first on every connection."""
    event = root(uid(wall, "self", exercise=exercise), "a-n-G-U-C", "h-g-i-g-o", now_ns, BEACON_STALE_S, exercise)
    point(event, 0.0, 0.0, 0.0, UNKNOWN_M, UNKNOWN_M)
    detail = etree.SubElement(event, "detail")
    etree.SubElement(detail, "takv", device="server", platform="dronewall", os="-", version="1")
    etree.SubElement(detail, "contact", callsign=f"{'EXERCISE ' if exercise else ''}dronewall")
    etree.SubElement(detail, "__group", name="Cyan", role="HQ")
    return text(event)


def drop(wall: str, track: str, now_ns: int, *, exercise: bool) -> bytes:
    """What takes a track off that is not in the picture any more."""
    event = root(uid(wall, track, exercise=exercise), "a-u-A", "m-f", now_ns, 0, exercise)
    point(event, 0.0, 0.0, 0.0, UNKNOWN_M, UNKNOWN_M)
    etree.SubElement(event, "detail")
    return text(event)


def _event(tracks: Tracks, row: int, wall: str, exercise: bool) -> bytes:
    label, status = str(tracks.label[row]), str(tracks.status[row])
    what = kind(label, status, str(tracks.identity_status[row]))
    name = str(tracks.track[row])
    stale_s = 0 if status == "ended" else STALE_S
    event = root(uid(wall, name, exercise=exercise), what, "m-f", int(tracks.time_ns[row]), stale_s, exercise)
    spread = np.linalg.eigvalsh(tracks.covariance[row][np.ix_(PLANE, PLANE)])[-1] ** 0.5
    height = float(tracks.covariance[row][State.UP, State.UP]) ** 0.5
    hae = float(tracks.altitude_hae_m[row])
    known = bool(np.isfinite(hae) and np.isfinite(height))
    point(
        event,
        float(np.degrees(tracks.latitude_rad[row])),
        float(np.degrees(tracks.longitude_rad[row])),
        hae if known else float(UNKNOWN_M),
        f"{spread:.1f}" if np.isfinite(spread) else UNKNOWN_M,
        f"{height:.1f}" if known else UNKNOWN_M,
    )
    detail = etree.SubElement(event, "detail")
    etree.SubElement(detail, "contact", callsign=f"{'EX ' if exercise else ''}{name}")
    east, north, _ = (float(v) for v in tracks.velocity_enu_mps[row])
    course = float(np.degrees(np.arctan2(east, north))) % 360.0
    etree.SubElement(detail, "track", course=f"{course:.1f}", speed=f"{np.hypot(east, north):.1f}")
    words = f"{label} {float(tracks.label_probability[row]):.2f}, exists {float(tracks.p_exists[row]):.2f}, {status}"
    etree.SubElement(detail, "remarks").text = f"EXERCISE EXERCISE EXERCISE {words}" if exercise else words
    return text(event)


class CotPicture:
    """One wall's picture as CoT, for `dronewall.outputs.publish`."""

    def __init__(self, wall: str, *, exercise: bool, options: Mapping[str, str]) -> None:
        self._wall, self._exercise = wall, exercise
        self._shown: set[str] = set()

    def greeting(self, now_ns: int, *, first: bool) -> list[bytes]:
        """What a connection begins with, and hears again from time to time."""
        return [beacon(self._wall, now_ns, exercise=self._exercise)]

    def opening(self, now_ns: int) -> list[bytes]:
        """What a file begins with: nothing."""
        return []

    def heard(self, data: bytes, now_ns: int, note: Note) -> list[bytes]:
        """Events of others are not read here: a feed of format `cot` does that."""
        return []

    def goodbye(self, now_ns: int) -> list[bytes]:
        """Nothing: what we said grows stale by itself."""
        return []

    def picture(self, tracks: Tracks, now_ns: int) -> list[bytes]:
        """The tracks of now, and what takes off those that are gone."""
        there = {str(name) for name, status in zip(tracks.track, tracks.status, strict=True) if status != "ended"}
        gone = sorted(self._shown - {str(name) for name in tracks.track})
        self._shown = there
        off = [drop(self._wall, name, now_ns, exercise=self._exercise) for name in gone]
        return [*events(tracks, self._wall, exercise=self._exercise), *off]

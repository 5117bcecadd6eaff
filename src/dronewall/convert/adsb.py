"""From detections to what ADS-B receivers hand over: SBS lines and snapshots `aircraft.json`.

    sbs            a position with pressure altitude (MSG,3), behind speed, track and vertical rate (MSG,4)
    aircraft_json  a snapshot each second of every aircraft that was heard within a minute, and one before a position
                   would take the place of one that no snapshot has told yet

Both know an aircraft by its ICAO address alone: what has none (a drone's Remote ID, a radar's plot) is counted. No
frame is made up.
"""

from collections.abc import Mapping
from math import degrees
from typing import Any, Final

import numpy as np

from dronewall.convert.lost import Known, Lost, known
from dronewall.formats import aircraft_json, sbs
from dronewall.formats.modes.accuracy import EPU_M, RADIUS_95_SIGMAS
from dronewall.formats.modes.fields import FOOT_PER_MINUTE_MPS
from dronewall.geo.frames import LocalFrame
from dronewall.records.detection import Column
from dronewall.records.scan import Scan
from dronewall.records.wall import Wall
from dronewall.units import FOOT_M, KNOT_MPS, SECOND_NS

PLACE: Final = frozenset({Column.LATITUDE_RAD, Column.LONGITUDE_RAD})
MOTION: Final = frozenset({Column.VELOCITY_EAST_MPS, Column.VELOCITY_NORTH_MPS})
HEARD_NS: Final = 60 * SECOND_NS
CATEGORY: Final = {"helicopter": "A7", "balloon": "B2"}
SLACK: Final = 1.0 + 1e-9


class _Aircraft(Lost):
    """Detections with an ICAO address and a place of their own."""

    def __init__(self, wall: Wall, frames: Mapping[str, LocalFrame]) -> None:
        super().__init__()

    def opening(self, time_ns: int) -> bytes:
        """Nothing."""
        return b""

    def _row(self, scan: Scan, row: int) -> tuple[int, Known] | None:
        said, identity = known(scan.detections.values[row]), scan.detections.identity[row]
        if identity is None or not identity.startswith("icao:"):
            self.lost["detections without an ICAO address"] += 1
        elif not said.keys() >= PLACE:
            self.lost["detections without a position of their own"] += 1
        else:
            return int(identity[5:], 16), said
        return None


class SbsMessages(_Aircraft):
    """Lines of SBS."""

    def look(self, scan: Scan) -> bytes:
        """Two lines for each detection."""
        parts = []
        for row in range(len(scan.detections)):
            if (found := self._row(scan, row)) is None:
                continue
            address, said = found
            motion, altitude = _motion(said), said.get(Column.ALTITUDE_BARO_M)
            parts.append(
                sbs.encode(
                    address,
                    int(scan.detections.time_ns[row]),
                    int(scan.detections.received_ns[row]),
                    (degrees(said[Column.LATITUDE_RAD]), degrees(said[Column.LONGITUDE_RAD])),
                    None if altitude is None else altitude / FOOT_M,
                    motion,
                    _rate(said),
                )
            )
            if scan.detections.label[row] is not None:
                self.lost["labels"] += 1
            written = PLACE | {Column.ALTITUDE_BARO_M, Column.VELOCITY_UP_MPS} | (MOTION if motion else set())
            self.leave(said, set(written))
        return b"".join(parts)


class AircraftJsonMessages(_Aircraft):
    """Snapshots, a line each."""

    def __init__(self, wall: Wall, frames: Mapping[str, LocalFrame]) -> None:
        super().__init__(wall, frames)
        self._heard: dict[int, tuple[int, dict[str, Any]]] = {}
        self._untold: set[int] = set()
        self._now_ns = self._told_ns = self._messages = 0

    def look(self, scan: Scan) -> bytes:
        """A snapshot where one is due."""
        parts = []
        for row in range(len(scan.detections)):
            if (found := self._row(scan, row)) is None:
                continue
            address, said = found
            time_ns, label = int(scan.detections.time_ns[row]), scan.detections.label[row]
            if self._untold and (address in self._untold or time_ns >= self._told_ns + SECOND_NS):
                parts.append(self._snapshot())
            self._messages += 1
            self._now_ns = max(self._now_ns, time_ns)
            self._heard[address] = (time_ns, _entry(address, said, None if label is None else str(label)))
            self._untold.add(address)
            if label is not None and str(label) not in CATEGORY:
                self.lost["labels"] += 1
            self.leave(said, WRITTEN | (MOTION if _motion(said) else set()))
        return b"".join(parts)

    def closing(self) -> bytes:
        """What no snapshot has told yet."""
        return self._snapshot() if self._untold else b""

    def _snapshot(self) -> bytes:
        self._heard = {name: one for name, one in self._heard.items() if self._now_ns - one[0] <= HEARD_NS}
        self._untold.clear()
        self._told_ns = self._now_ns
        now_ms = self._now_ns // 1_000_000
        entries = []
        for time_ns, entry in self._heard.values():
            age_s = round((now_ms - time_ns // 1_000_000) / 1_000.0, 3)
            entries.append(entry | {"seen_pos": age_s, "seen": age_s})
        return aircraft_json.encode(self._now_ns, self._messages, entries)


WRITTEN: Final = {
    *PLACE,
    Column.ALTITUDE_BARO_M,
    Column.ALTITUDE_HAE_M,
    Column.VELOCITY_UP_MPS,
    Column.POSITION_SD_M,
}


def _entry(address: int, said: Known, label: str | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"hex": f"{address:06x}", "type": "adsb_icao"}
    for key, column in (("alt_baro", Column.ALTITUDE_BARO_M), ("alt_geom", Column.ALTITUDE_HAE_M)):
        if column in said:
            entry[key] = round(said[column] / FOOT_M)
    if (motion := _motion(said)) is not None:
        entry |= {"gs": round(motion[0], 1), "track": round(motion[1], 2) % 360.0}
    if (rate := _rate(said)) is not None:
        entry["baro_rate"] = round(rate)
    if label in CATEGORY:
        entry["category"] = CATEGORY[label]
    entry |= {
        "lat": round(degrees(said[Column.LATITUDE_RAD]), 7),
        "lon": round(degrees(said[Column.LONGITUDE_RAD]), 7),
    }
    if Column.POSITION_SD_M in said:
        entry["nac_p"] = _nacp(said[Column.POSITION_SD_M])
    return entry


def _nacp(sd_m: float) -> int:
    """The finest accuracy category whose 95 % radius holds the one that is known; 0 where none does."""
    radius_m = sd_m * RADIUS_95_SIGMAS
    holds = [at for at, bound_m in enumerate(EPU_M) if bound_m is not None and radius_m <= bound_m * SLACK]
    return max(holds, default=0)


def _motion(said: Known) -> tuple[float, float] | None:
    """Speed over ground (kt) and track (deg)."""
    if not said.keys() >= MOTION:
        return None
    east, north = said[Column.VELOCITY_EAST_MPS], said[Column.VELOCITY_NORTH_MPS]
    return float(np.hypot(east, north)) / KNOT_MPS, float(np.degrees(np.arctan2(east, north))) % 360.0


def _rate(said: Known) -> float | None:
    up = said.get(Column.VELOCITY_UP_MPS)
    return None if up is None else up / FOOT_PER_MINUTE_MPS

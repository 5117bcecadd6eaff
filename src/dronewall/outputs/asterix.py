"""ASTERIX: the picture as CAT 062 system tracks, with CAT 065 that says that we live. EUROCONTROL-SPEC-0149-9 and -15.

    I062/010 SAC, SIC      of the address: udp://HOST:PORT?sac=25&sic=1
    I062/070               time of the track
    I062/105, 130          latitude and longitude in WGS-84, height above it (feet)
    I062/185, 220          velocity east and north, rate of climb (feet a minute)
    I062/040, 080          track number, status: tentative, simulated (an exercise), coasted, last report
    I062/500               accuracy of position and height, one standard deviation
    I065/000, 010, 015, 030, 040    SDPS status each second

What the tables cannot hold is cut to their ends: a height beyond 150,000 ft, a speed beyond 8,191 m/s. Identities,
labels and everything on friend and foe are left out.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from dronewall.errors import BadInput
from dronewall.formats.asterix.encode import block
from dronewall.records.track import State, Tracks
from dronewall.units import SECOND_NS

Note = Callable[[str, Mapping[str, Any]], None]

FOOT_M: Final = 0.3048
PER_BLOCK: Final = 20  # records; a block of them fits into one datagram of Ethernet
DAY_S: Final = 86_400


class AsterixPicture:
    """One wall's picture as ASTERIX, for `dronewall.outputs.publish`."""

    def __init__(self, wall: str, *, exercise: bool, options: Mapping[str, str]) -> None:
        self._exercise = exercise
        self._source = {"SAC": _octet(options, "sac"), "SIC": _octet(options, "sic")}
        self._numbers: dict[str, int] = {}
        self._last = 0

    def greeting(self, now_ns: int, *, first: bool) -> list[bytes]:
        """Nothing: ASTERIX has no greeting."""
        return []

    def opening(self, now_ns: int) -> list[bytes]:
        """What a file begins with: nothing."""
        return []

    def heard(self, data: bytes, now_ns: int, note: Note) -> list[bytes]:
        """Nothing comes back."""
        return []

    def goodbye(self, now_ns: int) -> list[bytes]:
        """Nothing: what we said grows stale by itself."""
        return []

    def picture(self, tracks: Tracks, now_ns: int) -> list[bytes]:
        """A status message, and the tracks in blocks."""
        state = {"010": self._source, "000": 1, "015": 0, "030": _of_day(now_ns), "040": {"NOGO": 0}}
        blocks = [block(65, [state])]
        rows = [self._record(tracks, row) for row in range(len(tracks))]
        blocks += [block(62, rows[at : at + PER_BLOCK]) for at in range(0, len(rows), PER_BLOCK)]
        there = {str(name) for name in tracks.track}
        self._numbers = {name: number for name, number in self._numbers.items() if name in there}
        return blocks

    def _number(self, track: str) -> int:
        """A number of 16 bits that no other track has now."""
        if track not in self._numbers:
            taken = set(self._numbers.values())
            while True:
                self._last = self._last % 65_535 + 1
                if self._last not in taken:
                    break
            self._numbers[track] = self._last
        return self._numbers[track]

    def _record(self, tracks: Tracks, row: int) -> dict[str, Any]:
        east, north, up = (float(v) for v in tracks.velocity_enu_mps[row])
        spread = np.sqrt(np.maximum(np.diagonal(tracks.covariance[row]), 0.0))
        status = str(tracks.status[row])
        said: dict[str, Any] = {
            "010": self._source,
            "070": _of_day(int(tracks.time_ns[row])),
            "105": {
                "LAT": float(np.degrees(tracks.latitude_rad[row])),
                "LON": float(np.degrees(tracks.longitude_rad[row])),
            },
            "185": {"VX": _within(east, 8191.0), "VY": _within(north, 8191.0)},
            "040": self._number(str(tracks.track[row])),
            "080": {
                "CNF": int(status == "tentative"),
                "SIM": int(self._exercise),
                "TSE": int(status == "ended"),
                "CST": int(status == "coasting"),
            },
        }
        accuracy: dict[str, Any] = {
            "APC": {axis: _near(spread[at]) for axis, at in (("X", State.EAST), ("Y", State.NORTH))}
        }
        height = float(tracks.altitude_hae_m[row])
        if np.isfinite(height):
            said["130"] = min(max(height / FOOT_M, -1500.0), 150_000.0)
            said["220"] = _within(up * 60.0 / FOOT_M, 204_000.0)
            accuracy["AGA"] = min(float(np.nan_to_num(spread[State.UP], nan=1e9)) / FOOT_M, 255 * 6.25)
        said["500"] = accuracy
        return said


def _near(sd_m: float) -> float:
    return float(min(np.nan_to_num(sd_m, nan=1e9), 32_767.0))


def _within(value: float, most: float) -> float:
    return float(min(max(value, -most), most)) if np.isfinite(value) else 0.0


def _of_day(time_ns: int) -> float:
    return (time_ns // 1000 % (DAY_S * SECOND_NS // 1000)) / 1e6 // (1 / 128) / 128


def _octet(options: Mapping[str, str], name: str) -> int:
    text = options.get(name, "0")
    if not text.isdigit() or int(text) > 255:
        raise BadInput(f"{name} = {text!r} in an address of ASTERIX; it must be 0 to 255", key=name)
    return int(text)

"""What a capture holds: how much, of whom, from when to when, how far, how fast by its times."""

from math import cos, hypot
from typing import Final

import numpy as np

from dronewall.formats import Decoded
from dronewall.formats.decoding import Decoder
from dronewall.records.detection import Column
from dronewall.units import SECOND_NS

BEARINGS_M: Final = 25_000.0  # how far a sensor of bearings is taken to reach where nothing tells
METRES_PER_RADIAN: Final = 6_371_009.0


class Survey:
    """What a file holds, gathered without keeping it."""

    def __init__(self, reader: Decoder) -> None:
        self.reader = reader
        self.rows = self.personal = self.placeless = 0
        self.all_icao = True
        self._farthest_m = 0.0
        self.identities: set[str] = set()
        self.first_ns, self.last_ns = 2**63 - 1, 0
        self.whole_seconds = True
        self._low, self._high = np.full(2, np.inf), np.full(2, -np.inf)
        self._ratios, self._ratio_sum = 0, 0.0
        self._last: dict[str, tuple[int, float, float]] = {}

    def take(self, decoded: Decoded) -> None:
        """The next piece."""
        found = decoded.detections
        self.personal += len(decoded.personal)
        if not len(found):
            return
        self.rows += len(found)
        self.identities.update(identity for identity in found.identity if identity is not None)
        self.whole_seconds &= not (found.time_ns % SECOND_NS).any()
        self.first_ns = min(self.first_ns, int(found.time_ns.min()))
        self.last_ns = max(self.last_ns, int(found.time_ns.max()))
        places = found.values[:, [Column.LATITUDE_RAD, Column.LONGITUDE_RAD]]
        self.placeless += int(np.isnan(places).any(axis=1).sum())
        self.all_icao &= all(name is not None and name.startswith("icao:") for name in found.identity)
        self._farthest_m = float(np.fmax.reduce(found.values[:, Column.RANGE_M], initial=self._farthest_m))
        self._low = np.fmin(self._low, np.fmin.reduce(places, axis=0))
        self._high = np.fmax(self._high, np.fmax.reduce(places, axis=0))
        self._speeds(decoded)

    def _speeds(self, decoded: Decoded) -> None:
        """How much faster than they say things move from one position to the next."""
        found = decoded.detections
        speeds = np.hypot(found.values[:, Column.VELOCITY_EAST_MPS], found.values[:, Column.VELOCITY_NORTH_MPS])
        for row in np.flatnonzero(speeds > 20.0).tolist():
            name = found.identity[row]
            now = (
                int(found.time_ns[row]),
                float(found.values[row, Column.LATITUDE_RAD]),
                float(found.values[row, Column.LONGITUDE_RAD]),
            )
            last = self._last.get(name)
            if last is not None and 0 < now[0] - last[0] < 10 * SECOND_NS:
                moved = METRES_PER_RADIAN * hypot(now[1] - last[1], (now[2] - last[2]) * cos(now[1]))
                self._ratios += 1
                self._ratio_sum += moved / (now[0] - last[0]) * SECOND_NS / speeds[row]
            self._last[name] = now

    def anchor_ns(self) -> int | None:
        """Where times of 512 s alone are counted from, since midnight, once a later one was said in full; else None."""
        days = getattr(self.reader, "days", None)
        return days.full_ns if days is not None and days.short_first else None

    def counted_blindly(self) -> bool:
        """Whether times of 512 s alone had no time in full to say which they are."""
        days = getattr(self.reader, "days", None)
        return days is not None and days.short_first and days.full_ns is None

    def pace(self) -> float | None:
        """By how much the time between positions must grow for speeds to be right; None where nothing tells."""
        return self._ratio_sum / self._ratios if self._ratios >= 10 and self._ratio_sum > 0.0 else None

    def reach_m(self, latitude_deg: float, longitude_deg: float) -> float:
        """A range from a place that holds every detection; that of bearings alone is 25 km."""
        reach_m = self._farthest_m
        if np.isfinite(self._low).all():
            south, west = np.radians([latitude_deg, longitude_deg])
            for latitude, longitude in (
                (a, b) for a in (self._low[0], self._high[0]) for b in (self._low[1], self._high[1])
            ):
                reach_m = max(reach_m, METRES_PER_RADIAN * hypot(latitude - south, (longitude - west) * cos(south)))
        return 1.05 * reach_m + 1_000.0 if reach_m else BEARINGS_M

    def middle(self) -> tuple[float, float, float]:
        """Latitude and longitude (degrees) of the middle of all positions, and a range (m) that holds them."""
        if not np.isfinite(self._low).all():
            return 0.0, 0.0, 1.0
        middle = (self._low + self._high) / 2.0
        half = (self._high - self._low) / 2.0
        reach_m = METRES_PER_RADIAN * hypot(
            half[0], half[1] * cos(float(np.min(np.abs([self._low[0], self._high[0]]))))
        )
        return float(np.rad2deg(middle[0])), float(np.rad2deg(middle[1])), 1.05 * reach_m + 50_000.0


BLINDLY: Final = (
    "{0} says the time of day modulo 512 s alone (CAT 001 without CAT 002): it counts as if it began at 00:00:00 UTC "
    "of --date, and may be off by any number of 512 s."
)

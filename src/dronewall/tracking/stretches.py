"""A border divided among workers: which stretch a place is over, and which sensors a worker must hear for it.

Unlike `sectors.Sectors`, whose sectors share one thread, each stretch here has a tracker of its own that takes the
looks of every sensor that reaches the stretch, or `BEYOND_M` beyond it: so it meets everything that one tracker would
meet over that stretch, and knows nothing of the others. `design/sectors_apart.py` measured that.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.frames import geodetic_to_ecef
from dronewall.records.track import Tracks
from dronewall.sensors.sensor import Sensor
from dronewall.tracking.sectors import cut
from dronewall.units import Bools, Floats, Ints

BEYOND_M = 30_000.0  # what comes unseen out of a neighbour's stretch was known here before: ten minutes at 50 m/s
MARGIN_M = 3_000.0  # so far over a cut both neighbours tell what they have
EVERYWHERE = frozenset({"tdoa"})  # a pair needs both ends, wherever they stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretches:
    """A border's direction (ECEF, unit) and the places along it, m, where it is cut."""

    axis: Floats
    cuts: Floats

    @classmethod
    def of(cls, sensors: Mapping[str, Sensor], count: int) -> "Stretches":
        """As many stretches as asked, each with as many sensors; fewer where there are fewer sensors.

        Raises
        ------
        BadInput
            The count is not 1 or more.
        """
        if count < 1:
            raise BadInput(f"a border is cut among one worker or more, not {count}")
        axis, cuts = cut(np.array([sensor.ecef_m for sensor in sensors.values()]).reshape(-1, 3), count)
        return cls(axis=axis, cuts=cuts)

    def __len__(self) -> int:
        return len(self.cuts) + 1

    def along(self, places: Floats) -> Floats:
        """How far along the border places (ECEF, m) are [shape=(n,)]."""
        return np.asarray((places * self.axis).sum(axis=1))

    def over(self, places: Floats) -> Ints:
        """The stretch that each place is over."""
        return np.asarray(np.searchsorted(self.cuts, self.along(places), side="right"), np.int64)

    def told(self, stretch: int, places: Floats) -> Bools:
        """Which places the worker of a stretch tells of: those over it, and `MARGIN_M` to either side."""
        low, high = self._edges(stretch)
        along = self.along(places)
        return np.asarray((along >= low - MARGIN_M) & (along < high + MARGIN_M))

    def near(self, at: int, places: Floats) -> Bools:
        """Which places lie so near to a cut that both of its neighbours tell of them."""
        return np.asarray(np.abs(self.along(places) - self.cuts[at]) < MARGIN_M)

    def takes(self, stretch: int, sensors: Mapping[str, Sensor]) -> dict[str, Sensor]:
        """The sensors whose looks a stretch's worker takes, in the order given."""
        low, high = self._edges(stretch)
        found = {}
        for name, sensor in sensors.items():
            at, reach_m = float((sensor.ecef_m * self.axis).sum()), sensor.reach_m + BEYOND_M
            if sensor.kind in EVERYWHERE or (at + reach_m > low and at - reach_m < high):
                found[name] = sensor
        return found

    def _edges(self, stretch: int) -> tuple[float, float]:
        edges = [-np.inf, *self.cuts.tolist(), np.inf]
        return edges[stretch], edges[stretch + 1]


def places_of(tracks: Tracks) -> Floats:
    """Where tracks are, ECEF, m [shape=(n, 3)]."""
    return geodetic_to_ecef(tracks.latitude_rad, tracks.longitude_rad, tracks.altitude_hae_m)

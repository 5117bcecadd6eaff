"""Filters: how a track is moved in time, and by a measurement. A part is an object with two methods, over arrays.

To add one: a file here and a line in `PARTS`. `tests/conformance/test_tracking_parts.py` then asks of it that the
linear case is the exact Kalman filter, that covariances stay positive definite, and that errors are as large as stated.
"""

from typing import Final, Protocol

from dronewall.registry import Table
from dronewall.tracking.measured import Measured
from dronewall.units import Floats

PARTS: Final = {
    "ekf": "dronewall.tracking.parts.filters.ekf:FILTER",
    "ukf": "dronewall.tracking.parts.filters.ukf:FILTER",
}
TABLE: Final = Table("filters", PARTS)


class Filter(Protocol):
    """Many states at once; position (m) then velocity (m/s) in ECEF."""

    def predict(self, x: Floats, P: Floats, mu: Floats, manner: Floats, dt_s: Floats, motion: Floats) -> None:
        """Move n tracks by `dt_s` [shape=(n,)], in place.

        x [shape=(n, models, 6)], P (n, models, 6, 6), mu (n, models), manner (n, 2)
        (`Bank.manner`); `motion` is `TrackerSettings.motion()`.
        """
        ...

    def update(self, x: Floats, P: Floats, measured: Measured) -> tuple[Floats, Floats, Floats, Floats]:
        """The n states x [shape=(n, 6)], P (n, 6, 6), each moved by the measurement of its row.

        Gives x, P, the log likelihood of each measurement (n,) and its squared distance (n,).
        """
        ...

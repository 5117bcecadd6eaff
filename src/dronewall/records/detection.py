"""Detections: what one sensor said at one instant, as a struct of arrays. A bearing alone is a detection too."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from dronewall.units import Floats, Ints


class Column(IntEnum):
    """Columns of `Detections.values`, in memory in SI and radians. NaN: not measured, whatever a catalogue says."""

    RANGE_M = 0
    AZIMUTH_RAD = 1  # clockwise from true north at the sensor
    ELEVATION_RAD = 2  # above the plane of the sensor's ellipsoidal east-north-up
    RANGE_RATE_MPS = 3  # positive = receding
    RANGE_DIFFERENCE_M = 4  # range to this sensor minus range to the reference sensor
    LATITUDE_RAD = 5
    LONGITUDE_RAD = 6
    ALTITUDE_HAE_M = 7
    ALTITUDE_BARO_M = 8  # pressure altitude; a datum of its own, never mixed with the ellipsoid
    VELOCITY_EAST_MPS = 9
    VELOCITY_NORTH_MPS = 10
    VELOCITY_UP_MPS = 11
    SNR_DB = 12
    RCS_DBSM = 13
    TONE_HZ = 14
    BLADE_RATE_HZ = 15
    FREQUENCY_HZ = 16
    LABEL_CONFIDENCE = 17
    RANGE_SD_M = 18
    AZIMUTH_SD_RAD = 19
    ELEVATION_SD_RAD = 20
    POSITION_SD_M = 21
    ALTITUDE_SD_M = 22


TextColumn = NDArray[np.object_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detections:
    """Rows of one or many sensors.

    Attributes
    ----------
    time_ns : np.ndarray [shape=(n,)]
        When it was true; for sound, when it was heard.
    received_ns : np.ndarray [shape=(n,)]
    values : np.ndarray [shape=(n, len(Column))]
    label, identity, reference_sensor : np.ndarray of str or None [shape=(n,)]
        `identity` is `icao:...`, `rid:...` or `session:...`, lower case.
    """

    time_ns: Ints
    received_ns: Ints
    values: Floats
    label: TextColumn
    identity: TextColumn
    reference_sensor: TextColumn

    def __len__(self) -> int:
        return len(self.time_ns)

    def rows(self, chosen: Ints | slice | NDArray[np.bool_]) -> "Detections":
        """The chosen rows, in the order chosen."""
        return Detections(
            time_ns=self.time_ns[chosen],
            received_ns=self.received_ns[chosen],
            values=self.values[chosen],
            label=self.label[chosen],
            identity=self.identity[chosen],
            reference_sensor=self.reference_sensor[chosen],
        )


def empty(n: int = 0) -> Detections:
    """n detections that measured nothing at time 0; callers fill in the columns they have."""
    return Detections(
        time_ns=np.zeros(n, np.int64),
        received_ns=np.zeros(n, np.int64),
        values=np.full((n, len(Column)), np.nan),
        label=np.full(n, None, object),
        identity=np.full(n, None, object),
        reference_sensor=np.full(n, None, object),
    )


def joined(parts: Sequence[Detections]) -> Detections:
    """All rows of all parts, in order."""
    if not parts:
        return empty()
    return Detections(
        time_ns=np.concatenate([p.time_ns for p in parts]),
        received_ns=np.concatenate([p.received_ns for p in parts]),
        values=np.concatenate([p.values for p in parts]),
        label=np.concatenate([p.label for p in parts]),
        identity=np.concatenate([p.identity for p in parts]),
        reference_sensor=np.concatenate([p.reference_sensor for p in parts]),
    )

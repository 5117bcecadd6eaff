"""Units and time: the few conversions that files, formats and outputs need. Inside, everything is SI and radians."""

from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SECOND_NS: Final = 1_000_000_000
FOOT_M: Final = 0.3048
KNOT_MPS: Final = 1852.0 / 3600.0
SPEED_OF_LIGHT_MPS: Final = 299_792_458.0


def speed_of_sound_mps(temperature_c: float = 10.0) -> float:
    """Speed of sound in dry air (m/s): 331.3 sqrt(1 + T / 273.15) (ISO 9613-1:1993, 343.2 m/s at 20 C)."""
    return float(331.3 * np.sqrt(1.0 + temperature_c / 273.15))


def seconds(ns: int) -> float:
    """Nanoseconds as seconds."""
    return ns / SECOND_NS


def nanoseconds(s: float) -> int:
    """Seconds as whole nanoseconds, rounded to the nearest."""
    return round(s * SECOND_NS)


def utc_text(time_ns: int) -> str:
    """A UTC instant as ISO 8601 with milliseconds: 2026-05-07T00:29:58.250Z."""
    whole, rest = divmod(time_ns, SECOND_NS)
    return datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest // 1_000_000:03d}Z"


def utc_ns(moment: datetime) -> int:
    """Nanoseconds since the Unix epoch of an aware datetime, exact to the microsecond."""
    aware = moment if moment.tzinfo else moment.astimezone(UTC)
    delta = aware - datetime(1970, 1, 1, tzinfo=UTC)  # which holds at the edges of the calendar too, whatever the zone
    return (delta.days * 86_400 + delta.seconds) * SECOND_NS + delta.microseconds * 1_000

"""How a detection's columns are called where people and files meet them: names with degrees, and what may stand there.

in a file              in memory             must be
latitude_deg           LATITUDE_RAD          -90 to 90
longitude_deg          LONGITUDE_RAD         -180 to 180
azimuth_deg            AZIMUTH_RAD           0 to 360
elevation_deg          ELEVATION_RAD         -90 to 90
range_m                RANGE_M               0 or more
label_confidence       LABEL_CONFIDENCE      0 to 1
*_sd_m, *_sd_deg       *_SD_M, *_SD_RAD      above 0
every other            the same name         finite
"""

from typing import Final

import numpy as np

from dronewall.records.detection import Column

ANGLES: Final = frozenset(column for column in Column if column.name.endswith("_RAD"))
FILE_NAMES: Final = {
    column: column.name.removesuffix("_RAD").lower() + "_deg" if column in ANGLES else column.name.lower()
    for column in Column
}
LIMITS: Final = {
    "latitude_deg": (-90.0, 90.0),
    "longitude_deg": (-180.0, 180.0),
    "azimuth_deg": (0.0, 360.0),
    "elevation_deg": (-90.0, 90.0),
    "range_m": (0.0, np.inf),
    "label_confidence": (0.0, 1.0),
}


def limits(name: str) -> tuple[float, float]:
    """Lowest and highest value that a column of a file may have; infinite where there is none."""
    return LIMITS.get(name, (-np.inf, np.inf))


def wanted(name: str) -> str:
    """What a column takes, in words for an error."""
    low, high = limits(name)
    if "_sd_" in name:
        return "a finite number above 0"
    if low == -np.inf:
        return "a finite number"
    return f"from {low:g} to {high:g}" if np.isfinite(high) else "0 or more"

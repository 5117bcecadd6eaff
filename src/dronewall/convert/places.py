"""Where a detection was: as it says, or from range and bearing at its sensor."""

from math import asin
from typing import Final

import numpy as np

from dronewall.geo.frames import LocalFrame, from_range_azimuth_elevation
from dronewall.records.columns import FILE_NAMES
from dronewall.records.detection import Column

Place = tuple[float, float, float | None]
EARTH_M: Final = 6_371_009.0
UNPLACED: Final = {
    "range_m": "ranges without a bearing",
    "azimuth_deg": "bearings",
    "range_difference_m": "range differences",
}


def place_of(values: np.ndarray, frame: LocalFrame | None) -> Place | None:
    """Longitude and latitude (degrees) and height (m, None where not known); None for a detection without a place."""
    said = _said(values)
    return _from_sensor(values, frame) if said is None else said


def missing(values: np.ndarray) -> str:
    """What a detection without a place is, in words for a count."""
    named = (UNPLACED[FILE_NAMES[c]] for c in Column if FILE_NAMES[c] in UNPLACED and values[c] == values[c])
    return next(named, "detections without a place")


def _said(values: np.ndarray) -> Place | None:
    latitude, longitude = float(values[Column.LATITUDE_RAD]), float(values[Column.LONGITUDE_RAD])
    if latitude != latitude or longitude != longitude:
        return None
    height = float(values[Column.ALTITUDE_HAE_M])
    return float(np.degrees(longitude)), float(np.degrees(latitude)), height if height == height else None


def _from_sensor(values: np.ndarray, frame: LocalFrame | None) -> Place | None:
    """Where range and bearing lead. Without an elevation, one follows from a height; without that
    the height is not known, and the place is at the horizon's."""
    range_m, azimuth, elevation = (float(values[c]) for c in (Column.RANGE_M, Column.AZIMUTH_RAD, Column.ELEVATION_RAD))
    if frame is None or range_m != range_m or azimuth != azimuth:
        return None
    height_m = float(values[Column.ALTITUDE_HAE_M])
    if elevation != elevation and height_m == height_m:
        elevation = _elevation(range_m, height_m, frame.altitude_hae_m)
    known = elevation == elevation
    enu = from_range_azimuth_elevation(range_m, azimuth, elevation if known else 0.0)
    latitude, longitude, height = (float(v) for v in frame.local_to_geodetic(enu))
    if height_m == height_m and known:
        height = height_m
    return float(np.degrees(longitude)), float(np.degrees(latitude)), height if known else None


def _elevation(range_m: float, height_m: float, own_m: float) -> float:
    """Under which a slant range leads to a height, on a sphere; NaN where it cannot."""
    centre_m, far_m = EARTH_M + own_m, EARTH_M + height_m
    sine = (far_m**2 - centre_m**2 - range_m**2) / (2.0 * centre_m * range_m) if range_m > 0.0 else 2.0
    return asin(sine) if abs(sine) <= 1.0 else float("nan")

"""Where the sun stands: day and night for what flies by one of them."""

import numpy as np

from dronewall.units import SECOND_NS, Floats, Ints

J2000_NS = 946_728_000 * SECOND_NS
"""1 January 2000, 12:00 UTC, from the Unix epoch."""
DAY_ELEVATION_RAD = float(np.radians(-0.833))
"""The sun's middle when its upper limb is on the horizon, refraction included (Astronomical Almanac)."""


def elevation_rad(time_ns: Ints, latitude_rad: float, longitude_rad: float) -> Floats:
    """Elevation of the sun's middle, without refraction, at those times.

    The Astronomical Almanac's low-precision formulas: right to 0.01 degrees from 1950 to 2050.
    """
    days = (np.asarray(time_ns, np.int64) - J2000_NS) / (86_400.0 * SECOND_NS)
    longitude = np.radians((280.460 + 0.9856474 * days) % 360.0)
    anomaly = np.radians((357.528 + 0.9856003 * days) % 360.0)
    ecliptic = longitude + np.radians(1.915) * np.sin(anomaly) + np.radians(0.020) * np.sin(2.0 * anomaly)
    obliquity = np.radians(23.439 - 0.0000004 * days)
    declination = np.arcsin(np.sin(obliquity) * np.sin(ecliptic))
    ascension = np.arctan2(np.cos(obliquity) * np.sin(ecliptic), np.cos(ecliptic))
    sidereal = np.radians((280.46062 + 360.98564737 * days) % 360.0)
    hour = sidereal + longitude_rad - ascension
    return np.asarray(
        np.arcsin(
            np.sin(latitude_rad) * np.sin(declination) + np.cos(latitude_rad) * np.cos(declination) * np.cos(hour)
        )
    )


def is_day(time_ns: Ints, latitude_rad: float, longitude_rad: float) -> np.ndarray:
    """Whether the sun is up at those times."""
    return np.asarray(elevation_rad(time_ns, latitude_rad, longitude_rad) > DAY_ELEVATION_RAD)

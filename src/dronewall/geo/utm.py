"""Universal Transverse Mercator: grid to geodetic and back, by Krueger's series to the sixth order of n.

Better than a micrometre within 3,000 km of the central meridian. Source: Karney, "Transverse Mercator with an accuracy
of a few nanometers", J. Geodesy 85 (2011), equations 7 to 12 and 35, 36.
"""

from typing import Final

import numpy as np

from dronewall.geo.frames import Numbers
from dronewall.units import Floats

A_M: Final = 6_378_137.0
F: Final = 1.0 / 298.257223563
N: Final = F / (2.0 - F)
E: Final = float(np.sqrt(F * (2.0 - F)))
SCALE: Final = 0.9996
FALSE_EASTING_M: Final = 500_000.0
FALSE_NORTHING_M: Final = 10_000_000.0
RADIUS_M: Final = A_M / (1.0 + N) * (1.0 + N**2 / 4.0 + N**4 / 64.0 + N**6 / 256.0)
ALPHA: Final = (
    N / 2 - 2 * N**2 / 3 + 5 * N**3 / 16 + 41 * N**4 / 180 - 127 * N**5 / 288 + 7891 * N**6 / 37800,
    13 * N**2 / 48 - 3 * N**3 / 5 + 557 * N**4 / 1440 + 281 * N**5 / 630 - 1983433 * N**6 / 1935360,
    61 * N**3 / 240 - 103 * N**4 / 140 + 15061 * N**5 / 26880 + 167603 * N**6 / 181440,
    49561 * N**4 / 161280 - 179 * N**5 / 168 + 6601661 * N**6 / 7257600,
    34729 * N**5 / 80640 - 3418889 * N**6 / 1995840,
    212378941 * N**6 / 319334400,
)
BETA: Final = (
    N / 2 - 2 * N**2 / 3 + 37 * N**3 / 96 - N**4 / 360 - 81 * N**5 / 512 + 96199 * N**6 / 604800,
    N**2 / 48 + N**3 / 15 - 437 * N**4 / 1440 + 46 * N**5 / 105 - 1118711 * N**6 / 3870720,
    17 * N**3 / 480 - 37 * N**4 / 840 - 209 * N**5 / 4480 + 5569 * N**6 / 90720,
    4397 * N**4 / 161280 - 11 * N**5 / 504 - 830251 * N**6 / 7257600,
    4583 * N**5 / 161280 - 108847 * N**6 / 3991680,
    20648693 * N**6 / 638668800,
)


def central_meridian_rad(zone: Numbers) -> Floats:
    """Longitude of the middle of zones 1 to 60."""
    return np.asarray(np.radians(6.0 * np.asarray(zone) - 183.0))


def to_geodetic(easting_m: Numbers, northing_m: Numbers, zone: Numbers, north: Numbers) -> tuple[Floats, Floats]:
    """Latitude and longitude (rad) of places on the grid; `north` says of each whether it is of the northern half."""
    y = np.asarray(northing_m, np.float64) - np.where(north, 0.0, FALSE_NORTHING_M)
    xi = y / (SCALE * RADIUS_M)
    eta = (np.asarray(easting_m, np.float64) - FALSE_EASTING_M) / (SCALE * RADIUS_M)
    xi_, eta_ = xi.copy(), eta.copy()
    for j, b in enumerate(BETA, 1):
        xi_ -= b * np.sin(2 * j * xi) * np.cosh(2 * j * eta)
        eta_ -= b * np.cos(2 * j * xi) * np.sinh(2 * j * eta)
    conformal = np.sin(xi_) / np.sqrt(np.sinh(eta_) ** 2 + np.cos(xi_) ** 2)  # tangent of the conformal latitude
    tau = conformal.copy()
    for _ in range(3):  # Newton: Karney's equations 19 to 21
        sigma = np.sinh(E * np.arctanh(E * tau / np.hypot(1.0, tau)))
        now = tau * np.hypot(1.0, sigma) - sigma * np.hypot(1.0, tau)
        slope = (1.0 + (1.0 - E**2) * tau**2) / ((1.0 - E**2) * np.hypot(1.0, now) * np.hypot(1.0, tau))
        tau = tau + (conformal - now) * slope
    longitude = central_meridian_rad(zone) + np.arctan2(np.sinh(eta_), np.cos(xi_))
    return np.arctan(tau), np.asarray((longitude + np.pi) % (2.0 * np.pi) - np.pi)


def from_geodetic(latitude_rad: Numbers, longitude_rad: Numbers, zone: Numbers) -> tuple[Floats, Floats]:
    """Easting and northing (m) in a zone; northings of the southern half carry their false 10,000 km."""
    latitude = np.asarray(latitude_rad, np.float64)
    away = np.asarray(longitude_rad, np.float64) - central_meridian_rad(zone)
    tau = np.tan(latitude)
    sigma = np.sinh(E * np.arctanh(E * tau / np.hypot(1.0, tau)))
    conformal = tau * np.hypot(1.0, sigma) - sigma * np.hypot(1.0, tau)
    xi_ = np.arctan2(conformal, np.cos(away))
    eta_ = np.arcsinh(np.sin(away) / np.hypot(conformal, np.cos(away)))
    xi, eta = xi_.copy(), eta_.copy()
    for j, a in enumerate(ALPHA, 1):
        xi += a * np.sin(2 * j * xi_) * np.cosh(2 * j * eta_)
        eta += a * np.cos(2 * j * xi_) * np.sinh(2 * j * eta_)
    easting = FALSE_EASTING_M + SCALE * RADIUS_M * eta
    return easting, np.asarray(SCALE * RADIUS_M * xi + np.where(latitude < 0.0, FALSE_NORTHING_M, 0.0))

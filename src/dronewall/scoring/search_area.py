"""Where to look for what was lost: the area in which a track's last state, carried forward, is held nine times in ten.

What is not seen goes on as it went: position and velocity with their covariance are carried forward by a constant
velocity with white noise of acceleration (Bar-Shalom, Li and Kirubarajan, "Estimation with applications to tracking and
navigation", 2001, section 6.2.2), and the area is the ellipse of 90 % on the ground. The naive circle beside it has the
radius that the thing could have flown at its speed.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dronewall.units import Floats

HELD: Final = 0.9
CHI2: Final = -2.0 * float(np.log(1.0 - HELD))
NOISE_M2S3: Final = 1.0
"""Of acceleration: what flies on a dog-leg with a turn of 15 degrees at 50 m/s every three minutes, per axis.

A turn of 15 degrees changes the velocity across by 13 m/s; squared and spread over 180 s that is 0.9 m2/s3.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchArea:
    """An ellipse on the ground about a place (m, east and north of where the thing was seen last), and the circle."""

    centre_m: Floats
    covariance_m2: Floats
    circle_radius_m: float

    @property
    def area_km2(self) -> float:
        """Of the ellipse that holds the thing with 90 %."""
        return float(np.pi * CHI2 * np.sqrt(max(np.linalg.det(self.covariance_m2), 0.0)) / 1e6)

    @property
    def circle_km2(self) -> float:
        """Of the circle of all that it could have reached."""
        return float(np.pi * self.circle_radius_m**2 / 1e6)

    def contains(self, place_m: Floats) -> bool:
        """Whether a place (m, east and north) lies in the ellipse."""
        off = np.asarray(place_m, float) - self.centre_m
        return bool(off @ np.linalg.solve(self.covariance_m2, off) <= CHI2)


def search_area(velocity_mps: Floats, covariance: Floats, after_s: float) -> SearchArea:
    """The area so long after a track was last held.

    Parameters
    ----------
    velocity_mps : np.ndarray [shape=(2,)]
        East and north.
    covariance : np.ndarray [shape=(4, 4)]
        Of east, north and their rates.
    """
    t, velocity = after_s, np.asarray(velocity_mps, float)
    place, cross, rate = covariance[:2, :2], covariance[:2, 2:], covariance[2:, 2:]
    carried = place + t * (cross + cross.T) + t * t * rate + NOISE_M2S3 * t**3 / 3.0 * np.eye(2)
    speed_mps = float(np.hypot(*velocity)) + np.sqrt(CHI2 * float(np.trace(rate)) / 2.0)
    return SearchArea(
        centre_m=velocity * t,
        covariance_m2=carried,
        circle_radius_m=speed_mps * t + float(np.sqrt(CHI2 * np.trace(place) / 2.0)),
    )

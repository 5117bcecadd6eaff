"""A receiver of ADS-B on 1090 MHz: what an aircraft says of itself, as far as the horizon.

Latitude, longitude, height above the ellipsoid, velocity, and `icao:<address>`; each position with the standard
deviation that its navigation accuracy category (NACp) stands for. The simulation gives ellipsoidal heights only; what
comes off the air carries pressure altitude in its own column.
"""

from typing import Final

import numpy as np

from dronewall.sensors.claims import ClaimReceiver

# DO-260B table 2-70: 95 % bound of horizontal position (m) by NACp; 0 says nothing.
_BOUNDS_M: Final = (18_520.0, 7_408.0, 3_704.0, 1_852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0)
NACP_95_M: Final = dict(enumerate(_BOUNDS_M, start=1))
RAYLEIGH_95: Final = float(np.sqrt(-2.0 * np.log(0.05)))  # radius that holds 95 % of a circular normal of sd 1


class Adsb(ClaimReceiver):
    """`kind = "adsb"`."""

    kind = "adsb"


def position_sd_of_nacp_m(nacp: int) -> float:
    """Standard deviation per horizontal axis (m) behind a NACp; NaN where it states none (0, 12 to 15)."""
    return NACP_95_M[nacp] / RAYLEIGH_95 if nacp in NACP_95_M else float("nan")

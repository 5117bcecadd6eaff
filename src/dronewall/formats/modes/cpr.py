"""Compact position reporting: 17-bit positions made whole (DO-260B appendix A.1.7).

    global, airborne   an even and an odd message within 10 s give the position outright         A.1.7.7
    local, airborne    one message and a position within half a zone (180 NM)                    A.1.7.5
    local, surface     one message and a position within half a zone (45 NM)                     A.1.7.6

A pair of surface messages has four longitudes and two latitudes; since that takes a reference anyway, the local
decoding of the newer one is used. Degrees throughout, as the standard has them.
"""

from bisect import bisect_left
from math import acos, cos, floor, pi
from typing import Final

ZONES: Final = 15  # NZ: latitude zones between equator and pole
STEPS: Final = 131_072.0  # 2**17


def _transitions() -> list[float]:
    """Latitudes at which the number of longitude zones falls, from 59 down to 2 (A.1.7.2d), ascending."""
    top = 1.0 - cos(pi / (2.0 * ZONES))
    return [acos((top / (1.0 - cos(2.0 * pi / zones))) ** 0.5) * 180.0 / pi for zones in range(59, 2, -1)] + [87.0]


_TRANSITIONS: Final = _transitions()


def longitude_zones(latitude_deg: float) -> int:
    """NL: how many longitude zones there are at a latitude, 59 at the equator, 1 at the poles."""
    return 59 - bisect_left(_TRANSITIONS, abs(latitude_deg))


def airborne_global(even: tuple[int, int], odd: tuple[int, int], newest_is_odd: bool) -> tuple[float, float] | None:
    """Latitude and longitude (degrees) at the time of the newer of two airborne messages.

    Parameters
    ----------
    even, odd
        (latitude, longitude) as 17-bit numbers.
    newest_is_odd
        Which of them is the newer.

    Returns
    -------
    tuple or None
        None where the two lie in different longitude zones or the latitude is impossible: wait for the next pair.
    """
    latitude_even, latitude_odd = even[0] / STEPS, odd[0] / STEPS
    index = floor(59.0 * latitude_even - 60.0 * latitude_odd + 0.5)
    north_even = _signed(360.0 / 60.0 * (index % 60 + latitude_even))
    north_odd = _signed(360.0 / 59.0 * (index % 59 + latitude_odd))
    if not (-90.0 <= north_even <= 90.0 and -90.0 <= north_odd <= 90.0):
        return None
    zones = longitude_zones(north_even)
    if zones != longitude_zones(north_odd):
        return None
    latitude = north_odd if newest_is_odd else north_even
    count = max(zones - 1, 1) if newest_is_odd else max(zones, 1)
    east = floor(even[1] / STEPS * (zones - 1) - odd[1] / STEPS * zones + 0.5)
    own = odd[1] if newest_is_odd else even[1]
    return latitude, _signed(360.0 / count * (east % count + own / STEPS))


def local(
    message: tuple[int, int], is_odd: bool, reference: tuple[float, float], *, surface: bool
) -> tuple[float, float] | None:
    """Latitude and longitude (degrees) of one message, the one nearest to a reference position in degrees."""
    span = 90.0 if surface else 360.0
    height = span / (59.0 if is_odd else 60.0)
    share_north, share_east = message[0] / STEPS, message[1] / STEPS
    zone = floor(0.5 + reference[0] / height - share_north)  # one floor: two can disagree at a zone's edge
    latitude = height * (zone + share_north)
    if not -90.0 <= latitude <= 90.0:
        return None
    width = span / max(longitude_zones(latitude) - (1 if is_odd else 0), 1)
    zone = floor(0.5 + reference[1] / width - share_east)
    return latitude, _signed(width * (zone + share_east))


def _signed(degrees: float) -> float:
    """An angle as -180 to 180."""
    return (degrees + 180.0) % 360.0 - 180.0


def encode(latitude_deg: float, longitude_deg: float, is_odd: bool, *, surface: bool) -> tuple[int, int]:
    """The 17-bit numbers of a position (A.1.7.3 and A.1.7.4); for tests and for encoding."""
    span = 90.0 if surface else 360.0
    height = span / (59.0 if is_odd else 60.0)
    north = floor(STEPS * latitude_deg / height + 0.5)
    held = height * north / STEPS
    width = span / max(longitude_zones(held) - (1 if is_odd else 0), 1)
    east = floor(STEPS * longitude_deg / width + 0.5)
    return north % 131_072, east % 131_072

"""How much of a track's spread a plot sensor covers: between its ranges, in its sector, above its horizon."""

import math

import numpy as np

from dronewall.kernels.inner import inner
from dronewall.kernels.plots import AZIMUTH, ELEVATION, HEIGHT_AT, LEVEL_AT, RANGE, SPREAD_AT, TWO_PI
from dronewall.units import Floats

EIGHT_THIRDS_EARTH_M = 8.0 / 3.0 * 6_371_008.77  # twice 4/3 of the earth's radius
EDGE_SD = 4.0  # beyond so many standard deviations from an edge of what a sensor covers, the edge is not felt


@inner
def normal_cdf(t: float) -> float:
    """Probability that a standard normal is below t."""
    return 0.5 * math.erfc(-t / math.sqrt(2.0))


@inner
def inside(distance: float, sd: float) -> float:
    """Probability that something `distance` inside an edge, known to `sd`, is inside it."""
    if distance > EDGE_SD * sd:
        return 1.0
    if distance < -EDGE_SD * sd:
        return 0.0
    return normal_cdf(distance / sd)


@inner
def visible(
    near_m: float, far_m: float, sector_from: float, sector_width: float, horizon_m: float, pool: Floats, at: int
) -> float:  # fmt: skip
    """Share of a track's spread that the sensor covers: between its ranges, in its sector, above its horizon.

    The gain at `pool[at]` tells where it is expected and how far off it may be.
    """
    slant = pool[at + RANGE]
    along, across, upward = (
        pool[at + SPREAD_AT + RANGE], pool[at + SPREAD_AT + AZIMUTH], pool[at + SPREAD_AT + ELEVATION],
    )  # fmt: skip
    share = inside(far_m - slant, along) * inside(slant - near_m, along)
    width = sector_width
    if width < TWO_PI and share > 0.0:
        into = pool[at + AZIMUTH] - sector_from
        into -= TWO_PI * math.floor(into / TWO_PI)
        left = into if into <= width or into - width < TWO_PI - into else into - TWO_PI
        share *= inside(min(left, width - left) * slant * pool[at + LEVEL_AT], across)
    if horizon_m < np.inf and share > 0.0:
        beyond = slant - horizon_m
        least = beyond * beyond / EIGHT_THIRDS_EARTH_M if beyond > 0.0 else 0.0
        share *= inside(pool[at + HEIGHT_AT] - least, upward)
    return share

"""Numbers of SAPIENT detection reports, a row each in the columns of `quick.SLOTS`, as columns of detections.

Places in degrees, radians or UTM become radians on WGS-84, heights stand on the ellipsoid, bearings are from true
north.
"""

from collections import Counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dronewall.formats.sapient.quick import SLOTS
from dronewall.geo.geoid import amsl_to_hae
from dronewall.geo.utm import to_geodetic
from dronewall.records.detection import Column
from dronewall.units import Floats

METRES_PER_RADIAN: Final = 6_371_009.0
LARGEST_SD_M: Final = 100_000.0
DEGREES, UTM = 1, 5
DEGREE_UNITS, KILOMETRE_UNITS = (1, 3), (3, 4)
MEAN_SEA_LEVEL = 2
TRUE_NORTH = 1

Flags = NDArray[np.bool_]


def _slots(kind: str, *names: str) -> list[int]:
    return [SLOTS.index(f"{kind}.{name}") for name in names]


PLACE: Final = _slots("Location", "x", "y", "z", "x_error", "y_error", "z_error", "coordinate_system", "datum")
BEARING: Final = _slots(
    "RangeBearing",
    *("azimuth", "elevation", "range", "azimuth_error", "elevation_error", "range_error"),
    *("coordinate_system", "datum"),
)
VELOCITY: Final = _slots("ENUVelocity", "east_rate", "north_rate", "up_rate")


def placed(slots: Floats, zone: str, values: Floats, unread: Counter[str]) -> Flags:
    """Latitude, longitude and height of every report that has a location; which reports are not without one by this."""
    use = np.ones(len(slots), np.bool_)
    there = ~np.isnan(slots[:, PLACE[6]])
    if not there.any():
        return use
    x, y, z, x_error, y_error, z_error, system, datum = slots[there][:, PLACE].T
    scale = np.where(system == DEGREES, np.pi / 180.0, 1.0)
    latitude, longitude = y * scale, x * scale
    unit_x, unit_y = scale * METRES_PER_RADIAN * np.cos(latitude), scale * METRES_PER_RADIAN
    good = np.ones(len(x), np.bool_)
    if (utm := system == UTM).any():
        inside = (np.abs(x - 500_000.0) < 1_000_000.0) & (y >= -1e6) & (y <= 10_000_000.0)
        if not zone:
            unread["UTM without a zone, and none was registered"] += int(utm.sum())
            inside[:] = False
        elif (out := utm & ~inside).any():
            unread["UTM coordinates outside their zone"] += int(out.sum())
        good = ~utm | inside
        if (there_utm := utm & inside).any():
            found = to_geodetic(x[there_utm], y[there_utm], int(zone[:-1]), zone[-1] >= "N")
            latitude[there_utm], longitude[there_utm] = found[0], found[1]
            unit_x[there_utm] = unit_y[there_utm] = 1.0
    height = z.copy()
    if (sea := (datum == MEAN_SEA_LEVEL) & ~np.isnan(z) & good).any():
        height[sea] = amsl_to_hae(z[sea], latitude[sea], longitude[sea])
    spread = np.hypot(x_error * unit_x, y_error * unit_y) / 2.0**0.5
    rows = np.flatnonzero(there)
    values[rows, Column.LATITUDE_RAD], values[rows, Column.LONGITUDE_RAD] = latitude, longitude
    values[rows, Column.ALTITUDE_HAE_M] = height
    values[rows, Column.ALTITUDE_SD_M] = np.where(np.isnan(z), np.nan, _spread(z_error))
    values[rows, Column.POSITION_SD_M] = _spread(spread)
    use[rows] = good
    return use


def bearings(slots: Floats, north_offset_deg: float | None, values: Floats, unread: Counter[str]) -> Flags:
    """Range, azimuth and elevation of every report that has them; which reports are not without one by this."""
    use = np.ones(len(slots), np.bool_)
    there = ~np.isnan(slots[:, BEARING[6]])
    if not there.any():
        return use
    azimuth, elevation, range_, azimuth_error, elevation_error, range_error, system, datum = slots[there][:, BEARING].T
    unit = np.where(np.isin(system, DEGREE_UNITS), np.pi / 180.0, 1.0)
    metre = np.where(np.isin(system, KILOMETRE_UNITS), 1000.0, 1.0)
    other = ~np.isnan(azimuth) & (datum != TRUE_NORTH)
    if north_offset_deg is None and other.any():
        unread["azimuths from another north, and no north_offset_deg"] += int(other.sum())
        use[np.flatnonzero(there)[other]] = False
    turned = np.where(other, np.radians(north_offset_deg or 0.0), 0.0)
    rows = np.flatnonzero(there)
    values[rows, Column.AZIMUTH_RAD] = (azimuth * unit + turned) % (2.0 * np.pi)
    values[rows, Column.ELEVATION_RAD] = elevation * unit
    values[rows, Column.RANGE_M] = range_ * metre
    for column, said, error in (
        (Column.AZIMUTH_SD_RAD, azimuth, azimuth_error * unit),
        (Column.ELEVATION_SD_RAD, elevation, elevation_error * unit),
        (Column.RANGE_SD_M, range_, range_error * metre),
    ):
        values[rows, column] = np.where(np.isnan(said), np.nan, _spread(error))
    return use


def velocities(slots: Floats, speed: float, climb: float, values: Floats) -> None:
    """The three velocities, in the units that the node registered."""
    values[:, Column.VELOCITY_EAST_MPS] = slots[:, VELOCITY[0]] * speed
    values[:, Column.VELOCITY_NORTH_MPS] = slots[:, VELOCITY[1]] * speed
    values[:, Column.VELOCITY_UP_MPS] = slots[:, VELOCITY[2]] * climb


def _spread(sd: Floats) -> Floats:
    """Standard deviations that say something; NaN for those that do not."""
    with np.errstate(invalid="ignore"):
        return np.where((sd > 0.0) & (sd <= LARGEST_SD_M), sd, np.nan)

"""A presence: one acoustic node, or one human call, says that something is there; an area, never a position."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """An area in which something is believed to be, at a stated quantile.

    The area is the sector of the circle of `radius_m` round the centre between the two azimuths (equal: the whole
    circle). `quantile` is the share of cases in which the source lies inside, under the sensor's model.
    `sensors` are the sources of it, `detections` how many rows stand behind it.
    """

    presence: str
    sensors: tuple[str, ...]
    latitude_rad: float
    longitude_rad: float
    radius_m: float
    azimuth_from_rad: float
    azimuth_to_rad: float
    quantile: float
    first_ns: int
    last_ns: int
    detections: int
    p_exists: float
    label: str

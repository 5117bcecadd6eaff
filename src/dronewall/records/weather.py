"""The weather that sensors and balloons feel. Unknown is None, never zero."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Wind where it comes from, clockwise from north; rain rate; air temperature and humidity for sound.

    `aloft` are winds higher up, upwards: height above ground (m), from where (rad), how strong (m/s). Sensors feel the
    wind below; what drifts goes with that at its height.
    """

    wind_from_rad: float = 0.0
    wind_mps: float = 0.0
    rain_mm_h: float = 0.0
    temperature_c: float = 10.0
    humidity_percent: float = 70.0
    aloft: tuple[tuple[float, float, float], ...] = ()

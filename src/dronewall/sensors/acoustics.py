"""How sound of an engine reaches a microphone: spreading, absorption, bending in wind, and the noise it drowns in.

All levels are relative to one reference case: a `fixed_wing_piston` at the nominal range in calm air at 10 C and 70 %
humidity, whose margin over the detection threshold is 0 dB. Not modelled: temperature inversions (they help at night),
valleys and buildings, foliage at the node, turbulence other than as fading.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dronewall.records.weather import Weather
from dronewall.records.words import Label
from dronewall.sensors.signatures import SOUNDS
from dronewall.units import Floats, speed_of_sound_mps

KELVIN_OF_0_C = 273.15
REFERENCE_K = 293.15  # ISO 9613-1: 20 C
TRIPLE_POINT_K = 273.16
WIND_HEIGHT_M = 10.0
REFERENCE_LABEL = Label.FIXED_WING_PISTON


def absorption_db_per_km(frequency_hz: float, temperature_c: float, humidity_percent: float) -> float:
    """Atmospheric absorption of a pure tone at one atmosphere (dB/km).

    ISO 9613-1:1993, equations (3) to (5) and annex B for the share of water vapour.
    """
    kelvin = temperature_c + KELVIN_OF_0_C
    ratio = kelvin / REFERENCE_K
    saturation = 10.0 ** (-6.8346 * (TRIPLE_POINT_K / kelvin) ** 1.261 + 4.6151)
    h = humidity_percent * saturation  # molar concentration of water vapour, percent
    oxygen_hz = 24.0 + 4.04e4 * h * (0.02 + h) / (0.391 + h)
    nitrogen_hz = ratio**-0.5 * (9.0 + 280.0 * h * np.exp(-4.170 * (ratio ** (-1.0 / 3.0) - 1.0)))
    f2 = frequency_hz**2
    relaxation = 0.01275 * np.exp(-2239.1 / kelvin) / (oxygen_hz + f2 / oxygen_hz) + 0.1068 * np.exp(
        -3352.0 / kelvin
    ) / (nitrogen_hz + f2 / nitrogen_hz)
    return float(8686.0 * f2 * (1.84e-11 * ratio**0.5 + ratio**-2.5 * relaxation))


HEARING_KEYS = (
    "fading_db",
    "wind_noise_even_mps",
    "wind_noise_exponent",
    "upwind_shadow_db",
    "downwind_gain_db",
    "roughness_m",
    "ambient_slope_db_per_octave",
)
"""What of `Hearing` is the model's alone, by its name in the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """What a node's ears are like; see the catalogue's row `acoustic/array` for the meaning of each and its source."""

    nominal_range_m: float
    fading_db: float
    wind_noise_even_mps: float
    wind_noise_exponent: float
    upwind_shadow_db: float
    downwind_gain_db: float
    roughness_m: float
    ambient_slope_db_per_octave: float

    def margin_db(self, east_m: Floats, north_m: Floats, up_m: Floats, label: str, weather: Weather) -> Floats:
        """Mean level over the detection threshold (dB) of a source at that place; -inf where it is not heard at all.

        `east_m`, `north_m`, `up_m` are where it was when it made the sound, from the microphone.
        """
        offset_db, absorption, carry_mps = _constants(self, label, weather)
        ground2 = east_m * east_m + north_m * north_m
        distance_m = np.maximum(np.sqrt(ground2 + up_m * up_m), 1.0)
        margin = offset_db - 20.0 * np.log10(distance_m) - absorption * distance_m / 1000.0
        if carry_mps == 0.0 or not np.isfinite(offset_db):
            return np.asarray(margin)
        ground_m = np.sqrt(ground2)
        # Wind blows from `wind_from`; a source on that side is heard with the wind.
        with_wind = (east_m * np.sin(weather.wind_from_rad) + north_m * np.cos(weather.wind_from_rad)) / np.maximum(
            ground_m, 1.0
        )
        gain = self.downwind_gain_db * np.maximum(with_wind, 0.0) * carry_mps / (carry_mps + 3.0)
        shadow_m = shadow_starts_m(up_m, np.maximum(-with_wind, 1e-9) * carry_mps, self.roughness_m)
        deep = 1.0 - np.exp(-np.maximum(ground_m / shadow_m - 1.0, 0.0))
        return np.asarray(margin + gain - self.upwind_shadow_db * deep)

    def wind_noise_db(self, wind_mps: float) -> float:
        """By how much wind raises the noise over a calm night's (dB)."""
        return float(10.0 * np.log10(1.0 + (wind_mps / self.wind_noise_even_mps) ** self.wind_noise_exponent))

    def p_heard(self, margin_db: Floats) -> Floats:
        """Probability that one look hears a source of that mean margin, which fades by a logistic of `fading_db`."""
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(margin_db / self.fading_db, -700.0, 700.0))))


def shadow_starts_m(height_m: Floats, headwind_mps: Floats, roughness_m: float) -> Floats:
    """Ground distance upwind of a source at which its direct sound no longer reaches the ground (m).

    The ray that grazes the ground in a logarithmic wind profile: with u(z) = u10 ln(1 + z/z0) / ln(1 + 10/z0) against
    the sound, Snell's law gives dx/dz = sqrt(c / 2 u(z)). The integral of 1/sqrt(ln(1 + z/z0)) is done by the midpoint
    rule in s = sqrt(z), 16 steps. Temperature is taken as the same at all heights.
    """
    top = np.sqrt(np.maximum(height_m, 1.0))
    s = (np.arange(16) + 0.5) / 16.0 * top[..., None]
    integral = (2.0 * s / np.sqrt(np.log1p(s * s / roughness_m))).mean(axis=-1) * top
    slowing = headwind_mps / np.log1p(WIND_HEIGHT_M / roughness_m)
    return np.asarray(np.sqrt(speed_of_sound_mps() / (2.0 * slowing)) * integral)


@lru_cache(maxsize=1024)
def _constants(hearing: Hearing, label: str, weather: Weather) -> tuple[float, float, float]:
    """Offset of the margin (dB), absorption (dB/km) and wind (m/s) for one label in one weather."""
    sound, reference = SOUNDS[label], SOUNDS[REFERENCE_LABEL]
    assert reference is not None
    if sound is None:
        return -np.inf, 0.0, 0.0
    calm = Weather()
    at_reference = absorption_db_per_km(reference.band_hz, calm.temperature_c, calm.humidity_percent)
    louder_db = sound.level_db.value - reference.level_db.value
    quieter_noise_db = hearing.ambient_slope_db_per_octave * np.log2(sound.band_hz / reference.band_hz)
    at_nominal_db = 20.0 * np.log10(hearing.nominal_range_m) + at_reference * hearing.nominal_range_m / 1000.0
    offset = at_nominal_db + louder_db + quieter_noise_db - hearing.wind_noise_db(weather.wind_mps)
    absorption = absorption_db_per_km(sound.band_hz, weather.temperature_c, weather.humidity_percent)
    return float(offset), absorption, weather.wind_mps

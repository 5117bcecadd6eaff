"""What a track may be: log odds over the labels from motion, height, echo, sound and identity. Unknown stays unknown.

Motion and height enter by the current estimate, once, not anew with each detection. Echo and tone enter by running
means, whose error never falls below what is known of the class. All widths are judgements, on published envelopes
(FIELD 2.4: piston drones 185 km/h, 100-1,000 m; cranes 40-133 km/h, 300-1,000 m; multirotors 0-20 m/s below 120 m;
spraying drones 5-10 m/s at 2-3 m; balloons with the wind).
"""

import numpy as np

from dronewall.records.weather import Weather
from dronewall.records.words import LABELS, Label
from dronewall.sensors.signatures import RCS_DBSM, SOUNDS
from dronewall.units import Floats

COUNT, RCS_SUM, TONES, TONE_SUM = 0, 1, 2, 3  # columns of `Bank.feature`
SWERLING_DB = 5.6  # standard deviation of one echo of a Swerling-1 target, in decibels
WIDEST_LOG_ODDS = 8.0  # motion, echo or sound alone decides no more than this

# label: share before anything is sensed; speed mean, sd (m/s); height above ground, low and high (m), soft edges
_ENVELOPES: dict[str, tuple[float, float, float, float, float]] = {
    Label.FIXED_WING_PISTON: (0.08, 49.0, 6.0, 40.0, 2500.0),
    Label.FIXED_WING_SMALL: (0.05, 22.0, 7.0, 30.0, 800.0),
    Label.MULTIROTOR: (0.10, 8.0, 6.0, 5.0, 200.0),
    Label.FPV: (0.04, 18.0, 10.0, 3.0, 150.0),
    Label.AGRICULTURAL_DRONE: (0.08, 6.0, 3.0, 1.0, 15.0),
    Label.BALLOON: (0.03, 0.0, 3.0, 50.0, 9000.0),  # speed is that through the air
    Label.BIRD: (0.20, 13.0, 5.0, 5.0, 900.0),
    Label.FLOCK: (0.20, 18.0, 9.0, 50.0, 1500.0),
    Label.AIRCRAFT: (0.12, 75.0, 35.0, 120.0, 12000.0),
    Label.HELICOPTER: (0.03, 48.0, 16.0, 50.0, 2000.0),
    Label.GROUND: (0.04, 0.0, 16.0, -10.0, 6.0),
    Label.UNKNOWN: (0.03, 0.0, 1.0, 0.0, 1.0),
}
PRIOR = np.array([_ENVELOPES[label][0] for label in LABELS])
PRIOR /= PRIOR.sum()
_SPEED, _SPEED_SD, _LOW, _HIGH = (np.array([_ENVELOPES[label][k] for label in LABELS]) for k in (1, 2, 3, 4))
_UNKNOWN, _BALLOON = LABELS.index("unknown"), LABELS.index("balloon")
_UNKNOWN_SPEED, _UNKNOWN_HEIGHT = 1.0 / 120.0, 1.0 / 8.0  # per m/s; per unit of ln(height)
_RCS = np.array([RCS_DBSM[label].value for label in LABELS])
_RCS_SD = np.array([(RCS_DBSM[label].high - RCS_DBSM[label].low) / 3.3 for label in LABELS])
AUDIBLE = np.array([SOUNDS[label] is not None for label in LABELS])
_TONE = np.array([np.log(s.tone_hz.value) if (s := SOUNDS[label]) else np.nan for label in LABELS])
_TONE_SD = np.array(
    [np.log(s.tone_hz.high / s.tone_hz.low) / 3.3 if (s := SOUNDS[label]) else np.nan for label in LABELS]
)


def posterior(
    speed_mps: Floats, speed_sd_mps: Floats, air_speed_mps: Floats, height_agl_m: Floats, height_sd_m: Floats,
    feature: Floats, signature: Floats,
) -> Floats:  # fmt: skip
    """Probability of each label for n tracks [shape=(n, len(LABELS))].

    Parameters
    ----------
    speed_mps, air_speed_mps, height_agl_m : np.ndarray [shape=(n,)]
        Over ground, through the air, and above ground, with their standard deviations.
    feature : np.ndarray [shape=(n, 4)]
        Count and sum of echoes (dBsm) and of log tones, as in `Bank.feature`.
    signature : np.ndarray [shape=(n, len(LABELS))]
        Log likelihood of what else was sensed.
    """
    speed = np.repeat(speed_mps[:, None], len(LABELS), axis=1)
    speed[:, _BALLOON] = air_speed_mps
    log_p = np.log(PRIOR) + _normal(speed, _SPEED, np.hypot(_SPEED_SD, speed_sd_mps[:, None]))
    # A speed cannot be negative: classes that stand still have twice the density on their side of zero.
    log_p += np.where(_SPEED == 0.0, np.log(2.0), 0.0)
    log_p += _between(height_agl_m[:, None], height_sd_m[:, None])
    log_p[:, _UNKNOWN] = np.log(PRIOR[_UNKNOWN]) + np.log(_UNKNOWN_SPEED) + np.log(_UNKNOWN_HEIGHT)
    log_p += _echo(feature) + _tone(feature) + signature
    log_p -= log_p.max(axis=1, keepdims=True)
    p = np.exp(log_p)
    return np.asarray(p / p.sum(axis=1, keepdims=True))


def air_speed(velocity_enu_mps: Floats, weather: Weather) -> Floats:
    """Horizontal speed through the air (m/s) of velocities [shape=(n, 3)]."""
    blows_east = -weather.wind_mps * np.sin(weather.wind_from_rad)
    blows_north = -weather.wind_mps * np.cos(weather.wind_from_rad)
    return np.asarray(np.hypot(velocity_enu_mps[:, 0] - blows_east, velocity_enu_mps[:, 1] - blows_north))


def _normal(value: Floats, mean: Floats, sd: Floats) -> Floats:
    t = (value - mean) / sd
    return np.asarray(np.maximum(-0.5 * t * t, -2.0 * WIDEST_LOG_ODDS) - np.log(sd) - 0.919)


def _between(height_m: Floats, sd_m: Floats) -> Floats:
    """Log density in ln(height) of a soft box from low to high, smeared by the height's own error."""
    edge_low = (height_m - _LOW) / np.hypot(0.3 * np.abs(_LOW) + 2.0, sd_m)
    edge_high = (_HIGH - height_m) / np.hypot(0.2 * _HIGH, sd_m)
    inside = (
        1.0 / (1.0 + np.exp(np.clip(-1.7 * edge_low, -30, 30))) / (1.0 + np.exp(np.clip(-1.7 * edge_high, -30, 30)))
    )
    width = np.log(np.maximum(_HIGH, 2.0) / np.maximum(_LOW, 1.0)) + 0.5
    return np.asarray(np.maximum(np.log(inside + 1e-12), -WIDEST_LOG_ODDS) - np.log(width))


def _echo(feature: Floats) -> Floats:
    n = feature[:, COUNT, None]
    mean = feature[:, RCS_SUM, None] / np.maximum(n, 1.0)
    sd = np.sqrt(_RCS_SD**2 + SWERLING_DB**2 / np.maximum(n, 1.0))
    t = (mean - _RCS + 2.5) / sd  # the mean of decibels lies 2.5 dB below the mean echo
    return np.where(n > 0.0, np.maximum(-0.5 * t * t, -WIDEST_LOG_ODDS) - np.log(sd), 0.0)


def _tone(feature: Floats) -> Floats:
    n = feature[:, TONES, None]
    mean = feature[:, TONE_SUM, None] / np.maximum(n, 1.0)
    t = (mean - _TONE) / _TONE_SD
    heard = np.maximum(-0.5 * t * t, -WIDEST_LOG_ODDS) - np.log(_TONE_SD)
    heard = np.where(np.isnan(heard), -WIDEST_LOG_ODDS, heard)  # what makes no sound was not heard
    heard[:, _UNKNOWN] = np.nanmin(-np.log(_TONE_SD)) - 1.0
    return np.where(n > 0.0, heard, 0.0)

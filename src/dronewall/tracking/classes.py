"""What a track may be: log odds over the labels from motion, height, echo, sound and identity. Unknown stays unknown.

Motion and height enter by the current estimate, once, not anew with each detection. Echo and tone enter by running
means, whose error never falls below what is known of the class. All densities are of the same thing, so that a class
that says much (a balloon goes with the wind, a car is on the ground) outweighs one that says little: velocity over
ground as a vector (per m2/s2), height (per m), mean echo (per dB). Envelopes are judgements on what was published
(FIELD 2.4: piston drones 185 km/h, 100-1,000 m; cranes 40-133 km/h, 300-1,000 m; multirotors 0-20 m/s below 120 m;
spraying drones 5-10 m/s at 2-3 m; balloons with the wind; aircraft from 22 to 270 m/s, up to 13,500 m, as in
`sensors/envelopes.py`); how true the probabilities are: `benchmarks/classes.py`.
"""

import numpy as np
from scipy.special import ndtr

from dronewall.records.weather import Weather
from dronewall.records.words import LABELS, Label
from dronewall.sensors.signatures import RCS_DBSM, SOUNDS
from dronewall.units import Floats

COUNT, RCS_SUM, TONES, TONE_SUM = 0, 1, 2, 3  # columns of `Bank.feature`
SWERLING_DB = 5.6  # standard deviation of one echo of a Swerling-1 target, in decibels
WIDEST_LOG_ODDS = 9.0  # motion, height, echo or sound alone decides no more than this
DEPENDENCE = 1.2  # the kinds of evidence are not quite independent: their sum counts for so much less

# label: share before anything is sensed; speed mean, sd (m/s); height above ground, low and high (m), soft edges
_ENVELOPES: dict[str, tuple[float, float, float, float, float]] = {
    Label.FIXED_WING_PISTON: (0.08, 49.0, 6.0, 40.0, 2000.0),
    Label.FIXED_WING_SMALL: (0.06, 22.0, 6.0, 30.0, 800.0),
    Label.MULTIROTOR: (0.10, 9.0, 5.0, 10.0, 150.0),
    Label.FPV: (0.05, 20.0, 7.0, 3.0, 120.0),
    Label.AGRICULTURAL_DRONE: (0.07, 6.0, 2.0, 1.0, 8.0),
    Label.BALLOON: (0.06, 0.0, 1.0, 50.0, 9000.0),  # speed is that through the air
    Label.BIRD: (0.15, 13.0, 4.0, 10.0, 900.0),
    Label.FLOCK: (0.20, 18.0, 9.0, 50.0, 1500.0),
    Label.AIRCRAFT: (0.19, 68.0, 25.0, 120.0, 13_500.0),
    Label.HELICOPTER: (0.04, 44.0, 14.0, 50.0, 1500.0),
    Label.GROUND: (0.07, 16.0, 8.0, 0.5, 5.0),
    Label.UNKNOWN: (0.03, 0.0, 1.0, 1.0, 2.0),
}
# label: share that flies far faster than the rest of it; how fast, mean, sd (m/s). Airliners climb and cruise so.
_FASTER: dict[str, tuple[float, float, float]] = {Label.AIRCRAFT: (0.25, 200.0, 45.0)}
PRIOR = np.array([_ENVELOPES[label][0] for label in LABELS])
PRIOR /= PRIOR.sum()
_SPEED, _SPEED_SD, _LOW, _HIGH = (np.array([_ENVELOPES[label][k] for label in LABELS]) for k in (1, 2, 3, 4))
_FAST_SHARE, _FAST, _FAST_SD = (
    np.array([_FASTER.get(label, (0.0, 0.0, 1.0))[k] for label in LABELS]) for k in range(3)
)
_UNKNOWN, _BALLOON = LABELS.index("unknown"), LABELS.index("balloon")
_GUST = 0.15  # how far, as a share of the wind, a balloon's own wind is from that of the weather
_UNKNOWN_SPEED, _UNKNOWN_HEIGHT, _UNKNOWN_ECHO = 1.0 / 300.0, 1.0 / 8.0, 1.0 / 24.0  # per m/s; of ln(height); per dB
_RCS = np.array([RCS_DBSM[label].value for label in LABELS])
_RCS_SD = np.array([(RCS_DBSM[label].high - RCS_DBSM[label].low) / 3.3 for label in LABELS])
AUDIBLE = np.array([SOUNDS[label] is not None for label in LABELS])
_TONE = np.array([np.log(s.tone_hz.value) if (s := SOUNDS[label]) else np.nan for label in LABELS])
_TONE_SD = np.array(
    [np.log(s.tone_hz.high / s.tone_hz.low) / 3.3 if (s := SOUNDS[label]) else np.nan for label in LABELS]
)

TABLE = np.column_stack(
    [np.log(PRIOR), _SPEED, _SPEED_SD, _LOW, _HIGH, _RCS, _RCS_SD, _TONE, _TONE_SD, _FAST_SHARE, _FAST, _FAST_SD]
)
"""The labels as `kernels/classes.py` takes them."""
UNKNOWN, BALLOON = _UNKNOWN, _BALLOON


def posterior(
    speed_mps: Floats, speed_sd_mps: Floats, air_speed_mps: Floats, height_agl_m: Floats, height_sd_m: Floats,
    feature: Floats, signature: Floats, wind_mps: Floats | float = 0.0,
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
    wind_mps : float or np.ndarray [shape=(n,)]
        Of the weather at that height, for what drifts.
    """
    evidence = _no_more(_velocity(speed_mps, speed_sd_mps, air_speed_mps, wind_mps))
    evidence += _no_more(_height(height_agl_m[:, None], height_sd_m[:, None]))
    evidence += _no_more(_echo(feature)) + _tone(feature) + signature
    log_p = np.log(PRIOR) + evidence / DEPENDENCE
    log_p -= log_p.max(axis=1, keepdims=True)
    p = np.exp(log_p)
    return np.asarray(p / p.sum(axis=1, keepdims=True))


NEAR_GROUND_M = 10.0  # where the weather's own wind is taken as blowing


def winds(weather: Weather) -> Floats:
    """The air at heights: height above ground (m), velocity east and north (m/s) [shape=(k, 3)], upwards."""
    rows = ((NEAR_GROUND_M, weather.wind_from_rad, weather.wind_mps), *weather.aloft)
    return np.array([(height, -speed * np.sin(origin), -speed * np.cos(origin)) for height, origin, speed in rows])


def wind_at(air: Floats, height_agl_m: Floats) -> Floats:
    """Velocity of the air, east and north [shape=(n, 2)], at those heights; even between the rows of `winds`."""
    return np.column_stack([np.interp(height_agl_m, air[:, 0], air[:, axis]) for axis in (1, 2)])


def air_speed(velocity_enu_mps: Floats, blows_mps: Floats) -> Floats:
    """Horizontal speed (m/s) of velocities [shape=(n, 3)] through air that goes at `blows_mps` [shape=(n, 2)]."""
    return np.asarray(np.hypot(*(velocity_enu_mps[:, :2] - blows_mps).T))


def _no_more(log_density: Floats) -> Floats:
    """No kind of evidence is further below the best than `WIDEST_LOG_ODDS`."""
    return np.asarray(np.maximum(log_density, log_density.max(axis=1, keepdims=True) - WIDEST_LOG_ODDS))


def _velocity(speed: Floats, sd: Floats, air_speed: Floats, wind: Floats | float) -> Floats:
    """Log density of the velocity over ground (per m2/s2): a speed in any direction, or, of a balloon, the wind."""
    ring = np.log(2.0 * np.pi * np.hypot(speed, sd))  # all directions at that speed
    most = np.log1p(-_FAST_SHARE) + _normal(speed, sd, _SPEED, _SPEED_SD)
    with np.errstate(divide="ignore"):
        log = np.logaddexp(most, np.log(_FAST_SHARE) + _normal(speed, sd, _FAST, _FAST_SD)) - ring[:, None]
    drift = (_SPEED_SD[_BALLOON] + _GUST * wind) ** 2 + sd * sd
    log[:, _BALLOON] = -0.5 * air_speed * air_speed / drift - np.log(2.0 * np.pi * drift)
    log[:, _UNKNOWN] = np.log(_UNKNOWN_SPEED) - ring
    return np.asarray(log)


def _normal(speed: Floats, sd: Floats, mean: Floats, own_sd: Floats) -> Floats:
    """Log density of speeds [shape=(n,)] known to `sd` under each label's normal [shape=(n, len(LABELS))]."""
    spread = np.hypot(own_sd, sd[:, None])
    t = (speed[:, None] - mean) / spread
    return np.asarray(-0.5 * t * t - np.log(spread) - 0.919)


def _height(height_m: Floats, sd_m: Floats) -> Floats:
    """Log density of the estimated height (per m): even in ln(height) from low to high, and smeared."""
    sd_m = np.hypot(sd_m, 3.0)  # the ground is not known better
    above = ndtr((height_m - _LOW) / np.hypot(sd_m, 0.3 * _LOW))
    below = ndtr((height_m - _HIGH) / np.hypot(sd_m, 0.2 * _HIGH))
    near = np.clip(height_m + 0.5 * sd_m, _LOW, _HIGH)
    wide = np.log(np.maximum(above - below, 1e-12)) - np.log(np.log(_HIGH / _LOW)) - np.log(near)
    spread = np.hypot(sd_m, (_HIGH - _LOW) / 4.0)
    t = (height_m - np.sqrt(_LOW * _HIGH)) / spread
    narrow = -0.5 * t * t - np.log(spread) - 0.919
    log = np.where(2.0 * sd_m > _HIGH - _LOW, narrow, wide)
    log[:, _UNKNOWN] = np.log(_UNKNOWN_HEIGHT) - np.log(np.maximum(np.abs(height_m) + sd_m, 20.0))[:, 0]
    return np.asarray(log)


def _echo(feature: Floats) -> Floats:
    n = feature[:, COUNT, None]
    mean = feature[:, RCS_SUM, None] / np.maximum(n, 1.0)
    sd = np.sqrt(_RCS_SD**2 + 1.0 + SWERLING_DB**2 / np.maximum(n, 1.0))
    t = (mean - _RCS + 2.5) / sd  # the mean of decibels lies 2.5 dB below the mean echo
    log = -0.5 * t * t - np.log(sd)
    log[:, _UNKNOWN] = np.log(_UNKNOWN_ECHO)
    return np.where(n > 0.0, log, 0.0)


def _tone(feature: Floats) -> Floats:
    n = feature[:, TONES, None]
    mean = feature[:, TONE_SUM, None] / np.maximum(n, 1.0)
    t = (mean - _TONE) / _TONE_SD
    heard = np.maximum(-0.5 * t * t, -WIDEST_LOG_ODDS) - np.log(_TONE_SD)
    heard = np.where(np.isnan(heard), -WIDEST_LOG_ODDS, heard)  # what makes no sound was not heard
    heard[:, _UNKNOWN] = np.nanmin(-np.log(_TONE_SD)) - 1.0
    return np.where(n > 0.0, heard, 0.0)

"""Detections of one look as numbers for the kernels: mode, values, errors, places, density of strangers."""

from dataclasses import dataclass

import numpy as np

from dronewall.geo.frames import enu_axes, from_range_azimuth_elevation, geodetic_to_ecef
from dronewall.kernels.filters import CLAIM, POLAR, ROWS, SOUND
from dronewall.records.detection import Column, Detections
from dronewall.sensors.sensor import Sensor
from dronewall.units import SECOND_NS, Bools, Floats, Ints

SPREAD = 5.0  # standard deviations that the coarse gate round a plot takes in
LEVEL_SD_M = 1500.0  # height of a plot without elevation, for the coarse gate only
POSITION_SD_M = 50.0  # of a claim that does not say
SPEED_SD_MPS = 3.0  # of a claim that does not say
CLAIM_DENSITY = 1e-13  # strangers that claim, per m3 (and m3/s3 when velocities come too): they are rare

_POLAR = (Column.RANGE_M, Column.AZIMUTH_RAD, Column.ELEVATION_RAD, Column.RANGE_RATE_MPS)
_POLAR_SD = (Column.RANGE_SD_M, Column.AZIMUTH_SD_RAD, Column.ELEVATION_SD_RAD, None)
_VELOCITY = (Column.VELOCITY_EAST_MPS, Column.VELOCITY_NORTH_MPS, Column.VELOCITY_UP_MPS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """m detections of one look.

    Attributes
    ----------
    mode : int
        POLAR, SOUND or CLAIM of `kernels/filters.py`; `z`, `sd` [shape=(m, ROWS)] follow it, NaN not measured.
    s, A : np.ndarray [shape=(m, 3)], (m, 3, 3)
        Place and axes that z refers to.
    offset : np.ndarray [shape=(m,)]
        Seconds from the look's time to the detection's.
    plot, reach : np.ndarray [shape=(m, 3)], (m,)
        Where a plot lies and how far off its cause may be; infinite where it is none.
    density : np.ndarray [shape=(m,)]
        False detections and new things per unit of measured volume; `false` is the share of false ones in it.
    sound_mps : float
        Speed of sound, for SOUND.
    """

    mode: int
    z: Floats
    sd: Floats
    s: Floats
    A: Floats
    offset: Floats
    plot: Floats
    reach: Floats
    density: Floats
    false: Floats
    sound_mps: float = 340.0

    def some(self, which: Ints) -> "Measured":
        """The chosen ones."""
        return Measured(
            mode=self.mode,
            z=self.z[which],
            sd=self.sd[which],
            s=self.s[which],
            A=self.A[which],
            offset=self.offset[which],
            plot=self.plot[which],
            reach=self.reach[which],
            density=self.density[which],
            false=self.false[which],
            sound_mps=self.sound_mps,
        )


def polar(sensor: Sensor, rows: Detections, time_ns: int, births_per_look: float, sound_mps: float) -> Measured:
    """Range, azimuth, elevation, range rate as far as they were measured."""
    m = len(rows)
    z, sd = np.full((m, ROWS), np.nan), np.full((m, ROWS), np.nan)
    for i, (column, own) in enumerate(zip(_POLAR, _POLAR_SD, strict=True)):
        z[:, i] = rows.values[:, column]
        sd[:, i] = sensor.noise(column)
        if own is not None:
            given = rows.values[:, own]
            sd[:, i] = np.where(np.isnan(given), sd[:, i], given)
    z[~(sd > 0.0)] = np.nan
    places = _places(sensor, m)
    mode = SOUND if sensor.sound_delay else POLAR
    plot, reach = np.zeros((m, 3)), np.full(m, np.inf)
    if mode == SOUND:
        z[:, 0] = z[:, 3] = np.nan
    is_plot = np.isfinite(z[:, 0]) & np.isfinite(z[:, 1])
    if is_plot.any():
        level = np.where(np.isnan(z[:, 2]), 0.0, z[:, 2])
        local = from_range_azimuth_elevation(z[:, 0], z[:, 1], level)
        plot[is_plot] = sensor.frame.to_ecef(local[is_plot])
        up = np.where(np.isnan(z[:, 2]), LEVEL_SD_M, z[:, 0] * sd[:, 2])
        reach[is_plot] = SPREAD * np.sqrt(sd[:, 0] ** 2 + (z[:, 0] * sd[:, 1]) ** 2 + up**2)[is_plot]
    clutter = sensor.clutter_intensity(rows.values)
    new = _even(z, sensor.reach_m) * births_per_look
    return Measured(
        mode=mode,
        z=z,
        sd=sd,
        s=places[0],
        A=places[1],
        offset=_offset(rows.time_ns, time_ns),
        plot=plot,
        reach=reach,
        density=clutter + new,
        false=clutter / (clutter + new),
        sound_mps=sound_mps,
    )


def claims(sensor: Sensor, rows: Detections, time_ns: int) -> Measured:
    """Positions that things report of themselves, with velocity where they say it."""
    m = len(rows)
    z, sd = np.full((m, ROWS), np.nan), np.full((m, ROWS), np.nan)
    v = rows.values
    level = np.where(np.isnan(v[:, Column.ALTITUDE_HAE_M]), 0.0, v[:, Column.ALTITUDE_HAE_M])
    lat, lon = v[:, Column.LATITUDE_RAD], v[:, Column.LONGITUDE_RAD]
    plot = geodetic_to_ecef(lat, lon, level)
    z[np.isfinite(lat) & np.isfinite(lon), :2] = 0.0
    z[:, 2] = np.where(np.isnan(v[:, Column.ALTITUDE_HAE_M]), np.nan, 0.0)
    sd[:, :2] = _first(v[:, Column.POSITION_SD_M], sensor.noise(Column.POSITION_SD_M), POSITION_SD_M)[:, None]
    sd[:, 2] = _first(v[:, Column.ALTITUDE_SD_M], sensor.noise(Column.ALTITUDE_SD_M), POSITION_SD_M)
    for i, column in enumerate(_VELOCITY):
        z[:, 3 + i] = v[:, column]
        sd[:, 3 + i] = _first(np.full(m, np.nan), sensor.noise(column), SPEED_SD_MPS)
    up = np.where(np.isnan(z[:, 2]), LEVEL_SD_M * 10.0, sd[:, 2])
    return Measured(
        mode=CLAIM,
        z=z,
        sd=sd,
        s=plot,
        A=enu_axes(lat, lon),
        offset=_offset(rows.time_ns, time_ns),
        plot=plot,
        reach=SPREAD * np.sqrt(2.0 * sd[:, 0] ** 2 + up**2),
        density=np.full(m, CLAIM_DENSITY),
        false=np.full(m, 0.05),
    )


def _places(sensor: Sensor, m: int) -> tuple[Floats, Floats]:
    s, A = np.empty((m, 3)), np.empty((m, 3, 3))
    s[:], A[:] = sensor.ecef_m, sensor.frame.axes
    return s, A


def _offset(rows_ns: Ints, time_ns: int) -> Floats:
    return np.asarray((rows_ns - time_ns) / SECOND_NS, np.float64)


def _first(own: Floats, sensor: float, default: float) -> Floats:
    fallback = sensor if np.isfinite(sensor) and sensor > 0.0 else default
    return np.where(own > 0.0, own, fallback)


def _even(z: Floats, reach_m: float) -> Floats:
    """Density of one thing anywhere in view, evenly over the ground and up to 2,000 m, in the units measured."""
    density = np.full(len(z), 1.0 / (2.0 * np.pi))
    ranged = np.isfinite(z[:, 0])
    density[ranged] *= 2.0 * np.maximum(z[ranged, 0], 100.0) / reach_m**2
    tilted = np.isfinite(z[:, 2])
    density[tilted & ranged] *= np.maximum(z[tilted & ranged, 0], 100.0) / 2000.0
    density[tilted & ~ranged] *= 2.0 / np.pi
    density[np.isfinite(z[:, 3])] /= 100.0
    return density


def usable(measured: Measured) -> Bools:
    """Whether a detection says anything of a place."""
    return np.isfinite(measured.z).any(axis=1) & np.isfinite(measured.density) & np.isfinite(measured.offset)

"""What happened in a recording, hidden causes included: looks, detections, who caused them, and where everybody was."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.family.flight import STEP_S, along_line, takeoff
from benchmarks.family.kinds import Family
from dronewall.geo.frames import ecef_to_geodetic, enu_axes, geodetic_to_ecef, range_azimuth_elevation, rotated
from dronewall.units import SECOND_NS, Floats, Ints, nanoseconds, utc_ns

START_NS: Final = utc_ns(datetime(2026, 2, 1, tzinfo=UTC))
PERIOD_S: Final = 2.0
MAST_M: Final = 10.0
NEAREST_M, FURTHEST_M = 500.0, 25_000.0
NOISE_SD: Final = np.array([15.0, np.radians(0.4), np.radians(0.8)])
"""Range (m), azimuth and elevation (rad), one sigma."""

PLACE, MOTION, LOOK, BIAS, LATE = range(5)
"""Streams of random numbers, one a purpose, so that families of one seed share what they have in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Radars:
    """The line: where each stands and is off. `bias` rows are range (m), azimuth, elevation (rad)."""

    latitude_rad: Floats
    longitude_rad: Floats
    ecef_m: Floats
    axes: Floats
    offset_ns: Ints
    bias: Floats

    def __len__(self) -> int:
        return len(self.offset_ns)

    def ids(self) -> NDArray[np.object_]:
        """Their names."""
        return np.array([f"radar-{number:03d}" for number in range(len(self))], object)


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """A recording before it is written; looks and detections by time.

    Attributes
    ----------
    look_ns, look_radar, look_scan, late_ns : np.ndarray of int64 [shape=(looks,)]
    measured : np.ndarray [shape=(n, 3)]
        Range (m), azimuth, elevation (rad).
    look, cause : np.ndarray of int64 [shape=(n,)]
        Which look a detection is of; which target caused it, -1 for none.
    truth_ns, truth_target : np.ndarray of int64 [shape=(m,)]
        Every living target at the looks of the last radar.
    truth_geodetic, truth_velocity : np.ndarray [shape=(m, 3)]
        Latitude, longitude (rad), height (m); east, north, up (m/s).
    style : np.ndarray of str [shape=(targets,)]
    """

    radars: Radars
    look_ns: Ints
    look_radar: Ints
    look_scan: Ints
    late_ns: Ints
    measured: Floats
    look: Ints
    cause: Ints
    truth_ns: Ints
    truth_target: Ints
    truth_geodetic: Floats
    truth_velocity: Floats
    style: NDArray[np.object_]


def stand(family: Family, rng: np.random.Generator) -> Radars:
    """The radars of a family, staggered evenly over the period."""
    n = family.radars
    piece_m = family.length_km * 1_000.0 / n
    latitude_rad, longitude_rad = along_line(np.linspace(0.5, n - 0.5, n) * piece_m, np.zeros(n))
    draw = rng.normal(size=(n, 3))
    draw /= np.sqrt((draw**2).mean(axis=0))  # the rms is that of every seed, so that none is easier
    return Radars(
        latitude_rad=latitude_rad,
        longitude_rad=longitude_rad,
        ecef_m=geodetic_to_ecef(latitude_rad, longitude_rad, np.full(n, MAST_M)),
        axes=enu_axes(latitude_rad, longitude_rad),
        offset_ns=np.arange(n, dtype=np.int64) * (nanoseconds(PERIOD_S) // n),
        bias=draw * family.bias_rms,
    )


def play(family: Family, n: int, seed: int) -> Night:
    """Fly the targets past the radars."""
    place, motion, looking, bias, late = (
        np.random.default_rng([seed, n, int(family.length_km), purpose])
        for purpose in (PLACE, MOTION, LOOK, BIAS, LATE)
    )
    radars = stand(family, bias)
    flight = takeoff(family.flight, n, family.length_km * 1_000.0, family.swarm, family.duration_s, place)
    looks: list[tuple[int, int, int]] = []
    seen: list[Floats] = []
    causes: list[Ints] = []
    truth: list[tuple[int, Ints, Floats, Floats]] = []
    in_step = radars.offset_ns // nanoseconds(STEP_S)
    steps_a_period = round(PERIOD_S / STEP_S)
    for step in range(round(family.duration_s / STEP_S)):
        t_s = step * STEP_S
        enu_mps, ecef_mps = flight.velocity(t_s)
        for radar in np.flatnonzero(in_step == step % steps_a_period).tolist():
            time_ns = step // steps_a_period * nanoseconds(PERIOD_S) + int(radars.offset_ns[radar])
            ahead_s = time_ns / SECOND_NS - t_s
            alive = flight.alive(time_ns / SECOND_NS)
            at_m = flight.ecef_m + ecef_mps * ahead_s
            rows, cause = look(family, radars, radar, at_m, alive, looking)
            looks.append((time_ns, radar, step // steps_a_period))
            seen.append(rows)
            causes.append(cause)
            if radar == len(radars) - 1:
                there = np.flatnonzero(alive)
                truth.append((time_ns, there, at_m[there], enu_mps[there]))
        flight.step(t_s, ecef_mps, motion)
    look_ns, look_radar, look_scan = np.array(looks, np.int64).T
    latitude_rad, longitude_rad, height_m = ecef_to_geodetic(np.concatenate([frame[2] for frame in truth]))
    return Night(
        radars=radars,
        look_ns=START_NS + look_ns,
        look_radar=look_radar,
        look_scan=look_scan,
        late_ns=np.rint(late.uniform(0.0, 1.0, len(looks)) * family.latest_s * SECOND_NS).astype(np.int64),
        measured=np.concatenate(seen),
        look=np.repeat(np.arange(len(looks)), [len(rows) for rows in seen]),
        cause=np.concatenate(causes),
        truth_ns=START_NS + np.repeat([frame[0] for frame in truth], [len(frame[1]) for frame in truth]),
        truth_target=np.concatenate([frame[1] for frame in truth]),
        truth_geodetic=np.stack([latitude_rad, longitude_rad, height_m], axis=-1),
        truth_velocity=np.concatenate([frame[3] for frame in truth]),
        style=flight.style,
    )


def look(
    family: Family, radars: Radars, radar: int, at_m: Floats, alive: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Floats, Ints]:
    """What one radar reports, in random order, and the target behind each row (-1: none)."""
    offset_m = at_m - radars.ecef_m[radar]
    near = np.flatnonzero(alive & ((offset_m * offset_m).sum(axis=1) < FURTHEST_M**2))
    exact = np.stack(range_azimuth_elevation(rotated(radars.axes[radar], offset_m[near])), axis=-1)
    near, exact = near[exact[:, 0] > NEAREST_M], exact[exact[:, 0] > NEAREST_M]
    hit = rng.uniform(size=len(near)) < family.p_detect
    real = exact[hit] + rng.normal(size=(int(hit.sum()), 3)) * NOISE_SD
    false = rng.poisson(family.false_per_look)
    slant_m = FURTHEST_M * np.sqrt(rng.uniform(0.01, 1.0, false))  # even over the ground beyond a tenth of the range
    climb = np.minimum(rng.uniform(0.0, 2_000.0, false) / slant_m, 1.0)
    nothing = np.stack([slant_m, rng.uniform(0.0, 2.0 * np.pi, false), np.arcsin(climb)], axis=-1)
    rows = np.concatenate([real, nothing]) + radars.bias[radar]
    over = rows[:, 2] > np.pi / 2  # over the zenith is down the other side
    rows[over, 2] = np.pi - rows[over, 2]
    rows[over, 1] += np.pi
    rows[:, 1] %= 2.0 * np.pi
    order = rng.permutation(len(rows))
    return rows[order], np.concatenate([near[hit], np.full(false, -1)])[order]

"""How a track begins from one plot: written into the bank's columns."""

import math

import numpy as np
from numba import njit

from dronewall.kernels.columns import Knobs, TrackColumns
from dronewall.kernels.motion import up_of
from dronewall.kernels.plots import AZIMUTH, ELEVATION, RANGE
from dronewall.units import Floats

NO_HEIGHT_SD_M = 1500.0  # of what a radar without elevation sees first


@njit(cache=True, error_model="numpy")
def begin(
    b: TrackColumns, w: int, key: int, r: float, time_ns: int, s: int, place: Floats, A: Floats, z: Floats, var: Floats,
    motion: Floats, k: Knobs,
) -> None:  # fmt: skip
    """Write track `w` from one plot: the place that was measured, at rest, as fast as things fly."""
    models = b.mu.shape[1]
    has_e = var[ELEVATION] < np.inf
    elevation = z[ELEVATION] if has_e else 0.0
    sin_a, cos_a = math.sin(z[AZIMUTH]), math.cos(z[AZIMUTH])
    sin_e, cos_e = math.sin(elevation), math.cos(elevation)
    slant = z[RANGE]
    up_sd2 = slant * slant * var[ELEVATION] if has_e else NO_HEIGHT_SD_M * NO_HEIGHT_SD_M
    across2 = (slant * cos_e) ** 2 * var[AZIMUTH]
    B = np.empty((3, 3))
    for i in range(3):
        level = sin_a * A[0, i] + cos_a * A[1, i]
        B[0, i] = cos_e * level + sin_e * A[2, i]
        B[1, i] = cos_a * A[0, i] - sin_a * A[1, i]
        B[2, i] = -sin_e * level + cos_e * A[2, i]
    for i in range(3):
        b.x[w, 0, i] = place[i] + slant * B[0, i]
        b.x[w, 0, 3 + i] = 0.0
    u0, u1, u2, _ = up_of(b.x[w, 0, 0], b.x[w, 0, 1], b.x[w, 0, 2])
    u = (u0, u1, u2)
    level2, climb2 = k.speed_sd_mps**2, k.first_climb_sd_mps**2
    for i in range(3):
        for j in range(i, 3):
            C = var[RANGE] * B[0, i] * B[0, j] + across2 * B[1, i] * B[1, j] + up_sd2 * B[2, i] * B[2, j]
            b.P[w, 0, i, j] = b.P[w, 0, j, i] = C
            V = (climb2 - level2) * u[i] * u[j] + (level2 if i == j else 0.0)
            b.P[w, 0, 3 + i, 3 + j] = b.P[w, 0, 3 + j, 3 + i] = V
        for j in range(3):
            b.P[w, 0, i, 3 + j] = b.P[w, 0, 3 + j, i] = 0.0
    for m in range(models):
        if m > 0:
            b.x[w, m] = b.x[w, 0]
            b.P[w, m] = b.P[w, 0]
        b.mu[w, m] = motion[m, 0]
    b.key[w], b.number[w], b.identity[w] = key, 0, -1
    b.time_ns[w] = b.first_ns[w] = time_ns
    b.confirmed_ns[w] = b.claim_ns[w] = b.classed_ns[w] = 0
    b.conflict[w] = b.doubt[w] = 0.0
    b.signature[w, :] = 0.0
    b.feature[w, :] = 0.0
    b.seen[w, :] = False
    b.detections[w] = 0
    b.plot_sensor[w], b.plot_ns[w], b.plot_other_ns[w] = -1, 0, 0
    b.r[w] = r

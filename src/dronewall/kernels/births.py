"""How a track begins from one plot: written into the bank's columns."""

import math

import numpy as np
from numba import njit

from dronewall.kernels.columns import Knobs
from dronewall.kernels.inner import inner
from dronewall.kernels.manners import SHARE
from dronewall.kernels.motion import FIRST_SPEED, up_of
from dronewall.kernels.plots import AZIMUTH, ELEVATION, RANGE
from dronewall.units import Floats

UNUSUAL, CEILING_M = 0.1, 15_000.0  # share of what flies at no usual height, and how high
NO_HEIGHT_SD_M = 1500.0  # of what a radar without elevation sees first


@njit(cache=True, error_model="numpy")
def begin(
    x: Floats, P: Floats, mu: Floats, w: int, models: int, place: Floats, A: Floats, z: Floats, var: Floats, j: int,
    motion: Floats, k: Knobs, ground_m: float,
) -> None:  # fmt: skip
    """Write the state of track `w` from plot `j`: the place that was measured, at rest, as fast as things fly.

    P = rr' + aa' + ee' over the plot's errors along the line of sight, across it and upward; speeds are even over the
    level and small upward.
    """
    has_e = var[j, ELEVATION] < np.inf
    azimuth, elevation = z[j, AZIMUTH], z[j, ELEVATION] if has_e else 0.0
    sin_a, cos_a = math.sin(azimuth), math.cos(azimuth)
    sin_e, cos_e = math.sin(elevation), math.cos(elevation)
    slant = z[j, RANGE]
    along = math.sqrt(var[j, RANGE])
    across = slant * cos_e * math.sqrt(var[j, AZIMUTH])
    upward = slant * math.sqrt(var[j, ELEVATION]) if has_e else NO_HEIGHT_SD_M
    r, a, e, u, c = np.empty(3), np.empty(3), np.empty(3), np.empty(3), np.empty(3)
    at, cov = w * models * 6, w * models * 36
    for i in range(3):
        level = sin_a * A[0, i] + cos_a * A[1, i]
        sight = cos_e * level + sin_e * A[2, i]
        r[i], a[i] = along * sight, across * (cos_a * A[0, i] - sin_a * A[1, i])
        e[i] = upward * (cos_e * A[2, i] - sin_e * level)
        x[at + i], x[at + 3 + i] = place[i] + slant * sight, 0.0
    u[0], u[1], u[2], height = up_of(x[at], x[at + 1], x[at + 2])
    spread = 0.0
    for i in range(3):
        c[i] = 0.0
        for q in range(3):
            c[i] += (r[i] * r[q] + a[i] * a[q] + e[i] * e[q]) * u[q]
        spread += u[i] * c[i]
    shift, less = usual_height(height - ground_m, spread, k.usual_height_m, k.usual_height_sd_m)
    for i in range(3):
        x[at + i] += c[i] * shift
        for q in range(i, 3):
            C = r[i] * r[q] + a[i] * a[q] + e[i] * e[q] - less * (c[i] * c[q])
            P[cov + i * 6 + q] = P[cov + q * 6 + i] = C
        for q in range(3):
            P[cov + i * 6 + 3 + q] = P[cov + (3 + q) * 6 + i] = 0.0
    climb2 = k.first_climb_sd_mps**2
    for m in range(models - 1, -1, -1):
        mu[w * models + m] = motion[m, SHARE]
        speed = motion[m, FIRST_SPEED] if motion[m, FIRST_SPEED] > 0.0 else k.speed_sd_mps
        level2 = speed * speed
        here = cov + m * 36
        if m > 0:
            for i in range(6):
                x[at + m * 6 + i] = x[at + i]
            for i in range(36):
                P[here + i] = P[cov + i]
        for i in range(3):
            for q in range(i, 3):
                V = (climb2 - level2) * u[i] * u[q] + (level2 if i == q else 0.0)
                P[here + 21 + i * 6 + q] = P[here + 21 + q * 6 + i] = V


@inner
def usual_height(height_m: float, spread2: float, usual_m: float, usual_sd_m: float) -> tuple[float, float]:
    """What a first plot's height above ground, of variance `spread2`, makes of the heights that things fly at.

    Nine in ten are normal about `usual_m`, the rest anywhere below CEILING_M; moments of the mixture of both. Gives s
    and l: the place moves by s times its covariance with the height, and loses l times that vector's square.
    """
    S = spread2 + usual_sd_m * usual_sd_m
    nu = usual_m - height_m
    usual = (1.0 - UNUSUAL) * math.exp(-0.5 * nu * nu / S) / math.sqrt(2.0 * math.pi * S)
    part = usual / (usual + UNUSUAL / CEILING_M)
    return part * nu / S, part * (1.0 / S - (1.0 - part) * nu * nu / (S * S))

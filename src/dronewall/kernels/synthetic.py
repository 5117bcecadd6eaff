"""Kernels of `geo/synthetic.py`: gradient noise on a hashed lattice, and a cubic spline over a coarse grid."""

import numpy as np
from numba import njit

from dronewall.units import Floats

CHUNK = 1024


@njit(cache=True, inline="always")
def _hash(column: np.int32, row: np.int32, salt: np.uint32) -> np.uint32:
    """32 well-mixed bits of a lattice node (the finaliser `lowbias32`, C. Wellons, hash-prospector, 2018)."""
    h = np.uint32(np.uint32(column) * np.uint32(0x8DA6B343) + np.uint32(row) * np.uint32(0xD8163841) + np.uint32(salt))
    h = np.uint32(h ^ (h >> np.uint32(16)))
    h = np.uint32(h * np.uint32(0x7FEB352D))
    h = np.uint32(h ^ (h >> np.uint32(15)))
    h = np.uint32(h * np.uint32(0x846CA68B))
    return np.uint32(h ^ (h >> np.uint32(16)))


@njit(cache=True, inline="always")
def _toward(h: np.uint32, dx: float, dy: float) -> float:
    """A node's random gradient, its parts uniform in [-1, 1], along (dx, dy)."""
    gx = np.int32(h & np.uint32(0xFFFF)) * (2.0 / 65535.0) - 1.0
    gy = np.int32(h >> np.uint32(16)) * (2.0 / 65535.0) - 1.0
    return gx * dx + gy * dy


@njit(cache=True)
def _add_noise(x: Floats, y: Floats, wavelength: float, gain: float, salt: np.uint32, out: Floats) -> None:
    """Add `gain` times gradient noise of unit variance to `out` (Perlin, "Improving noise", SIGGRAPH 2002).

    Each salt turns and shifts the lattice, so that octaves share no nodes and no axes.
    """
    turn = 0.1 + (salt % np.uint32(6151)) * 1e-3
    c, s = np.cos(turn) / wavelength, np.sin(turn) / wavelength
    shift = (salt % np.uint32(997)) / 997.0
    # With these gradients the noise has a standard deviation of 0.176 over a cell.
    scale = gain / 0.176
    for i in range(x.shape[0]):
        u = c * x[i] - s * y[i] + shift
        v = s * x[i] + c * y[i] + shift
        fu, fv = np.floor(u), np.floor(v)
        p, q = u - fu, v - fv
        column, row = np.int32(fu), np.int32(fv)
        right, above = np.int32(column + 1), np.int32(row + 1)
        a = _toward(_hash(column, row, salt), p, q)
        b = _toward(_hash(right, row, salt), p - 1.0, q)
        d = _toward(_hash(column, above, salt), p, q - 1.0)
        e = _toward(_hash(right, above, salt), p - 1.0, q - 1.0)
        wp = p * p * p * (p * (p * 6.0 - 15.0) + 10.0)
        wq = q * q * q * (q * (q * 6.0 - 15.0) + 10.0)
        low = a + wp * (b - a)
        high = d + wp * (e - d)
        out[i] += scale * (low + wq * (high - low))


@njit(cache=True)
def noise(x: Floats, y: Floats, wavelengths: Floats, gains: Floats, salts: np.ndarray) -> Floats:
    """Sum of octaves of gradient noise [shape=(n,)] at (x, y); each octave has unit variance times gain squared."""
    out = np.zeros(x.shape[0])
    for first in range(0, x.shape[0], CHUNK):
        part = slice(first, min(first + CHUNK, x.shape[0]))
        for octave in range(wavelengths.shape[0]):
            _add_noise(x[part], y[part], wavelengths[octave], gains[octave], salts[octave], out[part])
    return out


@njit(cache=True)
def spline(row: Floats, column: Floats, coefficients: Floats, out: Floats) -> None:
    """Values [shape=(layers, n)] of the cubic B-spline with these coefficients [shape=(layers, rows, columns)].

    Beyond the grid the values of its edge run on. `out` is written over.
    """
    layers, rows, columns = coefficients.shape
    for i in range(row.shape[0]):
        r = min(max(row[i], 1.0), rows - 2.000001)
        c = min(max(column[i], 1.0), columns - 2.000001)
        r0, c0 = int(r), int(c)
        t, u = r - r0, c - c0
        ra, rb, rd = (1.0 - t) * (1.0 - t) * (1.0 - t) / 6.0, (4.0 + t * t * (3.0 * t - 6.0)) / 6.0, t * t * t / 6.0
        ca, cb, cd = (1.0 - u) * (1.0 - u) * (1.0 - u) / 6.0, (4.0 + u * u * (3.0 * u - 6.0)) / 6.0, u * u * u / 6.0
        rc, cc = 1.0 - ra - rb - rd, 1.0 - ca - cb - cd
        for layer in range(layers):
            total = 0.0
            for j, weight in enumerate((ra, rb, rc, rd)):
                line = coefficients[layer, r0 - 1 + j]
                total += weight * (ca * line[c0 - 1] + cb * line[c0] + cc * line[c0 + 1] + cd * line[c0 + 2])
            out[layer, i] = total

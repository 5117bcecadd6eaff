"""Kernels of the synthetic ground beside slow, obvious twins in Python and scipy."""

import numpy as np
import pytest
from scipy import ndimage

from dronewall.kernels import synthetic

WORD = 0xFFFFFFFF


def plain_hash(column: int, row: int, salt: int) -> int:
    h = ((column & WORD) * 0x8DA6B343 + (row & WORD) * 0xD8163841 + salt) & WORD
    h ^= h >> 16
    h = h * 0x7FEB352D & WORD
    h ^= h >> 15
    h = h * 0x846CA68B & WORD
    return h ^ (h >> 16)


def plain_noise(x: float, y: float, wavelength: float, gain: float, salt: int) -> float:
    turn = 0.1 + salt % 6151 * 1e-3
    shift = salt % 997 / 997.0
    u = (np.cos(turn) * x - np.sin(turn) * y) / wavelength + shift
    v = (np.sin(turn) * x + np.cos(turn) * y) / wavelength + shift
    column, row = int(np.floor(u)), int(np.floor(v))
    p, q = u - column, v - row

    def corner(i: int, j: int) -> float:
        h = plain_hash(column + i, row + j, salt)
        gradient = np.array([h & 0xFFFF, h >> 16]) * (2.0 / 65535.0) - 1.0
        return float(gradient @ [p - i, q - j])

    def fade(t: float) -> float:
        return t**3 * (t * (t * 6.0 - 15.0) + 10.0)

    low = (1 - fade(p)) * corner(0, 0) + fade(p) * corner(1, 0)
    high = (1 - fade(p)) * corner(0, 1) + fade(p) * corner(1, 1)
    return gain / 0.176 * ((1 - fade(q)) * low + fade(q) * high)


def test_noise_is_that_of_its_twin() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.uniform(-3e6, 3e6, 50), rng.uniform(-1e7, 1e7, 50)
    wavelengths, gains = np.array([5_000.0, 300.0]), np.array([1.0, 0.4])
    salts = np.array([4_000_000_000, 17], np.uint32)
    ours = synthetic.noise(x, y, wavelengths, gains, salts)
    twin = [
        sum(plain_noise(a, b, w, g, int(s)) for w, g, s in zip(wavelengths, gains, salts, strict=True))
        for a, b in zip(x, y, strict=True)
    ]
    np.testing.assert_allclose(ours, twin, atol=1e-6)


def test_an_octave_has_unit_variance_and_no_mean() -> None:
    rng = np.random.default_rng(4)
    x, y = rng.uniform(-1e6, 1e6, (2, 200_000))
    found = synthetic.noise(x, y, np.array([500.0]), np.array([1.0]), np.array([99], np.uint32))
    assert found.std() == pytest.approx(1.0, abs=0.02)
    assert found.mean() == pytest.approx(0.0, abs=0.02)


def test_the_spline_is_that_of_scipy() -> None:
    rng = np.random.default_rng(5)
    grids = rng.normal(size=(2, 12, 15))
    coefficients = np.stack([ndimage.spline_filter(grid, order=3, mode="mirror") for grid in grids])
    row, column = rng.uniform(1.0, 9.9, 200), rng.uniform(1.0, 12.9, 200)
    out = np.empty((2, 200))
    synthetic.spline(row, column, coefficients, out)
    for layer in range(2):
        theirs = ndimage.map_coordinates(grids[layer], [row, column], order=3, mode="mirror")
        np.testing.assert_allclose(out[layer], theirs, atol=1e-12)


def test_beyond_the_grid_the_edge_runs_on() -> None:
    coefficients = np.arange(48.0).reshape(1, 6, 8)
    out = np.empty((1, 2))
    synthetic.spline(np.array([-50.0, 1.0]), np.array([3.0, 3.0]), coefficients, out)
    assert out[0, 0] == out[0, 1]

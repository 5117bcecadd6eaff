"""Bilinear heights of a mosaic beside a slow, obvious twin."""

import numpy as np

from dronewall.kernels import hgt


def test_heights_are_those_of_the_twin() -> None:
    rng = np.random.default_rng(6)
    nodes = 5
    which = np.array([[0, 1, -1], [2, -1, 3]], np.int64)
    tiles = rng.integers(0, 500, (4, nodes, nodes)).astype(np.int16)
    row, column = rng.uniform(0, 8, 400), rng.uniform(0, 12, 400)

    def twin(r: float, c: float) -> float:
        tile = which[int(r) // 4, int(c) // 4]
        if tile < 0:
            return np.nan
        grid, j, k = tiles[tile].astype(float), int(r) % 4, int(c) % 4
        weights = np.outer([1 - r % 1, r % 1], [1 - c % 1, c % 1])
        return float((grid[j : j + 2, k : k + 2] * weights).sum())

    ours = hgt.bilinear(row, column, which, tiles)
    np.testing.assert_allclose(ours, [twin(r, c) for r, c in zip(row, column, strict=True)], atol=1e-9)
    assert np.isnan(ours).any()


def test_what_is_not_a_number_has_no_height() -> None:
    tiles = np.zeros((1, 3, 3), np.int16)
    found = hgt.bilinear(np.array([np.nan, 1.0]), np.array([1.0, np.nan]), np.zeros((1, 1), np.int64), tiles)
    assert np.isnan(found).all()


def test_one_tile_after_the_other_gives_the_same_bits() -> None:
    rng = np.random.default_rng(9)
    tiles = rng.integers(-50, 3000, (3, 11, 11)).astype(np.int16)
    which = np.array([[0, -1, 1], [-1, 2, -1]])
    row = np.concatenate([rng.uniform(-1.0, 21.0, 4000), rng.integers(0, 21, 500)])
    column = np.concatenate([rng.uniform(-1.0, 31.0, 4000), rng.integers(0, 31, 500)])
    out = np.full(len(row), np.nan)
    home = hgt.homes(row, column, which, 10)
    for number, (north, west) in enumerate(((0, 0), (0, 20), (10, 10))):
        hgt.fill_bilinear(row, column, np.flatnonzero(home == number), north, west, tiles[number], out)
    np.testing.assert_array_equal(out, hgt.bilinear(row, column, which, tiles))
    assert 0 < np.isnan(out).sum() < len(out)

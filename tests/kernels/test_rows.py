"""Covariances turned into local axes against the product of matrices."""

import numpy as np

from dronewall.kernels.rows import turn


def test_a_turned_covariance_is_the_product_of_matrices() -> None:
    rng = np.random.default_rng(2)
    axes = np.linalg.qr(rng.normal(size=(5, 3, 3)))[0]
    root = rng.normal(size=(5, 6, 6))
    cov, found = root @ root.transpose(0, 2, 1), np.empty((5, 6, 6))
    turn(axes, cov, found)
    big = np.zeros((5, 6, 6))
    big[:, :3, :3] = big[:, 3:, 3:] = axes
    np.testing.assert_allclose(found, big @ cov @ big.transpose(0, 2, 1), rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(found, found.transpose(0, 2, 1))

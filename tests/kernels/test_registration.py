"""The kernels of registration against slow, obvious twins."""

import numpy as np

from dronewall.geo.frames import LocalFrame, from_range_azimuth_elevation
from dronewall.kernels import registration as kernel

RNG = np.random.default_rng(5)
HERE = LocalFrame.at(np.radians(56.5), np.radians(27.5), 20.0)
SD = np.array([15.0, np.radians(0.4), np.radians(0.8)])


def seen_at(z: np.ndarray) -> np.ndarray:
    """The place of a plot."""
    return HERE.to_ecef(from_range_azimuth_elevation(z[0], z[1], z[2]))


def test_a_residuals_derivatives_are_those_of_the_place():
    z = np.array([12000.0, 2.1, 0.06])
    d, J, C = np.empty(3), np.empty((3, 3)), np.empty((3, 3))
    kernel.residual(z, SD, np.zeros(4), seen_at(z), HERE.origin_ecef_m, HERE.axes, d, J, C)
    assert np.abs(d).max() < 0.01  # metres
    for k, step in enumerate((1.0, 1e-5, 1e-5)):
        other = z.copy()
        other[k] += step
        slope = (seen_at(other) - seen_at(z)) / step
        assert np.allclose(J[:, k], slope, rtol=1e-3, atol=0.5 if k else 1e-3)
    assert np.allclose(C, J @ np.diag(SD**2) @ J.T, rtol=1e-9)


def some_information(n: int, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    info, eta = np.zeros((len(ends), 8, 8)), RNG.normal(size=(len(ends), 8))
    for e in range(len(ends)):
        rows = RNG.normal(size=(9, 8))
        info[e] = rows.T @ rows
    return info, eta


def dense(info: np.ndarray, ends: np.ndarray, prior: np.ndarray) -> np.ndarray:
    whole = np.diag(prior.ravel())
    for block, (i, j) in zip(info, ends, strict=True):
        at = np.r_[4 * i : 4 * i + 4, 4 * j : 4 * j + 4]
        whole[np.ix_(at, at)] += block
    return whole


def test_the_banded_solution_is_that_of_the_whole_matrix():
    n, ends = 6, np.array([(0, 1), (1, 2), (2, 3), (0, 2), (4, 5), (3, 5)])
    info, eta = some_information(n, ends)
    prior = RNG.uniform(0.5, 2.0, (n, 4))
    whole, right = dense(info, ends, prior), np.zeros(4 * n)
    for vector, (i, j) in zip(eta, ends, strict=True):
        right[np.r_[4 * i : 4 * i + 4, 4 * j : 4 * j + 4]] += vector
    order = np.array([3, 0, 5, 1, 4, 2])
    b, P, cross = np.zeros((n, 4)), np.zeros((n, 4, 4)), np.zeros((len(ends), 4, 4))
    kernel.solve(info, eta, ends, prior, order, b, P, cross)
    inverse = np.linalg.inv(whole)
    assert np.allclose(b.ravel(), inverse @ right, rtol=1e-8, atol=1e-10)
    for i in range(n):
        assert np.allclose(P[i], inverse[4 * i : 4 * i + 4, 4 * i : 4 * i + 4], rtol=1e-8, atol=1e-10)
    for e, (i, j) in enumerate(ends):
        assert np.allclose(cross[e], inverse[4 * i : 4 * i + 4, 4 * j : 4 * j + 4], rtol=1e-8, atol=1e-10)


def test_what_fades_keeps_its_mean_and_a_lone_bias_gains_the_walks_variance():
    ends, prior = np.array([(0, 1)]), np.full((2, 4), 1e-9)
    info, eta = np.zeros((1, 8, 8)), np.zeros((1, 8))
    info[0], eta[0] = np.diag(np.arange(1.0, 9.0)), np.arange(8.0)
    b, P, cross = np.zeros((2, 4)), np.zeros((2, 4, 4)), np.zeros((1, 4, 4))
    order = np.arange(2)
    kernel.solve(info, eta, ends, prior, order, b, P, cross)
    before, variance = b.copy(), np.array([np.diag(p) for p in P])
    drift = np.full((2, 4), 0.01)
    kernel.forget(info, eta, ends, b, drift, 7.0)
    kernel.solve(info, eta, ends, prior, order, b, P, cross)
    assert np.allclose(b, before, atol=1e-6)
    assert np.allclose(np.array([np.diag(p) for p in P]), variance + 0.07, rtol=1e-6)


def test_pairs_of_one_place_give_back_the_difference_of_two_biases():
    """The same plots through a pair and through textbook least squares."""
    place = HERE.to_ecef(np.array([4000.0, 7000.0, 800.0]))
    other = LocalFrame.at(np.radians(56.6), np.radians(27.7), 30.0)
    s, A = np.stack([HERE.origin_ecef_m, other.origin_ecef_m]), np.stack([HERE.axes, other.axes])
    x, Pv = np.concatenate([place, [10.0, -20.0, 5.0]]), np.eye(3)
    zero, P, cross = np.zeros((2, 4)), np.zeros((2, 4, 4)), np.zeros((4, 4))
    info, eta = np.zeros((8, 8)), np.zeros(8)
    plots = []
    for i in (0, 1):
        local = A[i] @ (place - s[i])
        flat = np.hypot(local[0], local[1])
        plots.append(np.array([np.hypot(flat, local[2]), np.arctan2(local[0], local[1]), np.arctan2(local[2], flat)]))
    off = np.array([25.0, np.radians(0.3), np.radians(-0.2)])
    found, d2 = kernel.take_pair(
        0, plots[0] + off, SD, 1, plots[1], SD, 0.0, x, Pv, s, A, np.zeros(2, bool), zero, P, cross,
        25.0, 25.0, True, info, eta, np.empty((kernel.WORK, 3, 8)),
    )  # fmt: skip
    parts = []
    for i in (0, 1):
        d, J, C = np.empty(3), np.empty((3, 3)), np.empty((3, 3))
        kernel.residual(plots[i] + (off if i == 0 else 0.0), SD, zero[0], place, s[i], A[i], d, J, C)
        parts.append((d, J, C))
    H = np.zeros((3, 8))
    H[:, :3], H[:, 4:7] = parts[0][1], -parts[1][1]
    H[:, 3], H[:, 7] = -x[3:], x[3:]
    W = np.linalg.inv(parts[0][2] + parts[1][2])
    difference = parts[0][0] - parts[1][0]
    assert found == kernel.USED
    assert np.isclose(d2, difference @ W @ difference)
    assert np.allclose(info, H.T @ W @ H, rtol=1e-8)
    assert np.allclose(eta, H.T @ W @ difference, rtol=1e-8, atol=1e-9)

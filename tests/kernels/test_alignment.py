"""The kernels that work biases out, against slow, obvious twins."""

import numpy as np
import pytest

from dronewall.kernels import alignment as kernel

RNG = np.random.default_rng(5)


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


@pytest.mark.parametrize("n", [1, 2, 7, 8, 9, 15, 16, 40, 127, 128])
def test_sums_and_medians_are_numpys_to_the_bit(n):
    values = RNG.normal(size=n) * 10.0 ** RNG.integers(-6, 6, n)
    assert kernel.total(values, n) == values.sum()
    assert kernel.median(values.copy(), n) == np.median(values)


def test_priors_are_weighed_as_the_formula_says():
    """MacKay 1992, eq. 4.8, for what the data show; a Student prior with three degrees of freedom for clocks."""
    n, least_spread2 = 9, 0.49
    first = np.tile([1.0 / 3600.0, 6000.0, 13000.0, 4.0], (n, 1))
    prior = first * RNG.uniform(1.0, 3.0, (n, 4))
    b = RNG.normal(size=(n, 4)) * [30.0, 0.01, 0.005, 0.2]
    P = np.zeros((n, 4, 4))
    variance = 1.0 / (prior + first * RNG.choice([0.5, 200.0], (n, 4)))
    P[:, range(4), range(4)] = variance
    seen = np.array([0, 1, 2, 4, 5, 6, 8])
    wanted = prior.copy()
    wanted[seen] = first[seen]
    for k in range(3):
        clear = [i for i in seen if 1.0 / variance[i, k] - prior[i, k] > kernel.CLEAR * first[i, k]]
        assert len(clear) > 1
        share = sum(1.0 - variance[i, k] * prior[i, k] for i in clear)
        least = least_spread2 / np.median([1.0 / variance[i, k] - prior[i, k] for i in clear])
        spread2 = max(sum(b[i, k] ** 2 for i in clear) / share, least)
        wanted[clear, k] = np.maximum(1.0 / spread2, first[clear, k])
    wanted[seen, 3] *= 4.0 / (3.0 + b[seen, 3] ** 2 * first[seen, 3])
    kernel.weigh_prior(b, P, prior, first, seen, least_spread2)
    assert np.allclose(prior, wanted, rtol=1e-12)


def test_only_what_is_known_is_taken_off_and_only_strangers_are_doubted():
    b, noise, prior_sd = np.full((2, 4), 0.5), np.full((2, 3), 1.0), np.full((2, 4), 1.0)
    P = np.zeros((2, 4, 4))
    P[0, range(4), range(4)], P[1, range(4), range(4)] = 0.16, 0.81
    bias, clock_s, bias_sd = np.ones((3, 4)), np.ones(3), np.ones((3, 4))
    strange = np.array([False, True])
    kernel.apply(np.array([2, 0]), b, P, noise, prior_sd, strange, 0.5, 0.8, 0.3, bias, clock_s, bias_sd)
    assert bias[2, :3].tolist() == [0.5] * 3
    assert clock_s[2] == 0.5
    assert bias[0, :3].tolist() == [0.0] * 3
    assert clock_s[0] == 0.0
    assert bias_sd[2, :3].tolist() == [0.0] * 3
    assert np.allclose(bias_sd[0, :3], 0.9)
    assert bias[1].tolist() == [1.0] * 4  # no sensor that fixes positions

"""The joint state of a group: prediction, update and sharing out against slow, obvious twins."""

import itertools

import numpy as np
import pytest

from dronewall.kernels import group_motion as motion
from dronewall.kernels import groups as kernel
from dronewall.kernels.clumps import linked
from dronewall.kernels.filters import POLAR, ROWS, absorb, measure
from dronewall.units import Floats

RADAR = np.array([3.53e6, 1.84e6, 4.97e6])
AXES = np.eye(3)
SD = np.array([15.0, 0.007, 0.014, np.nan, np.nan, np.nan])
CALM = np.array([(1.0, 0.1, 0.3, 0.0), (0.0, 60.0, 1.0, 0.02)])
TWO = np.array([(0.9, 0.1, 0.3, 0.0), (0.1, 2.0, 8.0, 0.0), (0.1, 60.0, 1.0, 0.02)])


def group(n: int, models: int, seed: int = 1) -> tuple[Floats, Floats, Floats]:
    """Members within some 100 m of one another 10 km from the radar, with a full random covariance."""
    rng = np.random.default_rng(seed)
    x = np.zeros((models, n, 6))
    x[:, :, :3] = RADAR + np.array([6000.0, 8000.0, 500.0]) + rng.normal(0.0, 100.0, (n, 3))
    x[:, :, 3:] = np.array([30.0, -20.0, 1.0]) + rng.normal(0.0, 1.0, (models, 1, 3))
    A = rng.normal(size=(models, 6 * n, 6 * n)) * np.tile([30.0] * 3 + [2.0] * 3, n)[:, None]
    return x, A @ A.transpose(0, 2, 1) / 6.0, np.full(models, 1.0 / models)


def plots(places: Floats, seed: int = 2) -> Floats:
    """What the radar measures of things at these places."""
    d = places - RADAR
    slant = np.sqrt((d * d).sum(axis=1))
    z = np.full((len(d), ROWS), np.nan)
    z[:, 0], z[:, 1], z[:, 2] = slant, np.arctan2(d[:, 0], d[:, 1]), np.arcsin(d[:, 2] / slant)
    return np.asarray(z + np.random.default_rng(seed).normal(size=z.shape) * SD)


def shared(x: Floats, P: Floats, mu: Floats, r: Floats, p: Floats, z: Floats, sweeps: int = 1) -> tuple[Floats, ...]:
    m = len(z)
    found: tuple[Floats, ...] = kernel.share(
        x, P, mu, r, p, POLAR, z, np.tile(SD, (m, 1)), np.tile(RADAR, (m, 1)), np.tile(AXES, (m, 1, 1)), 340.0,
        np.zeros(m), np.full(m, 1e-3), 25.0, sweeps, np.array([40.0, 8.0]),
    )  # fmt: skip
    return found


def test_two_halves_of_a_step_are_the_whole_step() -> None:
    x, P, mu = group(3, 1)
    twice_x, twice_P, twice_mu = x.copy(), P.copy(), mu.copy()
    motion.predict(x, P, mu, 2.0, CALM)
    for _ in range(2):
        motion.predict(twice_x, twice_P, twice_mu, 1.0, CALM)
    assert np.abs(x - twice_x)[..., :3].max() < 0.01  # m
    assert np.abs(P - twice_P).max() < 1e-3 * np.abs(P).max()


def test_a_prediction_adds_the_same_noise_to_every_pair_of_members_and_little_to_each() -> None:
    x, P, mu = group(3, 1)
    P[:] = 0.0
    motion.predict(x, P, mu, 2.0, CALM)
    blocks = P[0].reshape(3, 6, 3, 6)
    between = blocks[0, :, 1, :]
    assert np.allclose(between, blocks[1, :, 2, :])
    assert np.trace(between[3:, 3:]) == pytest.approx((0.1 + 0.3) * 2.0, rel=1e-6)
    own = blocks[0, :, 0, :] - between
    climb = 1.0 - np.exp(-2.0 * 2.0 / 60.0)
    assert np.trace(own[3:, 3:]) == pytest.approx(2.0 * 0.02 * 2.0 + climb, rel=1e-6)


def test_models_mix_as_their_chain_says() -> None:
    x, P, mu = group(2, 2)
    mean = (mu[:, None, None] * x).sum(axis=0)
    motion.predict(x, P, mu, 4.0, TWO)
    keep = np.exp(-0.4)
    assert mu == pytest.approx(keep * 0.5 + (1.0 - keep) * np.array([0.9, 0.1]))
    after = (mu[:, None, None] * x).sum(axis=0)
    change, up = after[:, 3:] - mean[:, 3:], mean[0, :3] / np.sqrt((mean[0, :3] ** 2).sum())
    level = change - (change * up).sum(axis=1)[:, None] * up  # mixing moves no mean; the climb forgets itself
    assert np.abs(level).max() < 0.02  # m/s


def test_a_group_of_one_and_one_sure_detection_is_the_plain_kalman_update() -> None:
    x, P, mu = group(1, 1)
    z = plots(x[0, :, :3])
    one_x, one_P = x[0, 0].copy(), P[0].copy()
    H, nu, R = np.empty((ROWS, 6)), np.empty(ROWS), np.empty(ROWS)
    measure(POLAR, one_x, one_P, z[0], SD, RADAR, AXES, 340.0, 0.0, H, nu, R)
    absorb(one_x, one_P, H, nu, R)
    beta, _, _, _ = shared(x, P, mu, np.array([0.999]), np.array([0.999]), z)
    assert beta[0, 0] > 0.9999
    assert np.abs(x[0, 0] - one_x)[:3].max() < 0.01  # m
    assert np.abs(P[0] - one_P).max() < 1e-3 * np.abs(one_P).max()


def test_a_detection_of_one_member_moves_the_others_as_the_joint_kalman_filter_says() -> None:
    x, P, mu = group(3, 1)
    z = plots(x[0, 1:2, :3])
    H, nu, R = np.empty((ROWS, 6)), np.empty(ROWS), np.empty(ROWS)
    measure(POLAR, x[0, 1], P[0, 6:12, 6:12], z[0], SD, RADAR, AXES, 340.0, 0.0, H, nu, R)
    big = np.zeros((3, 18))
    big[:, 6:12] = H[:3]
    K = P[0] @ big.T @ np.linalg.inv(big @ P[0] @ big.T + np.diag(R[:3]))
    expected_x, expected_P = x[0].ravel() + K @ nu[:3], P[0] - K @ big @ P[0]
    shared(x, P, mu, np.full(3, 0.999), np.array([0.0, 0.999, 0.0]), z)
    assert np.abs(x[0].ravel() - expected_x).max() < 0.05
    assert np.abs(P[0] - expected_P).max() < 2e-3 * np.abs(expected_P).max()


def enumerated(psi: Floats) -> Floats:
    """Exact marginals: every way to give each member one of the detections or none."""
    n, m = psi.shape
    total, beta = 0.0, np.zeros((n, m))
    for taken in itertools.product(range(-1, m), repeat=n):
        some = [j for j in taken if j >= 0]
        if len(set(some)) < len(some):
            continue
        weight = np.prod([psi[i, j] for i, j in enumerate(taken) if j >= 0])
        total += weight
        for i, j in enumerate(taken):
            if j >= 0:
                beta[i, j] += weight
    return beta / total


def test_marginals_without_a_loop_are_exact() -> None:
    psi = np.array([[3.0, 0.0, 0.0], [2.0, 5.0, 0.0], [0.0, 1.0, 4.0]])
    _, beta, none, new = kernel._marginals(psi)
    assert beta == pytest.approx(enumerated(psi), abs=1e-5)
    assert none == pytest.approx(1.0 - beta.sum(axis=1))
    assert new == pytest.approx(1.0 - beta.sum(axis=0), abs=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_marginals_of_small_clusters_are_near_those_of_enumeration(seed: int) -> None:
    psi = np.exp(np.random.default_rng(seed).normal(0.0, 2.0, (4, 4)))
    _, beta, _, _ = kernel._marginals(psi)
    assert np.abs(beta - enumerated(psi)).max() < 0.13


def test_covariances_stay_symmetric_and_positive_through_a_hundred_looks() -> None:
    x, P, mu = group(4, 2)
    r = np.full(4, 0.9)
    truth = x[0, :, :3].copy()
    for look in range(100):
        motion.predict(x, P, mu, 1.0, TWO)
        truth = truth + np.array([30.0, -20.0, 1.0])
        shared(x, P, mu, r, np.full(4, 0.9), plots(truth, seed=look), sweeps=3)
        for one in P:
            assert np.abs(one - one.T).max() <= 1e-9 * np.abs(one).max()
            assert np.linalg.eigvalsh(one).min() > 0.0
        assert mu.sum() == pytest.approx(1.0)
    assert np.sqrt(((x[0, :, :3] - truth) ** 2).sum(axis=1)).max() < 150.0  # m
    assert r.min() > 0.99


def test_of_three_tracks_for_two_things_one_goes() -> None:
    x, P, mu = group(3, 1)
    x[0, 2] = x[0, 1] + np.array([20.0, -20.0, 10.0, 0.0, 0.0, 0.0])
    P[0] = np.eye(18) * np.tile([60.0**2] * 3 + [3.0**2] * 3, 3)
    r, truth = np.full(3, 0.98), x[0, :2, :3].copy()
    for look in range(40):
        motion.predict(x, P, mu, 1.0, CALM)
        truth = truth + x[0, 0, 3:]
        shared(x, P, mu, r, np.full(3, 0.9), plots(truth, seed=look), sweeps=3)
    assert np.sort(r)[0] < 0.5
    assert np.sort(r)[1] > 0.9


def test_who_joins_flies_as_the_others_do() -> None:
    x, P, mu = group(3, 1)
    P[0, 12:, :12] = P[0, :12, 12:] = 0.0
    P[0, 12:, 12:] = np.diag([100.0**2] * 3 + [35.0**2] * 3)
    x[0, 2, 3:] = 0.0
    motion.join(x, P, mu, np.array([0.9, 0.9, 0.0]), 1.0, 60.0)
    others = x[0, :2, 3:].mean(axis=0)
    assert np.abs(x[0, 2, 3:] - others).max() < 1.0  # m/s
    assert np.sqrt(np.diag(P[0])[15:]).max() < 5.0
    assert np.linalg.eigvalsh(P[0]).min() > 0.0


@pytest.mark.parametrize("seed", range(5))
def test_chains_are_the_connected_components(seed: int) -> None:
    place = np.random.default_rng(seed).uniform(0.0, 1000.0, (40, 2))
    near = ((place[:, None] - place[None]) ** 2).sum(axis=2) < 110.0**2
    reach = near.copy()
    for _ in range(40):
        reach = reach @ near
    assert (linked(place, 110.0) == reach.argmax(axis=1)).all()

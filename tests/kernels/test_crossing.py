"""Kernels of crossed bearings against slow and obvious twins."""

import numpy as np
import pytest
from scipy.integrate import dblquad

from dronewall.kernels import crossing as kernel
from dronewall.units import Floats

SOUND_MPS = 340.0


def heard_azimuth(f: Floats, ear: Floats, t: float) -> float:
    """The bearing heard at t, by bisection of when the sound was made."""
    low, high = t - 200.0, t
    for _ in range(100):
        made = 0.5 * (low + high)
        there = np.array([f[0] + f[3] * made, f[1] + f[4] * made, f[2]])
        if made + np.sqrt(((there - ear) ** 2).sum()) / SOUND_MPS > t:
            high = made
        else:
            low = made
    return float(np.arctan2(there[0] - ear[0], there[1] - ear[1]))


@pytest.mark.parametrize("seed", range(5))
def test_a_bearing_points_to_where_the_sound_was_made(seed: int) -> None:
    rng = np.random.default_rng(seed)
    f = np.array([*rng.uniform(-3000.0, 3000.0, 2), 300.0, *rng.uniform(-60.0, 60.0, 2)])
    ear, t, H = rng.uniform(-2000.0, 2000.0, 3) * [1.0, 1.0, 0.0], -7.0, np.empty(5)
    azimuth, _, _ = kernel._bearing(f, ear, t, SOUND_MPS, H)
    assert azimuth == pytest.approx(heard_azimuth(f, ear, t), abs=1e-6)
    for i in range(5):
        step = np.zeros(5)
        step[i] = 0.01
        moved = [heard_azimuth(f + sign * step, ear, t) for sign in (1.0, -1.0)]
        assert H[i] == pytest.approx((moved[0] - moved[1]) / 0.02, abs=1e-6)


def test_a_machine_that_drifts_by_is_weighed_as_the_integral_over_its_bearing_and_drift() -> None:
    t, az, sd = np.array([-9.0, -5.0, -4.0, 0.0]), np.array([1.02, 1.05, 1.03, 1.10]), np.full(4, 0.05)
    drift_sd = 0.01

    def density(drift: float, start: float) -> float:
        off = (az - start - drift * t) / sd
        hits = np.exp(-0.5 * off**2) / sd / np.sqrt(2.0 * np.pi)
        prior = np.exp(-0.5 * (drift / drift_sd) ** 2) / drift_sd / np.sqrt(2.0 * np.pi)
        return float(hits.prod() * prior / (2.0 * np.pi))

    slow, _ = dblquad(density, 0.5, 1.6, -0.06, 0.06)
    assert kernel.burst(t, az, sd, drift_sd) == pytest.approx(np.log(slow), abs=1e-3)


def test_small_matrices_are_inverted_as_numpy_does() -> None:
    root = np.random.default_rng(1).normal(size=(5, 5))
    A, B = root @ root.T + np.eye(5), np.empty((5, 5))
    assert kernel.inverse(A, B)
    np.testing.assert_allclose(B, np.linalg.inv(A), rtol=1e-9)
    assert kernel.log_det(A) == pytest.approx(np.linalg.slogdet(A)[1])
    assert not kernel.inverse(-A, B)
    assert np.isnan(kernel.log_det(-A))


def test_a_flight_is_found_among_false_bearings_from_a_guess_500_m_off() -> None:
    rng = np.random.default_rng(3)
    truth, sd = np.array([400.0, 2500.0, 300.0, -40.0, -30.0]), 0.02
    ears = np.array([[0.0, 0.0, 0.0], [4000.0, 300.0, 0.0], [1500.0, 4500.0, 0.0]])[np.arange(45) % 3]
    t, H = np.linspace(-30.0, 0.0, 45), np.empty(5)
    az = np.array([kernel._bearing(truth, s, at, SOUND_MPS, H)[0] for s, at in zip(ears, t, strict=True)])
    az += rng.normal(size=45) * sd
    wrong = rng.uniform(size=45) < 0.25
    az[wrong] = rng.uniform(-np.pi, np.pi, wrong.sum())
    f = truth + np.array([400.0, -300.0, 0.0, 15.0, 10.0])
    nothing, info = np.full(45, np.nan), np.empty((5, 5))
    weight, off, size = np.empty(45), np.empty(45), np.empty(45)
    assert kernel.refine(
        f, truth + np.array([300.0, 300.0, 0.0, 40.0, 30.0]), np.array([3000.0, 3000.0, 250.0, 35.0, 35.0]) ** -2.0,
        ears, t, az, np.full(45, sd), nothing, np.ones(45), np.full(45, 50.0), 0.8, np.full(45, SOUND_MPS),
        info, weight, off, size,
    )  # fmt: skip
    assert np.hypot(*(f - truth)[:2]) < 150.0
    assert np.hypot(*(f - truth)[3:]) < 8.0
    assert (weight[~wrong] > 0.5).mean() > 0.9
    assert (weight[wrong] < 0.5).mean() > 0.8

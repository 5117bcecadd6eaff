"""Kernels of simulated paths beside slow, obvious twins in numpy."""

import numpy as np
import pytest
from scipy.ndimage import uniform_filter1d

from dronewall.kernels import paths

STEP_NS = 10**9


def test_a_place_on_the_way_is_the_plain_interpolation() -> None:
    rng = np.random.default_rng(1)
    knots, rates = rng.normal(size=(50, 3)) * 1e6, rng.normal(size=(50, 3)) * 50.0
    since_ns = rng.integers(-3 * STEP_NS, 53 * STEP_NS, 1_000)
    steps = since_ns / STEP_NS
    knot = np.clip(np.floor(steps).astype(np.int64), 0, 48)
    part = (steps - knot)[:, None]
    places, velocities = paths.along(knots, rates, since_ns, STEP_NS)
    assert np.array_equal(places, knots[knot] + part * (knots[knot + 1] - knots[knot]))
    within = np.clip(part, 0.0, 1.0)
    assert np.array_equal(velocities, rates[knot] + within * (rates[knot + 1] - rates[knot]))


def test_noise_forgets_as_the_plain_sum_does() -> None:
    values, keep = np.random.default_rng(2).normal(size=300), 0.9
    weights = (1.0 - keep) * keep ** np.arange(300)
    plain = [float(values[i::-1] @ weights[: i + 1]) for i in range(300)]
    assert paths.forgetting(values, keep) == pytest.approx(plain, abs=1e-12)


@pytest.mark.parametrize(("n", "size"), [(400, 61), (20, 7), (30, 61), (1, 5), (50, 1)])
def test_the_running_mean_is_that_of_scipy_to_the_bit(n: int, size: int) -> None:
    values = np.random.default_rng(3).normal(size=n) * 100.0
    assert np.array_equal(paths.running_mean(values, size), uniform_filter1d(values, size, mode="nearest"))

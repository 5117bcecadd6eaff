"""Kernels of simulated paths beside slow, obvious twins in numpy."""

import numpy as np
import pytest

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

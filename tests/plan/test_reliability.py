"""What a plan says comes true in a rehearsal, and the test would tell if it did not."""

import numpy as np
import pytest

from benchmarks.plan.rehearsal import crossings
from dronewall.errors import BadInput
from dronewall.plan.reliability import reliability


def drawn(seed: int, n: int, shift: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Predictions over the whole range, and outcomes of a world in which each gathers `shift` times as much."""
    rng = np.random.default_rng(seed)
    gathered = rng.exponential(0.8, n)
    return -np.expm1(-gathered), rng.uniform(size=n) < -np.expm1(-gathered * shift)


@pytest.mark.parametrize("seed", range(5))
def test_a_true_model_holds_and_one_that_gathers_a_fifth_too_much_does_not(seed: int) -> None:
    assert reliability(*drawn(seed, 4_000)).holds
    assert not reliability(*drawn(seed, 4_000, 0.8)).holds


def test_groups_of_a_true_model_are_covered_95_times_in_100() -> None:
    assert reliability(*drawn(7, 40_000)).covered == pytest.approx(0.95, abs=0.015)


def test_too_few_flights_are_one_sentence() -> None:
    with pytest.raises(BadInput, match="at least 100"):
        reliability(np.full(10, 0.5), np.ones(10, bool))


def test_a_rehearsal_shows_what_the_plan_said_and_not_what_too_much_range_would_say() -> None:
    true = reliability(*crossings(400, 11))
    assert abs(true.bias) <= 2.0 * true.half_width
    assert abs(true.slope - 1.0) <= 3.0 * true.slope_sd
    assert not reliability(*crossings(400, 11, 1.2)).holds


@pytest.mark.long
def test_over_thousands_of_crossings_slope_and_intervals_are_right() -> None:
    parts = [crossings(1_000, seed) for seed in (301, 302, 303)]
    found = reliability(np.concatenate([p for p, _ in parts]), np.concatenate([s for _, s in parts]))
    assert 0.95 <= found.slope <= 1.05
    assert 0.92 <= found.covered <= 0.98
    assert found.half_width <= 0.03

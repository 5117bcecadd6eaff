"""Dijkstra in buckets against scipy's, on fields with plateaus of nought and walls that nothing passes."""

import numpy as np
import pytest

from benchmarks.plan.crossings import by_scipy, exposure
from dronewall.kernels.least_watched import gathered_from, steps_back
from dronewall.plan.gathering import least_gathered


@pytest.mark.parametrize("seed", range(4))
def test_every_cell_agrees_with_scipy(seed: int) -> None:
    cost = exposure(90, 120, seed)
    starts = np.arange(120)
    ours, _ = least_gathered(cost, starts, np.zeros(120))
    assert np.abs(ours - by_scipy(cost, starts)).max() < 1e-4


@pytest.mark.parametrize("buckets", [16, 1024, 1 << 16])
def test_the_answer_does_not_hang_on_the_width_of_a_bucket(buckets: int) -> None:
    cost = np.maximum(np.random.default_rng(7).normal(size=(60, 60)), 0.0).astype(np.float32)
    width = float(cost.max()) * 1.5 / (buckets - 4)
    found, _ = gathered_from(cost, np.array([0]), np.zeros(1), width, buckets)
    assert np.abs(found - by_scipy(cost, np.array([0]))).max() < 1e-4


def test_the_steps_lead_back_to_a_start_and_gather_what_was_said() -> None:
    cost = exposure(80, 80, 3) + np.float32(0.001)
    best, back = least_gathered(cost, np.array([5, 17]), np.zeros(2))
    path = steps_back(back, 79, 40)
    assert path[-1].tolist() in ([0, 5], [0, 17])
    along = cost[path[:, 0], path[:, 1]]
    steps = np.hypot(*np.diff(path, axis=0).T)
    assert ((along[1:] + along[:-1]) / 2.0 * steps).sum() == pytest.approx(best[79, 40], rel=1e-4)


def test_what_nothing_passes_is_gone_round() -> None:
    cost = np.ones((20, 20), np.float32)
    cost[10, :19] = np.inf
    best, _ = gathered_from(cost, np.array([0]), np.zeros(1), 0.01, 1 << 12)
    assert np.isinf(best[10, 5])
    assert best[19, 0] > 36.0


def test_starts_have_costs_of_their_own() -> None:
    cost = np.ones((1, 11), np.float32)
    best, _ = gathered_from(cost, np.array([0, 10]), np.array([5.0, 0.0]), 0.01, 1 << 12)
    assert best[0].tolist() == [5, 6, 7, 7, 6, 5, 4, 3, 2, 1, 0]

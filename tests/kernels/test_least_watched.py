"""Least gathered costs against scipy's Dijkstra, and to the bit against steps taken until none lowers anything."""

import numpy as np
import pytest

from benchmarks.plan.crossings import by_scipy, exposure
from dronewall.kernels import least_watched
from dronewall.kernels.least_watched import gathered_from, steps_down
from dronewall.plan.gathering import least_gathered

STEPS = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]


def until_at_rest(cost: np.ndarray, start: np.ndarray, start_cost: np.ndarray) -> np.ndarray:
    """Every step from every cell, in float32 and rounded up, until nothing falls."""
    half = np.pad(np.maximum(np.float32(0.5) * cost, np.float32(1e-30)), 1, constant_values=np.inf)
    best = np.full(half.shape, np.inf, np.float32)
    np.minimum.at(best[1:-1, 1:-1], np.divmod(start, cost.shape[1]), start_cost.astype(np.float32))
    best[np.isinf(half)] = np.inf
    while True:
        was = best.copy()
        for i, j in STEPS:
            value = np.roll(was, (i, j), (0, 1))
            step = (half + np.roll(half, (i, j), (0, 1))) * np.float32(1.41421356 if i and j else 1.0)
            best = np.minimum(best, np.maximum(value + step, risen(value)))
        if np.array_equal(best, was):
            return best[1:-1, 1:-1]


def risen(value: np.ndarray) -> np.ndarray:
    """The next float32; of what is less than 1e-30 that more: nought has no next one that is worth keeping."""
    return np.maximum(np.nextafter(value, np.float32(np.inf)), value + np.float32(2e-30))


def fields() -> dict[str, np.ndarray]:
    """Costs of many kinds, larger than two squares and no whole number of them."""
    rng = np.random.default_rng(11)
    shape = 2 * least_watched.SIDE + 9, 2 * least_watched.SIDE + 23
    rough = np.exp(3.0 * rng.normal(size=shape)).astype(np.float32)
    holed = np.where(rng.random(shape) < 0.35, np.inf, rng.random(shape)).astype(np.float32)
    turns = np.full(shape, 0.01, np.float32)
    turns[30::40], turns[30::80, :2], turns[70::80, -2:] = np.inf, 0.01, 0.01
    smooth = exposure(*shape, 5)
    return {"smooth": smooth, "tiny": smooth * np.float32(1e-7) + 1e-9, "rough": rough, "holed": holed, "turns": turns}


@pytest.mark.parametrize("seed", range(4))
def test_every_cell_agrees_with_scipy(seed: int) -> None:
    cost = exposure(90, 120, seed)
    starts = np.arange(120)
    ours = least_gathered(cost, starts, np.zeros(120))
    assert np.abs(ours - by_scipy(cost, starts)).max() < 1e-4


@pytest.mark.parametrize("kind", fields())
def test_no_step_lowers_anything_any_more_to_the_bit(kind: str) -> None:
    cost = fields()[kind]
    rng = np.random.default_rng(3)
    starts, values = rng.integers(0, cost.size, 5), rng.uniform(0.0, 0.1, 5)
    edge = np.arange(cost.shape[1])
    for start, value in ((starts[:1], np.zeros(1)), (starts, values), (edge, np.full(len(edge), 7.0))):
        assert np.array_equal(gathered_from(cost, start, value), until_at_rest(cost, start, value))


def test_a_number_and_its_rise_are_the_next_number() -> None:
    rng = np.random.default_rng(1)
    mantissas = np.concatenate([rng.integers(0, 1 << 23, 100_000), [0, 1, (1 << 23) - 1, (1 << 23) - 2]])
    for exponent in (27, 60, 126, 127, 140, 253):
        values = (exponent << 23 | mantissas).astype(np.int32).view(np.float32)
        above = values + values * least_watched._RISE
        assert np.array_equal(above, np.nextafter(values, np.float32(np.inf)))


def test_the_steps_down_lead_to_a_start_and_gather_what_was_said() -> None:
    cost = np.full((82, 82), np.inf, np.float32)
    cost[1:-1, 1:-1] = exposure(80, 80, 3) + np.float32(0.001)
    best = gathered_from(cost, np.array([82 + 5, 82 + 17]), np.zeros(2))
    path = steps_down(cost, best, 80, 40)
    assert path[-1].tolist() in ([1, 5], [1, 17])
    along = cost[path[:, 0], path[:, 1]]
    steps = np.hypot(*np.diff(path, axis=0).T)
    assert ((along[1:] + along[:-1]) / 2.0 * steps).sum() == pytest.approx(best[80, 40], rel=1e-4)


def test_over_ground_that_gathers_nothing_the_way_with_fewer_steps_wins() -> None:
    cost = np.full((32, 42), np.inf, np.float32)
    cost[1:-1, 1:-1] = 0.0
    best = gathered_from(cost, np.array([42 + 1]), np.zeros(1))
    assert len(steps_down(cost, best, 30, 40)) == 40


def test_what_nothing_passes_is_gone_round() -> None:
    cost = np.ones((20, 20), np.float32)
    cost[10, :19] = np.inf
    best = gathered_from(cost, np.array([0]), np.zeros(1))
    assert np.isinf(best[10, 5])
    assert best[19, 0] > 36.0


def test_starts_have_costs_of_their_own() -> None:
    cost = np.ones((1, 11), np.float32)
    best = gathered_from(cost, np.array([0, 10]), np.array([5.0, 0.0]))
    assert best[0].tolist() == [5, 6, 7, 7, 6, 5, 4, 3, 2, 1, 0]

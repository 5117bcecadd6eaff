"""Choosing sites: proved best on small cases by trying all, bounded elsewhere, robust to losses, the same each time."""

from itertools import combinations

import numpy as np
import pytest
from scipy import sparse

from dronewall.errors import BadInput
from dronewall.plan.siting import Rank, choose
from tests.shared import shared_files


def ranks(*weights: np.ndarray) -> tuple[Rank, ...]:
    return tuple(Rank(name=f"r{i}", unit="", weights=np.asarray(w, float)) for i, w in enumerate(weights))


def random_case(seed: int, sites: int = 10, demands: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    covers = rng.uniform(size=(sites, demands)) < 0.25
    return covers, rng.integers(1, 20, demands).astype(float), rng.integers(2, 9, sites).astype(float)


def by_trying_all(
    covers: np.ndarray, weights: list[np.ndarray], costs: np.ndarray, budget: float, times: int
) -> tuple[float, ...]:
    best = tuple(0.0 for _ in weights)
    for size in range(len(costs) + 1):
        for chosen in combinations(range(len(costs)), size):
            if costs[list(chosen)].sum() <= budget:
                there = covers[list(chosen)].sum(axis=0) >= times
                best = max(best, tuple(float(w[there].sum()) for w in weights))
    return best


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("times", [1, 2])
def test_the_exact_choice_is_that_of_trying_all(seed: int, times: int) -> None:
    covers, weights, costs = random_case(seed)
    second = np.roll(weights, 7) * (np.arange(len(weights)) % 2)
    first = np.where(np.arange(len(weights)) % 3 == 0, 1.0, 0.0)
    found = choose(sparse.csr_matrix(covers), ranks(first, second), costs, 15.0, times=times)
    assert tuple(r.objective for r in found.reached) == pytest.approx(
        by_trying_all(covers, [first, second], costs, 15.0, times)
    )
    assert all(r.proved for r in found.reached)
    assert found.cost == costs[found.chosen].sum() <= 15.0


@pytest.mark.parametrize("seed", range(4))
def test_the_heuristic_is_near_and_its_bound_holds(seed: int) -> None:
    covers, weights, costs = random_case(seed, sites=40, demands=200)
    best = choose(sparse.csr_matrix(covers), ranks(weights), costs, 30.0, exact=True)
    quick = choose(sparse.csr_matrix(covers), ranks(weights), costs, 30.0, exact=False)
    assert best.reached[0].proved
    assert quick.reached[0].objective >= 0.97 * best.reached[0].objective
    assert quick.reached[0].bound >= best.reached[0].objective - 1e-6
    assert 0.0 <= quick.reached[0].gap < 0.3


def test_what_counts_still_counts_when_any_site_is_lost() -> None:
    covers, weights, costs = random_case(1, sites=12)
    found = choose(sparse.csr_matrix(covers), ranks(weights), costs, 30.0, times=2)
    for lost in found.chosen:
        left = [site for site in found.chosen if site != lost]
        assert weights[covers[left].any(axis=0)].sum() >= found.reached[0].objective


def test_sites_that_stand_cost_nothing_and_are_not_chosen() -> None:
    covers = np.array([[1, 1, 0], [0, 1, 1], [0, 0, 1]], bool)
    standing = np.array([True, False, False])
    found = choose(sparse.csr_matrix(covers), ranks(np.ones(3)), np.array([9.0, 2.0, 1.0]), 1.0, standing=standing)
    assert found.chosen.tolist() == [2]
    assert found.cost == 1.0
    assert found.reached[0].objective == 3.0


def test_the_answer_does_not_depend_on_being_asked_again() -> None:
    covers, weights, costs = random_case(3, sites=30, demands=150)
    once, again = (choose(sparse.csr_matrix(covers), ranks(weights), costs, 25.0) for _ in range(2))
    assert once.chosen.tolist() == again.chosen.tolist()


def test_a_budget_below_the_cheapest_is_one_sentence() -> None:
    covers, weights, costs = random_case(3)
    with pytest.raises(BadInput, match="pays for no site: the cheapest costs 2"):
        choose(sparse.csr_matrix(covers), ranks(weights), costs, 1.0)


@pytest.mark.parametrize("nodes", shared_files("data/siting/SJC500.txt"), ids=lambda path: path.stem)
def test_an_optimum_that_greedy_and_exchanges_miss_is_proved_too(nodes: object) -> None:
    from pathlib import Path

    from benchmarks.plan.lorena import instance

    covers, demand = instance(Path(str(nodes)))
    for p, optimum in ((3, 15730), (4, 17794), (7, 19692)):
        quick = choose(covers, ranks(demand), np.ones(len(demand)), float(p), exact=False)
        assert quick.reached[0].objective < optimum
        found = choose(covers, ranks(demand), np.ones(len(demand)), float(p))
        assert found.reached[0].objective == optimum
        assert found.reached[0].proved


@pytest.mark.parametrize("nodes", shared_files("data/siting/SJC324.txt"), ids=lambda path: path.stem)
def test_lorenas_instance_has_its_known_optima(nodes: object) -> None:
    from pathlib import Path

    from benchmarks.plan.lorena import instance

    covers, demand = instance(Path(str(nodes)))
    for p, optimum in ((1, 5461), (2, 8790), (3, 11604), (5, 12152)):
        found = choose(covers, ranks(demand), np.ones(len(demand)), float(p))
        assert found.reached[0].objective == optimum
        assert found.reached[0].proved

"""Which sites to build: maximal covering under a budget, proved by HiGHS where it can be, else bounded.

A demand counts if at least `times` chosen sites cover it (Church and ReVelle, "The maximal covering location problem",
Papers of the Regional Science Association 32, 1974; for `times` > 1 it still counts when any `times - 1` of them are
lost). Objectives may come in ranks: the second is maximised among what is best by the first. Exact solutions come from
HiGHS through scipy with a limit of nodes, never of time, so that the same input gives the same answer; the rest from
lazy greedy (Minoux 1978) with exchanges, and its bound from the linear relaxation. Objective, bound and gap are always
given. An exact search starts from what was found by other means, which leaves it few sites to decide on.
"""

import heapq
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from dronewall.errors import BadInput
from dronewall.units import Bools, Floats, Ints

EXACT_ENTRIES: Final = 300_000
"""So many pairs of site and demand at most are solved exactly."""
EXACT_SITES: Final = 3_000
_NODES: Final = 20_000
_CORE: Final = 0.1
"""Of what the relaxation leaves to gain: as if only so much were left, few sites are free, and good ones soon found."""
_ROUNDS: Final = 200
_STARTS: Final = 12
_TIE: Final = 1e-9


@dataclass(frozen=True, kw_only=True)
class Rank:
    """One objective: the weight of each demand in it, and its unit."""

    name: str
    unit: str
    weights: Floats


@dataclass(frozen=True, kw_only=True)
class Reached:
    """What was reached of one objective; no choice can reach more than `bound`."""

    name: str
    unit: str
    objective: float
    bound: float

    @property
    def gap(self) -> float:
        """(bound - objective) / bound."""
        return max(self.bound - self.objective, 0.0) / self.bound if self.bound > 0.0 else 0.0

    @property
    def proved(self) -> bool:
        """Whether nothing better exists."""
        return self.gap <= 1e-6


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The chosen sites (ascending), what they cost and reach."""

    chosen: Ints
    cost: float
    reached: tuple[Reached, ...]
    exact: bool


def choose(
    covers: sparse.csr_matrix,
    ranks: tuple[Rank, ...],
    costs: Floats,
    budget: float,
    *,
    times: int = 1,
    standing: Bools | None = None,
    exact: bool | None = None,
) -> Choice:
    """The best sites within the budget.

    Parameters
    ----------
    covers : csr_matrix [shape=(sites, demands)]
        Not 0 where a site covers a demand.
    ranks : tuple of Rank
        The first counts most.
    times : int
        How many sites a demand needs.
    standing : np.ndarray of bool, optional
        Sites that stand already: they cost nothing and are never chosen.
    exact : bool, optional
        Force the exact way or the heuristic; None decides by size.

    Raises
    ------
    BadInput
        Costs or budget are not numbers above 0, or the budget pays for no site.
    """
    standing = np.zeros(covers.shape[0], np.bool_) if standing is None else standing
    if not (np.isfinite(costs).all() and (costs[~standing] > 0.0).all() and np.isfinite(budget) and budget > 0.0):
        raise BadInput(f"costs and budget ({budget:g}) must be numbers above 0", key="budget")
    if (~standing).any() and costs[~standing].min() > budget:
        raise BadInput(
            f"--budget {budget:g} pays for no site: the cheapest costs {costs[~standing].min():g}", key="budget"
        )
    costs = np.where(standing, 0.0, costs)
    small, merged = _merged(sparse.csr_matrix(covers != 0), ranks, times)
    if exact is None:
        exact = small.nnz <= EXACT_ENTRIES and small.shape[0] <= EXACT_SITES
    problem = _Problem(covers=small, costs=costs, budget=budget, times=times, standing=standing)
    if exact:
        chosen, bounds = _exact(problem, merged)
    else:
        chosen, bounds = _heuristic(problem, merged)
    picked = chosen & ~standing
    values = [problem.value(chosen, rank.weights) for rank in merged]
    return Choice(
        chosen=np.flatnonzero(picked),
        cost=float(costs[picked].sum()),
        reached=tuple(
            Reached(name=rank.name, unit=rank.unit, objective=value, bound=max(bound, value))
            for rank, value, bound in zip(ranks, values, bounds, strict=True)
        ),
        exact=exact,
    )


@dataclass(frozen=True, kw_only=True)
class _Problem:
    covers: sparse.csr_matrix
    costs: Floats
    budget: float
    times: int
    standing: Bools

    def value(self, chosen: Bools, weights: Floats) -> float:
        """Weight of the demands that these sites cover often enough."""
        counts = np.asarray(self.covers[chosen].sum(axis=0)).ravel()
        return float(weights[counts >= self.times].sum())


def _merged(covers: sparse.csr_matrix, ranks: tuple[Rank, ...], times: int) -> tuple[sparse.csr_matrix, list[Rank]]:
    """Demands that the same sites cover become one; those that too few can cover go."""
    columns = sparse.csc_matrix(covers)
    columns.sort_indices()
    groups: dict[bytes, int] = {}
    kept: list[int] = []
    where = np.full(columns.shape[1], -1, np.int64)
    for demand in range(columns.shape[1]):
        sites = columns.indices[columns.indptr[demand] : columns.indptr[demand + 1]]
        if len(sites) < times:
            continue
        key = sites.tobytes()
        if key not in groups:
            groups[key] = len(kept)
            kept.append(demand)
        where[demand] = groups[key]
    there = where >= 0
    merged = [
        Rank(
            name=rank.name,
            unit=rank.unit,
            weights=np.bincount(where[there], rank.weights[there], minlength=len(kept)).astype(np.float64),
        )
        for rank in ranks
    ]
    return sparse.csr_matrix(columns[:, kept], dtype=np.float64), merged


def _exact(problem: _Problem, ranks: list[Rank]) -> tuple[Bools, list[float]]:
    """Rank after rank by HiGHS; a rank already reached becomes a constraint of the next."""
    rows, upper = _constraints(problem)
    best, reached = _heuristic_sites(problem, ranks), []
    for at, rank in enumerate(ranks):
        value = problem.value(best, rank.weights)
        if not rank.weights.any():
            reached.append(0.0)
            continue
        relaxed = _linear(problem, rank.weights, rows, upper)
        ask = partial(_best_of, problem, rank.weights, rows, upper, relaxed)
        if relaxed.status == 0:
            best = _better_of(problem, ranks[: at + 1], best, _rounded(problem, rank.weights, relaxed.x))
            value = problem.value(best, rank.weights)
            most = -float(relaxed.fun)
            _, chosen = ask(most - _CORE * max(most - value, 0.0), nodes=_NODES // 10)
            best = _better_of(problem, ranks[: at + 1], best, chosen)
        bound, chosen = ask(problem.value(best, rank.weights))
        best = _better_of(problem, ranks[: at + 1], best, chosen)
        value = problem.value(best, rank.weights)
        reached.append(max(bound, value))
        slack = _TIE * max(1.0, value)
        row = sparse.csr_matrix(np.concatenate([np.zeros(len(best)), -rank.weights]))
        rows, upper = sparse.vstack([rows, row], format="csr"), np.append(upper, slack - value)
    return _trimmed(problem, ranks, best), reached


def _constraints(problem: _Problem) -> tuple[sparse.csr_matrix, Floats]:
    """Rows over sites and demands, and what they may come to: times * z_d <= sites that cover d; costs <= budget."""
    demands = problem.covers.shape[1]
    rows = sparse.hstack([-problem.covers.T, problem.times * sparse.identity(demands)], format="csr")
    budget = sparse.csr_matrix(np.concatenate([problem.costs, np.zeros(demands)]))
    return sparse.vstack([rows, budget], format="csr"), np.append(np.zeros(demands), problem.budget)


def _linear(problem: _Problem, weights: Floats, rows: sparse.csr_matrix, upper: Floats) -> Any:
    """The linear relaxation."""
    sites, demands = problem.covers.shape
    low = np.concatenate([problem.standing, np.zeros(demands)])
    return linprog(
        np.concatenate([np.zeros(sites), -weights]),
        A_ub=rows,
        b_ub=upper,
        bounds=np.column_stack([low, np.ones(sites + demands)]),
        method="highs",
    )


def _rounded(problem: _Problem, weights: Floats, x: Floats) -> Bools:
    """Sites as the relaxation wants them, the most wanted first as long as the budget lasts; then with exchanges."""
    chosen = problem.standing.copy()
    left = float(problem.budget - problem.costs[chosen].sum())
    for site in np.argsort(-x[: len(chosen)], kind="stable").tolist():
        if not chosen[site] and problem.costs[site] <= left + 1e-9 and x[site] > 0.0:
            chosen[site] = True
            left -= problem.costs[site]
    return _exchanged(problem, weights, chosen)


def _best_of(
    problem: _Problem,
    weights: Floats,
    rows: sparse.csr_matrix,
    upper: Floats,
    relaxed: Any,
    value: float,
    *,
    nodes: int = _NODES,
) -> tuple[float, Bools | None]:
    """A bound of one objective, and sites that reach `value` or more; None where none are found.

    Where the relaxation says that a site or a demand taken the other way round costs more than what is left to gain,
    that variable is fixed (Dantzig, Fulkerson and Johnson, "Solution of a large-scale traveling-salesman problem",
    Operations Research 2(4), 1954); where nothing is left, `value` is proved already.
    """
    sites, demands = problem.covers.shape
    low, high = np.concatenate([problem.standing, np.zeros(demands)]), np.ones(sites + demands)
    most = np.inf
    if relaxed.status == 0:
        most = -float(relaxed.fun)
        left = max(most - value, 0.0)
        if left <= _TIE * max(1.0, value):
            return value, None
        margin = left + 1e-6 * max(1.0, value)
        zero, one = relaxed.lower.marginals > margin, -relaxed.upper.marginals > margin
        low, high = np.where(one, 1.0, low), np.where(zero & (low < 1.0), 0.0, high)
    # With one cover a demand's variable is whole by itself; with more it has to be told.
    whole = np.concatenate([np.ones(sites), np.full(demands, 0 if problem.times == 1 else 1)])
    found = milp(
        np.concatenate([np.zeros(sites), -weights]),
        integrality=whole,
        bounds=Bounds(low, high),
        constraints=LinearConstraint(rows, -np.inf, upper),
        options={"mip_rel_gap": 0.0, "node_limit": nodes},
    )
    if found.status == 2:  # nothing better is left by what was fixed
        return value, None
    bound = most if found.mip_dual_bound is None else min(most, -float(found.mip_dual_bound))
    return bound, None if found.x is None else (found.x[:sites] > 0.5) | problem.standing


def _heuristic(problem: _Problem, ranks: list[Rank]) -> tuple[Bools, list[float]]:
    """Greedy with exchanges, each rank bounded on its own by the linear relaxation."""
    best = _heuristic_sites(problem, ranks)
    return _trimmed(problem, ranks, best), [_relaxed(problem, rank.weights) for rank in ranks]


def _relaxed(problem: _Problem, weights: Floats) -> float:
    """No choice reaches more than this: the linear relaxation, or what could be covered at all."""
    demands = problem.covers.shape[1]
    reachable = float(weights.sum())
    if not demands or problem.covers.nnz > 20 * EXACT_ENTRIES:
        return reachable
    found = _linear(problem, weights, *_constraints(problem))
    return min(reachable, -float(found.fun)) if found.status == 0 else reachable


def _heuristic_sites(problem: _Problem, ranks: list[Rank]) -> Bools:
    weights = _folded(ranks)
    alone = np.asarray(problem.covers @ weights).ravel()
    alone[problem.standing | (problem.costs > problem.budget)] = -1.0
    first = np.argsort(-alone, kind="stable")[:_STARTS].tolist()
    tries = [_greedy(problem, weights, per_cost, None) for per_cost in (False, True)]
    tries += [_greedy(problem, weights, True, site) for site in first if alone[site] >= 0.0]
    tries = [_exchanged(problem, weights, chosen) for chosen in tries]
    return max(tries, key=lambda chosen: problem.value(chosen, weights))


def _folded(ranks: list[Rank]) -> Floats:
    """One weight a demand in which a rank's smallest part outweighs all of the next (as far as floats go)."""
    total = np.zeros_like(ranks[0].weights)
    scale = 1.0
    for rank in ranks:
        if rank.weights.any():
            total = total + rank.weights * (scale / rank.weights.sum())
            scale *= 1e-4
    return np.asarray(total)


def _greedy(problem: _Problem, weights: Floats, per_cost: bool, first: int | None) -> Bools:
    """Always the site of the largest gain (or gain per cost) that is still affordable; gains are looked up lazily.

    With `times` above 1 half-way covers count their share, else nothing would ever begin. `first` is taken first.
    """
    covers, chosen = problem.covers, problem.standing.copy()
    if first is not None:
        chosen[first] = True
    counts = np.asarray(covers[chosen].sum(axis=0)).ravel()
    left = float(problem.budget - problem.costs[chosen].sum())

    def gain(site: int) -> float:
        demands = covers.indices[covers.indptr[site] : covers.indptr[site + 1]]
        more = weights[demands][counts[demands] < problem.times].sum() / problem.times
        return float(more / problem.costs[site] if per_cost else more)

    heap = [(-gain(site), site) for site in np.flatnonzero(~chosen).tolist()]
    heapq.heapify(heap)
    while heap:
        _, site = heapq.heappop(heap)
        if problem.costs[site] > left + 1e-9:
            continue
        now = gain(site)
        if heap and (-now, site) > heap[0]:
            heapq.heappush(heap, (-now, site))
            continue
        if now <= 0.0:
            break
        chosen[site] = True
        left -= problem.costs[site]
        counts[covers.indices[covers.indptr[site] : covers.indptr[site + 1]]] += 1.0
    return chosen


def _exchanged(problem: _Problem, weights: Floats, chosen: Bools) -> Bools:
    """Take one site out, put the best affordable ones in its place, as long as that gains."""
    chosen = chosen.copy()
    dense = problem.covers.tocsr()
    for _ in range(_ROUNDS):
        value, best = problem.value(chosen, weights), None
        for out in np.flatnonzero(chosen & ~problem.standing):
            without = chosen.copy()
            without[out] = False
            counts = np.asarray(dense[without].sum(axis=0)).ravel()
            base = float(weights[counts >= problem.times].sum())
            gains = np.asarray(dense @ (weights * (counts == problem.times - 1))).ravel()
            left = problem.budget - problem.costs[without].sum()
            gains[without | (problem.costs > left + 1e-9)] = -np.inf
            into = int(np.argmax(gains))
            if base + gains[into] > value * (1.0 + _TIE) + 1e-15:
                value, best = base + float(gains[into]), (int(out), into)
        if best is None:
            return chosen
        chosen[best[0]], chosen[best[1]] = False, True
    return chosen


def _better(problem: _Problem, ranks: list[Rank], one: Bools, other: Bools) -> bool:
    """Whether one choice beats another, rank by rank."""
    if problem.costs[one].sum() > problem.budget * (1.0 + 1e-9):
        return False
    for rank in ranks:
        a, b = problem.value(one, rank.weights), problem.value(other, rank.weights)
        if abs(a - b) > _TIE * max(1.0, abs(b)):
            return a > b
    return False


def _better_of(problem: _Problem, ranks: list[Rank], one: Bools, other: Bools | None) -> Bools:
    """The other where there is one that beats the one."""
    return other if other is not None and _better(problem, ranks, other, one) else one


def _trimmed(problem: _Problem, ranks: list[Rank], chosen: Bools) -> Bools:
    """Without sites that add nothing, the dearest tried first."""
    kept = chosen.copy()
    for site in sorted(np.flatnonzero(chosen & ~problem.standing), key=lambda s: (-problem.costs[s], -s)):
        without = kept.copy()
        without[site] = False
        if all(problem.value(without, r.weights) >= problem.value(kept, r.weights) - 1e-12 for r in ranks):
            kept = without
    return kept

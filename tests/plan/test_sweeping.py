"""Searching tile by tile gives what one search over the whole map gives, to the bit; with one more sensor too."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks.plan.crossings import exposure
from dronewall.geo.relief import Grid
from dronewall.plan import closing, tiles
from dronewall.plan.closing import Added, Closer, Crossings
from dronewall.plan.gathering import cell_costs, least_gathered
from dronewall.plan.sweeping import Field

SHAPE = (150, 130)
GRID = Grid(epsg=32635, west_m=0.0, north_m=0.0, cell_m=250.0, rows=SHAPE[0], columns=SHAPE[1])


def rates(seed: int) -> np.ndarray:
    """Smooth fields with nothing between them, a metre; every other one with high rates."""
    return exposure(*SHAPE, seed) * np.float32(1e-3 if seed % 2 else 0.3)


def costs(seed: int) -> np.ndarray:
    """The same as costs, with a wall that has one gap."""
    cost = cell_costs(rates(seed), GRID.cell_m)
    cost[70, 10:] = np.inf
    return cost


def goals(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.unique(np.column_stack([rng.integers(0, 40, 6), rng.integers(0, SHAPE[1], 6)]), axis=0)


def field(cost: np.ndarray, ends: np.ndarray, side: int, monkeypatch: pytest.MonkeyPatch) -> Field:
    monkeypatch.setattr(tiles, "SIDE", side)
    cut = tiles.cut(GRID)
    return Field(GRID, cut, lambda number: cost[cut[number].window], ends)


def whole(cost: np.ndarray, ends: np.ndarray) -> np.ndarray:
    return least_gathered(cost, ends[:, 0] * SHAPE[1] + ends[:, 1], np.zeros(len(ends)))


@pytest.mark.parametrize("side", [16, 37, 100])
@pytest.mark.parametrize("seed", range(4))
def test_every_cell_has_what_one_search_gives_it(seed: int, side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cost, ends = costs(seed), goals(seed)
    found = field(cost, ends, side, monkeypatch)
    rows, columns = np.indices(SHAPE).reshape(2, -1)
    assert np.array_equal(found.at(rows, columns).astype(np.float32), whole(cost, ends).ravel())


@pytest.mark.parametrize("seed", range(4))
def test_ways_down_do_not_hang_on_the_cut_and_gather_what_was_said(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cost, ends = costs(seed), goals(seed)
    fields = [field(cost, ends, side, monkeypatch) for side in (16, 37, 200)]
    for row, column in ((149, 129), (120, 3), (75, 60), (0, 0)):
        ways = [one.down(row, column) for one in fields]
        assert all(np.array_equal(ways[0], way) for way in ways[1:])
        assert ways[0][0].tolist() == [row, column]
        assert ways[0][-1].tolist() in ends.tolist()
        steps = np.abs(np.diff(ways[0], axis=0))
        assert (steps.max(axis=1) == 1).all() if len(steps) else True
        along = cost[ways[0][:, 0], ways[0][:, 1]].astype(np.float64)
        summed = ((along[1:] + along[:-1]) / 2.0 * np.hypot(*steps.T)).sum()
        assert summed == pytest.approx(float(fields[0].at(np.array([row]), np.array([column]))[0]), rel=1e-4, abs=1e-9)


def test_what_cannot_be_reached_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    cost = costs(0)
    cost[70] = np.inf
    found = field(cost, np.array([[3, 3]]), 37, monkeypatch)
    assert np.isinf(found.at(np.array([140]), np.array([60]))).all()
    assert found.down(140, 60).tolist() == [[140, 60]]


@pytest.mark.parametrize("largest", [0, 10**9])
@pytest.mark.parametrize("seed", range(6))
def test_the_least_with_one_more_sensor_is_that_of_a_new_search(
    seed: int, largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    per_m, ends = rates(seed), goals(seed)
    cost = costs(seed)
    found = field(cost, ends, 37, monkeypatch)
    monkeypatch.setattr(closing, "LARGEST_CELLS", largest)
    monkeypatch.setattr(closing, "_MARGIN", 4)
    row, column = int(rng.integers(20, 100)), int(rng.integers(20, 90))
    added = Added(
        window=(slice(row, row + 30), slice(column, column + 35)),
        per_m=np.full((30, 35), 10.0 ** rng.uniform(-6, -2), np.float32),
    )
    cross_rows, cross_columns = np.arange(100, 120, 4), np.arange(60, 80, 4)
    before = [(np.array([r + 1]), np.array([c])) for r, c in zip(cross_rows, cross_columns, strict=True)]
    crossings = Crossings(before=before, rows=cross_rows, columns=cross_columns)
    cut = tiles.cut(GRID)
    rated: Any = SimpleNamespace(
        grid=GRID,
        layout=SimpleNamespace(tiles=cut),
        costs=lambda number: cost[cut[number].window],
        along=lambda rows, columns, ends: per_m[rows, columns][None],
    )
    closer = Closer(found=None, blocks=None, rated=rated, field=found, ways=[])  # type: ignore[arg-type]
    more = added.over((slice(0, SHAPE[0]), slice(0, SHAPE[1])), cost, GRID.cell_m)
    outside = [float(per_m[cells][0] + added.at(*cells)[0]) * 250.0 for cells in before]
    wanted = (np.array(outside) + whole(more, ends)[cross_rows, cross_columns]).min()
    assert closer.least_with(added, crossings) == pytest.approx(wanted, rel=1e-5, abs=1e-9)

"""Voids: what fills them, and that a window of a raster is filled as all of it."""

import numpy as np
import pytest

from dronewall.geo.voids import SIDE, Coarse, smooth_fill
from dronewall.units import Bools, Floats


def holed(shape: tuple[int, int], seed: int) -> tuple[Floats, Bools]:
    """A slope with voids of one cell to hundreds, some of them on the edges."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices(shape)
    missing = rng.random(shape) < 0.02
    for size in (5, 30, 90, 150):
        row, column = rng.integers(0, shape[0]), rng.integers(0, shape[1])
        missing |= (np.abs(rows - row) < size) & (np.abs(columns - column) < size)
    return 100.0 + 0.2 * rows + 0.1 * columns + rng.normal(0.0, 1.0, shape), missing


def gathered(values: Floats, missing: Bools, strip: int) -> Coarse:
    coarse = Coarse((values.shape[0], values.shape[1]))
    for first in range(0, len(values), strip):
        coarse.add(first, values[first : first + strip], missing[first : first + strip])
    return coarse


@pytest.mark.parametrize("shape", [(400, 330), (64, 64), (513, 700), (40, 90)])
def test_a_window_is_filled_as_all_of_the_raster(shape: tuple[int, int]) -> None:
    values, missing = holed(shape, shape[0])
    whole = gathered(values, missing, 10 * SIDE).window(0, 0, values, missing)
    coarse = gathered(values, missing, SIDE)
    for top in range(0, shape[0], SIDE):
        for left in range(0, shape[1], SIDE):
            high, low = max(top - SIDE, 0), max(left - SIDE, 0)
            part = np.s_[high : top + 2 * SIDE, low : left + 2 * SIDE]
            found = coarse.window(high, low, values[part], missing[part])
            core = found[top - high : top - high + SIDE, left - low : left - low + SIDE]
            assert np.array_equal(core, whole[top : top + SIDE, left : left + SIDE])


def test_what_is_there_stays_and_a_void_takes_the_heights_about_it() -> None:
    values, missing = holed((200, 260), 4)
    missing[100, 100] = missing[0, 0] = False
    for found in (smooth_fill(values, missing), gathered(values, missing, SIDE).window(0, 0, values, missing)):
        assert np.array_equal(found[~missing], values[~missing])
        assert values[~missing].min() <= found.min() <= found.max() <= values[~missing].max()


def test_a_small_void_in_a_slope_goes_on_with_the_slope() -> None:
    rows, _ = np.indices((100, 100))
    values, missing = rows * 2.0, np.zeros((100, 100), np.bool_)
    missing[50:53, 50:53] = True
    for found in (smooth_fill(values, missing), gathered(values, missing, SIDE).window(0, 0, values, missing)):
        assert np.abs(found - values).max() < 4.0

"""Voids of a raster filled with a smooth surface through what is round them: pull and push.

Means over 2 x 2, 4 x 4, ... cells of what is there, until nothing is missing, then back down, each void taking the
bilinear value of the level above (Gortler et al., "The Lumigraph", SIGGRAPH 1996, section 3.4). The raster may be too
large to be held: `Coarse` gathers the level of 64 x 64 cells from strips of it, and any window is filled from there
with the same values as the whole.
"""

from typing import Final

import numpy as np

from dronewall.units import Bools, Floats

LEVELS: Final = 6
SIDE: Final = 1 << LEVELS
"""Cells along a side of a cell of `Coarse`; windows need so many more on each side, too."""


def smooth_fill(values: Floats, missing: Bools) -> Floats:
    """The values with a smooth surface through the others where they are missing."""
    return _filled(np.where(missing, 0.0, values), (~missing).astype(np.float64))


class Coarse:
    """The level of 64 x 64 cells of a raster, gathered strip by strip from its north.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the raster.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self._shape = -(-shape[0] // SIDE), -(-shape[1] // SIDE)
        self._values, self._weight = np.zeros(self._shape), np.zeros(self._shape)
        self._whole: Floats | None = None

    def add(self, row: int, values: Floats, missing: Bools) -> None:
        """A strip of whole rows; `row`, the first of them, is a multiple of 64."""
        value, weight = np.where(missing, 0.0, values), (~missing).astype(np.float64)
        for _ in range(LEVELS):
            value, weight = _pulled(value, weight)
        self._values[row // SIDE : row // SIDE + len(value)] = value
        self._weight[row // SIDE : row // SIDE + len(value)] = weight

    def window(self, row: int, column: int, values: Floats, missing: Bools) -> Floats:
        """A window filled as all of the raster would be; `row` and `column` are multiples of 64.

        Right in all but the 63 outermost cells of a side at which the raster goes on.
        """
        if self._whole is None:
            self._whole = _filled(self._values, self._weight)
        value, weight = np.where(missing, 0.0, values), (~missing).astype(np.float64)
        levels = []
        for _ in range(LEVELS):
            levels.append((value, weight))
            value, weight = _pulled(value, weight)
        top, left = row // SIDE, column // SIDE
        found = self._whole[top : top + value.shape[0], left : left + value.shape[1]]
        for value, weight in reversed(levels):
            found = np.where(weight > 0.0, value, _pushed(found, value.shape))
        return np.asarray(found, dtype=np.float64)


def _filled(values: Floats, weight: Floats) -> Floats:
    if weight.all() or not weight.any():
        return values
    fine = _pushed(_filled(*_pulled(values, weight)), values.shape)
    return np.asarray(np.where(weight > 0.0, values, fine), dtype=np.float64)


def _pulled(values: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Means over 2 x 2 cells of what is there, and where there is anything (1, else 0)."""
    rows, columns = (-(-n // 2) for n in values.shape)
    padding = [(0, 2 * rows - values.shape[0]), (0, 2 * columns - values.shape[1])]
    blocks = (rows, 2, columns, 2)
    total = np.pad(weight, padding).reshape(blocks).sum(axis=(1, 3))
    mean = np.pad(values * weight, padding).reshape(blocks).sum(axis=(1, 3)) / np.maximum(total, 1e-300)
    return np.where(total > 0.0, mean, 0.0), np.minimum(total, 1.0)


def _pushed(coarse: Floats, shape: tuple[int, ...]) -> Floats:
    """Bilinear values between coarse cells at the centres of cells half as large."""
    # A fine cell lies a quarter of a coarse one off its middle: weights 3/4 and 1/4 along each axis.
    rows, columns = coarse.shape
    ringed = np.pad(coarse, 1, mode="edge")
    fine = np.empty((2 * rows, 2 * columns))
    for down, toward_row in ((0, slice(0, rows)), (1, slice(2, rows + 2))):
        along = 0.75 * ringed[1:-1] + 0.25 * ringed[toward_row]
        fine[down::2, 0::2] = 0.75 * along[:, 1:-1] + 0.25 * along[:, :-2]
        fine[down::2, 1::2] = 0.75 * along[:, 1:-1] + 0.25 * along[:, 2:]
    return fine[: shape[0], : shape[1]]

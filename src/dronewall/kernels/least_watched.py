"""Kernel of `plan/gathering.py`: the least gathered on the way to a goal, from every cell of a map at once.

A step costs the mean of its two cells times its length, and never nothing: what float32 would lose is rounded up. So
costs only grow along a way, and what every cell has when no step lowers anything any more is one answer, to the bit, in
whatever order steps are taken; and from each cell one neighbour at least leads down.

The order is that of the heap-cell methods (Chacon and Vladimirsky, "Fast two-scale methods for Eikonal equations",
SIAM J. Sci. Comput. 34(2), 2012): the map is cut into small squares, the one into which the least has come is brought
to rest first, and again whenever less comes in over its rim. Within a square rows are told in turns by the row above
and the row below, eight cells in one instruction, and each row that fell by itself from end to end.
"""

import numpy as np
from numba import njit

Raster = np.ndarray
SIDE = 64
_LEAST = np.float32(1e-30)
_DIAGONAL = np.float32(1.41421356)
# A normal float32 plus itself times this is the next float32: the sum lies 0.6 to 1.3 of their distance above.
_RISE = np.float32(1.25 * 2.0**-24)


@njit(cache=True)
def gathered_from(cost: Raster, start: Raster, start_cost: Raster) -> Raster:
    """Least gathered cost of every cell from the starts; infinite where nothing leads.

    `cost` [shape=(rows, columns)] of float32 is per cell length and not negative, infinite where nothing passes;
    `start` holds flat indices, `start_cost` what is gathered there already, nought or more.
    """
    rows, columns = cost.shape
    # A rim that nothing passes takes the place of asking where the map ends.
    best = np.full((rows + 2, columns + 2), np.float32(np.inf), np.float32)
    half = np.full((rows + 2, columns + 2), np.float32(np.inf), np.float32)
    for i in range(rows):
        for j in range(columns):
            half[i + 1, j + 1] = _half(cost[i, j])
    due = np.full((-(-rows // SIDE), -(-columns // SIDE)), np.float32(np.inf), np.float32)
    for s in range(start.shape[0]):
        i, j, value = start[s] // columns, start[s] % columns, np.float32(start_cost[s])
        if not np.isinf(half[i + 1, j + 1]) and value < best[i + 1, j + 1]:
            best[i + 1, j + 1] = value
            due[i // SIDE, j // SIDE] = min(due[i // SIDE, j // SIDE], value)
    was = np.empty((SIDE, SIDE), np.float32)
    flat = due.ravel()
    while True:
        number = np.argmin(flat)
        if np.isinf(flat[number]):
            break
        flat[number] = np.inf
        down, along = number // due.shape[1], number % due.shape[1]
        row, column = 1 + down * SIDE, 1 + along * SIDE
        last_row, last_column = min(row + SIDE, rows + 1), min(column + SIDE, columns + 1)
        for i in range(row, last_row):
            for j in range(column, last_column):
                was[i - row, j - column] = best[i, j]
        _settle(best, half, row, last_row, column, last_column)
        for i in range(max(down - 1, 0), min(down + 2, due.shape[0])):
            for j in range(max(along - 1, 0), min(along + 2, due.shape[1])):
                if i != down or j != along:
                    fell = _least_fallen(best, was, row, last_row, column, last_column, i - down, j - along)
                    due[i, j] = min(due[i, j], fell)
    return best[1:-1, 1:-1].copy()


@njit(cache=True)
def _half(cost: np.float32) -> np.float32:
    """Half of what a cell costs, and never nothing."""
    return max(np.float32(0.5) * cost, _LEAST)


@njit(cache=True)
def _settle(best: Raster, half: Raster, row: int, last_row: int, column: int, last_column: int) -> None:
    """Bring a square to rest: no step into one of its cells, from within or over its rim, lowers it any more."""
    n = last_row - row
    right, left = np.empty(last_column - column, np.float32), np.empty(last_column - column, np.float32)
    # Whether a row has what the next one below, or above, was not told yet; the rim's are the first and the last.
    below, above = np.ones(n + 2, np.bool_), np.ones(n + 2, np.bool_)
    first, fell = True, True
    while fell:
        for i in range(1, n + 1):
            r = row - 1 + i
            fallen = below[i - 1] and _told(best, half, r, r - 1, column, last_column)
            below[i - 1] = False
            if fallen or first:
                _along(best, half, r, column, right, left)
                below[i] = above[i] = True
        first, fell = False, False
        for i in range(n, 0, -1):
            r = row - 1 + i
            fallen = above[i + 1] and _told(best, half, r, r + 1, column, last_column)
            above[i + 1] = False
            if fallen:
                _along(best, half, r, column, right, left)
                below[i] = above[i] = fell = True


@njit(cache=True)
def _told(best: Raster, half: Raster, row: int, other: int, column: int, last_column: int) -> bool:
    """Take the steps from another row into a row; whether anything fell."""
    from_best, from_half, to_best, to_half = best[other], half[other], best[row], half[row]
    fallen = 0
    for j in range(column, last_column):
        # Numbers without a sign need not be asked whether they count from the end.
        here, west, east = np.uint32(j), np.uint32(j - 1), np.uint32(j + 1)
        own, old = to_half[here], to_best[here]
        a = from_best[west] + max((own + from_half[west]) * _DIAGONAL, from_best[west] * _RISE)
        b = from_best[here] + max(own + from_half[here], from_best[here] * _RISE)
        c = from_best[east] + max((own + from_half[east]) * _DIAGONAL, from_best[east] * _RISE)
        new = min(min(a, b), c)
        fallen += int(new < old)
        to_best[here] = min(new, old)
    return fallen > 0


@njit(cache=True)
def _along(best: Raster, half: Raster, row: int, column: int, right: Raster, left: Raster) -> None:
    """Take all steps within a row of a square, and into it from its two neighbours in the row.

    Both ways go on in one loop: each step waits for the one before, and so two wait at once.
    """
    n = right.shape[0]
    values, halves = best[row], half[row]
    east, half_east = values[column - 1], halves[column - 1]
    west, half_west = values[column + n], halves[column + n]
    for j in range(n):
        a, b = np.uint32(column + j), np.uint32(column + n - 1 - j)
        east = min(values[a], east + max(halves[a] + half_east, east * _RISE))
        west = min(values[b], west + max(halves[b] + half_west, west * _RISE))
        right[np.uint32(j)], left[np.uint32(n - 1 - j)] = east, west
        half_east, half_west = halves[a], halves[b]
    for j in range(n):
        values[np.uint32(column + j)] = min(right[np.uint32(j)], left[np.uint32(j)])


@njit(cache=True)
def _least_fallen(
    best: Raster, was: Raster, row: int, last_row: int, column: int, last_column: int, down: int, along: int
) -> float:
    """The least of what fell on that part of a square's rim which a neighbour (`down`, `along` of -1 to 1) touches."""
    top, bottom = (row, last_row) if down == 0 else (row, row + 1) if down < 0 else (last_row - 1, last_row)
    west, east = (column, last_column) if along == 0 else (column, column + 1)
    if along > 0:
        west, east = last_column - 1, last_column
    least: float = np.inf
    for i in range(top, bottom):
        for j in range(west, east):
            if best[i, j] < was[i - row, j - column]:
                least = min(least, best[i, j])
    return least


@njit(cache=True)
def steps_down(cost: Raster, best: Raster, row: int, column: int) -> Raster:
    """Cells [shape=(n, 2)] from one cell down to where its least cost comes from: a goal, or the rim of the raster.

    `cost` and `best` as `gathered_from` took and gave them. Of neighbours that lead down equally the first counts, from
    north to south and west to east: so the way follows from the costs alone. A cell that nothing reached stays alone.
    """
    rows, columns = best.shape
    path = np.empty((best.size, 2), np.int32)
    n = 0
    while n < best.size:
        path[n, 0], path[n, 1] = row, column
        n += 1
        value = best[row, column]
        if not value > 0.0 or np.isinf(value) or row in (0, rows - 1) or column in (0, columns - 1):
            break
        here = _half(cost[row, column])
        down, along = 0, 0
        for k in range(9):
            i, j = k // 3 - 1, k % 3 - 1
            other = best[row + i, column + j]
            if (i == 0 and j == 0) or not other < value:
                continue
            length = _DIAGONAL if i != 0 and j != 0 else np.float32(1.0)
            if other + max((_half(cost[row + i, column + j]) + here) * length, other * _RISE) == value:
                down, along = i, j
                break
        if down == 0 and along == 0:
            break
        row, column = row + down, column + along
    return path[:n].copy()

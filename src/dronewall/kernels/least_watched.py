"""Kernel of `plan/gathering.py`: the least gathered on the way to a goal, from every cell of a map at once.

Dijkstra's algorithm on the 8-neighbour grid with Dial's buckets ("Algorithm 360: shortest-path forest with topological
ordering", CACM 12(11), 1969), first in first out. A cell whose cost falls is put in once more, also into the bucket in
hand, and looked at again: so the answer is exact for any width of bucket. Whether a cell waits stands in the same byte
as its step back, so that what was put in more than once is told without another map. A step costs the mean of its two
cells times its length, and never nothing: what float32 would lose is rounded up. So costs are those of the least sum
from the goal outwards, whoever adds it up and in whatever order, and from each cell one neighbour at least leads down.
"""

import numpy as np
from numba import njit

Raster = np.ndarray
_BEST, _HALF = 0, 1
_NOWHERE = 8
_WAITING = 16
_LEAST = np.float32(1e-30)


@njit(cache=True)
def gathered_from(cost: Raster, start: Raster, start_cost: Raster, width: float, buckets: int) -> tuple[Raster, Raster]:
    """Least gathered cost of every cell from the starts, and the step back (0 to 7; -1: a start or not reached).

    `cost` [shape=(rows, columns)] of float32 is per cell length and not negative, infinite where nothing passes;
    `start` holds flat indices, `start_cost` what is gathered there already. `width` is that of a bucket; `buckets` (a
    power of two) times `width` exceeds the dearest step and the spread of the start costs.
    """
    rows, columns = cost.shape
    wide = columns + 2
    n = (rows + 2) * wide
    # A rim that nothing enters takes the place of asking where the map ends. What is gathered so far and half the cost
    # of a cell lie side by side: both are asked of each neighbour, and waiting for memory is most of the work.
    cell = np.full((n, 2), np.float32(np.inf), np.float32)
    for i in range(rows):
        for j in range(columns):
            cell[(i + 1) * wide + j + 1, _HALF] = np.float32(0.5) * cost[i, j]
    back = np.full(n, np.uint8(_NOWHERE), np.uint8)
    step = np.array([-wide - 1, -wide, -wide + 1, -1, 1, wide - 1, wide, wide + 1], np.int32)
    diagonal = np.float32(1.41421356)
    length = np.array([diagonal, 1.0, diagonal, 1.0, 1.0, diagonal, 1.0, diagonal], np.float32)
    head, tail = np.full(buckets, -1, np.int32), np.full(buckets, -1, np.int32)
    room = max(n // 2, 1024, start.shape[0])
    node_of, after = np.empty(room, np.int32), np.empty(room, np.int32)
    used, free, waiting, mask = 0, -1, 0, buckets - 1
    over, low = 1.0 / width, np.inf
    for s in range(start.shape[0]):
        low = min(low, start_cost[s])
    # The starts have a loop of their own: what is asked of each neighbour below is asked some hundred million times.
    for first in range(start.shape[0]):
        at = start[first]
        node = np.int32((at // columns + 1) * wide + at % columns + 1)
        value = np.float32(start_cost[first])
        if np.isinf(cell[node, _HALF]) or not value < cell[node, _BEST]:
            continue
        cell[node, _BEST], back[node] = value, np.uint8(_NOWHERE + _WAITING)
        b = int((value - low) * over) & mask
        node_of[used], after[used] = node, -1
        if tail[b] >= 0:
            after[tail[b]] = used
        else:
            head[b] = used
        tail[b] = used
        used += 1
        waiting += 1
    hand = 0
    while waiting > 0:
        while head[hand] < 0:
            hand = (hand + 1) & mask
        s = head[hand]
        head[hand] = after[s]
        if head[hand] < 0:
            tail[hand] = -1
        node = node_of[s]
        after[s] = free
        free = s
        waiting -= 1
        if back[node] < _WAITING:
            continue
        back[node] = back[node] & np.uint8(_WAITING - 1)
        value, here = cell[node, _BEST], cell[node, _HALF]
        for k in range(8):
            other = np.int32(node + step[k])
            old = cell[other, _BEST]
            if old <= value:
                continue
            new = value + (here + cell[other, _HALF]) * length[k]
            if not new > value:
                new = _just_above(value)
            if not new < old:
                continue
            cell[other, _BEST], back[other] = new, np.uint8((7 - k) | _WAITING)
            if free >= 0:
                e = free
                free = after[e]
            else:
                if used == node_of.shape[0]:
                    node_of = np.concatenate((node_of, np.empty(used, np.int32)))
                    after = np.concatenate((after, np.empty(used, np.int32)))
                e = used
                used += 1
            b = int((new - low) * over) & mask
            node_of[e], after[e] = other, -1
            if tail[b] >= 0:
                after[tail[b]] = e
            else:
                head[b] = e
            tail[b] = e
            waiting += 1
    kept, steps = np.empty((rows, columns), np.float32), np.empty((rows, columns), np.int8)
    for i in range(rows):
        for j in range(columns):
            node = (i + 1) * wide + j + 1
            kept[i, j] = cell[node, _BEST]
            steps[i, j] = -1 if back[node] == _NOWHERE else np.int8(back[node])
    return kept, steps


@njit(cache=True)
def _just_above(value: float) -> float:
    """The next float32, and of nought no denormal one."""
    above: float = max(np.nextafter(value, np.float32(np.inf)), _LEAST)
    return above


@njit(cache=True)
def steps_down(cost: Raster, best: Raster, row: int, column: int) -> Raster:
    """Cells [shape=(n, 2)] from one cell down to where its least cost comes from: a goal, or the rim of the raster.

    `cost` and `best` as `gathered_from` took and gave them. Of neighbours that lead down equally the first counts, from
    north to south and west to east: so the way follows from the costs alone. A cell that nothing reached stays alone.
    """
    rows, columns = best.shape
    diagonal, half = np.float32(1.41421356), np.float32(0.5)
    path = np.empty((best.size, 2), np.int32)
    n = 0
    while n < best.size:
        path[n, 0], path[n, 1] = row, column
        n += 1
        value = best[row, column]
        if not value > 0.0 or np.isinf(value) or row in (0, rows - 1) or column in (0, columns - 1):
            break
        here = half * cost[row, column]
        down, along = 0, 0
        for k in range(9):
            i, j = k // 3 - 1, k % 3 - 1
            other = best[row + i, column + j]
            if (i == 0 and j == 0) or not other < value:
                continue
            length = diagonal if i != 0 and j != 0 else np.float32(1.0)
            new = other + (half * cost[row + i, column + j] + here) * length
            if not new > other:
                new = _just_above(other)
            if new == value:
                down, along = i, j
                break
        if down == 0 and along == 0:
            break
        row, column = row + down, column + along
    return path[:n].copy()


@njit(cache=True)
def steps_back(back: Raster, row: int, column: int) -> Raster:
    """Cells [shape=(n, 2)] from one cell along the steps back to the start that it was reached from."""
    down = np.array([-1, -1, -1, 0, 0, 1, 1, 1], np.int32)
    along = np.array([-1, 0, 1, -1, 1, -1, 0, 1], np.int32)
    path = np.empty((back.size, 2), np.int32)
    n = 0
    while n < back.size:
        path[n, 0], path[n, 1] = row, column
        n += 1
        k = back[row, column]
        if k < 0:
            break
        row, column = row + down[k], column + along[k]
    return path[:n].copy()

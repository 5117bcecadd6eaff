"""Kernel of `geo/lowest_visible.py`: the lowest height that one site sees over every cell of a raster, in one pass.

Four sectors of 90 degrees. In each, straight rays leave the site so that they stand one cell apart at the sector's
last row; row by row outward each ray takes the surface where it crosses (linear between the two cells) and keeps the
steepest slope so far, from the rows before. A cell takes the height between those of the two rays that pass its centre;
the nearer one alone has four times the error. The site stands where it stands between the centres of cells: rows lie a
part of a cell farther or nearer, and rays leave from between two columns. An earth of k times its radius R falls by
q d^2 at a distance d, with q = 1 / (2 k R) (Doerry, SAND2012-10690, section 3), R being that of each axis. With h the
height of the surface, z0 the site's and x, y the distances across and along a sector

    level = h - z0 - q_along y^2 - q_across x^2,    slope = level / y

so that the steepest slope m gives the lowest visible height m y - level, as on a flat earth. Rays of a sector are
independent of one another and of their order, so the answer has the same bits wherever it is computed.

Cells and rays are counted by 32-bit numbers, looked up by ones without a sign: eight of them go through a processor at
once, and none has to be asked whether it counts from the end.
"""

import numpy as np
from numba import njit

Raster = np.ndarray
BLOCK = 16
_HAIR = 1e-9


@njit(cache=True)
def _fan(
    surface: Raster, row: float, column: float, step: int, rings: int, z0: float, q_along: float, q_across: float,
    cell_m: float, out: Raster, turned: bool, held: Raster, held_rows: int,
) -> Raster:  # fmt: skip
    """One sector: `rings` rows beyond `row` in steps of `step` (1 or -1); `out` is written turned if turned.

    Gives back the steepest slope of each ray. `held` is that of a nearer and finer fan, or empty: from row `held_rows`
    on it counts too.
    """
    columns = surface.shape[1]
    if rings < 1:
        return np.empty(0, np.float32)
    row0, column0 = int(np.floor(row + 0.5)), int(np.floor(column + 0.5))
    ahead, aside = (row - row0) * step, column - column0
    rays = 2 * rings + 1
    steepest = np.full(rays + 1, np.float32(-np.inf), np.float32)
    # One more cell and ray than there are, so that each has a next one.
    line = np.empty(columns + 1, np.float32)
    found, beside = np.empty(rays + 4, np.float32), np.empty(rays + 4, np.float32)
    number = np.empty(rays + 4, np.int32)
    buffer = np.empty((BLOCK, rays + 4), np.float32)
    lows, highs = np.zeros(BLOCK, np.int64), np.zeros(BLOCK, np.int64)
    height0, start, across = np.float32(z0), np.float32(column), np.float32(np.sqrt(q_across) * cell_m)
    first_d = 1
    for d in range(1, rings + 1):
        down = d - ahead
        distance = np.float32(down * cell_m)
        _flatten(
            surface[row0 + step * d], height0 + np.float32(q_along) * distance * distance, start, across,
            max(int(column - down) - 1, 0), min(int(column + down) + 3, columns), line,
        )  # fmt: skip
        # A cell on the diagonal belongs to both sectors, so that rounding leaves none to neither.
        low = max(int(np.ceil(aside - down - _HAIR)), -column0)
        high = min(int(np.floor(aside + down + _HAIR)), columns - 1 - column0)
        if turned:
            lows[d - first_d], highs[d - first_d] = low, high
        line_out, shift = (buffer[d - first_d], rings + 2) if turned else (out[row0 + step * d], column0)
        if d == 1:
            for j in range(low, high + 1):
                line_out[shift + j] = np.float32(0.0)
        else:
            per_cell, zero = np.float32(rings / down), np.float32(rings - aside * rings / down)
            _between(steepest, low, high + 1 - low, per_cell, zero, number, found, beside)
            for i in range(high + 1 - low):
                seen = distance * found[np.uint32(i)] - line[np.uint32(column0 + low + i)]
                line_out[np.uint32(shift + low + i)] = max(seen, np.float32(0.0))
        if turned and (d - first_d == BLOCK - 1 or d == rings):
            _turn(buffer, lows, highs, out, row0, column0, step, first_d, d, rings + 2)
            first_d = d + 1
        # From here on the row is an obstacle to those behind it. Rays first to last cross it inside the raster.
        first = min(max(0, rings - int(column * rings / down)), rays - 1)
        last = max(min(rays - 1, rings + int((columns - 1 - column) * rings / down)), 0)
        share = np.float32(down / rings)
        over = np.float32(1.0) / distance
        line[columns] = line[columns - 1]
        _between(line, first - rings, last + 1 - first, share, start, number, found, beside)
        for i in range(last + 1 - first):
            at = np.uint32(first + i)
            steepest[at] = max(steepest[at], found[np.uint32(i)] * over)
        # One ray beyond each edge of the raster runs along the edge: the outermost cells lie between it and the last.
        if first > 0:
            steepest[first - 1] = max(steepest[first - 1], line[0] * over)
        if last < rays - 1:
            steepest[last + 1] = max(steepest[last + 1], line[columns - 1] * over)
        if d == held_rows and len(held) > 0:
            _take(held, steepest[:rays])
        steepest[rays] = steepest[rays - 1]
    return steepest[:rays]


@njit(cache=True)
def _between(
    values: Raster, first: int, n: int, step: np.float32, zero: np.float32, number: Raster, found: Raster,
    beside: Raster,
) -> None:  # fmt: skip
    """Values at `zero` + `step` times first, first + 1 .. [shape=(n,)] into `found`, linear between two neighbours.

    Looking up is a loop of its own: it goes one by one, and what is before and after it eight at once.
    """
    for i in range(n):
        number[np.uint32(i)] = np.int32(np.float32(np.int32(first + i)) * step + zero)
    for i in range(n):
        k = np.uint32(number[np.uint32(i)])
        found[np.uint32(i)], beside[np.uint32(i)] = values[k], values[np.uint32(k + 1)]
    for i in range(n):
        k = np.uint32(i)
        share = np.float32(np.int32(first + i)) * step + zero - np.float32(number[k])
        found[k] += share * (beside[k] - found[k])


@njit(cache=True)
def _flatten(
    row: Raster, height0: np.float32, start: np.float32, across: np.float32, low: int, high: int, line: Raster
) -> None:
    """Heights of a row's cells low .. high - 1 above the site's and above the earth's fall, as on a flat earth."""
    for j in range(low, high):
        x = (np.float32(np.int32(j)) - start) * across
        line[np.uint32(j)] = row[np.uint32(j)] - (height0 + x * x)


@njit(cache=True)
def _take(held: Raster, steepest: Raster) -> None:
    """Raise the slopes of a fan to those of another between whose rays its own run."""
    per_ray = (len(held) - 1) / (len(steepest) - 1)
    for i in range(len(steepest)):
        at = i * per_ray
        k = min(int(at), len(held) - 2)
        near, far = held[k], held[k + 1]
        if near > -np.inf and far > -np.inf:
            steepest[i] = max(steepest[i], near + np.float32(at - k) * (far - near))


@njit(cache=True)
def _turn(
    buffer: Raster, lows: Raster, highs: Raster, out: Raster, row0: int, column0: int, step: int, first_d: int,
    last_d: int, shift: int,
) -> None:  # fmt: skip
    """Write rows first_d .. last_d of a turned sector into the columns that they are; row0 is the site's column."""
    for j in range(lows[last_d - first_d], highs[last_d - first_d] + 1):
        d = first_d
        while j < lows[d - first_d] or j > highs[d - first_d]:
            d += 1
        for one in range(d, last_d + 1):
            out[column0 + j, row0 + step * one] = buffer[one - first_d, shift + j]


@njit(cache=True)
def lowest_visible(
    surface: Raster,
    turned: Raster,
    row: float,
    column: float,
    z0: float,
    cell_m: float,
    q_row: float,
    q_column: float,
    out: Raster,
) -> None:
    """Lowest visible height above the surface (m) of every cell, into `out` [shape=(rows, columns)] of float32.

    `surface` [shape=(rows, columns)] and its transpose `turned` are float32 and C-ordered; the site stands at height z0
    over (row, column), fractions of cells from the centre of the first. `q_row` is 1 / (2 k R) along the columns of
    cells (north to south), `q_column` across.
    """
    rows, columns = surface.shape
    row0, column0 = int(np.floor(row + 0.5)), int(np.floor(column + 0.5))
    none = np.empty(0, np.float32)
    out[row0, column0] = np.float32(0.0)
    _fan(surface, row, column, -1, row0, z0, q_row, q_column, cell_m, out, False, none, 0)
    _fan(surface, row, column, 1, rows - 1 - row0, z0, q_row, q_column, cell_m, out, False, none, 0)
    _fan(turned, column, row, -1, column0, z0, q_column, q_row, cell_m, out, True, none, 0)
    _fan(turned, column, row, 1, columns - 1 - column0, z0, q_column, q_row, cell_m, out, True, none, 0)


@njit(cache=True)
def lowest_visible_with_near(
    surface: Raster,
    turned: Raster,
    near: Raster,
    near_turned: Raster,
    top: int,
    left: int,
    times: int,
    row: float,
    column: float,
    z0: float,
    cell_m: float,
    q_row: float,
    q_column: float,
    out: Raster,
) -> None:
    """As `lowest_visible`, with the ground near the site in cells `times` (odd) as small.

    `near` holds whole cells of `surface` from row `top` and column `left` on, the site among them, and `near_turned` is
    its transpose. What is nearest hides most: a metre at 200 m is 50 m at 10 km.
    """
    rows, columns = surface.shape
    row0, column0 = int(np.floor(row + 0.5)), int(np.floor(column + 0.5))
    bottom, right = top + near.shape[0] // times, left + near.shape[1] // times
    fine_row, fine_column = (row - top + 0.5) * times - 0.5, (column - left + 0.5) * times - 0.5
    first_row, first_column = int(np.floor(fine_row + 0.5)), int(np.floor(fine_column + 0.5))
    last_row, last_column = near.shape[0] - 1 - first_row, near.shape[1] - 1 - first_column
    fine_m = cell_m / times
    none = np.empty(0, np.float32)
    fine = np.empty(near.shape, np.float32)
    fine[first_row, first_column] = np.float32(0.0)
    north = _fan(near, fine_row, fine_column, -1, first_row, z0, q_row, q_column, fine_m, fine, False, none, 0)
    south = _fan(near, fine_row, fine_column, 1, last_row, z0, q_row, q_column, fine_m, fine, False, none, 0)
    west = _fan(near_turned, fine_column, fine_row, -1, first_column, z0, q_column, q_row, fine_m, fine, True, none, 0)
    east = _fan(near_turned, fine_column, fine_row, 1, last_column, z0, q_column, q_row, fine_m, fine, True, none, 0)
    _fan(surface, row, column, -1, row0, z0, q_row, q_column, cell_m, out, False, north, row0 - top)
    _fan(surface, row, column, 1, rows - 1 - row0, z0, q_row, q_column, cell_m, out, False, south, bottom - 1 - row0)
    _fan(turned, column, row, -1, column0, z0, q_column, q_row, cell_m, out, True, west, column0 - left)
    _fan(
        turned, column, row, 1, columns - 1 - column0, z0, q_column, q_row, cell_m, out, True, east, right - 1 - column0
    )  # fmt: skip
    middle = times // 2
    for i in range(top, bottom):
        for j in range(left, right):
            out[i, j] = fine[(i - top) * times + middle, (j - left) * times + middle]


@njit(cache=True)
def limit(
    height: Raster,
    surface: Raster,
    row: float,
    column: float,
    z0: float,
    cell_m: float,
    q_row: float,
    q_column: float,
    least_m: float,
    most_m: float,
    from_rad: float,
    width_rad: float,
    least_slope: float,
    most_slope: float,
) -> None:
    """Put NaN where the site does not look, and raise heights to where its lowest elevation is, in place.

    Ground distances outside [least_m, most_m], grid azimuths outside the sector that runs `width_rad` clockwise from
    `from_rad` (2 pi or more: all round), and lines of sight outside the two slopes (tangents of elevation; infinite:
    none) are not looked at.
    """
    rows, columns = height.shape
    turn = 2.0 * np.pi
    for i in range(rows):
        y = (i - row) * cell_m
        for j in range(columns):
            x = (j - column) * cell_m
            d = np.sqrt(x * x + y * y)
            if d < least_m or d > most_m:
                height[i, j] = np.nan
                continue
            if width_rad < turn and np.mod(np.arctan2(x, -y) - from_rad, turn) > width_rad:
                height[i, j] = np.nan
                continue
            if least_slope == -np.inf and most_slope == np.inf:
                continue
            # A straight line at that slope, seen from cells whose ground falls away under it.
            rise = z0 + y * y * q_row + x * x * q_column - surface[i, j]
            height[i, j] = max(height[i, j], np.float32(rise + d * least_slope))
            if height[i, j] > rise + d * most_slope:
                height[i, j] = np.nan


@njit(cache=True)
def merge(lowest: Raster, height: Raster, row: int, column: int) -> None:
    """Sort one site's heights into the k lowest so far [shape=(k, rows, columns)], from cell (row, column) on.

    NaN: not seen; infinity in `lowest`: nothing yet.
    """
    for i in range(height.shape[0]):
        for j in range(height.shape[1]):
            new = height[i, j]
            if np.isnan(new):
                continue
            for k in range(lowest.shape[0]):
                old = lowest[k, row + i, column + j]
                if new < old:
                    lowest[k, row + i, column + j] = new
                    new = old

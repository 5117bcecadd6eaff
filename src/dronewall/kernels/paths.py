"""Kernels of `rehearse/paths.py`: where a thing is at any time, and noise that forgets."""

import numpy as np
from numba import njit

from dronewall.units import Floats, Ints


@njit(cache=True)
def along(ecef_m: Floats, velocity_mps: Floats, since_ns: Ints, step_ns: int) -> tuple[Floats, Floats]:
    """Positions and velocities [shape=(k, 3)] at times since the first of n >= 2 knots `step_ns` apart.

    Straight from knot to knot. Beyond both ends it goes straight on with the velocity that it had there.
    """
    last, times = ecef_m.shape[0] - 1, since_ns.shape[0]
    places, rates = np.empty((times, 3)), np.empty((times, 3))
    for i in range(times):
        steps = since_ns[i] / step_ns
        knot = min(max(int(np.floor(steps)), 0), last - 1)
        part = steps - knot
        within = min(max(part, 0.0), 1.0)
        for axis in range(3):
            place, rate = ecef_m[knot, axis], velocity_mps[knot, axis]
            places[i, axis] = place + part * (ecef_m[knot + 1, axis] - place)
            rates[i, axis] = rate + within * (velocity_mps[knot + 1, axis] - rate)
    return places, rates


@njit(cache=True)
def forgetting(values: Floats, keep: float) -> Floats:
    """First-order filter [shape=(n,)]: each output keeps the share `keep` of the one before."""
    out, last = np.empty(values.shape[0]), 0.0
    for i in range(values.shape[0]):
        last = (1.0 - keep) * values[i] + keep * last
        out[i] = last
    return out


@njit(cache=True)
def running_mean(values: Floats, size: int) -> Floats:
    """Mean of the `size` (odd) values about each of n >= 1 [shape=(n,)]; the first and the last go on beyond the ends.

    Summed as `scipy.ndimage.uniform_filter1d` sums, to the bit: that costs a tenth of a second to import.
    """
    n, half = values.shape[0], size // 2
    out, total = np.empty(n), 0.0
    for i in range(-half, half + 1):
        total += values[min(max(i, 0), n - 1)]
    out[0] = total / size
    for i in range(1, n):
        total += values[min(i + half, n - 1)] - values[max(i - half - 1, 0)]
        out[i] = total / size
    return out

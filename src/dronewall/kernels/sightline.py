"""Kernels of `geo/sightline.py`: the steepest obstacle along profiles, and its lookup on a polar grid.

Heights are measured from the observer; the earth falls away by d^2 / (2 k R) (Doerry, "Earth curvature and atmospheric
refraction effects on radar signal propagation", SAND2012-10690, section 3), so the slope to an obstacle of height h at
ground distance d is (h - z0) / d - d / (2 k R). What lies on the same bearing at a distance D is seen if its own slope
is not below the steepest one nearer than D.
"""

import numpy as np
from numba import njit

from dronewall.units import Bools, Floats


@njit(cache=True)
def running_slopes(surface_m: Floats, distance_m: Floats, observer_m: float, effective_radius_m: Floats) -> Floats:
    """Steepest slope from the observer up to each distance [shape=(azimuths, rings)].

    `surface_m` [shape=(azimuths, rings)] is the height of ground and trees, `distance_m` [shape=(rings,)] grows,
    `effective_radius_m` [shape=(azimuths,)] is k R along each azimuth.
    """
    azimuths, rings = surface_m.shape
    out = np.empty((azimuths, rings))
    for a in range(azimuths):
        bend = 0.5 / effective_radius_m[a]
        steepest = -np.inf
        for r in range(rings):
            d = distance_m[r]
            slope = (surface_m[a, r] - observer_m) / d - d * bend
            steepest = max(steepest, slope)
            out[a, r] = steepest
    return out


@njit(cache=True)
def steepest_slopes(
    surface_m: Floats, share: Floats, reach_m: Floats, observer_m: float, effective_radius_m: Floats
) -> Floats:
    """Steepest slope [shape=(n,)] along n profiles that are sampled at the same shares of their own length."""
    profiles, samples = surface_m.shape
    out = np.empty(profiles)
    for p in range(profiles):
        bend = 0.5 / effective_radius_m[p]
        steepest = -np.inf
        for s in range(samples):
            d = share[s] * reach_m[p]
            steepest = max(steepest, (surface_m[p, s] - observer_m) / d - d * bend)
        out[p] = steepest
    return out


@njit(cache=True)
def weighted(nodes: Floats, weights: Floats) -> Floats:
    """Sums over the nodes of n rows [shape=(n, nodes)] under each column of weights [shape=(nodes, samples)]."""
    rows, samples = nodes.shape[0], weights.shape[1]
    out = np.zeros((rows, samples))
    for i in range(rows):
        for j in range(nodes.shape[1]):
            for k in range(samples):
                out[i, k] += nodes[i, j] * weights[j, k]
    return out


@njit(cache=True)
def seen(
    ecef_m: Floats,
    origin_m: Floats,
    axes: Floats,
    slopes: np.ndarray,
    made: Bools,
    rings_m: Floats,
    meridian_m: float,
    prime_vertical_m: float,
    k: float,
    wanted: Bools,
) -> Bools:
    """Whether each position [shape=(n, 3)] clears the grid of steepest slopes of the observer at `origin_m`.

    `slopes` [shape=(azimuths + 1, rings)] repeats its first azimuth at the end. Bilinear between the nodes; nearer than
    the first ring nothing stands in the way, beyond the last its slope holds. `made` [shape=(azimuths + 1,)] says
    which of them there are: what needs others is not seen, and they are marked in `wanted` [shape=(azimuths + 1,)].
    """
    azimuths, rings = slopes.shape[0] - 1, rings_m.shape[0]
    out = np.empty(ecef_m.shape[0], np.bool_)
    for i in range(ecef_m.shape[0]):
        x, y, z = ecef_m[i, 0] - origin_m[0], ecef_m[i, 1] - origin_m[1], ecef_m[i, 2] - origin_m[2]
        east = axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z
        north = axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z
        up = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z
        plane = np.sqrt(east * east + north * north)
        if not plane >= rings_m[0]:
            out[i] = plane < rings_m[0]
            continue
        azimuth = np.arctan2(east, north)
        if azimuth < 0.0:
            azimuth += 2.0 * np.pi
        c = north / plane
        # Euler: the ellipsoid's radius of curvature along this azimuth. On that circle the target has a ground
        # distance and a height.
        radius = 1.0 / (c * c / meridian_m + (1.0 - c * c) / prime_vertical_m)
        distance = radius * np.arctan2(plane, radius + up)
        height = np.sqrt(plane * plane + (radius + up) * (radius + up)) - radius
        slope = height / distance - distance / (2.0 * k * radius)
        ring = min(max(np.searchsorted(rings_m, distance, "right") - 1, 0), rings - 2)
        q = min(max((distance - rings_m[ring]) / (rings_m[ring + 1] - rings_m[ring]), 0.0), 1.0)
        turn = azimuth * azimuths / (2.0 * np.pi)
        a = min(int(turn), azimuths - 1)
        if not (made[a] and made[a + 1]):
            wanted[a] = wanted[a + 1] = True
            out[i] = False
            continue
        p = turn - a
        low = (1.0 - q) * slopes[a, ring] + q * slopes[a, ring + 1]
        high = (1.0 - q) * slopes[a + 1, ring] + q * slopes[a + 1, ring + 1]
        out[i] = slope >= (1.0 - p) * low + p * high
    return out

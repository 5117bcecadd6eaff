"""Straight flights that explain bearings of sound: the numbers behind `tracking/crossing.py`.

Everything lies in one node's own east-north-up (m). A flight f is east, north, up now, and its rates east and north; s
are the ears' places, t when each bearing was heard (s, now = 0), az and sd the bearings, weight their share of belief,
c the speed of sound. No BLAS: plain loops, so the same bits on every machine of one kind.
"""

import math

import numpy as np
from numba import njit

from dronewall.units import Floats, Ints

FLIGHT = 5
ANNEAL_RAD = (0.09, 0.06, 0.04, 0.02, 0.01, 0.0, 0.0, 0.0, 0.0, 0.0)  # by which bearings are less sure, step by step
YOUNG_STEPS = 3  # in so many first steps only bearings younger than YOUNG_S count
YOUNG_S = 25.0
TURN_RAD = 2.0 * math.pi


@njit(cache=True)
def _bearing(f: Floats, s: Floats, t: float, c: float, H: Floats) -> tuple[float, float, float]:
    """Azimuth and elevation of what is heard at `t` and its ground distance; gradient of the azimuth by f into H."""
    dx = f[0] + f[3] * t - s[0]
    dy = f[1] + f[4] * t - s[1]
    dz = f[2] - s[2]
    dv = dx * f[3] + dy * f[4]
    slack = c * c - f[3] * f[3] - f[4] * f[4]
    if slack <= 0.0:
        return np.nan, np.nan, np.nan
    delay = (-dv + math.sqrt(dv * dv + slack * (dx * dx + dy * dy + dz * dz))) / slack
    qx, qy = dx - f[3] * delay, dy - f[4] * delay
    flat2 = qx * qx + qy * qy + 1.0
    D = qx * f[3] + qy * f[4] + c * c * delay + 1e-9
    gx, gy = qy / flat2, -qx / flat2
    gv = gx * f[3] + gy * f[4]
    H[0] = gx - gv * qx / D
    H[1] = gy - gv * qy / D
    H[2] = -gv * dz / D
    H[3] = H[0] * (t - delay)
    H[4] = H[1] * (t - delay)
    flat = math.sqrt(flat2)
    return math.atan2(qx, qy), math.atan2(dz, flat), flat


@njit(cache=True)
def _wrapped(angle: float) -> float:
    turns: float = math.floor((angle + math.pi) / TURN_RAD)
    return angle - TURN_RAD * turns


@njit(cache=True)
def scores(
    first: int, ranges: Floats, velocities: Floats, up: float, s: Floats, node: Ints, nodes: int, t: Floats,
    az: Floats, sd: Floats, odds: Floats, blur: float, c: Floats,
) -> tuple[Floats, Ints]:  # fmt: skip
    """How well flights through the bearing `first` explain bearings: best over velocities for each range along it.

    A flight made the sound of `first` at that range; `odds` is how much likelier a hit of that bearing is than a false
    one per radian of it. The sum counts no more for one node than for all others together, twice: one node alone knows
    nothing of the range.
    """
    best, which = np.full(len(ranges), -np.inf), np.zeros(len(ranges), np.int64)
    H, f = np.empty(FLIGHT), np.empty(FLIGHT)
    own = np.empty(nodes)
    for k in range(len(ranges)):
        for j in range(len(velocities)):
            # where it is now: it flew on while its sound came, and since
            ahead = math.sqrt(ranges[k] ** 2 + (up - s[first, 2]) ** 2) / c[first] - t[first]
            f[0] = s[first, 0] + ranges[k] * math.sin(az[first]) + velocities[j, 0] * ahead
            f[1] = s[first, 1] + ranges[k] * math.cos(az[first]) + velocities[j, 1] * ahead
            f[2], f[3], f[4] = up, velocities[j, 0], velocities[j, 1]
            own[:] = 0.0
            for i in range(len(t)):
                to, _, _ = _bearing(f, s[i], t[i], c[i], H)
                size = math.hypot(sd[i], blur)
                off = _wrapped(az[i] - to) / size
                if abs(off) < 4.0:
                    own[node[i]] += math.log(1.0 + odds[i] * math.exp(-0.5 * off * off) / size)
            total, most = 0.0, 0.0
            for n in range(nodes):
                total += own[n]
                most = max(most, own[n])
            total = min(total, 3.0 * (total - most))
            if total > best[k]:
                best[k], which[k] = total, j
    return best, which


@njit(cache=True)
def _solve(A: Floats, b: Floats, x: Floats) -> bool:
    """Write the solution of A x = b into x by Cholesky; whether A is positive definite."""
    n = len(b)
    L = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            total = A[i, j]
            for k in range(j):
                total -= L[i, k] * L[j, k]
            if i == j:
                if not total > 0.0:
                    return False
                L[i, i] = math.sqrt(total)
            else:
                L[i, j] = total / L[j, j]
    for i in range(n):
        total = b[i]
        for k in range(i):
            total -= L[i, k] * x[k]
        x[i] = total / L[i, i]
    for i in range(n - 1, -1, -1):
        total = x[i]
        for k in range(i + 1, n):
            total -= L[k, i] * x[k]
        x[i] = total / L[i, i]
    return True


@njit(cache=True)
def refine(
    f: Floats, mean: Floats, inverse_sd2: Floats, s: Floats, t: Floats, az: Floats, sd: Floats, el: Floats,
    el_sd: Floats, odds: Floats, wander: float, c: Floats,
    info: Floats, weight: Floats, off: Floats, size: Floats,
) -> bool:  # fmt: skip
    """Move the flight `f` to where it explains the bearings best, in place; whether that came to rest somewhere.

    Gauss-Newton with each bearing weighed by its odds of being a hit and not false, from blurred to sharp. `wander`
    (m2/s3) is the process noise by which a straight flight is less sure of older bearings. Writes the information
    matrix of f, and each bearing's weight, misfit (standard deviations) and standard deviation.
    """
    H, A, b = np.empty(FLIGHT), np.empty((FLIGHT, FLIGHT)), np.empty(FLIGHT)
    step = np.empty(FLIGHT)
    for k in range(len(ANNEAL_RAD)):
        A[:] = 0.0
        for i in range(FLIGHT):
            A[i, i] = inverse_sd2[i]
            b[i] = inverse_sd2[i] * (mean[i] - f[i])
        for i in range(len(t)):
            to, rise, flat = _bearing(f, s[i], t[i], c[i], H)
            if math.isnan(to):
                return False
            turned = wander * abs(t[i]) ** 3 / 3.0 / max(flat, 200.0) ** 2
            variance = sd[i] ** 2 + ANNEAL_RAD[k] ** 2 + turned
            size[i] = math.sqrt(variance)
            nu = _wrapped(az[i] - to)
            off[i] = nu / size[i]
            hit = odds[i] / size[i] * math.exp(-0.5 * min(off[i] * off[i], 80.0))
            weight[i] = hit / (1.0 + hit)
            if k < YOUNG_STEPS and t[i] < -YOUNG_S:
                continue
            for m in range(FLIGHT):
                b[m] += weight[i] * H[m] * nu / variance
                for n in range(FLIGHT):
                    A[m, n] += weight[i] * H[m] * H[n] / variance
            if not math.isnan(el[i]):
                # the elevation says how high: its gradient by the height alone
                g = math.cos(rise) ** 2 / max(flat, 1.0)
                b[2] += weight[i] * g * (el[i] - rise) / el_sd[i] ** 2
                A[2, 2] += weight[i] * g * g / el_sd[i] ** 2
        info[:] = A
        if k == len(ANNEAL_RAD) - 1:
            break
        if not _solve(A, b, step):
            return False
        longest = math.hypot(step[0], step[1])
        if longest > 2000.0:
            for i in range(FLIGHT):
                step[i] *= 2000.0 / longest
        for i in range(FLIGHT):
            f[i] += step[i]
    return math.isfinite(f[0]) and math.isfinite(f[1]) and math.isfinite(f[3]) and math.isfinite(f[4])


@njit(cache=True)
def burst(t: Floats, az: Floats, sd: Floats, drift_sd: float) -> float:
    """Log density of one node's bearings if one machine made them: anywhere round, drifting at an even rate.

    Bearings are even over the turn and drift by N(0, drift_sd) rad/s; both are integrated out.
    """
    n = len(t)
    total_w, mean_t, mean_y = 0.0, 0.0, 0.0
    for i in range(n):
        w = 1.0 / sd[i] ** 2
        total_w += w
        mean_t += w * t[i]
        mean_y += w * _wrapped(az[i] - az[0])
    mean_t /= total_w
    mean_y /= total_w
    tt, ty, yy, log_like = 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        w = 1.0 / sd[i] ** 2
        dt, dy = t[i] - mean_t, _wrapped(az[i] - az[0]) - mean_y
        tt += w * dt * dt
        ty += w * dt * dy
        yy += w * dy * dy
        log_like -= math.log(sd[i]) + 0.5 * math.log(TURN_RAD)
    inverse = tt + 1.0 / drift_sd**2
    log_like -= 0.5 * (yy - ty * ty / inverse) + 0.5 * math.log(inverse * drift_sd**2)
    return log_like + 0.5 * math.log(TURN_RAD / total_w) - math.log(TURN_RAD)


@njit(cache=True)
def inverse(A: Floats, B: Floats) -> bool:
    """Write the inverse of a symmetric positive definite A into B; whether it is one."""
    n = len(A)
    unit, column = np.zeros(n), np.empty(n)
    for i in range(n):
        unit[:] = 0.0
        unit[i] = 1.0
        if not _solve(A, unit, column):
            return False
        B[:, i] = column
    return True


@njit(cache=True)
def log_det(A: Floats) -> float:
    """Log determinant of a symmetric positive definite matrix, by elimination; NaN where it is none."""
    n, total = len(A), 0.0
    U = A.copy()
    for i in range(n):
        if not U[i, i] > 0.0:
            return np.nan
        total += math.log(U[i, i])
        for j in range(i + 1, n):
            share = U[j, i] / U[i, i]
            for k in range(i, n):
                U[j, k] -= share * U[i, k]
    return total

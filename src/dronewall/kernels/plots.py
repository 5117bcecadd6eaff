"""One look of a plot sensor against every track it may see, compiled whole: `tracking/engine.py` calls it.

Measurements are range, azimuth, elevation and range rate as far as they were measured. Innovations are taken in metres
along the line of sight at the mixture's predicted mean, and whitened: with S = L L', the gain is K = U L^-1, U = P H'
L^-T, so that a squared distance is a sum of squares and the update takes U U' off P. Second-order terms of the range
(bent by what is across the line of sight) and of the angles keep the update honest at close range.
"""

import math

import numpy as np
from numba import njit

from dronewall.kernels.columns import Knobs, SensorColumns, TrackColumns
from dronewall.kernels.motion import up_of
from dronewall.units import Floats, Ints

DIMS = 4  # range, across (azimuth), upward (elevation), range rate
RANGE, AZIMUTH, ELEVATION, RATE = 0, 1, 2, 3
LEAST_P_DETECT = 0.05  # of a track that a detection fits, where the sensor's model says it cannot be seen
TWO_PI = 2.0 * math.pi
LOG_2_PI = math.log(2.0 * math.pi)
EIGHT_THIRDS_EARTH_M = 8.0 / 3.0 * 6_371_008.77  # twice 4/3 of the earth's radius
NO_HEIGHT_SD_M = 1500.0  # of what a radar without elevation sees first
LEAST_PART = 1e-9  # of a model's weight, below which a pair does not move it
EDGE_SD = 4.0  # beyond so many standard deviations from an edge of what a sensor covers, the edge is not felt


@njit(cache=True, error_model="numpy")
def normal_cdf(t: float) -> float:
    """Probability that a standard normal is below t."""
    return 0.5 * math.erfc(-t / math.sqrt(2.0))


@njit(cache=True, error_model="numpy")
def inside(distance: float, sd: float) -> float:
    """Probability that something `distance` inside an edge, known to `sd`, is inside it."""
    if distance > EDGE_SD * sd:
        return 1.0
    if distance < -EDGE_SD * sd:
        return 0.0
    return normal_cdf(distance / sd)


@njit(cache=True, error_model="numpy")
def visible(sensors: SensorColumns, s: int, h: Floats, sd: Floats, height_m: float, height_sd: float) -> float:
    """Share of a track's spread that the sensor covers: between its ranges, in its sector, above its horizon.

    `h` range, azimuth, elevation of the mean, `sd` m along, across, upward.
    """
    share = inside(sensors.far_m[s] - h[RANGE], sd[RANGE]) * inside(h[RANGE] - sensors.near_m[s], sd[RANGE])
    width = sensors.sector_width[s]
    if width < TWO_PI and share > 0.0:
        into = (h[AZIMUTH] - sensors.sector_from[s]) % TWO_PI
        level = h[RANGE] * math.cos(h[ELEVATION])
        left = into if into <= width or into - width < TWO_PI - into else into - TWO_PI
        share *= inside(min(left, width - left) * level, sd[AZIMUTH])
    if sensors.horizon_m[s] < np.inf and share > 0.0:
        beyond = h[RANGE] - sensors.horizon_m[s]
        least = beyond * beyond / EIGHT_THIRDS_EARTH_M if beyond > 0.0 else 0.0
        share *= inside(height_m - least, height_sd)
    return share


@njit(cache=True, error_model="numpy")
def gain(
    b: TrackColumns, w: int, mean: Floats, offset_s: float, place: Floats, A: Floats, var: Floats,
    h: Floats, Ht: Floats, shift: Floats, Linv: Floats, U: Floats, norm: Floats, sd: Floats,
) -> None:  # fmt: skip
    """All that a measurement of these variances would do to track `w`, for every model.

    Reads `var` [shape=(4,)] (m2, rad2, rad2, m2/s2; inf: not measured). Writes the predicted measurement `h`, the
    transposed Jacobian `Ht` [shape=(6, 4)] in metres, per model what the mean's innovation lacks `shift`, the inverse
    of L, the whitened gain `U`, the density's factor `norm`, and the widest predicted spread `sd` in metres.
    """
    v0, v1, v2 = mean[3], mean[4], mean[5]
    d0 = mean[0] + v0 * offset_s - place[0]
    d1 = mean[1] + v1 * offset_s - place[1]
    d2 = mean[2] + v2 * offset_s - place[2]
    east = A[0, 0] * d0 + A[0, 1] * d1 + A[0, 2] * d2
    north = A[1, 0] * d0 + A[1, 1] * d1 + A[1, 2] * d2
    up = A[2, 0] * d0 + A[2, 1] * d1 + A[2, 2] * d2
    flat2 = east * east + north * north + 1e-6
    slant2 = flat2 + up * up
    flat, slant = math.sqrt(flat2), math.sqrt(slant2)
    h[RANGE], h[AZIMUTH], h[ELEVATION] = slant, math.atan2(east, north), math.atan2(up, flat)
    rate = (d0 * v0 + d1 * v1 + d2 * v2) / slant
    h[RATE] = rate
    sin_a, cos_a, sin_e, cos_e = east / flat, north / flat, up / slant, flat / slant
    has_e = var[ELEVATION] < np.inf
    has_rate = var[RATE] < np.inf
    D = (d0, d1, d2)
    V = (v0, v1, v2)
    for i in range(3):
        along = D[i] / slant
        Ht[i, RANGE] = along
        Ht[i, AZIMUTH] = cos_a * A[0, i] - sin_a * A[1, i]
        Ht[i, ELEVATION] = -sin_e * (sin_a * A[0, i] + cos_a * A[1, i]) + cos_e * A[2, i] if has_e else 0.0
        Ht[i, RATE] = (V[i] - rate * along) / slant if has_rate else 0.0
        for a in range(3):
            Ht[3 + i, a] = Ht[i, a] * offset_s
        Ht[3 + i, RATE] = along + offset_s * Ht[i, RATE] if has_rate else 0.0
    # densities are asked per m, rad, rad (m/s)
    unit = flat * (slant if has_e else 1.0)
    log_const = (2.0 + (1.0 if has_e else 0.0) + (1.0 if has_rate else 0.0)) * 0.5 * LOG_2_PI
    constant = unit * math.exp(-log_const)
    W = np.empty((6, DIMS))
    S = np.empty((DIMS, DIMS))
    for a in range(DIMS):
        sd[a] = 0.0
    for k in range(b.mu.shape[1]):
        for a in range(DIMS):
            total = 0.0
            for i in range(6):
                total += Ht[i, a] * (b.x[w, k, i] - mean[i])
            shift[k, a] = total
        for i in range(6):
            for a in range(DIMS):
                W[i, a] = 0.0
            for j in range(6):
                p = b.P[w, k, i, j]
                for a in range(DIMS):
                    W[i, a] += p * Ht[j, a]
        for a in range(DIMS):
            for c in range(DIMS):
                S[a, c] = 0.0
        for i in range(6):
            for a in range(DIMS):
                for c in range(DIMS):
                    S[a, c] += Ht[i, a] * W[i, c]
        across, upward = S[AZIMUTH, AZIMUTH], S[ELEVATION, ELEVATION]
        bent = (across + upward) / slant
        room = min(1.0, (across + S[RANGE, RANGE]) / flat2)
        S[RANGE, RANGE] += var[RANGE] + 0.5 * min(bent * bent, across + upward)
        S[AZIMUTH, AZIMUTH] += var[AZIMUTH] * flat2 + across * room
        if has_e:
            S[ELEVATION, ELEVATION] += var[ELEVATION] * slant2 + upward * room
        else:
            S[ELEVATION, ELEVATION] = 1.0
        if has_rate:
            S[RATE, RATE] += var[RATE]
        else:
            S[RATE, RATE] = 1.0
        shift[k, RANGE] += min(0.5 * bent, math.sqrt(across + upward))
        for a in range(DIMS):
            sd[a] = max(sd[a], math.sqrt(S[a, a]))
        # L, then its inverse in place of it
        l00 = math.sqrt(S[0, 0])
        l10, l20, l30 = S[1, 0] / l00, S[2, 0] / l00, S[3, 0] / l00
        l11 = math.sqrt(S[1, 1] - l10 * l10)
        l21, l31 = (S[2, 1] - l20 * l10) / l11, (S[3, 1] - l30 * l10) / l11
        l22 = math.sqrt(S[2, 2] - l20 * l20 - l21 * l21)
        l32 = (S[3, 2] - l30 * l20 - l31 * l21) / l22
        l33 = math.sqrt(S[3, 3] - l30 * l30 - l31 * l31 - l32 * l32)
        i00, i11, i22, i33 = 1.0 / l00, 1.0 / l11, 1.0 / l22, 1.0 / l33
        i10 = -l10 * i00 * i11
        i21 = -l21 * i11 * i22
        i32 = -l32 * i22 * i33
        i20 = -(l20 * i00 + l21 * i10) * i22
        i31 = -(l31 * i11 + l32 * i21) * i33
        i30 = -(l30 * i00 + l31 * i10 + l32 * i20) * i33
        Linv[k, 0, 0], Linv[k, 1, 0], Linv[k, 1, 1] = i00, i10, i11
        Linv[k, 2, 0], Linv[k, 2, 1], Linv[k, 2, 2] = i20, i21, i22
        Linv[k, 3, 0], Linv[k, 3, 1], Linv[k, 3, 2], Linv[k, 3, 3] = i30, i31, i32, i33
        norm[k] = constant * i00 * i11 * (i22 if has_e else 1.0) * (i33 if has_rate else 1.0)
        for i in range(6):
            U[k, i, 0] = W[i, 0] * i00
            U[k, i, 1] = W[i, 0] * i10 + W[i, 1] * i11
            U[k, i, 2] = W[i, 0] * i20 + W[i, 1] * i21 + W[i, 2] * i22
            U[k, i, 3] = W[i, 0] * i30 + W[i, 1] * i31 + W[i, 2] * i32 + W[i, 3] * i33


@njit(cache=True, error_model="numpy")
def whiten(
    z: Floats, h: Floats, var: Floats, shift: Floats, Linv: Floats, mu: Floats, norm: Floats, far2: float,
    nu: Floats, like: Floats,
) -> float:  # fmt: skip
    """Write the whitened innovation and the weighted density per model; the least squared distance of any."""
    slant, flat = h[RANGE], h[RANGE] * math.cos(h[ELEVATION])
    raw0 = z[RANGE] - slant
    turn = z[AZIMUTH] - h[AZIMUTH]
    turn -= TWO_PI * math.floor(turn / TWO_PI + 0.5)
    raw1 = turn * flat
    raw2 = (z[ELEVATION] - h[ELEVATION]) * slant if var[ELEVATION] < np.inf else 0.0
    raw3 = z[RATE] - h[RATE] if var[RATE] < np.inf else 0.0
    least = np.inf
    for k in range(len(mu)):
        a0, a1 = raw0 - shift[k, 0], raw1 - shift[k, 1]
        a2 = raw2 - shift[k, 2] if var[ELEVATION] < np.inf else 0.0
        a3 = raw3 - shift[k, 3] if var[RATE] < np.inf else 0.0
        n0 = Linv[k, 0, 0] * a0
        n1 = Linv[k, 1, 0] * a0 + Linv[k, 1, 1] * a1
        n2 = Linv[k, 2, 0] * a0 + Linv[k, 2, 1] * a1 + Linv[k, 2, 2] * a2
        n3 = Linv[k, 3, 0] * a0 + Linv[k, 3, 1] * a1 + Linv[k, 3, 2] * a2 + Linv[k, 3, 3] * a3
        nu[k, 0], nu[k, 1], nu[k, 2], nu[k, 3] = n0, n1, n2, n3
        d2 = n0 * n0 + n1 * n1 + n2 * n2 + n3 * n3
        least = min(least, d2)
        like[k] = mu[k] * norm[k] * math.exp(-0.5 * d2) if d2 < far2 else 0.0
    return least


@njit(cache=True, error_model="numpy")
def absorb_shares(
    b: TrackColumns, w: int, unseen: float, share: Floats, of_gain: Ints, U: Floats, nu: Floats, like: Floats,
    first: int, stop: int, new: Floats,
) -> None:  # fmt: skip
    """Move track `w` by the pairs `first` to `stop`, each with its share, moment-matched model by model.

    `unseen` is the weight of having been missed; it and the shares sum to one. `like` sums to one over the models.
    """
    everything = 0.0
    models = b.mu.shape[1]
    for k in range(models):
        prior = b.mu[w, k]
        weights = unseen * prior
        for e in range(first, stop):
            weights += share[e] * like[e, k]
        everything += weights
        if weights < 1e-30:
            b.mu[w, k] = 1e-30
            continue
        for i in range(6):
            new[i] = 0.0
        for e in range(first, stop):
            part = share[e] * like[e, k] / weights
            if part < LEAST_PART:
                continue
            g = of_gain[e]
            n0, n1, n2, n3 = nu[e, k, 0], nu[e, k, 1], nu[e, k, 2], nu[e, k, 3]
            move = (
                U[g, k, 0, 0] * n0 + U[g, k, 0, 1] * n1 + U[g, k, 0, 2] * n2 + U[g, k, 0, 3] * n3,
                U[g, k, 1, 0] * n0 + U[g, k, 1, 1] * n1 + U[g, k, 1, 2] * n2 + U[g, k, 1, 3] * n3,
                U[g, k, 2, 0] * n0 + U[g, k, 2, 1] * n1 + U[g, k, 2, 2] * n2 + U[g, k, 2, 3] * n3,
                U[g, k, 3, 0] * n0 + U[g, k, 3, 1] * n1 + U[g, k, 3, 2] * n2 + U[g, k, 3, 3] * n3,
                U[g, k, 4, 0] * n0 + U[g, k, 4, 1] * n1 + U[g, k, 4, 2] * n2 + U[g, k, 4, 3] * n3,
                U[g, k, 5, 0] * n0 + U[g, k, 5, 1] * n1 + U[g, k, 5, 2] * n2 + U[g, k, 5, 3] * n3,
            )
            for i in range(6):
                new[i] += part * move[i]
                for j in range(i, 6):
                    less = 0.0
                    for a in range(DIMS):
                        less += U[g, k, i, a] * U[g, k, j, a]
                    b.P[w, k, i, j] += part * (move[i] * move[j] - less)
        for i in range(6):
            for j in range(i, 6):
                p = b.P[w, k, i, j] - new[i] * new[j]
                b.P[w, k, i, j] = b.P[w, k, j, i] = p
            b.x[w, k, i] += new[i]
        b.mu[w, k] = weights
    for k in range(models):
        b.mu[w, k] /= everything


@njit(cache=True, error_model="numpy")
def begin(
    b: TrackColumns, w: int, key: int, r: float, time_ns: int, s: int, place: Floats, A: Floats, z: Floats, var: Floats,
    motion: Floats, k: Knobs,
) -> None:  # fmt: skip
    """Write track `w` from one plot: the place that was measured, at rest, as fast as things fly."""
    models = b.mu.shape[1]
    has_e = var[ELEVATION] < np.inf
    elevation = z[ELEVATION] if has_e else 0.0
    sin_a, cos_a = math.sin(z[AZIMUTH]), math.cos(z[AZIMUTH])
    sin_e, cos_e = math.sin(elevation), math.cos(elevation)
    slant = z[RANGE]
    up_sd2 = slant * slant * var[ELEVATION] if has_e else NO_HEIGHT_SD_M * NO_HEIGHT_SD_M
    across2 = (slant * cos_e) ** 2 * var[AZIMUTH]
    B = np.empty((3, 3))
    for i in range(3):
        level = sin_a * A[0, i] + cos_a * A[1, i]
        B[0, i] = cos_e * level + sin_e * A[2, i]
        B[1, i] = cos_a * A[0, i] - sin_a * A[1, i]
        B[2, i] = -sin_e * level + cos_e * A[2, i]
    for i in range(3):
        b.x[w, 0, i] = place[i] + slant * B[0, i]
        b.x[w, 0, 3 + i] = 0.0
    u0, u1, u2, _ = up_of(b.x[w, 0, 0], b.x[w, 0, 1], b.x[w, 0, 2])
    u = (u0, u1, u2)
    level2, climb2 = k.speed_sd_mps**2, k.first_climb_sd_mps**2
    for i in range(3):
        for j in range(3):
            b.P[w, 0, i, j] = (
                var[RANGE] * B[0, i] * B[0, j] + across2 * B[1, i] * B[1, j] + up_sd2 * B[2, i] * B[2, j]
            )
            b.P[w, 0, i, 3 + j] = b.P[w, 0, 3 + i, j] = 0.0
            b.P[w, 0, 3 + i, 3 + j] = (climb2 - level2) * u[i] * u[j] + (level2 if i == j else 0.0)
    for m in range(models):
        if m > 0:
            b.x[w, m] = b.x[w, 0]
            b.P[w, m] = b.P[w, 0]
        b.mu[w, m] = motion[m, 0]
    b.key[w], b.number[w], b.identity[w] = key, 0, -1
    b.time_ns[w] = b.first_ns[w] = time_ns
    b.confirmed_ns[w] = b.claim_ns[w] = b.classed_ns[w] = 0
    b.conflict[w] = b.doubt[w] = 0.0
    b.signature[w, :] = 0.0
    b.feature[w, :] = 0.0
    b.seen[w, :] = False
    b.detections[w] = 0
    b.r[w] = r


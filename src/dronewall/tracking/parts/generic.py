"""One look through a filter and an association of anybody's: plain numpy, for comparing ideas, not for speed.

The same model of existence, misses and strangers as `kernels/association.py`; only who moves the states, and who shares
the detections out, is open.
"""

import numpy as np
from scipy.special import ndtr

from dronewall.kernels.association import LEAST_P_DETECT, only_directions
from dronewall.kernels.filters import POLAR
from dronewall.kernels.manners import weigh_all
from dronewall.tracking.association import Shares
from dronewall.tracking.bank import Bank
from dronewall.tracking.measured import Measured
from dronewall.tracking.parts.association import Association
from dronewall.tracking.parts.filters import Filter
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import SECOND_NS, Floats, Ints

COARSE_SD = 5.0


def associate_with(
    chosen: Filter,
    share: Association,
    bank: Bank,
    who: Ints,
    p_detect: Floats,
    measured: Measured,
    time_ns: int,
    ranges_m: tuple[float, float],
    motion: Floats,
    settings: TrackerSettings,
) -> Shares:
    """Predict the tracks `who` to the look, share its detections out and update them in place, as `associate` does."""
    n, m, models = len(who), len(measured.offset), bank.mu.shape[1]
    dt = (time_ns - bank.time_ns[who]) / SECOND_NS
    x, P, mu, manner = bank.x[who], bank.P[who], bank.mu[who], bank.manner[who]
    chosen.predict(x, P, mu, manner, dt, motion)
    mu_before = mu.copy()
    r = bank.r[who] * np.exp(-np.abs(dt) / settings.survival_s)
    mean, spread = _moments(x, P, mu)
    used = np.minimum(p_detect * _inside(mean, spread, measured, ranges_m), 0.999)
    track, det = _near(mean, spread, measured)
    of = np.repeat(np.arange(len(track)), models)
    new_x, new_P, log_like, d2 = chosen.update(
        x[track].reshape(-1, 6), P[track].reshape(-1, 6, 6), measured.some(det[of])
    )
    like = mu[track] * np.exp(log_like.reshape(-1, models))
    total = like.sum(axis=1)
    fits = (d2.reshape(-1, models).min(axis=1, initial=np.inf) <= settings.gate**2) & (total > 0.0)
    track, det, total = track[fits], det[fits], total[fits]
    like = like[fits] / total[:, None]
    new_x, new_P = new_x.reshape(-1, models, 6)[fits], new_P.reshape(-1, models, 6, 6)[fits]
    direction = (measured.mode == POLAR) & np.isnan(measured.z[det, 0])
    seen = np.where(direction, used[track], np.maximum(used[track], LEAST_P_DETECT))
    psi = r[track] * seen * total / (measured.density[det] * (1.0 - r[track] * used[track]))
    p, p_none, p_new = share(track, det, psi, n, m)
    unseen, r_before = p_none * r * (1.0 - used) / (1.0 - r * used), r.copy()
    for i in range(n):
        mine = np.flatnonzero(track == i)
        alive = unseen[i] + p[mine].sum()
        if len(mine) and alive > 0.0:
            weight = np.concatenate([unseen[i] * mu[i][None], p[mine, None] * like[mine]]) / alive
            states = np.concatenate([x[i][None], new_x[mine]])
            covs = np.concatenate([P[i][None], new_P[mine]])
            mu[i] = weight.sum(axis=0)
            weight = weight / np.maximum(mu[i], 1e-300)
            middle = (weight[:, :, None] * states).sum(axis=0)
            off = states - middle
            P[i] = (weight[:, :, None, None] * (covs + off[..., :, None] * off[..., None, :])).sum(axis=0)
            x[i] = middle
        r[i] = min(alive, 1.0)
    if m and only_directions(measured.mode, measured.z):
        r = np.where(bank.confirmed_ns[who] > 0, r, r_before)
    mu /= mu.sum(axis=1, keepdims=True)
    weigh_all(manner, np.arange(n), dt, np.bincount(track, p, n).astype(np.float64), motion, mu_before, mu)
    bank.x[who], bank.P[who], bank.mu[who], bank.manner[who], bank.r[who] = x, P, mu, manner, r
    bank.time_ns[who] = time_ns
    bank.put_on_map(who)
    return Shares(track=who[track], det=det, p=p, p_new=p_new)


def _moments(x: Floats, P: Floats, mu: Floats) -> tuple[Floats, Floats]:
    """Mean of the models and covariance of the place [shape=(n, 6)], (n, 3, 3)."""
    mean = (mu[:, :, None] * x).sum(axis=1)
    off = x[:, :, :3] - mean[:, None, :3]
    cov = (mu[:, :, None, None] * (P[:, :, :3, :3] + off[..., :, None] * off[..., None, :])).sum(axis=1)
    return mean, cov


def _inside(mean: Floats, cov: Floats, measured: Measured, ranges_m: tuple[float, float]) -> Floats:
    """How much of each track lies between the nearest and the farthest that the sensor sees."""
    if measured.mode != POLAR or not len(measured.s):
        return np.ones(len(mean))
    away = mean[:, :3] - measured.s[0]
    distance = np.sqrt((away * away).sum(axis=1))
    along = np.sqrt(np.maximum((away[:, :, None] * cov * away[:, None, :]).sum(axis=(1, 2)) / distance**2, 1.0))
    return np.asarray(ndtr((ranges_m[1] - distance) / along) - ndtr((ranges_m[0] - distance) / along))


def _near(mean: Floats, cov: Floats, measured: Measured) -> tuple[Ints, Ints]:
    """Pairs that may fit, ordered by track; a detection that is no plot may be of any."""
    spread = np.sqrt(cov[:, 0, 0] + cov[:, 1, 1] + cov[:, 2, 2])
    at = mean[:, None, :3] + mean[:, None, 3:] * measured.offset[None, :, None]
    away = ((at - measured.plot[None]) ** 2).sum(axis=2)
    track, det = np.nonzero(
        np.isinf(measured.reach)[None, :] | (away <= (COARSE_SD * spread[:, None] + measured.reach[None, :]) ** 2)
    )
    return track, det

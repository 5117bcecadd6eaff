"""Unscented Kalman filter: twelve points of each state go through the measurement itself, without a Jacobian.

Julier and Uhlmann, Proc. IEEE 92(3), 2004; scaled with kappa = 0, so that all weights are equal and a covariance cannot
lose its sign. Better than a linear update where a bearing is taken at close range.
"""

import numpy as np

from dronewall.kernels.filters import CLAIM, SOUND
from dronewall.tracking.measured import Measured
from dronewall.tracking.parts.filters.ekf import ExtendedKalman
from dronewall.units import Floats

_ANGLES = slice(1, 3)
_UNMEASURED = 1e12  # variance beside which a row that was not measured is nothing
_LOG_UNMEASURED = float(np.log(2.0 * np.pi * _UNMEASURED))


class Unscented(ExtendedKalman):
    """A `Filter`; states move as in the extended filter, whose models are linear."""

    def update(self, x: Floats, P: Floats, measured: Measured) -> tuple[Floats, Floats, Floats, Floats]:
        """The states moved, log likelihoods and squared distances."""
        n, size = x.shape
        scale = np.sqrt(np.einsum("nii->ni", P))  # metres and metres per second are far apart
        root = scale[:, :, None] * np.linalg.cholesky(P / scale[:, :, None] / scale[:, None, :]) * np.sqrt(size)
        steps = np.concatenate([root.transpose(0, 2, 1), -root.transpose(0, 2, 1)], axis=1)
        points = x[:, None, :] + steps
        rows = np.repeat(np.arange(n), 2 * size)
        h = expected(points.reshape(-1, size), measured.some(rows)).reshape(n, 2 * size, measured.z.shape[1])
        known = np.isfinite(measured.z)
        h = np.where(known[:, None, :], h, 0.0)
        polar = measured.mode != CLAIM
        if polar:  # about the first point, so that no mean is taken across north
            h[:, :, _ANGLES] = h[:, :1, _ANGLES] + wrapped(h[:, :, _ANGLES] - h[:, :1, _ANGLES])
        mean = h.mean(axis=1)
        off = h - mean[:, None]
        R = np.where(known, measured.sd**2, _UNMEASURED)
        S = np.einsum("nka,nkb->nab", off, off) / (2 * size)
        S[:, np.arange(S.shape[1]), np.arange(S.shape[1])] += R
        cross = np.einsum("nki,nka->nia", steps, off) / (2 * size)
        nu = np.where(known, measured.z - mean, 0.0)
        if polar:
            nu[:, _ANGLES] = wrapped(nu[:, _ANGLES])
        K = np.linalg.solve(S, cross.transpose(0, 2, 1)).transpose(0, 2, 1)
        d2 = np.einsum("na,na->n", nu, np.linalg.solve(S, nu[:, :, None])[:, :, 0])
        missing = (~known).sum(axis=1)
        log_like = -0.5 * (d2 + np.linalg.slogdet(2.0 * np.pi * S)[1] - missing * _LOG_UNMEASURED)
        after = P - np.einsum("nia,nab,njb->nij", K, S, K)
        return x + np.einsum("nia,na->ni", K, nu), 0.5 * (after + after.transpose(0, 2, 1)), log_like, d2


def expected(x: Floats, measured: Measured) -> Floats:
    """What each state [shape=(n, 6)] would have shown in its row's measurement [shape=(n, ROWS)]."""
    v = x[:, 3:]
    d = x[:, :3] + v * measured.offset[:, None] - measured.s
    h = np.zeros((len(x), measured.z.shape[1]))
    if measured.mode == CLAIM:
        h[:, :3], h[:, 3:] = np.einsum("nij,nj->ni", measured.A, d), np.einsum("nij,nj->ni", measured.A, v)
        return h
    if measured.mode == SOUND:
        along, slack = (d * v).sum(axis=1), measured.sound_mps**2 - (v * v).sum(axis=1)
        d = d - v * ((-along + np.sqrt(along**2 + slack * (d * d).sum(axis=1))) / slack)[:, None]
    east, north, up = np.einsum("nij,nj->in", measured.A, d)
    flat = np.hypot(east, north)
    h[:, 0] = np.hypot(flat, up)
    h[:, 1], h[:, 2] = np.arctan2(east, north), np.arctan2(up, flat)
    h[:, 3] = (d * v).sum(axis=1) / h[:, 0]
    return h


def wrapped(angle: Floats) -> Floats:
    """Angles within half a turn of zero."""
    return np.asarray(angle - 2.0 * np.pi * np.floor((angle + np.pi) / (2.0 * np.pi)))


FILTER = Unscented()

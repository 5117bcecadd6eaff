"""Extended Kalman filter with analytic Jacobians and second-order noise of the angles, by `kernels/filters.py`."""

import numpy as np

from dronewall.kernels.filters import ROWS, absorb, measure
from dronewall.kernels.motion import predict
from dronewall.tracking.measured import Measured
from dronewall.units import Floats


class ExtendedKalman:
    """A `Filter`."""

    def predict(self, x: Floats, P: Floats, mu: Floats, manner: Floats, dt_s: Floats, motion: Floats) -> None:
        """Move the tracks, in place."""
        for i, dt in enumerate(dt_s.tolist()):
            predict(x[i], P[i], mu[i], manner[i], dt, motion)

    def update(self, x: Floats, P: Floats, measured: Measured) -> tuple[Floats, Floats, Floats, Floats]:
        """The states moved, log likelihoods and squared distances."""
        x, P = x.copy(), P.copy()
        log_like, d2 = np.empty(len(x)), np.empty(len(x))
        H, nu, R = np.empty((ROWS, 6)), np.empty(ROWS), np.empty(ROWS)
        for i in range(len(x)):
            measure(
                measured.mode, x[i], P[i], measured.z[i], measured.sd[i], measured.s[i], measured.A[i],
                measured.sound_mps, float(measured.offset[i]), H, nu, R,
            )  # fmt: skip
            log_like[i], d2[i] = absorb(x[i], P[i], H, nu, R)
        return x, P, log_like, d2


FILTER = ExtendedKalman()

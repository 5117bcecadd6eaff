"""The compiled class posterior against the array one of `dronewall.tracking.classes`."""

import numpy as np

from dronewall.kernels.classes import posterior
from dronewall.records.words import LABELS
from dronewall.tracking import classes


def test_the_compiled_posterior_is_that_of_the_arrays() -> None:
    rng = np.random.default_rng(5)
    n = 200
    speed, speed_sd, air = rng.uniform(0, 90, n), rng.uniform(0.5, 30, n), rng.uniform(0, 90, n)
    height, height_sd = rng.uniform(-50, 4000, n), rng.uniform(5, 500, n)
    feature = np.zeros((n, 4))
    echoes, tones = rng.integers(0, 20, n), rng.integers(0, 20, n)
    feature[:, 0], feature[:, 1] = echoes, echoes * rng.uniform(-30, 15, n)
    feature[:, 2], feature[:, 3] = tones, tones * rng.uniform(3, 7, n)
    signature = -rng.uniform(0, 8, (n, len(LABELS)))
    wanted = classes.posterior(speed, speed_sd, air, height, height_sd, feature, signature, 7.0)
    found, log = np.empty((n, len(LABELS))), np.empty(len(LABELS))
    for i in range(n):
        posterior(
            classes.TABLE, classes.UNKNOWN, classes.BALLOON, speed[i], speed_sd[i], air[i], height[i], height_sd[i],
            feature[i], signature[i], 7.0, log, found[i],
        )  # fmt: skip
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)

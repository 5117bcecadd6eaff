"""The compiled class posterior against the array one of `dronewall.tracking.classes`."""

import numpy as np

from dronewall.kernels.classes import posterior, wind_at
from dronewall.records.weather import Weather
from dronewall.records.words import LABELS
from dronewall.tracking import classes


def test_the_compiled_posterior_is_that_of_the_arrays() -> None:
    rng = np.random.default_rng(5)
    n = 200
    speed, speed_sd, air = rng.uniform(0, 250, n), rng.uniform(0.5, 30, n), rng.uniform(0, 90, n)
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


def test_the_compiled_wind_at_a_height_is_that_of_the_arrays() -> None:
    weather = Weather(wind_mps=4.0, wind_from_rad=2.0, aloft=((1500.0, 2.2, 9.0), (9000.0, 2.6, 24.0)))
    for air in (classes.winds(weather), classes.winds(Weather(wind_mps=6.0, wind_from_rad=4.0))):
        heights = np.array([-20.0, 5.0, 10.0, 400.0, 1500.0, 4000.0, 9000.0, 12_000.0])
        found = [wind_at(air, height) for height in heights.tolist()]
        np.testing.assert_allclose(found, classes.wind_at(air, heights), rtol=1e-12)

"""Functions that kernels work out themselves, against the system's library."""

import math

import numpy as np

from dronewall.kernels.elementary import angle


def test_an_angle_is_that_of_the_library() -> None:
    rng = np.random.default_rng(1)
    for _ in range(2000):
        y, x = rng.normal(size=2) * 10.0 ** rng.uniform(-8.0, 8.0, 2)
        assert math.isclose(angle(y, x), math.atan2(y, x), rel_tol=1e-15, abs_tol=0.0)


def test_angles_along_the_axes_and_of_nothing_are_those_of_the_library() -> None:
    for y, x in ((0.0, 1.0), (1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (1.0, 1.0), (-1.0, -1.0), (0.0, 0.0)):
        assert math.isclose(angle(y, x), math.atan2(y, x), rel_tol=1e-15)

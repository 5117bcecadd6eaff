"""Where to look for what was lost."""

import numpy as np
import pytest

from dronewall.scoring.search_area import NOISE_M2S3, search_area

COV = np.diag([100.0**2, 50.0**2, 4.0, 9.0])


def test_things_that_fly_as_the_model_says_end_in_the_area_nine_times_in_ten() -> None:
    rng = np.random.default_rng(2)
    after_s, n, velocity = 300, 4_000, np.array([30.0, -40.0])
    start = rng.multivariate_normal(np.zeros(4), COV, n)
    place, rate = start[:, :2].copy(), velocity + start[:, 2:]
    for _ in range(after_s):
        place += rate
        rate = rate + rng.normal(0.0, np.sqrt(NOISE_M2S3), (n, 2))
    area = search_area(velocity, COV, float(after_s))
    inside = np.mean([area.contains(one) for one in place])
    assert inside == pytest.approx(0.9, abs=0.02)


def test_at_once_the_area_is_the_ellipse_of_the_track() -> None:
    area = search_area(np.array([30.0, 0.0]), COV, 0.0)
    assert area.area_km2 == pytest.approx(np.pi * 4.60517 * 100.0 * 50.0 / 1e6, rel=1e-5)


def test_the_area_is_smaller_than_the_circle_of_all_that_could_be_reached() -> None:
    area = search_area(np.array([50.0, 0.0]), COV, 300.0)
    assert area.area_km2 < 0.5 * area.circle_km2


def test_the_area_lies_where_the_thing_was_going() -> None:
    area = search_area(np.array([50.0, 0.0]), COV, 200.0)
    assert area.contains(np.array([10_000.0, 0.0]))
    assert not area.contains(np.array([-10_000.0, 0.0]))

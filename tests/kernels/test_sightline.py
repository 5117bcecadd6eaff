"""Sightline kernels beside slow, obvious twins."""

import numpy as np

from dronewall.geo.frames import LocalFrame, range_azimuth_elevation
from dronewall.kernels import sightline

RNG = np.random.default_rng(12)
DISTANCE = np.cumsum(RNG.uniform(10.0, 100.0, 40))
SURFACE = RNG.uniform(0.0, 150.0, (7, 40))
RADIUS = RNG.uniform(8.4e6, 8.6e6, 7)


def slopes_by_hand(surface: np.ndarray, distance: np.ndarray, observer_m: float, radius_m: float) -> np.ndarray:
    return (surface - observer_m) / distance - distance / (2.0 * radius_m)


def test_running_slopes_are_those_of_the_twin() -> None:
    ours = sightline.running_slopes(SURFACE, DISTANCE, 90.0, RADIUS)
    for a in range(7):
        twin = np.maximum.accumulate(slopes_by_hand(SURFACE[a], DISTANCE, 90.0, RADIUS[a]))
        np.testing.assert_allclose(ours[a], twin, rtol=1e-12)


def test_steepest_slopes_are_those_of_the_twin() -> None:
    share, reach = DISTANCE / DISTANCE[-1], RNG.uniform(500.0, 5_000.0, 7)
    ours = sightline.steepest_slopes(SURFACE, share, reach, 90.0, RADIUS)
    twin = [slopes_by_hand(SURFACE[p], share * reach[p], 90.0, RADIUS[p]).max() for p in range(7)]
    np.testing.assert_allclose(ours, twin, rtol=1e-12)


def test_weighted_sums_are_a_matrix_product() -> None:
    nodes, weights = RNG.normal(size=(9, 6)), RNG.normal(size=(6, 30))
    np.testing.assert_allclose(sightline.weighted(nodes, weights), nodes @ weights, atol=1e-12)


def test_what_is_seen_is_what_the_twin_sees() -> None:
    """Every step of the kernel spelled out with numpy's own interpolation, on a grid of random obstacles."""
    frame = LocalFrame.at(0.98, 0.47, 120.0)
    rings = DISTANCE * 10.0
    slopes = np.maximum.accumulate(RNG.normal(-0.01, 0.01, (36, 40)), axis=1)
    slopes = np.vstack([slopes, slopes[:1]]).astype(np.float32)
    meridian, prime_vertical, k = 6.38e6, 6.39e6, 4.0 / 3.0
    enu = RNG.normal(scale=[6_000.0, 6_000.0, 100.0], size=(500, 3))
    ecef, wanted = frame.to_ecef(enu), np.zeros(37, np.bool_)
    place = (frame.origin_ecef_m, frame.axes, slopes)
    ours = sightline.seen(ecef, *place, np.ones(37, np.bool_), rings, meridian, prime_vertical, k, wanted)
    assert not wanted.any()
    _, azimuth, _ = range_azimuth_elevation(enu)
    plane = np.hypot(enu[:, 0], enu[:, 1])
    radius = 1.0 / (np.cos(azimuth) ** 2 / meridian + np.sin(azimuth) ** 2 / prime_vertical)
    distance = radius * np.arctan2(plane, radius + enu[:, 2])
    height = np.hypot(plane, radius + enu[:, 2]) - radius
    for i in range(500):
        along = [np.interp(distance[i], rings, line) for line in slopes]
        steepest = np.interp(azimuth[i] / (2 * np.pi) * 36, np.arange(37), along)
        slope = height[i] / distance[i] - distance[i] / (2 * k * radius[i])
        assert ours[i] == (plane[i] < rings[0] or slope >= steepest)

    half = np.arange(37) < 18  # of the azimuths are made, and the rest is asked for
    some = sightline.seen(ecef, *place, half, rings, meridian, prime_vertical, k, wanted)
    there = (plane < rings[0]) | (azimuth / (2 * np.pi) * 36 < 17)
    assert (some == (ours & there)).all()
    assert (wanted == (np.arange(37) >= 17)).all()


def test_a_position_that_is_not_a_number_is_not_seen() -> None:
    frame = LocalFrame.at(0.98, 0.47, 120.0)
    slopes = np.full((37, 40), -1.0, np.float32)
    place = (np.full((1, 3), np.nan), frame.origin_ecef_m, frame.axes, slopes, np.ones(37, np.bool_))
    assert not sightline.seen(*place, DISTANCE, 6.38e6, 6.39e6, 1.0, np.zeros(37, np.bool_))[0]

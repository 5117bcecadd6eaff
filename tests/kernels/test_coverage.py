"""Kernels of the views beside numpy twins; equal to the bit, since a view's bits are those of every track behind it."""

import numpy as np
import pytest

from dronewall.kernels import coverage as kernel
from dronewall.kernels.filters import predicted
from dronewall.records.words import LABELS
from dronewall.tracking.axes import along_axes, local_axes
from dronewall.tracking.coverage import GROUP_OF_LABEL, GROUPS
from dronewall.tracking.settings import TrackerSettings

RNG = np.random.default_rng(2111)
N, NOW_NS = 60, 90_000_000_000
MOTION = TrackerSettings().motion()
MODELS = len(MOTION) - 1
SENSOR_M = np.array([3_400_000.0, 1_600_000.0, 5_100_000.0])
GROUP_REACH_M = np.array([6_000.0, 3_000.0, 1_500.0, 0.0, 0.0, 9_000.0])
LEAST_SHARE = 0.02


def bank() -> dict[str, np.ndarray]:
    """Tracks round the sensor: near and far, fresh and old, known well and badly."""
    x = np.empty((N, MODELS, 6))
    x[:, :, :3] = SENSOR_M + RNG.normal(size=(N, 1, 3)) * 12_000.0 + RNG.normal(size=(N, MODELS, 3)) * 20.0
    x[:, :, 3:] = RNG.normal(size=(N, MODELS, 3)) * 25.0
    root = RNG.normal(size=(N, MODELS, 6, 6)) * np.array([1, 1, 1, 0.05, 0.05, 0.05]) * 80.0
    P = np.einsum("nmki,nmkj->nmij", root, root) * RNG.choice([0.1, 1.0, 30.0], size=(N, 1, 1, 1))
    mu, classes = RNG.dirichlet(np.ones(MODELS), N), RNG.dirichlet(np.full(len(LABELS), 0.3), N)
    time_ns = NOW_NS - RNG.integers(0, 20_000_000_000, N)
    number, manner = RNG.integers(0, 2, N), np.abs(RNG.normal(size=(N, 2)))
    return {"x": x, "P": P, "mu": mu, "manner": manner, "classes": classes, "time_ns": time_ns, "number": number}


BANK = bank()


def wanted_by_hand(classes: np.ndarray) -> np.ndarray:
    share = [classes[:, group == GROUP_OF_LABEL].cumsum(axis=1)[:, -1] for group in range(len(GROUPS))]
    return np.array(share).T >= LEAST_SHARE


def trace(P: np.ndarray, first: int) -> np.ndarray:
    return P[:, first, first] + P[:, first + 1, first + 1] + P[:, first + 2, first + 2]


@pytest.mark.parametrize("sound", [False, True])
def test_what_is_near_is_what_the_twin_finds(sound: bool) -> None:
    reach_m, faster_mps, within_s = 14_000.0, 40.0, 10.0
    rows, age_s, off_m, told, soonest_s, fastest_mps = kernel.near(
        N, BANK["x"].reshape(-1), BANK["P"].reshape(-1), MODELS, BANK["time_ns"], BANK["number"], BANK["classes"],
        NOW_NS, SENSOR_M, reach_m, GROUP_REACH_M, sound, GROUP_OF_LABEL, LEAST_SHARE, faster_mps, within_s,
    )  # fmt: skip
    x, P = BANK["x"][:, 0], BANK["P"][:, 0]
    dt = (NOW_NS - BANK["time_ns"]) / 1_000_000_000
    spread = np.sqrt(trace(P, 0) + trace(P, 3) * dt * dt)
    speed = np.sqrt((x[:, 3:] ** 2).sum(axis=1))
    away = np.sqrt(((x[:, :3] + x[:, 3:] * dt[:, None] - SENSOR_M) ** 2).sum(axis=1))
    reach = np.full(N, reach_m)
    if sound:
        reach = np.where(wanted_by_hand(BANK["classes"]), GROUP_REACH_M, 0.0).max(axis=1)
        reach[BANK["number"] == 0] = -np.inf
    short = (away - reach - np.minimum(3.0 * spread, reach)) / (speed + faster_mps)
    near = np.flatnonzero(short < within_s)
    assert 5 < len(near) < N - 5
    np.testing.assert_array_equal(rows, near)
    np.testing.assert_array_equal(age_s, dt[near])
    np.testing.assert_array_equal(off_m, spread[near])
    np.testing.assert_array_equal(told, ((away < reach) & (spread < 0.5 * reach))[near])
    assert (soonest_s, fastest_mps) == (short.min(), speed[near].max())


@pytest.mark.parametrize("sound_mps", [0.0, 337.0])
def test_a_sensor_is_asked_about_the_place_and_four_beside_it_where_that_is_unsure(sound_mps: float) -> None:
    rows, unsure_m, spread_sd = np.arange(3, N, 2), 200.0, 1.3
    age_s = (NOW_NS - BANK["time_ns"][rows]) / 1e9
    off_m = RNG.uniform(0.0, 400.0, len(rows))
    place, enu, unsure = kernel.places(
        rows, age_s, off_m, BANK["x"].reshape(-1), BANK["P"].reshape(-1), BANK["mu"].reshape(-1), BANK["manner"],
        MODELS, MOTION, SENSOR_M, sound_mps, unsure_m, spread_sd,
    )  # fmt: skip
    mean, cov = np.empty((len(rows), 6)), np.empty((len(rows), 6, 6))
    predicted(BANK["x"][rows], BANK["P"][rows], BANK["mu"][rows], BANK["manner"][rows], age_s, MOTION, mean, cov)
    own, velocity = mean[:, :3], mean[:, 3:]
    if sound_mps:
        own = own - velocity * (np.sqrt(((own - SENSOR_M) ** 2).sum(axis=1)) / sound_mps)[:, None]
    axes, badly = local_axes(own), np.flatnonzero(off_m > unsure_m)
    sd = spread_sd * np.sqrt(trace(cov[badly], 0) / 2.0)[:, None]
    beside = [own[badly] + sign * sd * axes[badly, axis] for axis in (0, 1) for sign in (1.0, -1.0)]
    np.testing.assert_array_equal(unsure, badly)
    np.testing.assert_array_equal(place, np.concatenate([own, *beside]))
    np.testing.assert_array_equal(enu, along_axes(axes, velocity)[np.concatenate([np.arange(len(rows)), *[badly] * 4])])


def test_groups_are_asked_about_from_a_small_share_on() -> None:
    rows = np.arange(1, N, 3)
    found = kernel.asked(rows, BANK["classes"], GROUP_OF_LABEL, len(GROUPS), LEAST_SHARE)
    np.testing.assert_array_equal(found, wanted_by_hand(BANK["classes"][rows]))


def test_the_least_of_the_places_counts_and_what_was_not_asked_is_as_usual() -> None:
    k, unsure, groups = 7, np.array([1, 4, 6]), np.array([0, 2, 5])
    every = RNG.uniform(size=(k + 4 * len(unsure), len(groups)))
    wanted = RNG.uniform(size=(k, len(GROUPS))) < 0.5
    least = every[:k].copy()
    for step in range(4):
        least[unsure] = np.minimum(least[unsure], every[k + 3 * step : k + 3 * step + 3])
    twin = np.full((k, len(GROUPS)), np.nan)
    twin[:, groups] = np.where(wanted[:, groups], least, np.nan)
    usual = np.nansum(twin, axis=1) / np.maximum(np.isfinite(twin).sum(axis=1), 1)
    p, at = np.full((12, len(GROUPS)), -1.0), np.array([0, 2, 3, 5, 7, 8, 11])
    kernel.least(every.copy(), unsure, wanted, groups, at, p)
    np.testing.assert_array_equal(p[at], np.where(np.isnan(twin), usual[:, None], twin))
    assert (np.delete(p, at, axis=0) == -1.0).all()

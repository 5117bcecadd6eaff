"""A track's manner: how readily it turns hard, learnt while it is seen, faded while it is not."""

import numpy as np
import pytest

from dronewall.kernels.manners import IDLE, MANNER, ODDS, faded, grow_older, restless, weigh, weigh_all
from dronewall.kernels.motion import moments, predict
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import Floats

SETTINGS = TrackerSettings()
MOTION = SETTINGS.motion()
MODELS = len(MOTION) - 1
CALM, RESTLESS = MOTION[:-1, 0], MOTION[:-1, 8]
ONE = np.zeros(1, np.int64)


@pytest.mark.parametrize(("idle_s", "dt"), [(0.0, 3.0), (7.0, 40.0), (20.0, -5.0), (1.0, -9.0), (2.0, 1e-7)])
def test_what_fades_is_its_mean_over_the_span(idle_s: float, dt: float) -> None:
    ages = np.maximum(np.linspace(min(idle_s, idle_s + dt), max(idle_s, idle_s + dt), 200_001), 0.0)
    wanted = np.trapezoid(np.exp(-0.2 * ages), ages) / (ages[-1] - ages[0]) if idle_s + dt > 0.0 else None
    if wanted is not None:
        assert faded(idle_s, dt, 0.2, 0.0) == pytest.approx(wanted, rel=1e-4)
    assert 0.0 < faded(idle_s, dt, 0.2, 0.03) <= 1.0


@pytest.mark.parametrize("seed", range(4))
def test_the_odds_move_as_bayes_rule_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    manner = np.array([[rng.normal(), 0.0]])
    before = rng.dirichlet(np.ones(MODELS))
    like, dt = rng.lognormal(0.0, 2.0, MODELS), 1.5
    p = float(restless(manner.reshape(-1), 0, MOTION, MODELS))
    left, kept = faded(0.0, dt, 1.0 / SETTINGS.ready_s, 0.0), np.exp(-SETTINGS.switch_per_s * dt)
    in_a_restless, in_a_calm = (CALM + left * (RESTLESS - CALM)), CALM
    either = [kept * before + (1.0 - kept) * share for share in (in_a_restless, in_a_calm)]
    wanted = np.log((either[0] * like).sum() / (either[1] * like).sum())
    predicted = p * either[0] + (1.0 - p) * either[1]
    after = predicted * like / (predicted * like).sum()
    was = manner[0, ODDS]
    manner[0, IDLE] = dt  # as the prediction left it
    weigh_all(manner, ONE, np.array([dt]), np.ones(1), MOTION, predicted[None], after[None])
    assert manner[0, ODDS] - was == pytest.approx(wanted, abs=1e-9)
    assert manner[0, IDLE] == 0.0


def test_a_track_that_was_not_likely_seen_learns_nothing_and_stays_untouched() -> None:
    manner = np.array([[0.3, 4.0]])
    weigh_all(manner, ONE, np.array([1.0]), np.array([0.4]), MOTION, CALM[None].copy(), RESTLESS[None].copy())
    assert manner.tolist() == [[0.3, 4.0]]


def test_odds_stay_within_bounds_whatever_was_seen() -> None:
    manner, certain = np.zeros(MANNER), np.array([0.0, 0.0, 1.0])
    for _ in range(500):
        manner[IDLE] = 5.0
        ready = restless(manner, 0, MOTION, MODELS)
        weigh(manner, 0, 5.0, MOTION, MODELS, CALM + ready * (RESTLESS - CALM), 0, certain)
    assert 3.0 < manner[ODDS] <= 6.0


def test_what_was_learnt_is_forgotten_in_time() -> None:
    manner = np.array([2.0, 0.0])
    grow_older(manner, 0, SETTINGS.manner_s, MOTION, MODELS)
    np.testing.assert_allclose(manner, [2.0 * np.exp(-1.0), SETTINGS.manner_s])


def spread_m(manner: Floats, coast_s: float) -> float:
    """Standard deviation of the level place after so long unseen, one axis, of a track at rest in its models."""
    x = np.array([3.6e6, 1.9e6, 4.9e6, -20.0, 45.0, 0.0])
    xs, P = np.tile(x, (MODELS, 1)), np.tile(np.diag([400.0] * 3 + [4.0, 4.0, 0.1]), (MODELS, 1, 1))
    mu, mean, cov = CALM.copy(), np.empty(6), np.empty((6, 6))
    predict(xs, P, mu, manner.copy(), coast_s, MOTION)
    moments(xs, P, mu, mean, cov)
    return float(np.sqrt(np.trace(cov[:3, :3]) / 2.0))


def test_unseen_for_minutes_a_calm_track_spreads_as_if_hard_turns_were_rare() -> None:
    mean_q = float(CALM @ (MOTION[:-1, 1] + MOTION[:-1, 2])) / 2.0
    plain = np.sqrt(mean_q * 600.0**3 / 3.0 + 400.0 + 4.0 * 600.0**2)
    assert spread_m(np.zeros(MANNER), 600.0) == pytest.approx(plain, rel=0.15)


def test_just_seen_a_restless_track_spreads_faster_than_a_calm_one() -> None:
    assert spread_m(np.array([6.0, 0.0]), 4.0) > 1.05 * spread_m(np.array([-6.0, 0.0]), 4.0)
    assert spread_m(np.array([6.0, 60.0]), 4.0) == pytest.approx(spread_m(np.array([-6.0, 60.0]), 4.0), rel=1e-3)

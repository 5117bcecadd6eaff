"""How readily a track turns hard: what it did while it was watched says so, and it fades when nobody looks.

Two manners, calm and restless, draw the models of motion (`kernels/motion.py`) with different probabilities. Which one
a track has is a probability of its own, learnt from which models explain its detections (the regime above the models
of a hierarchical switching process; Jilkov and Li, IEEE Trans. SP 52(6), 2004, learn transition probabilities the same
way). Unseen, both are drawn as the calm one is: hard turns go round, so over minutes they do not add up to what white
noise of their strength would.

A track's `manner` is two numbers: log odds of being restless beyond the prior's, and seconds since it was touched.
"""

import math

from numba import njit

from dronewall.kernels.inner import inner
from dronewall.units import Floats, Ints

MANNER = 2  # numbers for each track
ODDS, IDLE = 0, 1
# Columns of a model's row of `motion`: its probability in either manner.
SHARE, RESTLESS_SHARE = 0, 8
# Columns of the last row of `motion`: the rate of drawing a model anew (1/s); in what time readiness fades unseen, and
# what was learnt is forgotten (s); the prior's log odds of being restless.
SWITCH, FADING_S, FORGET_S, PRIOR = 0, 1, 2, 3
MOST_ODDS = 6.0
LIKELY = 0.5  # so likely seen, a track was touched


@inner
def drawn(motion: Floats, k: int, ready: float) -> float:
    """Probability of model k where a model is drawn anew."""
    return float(motion[k, SHARE] + ready * (motion[k, RESTLESS_SHARE] - motion[k, SHARE]))


@inner
def faded(idle_s: float, dt: float, rate: float, leaving: float) -> float:
    """Mean of what falls at `rate` (1/s) over the `dt` s after it was `idle_s` old (before, if negative).

    At `leaving` (1/s) it falls in that span besides.
    """
    first = math.exp(-rate * max(min(idle_s, idle_s + dt), 0.0))
    fall = (rate + leaving) * abs(dt)
    return float(first * (1.0 - math.exp(-fall)) / fall) if fall > 1e-4 else float(first)


@inner
def restless(manner: Floats, w: int, motion: Floats, models: int) -> float:
    """Probability that track w is restless."""
    return float(1.0 / (1.0 + math.exp(-(manner[w * MANNER + ODDS] + motion[models, PRIOR]))))


@inner
def grow_older(manner: Floats, w: int, dt: float, motion: Floats, models: int) -> float:
    """Move track w's clock on by `dt` s and forget a little; how long it was not touched before."""
    at = w * MANNER
    idle_s = float(manner[at + IDLE])
    manner[at + ODDS] *= math.exp(-abs(dt) / motion[models, FORGET_S])
    manner[at + IDLE] = max(idle_s + dt, 0.0)
    return idle_s


@inner
def weigh(manner: Floats, w: int, dt: float, motion: Floats, models: int, before: Floats, at: int, mu: Floats) -> None:
    """Learn track w's manner from a detection `dt` s after its last look, and note that it was touched.

    `before[at : at + models]` are the probabilities of its models before the detection, `mu` after it. Of a model drawn
    in a manner p(z | manner) = sum over models of (kept + drawn anew) L_k, and L_k is after / before but for a factor.
    """
    to = w * MANNER
    left = faded(manner[to + IDLE] - dt, dt, 1.0 / motion[models, FADING_S], 0.0)
    ready = left * restless(manner, w, motion, models)
    anew = 1.0 - math.exp(-motion[models, SWITCH] * abs(dt))
    more, less = 1.0, 1.0
    for k in range(models):
        if before[at + k] > 1e-12:
            gain = anew * mu[w * models + k] / before[at + k]
            pull = motion[k, RESTLESS_SHARE] - motion[k, SHARE]
            more += gain * (left - ready) * pull
            less -= gain * ready * pull
    if more > 0.0 and less > 0.0:
        odds = manner[to + ODDS] + math.log(more / less)
        manner[to + ODDS] = min(max(odds, -MOST_ODDS), MOST_ODDS)
    manner[to + IDLE] = 0.0


@njit(cache=True, error_model="numpy")
def weigh_all(manner: Floats, who: Ints, dt: Floats, hit: Floats, motion: Floats, before: Floats, mu: Floats) -> None:
    """`weigh` for each of the tracks `who` that were likely seen: manner (n, 2), mu (n, models), the rest per `who`."""
    models = mu.shape[1]
    for i in range(len(who)):
        if hit[i] >= LIKELY:
            weigh(
                manner.reshape(manner.size),
                who[i],
                dt[i],
                motion,
                models,
                before.reshape(before.size),
                i * models,
                mu.reshape(mu.size),
            )

"""How far a figure from so many nights is to be believed: bounds that are each right nine times in ten.

Every bound is one-sided with a confidence of 90 %, so low and high together hold the truth in 80 % of cases. Shares
have Clopper and Pearson's bounds (Biometrika 26, 1934): of all that are in use they alone never promise more than 90 %,
whatever the share, which is what a verdict that rests on a bound needs; Wilson's are right on average only. Things of
one night share its weather and its wall, so a share of several things a night counts for fewer of them than there are:
Korn and Graubard, "Confidence intervals for proportions with small expected number of positive counts estimated from
survey data", Survey Methodology 24, 1998. Means have Student's.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats

from dronewall.units import Floats

CONFIDENCE: Final = 0.9


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its one-sided bounds; NaN: too few nights to say."""

    value: float
    low: float
    high: float


NONE: Final = Estimate(np.nan, np.nan, np.nan)


def share(hits: Floats, trials: Floats) -> Estimate:
    """The share of hits over all nights, from those of each [shape=(nights,)]; nights without trials are left out.

    With one trial a night the bounds are Clopper and Pearson's own. With more, the effective number of trials is that
    of a binomial share with the variance seen between nights, at most the number there were.
    """
    hits, trials = np.asarray(hits, float)[np.asarray(trials) > 0], np.asarray(trials, float)[np.asarray(trials) > 0]
    nights, n = len(trials), float(trials.sum())
    if not nights:
        return NONE
    p = float(hits.sum() / n)
    effective = _effective(hits, trials, p)
    k = p * effective
    low = stats.beta.ppf(1.0 - CONFIDENCE, k, effective - k + 1.0) if p > 0.0 else 0.0
    high = stats.beta.ppf(CONFIDENCE, k + 1.0, effective - k) if p < 1.0 else 1.0
    return Estimate(p, float(low), float(high))


def mean(values: Floats) -> Estimate:
    """The mean of one figure a night [shape=(nights,)], NaN left out; one night alone has no bounds."""
    known = np.asarray(values, float)
    known = known[np.isfinite(known)]
    if not len(known):
        return NONE
    value = float(known.mean())
    if len(known) == 1:
        return Estimate(value, np.nan, np.nan)
    half = _t(len(known) - 1) * float(known.std(ddof=1)) / np.sqrt(len(known))
    return Estimate(value, value - half, value + half)


def mean_difference(a: Floats, b: Floats) -> Estimate:
    """Mean of b - a over the nights that have both (paired)."""
    return mean(np.asarray(b, float) - np.asarray(a, float))


def share_difference(a: tuple[Floats, Floats], b: tuple[Floats, Floats]) -> Estimate:
    """Pooled share b less pooled share a on the same nights, each given as (hits, trials) [shape=(nights,)].

    What a night adds to either share beyond its part is taken together, so that what is common to both cancels: the
    linearised variance of a difference of ratios (Cochran, "Sampling techniques", 1977, section 6).
    """
    parts = []
    for hits, trials in (a, b):
        n = float(np.sum(trials))
        if not n:
            return NONE
        p = float(np.sum(hits)) / n
        parts.append((p, (np.asarray(hits, float) - p * np.asarray(trials, float)) / n))
    (p_a, of_a), (p_b, of_b) = parts
    difference, nights = p_b - p_a, len(of_a)
    if nights == 1:
        return Estimate(difference, np.nan, np.nan)
    half = _t(nights - 1) * float(np.sqrt(nights / (nights - 1) * ((of_b - of_a) ** 2).sum()))
    return Estimate(difference, difference - half, difference + half)


def _effective(hits: Floats, trials: Floats, p: float) -> float:
    """So many independent trials say as much as these."""
    nights, n = len(trials), float(trials.sum())
    if (trials == 1.0).all():
        return n
    if nights == 1:
        return 1.0
    binomial = p * (1.0 - p) / n
    between = float(((hits - p * trials) ** 2).sum()) / n**2
    effective = n / max(1.0, between / binomial) if binomial > 0.0 else n
    return float(min(n, effective * (_t(n - 1.0) / _t(nights - 1.0)) ** 2))


def _t(freedom: float) -> float:
    return float(stats.t.ppf(CONFIDENCE, freedom))

"""Distributions of factors, by their inverse distribution functions, so that one uniform draw moves each by itself."""

import zlib
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from dronewall.assess.claims import PER_YEAR, Claim
from dronewall.records.threat import Distribution, Quantiles

Samples = npt.NDArray[np.float64]


GRID = np.linspace(0.0, 1.0, 4097)


@cache
def _pert(peak: float) -> Samples:
    """The inverse distribution function of PERT on 0 to 1 at `GRID`, between which it is taken as straight."""
    return np.asarray(betaincinv(1.0 + 4.0 * peak, 1.0 + 4.0 * (1.0 - peak), GRID))


def quantile(distribution: Distribution, u: Samples, chooser: Samples) -> Samples:
    """The inverse distribution function at `u`; `chooser` picks the component of a mixture.

    PERT is the beta distribution with shape 4 (Malcolm et al., Operations Research 7 (1959) 646): alpha = 1 + 4 (mode
    - low) / (high - low), beta = 1 + 4 (high - mode) / (high - low).
    """
    low, mode, high = distribution.low or 0.0, distribution.mode, distribution.high
    match distribution.kind:
        case "point":
            return np.full_like(u, low)
        case "uniform":
            return np.asarray(low + (float(high or 0.0) - low) * u)
        case "triangular" | "pert":
            top = float(high if high is not None else low)
            if top <= low:
                return np.full_like(u, low)
            peak = (float(mode if mode is not None else (low + top) / 2) - low) / (top - low)
            if distribution.kind == "triangular":
                left = np.sqrt(u * peak) if peak > 0 else np.zeros_like(u)
                share = np.where(u < peak, left, 1.0 - np.sqrt(np.maximum((1.0 - u) * (1.0 - peak), 0.0)))
            else:
                share = np.interp(u, GRID, _pert(peak))
            return np.asarray(low + (top - low) * share)
        case "mixture":
            edges = np.cumsum([component.weight for component in distribution.components])
            which = np.minimum(np.searchsorted(edges, chooser, side="right"), len(edges) - 1)
            drawn = np.empty_like(u)
            for place, component in enumerate(distribution.components):
                # each sample is drawn from its own component only, so many roots cost no more than one
                own = which == place
                drawn[own] = quantile(component.distribution, u[own], chooser[own])
            return drawn
        case "sum":
            total = np.zeros_like(u)
            for component in distribution.components:
                total = total + component.weight * quantile(component.distribution, u, chooser)
            return total
        case _:
            raise AssertionError(distribution.kind)


def streams(seed: int, name: str, samples: int) -> tuple[Samples, Samples]:
    rng = np.random.default_rng([seed, zlib.crc32(name.encode("utf-8"))])
    return rng.random(samples), rng.random(samples)


def quantiles(values: Samples) -> Quantiles:
    """P10, P50 and P90."""
    p10, p50, p90 = np.quantile(values, (0.1, 0.5, 0.9))
    return Quantiles(p10=float(p10), p50=float(p50), p90=float(p90))


def claim_distribution(claim: Claim, mode_share: float) -> Distribution:
    """What one claim says of its quantity, per year."""
    times = PER_YEAR.get(claim.per or "year", 1.0)
    low = None if claim.low is None else claim.low * times
    high = None if claim.high is None else claim.high * times
    if claim.bound == "at_most" and high is not None:
        return Distribution(kind="pert", low=0.0, mode=mode_share * high, high=high)
    if claim.bound == "at_least" and low is not None:
        # a floor says nothing of the top; twice the floor until somebody signs another
        return Distribution(kind="pert", low=low, mode=low, high=2.0 * low)
    if claim.bound == "range" and low is not None and high is not None:
        return Distribution(kind="uniform", low=low, high=high)
    value = claim.value * times
    if claim.bound == "approximately":
        return Distribution(kind="pert", low=0.8 * value, mode=value, high=1.2 * value)
    return Distribution(kind="point", low=value)

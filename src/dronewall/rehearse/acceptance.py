"""A scenario's `[[accept]]` lines held against the nights that were played."""

from collections.abc import Mapping, Sequence

import numpy as np

from dronewall.records.acceptance import AcceptSpec
from dronewall.records.metrics import metric
from dronewall.records.scorecard import Verdict
from dronewall.rehearse.figures import Figure, Share
from dronewall.scoring.intervals import NONE, Estimate, mean, share

Nights = Sequence[Mapping[str, Figure]]
"""Each night's figures by the metric's name; a name that a night has not got has nothing to say there."""


def estimate(name: str, nights: Nights) -> Estimate:
    """A metric over the nights: a share pooled, a number averaged."""
    figures = [night.get(name) for night in nights]
    if is_share(name):
        parts = [figure for figure in figures if isinstance(figure, Share)]
        return share(np.array([p.hits for p in parts]), np.array([p.trials for p in parts])) if parts else NONE
    return mean(np.array([value_of(figure) for figure in figures], float))


def is_share(name: str) -> bool:
    """Whether a metric is a share."""
    found = metric(name)
    return found is not None and found.kind == "share"


def value_of(figure: Figure) -> float:
    """A night's own value; NaN: it has nothing to say."""
    found = figure.value if isinstance(figure, Share) else figure
    return float("nan") if found is None else float(found)


def verdict(spec: AcceptSpec, nights: Nights) -> Verdict:
    """Whether the nights keep one line.

    The bound on the bad side must keep the figure: the lower one `at_least`, the upper one `at_most`. A figure that no
    bound of so many nights could ever keep, a share of 0 or of 1, is held against every single trial instead.
    """
    if spec.share_of_nights is None:
        found, least, most = estimate(spec.metric, nights), spec.at_least, spec.at_most
        exact = is_share(spec.metric)
    else:
        kept = np.array([_keeps(spec, value) for value in _values(spec.metric, nights)], bool)
        found = share(kept, np.ones(len(kept)))
        least, most, exact = spec.share_of_nights, None, True
    passed = np.isfinite(found.value)
    if least is not None:
        passed &= found.value == 1.0 if exact and least == 1.0 else found.low >= least
    if most is not None:
        passed &= found.value == 0.0 if exact and most == 0.0 else found.high <= most
    return Verdict(
        line=spec.line,
        metric=spec.metric,
        at_least=spec.at_least,
        at_most=spec.at_most,
        share_of_nights=spec.share_of_nights,
        value=plain(found.value),
        low=plain(found.low),
        high=plain(found.high),
        **{"pass": bool(passed)},
    )


def plain(value: float) -> float | None:
    """Six decimals; None for NaN."""
    return round(float(value), 6) if np.isfinite(value) else None


def _values(name: str, nights: Nights) -> list[float]:
    """The values of the nights that have one."""
    found = [value_of(night.get(name)) for night in nights]
    return [value for value in found if np.isfinite(value)]


def _keeps(spec: AcceptSpec, value: float) -> bool:
    low = -np.inf if spec.at_least is None else spec.at_least
    high = np.inf if spec.at_most is None else spec.at_most
    return bool(low <= value <= high)

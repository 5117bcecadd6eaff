"""How often something new is in view of a sensor, learnt from its own looks.

A Poisson rate under a gamma prior (Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.6): the prior counts as so
many looks at the rate of the settings, older looks fade geometrically. A sky that stays empty makes two plots in a row
less of a proof, and a wall on a quiet border confirms less of what is noise. What arrived is known late, by its
`PROVEN`th detection, so the rate never exceeds that of the settings: a raid must not be waited for.
"""

from dronewall.kernels.columns import ARRIVED, LOOKS, Knobs
from dronewall.kernels.inner import inner
from dronewall.units import Floats

PROVEN = 5  # detections by which nothing that is confirmed is noise


@inner
def births(arrivals: Floats, s: int, k: Knobs) -> float:
    """New things expected in the next look of sensor `s`."""
    seen, arrived = arrivals[s, LOOKS], arrivals[s, ARRIVED]
    learnt = (k.births_prior_looks * k.births_per_look + arrived) / (k.births_prior_looks + seen)
    return learnt if learnt < k.births_per_look else k.births_per_look


@inner
def looked(arrivals: Floats, s: int, arrived: int, k: Knobs) -> None:
    """One more look of sensor `s`, in which so many tracks proved to be something."""
    keep = 1.0 - 1.0 / k.births_memory_looks
    arrivals[s, LOOKS] = keep * arrivals[s, LOOKS] + 1.0
    arrivals[s, ARRIVED] = keep * arrivals[s, ARRIVED] + arrived

"""Whether what a plan says comes true: predicted probabilities of being seen against what crossings showed.

The plan's figure for one flight gathers its map of rates along the flight; a rehearsal (or a recording with truth) says
whether it was detected at all. Told apart are bias (the mean), slope (a model with too much range promises most where
it delivers least) and spread (groups of flights against the interval that their own probabilities give).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.relief import Float32s, Grid
from dronewall.units import Bools, Floats

GROUP: Final = 25
SLOPE: Final = (0.95, 1.05)
COVERED: Final = (0.93, 0.97)
HALF_WIDTH: Final = 0.03


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """How predictions and outcomes agree.

    Attributes
    ----------
    slope, slope_sd : float
        Of a line of outcomes over predictions by least squares, and its standard deviation if the plan is true.
    bias, half_width : float
        Mean outcome less mean prediction, and 1.96 standard deviations of it.
    covered : float
        Share of groups of flights of like prediction whose count lies in its 95 % interval, its ends by their share.
    """

    flights: int
    slope: float
    slope_sd: float
    bias: float
    half_width: float
    covered: float

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the model: slope and bias within chance, groups covered as they should be."""
        return (
            abs(self.slope - 1.0) <= max(SLOPE[1] - 1.0, 2.0 * self.slope_sd)
            and abs(self.bias) <= max(0.01, self.half_width)
            and self.covered >= COVERED[0] - 0.02
        )


def predicted(grid: Grid, rate: Float32s, latitude_rad: Floats, longitude_rad: Floats, seconds: float) -> float:
    """Probability of being seen on one flight, from the rate map [shape=(rows, columns)] of its class and height.

    Positions [shape=(n,)] are `seconds` apart; off the map nothing sees.
    """
    row, column = (np.floor(part + 0.5).astype(np.int64) for part in grid.cells(latitude_rad, longitude_rad))
    inside = (row >= 0) & (row < grid.rows) & (column >= 0) & (column < grid.columns)
    return float(-np.expm1(-rate[row[inside], column[inside]].sum(dtype=np.float64) * seconds))


def reliability(p: Floats, seen: Bools) -> Reliability:
    """Hold predictions [shape=(n,)] against outcomes [shape=(n,)].

    Raises
    ------
    BadInput
        Fewer than 100 flights, or all predictions alike.
    """
    if len(p) < 100:
        raise BadInput(f"{len(p)} flights say too little of a plan; give at least 100")
    away = p - p.mean()
    spread = float((away**2).sum())
    if spread <= 0.0:
        raise BadInput("all predictions are alike, so that no slope can be told")
    outcome = seen.astype(np.float64)
    slope = float((away * (outcome - outcome.mean())).sum()) / spread
    bias = float(outcome.mean() - p.mean())
    half_width = 1.96 * float(np.sqrt((p * (1.0 - p)).sum())) / len(p)
    return Reliability(
        flights=len(p),
        slope=slope,
        slope_sd=float(np.sqrt((away**2 * p * (1.0 - p)).sum())) / spread,
        bias=bias,
        half_width=half_width,
        covered=_covered(p, seen),
    )


def _covered(p: Floats, seen: Bools) -> float:
    """Share of groups whose number seen is inside its central 95 %.

    A number is discrete: of the two numbers on which an end of the interval falls only the share inside counts, so that
    a true model comes to 95 %.
    """
    order = np.argsort(p, kind="stable")
    inside = []
    for first in range(0, len(p) - GROUP + 1, GROUP):
        mine = order[first : first + GROUP]
        chances = np.ones(1)
        for one in p[mine]:
            chances = np.convolve(chances, [1.0 - one, one])
        count = int(seen[mine].sum())
        below = float(chances[:count].sum())
        above = below + float(chances[count])
        within = max(min(above, 0.975) - max(below, 0.025), 0.0)
        inside.append(within / max(float(chances[count]), 1e-300))
    return float(np.mean(inside))

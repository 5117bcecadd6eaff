"""What has been learnt of the sensors' biases: the part of the tracker's memory that registration owns."""

from dataclasses import dataclass, fields
from functools import cache

import numpy as np

from dronewall.kernels.registration import BIASES
from dronewall.units import Floats, Ints

TALLY = 5  # pairs, sum of d2 / 3, refused pairs, plots that another should see too, those that another does see


@dataclass(slots=True, kw_only=True)
class Alignment:
    """Biases of n sensors that fix positions, as estimate and as information; `kernels/registration.py` has the terms.

    Attributes
    ----------
    bias, P : np.ndarray [shape=(n, 4)], (n, 4, 4)
        Estimate and covariance of each sensor; `cross` [shape=(links, 4, 4)] between linked ones.
    info, eta : np.ndarray [shape=(links, 8, 8)], (links, 8)
        Information that the pairs of each link gave; `prior` [shape=(n, 4)] what is believed without them.
    tally, lately : np.ndarray [shape=(n, TALLY)]
        Counts of `kernels/registration.take_plot` since the biases were last worked out, and fading sums of them.
    pairs : np.ndarray [shape=(n,)]
        Pairs that told of a sensor so far.
    ghosts, strays, sound : np.ndarray [shape=(n,)]
        Evidence (log likelihood ratio) that a sensor spams; unexplained plots a look, lately; looks in a row that were
        as catalogued.
    reason, since_ns : np.ndarray [shape=(n,)]
        Why a sensor is quarantined (0: it is not; `tracking/quarantine.py`), and since when; `value` is the figure that
        the reason names.
    solved_ns : np.ndarray [shape=(2,)]
        When the biases were last worked out, and first; 0 never.
    """

    bias: Floats
    P: Floats
    cross: Floats
    info: Floats
    eta: Floats
    prior: Floats
    tally: Floats
    lately: Floats
    pairs: Floats
    ghosts: Floats
    strays: Floats
    sound: Ints
    reason: Ints
    since_ns: Ints
    value: Floats
    solved_ns: Ints

    @classmethod
    def fresh(cls, prior_sd: Floats, links: int) -> "Alignment":
        """Nothing seen: every bias at its prior, zero with standard deviations `prior_sd` [shape=(n, 4)]."""
        n = len(prior_sd)
        P = np.zeros((n, BIASES, BIASES))
        for k in range(BIASES):
            P[:, k, k] = prior_sd[:, k] ** 2
        return cls(
            bias=np.zeros((n, BIASES)),
            P=P,
            cross=np.zeros((links, BIASES, BIASES)),
            info=np.zeros((links, 2 * BIASES, 2 * BIASES)),
            eta=np.zeros((links, 2 * BIASES)),
            prior=prior_sd**-2.0,
            tally=np.zeros((n, TALLY)),
            lately=np.zeros((n, TALLY)),
            pairs=np.zeros(n),
            ghosts=np.zeros(n),
            strays=np.zeros(n),
            sound=np.zeros(n, np.int64),
            reason=np.zeros(n, np.int64),
            since_ns=np.zeros(n, np.int64),
            value=np.zeros(n),
            solved_ns=np.zeros(2, np.int64),
        )

    def start_over(self, a: int, prior_sd: Floats, ends: Ints) -> None:
        """Forget all that was learnt of one sensor, and what others learnt from it alone."""
        touching = (ends == a).any(axis=1)
        self.info[touching], self.eta[touching], self.cross[touching] = 0.0, 0.0, 0.0
        self.bias[a], self.tally[a], self.lately[a], self.pairs[a] = 0.0, 0.0, 0.0, 0.0
        self.P[a], self.prior[a] = np.diag(prior_sd**2), prior_sd**-2.0

    @classmethod
    @cache
    def array_names(cls) -> tuple[str, ...]:
        """Every array's name."""
        return tuple(f.name for f in fields(cls))

    def arrays(self) -> dict[str, np.ndarray]:
        """Every array by name, for a file."""
        return {name: getattr(self, name) for name in self.array_names()}

    def copy(self) -> "Alignment":
        """The same state in arrays of its own."""
        return Alignment(**{name: array.copy() for name, array in self.arrays().items()})

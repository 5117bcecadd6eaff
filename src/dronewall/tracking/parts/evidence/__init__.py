"""Evidence of class: what speaks for one label and against another, beside what `tracking/classes.py` knows by itself.

A part is a function over many tracks at once:

    def evidence(seen: Seen) -> Floats  # log likelihood [shape=(n, len(LABELS))]

It is asked whenever a track's class is renewed, with the track as it is now, and is not summed over time: evidence
that comes with each detection would count the same thing again and again. What it says is bounded to LIMIT either way,
so that none of it is ever final. To add one: a file here and a line in `PARTS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from dronewall.registry import Table
from dronewall.units import Floats

LIMIT = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """n tracks as they are now.

    Attributes
    ----------
    velocity_enu_mps : np.ndarray [shape=(n, 3)]
    covariance : np.ndarray [shape=(n, 6, 6)]
        East, north, up, then their rates.
    air_speed_mps, height_agl_m : np.ndarray [shape=(n,)]
    feature : np.ndarray [shape=(n, 4)]
        Count and sum of radar cross sections (dBsm), count and sum of log tones (ln Hz).
    """

    velocity_enu_mps: Floats
    covariance: Floats
    air_speed_mps: Floats
    height_agl_m: Floats
    feature: Floats


Evidence = Callable[[Seen], Floats]

PARTS: Final = {"climb": "dronewall.tracking.parts.evidence.climb:evidence"}
TABLE: Final = Table("evidence", PARTS)


def added(signature: Floats, evidences: tuple[Evidence, ...], seen: Seen) -> Floats:
    """The signature [shape=(n, len(LABELS))] with what each evidence says, bounded."""
    for evidence in evidences:
        said = np.nan_to_num(evidence(seen), nan=0.0)
        signature = signature + np.clip(said - said.max(axis=1, keepdims=True), -LIMIT, 0.0)
    return signature

"""How fast it climbs: a free balloon rises at a few metres a second all the time, what drives or flies level does not.

Widths are judgements: weather balloons ascend at about 5 m/s (WMO-No. 8, vol. I, ch. 12), party balloons at 1 to 3.
"""

import numpy as np

from dronewall.records.words import LABELS
from dronewall.tracking.parts.evidence import Seen
from dronewall.units import Floats

_MEAN = np.array([3.0 if label == "balloon" else 0.0 for label in LABELS])
_SD = np.array([{"balloon": 2.0, "ground": 0.3, "unknown": 10.0}.get(label, 1.5) for label in LABELS])


def evidence(seen: Seen) -> Floats:
    """Log likelihood of each label given the climb rate."""
    sd = np.sqrt(_SD**2 + seen.covariance[:, 5, 5, None])
    t = (seen.velocity_enu_mps[:, 2, None] - _MEAN) / sd
    return np.asarray(-0.5 * t * t - np.log(sd))

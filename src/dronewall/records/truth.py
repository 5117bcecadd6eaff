"""Truth: simulated or cooperative reference paths, as a struct of arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dronewall.units import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """n rows, one per target and time.

    `target` names it (`target-0003`); positions are geodetic (radians, metres above the ellipsoid), velocities east,
    north, up (m/s) [shape=(n, 3)]; `label` is what it is; `cooperative` whether it says honestly who and where it is.
    """

    time_ns: Ints
    target: NDArray[np.object_]
    latitude_rad: Floats
    longitude_rad: Floats
    altitude_hae_m: Floats
    velocity_enu_mps: Floats
    label: NDArray[np.object_]
    cooperative: Bools

    def __len__(self) -> int:
        return len(self.time_ns)

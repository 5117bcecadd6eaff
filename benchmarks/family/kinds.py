"""What sets one family of recordings apart from another."""

import re
from dataclasses import dataclass
from math import radians

from dronewall.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A line of radars and those who fly past it.

    Attributes
    ----------
    length_km, radars : float, int
        Radars stand in the middle of equal pieces of a geodesic of that length.
    p_detect, false_per_look : float
        At every range, for every target; the mean of a Poisson number.
    swarm : int
        Targets that fly together, 150 m about their leader.
    bias_rms : tuple[float, float, float]
        Constant errors of the radars: range (m), azimuth, elevation (rad), root mean square over the line.
    latest_s : float
        Each look arrives 0 to so many seconds late, evenly spread.
    flight : str
        How they fly: a key of `flight.FLIGHTS`, or `real`: flights that took place (`real.py`).
    duration_s : float
    """

    length_km: float = 200.0
    radars: int = 10
    p_detect: float = 0.9
    false_per_look: float = 5.0
    swarm: int = 1
    bias_rms: tuple[float, float, float] = (0.0, 0.0, 0.0)
    latest_s: float = 0.0
    flight: str = "calm"
    duration_s: float = 60.0


FAMILIES = {
    "wall": Family(),
    "wallL": Family(length_km=2_000.0, radars=100),
    "wallH": Family(p_detect=0.7, false_per_look=50.0),
    "wallS": Family(swarm=10),
    "wallB": Family(bias_rms=(30.0, radians(0.5), radians(0.3))),
    "wallO": Family(latest_s=5.0),
    "wallT": Family(flight="turns", duration_s=120.0),
    "wallR": Family(flight="real", duration_s=120.0),
    "wallM": Family(flight="manoeuvres", duration_s=120.0),
}


def parsed(name: str) -> tuple[Family, int]:
    """The family and the number of targets of a name such as wall-1000.

    Raises
    ------
    BadInput
        No such family, or no number.
    """
    family, _, number = name.partition("-")
    if family not in FAMILIES or not re.fullmatch(r"[1-9]\d{0,6}", number):
        raise BadInput(f"'{name}' is no recording; write FAMILY-N with a family of: {', '.join(FAMILIES)}")
    return FAMILIES[family], int(number)

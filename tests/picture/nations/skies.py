"""Things that fly straight, and what nations with errors of their own say of them."""

import math
from collections.abc import Iterable

import numpy as np

from dronewall.picture.nations.common import SLOT_NS, Common
from dronewall.picture.nations.messages import SharedTrack
from dronewall.picture.nations.release import METRES_PER_DEGREE
from dronewall.units import SECOND_NS

START_NS = 1_800_000_000 * SECOND_NS
LATITUDE, LONGITUDE = 56.0, 27.0
NARROW = math.cos(math.radians(LATITUDE))


def name(nation: str, number: int) -> str:
    """A shared id."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return f"{nation}-AAAAAAA{letters[number // 676]}{letters[number // 26 % 26]}{letters[number % 26]}"


def seen(
    nation: str,
    number: int,
    rng: np.random.Generator,
    *,
    start_m: tuple[float, float],
    velocity: tuple[float, float] = (-50.0, 0.0),
    from_s: int = 0,
    to_s: int = 120,
    sd_m: float = 30.0,
    covariance: bool = True,
) -> list[SharedTrack]:
    """One nation's words on one thing, one a second; errors of place fade slowly, as a filter's do."""
    said = []
    error = rng.normal(0.0, sd_m, 2)
    for second in range(from_s, to_s):
        error = 0.9 * error + math.sqrt(1 - 0.81) * rng.normal(0.0, sd_m, 2)
        east = start_m[0] + velocity[0] * second + error[0]
        north = start_m[1] + velocity[1] * second + error[1]
        square = np.diag([sd_m**2, sd_m**2, 1e4, 4.0, 4.0, 4.0])
        said.append(
            SharedTrack(
                id=name(nation, number),
                time_ns=START_NS + second * SECOND_NS,
                status="confirmed",
                latitude_deg=LATITUDE + north / METRES_PER_DEGREE,
                longitude_deg=LONGITUDE + east / (METRES_PER_DEGREE * NARROW),
                velocity_mps=(velocity[0] + float(rng.normal(0, 1.5)), velocity[1] + float(rng.normal(0, 1.5)), 0.0),
                covariance=tuple(square.ravel().tolist()) if covariance else None,
            )
        )
    return said


def believed(nation: str, said: Iterable[SharedTrack], *, until_s: int = 130) -> Common:
    """What a node believes at the end."""
    common = Common(nation)
    for one in said:
        common.say(one)
    assert common.settle(START_NS + until_s * SECOND_NS + SLOT_NS)
    return common

"""A shared track as numbers: where, how fast, how well known, carried to a common time and put together with others.

East and north only: heights of neighbours differ by their geoids and are shown, not fused. Where a partner gave no
covariance, what was withheld stands as a wide one: a rounded position is spread over its square, an unknown velocity
over what drones fly.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dronewall.picture.nations.messages import SharedTrack
from dronewall.picture.nations.release import METRES_PER_DEGREE, SPEED_STEP_MPS
from dronewall.records.track import State
from dronewall.units import SECOND_NS

ASSUMED_PLACE_SD_M: Final = 100.0
ASSUMED_SPEED_SD_MPS: Final = 5.0
UNKNOWN_SPEED_SD_MPS: Final = 35.0
PROCESS_MPS2: Final = 1.0
"""Acceleration, one sigma over one second, while a track is carried without looks."""

Square = tuple[float, float, float]
"""A symmetric 2 x 2 matrix: east-east, east-north, north-north."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One contribution at one time. `place_m2` and `speed` are the covariances of place and velocity (m2, m2/s2),
    `cross` that of east with its rate and north with its rate (m2/s)."""

    time_ns: int
    latitude_deg: float
    longitude_deg: float
    velocity_mps: tuple[float, float]
    place_m2: Square
    speed: Square
    cross: tuple[float, float]


def estimate(track: SharedTrack) -> Estimate | None:
    """A message as numbers; None where it gives no position."""
    if track.latitude_deg is None or track.longitude_deg is None:
        return None
    given = track.covariance
    rounded = track.grid_m is not None
    place_sd_m = ASSUMED_PLACE_SD_M if track.grid_m is None else math.hypot(track.grid_m / math.sqrt(12.0), 100.0)
    if given is not None and not rounded:
        width = len(State)

        def at(row: State, column: State) -> float:
            return given[row * width + column]

        place = (at(State.EAST, State.EAST), at(State.EAST, State.NORTH), at(State.NORTH, State.NORTH))
        speed = (
            at(State.EAST_RATE, State.EAST_RATE),
            at(State.EAST_RATE, State.NORTH_RATE),
            at(State.NORTH_RATE, State.NORTH_RATE),
        )
        cross = (at(State.EAST, State.EAST_RATE), at(State.NORTH, State.NORTH_RATE))
        place, speed = _sound(place), _sound(speed)
    else:
        place, cross = (place_sd_m**2, 0.0, place_sd_m**2), (0.0, 0.0)
        sd = SPEED_STEP_MPS if rounded else ASSUMED_SPEED_SD_MPS
        sd = UNKNOWN_SPEED_SD_MPS if track.velocity_mps is None else sd
        speed = (sd**2, 0.0, sd**2)
    if track.velocity_mps is None:
        speed, cross = (UNKNOWN_SPEED_SD_MPS**2, 0.0, UNKNOWN_SPEED_SD_MPS**2), (0.0, 0.0)
    east, north = (0.0, 0.0) if track.velocity_mps is None else track.velocity_mps[:2]
    return Estimate(track.time_ns, track.latitude_deg, track.longitude_deg, (east, north), place, speed, cross)


def _sound(square: Square) -> Square:
    """A covariance that a partner sent, made one: positive, and no surer than a metre."""
    east, both, north = square
    east, north = min(max(east, 1.0), 1e9), min(max(north, 1.0), 1e9)
    most = 0.99 * math.sqrt(east * north)
    return east, min(max(both, -most), most), north


def carried(one: Estimate, time_ns: int) -> Estimate:
    """The estimate at another time, by its velocity, with the doubt that it flew on like that."""
    seconds = (time_ns - one.time_ns) / SECOND_NS
    if seconds == 0.0:
        return one
    east, north = one.velocity_mps[0] * seconds, one.velocity_mps[1] * seconds
    drift = PROCESS_MPS2**2 * abs(seconds) ** 3 / 3.0
    square, ahead = seconds * seconds, 2.0 * seconds
    place = (
        max(one.place_m2[0] + ahead * one.cross[0], 1.0) + square * one.speed[0] + drift,
        one.place_m2[1] + square * one.speed[1],
        max(one.place_m2[2] + ahead * one.cross[1], 1.0) + square * one.speed[2] + drift,
    )
    gained = PROCESS_MPS2**2 * abs(seconds)
    return Estimate(
        time_ns,
        one.latitude_deg + north / METRES_PER_DEGREE,
        one.longitude_deg + east / (METRES_PER_DEGREE * _narrow(one.latitude_deg)),
        one.velocity_mps,
        _sound(place),
        (one.speed[0] + gained, one.speed[1], one.speed[2] + gained),
        (one.cross[0] + seconds * one.speed[0], one.cross[1] + seconds * one.speed[2]),
    )


def offset_m(one: Estimate, other: Estimate) -> tuple[float, float]:
    """East and north from one to the other, on the flat between them."""
    narrow = _narrow(0.5 * (one.latitude_deg + other.latitude_deg))
    east = (other.longitude_deg - one.longitude_deg) * METRES_PER_DEGREE * narrow
    return east, (other.latitude_deg - one.latitude_deg) * METRES_PER_DEGREE


def squared(offset: tuple[float, float], square: Square) -> tuple[float, float]:
    """Mahalanobis distance squared of an offset, and the log of 2 pi times the root of the determinant."""
    east, both, north = square
    determinant = max(east * north - both * both, 1e-6)
    x, y = offset
    found = (north * x * x - 2.0 * both * x * y + east * y * y) / determinant
    return found, math.log(2.0 * math.pi) + 0.5 * math.log(determinant)


def added(one: Square, other: Square) -> Square:
    """The sum of two covariances."""
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def fused(estimates: Sequence[Estimate]) -> Estimate:
    """Several estimates of one thing at one time, whose errors depend on one another in a way that nobody knows.

    Covariance intersection with weights inverse to the trace (Niehsen, "Information fusion based on fast covariance
    intersection filtering", FUSION 2002): never surer than it may be, whatever was counted twice. The order does not
    matter to the result beyond rounding; callers sort.
    """
    if len(estimates) == 1:
        return estimates[0]
    centre = estimates[0]
    weights = [1.0 / (one.place_m2[0] + one.place_m2[2]) for one in estimates]
    total = sum(weights)
    place_i, speed_i = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
    place_x, speed_x = [0.0, 0.0], [0.0, 0.0]
    for one, weight in zip(estimates, weights, strict=True):
        for inverse, vector, square, value in (
            (place_i, place_x, one.place_m2, offset_m(centre, one)),
            (speed_i, speed_x, one.speed, one.velocity_mps),
        ):
            east, both, north = _inverse(square)
            share = weight / total
            inverse[0] += share * east
            inverse[1] += share * both
            inverse[2] += share * north
            vector[0] += share * (east * value[0] + both * value[1])
            vector[1] += share * (both * value[0] + north * value[1])
    place, speed = (_inverse((inverse[0], inverse[1], inverse[2])) for inverse in (place_i, speed_i))
    east_m = place[0] * place_x[0] + place[1] * place_x[1]
    north_m = place[1] * place_x[0] + place[2] * place_x[1]
    return Estimate(
        centre.time_ns,
        centre.latitude_deg + north_m / METRES_PER_DEGREE,
        centre.longitude_deg + east_m / (METRES_PER_DEGREE * _narrow(centre.latitude_deg)),
        (speed[0] * speed_x[0] + speed[1] * speed_x[1], speed[1] * speed_x[0] + speed[2] * speed_x[1]),
        place,
        speed,
        (0.0, 0.0),
    )


def _inverse(square: Square) -> Square:
    east, both, north = square
    determinant = max(east * north - both * both, 1e-12)
    return north / determinant, -both / determinant, east / determinant


def _narrow(latitude_deg: float) -> float:
    return max(math.cos(math.radians(latitude_deg)), 0.01)

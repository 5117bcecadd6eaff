"""Which side of the line a place lies on: the protected one is where the ways in go to."""

from itertools import pairwise
from typing import Final

import numpy as np

from dronewall.plan.lines import Way
from dronewall.units import Floats

_TIE: Final = 1e-9
"""Of distances, in radians: 6 mm."""


def protected_side(ways: list[Way], latitude_rad: float, longitude_rad: float) -> bool:
    """Whether a place lies where ways go to, judged at the part of the line between two crossings nearest to it.

    Where two parts are equally near, which happens at a bend, the one decides whose straight line the place lies
    farther off: the other may lie on either hand of it.
    """
    here = np.array([longitude_rad * np.cos(latitude_rad), latitude_rad])
    found: list[tuple[float, float, float]] = []
    for one, other in pairwise(ways):
        if one.line != other.line:
            continue
        start, end = (_crossing(way, latitude_rad) for way in (one, other))
        along = end - start
        length = float(np.hypot(*along))
        if length == 0.0:
            continue
        share = float(np.clip((here - start) @ along / length**2, 0.0, 1.0))
        away = float(np.hypot(*(here - start - share * along)))
        off = _turn(along, here - start) / length
        found.append((away, off, _turn(along, _inward(one) + _inward(other))))
    if not found:
        nearest = min(ways, key=lambda way: float(np.hypot(*(here - _crossing(way, latitude_rad)))))
        return float((here - _crossing(nearest, latitude_rad)) @ _inward(nearest)) > 0.0
    least = min(away for away, _, _ in found)
    _, off, inward = max((row for row in found if row[0] <= least + _TIE), key=lambda row: abs(row[1]))
    return off * inward > 0.0


def _crossing(way: Way, latitude_rad: float) -> Floats:
    """Where it crosses the line: east and north in radians of the earth, near some latitude."""
    at = way.crossing
    return np.array([way.longitude_rad[at] * np.cos(latitude_rad), way.latitude_rad[at]])


def _inward(way: Way) -> Floats:
    return np.array([np.sin(way.heading_rad), np.cos(way.heading_rad)])


def _turn(one: Floats, other: Floats) -> float:
    """Above 0: the other lies to the left."""
    return float(one[0] * other[1] - one[1] * other[0])

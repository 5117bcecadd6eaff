"""Sides of a line: the protected one is where the ways in go to, also at a bend; the sea is no place to stand."""

import numpy as np
import pytest

from dronewall.geo.terrain import SmoothEarth
from dronewall.plan.candidates import in_the_sea
from dronewall.plan.lines import Way
from dronewall.plan.sides import protected_side

EAST, WEST = np.radians((90.0, 270.0))


def way(latitude: float, longitude: float, heading: float, line: str = "l") -> Way:
    """One that crosses the line at a place."""
    place = np.radians([latitude]), np.radians([longitude])
    return Way(
        latitude_rad=place[0], longitude_rad=place[1], crossing=0, line=line, zone=None, km=1, heading_rad=heading
    )


def corner(heading: float) -> list[Way]:
    """North along 27.6 east, then on to the east: a bend of a right angle."""
    places = [(56.2, 27.6), (56.3, 27.6), (56.4, 27.6), (56.4, 27.8), (56.4, 28.0)]
    return [way(lat, lon, heading) for lat, lon in places]


@pytest.mark.parametrize(("latitude", "longitude"), [(56.3, 27.59), (56.41, 27.7), (56.405, 27.59), (56.41, 27.599)])
def test_beyond_a_bend_is_one_side(latitude: float, longitude: float) -> None:
    place = np.radians((latitude, longitude)).tolist()
    assert protected_side(corner(np.radians(315.0)), *place)
    assert not protected_side(corner(np.radians(135.0)), *place)


@pytest.mark.parametrize(("latitude", "longitude"), [(56.3, 27.61), (56.39, 27.7), (56.39, 27.61)])
def test_within_a_bend_is_the_other(latitude: float, longitude: float) -> None:
    place = np.radians((latitude, longitude)).tolist()
    assert not protected_side(corner(np.radians(315.0)), *place)
    assert protected_side(corner(np.radians(135.0)), *place)


def test_lines_are_not_joined_and_one_way_has_sides_too() -> None:
    two = [way(56.3, 27.6, WEST, "a"), way(56.3, 29.6, EAST, "b")]
    assert protected_side(two, *np.radians((56.3, 27.5)).tolist())
    assert not protected_side(two, *np.radians((56.3, 27.7)).tolist())
    assert not protected_side(two, *np.radians((56.3, 29.5)).tolist())


def test_open_sea_is_known_without_terrain() -> None:
    places = np.radians([56.5, 58.0]), np.radians([27.4, 19.9])
    assert in_the_sea(*places, SmoothEarth()).tolist() == [False, True]

"""The outline: as large as it may be, no larger; in one piece; a far crumb is not worth its strip."""

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon

from dronewall.picture.outline import outlined
from dronewall.picture.plane import Plane, ring_area_km2
from dronewall.units import Floats

PLANE = Plane(latitude_deg=56.5, longitude_deg=27.3)
EAST, NORTH = np.meshgrid(np.arange(-60.0, 61.0) * 1e3, np.arange(-60.0, 61.0) * 1e3)


def bump(east_m: float, north_m: float, sd_m: float) -> Floats:
    """A normal distribution of whole probability one."""
    density = np.exp(-0.5 * ((EAST - east_m) ** 2 + (NORTH - north_m) ** 2) / sd_m**2)
    return np.asarray(density / density.sum())


def drawn(
    density: Floats, most: float = 0.95, least: float = 0.5, usual_km2: float = 1e6, limit_km2: float = 1e6
) -> tuple[Polygon, float, float]:
    ring, km2, held = outlined(
        PLANE, density, EAST, NORTH, least=least, most=most, usual_km2=usual_km2, limit_km2=limit_km2, corners=60
    )
    return Polygon(PLANE.xy_m(*np.array(ring).T)), km2, held


def test_of_a_normal_distribution_it_is_the_disc_of_the_chi_square_radius() -> None:
    shape, km2, held = drawn(bump(0.0, 0.0, 8e3))
    radius_km = 8.0 * np.sqrt(-2.0 * np.log(0.05))
    assert km2 == pytest.approx(np.pi * radius_km**2, rel=0.015)
    assert held == pytest.approx(0.95, abs=0.005)
    assert shape.hausdorff_distance(shapely.Point(0.0, 0.0).buffer(1e3 * radius_km, 64)) < 600.0


@pytest.mark.parametrize("usual_km2", [100.0, 300.0, 594.0, 900.0])
def test_where_the_probability_takes_more_than_is_usual_it_is_as_large_as_usual_and_never_larger(
    usual_km2: float,
) -> None:
    _, km2, _ = drawn(bump(3e3, -7e3, 9e3), usual_km2=usual_km2, least=0.01)
    assert 0.96 * usual_km2 <= km2 <= usual_km2


def test_what_it_must_hold_at_the_least_goes_before_what_is_usual_and_the_limit_before_both() -> None:
    _, km2, held = drawn(bump(0.0, 0.0, 9e3), usual_km2=100.0, least=0.9)
    assert held == pytest.approx(0.9, abs=0.01)
    assert km2 > 1_000.0
    _, km2, held = drawn(bump(0.0, 0.0, 9e3), usual_km2=100.0, least=0.9, limit_km2=400.0)
    assert km2 <= 400.0
    assert held < 0.9


def test_two_parts_that_both_matter_are_one_polygon() -> None:
    shape, _, held = drawn(0.5 * bump(-15e3, 0.0, 3e3) + 0.5 * bump(15e3, 0.0, 3e3))
    assert isinstance(shape, Polygon)
    assert shape.contains(shapely.Point(-15e3, 0.0))
    assert shape.contains(shapely.Point(15e3, 0.0))
    assert held >= 0.94


def test_a_far_crumb_is_not_worth_the_strip_that_would_tie_it_on() -> None:
    shape, _, held = drawn(0.97 * bump(-30e3, 0.0, 4e3) + 0.03 * bump(40e3, 0.0, 1e3), most=0.9)
    assert not shape.contains(shapely.Point(40e3, 0.0))
    assert held == pytest.approx(0.9, abs=0.01)


def test_a_ring_of_ground_is_drawn_without_its_hole() -> None:
    away = np.hypot(EAST, NORTH)
    ring = np.exp(-0.5 * ((away - 20e3) / 2e3) ** 2)
    shape, km2, _ = drawn(ring / ring.sum())
    assert shape.contains(shapely.Point(0.0, 0.0))
    assert km2 == pytest.approx(ring_area_km2(PLANE.ring(np.array(shape.exterior.coords)[:-1])), rel=1e-3)


def test_a_limit_below_one_cell_leaves_a_disc_round_the_likeliest_place() -> None:
    shape, km2, _ = drawn(bump(5e3, 5e3, 300.0), limit_km2=0.5)
    assert km2 <= 0.5
    assert shape.contains(shapely.Point(5e3, 5e3))

"""The area: never above the limit, no larger than it must be, and it holds where things come down."""

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from shapely.geometry import Polygon

from dronewall.picture.area import AreaSettings, Ground, Mover, Outlook, blurred, inside, reach_m
from dronewall.picture.plane import Plane, ring_area_km2
from tests.picture.scenes import TOWN, circle, place

TOWN_GROUND = Ground(zone="town", corners=circle(*TOWN, 6_000.0), people=30_000)
PLANE = Plane(latitude_deg=TOWN[0], longitude_deg=TOWN[1])


def mover(
    east_m: float = 40_000.0, north_m: float = 0.0, course_deg: float = 270.0, course_sd_deg: float = 4.0, **more: float
) -> Mover:
    latitude, longitude = place(east_m, north_m)
    given = {"speed_mps": 50.0, "speed_sd_mps": 3.0, "place_sd_m": 150.0, **more}
    return Mover(
        latitude_rad=math.radians(latitude),
        longitude_rad=math.radians(longitude),
        course_rad=math.radians(course_deg),
        course_sd_rad=math.radians(course_sd_deg),
        **given,
    )


def area_of(
    *movers: Mover, grounds: tuple[Ground, ...] = (TOWN_GROUND,), chosen: AreaSettings | None = None
) -> Polygon:
    return Polygon(Outlook(movers, grounds, chosen).area().ring)


def dog_legs(rng: np.random.Generator, start_m: np.ndarray, end_m: np.ndarray) -> np.ndarray:
    """Corners of a way with one to four dog-legs of 10 to 25 degrees off the bearing of its end [shape=(n, 2)]."""
    corners = [start_m]
    for _ in range(int(rng.integers(1, 5))):
        way = end_m - corners[-1]
        bearing = math.atan2(way[0], way[1]) + math.radians(rng.uniform(10.0, 25.0)) * rng.choice([-1.0, 1.0])
        step = float(np.hypot(*way)) * rng.uniform(0.2, 0.5)
        corners.append(corners[-1] + step * np.array([math.sin(bearing), math.cos(bearing)]))
    return np.array([*corners, end_m])


def test_two_drones_with_dog_legs_come_down_inside_a_few_hundred_square_kilometres() -> None:
    rng = np.random.default_rng(20_260_507)
    sd = math.radians(4.0)
    held, km2 = [], []
    for _ in range(60):
        for _ in range(2):
            radius, angle = 6_000.0 * math.sqrt(rng.uniform()), rng.uniform(0.0, 2.0 * math.pi)
            end = radius * np.array([math.sin(angle), math.cos(angle)])
            way = dog_legs(rng, np.array([42_000.0, rng.uniform(-15_000.0, 15_000.0)]), end)
            first = way[1] - way[0]
            course = math.atan2(first[0], first[1])
            at = way[0] + 3_000.0 * first / np.hypot(*first)
            seen = mover(*at, math.degrees(course + rng.normal() * sd), 4.0)
            area = Outlook([seen], [TOWN_GROUND]).area()
            held.append(Polygon(area.ring).contains(shapely.Point(PLANE.ring(end[None])[0])))
            km2.append(area.km2)
    assert np.mean(held) >= 0.95
    assert np.median(km2) <= 600.0
    assert max(km2) <= 1_500.0


@settings(max_examples=40)
@given(
    st.floats(-60_000.0, 60_000.0),
    st.floats(-60_000.0, 60_000.0),
    st.floats(0.0, 360.0),
    st.sampled_from([0.5, 5.0, 20.0, 50.0, math.inf]),
    st.floats(5.0, 120.0),
    st.floats(10.0, 8_000.0),
)
def test_no_area_is_above_the_limit_and_each_is_one_simple_polygon(
    east_m: float, north_m: float, course_deg: float, course_sd_deg: float, speed_mps: float, place_sd_m: float
) -> None:
    seen = mover(east_m, north_m, course_deg, course_sd_deg, speed_mps=speed_mps, place_sd_m=place_sd_m)
    area = Outlook([seen], [TOWN_GROUND]).area()
    assert area.km2 <= 1_500.0
    assert area.km2 == pytest.approx(ring_area_km2(area.ring))
    assert Polygon(area.ring).is_valid
    assert len(area.ring) <= AreaSettings().most_corners
    assert 0.0 < area.probability <= 1.0


def test_where_the_limit_is_reached_the_area_says_that_it_holds_less() -> None:
    lost = mover(course_sd_deg=math.inf)
    assert Outlook([lost], [TOWN_GROUND], AreaSettings(limit_km2=300.0)).area().probability < 0.8
    assert Outlook([lost], [TOWN_GROUND], AreaSettings(limit_km2=300.0)).area().km2 <= 300.0


def test_a_better_course_needs_less_ground() -> None:
    sharp, vague = (Outlook([mover(course_sd_deg=sd)], [TOWN_GROUND]).area().km2 for sd in (2.0, 30.0))
    assert sharp < 0.95 * vague


def test_a_town_ahead_is_in_the_area_and_one_behind_is_not() -> None:
    ahead = Polygon(TOWN_GROUND.corners)
    assert area_of(mover(course_deg=270.0)).contains(ahead.centroid)
    assert not area_of(mover(course_deg=90.0)).intersects(ahead)


@pytest.mark.parametrize(("speed_mps", "least_m"), [(3.0, 12_000.0), (11.0, 13_200.0), (18.0, 21_600.0)])
def test_what_is_slow_by_nature_reaches_no_farther_than_it_flies_in_twenty_minutes(speed_mps, least_m) -> None:
    assert reach_m(mover(speed_mps=speed_mps, usual_mps=10.0), AreaSettings()) == pytest.approx(least_m)


@pytest.mark.parametrize("speed_mps", [5.0, 20.0, 51.0, 90.0])
def test_what_may_be_a_fixed_wing_reaches_as_far_as_what_may_be_anything(speed_mps) -> None:
    anything = reach_m(mover(speed_mps=speed_mps), AreaSettings())
    assert all(reach_m(mover(speed_mps=speed_mps, usual_mps=u), AreaSettings()) == anything for u in (25.0, 51.0))


def test_a_slow_multirotor_is_warned_of_on_less_ground() -> None:
    slow = mover(east_m=12_000.0, speed_mps=11.0, course_sd_deg=20.0)
    quadcopter = replace(slow, usual_mps=10.0)
    assert Outlook([quadcopter], []).area().km2 < 0.5 * Outlook([slow], []).area().km2


def test_without_any_zone_the_area_is_a_fan_along_the_course() -> None:
    fan = area_of(mover(course_deg=270.0), grounds=())
    latitude, longitude = place(25_000.0, 0.0)
    behind = place(50_000.0, 0.0)
    assert fan.contains(shapely.Point(longitude, latitude))
    assert not fan.contains(shapely.Point(behind[1], behind[0]))


def test_one_area_for_two_things_is_smaller_than_two() -> None:
    one, other = mover(north_m=-4_000.0), mover(north_m=4_000.0)
    apart = sum(Outlook([m], [TOWN_GROUND]).area().km2 for m in (one, other))
    both = Outlook([one, other], [TOWN_GROUND]).area()
    assert both.km2 < 0.75 * apart
    assert Polygon(both.ring).contains(Polygon(TOWN_GROUND.corners).centroid)


def test_arrival_is_the_distance_to_the_edge_over_the_speed_with_its_spread() -> None:
    (aim,) = Outlook([mover()], [TOWN_GROUND]).area().aims
    assert aim.distance_m == pytest.approx(34_000.0, rel=0.01)
    early, middle, late = aim.arrival_s
    assert early < 34_000.0 / 50.0 < middle < late
    assert early == pytest.approx((34_000.0 - 1.645 * 150.0) / (50.0 + 1.645 * 3.0), rel=0.01)


def test_what_an_area_holds_is_what_it_says() -> None:
    seen = Outlook([mover()], [TOWN_GROUND])
    area = seen.area()
    assert seen.held(area.ring) == pytest.approx(area.probability, abs=0.02)
    assert area.probability >= 0.85


def test_the_same_evidence_gives_the_same_area_to_the_bit() -> None:
    assert Outlook([mover()], [TOWN_GROUND]).area() == Outlook([mover()], [TOWN_GROUND]).area()


def test_a_slow_thing_far_from_any_zone_heads_for_none() -> None:
    slow = replace(mover(east_m=80_000.0), speed_mps=15.0)
    assert Outlook([slow], [TOWN_GROUND]).area().aims == ()


@pytest.mark.parametrize(
    ("east_m", "north_m", "radius_m"), [(0.0, 0.0, 6_000.0), (28_000.0, -19_500.0, 4_000.0), (3_300.0, 7_700.0, 200.0)]
)
def test_a_zone_worked_out_where_it_reaches_is_the_zone_worked_out_everywhere(east_m, north_m, radius_m) -> None:
    east, north = np.meshgrid(np.arange(-30, 31) * 1_000.0, np.arange(-20, 21) * 1_000.0)
    shape = shapely.Point(east_m, north_m).buffer(radius_m)
    cells = shapely.contains_xy(shape, east, north).astype(float)
    if not cells.any():
        cells.flat[np.argmin(np.hypot(east - east_m, north - north_m))] = 1.0
    np.testing.assert_array_equal(inside(shape, east, north), cells)
    for sd_cells in (1.5, 6.0):
        everywhere = gaussian_filter(cells, sd_cells, mode="constant", truncate=3.0)
        np.testing.assert_array_equal(blurred(cells, sd_cells), everywhere)

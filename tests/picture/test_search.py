"""Where to look for what was lost: it holds what it says, is far smaller than the circle, and is said once."""

from dataclasses import replace

import numpy as np
import pytest
from shapely.geometry import Point, Polygon

from dronewall.picture.area import Ground, Mover
from dronewall.picture.case import TRACK, Case
from dronewall.picture.plane import Plane
from dronewall.picture.search import LOST_NS, Lost, search_area
from dronewall.records.alert import Level

PLANE = Plane(latitude_deg=54.5, longitude_deg=25.6)
TOWN = Ground(
    zone="town", corners=((25.2, 54.6), (25.35, 54.6), (25.35, 54.72), (25.2, 54.72)), people=50_000
)  # 25 km to the north-west
MOVER = Mover(
    latitude_rad=float(np.radians(54.5)),
    longitude_rad=float(np.radians(25.6)),
    place_sd_m=200.0,
    course_rad=float(np.radians(315.0)),
    course_sd_rad=float(np.radians(3.0)),
    speed_mps=50.0,
    speed_sd_mps=2.0,
)
CASE = Case(
    source="t-1",
    kind=TRACK,
    level=Level.WARNING,
    mover=MOVER,
    made_ns=10**18,
    first_ns=10**18 - 10**11,
    confirmed_ns=10**18 - 10**10,
    label="fixed_wing_piston",
    label_probability=0.9,
    p_exists=0.99,
    identity_status="unknown",
    sensors=("node-1",),
    detections=40,
)


def test_it_holds_nine_in_ten_under_its_own_model():
    assert search_area(MOVER, [TOWN]).probability == pytest.approx(0.9, abs=0.02)


def test_it_is_at_most_half_of_the_naive_circle():
    area = search_area(MOVER, [TOWN])
    assert area.km2 <= 0.5 * area.circle_km2


def test_it_lies_ahead():
    ring = Polygon(search_area(MOVER, [TOWN]).ring)
    east, north = np.sin(MOVER.course_rad), np.cos(MOVER.course_rad)
    ahead = PLANE.ring(np.array([[15_000.0 * east, 15_000.0 * north], [-15_000.0 * east, -15_000.0 * north]]))
    assert ring.covers(Point(ahead[0]))
    assert not ring.covers(Point(ahead[1]))


def test_of_what_course_was_unknown_any_way_is_searched():
    unknown = replace(MOVER, course_sd_rad=float("inf"))
    assert search_area(unknown, [TOWN]).km2 > 3.0 * search_area(MOVER, [TOWN]).km2


def test_a_track_that_is_heard_of_is_not_lost():
    assert Lost([TOWN]).events({"t-1": CASE}, CASE.made_ns + LOST_NS - 1) == []


def test_where_to_look_is_said_once():
    lost = Lost([TOWN])
    (event,) = lost.events({"t-1": CASE}, CASE.made_ns + LOST_NS)
    assert event.kind == "track.lost"
    assert event.payload["search_area_km2"] < event.payload["circle_km2"]
    assert lost.events({"t-1": CASE}, CASE.made_ns + 2 * LOST_NS) == []


def test_what_was_found_and_lost_again_is_said_again():
    lost = Lost([TOWN])
    lost.events({"t-1": CASE}, CASE.made_ns + LOST_NS)
    later = replace(CASE, made_ns=CASE.made_ns + 3 * LOST_NS)
    assert len(lost.events({"t-1": later}, later.made_ns + LOST_NS)) == 1


def test_a_restart_does_not_say_it_twice():
    lost, again = Lost([TOWN]), Lost([TOWN])
    lost.events({"t-1": CASE}, CASE.made_ns + LOST_NS)
    again.restore(lost.saved())
    assert again.events({"t-1": CASE}, CASE.made_ns + 2 * LOST_NS) == []

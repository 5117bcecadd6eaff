import math

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from dronewall.formats.modes import cpr

LATITUDES = st.floats(-86.9, 86.9)
LONGITUDES = st.floats(-180.0, 179.999)


def zones_by_formula(latitude_deg: float) -> int:
    """NL as DO-260B A.1.7.2d writes it."""
    top = 1.0 - math.cos(math.pi / 30.0)
    return math.floor(2.0 * math.pi / math.acos(1.0 - top / math.cos(math.radians(latitude_deg)) ** 2))


def apart_deg(one: float, other: float) -> float:
    return abs((one - other + 180.0) % 360.0 - 180.0)


@given(st.floats(0.01, 86.99))
def test_longitude_zones_follow_the_formula(latitude):
    assert cpr.longitude_zones(latitude) == zones_by_formula(latitude)
    assert cpr.longitude_zones(-latitude) == zones_by_formula(latitude)


@pytest.mark.parametrize(("latitude", "zones"), [(0.0, 59), (87.0, 2), (-87.0, 2), (87.1, 1), (90.0, 1)])
def test_longitude_zones_at_equator_and_poles(latitude, zones):
    assert cpr.longitude_zones(latitude) == zones


@given(LATITUDES, LONGITUDES, st.booleans())
def test_a_pair_of_messages_gives_the_position_back_within_its_steps(latitude, longitude, newest_is_odd):
    even = cpr.encode(latitude, longitude, False, surface=False)
    odd = cpr.encode(latitude, longitude, True, surface=False)
    fix = cpr.airborne_global(even, odd, newest_is_odd)
    assume(fix is not None)  # beside a border between zones there is no answer, and that is right
    assert abs(fix[0] - latitude) < 6.2 / 131_072
    assert apart_deg(fix[1], longitude) < 1.01 * 360.0 / 131_072 / max(cpr.longitude_zones(fix[0]) - 1, 1)


@example(0.0, -90.0, False, True, 0.0, 0.0)
@given(LATITUDES, LONGITUDES, st.booleans(), st.booleans(), st.floats(-0.3, 0.3), st.floats(-0.3, 0.3))
def test_one_message_and_a_place_nearby_give_the_position_back(latitude, longitude, odd, surface, north, east):
    message = cpr.encode(latitude, longitude, odd, surface=surface)
    fix = cpr.local(message, odd, (latitude + north, longitude + east), surface=surface)
    assert fix is not None
    assert abs(fix[0] - latitude) < 6.2 / 131_072
    assert apart_deg(fix[1], longitude) < 1.01 * 360.0 / 131_072 / max(cpr.longitude_zones(fix[0]) - 1, 1)


@given(st.tuples(*[st.integers(0, 131_071)] * 4), st.booleans())
def test_any_pair_of_numbers_gives_a_place_on_earth_or_none(numbers, newest_is_odd):
    fix = cpr.airborne_global(numbers[:2], numbers[2:], newest_is_odd)
    if fix is not None:
        assert -90.0 <= fix[0] <= 90.0
        assert -180.0 <= fix[1] <= 180.0


def test_the_worked_example_of_the_1090_mhz_riddle():
    # Sun, The 1090 Megahertz Riddle, 2nd edition, section 5.3: 8D40621D58C382D690C8AC2863A7 and ...C386435CC412692AD6
    fix = cpr.airborne_global((93_000, 51_372), (74_158, 50_194), False)
    assert fix == pytest.approx((52.2572, 3.91937), abs=1e-4)


def test_a_pair_in_two_zones_has_no_answer():
    border = cpr._TRANSITIONS[20]
    even = cpr.encode(border - 0.001, 20.0, False, surface=False)
    odd = cpr.encode(border + 0.001, 20.0, True, surface=False)
    assert cpr.airborne_global(even, odd, True) is None

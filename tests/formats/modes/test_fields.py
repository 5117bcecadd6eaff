import pytest
from hypothesis import given
from hypothesis import strategies as st

from dronewall.formats.modes import accuracy, fields
from dronewall.units import FOOT_M, KNOT_MPS


def me(frame: str) -> int:
    return int(frame, 16) >> 24 & (1 << 56) - 1


@given(st.integers(-40, 2007))
def test_altitudes_in_25_ft_steps_come_back(step):
    n = step + 40
    code = (n >> 4) << 5 | 0x10 | n & 0x0F
    expected = None if code == 0 else step * 25 * FOOT_M
    assert fields.altitude_m(code) == pytest.approx(expected)


def test_altitude_zero_means_not_given():
    assert fields.altitude_m(0) is None


def test_gillham_altitudes_are_all_hundreds_from_minus_1200_ft_each_once():
    heights = [fields.gillham_m(code) for code in range(4096) if not code & 0x10]
    hundreds = sorted(round(h / FOOT_M / 100) for h in heights if h is not None)
    assert hundreds == list(range(-12, 1268))


def test_neighbouring_gillham_altitudes_differ_in_one_bit():
    by_height = {
        round(h / FOOT_M / 100): c for c in range(4096) if not c & 0x10 and (h := fields.gillham_m(c)) is not None
    }
    assert all((by_height[k] ^ by_height[k + 1]).bit_count() == 1 for k in range(-12, 1267))


def test_velocity_over_ground_as_the_1090_mhz_riddle_works_it_out():
    # section 5.6, 8D485020994409940838175B284F: 159 kt, 182.88 deg, -832 ft/min, geometric 550 ft above pressure
    said = fields.velocity(me("8D485020994409940838175B284F"))
    assert said.over_ground_mps == pytest.approx((-8 * KNOT_MPS, -159 * KNOT_MPS))
    assert said.up_mps == pytest.approx(-832 * FOOT_M / 60)
    assert said.up_is_geometric
    assert said.height_difference_m == pytest.approx(550 * FOOT_M)


def test_airspeed_is_no_velocity_over_ground():
    # section 5.6, 8DA05F219B06B6AF189400CBC33F: 375 kt true airspeed, heading 243.98 deg, -2304 ft/min
    said = fields.velocity(me("8DA05F219B06B6AF189400CBC33F"))
    assert said.subtype == 3
    assert said.over_ground_mps is None
    assert said.up_mps == pytest.approx(-2304 * FOOT_M / 60)


@pytest.mark.parametrize(("subtype", "step"), [(1, 1.0), (2, 4.0)])
def test_supersonic_velocities_count_in_steps_of_four_knots(subtype, step):
    said = fields.velocity(19 << 51 | subtype << 48 | 101 << 32 | 51 << 21)
    assert said.over_ground_mps == pytest.approx((100 * step * KNOT_MPS, 50 * step * KNOT_MPS))


@pytest.mark.parametrize("subtype", [0, 5, 6, 7])
def test_reserved_velocity_subtypes_say_nothing(subtype):
    assert fields.velocity(19 << 51 | subtype << 48) is None


def test_surface_movement_of_the_1090_mhz_riddle():
    # section 5.4, 8C4841753A9A153237AEF0F275BE: 17 kt, 92.8 deg
    said = fields.position(me("8C4841753A9A153237AEF0F275BE"), 7)
    east, north = said.velocity_mps
    assert said.surface
    assert (east**2 + north**2) ** 0.5 == pytest.approx(17 * KNOT_MPS)
    assert east > 0 > north


@given(st.integers(0, 127))
def test_surface_speeds_grow_with_the_code_up_to_175_kt(movement):
    said = fields.surface_velocity_mps(movement << 44 | 1 << 43)
    if 1 <= movement <= 123:
        assert said is not None
        assert said[1] <= 175 * KNOT_MPS
    else:
        assert said is None


def test_operational_status_of_version_2():
    # TC 31 subtype 0, version 2, NIC supplement A 1, NACp 9, GVA 2
    said = fields.status(31 << 51 | 2 << 13 | 1 << 12 | 9 << 8 | 2 << 6)
    assert said == fields.Status(2, 9, 2, 1, 0)


def test_version_0_states_no_nacp_and_reserved_versions_nothing():
    assert fields.status(31 << 51) == fields.Status(0, None, None, 0, 0)
    assert fields.status(31 << 51 | 5 << 13) is None


def test_unmanned_aircraft_are_category_b6_and_keep_an_unknown_label():
    category = fields.emitter(3 << 51 | 6 << 48, 3)
    assert category == "B6"
    assert fields.LABEL_OF_EMITTER[category] == "unknown"


def test_nacp_is_a_95_percent_radius():
    assert accuracy.radius_95_m(2, 9, 11) == 30.0
    assert accuracy.position_sd_m(30.0) == pytest.approx(12.26, abs=0.01)


def test_version_0_and_unknown_versions_are_read_by_type_code():
    assert accuracy.radius_95_m(0, None, 11) == 92.6
    assert accuracy.radius_95_m(None, None, 9) == 3.0
    assert accuracy.radius_95_m(None, None, 18) is None


def test_an_aircraft_that_states_unknown_accuracy_gets_none():
    assert accuracy.radius_95_m(2, 0, 11) is None
    assert accuracy.radius_95_m(2, 15, 11) is None


@pytest.mark.parametrize(
    ("version", "type_code", "a", "b", "c", "nic"),
    [
        (2, 11, 1, 1, 0, 9),
        (2, 11, 0, 0, 0, 8),
        (1, 11, 1, 0, 0, 9),
        (2, 13, 0, 1, 0, 6),
        (2, 16, 1, 1, 0, 3),
        (2, 16, 0, 0, 0, 2),
        (2, 7, 1, 0, 0, 9),
        (2, 7, 0, 0, 0, 8),
        (2, 8, 1, 0, 1, 7),
        (2, 8, 0, 0, 0, 0),
        (2, 18, 0, 0, 0, 0),
    ],
)
def test_nic_follows_type_code_and_supplements(version, type_code, a, b, c, nic):
    assert accuracy.nic(version, type_code, a, b, c) == nic


@given(st.integers(0, 2**56 - 1))
def test_any_56_bits_are_read_without_error(bits):
    type_code = bits >> 51
    fields.velocity(bits)
    fields.status(bits)
    fields.target_state_nacp(bits)
    if 1 <= type_code <= 4:
        fields.emitter(bits, type_code)
    if 5 <= type_code <= 18 or 20 <= type_code <= 22:
        said = fields.position(bits, type_code)
        assert all(0 <= n < 131_072 for n in said.compressed)

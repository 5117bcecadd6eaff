import numpy as np
import pytest

from dronewall.formats.decoding import Faults, Options
from dronewall.formats.modes import squitters
from dronewall.formats.modes.squitters import Squitters
from dronewall.records.detection import Column
from dronewall.units import FOOT_M, SECOND_NS
from tests.formats.samples import airborne_me, squitter, status_me

ADDRESS = 0x4CA1FA
PLACE = (56.5, 27.3)


class Sky:
    """Sends frames of one or more aircraft to a decoder."""

    def __init__(self, **options):
        self.faults = Faults()
        self.decoder = Squitters(Options.of(options, "test"), self.faults)

    def hear(self, frame, at_s):
        ns = round(at_s * SECOND_NS)
        self.decoder.feed([frame], [ns], [ns])

    def positions(self, times, place=PLACE, address=ADDRESS, step_deg=0.001, **me):
        for index, at_s in enumerate(times):
            odd = index % 2 == 1
            self.hear(squitter(address, airborne_me(place[0] + step_deg * index, place[1], odd, **me)), at_s)
        return self

    def reports(self):
        return self.decoder.reports.take().detections


def values(detections, column):
    return detections.values[:, column]


def test_a_first_position_counts_once_a_second_agrees():
    sky = Sky().positions([0.0, 0.5])
    assert len(sky.reports()) == 0
    sky.positions([1.0], place=(56.502, 27.3))
    assert len(sky.reports()) == 1


def test_positions_carry_identity_accuracy_and_pressure_altitude_alone():
    found = Sky().positions([0.0, 0.5, 1.0, 1.5]).reports()
    assert found.identity.tolist() == ["icao:4ca1fa"] * 2
    np.testing.assert_allclose(np.rad2deg(values(found, Column.LATITUDE_RAD)), [56.502, 56.503], atol=5e-5)
    np.testing.assert_allclose(values(found, Column.POSITION_SD_M), 92.6 / 2.4477, rtol=1e-4)
    np.testing.assert_allclose(values(found, Column.ALTITUDE_BARO_M), 38_000 * FOOT_M, atol=2000)
    assert np.isnan(values(found, Column.ALTITUDE_HAE_M)).all()


def test_a_pair_more_than_ten_seconds_apart_gives_nothing():
    sky = Sky().positions([0.0, 10.5])
    assert sky.faults.unread["waiting for its pair"] == 2


def test_the_height_difference_of_the_velocity_message_gives_the_ellipsoidal_height():
    sky = Sky().positions([0.0, 0.5])
    difference_steps = 10  # +225 ft
    sky.hear(squitter(ADDRESS, 19 << 51 | 1 << 48 | 241 << 32 | 1 << 21 | difference_steps), 0.9)
    found = sky.positions([1.0], place=(56.502, 27.3)).reports()
    baro, height = values(found, Column.ALTITUDE_BARO_M)[0], values(found, Column.ALTITUDE_HAE_M)[0]
    assert height - baro == pytest.approx(225 * FOOT_M)
    assert values(found, Column.VELOCITY_EAST_MPS)[0] == pytest.approx(240 * 1852 / 3600)


def test_an_old_height_difference_is_not_used():
    sky = Sky().positions([0.0, 0.5])
    sky.hear(squitter(ADDRESS, 19 << 51 | 1 << 48 | 241 << 32 | 1 << 21 | 10), 0.9)
    found = sky.positions([70.0], place=(56.502, 27.3)).reports()
    assert np.isnan(values(found, Column.ALTITUDE_HAE_M)).all()


def test_one_velocity_message_is_used_once():
    sky = Sky().positions([0.0, 0.5])
    sky.hear(squitter(ADDRESS, 19 << 51 | 1 << 48 | 241 << 32 | 1 << 21), 0.9)
    found = sky.positions([1.0, 1.5], place=(56.502, 27.3)).reports()
    assert np.isnan(values(found, Column.VELOCITY_EAST_MPS)).tolist() == [False, True]


def test_geometric_altitudes_are_ellipsoidal_and_not_pressure():
    found = Sky().positions([0.0, 0.5, 1.0], type_code=20).reports()
    assert np.isnan(values(found, Column.ALTITUDE_BARO_M)).all()
    assert np.isfinite(values(found, Column.ALTITUDE_HAE_M)).all()


def test_nacp_of_the_status_message_sets_the_accuracy():
    sky = Sky().positions([0.0, 0.5])
    sky.hear(squitter(ADDRESS, status_me(2, 10)), 0.7)
    found = sky.positions([1.0], place=(56.502, 27.3)).reports()
    assert values(found, Column.POSITION_SD_M)[0] == pytest.approx(10.0 / 2.4477, rel=1e-3)


def test_a_jump_is_doubted_and_believed_after_three_of_its_kind():
    sky = Sky().positions([0.0, 0.5, 1.0, 1.5])
    sky.reports()
    sky.positions([2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0], place=(57.5, 27.3))
    found = sky.reports()
    assert sky.faults.reasons["position jumps"] == squitters.STRIKES
    assert len(found)
    assert (np.rad2deg(values(found, Column.LATITUDE_RAD)) > 57.0).all()


def test_positions_beyond_the_receivers_range_are_doubted():
    sky = Sky(receiver_deg=(50.0, 27.3), max_range_m=400_000.0).positions([0.0, 0.5, 1.0])
    assert len(sky.reports()) == 0
    assert sky.faults.reasons["beyond the receiver's range"] == 2


def test_the_same_squitter_heard_twice_counts_once():
    sky = Sky().positions([0.0, 0.5])
    frame = squitter(ADDRESS, airborne_me(56.502, 27.3, False))
    sky.hear(frame, 1.0)
    sky.hear(frame, 1.0001)
    assert len(sky.reports()) == 1
    assert sky.faults.unread["copies"] == 1


def test_a_frame_with_a_wrong_bit_is_counted_and_kept():
    sky = Sky()
    frame = bytearray(squitter(ADDRESS, airborne_me(*PLACE, False)))
    frame[6] ^= 4
    sky.hear(bytes(frame), 1.0)
    assert sky.faults.reasons == {"parity": 1}
    assert list(sky.faults.last) == [(SECOND_NS, "parity", bytes(frame))]


def test_surface_positions_need_a_receiver():
    def ground(odd):
        from dronewall.formats.modes import cpr

        north, east = cpr.encode(56.5, 27.3, odd, surface=True)
        return squitter(ADDRESS, 7 << 51 | 1 << 44 | int(odd) << 34 | north << 17 | east)

    blind, sky = Sky(), Sky(receiver_deg=(56.6, 27.2))
    for one in (blind, sky):
        one.hear(ground(False), 0.0)
        one.hear(ground(True), 0.5)
    assert blind.faults.unread["on the ground, no reference"] == 2
    found = sky.reports()
    np.testing.assert_allclose(np.rad2deg(values(found, Column.LATITUDE_RAD)), [56.5], atol=2e-5)
    assert values(found, Column.VELOCITY_EAST_MPS)[0] == 0.0


def test_an_address_that_is_not_icaos_becomes_a_pseudonym():
    sky = Sky()
    for index, at_s in enumerate([0.0, 0.5, 1.0]):
        sky.hear(squitter(0x123456, airborne_me(*PLACE, index % 2 == 1), df=18, capability=1), at_s)
    identity = sky.reports().identity[0]
    assert identity.startswith("session:")
    assert "123456" not in identity


def test_rebroadcast_and_tisb_are_not_taken_for_the_aircrafts_own():
    sky = Sky()
    sky.hear(squitter(ADDRESS, airborne_me(*PLACE, False), df=18, capability=2), 0.0)
    assert sky.faults.unread["TIS-B and ADS-R"] == 1


def test_a_flood_of_addresses_is_bounded_and_counted(monkeypatch):
    monkeypatch.setattr(squitters, "MOST_AIRCRAFT", 50)
    sky = Sky()
    for address in range(1, 120):
        sky.hear(squitter(address, airborne_me(*PLACE, False)), 1.0)
    assert len(sky.decoder.aircraft) == 50
    assert sky.faults.reasons["too many aircraft"] == 69


def test_two_aircraft_do_not_mix():
    one, other = Sky(), Sky()
    for at_s, odd in [(0.0, False), (0.5, True), (1.0, False), (1.5, True)]:
        for sky, addresses in ((one, (1,)), (other, (1, 2))):
            for address in addresses:
                sky.hear(squitter(address, airborne_me(50.0 + 3 * address, 20.0, odd)), at_s)
    alone = one.reports()
    both = other.reports()
    mine = both.rows(both.identity == "icao:000001")
    np.testing.assert_array_equal(mine.values, alone.values)

"""What targets say of themselves: received as sent, only from those that send, with the accuracy that they state."""

import numpy as np
import pytest
from scipy import stats

from dronewall.geo.frames import geodetic_to_ecef
from dronewall.records.detection import Column, Detections
from dronewall.records.weather import Weather
from dronewall.sensors import Claim, Sensor
from dronewall.sensors.adsb import NACP_95_M, position_sd_of_nacp_m
from tests.sensors.walls import flying, seconds_of, sensor, still

KINDS = ("remote_id", "adsb")


def received(one: Sensor, claim: Claim | None, n: int = 3000) -> Detections:
    path = still(one, 300.0, 200.0, 120.0)
    return one.simulate(np.random.default_rng(1), seconds_of(n), path, "multirotor", Weather(), claim=claim)[1]


def claimed_enu_m(one: Sensor, found: Detections) -> np.ndarray:
    v = found.values
    place = geodetic_to_ecef(v[:, Column.LATITUDE_RAD], v[:, Column.LONGITUDE_RAD], v[:, Column.ALTITUDE_HAE_M])
    return one.frame.to_local(place)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_received_from_what_sends_nothing(kind: str) -> None:
    assert len(received(sensor(kind), None)) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_positions_are_off_by_what_they_state(kind: str) -> None:
    one = sensor(kind)
    found = received(one, Claim(identity="icao:4ca1fa"))
    off = claimed_enu_m(one, found) - [300.0, 200.0, 120.0]
    sd = found.values[:, [Column.POSITION_SD_M, Column.POSITION_SD_M, Column.ALTITUDE_SD_M]]
    nis = ((off / sd) ** 2).sum(axis=1)
    assert stats.kstest(nis, stats.chi2(3).cdf).pvalue > 1e-3


def test_latitude_and_longitude_have_that_deviation_in_radians_too() -> None:
    one = sensor("adsb")
    found = received(one, Claim(identity="icao:4ca1fa"))
    measured = [found.values[:, c].std() for c in (Column.LATITUDE_RAD, Column.LONGITUDE_RAD)]
    stated = [one.noise(c) for c in (Column.LATITUDE_RAD, Column.LONGITUDE_RAD)]
    np.testing.assert_allclose(measured, stated, rtol=0.06)


def test_velocity_is_off_by_the_stated_noise() -> None:
    one = sensor("adsb")
    path = flying(one, (1000.0, 0.0, 500.0), (60.0, 0.0, 0.0))
    claim = Claim(identity="icao:1")
    _, found = one.simulate(np.random.default_rng(2), seconds_of(3000, 0.01), path, "aircraft", Weather(), claim=claim)
    off = (found.values[:, Column.VELOCITY_EAST_MPS] - 60.0) / one.noise(Column.VELOCITY_EAST_MPS)
    assert stats.kstest(off, stats.norm.cdf).pvalue > 1e-3


def test_a_displaced_claim_arrives_as_it_was_sent() -> None:
    one = sensor("remote_id")
    found = received(one, Claim(identity="rid:A", displaced_m=(12_000.0, 0.0, 0.0)))
    assert claimed_enu_m(one, found)[:, 0].mean() == pytest.approx(12_300.0, abs=2.0)


def test_identities_are_lower_case() -> None:
    assert set(received(sensor("remote_id"), Claim(identity="rid:1581F5FKD")).identity) == {"rid:1581f5fkd"}


def test_split_messages_carry_either_a_place_or_a_name() -> None:
    found = received(sensor("remote_id"), Claim(identity="rid:a", split=True, session="session:7"))
    placed = np.isfinite(found.values[:, Column.LATITUDE_RAD])
    assert set(found.identity[placed]) == {"session:7"}
    assert set(found.identity[~placed]) == {"rid:a"}


def test_remote_id_ends_at_its_range_and_adsb_does_not() -> None:
    for kind, heard in (("remote_id", False), ("adsb", True)):
        one = sensor(kind)
        place = one.frame.to_ecef(np.array([[1600.0, 0.0, 200.0]]))
        assert (one.p_detect(place, np.zeros((1, 3)), "multirotor", Weather())[0] > 0.0) is np.bool_(heard)


def test_an_aircraft_below_the_horizon_is_not_received() -> None:
    one = sensor("adsb")
    places = one.frame.to_ecef(np.array([[0.0, 120_000.0, -700.0], [0.0, 120_000.0, 3000.0]]))
    below, above = one.p_detect(places, np.zeros((2, 3)), "aircraft", Weather())
    assert below == 0.0 < above


@pytest.mark.parametrize("nacp", sorted(NACP_95_M))
def test_nacp_bounds_hold_95_percent_of_positions_of_that_deviation(nacp: int) -> None:
    sd = position_sd_of_nacp_m(nacp)
    off = np.random.default_rng(nacp).normal(size=(100_000, 2)) * sd
    assert (np.hypot(off[:, 0], off[:, 1]) < NACP_95_M[nacp]).mean() == pytest.approx(0.95, abs=0.003)


@pytest.mark.parametrize("nacp", [0, 12, 15])
def test_a_nacp_that_states_nothing_gives_no_deviation(nacp: int) -> None:
    assert np.isnan(position_sd_of_nacp_m(nacp))

"""A call: an area and a time, late."""

import numpy as np
import pytest

from dronewall.geo.frames import geodetic_to_ecef
from dronewall.records.detection import Column
from dronewall.records.weather import Weather
from dronewall.sensors.observer import Observer
from tests.sensors.walls import START_NS, seconds_of, sensor, still


def observer(**keys: float) -> Observer:
    one = sensor("observer", model="caller", **keys)
    assert isinstance(one, Observer)
    return one


def test_calls_are_not_scheduled() -> None:
    assert len(observer().looks(START_NS, START_NS + 10**12)[1]) == 0


def test_calls_arrive_late_by_the_mean_latency() -> None:
    one = observer(latency_s=900.0)
    seen = seconds_of(4000)
    found = one.calls(np.random.default_rng(1), seen, still(one, 500.0, 0.0, 100.0)(seen)[0])
    assert (found.received_ns - seen).mean() / 1e9 == pytest.approx(900.0, rel=0.05)


def test_a_call_never_tells_of_the_future() -> None:
    one = observer(latency_s=60.0, time_sd_s=600.0)
    seen = seconds_of(1000)
    found = one.calls(np.random.default_rng(2), seen, still(one, 500.0, 0.0, 100.0)(seen)[0])
    assert (found.time_ns <= found.received_ns).all()


def test_calls_are_off_by_what_they_state() -> None:
    one = observer(position_sd_m=800.0)
    seen = seconds_of(3000)
    found = one.calls(np.random.default_rng(3), seen, still(one, 500.0, 0.0, 100.0)(seen)[0])
    v = found.values
    enu = one.frame.to_local(geodetic_to_ecef(v[:, Column.LATITUDE_RAD], v[:, Column.LONGITUDE_RAD], 100.0))
    np.testing.assert_allclose(enu[:, :2].std(axis=0), 800.0, rtol=0.05)


def test_a_call_tells_no_height_and_knows_no_kind() -> None:
    found = observer().call(START_NS, START_NS + 10**11, 0.986, 0.48, 2000.0)
    assert np.isnan(found.values[0, Column.ALTITUDE_HAE_M])
    assert found.label[0] == "unknown"


def test_the_radius_of_a_call_holds_95_percent() -> None:
    found = observer().call(START_NS, START_NS + 10**11, 0.986, 0.48, 2000.0)
    off = np.random.default_rng(4).normal(size=(50_000, 2)) * found.values[0, Column.POSITION_SD_M]
    assert (np.hypot(off[:, 0], off[:, 1]) < 2000.0).mean() == pytest.approx(0.95, abs=0.005)


def test_people_far_away_do_not_call() -> None:
    one = observer(p_detect=1.0)
    hit, _ = one.simulate(
        np.random.default_rng(5), seconds_of(10), still(one, 3000.0, 0.0, 100.0), "fixed_wing_piston", Weather()
    )
    assert not hit.any()

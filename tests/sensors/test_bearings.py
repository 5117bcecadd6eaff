"""Direction finders, cameras and TDOA stations: what they measure, of what, and whose noise it is."""

import numpy as np
import pytest

from dronewall.records.detection import Column
from dronewall.records.weather import Weather
from dronewall.sensors import Sensor
from dronewall.sensors.tdoa import shared_error
from tests.sensors.walls import START_NS, flying, seconds_of, sensor, sensors, still


def p_at(one: Sensor, east_m: float, label: str) -> float:
    place = one.frame.to_ecef(np.array([[east_m, 0.0, 100.0]]))
    return float(one.p_detect(place, np.zeros((1, 3)), label, Weather())[0])


@pytest.mark.parametrize(
    ("kind", "model", "label", "range_m"),
    [("rf_direction", "array", "multirotor", 3000.0), ("camera", "thermal", "fixed_wing_piston", 2500.0)],
)
def test_one_look_in_two_finds_the_reference_at_the_nominal_range(
    kind: str, model: str, label: str, range_m: float
) -> None:
    assert p_at(sensor(kind, model=model), np.sqrt(range_m**2 - 90.0**2), label) == pytest.approx(0.5, abs=0.01)


def test_what_transmits_nothing_is_not_heard() -> None:
    one = sensor("rf_direction", model="array")
    assert [p_at(one, 500.0, label) for label in ("bird", "flock", "balloon", "aircraft")] == [0.0] * 4
    assert p_at(one, 500.0, "fpv") > 0.9


def test_a_camera_finds_large_things_farther_off() -> None:
    one = sensor("camera", model="thermal")
    seen = [p_at(one, 1500.0, label) for label in ("fpv", "agricultural_drone", "fixed_wing_piston", "aircraft")]
    assert seen == sorted(seen)
    assert seen[0] < 0.05
    assert seen[-1] > 0.95


def test_no_direction_comes_with_a_range() -> None:
    for kind, model in (("rf_direction", "array"), ("camera", "thermal")):
        one = sensor(kind, model=model)
        _, found = one.simulate(
            np.random.default_rng(1), seconds_of(50), still(one, 400.0, 300.0, 80.0), "multirotor", Weather()
        )
        assert np.isnan(found.values[:, [Column.RANGE_M, Column.LATITUDE_RAD]]).all()


def group(**keys: object) -> dict[str, Sensor]:
    """A reference and two stations some kilometres off."""
    places = {"ref": (56.50, 27.50), "east": (56.50, 27.56), "north": (56.54, 27.50)}
    return sensors(
        [
            {"id": name, "kind": "tdoa", "model": "station", "latitude_deg": lat, "longitude_deg": lon, **keys}
            for name, (lat, lon) in places.items()
        ]
    )


def test_the_first_station_is_the_reference_and_a_lone_one_measures_nothing() -> None:
    wall = group()
    assert wall["ref"].measures == frozenset()
    assert wall["east"].measures == {Column.RANGE_DIFFERENCE_M}
    assert sensor("tdoa", model="station").measures == frozenset()


def test_a_difference_is_own_range_minus_the_references() -> None:
    wall = group(p_detect=1.0, range_sd_m=1e-6)
    path = flying(wall["ref"], (1500.0, 800.0, 200.0), (30.0, 0.0, 0.0))
    _, found = wall["east"].simulate(np.random.default_rng(1), seconds_of(5), path, "multirotor", Weather())
    place, _ = path(seconds_of(5))
    exact = [np.sqrt(((place - wall[name].ecef_m) ** 2).sum(axis=1)) for name in ("east", "ref")]
    np.testing.assert_allclose(found.values[:, Column.RANGE_DIFFERENCE_M], exact[0] - exact[1], atol=1e-4)
    assert set(found.reference_sensor) == {"ref"}


def test_all_differences_of_one_instant_share_the_error_of_the_reference() -> None:
    wall, times = group(p_detect=1.0, range_sd_m=15.0), seconds_of(4000)
    path = still(wall["ref"], 1500.0, 800.0, 200.0)
    east, north = (
        wall[name]
        .simulate(np.random.default_rng(k), times, path, "multirotor", Weather())[1]
        .values[:, Column.RANGE_DIFFERENCE_M]
        for k, name in enumerate(("east", "north"))
    )
    cov = np.cov(east, north)
    np.testing.assert_allclose(cov, 15.0**2 * np.array([[2.0, 1.0], [1.0, 2.0]]), rtol=0.1)
    assert wall["east"].noise(Column.RANGE_DIFFERENCE_M) == pytest.approx(15.0 * np.sqrt(2.0))


def test_the_shared_error_is_normal_and_hangs_on_station_and_time_only() -> None:
    times = START_NS + np.arange(20_000) * 100_000_000
    error = shared_error("ref", times)
    np.testing.assert_array_equal(error, shared_error("ref", times))
    assert abs(np.corrcoef(error, shared_error("other", times))[0, 1]) < 0.03
    assert abs(np.corrcoef(error[1:], error[:-1])[0, 1]) < 0.03
    assert (error.mean(), error.std()) == pytest.approx((0.0, 1.0), abs=0.03)

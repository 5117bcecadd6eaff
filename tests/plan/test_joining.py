"""What is read from tables of range is what the models say, and the kernels are their slow twins."""

import numpy as np
import pytest

from dronewall.geo.frames import from_range_azimuth_elevation
from dronewall.geo.terrain import SmoothEarth
from dronewall.kernels import joining as kernel
from dronewall.kernels.crossings import gather, least_crossing
from dronewall.plan.joining import NODES, by_range, by_range_alone
from dronewall.plan.watching import Unhindered
from dronewall.records.wall import SensorSpec
from dronewall.records.weather import Weather
from dronewall.records.words import LABELS
from dronewall.sensors import build_sensor

ALONE = (("radar", "xband-3d"), ("camera", "thermal"), ("rf_direction", "array"), ("acoustic", "array"))
RAIN = Weather(rain_mm_h=10.0)


def sensor_of(kind: str, model: str, **more: float) -> object:
    place = {"latitude_deg": 55.0, "longitude_deg": 25.0, "height_agl_m": 20.0}
    sensor = build_sensor(SensorSpec(id="a", kind=kind, model=model, **place, **more), SmoothEarth())  # type: ignore[arg-type]
    sensor.sight = Unhindered()  # type: ignore[attr-defined]
    return sensor


@pytest.mark.parametrize(("kind", "model"), ALONE)
def test_a_table_of_range_is_within_a_millionth_of_the_model_in_every_direction(kind: str, model: str) -> None:
    sensor, rng = sensor_of(kind, model), np.random.default_rng(5)
    assert by_range_alone(sensor, RAIN)
    asked = 0
    for label in LABELS:
        table = by_range(sensor, label, RAIN)
        if table is None:
            assert sensor.reach_of(label) == 0.0  # type: ignore[attr-defined]
            continue
        asked += 1
        ranges = rng.uniform(0.0, table.high_m * 1.1, 3_000)
        ways = from_range_azimuth_elevation(ranges, rng.uniform(0.0, 6.28, 3_000), rng.uniform(-0.1, 1.5, 3_000))
        places = sensor.frame.to_ecef(ways)  # type: ignore[attr-defined]
        said = sensor.p_detect(places, rng.normal(size=(3_000, 3)) * 30.0, label, RAIN)  # type: ignore[attr-defined]
        nodes = np.linspace(table.low_m, table.high_m, NODES)
        read = np.interp(ranges, nodes, table.answers[:, 0], left=0.0, right=0.0)
        assert read == pytest.approx(said, abs=1e-6)
    assert asked >= 3


def test_a_table_begins_and_ends_where_the_model_does() -> None:
    table = by_range(sensor_of("radar", "xband-3d", min_range_m=300.0, max_range_m=6000.0, p_detect=0.7), "bird", RAIN)
    assert table is not None
    assert (table.low_m, table.high_m) == pytest.approx((300.0, 6000.0), abs=1e-5)
    assert (table.answers[:, 0] == 0.7).all()


def test_wind_and_clutter_filters_are_not_read_from_tables() -> None:
    assert not by_range_alone(sensor_of("acoustic", "array"), Weather(wind_mps=3.0))
    assert not by_range_alone(sensor_of("radar", "xband-3d-doppler"), RAIN)
    assert not by_range_alone(sensor_of("tdoa", "station"), RAIN)


def test_the_join_is_its_slow_twin() -> None:
    rng = np.random.default_rng(2)
    shape = (7, 9)
    place, up = rng.normal(size=(3, *shape)).astype(np.float32) * 900, rng.normal(size=(3, *shape)).astype(np.float32)
    site, inside = rng.normal(size=3) * 100, rng.random(shape) < 0.8
    low, high = np.array([100.0, 150.0, 50.0]), np.array([1500.0, 1200.0, 2500.0])
    p = rng.random((3, 65))
    table = np.stack([p, -np.log1p(-p)], axis=-1)
    miss, rate = np.full((3, *shape), 0.5, np.float32), np.ones((3, *shape), np.float32)
    found = np.empty(shape)
    kernel.join_by_range(place, up, site, 40.0, inside, low, high, table, 2.0, miss, rate, found)
    ranges = np.sqrt(((place + 40.0 * up - site[:, None, None]) ** 2).sum(axis=0))
    read = np.array(
        [
            [np.interp(ranges, np.linspace(a, b, 65), column, left=0.0, right=0.0) for column in answers.T]
            for a, b, answers in zip(low, high, table, strict=True)
        ]
    )
    value = read[0, 0]
    looks = np.where(inside, np.array([value, np.minimum(value, read[1, 0]), np.maximum(value, read[2, 0])]), 0.0)
    assert found == pytest.approx(np.where(inside, value, 0.0), abs=1e-4)
    assert miss == pytest.approx(0.5 * (1.0 - looks), abs=1e-4)
    assert rate[0] == pytest.approx(1.0 + np.where(inside, read[0, 1], 0.0) / 2.0, abs=1e-3)


def test_the_least_watched_line_through_a_cell_is_that_of_adding_up_all_four() -> None:
    rng = np.random.default_rng(3)
    rate = np.maximum(rng.normal(size=(6, 8)), 0.0).astype(np.float32) * np.float32(0.01)
    turning = rng.random((4, 6, 8)).astype(np.float32) * np.float32(0.01)
    look = np.where(rng.random((6, 8)) < 0.2, np.nan, 0.5).astype(np.float32)
    seconds = np.array([1.0, 1.0, 1.5, 1.5])
    for heeded in (turning, turning[:0]):
        out, gathered = np.empty((6, 8), np.float32), [np.zeros(n) for n in (6, 8, 14, 14)]
        gather(rate, heeded, *gathered)
        least_crossing(look, *gathered, seconds, out)
        for i, j in np.ndindex(6, 8):
            if np.isnan(look[i, j]):
                assert np.isnan(out[i, j])
                continue
            lines = []
            for heading, (down, along) in enumerate(((1, 0), (0, 1), (1, 1), (1, -1))):
                values = rate + turning[heading] if len(heeded) else rate
                line = (np.indices((6, 8)) * np.array([down, along])[:, None, None]).sum(axis=0)
                lines.append(float(values[line == line[i, j]].sum(dtype=np.float64)) * seconds[heading])
            assert out[i, j] == pytest.approx(1.0 - np.exp(-min(lines)), abs=1e-5)

"""Coverage: the maps say what the sensors' own models say, why it ends, and within which interval."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import rasterio

from dronewall.geo.frames import course_and_distance, geodetic_to_ecef
from dronewall.kernels.joining import HORIZON, LINK, NOISE, RANGE, SECTOR, SEEN, TERRAIN
from dronewall.plan.conditions import Conditions
from dronewall.plan.coverage import Survey, survey
from dronewall.plan.run import coverage
from dronewall.plan.watching import velocities
from dronewall.records.weather import Weather
from dronewall.sensors import build_sensors
from tests.plan.walls import RADAR, SOUND, wall

PISTON = "fixed_wing_piston"
SITE = np.radians(56.4), np.radians(27.5)


class Maps(SimpleNamespace):
    """The maps of one class at one height as they were written."""


def asked(
    file: Path, *labels: str, heights_m: tuple[float, ...] = (100.0,), **more: object
) -> tuple[Survey, list[Maps]]:
    conditions = Conditions(labels=labels or (PISTON,), heights_m=heights_m, **({"cell_m": 100.0} | more))  # type: ignore[arg-type]
    folder = file.parent / f"maps-{len(list(file.parent.iterdir()))}"
    coverage(file, folder, conditions)
    layers = []
    for height_m in heights_m:
        for label in conditions.labels:
            stem = f"{label}_{height_m:g}m"
            paths = {"ends": f"ends_{stem}.tif"}
            for kind in ("p_look", "p_detect"):
                paths |= {kind: f"{kind}_{stem}.tif"}
                paths |= {f"{kind}_{end}": f"bounds/{kind}_{stem}_{end}.tif" for end in ("low", "high")}
            layers.append(Maps(label=label, **{name: read(folder / path) for name, path in paths.items()}))
    return survey(file, conditions), layers


def read(path: Path) -> np.ndarray:
    with rasterio.open(path) as data:
        return np.asarray(data.read(1))


def distances_m(found: Survey) -> np.ndarray:
    rows, columns = np.indices(found.ground.grid.shape)
    return course_and_distance(*SITE, *found.ground.grid.places(rows, columns))[1]


def test_a_stated_probability_fills_the_ring_between_the_ranges(tmp_path: Path) -> None:
    found, (layer,) = asked(wall(tmp_path, RADAR))
    away = distances_m(found)
    ring = (away > 450.0) & (away < 5_900.0)
    assert layer.p_look[ring] == pytest.approx(0.9, abs=1e-6)
    assert np.isnan(layer.p_look[away > 6_100.0]).all()
    assert np.isnan(layer.p_look[away < 150.0]).all()
    assert (layer.ends[ring] == SEEN).all()
    assert (layer.ends[away > 6_200.0] == RANGE).all()
    assert layer.p_look.dtype == np.float32
    assert layer.ends.dtype == np.uint8


def test_two_sensors_join_as_independent(tmp_path: Path) -> None:
    second = RADAR.replace('"r1"', '"r2"').replace("0.9", "0.5")
    _, (layer,) = asked(wall(tmp_path, RADAR, second))
    assert np.nanmax(layer.p_look) == pytest.approx(1.0 - 0.1 * 0.5, abs=1e-6)


def test_over_hills_a_cell_has_a_probability_just_where_it_is_seen(tmp_path: Path) -> None:
    found, (layer,) = asked(wall(tmp_path, RADAR, terrain="synthetic:3"))
    lowest, away = found.lowest_visible()[0], distances_m(found)
    inside = (away > 450.0) & (away < 5_900.0)
    assert np.array_equal(~np.isnan(layer.p_look[inside]), lowest[inside] <= 100.0)
    assert np.isin(layer.ends[inside & (lowest > 100.0)], (TERRAIN, HORIZON)).all()
    assert (inside & (lowest > 100.0)).any()


def test_probabilities_are_those_of_the_sensors_own_model(tmp_path: Path) -> None:
    physical = RADAR.replace("p_detect = 0.9\n", "")
    found, layers = asked(wall(tmp_path, physical, SOUND), PISTON, "multirotor", weather=Weather(wind_mps=4.0))
    grid = found.ground.grid
    rng = np.random.default_rng(4)
    rows, columns = rng.integers(0, grid.rows, 300), rng.integers(0, grid.columns, 300)
    latitude, longitude = grid.places(rows, columns)
    ecef = geodetic_to_ecef(latitude, longitude, 100.0)
    sensors = build_sensors(found.wall, found.ground.terrain, file="wall")
    for layer in layers:
        miss = np.ones(300)
        for sensor in sensors.values():
            miss *= 1.0 - sensor.p_detect(ecef, velocities(300, 0.0, 10.0), layer.label, Weather(wind_mps=4.0))
        assert np.nan_to_num(layer.p_look[rows, columns]) == pytest.approx(1.0 - miss, abs=2e-3)


def test_a_crossing_gathers_the_looks_of_its_line(tmp_path: Path) -> None:
    weak = RADAR.replace("0.9", "0.05").replace("min_range_m = 300.0", "min_range_m = 0.0")
    found, (layer,) = asked(wall(tmp_path, weak))
    row, column = (round(float(v)) for v in found.ground.grid.cells(*SITE))
    # Straight over the site: 12 km at 50 m/s and a look each 2 s are 120 looks.
    assert layer.p_detect[row, column] == pytest.approx(1.0 - 0.95**120, abs=0.01)
    # At 4 km from it on a row, the least watched line through the cell is a shorter chord.
    assert layer.p_detect[row - 40, column + 40] < layer.p_detect[row, column]


def test_intervals_hold_their_value_and_a_stated_wall_has_none_per_look(tmp_path: Path) -> None:
    _, (stated,) = asked(wall(tmp_path, RADAR))
    assert np.array_equal(stated.p_look, stated.p_look_low, equal_nan=True)
    assert np.array_equal(stated.p_look, stated.p_look_high, equal_nan=True)
    physical = RADAR.replace("p_detect = 0.9\n", "").replace("max_range_m = 6000.0\n", "max_range_m = 9000.0\n")
    _, layers = asked(wall(tmp_path, physical, SOUND), PISTON, "multirotor", cell_m=200.0)
    for layer in layers:
        for value, low, high in (
            (layer.p_look, layer.p_look_low, layer.p_look_high),
            (layer.p_detect, layer.p_detect_low, layer.p_detect_high),
        ):
            low, value, high = (np.nan_to_num(part) for part in (low, value, high))
            assert (low <= value + 1e-6).all()
            assert (value <= high + 1e-6).all()
            assert (high - low).max() > 0.2


def test_reasons_name_sector_horizon_link_and_noise(tmp_path: Path) -> None:
    sector = RADAR + "azimuth_from_deg = 0\nazimuth_to_deg = 90\n"
    found, (layer,) = asked(wall(tmp_path, sector))
    row, column = (round(float(v)) for v in found.ground.grid.cells(*SITE))
    assert layer.ends[row + 20, column - 20] == SECTOR
    assert layer.ends[row - 20, column + 20] == SEEN

    far = RADAR.replace("max_range_m = 6000.0", "max_range_m = 60000.0")
    found, (low,) = asked(wall(tmp_path, far), heights_m=(10.0,), cell_m=500.0)
    away = distances_m(found)
    assert (low.ends[(away > 40_000.0) & (away < 59_000.0)] == HORIZON).all()

    weak = RADAR.replace("p_detect = 0.9\n", "reference_rcs_dbsm = 20.0\n")
    found, (layer,) = asked(wall(tmp_path, weak))
    assert (layer.ends[(distances_m(found) > 5_000.0) & (distances_m(found) < 5_900.0)] == LINK).all()

    found, (layer,) = asked(wall(tmp_path, SOUND), weather=Weather(wind_mps=15.0))
    assert set(np.unique(layer.ends)) <= {SEEN, NOISE, RANGE}
    assert (layer.ends == NOISE).any()


def test_doppler_radars_count_at_their_least_over_headings(tmp_path: Path) -> None:
    doppler = RADAR.replace('kind = "radar"', 'kind = "radar"\nmodel = "xband-3d-doppler"').replace(
        "p_detect = 0.9\n", ""
    )
    plain = RADAR.replace('kind = "radar"', 'kind = "radar"\nmodel = "xband-3d"').replace("p_detect = 0.9\n", "")
    found, (slow,) = asked(wall(tmp_path, doppler))
    _, (fast,) = asked(wall(tmp_path, plain))
    assert found.watchers[0].turns
    # One is asked cell by cell in its window, the other by range over the whole map: places differ by decimetres.
    assert (np.nan_to_num(slow.p_look) <= np.nan_to_num(fast.p_look) + 2e-4).all()
    assert np.nanmean(slow.p_look) < np.nanmean(fast.p_look)


def test_receivers_of_claims_and_callers_are_left_out_with_the_reason(tmp_path: Path) -> None:
    claims = SOUND.replace('"a1"', '"c1"').replace("acoustic", "adsb")
    people = SOUND.replace('"a1"', '"p1"').replace("acoustic", "observer")
    found, _ = asked(wall(tmp_path, RADAR, claims, people))
    assert {item["sensor"] for item in found.left_out} == {"c1", "p1"}
    assert [watcher.id for watcher in found.watchers] == ["r1"]


def test_a_tdoa_station_needs_its_references_sightline_too(tmp_path: Path) -> None:
    station = SOUND.replace("acoustic", "tdoa").replace(
        "height_agl_m = 4.0", "height_agl_m = 30.0\nmax_range_m = 4000.0"
    )
    other = station.replace('"a1"', '"a2"').replace("27.62", "27.65")
    found, _ = asked(wall(tmp_path, station, other), "multirotor", cell_m=300.0)
    assert {w.id: w.needs for w in found.watchers}["a2"] == ("a1", "a2")


def test_a_bounded_map_holds_its_bounds_and_the_sites_that_reach_into_it(tmp_path: Path) -> None:
    found, _ = asked(wall(tmp_path, RADAR, SOUND), bounds_deg=(27.42, 56.36, 27.48, 56.39))
    latitude, longitude = found.ground.grid.places(np.array([0, found.ground.grid.rows - 1]), np.array([0, 0]))
    assert np.degrees(latitude[0]) > 56.39
    assert np.degrees(latitude[1]) < 56.361
    assert np.degrees(longitude[0]) < 27.421
    assert [watcher.id for watcher in found.watchers] == ["r1"]

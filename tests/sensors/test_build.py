"""Building a wall's sensors: defaults from the catalogue, and one sentence for what cannot be built."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dronewall.errors import BadInput, Refused
from dronewall.geo.frames import destination, geodetic_to_ecef
from dronewall.geo.terrain import SmoothEarth, SyntheticTerrain
from dronewall.records.detection import Column
from dronewall.records.wall import load_wall
from dronewall.records.weather import Weather
from dronewall.sensors import build_sensors
from dronewall.sensors.sight import sight_from
from tests.sensors.walls import sensor, sensors
from tests.shared import shared_files

BENCH_SCRIPTS = shared_files("bench/wall_n.py")


def sentence(**keys: Any) -> str:
    with pytest.raises(BadInput) as caught:
        sensors([{"id": "lv-1", **keys}])
    return str(caught.value)


def test_an_unknown_kind_is_named_with_its_key_and_those_that_there_are() -> None:
    assert sentence(kind="sonar") == (
        "wall.toml: sensor[0] (lv-1).kind = 'sonar': there is no such kind of sensor; "
        "it is one of: acoustic, adsb, camera, observer, radar, remote_id, rf_direction, tdoa"
    )


def test_a_key_that_the_kind_cannot_use_is_refused_with_the_list_that_it_takes() -> None:
    told = sentence(kind="acoustic", range_sd_m=15.0)
    assert told.startswith("wall.toml: sensor[0] (lv-1).range_sd_m = 15.0: a sensor of kind 'acoustic'")
    assert told.endswith("scan_offset_s, latency_s, azimuth_sd_deg, elevation_sd_deg")


def test_a_model_that_is_not_in_the_catalogue_is_named_with_those_that_are() -> None:
    told = sentence(kind="radar", model="xband-9d")
    assert "sensor[0] (lv-1)" in told
    assert "'xband-9d'" in told
    assert "xband-3d, xband-3d-doppler" in told


def test_ranges_the_wrong_way_round_are_refused() -> None:
    assert "min_range_m = 5000 is not below max_range_m = 4000" in sentence(
        kind="radar", min_range_m=5000.0, max_range_m=4000.0
    )


@pytest.mark.parametrize("kind", ["jammer", "effector", "interceptor-drone"])
def test_effectors_are_refused(kind: str) -> None:
    with pytest.raises(Refused):
        sensors([{"id": "x", "kind": kind}])


def test_the_file_goes_before_the_catalogue() -> None:
    assert sensor("radar", model="xband-3d", max_range_m=12_000.0).spec.max_range_m == 12_000.0


def test_what_the_file_leaves_out_comes_from_the_named_model() -> None:
    assert sensor("radar", model="xband-3d").spec.scan_period_s == 2.0


def test_noise_is_taken_from_the_catalogue_only_if_the_wall_names_the_model() -> None:
    assert sensor("radar").measures == frozenset()
    assert Column.ELEVATION_RAD in sensor("radar", model="xband-3d").measures


def test_sensors_stand_on_the_terrain() -> None:
    ground = SyntheticTerrain(3)
    one = sensor("acoustic", ground, height_agl_m=4.0)
    height = float(ground.height_hae_m(np.radians(56.5), np.radians(27.5)))
    assert one.altitude_hae_m == pytest.approx(height + 4.0)


def test_sensors_come_by_id_in_the_walls_order() -> None:
    assert list(sensors([{"id": "b", "kind": "adsb"}, {"id": "a", "kind": "observer"}])) == ["b", "a"]


def test_a_radar_does_not_see_through_hills_and_forest() -> None:
    one = sensor("radar", SyntheticTerrain(3), model="xband-3d", p_detect=0.9, height_agl_m=15.0)
    azimuth = np.linspace(0.0, 2.0 * np.pi, 400)
    latitude, longitude = destination(one.latitude_rad, one.longitude_rad, azimuth, np.full(400, 15_000.0))
    ground = SyntheticTerrain(3).height_hae_m(latitude, longitude)
    shares = [
        one.p_detect(
            geodetic_to_ecef(latitude, longitude, ground + height), np.zeros((400, 3)), "flock", Weather()
        ).mean()
        / 0.9
        for height in (20.0, 100.0, 600.0)
    ]
    assert shares[0] < 0.3
    assert shares[0] < shares[1] < shares[2]
    assert shares[2] > 0.95


def test_the_smooth_earths_own_horizon_is_that_of_a_smooth_terrain() -> None:
    place = (np.radians(56.5), np.radians(27.5), 15.0, 60_000.0)
    exact = sight_from(SmoothEarth(), *place)

    class Bare:
        describe = "the ellipsoid, asked like any terrain"
        height_hae_m = SmoothEarth.height_hae_m
        canopy_m = SmoothEarth.canopy_m

    sampled = sight_from(Bare(), *place)
    rng = np.random.default_rng(1)
    latitude, longitude = destination(
        place[0], place[1], rng.uniform(0, 6.28, 3000), rng.uniform(1000.0, 58_000.0, 3000)
    )
    targets = geodetic_to_ecef(latitude, longitude, rng.uniform(0.0, 150.0, 3000))
    assert (exact.sees(targets) == sampled.sees(targets)).mean() > 0.995


@pytest.mark.parametrize("script", BENCH_SCRIPTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("name", ["wall-20", "wallH-300"])
def test_bench_walls_build_and_mean_what_they_say(script: Path, name: str, tmp_path: Path) -> None:
    text = _bench_wall_toml(script, name)
    (tmp_path / "wall.toml").write_text(text)
    built = build_sensors(load_wall(tmp_path), SmoothEarth(), file="wall.toml")
    one = built["radar-003"]
    azimuth = np.linspace(0.0, 6.28, 200)
    range_m = np.linspace(510.0, 24_990.0, 200)
    up = np.minimum(0.5 * range_m, 800.0)
    ground = np.sqrt(range_m**2 - up**2)
    places = one.frame.to_ecef(np.column_stack([ground * np.sin(azimuth), ground * np.cos(azimuth), up]))
    p = one.p_detect(places, np.zeros((200, 3)), "unknown", Weather())
    expected = {"wall-20": (10, 0.9, 5.0), "wallH-300": (10, 0.7, 50.0)}[name]
    assert (len(built), float(p.min()), one.clutter_per_scan) == expected
    assert one.measures == {Column.RANGE_M, Column.AZIMUTH_RAD, Column.ELEVATION_RAD}


def _bench_wall_toml(script: Path, name: str) -> str:
    """The wall that the bench writes for that family; its own modules make it."""
    import importlib
    import sys

    sys.path.insert(0, str(script.parent))
    try:
        wall_n, family_module = importlib.import_module("wall_n"), importlib.import_module("wall_family")
        family, _ = wall_n.parse_name(name)
        radars = family_module.place_radars(family, np.random.default_rng(1))
        return str(wall_n.wall_toml(name, 1, family, radars))
    finally:
        sys.path.remove(str(script.parent))

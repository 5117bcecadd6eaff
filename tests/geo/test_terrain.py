"""What a wall's `terrain = ...` may say, and the sentence for what it may not."""

from pathlib import Path

import numpy as np
import pytest

from dronewall.errors import BadInput
from dronewall.geo.terrain import HgtTerrain, SmoothEarth, SyntheticTerrain, load_terrain, site_altitude_hae_m


def flat_tile(folder: Path, name: str) -> None:
    (folder / name).write_bytes(np.full((1201, 1201), 120, ">i2").tobytes())


def test_no_terrain_is_a_smooth_earth_that_says_so(tmp_path: Path) -> None:
    terrain = load_terrain(None, tmp_path)
    assert isinstance(terrain, SmoothEarth)
    assert "no terrain was given" in terrain.describe
    assert terrain.height_hae_m(np.zeros((2, 3)), np.zeros(3)).tolist() == np.zeros((2, 3)).tolist()


def test_a_seed_makes_synthetic_ground(tmp_path: Path) -> None:
    terrain = load_terrain("synthetic:7", tmp_path)
    assert isinstance(terrain, SyntheticTerrain)
    assert terrain.seed == 7


def test_a_pattern_finds_tiles_beside_the_wall(tmp_path: Path) -> None:
    (tmp_path / "terrain").mkdir()
    for name in ("N56E027.hgt", "N56E028.hgt"):
        flat_tile(tmp_path / "terrain", name)
    terrain = load_terrain("terrain/*.hgt", tmp_path)
    assert isinstance(terrain, HgtTerrain)
    assert terrain.tiles == 2
    assert "N56E027, N56E028" in terrain.describe


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    flat_tile(tmp_path, "N56E027.hgt")
    assert isinstance(load_terrain(str(tmp_path / "N56E027.hgt"), Path("/nowhere")), HgtTerrain)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "terrain/*.hgt.zip",
            r"terrain = 'terrain/\*\.hgt\.zip': there is no such file in .*; it takes 'synthetic:SEED'",
        ),
        ("synthetic:", "the seed is a whole number, as in 'synthetic:7'"),
        ("synthetic:-1", "the seed is a whole number"),
        ("Copernicus_DSM_COG_10_N56_00_E027_00_DEM.tif", "there is no such file in .*SRTM tiles or GeoTIFFs"),
    ],
)
def test_what_cannot_be_terrain_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        load_terrain(text, tmp_path)
    assert refused.value.key == "wall.terrain"


def test_a_site_stands_on_its_ground(tmp_path: Path) -> None:
    terrain = SyntheticTerrain(7)
    site = (float(np.radians(56.5)), float(np.radians(27.3)))
    assert site_altitude_hae_m(terrain, *site, 15.0) == pytest.approx(float(terrain.height_hae_m(*site)) + 15.0)


def test_a_site_off_the_tiles_is_refused(tmp_path: Path) -> None:
    flat_tile(tmp_path, "N56E027.hgt")
    terrain = load_terrain("*.hgt", tmp_path)
    with pytest.raises(BadInput, match=r"latitude_deg = 57\.50000, longitude_deg = 27\.30000 lies outside the terrain"):
        site_altitude_hae_m(terrain, float(np.radians(57.5)), float(np.radians(27.3)), 15.0)

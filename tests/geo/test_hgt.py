"""SRTM tiles: names, byte order, edges between tiles, voids, zips, and what cannot be read."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dronewall.errors import BadInput
from dronewall.geo import hgt
from dronewall.geo.geoid import undulation_m
from dronewall.geo.hgt import VOID, HgtTerrain, filled, read_tile
from tests.shared import shared_files

SIDE = 1201
Heights = NDArray[np.int16]


def plane(latitude_deg: int, longitude_deg: int) -> Heights:
    """A tile of the plane 3 (lat - 50) 100 + (lon - 20) 200, in whole metres at the nodes that it divides."""
    north = latitude_deg + 1 - np.arange(SIDE)[:, None] / (SIDE - 1)
    east = longitude_deg + np.arange(SIDE) / (SIDE - 1)
    return np.round(300.0 * (north - 50.0) + 200.0 * (east - 20.0)).astype(np.int16)


def write(folder: Path, name: str, heights: Heights) -> Path:
    path = folder / name
    path.write_bytes(heights.astype(">i2").tobytes())
    return path


def amsl_m(terrain: HgtTerrain, latitude_deg: float, longitude_deg: float) -> float:
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    return float(terrain.height_hae_m(latitude, longitude) - undulation_m(latitude, longitude))


def test_heights_are_big_endian_with_the_north_row_first(tmp_path: Path) -> None:
    heights = np.zeros((SIDE, SIDE), np.int16)
    heights[0, 0], heights[-1, -1] = 258, -3  # 258 is 0x0102: read the other way round it would be 513
    corner, read = read_tile(write(tmp_path, "N56E027.hgt", heights))
    assert corner == (56, 27)
    terrain = HgtTerrain([tmp_path / "N56E027.hgt"])
    assert amsl_m(terrain, 57.0, 27.0) == pytest.approx(258.0, abs=0.05)
    assert amsl_m(terrain, 56.0, 28.0) == pytest.approx(-3.0, abs=0.05)
    assert read.dtype == np.int16


@pytest.mark.parametrize(
    ("name", "corner"),
    [
        ("N56E027.hgt", (56, 27)),
        ("n56e027.HGT", (56, 27)),
        ("S01W072.hgt", (-1, -72)),
        ("N00E000.hgt", (0, 0)),
        ("N56E027.SRTMGL3.hgt", (56, 27)),
    ],
)
def test_the_name_gives_the_south_west_corner(tmp_path: Path, name: str, corner: tuple[int, int]) -> None:
    assert read_tile(write(tmp_path, name, np.zeros((SIDE, SIDE), np.int16)))[0] == corner


def test_heights_between_the_nodes_are_bilinear(tmp_path: Path) -> None:
    heights = np.zeros((SIDE, SIDE), np.int16)
    heights[10, 20], heights[10, 21], heights[11, 20], heights[11, 21] = 100, 200, 300, 400
    terrain = HgtTerrain([write(tmp_path, "N56E027.hgt", heights)])
    latitude_deg, longitude_deg = 57.0 - 10.25 / 1200, 27.0 + 20.5 / 1200
    assert amsl_m(terrain, latitude_deg, longitude_deg) == pytest.approx(0.75 * 150 + 0.25 * 350, abs=0.05)


def test_a_mosaic_is_continuous_over_its_edges(tmp_path: Path) -> None:
    corners = [(lat, lon) for lat in (50, 51) for lon in (20, 21)]
    terrain = HgtTerrain([write(tmp_path, f"N{a}E0{b}.hgt", plane(a, b)) for a, b in corners])
    for latitude_deg, longitude_deg in [(51.0, 20.5), (50.5, 21.0), (51.0, 21.0), (50.0, 20.0), (52.0, 22.0)]:
        around = [
            amsl_m(terrain, latitude_deg + i, longitude_deg + j) for i in (-1e-9, 0, 1e-9) for j in (-1e-9, 0, 1e-9)
        ]
        right = 300.0 * (latitude_deg - 50.0) + 200.0 * (longitude_deg - 20.0)
        np.testing.assert_allclose(around, right, atol=0.6)


def test_a_mosaic_may_lie_across_the_date_line_or_have_tiles_far_apart(tmp_path: Path) -> None:
    tiles = {"N50E179.hgt": 100, "N50W180.hgt": 200}
    for name, height in tiles.items():
        write(tmp_path, name, np.full((SIDE, SIDE), height, np.int16))
    terrain = HgtTerrain([tmp_path / name for name in tiles])
    assert amsl_m(terrain, 50.5, 179.5) == pytest.approx(100.0, abs=0.05)
    assert amsl_m(terrain, 50.5, -179.5) == pytest.approx(200.0, abs=0.05)
    assert terrain.covers(np.radians(50.5), np.radians([179.5, -179.5, 0.0])).tolist() == [True, True, False]


def test_where_there_is_no_tile_the_ground_is_sea_level(tmp_path: Path) -> None:
    terrain = HgtTerrain(
        [write(tmp_path, name, np.full((SIDE, SIDE), 50, np.int16)) for name in ("N50E020.hgt", "N52E020.hgt")]
    )
    assert amsl_m(terrain, 51.5, 20.5) == pytest.approx(0.0, abs=1e-9)
    assert amsl_m(terrain, 40.0, 20.5) == pytest.approx(0.0, abs=1e-9)
    assert not terrain.covers(np.radians(51.5), np.radians(20.5))
    # The edges belong to the tiles that hold them.
    assert amsl_m(terrain, 51.0, 20.5) == pytest.approx(50.0, abs=0.05)
    assert amsl_m(terrain, 52.0, 20.5) == pytest.approx(50.0, abs=0.05)


def test_voids_are_filled_smoothly_and_counted(tmp_path: Path) -> None:
    whole = plane(50, 20)
    heights = whole.copy()
    heights[300:340, 500:560] = VOID
    heights[0, 0] = VOID
    terrain = HgtTerrain([write(tmp_path, "N50E020.hgt", heights)])
    assert terrain.voids_filled == 40 * 60 + 1
    assert "2401 voids filled" in terrain.describe
    assert np.abs(filled(heights).astype(int) - whole).max() <= 3


def test_a_void_on_a_common_edge_takes_the_neighbours_height(tmp_path: Path) -> None:
    south, north = plane(50, 20), plane(51, 20)
    south[0, 600] = VOID
    terrain = HgtTerrain([write(tmp_path, "N50E020.hgt", south), write(tmp_path, "N51E020.hgt", north)])
    assert terrain.voids_filled == 0
    assert amsl_m(terrain, 51.0, 20.5) == pytest.approx(400.0, abs=0.6)


def test_a_file_of_nothing_but_voids_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "N56E027.hgt", np.full((SIDE, SIDE), VOID, np.int16))
    with pytest.raises(BadInput, match="holds only voids"):
        HgtTerrain([tmp_path / "N56E027.hgt"])


def test_voids_alone_are_flat() -> None:
    assert np.all(filled(np.full((SIDE, SIDE), VOID, np.int16)) == 0)


def test_filling_leaves_every_height_that_was_there() -> None:
    rng = np.random.default_rng(8)
    heights = rng.integers(-400, 8000, (SIDE, SIDE)).astype(np.int16)
    there = rng.random((SIDE, SIDE)) > 0.3
    np.testing.assert_array_equal(filled(np.where(there, heights, VOID).astype(np.int16))[there], heights[there])


def test_tiles_are_read_where_heights_are_asked_for_and_few_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine tiles with a hole in their middle and voids on their edges, four in memory: as if all of them were held."""
    rng, whole = np.random.default_rng(5), {}
    for latitude in (50, 51, 52):
        for longitude in (20, 21, 22):
            if (latitude, longitude) != (51, 21):
                tile = plane(latitude, longitude)
                tile[rng.integers(0, SIDE, 40), rng.choice([0, SIDE - 1], 40)] = VOID
                whole[latitude, longitude] = tile
    monkeypatch.setattr(hgt, "KEPT_BYTES", 0)
    terrain = HgtTerrain([write(tmp_path, f"N{a}E0{b}.hgt", tile) for (a, b), tile in whole.items()])
    read: list[Path] = []
    monkeypatch.setattr(hgt, "read_tile", lambda path: read.append(path) or read_tile(path))
    amsl_m(terrain, 50.5, 20.5)
    amsl_m(terrain, 50.4, 20.6)
    assert [path.name for path in read] == ["N50E020.hgt"]
    latitude = np.concatenate([rng.uniform(49.9, 53.1, 3000), np.repeat([50.0, 51.0, 52.0, 53.0], 50)])
    longitude = np.concatenate([rng.uniform(19.9, 23.1, 3000), np.tile([20.0, 21.0, 22.0, 23.0, 21.5], 40)])
    found = terrain.height_hae_m(np.radians(latitude), np.radians(longitude))
    there = terrain.covers(np.radians(latitude), np.radians(longitude))
    right = 300.0 * (latitude - 50.0) + 200.0 * (longitude - 20.0)
    wanted = np.where(there, right, 0.0) + undulation_m(np.radians(latitude), np.radians(longitude))
    assert np.abs(found - wanted).max() < 1.6  # whole metres, and voids filled from what is round them
    assert there.sum() > 2000
    assert 0 < terrain.voids_filled < sum(int((tile == VOID).sum()) for tile in whole.values())
    assert terrain._heights.cache_info().currsize == 4


def test_a_tile_that_another_was_put_in_place_of_is_one_sentence(tmp_path: Path) -> None:
    file = write(tmp_path, "N50E020.hgt", plane(50, 20))
    terrain = HgtTerrain([file])
    file.write_bytes(b"\0" * 2 * 3601 * 3601)
    with pytest.raises(BadInput, match="is another tile than when it was opened"):
        amsl_m(terrain, 50.5, 20.5)


def test_a_zip_holds_one_tile_in_whatever_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "N50E020.hgt.zip", "w") as archive:
        archive.writestr("__MACOSX/readme.txt", "x")
        archive.writestr("srtm/N50E020.hgt", plane(50, 20).astype(">i2").tobytes())
    assert amsl_m(HgtTerrain([tmp_path / "N50E020.hgt.zip"]), 50.5, 20.5) == pytest.approx(250.0, abs=0.6)


def test_the_two_resolutions_are_not_mixed(tmp_path: Path) -> None:
    write(tmp_path, "N50E020.hgt", np.zeros((SIDE, SIDE), np.int16))
    write(tmp_path, "N51E020.hgt", np.zeros((3601, 3601), np.int16))
    with pytest.raises(BadInput, match=r"has 3601 rows and .*N50E020.hgt 1201; give tiles of one resolution"):
        HgtTerrain([tmp_path / "N50E020.hgt", tmp_path / "N51E020.hgt"])


def test_the_same_tile_twice_is_refused(tmp_path: Path) -> None:
    paths = [write(tmp_path, name, plane(50, 20)) for name in ("N50E020.hgt", "N50E020.v2.hgt")]
    with pytest.raises(BadInput, match="are the same tile"):
        HgtTerrain(paths)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("tile.hgt", b"", "gives its south-west corner"),
        ("N95E020.hgt", b"", "there is no tile with the corner N95E020"),
        ("N50E020.hgt", b"\0" * 1000, "holds 1000 bytes; a tile holds"),
        ("N50E020.hgt.zip", b"PK no zip", "cannot be read as a terrain tile"),
    ],
)
def test_what_is_no_tile_is_refused_with_its_name(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BadInput, match=said) as refused:
        HgtTerrain([tmp_path / name])
    assert name in str(refused.value)


def test_a_zip_of_two_tiles_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "N50E020.hgt.zip", "w") as archive:
        archive.writestr("N50E020.hgt", b"")
        archive.writestr("N51E020.hgt", b"")
    with pytest.raises(BadInput, match=r"holds 2 \.hgt files; a zipped tile holds one"):
        HgtTerrain([tmp_path / "N50E020.hgt.zip"])


@pytest.mark.parametrize("tile", shared_files("data/terrain/N52E008.hgt.zip"), ids=lambda path: path.name)
def test_a_real_tile_has_the_figures_that_other_tools_give_it(tile: Path) -> None:
    """USGS SRTM3 v2, N52E008 (Osnabrueck, public domain): -1 to 357 m, standard deviation 45 m, 3 voids."""
    terrain = HgtTerrain([tile])
    assert terrain.voids_filled == 3
    latitude, longitude = np.meshgrid(52 + np.arange(1201) / 1200, 8 + np.arange(1201) / 1200, indexing="ij")
    latitude, longitude = np.radians(latitude), np.radians(longitude)
    amsl = terrain.height_hae_m(latitude, longitude) - undulation_m(latitude, longitude)
    assert (amsl.min(), amsl.max()) == (pytest.approx(-1.0, abs=0.1), pytest.approx(357.0, abs=0.1))
    assert amsl.std() == pytest.approx(45.0, abs=0.5)


@pytest.mark.parametrize(
    "tiles", [shared_files("data/terrain/N*E011.hgt.zip")] if shared_files("data/terrain/*") else []
)
def test_real_neighbours_meet_without_a_step(tiles: list[Path]) -> None:
    terrain = HgtTerrain(tiles)
    longitude = np.radians(np.linspace(11.0, 12.0, 500))
    south, north = (terrain.height_hae_m(np.radians(50.0 + side), longitude) for side in (-1e-7, 1e-7))
    np.testing.assert_allclose(south, north, atol=0.05)

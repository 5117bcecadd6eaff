"""GeoTIFF terrain: where it lies, what its heights stand on, what is missing, and how tiles meet."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from dronewall.errors import BadInput
from dronewall.geo import geotiff
from dronewall.geo.geoid import undulation_m
from dronewall.geo.geotiff import RasterTerrain
from dronewall.geo.terrain import load_terrain, site_altitude_hae_m
from dronewall.units import Floats
from tests.geo.rasters import copernicus, surface_m, write

AT = Affine(0.001, 0.0, 27.0, 0.0, -0.001, 56.0)


def off_m(terrain: RasterTerrain, latitude_deg: Floats, longitude_deg: Floats) -> float:
    """The largest difference from the surface that the rasters were cut from."""
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    wanted = surface_m(latitude_deg, longitude_deg) + undulation_m(latitude, longitude)
    return float(np.abs(terrain.height_hae_m(latitude, longitude) - wanted).max())


def refusal(text: str, folder: Path) -> str:
    with pytest.raises(BadInput) as caught:
        load_terrain(text, folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three tiles of GLO-90: two side by side, and one to the north that has 600 columns where they have 800."""
    folder = tmp_path_factory.mktemp("copernicus")
    for latitude, longitude in ((59, 27), (59, 28), (60, 27)):
        copernicus(folder, latitude, longitude)
    return folder


def test_copernicus_tiles_of_different_width_are_one_surface_across_their_seams(tiles: Path) -> None:
    terrain = load_terrain("Copernicus_*.tif", tiles)
    assert isinstance(terrain, RasterTerrain)
    rng = np.random.default_rng(1)
    seams = rng.uniform(-0.001, 0.001, 4000)
    along = rng.uniform(0.01, 0.99, 4000)
    assert off_m(terrain, 60.0 + seams, 27.0 + along) < 0.1
    assert off_m(terrain, 59.0 + along, 28.0 + seams) < 0.1
    assert off_m(terrain, 59.0 + along, 27.0 + 2.0 * rng.uniform(0.0, 0.5, 4000)) < 0.1


def test_a_copernicus_tile_says_its_datum_and_that_trees_stand_in_it(tiles: Path) -> None:
    said = load_terrain("*.tif", tiles).describe
    assert "3 rasters" in said
    assert "heights on EGM2008 taken as EGM96" in said
    assert "a surface model" in said


def test_metres_are_reprojected_and_zones_join(tmp_path: Path) -> None:
    # Zone 34 ends at 24 degrees east: one tile on either side, each in its own zone, overlapping a little.
    write(tmp_path / "a.tif", "EPSG:32634", 670_000.0, 6_030_000.0, (50.0, 50.0), (600, 600))
    write(tmp_path / "b.tif", "EPSG:32635", 303_000.0, 6_030_000.0, (50.0, 50.0), (600, 600))
    terrain = load_terrain("*.tif", tmp_path)
    assert isinstance(terrain, RasterTerrain)
    rng = np.random.default_rng(2)
    latitude, longitude = rng.uniform(54.2, 54.32, 4000), rng.uniform(23.7, 24.3, 4000)
    there = terrain.covers(np.radians(latitude), np.radians(longitude))
    assert there.mean() > 0.95
    assert off_m(terrain, latitude[there], longitude[there]) < 0.2
    assert terrain.cell_m == pytest.approx(50.0, rel=0.002)


def test_a_polish_grid_that_runs_north_first_is_read_in_its_own_cells(tmp_path: Path) -> None:
    write(tmp_path / "pl.tif", "EPSG:2180", 750_000.0, 720_000.0, (90.0, 90.0), (96, 127))
    terrain = load_terrain("pl.tif", tmp_path)
    assert isinstance(terrain, RasterTerrain)
    corner = np.degrees(np.array([0.0]))
    assert not terrain.covers(corner, corner)[0]
    # The middle of the raster, by PROJ.
    import pyproj

    longitude, latitude = pyproj.Transformer.from_crs(2180, 4326, always_xy=True).transform(755_700.0, 715_700.0)
    assert off_m(terrain, np.array([latitude]), np.array([longitude])) < 0.3


def test_voids_are_filled_and_counted_whatever_marks_them(tmp_path: Path) -> None:
    shape = (120, 120)
    rows, columns = np.indices(shape)
    heights = surface_m(56.0 - (rows + 0.5) / 1200, 27.0 + (columns + 0.5) / 1200)
    heights[10:13, 20:24], heights[50, 50], heights[80, 90] = np.nan, -32_768.0, -9_999.0
    write(tmp_path / "v.tif", "EPSG:4326", 27.0, 56.0, (1 / 1200, 1 / 1200), shape, heights, nodata=-9_999.0)
    terrain = load_terrain("v.tif", tmp_path)
    assert isinstance(terrain, RasterTerrain)
    assert terrain.voids_filled == 14
    assert "14 voids filled (0.1%)" in terrain.describe
    assert off_m(terrain, np.array([56.0 - 50.5 / 1200]), np.array([27.0 + 50.5 / 1200])) < 3.0


@pytest.mark.parametrize("piece", [64, 100])
def test_read_in_pieces_the_ground_is_that_of_whole_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    rng = np.random.default_rng(8)
    for name, west, shape in (("a.tif", 27.0, (300, 260)), ("b.tif", 27.26, (300, 130))):
        heights = rng.uniform(0.0, 200.0, shape)
        heights[40:170, 90:200] = np.nan
        heights[rng.random(shape) < 0.01] = np.nan
        write(tmp_path / name, "EPSG:4326", west, 56.0, (0.26 / shape[1], 0.001), shape, heights)
    at = np.radians(rng.uniform(55.69, 56.01, 20_000)), np.radians(rng.uniform(26.99, 27.53, 20_000))
    whole = load_terrain("*.tif", tmp_path).height_hae_m(*at)
    monkeypatch.setattr(geotiff, "PIECE", piece)
    monkeypatch.setattr(geotiff, "KEPT", 2)
    assert load_terrain("*.tif", tmp_path).height_hae_m(*at) == pytest.approx(whole, abs=1e-4)


def test_memory_does_not_grow_with_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geotiff, "PIECE", 64)
    monkeypatch.setattr(geotiff, "KEPT", 3)
    for number in range(6):
        write(tmp_path / f"{number}.tif", "EPSG:4326", 27.0 + 0.128 * number, 56.0, (0.001, 0.001), (128, 128))
    terrain = RasterTerrain(sorted(tmp_path.glob("*.tif")))
    tracemalloc.start()
    for longitude in np.arange(27.001, 27.76, 0.02):
        terrain.height_hae_m(np.radians(np.linspace(55.88, 55.99, 50)), np.radians(longitude))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 4 * 128 * 128 * 6  # all of them would be more


def test_a_file_that_goes_away_is_one_sentence(tmp_path: Path) -> None:
    write(tmp_path / "a.tif", "EPSG:4326", 27.0, 56.0, (0.001, 0.001), (40, 40))
    terrain = load_terrain("a.tif", tmp_path)
    (tmp_path / "a.tif").unlink()
    with pytest.raises(BadInput, match="is not there; give a GeoTIFF"):
        terrain.height_hae_m(np.radians([55.98]), np.radians([27.02]))


def test_whole_numbers_with_a_scale_and_an_offset_are_metres(tmp_path: Path) -> None:
    path = tmp_path / "s.tif"
    heights = np.full((40, 40), 500)
    write(path, "EPSG:4326", 27.0, 56.0, (0.001, 0.001), (40, 40), heights, dtype="int16")
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.1,), (100.0,)
    terrain = load_terrain("s.tif", tmp_path)
    at = np.radians([55.98]), np.radians([27.02])
    assert terrain.height_hae_m(*at) - undulation_m(*at) == pytest.approx(150.0, abs=0.01)


def test_ellipsoidal_heights_get_no_geoid(tmp_path: Path) -> None:
    write(tmp_path / "e.tif", "EPSG:4979", 27.0, 56.0, (0.001, 0.001), (40, 40), np.full((40, 40), 120.0))
    terrain = load_terrain("e.tif", tmp_path)
    assert "heights on the ellipsoid," in terrain.describe
    assert terrain.height_hae_m(np.radians([55.98]), np.radians([27.02])) == pytest.approx(120.0, abs=0.01)


def test_tiles_on_two_vertical_datums_are_refused_by_name(tmp_path: Path) -> None:
    for name, crs, west in (("a.tif", "EPSG:4326+5773", 27.0), ("b.tif", "EPSG:4326+3855", 27.04)):
        write(tmp_path / name, crs, west, 56.0, (0.001, 0.001), (40, 40), np.full((40, 40), 120.0))
    said = refusal("*.tif", tmp_path)
    assert "different datums" in said
    assert "a.tif on EGM96" in said
    assert "b.tif on EGM2008" in said


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("nocrs.tif", {"crs": None}, "has no coordinate system"),
        ("voids.tif", {"heights": np.full((40, 40), np.nan)}, "holds only voids"),
        ("feet.tif", {"crs": "EPSG:4326+8228"}, "must be metres"),
        (
            "cm.tif",
            {"heights": np.full((40, 40), 12_000.0)},
            "no height between -500 and 9000 m, but numbers",
        ),
        ("ny.tif", {"crs": "EPSG:2263"}, "is a map in US survey foot and does not say what its heights are in"),
        ("centre.tif", {"crs": "EPSG:4978"}, "is neither degrees nor a map projection"),
    ],
)
def test_what_cannot_be_ground_is_one_sentence(tmp_path: Path, name: str, more: dict[str, object], said: str) -> None:
    heights = more.get("heights", np.full((40, 40), 120.0))
    crs = more.get("crs", "EPSG:4326")
    assert crs is None or isinstance(crs, str)
    write(tmp_path / name, crs, 27.0, 56.0, (0.001, 0.001), (40, 40), np.asarray(heights))
    assert said in refusal(name, tmp_path)


def test_classes_are_not_taken_for_heights(tmp_path: Path) -> None:
    size = {"width": 8, "height": 8, "count": 1, "dtype": "uint8"}
    with rasterio.open(tmp_path / "c.tif", "w", driver="GTiff", crs="EPSG:4326", transform=AT, **size) as file:
        file.write(np.full((1, 8, 8), 3, np.uint8))
        file.write_colormap(1, {3: (0, 90, 0, 255)})
    assert "it holds classes, not heights" in refusal("c.tif", tmp_path)


def test_two_bands_and_broken_bytes_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "broken.tif").write_bytes(b"II*\0 and then nothing")
    assert "cannot be read as a GeoTIFF" in refusal("broken.tif", tmp_path)
    write(tmp_path / "cut.tif", "EPSG:4326", 27.0, 56.0, (0.001, 0.001), (400, 400))
    whole = (tmp_path / "cut.tif").read_bytes()
    (tmp_path / "cut.tif").write_bytes(whole[: len(whole) // 2])
    assert "it is cut short or damaged" in refusal("cut.tif", tmp_path)
    with rasterio.open(
        tmp_path / "rgb.tif",
        "w",
        driver="GTiff",
        dtype="uint8",
        count=3,
        height=8,
        width=8,
        crs="EPSG:4326",
        transform=AT,
    ) as file:
        file.write(np.zeros((3, 8, 8), np.uint8))
    assert "3 bands" in refusal("rgb.tif", tmp_path)


def test_rasters_and_srtm_tiles_do_not_mix(tmp_path: Path) -> None:
    write(tmp_path / "a.tif", "EPSG:4326", 27.0, 56.0, (0.001, 0.001), (40, 40))
    (tmp_path / "N56E027.hgt").write_bytes(bytes(2 * 1201 * 1201))
    assert "give those of one kind" in refusal("*", tmp_path)


def test_a_folder_is_not_taken_for_a_file(tmp_path: Path) -> None:
    (tmp_path / "terrain").mkdir()
    assert "is a folder; name the files in it, as 'terrain/*.tif'" in refusal("terrain/", tmp_path)


def test_a_site_off_the_rasters_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.tif", "EPSG:4326", 27.0, 56.0, (0.001, 0.001), (40, 40))
    terrain = load_terrain("a.tif", tmp_path)
    with pytest.raises(BadInput, match="lies outside the terrain"):
        site_altitude_hae_m(terrain, float(np.radians(50.0)), float(np.radians(20.0)), 10.0)

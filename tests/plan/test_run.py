"""`dronewall plan coverage` as a person types it: the files, what is in them, and one sentence for what cannot be."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.warp
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.errors import DronewallError
from dronewall.plan.report import REMEDIES
from dronewall.records.coverage import CoverageAbout
from dronewall.settings import check
from tests.geo.rasters import copernicus, write
from tests.plan.walls import RADAR, SOUND, ZONE, wall

FAST = ["--classes", "fixed_wing_piston", "--heights-m", "50", "--cell-m", "200"]


def refusal(*words: str | Path) -> str:
    result = CliRunner().invoke(app, ["plan", *[str(word) for word in words]])
    assert isinstance(result.exception, DronewallError), result.output
    assert result.exception.exit_code == 2
    assert "\n" not in str(result.exception)
    return str(result.exception)


def test_the_files_have_their_names_and_encodings_and_are_their_owners_alone(tmp_path: Path) -> None:
    file, out = wall(tmp_path, RADAR, ZONE), tmp_path / "out"
    result = CliRunner().invoke(app, ["plan", "coverage", str(file), "-o", str(out), *FAST, "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert said == json.loads((out / "coverage.json").read_text())
    for name, dtype in (
        ("lowest_visible_altitude.tif", "float32"),
        ("sites/r1/lowest_visible_altitude.tif", "float32"),
        ("p_look_fixed_wing_piston_50m.tif", "float32"),
        ("p_detect_fixed_wing_piston_50m.tif", "float32"),
        ("bounds/p_detect_fixed_wing_piston_50m_low.tif", "float32"),
        ("ends_fixed_wing_piston_50m.tif", "uint8"),
    ):
        with rasterio.open(out / name) as data:
            assert (data.count, data.dtypes[0], data.crs.to_epsg()) == (1, dtype, 32635)
            assert data.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
            assert data.shape == tuple(said["shape"])
            if dtype == "float32":
                assert np.isnan(data.nodata)
                assert np.isnan(data.read(1)).any()
    files = [path for path in out.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in out.rglob("*") if path.is_dir()} == {0o700}
    page = (out / "report.html").read_text()
    assert "</i>radar</span>" in page  # what the dots are
    assert "protected: town" in page
    for tick in ("<span>0.25</span>", "<span>75 m</span>", "300 m and more"):
        assert tick in page
    assert all(f"{reason}: {remedy}" in page for reason, remedy in REMEDIES.items())
    assert "RESTRICTED" in page
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
    assert "The earth is taken as smooth" in page
    assert "The earth is taken as smooth" in result.stderr or "smooth" in said["notes"][0]


def test_what_is_said_of_the_maps_is_what_its_schema_says(tmp_path: Path, root: Path) -> None:
    out = tmp_path / "out"
    words = ["plan", "coverage", str(wall(tmp_path, RADAR, SOUND)), "-o", str(out), *FAST]
    assert CliRunner().invoke(app, words).exit_code == 0
    said = json.loads((out / "coverage.json").read_text())
    schema = json.loads((root / "docs" / "schemas" / "coverage.schema.json").read_text())
    assert set(said) == set(schema["properties"])
    assert set(said["maps"][0]) == set(schema["$defs"]["CoverageMap"]["properties"])
    assert check(CoverageAbout, said, "coverage.json").model_dump(mode="json") == said


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    file = wall(tmp_path, RADAR, terrain="synthetic:3")
    for name in ("one", "two"):
        assert (
            CliRunner().invoke(app, ["plan", "coverage", str(file), "-o", str(tmp_path / name), *FAST]).exit_code == 0
        )
    for path in sorted((tmp_path / "one").rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path.name


def test_a_copernicus_tile_goes_all_the_way(tmp_path: Path) -> None:
    copernicus(tmp_path, 56, 27)
    file = wall(tmp_path, RADAR, terrain="Copernicus_*.tif")
    result = CliRunner().invoke(app, ["plan", "coverage", str(file), "-o", str(tmp_path / "out"), *FAST, "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert "EGM2008" in said["terrain"]
    assert 30.0 <= said["sight_cell_m"] < 60.0
    with rasterio.open(tmp_path / "out" / "lowest_visible_altitude.tif") as data:
        assert np.nanmax(data.read(1)) > 0.0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--classes", "shahed"], "there is no class 'shahed'"),
        (["--classes", ""], "--classes is empty"),
        (["--classes", "bird,bird"], "each may stand there once"),
        (["--heights-m", "50,x"], "give numbers with commas"),
        (["--heights-m", "-5"], "between 0 and 12000"),
        (["--cell-m", "0"], "1 to 10,000 m"),
        (["--bbox", "27,56"], "west,south,east,north"),
        (["--bbox", "28,56,27,57"], "west is below east"),
        (["--bbox", "10,50,10.1,50.1"], "holds nothing that a sensor"),
        (["--without", "r9"], "no such sensor; it has: r1"),
        (["--without", "r1"], "has no [[sensor]] left"),
        (["--wind-mps", "-1"], "wind is 0 to 60"),
        (["--rain-mm-h", "nan"], "rain is 0 to 300"),
    ],
)
def test_a_slip_is_one_sentence_and_nothing_is_written(tmp_path: Path, words: list[str], said: str) -> None:
    file = wall(tmp_path, RADAR)
    assert said in refusal("coverage", file, "-o", tmp_path / "out", *FAST[:4], *words)
    assert not (tmp_path / "out").exists()


def test_ground_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere.tif", "EPSG:4326", 10.0, 50.0, (0.001, 0.001), (40, 40))
    assert "lies outside the terrain" in refusal(
        "coverage", wall(tmp_path, RADAR, terrain="elsewhere.tif"), "-o", tmp_path / "out"
    )
    write(tmp_path / "nowhere.tif", None, 27.4, 56.5, (0.001, 0.001), (400, 400))
    assert "has no coordinate system" in refusal(
        "coverage", wall(tmp_path, RADAR, terrain="nowhere.tif"), "-o", tmp_path / "out"
    )
    heights = {"heights": np.full((400, 400), np.nan)}
    write(tmp_path / "voids.tif", "EPSG:4326", 27.4, 56.5, (0.001, 0.001), (400, 400), **heights)
    assert "holds only voids" in refusal("coverage", wall(tmp_path, RADAR, terrain="voids.tif"), "-o", tmp_path / "out")
    copernicus(tmp_path, 56, 27)
    write(tmp_path / "beside_DEM.tif", "EPSG:4326+5773", 28.0, 56.5, (0.001, 0.001), (40, 40), np.full((40, 40), 9.0))
    assert "different datums" in refusal("coverage", wall(tmp_path, RADAR, terrain="*_DEM.tif"), "-o", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    (tmp_path / "file").write_text("")
    assert "cannot be the folder" in refusal("coverage", wall(tmp_path, RADAR), "-o", tmp_path / "file", *FAST)


def test_a_wall_across_the_date_line_is_one_sentence(tmp_path: Path) -> None:
    file = wall(tmp_path, RADAR.replace("27.5\n", "179.98\n"))
    said = refusal("coverage", file, "-o", tmp_path / "out")
    assert "what r1 reaches lies across the meridian of 180 degrees" in said
    assert not (tmp_path / "out").exists()


def test_a_wall_that_watches_nothing_of_this_is_one_sentence(tmp_path: Path) -> None:
    adsb = RADAR.replace('"radar"', '"adsb"')
    assert "watches fixed_wing_piston by itself" in refusal(
        "coverage", wall(tmp_path, adsb), "-o", tmp_path / "out", *FAST
    )


def test_forest_of_a_land_cover_raster_raises_what_is_seen(tmp_path: Path) -> None:
    values = np.full((200, 400), 10)
    write(tmp_path / "cover.tif", "EPSG:4326", 27.3, 56.5, (0.001, 0.001), values.shape, values, dtype="uint8")
    file, lows = wall(tmp_path, RADAR), []
    for name, words in (("bare", []), ("forest", ["--land-cover", str(tmp_path / "cover.tif")])):
        result = CliRunner().invoke(app, ["plan", "coverage", str(file), "-o", str(tmp_path / name), *FAST, *words])
        assert result.exit_code == 0, (result.output, result.exception)
        with rasterio.open(tmp_path / name / "lowest_visible_altitude.tif") as data:
            lows.append(np.nanmedian(data.read(1)))
    assert lows[0] == 0.0
    assert lows[1] >= 18.0
    assert "give --land-cover" in refusal("coverage", file, "-o", tmp_path / "x", *FAST, "--clutter", "10=5")


def test_off_a_raster_that_is_not_of_the_sea_nothing_is_said(tmp_path: Path) -> None:
    # 27.44 to 27.54 east: the radar's 6 km reach beyond it on both sides.
    write(tmp_path / "ground.tif", "EPSG:4326", 27.44, 56.5, (0.0005, 0.0005), (400, 200))
    file = wall(tmp_path, RADAR, terrain="ground.tif")
    result = CliRunner().invoke(app, ["plan", "coverage", str(file), "-o", str(tmp_path / "out"), *FAST, "--json"])
    assert result.exit_code == 0, (result.output, result.exception)
    assert "lies off the terrain rasters" in " ".join(json.loads(result.stdout)["notes"])
    with rasterio.open(tmp_path / "out" / "p_look_fixed_wing_piston_50m.tif") as data:
        values, (x, y) = data.read(1), rasterio.warp.transform("EPSG:4326", data.crs, [27.42, 27.46], [56.4, 56.4])
        off, on = (values[data.index(a, b)] for a, b in zip(x, y, strict=True))
    assert np.isnan(off)
    assert on == pytest.approx(0.9, abs=1e-6)

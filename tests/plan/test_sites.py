"""`dronewall plan sites`: a wall with the chosen sites, what they reach, and one sentence for what cannot be."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import dronewall.plan.sites as part
from dronewall.cli import app
from dronewall.errors import BadInput
from dronewall.geo.terrain import SmoothEarth
from dronewall.plan.candidates import read_candidates
from dronewall.plan.lines import read_lines
from dronewall.records.wall import load_wall
from tests.geo.rasters import write
from tests.plan.test_run import refusal
from tests.plan.walls import HEAD, RADAR, ZONE, wall

HEADER = "id,lat,lon,kind,height_m,cost,max_range_m,p_detect,owner\n"
BOX = ["--bbox", "27.1,56.25,27.6,56.55", "--cell-m", "300"]
ROWS = [
    "West Mast,56.40,27.20,radar,30,10,6000,0.9,tower",
    "north,56.47,27.32,radar,30,10,6000,0.9,",
    "EAST,56.40,27.44,radar,30,10,6000,0.9,",
    "south,56.33,27.32,radar,30,10,6000,0.9,",
    "tiny,56.40,27.45,radar,30,2,900,0.9,",
    "everywhere,56.40,27.32,radar,30,35,15000,0.9,",
]


def candidates(folder: Path, rows: list[str] = ROWS, header: str = HEADER) -> Path:
    file = folder / "candidates.csv"
    file.write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
    return file


def asked(folder: Path, file: Path, *words: str) -> dict:  # type: ignore[type-arg]
    places = folder / "candidates.csv"
    command = ["plan", "sites", str(file), "--candidates", str(places), "-o", str(folder / "new.toml"), "--json", *BOX]
    result = CliRunner().invoke(app, [*command, *words])
    assert result.exit_code == 0, (result.output, result.exception)
    found: dict = json.loads(result.stdout)  # type: ignore[type-arg]
    return found


def bare(folder: Path) -> Path:
    """A wall of a zone and nothing else."""
    return wall(folder, ZONE)


def test_more_budget_never_gives_less_and_the_bound_holds(tmp_path: Path) -> None:
    candidates(tmp_path)
    reached = []
    for budget in (2, 10, 20, 40):
        said = asked(tmp_path, bare(tmp_path), "--budget", str(budget))
        assert said["cost"] <= budget
        assert said["bound"] >= said["objective"]
        assert said["gap"] == pytest.approx((said["bound"] - said["objective"]) / said["bound"])
        assert said["proved"]
        reached.append([rank["objective"] for rank in said["ranks"]])
    assert reached == sorted(reached)


def test_the_new_wall_is_a_wall_with_the_chosen_sites(tmp_path: Path) -> None:
    candidates(tmp_path)
    file = wall(tmp_path, RADAR, ZONE)
    said = asked(tmp_path, file, "--budget", "20")
    new = load_wall(tmp_path / "new.toml")
    old = load_wall(file)
    assert [spec.id for spec in new.sensor][: len(old.sensor)] == [spec.id for spec in old.sensor]
    added = [spec.id for spec in new.sensor][len(old.sensor) :]
    assert len(added) == len(said["chosen"]) >= 1
    assert {name.lower().replace(" ", "-") for name in said["chosen"]} == set(added)
    assert not (tmp_path / "new.toml.partial").exists()


def test_only_what_was_proved_is_claimed(tmp_path: Path) -> None:
    places = candidates(tmp_path)
    assert "straight ways in are seen with 0.9" in asked(tmp_path, bare(tmp_path), "--budget", "20")["objective_unit"]
    words = ["--candidates", str(places), "--budget", "20", "-o", str(tmp_path / "n.toml"), *BOX]
    shown = CliRunner().invoke(app, ["plan", "sites", str(bare(tmp_path)), *words]).output
    assert "unseen" not in shown
    assert "straight ways in, as assumed; `dronewall plan holes`" in shown


def test_with_a_loss_to_bear_nothing_counts_once_only(tmp_path: Path) -> None:
    candidates(tmp_path)
    plain = asked(tmp_path, bare(tmp_path), "--budget", "45")
    robust = asked(tmp_path, bare(tmp_path), "--budget", "45", "--lose", "1")
    assert robust["objective"] <= plain["objective"]
    assert len(robust["chosen"]) >= 2


def test_the_same_question_has_the_same_answer_and_an_interrupted_one_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidates(tmp_path)
    file = bare(tmp_path)
    first = asked(tmp_path, file, "--budget", "20")
    real, done = part._covered, []

    def interrupted(watcher, *rest):  # type: ignore[no-untyped-def]
        done.append(watcher.id)
        if len(done) == 3:
            raise KeyboardInterrupt
        return real(watcher, *rest)

    monkeypatch.setattr(part, "_covered", interrupted)
    command = ["plan", "sites", str(file), "--candidates", str(tmp_path / "candidates.csv"), "--budget", "20"]
    CliRunner().invoke(app, [*command, "-o", str(tmp_path / "new.toml"), *BOX])
    assert (tmp_path / "new.toml.partial").is_dir()
    monkeypatch.setattr(part, "_covered", lambda watcher, *rest: (done.append(watcher.id), real(watcher, *rest))[1])
    assert asked(tmp_path, file, "--budget", "20") == first
    assert len(done) == len(set(done)) + 1  # only the one that was interrupted was asked twice


def test_geojson_and_a_grid_say_the_same_as_csv(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [27.32, 56.47]}
    properties = {"id": "n1", "kind": "radar", "height_agl_m": 30, "cost": 5, "p_detect": 0.9, "max_range_m": 6000}
    data = {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": point, "properties": properties}]}
    (tmp_path / "candidates.csv").write_text(json.dumps(data))
    assert asked(tmp_path, bare(tmp_path), "--budget", "5")["chosen"] == ["n1"]
    (tmp_path / "grid.toml").write_text(
        '[[generate]]\nkind = "radar"\ncost = 4\nspacing_m = 4000\nheight_agl_m = 30\nmax_range_m = 6000\n'
        'p_detect = 0.9\nexclude = ["town"]\npolygon = [[27.2, 56.3], [27.5, 56.3], [27.5, 56.5], [27.2, 56.5]]\n'
    )
    words = ["--candidates", str(tmp_path / "grid.toml"), "--budget", "12", "-o", str(tmp_path / "new.toml")]
    result = CliRunner().invoke(app, ["plan", "sites", str(bare(tmp_path)), *words, "--json", *BOX])
    said = json.loads(result.stdout)
    assert len(said["chosen"]) == 3
    assert all(name.startswith("radar-1-") for name in said["chosen"])


def laid_out(folder: Path, more: str, box: str = "[[27.2, 56.3], [27.5, 56.3], [27.5, 56.5], [27.2, 56.5]]") -> list:  # type: ignore[type-arg]
    file = folder / "grid.toml"
    text = f'[[generate]]\nkind = "radar"\ncost = 4\nspacing_m = 1000\nmax_range_m = 6000\npolygon = {box}\n{more}\n'
    file.write_text(text)
    return read_candidates(file, load_wall(wall(folder, RADAR, ZONE)), SmoothEarth())


def test_each_height_of_a_place_is_a_candidate_with_its_own_cost(tmp_path: Path) -> None:
    one, two = laid_out(tmp_path, "height_agl_m = 20"), laid_out(tmp_path, "heights_agl_m = [20, 40]\ncost_per_m = 0.5")
    assert len(two) == 2 * len(one) > 100
    assert {(c.spec.height_agl_m, c.cost) for c in two} == {(20.0, 14.0), (40.0, 24.0)}
    assert len({c.spec.id for c in two}) == len(two)


def test_candidates_stand_by_roads_and_power_lines(tmp_path: Path) -> None:
    for name, ends in (("road", [[27.3, 56.2], [27.3, 56.6]]), ("power", [[27.1, 56.4], [27.6, 56.4]])):
        (tmp_path / f"{name}.geojson").write_text(json.dumps({"type": "LineString", "coordinates": ends}))
    by_road = laid_out(tmp_path, 'near = ["road.geojson"]\nwithin_m = 1500')
    away_m = [abs(c.spec.longitude_deg - 27.3) * 61_500.0 for c in by_road]  # a degree there is 61.5 km
    assert 1_000.0 < max(away_m) < 1_520.0
    by_both = laid_out(tmp_path, 'near = ["road.geojson", "power.geojson"]\nwithin_m = 1500')
    assert 4 <= len(by_both) <= 9
    assert {c.name for c in by_both} < {c.name for c in by_road}


def test_candidates_stand_on_the_classes_of_land_cover_that_may_be_built_on(tmp_path: Path) -> None:
    cover = np.where(np.indices((100, 200))[1] < 50, 80, 30)  # water in the west, up to 27.25
    write(tmp_path / "cover.tif", "EPSG:4326", 27.0, 56.6, (0.005, 0.005), (100, 200), cover, dtype="uint8")
    found = laid_out(tmp_path, 'land_cover = "cover.tif"\non_classes = [30, 40]')
    assert 27.25 < min(c.spec.longitude_deg for c in found) < 27.27
    assert len(found) < len(laid_out(tmp_path, ""))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('near = ["none.geojson"]', "none.geojson is not there"),
        ('near = ["wall.toml"]', "is no GeoJSON of points, lines or areas"),
        ('land_cover = "cover.tif"', "land_cover and on_classes go together"),
        ('exclude = ["nowhere"]', "which is no zone of the wall; it has: town"),
        ("heights_agl_m = [-3]", "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_laid_out_is_one_sentence(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(BadInput, match=re.escape(said)):
        laid_out(tmp_path, more)


def test_a_spreadsheet_with_semicolons_is_read_too(tmp_path: Path) -> None:
    places = tmp_path / "candidates.csv"
    places.write_text("id;lat;lon;kind;height_m;cost\nn1;56.47;27.32;radar;30;5\n")
    assert [c.name for c in read_candidates(places, load_wall(wall(tmp_path, RADAR)), SmoothEarth())] == ["n1"]
    places.write_text("id;lat;lon;kind;height_m;cost\nn1;56,47;27,32;radar;30;5,5\n")
    (one,) = read_candidates(places, load_wall(wall(tmp_path, RADAR)), SmoothEarth())
    assert (one.spec.latitude_deg, one.spec.longitude_deg, one.cost) == (56.47, 27.32, 5.5)


def test_a_candidate_off_the_rasters_is_said_to_be_there_and_not_in_the_sea(tmp_path: Path) -> None:
    write(tmp_path / "a.tif", "EPSG:4326", 27.0, 57.0, (0.01, 0.01), (100, 100))
    rows = [*ROWS, "off,58.4,27.3,radar,30,10,6000,0.9,"]
    file = wall(tmp_path, RADAR, ZONE, terrain="a.tif")
    words = ["--candidates", candidates(tmp_path, rows), "-o", tmp_path / "new.toml", "--budget", "10", *BOX]
    assert "off lies outside the terrain (GeoTIFF" in refusal("sites", file, *words)


def test_a_slip_in_a_candidate_names_its_file(tmp_path: Path) -> None:
    places = candidates(tmp_path, ["a,56.4,27.3,laser,30,10,,,"])
    words = ["--candidates", places, "-o", tmp_path / "new.toml", "--budget", "10", *BOX]
    assert f"{places}: candidate[0] (a).kind" in refusal("sites", wall(tmp_path, RADAR, ZONE), *words)
    places.write_text(places.read_text().replace("laser", "jammer"))
    assert f"{places}: candidate[0] (a).kind: 'jammer' is refused" in refusal("sites", tmp_path / "wall.toml", *words)


def test_ctrl_c_says_that_sites_that_were_asked_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(part, "_covered", breaks)
    words = ["--candidates", str(candidates(tmp_path)), "--budget", "20", "-o", str(tmp_path / "new.toml"), *BOX]
    result = CliRunner().invoke(app, ["plan", "sites", str(bare(tmp_path)), *words])
    assert result.exit_code == 130
    assert "the same command goes on" in result.output


def test_a_border_of_ones_own_is_what_is_watched(tmp_path: Path) -> None:
    candidates(tmp_path)
    line = tmp_path / "line.geojson"
    parts = [[[27.5, 56.3], [27.5, 56.39]], [[27.5, 56.5], [27.5, 56.4]]]
    line.write_text(json.dumps({"type": "MultiLineString", "coordinates": parts}))
    said = asked(tmp_path, bare(tmp_path), "--budget", "10", "--border", str(line))
    assert said["line"] == ["line-1"]
    assert said["line_km"] == pytest.approx(22.3, abs=0.5)
    assert said["chosen"] == ["EAST"]


@pytest.mark.parametrize(
    ("rows", "words", "said"),
    [
        (ROWS, ["--budget", "1"], "the cheapest candidate costs 2"),
        (["sea,57.0,20.0,radar,30,10,6000,0.9,"], ["--budget", "10"], "sea stands in the sea"),
        (["a,56.4,27.3,laser,30,10,,,"], ["--budget", "10"], "there is no such kind"),
        (["a,56.4,27.3,radar,30,free,,,"], ["--budget", "10"], "cost = 'free'; it is a number above 0"),
        (["a,96.4,27.3,radar,30,1,,,"], ["--budget", "10"], "latitude_deg = '96.4'"),
        (["a,56.4,27.3,,30,1,,,"], ["--budget", "10"], "has no 'kind'"),
        (["a,56.4,27.3,radar,-3,1,,,"], ["--budget", "10"], "height_agl_m = '-3'; an antenna stands above the ground"),
        (["a,27.3,56.4,radar,30,1,,,"], ["--budget", "10"], "km from the wall; are the two the other way round?"),
        (["a,56,4,27,3,radar,30,1,,,"], ["--budget", "10"], "has more cells than the heading has columns"),
        (ROWS, ["--budget", "nan"], "--budget nan: give a number"),
        (ROWS, ["--budget", "inf"], "--budget inf: give a number"),
        (ROWS, ["--budget", "99", "--lose", "8"], "so that nothing would hold; give --lose "),
        (ROWS, ["--budget", "10", "--border", "line.gpkg"], "ogr2ogr -f GeoJSON makes one of a shapefile"),
        (["a,56.4,27.3,radar,30,1,,,", "A,56.4,27.3,radar,30,1,,,"], ["--budget", "10"], "has the id of candidate 1"),
        (["r1,56.4,27.3,radar,30,1,,,"], ["--budget", "10"], "has the id of a sensor of the wall"),
        (["a,56.4,27.3,adsb,30,1,,,"], ["--budget", "10"], "no candidate can be chosen: it hears only"),
        ([], ["--budget", "10"], "holds no candidate"),
        (ROWS, ["--budget", "10", "--lose", "-1"], "0 to 9 sites may be lost"),
        (ROWS, ["--budget", "10", "--border", "XYZ"], "one that ships: LTU-BLR, "),
    ],
)
def test_what_cannot_be_chosen_from_is_one_sentence(
    tmp_path: Path, rows: list[str], words: list[str], said: str
) -> None:
    places = candidates(tmp_path, rows)
    file = wall(tmp_path, RADAR, ZONE)
    assert said in refusal("sites", file, "--candidates", places, "-o", tmp_path / "new.toml", *BOX, *words)
    assert not list(tmp_path.glob("new.toml*"))


def test_what_an_answer_stands_on_is_said_on_screen(tmp_path: Path) -> None:
    words = ["--candidates", str(candidates(tmp_path)), "--budget", "10", "-o", str(tmp_path / "new.toml"), *BOX]
    said = CliRunner().invoke(app, ["plan", "sites", str(bare(tmp_path)), *words]).output
    assert "The earth is taken as smooth" in said
    assert "straight ways in" in said
    assert "new.toml: 1 site for" in said


def test_a_border_that_says_that_it_is_not_in_degrees_is_refused(tmp_path: Path) -> None:
    line = tmp_path / "line.geojson"
    words = ["--candidates", str(candidates(tmp_path)), "-o", str(tmp_path / "new.toml"), "--budget", "10"]
    shape = {"type": "LineString", "coordinates": [[27.5, 56.3], [27.5, 56.5]]}
    for name, right in (("urn:ogc:def:crs:EPSG::3346", False), ("urn:ogc:def:crs:OGC:1.3:CRS84", True)):
        line.write_text(json.dumps(shape | {"crs": {"type": "name", "properties": {"name": name}}}))
        if right:
            assert len(read_lines(line)) == 1
        else:
            assert f"says that it is in {name}" in refusal("sites", bare(tmp_path), *words, "--border", line, *BOX)


def test_a_gap_larger_than_the_tolerance_is_refused_with_its_length(tmp_path: Path) -> None:
    line = tmp_path / "line.geojson"
    parts = [[[27.5, 56.3], [27.5, 56.35]], [[27.5, 56.45], [27.5, 56.5]]]
    line.write_text(json.dumps({"type": "MultiLineString", "coordinates": parts}))
    words = ["--candidates", str(candidates(tmp_path)), "-o", str(tmp_path / "new.toml"), "--budget", "10"]
    said = refusal("sites", bare(tmp_path), *words, "--border", line, *BOX)
    assert "a gap of 11.1 km, more than the tolerance of 5 km" in said


def test_the_wall_itself_is_not_written_over(tmp_path: Path) -> None:
    file = bare(tmp_path)
    said = refusal("sites", file, "--candidates", candidates(tmp_path), "--budget", "10", "-o", file)
    assert "is the wall itself" in said
    assert file.read_text().startswith(HEAD)


def test_which_choices_survive_wrong_ground_and_other_values_is_said(tmp_path: Path) -> None:
    candidates(tmp_path)
    said = asked(tmp_path, wall(tmp_path, ZONE, terrain="synthetic:3"), "--budget", "20", "--firm")
    assert [row["decision"] for row in said["firmness"]] == said["chosen"]
    # What the wall states has no interval, so nothing hangs on the values.
    assert all("assumed" not in "".join(row["hangs_on"]) for row in said["firmness"])

"""`dronewall plan holes`: it finds the gap that was left, says no more than it may, and its site closes the gap."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.eventlog import verify
from dronewall.plan import tiles
from dronewall.plan.conditions import Conditions
from dronewall.plan.holes import holes
from dronewall.plan.hunting import Search
from dronewall.plan.parts import Done
from dronewall.plan.pieces import Looks, Plot
from tests.plan.test_run import refusal
from tests.plan.test_tiles import Counting
from tests.plan.walls import ZONE, wall

ONE = """
[[sensor]]
id = "{id}"
kind = "radar"
latitude_deg = {latitude}
longitude_deg = {longitude}
height_agl_m = 20.0
min_range_m = 0.0
max_range_m = 5000.0
p_detect = 0.8
"""
FAST = ["--classes", "fixed_wing_piston", "--heights-m", "100", "--cell-m", "250"]
BOX = ["--bbox", "27.2,56.1,27.8,56.7"]
PAIR = (("n", 56.5), ("s", 56.3))


def radar(name: str, latitude: float, longitude: float = 27.6) -> str:
    return ONE.format(id=name, latitude=latitude, longitude=longitude)


def line(folder: Path) -> str:
    """A border from north to south at 27.6 east, 44 km long."""
    file = folder / "line.geojson"
    file.write_text(json.dumps({"type": "LineString", "coordinates": [[27.6, 56.6], [27.6, 56.2]]}))
    return str(file)


def asked(folder: Path, *words: str) -> dict:  # type: ignore[type-arg]
    out = folder / "holes.geojson"
    command = ["plan", "holes", str(folder / "wall.toml"), "-o", str(out), "--border", line(folder), *FAST, *BOX]
    result = CliRunner().invoke(app, [*command, "--json", *words])
    assert result.exit_code == 0, (result.output, result.exception)
    found: dict = json.loads(result.stdout)  # type: ignore[type-arg]
    assert found == json.loads(out.read_text())
    return found


def gap(folder: Path) -> Path:
    """Radars of 5 km all along the line but about 56.40."""
    return wall(
        folder, ZONE, *(radar(f"r{i}", lat) for i, lat in enumerate((56.18, 56.25, 56.32, 56.48, 56.55, 56.62)))
    )


def test_the_gap_that_was_left_is_found_and_its_site_closes_it(tmp_path: Path) -> None:
    gap(tmp_path)
    said = asked(tmp_path)
    worst = said["features"][0]["properties"]
    assert worst["rank"] == 1
    assert worst["p_seen"] < 0.3
    assert worst["closed"]
    longitude, latitude = worst["closing_site"]
    assert worst["p_seen_with_site"] >= 0.9
    assert longitude < 27.6
    text = (tmp_path / "wall.toml").read_text()
    (tmp_path / "wall.toml").write_text(text + radar("closing", latitude, longitude))
    closed = asked(tmp_path)["features"]
    assert min(f["properties"]["p_seen"] for f in closed if f["properties"]["stretch"] == worst["stretch"]) >= 0.85


def test_by_default_it_says_stretch_height_and_site_and_the_way_only_as_detail(tmp_path: Path) -> None:
    gap(tmp_path)
    said = asked(tmp_path)
    for feature in said["features"]:
        place = np.array(feature["geometry"]["coordinates"])
        assert np.abs(place[:, 0] - 27.6).max() < 0.001  # on the line, whole stretches of it
        assert np.ptp(place[:, 1]) > 0.05
        properties = feature["properties"]
        assert {"label", "height_m", "p_seen", "p_seen_in_time", "width_m", "closing_site", "rank"} <= set(properties)
        assert properties["p_seen"] == round(properties["p_seen"], 2)
        assert properties["width_m"] % 1_000 == 0
    assert (tmp_path / "holes.geojson").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "holes.geojson.audit.db").exists()
    assert said["restricted"].startswith("RESTRICTED")

    detail = asked(tmp_path, "--detail")
    way = np.array(detail["features"][0]["geometry"]["coordinates"])
    assert way[:, 0].max() > 27.65  # from outside the line
    assert way[-1, 0] < 27.35  # to the town
    assert verify(tmp_path / "holes.geojson.audit.db").events == 1
    for file in tmp_path.glob("holes.geojson*"):
        assert file.stat().st_mode & 0o777 == 0o600, file


def test_the_screen_says_smooth_earth_what_is_left_out_and_where_the_answer_lies(tmp_path: Path) -> None:
    receiver = 'id = "a1"\nkind = "adsb"\nlatitude_deg = 56.4\nlongitude_deg = 27.5\nheight_agl_m = 20.0\n'
    file = wall(tmp_path, ZONE, radar("r1", 56.4), f'[[sensor]]\nmodel = "receiver"\n{receiver}')
    words = ["-o", str(tmp_path / "holes.geojson"), "--border", line(tmp_path), *FAST, *BOX]
    said = CliRunner().invoke(app, ["plan", "holes", str(file), *words])
    assert said.exit_code == 0, said.output
    assert "The earth is taken as smooth" in said.output
    assert "a1 is left out: it hears only" in said.output
    assert f"{tmp_path / 'holes.geojson'}: each stretch" in said.output.replace("\n", "")


def test_no_time_and_no_speed_is_said(tmp_path: Path) -> None:
    gap(tmp_path)
    keys = {key for f in asked(tmp_path, "--detail")["features"] for key in f["properties"]}
    assert not [key for key in keys if "speed" in key or "mps" in key or key.endswith("_s") or "hour" in key]


def test_heights_as_a_free_choice_are_never_watched_better(tmp_path: Path) -> None:
    gap(tmp_path)
    found = asked(tmp_path, "--heights-m", "50,300")["features"]
    stretches = {f["properties"]["stretch"] for f in found}
    for stretch in stretches:
        mine = [f["properties"] for f in found if f["properties"]["stretch"] == stretch]
        free = [hole["p_seen"] for hole in mine if hole["height_m"] is None]
        fixed = [hole["p_seen"] for hole in mine if hole["height_m"] is not None]
        assert not free or not fixed or free[0] <= min(fixed) + 0.01


def test_chains_of_radars_from_end_to_end_are_counted(tmp_path: Path) -> None:
    gap(tmp_path)
    assert asked(tmp_path)["disjoint_barriers"][0]["barriers"] == 0
    north_to_south = np.linspace(56.18, 56.62, 9)
    rows = [radar(f"a{i}", float(lat)) for i, lat in enumerate(north_to_south)]
    wall(tmp_path, ZONE, *rows)
    assert asked(tmp_path)["disjoint_barriers"][0]["barriers"] == 1
    wall(tmp_path, ZONE, *rows, *(radar(f"b{i}", float(lat), 27.45) for i, lat in enumerate(north_to_south)))
    assert asked(tmp_path)["disjoint_barriers"][0]["barriers"] == 2


def test_one_stretch_can_be_asked_for(tmp_path: Path) -> None:
    gap(tmp_path)
    every = {f["properties"]["stretch"] for f in asked(tmp_path)["features"]}
    assert every == {"line-1-01", "line-1-02"}
    assert {f["properties"]["stretch"] for f in asked(tmp_path, "--from-side", "line-1-02")["features"]} == {
        "line-1-02"
    }


def test_without_a_line_ways_come_from_all_round_the_town(tmp_path: Path) -> None:
    wall(tmp_path, ZONE.replace("27.3", "10.3"), radar("r", 50.4, 10.3)).write_text(
        (tmp_path / "wall.toml").read_text().replace("56.", "50.")
    )
    words = ["plan", "holes", str(tmp_path / "wall.toml"), "-o", str(tmp_path / "h.geojson"), "--json", *FAST]
    result = CliRunner().invoke(app, [*words, "--bbox", "9.8,50.1,10.9,50.7"])
    assert result.exit_code == 0, (result.output, result.exception)
    assert {f["properties"]["stretch"].split("-")[0] for f in json.loads(result.stdout)["features"]} == {"town"}


def test_without_bounds_the_map_holds_the_zone_beyond_what_sensors_reach(tmp_path: Path) -> None:
    far = ZONE.replace("27.30", "27.10").replace("27.34", "27.14")  # 28 km from the line, where sensors reach 5 km
    wall(tmp_path, far, *(radar(f"r{i}", lat) for i, lat in enumerate((56.3, 56.4, 56.5))))
    words = ["--border", line(tmp_path), *FAST, "-o", str(tmp_path / "holes.geojson"), "--json"]
    result = CliRunner().invoke(app, ["plan", "holes", str(tmp_path / "wall.toml"), *words])
    assert result.exit_code == 0, (result.output, result.exception)
    assert json.loads(result.stdout)["features"][0]["properties"]["rank"] == 1


def test_what_cannot_be_asked_is_one_sentence(tmp_path: Path) -> None:
    gap(tmp_path)
    words = ["holes", tmp_path / "wall.toml", "-o", tmp_path / "h.geojson", *FAST]
    assert "there is no such stretch; there are: line-1-01" in refusal(
        *words, *BOX, "--border", line(tmp_path), "--from-side", "x"
    )
    assert "nothing of it comes near" in refusal(*words, "--bbox", "27.2,56.1,27.55,56.7", "--border", line(tmp_path))
    turned = tmp_path / "turned.geojson"
    turned.write_text(json.dumps({"type": "LineString", "coordinates": [[56.6, 27.6], [56.2, 27.6]]}))
    assert "seem to be the other way round" in refusal(*words, *BOX, "--border", turned)
    lonely = wall(tmp_path, radar("r", 50.0, 10.0))
    assert "there is nothing to cross" in refusal("holes", lonely, "-o", tmp_path / "h.geojson", *FAST)
    assert "is a folder" in refusal("holes", lonely, "-o", tmp_path, *FAST)
    assert not (tmp_path / "h.geojson").exists()


def test_what_survives_wrong_ground_and_other_values_is_said(tmp_path: Path) -> None:
    plain = {name: radar(name, lat).replace("p_detect = 0.8\n", "") for name, lat in PAIR}
    wall(tmp_path, ZONE, *plain.values(), terrain="synthetic:3")
    said = asked(tmp_path, "--firm", "--cell-m", "500")
    assert {row["decision"] for row in said["firmness"]} == {f["properties"]["stretch"] for f in said["features"]}
    for row in said["firmness"]:
        assert row["survives"] == (not row["hangs_on"])


def test_one_line_of_a_file_can_be_named(tmp_path: Path) -> None:
    gap(tmp_path)
    features = []
    for name, longitude in (("aaa-bbb", 27.6), ("ccc-ddd", 27.5)):
        line = {"type": "LineString", "coordinates": [[longitude, 56.6], [longitude, 56.2]]}
        nations = {"a": name[:3].upper(), "b": name[4:].upper()}
        features.append({"type": "Feature", "properties": nations, "geometry": line})
    file = tmp_path / "both.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    words = ["holes", str(tmp_path / "wall.toml"), "-o", str(tmp_path / "h.geojson"), *FAST, *BOX]
    result = CliRunner().invoke(app, ["plan", *words, "--json", "--border", f"{file}#AAA-BBB"])
    assert {f["properties"]["stretch"][:7] for f in json.loads(result.stdout)["features"]} == {"aaa-bbb"}
    assert "holds no line named 'x'; it has: aaa-bbb, ccc-ddd" in refusal(*words, "--border", f"{file}#x")


def test_neither_workers_nor_the_cut_of_the_map_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gap(tmp_path)
    words = ["--detail", "--audit", str(tmp_path / "audit.db"), "--heights-m", "50,100"]
    plain = asked(tmp_path, *words)
    text = (tmp_path / "holes.geojson").read_bytes()
    asked(tmp_path, *words, "--workers", "2")
    assert (tmp_path / "holes.geojson").read_bytes() == text
    monkeypatch.setattr(tiles, "SIDE", 40)
    cut = asked(tmp_path, *words)
    assert cut["disjoint_barriers"] == plain["disjoint_barriers"]
    for one, other in zip(cut["features"], plain["features"], strict=True):
        assert one["geometry"] == other["geometry"]
        for key, value in other["properties"].items():
            near = pytest.approx(value, abs=2e-6) if isinstance(value, float) else value
            assert one["properties"][key] == near, key
    assert not list(tmp_path.glob("*.partial"))


def test_a_search_that_was_broken_off_goes_on_where_it_was(tmp_path: Path) -> None:
    file = gap(tmp_path)
    asked_of = Conditions(labels=("fixed_wing_piston",), heights_m=(50.0, 100.0), cell_m=250.0)
    out, border = tmp_path / "holes.geojson", line(tmp_path)
    first, second = Counting(Search, 1), Counting()
    with pytest.raises(KeyboardInterrupt):
        holes(file, out, asked_of, border=border, pool=first)
    assert not out.exists()
    left = [path for path in (tmp_path / "holes.geojson.partial").rglob("*") if path.is_file()]
    assert left
    assert {path.stat().st_mode & 0o777 for path in left} == {0o600}
    kept = [Done(path.parent).data(path.name) for path in left if path.name.startswith("case-")]
    told = [feature["geometry"]["coordinates"] for data in kept for feature in json.loads(data)]
    assert np.abs(np.concatenate(told)[:, 0] - 27.6).max() < 0.001  # no way itself, for nobody asked for it
    holes(file, out, asked_of, border=border, pool=second)
    assert first.count(Search) + second.count(Search) == 3
    assert second.count(Plot) == second.count(Looks) == 0
    assert not (tmp_path / "holes.geojson.partial").exists()
    text = out.read_bytes()
    holes(file, out, asked_of, border=border)
    assert out.read_bytes() == text


def test_a_wall_with_other_ways_in_starts_anew(tmp_path: Path) -> None:
    file, out = gap(tmp_path), tmp_path / "holes.geojson"
    asked_of = Conditions(labels=("fixed_wing_piston",), heights_m=(100.0,), cell_m=250.0)
    with pytest.raises(KeyboardInterrupt):
        holes(file, out, asked_of, border=line(tmp_path), pool=Counting(Search, 0))
    again = Counting()
    holes(file, out, asked_of, border=line(tmp_path), from_side="line-1-01", pool=again)
    assert again.count(Plot) > 0

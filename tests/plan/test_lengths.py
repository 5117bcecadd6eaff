"""Lengths of borders against PROJ's geodesics, whatever order and direction their parts come in."""

import json
import os
from pathlib import Path

import numpy as np
import pyproj
import pytest
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.geo.border import pairs
from tests.plan.test_run import refusal

GEOD = pyproj.Geod(ellps="WGS84")
LINE = np.column_stack([np.linspace(25.0, 26.5, 40), 54.0 + 0.2 * np.sin(np.linspace(0.0, 9.0, 40))])


def file_of(folder: Path, *features: tuple[str, list[np.ndarray]]) -> Path:
    found = [
        {
            "type": "Feature",
            "properties": {"pair": name},
            "geometry": {"type": "MultiLineString", "coordinates": [part.tolist() for part in parts]},
        }
        for name, parts in features
    ]
    file = folder / "borders.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": found}), encoding="utf-8")
    return file


def said(*words: object) -> dict[str, dict[str, float]]:
    result = CliRunner().invoke(app, ["plan", "border", *[str(word) for word in words], "--json"])
    assert result.exit_code == 0, result.output
    return {row["pair"]: row for row in json.loads(result.stdout)["borders"]}


def test_parts_in_any_order_and_direction_are_as_long_as_proj_says_their_line_is(tmp_path: Path) -> None:
    parts = [LINE[20:31][::-1], LINE[:11], LINE[30:], LINE[10:21]]
    row = said(file_of(tmp_path, ("AAA-BBB", parts)))["aaa-bbb"]
    assert row["km"] == pytest.approx(GEOD.line_length(*LINE.T) / 1000.0, abs=1e-3)
    assert (row["lines"], row["bridged"]) == (1, 0)


def test_a_gap_within_the_tolerance_is_a_straight_line_and_is_told(tmp_path: Path) -> None:
    file = file_of(tmp_path, ("AAA-BBB", [LINE[21:], LINE[:21]]))
    row = said(file)["aaa-bbb"]
    wide = GEOD.line_length(*LINE[20:22].T) / 1000.0
    assert row["longest_gap_km"] == row["bridged_km"] == pytest.approx(wide, abs=1e-3)
    assert row["km"] == pytest.approx(GEOD.line_length(*LINE.T) / 1000.0, abs=1e-3)
    assert f"a gap of {wide:.1f} km, more than the tolerance of 1 km" in refusal("border", file, "--gap-m", "1000")


def test_features_of_one_pair_are_one_border_and_others_their_own(tmp_path: Path) -> None:
    file = file_of(tmp_path, ("AAA-BBB", [LINE[:20]]), ("AAA-CCC", [LINE + 2.0]), ("AAA-BBB", [LINE[19:]]))
    rows = said(file)
    assert list(rows) == ["aaa-bbb", "aaa-ccc"]
    assert rows["aaa-bbb"]["km"] == pytest.approx(GEOD.line_length(*LINE.T) / 1000.0, abs=1e-3)
    assert list(said(f"{file}#aaa-ccc")) == ["aaa-ccc"]


def test_what_ships_is_told_pair_by_pair() -> None:
    assert set(said()) == {pair.lower() for pair in pairs()}
    assert list(said("lva-rus")) == ["lva-rus"]


def test_what_is_no_border_is_one_sentence(tmp_path: Path) -> None:
    assert "or one that ships: " in refusal("border", "XYZ-ABC")
    assert "is not there" in refusal("border", tmp_path / "none.geojson")
    assert "named 'x'; it has: aaa-bbb" in refusal("border", f"{file_of(tmp_path, ('AAA-BBB', [LINE]))}#x")
    empty = tmp_path / "empty.geojson"
    empty.write_text('{"type": "FeatureCollection", "features": []}')
    assert "holds no line" in refusal("border", empty)
    empty.write_text('{"type": "Point", "coordinates": [1, 2]}')
    assert "is no GeoJSON of lines" in refusal("border", empty)


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        ("null", "a feature without a geometry"),
        ('{"type": "LineString", "coordinates": [[27, 56], [27, 56]]}', "a line without a length"),
        ('{"type": "LineString", "coordinates": []}', "a line without a length"),
        ('{"type": "LineString", "coordinates": [[27, 56], [NaN, 57]]}', "a place that there is not"),
        ('{"type": "LineString", "coordinates": [[27, 56], [27, 1e400]]}', "a place that there is not"),
        ('{"type": "MultiLineString", "coordinates": [[[27, 56], [27.1, 57]], [[27, 91], [27, 92]]]}', "there is not"),
        ('{"type": "LineString", "coordinates": [[27], [28]]}', "is no GeoJSON of lines"),
        ('{"type": "LineString", "coordinates": [null, null]}', "is no GeoJSON of lines"),
    ],
)
def test_a_line_of_impossible_places_is_one_sentence(tmp_path: Path, geometry: str, words: str) -> None:
    file = tmp_path / "bad.geojson"
    file.write_text(f'{{"type": "FeatureCollection", "features": [{{"type": "Feature", "geometry": {geometry}}}]}}')
    assert words in refusal("border", file)


def test_a_part_without_a_length_is_left_out_of_a_line_that_has_one(tmp_path: Path) -> None:
    row = said(file_of(tmp_path, ("AAA-BBB", [LINE, LINE[[3, 3]]])))["aaa-bbb"]
    assert row["km"] == pytest.approx(GEOD.line_length(*LINE.T) / 1000.0, abs=1e-3)
    assert row["lines"] == 1


def test_a_pipe_is_no_border_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.geojson")
    assert "not a regular file" in refusal("border", tmp_path / "pipe.geojson")
